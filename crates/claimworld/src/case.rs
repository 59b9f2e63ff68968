//! One case: a claim, what the records say, and what is true.

use base::Currency;
use claims::{Facts, Ground};

use crate::account::{agreement, history};
use crate::book::book;
use crate::course::Nature;
use crate::draws::Key;
use crate::filing::{decided_alike, file};
use crate::losses::losses;
use crate::records::{self, Happened};
use crate::story::story;
use crate::truth::{due_on, judge};
use crate::{Filing, Params, Truth};

/// The currency of every case: one, so that what wrong decisions cost can be added up.
pub const CURRENCY: Currency = Currency::EUR;

/// A world of claims: a seed, and how common everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimWorld {
    /// The same seed gives the same cases, bit for bit.
    pub seed: u64,
    /// How common everything is.
    pub params: Params,
}

/// A claim, what the records say of it, and what is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number in its world.
    pub number: u32,
    /// The claim as it comes.
    pub filing: Filing,
    /// What whoever decides may know.
    pub facts: Facts,
    /// What whoever decides may not know.
    pub truth: Truth,
}

impl ClaimWorld {
    /// The case of that number. No case depends on another.
    pub fn case(&self, number: u32) -> Case {
        let params = &self.params;
        let key = Key { seed: self.seed, case: number };
        let story = story(params, key);
        let (filing, mut at) = file(params, key, &story);
        let promotion = &story.promotion;
        let added = at.extension.map_or(0, |(hours, _)| hours);
        let nature = Nature::new(params, key, promotion, promotion.hours + added);
        let at_end = nature.run(promotion, &story.faults, promotion.hours);
        if at.extension.is_some() && at_end.known_valid() >= promotion.target {
            // Nobody takes more time for what is delivered.
            at.extension = None;
            at.hours = promotion.hours;
        }
        let losses = losses(&nature, promotion, &story.faults, at.hours);
        let agreement = agreement(params, key, story.user, &story.faults);
        let history = history(key, agreement, story.user);
        let mut book = book(params, key, promotion, &story.faults, &losses, (&filing, &at));
        let first = due_on(story.ground, promotion, agreement, &losses, &book);
        book.pay_earlier(at.earlier, first.owed);
        let due = due_on(filing.ground, promotion, agreement, &losses, &book);
        let tells_nothing =
            filing.ground == Ground::UnauthorizedCharge && history.tells_nothing(agreement);
        let (deserves, owed, returning) = judge(due, &book, &at, tells_nothing);
        let owed_on_other = Ground::ALL
            .into_iter()
            .filter(|ground| *ground != filing.ground)
            .map(|ground| {
                let due = due_on(ground, promotion, agreement, &losses, &book);
                judge(due, &book, &at, false).1
            })
            .max()
            .unwrap_or(0);
        let happened = Happened {
            promotion,
            faults: &story.faults,
            losses: &losses,
            book: &book,
            history: &history,
            filing: &filing,
            at: &at,
            alike: decided_alike(key, story.user, &at, history.earlier_claims),
        };
        let facts = records::write(params, key, &happened);
        let comes_back = book.unspent + book.pending_back + book.bots_late + book.duplicate;
        let truth = Truth {
            user: story.user,
            agreement,
            promotion: story.promotion,
            faults: story.faults,
            losses,
            book,
            deserves,
            may_wait: at.may_wait(),
            owed,
            returning,
            comes_back,
            owed_on_other,
        };
        Case { number, filing, facts, truth }
    }

    /// So many cases, from the first.
    pub fn cases(&self, count: u32) -> impl Iterator<Item = Case> {
        (0..count).map(|number| self.case(number))
    }
}
