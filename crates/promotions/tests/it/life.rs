//! The life of a promotion, deed by deed.

use base::{Amount, MethodId, Money, Span};
use promotions::{
    Actor, Audience, Authorization, DeedKind, EndCause, Factor, MethodFacts, PayWith,
};
use promotions::{CheckCode, Refusal, State, StopCause, Terms, TermsChange, Visibility};
use promotions::{Promise, Promotion, PromotionEvent, Submission};

use crate::world::{
    ADVERTISER, ANN, BOB, CHECKOUT, World, at, cents, dollars, hold, label, rule, terms,
};

fn kinds(world: &World) -> Vec<DeedKind> {
    world.deeds.iter().map(|deed| deed.kind).collect()
}

fn edit(world: &mut World, change: &TermsChange) -> Result<(), Refusal> {
    let promotion = world.only().clone();
    let quote = world.quote(&change.apply(&promotion.terms));
    let edited = world.with_facts(&quote, |facts| {
        promotions::edit(change, &promotion, facts, ADVERTISER, world.context())
    });
    world.keep(edited)
}

fn follow(world: &mut World) -> Result<(), Refusal> {
    let (id, post) = (world.only().id, world.post.clone());
    world.change(id, |row, at| promotions::follow_post(row, &post, hold(), at))
}

#[test]
fn from_a_draft_to_its_settlement() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    assert_eq!(world.only().state, State::Draft);
    assert_eq!(world.settle(id), Err(Refusal::NotEnded));
    assert_eq!(world.fund(id, dollars(5_000)), Err(Refusal::NotBeingPaid));
    world.submit(id).unwrap();
    assert_eq!(world.submit(id), Err(Refusal::BeingPaid));
    world.fund(id, dollars(5_000)).unwrap();
    assert_eq!(world.only().state, State::InReview);
    assert_eq!(world.post.promotions, [id]);
    assert_eq!(world.fund(id, dollars(5_000)), Err(Refusal::NotDraft));
    assert_eq!(world.lease(id, 10), Err(Refusal::NotRunning));
    world.approve(id).unwrap();
    assert_eq!(
        (world.only().state, world.only().due_at()),
        (State::Scheduled, Some(terms().starts_at))
    );
    assert_eq!(world.lease(id, 10), Err(Refusal::NotRunning));
    let due_at = terms().starts_at;
    assert_eq!(world.change(id, promotions::start), Err(Refusal::NotDue { due_at }));

    world.now = due_at;
    // What time leads to counts before it is booked.
    let slice = world.lease(id, 10).unwrap();
    world.change(id, promotions::start).unwrap();
    assert_eq!(world.only().state, State::Running);
    world.give_back(id, slice, 0).unwrap();
    world.now = terms().ends_at;
    assert_eq!(world.lease(id, 10), Err(Refusal::NotRunning));
    world.change(id, |row, at| promotions::complete(row, hold(), at)).unwrap();
    // An hour for views, and three days for verdicts.
    let due_at = at("2026-03-09T13:00:00Z");
    assert_eq!(world.only().due_at(), Some(due_at));
    assert_eq!(world.settle(id), Err(Refusal::NotDue { due_at }));
    world.now = due_at;
    world.settle(id).unwrap();
    assert_eq!((world.only().state, world.only().returned), (State::Settled, cents(5_000)));
    assert_eq!(world.settle(id), Err(Refusal::NothingToSettle));
    assert!(world.post.promotions.is_empty());
    let expected = [
        DeedKind::Composed,
        DeedKind::Submitted,
        DeedKind::Funded,
        DeedKind::Approved,
        DeedKind::Started,
        DeedKind::Completed,
        DeedKind::Settled,
    ];
    assert_eq!(kinds(&world), expected);
    let numbers: Vec<u32> = world.deeds.iter().map(|deed| deed.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_payment_that_fails_leaves_a_draft_that_can_change() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    let cheaper = TermsChange { budget: Some(dollars(4_000)), ..TermsChange::default() };
    assert_eq!(edit(&mut world, &cheaper), Err(Refusal::BeingPaid));
    let stop = |row: &promotions::Promotion, at| {
        promotions::stop(&StopCause::Advertiser, row, hold(), ADVERTISER, at)
    };
    assert_eq!(world.change(id, stop), Err(Refusal::BeingPaid));
    world.change(id, promotions::payment_failed).unwrap();
    assert_eq!(world.change(id, promotions::payment_failed), Err(Refusal::NotBeingPaid));
    edit(&mut world, &cheaper).unwrap();
    world.submit(id).unwrap();
    let expected = dollars(4_000);
    assert_eq!(world.fund(id, dollars(5_000)), Err(Refusal::AmountMismatch { expected }));
    let euros = Money { currency: base::Currency::EUR, ..expected };
    assert_eq!(world.fund(id, euros), Err(Refusal::CurrencyMismatch));
    world.fund(id, expected).unwrap();
}

