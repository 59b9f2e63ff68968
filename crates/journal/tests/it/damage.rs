use journal::{Block, BlockBuilder, ReadError, ValueSink};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::plain::{PlainRecord, any_records, append, bare_header, read_all};

#[test]
fn a_change_of_any_single_byte_is_noticed() {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    for seq in 1..=2 {
        let mut record = builder.begin_record(&bare_header(seq));
        record.change(1, 1, |row| row.text("a text"));
        record.finish();
    }
    let block = builder.seal();
    let mut archive = Vec::new();
    block.append_to(&mut archive);

    for index in 0..archive.len() {
        for flipped in [0x01, 0x80, 0xff] {
            let mut damaged = archive.clone();
            damaged[index] ^= flipped;
            let is_whole = Block::read_from(&damaged)
                .is_ok_and(|(block, rest)| rest.is_empty() && block.verify([0; 32]).is_ok());
            assert!(!is_whole, "byte {index} with {flipped:#x} flipped passed");
        }
    }
    let (whole, _) = Block::read_from(&archive).unwrap();
    assert_eq!(whole.verify([0; 32]), Ok(()));
}

#[test]
fn reading_ends_after_an_error() {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    builder.begin_record(&bare_header(1)).finish();
    let mut block = builder.seal();
    block.body[0] = 9;
    let mut records = block.records();
    assert_eq!(records.next().unwrap().unwrap_err(), ReadError::UnknownVersion(9));
    assert!(records.next().is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..400), count: u32, seq: u64) {
        let mut block = block_of(bytes.clone(), count);
        let _ = (read_all(&block), block.record(seq), block.verify([0; 32]));
        if let Some(version) = block.body.first_mut() {
            *version = 1;
        }
        let _ = (read_all(&block), block.record(seq), Block::read_from(&bytes));
    }

    /// Damage without the hash's help: either it is refused, or what is read is exactly what the
    /// bytes say, so that encoding it again gives the same bytes.
    #[test]
    fn mutated_bytes_are_refused_or_read_faithfully(
        records in any_records(),
        mutations in vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
    ) {
        let mut body = seal(&records).body;
        for (index, byte) in mutations {
            let at = index.index(body.len());
            body[at] = byte;
        }
        let block = block_of(body, u32::try_from(records.len()).unwrap());
        if let Ok(read) = read_all(&block) {
            prop_assert_eq!(seal(&read).body, block.body);
        }
    }

    #[test]
    fn a_body_cut_short_is_refused(records in any_records(), cut: prop::sample::Index) {
        let mut block = seal(&records);
        block.body.truncate(cut.index(block.body.len()));
        prop_assert_eq!(read_all(&block), Err(ReadError::Truncated));
    }
}

fn seal(records: &[PlainRecord]) -> Block {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    append(&mut builder, records);
    builder.seal()
}

fn block_of(body: Vec<u8>, count: u32) -> Block {
    Block {
        first_seq: 1,
        count,
        epoch: 1,
        at_micros: 5,
        previous_hash: [0; 32],
        hash: [0; 32],
        body,
    }
}
