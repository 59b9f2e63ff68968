//! Records as plain owned data, to be compared, generated and printed.

use journal::{
    Block, BlockBuilder, Change, Digest16, EncodedSink, EncodedValues, EventLine, OperationMark,
    Outcome, ReadError, RecordHeader, TransferLine, Value, ValueSink,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A record with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainRecord {
    pub header: RecordHeader,
    pub changes: Vec<Change>,
    pub transfers: Vec<TransferLine>,
    pub events: Vec<EventLine>,
}

/// A header with only its number, for tests that look at nothing else.
pub fn bare_header(seq: u64) -> RecordHeader {
    RecordHeader {
        seq,
        at_micros: 5,
        actor: [1; 16],
        command: 2,
        operation: None,
        reverses: None,
        outcome: Outcome::Answered { kind: 1, id: [2; 16] },
    }
}

/// Appends the records to the builder, with the numbers that come next.
pub fn append(builder: &mut BlockBuilder, records: &[PlainRecord]) {
    for record in records {
        let header = RecordHeader { seq: builder.next_seq(), ..record.header.clone() };
        let mut building = builder.begin_record(&header);
        for change in &record.changes {
            building.change(change.table, change.version, |sink| put_all(sink, &change.values));
        }
        for transfer in &record.transfers {
            building.transfer(transfer);
        }
        for event in &record.events {
            building.event(event);
        }
        building.finish();
    }
}

pub fn put_all(sink: &mut impl ValueSink, values: &[Value]) {
    for value in values {
        match value {
            Value::Null => sink.null(),
            Value::Int(value) => sink.int(*value),
            Value::Text(value) => sink.text(value),
            Value::Bytes(value) => sink.bytes(value),
        }
    }
}

/// Decodes everything in the block, details of refusals included.
pub fn read_all(block: &Block) -> Result<Vec<PlainRecord>, ReadError> {
    let mut records = Vec::new();
    for record in block.records() {
        let record = record?;
        if let Outcome::Refused { detail, .. } = &record.header().outcome {
            detail.source().into_values()?;
        }
        let mut changes = Vec::new();
        for change in record.changes() {
            changes.push(change?.to_change()?);
        }
        records.push(PlainRecord {
            header: record.header().clone(),
            changes,
            transfers: record.transfers().collect(),
            events: record.events().collect(),
        });
    }
    Ok(records)
}

pub fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Int),
        (-200_i64..200).prop_map(Value::Int),
        ".{0,200}".prop_map(Value::Text),
        vec(any::<u8>(), 0..200).prop_map(Value::Bytes),
    ]
}

pub fn any_records() -> impl Strategy<Value = Vec<PlainRecord>> {
    vec(any_record(), 1..6)
}

fn any_record() -> impl Strategy<Value = PlainRecord> {
    let change = (any::<u8>(), any::<u8>(), vec(any_value(), 0..6))
        .prop_map(|(table, version, values)| Change { table, version, values });
    let event =
        (any::<u16>(), any::<[u8; 16]>()).prop_map(|(kind, subject)| EventLine { kind, subject });
    (any_header(), vec(change, 0..4), vec(any_transfer(), 0..4), vec(event, 0..4)).prop_map(
        |(header, changes, transfers, events)| PlainRecord { header, changes, transfers, events },
    )
}

fn any_header() -> impl Strategy<Value = RecordHeader> {
    let digest = || any::<[u8; 16]>().prop_map(Digest16);
    let operation = proptest::option::of(
        (digest(), digest()).prop_map(|(key, fingerprint)| OperationMark { key, fingerprint }),
    );
    let outcome = prop_oneof![
        any::<(u8, [u8; 16])>().prop_map(|(kind, id)| Outcome::Answered { kind, id }),
        (any::<u16>(), vec(any_value(), 0..3)).prop_map(|(code, values)| Outcome::Refused {
            code,
            detail: EncodedValues::of(|sink: &mut EncodedSink<'_>| put_all(sink, &values)),
        }),
    ];
    let reverses = proptest::option::of(digest());
    (any::<(i64, [u8; 16], u16)>(), operation, reverses, outcome).prop_map(
        |((at_micros, actor, command), operation, reverses, outcome)| RecordHeader {
            seq: 0,
            at_micros,
            actor,
            command,
            operation,
            reverses,
            outcome,
        },
    )
}

fn any_transfer() -> impl Strategy<Value = TransferLine> {
    let ids = any::<([u8; 16], [u8; 16], [u8; 16], [u8; 16])>();
    (ids, any::<(i64, [u8; 3], u8, u8)>()).prop_map(
        |((id, debit, credit, subject), (amount, currency, kind, reason))| TransferLine {
            id,
            debit,
            credit,
            amount,
            currency,
            kind,
            reason,
            subject,
        },
    )
}
