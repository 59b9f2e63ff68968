//! What a small log says of a promotion, as a claim is told it.

use base::{Amount, Currency, Metadata, Money, PersonId};
use feed::Gap;
use feed::billing::Summary;
use feed::shortfall::{Delivered, MinuteShortfall};
use promotions::{Actor, Delivery, End, Goal, Pauses, PayWith, Promise, Quote, Review};
use promotions::{Gender, SettingChange, SliceSums, Spend, State, Terms, deed_id};

use super::*;

/// A unit of the guarantee costs so much: a cent.
const UNIT: i64 = 1_000_000;

fn minute(number: u64) -> Instant {
    Instant::parse("2026-03-02T12:00:00Z").unwrap().saturating_add(Span::minutes(number))
}

/// 1,000 views for 10.00, in 100 minutes, for women of the United States.
fn terms() -> Terms {
    let regions = vec![base::Region::parse("US-CA").unwrap()];
    Terms {
        goal: Goal::Views,
        target: None,
        audience: Audience {
            regions,
            genders: vec![Gender::Female],
            age_min: Some(25),
            age_max: Some(40),
            interests: vec![Label::new("cats").unwrap()],
            devices: vec![promotions::Device::Phone],
            ..Audience::default()
        },
        budget: Money::new(1_000, Currency::USD).unwrap(),
        incentive: Amount::ZERO,
        daily_budget: Some(Amount::new(500).unwrap()),
        starts_at: minute(0),
        ends_at: minute(100),
        promise: Promise::Guarantee,
    }
}

/// One that has ended, of which so many units were billed.
fn promotion(billed_units: u64) -> Promotion {
    Promotion {
        id: PromotionId::from_bits(1),
        advertiser: PersonId::from_bits(2),
        post: Label::new("post-1").unwrap(),
        terms: terms(),
        quote: Quote {
            unit: Goal::Views.billed(),
            unit_price_max: Micros::new(1_000_000),
            units_low: 1,
            units_high: 2_000,
            guaranteed_units: Some(1_000),
            audience_size: 9_000,
            quoted_at: minute(0),
        },
        state: State::Completed,
        pauses: Pauses::default(),
        review: Review::default(),
        end: Some(End { cause: EndCause::TimeOver, at: minute(100) }),
        pay_with: vec![PayWith::Wallet],
        checkout: None,
        authorization: None,
        submitted_at: None,
        funded_at: Some(minute(0)),
        slices: SliceSums::default(),
        delivery: Delivery { billed_units, ..Delivery::default() },
        spend: Spend::default(),
        returned: Amount::ZERO,
        incentive_returned: Amount::ZERO,
        kept: Amount::ZERO,
        settlements: 0,
        deeds: 1,
        settles_at: None,
        is_counted: false,
        metadata: Metadata::default(),
        created_at: minute(0),
    }
}

/// What was done: by whom, in which minute, and the terms from then on.
fn deeds(done: &[(DeedKind, Role, u64, Option<Terms>)]) -> Vec<Deed> {
    let composed = (DeedKind::Composed, Role::Advertiser, 0, Some(terms()));
    let first = [composed, (DeedKind::Funded, Role::Platform, 0, None)];
    let all = first.iter().chain(done).enumerate();
    all.map(|(place, (kind, role, at, terms))| {
        let number = u32::try_from(place).unwrap() + 1;
        Deed {
            id: deed_id(PromotionId::from_bits(1), number),
            promotion: PromotionId::from_bits(1),
            number,
            kind: *kind,
            actor: Actor { role: *role, person: None },
            at: minute(*at),
            rule: None,
            content_version: None,
            terms: terms.clone(),
        }
    })
    .collect()
}

/// A log with so many units in each of these minutes, and what was lost in these.
fn report(delivered: &[(u64, u64)], lost: &[(u64, &[(Why, i64)])]) -> Report {
    let units: u64 = delivered.iter().map(|(_, units)| units).sum();
    let units = i64::try_from(units).unwrap();
    let of_minute = |(at, lost): &(u64, &[(Why, i64)])| MinuteShortfall::of(minute(*at), 0, lost);
    let minutes: Vec<MinuteShortfall> = lost.iter().map(of_minute).collect();
    let spent = units * UNIT;
    let missing: i64 = minutes.iter().map(MinuteShortfall::missing).sum();
    let delivered = delivered.iter().map(|(at, units)| {
        let price = Micros::new(units * UNIT.unsigned_abs());
        (minute(*at), Delivered { units: *units, price, ..Delivered::default() })
    });
    Report {
        is_day_known: true,
        shortfall: Shortfall { minutes, planned: spent + missing, spent, units },
        summary: Summary::default(),
        waterfall: Vec::new(),
        gaps: Vec::new(),
        delivered: delivered.collect(),
        segments: Vec::new(),
        expected: Vec::new(),
        alert: None,
        suggestions: Vec::new(),
    }
}

