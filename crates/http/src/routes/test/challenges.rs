//! `POST /v1/test/challenges`: in a test book, what the payer says to their bank.

use std::time::Duration;

use base::CheckoutId;
use engine::{Answer, Query};
use rails::FailureCode;
use serde::{Deserialize, Serialize};
use shop::CheckoutState;
use tokio::time::{Instant, sleep};

use crate::blocking;
use crate::call::{Call, Caller};
use crate::fields;
use crate::problem::{self, Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;

/// Between two looks at the checkout.
const PAUSE: Duration = Duration::from_millis(50);

/// What the payer says.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChallengeInput)]
pub(crate) struct ChallengeBody {
    /// The checkout that waits for its payer.
    #[schema(pattern = "^chk_[0-9a-hjkmnp-tv-z]{26}$")]
    checkout: String,
    /// True when the payer confirms the payment, false when they do not.
    passed: bool,
}

/// Answer a challenge of a test book
///
/// Payments of test books are played, so nobody is at the address to which `next_action` sends the
/// payer: this answers in the payer's place. Waits up to five seconds for what comes of it, and
/// answers with the checkout as it then is. A checkout that waits for no payer is refused with
/// `checkout_not_paying`.
#[utoipa::path(post, path = "/v1/test/challenges", operation_id = "answer_test_challenge",
    tag = "Test books", request_body = ChallengeBody,
    responses((status = 200, description = "The checkout as it is now", body = CheckoutView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let body: ChallengeBody = call.json().await?;
    let id: CheckoutId = fields::id("/checkout", &body.checkout)?;
    let caller = &call.caller;
    if !caller.book().is_test() {
        return Err(problem::not_a_test_book());
    }
    let Some(Answer::Checkout { waits_for, .. }) = caller.book().ask(Query::Checkout(id)).await?
    else {
        return Err(Problem::new(&catalog::CHECKOUT_NOT_FOUND));
    };
    let not_waiting = || Problem::new(&catalog::CHECKOUT_NOT_PAYING);
    let payment = waits_for.ok_or_else(not_waiting)?;
    let reference = payment.rail_reference.clone().ok_or_else(not_waiting)?;
    let rail = caller.find_rail(payment.rail.as_str())?;
    let rail = rail.ok_or_else(|| Problem::new(&catalog::RAIL_NOT_AVAILABLE))?;
    let played = blocking::spawn(move || rail.play_challenge(&reference, body.passed)).await;
    match played.map_err(|_| Problem::new(&catalog::UNAVAILABLE))? {
        Ok(()) => {}
        Err(FailureCode::NotPermitted) => return Err(problem::not_a_test_book()),
        Err(_) => return Err(not_waiting()),
    }
    let answer = settled(caller, id).await?;
    Ok(reading::shown(&answer))
}

/// Waits until the rail's message was heard and what it leads to is done, or the time for it is
/// over.
async fn settled(caller: &Caller, id: CheckoutId) -> Result<Answer, Problem> {
    if let Some(work) = caller.book().rails() {
        work.nudge_checkout(id);
    }
    let deadline = Instant::now() + caller.app.limits.pay_time_max;
    loop {
        let answer = caller.book().ask(Query::Checkout(id)).await?;
        let answer = answer.ok_or_else(|| Problem::new(&catalog::CHECKOUT_NOT_FOUND))?;
        if !is_under_way(&answer) || Instant::now() >= deadline {
            caller.key.wrote(caller.book().figures().seq());
            return Ok(answer);
        }
        sleep(PAUSE).await;
    }
}

fn is_under_way(answer: &Answer) -> bool {
    let Answer::Checkout { checkout, .. } = answer else { return false };
    matches!(checkout.state, CheckoutState::Paying | CheckoutState::RequiresAction)
}
