//! Promotions as the feed knows them.

use base::Text;
use feed::{FrequencyCap, Plan, Pricing, Promoted, Standing, UnitRange};
use promotions::{Micros, Post, Promise, Promotion, State};

use crate::{believed, payer};

/// What part of the quoted maximum is the reserve price: a tenth.
const RESERVE_PART: u64 = 10;

/// Whether viewers may belong to its audience now: it was allowed once, and is not over. One that
/// is held up stays, for what it misses is counted.
pub(crate) fn is_candidate(promotion: &Promotion) -> bool {
    promotion.review.approved_version.is_some() && promotion.state.is_under_way()
}

/// What choosing needs to know. `creator` is the name of whoever made the post.
pub(crate) fn promoted(promotion: &Promotion, post: &Post, creator: &Text<200>) -> Promoted {
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
        payer: payer(creator.as_str()),
        goal: terms.goal,
        audience: terms.audience.clone(),
        currency: promotion.currency(),
        plan: plan(promotion),
        pricing,
        quoted: quoted(promotion),
        cap: cap(),
        believed: believed(terms.goal),
        standing: standing(promotion),
    }
}

/// The range that was told of an estimate.
fn quoted(promotion: &Promotion) -> Option<UnitRange> {
    let (low, high) = (promotion.quote.units_low, promotion.quote.units_high);
    let is_told = promotion.terms.promise == Promise::Estimate && low > 0;
    is_told.then_some(UnitRange { low, high: high.max(low) })
}

/// What is to be spent, and when.
pub(crate) fn plan(promotion: &Promotion) -> Plan {
    let terms = &promotion.terms;
    Plan {
        budget: Micros::of(terms.budget.amount),
        daily: terms.daily_budget.map(Micros::of),
        starts_at: terms.starts_at,
        ends_at: terms.ends_at,
    }
}

/// How often one viewer is shown a promotion.
pub(crate) fn cap() -> FrequencyCap {
    FrequencyCap::default()
}

fn standing(promotion: &Promotion) -> Standing {
    let pauses = promotion.pauses;
    match promotion.state {
        State::Scheduled | State::Running => Standing::Running,
        State::Paused if pauses.by_platform || pauses.by_claim || pauses.is_disputed => {
            Standing::Withheld
        }
        State::Paused => Standing::Paused,
        _ => Standing::Withheld,
    }
}
