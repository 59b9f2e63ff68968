//! `POST /v1/checkouts/{id}/pay`: takes what the tenders pay.

use std::time::Duration;

use base::CheckoutId;
use engine::{Answer, Command, Query, ShopCommand};
use payments::{ReturnUrl, ReturnUrlError};
use serde::{Deserialize, Serialize};
use shop::CheckoutState;
use tokio::time::{Instant, sleep};

use crate::call::{Call, Caller};
use crate::fields::{Checked, refuse};
use crate::neighbors::Miss;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;

/// Pauses between two looks at the checkout: the first, doubled each time up to the last.
const PAUSE_MIN: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(250);

/// What is said of the payment.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutPayment)]
pub(crate) struct PayBody {
    /// Where the rail sends the payer's browser after a challenge: a page of yours, at `https`, or
    /// in test books at `http` on this machine. It stays readable in the journal, so it names no
    /// user, and nothing in it should be of use to others once the payment is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 9, max_length = 1024, example = "https://shop.example/checkout/done")]
    return_url: Option<String>,
}

/// Where a payer comes back to, if the book may send anybody there.
pub(crate) fn return_url(caller: &Caller, text: Option<&str>) -> Checked<Option<ReturnUrl>> {
    let Some(text) = text else { return Ok(None) };
    let refuse = |message: String| refuse("/return_url", message);
    let url = ReturnUrl::parse(text).map_err(|error| refuse(error.to_string()))?;
    if url.is_encrypted() || caller.book().is_test() {
        return Ok(Some(url));
    }
    Err(refuse(ReturnUrlError::Scheme.to_string()))
}

/// Pay a checkout
///
/// Gift cards pay at once; payment methods are asked over their rails, and all pay or none does.
/// Waits up to five seconds for the rails and answers with the checkout as it then is: `paid` with
/// its `order`; `failed` with the reason, everything reserved given back, and free to be tried with
/// other tenders; `requires_action` with what the payer must do; or still `paying`: read it again,
/// or wait for the event `order.paid`. A repeated request never pays again and shows the checkout
/// as it is by then.
#[utoipa::path(post, path = "/v1/checkouts/{id}/pay", operation_id = "pay_checkout",
    tag = "Checkout",
    params(("id" = String, Path, description = "The checkout")),
    request_body = PayBody,
    responses((status = 200, description = "The checkout as it is now", body = CheckoutView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let checkout = call.path_id(&catalog::CHECKOUT_NOT_FOUND)?;
    let body: PayBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let payments = Box::new(std::array::from_fn(|_| caller.app.new_id()));
    let return_url = return_url(caller, body.return_url.as_deref())?;
    let command = ShopCommand::Pay { checkout, payments, order: caller.app.new_id(), return_url };
    let begun = Prepared::changing(Command::Shop(command), operation).decide(caller).await?;
    let answer = go_on(caller, checkout).await?;
    Ok(reading::shown(&answer).replayed(begun.replayed))
}

/// Has rails asked for what a checkout wants of them, and waits as long as a caller does for what
/// becomes of it.
///
/// # Errors
///
/// `outcome_unknown`: it is being paid, whatever became of the question.
pub(crate) async fn go_on(caller: &Caller, checkout: CheckoutId) -> Result<Answer, Problem> {
    if let Some(work) = caller.book().rails() {
        work.nudge_checkout(checkout);
    }
    let answer = settled(caller, checkout).await?;
    // Jobs have gone on in the meantime: lists show what this answer does.
    caller.key.wrote(caller.book().figures().seq());
    Ok(answer)
}

/// Waits until the checkout is not being paid any more, or the time for it is over.
///
/// # Errors
///
/// `outcome_unknown`: it is being paid, whatever became of the question.
async fn settled(caller: &Caller, id: CheckoutId) -> Result<Answer, Problem> {
    let deadline = Instant::now() + caller.app.limits.pay_time_max;
    let mut pause = PAUSE_MIN;
    loop {
        let asked = caller.book().ask(Query::Checkout(id)).await;
        let is_late = Instant::now() >= deadline;
        match asked {
            Ok(Some(answer)) if is_late || !is_paying(&answer) => return Ok(answer),
            Ok(None) | Err(_) if is_late => {
                return Err(Problem::new(&catalog::OUTCOME_UNKNOWN).missed(Miss::Unknown));
            }
            _ => {}
        }
        sleep(pause).await;
        pause = (2 * pause).min(PAUSE_MAX);
    }
}

fn is_paying(answer: &Answer) -> bool {
    let Answer::Checkout { checkout, .. } = answer else { return false };
    checkout.state == CheckoutState::Paying
}
