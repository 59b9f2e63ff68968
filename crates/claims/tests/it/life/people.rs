//! People who decide: one, a second one, and who may not.

use base::Token;
use claims::{Act, ClaimEvent, Claimant, Decided, Decision, Ground, NewClaim, Outcome, Refusal};
use claims::{Review, Status, StepName};

use super::filing::hinted_claim;
use super::world::{
    ANN, BOB, CAT, OWNER, World, award, cents, decided, dollars, new_claim, review_of,
};

fn in_review(world: &mut World, number: u128) {
    world.gathering(number, Ground::TechnicalError);
    world.decide(number, &decided(Outcome::Review, 0), 0).unwrap();
}

#[test]
fn a_person_decides() {
    #[track_caller]
    fn check(review: &Review, expected: Result<Status, Refusal>) {
        let mut world = World::new();
        in_review(&mut world, 1);
        world.funds.spent = cents(9_900);
        let status = world.review(1, review).map(|()| world.status(1));
        assert_eq!(status, expected, "{review:?}");
        if status.is_ok() {
            let decision = world.claim(1).decision.as_ref().unwrap();
            assert_eq!((decision.reviewed_by, decision.automated), (Some(review.by), false));
        }
    }
    use Outcome::{Approve, Deny, Hold, Link, PartlyApprove, Review as Refer};
    check(&review_of(ANN, Approve, award(500, 0)), Ok(Status::Approved));
    check(&review_of(ANN, PartlyApprove, award(500, 100)), Ok(Status::PartlyApproved));
    check(&review_of(ANN, Deny, award(0, 0)), Ok(Status::Denied));
    check(&review_of(OWNER, Approve, award(500, 0)), Err(Refusal::OwnClaim));
    for outcome in [Hold, Link, Refer] {
        check(&review_of(ANN, outcome, award(0, 0)), Err(Refusal::OutcomeNotAllowed));
    }
    check(&review_of(ANN, Approve, award(0, 0)), Err(Refusal::AmountMismatch));
    check(&review_of(ANN, Approve, award(0, 6)), Ok(Status::Approved));
    check(&review_of(ANN, Deny, award(0, 1)), Err(Refusal::AmountMismatch));
    check(&review_of(ANN, Deny, award(1, 0)), Err(Refusal::AmountMismatch));
    let without = Review { codes: Vec::new(), ..review_of(ANN, Deny, award(0, 0)) };
    check(&without, Err(Refusal::CodesMissing));
    let code = without.codes.first().cloned().unwrap_or(super::world::codes()[0].clone());
    let of = |count| Review { codes: vec![code.clone(); count], ..without.clone() };
    check(&of(4), Ok(Status::Denied));
    check(&of(5), Err(Refusal::CodesMissing));
}

#[test]
fn a_proposal_that_is_sent_back_again_and_again_ends_some_time() {
    let mut world = World::of_much();
    in_review(&mut world, 1);
    let large = review_of(ANN, Outcome::Approve, award(50_001, 0));
    for _ in 0..20 {
        world.review(1, &large).unwrap();
        world.send_back(1, BOB).unwrap();
    }
    assert_eq!(world.review(1, &large), Err(Refusal::TooManyDecisions));
    world.review(1, &review_of(ANN, Outcome::Deny, award(0, 0))).unwrap();
}

#[test]
fn a_large_sum_needs_a_second_person() {
    let mut world = World::of_much();
    in_review(&mut world, 1);
    world.review(1, &review_of(ANN, Outcome::Approve, award(50_001, 0))).unwrap();
    assert_eq!((world.status(1), &*world.events), (Status::InReview, &[ClaimEvent::Proposed][..]));
    assert!(world.claim(1).decision.is_none() && world.committed().is_zero());
    let again = review_of(BOB, Outcome::Deny, award(0, 0));
    assert_eq!(world.review(1, &again), Err(Refusal::ProposalWaits));
    assert_eq!(world.start_payout(1), Err(Refusal::NotApproved));
    assert_eq!(world.approve(1, ANN), Err(Refusal::SecondPersonNeeded));
    assert_eq!(world.approve(1, OWNER), Err(Refusal::OwnClaim));
    world.approve(1, BOB).unwrap();
    assert_eq!((world.status(1), &*world.events), (Status::Approved, &[ClaimEvent::Approved][..]));
    let decision = world.claim(1).decision.as_ref().unwrap();
    assert_eq!((decision.reviewed_by, decision.approved_by), (Some(ANN), Some(BOB)));
    assert_eq!(decision.codes, super::world::codes());
    assert_eq!(world.approve(1, CAT), Err(Refusal::NoProposal));
}

