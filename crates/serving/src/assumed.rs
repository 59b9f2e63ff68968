//! What is believed before anything was counted. All of it is ours; none was measured.

use feed::Chance;
use promotions::Goal;

/// Units of the goal that a million showings bring, as quotes assume too.
pub fn units_per_million(goal: Goal) -> u32 {
    match goal {
        Goal::Views => 250_000,
        Goal::Engagement => 20_000,
        Goal::ProfileViews | Goal::WebsiteVisits => 10_000,
        Goal::Followers => 2_000,
        Goal::Messages => 1_000,
        Goal::Sales => 500,
    }
}

/// The chance that showing a post leads to a unit of the goal.
pub fn believed(goal: Goal) -> Chance {
    chance(units_per_million(goal))
}

/// The same where so many of a million did.
pub(crate) fn chance(units_per_million: u32) -> Chance {
    Chance::from_billionths(units_per_million.saturating_mul(1_000))
}
