//! What is paid, and what is not paid twice.

use base::{Amount, Currency};
use claims::{Funds, Ground, Outcome, Refusal, Status};

use super::world::{World, cents, decided, new_claim};

#[test]
fn money_sets_out_and_leaves() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    assert_eq!(world.start_payout(1), Err(Refusal::NotApproved));
    assert_eq!(world.note_paid(1), Err(Refusal::NotPaying));
    world.freeze(1).unwrap();
    world.decide(1, &decided(Outcome::Approve, 2_000), 1_000).unwrap();
    world.funds.currency = Currency::EUR;
    assert_eq!(world.start_payout(1), Err(Refusal::CurrencyMismatch));
    world.funds.currency = Currency::USD;
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.net, payout.elsewhere), (cents(2_000), cents(1_000)));
    // A fifth of tax, by the rule that was brought.
    assert_eq!(payout.gross, cents(2_400));
    assert!(payout.refund.is_some() && payout.paid_at.is_none());
    assert_eq!(world.start_payout(1), Err(Refusal::NotApproved));
    world.note_paid(1).unwrap();
    assert_eq!(world.claim(1).payouts[0].paid_at, Some(world.now));
    assert_eq!(world.status(1), Status::Paid);
    assert_eq!(world.note_paid(1), Err(Refusal::NotPaying));
}

#[test]
fn what_a_settlement_returns_needs_no_refund() {
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.gathering(1, Ground::FailureToDeliver);
    world.decide(1, &decided(Outcome::Approve, 0), 4_000).unwrap();
    assert_eq!(world.committed(), Amount::ZERO);
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.refund, payout.net, payout.gross), (None, Amount::ZERO, Amount::ZERO));
    assert_eq!(payout.elsewhere, cents(4_000));
    world.settle();
    assert_eq!(world.funds.returned, cents(4_000));
}

#[test]
fn a_dispute_stops_what_has_not_set_out() {
    let mut world = World::new();
    world.decided(1, Ground::UnauthorizedCharge, Outcome::Approve, 8_000);
    world.funds.is_disputed = true;
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    world.hold(1).unwrap();
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    // The bank gives 75.00 of what was promised.
    (world.funds.is_disputed, world.funds.lost) = (false, cents(7_500));
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    world.release(1).unwrap();
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.net, payout.elsewhere), (cents(500), cents(7_500)));
    assert_eq!(world.committed(), cents(500));
}

#[test]
fn what_the_bank_had_given_before_the_decision_is_not_taken_off_again() {
    let mut world = World::new();
    world.funds.lost = cents(3_000);
    world.decided(1, Ground::UnauthorizedCharge, Outcome::PartlyApprove, 2_000);
    assert_eq!(world.claim(1).decision.as_ref().unwrap().lost, cents(3_000));
    // Of the 10.00 that it gives now, the claim pays so much less, though 60.00 are left.
    world.funds.lost = cents(4_000);
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.net, payout.elsewhere), (cents(1_000), cents(1_000)));
}

#[test]
fn a_dispute_that_takes_all_leaves_nothing_to_refund() {
    let mut world = World::new();
    world.decided(1, Ground::UnauthorizedCharge, Outcome::Approve, 10_000);
    world.funds.lost = cents(10_000);
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.refund, payout.elsewhere), (None, cents(10_000)));
    assert_eq!(world.committed(), Amount::ZERO);
}

#[test]
fn a_dispute_leaves_what_the_settlement_returns_to_it() {
    // 60.00 were spent and are claimed; the bank gives just them, and 40.00 are settled later.
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.decided(1, Ground::UnauthorizedCharge, Outcome::Approve, 6_000);
    world.funds.lost = cents(6_000);
    world.start_payout(1).unwrap();
    assert_eq!(world.claim(1).payouts[0].net, Amount::ZERO);
    world.settle();
    assert_eq!(world.funds.returned, cents(4_000));
}

