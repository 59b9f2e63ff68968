//! What the log keeps of counts, and what a crash leaves of them.

use std::fs;

use base::{Instant, PromotionId, Span};
use feed::{CounterRecord, Counts, Outcome, Waterfall};
use outside::random::SeededRandomness;
use tempfile::TempDir;

use super::Log;
use crate::entry::Entry;

const PROMOTIONS: u32 = 50;

fn second(second: u64) -> Instant {
    Instant::parse("2026-03-01T00:00:00Z").unwrap().saturating_add(Span::seconds(second))
}

/// What is counted in a second of each promotion.
fn counted(at: u64) -> Vec<Entry> {
    let mut counts = Counts::default();
    counts.add_many(Outcome::Served, 2);
    counts.add_many(Outcome::Lost(feed::Cause::Outbid), 300);
    let counted = (0..PROMOTIONS).map(|promotion| {
        let (promotion, minute) = (PromotionId::from_bits(promotion.into()), second(at - at % 60));
        Entry::Counter(CounterRecord::Counted { promotion, minute, counts })
    });
    counted.chain([Entry::Counter(CounterRecord::Flushed { at: second(at) })]).collect()
}

fn open(folder: &TempDir) -> (Log, Vec<Entry>) {
    Log::open(folder.path(), &mut SeededRandomness::new(1), |_, _| Ok(true)).unwrap()
}

/// Counts so many seconds, and dies.
fn count(folder: &TempDir, seconds: std::ops::Range<u64>) {
    let (mut log, _) = open(folder);
    let start = second(seconds.start);
    log.append(&[Entry::Counter(CounterRecord::Started { at: start })]).unwrap();
    seconds.for_each(|at| log.append(&counted(at)).unwrap());
}

/// How often a promotion was served, and the first time that was lost.
fn read(folder: &TempDir) -> (u64, Option<feed::Gap>) {
    let (_, entries) = open(folder);
    let mut waterfall = Waterfall::default();
    waterfall.absorb(entries.into_iter().filter_map(|entry| match entry {
        Entry::Counter(record) => Some(record),
        _ => None,
    }));
    let of = waterfall.of(PromotionId::from_bits(7));
    let served = of.map(|(_, counts)| counts.get(Outcome::Served)).sum();
    (served, waterfall.gaps().first().copied())
}

fn path(folder: &TempDir, ending: &str) -> std::path::PathBuf {
    let mut all = fs::read_dir(folder.path()).unwrap().map(|item| item.unwrap().path());
    all.find(|path| path.extension().is_some_and(|one| one == ending)).unwrap()
}

#[test]
fn counts_are_written_by_the_minute_and_none_is_lost_when_a_process_dies() {
    let folder = TempDir::new().unwrap();
    count(&folder, 0..635);
    let bytes = fs::metadata(path(&folder, "log")).unwrap().len();
    // At most two entries a minute, of the minute and of the second in which the next has begun.
    assert!(bytes < 11 * 2 * u64::from(PROMOTIONS) * 40, "{bytes} bytes");
    assert_eq!(read(&folder), (2 * 635, None));
    // What was read once is not counted twice, whoever dies when.
    count(&folder, 640..641);
    let gap = feed::Gap { from: second(634), until: second(640) };
    assert_eq!(read(&folder), (2 * 636, Some(gap)));
    assert_eq!(read(&folder), (2 * 636, Some(gap)));
}

#[test]
fn a_tail_that_was_cut_off_loses_one_second() {
    for seconds in [20, 62, 63, 64] {
        let folder = TempDir::new().unwrap();
        count(&folder, 0..seconds);
        // Whichever was written last: the other one has a second less, or none.
        let mut served = Vec::new();
        for ending in ["tail-a", "tail-b"] {
            let (tail, whole) = (path(&folder, ending), fs::read(path(&folder, ending)).unwrap());
            fs::write(&tail, &whole[..whole.len() / 2]).unwrap();
            let copy = TempDir::new().unwrap();
            for item in fs::read_dir(folder.path()).unwrap() {
                let item = item.unwrap();
                fs::copy(item.path(), copy.path().join(item.file_name())).unwrap();
            }
            served.push(read(&copy).0);
            fs::write(&tail, &whole).unwrap();
        }
        served.sort_unstable();
        assert_eq!(served, [2 * (seconds - 1), 2 * seconds], "{seconds}");
    }
}

#[test]
fn a_process_that_ends_as_it_should_leaves_nothing_in_the_tail() {
    let folder = TempDir::new().unwrap();
    let (mut log, _) = open(&folder);
    log.append(&[Entry::Counter(CounterRecord::Started { at: second(0) })]).unwrap();
    (0..30).for_each(|at| log.append(&counted(at)).unwrap());
    log.append(&[Entry::Counter(CounterRecord::Stopped { at: second(30) })]).unwrap();
    drop(log);
    ["tail-a", "tail-b"].iter().for_each(|ending| fs::remove_file(path(&folder, ending)).unwrap());
    assert_eq!(read(&folder), (2 * 30, None));
}
