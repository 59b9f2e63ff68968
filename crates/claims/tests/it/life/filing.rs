//! Making a claim: what is taken, what is refused, in which order.

use base::{ClaimId, Currency, PersonId, PromotionId, Span};
use claims::{ClaimEvent, Claimant, Ground, MediaType, Named, NewAttachment, NewWords};
use claims::{NewClaim, Outcome, Period, Purchase, Refusal, Status, StepName, limits};

use super::world::{ANN, OWNER, PAYMENT, World, at, contact, day, file_of, hint, new_claim};
use super::world::{decided, purchase, region};

/// One that somebody without an account makes, of a charge on their bank statement.
pub fn hinted_claim(number: u128) -> NewClaim {
    NewClaim {
        claimant: contact(),
        named: Named::Hint(hint()),
        ..new_claim(number, Ground::UnauthorizedCharge)
    }
}

fn period(starts_on: &str, ends_on: &str) -> Option<Period> {
    Some(Period { starts_on: day(starts_on), ends_on: day(ends_on) })
}

/// Claims on a change of the usual case.
#[track_caller]
fn check(
    change: impl FnOnce(&mut NewClaim, &mut Purchase, &mut World),
    expected: Result<(), Refusal>,
) {
    let mut world = World::new();
    let (mut new, mut purchase) = (new_claim(1, Ground::TechnicalError), purchase());
    world.purchase = None;
    change(&mut new, &mut purchase, &mut world);
    world.purchase = world.purchase.or(Some(purchase));
    assert_eq!(world.preview(&new).map(|_| ()), expected);
    assert_eq!(world.file(&new), expected);
    assert_eq!(world.claims.len(), usize::from(expected.is_ok()));
}

#[test]
fn what_is_taken() {
    check(|_, _, _| {}, Ok(()));
    check(|new, _, _| new.ground = Ground::UnauthorizedCharge, Ok(()));
    check(|new, _, _| new.ground = Ground::PoorOutcome, Ok(()));
    check(|new, _, _| new.ground = Ground::Other, Ok(()));
    check(
        |new, purchase, _| {
            new.named = Named::Charge(PAYMENT);
            purchase.payment = Some(PAYMENT);
        },
        Ok(()),
    );
    check(|new, _, _| (new.named, new.claimant) = (Named::Hint(hint()), contact()), Ok(()));
    check(|new, _, _| new.period = period("2026-03-02", "2026-03-07"), Ok(()));
    check(|new, _, _| new.words.bytes = limits::DESCRIPTION_BYTES_MAX, Ok(()));
    // While it is shown, but not about what was delivered.
    check(|_, purchase, _| purchase.ends_at = at("2026-03-20T00:00:00Z"), Ok(()));
}

#[test]
fn what_is_refused_about_its_subject() {
    let elsewhere = Named::Promotion(PromotionId::from_bits(99));
    check(|new, _, _| new.named = elsewhere, Err(Refusal::SubjectNotFound));
    check(|new, _, _| new.named = Named::Charge(PAYMENT), Err(Refusal::SubjectNotFound));
    check(|new, _, _| new.claimant = contact(), Err(Refusal::AccountNeeded));
    check(|new, _, _| new.claimant = Claimant::Person(ANN), Err(Refusal::NotTheirs));
    check(|_, purchase, _| purchase.paid_at = None, Err(Refusal::NotPaid));
    let ends_at = at("2026-03-20T00:00:00Z");
    for ground in [Ground::FailureToDeliver, Ground::PoorOutcome] {
        check(
            |new, purchase, _| (new.ground, purchase.ends_at) = (ground, ends_at),
            Err(Refusal::NotOver { ends_at }),
        );
        check(
            |new, purchase, _| {
                (new.ground, new.named) = (ground, Named::Charge(PAYMENT));
                purchase.payment = Some(PAYMENT);
            },
            Err(Refusal::GroundNeedsPromotion),
        );
        check(
            |new, _, _| {
                (new.ground, new.named) = (ground, Named::Hint(hint()));
                new.claimant = contact();
            },
            Err(Refusal::GroundNeedsPromotion),
        );
    }
}

