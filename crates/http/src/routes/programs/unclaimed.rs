//! What a program says of bought gifts that nobody claims.

use giftcards::limits;
use serde::{Deserialize, Serialize};

use crate::fields::{Checked, refuse};

/// What becomes of a bought gift that nobody claims.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnclaimedInput)]
pub(crate) struct UnclaimedBody {
    /// `keep` leaves its value on the card; `return` gives what is unspent back to whoever paid.
    #[schema(pattern = "^(return|keep)$", example = "return")]
    then: String,
    /// Days that there are to claim it, from its last sending; only, and always, with `return`.
    /// Fewer than a card lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 30, maximum = 3650, example = 60)]
    after_days: Option<u32>,
}

/// After how many days unclaimed value goes back; `None` when it never does. They begin when a card
/// can be spent, `activation_s` after its order.
pub(super) fn return_after_days(
    body: Option<&UnclaimedBody>,
    activation_s: u32,
    validity_days: Option<u32>,
) -> Checked<Option<u16>> {
    let Some(body) = body else { return Ok(None) };
    let pointer = "/unclaimed/after_days";
    let days = match (body.then.as_str(), body.after_days) {
        ("keep", None) => return Ok(None),
        ("keep", Some(_)) => return Err(refuse(pointer, "is said with `return` only")),
        ("return", None) => return Err(refuse(pointer, "must be said with `return`")),
        ("return", Some(days)) => days,
        _ => return Err(refuse("/unclaimed/then", "must be one of keep, return")),
    };
    let (least, most) = (limits::RETURN_DAYS_MIN, limits::RETURN_DAYS_MAX);
    let days = u16::try_from(days).ok().filter(|days| (least..=most).contains(days));
    let Some(days) = days else {
        return Err(refuse(pointer, format!("must be {least} to {most}")));
    };
    let returns_after = u32::from(days) + activation_s / 86_400;
    if validity_days.is_some_and(|validity| validity <= returns_after) {
        let told = "must be less than /validity_days, after /activation_s: else cards expire first";
        return Err(refuse(pointer, told));
    }
    Ok(Some(days))
}