fn told(promotion: &Promotion, deeds: &[Deed], report: &Report, now: Instant) -> Facts {
    let mut told = Told { facts: Facts::new(), promotion: promotion.id, now };
    told.deeds(deeds);
    told.moderation(promotion, deeds);
    told.delivery(promotion, deeds, &Account::default(), report);
    told.facts
}

#[track_caller]
fn check(facts: &Facts, expected: &[(FactName, Value)]) {
    for (name, value) in expected {
        let found = facts.get(*name).map(|fact| fact.finding);
        assert_eq!(found, Some(Finding::Known(*value)), "{name:?}");
    }
}

#[track_caller]
fn check_unknown(facts: &Facts, names: &[FactName], why: WhyUnknown) {
    for name in names {
        let found = facts.get(*name).map(|fact| fact.finding);
        assert_eq!(found, Some(Finding::Unknown(why)), "{name:?}");
    }
}

fn cents(minor: i64) -> Value {
    Value::Money(Amount::new(minor).unwrap())
}

const COUNTS: [FactName; 4] = [
    FactName::MissingPlatform,
    FactName::MissingMarket,
    FactName::MissingAdvertiser,
    FactName::MissingPolicy,
];

#[track_caller]
fn check_missing(facts: &Facts, counts: [u64; 4]) {
    let counts = counts.map(Value::Count);
    check(facts, &std::array::from_fn::<_, 4, _>(|place| (COUNTS[place], counts[place])));
}

#[test]
fn an_outage_is_the_platforms() {
    let log = report(&[(0, 600)], &[(50, &[(Why::Outage, 400 * UNIT)])]);
    let facts = told(&promotion(600), &deeds(&[]), &log, minute(200));
    check_missing(&facts, [400, 0, 0, 0]);
    let fine = [
        (FactName::IncidentLoss, cents(400)),
        (FactName::Watched, Value::Flag(true)),
        (FactName::WrongDelivery, cents(0)),
        (FactName::Start, Value::Word("begun")),
        (FactName::SelfStopped, Value::Flag(false)),
        (FactName::Narrowed, Value::Flag(false)),
        (FactName::LateInvalid, cents(0)),
    ];
    check(&facts, &fine);
    let name = [FactName::MissingBeforeNarrowing];
    check_unknown(&facts, &name, WhyUnknown::NotApplicable);
}

#[test]
fn half_by_an_outage_and_half_by_a_pause_is_told_by_halves() {
    let halves = [(50, &[(Why::Outage, 100), (Why::AdvertiserPause, 100)][..])];
    let paused = [
        (DeedKind::Paused, Role::Advertiser, 40, None),
        (DeedKind::Resumed, Role::Advertiser, 60, None),
    ];
    // It was billed for 30 units that were chosen in the pause: 0.30.
    let log = report(&[(0, 570), (41, 10), (59, 20), (60, 0)], &halves);
    let facts = told(&promotion(600), &deeds(&paused), &log, minute(200));
    check_missing(&facts, [200, 0, 200, 0]);
    check(&facts, &[(FactName::SelfStopped, Value::Flag(true))]);
    check(&facts, &[(FactName::WrongDelivery, cents(30))]);
    // What comes after the pause was to be shown.
    let log = report(&[(0, 570), (39, 10), (60, 20)], &halves);
    let facts = told(&promotion(600), &deeds(&paused), &log, minute(200));
    check(&facts, &[(FactName::WrongDelivery, cents(0))]);
    // A pause by the platform is none of the advertiser's.
    let ours = [(DeedKind::Paused, Role::Staff, 40, None)];
    let facts = told(&promotion(600), &deeds(&ours), &log, minute(200));
    check(&facts, &[(FactName::SelfStopped, Value::Flag(false))]);
    check(&facts, &[(FactName::WrongDelivery, cents(20))]);
}

