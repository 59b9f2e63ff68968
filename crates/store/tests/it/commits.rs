//! Commits: as a whole or not at all, and only by the owner.

use engine::{Key, Row};
use store::{CommitError, Head, StoreError, SweptRow};

use crate::support::{
    Place, Scribe, Writes, card, card_account, card_id, card_row, entry, entry_place,
    on_every_store,
};

fn account_row(number: u128, balance: i64, applied_seq: u64) -> SweptRow {
    SweptRow { row: Row::Account(card_account(number, balance)), applied_seq }
}

fn all_rows(kept: &dyn Place) -> Vec<SweptRow> {
    let mut rows = Vec::new();
    kept.reader().all_rows(&mut |row| rows.push(row)).unwrap();
    rows
}

#[track_caller]
fn check_not_committed(result: Result<(), CommitError>, expected: &StoreError) {
    match result {
        Err(CommitError::NotCommitted(error)) => assert_eq!(error, *expected),
        other => panic!("expected {expected:?}, found {other:?}"),
    }
}

#[test]
fn a_new_book_is_empty_and_a_take_over_raises_its_epoch() {
    on_every_store(|place| {
        assert_eq!(place.store().head().unwrap(), Head::EMPTY);
        for epoch in 1..=3 {
            let head = place.store().take_over().unwrap();
            assert_eq!(head, Head { epoch, ..Head::EMPTY });
            assert_eq!(place.reader().head().unwrap(), head);
        }
    });
}

#[test]
fn a_commit_moves_everything_at_once() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        let writes = Writes {
            rows: vec![account_row(1, 50, 2)],
            entries: vec![entry(card_account(1, 0).id, entry_place(1, 0), None, 50)],
            ..Writes::default()
        };
        scribe.write_at(70, 2, &writes).unwrap();
        assert_eq!(scribe.head.seq, 2);
        assert_eq!(place.store().head().unwrap(), scribe.head);
        assert_eq!(place.store().block_of(2).unwrap().unwrap().hash, scribe.head.hash);
        assert_eq!(all_rows(place), writes.rows);
        let mut entries = Vec::new();
        place.reader().all_entries(&mut |entry| entries.push(entry)).unwrap();
        assert_eq!(entries, writes.entries);
    });
}

#[test]
fn a_former_owner_writes_nothing() {
    on_every_store(|place| {
        let mut former = Scribe::of(place);
        former.keep(vec![Row::Account(card_account(1, 5))]);
        let mut present = Scribe::of(place);
        let writes = Writes { rows: vec![account_row(1, 6, 2)], ..Writes::default() };
        check_not_committed(former.write(&writes), &StoreError::Fenced);
        assert_eq!(all_rows(place), [account_row(1, 5, 1)]);
        assert_eq!(place.store().head().unwrap(), present.head);
        present.write(&writes).unwrap();
        check_not_committed(former.write(&writes), &StoreError::Fenced);
        assert_eq!(all_rows(place), writes.rows);
    });
}

#[test]
fn every_field_of_the_head_is_compared() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.write_at(70, 3, &Writes::default()).unwrap();
        let right = scribe.head;
        let wrong = [
            Head { epoch: right.epoch + 1, ..right },
            Head { seq: right.seq + 1, ..right },
            Head { hash: [1; 32], ..right },
            Head { at_micros: right.at_micros - 1, ..right },
            Head { watermark: right.watermark + 1, ..right },
            Head { operations: right.operations + 1, ..right },
            Head { removed: right.removed + 1, ..right },
        ];
        for head in wrong {
            scribe.head = head;
            check_not_committed(scribe.write(&Writes::default()), &StoreError::Fenced);
        }
        scribe.head = right;
        scribe.write(&Writes::default()).unwrap();
    });
}

#[test]
fn a_commit_without_a_block_moves_the_sweep_only() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.write_at(70, 3, &Writes::default()).unwrap();
        let next = Head { watermark: 3, operations: 2, ..scribe.head };
        let writes = Writes { rows: vec![account_row(1, 5, 3)], ..Writes::default() };
        scribe.commit(None, next, &writes).unwrap();
        assert_eq!(place.store().head().unwrap(), next);
        assert_eq!(all_rows(place), writes.rows);
    });
}

