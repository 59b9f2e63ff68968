//! What was bought.

use base::{Instant, Span};
use promotions::{Goal, Promise};
use world::Draw;

use crate::Params;
use crate::draws::{Key, Purpose};

/// A promotion as its advertiser has bought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// What it is to bring about.
    pub goal: Goal,
    /// What was sold.
    pub promise: Promise,
    /// How many people it is for.
    pub audience: u32,
    /// What may be spent, in minor units.
    pub budget: i64,
    /// Units that the budget pays for; with a guarantee, those that are guaranteed.
    pub target: u64,
    /// When it begins.
    pub starts_at: Instant,
    /// How many hours it is to run.
    pub hours: u32,
    /// Units that its audience gives when nothing is wrong, in hundredths of those it pays for.
    pub supply_percent: u32,
    /// How well the post does among others, in hundredths.
    pub quality_percent: u32,
}

/// Midnight of Monday, 5 January 2026.
const MONDAY: Instant = Instant::from_micros(1_767_571_200_000_000);

impl Promotion {
    /// When it is over.
    pub fn ends_at(&self) -> Instant {
        self.starts_at.saturating_add(Span::hours(u64::from(self.hours)))
    }

    /// Whether units are guaranteed.
    pub fn is_guarantee(&self) -> bool {
        self.promise == Promise::Guarantee
    }

    /// What so many units cost: their share of the budget, rounded down to whole minor units.
    pub fn cost(&self, units: u64) -> i64 {
        let whole = i128::from(self.budget) * i128::from(units.min(self.target));
        (whole / i128::from(self.target.max(1))) as i64
    }

    /// What the last so many of the billed units cost.
    pub(crate) fn cost_of_last(&self, units: u64, billed: u64) -> i64 {
        self.cost(billed) - self.cost(billed.saturating_sub(units))
    }
}

/// The promotion of a case. Who is to have a guarantee gets one whatever the draw.
pub(crate) fn promotion(params: &Params, key: Key, needs_guarantee: bool) -> Promotion {
    let mut draw = key.of(Purpose::Promotion, 0);
    let other = Goal::ALL[1 + draw.weighted(&[30, 16, 20, 20, 6, 8])];
    let is_views = draw.chance(params.views.into()) || needs_guarantee;
    let goal = if is_views { Goal::Views } else { other };
    let is_guaranteed = is_views && (draw.chance(params.guarantee.into()) || needs_guarantee);
    let budget = draw.between(2_000, 30_000);
    let target = (budget * 1_000 / price_per_thousand(goal, &mut draw)).max(1);
    let is_narrow = draw.chance(params.narrow_audience.into());
    // Guarantees are sold with some room.
    let supply = match (is_narrow, is_guaranteed) {
        (true, true) => draw.between(90, 200),
        (true, false) => draw.between(50, 160),
        (false, true) => draw.between(170, 400),
        (false, false) => draw.between(100, 400),
    };
    let audience = if is_narrow { draw.between(300, 9_000) } else { audience(&mut draw) };
    Promotion {
        goal,
        promise: if is_guaranteed { Promise::Guarantee } else { Promise::Estimate },
        audience: audience as u32,
        budget: budget as i64,
        target,
        starts_at: MONDAY.saturating_add(Span::hours(draw.below(200 * 24))),
        hours: draw.between(24, 14 * 24).min(draw.between(24, 14 * 24)) as u32,
        supply_percent: supply as u32,
        quality_percent: draw.between(40, 200) as u32,
    }
}

/// Most audiences are small among the large.
fn audience(draw: &mut Draw) -> u64 {
    10_000 + draw.below(5_000) * draw.below(1_000)
}

/// What a thousand units cost, in minor units: the rarer they are, the more.
fn price_per_thousand(goal: Goal, draw: &mut Draw) -> u64 {
    let usual = match goal {
        Goal::Views => 400,
        Goal::Engagement => 4_000,
        Goal::ProfileViews => 9_000,
        Goal::WebsiteVisits => 12_000,
        Goal::Followers => 30_000,
        Goal::Messages => 60_000,
        Goal::Sales => 150_000,
    };
    usual * draw.between(50, 160) * draw.between(60, 150) / 10_000
}