#[test]
fn a_pause_around_a_full_minute_repays_nothing_of_it() {
    let paused = [
        (DeedKind::Paused, Role::Advertiser, 40, None),
        (DeedKind::Resumed, Role::Advertiser, 40, None),
    ];
    let mut deeds = deeds(&paused);
    deeds[2].at = minute(40).saturating_sub(Span::seconds(1));
    deeds[3].at = minute(40).saturating_add(Span::seconds(1));
    // Chosen after the pause, as far as anybody knows.
    let facts = told(&promotion(600), &deeds, &report(&[(40, 600)], &[]), minute(200));
    check(&facts, &[(FactName::WrongDelivery, cents(0))]);
    // A minute that lies within it was not to be shown.
    deeds[3].at = minute(41);
    let facts = told(&promotion(600), &deeds, &report(&[(40, 600)], &[]), minute(200));
    check(&facts, &[(FactName::WrongDelivery, cents(600))]);
}

#[test]
fn what_was_repaid_since_is_not_claimed_as_well() {
    let stopped = [(DeedKind::Paused, Role::Advertiser, 40, None)];
    let mut log = report(&[(0, 570), (41, 30), (100, 0)], &[]);
    log.delivered[2].1.repaid = Micros::new(20 * UNIT.unsigned_abs());
    let facts = told(&promotion(600), &deeds(&stopped), &log, minute(200));
    check(&facts, &[(FactName::WrongDelivery, cents(10))]);
}

#[test]
fn who_lost_units_is_unknown_where_nobody_did() {
    let facts = told(&promotion(600), &deeds(&[]), &report(&[(0, 600)], &[]), minute(200));
    check_unknown(&facts, &COUNTS, WhyUnknown::NotRecorded);
    let whole = told(&promotion(1_000), &deeds(&[]), &report(&[(0, 1_000)], &[]), minute(200));
    check_missing(&whole, [0; 4]);
}

#[test]
fn a_gap_in_its_time_was_not_watched() {
    let watched = |from: u64, until: u64| {
        let gaps = vec![Gap { from: minute(from), until: minute(until) }];
        let log = Report { gaps, ..report(&[(0, 1_000)], &[]) };
        let late =
            Promotion { terms: Terms { starts_at: minute(10), ..terms() }, ..promotion(1_000) };
        told(&late, &deeds(&[]), &log, minute(90)).get(FactName::Watched).unwrap().finding
    };
    let flag = |is: bool| Finding::Known(Value::Flag(is));
    assert_eq!(watched(50, 60), flag(false));
    assert_eq!(watched(5, 11), flag(false));
    assert_eq!(watched(5, 10), flag(true));
    // The future does not matter yet.
    assert_eq!(watched(90, 95), flag(true));
    assert_eq!(watched(89, 95), flag(false));
}

#[test]
fn what_another_process_has_delivered_leaves_this_log_silent() {
    let log = report(&[(0, 599)], &[(50, &[(Why::Outage, 400 * UNIT)])]);
    let facts = told(&promotion(600), &deeds(&[]), &log, minute(200));
    check_unknown(&facts, &LOGGED, WhyUnknown::NotKept);
    assert!(facts.get(FactName::Start).is_none());
}

#[test]
fn of_a_guarantee_that_runs_what_may_still_come_is_not_missing() {
    // Half of its time is over: 500 of 1,000 were planned, and 480 delivered.
    let lost: &[(Why, i64)] = &[(Why::Outbid, 20 * UNIT)];
    let log = report(&[(0, 480)], &[(10, lost)]);
    let running = Promotion { state: State::Running, end: None, ..promotion(480) };
    let facts = told(&running, &deeds(&[]), &log, minute(50));
    check_missing(&facts, [0, 20, 0, 0]);
    // The same log at its end lacks all that did not come.
    let facts = told(&promotion(480), &deeds(&[]), &log, minute(200));
    check_missing(&facts, [0, 520, 0, 0]);
    // One that has caught up lacks nothing.
    let log = report(&[(0, 500)], &[(10, lost), (20, &[(Why::Outbid, -20 * UNIT)])]);
    let running =
        Promotion { delivery: Delivery { billed_units: 500, ..running.delivery }, ..running };
    check_missing(&told(&running, &deeds(&[]), &log, minute(50)), [0; 4]);
}

