//! A promotion as the book has it, as choosing knows it: whoever serves a feed, or tries one, makes
//! it here.

use promotions::{EndCause, Micros, Post, Promise, Promotion, State};

use super::{Payer, Pricing, Promoted, Standing, UnitRange};
use crate::{Chance, FrequencyCap, Plan};

/// What part of the quoted maximum is the reserve price: a tenth.
const RESERVE_PART: u64 = 10;

impl Promoted {
    /// What choosing needs to know of a promotion of that post. `payer` is whose name viewers are
    /// told; `believed` is the chance that a showing leads to a unit of its goal.
    pub fn of(promotion: &Promotion, post: &Post, payer: Payer, believed: Chance) -> Promoted {
        let terms = &promotion.terms;
        let most = promotion.quote.unit_price_max;
        let pricing = match terms.promise {
            Promise::Guarantee => Pricing::Fixed(most),
            Promise::Estimate => {
                let least = Micros::new((most.get() / RESERVE_PART).max(1));
                Pricing::Auction { least, most }
            }
        };
        Promoted {
            promotion: promotion.id,
            post: promotion.post.clone(),
            creator: post.creator,
            payer,
            goal: terms.goal,
            audience: terms.audience.clone(),
            currency: promotion.currency(),
            plan: Plan::of(promotion),
            pricing,
            quoted: quoted(promotion),
            cap: FrequencyCap::default(),
            believed,
            standing: standing(promotion),
        }
    }
}

impl Plan {
    /// What is to be spent of a promotion, and when.
    pub fn of(promotion: &Promotion) -> Plan {
        let terms = &promotion.terms;
        Plan {
            budget: Micros::of(terms.budget.amount),
            daily: terms.daily_budget.map(Micros::of),
            starts_at: terms.starts_at,
            ends_at: terms.ends_at,
        }
    }
}

/// The range that was told of an estimate.
fn quoted(promotion: &Promotion) -> Option<UnitRange> {
    let (low, high) = (promotion.quote.units_low, promotion.quote.units_high);
    let is_told = promotion.terms.promise == Promise::Estimate && low > 0;
    is_told.then_some(UnitRange { low, high: high.max(low) })
}

/// What is held up, or over before its time, is not shown and goes on to be looked at until its
/// planned end: what it misses is counted.
fn standing(promotion: &Promotion) -> Standing {
    let pauses = promotion.pauses;
    match (promotion.state, promotion.end.map(|end| end.cause)) {
        (State::Scheduled | State::Running, _) => Standing::Running,
        (State::Paused, _) if pauses.by_platform || pauses.by_claim || pauses.is_disputed => {
            Standing::Withheld
        }
        (State::Paused, _) | (_, Some(EndCause::Advertiser | EndCause::PostDeleted)) => {
            Standing::Paused
        }
        _ => Standing::Withheld,
    }
}