#[test]
fn what_a_rule_proposes_needs_one_person() {
    let mut world = World::of_much();
    // 500.00 is the limit in dollars, and what comes back anyway is not counted.
    world.gathering(2, Ground::FailureToDeliver);
    world.decide(2, &decided(Outcome::Approve, 50_000), 1).unwrap();
    assert_eq!(world.status(2), Status::Approved);
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::Approve, 50_001), 0).unwrap();
    assert_eq!((world.status(1), &*world.events), (Status::InReview, &[ClaimEvent::Proposed][..]));
    world.approve(1, ANN).unwrap();
    let decision = world.claim(1).decision.as_ref().unwrap();
    assert_eq!((decision.automated, decision.reviewed_by), (true, None));
    assert_eq!(decision.approved_by, Some(ANN));
}

#[test]
fn a_proposal_can_be_sent_back() {
    let mut world = World::of_much();
    in_review(&mut world, 1);
    assert_eq!(world.send_back(1, BOB), Err(Refusal::NoProposal));
    world.review(1, &review_of(ANN, Outcome::Approve, award(60_000, 0))).unwrap();
    assert_eq!(world.send_back(1, OWNER), Err(Refusal::OwnClaim));
    world.send_back(1, BOB).unwrap();
    assert!(world.claim(1).steps.open().all(|step| step.name == StepName::Decided));
    world.review(1, &review_of(BOB, Outcome::PartlyApprove, award(55_000, 0))).unwrap();
    // Its own statement, for it is another decision.
    assert_eq!(world.claim(1).decisions, 2);
    assert_eq!(world.approve(1, BOB), Err(Refusal::SecondPersonNeeded));
    world.approve(1, ANN).unwrap();
    assert_eq!(world.status(1), Status::PartlyApproved);
}

#[test]
fn a_proposal_for_which_nothing_is_left_any_more_is_not_approved() {
    let mut world = World::of_much();
    in_review(&mut world, 1);
    world.review(1, &review_of(ANN, Outcome::Approve, award(400_000, 0))).unwrap();
    world.gathering(2, Ground::FailureToDeliver);
    world.decide(2, &decided(Outcome::Approve, 400_000), 0).unwrap();
    world.approve(2, CAT).unwrap();
    let left = super::world::cents(100_000);
    assert_eq!(world.approve(1, BOB), Err(Refusal::AmountExceedsLeft { left: dollars(left) }));
    world.send_back(1, BOB).unwrap();
    world.freeze(1).unwrap();
    world.review(1, &review_of(ANN, Outcome::PartlyApprove, award(100_000, 0))).unwrap();
    world.approve(1, BOB).unwrap();
}

#[test]
fn nothing_is_approved_while_a_dispute_is_open() {
    let mut world = World::of_much();
    in_review(&mut world, 1);
    in_review_on(&mut world, 2, Ground::FailureToDeliver);
    world.review(1, &review_of(ANN, Outcome::Approve, award(60_000, 0))).unwrap();
    world.funds.is_disputed = true;
    world.hold(1).unwrap();
    world.hold(2).unwrap();
    assert_eq!(world.approve(1, BOB), Err(Refusal::PaymentDisputed));
    let approve = review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(2, &approve), Err(Refusal::PaymentDisputed));
    // A denial does not wait, and then there is nothing to wait for.
    world.review(2, &review_of(ANN, Outcome::Deny, award(0, 0))).unwrap();
    assert_eq!(world.claim(2).held_since, None);
    world.funds.is_disputed = false;
    world.release(1).unwrap();
    // The facts do not know how the dispute has ended, so the proposal is gone with them.
    assert_eq!(world.approve(1, BOB), Err(Refusal::NoProposal));
    assert_eq!((world.status(1), world.claim(1).facts), (Status::Gathering, None));
    let open: Vec<_> = world.claim(1).steps.open().map(|step| step.name).collect();
    assert_eq!(open, [StepName::Decided, StepName::Gathered]);
    assert_eq!(world.review(1, &approve), Err(Refusal::NotInReview));
    world.freeze(1).unwrap();
    world.decide(1, &decided(Outcome::Approve, 60_000), 0).unwrap();
    world.approve(1, BOB).unwrap();
}

