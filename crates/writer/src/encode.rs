//! From a decision to a journal record.

use base::{Instant, KeyId};
use engine::{AnswerRef, Change, Command, CommandKind, Refusal, ReversalStatus};

use journal::{BlockBuilder, Digest16, EncodedSink, EncodedValues, EventLine, OperationMark};
use journal::{Outcome, RecordHeader, TransferLine, ValueSink};
use ledger::Transfer;

use crate::handle::Operation;

/// Who gave a command, under which operation, and when.
pub(crate) struct Circumstances {
    pub(crate) actor: KeyId,
    pub(crate) operation: Option<Operation>,
    pub(crate) at: Instant,
}

/// Appends the record of an accepted command.
pub(crate) fn append_change(
    builder: &mut BlockBuilder,
    command: &Command,
    change: &Change,
    circumstances: &Circumstances,
) {
    let (kind, id) = change.answer.to_parts();
    let outcome = Outcome::Answered { kind, id };
    let reverses = reversed_key(command, change.answer);
    let header = header(builder, command.kind(), outcome, reverses, circumstances);
    let mut record = builder.begin_record(&header);
    for row in &change.rows {
        let (table, version) = store::rows::table_of(row);
        record.change(table, version, |sink: &mut EncodedSink<'_>| {
            store::rows::write_row(row, sink);
        });
    }
    for transfer in &change.transfers {
        record.transfer(&transfer_line(transfer));
    }
    for event in &change.events {
        record.event(&EventLine { kind: event.kind.number(), subject: event.subject.0 });
    }
    record.finish();
}

/// Appends the record of a final refusal, which is the answer of its operation for good.
pub(crate) fn append_refusal(
    builder: &mut BlockBuilder,
    command: &Command,
    refusal: &Refusal,
    circumstances: &Circumstances,
) {
    let stored = refusal.stored();
    let detail = EncodedValues::of(|sink| {
        sink.int(i64::from(stored.why));
        sink.opt_int(stored.money.map(|money| money.amount.minor()));
        if let Some(money) = stored.money {
            sink.text(money.currency.code());
        }
        if let Some((tender, card)) = stored.tender {
            sink.int(i64::from(tender));
            sink.bytes(&card.to_bytes());
        }
    });
    let outcome = Outcome::Refused { code: stored.number, detail };
    let header = header(builder, command.kind(), outcome, None, circumstances);
    builder.begin_record(&header).finish();
}

/// The operation whose key answers differently from now on, because this command undid or barred
/// it.
pub(crate) fn reversed_key(command: &Command, answer: AnswerRef) -> Option<Digest16> {
    match (command, answer) {
        (
            Command::Reverse { operation },
            AnswerRef::Reversal(ReversalStatus::Undone | ReversalStatus::Barred, _),
        ) => Some(Digest16(operation.0)),
        _ => None,
    }
}

fn header(
    builder: &BlockBuilder,
    kind: CommandKind,
    outcome: Outcome,
    reverses: Option<Digest16>,
    circumstances: &Circumstances,
) -> RecordHeader {
    RecordHeader {
        seq: builder.next_seq(),
        at_micros: circumstances.at.micros(),
        actor: circumstances.actor.to_bytes(),
        command: kind as u16,
        operation: circumstances.operation.map(|operation| OperationMark {
            key: Digest16(operation.key.0),
            fingerprint: Digest16(operation.fingerprint),
        }),
        reverses,
        outcome,
    }
}

fn transfer_line(transfer: &Transfer) -> TransferLine {
    let mut currency = [0; 3];
    currency.copy_from_slice(transfer.amount.currency.code().as_bytes());
    TransferLine {
        id: transfer.id.to_bytes(),
        debit: transfer.debit.to_bytes(),
        credit: transfer.credit.to_bytes(),
        amount: transfer.amount.amount.minor(),
        currency,
        kind: transfer.kind as u8,
        reason: transfer.reason as u8,
        subject: transfer.subject.0,
    }
}
