//! The journal and the entries, read back.

use base::Currency;
use engine::Row;
use journal::Verifier;
use ledger::{Account, AccountName};
use store::EntryRow;

use crate::support::{Place, Scribe, Writes, at, card_account, entry, on_every_store};

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

#[test]
fn entries_are_paged_newest_first() {
    on_every_store(|place| {
        let account = card_account(1, 0).id;
        let other = card_account(2, 0).id;
        let places = [(1, 0), (1, 1), (3, 0), (7, 2)];
        let all: Vec<EntryRow> =
            places.iter().map(|(seq, line)| entry(account, *seq, *line, 5)).collect();
        let entries = all.iter().cloned().chain([entry(other, 2, 0, 6)]).collect();
        Scribe::of(place).write(&Writes { entries, ..Writes::default() }).unwrap();
        let page = |before, limit| {
            let entries = place.reader().entries(account, before, limit).unwrap();
            assert!(entries.iter().all(|entry| all.contains(entry)));
            entries.iter().map(|entry| (entry.seq, entry.line)).collect::<Vec<_>>()
        };
        assert_eq!(page(None, 9), [(7, 2), (3, 0), (1, 1), (1, 0)]);
        assert_eq!(page(None, 2), [(7, 2), (3, 0)]);
        assert_eq!(page(Some((3, 0)), 9), [(1, 1), (1, 0)]);
        assert_eq!(page(Some((1, 1)), 9), [(1, 0)]);
        assert_eq!(page(Some((1, 0)), 9), []);
    });
}

#[test]
fn last_entries_are_a_cut() {
    on_every_store(|place| {
        let clearing = Account::open(AccountName::OrderClearing, Currency::USD);
        let (one, two) = (card_account(1, 9), card_account(2, 0));
        let mut scribe = Scribe::of(place);
        scribe.keep([&one, &two, &clearing].map(|account| Row::Account(account.clone())).into());
        let entries = vec![
            entry(one.id, 2, 0, 1),
            entry(one.id, 2, 1, 2),
            entry(one.id, 5, 0, 3),
            entry(clearing.id, 4, 0, 7),
        ];
        scribe.write(&Writes { entries, ..Writes::default() }).unwrap();
        let cut = |seq| {
            let mut found = Vec::new();
            let mut each = |account: Account, entry: EntryRow| {
                assert_eq!(account.id, entry.entry.account);
                found.push((account, entry.seq, entry.line));
            };
            place.reader().last_entries(seq, &mut each).unwrap();
            found
        };
        assert_eq!(cut(1), []);
        assert_eq!(cut(2), [(one.clone(), 2, 1)]);
        assert_eq!(cut(4), [(one.clone(), 2, 1), (clearing.clone(), 4, 0)]);
        assert_eq!(cut(u64::MAX), [(one.clone(), 5, 0), (clearing.clone(), 4, 0)]);
    });
}