#[test]
fn what_is_refused_about_its_words() {
    for (starts_on, ends_on) in
        [("2026-03-01", "2026-03-03"), ("2026-03-03", "2026-03-08"), ("2026-03-05", "2026-03-04")]
    {
        check(|new, _, _| new.period = period(starts_on, ends_on), Err(Refusal::PeriodOutside));
    }
    // No day of the future is known, whatever is claimed.
    check(
        |new, purchase, _| {
            purchase.ends_at = at("2026-03-20T00:00:00Z");
            new.period = period("2026-03-09", "2026-03-10");
        },
        Err(Refusal::PeriodOutside),
    );
    check(|new, _, _| new.words.bytes = 0, Err(Refusal::DescriptionMissing));
    let too_long = limits::DESCRIPTION_BYTES_MAX + 1;
    check(|new, _, _| new.words.bytes = too_long, Err(Refusal::DescriptionTooLong));
    let of_size = |bytes| NewAttachment { bytes, ..file_of(1) };
    let largest = of_size(limits::ATTACHMENT_BYTES_MAX);
    check(|new, _, _| new.attachments = vec![largest], Ok(()));
    check(|new, _, _| new.attachments = vec![of_size(0)], Err(Refusal::AttachmentEmpty));
    let too_large = of_size(limits::ATTACHMENT_BYTES_MAX + 1);
    check(|new, _, _| new.attachments = vec![too_large], Err(Refusal::AttachmentTooLarge));
    let many = u8::try_from(limits::ATTACHMENTS_MAX).unwrap();
    check(|new, _, _| new.attachments = (0..many).map(file_of).collect(), Ok(()));
    check(
        |new, _, _| new.attachments = (0..=many).map(file_of).collect(),
        Err(Refusal::TooManyAttachments),
    );
    // The same file twice is one.
    check(|new, _, _| new.attachments = vec![file_of(1); 20], Ok(()));
}

#[test]
fn the_first_reason_in_the_documented_order_is_given() {
    // Everything is wrong; each line puts one thing right.
    let mut world = World::new();
    world.file(&new_claim(1, Ground::FailureToDeliver)).unwrap();
    let mut new = NewClaim {
        claimant: contact(),
        named: Named::Charge(PAYMENT),
        period: period("2026-03-05", "2026-03-04"),
        words: NewWords { person: ANN, sealed: Box::new([2]), bytes: 0 },
        ..new_claim(1, Ground::FailureToDeliver)
    };
    let ends_at = at("2026-03-20T00:00:00Z");
    let purchase = Purchase { paid_at: None, ends_at, owner: ANN, ..purchase() };
    world.purchase = Some(purchase);
    assert_eq!(world.file(&new), Err(Refusal::IdTaken));
    new.id = ClaimId::from_bits(2);
    assert_eq!(world.file(&new), Err(Refusal::AccountNeeded));
    new.claimant = Claimant::Person(OWNER);
    assert_eq!(world.file(&new), Err(Refusal::SubjectNotFound));
    world.purchase.as_mut().unwrap().payment = Some(PAYMENT);
    assert_eq!(world.file(&new), Err(Refusal::NotTheirs));
    world.purchase.as_mut().unwrap().owner = OWNER;
    assert_eq!(world.file(&new), Err(Refusal::NotPaid));
    world.purchase.as_mut().unwrap().paid_at = Some(at("2026-03-02T10:00:00Z"));
    assert_eq!(world.file(&new), Err(Refusal::NotOver { ends_at }));
    world.purchase.as_mut().unwrap().ends_at = at("2026-03-07T00:00:00Z");
    assert_eq!(world.file(&new), Err(Refusal::GroundNeedsPromotion));
    new.named = Named::Promotion(super::world::PROMOTION);
    assert!(matches!(world.file(&new), Err(Refusal::PeriodOutside)));
    new.period = None;
    assert_eq!(world.file(&new), Err(Refusal::DescriptionMissing));
    new.words.bytes = 1;
    let claim = ClaimId::from_bits(1);
    assert_eq!(world.file(&new), Err(Refusal::AlreadyOpen { claim }));
    new.ground = Ground::Other;
    world.file(&new).unwrap();
}