#[test]
fn whoever_agreed_to_other_tenders_has_not_agreed_to_these() {
    let mut world = World::new();
    world.compose(1, &terms());
    let agreed = |factor| Authorization {
        factor,
        device: None,
        session: None,
        address: None,
        region: None,
        act: None,
        terms_version: None,
        at: world.now,
    };
    let (before, now) = (agreed(Factor::Totp), agreed(Factor::Passkey));
    let method = PayWith::Method { method: MethodId::from_bits(7), at_most: None };
    let draft = Promotion {
        authorization: Some(before.clone()),
        pay_with: vec![PayWith::Wallet, method],
        ..world.only().clone()
    };
    let check = |pay_with: Option<&[PayWith]>, told: Option<&Authorization>, kept| {
        let new = Submission { pay_with, authorization: told, ..Submission::as_composed(CHECKOUT) };
        let submitted = world.with_facts(&draft.quote, |facts| {
            promotions::submit(&new, &draft, facts, ADVERTISER, world.context())
        });
        let after = submitted.unwrap().promotions.remove(0);
        assert_eq!(after.authorization.as_ref(), kept, "{pay_with:?}");
        // The order in which the same were named is nobody's concern.
        let others = pay_with.filter(|others| others.len() < 2).unwrap_or(&draft.pay_with);
        assert_eq!(after.pay_with, others);
    };
    check(None, None, Some(&before));
    check(Some(&[method, PayWith::Wallet]), None, Some(&before));
    check(Some(&[method]), None, None);
    check(Some(&[]), None, None);
    check(Some(&[method]), Some(&now), Some(&now));
    check(None, Some(&now), Some(&now));
}

#[test]
fn a_draft_that_nobody_pays_is_thrown_away() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world
        .change(id, |row, at| promotions::stop(&StopCause::Advertiser, row, hold(), ADVERTISER, at))
        .unwrap();
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, Amount::ZERO);
    assert_eq!(world.settlements[0].paid, Amount::ZERO);
}

#[test]
fn a_rejection_can_be_appealed_against_once_and_another_person_decides() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    world.fund(id, dollars(5_000)).unwrap();
    let post = &world.post.clone();
    let of = |version: &'static str, by: Actor| {
        move |row: &promotions::Promotion, at| {
            promotions::reject(&rule("music_licence"), &label(version), (row, post), hold(), by, at)
        }
    };
    let reject = |by: Actor| of("v1", by);
    assert_eq!(world.change(id, of("v0", ANN)), Err(Refusal::PostChanged));
    world.change(id, reject(ANN)).unwrap();
    let rejected = world.deeds.last().unwrap();
    assert_eq!(rejected.rule, Some(rule("music_licence")));
    assert_eq!(rejected.content_version, Some(label("v1")));
    assert_eq!(world.change(id, reject(ANN)), Err(Refusal::NotInReview));
    assert!(matches!(world.settle(id), Err(Refusal::NotDue { .. })));
    world.change(id, |row, at| promotions::appeal(row, ADVERTISER, at)).unwrap();
    assert_eq!(world.only().due_at(), Some(terms().ends_at));
    assert_eq!(world.change(id, reject(ANN)), Err(Refusal::SameReviewer));
    world.change(id, reject(BOB)).unwrap();
    let appeal = |row: &promotions::Promotion, at| promotions::appeal(row, ADVERTISER, at);
    assert_eq!(world.change(id, appeal), Err(Refusal::AlreadyAppealed));
    world.later(hold());
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
    assert_eq!(world.change(id, appeal), Err(Refusal::NotRejected));
}

