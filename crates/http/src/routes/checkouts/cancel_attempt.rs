//! `POST /v1/checkouts/{id}/cancel-attempt`: gives up an attempt to pay that waits for its payer.

use engine::{Command, ShopCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;

/// Cancel an attempt to pay
///
/// For a checkout that waits for its payer (`requires_action`): everything reserved is given back,
/// what was taken is refunded, and the checkout has `failed` and may be paid with other tenders. An
/// attempt that waits for a rail alone is refused with `checkout_paying`: its answer decides.
#[utoipa::path(post, path = "/v1/checkouts/{id}/cancel-attempt", operation_id = "cancel_attempt",
    tag = "Checkout",
    params(("id" = String, Path, description = "The checkout")),
    request_body = EmptyBody,
    responses((status = 200, description = "Given up", body = CheckoutView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let checkout = call.path_id(&catalog::CHECKOUT_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let refunds = Box::new(std::array::from_fn(|_| caller.app.new_id()));
    let command = ShopCommand::CancelAttempt { checkout, refunds };
    let reply = Prepared::changing(Command::Shop(command), operation).decide(caller).await?;
    // Rails are told to let go of what they have reserved.
    if let Some(work) = caller.book().rails().filter(|_| !reply.replayed) {
        work.nudge_checkout(checkout);
    }
    Ok(reply)
}
