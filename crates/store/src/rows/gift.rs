//! The columns of a card that say how it reaches its owner.

use base::PersonId;
use giftcards::{Channel, ClaimLink, Delivery, DeliveryState, Gift, LinkHash, Owner, ReturnTerm};
use journal::{ReadError, ValueSink, ValueSource};

use super::card::both;
use super::fields::{FieldSink, FieldSource, invalid};

pub(super) fn write(gift: Option<&Gift>, sink: &mut impl ValueSink) {
    let owner = gift.and_then(|gift| gift.owner);
    sink.opt_bytes(owner.map(|owner| owner.person.to_bytes()).as_ref().map(<[u8; 16]>::as_slice));
    sink.opt_instant(owner.map(|owner| owner.since));
    write_link(gift.and_then(|gift| gift.link), sink);
    let delivery = gift.and_then(|gift| gift.delivery);
    sink.opt_int(delivery.map(|delivery| i64::from(delivery.channel as u8)));
    sink.opt_int(delivery.map(|delivery| i64::from(delivery.state as u8)));
    sink.opt_instant(delivery.map(|delivery| delivery.at));
    sink.opt_instant(delivery.and_then(|delivery| delivery.deliver_at));
    sink.opt_int(delivery.map(|delivery| i64::from(delivery.sendings)));
}

/// Two columns, which came later.
pub(super) fn write_return_term(gift: Option<&Gift>, sink: &mut impl ValueSink) {
    let term = gift.and_then(|gift| gift.return_term);
    sink.opt_int(term.map(|term| i64::from(term.after_days)));
    sink.opt_instant(term.and_then(|term| term.at));
}

/// Three columns.
pub(super) fn write_link(link: Option<ClaimLink>, sink: &mut impl ValueSink) {
    sink.opt_bytes(link.as_ref().map(|link| link.hash.0.as_slice()));
    sink.opt_int(link.map(|link| i64::from(link.key)));
    sink.opt_int(link.map(|link| link.nonce.cast_signed()));
}

/// A gift of which nothing is known is read as none, which is how cards without one are made.
pub(super) fn read(source: &mut impl ValueSource) -> Result<Option<Box<Gift>>, ReadError> {
    let gift = Gift {
        owner: read_owner(source)?,
        link: read_link(source)?,
        delivery: read_delivery(source)?,
        return_term: None,
        sender: None,
    };
    Ok(if gift == Gift::default() { None } else { Some(Box::new(gift)) })
}

fn read_owner(source: &mut impl ValueSource) -> Result<Option<Owner>, ReadError> {
    let person = source.opt_fixed16()?.map(PersonId::from_bytes);
    let owner = both(person, source.opt_instant()?, "owner: half of it")?;
    Ok(owner.map(|(person, since)| Owner { person, since }))
}

pub(super) fn read_link(source: &mut impl ValueSource) -> Result<Option<ClaimLink>, ReadError> {
    let hash = source.opt_fixed16()?.map(LinkHash);
    let (key, nonce) = (source.opt_int()?, source.opt_int()?);
    match (hash, key, nonce) {
        (Some(hash), Some(key), Some(nonce)) => {
            let key = u16::try_from(key).map_err(|_| invalid("key number of a link"))?;
            Ok(Some(ClaimLink { hash, key, nonce: nonce.cast_unsigned() }))
        }
        (None, None, None) => Ok(None),
        _ => Err(invalid("link: a part of it")),
    }
}

fn read_delivery(source: &mut impl ValueSource) -> Result<Option<Delivery>, ReadError> {
    let (channel, state, at) = (source.opt_int()?, source.opt_int()?, source.opt_instant()?);
    let (deliver_at, sendings) = (source.opt_instant()?, source.opt_int()?);
    let number = |number| u8::try_from(number).ok();
    match (channel, state, at, sendings) {
        (Some(channel), Some(state), Some(at), Some(sendings)) => Ok(Some(Delivery {
            channel: number(channel)
                .and_then(Channel::from_number)
                .ok_or(invalid("channel of a delivery"))?,
            state: number(state)
                .and_then(DeliveryState::from_number)
                .ok_or(invalid("state of a delivery"))?,
            at,
            deliver_at,
            sendings: u16::try_from(sendings).map_err(|_| invalid("sendings of a delivery"))?,
        })),
        (None, None, None, None) if deliver_at.is_none() => Ok(None),
        _ => Err(invalid("delivery: a part of it")),
    }
}

pub(super) fn read_return_term(
    source: &mut impl ValueSource,
) -> Result<Option<ReturnTerm>, ReadError> {
    let after_days = source.opt_number("return days of a card")?;
    match (after_days, source.opt_instant()?) {
        (Some(after_days), at) => Ok(Some(ReturnTerm { after_days, at })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid("return term: its date alone")),
    }
}
