//! Payments.

use base::{Amount, Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::Subject;
use payments::{FailureCode, NextAction, Payment, PaymentState, Purpose, ReturnUrl, Step};

use super::fields::{FieldSink, FieldSource, invalid, sum};
use super::list;
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 9,
    version: 3,
    name: "payment",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("method"),
        text("rail"),
        integer("amount"),
        text("currency"),
        integer("purpose_kind"),
        bytes("purpose"),
        integer("state"),
        text("next_action").or_null(),
        integer("failed_step").or_null(),
        text("failure").or_null(),
        integer("is_unknown"),
        text("rail_reference").or_null(),
        integer("captured"),
        integer("refunded"),
        integer("refunding"),
        integer("disputed"),
        integer("credited"),
        integer("fee").or_null(),
        bytes("open_refunds"),
        integer("calls"),
        integer("due_at").or_null(),
        integer("created_at"),
        integer("lost"),
        integer("owed"),
        integer("settled"),
        text("return_url").or_null(),
    ],
    indexes: &[
        Index { column: "due_at", only: Some("due_at is not null") },
        Index { column: "purpose", only: None },
        Index { column: "rail_reference", only: Some("rail_reference is not null") },
    ],
};

pub(super) fn write(row: &Payment, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.method);
    sink.text(row.rail.as_str());
    sink.money(row.amount);
    sink.int(i64::from(row.purpose.kind()));
    sink.bytes(&row.purpose.subject().0);
    write_state(&row.state, sink);
    sink.flag(row.is_unknown);
    sink.opt_text(row.rail_reference.as_ref().map(Text::as_str));
    sink.amount(row.captured);
    sink.amount(row.refunded);
    sink.amount(row.refunding);
    sink.amount(row.disputed);
    sink.amount(row.credited);
    sink.opt_int(row.fee.map(Amount::minor));
    list::write(&row.open_refunds, sink, |refund, sink| sink.id(*refund));
    sink.int(i64::from(row.calls));
    sink.opt_instant(row.due_at);
    sink.instant(row.created_at);
    sink.amount(row.lost);
    sink.amount(row.owed);
    sink.amount(row.settled);
    sink.opt_text(row.return_url.as_ref().map(ReturnUrl::as_str));
}

/// Reads a row of the present version, or of one that did not know where payers come back to, or
/// what became of what disputes took.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Payment, ReadError> {
    let mut row = Payment {
        id: source.id()?,
        method: source.id()?,
        rail: source.parsed("rail", Token::new)?,
        amount: source.money()?,
        purpose: read_purpose(source)?,
        return_url: None,
        state: read_state(source)?,
        is_unknown: source.flag()?,
        rail_reference: source.opt_parsed("reference of a payment", Text::new)?,
        captured: source.amount()?,
        refunded: source.amount()?,
        refunding: source.amount()?,
        disputed: source.amount()?,
        lost: Amount::ZERO,
        owed: Amount::ZERO,
        settled: Amount::ZERO,
        credited: source.amount()?,
        fee: source.opt_amount()?,
        open_refunds: list::read(source, |source| source.id())?,
        calls: source.number("calls of a payment")?,
        due_at: source.opt_instant()?,
        created_at: source.instant()?,
    };
    if version > 1 {
        (row.lost, row.owed) = (source.amount()?, source.amount()?);
        row.settled = source.amount()?;
    }
    if version > 2 {
        row.return_url = source.opt_parsed("return address of a payment", ReturnUrl::parse)?;
    }
    check(&row)?;
    Ok(row)
}

/// The cap, without what disputes take: they may take more than is left.
fn check(row: &Payment) -> Result<(), ReadError> {
    let back = sum([row.refunded, row.refunding, row.credited, row.owed, row.settled]);
    if row.captured > row.amount.amount || back.is_none_or(|back| back > row.captured) {
        return Err(invalid("amounts of a payment: more than it was"));
    }
    let is_captured = row.state == PaymentState::Captured;
    if is_captured == row.captured.is_zero() {
        return Err(invalid("state of a payment: not what its amounts say"));
    }
    if !is_captured && (row.fee.is_some() || !row.disputed.is_zero()) {
        return Err(invalid("amounts of a payment: of one that took nothing"));
    }
    if row.lost > row.disputed || row.settled > row.lost {
        return Err(invalid("amounts of a payment: more was lost than is disputed"));
    }
    let listed = [row.refunding, row.owed, row.credited];
    if row.open_refunds.is_empty() != listed.iter().all(|amount| amount.is_zero()) {
        return Err(invalid("open refunds of a payment: not what its amounts say"));
    }
    if row.step().is_none() && (row.is_unknown || row.due_at.is_some()) {
        return Err(invalid("state of a payment: it waits for nothing"));
    }
    Ok(())
}

fn read_purpose(source: &mut impl ValueSource) -> Result<Purpose, ReadError> {
    let kind = source.number("purpose of a payment")?;
    let subject = Subject(source.fixed16()?);
    Purpose::from_parts(kind, subject).ok_or(invalid("purpose of a payment"))
}

/// Its number, and what belongs to some of the states. The numbers never change.
fn write_state(state: &PaymentState, sink: &mut impl ValueSink) {
    let (number, next_action, failure) = match state {
        PaymentState::Authorizing => (1, None, None),
        PaymentState::RequiresAction { next_action } => (2, Some(next_action), None),
        PaymentState::Authorized => (3, None, None),
        PaymentState::Capturing => (4, None, None),
        PaymentState::Captured => (5, None, None),
        PaymentState::Voiding => (6, None, None),
        PaymentState::Voided => (7, None, None),
        PaymentState::Failed { step, code } => (8, None, Some((*step, code))),
    };
    sink.int(number);
    sink.opt_text(next_action.map(|action| action.0.as_str()));
    sink.opt_int(failure.map(|(step, _)| i64::from(step as u8)));
    sink.opt_text(failure.map(|(_, code)| code.as_str()));
}

fn read_state(source: &mut impl ValueSource) -> Result<PaymentState, ReadError> {
    let number = source.int()?;
    let next_action = source.opt_parsed("next action of a payment", Text::new)?.map(NextAction);
    let step = source.opt_one_of("failed step of a payment", Step::from_number)?;
    let code = source.opt_parsed("failure of a payment", FailureCode::new)?;
    Ok(match (number, next_action, step, code) {
        (1, None, None, None) => PaymentState::Authorizing,
        (2, Some(next_action), None, None) => PaymentState::RequiresAction { next_action },
        (3, None, None, None) => PaymentState::Authorized,
        (4, None, None, None) => PaymentState::Capturing,
        (5, None, None, None) => PaymentState::Captured,
        (6, None, None, None) => PaymentState::Voiding,
        (7, None, None, None) => PaymentState::Voided,
        (8, None, Some(step), Some(code)) => PaymentState::Failed { step, code },
        _ => return Err(invalid("state of a payment")),
    })
}
