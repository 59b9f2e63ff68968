//! What is true: twins differ by their fault, and money is due where a fault has taken it.

use claims::Ground;
use claimworld::{Case, ClaimWorld, Params, Side, Trouble, User, UserKind};

/// The faults of one trouble only, to users who tell what is so, with nothing else going on.
fn only(trouble: &str) -> Params {
    let mut params = Params::default();
    for (name, _) in Params::ALL {
        let keeps = ["user_honest", trouble, "guarantee", "views", "narrow_audience"];
        let is_about = ["user_", "fault_", "filed_", "repeated_", "second_", "repaid_", "disputed"];
        if !keeps.contains(name) && is_about.iter().any(|about| name.starts_with(about)) {
            params.set(name, 0);
        }
    }
    params
}

fn cases(params: Params, count: u32) -> Vec<Case> {
    ClaimWorld { seed: 11, params }.cases(count).collect()
}

#[test]
fn a_fault_more_leaves_all_else_as_it_was() {
    let with = cases(only("fault_selection_down"), 200);
    let mut params = only("fault_selection_down");
    params.fault_selection_down = 0;
    let without = cases(params, 200);
    let mut lost = 0;
    for (with, without) in with.iter().zip(&without) {
        let (one, other) = (&with.truth, &without.truth);
        assert_eq!(one.promotion, other.promotion, "{}", with.number);
        assert_eq!(with.filing.filed_at, without.filing.filed_at);
        let units = other.losses.course.right.saturating_sub(one.losses.course.right);
        // The twin that the loss is measured by is the world without the fault.
        assert_eq!(one.losses.incidents, units, "{}", with.number);
        assert!(one.losses.course.right <= other.losses.course.right, "{}", with.number);
        lost += u64::from(units > 0);
    }
    assert!(lost > 0);
}

#[test]
fn a_promotion_without_faults_lost_nothing_to_anybody_but_the_market() {
    for case in cases(only("nothing"), 200) {
        let losses = &case.truth.losses;
        let sides = [losses.incidents, losses.platform, losses.advertiser, losses.policy];
        assert_eq!(sides, [0; 4], "{}", case.number);
        assert_eq!(losses.self_made, 0, "{}", case.number);
    }
}

#[test]
fn a_thief_owes_what_was_spent_and_an_agreement_nothing() {
    for case in cases(only("fault_stolen_account"), 100) {
        let truth = &case.truth;
        assert_eq!(truth.owed, truth.book.spent, "{}", case.number);
        assert_eq!(truth.returning, truth.book.unspent, "{}", case.number);
    }
    let mut params = only("nothing");
    (params.user_honest, params.user_denies) = (0, 1);
    for case in cases(params, 100) {
        assert_eq!(case.filing.ground, Ground::UnauthorizedCharge);
        assert_eq!(case.truth.loss(), 0, "{}", case.number);
    }
}

#[test]
fn what_is_undelivered_of_a_guarantee_is_the_markets_risk_and_never_paid_twice() {
    let mut some = 0;
    for case in cases(only("fault_oversold"), 200) {
        let (truth, book) = (&case.truth, &case.truth.book);
        assert!(truth.promotion.is_guarantee());
        assert_eq!(truth.owed, 0, "what was not billed is not refunded");
        assert!(truth.returning <= book.unspent, "{}", case.number);
        some += u64::from(truth.returning > 0);
    }
    assert!(some > 0);
}

#[test]
fn who_made_the_failure_gets_nothing_for_it() {
    let mut params = only("fault_post_deleted");
    (params.user_honest, params.user_self_made, params.narrow_audience) = (0, 1, 0);
    for case in cases(params, 200) {
        let truth = &case.truth;
        assert_eq!(truth.user, User::SelfMade);
        assert_eq!(truth.user.kind(), UserKind::Dishonest);
        assert_eq!(truth.faults[0].trouble.side(), Side::Advertiser);
        assert_eq!(truth.loss(), 0, "{}", case.number);
    }
}

#[test]
fn a_pause_that_could_not_be_told_is_paid_for_by_the_platform() {
    let paid = cases(only("fault_calls_failed"), 200);
    let has = |case: &&Case, trouble| case.truth.faults.iter().any(|it| it.trouble == trouble);
    assert!(paid.iter().all(|case| has(&case, Trouble::Paused)));
    let owed = paid.iter().filter(|case| case.truth.owed > 0).count();
    assert!(owed > 100, "{owed}");
}
