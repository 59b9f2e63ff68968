use base::Span;
use promotions::Goal;

use crate::Chance;
use crate::saved::saved;

/// How long after its selection a billed event comes, learned for one goal.
///
/// It begins with an estimate of ours, worth a thousand events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delays {
    /// Events by the class of their age.
    events: [u64; CLASSES],
}

saved!(Delays { events });

/// Where classes of age begin, after the first one.
const LIMITS: [Span; CLASSES - 1] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::days(1),
    Span::days(3),
];

const CLASSES: usize = 7;

/// With this many events all counts are halved, so that habits may change.
const EVENTS_MAX: u64 = 1_000_000;

impl Delays {
    /// What is believed of `goal` before any event was seen.
    pub fn believed(goal: Goal) -> Delays {
        let events = match goal {
            Goal::Views => [950, 40, 9, 1, 0, 0, 0],
            Goal::Engagement | Goal::ProfileViews | Goal::Followers | Goal::WebsiteVisits => {
                [850, 110, 25, 10, 5, 0, 0]
            }
            Goal::Messages => [450, 200, 150, 80, 80, 30, 10],
            Goal::Sales => [150, 150, 200, 150, 200, 100, 50],
        };
        Delays { events }
    }

    /// Learns from an event that came `age` after its selection.
    pub fn observe(&mut self, age: Span) {
        self.events[class(age)] += 1;
        if self.events.iter().sum::<u64>() >= EVENTS_MAX {
            self.events = self.events.map(|count| count / 2);
        }
    }

    /// The chance that an event still comes, `age` after a selection without one; `chance` is that
    /// of a selection just made.
    pub fn still_to_come(&self, chance: Chance, age: Span) -> Chance {
        let later: u64 = self.events[class(age)..].iter().sum();
        let late = Chance::of(later, self.events.iter().sum());
        // Bayes' rule: those that come late, among these and those that never come.
        let coming = u64::from(chance.billionths()) * u64::from(late.billionths());
        let never = u64::from(Chance::ALWAYS.billionths() - chance.billionths());
        let never = never * u64::from(Chance::ALWAYS.billionths());
        Chance::of(coming, coming.saturating_add(never))
    }
}

/// Which class an age belongs to.
fn class(age: Span) -> usize {
    LIMITS.iter().take_while(|limit| **limit <= age).count()
}