#[test]
fn an_appeal_waits_for_new_facts_after_a_dispute() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
    world.appeal(1, &[]).unwrap();
    world.hold(1).unwrap();
    world.release(1).unwrap();
    let approve = review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(1, &approve), Err(Refusal::FactsMissing));
    world.freeze(1).unwrap();
    world.review(1, &approve).unwrap();
    assert_eq!(world.status(1), Status::Approved);
}

#[test]
fn an_appeal_while_a_dispute_is_open_waits_for_it() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
    world.funds.is_disputed = true;
    world.appeal(1, &[]).unwrap();
    assert_eq!(world.claim(1).held_since, Some(world.now));
    world.funds.is_disputed = false;
    world.release(1).unwrap();
    let approve = review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(1, &approve), Err(Refusal::FactsMissing));
    world.freeze(1).unwrap();
    world.review(1, &approve).unwrap();
}

#[test]
fn nobody_decides_on_what_they_bought_by_filing_it_as_a_contact() {
    let mut world = World::new();
    world.file(&hinted_claim(1)).unwrap();
    assert_eq!(world.match_claim(1, OWNER), Err(Refusal::OwnClaim));
    world.match_claim(1, ANN).unwrap();
    assert_eq!(world.claim(1).owner, Some(OWNER));
    world.freeze(1).unwrap();
    world.decide(1, &decided(Outcome::Review, 0), 0).unwrap();
    let approve = |by| review_of(by, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(1, &approve(OWNER)), Err(Refusal::OwnClaim));
    world.review(1, &approve(BOB)).unwrap();
}

fn in_review_on(world: &mut World, number: u128, ground: Ground) {
    world.gathering(number, ground);
    world.decide(number, &decided(Outcome::Review, 0), 0).unwrap();
}

#[test]
fn a_charge_that_nobody_finds_is_denied_by_a_person() {
    let mut world = World::new();
    world.file(&hinted_claim(1)).unwrap();
    let approve = review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(1, &approve), Err(Refusal::NotMatched));
    world.review(1, &review_of(ANN, Outcome::Deny, award(0, 0))).unwrap();
    assert_eq!(world.status(1), Status::Denied);
    // An appeal gives it another chance.
    world.appeal(1, &[]).unwrap();
    world.match_claim(1, BOB).unwrap();
    world.freeze(1).unwrap();
    assert_eq!(world.review(1, &approve), Err(Refusal::SameReviewer));
    world.review(1, &review_of(BOB, Outcome::Approve, award(10, 0))).unwrap();
    assert_eq!(world.status(1), Status::Approved);
}

#[test]
fn a_person_decides_only_what_is_for_people() {
    let mut world = World::new();
    let deny = review_of(ANN, Outcome::Deny, award(0, 0));
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    assert_eq!(world.review(1, &deny), Err(Refusal::NotInReview));
    world.freeze(1).unwrap();
    assert_eq!(world.review(1, &deny), Err(Refusal::NotInReview));
    world.decide(1, &decided(Outcome::Deny, 0), 0).unwrap();
    assert_eq!(world.review(1, &deny), Err(Refusal::NotInReview));
    assert_eq!(world.claim(1).claimant, Claimant::Person(OWNER));
}

/// Its facts cannot be put together: once that is late a person decides without them.
#[test]
fn a_person_decides_without_facts_what_would_wait_for_ever() {
    let mut world = World::of_much();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    let grant = |by, cents| review_of(by, Outcome::PartlyApprove, award(cents, 0));
    assert_eq!(world.review(1, &grant(ANN, 10)), Err(Refusal::NotInReview));
    world.now = world.claim(1).due_at().unwrap();
    assert_eq!(world.review(1, &grant(OWNER, 10)), Err(Refusal::OwnClaim));
    // A large sum waits for a second person, who may want it decided anew.
    world.review(1, &grant(ANN, 400_000)).unwrap();
    assert_eq!((world.status(1), world.claim(1).facts), (Status::InReview, None));
    world.send_back(1, BOB).unwrap();
    world.review(1, &grant(ANN, 300_000)).unwrap();
    world.approve(1, BOB).unwrap();
    world.start_payout(1).unwrap();
    assert_eq!(world.committed(), cents(300_000));
    // The next one takes no more than is left, and can be denied.
    world.file(&new_claim(2, Ground::FailureToDeliver)).unwrap();
    world.now = world.claim(2).due_at().unwrap();
    let left = super::world::dollars(cents(200_000));
    let more = world.review(2, &grant(ANN, 200_001));
    assert_eq!(more, Err(Refusal::AmountExceedsLeft { left }));
    world.review(2, &review_of(ANN, Outcome::Deny, award(0, 0))).unwrap();
    // So it is with an appeal.
    world.appeal(2, &[]).unwrap();
    assert_eq!(world.review(2, &grant(BOB, 10)), Err(Refusal::FactsMissing));
    world.now = world.claim(2).due_at().unwrap();
    world.review(2, &grant(BOB, 10)).unwrap();
    world.approve(2, CAT).unwrap();
    assert_eq!(world.status(2), Status::PartlyApproved);
}