#[test]
fn a_claim_is_acknowledged_at_once_and_its_clocks_run() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    assert_eq!(world.events, [ClaimEvent::Filed]);
    let claim = world.claim(1);
    assert_eq!(claim.status, Status::Received);
    let steps: Vec<_> = claim.steps.all().iter().map(|step| (step.name, step.done_at)).collect();
    let expected = [
        (StepName::Received, Some(world.now)),
        (StepName::Gathered, None),
        (StepName::Decided, None),
    ];
    assert_eq!(steps, expected);
    // Monday noon: a business day is Tuesday, five of them end on Monday.
    assert_eq!(claim.due_at(), Some(at("2026-03-11T00:00:00Z")));
    let decided = claim.steps.last(StepName::Decided).unwrap();
    assert_eq!(decided.due_at, at("2026-03-17T00:00:00Z"));
    assert_eq!(claim.is_in_time(), Some(true));
}

#[test]
fn coming_late_is_a_fact_and_no_refusal() {
    let mut world = World::new();
    world.now = at("2026-07-05T23:59:59Z");
    world.file(&new_claim(1, Ground::FailureToDeliver)).unwrap();
    // 120 days after 2026-03-07 end with 2026-07-05.
    assert_eq!(world.claim(1).is_in_time(), Some(true));
    world.withdraw(1).unwrap();
    world.later(Span::seconds(1));
    world.file(&new_claim(2, Ground::FailureToDeliver)).unwrap();
    assert_eq!(world.claim(2).is_in_time(), Some(false));
}

#[test]
fn staff_finds_what_a_claim_without_an_account_is_about() {
    let mut world = World::new();
    world.file(&hinted_claim(1)).unwrap();
    assert_eq!((world.claim(1).promotion, world.claim(1).is_in_time()), (None, None));
    assert_eq!(world.freeze(1), Err(Refusal::NotMatched));
    world.purchase.as_mut().unwrap().currency = Currency::EUR;
    assert_eq!(world.match_claim(1, ANN), Err(Refusal::CurrencyMismatch));
    world.purchase.as_mut().unwrap().currency = Currency::USD;
    world.match_claim(1, ANN).unwrap();
    let claim = world.claim(1);
    assert_eq!((claim.matched_by, claim.region), (Some(ANN), Some(region("US-CA"))));
    // 91 days after the charge, for it was by card in the United States.
    assert_eq!(claim.window_until, Some(at("2026-06-02T00:00:00Z")));
    assert_eq!(claim.hint, Some(hint()));
    assert_eq!(world.match_claim(1, ANN), Err(Refusal::AlreadyMatched));
    world.freeze(1).unwrap();
    assert_eq!(world.status(1), Status::Gathering);
}

#[test]
fn a_claim_that_is_matched_is_decided_by_when_the_law_there_says() {
    let mut world = World::new();
    world.file(&hinted_claim(1)).unwrap();
    let due = |world: &World| world.claim(1).steps.last(StepName::Decided).unwrap().due_at;
    let before = due(&world);
    world.purchase.as_mut().unwrap().region = Some(region("AT"));
    world.match_claim(1, ANN).unwrap();
    assert!(due(&world) < before, "{:?} {before:?}", due(&world));
}

