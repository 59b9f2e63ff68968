//! Rows as values: one description and one codec a table, for the journal's after-images and
//! for the columns of the tables alike.
//!
//! Reading checks everything a value must be: bytes that were not written by this crate come
//! back as a [`ReadError`], never as a panic and never as a row that cannot exist.

pub(crate) mod account;
pub(crate) mod account_freeze;
mod advertiser;
mod automatic_paid;
pub(crate) mod book;
pub(crate) mod card;
pub(crate) mod checkout;
pub(crate) mod claim;
mod claim_statement;
mod claim_words;
mod claimant;
mod code;
pub(crate) mod contact;
pub(crate) mod creator;
pub(crate) mod deed;
pub(crate) mod dispute;
mod fields;
mod frozen_facts;
mod gift;
pub(crate) mod hold;
pub(crate) mod incident;
mod instrument_claims;
mod line;
mod list;
mod metadata_text;
pub(crate) mod method;
mod numbering;
pub(crate) mod order;
pub(crate) mod order_refund;
pub(crate) mod payment;
pub(crate) mod payout;
pub(crate) mod post;
pub(crate) mod product;
pub(crate) mod program;
pub(crate) mod promotion;
mod promotion_check;
pub(crate) mod promotion_claims;
pub(crate) mod promotion_settlement;
pub(crate) mod purchase;
pub(crate) mod rail_refund;
mod refund;
mod region_text;
mod resolved;
pub(crate) mod restitution;
mod scope_text;
pub(crate) mod seller;
pub(crate) mod sender;
pub(crate) mod settlement;
pub(crate) mod settlement_line;
pub(crate) mod signals;
pub(crate) mod slice;
pub(crate) mod standing;
pub(crate) mod stream;
pub(crate) mod suspect;
pub(crate) mod table;
mod terms;

use std::sync::Arc;

use engine::{Key, Row};
use journal::{EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};

pub(crate) use fields::{FieldSink, FieldSource, invalid};
pub use table::{Column, ColumnKind, Index, Table};

/// Every table of rows, in the order of their numbers, which is that of [`Key`].
pub const TABLES: [&Table; 45] = [
    &book::TABLE,
    &account::TABLE,
    &program::TABLE,
    &card::TABLE,
    &code::TABLE,
    &hold::TABLE,
    &refund::TABLE,
    &method::TABLE,
    &payment::TABLE,
    &rail_refund::TABLE,
    &dispute::TABLE,
    &seller::TABLE,
    &creator::TABLE,
    &product::TABLE,
    &checkout::TABLE,
    &order::TABLE,
    &order_refund::TABLE,
    &payout::TABLE,
    &numbering::TABLE,
    &purchase::TABLE,
    &settlement::TABLE,
    &settlement_line::TABLE,
    &standing::TABLE,
    &sender::TABLE,
    &contact::TABLE,
    &promotion::TABLE,
    &post::TABLE,
    &slice::TABLE,
    &deed::TABLE,
    &promotion_settlement::TABLE,
    &stream::TABLE,
    &incident::TABLE,
    &signals::TABLE,
    &claim::TABLE,
    &promotion_claims::TABLE,
    &claimant::TABLE,
    &restitution::TABLE,
    &claim_words::TABLE,
    &frozen_facts::TABLE,
    &claim_statement::TABLE,
    &automatic_paid::TABLE,
    &account_freeze::TABLE,
    &suspect::TABLE,
    &advertiser::TABLE,
    &instrument_claims::TABLE,
];

/// The table of a row: its number and the version that [`write_row`] writes.
pub fn table_of(row: &Row) -> (u8, u8) {
    let table = describe(row);
    (table.number, table.version)
}

/// Whether a row can be read back as it is written; asked before it is written.
///
/// Rows that issues and redemptions write are not looked at: reading an account, a card, its code
/// and a hold again would cost each of them more than it is worth. The values of all others must
/// fit each other in ways that no type says.
///
/// # Errors
///
/// What [`read_row`] would say of it, and [`ReadError::Invalid`] when it reads another row.
pub fn check_row(row: &Row) -> Result<(), ReadError> {
    if matches!(row, Row::Account(_) | Row::Card(_) | Row::Code(_) | Row::Hold(_)) {
        return Ok(());
    }
    let (table, version) = table_of(row);
    let written = EncodedValues::of(|sink| write_row(row, sink));
    let read = read_row(table, version, &mut EncodedSource::new(written.as_bytes()))?;
    if read == *row { Ok(()) } else { Err(invalid("row: not read back as it was written")) }
}

