//! Which words a refusal has.

use crate::inside::Refused;

/// The code under which pages have words for a refusal. A gift card that cannot be used says why,
/// and each reason has words of its own.
pub(super) fn told_code(refused: &Refused) -> String {
    match (refused.code(), refused.problem["reason"].as_str()) {
        ("gift_card_not_usable", Some(reason)) => format!("gift_card_{reason}"),
        (code, _) => code.to_owned(),
    }
}