#[test]
fn nobody_matches_a_claim_of_their_own() {
    let mut world = World::new();
    let new = NewClaim {
        claimant: Claimant::Person(ANN),
        named: Named::Hint(hint()),
        ..new_claim(1, Ground::UnauthorizedCharge)
    };
    world.file(&new).unwrap();
    assert_eq!(world.match_claim(1, ANN), Err(Refusal::OwnClaim));
    world.withdraw(1).unwrap();
    assert_eq!(world.match_claim(1, ANN), Err(Refusal::Ended));
}

#[test]
fn a_match_to_what_is_claimed_already_names_that_claim() {
    let mut world = World::new();
    world.file(&new_claim(1, Ground::UnauthorizedCharge)).unwrap();
    let new = NewClaim {
        claimant: contact(),
        named: Named::Hint(hint()),
        ..new_claim(2, Ground::UnauthorizedCharge)
    };
    world.file(&new).unwrap();
    let claim = ClaimId::from_bits(1);
    assert_eq!(world.match_claim(2, ANN), Err(Refusal::AlreadyOpen { claim }));
}

#[test]
fn the_same_again_is_linked_to_the_first() {
    #[track_caller]
    fn check(
        first: impl FnOnce(&mut NewClaim),
        second: impl FnOnce(&mut NewClaim),
        is_linked: bool,
    ) {
        let mut world = World::new();
        let (mut one, mut two) =
            (new_claim(1, Ground::TechnicalError), new_claim(2, Ground::TechnicalError));
        first(&mut one);
        second(&mut two);
        world.file(&one).unwrap();
        let claim = one.id;
        assert_eq!(world.file(&two), Err(Refusal::AlreadyOpen { claim }));
        world.freeze(1).unwrap();
        world.decide(1, &super::world::decided(Outcome::Deny, 0), 0).unwrap();
        world.file(&two).unwrap();
        assert_eq!(world.claim(2).linked_to, is_linked.then_some(one.id));
    }
    check(|_| {}, |_| {}, true);
    check(|one| one.attachments = vec![file_of(1)], |_| {}, true);
    check(|one| one.attachments = vec![file_of(1)], |two| two.attachments = vec![file_of(1)], true);
    check(|_| {}, |two| two.attachments = vec![file_of(1)], false);
    check(|_| {}, |two| two.period = period("2026-03-04", "2026-03-05"), true);
    let some_days = || period("2026-03-04", "2026-03-05");
    check(|one| one.period = some_days(), |_| {}, false);
    check(|one| one.period = some_days(), |two| two.period = some_days(), true);
    check(
        |one| one.period = some_days(),
        |two| two.period = period("2026-03-05", "2026-03-06"),
        false,
    );
}

#[test]
fn days_that_were_not_over_are_not_the_same_again() {
    for (ends_on, is_linked) in [("2026-03-04", true), ("2026-03-05", false)] {
        let mut world = World::new();
        world.now = at("2026-03-05T12:00:00Z");
        world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
        world.now = at("2026-03-06T12:00:00Z");
        let period = period("2026-03-04", ends_on);
        world.file(&NewClaim { period, ..new_claim(2, Ground::TechnicalError) }).unwrap();
        let first = is_linked.then_some(ClaimId::from_bits(1));
        assert_eq!(world.claim(2).linked_to, first, "{ends_on}");
    }
}

#[test]
fn a_chain_of_the_same_leads_to_the_first() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
    world.decided(2, Ground::TechnicalError, Outcome::Link, 0);
    assert_eq!(world.status(2), Status::Denied);
    world.file(&new_claim(3, Ground::TechnicalError)).unwrap();
    assert_eq!(world.claim(3).linked_to, Some(ClaimId::from_bits(1)));
    // What was withdrawn was never decided.
    let mut world = World::new();
    world.file(&new_claim(1, Ground::TechnicalError)).unwrap();
    world.withdraw(1).unwrap();
    world.file(&new_claim(2, Ground::TechnicalError)).unwrap();
    assert_eq!(world.claim(2).linked_to, None);
}