#[test]
fn an_appeal_that_succeeds_runs() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    world.fund(id, dollars(5_000)).unwrap();
    let post = world.post.clone();
    world
        .change(id, |row, at| {
            promotions::reject(&rule("misleading"), &label("v1"), (row, &post), hold(), ANN, at)
        })
        .unwrap();
    world.change(id, |row, at| promotions::appeal(row, ADVERTISER, at)).unwrap();
    world.approve(id).unwrap();
    assert_eq!((world.only().state, world.only().settles_at), (State::Scheduled, None));
}

#[test]
fn a_review_that_comes_too_late_returns_everything() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    world.fund(id, dollars(5_000)).unwrap();
    world.now = terms().ends_at;
    assert_eq!(world.approve(id), Err(Refusal::Ended));
    world.change(id, |row, at| promotions::complete(row, hold(), at)).unwrap();
    // Nothing was shown, so nothing is waited for.
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
}

#[test]
fn what_claims_had_sent_back_stays_with_the_platform() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    world.fund(id, dollars(5_000)).unwrap();
    world.now = terms().ends_at;
    world.change(id, |row, at| promotions::complete(row, hold(), at)).unwrap();
    let returning = promotions::Returning { back: cents(4_000), kept: cents(1_000) };
    world.settle_returning(id, returning).unwrap();
    assert_eq!(world.only().left_in_escrow(), Amount::ZERO);
}

#[test]
fn pauses_of_advertiser_and_platform_stand_side_by_side() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    world.now = terms().starts_at;
    let pause = |by: Actor| move |row: &promotions::Promotion, at| promotions::pause(row, by, at);
    let resume = |by: Actor| move |row: &promotions::Promotion, at| promotions::resume(row, by, at);
    assert_eq!(world.change(id, resume(ADVERTISER)), Err(Refusal::NotPaused));
    world.change(id, pause(ADVERTISER)).unwrap();
    assert_eq!(world.change(id, pause(ADVERTISER)), Err(Refusal::NothingToChange));
    assert_eq!(world.lease(id, 10), Err(Refusal::NotRunning));
    assert_eq!(world.events, [PromotionEvent::Paused]);
    world.change(id, pause(ANN)).unwrap();
    world.change(id, resume(ADVERTISER)).unwrap();
    // It was and is paused: nothing else is told.
    assert_eq!((world.only().state, &world.events[..]), (State::Paused, &[][..]));
    assert_eq!(world.change(id, resume(ADVERTISER)), Err(Refusal::PausedByPlatform));
    world.change(id, resume(ANN)).unwrap();
    assert_eq!(world.only().state, State::Running);
    world.now = terms().ends_at;
    assert_eq!(world.change(id, pause(ANN)), Err(Refusal::Ended));
}

#[test]
fn deeds_tell_what_holds_a_promotion_up() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    world.now = terms().starts_at;
    let pause = |by: Actor| move |row: &promotions::Promotion, at| promotions::pause(row, by, at);
    let resume = |by: Actor| move |row: &promotions::Promotion, at| promotions::resume(row, by, at);
    let hold = |is_held: bool| {
        move |row: &promotions::Promotion, at| {
            promotions::hold_for_claim(row, is_held, at).ok_or(Refusal::NothingToChange)
        }
    };
    let told = |world: &World| {
        let mut pauses = promotions::Pauses::default();
        world.deeds.iter().for_each(|deed| pauses.follow(deed));
        assert_eq!(pauses, world.only().pauses);
        (pauses.by_advertiser, pauses.by_platform, pauses.by_claim, pauses.post_is_private)
    };
    world.change(id, hold(true)).unwrap();
    world.change(id, pause(ANN)).unwrap();
    world.change(id, pause(ADVERTISER)).unwrap();
    assert_eq!(told(&world), (true, true, true, false));
    world.change(id, hold(false)).unwrap();
    assert_eq!(told(&world), (true, true, false, false));
    world.change(id, hold(true)).unwrap();
    world.post.visibility = Visibility::Private;
    follow(&mut world).unwrap();
    world.change(id, resume(ANN)).unwrap();
    assert_eq!(told(&world), (true, false, false, true));
    world.change(id, resume(ADVERTISER)).unwrap();
    world.post.visibility = Visibility::Public;
    follow(&mut world).unwrap();
    assert_eq!(told(&world), (false, false, false, false));
}

