//! Purchases of gift cards.

use std::collections::BTreeSet;

use base::{Amount, CardId, DisputeId, PersonId, Token};
use giftcards::{BoughtCard, Channel, Code, CodeHash, NewDelivery, PaidPart, Prepared, Purchase};
use giftcards::{PurchaseDispute, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid, sum};
use super::table::{Table, bytes, integer, text};
use super::{card, gift, list};

pub(crate) const TABLE: Table = Table {
    number: 20,
    version: 3,
    name: "purchase",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("currency"),
        bytes("cards"),
        bytes("paid_by"),
        bytes("disputes"),
        bytes("shop_order").or_null(),
        integer("created_at"),
        // Absent when nothing was, and in rows that were written before it was kept.
        bytes("clawed_back").or_null(),
        // Who buys each card; absent when no card says so, and in rows that were written before.
        bytes("bought_by").or_null(),
    ],
    indexes: &[],
};

/// What a dispute took of a card.
type Clawed = (DisputeId, CardId, Amount);

/// Cards and disputes are written with what was taken of each, as in the first version; the last
/// column says which dispute took what of which card.
pub(super) fn write(row: &Purchase, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.currency(row.currency);
    let clawed: Vec<Clawed> = clawed_of(row);
    list::write(&row.cards, sink, |card, sink| {
        write_card(card, total(clawed.iter().filter(|(_, of, _)| *of == card.card)), sink);
    });
    list::write(&row.paid_by, sink, |part, sink| {
        sink.int(i64::from(part.line));
        sink.id(part.payment);
        sink.amount(part.amount);
    });
    list::write(&row.disputes, sink, |dispute, sink| {
        sink.id(dispute.dispute);
        sink.id(dispute.payment);
        sink.amount(dispute.amount);
        sink.text(dispute.reason.as_str());
        sink.flag(dispute.is_lost);
        sink.amount(dispute.clawed_back_of_all());
    });
    sink.opt_id(row.order);
    sink.instant(row.created_at);
    if clawed.is_empty() {
        sink.null();
    } else {
        list::write(&clawed, sink, |(dispute, card, amount), sink| {
            sink.id(*dispute);
            sink.id(*card);
            sink.amount(*amount);
        });
    }
    if row.cards.iter().all(|card| buyer_of(card).is_none()) {
        sink.null();
    } else {
        list::write(&row.cards, sink, |card, sink| sink.opt_id(buyer_of(card)));
    }
}

fn buyer_of(card: &BoughtCard) -> Option<PersonId> {
    card.prepared.as_ref()?.delivery?.sender
}

/// Reads a row of the present version, of one that did not know who buys, or of one that did not
/// know which dispute took what of which card.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Purchase, ReadError> {
    let (id, currency) = (source.id()?, source.currency()?);
    let cards = list::read(source, |source| read_card(source))?;
    let paid_by = list::read(source, |source| {
        Ok(PaidPart {
            line: source.number("number of a line")?,
            payment: source.id()?,
            amount: source.amount()?,
        })
    })?;
    let disputes = list::read(source, |source| {
        let dispute = PurchaseDispute {
            dispute: source.id()?,
            payment: source.id()?,
            amount: source.amount()?,
            reason: source.parsed("reason of a dispute", Token::new)?,
            is_lost: source.flag()?,
            clawed_back: Vec::new(),
        };
        Ok((dispute, source.amount()?))
    })?;
    let (of_cards, of_disputes) = (sums(&cards), sums(&disputes));
    let mut row = Purchase {
        id,
        currency,
        cards: firsts(cards),
        paid_by,
        disputes: firsts(disputes),
        order: source.opt_id()?,
        created_at: source.instant()?,
    };
    let told = if version == 1 { None } else { read_clawed(source)? };
    match told {
        Some(clawed) => {
            set_clawed(&mut row, &clawed)?;
            check_sums(&row, &of_cards, &of_disputes)?;
        }
        None => share_out(&mut row, of_cards, of_disputes),
    }
    if version > 2
        && let Some(packed) = source.opt_bytes()?
    {
        set_buyers(&mut row, list::read_packed(&packed, |source| source.opt_id())?)?;
    }
    check(&row)?;
    Ok(row)
}

