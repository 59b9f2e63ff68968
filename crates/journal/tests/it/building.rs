use std::panic::{AssertUnwindSafe, catch_unwind};

use journal::{BlockBuilder, EventLine, RecordBuilder, TransferLine, ValueSink};
use proptest::prelude::*;

use crate::plain::{any_records, append, bare_header};

const TRANSFER: TransferLine = TransferLine {
    id: [1; 16],
    debit: [2; 16],
    credit: [3; 16],
    amount: 2500,
    currency: *b"USD",
    kind: 0,
    reason: 0,
    subject: [4; 16],
};
const EVENT: EventLine = EventLine { kind: 1, subject: [4; 16] };

proptest! {
    #[test]
    fn records_rolled_back_were_never_there(
        kept in any_records(),
        dropped in any_records(),
        after in any_records(),
    ) {
        let start = || BlockBuilder::new(1, 1, [0; 32], 5);
        let mut expected = start();
        append(&mut expected, &kept);
        append(&mut expected, &after);

        let mut builder = start();
        append(&mut builder, &kept);
        let (mark, length, count) = (builder.mark(), builder.len_bytes(), builder.record_count());
        append(&mut builder, &dropped);
        builder.roll_back(mark);
        prop_assert_eq!((builder.len_bytes(), builder.record_count()), (length, count));
        append(&mut builder, &after);

        prop_assert_eq!(builder.seal(), expected.seal());
    }
}

#[test]
fn an_unfinished_record_leaves_no_trace() {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    builder.begin_record(&bare_header(1)).finish();
    let before = builder.mark();

    let mut record = builder.begin_record(&bare_header(2));
    record.change(1, 1, |row| row.int(1)).transfer(&TRANSFER).event(&EVENT);
    drop(record);

    assert_eq!(builder.mark(), before);
    assert_eq!(builder.next_seq(), 2);
}

#[test]
fn a_reused_buffer_gives_the_same_block() {
    let build = |buffer| {
        let mut builder = BlockBuilder::reusing(buffer, 1, 1, [0; 32], 5);
        builder.begin_record(&bare_header(1)).finish();
        builder.seal()
    };
    let first = build(vec![9; 1000]);
    assert_eq!(first, build(first.body.clone()));
    assert_eq!(first.verify([0; 32]), Ok(()));
}

#[test]
fn sections_keep_their_order() {
    check(false, |record| {
        record.change(1, 1, |_| ()).transfer(&TRANSFER).event(&EVENT);
    });
    check(true, |record| {
        record.transfer(&TRANSFER).change(1, 1, |_| ());
    });
    check(true, |record| {
        record.event(&EVENT).change(1, 1, |_| ());
    });
    check(true, |record| {
        record.event(&EVENT).transfer(&TRANSFER);
    });

    fn check(is_stopped: bool, write: impl Fn(&mut RecordBuilder<'_>)) {
        let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut record = builder.begin_record(&bare_header(1));
            write(&mut record);
            record.finish();
        }));
        assert_eq!(result.is_err(), is_stopped);
        assert_eq!(builder.record_count(), u32::from(!is_stopped));
    }
}

#[test]
#[should_panic(expected = "numbered without gaps")]
fn a_skipped_number_stops_the_writer() {
    BlockBuilder::new(1, 1, [0; 32], 5).begin_record(&bare_header(2)).finish();
}

#[test]
#[should_panic(expected = "rolled back to once")]
fn a_mark_behind_the_end_stops_the_writer() {
    let mut builder = BlockBuilder::new(1, 1, [0; 32], 5);
    let start = builder.mark();
    builder.begin_record(&bare_header(1)).finish();
    let end = builder.mark();
    builder.roll_back(start);
    builder.roll_back(end);
}

#[test]
#[should_panic(expected = "at least one record")]
fn an_empty_block_is_not_sealed() {
    BlockBuilder::new(1, 1, [0; 32], 5).seal();
}
