//! Journals that exist stay readable: version 1, as bytes and as what they mean.

use std::fmt::Write;

use journal::{
    Block, BlockBuilder, Digest16, EncodedValues, EventLine, FORMAT_VERSION, OperationMark,
    Outcome, RecordHeader, TransferLine, ValueSink, transfer_kind,
};

use crate::plain::read_all;

const V1_BLOCK: &[u8] = include_bytes!("../golden/v1.block");
const V1_TEXT: &str = include_str!("../golden/v1.txt");

#[test]
fn version_1_is_read_as_ever() {
    let (block, rest) = Block::read_from(V1_BLOCK).unwrap();
    assert!(rest.is_empty());
    assert_eq!(block.verify([0xaa; 32]), Ok(()));
    assert_eq!(describe(&block), V1_TEXT);
}

#[test]
fn today_version_1_is_written() {
    assert_eq!(FORMAT_VERSION, 1, "a new version needs a golden file of its own");
    let mut bytes = Vec::new();
    sample().append_to(&mut bytes);
    assert_eq!(bytes, V1_BLOCK);
}

/// A block with every part of the format in it.
fn sample() -> Block {
    let at_micros = 1_763_700_000_000_000;
    let mut builder = BlockBuilder::new(7, 41, [0xaa; 32], at_micros);
    let redeemed = RecordHeader {
        seq: 41,
        at_micros,
        actor: [0x11; 16],
        command: 0x0102,
        operation: Some(OperationMark {
            key: Digest16([0x22; 16]),
            fingerprint: Digest16([0x33; 16]),
        }),
        reverses: None,
        outcome: Outcome::Answered { kind: 4, id: [0x44; 16] },
    };
    let mut record = builder.begin_record(&redeemed);
    record.change(1, 1, |row| {
        row.bytes(&[0x55; 16]);
        row.int(2500);
        row.int(-1);
        row.int(i64::MIN);
        row.null();
        row.text("grüße");
    });
    record.change(2, 3, |_| ());
    record.transfer(&transfer(2500, transfer_kind::PENDING));
    record.transfer(&transfer(i64::MAX, transfer_kind::EXPIRE));
    record.event(&EventLine { kind: 0x0304, subject: [0x55; 16] });
    record.finish();

    let refused = RecordHeader {
        seq: 42,
        at_micros: at_micros + 1000,
        operation: None,
        reverses: Some(Digest16([0x66; 16])),
        outcome: Outcome::Refused {
            code: 0x0506,
            detail: EncodedValues::of(|detail| {
                detail.int(99);
                detail.text("USD");
            }),
        },
        ..redeemed
    };
    builder.begin_record(&refused).finish();
    builder.seal()
}

fn transfer(amount: i64, kind: u8) -> TransferLine {
    TransferLine {
        id: [0x71; 16],
        debit: [0x72; 16],
        credit: [0x73; 16],
        amount,
        currency: *b"USD",
        kind,
        reason: 9,
        subject: [0x74; 16],
    }
}

/// The block in words, for the file beside the bytes.
fn describe(block: &Block) -> String {
    let mut text = String::new();
    let Block { first_seq, count, epoch, at_micros, previous_hash, hash, body } = block;
    writeln!(text, "records {count} from {first_seq}, epoch {epoch}, at {at_micros}").unwrap();
    writeln!(text, "previous {}", hex(previous_hash)).unwrap();
    writeln!(text, "hash     {}", hex(hash)).unwrap();
    writeln!(text, "body     {} bytes, version {}", body.len(), body[0]).unwrap();
    for record in read_all(block).unwrap() {
        let RecordHeader { seq, at_micros, actor, command, operation, reverses, outcome } =
            record.header;
        writeln!(text, "\nrecord {seq}: command {command}, at {at_micros}").unwrap();
        writeln!(text, "  actor {}", hex(&actor)).unwrap();
        writeln!(text, "  operation {operation:?}").unwrap();
        writeln!(text, "  reverses {reverses:?}").unwrap();
        match outcome {
            Outcome::Answered { kind, id } => writeln!(text, "  answered {kind} {}", hex(&id)),
            Outcome::Refused { code, detail } => {
                writeln!(text, "  refused {code} {:?}", detail.source().into_values().unwrap())
            }
        }
        .unwrap();
        for change in record.changes {
            writeln!(text, "  change of table {}, version {}", change.table, change.version)
                .unwrap();
            change.values.iter().for_each(|value| writeln!(text, "    {value:?}").unwrap());
        }
        record.transfers.iter().for_each(|line| describe_transfer(&mut text, line));
        for event in record.events {
            writeln!(text, "  event {} about {}", event.kind, hex(&event.subject)).unwrap();
        }
    }
    text
}

fn describe_transfer(text: &mut String, line: &TransferLine) {
    let TransferLine { id, debit, credit, amount, currency, kind, reason, subject } = line;
    let currency = str::from_utf8(currency).unwrap();
    writeln!(text, "  transfer {}: {amount} {currency}, kind {kind}, reason {reason}", hex(id))
        .unwrap();
    writeln!(text, "    debit   {}", hex(debit)).unwrap();
    writeln!(text, "    credit  {}", hex(credit)).unwrap();
    writeln!(text, "    subject {}", hex(subject)).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