fn set_buyers(row: &mut Purchase, buyers: Vec<Option<PersonId>>) -> Result<(), ReadError> {
    let is_told = buyers.len() == row.cards.len() && buyers.iter().any(Option::is_some);
    for (card, buyer) in row.cards.iter_mut().zip(&buyers) {
        if let Some(delivery) = card.prepared.as_mut().and_then(|it| it.delivery.as_mut()) {
            delivery.sender = *buyer;
        }
    }
    if !is_told || row.cards.iter().map(buyer_of).ne(buyers) {
        return Err(invalid("buyers of a purchase: none, or of what is not delivered"));
    }
    Ok(())
}

fn sums<T>(list: &[(T, Amount)]) -> Vec<Amount> {
    list.iter().map(|(_, sum)| *sum).collect()
}

fn firsts<T>(list: Vec<(T, Amount)>) -> Vec<T> {
    list.into_iter().map(|(first, _)| first).collect()
}

fn clawed_of(row: &Purchase) -> Vec<Clawed> {
    let parts = row.disputes.iter().flat_map(|known| {
        known.clawed_back.iter().map(|(card, amount)| (known.dispute, *card, *amount))
    });
    parts.collect()
}

fn total<'a>(clawed: impl Iterator<Item = &'a Clawed>) -> Amount {
    sum(clawed.map(|(_, _, amount)| *amount)).unwrap_or(Amount::MAX)
}

/// `None` when nothing was clawed back, or the row was written before this was kept.
fn read_clawed(source: &mut impl ValueSource) -> Result<Option<Vec<Clawed>>, ReadError> {
    let Some(packed) = source.opt_bytes()? else { return Ok(None) };
    list::read_packed(&packed, |source| Ok((source.id()?, source.id()?, source.amount()?)))
        .map(Some)
}

fn set_clawed(row: &mut Purchase, clawed: &[Clawed]) -> Result<(), ReadError> {
    let is_sold = |card: &CardId| row.cards.iter().any(|known| known.card == *card);
    if clawed.iter().any(|(_, card, amount)| amount.is_zero() || !is_sold(card)) {
        return Err(invalid("clawed back of a purchase: nothing, or from what was not sold"));
    }
    for known in &mut row.disputes {
        let mine = clawed.iter().filter(|(dispute, _, _)| *dispute == known.dispute);
        known.clawed_back = mine.map(|(_, card, amount)| (*card, *amount)).collect();
        let cards: BTreeSet<_> = known.clawed_back.iter().map(|(card, _)| *card).collect();
        if cards.len() != known.clawed_back.len() {
            return Err(invalid("clawed back of a purchase: twice from one card"));
        }
    }
    if clawed.is_empty() || clawed_of(row) != clawed {
        return Err(invalid("clawed back of a purchase: none, or not in order of its disputes"));
    }
    Ok(())
}

fn check_sums(
    row: &Purchase,
    of_cards: &[Amount],
    of_disputes: &[Amount],
) -> Result<(), ReadError> {
    let told = |told: &[Amount]| told.iter().copied().map(Some).collect::<Vec<_>>();
    let clawed = clawed_of(row);
    let of_card = |id: CardId| sum(clawed.iter().filter(|part| part.1 == id).map(|part| part.2));
    let of_dispute = |known: &PurchaseDispute| sum(known.clawed_back.iter().map(|part| part.1));
    let by_card: Vec<_> = row.cards.iter().map(|known| of_card(known.card)).collect();
    let by_dispute: Vec<_> = row.disputes.iter().map(of_dispute).collect();
    if by_card != told(of_cards) || by_dispute != told(of_disputes) {
        return Err(invalid("cards of a purchase: not what was clawed back for disputes"));
    }
    Ok(())
}

/// Shares out among disputes what was taken of cards, where nobody has noted it: to each the first
/// cards that its payment has paid for, then whichever are left. What no dispute has taken, or no
/// card has lost, is left out: rules that knew no better wrote such rows, and it stays a loss.
fn share_out(row: &mut Purchase, mut of_cards: Vec<Amount>, mut of_disputes: Vec<Amount>) {
    for only_paid in [true, false] {
        for (known, wanted) in row.disputes.iter_mut().zip(&mut of_disputes) {
            for (card, left) in row.cards.iter().zip(&mut of_cards) {
                let has_paid =
                    |part: &PaidPart| part.payment == known.payment && part.line == card.line;
                let part = (*left).min(*wanted);
                if part.is_zero() || only_paid && !row.paid_by.iter().any(has_paid) {
                    continue;
                }
                *left = left.saturating_sub(part);
                *wanted = wanted.saturating_sub(part);
                match known.clawed_back.iter_mut().find(|(of, _)| *of == card.card) {
                    Some((_, sum)) => *sum = sum.checked_add(part).unwrap_or(Amount::MAX),
                    None => known.clawed_back.push((card.card, part)),
                }
            }
        }
    }
}

