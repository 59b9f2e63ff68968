use journal::{Block, BlockBuilder};
use proptest::prelude::*;

use crate::plain::{PlainRecord, any_records, append, bare_header, read_all};

proptest! {
    #[test]
    fn what_was_written_is_read(
        records in any_records(),
        first_seq in 1_u64..1 << 62,
        at_micros: i64,
        previous_hash: [u8; 32],
    ) {
        let mut builder = BlockBuilder::new(3, first_seq, previous_hash, at_micros);
        append(&mut builder, &records);
        let block = builder.seal();
        let expected = numbered(records, first_seq);

        prop_assert_eq!(block.verify(previous_hash), Ok(()));
        prop_assert_eq!(&read_all(&block).unwrap(), &expected);
        for record in &expected {
            let found = block.record(record.header.seq).unwrap().unwrap();
            prop_assert_eq!(found.header(), &record.header);
            prop_assert_eq!(found.changes().count(), record.changes.len());
        }

        let mut archive = Vec::new();
        block.append_to(&mut archive);
        archive.extend_from_slice(b"next");
        let (read, rest) = Block::read_from(&archive).unwrap();
        prop_assert_eq!(read, block);
        prop_assert_eq!(rest, b"next");
    }
}

fn numbered(mut records: Vec<PlainRecord>, first_seq: u64) -> Vec<PlainRecord> {
    for (seq, record) in (first_seq..).zip(&mut records) {
        record.header.seq = seq;
    }
    records
}

#[test]
fn a_record_is_found_by_its_number_only_inside_its_block() {
    let mut builder = BlockBuilder::new(1, 10, [0; 32], 5);
    for seq in 10..13 {
        builder.begin_record(&bare_header(seq)).finish();
    }
    let block = builder.seal();

    let found = |seq| block.record(seq).unwrap().map(|record| record.header().seq);
    assert_eq!([9, 10, 11, 12, 13].map(found), [None, Some(10), Some(11), Some(12), None]);
    assert_eq!([0, u64::MAX].map(found), [None, None]);
    assert_eq!((block.last_seq(), block.count), (12, 3));
}

#[test]
fn skipping_looks_at_lengths_only() {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    for seq in 1..=3 {
        builder.begin_record(&bare_header(seq)).finish();
    }
    let mut block = builder.seal();
    // Unknown flags make the first record unreadable; its length (4) and counts (6) stay.
    block.body[1 + 10] = 0xff;

    assert!(block.record(1).is_err());
    assert_eq!(block.record(3).unwrap().unwrap().header().seq, 3);
}
