//! `POST /v1/rail-refunds/{id}/store-credit`: gives a gift card instead of a stuck refund.

use engine::{Command, NewCredit, PaymentCommand, credit_of};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::new_code;
use crate::scope::Refund;
use crate::views::gift_card::GiftCardView;

/// What the card will be like.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StoreCreditInput)]
pub(crate) struct StoreCreditBody {
    /// The program that says how long it lives and where it may be spent; its range of values does
    /// not matter. Without one it lives for ever and may be spent everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^prog_[0-9a-hjkmnp-tv-z]{26}$")]
    program: Option<String>,
}

/// Give store credit instead of a refund over a rail
///
/// For one that `needs_consent` or has `failed`, when the payer agrees to a gift card worth the
/// amount; that they have is for the shop to see to, and the card's `created_at` is the time of the
/// consent. The card was paid for, so it is never promotional, can be spent at once, and is the
/// buyer's when the checkout names one. The answer shows its code as that of an issued card. The
/// refund has succeeded then and names the card. A later dispute of the payment that takes of it
/// blocks the card, and takes what it has back when it is lost. Refused with
/// `amount_exceeds_refundable` while a dispute takes the money.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/store-credit",
    operation_id = "credit_rail_refund", tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    request_body = StoreCreditBody,
    responses((status = 201, description = "The gift card", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: StoreCreditBody = call.json().await?;
    let operation = call.operation(&body)?;
    let program = fields::optional_id("/program", body.program.as_deref())?;
    let caller = &call.caller;
    let code = new_code(&caller.app, caller.book().name(), credit_of(rail_refund))?;
    let credit = Box::new(NewCredit { code, program });
    let command = PaymentCommand::CreditRailRefund { rail_refund, credit };
    Prepared::creating(Command::Payments(command), operation).decide(caller).await
}
