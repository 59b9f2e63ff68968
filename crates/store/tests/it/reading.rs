//! The journal and the entries, read back.

use base::Currency;
use engine::Row;
use journal::Verifier;
use ledger::{Account, AccountName};
use std::collections::BTreeMap;
use store::{AccountAt, EntryRow, SweptRow};

use crate::support::{
    Place, Scribe, Writes, amount, at, card_account, entry, entry_place, on_every_store,
};

/// Blocks of records 1–3 at 10, 4 at 20, 5–9 at 20, 10 at 30.
fn journal(place: &dyn Place) {
    let mut scribe = Scribe::of(place);
    for (instant, count) in [(10, 3), (20, 1), (20, 5), (30, 1)] {
        scribe.write_at(instant, count, &Writes::default()).unwrap();
    }
}

#[test]
fn blocks_are_read_from_the_record_after() {
    on_every_store(|place| {
        journal(place);
        let first_seqs = |seq, bytes| {
            let blocks = place.store().blocks_after(seq, bytes).unwrap();
            assert_eq!(blocks, place.reader().blocks_after(seq, bytes).unwrap());
            blocks.iter().map(|block| block.first_seq).collect::<Vec<_>>()
        };
        assert_eq!(first_seqs(0, usize::MAX), [1, 4, 5, 10]);
        assert_eq!(first_seqs(2, usize::MAX), [1, 4, 5, 10]);
        assert_eq!(first_seqs(3, usize::MAX), [4, 5, 10]);
        assert_eq!(first_seqs(6, usize::MAX), [5, 10]);
        assert_eq!(first_seqs(10, usize::MAX), [0; 0]);
        assert_eq!(first_seqs(u64::MAX, usize::MAX), [0; 0]);
        assert_eq!(first_seqs(0, 0), [1]);
        let one = place.store().block_of(1).unwrap().unwrap().body.len();
        assert_eq!(first_seqs(0, one), [1]);
        assert_eq!(first_seqs(0, one + 1), [1, 4]);
    });
}

#[test]
fn blocks_come_back_unchanged() {
    on_every_store(|place| {
        journal(place);
        let mut verifier = Verifier::new();
        for block in place.store().blocks_after(0, usize::MAX).unwrap() {
            verifier.push(&block).unwrap();
        }
        assert_eq!(verifier.head().hash, place.store().head().unwrap().hash);
    });
}

#[test]
fn a_record_is_found_in_its_block() {
    on_every_store(|place| {
        journal(place);
        for (seq, expected) in
            [(0, None), (1, Some(1)), (3, Some(1)), (4, Some(4)), (9, Some(5)), (11, None)]
        {
            let block = place.store().block_of(seq).unwrap();
            assert_eq!(block, place.reader().block_of(seq).unwrap());
            assert_eq!(block.map(|block| block.first_seq), expected, "{seq}");
        }
    });
}

#[test]
fn an_instant_is_found_in_the_journal() {
    on_every_store(|place| {
        assert_eq!(place.reader().seq_at(at(5)).unwrap(), 0);
        journal(place);
        for (instant, seq) in [(0, 0), (9, 0), (10, 3), (19, 3), (20, 9), (29, 9), (30, 10)] {
            assert_eq!(place.reader().seq_at(at(instant)).unwrap(), seq, "{instant}");
        }
    });
}

/// Entries of three accounts over six records, chained, with the accounts as they are after
/// them. The last account has none.
fn entries_of_three_accounts(kept: &dyn Place) -> Vec<EntryRow> {
    let mut accounts = [
        Account::open(AccountName::OrderClearing, Currency::USD),
        card_account(1, 0),
        card_account(2, 0),
    ];
    let mut entries = Vec::new();
    for (seq, position, which) in
        [(2, 0, 1), (2, 3, 1), (3, 0, 0), (5, 1, 1), (5, 2, 0), (6, 0, 1), (6, 7, 1)]
    {
        let account = &mut accounts[which];
        let credits = i64::try_from(entries.len()).unwrap() + 1;
        let place = entry_place(seq, position);
        entries.push(entry(account.id, place, account.last_entry, credits));
        account.last_entry = Some(place);
        account.credits_posted = amount(credits);
    }
    let rows = accounts.map(|account| SweptRow { row: Row::Account(account), applied_seq: 6 });
    let writes = Writes { rows: rows.into(), entries: entries.clone(), ..Writes::default() };
    Scribe::of(kept).write_at(10, 6, &writes).unwrap();
    entries
}

#[test]
fn entries_are_paged_newest_first() {
    on_every_store(|kept| {
        let all = entries_of_three_accounts(kept);
        let page = |account, before, limit| {
            let entries = kept.reader().entries(account, before, limit).unwrap();
            assert!(entries.iter().all(|entry| all.contains(entry)));
            assert!(entries.iter().all(|entry| entry.entry.account == account));
            let places = entries.iter().map(|row| row.entry.place);
            places.collect::<Vec<_>>()
        };
        let (one, two) = (card_account(1, 0).id, card_account(2, 0).id);
        let chain = [
            entry_place(6, 7),
            entry_place(6, 0),
            entry_place(5, 1),
            entry_place(2, 3),
            entry_place(2, 0),
        ];
        assert_eq!(page(one, None, 9), chain);
        assert_eq!(page(one, None, 2), chain[..2]);
        assert_eq!(page(one, Some(chain[1]), 2), chain[2..4]);
        assert_eq!(page(one, Some(chain[3]), 9), chain[4..]);
        assert_eq!(page(one, Some(chain[4]), 9), []);
        assert_eq!(page(two, None, 9), []);
        let mut found = Vec::new();
        kept.reader().all_entries(&mut |row| found.push(row)).unwrap();
        assert_eq!(found, all);
    });
}

#[test]
fn totals_at_a_cut_are_those_of_the_last_entries_before_it() {
    on_every_store(|kept| {
        let all = entries_of_three_accounts(kept);
        for seq in 0..=7 {
            let mut expected = BTreeMap::new();
            for row in all.iter().filter(|row| row.entry.place.sequence() <= seq) {
                expected.insert(row.entry.account, row.entry.credits_posted);
            }
            let mut found = Vec::new();
            let mut each = |at: AccountAt| {
                assert_eq!((at.debits_posted, at.held), (amount(0), amount(0)));
                found.push((at.account.id, at.credits_posted));
            };
            kept.reader().accounts_at(seq, &mut each).unwrap();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{seq}");
        }
    });
}

#[test]
fn a_block_with_many_entries_keeps_them_all() {
    on_every_store(|kept| {
        let account = card_account(1, 0).id;
        let mut previous = None;
        let mut entries = Vec::new();
        for position in 0..37 {
            let place = entry_place(1, position);
            entries.push(entry(account, place, previous, 5));
            previous = Some(place);
        }
        let writes = Writes { entries: entries.clone(), ..Writes::default() };
        Scribe::of(kept).write(&writes).unwrap();
        let mut found = Vec::new();
        kept.reader().all_entries(&mut |row| found.push(row)).unwrap();
        assert_eq!(found, entries);
    });
}
