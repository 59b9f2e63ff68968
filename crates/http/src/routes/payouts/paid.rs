//! `POST /v1/payouts/{id}/paid`: notes that a payout has arrived.

use engine::{Command, ShopCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::Payout;
use crate::views::payout::PayoutView;

/// Note that a payout has arrived
///
/// One that comes back afterwards is noted as failed: its money is owed again.
#[utoipa::path(post, path = "/v1/payouts/{id}/paid", operation_id = "note_payout_paid",
    tag = "Payouts",
    params(("id" = String, Path, description = "The payout")),
    request_body = EmptyBody,
    responses((status = 200, description = "Paid", body = PayoutView)))]
pub(crate) async fn handle(mut call: Call<Payout>) -> Result<Reply, Problem> {
    let payout = call.path_id(&catalog::PAYOUT_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let command = ShopCommand::PayoutPaid { payout };
    Prepared::changing(Command::Shop(command), operation).decide(&call.caller).await
}
