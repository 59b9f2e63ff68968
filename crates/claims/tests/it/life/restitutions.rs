//! What is repaid without a claim.

use base::Amount;
use claims::{ClaimEvent, Ground, Outcome, Refusal, Resolution, RestitutionKind};

use super::world::{ANN, OWNER, World, at, cents};

#[test]
fn each_way_has_a_cap_of_its_own() {
    #[track_caller]
    fn check(kind: RestitutionKind, loss: i64, expected: Result<(i64, Option<i64>), Refusal>) {
        // 40.00 of 100.00 were not spent, and 5.00 were captured twice.
        let mut world = World::new();
        (world.funds.spent, world.captured_twice) = (cents(6_000), cents(500));
        let made = world.restitute(kind, 1, loss).map(|id| {
            let made = &world.restitutions[&id];
            assert_eq!((made.loss, made.number), (cents(loss), 1));
            (made.net.minor(), made.gross.map(Amount::minor))
        });
        assert_eq!(made, expected, "{kind:?} of {loss}");
    }
    use RestitutionKind::{
        DoubleCapture, Incident, LateInvalid, Overspend, Unspent, WrongDelivery,
    };
    check(Incident, 1_000, Ok((1_000, None)));
    check(LateInvalid, 4_000, Ok((4_000, None)));
    check(Unspent, 4_001, Ok((4_000, None)));
    check(Overspend, 1_000, Ok((1_000, Some(1_200))));
    check(WrongDelivery, 7_000, Ok((6_000, Some(7_200))));
    check(DoubleCapture, 500, Ok((500, Some(500))));
    check(DoubleCapture, 501, Ok((500, Some(500))));
    check(Incident, 0, Err(Refusal::NothingToRepay));
    check(Overspend, 0, Err(Refusal::NothingToRepay));
}

#[test]
fn the_same_cause_is_repaid_once() {
    let mut world = World::new();
    world.restitute(RestitutionKind::WrongDelivery, 1, 100).unwrap();
    assert_eq!(world.events, [ClaimEvent::RestitutionMade]);
    let again = world.restitute(RestitutionKind::WrongDelivery, 1, 100);
    assert_eq!(again, Err(Refusal::AlreadyRepaid));
    world.restitute(RestitutionKind::WrongDelivery, 2, 100).unwrap();
    world.restitute(RestitutionKind::Overspend, 1, 100).unwrap();
    assert_eq!(world.committed(), cents(300));
}

#[test]
fn claims_and_restitutions_share_what_was_spent() {
    let mut world = World::new();
    world.restitute(RestitutionKind::WrongDelivery, 1, 4_000).unwrap();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 6_000);
    let nothing = world.restitute(RestitutionKind::WrongDelivery, 2, 10);
    assert_eq!(nothing, Err(Refusal::NothingToRepay));
    // What the settlement returns by itself is not touched by that.
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.restitute(RestitutionKind::Unspent, 1, 4_000).unwrap();
    assert_eq!(world.funds.left(world.committed()), cents(6_000));
}

#[test]
fn nothing_is_repaid_while_a_dispute_is_open() {
    let mut world = World::new();
    world.captured_twice = cents(500);
    world.funds.is_disputed = true;
    for kind in RestitutionKind::ALL {
        assert_eq!(world.restitute(kind, 1, 100), Err(Refusal::PaymentDisputed));
    }
    world.funds.is_disputed = false;
    world.restitute(RestitutionKind::DoubleCapture, 1, 100).unwrap();
}

#[test]
fn its_money_leaves_once_and_in_time() {
    let mut world = World::new();
    let id = world.restitute(RestitutionKind::Overspend, 1, 100).unwrap();
    let made = world.restitutions[&id].clone();
    assert_eq!(made.statement, claims::restitution_statement_id(id));
    // Ten business days from Monday.
    assert_eq!(made.due_at, at("2026-03-24T00:00:00Z"));
    assert!(made.is_late(made.due_at) && !made.is_late(world.now));
    let paid = claims::note_restitution_paid(&made, world.now);
    world.keep(paid).unwrap();
    let paid = world.restitutions[&id].clone();
    assert_eq!((paid.paid_at, paid.is_late(made.due_at)), (Some(world.now), false));
    let again = claims::note_restitution_paid(&paid, world.now);
    assert_eq!(again, Err(Refusal::NothingToChange));
}

#[test]
fn that_it_is_late_is_told_once() {
    let mut world = World::new();
    let id = world.restitute(RestitutionKind::Overspend, 1, 100).unwrap();
    let made = world.restitutions[&id].clone();
    let early = claims::escalate_restitution(&made, world.now);
    assert_eq!(early, Err(Refusal::NotDue { due_at: made.due_at }));
    world.now = made.due_at;
    let told = claims::escalate_restitution(&made, world.now);
    world.keep(told).unwrap();
    assert_eq!(world.events.last(), Some(&ClaimEvent::RestitutionLate));
    let told = world.restitutions[&id].clone();
    let again = claims::escalate_restitution(&told, world.now);
    assert_eq!(again, Err(Refusal::NothingToChange));
    let paid = claims::note_restitution_paid(&told, world.now);
    world.keep(paid).unwrap();
    let paid = world.restitutions[&id].clone();
    assert_eq!(claims::escalate_restitution(&paid, world.now), Err(Refusal::NothingDue));
}

