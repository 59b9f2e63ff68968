//! Why less was delivered than planned, by hand-made logs.

use base::{Instant, Label, PersonId, PromotionId, Span};
use feed::shortfall::{
    Activity, Deliveries, Facts, Incident, Shortfall, Stretch, Trouble, Why, explain,
};
use feed::token::Selection;
use feed::verdict::{Body, Judged, Outcome, Reason, Record, Repaid};
use feed::{Cause, Chance, CounterRecord, Counts, FrequencyCap, Plan, TrafficCurve, Waterfall};
use promotions::{Actor, Component, Deed, DeedKind, EventKind, Goal, Micros, Role};
use proptest::prelude::*;

use crate::events::desk;
use crate::setting::{after, start, whole};

pub const ID: PromotionId = PromotionId::from_bits(7);

/// What one selection costs.
pub const PRICE: Micros = Micros::new(500_000);

/// Two days of a promotion, minute by minute.
pub struct Logs {
    pub plan: Plan,
    counters: Vec<CounterRecord>,
    pub deliveries: Deliveries,
    activity: Activity,
    deeds: Vec<Deed>,
    told: Vec<Incident>,
    sequence: u64,
}

impl Logs {
    /// One that planned to spend so much in two days.
    pub fn of(budget: i64) -> Logs {
        let plan = Plan {
            budget: whole(budget),
            daily: None,
            starts_at: start(),
            ends_at: after(Span::days(2)),
        };
        Logs {
            plan,
            counters: vec![CounterRecord::Started { at: start() }],
            deliveries: Deliveries::default(),
            activity: Activity::default(),
            deeds: Vec::new(),
            told: Vec::new(),
            sequence: 0,
        }
    }

    /// A minute with so many pages, of which half are opportunities. Of these so many are served
    /// and billed at once, the others end so.
    pub fn minute(&mut self, minute: u64, pages: u64, served: u64, others: Cause) {
        let at = after(Span::minutes(minute));
        for page in 0..pages {
            self.activity.page(at, usize::from(page < served));
        }
        let mut counts = Counts::default();
        for _ in 0..served {
            counts.add(feed::Outcome::Served);
            self.activity.event(EventKind::Impression, at);
            self.bill(at);
        }
        for _ in served..pages / 2 {
            counts.add(feed::Outcome::Lost(others));
        }
        self.counters.push(CounterRecord::Counted { promotion: ID, minute: at, counts });
        self.counters.push(CounterRecord::Flushed { at: at.saturating_add(Span::minutes(1)) });
    }

    /// A minute with so many pages at which nobody looked at the promotion.
    fn unseen_minute(&mut self, minute: u64, pages: u64) {
        let at = after(Span::minutes(minute));
        (0..pages).for_each(|_| self.activity.page(at, 0));
        self.counters.push(CounterRecord::Flushed { at: at.saturating_add(Span::minutes(1)) });
    }

    fn bill(&mut self, at: Instant) {
        let selection =
            Selection { promotion: ID, at, price: PRICE, goal: Goal::Views, ..desk::selection(1) };
        let judged = Judged {
            selection,
            kind: EventKind::View,
            outcome: Outcome::Billed,
            was_too_short: false,
            address: 0,
            network: 0,
        };
        self.deliveries.add(&Record { sequence: self.sequence, at, body: Body::Judged(judged) });
        self.sequence += 1;
    }

    /// So many of the first units are repaid in that minute.
    pub fn repay(&mut self, minute: u64, units: u64) {
        for billed in 0..units {
            let (promotion, kind) = (ID, EventKind::View);
            let reason = Reason::DataCentre;
            let repaid = Repaid { billed, promotion, slice: 1, kind, price: PRICE, reason };
            let at = after(Span::minutes(minute));
            self.deliveries.add(&Record {
                sequence: self.sequence,
                at,
                body: Body::Repaid(repaid),
            });
            self.sequence += 1;
        }
    }

