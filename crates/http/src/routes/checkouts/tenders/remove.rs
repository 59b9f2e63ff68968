//! `DELETE /v1/checkouts/{id}/tenders/{tender}`: takes a way to pay away.

use engine::{Command, ShopCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::checkouts::tenders::add::hold_ids;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;

/// Remove a tender
///
/// Plans the others anew. What a card had reserved goes back to it at once.
#[utoipa::path(delete, path = "/v1/checkouts/{id}/tenders/{tender}",
    operation_id = "remove_tender", tag = "Checkout",
    params(
        ("id" = String, Path, description = "The checkout"),
        ("tender" = String, Path, description = "The name of the tender", example = "t1"),
    ),
    responses((status = 200, description = "Removed; the checkout", body = CheckoutView)))]
pub(crate) async fn handle(call: Call<Checkout>) -> Result<Reply, Problem> {
    let checkout = call.path_id(&catalog::CHECKOUT_NOT_FOUND)?;
    let tender = call.path_name(5, &catalog::TENDER_NOT_FOUND)?;
    let operation = call.operation(&())?;
    let holds = hold_ids(&call.caller.app);
    let command = ShopCommand::RemoveTender { checkout, tender, holds };
    Prepared::changing(Command::Shop(command), operation).decide(&call.caller).await
}
