//! What the rules decide, and what becomes of it.

use base::{Amount, ClaimId, Currency, PersonId, Span};
use claims::{
    AutomaticPaid, AutomaticPayment, Payer, automatic_sums, follow_payers, is_cap_unknown,
};
use claims::{
    Cause, ClaimEvent, Decided, Digest, FactName, Ground, Outcome, Refusal, RestitutionKind, Status,
};
use claims::{Claim, Claimant, Finding, Fingerprint, Instrument, InstrumentClaims, StepName};
use claims::{Value, WhyUnknown, follow_instruments, ring_marks};

use super::world::{ANN, World, at, award, cents, codes, decided, dollars, new_claim, review_of};

#[test]
fn outcomes() {
    #[track_caller]
    fn check(decided: &Decided, elsewhere: i64, status: Status, event: ClaimEvent, takes: i64) {
        let mut world = World::new();
        world.gathering(1, Ground::TechnicalError);
        world.decide(1, decided, elsewhere).unwrap();
        assert_eq!((world.status(1), &*world.events), (status, &[event][..]), "{decided:?}");
        assert_eq!(world.committed(), cents(takes), "{decided:?}");
        let is_decided = event == ClaimEvent::Decided;
        assert_eq!(world.claim(1).decision.is_some(), is_decided);
        assert_eq!(world.claim(1).held_since.is_some(), event == ClaimEvent::Held);
    }
    use ClaimEvent::{Decided as IsDecided, Held, Referred};
    use Outcome::{Approve, Deny, Hold, Link, PartlyApprove, Review};
    check(&decided(Approve, 3_000), 0, Status::Approved, IsDecided, 3_000);
    check(&decided(PartlyApprove, 3_000), 0, Status::PartlyApproved, IsDecided, 3_000);
    check(&decided(Approve, 10_000), 0, Status::Approved, IsDecided, 10_000);
    // What a settlement returns is not taken of what was spent.
    check(&decided(Approve, 2_000), 1_000, Status::Approved, IsDecided, 2_000);
    check(&decided(Approve, 10_000), 2_000, Status::Approved, IsDecided, 10_000);
    // A rule that stops the promotion may pay nothing itself.
    check(&decided(Approve, 0), 3_000, Status::Approved, IsDecided, 0);
    check(&decided(Deny, 0), 0, Status::Denied, IsDecided, 0);
    check(&decided(Review, 0), 0, Status::InReview, Referred, 0);
    check(&decided(Review, 5), 0, Status::InReview, Referred, 0);
    let extended = Decided { waits_for_extension: true, ..decided(Hold, 0) };
    check(&extended, 0, Status::Gathering, Held, 0);
    // A rule that contradicts itself, or wants more than there is, leaves it to a person.
    check(&decided(Approve, 0), 0, Status::InReview, Referred, 0);
    check(&decided(Approve, 10_001), 0, Status::InReview, Referred, 0);
    check(&decided(Deny, 0), 1, Status::InReview, Referred, 0);
    check(&decided(Deny, 1), 0, Status::InReview, Referred, 0);
    check(&decided(Link, 0), 0, Status::InReview, Referred, 0);
    // So does one that pays under a cap of which nobody knows how much is used up.
    let beyond = Decided { is_cap_unknown: true, ..decided(Approve, 3_000) };
    check(&beyond, 0, Status::InReview, Referred, 0);
}

/// A payer's row that is full tells no sum, and no rule pays by it any more, whatever a table asks.
#[test]
fn a_payer_has_a_hundred_payments_a_year_at_most() {
    let mut world = World::new();
    world.gathering(1, Ground::UnauthorizedCharge);
    world.decide(1, &decided(Outcome::Approve, 3_000), 0).unwrap();
    let payment = |number: u64| AutomaticPayment {
        claim: ClaimId::from_bits(100 + u128::from(number)),
        currency: Currency::USD,
        amount: cents(1),
        at: world.now,
    };
    let payer = Payer::Person(world.claim(1).owner.unwrap());
    let row = |count: u64| AutomaticPaid {
        payer: payer.id(),
        payments: (0..count).map(payment).collect(),
    };
    let sums =
        |row: &AutomaticPaid| automatic_sums(&[(payer, Some(row))], Currency::USD, world.now);
    let (room, full) = (row(99), row(100));
    assert!(!is_cap_unknown(&sums(&room)));
    assert!(is_cap_unknown(&sums(&full)));
    let after = follow_payers(world.claim(1), Some(world.now), &[(payer, Some(&room))]);
    assert!(is_cap_unknown(&sums(&after[0])), "the hundredth fills it");
}

#[test]
fn nothing_waits_for_a_dispute_that_is_over() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    let hold = decided(Outcome::Hold, 0);
    assert_eq!(world.decide(1, &hold, 0), Err(Refusal::NothingToWaitFor));
    world.freeze(1).unwrap();
    world.funds.is_disputed = true;
    world.decide(1, &hold, 0).unwrap();
    assert_eq!(&*world.events, &[ClaimEvent::Held]);
}