    fn deed(&mut self, kind: DeedKind, minute: u64) {
        let actor = Actor { role: Role::Advertiser, person: Some(PersonId::from_bits(1)) };
        let number = self.deeds.len() as u32 + 1;
        let at = after(Span::minutes(minute));
        self.deeds.push(Deed {
            id: base::DeedId::from_bits(0),
            promotion: ID,
            number,
            kind,
            actor,
            at,
            rule: None,
            content_version: None::<Label>,
            terms: None,
        });
    }

    pub fn trouble(&self) -> Trouble {
        Trouble::find(&self.activity, self.waterfall().gaps(), &self.told)
    }

    pub fn waterfall(&self) -> Waterfall {
        let mut waterfall = Waterfall::default();
        waterfall.absorb(self.counters.iter().copied());
        waterfall
    }

    pub fn facts<'a>(
        &'a self,
        waterfall: &'a Waterfall,
        trouble: &'a Trouble,
        curve: &'a TrafficCurve,
    ) -> Facts<'a> {
        Facts {
            promotion: ID,
            plan: self.plan,
            price: PRICE,
            believed: Chance::ALWAYS,
            cap: FrequencyCap::default(),
            deeds: &self.deeds,
            end: None,
            waterfall,
            deliveries: &self.deliveries,
            activity: &self.activity,
            trouble,
            curve,
        }
    }

    fn explain(&self) -> Shortfall {
        let (waterfall, trouble, curve) = (self.waterfall(), self.trouble(), TrafficCurve::flat());
        let facts = self.facts(&waterfall, &trouble, &curve);
        explain(&facts, self.plan.ends_at)
    }
}

const TWO_DAYS: u64 = 2 * 24 * 60;

/// Whether `said` is `whole` within so many hundredths, in whole minor units.
#[track_caller]
fn check_near(said: i64, minor: i64, hundredths: i64) {
    let minor = minor * 1_000_000;
    assert!((said - minor).abs() * 100 <= minor * hundredths, "{said} instead of {minor}");
}

#[track_caller]
fn check_adds_up(shortfall: &Shortfall) {
    for minute in &shortfall.minutes {
        let parts: i64 = Why::ALL.into_iter().map(|why| minute.part(why)).sum();
        assert_eq!(parts, minute.missing());
    }
    let missing: i64 = shortfall.minutes.iter().map(|minute| minute.missing()).sum();
    assert_eq!(missing, shortfall.missing());
    let parts = shortfall.parts(PRICE);
    assert_eq!(parts.iter().map(|part| part.money).sum::<i64>(), missing);
    for length in [Span::minutes(1), Span::hours(1), Span::days(1)] {
        check_stretches(shortfall, length);
    }
}

/// Each stretch adds up, and all of them add up to the whole: cause by cause, money and units.
#[track_caller]
fn check_stretches(shortfall: &Shortfall, length: Span) {
    let stretches = shortfall.stretches(PRICE, length);
    let mut sums = std::collections::BTreeMap::new();
    for stretch in &stretches {
        let money: i64 = stretch.parts.iter().map(|part| part.money).sum();
        assert_eq!(money, stretch.planned - stretch.spent, "at {}", stretch.at);
        for part in &stretch.parts {
            let sum: &mut (i64, i64) = sums.entry(part.why).or_default();
            *sum = (sum.0 + part.money, sum.1 + part.units);
        }
    }
    for part in shortfall.parts(PRICE) {
        assert_eq!(sums.remove(&part.why), Some((part.money, part.units)), "{}", part.why);
    }
    assert!(sums.values().all(|sum| *sum == (0, 0)), "{sums:?}");
    let all = |of: &dyn Fn(&Stretch) -> i64| stretches.iter().map(of).sum::<i64>();
    assert_eq!(all(&|one| one.planned), shortfall.planned);
    assert_eq!(all(&|one| one.spent), shortfall.spent);
    assert_eq!(all(&|one| one.units), shortfall.units);
}

