//! The same world is the same, and every kind of everything is in it.

use std::collections::BTreeSet;

use claims::Ground;
use claimworld::{Agreement, Case, ClaimWorld, Deserves, Params, Trouble, User};

fn world(seed: u64) -> ClaimWorld {
    ClaimWorld { seed, params: Params::default() }
}

#[test]
fn one_seed_gives_the_same_cases_to_the_byte() {
    let bytes = |cases: &mut dyn Iterator<Item = Case>| -> Vec<u8> {
        cases.flat_map(|case| case.facts.to_bytes()).collect()
    };
    let first = bytes(&mut world(7).cases(60));
    assert_eq!(first, bytes(&mut world(7).cases(60)));
    assert_ne!(first, bytes(&mut world(8).cases(60)));
    assert_eq!(world(7).cases(60).collect::<Vec<_>>(), world(7).cases(60).collect::<Vec<_>>());
}

#[test]
fn no_case_depends_on_another() {
    let alone = world(3).case(41);
    assert_eq!(world(3).cases(50).nth(41), Some(alone));
}

#[test]
fn everything_occurs() {
    let cases: Vec<Case> = world(1).cases(2_500).collect();
    fn check<T: Ord + Copy + std::fmt::Debug>(
        all: &[T],
        cases: &[Case],
        of: impl Fn(&Case) -> Vec<T>,
    ) {
        let found: BTreeSet<T> = cases.iter().flat_map(of).collect();
        for one in all {
            assert!(found.contains(one), "{one:?} does not occur");
        }
    }
    check(User::ALL, &cases, |case| vec![case.truth.user]);
    check(&Agreement::ALL, &cases, |case| vec![case.truth.agreement]);
    check(&Deserves::ALL, &cases, |case| vec![case.truth.deserves]);
    check(&Ground::ALL, &cases, |case| vec![case.filing.ground]);
    let troubles = |case: &Case| case.truth.faults.iter().map(|fault| fault.trouble).collect();
    check(Trouble::ALL, &cases, troubles);
    for case in &cases {
        assert_eq!(case.facts.iter().count(), claims::FactName::ALL.len(), "{}", case.number);
    }
}
