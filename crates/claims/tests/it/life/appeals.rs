//! Appeals, and taking claims back.

use base::{ClaimId, Span};
use claims::{ClaimEvent, Ground, Outcome, Refusal, Status, StepName};

use super::world::{
    ANN, BOB, World, award, cents, decided, dollars, file_of, new_claim, review_of,
};

fn denied(world: &mut World) {
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::Review, 0), 0).unwrap();
    world.review(1, &review_of(ANN, Outcome::Deny, award(0, 0))).unwrap();
}

/// 30.00 of the loss are paid.
fn partly_paid(world: &mut World) {
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 3_000);
    world.start_payout(1).unwrap();
    world.note_paid(1).unwrap();
}

#[test]
fn somebody_else_decides_on_an_appeal() {
    let mut world = World::new();
    denied(&mut world);
    world.appeal(1, &[file_of(3)]).unwrap();
    assert_eq!((world.status(1), &*world.events), (Status::Appealed, &[ClaimEvent::Appealed][..]));
    assert_eq!(world.claim(1).attachments.len(), 1);
    assert!(world.claim(1).steps.open().all(|step| step.name == StepName::AppealDecided));
    let approve = |by| review_of(by, Outcome::Approve, award(500, 0));
    assert_eq!(world.review(1, &approve(ANN)), Err(Refusal::SameReviewer));
    world.review(1, &approve(BOB)).unwrap();
    assert_eq!(world.status(1), Status::Approved);
    assert_eq!(world.appeal(1, &[]), Err(Refusal::AlreadyAppealed));
    world.start_payout(1).unwrap();
    world.note_paid(1).unwrap();
    assert_eq!(world.appeal(1, &[]), Err(Refusal::AlreadyAppealed));
}

#[test]
fn whoever_agreed_to_the_first_decision_has_had_a_part_in_it() {
    let mut world = World::of_much();
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::PartlyApprove, 60_000), 0).unwrap();
    world.approve(1, ANN).unwrap();
    world.start_payout(1).unwrap();
    world.note_paid(1).unwrap();
    world.appeal(1, &[]).unwrap();
    let more = |by| review_of(by, Outcome::Approve, award(70_000, 0));
    assert_eq!(world.review(1, &more(ANN)), Err(Refusal::SameReviewer));
    world.review(1, &more(BOB)).unwrap();
    assert_eq!(world.status(1), Status::Appealed);
    assert_eq!(world.approve(1, ANN), Err(Refusal::SameReviewer));
    assert_eq!(world.approve(1, BOB), Err(Refusal::SecondPersonNeeded));
    world.approve(1, super::world::CAT).unwrap();
    assert_eq!((world.status(1), world.committed()), (Status::Approved, cents(70_000)));
}

#[test]
fn an_appeal_ends_with_more_or_with_what_was_decided() {
    let mut world = World::new();
    partly_paid(&mut world);
    world.appeal(1, &[]).unwrap();
    let first = cents(3_000);
    for amount in [1, 2_999, 3_000] {
        let less = review_of(BOB, Outcome::PartlyApprove, award(amount, 0));
        assert_eq!(world.review(1, &less), Err(Refusal::BelowFirst { first: dollars(first) }));
    }
    let left = cents(10_000);
    let too_much = review_of(BOB, Outcome::Approve, award(10_001, 0));
    assert_eq!(world.review(1, &too_much), Err(Refusal::AmountExceedsLeft { left: dollars(left) }));
    world.review(1, &review_of(BOB, Outcome::Deny, award(0, 0))).unwrap();
    let claim = world.claim(1);
    assert_eq!((claim.status, claim.committed()), (Status::Paid, cents(3_000)));
    let decision = claim.decision.as_ref().unwrap();
    assert_eq!((decision.outcome, decision.award), (Outcome::PartlyApprove, award(3_000, 0)));
    assert_eq!((decision.reviewed_by, decision.appeal_until), (Some(BOB), None));
}

#[test]
fn an_appeal_pays_the_difference() {
    let mut world = World::new();
    partly_paid(&mut world);
    world.appeal(1, &[]).unwrap();
    world.review(1, &review_of(BOB, Outcome::Approve, award(4_000, 0))).unwrap();
    assert_eq!(world.committed(), cents(4_000));
    world.start_payout(1).unwrap();
    let nets: Vec<_> = world.claim(1).payouts.iter().map(|payout| payout.net).collect();
    assert_eq!(nets, [cents(3_000), cents(1_000)]);
    world.note_paid(1).unwrap();
    assert_eq!(world.status(1), Status::Paid);
}