#[test]
fn whoever_held_it_up_for_all_of_its_time_has_kept_it_from_starting() {
    #[track_caller]
    fn check_start(lost: &[(Why, i64)], expected: Option<&'static str>) {
        let facts = told(&promotion(0), &deeds(&[]), &report(&[], &[(10, lost)]), minute(200));
        let found = facts.get(FactName::Start).map(|fact| fact.finding);
        assert_eq!(found, expected.map(|word| Finding::Known(Value::Word(word))));
    }
    check_start(&[(Why::Review, 700), (Why::Outage, 300)], Some("held_by_platform"));
    check_start(&[(Why::AdvertiserPause, 900), (Why::PostPrivate, 1)], Some("held_by_advertiser"));
    check_start(&[(Why::Review, 500), (Why::AdvertiserPause, 500)], None);
    check_start(&[(Why::Outbid, 500)], None);
    check_start(&[], None);
    // Before it is over it may still begin, and before its time it is not due.
    let running = Promotion { state: State::Running, end: None, ..promotion(0) };
    let log = report(&[], &[(10, &[(Why::Review, 500)])]);
    assert!(told(&running, &deeds(&[]), &log, minute(50)).get(FactName::Start).is_none());
    let later = Promotion { terms: Terms { starts_at: minute(60), ..terms() }, ..running };
    let facts = told(&later, &deeds(&[]), &log, minute(50));
    check(&facts, &[(FactName::Start, Value::Word("not_due"))]);
    check(
        &told_facts(None, &later, &[], &Account::default(), minute(50)),
        &[(FactName::Start, Value::Word("not_due"))],
    );
}

/// Terms for another audience.
fn to(change: impl FnOnce(&mut Audience)) -> Option<Terms> {
    let mut after = terms();
    change(&mut after.audience);
    Some(after)
}

/// What is known of the review after these deeds: the last of them in the second of two minutes,
/// the others in the first.
fn reviewed(
    promotion: &Promotion,
    done: &[(DeedKind, &str)],
    [first, last]: [u64; 2],
    log: &Report,
) -> Option<Finding> {
    let is_edit = |kind| (kind == DeedKind::Edited).then(terms);
    let at = |place: usize| if place + 1 == done.len() { last } else { first };
    let kinds = done.iter().enumerate();
    let kinds: Vec<_> =
        kinds.map(|(place, (kind, _))| (*kind, Role::Staff, at(place), is_edit(*kind))).collect();
    let mut deeds = deeds(&kinds);
    for (deed, (_, version)) in deeds.iter_mut().skip(2).zip(done) {
        deed.content_version = Label::new(version).ok();
    }
    let facts = told(promotion, &deeds, log, minute(200));
    facts.get(FactName::Moderation).map(|fact| fact.finding)
}

/// A rejection that was over soon is not why nothing was shown.
#[test]
fn a_review_was_wrong_as_far_as_it_has_held_the_promotion_up() {
    let log = report(&[], &[(10, &[(Why::AdvertiserPause, 1_000 * UNIT)])]);
    let won = |times: [u64; 2], promotion: &Promotion| {
        let done =
            [(DeedKind::Rejected, "v1"), (DeedKind::Appealed, ""), (DeedKind::Approved, "v1")];
        reviewed(promotion, &done, times, &log).is_some()
    };
    let bought = promotion(0);
    assert!(won([0, 50], &bought) && won([50, 100], &bought));
    assert!(!won([0, 49], &bought) && !won([30, 31], &bought));
    // What came before its time has held nothing up.
    let later = Terms { starts_at: minute(60), ends_at: minute(100), ..terms() };
    let later = Promotion { terms: later, ..promotion(0) };
    assert!(!won([0, 60], &later) && !won([0, 79], &later) && won([0, 80], &later));
    // Before it was paid nobody could show it.
    let paid = Promotion { funded_at: Some(minute(60)), ..promotion(0) };
    assert!(!won([60, 79], &paid) && won([60, 80], &paid));
}