#[test]
fn what_others_outbid_is_the_markets() {
    let mut logs = Logs::of(5_000);
    (0..TWO_DAYS).for_each(|minute| logs.minute(minute, 10, 1, Cause::Outbid));
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.missing(), 5_000 - TWO_DAYS as i64 / 2, 1);
    assert_eq!(shortfall.part(Why::Outbid), shortfall.missing());
    let expected = ["7120 views are missing because others bid more, worth 35.60 USD."];
    assert_eq!(told(&shortfall), expected);
}

#[test]
fn units_that_were_repaid_are_missing_once() {
    let mut logs = Logs::of(5_000);
    (0..TWO_DAYS).for_each(|minute| logs.minute(minute, 10, 1, Cause::Outbid));
    logs.repay(2_000, 1_000);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    // 10,000 were planned.
    assert_eq!(shortfall.units, TWO_DAYS as i64 - 1_000);
    let missing: i64 = shortfall.parts(PRICE).iter().map(|part| part.units).sum();
    assert_eq!(missing, 10_000 - shortfall.units);
    // All of them: what is missing would have cost what a unit costs at most.
    logs.repay(2_800, TWO_DAYS - 1_000);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    assert_eq!((shortfall.units, shortfall.spent), (0, 0));
    let missing: i64 = shortfall.parts(PRICE).iter().map(|part| part.units).sum();
    assert_eq!(missing, 10_000);
}

fn told(shortfall: &Shortfall) -> Vec<String> {
    shortfall.sentences(EventKind::View, PRICE, base::Currency::USD)
}

#[test]
fn an_outage_that_nobody_saw_costs_what_its_hours_bring() {
    let mut logs = Logs::of(5_000);
    let is_down = |minute: &u64| (1_800..2_100).contains(minute);
    let up = (0..TWO_DAYS).filter(|minute| !is_down(minute));
    up.for_each(|minute| logs.minute(minute, 10, 1, Cause::Outbid));
    let from = after(Span::minutes(1_800));
    let until = after(Span::minutes(2_100));
    let incident = Incident { component: Component::Selection, from, until };
    assert_eq!(logs.trouble().incidents(), [incident]);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::Outage), 150, 2);
    check_near(shortfall.part(Why::Outbid), 5_000 - TWO_DAYS as i64 / 2, 2);
}

#[test]
fn what_was_caught_up_is_due_to_nobody() {
    // Half of what comes would be enough, so what an outage took is spent later.
    let mut logs = Logs::of(1_440);
    for minute in 0..TWO_DAYS {
        match minute {
            0..600 => logs.minute(minute, 20, 1, Cause::Pacing),
            600..900 => {}
            900..1_200 => logs.minute(minute, 20, 2, Cause::Pacing),
            _ => logs.minute(minute, 20, 1, Cause::Pacing),
        }
    }
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    assert!(shortfall.missing().abs() < 1_000_000, "{}", shortfall.missing());
    let at = |minute: usize| -> i64 {
        shortfall.minutes[..minute].iter().map(|one| one.part(Why::Outage)).sum()
    };
    check_near(at(900), 150, 5);
    assert!(at(TWO_DAYS as usize).abs() < 8_000_000, "{}", at(TWO_DAYS as usize));
}

/// Once it is settled it is looked at no more: what it misses is told from the pages.
#[test]
fn what_is_missed_while_nobody_looks_is_due_to_what_ended_it() {
    let mut logs = Logs::of(5_000);
    for minute in 0..TWO_DAYS {
        match minute {
            0..1_000 => logs.minute(minute, 10, 1, Cause::Outbid),
            1_000..1_200 => logs.minute(minute, 10, 0, Cause::Paused),
            _ => logs.unseen_minute(minute, 10),
        }
    }
    logs.deed(DeedKind::Stopped, 1_000);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::AdvertiserStop), (TWO_DAYS as i64 - 1_000) / 2, 10);
}