#[test]
fn an_appeal_has_its_time() {
    let mut world = World::new();
    denied(&mut world);
    let until = world.claim(1).decision.as_ref().unwrap().appeal_until.unwrap();
    world.now = until;
    assert_eq!(world.appeal(1, &[]), Err(Refusal::AppealTooLate));
    world.now = until.saturating_sub(Span::from_micros(1));
    world.appeal(1, &[]).unwrap();
}

#[test]
fn what_can_be_appealed_against() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    assert_eq!(world.appeal(1, &[]), Err(Refusal::NotAppealable));
    world.freeze(1).unwrap();
    world.decide(1, &decided(Outcome::Approve, 100), 0).unwrap();
    assert_eq!(world.appeal(1, &[]), Err(Refusal::NotAppealable));
    world.start_payout(1).unwrap();
    world.note_paid(1).unwrap();
    assert_eq!(world.appeal(1, &[]), Err(Refusal::NotAppealable));

    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 100);
    assert_eq!(world.appeal(1, &[]), Err(Refusal::BeingPaid));
    world.start_payout(1).unwrap();
    assert_eq!(world.appeal(1, &[]), Err(Refusal::BeingPaid));
    world.note_paid(1).unwrap();
    world.appeal(1, &[]).unwrap();
}

#[test]
fn an_appeal_waits_for_another_claim_of_the_same() {
    let mut world = World::new();
    denied(&mut world);
    world.file(&new_claim(2, Ground::TechnicalError)).unwrap();
    let claim = ClaimId::from_bits(2);
    assert_eq!(world.appeal(1, &[]), Err(Refusal::AlreadyOpen { claim }));
    world.withdraw(2).unwrap();
    world.appeal(1, &[]).unwrap();
    let claim = ClaimId::from_bits(1);
    let again = new_claim(3, Ground::TechnicalError);
    assert_eq!(world.file(&again), Err(Refusal::AlreadyOpen { claim }));
}

#[test]
fn taking_a_claim_back() {
    #[track_caller]
    fn check(before: impl FnOnce(&mut World), expected: Result<Status, Refusal>, takes: i64) {
        let mut world = World::new();
        before(&mut world);
        assert_eq!(world.withdraw(1).map(|()| world.status(1)), expected);
        assert_eq!(world.committed(), cents(takes));
        assert!(expected.is_err() || world.claim(1).due_at().is_none());
    }
    let file = |world: &mut World| world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    let withdrawn = Ok(Status::Withdrawn);
    check(file, withdrawn, 0);
    check(|world| world.gathering(1, Ground::TechnicalError), withdrawn, 0);
    check(|world| world.decided(1, Ground::TechnicalError, Outcome::Review, 0), withdrawn, 0);
    check(|world| world.decided(1, Ground::TechnicalError, Outcome::Approve, 10), withdrawn, 0);
    check(denied, Err(Refusal::Ended), 0);
    check(
        |world| {
            world.decided(1, Ground::TechnicalError, Outcome::Approve, 10);
            world.start_payout(1).unwrap();
        },
        Err(Refusal::BeingPaid),
        10,
    );
    check(partly_paid, Err(Refusal::Ended), 3_000);
    // An appeal that is taken back leaves what was decided.
    check(
        |world| {
            denied(world);
            world.appeal(1, &[]).unwrap();
        },
        Ok(Status::Denied),
        0,
    );
    check(
        |world| {
            partly_paid(world);
            world.appeal(1, &[]).unwrap();
        },
        Ok(Status::Paid),
        3_000,
    );
    check(
        |world| {
            partly_paid(world);
            world.appeal(1, &[]).unwrap();
            world.review(1, &review_of(BOB, Outcome::Approve, award(4_000, 0))).unwrap();
        },
        Ok(Status::Paid),
        3_000,
    );
    check(
        |world| {
            denied(world);
            world.appeal(1, &[]).unwrap();
            world.review(1, &review_of(BOB, Outcome::Approve, award(4_000, 0))).unwrap();
        },
        withdrawn,
        0,
    );
}