fn check(row: &Purchase) -> Result<(), ReadError> {
    if row.cards.is_empty() || row.cards.len() > limits::CARDS_PER_PURCHASE_MAX {
        return Err(invalid("cards of a purchase: none or too many"));
    }
    let ids: BTreeSet<_> = row.cards.iter().map(|card| card.card).collect();
    let has_value = row.cards.iter().all(|card| !card.value.is_zero());
    if ids.len() != row.cards.len() || !has_value || !row.cards.is_sorted_by_key(|card| card.line) {
        return Err(invalid("cards of a purchase: twice, of no value, or not in order of lines"));
    }
    let is_issued = row.order.is_some();
    if row.cards.iter().any(|card| card.prepared.is_some() == is_issued) {
        return Err(invalid("cards of a purchase: prepared until there is an order"));
    }
    let is_part =
        |part: &PaidPart| !part.amount.is_zero() && row.cards_of(part.line).next().is_some();
    if row.paid_by.is_empty() == is_issued || !row.paid_by.iter().all(is_part) {
        return Err(invalid("payers of a purchase: pay nothing, or what is not there"));
    }
    let disputes: BTreeSet<_> = row.disputes.iter().map(|known| known.dispute).collect();
    if disputes.len() != row.disputes.len() {
        return Err(invalid("disputes of a purchase: one twice"));
    }
    let is_possible = |dispute: &PurchaseDispute| dispute.clawed_back_of_all() <= dispute.amount;
    if !row.disputes.iter().all(is_possible) {
        return Err(invalid("disputes of a purchase: more clawed back than was taken"));
    }
    Ok(())
}

fn write_card(row: &BoughtCard, clawed_back: Amount, sink: &mut impl ValueSink) {
    sink.int(i64::from(row.line));
    sink.id(row.card);
    sink.amount(row.value);
    sink.amount(clawed_back);
    sink.flag(row.prepared.is_some());
    if let Some(prepared) = &row.prepared {
        write_prepared(prepared, sink);
    }
}

/// A card, and what was clawed back from it.
fn read_card(source: &mut impl ValueSource) -> Result<(BoughtCard, Amount), ReadError> {
    let (line, card) = (source.number("number of a line")?, source.id()?);
    let (value, clawed_back) = (source.amount()?, source.amount()?);
    let prepared = if source.flag()? { Some(Box::new(read_prepared(source)?)) } else { None };
    Ok((BoughtCard { line, card, value, prepared }, clawed_back))
}

fn write_prepared(row: &Prepared, sink: &mut impl ValueSink) {
    sink.bytes(&row.code.hash.0);
    sink.int(i64::from(row.code.key));
    sink.int(row.code.nonce.cast_signed());
    sink.bytes(&row.code.last4);
    sink.opt_id(row.program);
    sink.opt_instant(row.expires_at);
    sink.opt_int(row.activation_s.map(i64::from));
    sink.opt_int(row.delivery.map(|delivery| i64::from(delivery.channel as u8)));
    sink.opt_instant(row.delivery.and_then(|delivery| delivery.deliver_at));
    gift::write_link(row.delivery.and_then(|delivery| delivery.link), sink);
    sink.int(i64::from(row.sandbox as u8));
    card::write_opt_details(row.details.as_deref(), sink);
}

fn read_prepared(source: &mut impl ValueSource) -> Result<Prepared, ReadError> {
    Ok(Prepared {
        code: Code {
            hash: CodeHash(source.fixed16()?),
            key: source.number("key number of a code")?,
            nonce: source.int()?.cast_unsigned(),
            last4: source.fixed()?,
        },
        program: source.opt_id()?,
        expires_at: source.opt_instant()?,
        activation_s: source.opt_number("activation of a card")?,
        delivery: read_delivery(source)?,
        sandbox: card::read_sandbox(source)?,
        details: card::read_details(source)?,
    })
}

/// Who buys is told in a column of its own.
fn read_delivery(source: &mut impl ValueSource) -> Result<Option<NewDelivery>, ReadError> {
    let channel = source.opt_one_of("channel of a delivery", Channel::from_number)?;
    let (deliver_at, link) = (source.opt_instant()?, gift::read_link(source)?);
    match channel {
        Some(channel) => Ok(Some(NewDelivery { channel, deliver_at, link, sender: None })),
        None if deliver_at.is_none() && link.is_none() => Ok(None),
        None => Err(invalid("delivery: a part of it")),
    }
}