#[test]
fn a_first_review_that_nobody_decides_is_the_platforms() {
    let mut logs = Logs::of(5_000);
    (0..TWO_DAYS).for_each(|minute| logs.minute(minute, 10, 0, Cause::Policy));
    logs.deed(DeedKind::Funded, 0);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::Review), 5_000, 1);
    // It is rejected after a day: the rest is the rules'.
    logs.deed(DeedKind::Rejected, TWO_DAYS / 2);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::Review), 2_500, 1);
    check_near(shortfall.part(Why::Policy), 2_500, 1);
}

#[test]
fn a_pause_is_its_advertisers() {
    let mut logs = Logs::of(5_000);
    for minute in 0..TWO_DAYS {
        let is_paused = (600..1_600).contains(&minute);
        let (served, cause) = if is_paused { (0, Cause::Paused) } else { (1, Cause::Outbid) };
        logs.minute(minute, 10, served, cause);
    }
    logs.deed(DeedKind::Paused, 600);
    logs.deed(DeedKind::Resumed, 1_600);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::AdvertiserPause), 500, 3);
}

#[test]
fn errors_cost_the_part_of_the_pages_that_failed() {
    let mut logs = Logs::of(5_000);
    for minute in 0..TWO_DAYS {
        if (600..1_200).contains(&minute) {
            (0..10).for_each(|_| logs.activity.failure(after(Span::minutes(minute))));
            if minute % 2 == 0 {
                logs.minute(minute, 20, 2, Cause::Outbid);
            }
        } else {
            logs.minute(minute, 20, 2, Cause::Outbid);
        }
    }
    // In 300 minutes a third of the pages failed, in the others all.
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::Errors), 300 + 100, 12);
}

#[test]
fn views_that_were_not_heard_of_are_the_platforms() {
    let mut logs = Logs::of(5_000);
    for minute in 0..TWO_DAYS {
        logs.minute(minute, 20, 2, Cause::Outbid);
    }
    let (from, until) = (after(Span::minutes(600)), after(Span::minutes(1_000)));
    let mut deaf = Logs::of(5_000);
    deaf.counters.clone_from(&logs.counters);
    for minute in 0..TWO_DAYS {
        let at = after(Span::minutes(minute));
        (0..20).for_each(|page| deaf.activity.page(at, usize::from(page < 2)));
        if at < from || until <= at {
            for _ in 0..2 {
                deaf.activity.event(EventKind::Impression, at);
                deaf.bill(at);
            }
        }
    }
    let incident = Incident { component: Component::Intake, from, until };
    assert_eq!(deaf.trouble().incidents(), [incident]);
    let shortfall = deaf.explain();
    check_adds_up(&shortfall);
    check_near(shortfall.part(Why::Intake), 400, 2);
}

#[test]
fn lost_counters_are_no_outage() {
    let mut logs = Logs::of(5_000);
    for minute in 0..600 {
        logs.minute(minute, 20, 2, Cause::Outbid);
    }
    for minute in 600..900 {
        let at = after(Span::minutes(minute));
        (0..2).for_each(|_| logs.bill(at));
    }
    logs.counters.push(CounterRecord::Started { at: after(Span::minutes(900)) });
    for minute in 900..TWO_DAYS {
        logs.minute(minute, 20, 2, Cause::Outbid);
    }
    assert_eq!(logs.trouble().incidents(), []);
    let shortfall = logs.explain();
    check_adds_up(&shortfall);
    assert_eq!(shortfall.part(Why::Outage), 0);
    check_near(shortfall.missing(), 5_000 - TWO_DAYS as i64, 1);
}

