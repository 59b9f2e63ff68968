//! What an advertiser reads: how much was billed, what was not and why, and what was repaid.

use base::{Amount, Currency, Money, PromotionId, fair_split};
use promotions::{EventKind, Micros};

use super::{PromotionTotals, Totals};
use crate::verdict::Cause;

/// The totals of a promotion in one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What billed units cost, before anything was repaid, in whole minor units. The book rounds
    /// once for all streams of a promotion, so what it has charged may differ by a minor unit.
    pub billed: Amount,
    /// What of it was repaid.
    pub repaid: Amount,
    /// Kinds of events that occurred, in their order.
    pub kinds: Vec<KindSummary>,
    /// Causes for which something was repaid, with its share of [`Summary::repaid`].
    pub causes: Vec<CauseSummary>,
}

/// Events of one kind: each token is in exactly one of the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindSummary {
    /// The kind.
    pub kind: EventKind,
    /// Events that were billed, those repaid later among them.
    pub billed: u64,
    /// Valid events that cost nothing: of a kind that is not paid for, or without money for them.
    pub counted: u64,
    /// Events that were never billed, for each cause that occurred.
    pub invalid: Vec<(Cause, u64)>,
}

/// What was repaid for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseSummary {
    /// The kind of the events.
    pub kind: EventKind,
    /// Why.
    pub cause: Cause,
    /// How many were billed first.
    pub units: u64,
    /// What of their money was repaid.
    pub repaid: Amount,
}

impl Totals {
    /// The totals of a promotion; all zero when there is no record of it.
    pub fn summary(&self, promotion: PromotionId) -> Summary {
        self.promotions.get(&promotion).map(Summary::of).unwrap_or_default()
    }
}

impl Summary {
    fn of(totals: &PromotionTotals) -> Summary {
        let back = totals.repaid.values().fold(0, |sum, one| sum + one.millionths);
        let was = totals.billed.micros();
        let is = Micros::new(was.get().saturating_sub(weight(back)));
        let repaid = was.whole().saturating_sub(is.whole());
        let weights: Vec<_> = totals.repaid.values().map(|one| weight(one.millionths)).collect();
        // Where all prices are zero there is nothing to split.
        let parts = fair_split(repaid, &weights).unwrap_or_else(|| vec![repaid; weights.len()]);
        let mut summary = Summary { billed: was.whole(), repaid, ..Summary::default() };
        summary.kinds.extend(totals.kinds.iter().map(|(kind, of_kind)| {
            KindSummary {
                kind: *kind,
                billed: of_kind.billed,
                counted: of_kind.counted,
                invalid: of_kind
                    .invalid
                    .iter()
                    .filter(|(_, units)| **units > 0)
                    .map(|(cause, units)| (*cause, *units))
                    .collect(),
            }
        }));
        let causes = totals.repaid.iter().zip(parts);
        summary.causes.extend(causes.map(|(((kind, cause), one), repaid)| CauseSummary {
            kind: *kind,
            cause: *cause,
            units: one.units,
            repaid,
        }));
        summary
    }

    /// What was not paid for or is repaid, a sentence for each kind and cause:
    /// "212 views from automated traffic: 180 never billed, 32 repaid with 3.12 USD."
    pub fn sentences(&self, currency: Currency) -> Vec<String> {
        let mut sentences = Vec::new();
        for kind in EventKind::ALL {
            for cause in Cause::ALL {
                let never = self.never_billed(kind, cause);
                let is_this = |one: &&CauseSummary| one.kind == kind && one.cause == cause;
                let repaid = self.causes.iter().find(is_this);
                sentences.extend(sentence(kind, cause, never, repaid, currency));
            }
        }
        sentences
    }

    fn never_billed(&self, kind: EventKind, cause: Cause) -> u64 {
        let of_kind = self.kinds.iter().find(|one| one.kind == kind);
        let causes = of_kind.map_or(&[][..], |of_kind| of_kind.invalid.as_slice());
        causes.iter().find(|(one, _)| *one == cause).map_or(0, |(_, units)| *units)
    }
}

fn sentence(
    kind: EventKind,
    cause: Cause,
    never: u64,
    repaid: Option<&CauseSummary>,
    currency: Currency,
) -> Option<String> {
    let (units, amount) = repaid.map_or((0, Amount::ZERO), |one| (one.units, one.repaid));
    let phrase = cause.phrase();
    let money = Money { amount, currency };
    let all = never + units;
    let noun = noun(kind, all);
    match (never, units) {
        (0, 0) => None,
        (_, 0) => Some(format!("{all} {noun} {phrase}, not billed.")),
        (0, _) => Some(format!("{all} {noun} {phrase}, {money} repaid.")),
        _ => {
            Some(format!("{all} {noun} {phrase}: {never} not billed, {units} with {money} repaid."))
        }
    }
}

/// What people call so many events.
pub(crate) fn noun(kind: EventKind, number: u64) -> &'static str {
    let (one, more) = match kind {
        EventKind::Impression => ("impression", "impressions"),
        EventKind::View => ("view", "views"),
        EventKind::Engagement => ("reaction", "reactions"),
        EventKind::ProfileView => ("profile view", "profile views"),
        EventKind::Follow => ("follow", "follows"),
        EventKind::Click => ("click", "clicks"),
        EventKind::Message => ("message", "messages"),
        EventKind::Sale => ("sale", "sales"),
    };
    if number == 1 { one } else { more }
}

/// A weight of at most 2⁶⁴ − 1: sums of prices beyond that are no amounts.
fn weight(millionths: u128) -> u64 {
    u64::try_from(millionths).unwrap_or(u64::MAX)
}
