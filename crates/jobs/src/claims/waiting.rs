//! What was looked at in vain, and when it is looked at again: later each time.

use std::collections::BTreeMap;
use std::time::Duration;

use base::Instant;
use engine::Refusal;
use store::{Due, DueObject};

/// Between the first look in vain and the second.
const FIRST: Duration = Duration::from_secs(1);

/// Between two looks, at most: money that waits for a bank is on its way for days.
const LAST: Duration = Duration::from_secs(600);

/// Between two times at which the same refusal is told of: at first, and at most.
const TOLD_AGAIN: (Duration, Duration) =
    (Duration::from_secs(60), Duration::from_secs(24 * 60 * 60));

/// Things that wait for others. All times are of the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    of: BTreeMap<DueObject, Wait>,
}

#[derive(Debug, Default)]
struct Wait {
    /// Since when it was due. What has become due anew is looked at at once.
    since: Option<Instant>,
    until: Duration,
    distance: Duration,
    told: Option<Told>,
}

#[derive(Debug)]
struct Told {
    refusal: Refusal,
    again_at: Duration,
    distance: Duration,
}

impl Waiting {
    /// Whether it is not time to look again.
    pub(super) fn has(&self, due: Due, now: Duration) -> bool {
        let waits = |wait: &Wait| wait.since == Some(due.at) && now < wait.until;
        self.of.get(&due.what).is_some_and(waits)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.of.len()
    }

    /// When the first of them is looked at again.
    pub(super) fn first(&self) -> Option<Duration> {
        self.of.values().map(|wait| wait.until).min()
    }

    /// It was looked at: when it has gone on it may be looked at at once, else later than last
    /// time.
    pub(super) fn looked_at(&mut self, due: Due, has_gone_on: bool, now: Duration) {
        if has_gone_on {
            self.of.remove(&due.what);
            return;
        }
        let wait = self.of.entry(due.what).or_default();
        if wait.since.replace(due.at) != Some(due.at) {
            wait.distance = Duration::ZERO;
        }
        wait.distance = (wait.distance * 2).clamp(FIRST, LAST);
        wait.until = now + wait.distance;
    }

    /// Whether a refusal is to be told of: the first time, and then with growing distance.
    pub(super) fn tells(&mut self, what: DueObject, refusal: &Refusal, now: Duration) -> bool {
        let (first, last) = TOLD_AGAIN;
        let wait = self.of.entry(what).or_default();
        let distance = match &wait.told {
            Some(told) if told.refusal == *refusal && now < told.again_at => return false,
            Some(told) if told.refusal == *refusal => (told.distance * 2).min(last),
            _ => first,
        };
        let refusal = *refusal;
        wait.told = Some(Told { refusal, again_at: now + distance, distance });
        true
    }

    /// Forgets what is not due any more: somebody else has seen to it.
    pub(super) fn keep_only(&mut self, is_due: impl Fn(DueObject) -> bool) {
        self.of.retain(|what, _| is_due(*what));
    }
}

#[cfg(test)]
mod tests {
    use base::ClaimId;
    use claims::Refusal as ClaimRefusal;

    use super::*;

    const CLAIM: DueObject = DueObject::Claim(ClaimId::from_bits(1));
    const DUE: Due = Due { at: Instant::MIN, what: CLAIM };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_does_not_go_on_is_looked_at_ever_more_seldom() {
        let mut waiting = Waiting::default();
        let (mut now, mut looks) = (Duration::ZERO, 0);
        while now < seconds(86_400) {
            if !waiting.has(DUE, now) {
                looks += 1;
                waiting.looked_at(DUE, false, now);
            }
            now += seconds(1);
        }
        assert!((140..170).contains(&looks), "{looks} looks a day");
        assert!(waiting.first().is_some_and(|first| first <= now + LAST));
        waiting.looked_at(DUE, true, now);
        assert!(!waiting.has(DUE, now) && waiting.len() == 0);
    }

    #[test]
    fn what_becomes_due_anew_is_looked_at_at_once() {
        let mut waiting = Waiting::default();
        (0..9).for_each(|_| waiting.looked_at(DUE, false, Duration::ZERO));
        assert!(waiting.has(DUE, seconds(200)));
        let again = Due { at: Instant::MAX, ..DUE };
        assert!(!waiting.has(again, seconds(1)));
        waiting.looked_at(again, false, seconds(1));
        assert!(waiting.has(again, seconds(1)) && !waiting.has(again, seconds(2)));
    }

    #[test]
    fn the_same_refusal_is_told_ever_more_seldom() {
        let mut waiting = Waiting::default();
        let no = Refusal::Claims(ClaimRefusal::NotPaying);
        let mut told = 0;
        for second in 0..86_400 {
            told += u32::from(waiting.tells(CLAIM, &no, seconds(second)));
        }
        assert!((9..=12).contains(&told), "told {told} times a day");
        let other = Refusal::Claims(ClaimRefusal::NotApproved);
        assert!(waiting.tells(CLAIM, &other, seconds(86_400)));
        assert!(!waiting.tells(CLAIM, &other, seconds(86_401)));
        waiting.keep_only(|_| false);
        assert!(waiting.tells(CLAIM, &other, seconds(86_402)), "it was forgotten");
    }
}
