//! Paying by whoever has a passkey: what it has signed is compared with what is paid, once, before
//! anything is taken.

use axum::http::{Method, StatusCode};
use base::Money;
use pages::customer::StepUpView;
use serde_json::{Value, json};

use crate::inside::Refused;
use crate::page::{Guest, Page};

/// What a passkey may confirm of an amount, and whether it has to; `None` for whoever has none.
///
/// # Errors
///
/// Whatever keeps the accounts from answering.
pub(super) async fn offered<P: Guest>(
    page: &Page<P>,
    amount: Money,
) -> Result<Option<StepUpView>, Refused> {
    let is_needed = is_large(page, amount);
    Ok(has_passkey(page).await?.then_some(StepUpView { amount, is_needed }))
}

/// The name of the act that a passkey has signed for this amount, when the form has one: from now
/// on it is good for the call with this idempotency key, and for no other. `None` where nothing was
/// signed and nothing has to be.
///
/// # Errors
///
/// `step_up_needed` when something has to be signed; `act_changed`, `act_expired` and `act_used`
/// when what was signed is not this.
pub(super) async fn confirmed<P: Guest>(
    page: &Page<P>,
    amount: Money,
    call: &str,
) -> Result<Option<String>, Refused> {
    let act = page.field("act");
    if act.is_empty() {
        return match is_large(page, amount) && has_passkey(page).await? {
            true => Err(Refused::of(StatusCode::FORBIDDEN, "step_up_needed", "")),
            false => Ok(None),
        };
    }
    let body = json!({
        "act": act, "call": call, "amount": amount.amount.minor(),
        "currency": amount.currency.code(), "payee": page.shop().name,
    });
    page.as_browser(Method::POST, "/account/acts/use", Some(&body)).await?;
    Ok(Some(act.to_owned()))
}

/// Whether the shop wants such an amount signed by those who can.
fn is_large<P: Guest>(page: &Page<P>, amount: Money) -> bool {
    let limits = page.shop().step_up_above.iter();
    limits
        .filter(|limit| limit.currency == amount.currency)
        .any(|limit| amount.amount > limit.amount)
}

async fn has_passkey<P: Guest>(page: &Page<P>) -> Result<bool, Refused> {
    let passkeys: Value = page.as_browser(Method::GET, "/account/passkeys", None).await?;
    Ok(passkeys["data"].as_array().is_some_and(|all| !all.is_empty()))
}
