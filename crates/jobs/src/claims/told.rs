//! Facts of a claim that no row tells: what the feed knows of a promotion's delivery.

use std::cmp::Ordering;

use base::{Instant, Label, PromotionId, Span};
use claims::{Evidence, Fact, FactName, Facts, Finding, Value, WhyUnknown};
use engine::Row;
use feed::shortfall::{Shortfall, Why};
use promotions::{Audience, Deed, DeedKind, Guarantee, Micros, Promotion, Role, limits};
use serving::{Asked, Feed, Report};
use store::{List, Page, Reader, StoreError};

/// What a claim may be told of a promotion's delivery. Without a feed nothing is known of it, but
/// that a promotion which begins later was not due.
///
/// Money and units are estimates where the feed says so; a fact that nobody can know is told with
/// the reason.
pub fn told_facts(
    feed: Option<&Feed>,
    promotion: &Promotion,
    deeds: &[Deed],
    now: Instant,
) -> Facts {
    let mut told = Told { facts: Facts::new(), promotion: promotion.id, now };
    told.deeds(deeds);
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
    told.delivery(promotion, deeds, &feed.report_on(&asked));
    told.facts
}

/// Why the facts of a claim cannot be put together yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// What tells of deliveries is being opened.
    FeedOpening,
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
            NotYet::BillsOpen => "bills_open",
            NotYet::DeedsBehind => "records_behind",
        }
    }

    /// What keeps facts about a promotion from being complete; `deeds` are those that the tables
    /// have, and `is_opening` says that the feed is.
    pub fn of(
        promotion: &Promotion,
        deeds: &[Deed],
        is_opening: bool,
        now: Instant,
    ) -> Option<NotYet> {
        if is_opening && promotion.slices.ever > 0 {
            return Some(NotYet::FeedOpening);
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

    fn delivery(&mut self, promotion: &Promotion, deeds: &[Deed], report: &Report) {
        let shortfall = &report.shortfall;
        let seen: i64 = report.delivered.iter().map(|(_, minute)| minute.net_units()).sum();
        if seen.max(0).unsigned_abs() < promotion.delivery.billed_units {
            // Another log has the rest, or had it: what this one tells is not all.
            let lost = Finding::Unknown(WhyUnknown::NotKept);
            return LOGGED.into_iter().for_each(|name| self.find(name, lost));
        }
        self.know(FactName::IncidentLoss, Value::Money(shortfall.lost_to_incidents()));
        let until = promotion.terms.ends_at.min(self.now);
        let from = promotion.terms.starts_at;
        let is_watched = !report.gaps.iter().any(|gap| gap.from < until && from < gap.until);
        self.know(FactName::Watched, Value::Flag(is_watched));
        // The feed repays by itself what turns out to be invalid, so nothing is left to claim.
        self.know(FactName::LateInvalid, Value::Money(base::Amount::ZERO));
        self.find(FactName::WrongDelivery, shown_after_all(deeds, report));
        if let Some(start) = start(promotion, shortfall, self.now) {
            self.know(FactName::Start, Value::Word(start));
        }
        self.missing(promotion, deeds, shortfall);
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
fn shown_after_all(deeds: &[Deed], report: &Report) -> Finding {
    let (mut cost, mut off_since) = (0_u64, None);
    let mut count = |from: Instant, until: Instant| {
        let minutes = report.delivered.iter().filter(|(at, _)| from <= *at && *at < until);
        let net = |(_, minute): &(Instant, feed::shortfall::Delivered)| {
            minute.price.get().saturating_sub(minute.repaid.get())
        };
        cost += minutes.map(net).sum::<u64>();
    };
    for deed in deeds {
        match deed.kind {
            DeedKind::Stopped | DeedKind::Paused | DeedKind::PostHidden => {
                off_since = off_since.or(Some(deed.at));
            }
            DeedKind::Resumed | DeedKind::PostShown => {
                off_since.take().into_iter().for_each(|since| count(since, deed.at));
            }
            DeedKind::ContentChanged => return Finding::Unknown(WhyUnknown::NotGathered),
            _ => {}
        }
    }
    if audiences(deeds).any(|change| !change.audience.contains(change.before)) {
        return Finding::Unknown(WhyUnknown::NotGathered);
    }
    off_since.into_iter().for_each(|since| count(since, Instant::MAX));
    Finding::Known(Value::Money(Micros::new(cost).whole()))
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
