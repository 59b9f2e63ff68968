//! `POST /v1/payment-methods`: keeps a way to pay, after a look at it over its rail.

use std::sync::Arc;

use base::{Instant, MethodId, PersonId, Text, Token};
use engine::{Command, PaymentCommand};
use payments::{Expiry, Method, NewMethod, RailToken};
use rails::{MethodState, MethodToken, Outcome, Rail};
use serde::{Deserialize, Serialize};

use crate::blocking;
use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::rail_places::RailPlace;
use crate::reply::Reply;
use crate::scope::Checkout;
use crate::views::payment_method::PaymentMethodView;

/// What a caller is told who finds no place.
const FULL: &str = "As many requests as may wait for this rail wait for it already; it is slow.";

/// The way to pay.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentMethodInput)]
pub(crate) struct PaymentMethodBody {
    /// Whose it is; left out for a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: Option<String>,
    /// The rail that keeps it.
    #[schema(min_length = 1, max_length = 32, example = "sandbox")]
    rail: String,
    /// The rail's own token for it, which the payer's browser or app got from the rail. It is never
    /// shown again. The sandbox knows `tok_ok`, `tok_declined`, `tok_insufficient`,
    /// `tok_expires_soon`, `tok_expired`, `tok_challenge`, `tok_timeout`, `tok_refund_pending`,
    /// `tok_refund_fails` and `tok_disputed`; `sandbox_store`, an app store, knows the same.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,255}$", example = "tok_ok")]
    token: String,
}

