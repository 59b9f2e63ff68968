//! The key of a mail, made of its cause.

use ::mail::MessageKey;
use base::CardId;
use store::MailCause;

/// What the key of each kind of mail ends with; that of a gift ends with its sending.
const RECEIPT: &str = "-receipt";
const NOT_DELIVERED: &str = "-back";
const RETURNED: &str = "-refund";

/// The key of a mail. Two causes have two keys.
pub fn mail_key(cause: MailCause) -> MessageKey {
    let text = match cause {
        MailCause::Gift { card, sending } => format!("{card}-{sending}"),
        MailCause::Receipt { order } => format!("{order}{RECEIPT}"),
        MailCause::NotDelivered { card, sending } => format!("{card}-{sending}{NOT_DELIVERED}"),
        MailCause::Returned { refund } => format!("{refund}{RETURNED}"),
    };
    MessageKey::new(&text).expect("ids, numbers and our words are short and plain")
}

/// The cause that a key was made of; `None` for keys of other mails.
pub fn read_mail_key(key: &MessageKey) -> Option<MailCause> {
    let text = key.as_str();
    if let Some(order) = text.strip_suffix(RECEIPT) {
        return Some(MailCause::Receipt { order: order.parse().ok()? });
    }
    if let Some(refund) = text.strip_suffix(RETURNED) {
        return Some(MailCause::Returned { refund: refund.parse().ok()? });
    }
    if let Some(gift) = text.strip_suffix(NOT_DELIVERED) {
        let (card, sending) = read_sending(gift)?;
        return Some(MailCause::NotDelivered { card, sending });
    }
    let (card, sending) = read_sending(text)?;
    Some(MailCause::Gift { card, sending })
}

fn read_sending(text: &str) -> Option<(CardId, u16)> {
    let (card, sending) = text.rsplit_once('-')?;
    Some((card.parse().ok()?, sending.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use base::{OrderId, RefundId};

    use super::*;

    #[test]
    fn a_key_tells_its_cause() {
        for (bits, sending) in [(0, 1), (u128::MAX, u16::MAX), (1 << 77, 12)] {
            let card = CardId::from_bits(bits);
            for cause in [
                MailCause::Gift { card, sending },
                MailCause::Receipt { order: OrderId::from_bits(bits) },
                MailCause::NotDelivered { card, sending },
                MailCause::Returned { refund: RefundId::from_bits(bits) },
            ] {
                assert_eq!(read_mail_key(&mail_key(cause)), Some(cause));
            }
        }
        for other in ["x", "x-1", "gc_00000000000000000000000001", "gc_1-1", "ord_1-receipt"] {
            assert_eq!(read_mail_key(&MessageKey::new(other).unwrap()), None, "{other}");
        }
    }
}
