//! Ledger accounts.

use base::{AccountId, CardId};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::{Account, AccountName, EntryPlace};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 2,
    version: 1,
    name: "account",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name").or_null(),
        text("currency"),
        integer("debits_posted"),
        integer("credits_posted"),
        integer("debits_pending"),
        integer("credits_pending"),
        integer("last_entry").or_null(),
    ],
    indexes: &[Index { column: "name", only: Some("name is not null") }],
};

/// The name of a card's account is left out: it follows from the id, and there are as many of
/// them as cards.
pub(super) fn write(row: &Account, sink: &mut impl ValueSink) {
    sink.bytes(&row.id.to_bytes());
    match &row.name {
        AccountName::GiftCard(_) => sink.null(),
        name => sink.text(&name.to_string()),
    }
    sink.currency(row.currency);
    sink.amount(row.debits_posted);
    sink.amount(row.credits_posted);
    sink.amount(row.debits_pending);
    sink.amount(row.credits_pending);
    sink.opt_int(row.last_entry.map(EntryPlace::number));
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Account, ReadError> {
    let id = AccountId::from_bytes(source.fixed16()?);
    let name = source.opt_parsed("name of an account", |text| match AccountName::parse(text) {
        Some(AccountName::GiftCard(_)) | None => Err(()),
        Some(name) => Ok(name),
    })?;
    let name = name.unwrap_or_else(|| AccountName::GiftCard(CardId::from_bits(id.bits())));
    let currency = source.currency()?;
    if name.id(currency) != id {
        return Err(invalid("id of an account: not that of its name"));
    }
    Ok(Account {
        id,
        name,
        currency,
        debits_posted: source.amount()?,
        credits_posted: source.amount()?,
        debits_pending: source.amount()?,
        credits_pending: source.amount()?,
        last_entry: source.opt_place()?,
    })
}
