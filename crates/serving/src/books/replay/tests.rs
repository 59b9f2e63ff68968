//! A snapshot and what follows tell what the whole log tells.

use std::sync::{Arc, Mutex};

use base::{PromotionId, Span};
use feed::segments::{Segment, SegmentCounts, SegmentRecord};
use feed::shortfall::Doings;
use feed::token::{Selection, ViewerHash};
use feed::verdict::{Body, Judged, Outcome, Reason, Repaid};
use feed::{Cause, CounterRecord, Counts};
use outside::random::SeededRandomness;
use promotions::{EventKind, Goal, Micros};
use tempfile::TempDir;

use super::super::snapshots::Memory;
use super::*;
use crate::log::{Disk, Log, RealDisk, streams};

fn start() -> Instant {
    Instant::parse("2026-03-01T00:00:00Z").unwrap()
}

fn minute(number: u64) -> Instant {
    start().saturating_add(Span::minutes(number))
}

/// What a log has.
#[derive(Clone, Copy)]
struct Size {
    /// Events of each minute in which something happens.
    events: u64,
    /// Promotions at a time, and how many of these minutes they last.
    promotions: u64,
    lasting: u64,
    /// Something happens once in so many minutes.
    every: u64,
}

const SMALL: Size = Size { events: 40, promotions: 3, lasting: 20, every: 1 };

/// What the log gets next.
fn entries_of(number: u64, next: &mut u64, size: Size) -> Vec<Entry> {
    let Size { events, promotions, lasting, every } = size;
    let at = minute(number * every);
    let mut entries = Vec::new();
    let of = |draw: u64| {
        PromotionId::from_bits(u128::from(number / lasting * promotions + draw % promotions))
    };
    for event in 0..events {
        let draw = (number * 7_919 + event * 104_729) % 1_000_003;
        let goal = if draw.is_multiple_of(3) { Goal::Sales } else { Goal::Views };
        let selection = Selection {
            promotion: of(draw),
            slice: 1,
            viewer: Some(ViewerHash::new(1 + draw % 50_000)),
            at,
            price: Micros::new(200_000),
            process: 1,
            nonce: *next,
            country: None,
            device: None,
            goal,
        };
        let outcome = match draw % 5 {
            0 => Outcome::Invalid(Reason::TooShort),
            1 => Outcome::Counted,
            _ => Outcome::Billed,
        };
        let kind = if outcome == Outcome::Counted { EventKind::Impression } else { goal.billed() };
        let judged = Judged {
            selection,
            kind,
            outcome,
            was_too_short: false,
            address: 1 + draw,
            network: 2,
        };
        let body = match (draw % 11, *next) {
            (0, 5..) => Body::Repaid(Repaid {
                billed: *next - 3,
                promotion: of(draw),
                slice: 1,
                kind: goal.billed(),
                price: Micros::new(200_000),
                reason: Reason::Returned,
            }),
            _ => Body::Judged(judged),
        };
        entries.push(Entry::Verdict(Record { sequence: *next, at, body }));
        *next += 1;
    }
    for draw in 0..promotions {
        let mut counts = Counts::default();
        counts.add_many(feed::Outcome::Served, 1 + draw);
        counts.add_many(feed::Outcome::Lost(Cause::Pacing), 90);
        entries.push(Entry::Counter(CounterRecord::Counted {
            promotion: of(draw),
            minute: at,
            counts,
        }));
    }
    let segment = Segment::Country(base::Region::parse("US").unwrap());
    let counts = SegmentCounts { shown: 10, units: 2, price: Micros::new(7) };
    entries.push(Entry::Segment(SegmentRecord { promotion: of(number), segment, counts }));
    entries.push(Entry::Done(at, Doings { pages: events, served: events, ..Doings::default() }));
    entries.push(Entry::Counter(CounterRecord::Flushed { at }));
    entries
}

/// A log of some minutes in which something happens.
struct Scene {
    folder: TempDir,
    ring: KeyRing,
    latest: Instant,
}