/// What is paid first is the loss that facts name; the rest is for delivery.
#[test]
fn what_is_paid_is_summed_by_cause() {
    let mut world = World::new();
    world.lose(FactName::OverBudget, 300);
    world.lose(FactName::WrongDelivery, 200);
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::PartlyApprove, 1_000), 0).unwrap();
    let sums = |world: &World| {
        let of = |cause| world.row().unwrap().causes.of(cause).minor();
        [Cause::Overspend, Cause::WrongDelivery, Cause::Delivery].map(of)
    };
    assert_eq!(sums(&world), [300, 200, 500]);
    // The same loss is found once more, as a restitution and as more than there was.
    let again = |world: &mut World, loss| world.restitute(RestitutionKind::Overspend, 1, loss);
    assert_eq!(again(&mut world, 300), Err(Refusal::NothingToRepay));
    again(&mut world, 450).unwrap();
    assert_eq!(sums(&world), [450, 200, 500]);
    world.withdraw(1).unwrap();
    assert_eq!(sums(&world), [150, 0, 0]);
}

/// Two claims on facts of the same time would both be paid for one loss.
#[test]
fn nothing_is_paid_on_facts_that_do_not_know_what_was_paid() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    world.gathering(2, Ground::UnauthorizedCharge);
    world.gathering(3, Ground::Other);
    world.decide(3, &decided(Outcome::Review, 0), 0).unwrap();
    let pays = decided(Outcome::PartlyApprove, 100);
    world.decide(1, &pays, 0).unwrap();
    assert_eq!(world.decide(2, &pays, 0), Err(Refusal::FactsOutdated));
    let review = review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(3, &review), Err(Refusal::FactsOutdated));
    world.freeze(3).unwrap();
    assert_eq!(world.status(3), Status::InReview);
    world.review(3, &review).unwrap();
    assert_eq!(world.decide(2, &pays, 0), Err(Refusal::FactsOutdated));
    world.decide(2, &decided(Outcome::Deny, 0), 0).unwrap();
}

#[test]
fn facts_come_first() {
    let mut world = World::new();
    let approve = decided(Outcome::Approve, 10);
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    assert_eq!(world.decide(1, &approve, 0), Err(Refusal::NotGathering));
    world.freeze(1).unwrap();
    assert_eq!(
        (world.claim(1).facts, world.status(1)),
        (Some(Digest(world.facts.digest())), Status::Gathering)
    );
    let gathered = world.claim(1).steps.last(StepName::Gathered).unwrap();
    assert_eq!(gathered.done_at, Some(world.now));
    // Put together again, they replace the others.
    world.lose(FactName::OverBudget, 4);
    let other = Digest(world.facts.digest());
    world.freeze(1).unwrap();
    world.decide(1, &approve, 0).unwrap();
    let decision = world.claim(1).decision.as_ref().unwrap();
    assert_eq!((decision.facts, decision.automated), (Some(other), true));
    assert_eq!(decision.statement, claims::statement_id(ClaimId::from_bits(1), 1));
    assert_eq!(world.freeze(1), Err(Refusal::NotGathering));
    assert_eq!(world.decide(1, &approve, 0), Err(Refusal::NotGathering));
}

#[test]
fn two_claims_share_what_was_spent() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::PartlyApprove, 7_000);
    world.gathering(2, Ground::FailureToDeliver);
    world.decide(2, &decided(Outcome::Approve, 3_001), 0).unwrap();
    assert_eq!(world.status(2), Status::InReview);
    let too_much = super::world::review_of(ANN, Outcome::Approve, award(3_001, 0));
    let left = cents(3_000);
    assert_eq!(world.review(2, &too_much), Err(Refusal::AmountExceedsLeft { left: dollars(left) }));
    let all = super::world::review_of(ANN, Outcome::Approve, award(3_000, 0));
    world.review(2, &all).unwrap();
    assert_eq!(world.committed(), cents(10_000));
    // What is taken back is free for others.
    world.withdraw(1).unwrap();
    assert_eq!(world.funds.left(world.committed()), cents(7_000));
}

#[test]
fn money_of_another_currency_goes_to_a_person() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    world.funds.currency = Currency::EUR;
    world.decide(1, &decided(Outcome::Approve, 10), 0).unwrap();
    assert_eq!(world.status(1), Status::InReview);
    let all = super::world::review_of(ANN, Outcome::Approve, award(10, 0));
    assert_eq!(world.review(1, &all), Err(Refusal::CurrencyMismatch));
}