/// An appeal that is won says that the rejection was wrong, if it was about the same.
#[test]
fn a_review_was_wrong_where_an_appeal_says_so() {
    let log = report(&[(0, 600)], &[]);
    // The last of them in minute 80, the others at once.
    let found_of =
        |promotion: &Promotion, done: &[(DeedKind, &str)]| reviewed(promotion, done, [0, 80], &log);
    let word = |word| Some(Finding::Known(Value::Word(word)));
    let found = |done: &[(DeedKind, &str)]| found_of(&promotion(600), done);
    let rejected = (DeedKind::Rejected, "v1");
    let appealed = (DeedKind::Appealed, "");
    let approved = (DeedKind::Approved, "v1");
    assert_eq!(found(&[rejected, appealed, approved]), word("rejected_wrongly"));
    let shown = [approved, (DeedKind::ContentChanged, "v1"), rejected, appealed, approved];
    assert_eq!(found(&shown), word("removed_wrongly"));
    // Nobody has decided yet, or as before, or about something else.
    assert_eq!(found(&[approved]), None);
    assert_eq!(found(&[rejected]), None);
    assert_eq!(found(&[rejected, appealed]), None);
    assert_eq!(found(&[rejected, appealed, rejected]), None);
    assert_eq!(found(&[rejected, appealed, (DeedKind::Approved, "v2")]), None);
    assert_eq!(found(&[(DeedKind::Rejected, ""), appealed, approved]), None);
    assert_eq!(found(&[rejected, (DeedKind::Edited, ""), appealed, approved]), None);
    assert_eq!(found(&[rejected, appealed, (DeedKind::Edited, ""), approved]), None);
    // What was removed for a rule later was not removed wrongly.
    let end = Some(End { cause: EndCause::Policy, at: minute(90) });
    let removed = Promotion { end, ..promotion(600) };
    assert_eq!(found_of(&removed, &[rejected, appealed, approved]), None);
}

#[test]
fn only_whoever_leaves_people_out_has_narrowed_it() {
    let log = report(&[(0, 600)], &[(10, &[(Why::Outbid, 400 * UNIT)])]);
    let facts_after = |edits: &[(Role, u64, Option<Terms>)]| {
        let edits = edits.iter().cloned();
        let edits: Vec<_> =
            edits.map(|(role, at, terms)| (DeedKind::Edited, role, at, terms)).collect();
        told(&promotion(600), &deeds(&edits), &log, minute(200))
    };
    let narrowed = |edits: &[(Role, u64, Option<Terms>)]| {
        let finding = facts_after(edits).get(FactName::Narrowed).unwrap().finding;
        finding == Finding::Known(Value::Flag(true))
    };
    let by_them = Role::Advertiser;
    // No suggestion does, although it is applied in the name of the advertiser.
    let estimate = Terms { promise: Promise::Estimate, ..terms() };
    for change in SettingChange::ALL {
        let after = change.apply(&estimate).expect("it changes these terms");
        assert!(!narrowed(&[(by_them, 20, Some(after))]), "{change:?}");
    }
    let fewer = || to(|audience| audience.age_max = Some(30));
    let wider = || to(|audience| audience.age_max = Some(60));
    assert!(narrowed(&[(by_them, 20, fewer())]));
    assert!(!narrowed(&[(Role::Staff, 20, fewer())]));
    assert!(narrowed(&[(by_them, 20, to(|audience| audience.genders = vec![Gender::Male]))]));
    // Back to what was bought leaves nobody out who was bought, but who was shown it is unclear.
    let back = [(by_them, 20, wider()), (by_them, 30, Some(terms()))];
    assert!(!narrowed(&back));
    check_unknown(&facts_after(&back), &[FactName::WrongDelivery], WhyUnknown::NotGathered);
    check(&facts_after(&[(by_them, 20, wider())]), &[(FactName::WrongDelivery, cents(0))]);
    // What the market had lost until then is told.
    let facts = facts_after(&[(by_them, 20, wider()), (by_them, 30, fewer())]);
    check(&facts, &[(FactName::MissingBeforeNarrowing, Value::Count(400))]);
    let facts = facts_after(&[(by_them, 10, fewer())]);
    check(&facts, &[(FactName::MissingBeforeNarrowing, Value::Count(0))]);
}

#[test]
fn facts_wait_for_what_is_still_to_come() {
    let deeds = deeds(&[]);
    let whole = Promotion { deeds: 2, ..promotion(600) };
    let open = |promotion: &Promotion| {
        let slices = SliceSums { ever: 2, open: 1, ..promotion.slices };
        Promotion { slices, ..promotion.clone() }
    };
    let not_yet = |promotion: &Promotion, feed: Tells, now: u64| {
        NotYet::of(promotion, &deeds, feed, minute(now))
    };
    let here = Tells::UpTo(minute(199));
    assert_eq!(not_yet(&whole, here, 200), None);
    assert_eq!(not_yet(&open(&whole), here, 200), Some(NotYet::BillsOpen));
    // What was shown is told by the feed alone; what never was needs none.
    assert_eq!(not_yet(&open(&whole), Tells::NothingYet, 200), Some(NotYet::FeedOpening));
    assert_eq!(not_yet(&whole, Tells::NothingYet, 200), None);
    let running = Promotion { state: State::Running, end: None, ..whole.clone() };
    assert_eq!(not_yet(&open(&running), here, 50), None);
    assert_eq!(not_yet(&open(&running), here, 100), Some(NotYet::BillsOpen));
    let unseen = Promotion { delivery: Delivery::default(), ..whole.clone() };
    assert_eq!(not_yet(&open(&unseen), here, 200), None);
    // The clock was moved a moment ago: the feed knows nothing of what was missed since.
    assert_eq!(not_yet(&whole, here, 201), Some(NotYet::FeedBehind));
    assert_eq!(not_yet(&whole, Tells::Nothing, 201), None);
    let behind = Promotion { deeds: 3, ..whole };
    assert_eq!(not_yet(&behind, here, 200), Some(NotYet::DeedsBehind));
}

