//! Where a list of requests goes on, as text: a time and an id.

use base::{ConversationId, Instant};
use outside::people::TalkPlace;

use crate::fields::refuse;
use crate::problem::Problem;

/// The text of a place.
pub(super) fn write((at, id): TalkPlace) -> String {
    format!("{}.{id}", at.micros())
}

/// The place of a text. Whoever makes one up sees no more than what is theirs to see.
///
/// # Errors
///
/// `invalid_request` about `cursor`.
pub(super) fn read(cursor: Option<&str>) -> Result<Option<TalkPlace>, Problem> {
    let Some(text) = cursor else { return Ok(None) };
    let parts = text.split_once('.').and_then(|(at, id)| {
        let at = Instant::try_from_micros(at.parse().ok()?)?;
        Some((at, id.parse::<ConversationId>().ok()?))
    });
    let wrong = || refuse("cursor", "must be the next_cursor of a page with equal filters");
    parts.map(Some).ok_or_else(|| wrong().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        let place = (Instant::from_micros(1_234), ConversationId::from_bits(5));
        assert_eq!(read(Some(&write(place))).ok(), Some(Some(place)));
        assert_eq!(read(None).ok(), Some(None));
        for wrong in ["", "1", "1.", ".conv_1", "-1.conv_00000000000000000000000005", "x.y"] {
            assert!(read(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