#[test]
fn an_older_row_never_overwrites_a_later_one() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.write_at(70, 9, &Writes::default()).unwrap();
        for (applied_seq, balance, kept) in [(5, 50, 50), (4, 40, 50), (5, 55, 50), (6, 60, 60)] {
            let rows = vec![account_row(1, balance, applied_seq)];
            scribe.write(&Writes { rows, ..Writes::default() }).unwrap();
            let [SweptRow { row: Row::Account(account), .. }] = &all_rows(place)[..] else {
                panic!("one account")
            };
            assert_eq!(account.balance(), kept);
        }
    });
}

#[test]
fn commits_that_contradict_themselves_are_refused() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.write_at(70, 3, &Writes::default()).unwrap();
        let head = scribe.head;
        let block = scribe.next_block(80, 1);
        let next = Head { seq: 4, hash: block.hash, at_micros: 80, ..head };
        let none = Writes::default;
        let account = card_account(1, 0).id;
        let entries = |entries| Writes { entries, ..Writes::default() };
        let fits = |position, previous| entry(account, entry_place(4, position), previous, 5);
        let cases = [
            (Some(&block), head, none()),
            (Some(&block), Head { hash: [0; 32], ..next }, none()),
            (Some(&block), Head { epoch: 9, ..next }, none()),
            (None, next, none()),
            (None, Head { at_micros: 1, ..head }, none()),
            (None, Head { watermark: 4, ..head }, none()),
            (Some(&block), next, Writes { rows: vec![account_row(1, 1, 5)], ..none() }),
            (Some(&block), next, entries(vec![entry(account, entry_place(3, 9), None, 5)])),
            (Some(&block), next, entries(vec![entry(account, entry_place(5, 0), None, 5)])),
            (Some(&block), next, entries(vec![fits(1, None), fits(0, None)])),
            (Some(&block), next, entries(vec![fits(0, None), fits(0, None)])),
            (Some(&block), next, entries(vec![fits(1, Some(entry_place(4, 1)))])),
            (None, head, entries(vec![fits(0, None)])),
        ];
        for (block, next, writes) in cases {
            let refused = scribe.commit(block, next, &writes);
            let inconsistent =
                matches!(refused, Err(CommitError::NotCommitted(StoreError::Inconsistent(_))));
            assert!(inconsistent, "{refused:?} {next:?}");
        }
        assert_eq!(place.store().head().unwrap(), head);
        scribe.commit(Some(&block), next, &none()).unwrap();
    });
}

#[test]
fn rows_are_loaded_in_the_order_of_the_keys() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.keep(vec![
            Row::Account(card_account(1, 5)),
            Row::Account(card_account(2, 6)),
            card_row(card(1)),
        ]);
        let keys = [
            Key::Account(card_account(2, 0).id),
            Key::Card(card_id(9)),
            Key::Card(card_id(1)),
            Key::Book,
            Key::Account(card_account(1, 0).id),
            Key::Account(card_account(2, 0).id),
        ];
        let mut found = vec![None];
        place.store().load(&keys, &mut found).unwrap();
        let two = Some(account_row(2, 6, 1));
        let card = Some(SweptRow { row: card_row(card(1)), applied_seq: 1 });
        assert_eq!(found, [None, two.clone(), None, card, None, Some(account_row(1, 5, 1)), two]);
    });
}

#[test]
fn what_was_committed_is_there_for_the_next_owner() {
    on_every_store(|place| {
        let mut scribe = Scribe::of(place);
        scribe.keep(vec![Row::Account(card_account(1, 5)), card_row(card(1))]);
        let before = (scribe.head, all_rows(place));
        drop(scribe);
        let next = Scribe::of(place);
        assert_eq!(next.head, Head { epoch: 2, ..before.0 });
        assert_eq!(all_rows(place), before.1);
    });
}
