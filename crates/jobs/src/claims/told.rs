//! Facts of a claim that no row tells: what the feed knows of a promotion's delivery.

use std::cmp::Ordering;

use base::{Instant, Label, PromotionId, Span};
use claims::{Evidence, Fact, FactName, Facts, Finding, Value, WhyUnknown};
use engine::Row;
use feed::shortfall::{Delivered, Shortfall, Why};
use promotions::{Audience, Deed, DeedKind, EndCause, Guarantee, Micros, Pauses, Promotion};
use promotions::{Role, limits};
use serving::{Asked, Feed, Report};
use store::{List, Page, Reader, StoreError};

use super::account::Account;

/// What a claim may be told of a promotion's delivery. Without a feed nothing is known of it, but
/// that a promotion which begins later was not due.
///
/// Money and units are estimates where the feed says so; a fact that nobody can know is told with
/// the reason.
pub fn told_facts(
    feed: Option<&Feed>,
    promotion: &Promotion,
    deeds: &[Deed],
    account: &Account,
    now: Instant,
) -> Facts {
    let mut told = Told { facts: Facts::new(), promotion: promotion.id, now };
    told.deeds(deeds);
    told.moderation(promotion, deeds);
    told.agreement(promotion, account);
    // A sale of more time for a claim is not part of the product.
    told.know(FactName::Extension, Value::Word("none"));
    let Some(feed) = feed else {
        if promotion.terms.starts_at > now {
            told.know(FactName::Start, Value::Word("not_due"));
        }
        return told.facts;
    };
    let reach = |_: &promotions::Audience| 0;
    let asked = Asked { promotion, deeds, stretch: Span::days(1), reach: &reach };
    match feed.report_on(&asked) {
        Ok(report) => told.delivery(promotion, deeds, account, &report),
        Err(_) => told.lost(),
    }
    told.facts
}

/// Up to when somebody can tell what was delivered, in the book's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// So far.
    UpTo(Instant),
    /// It is being opened.
    NothingYet,
    /// Nothing was ever promoted here.
    Nothing,
}

/// A feed follows the clock of its book once a second, also where it is moved.
const FEED_LAG: Span = Span::minutes(1);

/// Why the facts of a claim cannot be put together yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// What tells of deliveries is being opened.
    FeedOpening,
    /// It has not come to this time yet: the clock of the book was moved.
    FeedBehind,
    /// Bills of a guarantee that is over are still to come.
    BillsOpen,
    /// What was done to the promotion is not all in the tables yet.
    DeedsBehind,
}

impl NotYet {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            NotYet::FeedOpening => "feed_opening",
            NotYet::FeedBehind => "feed_behind",
            NotYet::BillsOpen => "bills_open",
            NotYet::DeedsBehind => "records_behind",
        }
    }

    /// What keeps facts about a promotion from being complete; `deeds` are those that the tables
    /// have, and `feed` says up to when deliveries are known.
    pub fn of(promotion: &Promotion, deeds: &[Deed], feed: Tells, now: Instant) -> Option<NotYet> {
        match feed {
            Tells::NothingYet if promotion.slices.ever > 0 => return Some(NotYet::FeedOpening),
            Tells::UpTo(at) if at.saturating_add(FEED_LAG) < now => {
                return Some(NotYet::FeedBehind);
            }
            _ => {}
        }
        // What a guarantee lacks is known once all bills of it are there, if it was shown at all.
        let is_over = promotion.state.is_ended() || promotion.terms.ends_at <= now;
        let is_billed = promotion.slices.open > 0 && promotion.delivery.delivered() > 0;
        if is_over && is_billed && promotion.guarantee().is_some() {
            return Some(NotYet::BillsOpen);
        }
        // The tables follow after a moment.
        let is_behind = u32::try_from(deeds.len()).is_ok_and(|count| count < promotion.deeds);
        is_behind.then_some(NotYet::DeedsBehind)
    }
}

struct Told {
    facts: Facts,
    promotion: PromotionId,
    now: Instant,
}

impl Told {
    fn find(&mut self, name: FactName, finding: Finding) {
        let record = Label::new(&self.promotion.to_string()).expect("ids are labels");
        let fact = Fact { name, finding, evidence: Evidence::Id(record), at: self.now };
        self.facts.tell(fact).expect("each fact once, with a value of its kind");
    }

    fn know(&mut self, name: FactName, value: Value) {
        self.find(name, Finding::Known(value));
    }

