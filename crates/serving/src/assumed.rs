//! What is believed before anything was counted. All of it is ours; none was measured.

use feed::Chance;
use promotions::Goal;

/// The chance that showing a post leads to a unit of the goal.
pub fn believed(goal: Goal) -> Chance {
    let per_thousand = match goal {
        Goal::Views => 600,
        Goal::Engagement => 50,
        Goal::ProfileViews => 20,
        Goal::WebsiteVisits => 15,
        Goal::Followers => 5,
        Goal::Messages => 3,
        Goal::Sales => 2,
    };
    Chance::of(per_thousand, 1_000)
}