#[test]
fn a_verdict_and_a_dispute_since_the_approval_add_up() {
    // 60.00 were promised; 50.00 of them turn out to be invalid, and the bank gives 1.00.
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.decided(1, Ground::UnauthorizedCharge, Outcome::Approve, 6_000);
    (world.funds.spent, world.funds.lost) = (cents(1_000), cents(100));
    world.start_payout(1).unwrap();
    let payout = world.claim(1).payouts[0];
    assert_eq!((payout.net, payout.elsewhere), (cents(900), cents(5_100)));
    // With 1.00 of the bank and 9.00 of the claim, that is all that was paid.
    world.settle();
    assert_eq!(world.funds.returned, cents(9_000));
}

#[test]
fn a_late_verdict_does_not_return_what_a_claim_has_paid() {
    let mut world = World::new();
    world.settle();
    assert_eq!(world.funds.returned, Amount::ZERO);
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 8_000);
    world.start_payout(1).unwrap();
    // 30.00 turn out to be invalid, of which 10.00 were paid by the claim.
    world.funds.spent = cents(7_000);
    assert_eq!(world.funds.settlement_back(world.committed()), cents(2_000));
    assert_eq!(world.funds.settlement_kept(world.committed()), cents(1_000));
    world.settle();
    assert_eq!(world.funds.left(world.committed()), Amount::ZERO);
    // All turns out to be invalid: together they have paid it all, and not a cent more.
    world.funds.spent = Amount::ZERO;
    assert_eq!(world.funds.settlement_back(world.committed()), cents(2_000));
    assert_eq!(world.funds.settlement_kept(world.committed()), cents(8_000));
    world.settle();
    assert_eq!(world.funds.returned, cents(2_000));
}

#[test]
fn what_is_promised_is_kept_when_a_verdict_comes_first() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Approve, 10_000);
    world.funds.spent = cents(4_000);
    world.settle();
    assert_eq!(world.funds.returned, Amount::ZERO);
    world.start_payout(1).unwrap();
    assert_eq!(world.claim(1).payouts[0].net, cents(10_000));
    // Taken back in time, the settlement returns it.
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Approve, 10_000);
    world.funds.spent = cents(4_000);
    world.withdraw(1).unwrap();
    world.settle();
    assert_eq!(world.funds.returned, cents(6_000));
}

#[test]
fn sums() {
    #[track_caller]
    fn check(paid: i64, spent: i64, returned: i64, lost: i64, committed: i64, expected: [i64; 3]) {
        let funds = Funds {
            currency: Currency::USD,
            paid: cents(paid),
            spent: cents(spent),
            returned: cents(returned),
            lost: cents(lost),
            is_disputed: false,
        };
        let committed = cents(committed);
        let all = [funds.left(committed), funds.settlement_back(committed)];
        let found = [all[0], all[1], funds.settlement_kept(committed)].map(Amount::minor);
        assert_eq!(found, expected);
    }
    // paid, spent, returned, lost, committed → left, settled back, kept from settlement
    check(100, 100, 0, 0, 0, [100, 0, 0]);
    check(100, 60, 0, 0, 0, [60, 40, 0]);
    check(100, 60, 40, 0, 0, [60, 40, 0]);
    check(100, 60, 40, 0, 25, [35, 40, 0]);
    check(100, 60, 40, 0, 60, [0, 40, 0]);
    check(100, 60, 40, 35, 0, [25, 40, 0]);
    check(100, 60, 40, 100, 0, [0, 40, 0]);
    check(100, 0, 0, 0, 0, [0, 100, 0]);
    check(100, 30, 0, 0, 80, [0, 20, 50]);
    check(0, 0, 0, 0, 0, [0, 0, 0]);
}

#[test]
fn tax_adds_up_in_whatever_parts_it_goes_back() {
    let with_tax = super::world::with_tax;
    let parts = [1, 1, 1, 1, 1, 7, 3, 85];
    let (mut before, mut sum) = (Amount::ZERO, 0);
    for part in parts.map(cents) {
        sum += claims::gross(part, before, with_tax).minor();
        before = before.checked_add(part).unwrap();
    }
    assert_eq!(sum, with_tax(cents(100)).minor());
}
