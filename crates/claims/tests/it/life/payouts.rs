//! What is paid, and what is not paid twice.

use base::{Amount, Currency};
use claims::{Funds, Ground, Outcome, Refusal, Resolution, Status, StepName};

use super::world::review_of;
use super::world::{ANN, BOB, OWNER, World, at, award, cents, decided, dollars, new_claim};

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
    let payout = &world.claim(1).payouts[0];
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
    let payout = &world.claim(1).payouts[0];
    assert_eq!((payout.refund, payout.net, payout.gross), (None, Amount::ZERO, Amount::ZERO));
    assert_eq!(payout.elsewhere, cents(4_000));
    world.settle();
    assert_eq!(world.funds.returned, cents(4_000));
}

#[test]
fn what_comes_back_by_settlement_is_told_as_it_came() {
    // 40.00 were not spent when it was decided; of those 30.00 are delivered after all.
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::Approve, 0), 4_000).unwrap();
    world.start_payout(1).unwrap();
    world.funds.spent = cents(9_000);
    world.settle();
    world.note_paid(1).unwrap();
    let claim = world.claim(1);
    assert_eq!((claim.status, claim.payouts[0].elsewhere), (Status::Paid, cents(1_000)));
    let decision = claim.decision.as_ref().unwrap();
    assert_eq!((decision.outcome, decision.award), (Outcome::PartlyApprove, award(0, 1_000)));
    // Somebody else may look at the rest, though all had been granted.
    world.appeal(1, &[]).unwrap();
    let review = review_of(BOB, Outcome::Approve, award(3_000, 1_000));
    world.review(1, &review).unwrap();
    world.start_payout(1).unwrap();
    world.note_paid(1).unwrap();
    assert_eq!((world.status(1), world.committed()), (Status::Paid, cents(3_000)));
}

#[test]
fn nobody_says_that_more_comes_back_by_settlement_than_was_not_spent() {
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.gathering(1, Ground::Other);
    world.decide(1, &decided(Outcome::Review, 0), 0).unwrap();
    let review = |elsewhere| review_of(ANN, Outcome::PartlyApprove, award(10, elsewhere));
    let unspent = dollars(cents(4_000));
    let refused = Err(Refusal::ElsewhereExceedsUnspent { unspent });
    assert_eq!(world.review(1, &review(4_001)), refused);
    world.review(1, &review(4_000)).unwrap();
}

#[test]
fn the_clock_of_what_a_settlement_returns_runs_from_the_settlement_on() {
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    let settles_at = at("2026-06-01T12:00:00Z");
    world.funds.settles_at = Some(settles_at);
    let due =
        |world: &World, from| world.clocks().step_due(StepName::Paid, &world.claim(1).case(), from);
    world.gathering(1, Ground::FailureToDeliver);
    world.decide(1, &decided(Outcome::Approve, 0), 4_000).unwrap();
    assert_eq!(world.claim(1).due_at(), Some(due(&world, settles_at)));
    // What a refund pays does not wait for it.
    let mut world = World::new();
    world.funds.settles_at = Some(settles_at);
    world.decided(1, Ground::FailureToDeliver, Outcome::Approve, 4_000);
    assert_eq!(world.claim(1).due_at(), Some(due(&world, world.now)));
}

#[test]
fn a_dispute_stops_what_has_not_set_out() {
    let mut world = World::new();
    world.decided(1, Ground::UnauthorizedCharge, Outcome::Approve, 8_000);
    world.funds.is_disputed = true;
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    world.hold(1).unwrap();
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    // The bank gives 75.00 of what was promised: the refund counts them, and says all the same.
    (world.funds.is_disputed, world.funds.lost) = (false, cents(7_500));
    assert_eq!(world.start_payout(1), Err(Refusal::PaymentDisputed));
    world.release(1).unwrap();
    world.start_payout(1).unwrap();
    let payout = &world.claim(1).payouts[0];
    assert_eq!((payout.net, payout.elsewhere), (cents(8_000), Amount::ZERO));
    assert_eq!(world.committed(), cents(8_000));
}

#[test]
fn what_the_bank_gives_is_taken_off_no_claim() {
    // Two claims are promised 30.00 and 70.00, and the bank gives 60.00: of 100.00 in all.
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 3_000);
    world.gathering(2, Ground::UnauthorizedCharge);
    world.decide(2, &decided(Outcome::Approve, 7_000), 0).unwrap();
    world.funds.lost = cents(6_000);
    for (claim, net) in [(1, 3_000), (2, 7_000)] {
        world.start_payout(claim).unwrap();
        assert_eq!(world.claim(claim).payouts[0].net, cents(net));
    }
}