#[test]
fn a_dispute_holds_a_claim_and_gives_it_its_time_again() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    let before = world.claim(1).due_at().unwrap();
    world.funds.is_disputed = true;
    // A rule that does not know of it approves nothing.
    world.decide(1, &decided(Outcome::Approve, 10), 0).unwrap();
    assert_eq!((world.status(1), &*world.events), (Status::Gathering, &[ClaimEvent::Held][..]));
    assert_eq!(world.hold(1), Err(Refusal::NothingToChange));
    assert_eq!(world.decide(1, &decided(Outcome::Deny, 0), 0), Err(Refusal::PaymentDisputed));
    world.now = at("2026-04-20T12:00:00Z");
    assert_eq!(world.claim(1).due_at(), None);
    assert_eq!(world.escalate(1), Err(Refusal::NothingDue));
    world.funds.is_disputed = false;
    world.release(1).unwrap();
    // Its facts first, and then the decision.
    assert_eq!(world.claim(1).due_at(), Some(at("2026-04-22T00:00:00Z")));
    assert_eq!(world.release(1), Err(Refusal::NothingToChange));
    world.freeze(1).unwrap();
    let after = world.claim(1).due_at().unwrap();
    assert!(after > before);
    assert_eq!(after, at("2026-04-28T00:00:00Z"));
    world.decide(1, &decided(Outcome::Approve, 10), 0).unwrap();
    assert_eq!(world.status(1), Status::Approved);
}

#[test]
fn other_clocks_do_not_make_a_step_due_earlier() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    let before = world.claim(1).due_at();
    let shorter = super::clocks::LEAST.replace("5 business days", "1 business day");
    world.tables = claims::ClockTables::load(&[("shorter", &shorter)]).unwrap();
    world.hold(1).unwrap();
    world.release(1).unwrap();
    world.freeze(1).unwrap();
    assert_eq!(world.claim(1).due_at(), before);
}

#[test]
fn after_a_dispute_the_facts_are_gathered_anew() {
    let mut world = World::new();
    world.gathering(1, Ground::UnauthorizedCharge);
    world.hold(1).unwrap();
    world.funds.lost = cents(9_990);
    world.release(1).unwrap();
    assert_eq!(world.decide(1, &decided(Outcome::Approve, 11), 0), Err(Refusal::FactsMissing));
    world.freeze(1).unwrap();
    // What the bank has given pays what is granted first, so nothing less may be.
    world.decide(1, &decided(Outcome::Approve, 10_001), 0).unwrap();
    assert_eq!(world.status(1), Status::InReview);
    let left = cents(10_000);
    let review = super::world::review_of(ANN, Outcome::Approve, award(10_001, 0));
    assert_eq!(world.review(1, &review), Err(Refusal::AmountExceedsLeft { left: dollars(left) }));
    let review = super::world::review_of(ANN, Outcome::PartlyApprove, award(10_000, 0));
    world.review(1, &review).unwrap();
}

#[test]
fn reasons_of_a_rule_are_kept_as_they_are() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    world.decide(1, &decided(Outcome::Deny, 0), 0).unwrap();
    let decision = world.claim(1).decision.as_ref().unwrap();
    assert_eq!(decision.codes, codes());
    assert_eq!((decision.reviewed_by, decision.award.total()), (None, Amount::ZERO));
    // Six months, to the end of the day.
    assert_eq!(decision.appeal_until, Some(at("2026-09-10T00:00:00Z")));
}

/// A row of an instrument stays small, however often somebody claims over it, and others are
/// counted all the same.
#[test]
fn what_is_known_of_an_instrument_is_bounded_and_nobody_drives_out_others() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::UnauthorizedCharge)).unwrap();
    let instrument = Instrument::Device(Fingerprint([7; 16]));
    let claim = world.claim(1).clone();
    let of = |number: u128, person: u128| Claim {
        id: ClaimId::from_bits(number),
        claimant: Claimant::Person(PersonId::from_bits(person)),
        owner: Some(PersonId::from_bits(person)),
        filed_at: world.now.saturating_add(Span::hours(u64::try_from(number).unwrap())),
        ..claim.clone()
    };
    let now = world.now.saturating_add(Span::days(30));
    let mut row = InstrumentClaims { id: instrument.id(), claims: Vec::new() };
    let mut add = |claim: &Claim| {
        let after = follow_instruments(claim, &[(instrument, Some(&row))], now);
        assert_eq!(follow_instruments(claim, &[(instrument, after.first())], now), []);
        row = after.into_iter().next().unwrap_or_else(|| row.clone());
        (row.claims.len(), ring_marks(&[(instrument, Some(&row))], &of(0, 0), now))
    };
    let marks = |count| Finding::Known(Value::Count(count));
    for number in 1..=9 {
        let kept = usize::try_from(number).unwrap().min(4);
        assert_eq!(add(&of(number, 1)), (kept, marks(1)));
    }
    assert_eq!(add(&of(10, 2)), (5, marks(2)));
    // Of others the oldest leaves.
    for number in 0..200 {
        add(&of(11 + number, 3 + number));
    }
    assert_eq!(row.claims.len(), 64);
    assert_eq!(ring_marks(&[(instrument, Some(&row))], &of(0, 0), now), marks(64));
    assert_eq!(ring_marks(&[(instrument, Some(&row))], &of(0, 202), now), marks(63));
    // Where nothing is known of what was paid with, nothing is known of who shares it.
    let unknown = Finding::Unknown(WhyUnknown::NotRecorded);
    assert_eq!(ring_marks(&[], &of(0, 0), now), unknown);
    assert_eq!(ring_marks(&[(instrument, None)], &of(0, 0), now), marks(0));
}
