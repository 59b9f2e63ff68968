use base::{Instant, Span};

use super::activity::Activity;
use super::deliveries::minute_of;
use super::holdups::{Deeds, Holdup};
use super::supply::{Flow, PER_MICRO};
use super::trouble::Health;
use super::{Delivered, Facts};
use crate::Counts;

/// One minute of a promotion, as the logs tell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minute {
    pub(super) at: Instant,
    pub(super) hour: usize,
    pub(super) epoch: usize,
    pub(super) counts: Counts,
    /// Whether the feed looked at the promotion then: it was counted before or at this minute, and
    /// at it or later.
    pub(super) is_counted: bool,
    /// Pages of the platform.
    pub(super) pages: u64,
    pub(super) health: Health,
    pub(super) holdup: Option<Holdup>,
    /// What its selections have cost, without what was repaid in it.
    pub(super) flow: Flow,
    pub(super) repaid: Flow,
    /// Units that were billed, less those that were repaid in it.
    pub(super) units: i64,
}

impl Minute {
    /// Whether everything in it was as usual, and is known.
    pub(super) fn is_clean(&self) -> bool {
        self.is_told() && self.health.unseen == 0
    }

    /// Whether what was counted in it is known, and nothing held the promotion up.
    pub(super) fn is_told(&self) -> bool {
        !self.health.is_gap && self.holdup.is_none()
    }
}

/// Every minute from the start to `until`, or to the end.
pub(super) fn minutes(
    facts: &Facts<'_>,
    activity: &Activity,
    deeds: &Deeds,
    until: Instant,
) -> Vec<Minute> {
    let until = until.min(facts.plan.ends_at);
    let counted = || facts.waterfall.of(facts.promotion);
    let ends = [counted().next(), counted().last()].map(|one| one.map(|(minute, _)| minute));
    let is_counted =
        |at: Instant| matches!(ends, [Some(first), Some(last)] if first <= at && at <= last);
    let mut counted = counted().peekable();
    let mut delivered = facts.deliveries.of(facts.promotion).peekable();
    let mut found = Vec::new();
    let mut at = minute_of(facts.plan.starts_at);
    while at < until {
        let next = at.saturating_add(Span::minutes(1));
        let mut counts = Counts::default();
        while let Some((_, more)) = counted.next_if(|(minute, _)| *minute < next) {
            counts.absorb(more);
        }
        let mut sums = Delivered::default();
        // What is repaid after the end belongs to the last minute.
        let is_last = next >= until;
        while let Some((_, more)) = delivered.next_if(|(minute, _)| is_last || *minute < next) {
            sums.units += more.units;
            sums.repaid_units += more.repaid_units;
            sums.price = sums.price.saturating_add(more.price);
            sums.repaid = sums.repaid.saturating_add(more.repaid);
        }
        let repaid = flow(sums.repaid);
        found.push(Minute {
            at,
            hour: (at.micros().unsigned_abs() / Span::hours(1).micros() % 24) as usize,
            epoch: deeds.epoch(at),
            counts,
            is_counted: is_counted(at),
            pages: activity.of(at).pages,
            health: facts.trouble.of(at),
            holdup: deeds.holdup(at, next),
            flow: flow(sums.price) - repaid,
            repaid,
            units: sums.net_units(),
        });
        at = next;
    }
    found
}

pub(super) fn flow(price: promotions::Micros) -> Flow {
    i128::from(price.get()) * PER_MICRO
}
