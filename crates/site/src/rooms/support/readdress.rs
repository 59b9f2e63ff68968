//! Who may have a gift sent to somebody else, and when that takes two of staff: whoever changes the
//! recipient of a gift that nobody has accepted can give it to themselves.
//!
//! The giver or the recipient asks in a request that is open. From a stated value on, one of staff
//! asks, another enters the same address: what they ask for stands in the conversation, under their
//! name, and tells a keyed hash of the address.

use axum::http::{Method, StatusCode};
use base::Money;
use outside::clock::{Clock, SystemClock};
use people::Approval;
use serde::Deserialize;
use serde_json::json;

use super::card::Card;
use crate::inside::{Refused, if_told, read};
use crate::page::{HelpWithCards, Page};
use crate::values::Time;

/// From how many units of its currency on a gift takes two of staff; a hundred times as many where
/// the currency has no decimals.
const TWO_FROM_UNITS: i64 = 100;

/// What may be done now.
pub(super) enum May {
    /// It is changed now.
    Change,
    /// This is noted, and another of staff does it.
    Ask(String),
}

#[derive(Deserialize)]
struct Thread {
    request: Request,
    messages: Vec<Wrote>,
    recipient: Option<String>,
}

#[derive(Deserialize)]
struct Request {
    state: String,
    person: String,
    /// Whether an account has written it; else anybody may have typed the address.
    is_proven: bool,
}

#[derive(Deserialize)]
struct Wrote {
    author: String,
    at: Time,
    text: Option<String>,
    by: Option<String>,
}

/// From which value on cards of the currency of `value` take two of staff, when this one does.
pub(super) fn two_from(value: Money) -> Option<Money> {
    let minor = if value.currency.exponent() == 0 { TWO_FROM_UNITS * 100 } else { TWO_FROM_UNITS };
    let minor = minor.checked_mul(10_i64.checked_pow(u32::from(value.currency.exponent()))?)?;
    let from = Money::new(minor, value.currency)?;
    (value.amount >= from.amount).then_some(from)
}

/// Whether somebody of staff may have the card sent to `email` for this request.
///
/// # Errors
///
/// `request_needed` without a request that is open, `own_request`, `not_theirs_to_change` where
/// whoever asks is neither giver nor recipient, and what keeps the API from answering.
pub(super) async fn may(
    page: &Page<HelpWithCards>,
    card: &Card,
    request: Option<&str>,
    email: &str,
) -> Result<May, Refused> {
    let needed = || Refused::of(StatusCode::CONFLICT, "request_needed", "");
    let path = format!("/account/queue/{}", request.ok_or_else(needed)?);
    let thread: Thread = read(page.as_browser(Method::GET, &path, None).await?)?;
    if thread.request.state == "solved" {
        return Err(needed());
    }
    let me = &page.me().person;
    if thread.request.person == *me {
        return Err(Refused::of(StatusCode::FORBIDDEN, "own_request", ""));
    }
    // Who only typed the address of the recipient has not shown that it is theirs.
    let recipient = thread.recipient.as_deref().filter(|_| thread.request.is_proven);
    let is_recipient = recipient.is_some() && card.recipient_id() == recipient;
    if !is_recipient && giver(page, card).await?.as_ref() != Some(&thread.request.person) {
        return Err(Refused::of(StatusCode::FORBIDDEN, "not_theirs_to_change", ""));
    }
    if two_from(card.balance.0).is_none() {
        return Ok(May::Change);
    }
    let wish = wish(&card.last4, &new_recipient(page, email).await?);
    let old = SystemClock::new().now().saturating_sub(Approval::LIFETIME);
    let is_wished = |one: &Wrote| {
        one.author == "note"
            && one.text.as_deref() == Some(&wish)
            && one.by.as_ref().is_some_and(|by| by != me)
            && one.at.0 > old
    };
    Ok(if thread.messages.iter().any(is_wished) { May::Change } else { May::Ask(wish) })
}

/// What one of staff asks another for.
fn wish(last_four: &str, recipient: &str) -> String {
    format!(
        "Card …{last_four}: change-recipient wants a second person. New recipient: {recipient}."
    )
}

/// Who has paid for the card, when somebody with an account has.
async fn giver(page: &Page<HelpWithCards>, card: &Card) -> Result<Option<String>, Refused> {
    #[derive(Deserialize)]
    struct Payment {
        checkout: String,
    }
    #[derive(Deserialize)]
    struct Checkout {
        buyer: Option<String>,
    }
    let Some(payment) = card.payment() else { return Ok(None) };
    let payment = page.get::<Payment>(&format!("/v1/payments/{payment}")).await;
    let Some(Payment { checkout }) = if_told(payment)? else { return Ok(None) };
    let checkout = page.get::<Checkout>(&format!("/v1/checkouts/{checkout}")).await;
    Ok(if_told(checkout)?.and_then(|checkout| checkout.buyer))
}

/// The id under which gifts to an address are kept: a keyed hash.
async fn new_recipient(page: &Page<HelpWithCards>, email: &str) -> Result<String, Refused> {
    #[derive(Deserialize)]
    struct Found {
        recipient: String,
    }
    let body = json!({"email": email});
    let found: Found = read(page.as_browser(Method::POST, "/account/find", Some(&body)).await?)?;
    Ok(found.recipient)
}

#[cfg(test)]
mod tests {
    use base::Currency;

    use super::*;

    #[test]
    fn large_gifts_take_two() {
        for (minor, currency, takes_two) in [
            (9_999, Currency::USD, false),
            (10_000, Currency::USD, true),
            (9_999, Currency::JPY, false),
            (10_000, Currency::JPY, true),
            (99_999, Currency::KWD, false),
            (100_000, Currency::KWD, true),
        ] {
            let value = Money::new(minor, currency).expect("not below zero");
            assert_eq!(two_from(value).is_some(), takes_two, "{value}");
        }
    }
}
