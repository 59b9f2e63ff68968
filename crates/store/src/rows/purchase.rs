//! Purchases of gift cards.

use std::collections::BTreeSet;

use base::Token;
use giftcards::{BoughtCard, Channel, Code, CodeHash, NewDelivery, PaidPart, Prepared, Purchase};
use giftcards::{PurchaseDispute, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid, sum};
use super::table::{Table, bytes, integer, text};
use super::{card, gift, list};

pub(crate) const TABLE: Table = Table {
    number: 20,
    version: 1,
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
    ],
    indexes: &[],
};

pub(super) fn write(row: &Purchase, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.currency(row.currency);
    list::write(&row.cards, sink, |card, sink| write_card(card, sink));
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
        sink.amount(dispute.clawed_back);
    });
    sink.opt_id(row.order);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Purchase, ReadError> {
    let row = Purchase {
        id: source.id()?,
        currency: source.currency()?,
        cards: list::read(source, |source| read_card(source))?,
        paid_by: list::read(source, |source| {
            Ok(PaidPart {
                line: source.number("number of a line")?,
                payment: source.id()?,
                amount: source.amount()?,
            })
        })?,
        disputes: list::read(source, |source| {
            Ok(PurchaseDispute {
                dispute: source.id()?,
                payment: source.id()?,
                amount: source.amount()?,
                reason: source.parsed("reason of a dispute", Token::new)?,
                is_lost: source.flag()?,
                clawed_back: source.amount()?,
            })
        })?,
        order: source.opt_id()?,
        created_at: source.instant()?,
    };
    check(&row)?;
    Ok(row)
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
    let clawed_back = sum(row.cards.iter().map(|card| card.clawed_back));
    let by_disputes = sum(row.disputes.iter().map(|dispute| dispute.clawed_back));
    if clawed_back.is_none() || clawed_back != by_disputes {
        return Err(invalid("cards of a purchase: not what was clawed back for disputes"));
    }
    let is_possible = |dispute: &PurchaseDispute| dispute.clawed_back <= dispute.amount;
    if !row.disputes.iter().all(is_possible) {
        return Err(invalid("disputes of a purchase: more clawed back than was taken"));
    }
    Ok(())
}

fn write_card(row: &BoughtCard, sink: &mut impl ValueSink) {
    sink.int(i64::from(row.line));
    sink.id(row.card);
    sink.amount(row.value);
    sink.amount(row.clawed_back);
    sink.flag(row.prepared.is_some());
    if let Some(prepared) = &row.prepared {
        write_prepared(prepared, sink);
    }
}

fn read_card(source: &mut impl ValueSource) -> Result<BoughtCard, ReadError> {
    Ok(BoughtCard {
        line: source.number("number of a line")?,
        card: source.id()?,
        value: source.amount()?,
        clawed_back: source.amount()?,
        prepared: if source.flag()? { Some(Box::new(read_prepared(source)?)) } else { None },
    })
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

fn read_delivery(source: &mut impl ValueSource) -> Result<Option<NewDelivery>, ReadError> {
    let channel = source.opt_one_of("channel of a delivery", Channel::from_number)?;
    let (deliver_at, link) = (source.opt_instant()?, gift::read_link(source)?);
    match channel {
        Some(channel) => Ok(Some(NewDelivery { channel, deliver_at, link })),
        None if deliver_at.is_none() && link.is_none() => Ok(None),
        None => Err(invalid("delivery: a part of it")),
    }
}
