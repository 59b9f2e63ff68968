//! The key of a mail: the card, and which of its sendings.

use ::mail::MessageKey;
use base::CardId;

/// The key of the mail of a sending.
pub fn mail_key(card: CardId, sending: u16) -> MessageKey {
    MessageKey::new(&format!("{card}-{sending}")).expect("an id and a number are short and plain")
}

/// Which sending of which card a key belongs to; `None` for keys of other mails.
pub fn read_mail_key(key: &MessageKey) -> Option<(CardId, u16)> {
    let (card, sending) = key.as_str().rsplit_once('-')?;
    Some((card.parse().ok()?, sending.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_card_and_sending() {
        for (bits, sending) in [(0, 1), (u128::MAX, u16::MAX), (1 << 77, 12)] {
            let card = CardId::from_bits(bits);
            assert_eq!(read_mail_key(&mail_key(card, sending)), Some((card, sending)));
        }
        for other in ["x", "x-1", "gc_00000000000000000000000001", "gc_1-1"] {
            assert_eq!(read_mail_key(&MessageKey::new(other).unwrap()), None, "{other}");
        }
    }
}