    fn deeds(&mut self, deeds: &[Deed]) {
        let by_advertiser = |deed: &&Deed| deed.actor.role == Role::Advertiser;
        let own = || deeds.iter().filter(by_advertiser);
        let stopped = own().any(|deed| matches!(deed.kind, DeedKind::Paused | DeedKind::Stopped));
        self.know(FactName::SelfStopped, Value::Flag(stopped));
        self.know(FactName::Narrowed, Value::Flag(narrowed_at(deeds).is_some()));
    }

    /// That a review was wrong, where an appeal says so. What else reviews have said, rows tell.
    fn moderation(&mut self, promotion: &Promotion, deeds: &[Deed]) {
        if let Some(word) = overturned(promotion, deeds) {
            self.know(FactName::Moderation, Value::Word(word));
        }
    }

    /// What was agreed to before tells of network and device.
    fn agreement(&mut self, promotion: &Promotion, account: &Account) {
        let Some(agreement) = &promotion.authorization else { return };
        self.find(FactName::NetworkAge, account.network_age(agreement));
        self.find(FactName::PaidAlike, account.paid_alike(agreement));
    }

    fn delivery(
        &mut self,
        promotion: &Promotion,
        deeds: &[Deed],
        account: &Account,
        report: &Report,
    ) {
        let shortfall = &report.shortfall;
        let seen: i64 = report.delivered.iter().map(|(_, minute)| minute.net_units()).sum();
        if seen.max(0).unsigned_abs() < promotion.delivery.billed_units {
            // Another log has the rest, or had it: what this one tells is not all.
            return self.lost();
        }
        self.know(FactName::IncidentLoss, Value::Money(shortfall.lost_to_incidents()));
        let until = promotion.terms.ends_at.min(self.now);
        let from = promotion.terms.starts_at;
        let is_watched = !report.gaps.iter().any(|gap| gap.from < until && from < gap.until);
        self.know(FactName::Watched, Value::Flag(is_watched));
        // The feed repays by itself what turns out to be invalid, so nothing is left to claim.
        self.know(FactName::LateInvalid, Value::Money(base::Amount::ZERO));
        self.find(FactName::WrongDelivery, shown_after_all(deeds, report));
        if let Some(cost) = account.billed_after_stop(promotion, deeds, report) {
            self.know(FactName::BilledAfterStop, Value::Money(cost));
        }
        // The feed keeps its verdicts, and not what had spoken against what it billed.
        self.find(FactName::BilledDoubtful, Finding::Unknown(WhyUnknown::NotRecorded));
        if let Some(start) = start(promotion, shortfall, self.now) {
            self.know(FactName::Start, Value::Word(start));
        }
        self.missing(promotion, deeds, shortfall);
    }

    /// What the log would tell cannot be known.
    fn lost(&mut self) {
        let lost = Finding::Unknown(WhyUnknown::NotKept);
        LOGGED.into_iter().for_each(|name| self.find(name, lost));
    }

    /// Units that a guarantee lacks, by who lost them.
    fn missing(&mut self, promotion: &Promotion, deeds: &[Deed], shortfall: &Shortfall) {
        let names = [
            FactName::MissingPlatform,
            FactName::MissingMarket,
            FactName::MissingAdvertiser,
            FactName::MissingPolicy,
            FactName::MissingBeforeNarrowing,
        ];
        let Some(guarantee) = promotion.guarantee() else {
            let none = Finding::Unknown(WhyUnknown::NotApplicable);
            return names.into_iter().for_each(|name| self.find(name, none));
        };
        // What may still come is not missing.
        let due = match promotion.state.is_ended() {
            true => guarantee.units,
            false => planned_units(guarantee, shortfall.planned),
        };
        let missing = due.saturating_sub(promotion.delivery.delivered());
        match shortfall.lost_units(missing) {
            Some(lost) => {
                let counts = [lost.platform, lost.market, lost.advertiser, lost.policy];
                for (name, count) in names.into_iter().zip(counts) {
                    self.know(name, Value::Count(count));
                }
            }
            None => {
                let unknown = Finding::Unknown(WhyUnknown::NotRecorded);
                names.into_iter().take(4).for_each(|name| self.find(name, unknown));
            }
        }
        let before = match narrowed_at(deeds) {
            Some(at) => {
                let price = Micros::of(guarantee.price).get().checked_div(guarantee.units);
                let lost = shortfall.lost_before(at, Micros::new(price.unwrap_or(0)));
                Finding::Known(Value::Count(lost.min(missing)))
            }
            None => Finding::Unknown(WhyUnknown::NotApplicable),
        };
        self.find(FactName::MissingBeforeNarrowing, before);
    }
}