#[test]
fn a_pause_of_its_advertiser_uses_no_alarm_up() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    let alert = |row: &promotions::Promotion, at| {
        promotions::alert(Some(promotions::Alarm::Behind), row, &[], at)
    };
    assert_eq!(world.change(id, alert), Err(Refusal::NotRunning));
    world.now = terms().starts_at;
    world.change(id, |row, at| promotions::pause(row, ADVERTISER, at)).unwrap();
    assert_eq!(world.change(id, alert), Err(Refusal::NotRunning));
    // What the platform holds up is behind all the same.
    world.change(id, |row, at| promotions::pause(row, ANN, at)).unwrap();
    assert!(world.only().may_be_alerted(world.now));
    world.change(id, |row, at| promotions::resume(row, ANN, at)).unwrap();
    world.change(id, |row, at| promotions::resume(row, ADVERTISER, at)).unwrap();
    world.change(id, alert).unwrap();
    assert_eq!(world.events, [PromotionEvent::FallenBehind]);
}

#[test]
fn a_private_post_holds_up_and_a_public_one_goes_on() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    world.now = terms().starts_at;
    world.post.visibility = Visibility::Private;
    follow(&mut world).unwrap();
    assert_eq!(world.events, [PromotionEvent::Paused]);
    assert_eq!(follow(&mut world), Err(Refusal::NothingToChange));
    let resume = |row: &promotions::Promotion, at| promotions::resume(row, ADVERTISER, at);
    assert_eq!(world.change(id, resume), Err(Refusal::PostPrivate));
    world.post.visibility = Visibility::Public;
    follow(&mut world).unwrap();
    assert_eq!(
        (world.only().state, &world.events[..]),
        (State::Running, &[PromotionEvent::Resumed][..])
    );
}

#[test]
fn other_content_is_reviewed_again() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    world.now = terms().starts_at;
    world.change(id, |row, at| promotions::pause(row, ADVERTISER, at)).unwrap();
    world.post.content_version = label("v2");
    follow(&mut world).unwrap();
    assert_eq!(world.only().state, State::InReview);
    let post = world.post.clone();
    let stale = world.change(id, |row, at| promotions::approve(&label("v1"), row, &post, ANN, at));
    assert_eq!(stale, Err(Refusal::PostChanged));
    // Its advertiser's pause outlives the review.
    world.approve(id).unwrap();
    assert_eq!(world.only().state, State::Paused);
}

#[test]
fn a_deleted_post_stops() {
    let mut world = World::new();
    let id = world.allowed(1, &terms());
    world.now = terms().starts_at;
    world.post.is_deleted = true;
    follow(&mut world).unwrap();
    assert_eq!(world.only().end.unwrap().cause, EndCause::PostDeleted);
    assert_eq!(follow(&mut world), Err(Refusal::NothingToChange));
    // Nothing was shown, so everything goes back at once.
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
}

#[test]
fn a_post_that_is_deleted_while_it_is_paid_returns_everything() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.submit(id).unwrap();
    world.post.is_deleted = true;
    world.fund(id, dollars(5_000)).unwrap();
    assert_eq!(world.only().state, State::Stopped);
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
}

#[test]
fn what_is_promoted_moves_with_other_content_only() {
    let mut world = World::new();
    let url = base::Text::new("https://shop.example/elsewhere").unwrap();
    let moved = promotions::Post { url, ..crate::world::post() };
    let tell = |world: &World, post: &promotions::Post| {
        promotions::tell_post(post, Some(&world.post), world.context()).map(|_| ())
    };
    // Nobody has reviewed it yet.
    assert_eq!(tell(&world, &moved), Ok(()));
    world.allowed(1, &terms());
    assert_eq!(tell(&world, &moved), Err(Refusal::PostChanged));
    // Other content is reviewed again.
    let other = promotions::Post { content_version: label("v2"), ..moved };
    assert_eq!(tell(&world, &other), Ok(()));
}

#[test]
fn posts_change_and_stay_deleted() {
    let mut world = World::new();
    let change = promotions::PostChange::default();
    assert_eq!(promotions::change_post(&change, &world.post), Err(Refusal::NothingToChange));
    let delete = promotions::PostChange { is_deleted: Some(true), ..change };
    let deleted = promotions::change_post(&delete, &world.post);
    world.keep(deleted).unwrap();
    let back = promotions::PostChange { is_deleted: Some(false), ..delete };
    assert_eq!(promotions::change_post(&back, &world.post), Err(Refusal::PostDeleted));
    let told = promotions::tell_post(&crate::world::post(), Some(&world.post), world.context());
    assert_eq!(told, Err(Refusal::PostDeleted));
}