const CALLS: [u64; 3] = [30, 60, 90];

/// An account with requests that failed in these minutes.
fn account(failed: &[u64], agreed: Vec<promotions::Authorization>) -> Account {
    let kept = failed.iter().map(|at| promotions::Signal {
        happened: promotions::Happening {
            at: minute(*at),
            kind: promotions::SignalKind::CallFailed,
            device: None,
        },
        told_at: minute(*at),
    });
    let person = PersonId::from_bits(2);
    let kept = kept.collect();
    Account::told(promotions::Signals { person, kept, dropped: 0, created_at: minute(0) }, agreed)
}

/// A cent was billed in each minute.
#[test]
fn what_was_charged_until_a_stop_that_had_failed_is_told() {
    let log = report(&std::array::from_fn::<_, 100, _>(|at| (at as u64, 1)), &[]);
    let cost = |failed: &[u64], done: &[(DeedKind, Role, u64, Option<Terms>)]| {
        let (account, deeds) = (account(failed, Vec::new()), deeds(done));
        account.billed_after_stop(&promotion(100), &deeds, &log).map(Amount::minor)
    };
    let stopped = (DeedKind::Stopped, Role::Advertiser, 95, None);
    assert_eq!(cost(&[], std::slice::from_ref(&stopped)), None, "no request failed");
    assert_eq!(cost(&CALLS, &[]), None, "nothing was stopped: it may have been an edit");
    assert_eq!(cost(&CALLS, &[(DeedKind::Stopped, Role::Staff, 95, None)]), None);
    assert_eq!(cost(&CALLS, std::slice::from_ref(&stopped)), Some(65));
    assert_eq!(cost(&[30, 94], std::slice::from_ref(&stopped)), Some(1), "an hour lies between");
    assert_eq!(cost(&[96], &[stopped]), None, "it came afterwards");
    assert_eq!(cost(&[10], &[(DeedKind::PostHidden, Role::Platform, 20, None)]), Some(10));
    let twice = [
        (DeedKind::Paused, Role::Advertiser, 40, None),
        (DeedKind::Resumed, Role::Advertiser, 50, None),
        (DeedKind::Stopped, Role::Advertiser, 70, None),
    ];
    assert_eq!(cost(&CALLS, &twice), Some(10 + 10));
}

#[test]
fn network_and_device_are_as_old_as_what_was_agreed_to_before() {
    let print = |bits: u8| Some(promotions::Fingerprint([bits; 16]));
    let agreed = |days: u64, device: u8, address: u8| promotions::Authorization {
        act: None,
        factor: promotions::Factor::Password,
        device: print(device),
        session: None,
        address: print(address),
        region: None,
        terms_version: None,
        at: minute(0).saturating_sub(Span::days(days)),
    };
    let now = agreed(0, 1, 7);
    let age = |before: &[(u64, u8, u8)]| {
        let before = before.iter().map(|(days, device, address)| agreed(*days, *device, *address));
        let account = account(&[], before.collect());
        (account.network_age(&now), account.paid_alike(&now))
    };
    let none = Finding::Unknown(WhyUnknown::NotRecorded);
    let count = |count| Finding::Known(Value::Count(count));
    let days = |days| Finding::Known(Value::Span(Span::days(days)));
    assert_eq!(age(&[]), (none, count(0)));
    assert_eq!(age(&[(31, 1, 7), (90, 2, 7), (200, 1, 8)]), (days(90), count(2)));
    // What is not long ago may be the same thief.
    assert_eq!(age(&[(30, 2, 7), (29, 1, 8)]), (none, count(0)));
    let nowhere = promotions::Authorization { device: None, address: None, ..agreed(0, 1, 7) };
    let account = account(&[], vec![nowhere.clone()]);
    assert_eq!((account.network_age(&nowhere), account.paid_alike(&nowhere)), (none, none));
}
