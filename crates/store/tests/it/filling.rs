//! Filling a book in parts, and reading one instant of it.

use store::{CommitError, FillPart, Head, OperationRun, Reader, StoreError, SweptRow};

use crate::support::{
    Place, Scribe, Writes, account_totals, at, card_account, entry, entry_place, on_every_store,
};

/// A part that writes nothing.
fn nothing<'a>(expected: &'a Head, next: &'a Head) -> FillPart<'a> {
    FillPart { expected, next, blocks: &[], entries: &[], rows: &[], runs: &[], dropped_runs: &[] }
}

fn filling() -> Head {
    Head { epoch: Head::FILLING, ..Head::EMPTY }
}

#[track_caller]
fn check_inconsistent(place: &dyn Place, part: FillPart<'_>) {
    let refused = place.store().fill(part).unwrap_err();
    let is_inconsistent = matches!(refused, CommitError::NotCommitted(StoreError::Inconsistent(_)));
    assert!(is_inconsistent, "{refused}");
}

fn run(number: u64, entries: &[(u64, u64)]) -> OperationRun {
    OperationRun { run: number, last_at: at(5), entries: entries.to_vec() }
}

/// Two chained blocks with records 1 and 2 to 4.
fn two_blocks(place: &dyn Place) -> [journal::Block; 2] {
    let mut scribe = Scribe { store: place.store(), head: Head { epoch: 3, ..Head::EMPTY } };
    let first = scribe.next_block(10, 1);
    scribe.head = Head { seq: 1, hash: first.hash, ..scribe.head };
    let second = scribe.next_block(20, 3);
    [first, second]
}

#[test]
fn a_book_is_filled_and_then_taken_over() {
    on_every_store(|place| {
        let [first, second] = two_blocks(place);
        let (blocks, start) = ([first.clone(), second.clone()], filling());
        place.store().fill(nothing(&Head::EMPTY, &start)).unwrap();
        let refused = place.store().take_over().unwrap_err();
        assert!(matches!(refused, StoreError::HalfFilled(_)), "{refused}");
        assert!(!refused.is_transient());

        let full = Head { seq: 4, hash: second.hash, at_micros: 20, ..start };
        let account = card_account(7, 100);
        let row = |balance, applied_seq| SweptRow {
            row: engine::Row::Account(card_account(7, balance)),
            applied_seq,
        };
        let entries = [entry(account.id, entry_place(1, 0), None, 100)];
        let (rows, runs) = ([row(100, 3)], [run(1, &[(5, 1)]), run(2, &[(7, 2), (7, 3)])]);
        let part = FillPart {
            blocks: &blocks,
            entries: &entries,
            rows: &rows,
            runs: &runs,
            ..nothing(&start, &full)
        };
        place.store().fill(part).unwrap();
        // The same again is fenced as a whole, and without blocks changes nothing.
        let refused = place.store().fill(part).unwrap_err();
        assert!(matches!(refused, CommitError::NotCommitted(StoreError::Fenced)), "{refused}");
        let rows = [row(1, 2)];
        let again = FillPart { rows: &rows, runs: &runs[1..], ..nothing(&full, &full) };
        place.store().fill(again).unwrap();
        assert_eq!(account_totals(place, account.id), Some(100));

        let last = Head { epoch: 9, watermark: 3, operations: 4, ..full };
        let dropped = FillPart { dropped_runs: &[1], ..nothing(&full, &last) };
        place.store().fill(dropped).unwrap();
        assert_eq!(place.store().take_over().unwrap(), Head { epoch: 10, ..last });
        let mut reader = place.reader();
        assert_eq!(reader.blocks_after(0, usize::MAX).unwrap(), blocks);
        assert_eq!(reader.entries_after(0, 4).unwrap(), entries);
        assert_eq!(reader.entries_after(1, 4).unwrap(), []);
        assert_eq!(reader.operation_runs().unwrap(), [runs[1].info()]);
        assert_eq!(reader.operation_run(2).unwrap().as_ref(), Some(&runs[1]));
        assert_eq!(reader.operation_run(1).unwrap(), None);
    });
}

#[test]
fn what_contradicts_itself_is_not_filled() {
    on_every_store(|place| {
        let [first, second] = two_blocks(place);
        let start = filling();
        let full = Head { seq: 4, hash: second.hash, at_micros: 20, ..start };
        let blocks = [first.clone(), second.clone()];
        let good = || FillPart { blocks: &blocks, ..nothing(&Head::EMPTY, &full) };
        let swapped = [second.clone(), first.clone()];
        check_inconsistent(place, FillPart { blocks: &swapped, ..good() });
        check_inconsistent(place, FillPart { blocks: &blocks[1..], ..good() });
        check_inconsistent(place, FillPart { blocks: &blocks[..1], ..good() });
        let other = [first.clone(), journal::Block { previous_hash: [1; 32], ..second.clone() }];
        check_inconsistent(place, FillPart { blocks: &other, ..good() });
        let older = Head { epoch: 2, ..full };
        check_inconsistent(place, FillPart { next: &older, ..good() });
        let ahead = Head { watermark: 5, ..full };
        check_inconsistent(place, FillPart { next: &ahead, ..good() });
        let account = card_account(7, 100);
        let late = [entry(account.id, entry_place(5, 0), None, 1)];
        check_inconsistent(place, FillPart { entries: &late, ..good() });
        let rows = [SweptRow { row: engine::Row::Account(account), applied_seq: 5 }];
        check_inconsistent(place, FillPart { rows: &rows, ..good() });
        let runs = [run(1, &[(7, 2), (6, 1)])];
        check_inconsistent(place, FillPart { runs: &runs, ..good() });
        assert_eq!(place.store().head().unwrap(), Head::EMPTY);
        place.store().fill(good()).unwrap();
    });
}

#[test]
fn a_snapshot_shows_one_instant_while_a_writer_goes_on() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.keep(vec![engine::Row::Account(card_account(1, 10))]);
        let head = scribe.head;
        let mut shown = 0;
        let mut look = |reader: &mut dyn Reader| {
            for _ in 0..3 {
                let account = card_account(2, 20);
                let seq = scribe.head.seq + 1;
                let entries = vec![entry(account.id, entry_place(seq, 0), None, 20)];
                let row = SweptRow { row: engine::Row::Account(account), applied_seq: seq };
                let writes = Writes { rows: vec![row], entries, ..Writes::default() };
                scribe.write(&writes).unwrap();
                assert_eq!(reader.head().unwrap(), head);
                assert_eq!(reader.blocks_after(0, usize::MAX).unwrap().len(), 1);
                assert_eq!(reader.entries_after(0, 1_000).unwrap(), []);
                let mut rows = 0;
                reader.all_rows(&mut |_| rows += 1).unwrap();
                assert_eq!(rows, 1);
                assert_eq!(reader.seq_at(at(i64::MAX)).unwrap(), 1);
                reader.snapshot(&mut |inner| assert_eq!(inner.head().unwrap(), head)).unwrap();
                shown += 1;
            }
        };
        let mut reader = place.reader();
        reader.snapshot(&mut look).unwrap();
        assert_eq!(shown, 3);
        assert_eq!(reader.head().unwrap().seq, head.seq + 3);
        assert_eq!(reader.entries_after(head.seq, head.seq + 2).unwrap().len(), 2);
    });
}