/// What is proposed without facts knows of what was paid until then, and of no dispute.
#[test]
fn a_proposal_without_facts_grows_old_too() {
    let grant = |cents| review_of(ANN, Outcome::PartlyApprove, award(cents, 0));
    let proposed = || {
        let mut world = World::of_much();
        world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
        world.now = world.claim(1).steps.last(StepName::Gathered).unwrap().due_at;
        world.review(1, &grant(400_000)).unwrap();
        world
    };
    // Something else is paid before the second person looks.
    let mut world = proposed();
    world.restitute(claims::RestitutionKind::WrongDelivery, 1, 300).unwrap();
    assert_eq!(world.approve(1, BOB), Err(Refusal::FactsOutdated));
    world.send_back(1, BOB).unwrap();
    world.review(1, &grant(300_000)).unwrap();
    world.approve(1, BOB).unwrap();
    // After a dispute it begins again, with its facts.
    let mut world = proposed();
    world.hold(1).unwrap();
    world.release(1).unwrap();
    assert_eq!((world.status(1), &world.claim(1).proposal), (Status::Gathering, &None));
    assert_eq!(world.review(1, &grant(10)), Err(Refusal::NotInReview), "it has its time again");
    world.freeze(1).unwrap();
    // So it does where the proposal was sent back before.
    let mut world = proposed();
    world.send_back(1, BOB).unwrap();
    world.hold(1).unwrap();
    world.now = world.now.saturating_add(base::Span::days(90));
    let deny = review_of(ANN, Outcome::Deny, award(0, 0));
    assert_eq!(world.review(1, &deny), Err(Refusal::FactsMissing), "no clock runs");
    world.release(1).unwrap();
    assert_eq!(world.status(1), Status::Gathering);
}

/// A charge that staff finds late has all the time that its facts take.
#[test]
fn what_is_found_late_is_not_decided_without_facts_at_once() {
    let mut world = World::new();
    world.file(&hinted_claim(1)).unwrap();
    world.now = world.now.saturating_add(base::Span::days(60));
    world.match_claim(1, ANN).unwrap();
    let grant = review_of(BOB, Outcome::PartlyApprove, award(10, 0));
    assert_eq!(world.review(1, &grant), Err(Refusal::NotInReview));
}

/// What a rule decides that does this beside paying.
fn doing(act: Act, amount: i64) -> Decided {
    let usual = decided(Outcome::Approve, amount);
    let table = claims::TableRow {
        name: Token::new("unauthorized_charge").unwrap(),
        version: [0; 32],
        row: Token::new("u1").unwrap(),
    };
    let decision = Decision {
        outcome: usual.outcome,
        amount: usual.amount,
        elsewhere: cents(0),
        table,
        reasons: usual.codes.clone(),
        facts_used: Vec::new(),
        automated: true,
        acts: vec![act],
        would_change: Vec::new(),
    };
    Decided { decision: Some(decision), ..usual }
}

/// Whoever knows a charge must not have its owner's account frozen by that.
#[test]
fn what_stops_the_promotion_of_somebody_else_waits_for_a_person() {
    let decided_by = |claimant, act| {
        let mut world = World::new();
        world.file(&NewClaim { claimant, ..hinted_claim(1) }).unwrap();
        world.match_claim(1, ANN).unwrap();
        world.freeze(1).unwrap();
        world.decide(1, &doing(act, 1_000), 0).unwrap();
        world.status(1)
    };
    for act in [Act::StopPromotion, Act::FreezeAccount] {
        assert_eq!(decided_by(Claimant::Person(CAT), act), Status::InReview);
        assert_eq!(decided_by(super::world::contact(), act), Status::InReview);
        assert_eq!(decided_by(Claimant::Person(OWNER), act), Status::Approved);
    }
}