#[test]
fn what_was_sold_does_not_change() {
    let mut world = World::new();
    world.allowed(1, &terms());
    let price = world.only().quote.unit_price_max;
    let change = TermsChange::default;
    let refused = [
        TermsChange { budget: Some(dollars(9_000)), ..change() },
        TermsChange { goal: Some(promotions::Goal::Sales), ..change() },
        TermsChange { promise: Some(Promise::Guarantee), ..change() },
    ];
    for change in refused {
        assert_eq!(edit(&mut world, &change), Err(Refusal::TermsFixed));
    }
    assert_eq!(edit(&mut world, &change()), Err(Refusal::NothingToChange));
    let others = Terms { target: Some(1), ..terms() };
    let of_others = TermsChange { of: Some(Box::new(others)), target: Some(Some(9)), ..change() };
    assert_eq!(edit(&mut world, &of_others), Err(Refusal::TermsChanged));
    let over = TermsChange { ends_at: Some(world.now), ..change() };
    assert_eq!(edit(&mut world, &over), Err(Refusal::Blocked(CheckCode::EndsBeforeStart)));
    // The market doubles; what a unit costs at most was quoted.
    world.inventory.prices.p90 = promotions::Micros::new(900_000);
    let narrow = Audience { age_min: Some(18), ..Audience::default() };
    let narrower = TermsChange { audience: Some(narrow.clone()), ..change() };
    edit(&mut world, &narrower).unwrap();
    assert_eq!(world.only().quote.unit_price_max, price);
    let kept = world.deeds.last().unwrap().terms.as_ref().unwrap();
    assert_eq!(kept.audience, narrow);
    // What is hoped for changes nothing of what is expected.
    let expected = world.only().quote;
    world.inventory.opportunities_per_day = 1;
    edit(&mut world, &TermsChange { target: Some(Some(7)), ..change() }).unwrap();
    assert_eq!(world.only().quote, expected);
    world.inventory.opportunities_per_day = crate::world::inventory().opportunities_per_day;
    assert_eq!(world.deeds[0].terms, Some(terms()));
    let earlier = TermsChange { starts_at: Some(world.now), ..change() };
    edit(&mut world, &earlier).unwrap();
    assert_eq!(world.only().state, State::Running);
    assert_eq!(
        edit(&mut world, &TermsChange { starts_at: Some(terms().starts_at), ..change() }),
        Err(Refusal::TermsFixed)
    );
}

#[test]
fn a_guarantee_only_gets_longer() {
    let mut world = World::new();
    world.allowed(1, &Terms { promise: Promise::Guarantee, ..terms() });
    let quote = world.only().quote;
    let change = TermsChange::default;
    let everybody_else = Audience { age_min: Some(18), ..Audience::default() };
    for change in [
        TermsChange { audience: Some(everybody_else), ..change() },
        TermsChange { daily_budget: Some(Some(cents(2_000))), ..change() },
        TermsChange { ends_at: Some(at("2026-03-05T12:00:00Z")), ..change() },
    ] {
        assert_eq!(edit(&mut world, &change), Err(Refusal::TermsFixed));
    }
    edit(&mut world, &TermsChange { ends_at: Some(at("2026-03-08T12:00:00Z")), ..change() })
        .unwrap();
    edit(&mut world, &TermsChange { target: Some(Some(5)), ..change() }).unwrap();
    assert_eq!(world.only().quote, quote);
}

#[test]
fn a_blocker_keeps_a_draft_from_being_paid() {
    let mut world = World::new();
    let id = world.compose(1, &terms());
    world.methods = vec![MethodFacts { was_declined: true, expires_at: None }];
    assert_eq!(world.submit(id), Err(Refusal::Blocked(CheckCode::MethodDeclined)));
    world.methods.clear();
    world.later(Span::minutes(61));
    assert_eq!(world.submit(id), Err(Refusal::Blocked(CheckCode::QuoteExpired)));
}

#[test]
fn an_edit_that_empties_the_audience_is_blocked() {
    let mut world = World::new();
    world.allowed(1, &terms());
    world.inventory.audience_size = 0;
    let nobody = Audience { age_min: Some(99), ..Audience::default() };
    let change = TermsChange { audience: Some(nobody), ..TermsChange::default() };
    assert_eq!(edit(&mut world, &change), Err(Refusal::Blocked(CheckCode::AudienceEmpty)));
}