#[test]
fn few_that_are_missing_are_believed_when_people_say_so() {
    let mut logs = Logs::of(5_000);
    let is_down = |minute: &u64| (600..608).contains(minute);
    let up = (0..TWO_DAYS).filter(|minute| !is_down(minute));
    up.for_each(|minute| logs.minute(minute, 1, 0, Cause::Outbid));
    assert_eq!(logs.trouble().incidents(), []);
    let (from, until) = (after(Span::minutes(600)), after(Span::minutes(608)));
    let told = Incident { component: Component::Selection, from, until };
    logs.told.push(told);
    assert_eq!(logs.trouble().incidents(), [told]);
}

/// An hour of the two that a promotion has is an outage. What was served of it was served in the
/// minute before, and many came in the minute after: the hours tell that more should have come in
/// the first one, for it is the silence's edge.
fn outage_between_two_minutes(served_after: u64) -> Shortfall {
    let mut logs = Logs::of(1_000);
    logs.plan.ends_at = after(Span::hours(2));
    logs.minute(0, 4, 2, Cause::Pacing);
    logs.minute(60, 100, served_after, Cause::Pacing);
    let (from, until) = (start(), after(Span::hours(1)));
    logs.told.push(Incident { component: Component::Selection, from, until });
    // It is looked at days later: that nothing more was asked for is known.
    let (_, last) = logs.activity.span().unwrap();
    let activity = logs.activity.between(start(), last.saturating_add(Span::days(5)));
    let (waterfall, curve) = (logs.waterfall(), TrafficCurve::flat());
    let trouble = Trouble::find(&activity, waterfall.gaps(), &logs.told);
    let from = after(Span::minutes(1));
    let found = Incident { component: Component::Selection, from, until };
    assert_eq!(trouble.incidents(), [found]);
    let facts = Facts { activity: &activity, ..logs.facts(&waterfall, &trouble, &curve) };
    explain(&facts, logs.plan.ends_at)
}

#[test]
fn an_outage_costs_something_though_all_that_was_served_was_served_beside_it() {
    for served_after in [0, 1, 16] {
        let shortfall = outage_between_two_minutes(served_after);
        check_adds_up(&shortfall);
        // A tenth of the budget, whatever came of the pages behind it.
        check_near(shortfall.part(Why::Outage), 100, 10);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 48,
        ..ProptestConfig::default()
    })]

    /// Whatever the logs say, and however little it goes together.
    #[test]
    fn parts_always_add_up(
        budget in 1..3_000_i64,
        daily in prop::option::of(1..1_000_i64),
        minutes in prop::collection::vec((0..12_u64, 0..4_u64, 0..8_usize, 0..4_u64), 60..400),
        deeds in prop::collection::vec((0..6_usize, 0..2_880_u64), 0..6),
        repaid in prop::collection::vec((0..4_000_u64, 0..20_u64), 0..4),
    ) {
        let mut logs = Logs::of(budget);
        logs.plan.daily = daily.map(whole);
        for (minute, (pages, served, cause, failed)) in minutes.iter().enumerate() {
            // Seven minutes of eight are missing.
            let minute = minute as u64 * 8;
            logs.minute(minute, *pages, (*served).min(*pages), Cause::ALL[*cause]);
            (0..*failed).for_each(|_| logs.activity.failure(after(Span::minutes(minute))));
        }
        repaid.into_iter().for_each(|(minute, units)| logs.repay(minute, units));
        let mut deeds = deeds;
        deeds.sort_by_key(|(_, minute)| *minute);
        for (kind, minute) in deeds {
            let kinds = [
                DeedKind::Paused,
                DeedKind::Resumed,
                DeedKind::PostHidden,
                DeedKind::PostShown,
                DeedKind::Stopped,
                DeedKind::ContentChanged,
            ];
            logs.deed(kinds[kind], minute);
        }
        let shortfall = logs.explain();
        check_adds_up(&shortfall);
        let spent: i64 = logs.deliveries.of(ID).map(|(_, one)| one.net_price()).sum();
        prop_assert_eq!(shortfall.spent, spent);
        let units: i64 = logs.deliveries.of(ID).map(|(_, one)| one.net_units()).sum();
        prop_assert_eq!(shortfall.units, units);
    }
}