#[test]
fn the_bank_has_paid_a_claim_where_nothing_else_is_to_come_out_of_what_it_gave() {
    #[track_caller]
    fn check(spent: i64, [lost, settled]: [i64; 2], [committed, sent]: [i64; 2], is_paid: bool) {
        let mut funds = World::new().funds;
        (funds.spent, funds.lost, funds.settled) = (cents(spent), cents(lost), cents(settled));
        assert_eq!(funds.is_paid_by_bank(cents(committed), cents(sent)), is_paid);
    }
    check(10_000, [10_000, 0], [0, 0], true);
    check(10_000, [9_999, 0], [0, 0], false);
    check(10_000, [10_000, 1], [0, 0], false);
    check(10_000, [0, 0], [0, 0], false);
    // 40.00 were not spent, and come out of what it gave.
    check(6_000, [9_999, 0], [0, 0], false);
    check(6_000, [10_000, 0], [0, 0], true);
    // So do 10.00 that are promised; what has set out has counted it.
    check(10_000, [9_999, 0], [1_000, 0], false);
    check(10_000, [10_000, 0], [1_000, 0], true);
    check(10_000, [10_000, 1_000], [1_000, 1_000], true);
    check(10_000, [9_000, 0], [1_000, 1_000], true);
    // What claims have all taken before, the bank has not given.
    check(10_000, [1_000, 1_000], [10_000, 10_000], false);
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
            settled: Amount::ZERO,
            is_disputed: false,
            settles_at: None,
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
    check(100, 60, 40, 35, 0, [60, 40, 0]);
    check(100, 60, 40, 100, 0, [60, 40, 0]);
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

/// The world looks at every sum, and at the tax of all that has gone back, after each.
#[test]
fn what_an_order_does_not_send_a_person_has_go_on() {
    #[track_caller]
    fn check(how: Resolution) {
        let mut world = World::new();
        world.gathering(1, Ground::TechnicalError);
        assert_eq!(world.resolve_payout(1, ANN, how.clone()), Err(Refusal::NotApproved));
        world.decide(1, &decided(Outcome::PartlyApprove, 333), 1_000).unwrap();
        let due_at = claims::tried_until(world.now);
        let is_apart = how != Resolution::SentAgain;
        if is_apart {
            // What an order refuses for a moment it is to send.
            let early = world.resolve_payout(1, ANN, how.clone());
            assert_eq!(early, Err(Refusal::NotDue { due_at }));
            world.now = due_at;
        }
        assert_eq!(world.resolve_payout(1, OWNER, how.clone()), Err(Refusal::OwnClaim));
        world.funds.is_disputed = true;
        let disputed = world.resolve_payout(1, ANN, how.clone());
        assert_eq!(disputed, Err(Refusal::PaymentDisputed));
        world.funds.is_disputed = false;
        world.resolve_payout(1, ANN, how.clone()).unwrap();
        let payout = &world.claim(1).payouts[0];
        assert_eq!(
            (payout.net, payout.gross, payout.elsewhere),
            (cents(333), cents(399), cents(1_000))
        );
        assert_eq!(payout.refund.is_none(), is_apart);
        let resolved = payout.resolved.as_ref().unwrap();
        assert_eq!((resolved.by, resolved.at, &resolved.how), (ANN, world.now, &how));
        assert_eq!(world.status(1), Status::Paying);
        // It has set out, so nobody sends it again.
        assert_eq!(world.start_payout(1), Err(Refusal::NotApproved));
        assert_eq!(world.resolve_payout(1, ANN, how), Err(Refusal::NotApproved));
        assert_eq!(world.committed(), cents(333));
    }
    check(Resolution::SentAgain);
    check(Resolution::StoreCredit);
    check(Resolution::PaidByHand { reference: base::Label::new("transfer-7").unwrap() });
}

/// A dispute was in the way: sending is tried for a day again before anybody pays another way.
#[test]
fn what_waited_for_a_dispute_is_sent_first() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 333);
    world.hold(1).unwrap();
    world.now = world.now.saturating_add(base::Span::days(60));
    world.release(1).unwrap();
    let due_at = claims::tried_until(world.now);
    let credit = world.resolve_payout(1, ANN, Resolution::StoreCredit);
    assert_eq!(credit, Err(Refusal::NotDue { due_at }));
    world.resolve_payout(1, ANN, Resolution::SentAgain).unwrap();
}

#[test]
fn what_a_settlement_returns_needs_no_person() {
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.gathering(1, Ground::FailureToDeliver);
    world.decide(1, &decided(Outcome::Approve, 0), 4_000).unwrap();
    let again = world.resolve_payout(1, ANN, Resolution::SentAgain);
    assert_eq!(again, Err(Refusal::NothingToRepay));
}

#[test]
fn what_a_bank_has_given_of_a_claim_is_counted_by_the_order_alone() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 333);
    world.now = claims::tried_until(world.now);
    world.funds.lost = cents(1);
    let credit = world.resolve_payout(1, ANN, Resolution::StoreCredit);
    assert_eq!(credit, Err(Refusal::PaidByBank));
    world.resolve_payout(1, ANN, Resolution::SentAgain).unwrap();
}