/// The world looks at every sum, and at the tax of all that has gone back, after each.
#[test]
fn what_is_refused_takes_its_part_and_is_resolved_once() {
    #[track_caller]
    fn check(how: Resolution, is_paid: bool) {
        let mut world = World::new();
        let kind = RestitutionKind::Overspend;
        assert_eq!(world.set_aside(kind, 1, 333), Err(Refusal::NothingDue), "nobody looks");
        world.search();
        let due_at = claims::tried_until(world.now);
        assert_eq!(world.set_aside(kind, 1, 333), Err(Refusal::NotDue { due_at }));
        world.now = due_at;
        assert_eq!(
            world.set_aside(RestitutionKind::Unspent, 1, 9),
            Err(Refusal::NothingToRepay),
            "the settlement returns that"
        );
        let id = world.set_aside(kind, 1, 333).unwrap();
        assert_eq!(world.events.last(), Some(&ClaimEvent::RestitutionRefused));
        assert!(world.restitutions[&id].is_stuck());
        assert_eq!(world.restitute(kind, 1, 333), Err(Refusal::AlreadyRepaid));
        assert_eq!(world.committed(), cents(333));
        let waits = claims::note_restitution_paid(&world.restitutions[&id], world.now);
        assert_eq!(waits, Err(Refusal::BeingPaid));
        world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 777);
        world.start_payout(1).unwrap();
        assert_eq!(world.resolve(id, OWNER, how.clone()), Err(Refusal::OwnClaim));
        world.funds.is_disputed = true;
        assert_eq!(world.resolve(id, ANN, how.clone()), Err(Refusal::PaymentDisputed));
        world.funds.is_disputed = false;
        world.resolve(id, ANN, how.clone()).unwrap();
        let after = &world.restitutions[&id];
        assert_eq!((after.is_stuck(), after.paid_at.is_some()), (false, is_paid));
        assert_eq!(world.resolve(id, ANN, how), Err(Refusal::NotStuck));
    }
    check(Resolution::SentAgain, false);
    check(Resolution::StoreCredit, true);
    let reference = base::Label::new("transfer-7").unwrap();
    check(Resolution::PaidByHand { reference }, true);
}

#[test]
fn what_a_bank_has_given_back_is_counted_by_the_order_alone() {
    let mut world = World::new();
    world.search();
    world.now = claims::tried_until(world.now);
    let id = world.set_aside(RestitutionKind::Overspend, 1, 333).unwrap();
    world.funds.lost = cents(1);
    assert_eq!(world.resolve(id, ANN, Resolution::StoreCredit), Err(Refusal::PaidByBank));
    world.resolve(id, ANN, Resolution::SentAgain).unwrap();
}

/// What settlements return is told of once, whatever the reasons are.
#[test]
fn no_more_is_told_than_settlements_return() {
    let mut world = World::new();
    world.funds.spent = cents(6_000);
    world.restitute(RestitutionKind::Incident, 1, 1_500).unwrap();
    let rest = world.restitute(RestitutionKind::Unspent, 1, 9_999).unwrap();
    assert_eq!(world.restitutions[&rest].net, cents(2_500));
    let nothing = world.restitute(RestitutionKind::LateInvalid, 1, 100);
    assert_eq!(nothing, Err(Refusal::NothingToRepay));
    // Another verdict gives back more, and that is told in its turn.
    world.funds.spent = cents(5_000);
    let late = world.restitute(RestitutionKind::LateInvalid, 2, 9_999).unwrap();
    assert_eq!(world.restitutions[&late].net, cents(1_000));
}

#[test]
fn a_search_is_over_only_for_the_reason_it_was_begun_for() {
    let (promotion, usd) = (base::PromotionId::from_bits(1), base::Currency::USD);
    let (first, second) = (at("2026-03-10T00:00:00Z"), at("2026-03-11T00:00:00Z"));
    let row = claims::search(promotion, usd, None, first).promotions.remove(0);
    assert_eq!(row.searched_since, Some(first));
    let again = claims::search(promotion, usd, Some(&row), second).promotions.remove(0);
    let too_early = claims::note_searched(Some(&again), first);
    assert_eq!(too_early, Err(Refusal::NothingToChange));
    let over = claims::note_searched(Some(&again), second).unwrap().promotions.remove(0);
    assert_eq!(over.searched_since, None);
    assert_eq!(claims::note_searched(Some(&over), second), Err(Refusal::NothingToChange));
    assert_eq!(claims::note_searched(None, second), Err(Refusal::NothingToChange));
}
