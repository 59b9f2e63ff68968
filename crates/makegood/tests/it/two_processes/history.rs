//! What the clients of a card saw, and whether one order of events explains it.
//!
//! `sim::linearize` follows the calls of a writer; over HTTP there is none. But every redemption
//! here takes one unit, and its answer tells what the card has left: so the answers name their
//! place in the order, a question names the redemptions it stands between, and it remains to be
//! seen whether real time allows that order. The bounds that follow from counting alone, whatever
//! a redemption says of itself, are checked beside it.

use std::time::Instant;

/// What one redemption takes, in minor units.
pub const UNIT: i64 = 100;

/// Something a client was told about a card.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub kind: Kind,
    /// When it was first asked for.
    pub called: Instant,
    /// When it was answered.
    pub returned: Instant,
    /// What the card had left, by the answer.
    pub left: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Redemption,
    Question,
}

/// Everything that was told about one card, once nothing is under way any more.
pub struct History {
    /// What the card was issued with.
    pub value: i64,
    pub events: Vec<Event>,
}

impl History {
    /// Checks it against what the card has in the end.
    pub fn check(&self, final_balance: i64) -> Result<(), String> {
        self.check_once(final_balance)?;
        self.check_order()?;
        self.check_counts()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.kind == kind)
    }

    /// Every redemption took place once, and nothing else did.
    fn check_once(&self, final_balance: i64) -> Result<(), String> {
        let mut left: Vec<i64> = self.of(Kind::Redemption).map(|event| event.left).collect();
        left.sort_unstable_by(|one, other| other.cmp(one));
        let mut expected = self.value;
        for left in &left {
            expected -= UNIT;
            if *left != expected {
                return Err(format!("after a redemption {left} is left, not {expected}"));
            }
        }
        match final_balance == expected {
            true => Ok(()),
            false => Err(format!("in the end {final_balance} is left, not {expected}")),
        }
    }

    /// The order in which the answers place themselves is one that real time allows.
    fn check_order(&self) -> Result<(), String> {
        // Twice the number of redemptions before it, and one more for what comes after the last.
        let place = |event: &Event| {
            let redeemed = (self.value - event.left) / UNIT;
            2 * redeemed + i64::from(event.kind == Kind::Question)
        };
        let mut by_call: Vec<&Event> = self.events.iter().collect();
        by_call.sort_by_key(|event| event.called);
        let mut by_return = by_call.clone();
        by_return.sort_by_key(|event| event.returned);
        let mut returned = by_return.into_iter().peekable();
        let mut latest: Option<&Event> = None;
        for event in by_call {
            while let Some(earlier) = returned.next_if(|it| it.returned < event.called) {
                latest = latest.filter(|it| place(it) > place(earlier)).or(Some(earlier));
            }
            if let Some(latest) = latest.filter(|latest| place(latest) > place(event)) {
                return Err(format!("{event:#?} was asked for after {latest:#?} was answered"));
            }
        }
        Ok(())
    }

    /// A question shows what was answered before it, and nothing that was asked for after it.
    fn check_counts(&self) -> Result<(), String> {
        let mut called: Vec<Instant> = self.of(Kind::Redemption).map(|it| it.called).collect();
        let mut returned: Vec<Instant> = self.of(Kind::Redemption).map(|it| it.returned).collect();
        called.sort_unstable();
        returned.sort_unstable();
        let left = |count: usize| self.value - UNIT * i64::try_from(count).unwrap();
        for question in self.of(Kind::Question) {
            let most = left(returned.partition_point(|time| *time < question.called));
            let least = left(called.partition_point(|time| *time < question.returned));
            if !(least..=most).contains(&question.left) {
                return Err(format!("not between {least} and {most}: {question:#?}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::two_processes::load::now;

    /// A card of 3.00 with events: kind, called, returned, left.
    fn check(events: &[(Kind, u64, u64, i64)], final_balance: i64) -> Result<(), String> {
        let start = now();
        let at = |millis| start + Duration::from_millis(millis);
        let event = |&(kind, called, returned, left): &(Kind, u64, u64, i64)| Event {
            kind,
            called: at(called),
            returned: at(returned),
            left,
        };
        History { value: 300, events: events.iter().map(event).collect() }.check(final_balance)
    }

    #[track_caller]
    fn refused(events: &[(Kind, u64, u64, i64)], final_balance: i64, words: &str) {
        let why = check(events, final_balance).unwrap_err();
        assert!(why.contains(words), "{why}");
    }

    const R: Kind = Kind::Redemption;
    const Q: Kind = Kind::Question;

    #[test]
    fn what_one_order_explains_passes() {
        check(&[], 300).unwrap();
        check(&[(R, 0, 9, 100), (R, 1, 8, 200), (Q, 2, 7, 300), (Q, 3, 6, 100)], 100).unwrap();
        check(&[(R, 0, 2, 200), (Q, 3, 5, 200), (R, 4, 9, 100), (Q, 6, 7, 200)], 100).unwrap();
    }

    #[test]
    fn what_no_order_explains_is_refused() {
        refused(&[(R, 0, 1, 200)], 300, "in the end 300");
        refused(&[(R, 0, 1, 200)], 100, "in the end 100");
        refused(&[(R, 0, 1, 200), (R, 0, 1, 200)], 100, "after a redemption 200 is left");
        refused(&[(R, 0, 1, 100)], 100, "after a redemption 100 is left");
        refused(&[(R, 0, 1, 100), (R, 2, 3, 200)], 100, "was asked for after");
        // An old balance, a balance that goes up again, and one that comes too early.
        refused(&[(R, 0, 1, 200), (Q, 2, 3, 300)], 200, "was asked for after");
        refused(&[(R, 0, 9, 200), (Q, 1, 2, 200), (Q, 3, 4, 300)], 200, "was asked for after");
        refused(&[(Q, 0, 1, 200), (R, 2, 3, 200)], 200, "was asked for after");
    }

    #[test]
    fn counting_alone_finds_an_old_balance() {
        let start = now();
        let at = |millis| start + Duration::from_millis(millis);
        let event = |kind, called, returned, left| Event {
            kind,
            called: at(called),
            returned: at(returned),
            left,
        };
        let old = [event(R, 0, 1, 200), event(Q, 2, 3, 300)];
        let early = [event(Q, 0, 1, 200), event(R, 2, 3, 200)];
        for events in [old, early] {
            History { value: 300, events: events.to_vec() }.check_counts().unwrap_err();
        }
    }
}
