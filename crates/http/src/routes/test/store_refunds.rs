//! `POST /v1/test/store-refunds`: in a test book, what an app store does about a refund.

use std::sync::Arc;
use std::time::Duration;

use base::{PaymentId, Token};
use engine::{Answer, Query};
use payments::Payment;
use rails::{FailureCode, Operation, Refund, StoreDoes};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::blocking;
use crate::call::{Call, Caller};
use crate::fields::{self, refuse};
use crate::problem::{self, Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Checkout;
use crate::views::payment::PaymentView;
use crate::wire::MoneyBody;

/// Between two looks at the payment.
const PAUSE: Duration = Duration::from_millis(50);

/// What the store does.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StoreRefundInput)]
pub(crate) struct StoreRefundBody {
    /// The payment, made over the rail `sandbox_store`.
    #[schema(pattern = "^pay_[0-9a-hjkmnp-tv-z]{26}$")]
    payment: String,
    /// How much of it: that of a refund which waits for the store, or any other.
    amount: MoneyBody,
    /// True when the store gives it back to the payer, false when it declines to.
    makes: bool,
}

/// Play an app store's refund in a test book
///
/// An app store makes refunds by itself, and tells of them later. In test books it is played, so
/// this acts in its place: it refunds a part of a payment, or declines to. The oldest refund of the
/// payment that waits for just this amount succeeds, or fails with the code `declined`; what no
/// refund waits for is kept as a dispute with the reason `refunded_at_rail`. Waits up to five
/// seconds until the book has heard of it, and answers with the payment as it then is.
#[utoipa::path(post, path = "/v1/test/store-refunds", operation_id = "play_store_refund",
    tag = "Test books", request_body = StoreRefundBody,
    responses((status = 200, description = "The payment as it is now", body = PaymentView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let body: StoreRefundBody = call.json().await?;
    let operation = named(&call.operation(&body)?);
    let id: PaymentId = fields::id("/payment", &body.payment)?;
    let amount = fields::money("/amount", &body.amount)?;
    let does = if body.makes { StoreDoes::Refund } else { StoreDoes::Decline };
    let caller = &call.caller;
    if !caller.book().is_test() {
        return Err(problem::not_a_test_book());
    }
    let before = payment(caller, id).await?;
    let not_at_a_store = || refuse("/payment", "was not taken by an app store that is played");
    let payment = before.rail_reference.clone().ok_or_else(not_at_a_store)?;
    let rail = caller.find_rail(before.rail.as_str())?;
    let rail = rail.ok_or_else(|| Problem::new(&catalog::RAIL_NOT_AVAILABLE))?;
    let played = blocking::spawn(move || {
        let asked = Refund { operation: &operation, payment: &payment, amount };
        rail.play_store(&asked, does)
    })
    .await;
    match played.map_err(|_| Problem::new(&catalog::UNAVAILABLE))? {
        Ok(_) => {}
        Err(FailureCode::NotPermitted) => return Err(not_at_a_store().into()),
        Err(FailureCode::InvalidRequest) => {
            return Err(Problem::new(&catalog::IDEMPOTENCY_MISMATCH));
        }
        Err(code) => {
            return Err(refuse("/amount", format!("the store refuses: {}", code.as_str())).into());
        }
    }
    let answer = Answer::Payment(heard(caller, &before).await?);
    Ok(reading::shown(&answer))
}

/// What the store calls the deed, so that it does the same once: no name of ours, since nothing of
/// ours asks for it.
fn named(operation: &writer::Operation) -> Operation {
    let key = u128::from_be_bytes(operation.key.0);
    Token::new(&format!("store-{key:032x}")).expect("digits make a token")
}

/// Waits until the rail's message has changed the payment, or the time for it is over.
async fn heard(caller: &Caller, before: &Arc<Payment>) -> Result<Arc<Payment>, Problem> {
    let deadline = Instant::now() + caller.app.limits.pay_time_max;
    loop {
        let now = payment(caller, before.id).await?;
        if now != *before || Instant::now() >= deadline {
            caller.key.wrote(caller.book().figures().seq());
            return Ok(now);
        }
        sleep(PAUSE).await;
    }
}

async fn payment(caller: &Caller, id: PaymentId) -> Result<Arc<Payment>, Problem> {
    match caller.book().ask(Query::Payment(id)).await? {
        Some(Answer::Payment(payment)) => Ok(payment),
        _ => Err(Problem::new(&catalog::PAYMENT_NOT_FOUND)),
    }
}
