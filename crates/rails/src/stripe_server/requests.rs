//! Which parameters a request may have, and what they must look like.

use base::Currency;

use super::routes::{Answer, error, parameter_error};
use crate::provider::model::Method;

/// Fields of one request, checked against the names it may have.
pub(super) struct Parameters<'a>(&'a [(String, String)]);

impl<'a> Parameters<'a> {
    /// Refuses names that are not in the list. A name that ends in `[` allows what it begins.
    pub(super) fn new(fields: &'a [(String, String)], known: &[&str]) -> Result<Self, Answer> {
        let is_known = |name: &str| {
            known.iter().any(|known| match known.ends_with('[') {
                true => name.starts_with(known) && name.len() > known.len() + 1,
                false => name == *known,
            })
        };
        match fields.iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => {
                Err(parameter_error("parameter_unknown", name, "Received unknown parameter"))
            }
            None => Ok(Parameters(fields)),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&'a str, Answer> {
        self.text(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| parameter_error("parameter_missing", name, "Missing required param"))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Answer> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if is_plain => Ok(Some(number)),
            _ => Err(parameter_error("parameter_invalid_integer", name, "Invalid integer")),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Answer> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(parameter_error("parameter_invalid", name, "Invalid boolean")),
        }
    }

    pub(super) fn method(&self, name: &str) -> Result<Option<Method>, Answer> {
        let Some(id) = self.text(name) else { return Ok(None) };
        match method_of_id(id) {
            Some(method) => Ok(Some(method)),
            None => Err(missing("payment_method", name)),
        }
    }

    pub(super) fn expands(&self, what: &str) -> bool {
        self.0.iter().any(|(name, value)| {
            name == "expand[]" && (value == what || value.starts_with(&format!("{what}.")))
        })
    }
}

/// A currency in lower case, as it must be written, and an amount it can have.
pub(super) fn currency_and_amount(currency: &str, amount: i64) -> Result<String, Answer> {
    let upper = currency.to_ascii_uppercase();
    let is_lower = currency.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_lower || Currency::parse(&upper).is_err() {
        return Err(parameter_error("parameter_invalid", "currency", "Invalid currency"));
    }
    check_step(&upper, amount)?;
    Ok(upper)
}

/// Stripe's rules about the last digits of an amount.
pub(super) fn check_step(upper: &str, amount: i64) -> Result<(), Answer> {
    let step = match upper {
        "ISK" | "UGX" => 100,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 10,
        _ => 1,
    };
    match amount % step {
        0 => Ok(()),
        _ => Err(parameter_error("invalid_charge_amount", "amount", "Invalid last digits")),
    }
}

/// Our id of a method, or one of Stripe's own for tests.
fn method_of_id(id: &str) -> Option<Method> {
    match id {
        "pm_card_visa" => Some(Method::Ok),
        "pm_card_chargeDeclined" => Some(Method::Declined),
        "pm_card_chargeDeclinedInsufficientFunds" => Some(Method::Insufficient),
        "pm_card_chargeDeclinedExpiredCard" => Some(Method::Expired),
        "pm_card_authenticationRequired" => Some(Method::Challenge),
        "pm_card_pendingRefund" => Some(Method::RefundPending),
        "pm_card_refundFail" => Some(Method::RefundFails),
        "pm_card_createDispute" => Some(Method::Disputed),
        _ => Method::of_token(&format!("tok_{}", id.strip_prefix("pm_")?)),
    }
}

/// A method from its page in the path.
pub(super) fn method_at(id: &str) -> Result<Method, Answer> {
    method_of_id(id).ok_or_else(|| missing("payment_method", "payment_method"))
}

/// A method from the number of its card, or from a token.
pub(super) fn method_of_card(parameters: &Parameters<'_>) -> Result<Method, Answer> {
    if let Some(token) = parameters.text("card[token]") {
        return Method::of_token(token).ok_or_else(|| missing("token", "card[token]"));
    }
    let number = parameters.needed("card[number]")?;
    let found = Method::ALL.into_iter().find(|(method, _, last_four)| match method {
        Method::Ok => number == "4242424242424242",
        _ => number == format!("400000000000{last_four}"),
    });
    match found {
        Some((method, ..)) => Ok(method),
        None => Err(parameter_error("incorrect_number", "card[number]", "Incorrect number")),
    }
}

pub(super) fn missing(what: &str, parameter: &str) -> Answer {
    let mut answer = error(404, "resource_missing", &format!("No such {what}"));
    answer.body["error"]["param"] = parameter.into();
    answer
}
