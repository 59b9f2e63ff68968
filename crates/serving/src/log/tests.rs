//! What the log keeps of counts, and what a crash leaves of them.

use std::fs;
use std::sync::Arc;

use base::{Instant, PromotionId, Span};
use feed::{CounterRecord, Counts, Outcome, Waterfall};
use outside::random::SeededRandomness;
use tempfile::TempDir;

use super::{Disk, Log, RealDisk, Stream, streams};
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
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let Some(first) = streams(folder.path()).unwrap().pop() else {
        let random = &mut SeededRandomness::new(1);
        return (Log::begin(folder.path(), random, &disk, second(0)).unwrap(), Vec::new());
    };
    let stream = Stream::lock(&first, &disk).unwrap().unwrap();
    let mut entries = Vec::new();
    let end = stream.read(0, |more| entries.extend_from_slice(more)).unwrap().unwrap();
    let (log, mut counted) = Log::go_on(stream, end, None, second(0)).unwrap();
    entries.append(&mut counted);
    (log, entries)
}

#[test]
fn the_stream_that_was_begun_last_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    // One whose name is older than numbers.
    fs::write(folder.path().join("feed-ffffffffffffffffffffffffffffffff.log"), b"").unwrap();
    let (random, disk) = (&mut SeededRandomness::new(1), &(Arc::new(RealDisk) as Arc<dyn Disk>));
    // A clock that goes back changes nothing.
    let mut begun: Vec<String> = (0..6)
        .map(|at| Log::begin(folder.path(), random, disk, second(60 - at)).unwrap())
        .map(|log| log.stream().as_str().to_owned())
        .collect();
    begun.reverse();
    begun.push("feed-ffffffffffffffffffffffffffffffff".to_owned());
    let found = streams(folder.path()).unwrap();
    let found: Vec<&str> =
        found.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(found, begun);
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

#[test]
fn what_was_counted_stands_in_one_volume_whoever_dies_when_it_is_sealed() {
    let folder = TempDir::new().unwrap();
    for (volume, from) in [(1, 0), (2, 95), (3, 190)] {
        count(&folder, from..from + 95);
        let (mut log, _) = open(&folder);
        assert_eq!(log.seal(second(from)).unwrap(), volume);
    }
    // It was begun, and a crash has left a part of the first bytes.
    fs::write(path(&folder, "volume-00000003"), b"MG").unwrap();
    let (served, _) = read(&folder);
    assert_eq!(served, 2 * 3 * 95);
    count(&folder, 300..310);
    assert_eq!(read(&folder).0, 2 * (3 * 95 + 10));
    // Of one that is sealed nothing may be missing.
    let sealed = path(&folder, "volume-00000001");
    let whole = fs::read(&sealed).unwrap();
    fs::write(&sealed, &whole[..whole.len() - 1]).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let first = streams(folder.path()).unwrap().remove(0);
    let stream = Stream::lock(&first, &disk).unwrap().unwrap();
    assert_eq!(stream.read(0, |_| {}).unwrap(), None);
    assert!(stream.read(2, |_| {}).unwrap().is_some());
    fs::remove_file(path(&folder, "volume-00000002")).unwrap();
    assert_eq!(stream.read(2, |_| {}).unwrap(), None);
}