/// Keep a payment method
///
/// Asks the rail what it is before it is kept. One that has expired is kept too: whether it can pay
/// is for its rail to say.
#[utoipa::path(post, path = "/v1/payment-methods", operation_id = "create_payment_method",
    tag = "Checkout", request_body = PaymentMethodBody,
    responses((status = 201, description = "Kept", body = PaymentMethodView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let body: PaymentMethodBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let owner = fields::optional_id("/person", body.person.as_deref())?;
    let rail_name: Token<32> = fields::token("/rail", &body.rail)?;
    let token = token(&body.token)?;
    let rail = caller.rail(rail_name.as_str())?;
    let Some(place) = caller.book().rail_places().take(rail_name.as_str()) else {
        tracing::debug!(rail = rail_name.as_str(), "a rail is slow: too many wait for its answer");
        return Err(Problem::new(&catalog::RAIL_SILENT).detail(FULL));
    };
    let state = look_at(Arc::clone(&rail), token.clone(), place).await?;
    let kept = Kept { id: caller.app.new_id(), owner, now: caller.book().time().await? };
    let method = kept.method(rail_name, &token, &state, rail.as_ref())?;
    let command = Command::Payments(PaymentCommand::CreateMethod(Box::new(NewMethod(method))));
    Prepared::creating_with(command, operation).decide(caller).await
}

fn token(text: &str) -> Checked<MethodToken> {
    MethodToken::new(text).map_err(|problem| refuse("/token", problem.to_string()))
}

/// Asks the rail, on a thread that may wait.
async fn look_at(
    rail: Arc<dyn Rail>,
    token: MethodToken,
    place: RailPlace,
) -> Result<MethodState, Problem> {
    // The thread stays until the rail has answered, also when the caller goes away: so does the
    // place.
    let asked = blocking::spawn(move || {
        let _place = place;
        rail.method(&token)
    })
    .await;
    match asked.map_err(|_| Problem::new(&catalog::UNAVAILABLE))? {
        Outcome::Succeeded(state) => Ok(state),
        Outcome::Failed(code) if code.is_final() => {
            Err(Problem::new(&catalog::PAYMENT_METHOD_REFUSED).reason(code.as_str()))
        }
        Outcome::Failed(code) => {
            tracing::warn!(code = code.as_str(), "a rail does not tell of a payment method");
            Err(Problem::new(&catalog::RAIL_SILENT))
        }
        Outcome::Unknown(why) => {
            tracing::warn!(%why, "a rail does not tell of a payment method");
            Err(Problem::new(&catalog::RAIL_SILENT))
        }
        // To look at a method moves nothing that could wait for anybody.
        Outcome::RequiresAction(_) | Outcome::Pending { .. } => {
            Err(Problem::new(&catalog::RAIL_SILENT))
        }
    }
}

/// What a kept method is besides what its rail says.
struct Kept {
    id: MethodId,
    owner: Option<PersonId>,
    /// The book's time.
    now: Instant,
}

impl Kept {
    fn method(
        self,
        name: Token<32>,
        token: &MethodToken,
        state: &MethodState,
        rail: &dyn Rail,
    ) -> Checked<Method> {
        let reference = Text::new(token.reveal());
        let reference = reference.map_err(|problem| refuse("/token", problem.to_string()))?;
        let (brand, last4) = names(state.label.as_str());
        Ok(Method {
            id: self.id,
            rail: name,
            token: RailToken(reference),
            owner: self.owner,
            brand,
            last4,
            expiry: state.expires_at.and_then(|at| last_month(at, self.now)),
            is_store_mediated: rail.capabilities().store_mediated,
            declined_at: None,
            // The decision sets the book's time.
            created_at: Instant::MIN,
        })
    }
}

/// Brand and last characters of what payers know a method by, such as `visa 4242`.
fn names(label: &str) -> (Option<Token<20>>, Option<Token<4>>) {
    let mut words = label.split_ascii_whitespace();
    let brand = words.next().and_then(|word| Token::new(&word.to_ascii_lowercase()).ok());
    let last4 = words.last().filter(|word| word.len() == 4);
    (brand, last4.and_then(|word| Token::new(word).ok()))
}

/// The last month in which a method may be used that is refused from `at` on. One that is refused
/// in the middle of a month is still tried in it, for its rail knows better; one that is refused
/// already is not.
fn last_month(at: Instant, now: Instant) -> Option<Expiry> {
    let before = at.saturating_sub(base::Span::from_micros(1)).to_string();
    let (year, month) = (before.get(..4)?.parse().ok()?, before.get(5..7)?.parse().ok()?);
    let expiry = Expiry::new(year, month)?;
    if at <= now && expiry.ends_at() > now {
        return if month > 1 { Expiry::new(year, month - 1) } else { Expiry::new(year - 1, 12) };
    }
    Some(expiry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_taken_apart() {
        let check = |label: &str, brand: Option<&str>, last4: Option<&str>| {
            let (found_brand, found_last4) = names(label);
            assert_eq!(found_brand.as_ref().map(Token::as_str), brand, "{label}");
            assert_eq!(found_last4.as_ref().map(Token::as_str), last4, "{label}");
        };
        check("visa 4242", Some("visa"), Some("4242"));
        check("American Express 0005", Some("american"), Some("0005"));
        check("sepa_debit", Some("sepa_debit"), None);
        check("visa 42", Some("visa"), None);
    }

    #[test]
    fn the_last_month_is_never_later_than_the_rail_says() {
        let check = |at: &str, now: &str, expected: Option<(u16, u8)>| {
            let found = last_month(Instant::parse(at).unwrap(), Instant::parse(now).unwrap());
            let found = found.map(|expiry| (expiry.year(), expiry.month()));
            assert_eq!(found, expected, "{at} {now}");
        };
        let now = "2026-11-20T10:00:00Z";
        check("2028-01-01T00:00:00Z", now, Some((2027, 12)));
        check("2028-01-15T00:00:00Z", now, Some((2028, 1)));
        check("2026-11-20T10:00:01Z", now, Some((2026, 11)));
        check(now, now, Some((2026, 10)));
        check("2026-01-20T00:00:00Z", "2026-01-20T00:00:00Z", Some((2025, 12)));
        check("2020-02-01T00:00:00Z", now, Some((2020, 1)));
    }
}
