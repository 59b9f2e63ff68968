//! Runs of operations.

use proptest::prelude::*;
use store::{CommitError, MemoryBook, OperationRun, RunInfo, StoreError};

use crate::support::{Place, PostgresPlace, Scribe, SqlitePlace, Writes, at, on_every_store};

fn run(number: u64, mut entries: Vec<(u64, u64)>) -> OperationRun {
    entries.sort_unstable();
    OperationRun { run: number, last_at: at(10 * i64::try_from(number).unwrap()), entries }
}

fn keep(place: &dyn Place, run: &OperationRun, dropped_runs: &[u64]) -> Result<(), CommitError> {
    Scribe::of(place).write(&Writes { run: Some(run), dropped_runs, ..Writes::default() })
}

#[test]
fn runs_are_listed_searched_and_dropped() {
    on_every_store(|place| {
        let one = run(1, vec![(5, 50), (u64::MAX, 51), (0, 52), (1 << 63, 53)]);
        let two = run(2, vec![(5, 60), (7, 61)]);
        keep(place, &two, &[]).unwrap();
        keep(place, &one, &[]).unwrap();
        let mut store = place.store();
        assert_eq!(store.operation_runs().unwrap(), [one.info(), two.info()]);
        assert_eq!(one.info(), RunInfo { run: 1, last_at: at(10), count: 4 });
        assert_eq!(store.operation_run(1).unwrap(), Some(one.clone()));
        assert_eq!(store.operation_run(9).unwrap(), None);
        for (runs, hash, expected) in [
            (&[1, 2][..], 5, &[50, 60][..]),
            (&[2, 1], 5, &[50, 60]),
            (&[2], 5, &[60]),
            (&[1], 0, &[52]),
            (&[1], 1 << 63, &[53]),
            (&[1], u64::MAX, &[51]),
            (&[1, 2, 9], 6, &[]),
            (&[], 5, &[]),
        ] {
            assert_eq!(store.find_operation(runs, hash).unwrap(), expected, "{runs:?} {hash}");
        }
        let merged = run(3, vec![(5, 50), (5, 60)]);
        keep(place, &merged, &[1, 2]).unwrap();
        assert_eq!(store.operation_runs().unwrap(), [merged.info()]);
        assert_eq!(store.find_operation(&[1, 2, 3], 5).unwrap(), [50, 60]);
        assert_eq!(store.operation_run(1).unwrap(), None);
    });
}

#[test]
fn a_number_of_a_run_is_not_given_twice() {
    on_every_store(|place| {
        keep(place, &run(1, vec![(5, 50)]), &[]).unwrap();
        let before = place.store().head().unwrap();
        let refused = keep(place, &run(1, vec![(6, 60)]), &[]);
        let inconsistent =
            matches!(refused, Err(CommitError::NotCommitted(StoreError::Inconsistent(_))));
        assert!(inconsistent, "{refused:?}");
        assert_eq!(place.store().head().unwrap().seq, before.seq);
        keep(place, &run(1, vec![(6, 60)]), &[1]).unwrap();
        assert_eq!(place.store().operation_run(1).unwrap(), Some(run(1, vec![(6, 60)])));
    });
}

#[test]
fn an_unsorted_run_is_refused() {
    on_every_store(|place| {
        let unsorted = OperationRun { run: 1, last_at: at(1), entries: vec![(6, 1), (5, 1)] };
        assert!(keep(place, &unsorted, &[]).is_err());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Long runs, in which many operations share a short hash: wherever a page ends, all of them
    /// are found.
    #[test]
    fn every_operation_of_a_long_run_is_found(
        hashes in prop::collection::vec(prop_oneof![0..40_u64, any::<u64>()], 0..2_500),
        repeated in prop::collection::vec(0..40_u64, 0..3),
    ) {
        let repeated = repeated.into_iter().flat_map(|hash| std::iter::repeat_n(hash, 700));
        let entries: Vec<(u64, u64)> = hashes.into_iter().chain(repeated).zip(1..).collect();
        let long = run(1, entries);
        let all: Vec<u64> = long.entries.iter().map(|(hash, _)| *hash).collect();
        let (memory, sqlite, postgres) =
            (MemoryBook::new(), SqlitePlace::new(), PostgresPlace::new());
        let places: [&dyn Place; 3] = [&memory, &sqlite, &postgres];
        for place in places {
            keep(place, &long, &[]).unwrap();
            let mut store = place.store();
            prop_assert_eq!(store.operation_run(1).unwrap(), Some(long.clone()));
            for hash in all.iter().copied().chain(0..41).step_by(7) {
                let expected: Vec<u64> = long.find(hash).collect();
                prop_assert_eq!(store.find_operation(&[1], hash).unwrap(), expected);
            }
        }
    }
}