#[test]
fn a_new_file_ends_the_link_to_what_was_decided() {
    let mut world = World::new();
    world.decided(1, Ground::TechnicalError, Outcome::Deny, 0);
    world.gathering(2, Ground::TechnicalError);
    assert_eq!(world.claim(2).linked_to, Some(ClaimId::from_bits(1)));
    world.attach(2, file_of(3)).unwrap();
    assert_eq!(world.claim(2).linked_to, None);
    // Facts that do not know of it would link it still: a person looks.
    world.decide(2, &decided(Outcome::Link, 0), 0).unwrap();
    assert_eq!(world.status(2), Status::InReview);
}

#[test]
fn claims_count_for_a_year_and_the_newest_hundred_are_remembered() {
    let claimant = Claimant::Person(OWNER);
    let day = |days: u64| super::world::at("2026-01-01T00:00:00Z").saturating_add(Span::days(days));
    let recent = vec![day(0), day(1), day(365)];
    let row = claims::ClaimantClaims { recent, ever: 3, ..claims::ClaimantClaims::new(claimant) };
    let counted = [0, 1, 2, 365, 366, 730].map(|days| row.in_year_before(day(days)));
    // One of the same instant is the claim itself.
    assert_eq!(counted, [0, 1, 2, 1, 1, 0]);
}

#[test]
fn there_are_so_many_claims_at_a_time_and_for_one_promotion() {
    let mut world = World::new();
    for number in 0..u128::from(limits::OPEN_CLAIMS_MAX) {
        let mut purchase = purchase();
        purchase.promotion = PromotionId::from_bits(100 + number);
        let named = Named::Promotion(purchase.promotion);
        world.purchase = Some(purchase);
        let new = NewClaim { named, ..new_claim(number, Ground::Other) };
        let claim = world.preview(&new).unwrap();
        assert_eq!(claim.promotion, Some(PromotionId::from_bits(100 + number)));
        world
            .claimants
            .entry(new.claimant.id())
            .or_insert(claims::ClaimantClaims::new(Claimant::Person(OWNER)));
        world.claimants.get_mut(&new.claimant.id()).unwrap().open += 1;
    }
    world.purchase = Some(purchase());
    assert_eq!(world.file(&new_claim(99, Ground::Other)), Err(Refusal::TooManyOpen));
    // Somebody else is not held up by that.
    world.purchase.as_mut().unwrap().owner = PersonId::from_bits(77);
    let claimant = Claimant::Person(PersonId::from_bits(77));
    world.preview(&NewClaim { claimant, ..new_claim(99, Ground::Other) }).unwrap();

    let mut world = World::new();
    for number in 0..limits::CLAIMS_PER_PROMOTION_MAX {
        let number = u128::try_from(number).unwrap();
        world.file(&new_claim(number, Ground::Other)).unwrap();
        world.withdraw(number).unwrap();
    }
    assert_eq!(world.file(&new_claim(99, Ground::Other)), Err(Refusal::TooManyClaims));
}

#[test]
fn files_are_attached_until_it_is_decided() {
    let mut world = World::new();
    world.gathering(1, Ground::TechnicalError);
    world.attach(1, file_of(1)).unwrap();
    assert_eq!(world.attach(1, file_of(1)), Err(Refusal::NothingToChange));
    let pdf = NewAttachment { media: MediaType::Pdf, ..file_of(2) };
    world.attach(1, pdf).unwrap();
    assert_eq!(world.claim(1).attachments.len(), 2);
    for byte in 3..=10 {
        world.attach(1, file_of(byte)).unwrap();
    }
    assert_eq!(world.attach(1, file_of(11)), Err(Refusal::TooManyAttachments));
    world.decide(1, &super::world::decided(Outcome::Deny, 0), 0).unwrap();
    assert_eq!(world.attach(1, file_of(12)), Err(Refusal::Decided));
}
