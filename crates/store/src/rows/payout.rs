//! Payouts.

use base::Token;
use journal::{ReadError, ValueSink, ValueSource};
use shop::{Payee, Payout, PayoutState};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 18,
    version: 1,
    name: "payout",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("payee_kind"),
        bytes("payee"),
        integer("amount"),
        text("currency"),
        text("rail"),
        integer("sales_until"),
        integer("state"),
        text("failure").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "state", only: None }],
};

pub(super) fn write(row: &Payout, sink: &mut impl ValueSink) {
    sink.id(row.id);
    match row.payee {
        Payee::Seller(seller) => {
            sink.int(1);
            sink.id(seller);
        }
        Payee::Creator(creator) => {
            sink.int(2);
            sink.id(creator);
        }
    }
    sink.money(row.amount);
    sink.text(row.rail.as_str());
    sink.instant(row.until);
    sink.int(i64::from(row.state as u8));
    sink.opt_text(row.failure.as_ref().map(Token::as_str));
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Payout, ReadError> {
    let row = Payout {
        id: source.id()?,
        payee: match source.int()? {
            1 => Payee::Seller(source.id()?),
            2 => Payee::Creator(source.id()?),
            _ => return Err(invalid("kind of a payee")),
        },
        amount: source.money()?,
        rail: source.parsed("rail", Token::new)?,
        until: source.instant()?,
        state: source.one_of("state of a payout", PayoutState::from_number)?,
        failure: source.opt_parsed("failure of a payout", Token::new)?,
        created_at: source.instant()?,
    };
    if row.failure.is_some() != (row.state == PayoutState::Failed) {
        return Err(invalid("state of a payout: a failure is that of a failed one"));
    }
    Ok(row)
}
