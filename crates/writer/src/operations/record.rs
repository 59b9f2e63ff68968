//! Reading a record back: the answer it gave, and what it did.

use base::TransferId;
use base::{AccountId, Amount, CardId, Currency, HoldId, Instant, Money, RefundId};
use engine::{AnswerRef, BookRow, CommandKind, Found, OperationKey, OperationTrace, Refusal, Row};
use engine::{Rows, StoredRefusal, answer};
use giftcards::Undo;
use journal::{Digest16, Outcome, Record, ValueSource};
use ledger::{Reason, Subject, Transfer, TransferKind};
use store::StoreError;

use crate::handle::Decided;

/// An operation as its record tells it.
pub(crate) struct Recorded {
    pub(crate) fingerprint: [u8; 16],
    pub(crate) trace: OperationTrace,
    pub(crate) decided: Decided,
}

/// What `record` says about the operation `key`; `None` when it is about another one whose short
/// hash is the same.
pub(crate) fn read_operation(
    record: &Record<'_>,
    key: OperationKey,
) -> Result<Option<Recorded>, StoreError> {
    let header = record.header();
    let at = Instant::from_micros(header.at_micros);
    let decided = |result| Decided { result, replayed: true, seq: header.seq, at };
    let own = header.operation.filter(|mark| mark.key.0 == key.0);
    if own.is_none() && header.reverses == Some(Digest16(key.0)) {
        let refusal = Refusal::Operation(engine::OperationRefusal::Reversed);
        let (trace, decided) = (OperationTrace::Reversed, decided(Err(refusal)));
        // Whatever comes under this key from now on, it is not done.
        return Ok(Some(Recorded { fingerprint: ANY_FINGERPRINT, trace, decided }));
    }
    let Some(mark) = own else { return Ok(None) };
    let fingerprint = mark.fingerprint.0;
    let (trace, result) = match &header.outcome {
        Outcome::Refused { code, detail } => {
            let mut source = detail.source();
            let refusal = read_refusal(*code, &mut source).ok_or_else(|| corrupt(header.seq))?;
            (OperationTrace::Refused, Err(refusal))
        }
        Outcome::Answered { kind, id } => {
            let named = AnswerRef::from_parts(*kind, *id).ok_or_else(|| corrupt(header.seq))?;
            let rows = images(record)?;
            let answer = answer(named, &ImageRows(&rows), at).ok_or_else(|| corrupt(header.seq))?;
            (trace_of(record, *id)?, Ok(answer))
        }
    };
    Ok(Some(Recorded { fingerprint, trace, decided: decided(result) }))
}

/// The fingerprint of a reversed operation: it matches every request.
pub(crate) const ANY_FINGERPRINT: [u8; 16] = [0xff; 16];

/// What a record's command did, as far as undoing it is concerned.
fn trace_of(record: &Record<'_>, id: [u8; 16]) -> Result<OperationTrace, StoreError> {
    let hold = HoldId::from_bytes(id);
    let undo = match CommandKind::from_number(record.header().command) {
        Some(CommandKind::Hold) => Undo::Hold(hold),
        Some(CommandKind::Redeem) => Undo::Redemption(hold),
        Some(CommandKind::Refund) => Undo::Refund(RefundId::from_bytes(id)),
        Some(CommandKind::Capture) => {
            let amount = captured(&transfers_of(record)?);
            Undo::Capture(hold, amount.ok_or_else(|| corrupt(record.header().seq))?)
        }
        _ => return Ok(OperationTrace::Irreversible),
    };
    Ok(OperationTrace::Did(undo))
}

/// What a capture took: the sum of what its transfers made final.
pub(crate) fn captured(transfers: &[Transfer]) -> Option<Amount> {
    let posts = transfers.iter().filter(|transfer| transfer.kind == TransferKind::Post);
    posts.map(|transfer| transfer.amount.amount).try_fold(Amount::ZERO, Amount::checked_add)
}

/// The transfers of a record as the ledger knows them.
fn transfers_of(record: &Record<'_>) -> Result<Vec<Transfer>, StoreError> {
    let seq = record.header().seq;
    let read = |line: journal::TransferLine| {
        let currency = Currency::parse(std::str::from_utf8(&line.currency).ok()?).ok()?;
        Some(Transfer {
            id: TransferId::from_bytes(line.id),
            debit: AccountId::from_bytes(line.debit),
            credit: AccountId::from_bytes(line.credit),
            amount: Money { amount: Amount::new(line.amount)?, currency },
            kind: TransferKind::from_number(line.kind)?,
            reason: Reason::from_number(line.reason)?,
            subject: Subject(line.subject),
        })
    };
    record.transfers().map(|line| read(line).ok_or_else(|| corrupt(seq))).collect()
}

/// One after-image of a record as a row.
pub(crate) fn read_row(change: &journal::ChangeRef<'_>, seq: u64) -> Result<Row, StoreError> {
    store::rows::read_row(change.table, change.version, &mut change.source())
        .map_err(|error| StoreError::Corrupt(format!("record {seq}: {error}")))
}

fn read_refusal(number: u16, source: &mut impl ValueSource) -> Option<Refusal> {
    let why = u8::try_from(source.int().ok()?).ok()?;
    let money = match source.opt_int().ok()? {
        None => None,
        Some(amount) => Some(Money::new(amount, Currency::parse(&source.text().ok()?).ok()?)?),
    };
    // Nothing follows where no tender was told.
    let tender = match source.int() {
        Err(_) => None,
        Ok(tender) => {
            let card: [u8; 16] = source.bytes().ok()?.try_into().ok()?;
            Some((u16::try_from(tender).ok()?, CardId::from_bytes(card)))
        }
    };
    Refusal::from_stored(StoredRefusal { number, why, money, tender })
}

fn corrupt(seq: u64) -> StoreError {
    StoreError::Corrupt(format!("record {seq} cannot be understood"))
}

/// The after-images of one record.
fn images(record: &Record<'_>) -> Result<Vec<Row>, StoreError> {
    let seq = record.header().seq;
    let read = |change: Result<journal::ChangeRef<'_>, journal::ReadError>| {
        let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
        read_row(&change, seq)
    };
    record.changes().map(read).collect()
}

/// The after-images of one change, as rows to make its answer from.
pub(crate) struct ImageRows<'a>(pub(crate) &'a [Row]);

macro_rules! images {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl Rows for ImageRows<'_> {
            fn book(&self) -> Found<&BookRow> {
                self.find(|row| match row {
                    Row::Book(row) => Some(row),
                    _ => None,
                })
            }

            $(fn $name(&self, id: $id) -> Found<&$row> {
                self.find(|row| match row {
                    Row::$variant(row) if row.$member == id => Some(row),
                    _ => None,
                })
            })+

            fn operation(&self, _key: OperationKey) -> Found<&OperationTrace> {
                Found::Absent
            }
        }
    };
}

engine::every_row!(images);

impl ImageRows<'_> {
    fn find<'a, T>(&'a self, pick: impl FnMut(&'a Row) -> Option<T>) -> Found<T> {
        self.0.iter().find_map(pick).map_or(Found::Absent, Found::Present)
    }
}
