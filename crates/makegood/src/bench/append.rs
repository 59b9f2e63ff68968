//! The raw append: how many records a second the store takes when nothing decides and nothing is
//! swept.

use std::path::Path;
use std::time::Duration;

use journal::{BlockBuilder, Outcome, RecordHeader, ValueSink};
use outside::clock::{Clock, SystemClock};
use store::sqlite::open_folder;
use store::{BookName, BookRecord, Commit, ControlStore, Head, Store};

use crate::failure::{Done, Failure};

/// Records appended in one commit.
const RECORDS_PER_COMMIT: u64 = 64;

/// Records a second, each of `record_bytes` bytes, for `seconds` seconds.
pub(super) fn records_per_second(folder: &Path, record_bytes: u64, seconds: u64) -> Done<u64> {
    let clock = SystemClock::new();
    let folder = open_folder(&folder.join("append"))?;
    let name = BookName::new("append").map_err(Failure::new)?;
    let record =
        BookRecord { name: name.clone(), is_test: true, created_at: clock.now(), incarnation: 1 };
    folder.control()?.create_book(&record)?;
    let mut store = folder.book(&name)?;
    let mut head = store.take_over()?;
    let filler = vec![7; usize::try_from(record_bytes).unwrap_or(0).saturating_sub(40)];
    let begin = clock.monotonic();
    let limit = Duration::from_secs(seconds);
    let mut records = 0;
    while clock.monotonic().saturating_sub(begin) < limit {
        let at_micros = clock.now().micros().max(head.at_micros);
        let mut builder = BlockBuilder::new(head.epoch, head.seq + 1, head.hash, at_micros);
        for _ in 0..RECORDS_PER_COMMIT {
            append_record(&mut builder, at_micros, &filler);
        }
        let block = builder.seal();
        let next = Head { seq: block.last_seq(), hash: block.hash, at_micros, ..head };
        let commit = Commit {
            expected: &head,
            next: &next,
            block: Some(&block),
            rows: &[],
            entries: &[],
            run: None,
            dropped_runs: &[],
        };
        store.commit(commit).map_err(Failure::new)?;
        head = next;
        records += RECORDS_PER_COMMIT;
    }
    let lasted = clock.monotonic().saturating_sub(begin);
    Ok((records as f64 / lasted.as_secs_f64()) as u64)
}

fn append_record(builder: &mut BlockBuilder, at_micros: i64, filler: &[u8]) {
    let header = RecordHeader {
        seq: builder.next_seq(),
        at_micros,
        actor: [1; 16],
        command: 111,
        operation: None,
        reverses: None,
        outcome: Outcome::Answered { kind: 5, id: [2; 16] },
    };
    let mut record = builder.begin_record(&header);
    record.change(1, 1, |sink: &mut journal::EncodedSink<'_>| sink.bytes(filler));
    record.finish();
}