/// What is read from the log alone.
const LOGGED: [FactName; 8] = [
    FactName::IncidentLoss,
    FactName::Watched,
    FactName::WrongDelivery,
    FactName::MissingPlatform,
    FactName::MissingMarket,
    FactName::MissingAdvertiser,
    FactName::MissingPolicy,
    FactName::MissingBeforeNarrowing,
];

/// What was chosen for viewers, and billed, while it was not to be shown: a process may not have
/// heard of a stop or a pause yet. Unknown when other people or another content were to be shown
/// from then on: nobody has looked which of both it was. What an event tells is else as it was
/// chosen, or it is not billed.
///
/// What is delivered is known by the minute, so only whole minutes count: else an advertiser who
/// pauses and resumes around each full minute would have all of it repaid. What was repaid since
/// may have been the same units, and is not paid twice.
fn shown_after_all(deeds: &[Deed], report: &Report) -> Finding {
    let (mut cost, mut off_since, mut first) = (0_u64, None, Instant::MAX);
    let mut count = |from: Instant, until: Instant| {
        cost += whole_minutes(report, from, until).map(|minute| minute.price.get()).sum::<u64>();
        first = first.min(from);
    };
    let (mut pauses, mut is_stopped) = (Pauses::default(), false);
    for deed in deeds {
        if deed.kind == DeedKind::ContentChanged {
            return Finding::Unknown(WhyUnknown::NotGathered);
        }
        is_stopped |= deed.kind == DeedKind::Stopped;
        pauses.follow(deed);
        let is_off = is_stopped || Pauses { is_disputed: false, ..pauses }.any();
        match (off_since, is_off) {
            (None, true) => off_since = Some(deed.at),
            (Some(since), false) => {
                count(since, deed.at);
                off_since = None;
            }
            _ => {}
        }
    }
    if audiences(deeds).any(|change| !change.audience.contains(change.before)) {
        return Finding::Unknown(WhyUnknown::NotGathered);
    }
    off_since.into_iter().for_each(|since| count(since, Instant::MAX));
    let begun = first.saturating_sub(Span::minutes(1));
    let since = report.delivered.iter().filter(|(at, _)| begun < *at);
    let repaid = since.map(|(_, minute)| minute.repaid.get()).sum::<u64>();
    Finding::Known(Value::Money(Micros::new(cost.saturating_sub(repaid)).whole()))
}

/// What was delivered in the minutes that lie wholly between two times.
pub(super) fn whole_minutes(
    report: &Report,
    from: Instant,
    until: Instant,
) -> impl Iterator<Item = &Delivered> {
    let last = until.saturating_sub(Span::minutes(1));
    let minutes = report.delivered.iter().filter(move |(at, _)| from <= *at && *at <= last);
    minutes.map(|(_, minute)| minute)
}

/// How many units of a guarantee so much of its price is for.
fn planned_units(guarantee: Guarantee, planned: i64) -> u64 {
    let planned = u128::from(planned.max(0).unsigned_abs());
    let price = u128::from(Micros::of(guarantee.price).get());
    let units = (planned * u128::from(guarantee.units)).checked_div(price).unwrap_or(0);
    u64::try_from(units).map_or(guarantee.units, |units| units.min(guarantee.units))
}

/// When the advertiser left people out who were to be shown it before, and when it was paid. One
/// who asks less than before, as suggestions do, has left nobody out.
fn narrowed_at(deeds: &[Deed]) -> Option<Instant> {
    let bought = bought_audience(deeds)?;
    let narrows = |change: &Change<'_>| {
        let is_theirs = change.deed.actor.role == Role::Advertiser;
        is_theirs && [change.before, bought].iter().all(|one| !change.audience.contains(one))
    };
    audiences(deeds).find(narrows).map(|change| change.deed.at)
}

/// A change of the audience after it was paid.
struct Change<'a> {
    deed: &'a Deed,
    before: &'a Audience,
    audience: &'a Audience,
}

/// Such changes, in order.
fn audiences(deeds: &[Deed]) -> impl Iterator<Item = Change<'_>> {
    let paid = deeds.iter().position(|deed| deed.kind == DeedKind::Funded);
    let since = paid.map_or(&[][..], |paid| &deeds[paid..]);
    let mut before = bought_audience(deeds);
    since.iter().filter_map(move |deed| {
        let audience = &deed.terms.as_ref()?.audience;
        let before = before.replace(audience)?;
        Some(Change { deed, before, audience })
    })
}

/// Whom it was for when it was paid.
fn bought_audience(deeds: &[Deed]) -> Option<&Audience> {
    let paid = deeds.iter().position(|deed| deed.kind == DeedKind::Funded)?;
    let terms = deeds[..=paid].iter().rev().find_map(|deed| deed.terms.as_ref())?;
    Some(&terms.audience)
}

