//! PostgreSQL on a line that is cut in the middle of a commit.

use std::time::Duration;

use store::postgres::Database;
use store::{BookName, CommitError, Head, Store};
use testbed::{Cut, Proxy};

use crate::support::{PostgresPlace, Scribe, Writes};

/// A book whose writer is behind a line that can be cut, and that others reach directly.
pub struct Cuttable {
    pub proxy: Proxy,
    direct: Database,
    book: BookName,
    pub scribe: Scribe,
}

impl Cuttable {
    pub fn new() -> Cuttable {
        let address = testbed::shared_database();
        let (start, rest) = address.split_once('@').unwrap();
        let (host, name) = rest.split_once('/').unwrap();
        let proxy = Proxy::to(host);
        let through = Database::at(&format!("{start}@{}/{name}", proxy.host())).unwrap();
        let PostgresPlace { database: direct, book } = PostgresPlace::new();
        let mut store: Box<dyn Store> = Box::new(through.book(&book).unwrap());
        let head = store.take_over().unwrap();
        let mut scribe = Scribe { store, head };
        scribe.write(&Writes::default()).unwrap();
        Cuttable { proxy, direct, book, scribe }
    }

    /// Commits a record whose outcome gets lost; the head there would be.
    fn lose(&mut self, cut: Cut) -> Head {
        let block = self.scribe.next_block(self.scribe.head.at_micros + 1, 3);
        let next = self.scribe.head_after(&block);
        self.proxy.cut_next(cut);
        let lost = self.scribe.commit(Some(&block), next, &Writes::default());
        let Err(CommitError::Unknown(error)) = lost else { panic!("{cut:?}: {lost:?}") };
        assert!(error.is_transient(), "{error}");
        next
    }

    fn found(&self) -> Head {
        store::Reader::head(&mut self.direct.reader(&self.book).unwrap()).unwrap()
    }

    /// The writer goes on from what it found.
    pub fn go_on(&mut self, settled: Head) {
        self.scribe.head = settled;
        self.scribe.write(&Writes::default()).unwrap();
        assert_eq!(self.found(), self.scribe.head);
    }
}

#[test]
fn a_commit_that_never_arrived_whole_was_not_written() {
    let mut line = Cuttable::new();
    let before = line.scribe.head;
    line.lose(Cut::BeforeCommit);
    let settled = line.scribe.store.settle(before.epoch).unwrap();
    assert_eq!(settled, Head { epoch: before.epoch + 1, ..before });
    line.go_on(settled);
}

#[test]
fn a_commit_whose_answer_was_lost_was_written() {
    let mut line = Cuttable::new();
    let before = line.scribe.head;
    let next = line.lose(Cut::AfterCommit);
    // PostgreSQL may still be at it; settling waits for that, or comes first and fences it.
    let settled = line.scribe.store.settle(before.epoch).unwrap();
    assert_eq!(settled.epoch, before.epoch + 1);
    let is_written = settled.seq == next.seq;
    assert!(is_written || settled == Head { epoch: settled.epoch, ..before }, "{settled:?}");
    line.go_on(settled);
}

#[test]
fn a_straggler_cannot_commit_once_it_is_settled() {
    let mut line = Cuttable::new();
    let before = line.scribe.head;
    let next = line.lose(Cut::Hold);
    let settled = line.scribe.store.settle(before.epoch).unwrap();
    assert_eq!(settled, Head { epoch: before.epoch + 1, ..before }, "nothing of it has arrived");
    assert_eq!(line.proxy.deliver(), [false], "it is fenced");
    assert_eq!(line.found(), settled);
    line.go_on(settled);
    assert_ne!(line.found().hash, next.hash);
}

#[test]
fn a_straggler_that_is_not_settled_would_commit() {
    // What the test before this one rests on: without a raised epoch the bytes do their work.
    let mut line = Cuttable::new();
    let next = line.lose(Cut::Hold);
    assert_eq!(line.proxy.deliver(), [true]);
    assert_eq!(line.found(), next);
}

#[test]
fn settling_tells_the_truth_whatever_is_cut_when() {
    let (mut random, mut written, mut lost) = (20_261_121_u64, 0, 0);
    let mut line = Cuttable::new();
    for round in 0..60 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let cut = [Cut::BeforeCommit, Cut::AfterCommit, Cut::Hold][(random >> 33) as usize % 3];
        let before = line.scribe.head;
        let next = line.lose(cut);
        if random & 1 << 40 > 0 {
            let (_sender, never) = std::sync::mpsc::channel::<()>();
            let _ = never.recv_timeout(Duration::from_micros(random >> 54));
        }
        let settled = line.scribe.store.settle(before.epoch).unwrap();
        assert_eq!(settled.epoch, before.epoch + 1, "round {round}");
        line.proxy.deliver();
        assert_eq!(line.found(), settled, "round {round}: it changed after it was settled");
        match settled.seq {
            seq if seq == next.seq => written += 1,
            seq if seq == before.seq => lost += 1,
            seq => panic!("round {round}, {cut:?}: {seq}"),
        }
        line.go_on(settled);
    }
    println!("{written} written, {lost} not");
    assert!(written > 5 && lost > 20);
    let mut expected = [0; 32];
    let mut next_seq = 1;
    for block in line.scribe.store.blocks_after(0, usize::MAX).unwrap() {
        assert_eq!((block.first_seq, block.previous_hash), (next_seq, expected), "one chain");
        (next_seq, expected) = (block.last_seq() + 1, block.hash);
    }
}
