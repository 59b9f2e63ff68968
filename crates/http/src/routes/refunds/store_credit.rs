//! `POST /v1/refunds/{id}/store-credit`: gives a gift card for what one had paid that is gone.

use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::new_code;
use crate::routes::refunds::paid_by_hand::tender;
use crate::scope::Refund;
use crate::views::gift_card::GiftCardView;

/// Whose share it is.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareCreditInput)]
pub(crate) struct ShareCreditBody {
    /// The tender whose card is gone.
    #[schema(pattern = "^(t1|t[1-9][0-9]*)$", example = "t1")]
    tender: String,
}

/// Give store credit for a share of a refund
///
/// For the share of a gift card that takes nothing back any more, with the status `needs_consent`,
/// when its payer agrees to another card: of the same program, scope and regions, and with its
/// date, extended when it is past as a refund does. It is the owner's of the former card, else the
/// buyer's. The answer shows its code as that of an issued card; the allocations of the refund name
/// the card. Of a promotional card nothing is owed, so there is nothing to give. Refused with
/// `gift_card_not_usable` while the payment that had bought the former card is disputed or lost.
#[utoipa::path(post, path = "/v1/refunds/{id}/store-credit", operation_id = "credit_refund",
    tag = "Orders",
    params(("id" = String, Path, description = "The refund of an order")),
    request_body = ShareCreditBody,
    responses((status = 201, description = "The gift card", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let refund = call.path_id(&catalog::REFUND_NOT_FOUND)?;
    let body: ShareCreditBody = call.json().await?;
    let operation = call.operation(&body)?;
    let tender = tender(&body.tender)?;
    let caller = &call.caller;
    let card = caller.app.new_id();
    let code = Box::new(new_code(&caller.app, caller.book().name(), card)?);
    let command = ShopCommand::CreditRefund { refund, tender, card, code };
    Prepared::creating(Command::Shop(command), operation).decide(caller).await
}
