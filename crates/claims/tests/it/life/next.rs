//! What happens next, by when, and what is late.

use base::Span;
use claims::{Awaited, ClaimEvent, Ground, Outcome, Refusal, StepName, Who};

use super::filing::hinted_claim;
use super::world::{ANN, World, at, award, decided, new_claim, review_of};

#[test]
fn at_any_time_it_is_known_what_happens_next() {
    #[track_caller]
    fn check(world: &World, awaited: Awaited, by: Option<&str>) {
        let next = claims::next(world.claim(1), world.now);
        assert_eq!((next.awaited, next.by), (awaited, by.map(at)));
        assert!(!next.is_late);
    }
    let mut world = World::of_much();
    world.file(&hinted_claim(1)).unwrap();
    check(&world, Awaited::Match, Some("2026-03-12T00:00:00Z"));
    world.match_claim(1, ANN).unwrap();
    check(&world, Awaited::Facts, Some("2026-03-11T00:00:00Z"));
    world.freeze(1).unwrap();
    check(&world, Awaited::Decision, Some("2026-03-17T00:00:00Z"));
    world.hold(1).unwrap();
    check(&world, Awaited::DisputeEnd, Some("2026-06-07T12:00:00Z"));
    world.release(1).unwrap();
    check(&world, Awaited::Facts, Some("2026-03-11T00:00:00Z"));
    world.freeze(1).unwrap();
    world.decide(1, &decided(Outcome::Review, 0), 0).unwrap();
    check(&world, Awaited::Review, Some("2026-03-17T00:00:00Z"));
    world.review(1, &review_of(ANN, Outcome::PartlyApprove, award(60_000, 0))).unwrap();
    check(&world, Awaited::SecondPerson, Some("2026-03-12T00:00:00Z"));
    world.approve(1, super::world::BOB).unwrap();
    check(&world, Awaited::PayoutStart, Some("2026-03-24T00:00:00Z"));
    world.start_payout(1).unwrap();
    check(&world, Awaited::PayoutEnd, Some("2026-03-24T00:00:00Z"));
    world.note_paid(1).unwrap();
    check(&world, Awaited::Appeal, Some("2026-09-10T00:00:00Z"));
    world.appeal(1, &[]).unwrap();
    check(&world, Awaited::AppealDecision, Some("2026-03-24T00:00:00Z"));
    world.withdraw(1).unwrap();
    check(&world, Awaited::Nothing, None);
}

/// When a dispute should be over is always still to come, and nobody is late.
#[test]
fn a_dispute_takes_the_time_of_the_bank() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    world.hold(1).unwrap();
    let held = world.now;
    for (days, over) in [(0, 90), (89, 90), (90, 120), (119, 120), (120, 150), (1_000, 1_020)] {
        let next = claims::next(world.claim(1), held.saturating_add(Span::days(days)));
        let expected = Some(held.saturating_add(Span::days(over)));
        assert_eq!((next.by, next.is_late), (expected, false), "after {days} days");
    }
}

#[test]
fn an_appeal_that_was_not_made_is_not_awaited_for_ever() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
    world.now = at("2026-09-10T00:00:00Z");
    let next = claims::next(world.claim(1), world.now);
    assert_eq!((next.awaited, next.by, next.is_late), (Awaited::Nothing, None, false));
}

#[test]
fn everything_awaited_has_somebody_who_acts() {
    #[track_caller]
    fn check(awaited: Awaited, who: Who) {
        assert_eq!(awaited.who(), who, "{awaited:?}");
    }
    check(Awaited::Match, Who::Staff);
    check(Awaited::Facts, Who::Platform);
    check(Awaited::Decision, Who::Platform);
    check(Awaited::Review, Who::Staff);
    check(Awaited::SecondPerson, Who::Staff);
    check(Awaited::AppealDecision, Who::Staff);
    check(Awaited::DisputeEnd, Who::Bank);
    check(Awaited::PayoutStart, Who::Platform);
    check(Awaited::PayoutEnd, Who::Bank);
    check(Awaited::Appeal, Who::Claimant);
    check(Awaited::Nothing, Who::Nobody);
}

#[test]
fn late_steps_are_told_once_each() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    let due_at = at("2026-03-11T00:00:00Z");
    assert_eq!(world.escalate(1), Err(Refusal::NotDue { due_at }));
    world.now = due_at;
    assert!(claims::next(world.claim(1), world.now).is_late);
    world.escalate(1).unwrap();
    assert_eq!(world.events, [ClaimEvent::Escalated]);
    assert_eq!(world.escalate(1), Err(Refusal::NothingToChange));
    // The decision is late too, later.
    world.now = at("2026-03-17T00:00:00Z");
    world.escalate(1).unwrap();
    let told = world.claim(1).steps.open().map(|step| (step.name, step.escalated_at));
    let expected = [(StepName::Gathered, Some(due_at)), (StepName::Decided, Some(world.now))];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn alerts_list_what_is_late_the_latest_first() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    world.later(Span::days(1));
    world.file(&new_claim(2, Ground::FailureToDeliver)).unwrap();
    world.file(&new_claim(3, Ground::Other)).unwrap();
    world.hold(3).unwrap();
    world.now = at("2026-03-12T01:00:00Z");
    let alerts = claims::alerts(world.claims.values(), world.now);
    let found: Vec<_> =
        alerts.iter().map(|alert| (alert.claim.bits(), alert.step, alert.late_by)).collect();
    let expected =
        [(1, StepName::Gathered, Span::hours(25)), (2, StepName::Gathered, Span::hours(1))];
    assert_eq!(found, expected);
}