/// Reads a row back, to the last value. Versions before the present one are read too, for as
/// long as journals hold them.
///
/// # Errors
///
/// [`ReadError::UnknownRowVersion`] for a table or version that this release does not know, and
/// every other [`ReadError`] for values that are no row.
pub fn read_row(table: u8, version: u8, source: &mut impl ValueSource) -> Result<Row, ReadError> {
    let row = match (table, version) {
        (1, 1) => Row::Book(book::read(source)?),
        (2, 1) => Row::Account(account::read(source)?),
        (3, 1..=3) => Row::Program(Arc::new(program::read(source, version)?)),
        (4, 1..=5) => Row::Card(Arc::new(card::read(source, version)?)),
        (5, 1) => Row::Code(code::read(source)?),
        (6, 1..=3) => Row::Hold(Arc::new(hold::read(source, version)?)),
        (7, 1 | 2) => Row::Refund(Arc::new(refund::read(source, version)?)),
        (8, 1 | 2) => Row::Method(Arc::new(method::read(source, version)?)),
        (9, 1..=3) => Row::Payment(Arc::new(payment::read(source, version)?)),
        (10, 1 | 2) => Row::RailRefund(Arc::new(rail_refund::read(source, version)?)),
        (11, 1) => Row::Dispute(Arc::new(dispute::read(source)?)),
        (12, 1) => Row::Seller(Arc::new(seller::read(source)?)),
        (13, 1) => Row::Creator(Arc::new(creator::read(source)?)),
        (14, 1) => Row::Product(Arc::new(product::read(source)?)),
        (15, 1 | 2) => Row::Checkout(Arc::new(checkout::read(source, version)?)),
        (16, 1) => Row::Order(Arc::new(order::read(source)?)),
        (17, 1) => Row::OrderRefund(Arc::new(order_refund::read(source)?)),
        (18, 1) => Row::Payout(Arc::new(payout::read(source)?)),
        (19, 1) => Row::Numbering(numbering::read(source)?),
        (20, 1..=3) => Row::Purchase(Arc::new(purchase::read(source, version)?)),
        (21, 1) => Row::Settlement(Arc::new(settlement::read(source)?)),
        (22, 1) => Row::SettlementLine(Arc::new(settlement_line::read(source)?)),
        (23, 1) => Row::Standing(Arc::new(standing::read(source)?)),
        (24, 1) => Row::Sender(Arc::new(sender::read(source)?)),
        (25, 1) => Row::Contact(Arc::new(contact::read(source)?)),
        (26, 1..=3) => Row::Promotion(Arc::new(promotion::read(source, version)?)),
        (27, 1 | 2) => Row::Post(Arc::new(post::read(source, version)?)),
        (28, 1) => Row::Slice(Arc::new(slice::read(source)?)),
        (29, 1) => Row::Deed(Arc::new(deed::read(source)?)),
        (30, 1 | 2) => {
            Row::PromotionSettlement(Arc::new(promotion_settlement::read(source, version)?))
        }
        (31, 1) => Row::Stream(stream::read(source)?),
        (32, 1) => Row::Incident(Arc::new(incident::read(source)?)),
        (33, 1) => Row::Signals(Arc::new(signals::read(source)?)),
        (34, 1..=4) => Row::Claim(Arc::new(claim::read(source, version)?)),
        (35, 1..=3) => Row::PromotionClaims(Arc::new(promotion_claims::read(source, version)?)),
        (36, 1 | 2) => Row::Claimant(claimant::read(source, version)?),
        (37, 1 | 2) => Row::Restitution(Arc::new(restitution::read(source, version)?)),
        (38, 1) => Row::ClaimWords(Arc::new(claim_words::read(source)?)),
        (39, 1) => Row::FrozenFacts(Arc::new(frozen_facts::read(source)?)),
        (40, 1) => Row::ClaimStatement(Arc::new(claim_statement::read(source)?)),
        (41, 1) => Row::AutomaticPaid(Arc::new(automatic_paid::read(source)?)),
        (42, 1) => Row::AccountFreeze(Arc::new(account_freeze::read(source)?)),
        (43, 1) => Row::Suspect(Arc::new(suspect::read(source)?)),
        (44, 1) => Row::Advertiser(Arc::new(advertiser::read(source)?)),
        (45, 1) => Row::InstrumentClaims(Arc::new(instrument_claims::read(source)?)),
        _ => return Err(ReadError::UnknownRowVersion { table, version }),
    };
    source.finish()?;
    Ok(row)
}

macro_rules! tables {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// Gives the values of `row` to `sink`, in the order of the columns of its table.
        pub fn write_row(row: &Row, sink: &mut impl ValueSink) {
            match row {
                Row::Book(row) => book::write(row, sink),
                $(Row::$variant(row) => $name::write(row, sink),)+
            }
        }

        /// The description of the table in which rows like this are kept.
        pub(crate) fn describe(row: &Row) -> &'static Table {
            match row {
                Row::Book(_) => &book::TABLE,
                $(Row::$variant(_) => &$name::TABLE,)+
            }
        }

        /// The table in which `key` is looked up; `None` for an operation, which is no row.
        pub(crate) fn table_of_key(key: &Key) -> Option<&'static Table> {
            Some(match key {
                Key::Book => &book::TABLE,
                $(Key::$variant(_) => &$name::TABLE,)+
                Key::Operation(_) => return None,
            })
        }

        /// Gives the key columns of `key` to `sink`; nothing for an operation.
        pub(crate) fn write_key(key: &Key, sink: &mut impl ValueSink) {
            match key {
                Key::Book => book::write_key(sink),
                $(Key::$variant(id) => sink.bytes(&id.bits().to_be_bytes()),)+
                Key::Operation(_) => {}
            }
        }
    };
}

engine::every_row!(tables);