impl Scene {
    /// Snapshots are made after so many, without promotions of which nothing was heard since
    /// another. `is_billed` says that nothing waits for its bill then.
    fn new(minutes: u64, size: Size, snapshots: &[(u64, u64)], is_billed: bool) -> Scene {
        let (folder, disk) = (TempDir::new().unwrap(), Arc::new(RealDisk) as Arc<dyn Disk>);
        let random = &mut SeededRandomness::new(4);
        let ring = KeyRing::generate(start(), random);
        let mut log = Log::begin(folder.path(), random, &disk, start()).unwrap();
        let begun = Entry::Counter(CounterRecord::Started { at: start() });
        log.append(&[begun]).unwrap();
        let stream = log.stream().clone();
        drop(log);
        let scene = Scene { folder, ring, latest: minute(minutes * size.every) };
        let mut next = 0;
        let mut written = 0;
        for (after, leave) in snapshots.iter().copied().chain([(minutes, 0)]) {
            let (replay, mut log) = scene.open(next);
            for number in written..after {
                log.append(&entries_of(number, &mut next, size)).unwrap();
            }
            written = after;
            drop((log, replay));
            if after < minutes {
                let (Replay { state, mut reports, waiting, .. }, mut log) =
                    scene.open(if is_billed { next } else { 0 });
                let now = minute(after * size.every);
                let number = log.seal(now).unwrap();
                let memory = Memory::of(&state, now);
                let waiting = if is_billed { Vec::new() } else { waiting };
                let mut settled = reports.settled().to_vec();
                let quiet = reports.quiet_since(minute(leave * size.every));
                reports.set_apart(&quiet);
                if !quiet.is_empty() {
                    log.put_settled(number, reports.leaving().into_iter()).unwrap();
                    settled.push(number);
                }
                let mut bytes = Vec::new();
                let reports = Mutex::new(reports);
                memory.save(&settled, waiting.iter(), &reports, &mut bytes);
                log.put_snapshot(&settled, now, &bytes).unwrap();
                reports.into_inner().unwrap().have_left(&stream, number);
            }
        }
        scene
    }

    fn stream(&self) -> Stream {
        let first = streams(self.folder.path()).unwrap().remove(0);
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        Stream::lock(&first, &disk).unwrap().unwrap()
    }

    fn open(&self, billed_to: u64) -> (Replay, Log) {
        let stream = self.stream();
        let times = Times { now: self.latest, latest: self.latest };
        let of = Whose { ring: &self.ring, book: "test" };
        let (mut replay, end) = Replay::of(of, &stream, billed_to, times).unwrap().unwrap();
        let (log, counted) = Log::go_on(stream, end, replay.snapshot, times.now).unwrap();
        replay.take(&counted);
        (replay, log)
    }

    fn remove(&self, kind: Kind) {
        let stream = self.stream();
        for number in stream.files().numbers(kind).unwrap() {
            std::fs::remove_file(stream.files().path(kind, number)).unwrap();
        }
    }
}

/// What it would write into a snapshot, but for what was learned of viewers, of which a process
/// knows more than its log.
fn told(replay: &Replay) -> (Vec<u8>, Vec<u8>) {
    let (mut reports, mut judge) = (Vec::new(), Vec::new());
    replay.reports.save(&mut reports);
    replay.state.save_judge(&mut judge);
    (reports, judge)
}

#[test]
fn a_snapshot_and_the_rest_are_the_whole_log() {
    let scene = Scene::new(180, SMALL, &[(61, 0), (122, 0)], false);
    let (replay, log) = scene.open(0);
    assert_eq!(replay.snapshot.map(|(number, _)| number), Some(2));
    let (known, waiting) = (told(&replay), replay.waiting.len());
    assert_eq!(waiting, 180 * 40);
    drop((replay, log));
    scene.remove(Kind::Snapshot);
    let (replay, _log) = scene.open(0);
    assert_eq!(replay.snapshot, None);
    assert!(told(&replay) == known, "the snapshot tells something else");
    assert_eq!(replay.waiting.len(), waiting);
}

#[test]
fn promotions_that_have_left_are_in_a_file_and_nowhere_else() {
    let scene = Scene::new(180, SMALL, &[(61, 30), (122, 90)], false);
    let (replay, log) = scene.open(0);
    let left: Vec<_> = (0..9).map(PromotionId::from_bits).collect();
    let files = log.files().clone();
    assert_eq!(replay.reports.settled(), [1, 2]);
    let here = replay.reports.quiet_since(Instant::MAX);
    assert!(!here.is_empty() && left.iter().all(|id| !here.contains(id)));
    let mut bytes: Vec<_> = left
        .iter()
        .map(|id| {
            let find = |number| crate::log::settled::find(&files, number, *id).unwrap();
            let found: Vec<_> = [1, 2].into_iter().filter_map(find).collect();
            assert_eq!(found.len(), 1);
            found.into_iter().next().unwrap()
        })
        .collect();
    // The same as if it had never left.
    drop((replay, log));
    scene.remove(Kind::Snapshot);
    let (Replay { mut reports, .. }, _log) = scene.open(0);
    reports.set_apart(&left);
    for (id, known) in reports.leaving() {
        assert!(known == bytes.remove(0), "{id}");
    }
}