/// What the last rejection was that was appealed against, if somebody else has allowed the same
/// after all: the same terms for the same content. `None` when a rule ended it later; where it was
/// rejected before it was ever allowed, and [that did not hold it up](is_held_up); and where a
/// former release has rejected it, for nobody knows what content that was about.
fn overturned(promotion: &Promotion, deeds: &[Deed]) -> Option<&'static str> {
    let cause = promotion.end.map(|end| end.cause);
    if matches!(cause, Some(EndCause::Policy | EndCause::Rejected)) {
        return None;
    }
    let last = |kind, deeds: &[Deed]| deeds.iter().rposition(|deed| deed.kind == kind);
    let appealed = last(DeedKind::Appealed, deeds)?;
    let rejected = last(DeedKind::Rejected, &deeds[..appealed])?;
    let is_decision = |deed: &Deed| matches!(deed.kind, DeedKind::Approved | DeedKind::Rejected);
    let decided = appealed + deeds[appealed..].iter().position(is_decision)?;
    let is_edited = last(DeedKind::Edited, &deeds[rejected..decided]).is_some();
    let version = |place: usize| deeds[place].content_version.as_ref();
    let is_same = version(rejected).is_some() && version(rejected) == version(decided);
    if deeds[decided].kind != DeedKind::Approved || is_edited || !is_same {
        return None;
    }
    if last(DeedKind::Approved, &deeds[..rejected]).is_some() {
        return Some("removed_wrongly");
    }
    let [from, until] = [rejected, decided].map(|place| deeds[place].at);
    is_held_up(promotion, from, until).then_some("rejected_wrongly")
}

/// Whether what lasted between two times has kept a promotion from being shown: for at least half
/// of the time for which it was bought, counted from its payment if that came later. When it was
/// over sooner, something else has kept it from being shown for longer.
fn is_held_up(promotion: &Promotion, from: Instant, until: Instant) -> bool {
    let terms = &promotion.terms;
    let begins = promotion.funded_at.map_or(terms.starts_at, |at| at.max(terms.starts_at));
    let micros = |from: Instant, until: Instant| until.since(from).map_or(0, Span::micros);
    let held = micros(from.max(begins), until.min(terms.ends_at));
    held > 0 && held >= micros(begins, terms.ends_at).div_ceil(2)
}

/// Whether it could ever be shown, and if not, who held it up for its whole time. `None` when that
/// is not known, and before its time is over: until then it may still be shown.
fn start(promotion: &Promotion, shortfall: &Shortfall, now: Instant) -> Option<&'static str> {
    if promotion.terms.starts_at > now {
        return Some("not_due");
    }
    if shortfall.units > 0 {
        return Some("begun");
    }
    if !promotion.state.is_ended() && now < promotion.terms.ends_at {
        return None;
    }
    let lost = |whose: &[Why]| -> i64 { whose.iter().map(|why| shortfall.part(*why)).sum() };
    let held_by_us = lost(&[
        Why::Outage,
        Why::Errors,
        Why::Intake,
        Why::Incident,
        Why::Review,
        Why::PlatformPause,
    ]);
    let held_by_them =
        lost(&[Why::AdvertiserPause, Why::AdvertiserStop, Why::PostPrivate, Why::PostDeleted]);
    let all: i64 = Why::ALL.iter().map(|why| shortfall.part(*why).max(0)).sum();
    match (held_by_us.cmp(&all), held_by_them.cmp(&all)) {
        _ if all <= 0 => None,
        (Ordering::Equal, _) => Some("held_by_platform"),
        (_, Ordering::Equal) => Some("held_by_advertiser"),
        _ => None,
    }
}

/// What was done to a promotion, in order.
///
/// # Errors
///
/// What the reader says.
pub fn deeds_of(reader: &mut dyn Reader, promotion: PromotionId) -> Result<Vec<Deed>, StoreError> {
    // People may do so much; what time and posts do comes on top.
    let (limit, mut after) = (limits::DEEDS_MAX, None);
    let mut deeds: Vec<Deed> = Vec::new();
    loop {
        let rows = reader.list(List::Deeds { promotion }, Page::after(after, limit))?;
        let is_last = rows.len() < limit as usize;
        for row in rows {
            let Row::Deed(deed) = row else { continue };
            after = Some(deed.id.bits());
            deeds.push(deed.as_ref().clone());
        }
        if is_last {
            break;
        }
    }
    deeds.sort_by_key(|deed| deed.number);
    Ok(deeds)
}

#[cfg(test)]
mod tests;
