//! Captured payments are asked about again when they are older, because a message may never come:
//! of a dispute, of a refund that somebody has made at the rail itself, of one of ours that came
//! back.
//!
//! Each age has a window of the times at which payments were made, which moves on with the book's
//! clock. Where it stands is kept in memory only: whoever begins looks back a few days. Asking
//! twice changes nothing, since only what is news is noted.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use base::{Instant, PaymentId, Span, Token};
use engine::Row;
use payments::{Payment, PaymentState};
use store::{List, Page};

use super::caller::Shared;
use super::schedule::{TASKS_WAITING_MAX, Task, Wish};
use crate::JobError;

/// How old a payment is when it is asked about.
const AGES: [Span; 4] = [Span::days(1), Span::days(7), Span::days(30), Span::days(90)];

/// How far whoever begins looks back.
const LOOKS_BACK: Span = Span::days(3);

/// How much time passes before a window is looked at again.
const WINDOW_MIN: Span = Span::hours(1);

/// How far the time in an id may be from when its payment was made.
const SLACK: Span = Span::hours(1);

/// Payments that are read at once.
const ROWS_A_PAGE: u32 = 256;

/// Payments that the regular runs have asked about at the same time. A rail takes four calls at the
/// same time, so half of them stays free for whoever waits.
const QUESTIONS_AT_ONCE_MAX: usize = 2;

/// After which time a payment is asked about again whose rail did not answer.
const REST: Span = Span::hours(1);

/// How often that is done.
const TRIES_MAX: u8 = 24;

/// Payments that rest; one more is asked about at its next age only.
const RESTING_MAX: usize = 1_024;

/// The times of payments that were not looked at yet, at one age.
#[derive(Clone, Copy, Debug)]
struct Window {
    age: Span,
    /// Payments made before this were looked at.
    since: Instant,
    /// Being read, the newest first: up to when payments were made, and behind which.
    reading: Option<(Instant, u128)>,
}

impl Window {
    fn new(age: Span, now: Instant) -> Window {
        let since = now.saturating_sub(age).saturating_sub(LOOKS_BACK);
        Window { age, since, reading: None }
    }

    /// What is to be read next, if it is worth it.
    fn page(&mut self, now: Instant) -> Option<Page> {
        if self.reading.is_none() {
            let until = now.saturating_sub(self.age);
            if until < self.since.saturating_add(WINDOW_MIN) {
                return None;
            }
            self.reading = Some((until, first_id(until.saturating_add(SLACK))));
        }
        // By ids alone: there may be millions of rows, and no index knows when they were made.
        self.reading.map(|(_, after)| Page::after(Some(after), ROWS_A_PAGE))
    }

    /// Whether a payment made then is in it.
    fn has(&self, made_at: Instant) -> bool {
        self.reading.is_some_and(|(until, _)| self.since <= made_at && made_at < until)
    }

    /// A page was read, up to this row; `None` when there is nothing behind it.
    fn read(&mut self, last: Option<(u128, Instant)>) {
        let Some((until, _)) = self.reading else { return };
        match last.filter(|(_, made_at)| self.since <= made_at.saturating_add(SLACK)) {
            Some((last, _)) => self.reading = Some((until, last)),
            None => (self.since, self.reading) = (until, None),
        }
    }
}

/// The smallest id that is drawn at this time. Ids begin with their time.
fn first_id(at: Instant) -> u128 {
    u128::try_from(at.micros() / 1_000).unwrap_or_default() << 80
}

/// A payment to ask about.
#[derive(Clone, Debug)]
struct Question {
    payment: PaymentId,
    rail: Token<32>,
    /// How often its rail did not answer.
    tries: u8,
}

/// What is to be asked, and what was.
#[derive(Default)]
pub(super) struct Rounds {
    /// One for each age, the oldest first; none before the first look.
    windows: Vec<Window>,
    found: VecDeque<Question>,
    asked: Vec<(Question, Receiver<bool>)>,
    /// With the time at which they are asked again, in order of it.
    resting: VecDeque<(Instant, Question)>,
}

impl Rounds {
    /// What is asked next, of those that were found.
    fn next(&mut self, now: Instant) -> Option<Question> {
        if self.resting.front().is_some_and(|(at, _)| *at <= now) {
            return self.resting.pop_front().map(|(_, question)| question);
        }
        self.found.pop_front()
    }

    /// Everything is in the book, or it rests.
    fn answered(&mut self, question: Question, is_noted: bool, now: Instant) {
        // Whoever looked at it may have put it there already; how often it was asked counts on.
        let rests = |(_, other): &(Instant, Question)| other.payment == question.payment;
        let rested = self.resting.iter().position(rests);
        let rested = rested.and_then(|place| self.resting.remove(place));
        let before = rested.map_or(0, |(_, other)| other.tries);
        let tries = before.max(question.tries + 1);
        if !is_noted && tries < TRIES_MAX && self.resting.len() < RESTING_MAX {
            self.resting.push_back((now.saturating_add(REST), Question { tries, ..question }));
        }
    }

    /// Hears those answers that have come.
    fn hear(&mut self, now: Instant) {
        for (question, receipt) in std::mem::take(&mut self.asked) {
            match receipt.try_recv() {
                Ok(is_noted) => self.answered(question, is_noted, now),
                Err(TryRecvError::Disconnected) => self.answered(question, false, now),
                Err(TryRecvError::Empty) => self.asked.push((question, receipt)),
            }
        }
    }
}

impl Shared {
    /// Asks about a few payments whose time has come, unless some are being asked about.
    pub(super) fn go_rounds(self: &Arc<Self>, now: Instant) -> Result<(), JobError> {
        // Whoever moves the clock asks already.
        let Ok(mut rounds) = self.rounds.try_lock() else { return Ok(()) };
        rounds.hear(now);
        // A page a look: whoever looks has captures and refunds to find as well.
        self.ask_more(&mut rounds, now, QUESTIONS_AT_ONCE_MAX, 1)
    }

    /// Asks about payments whose time has come, as many as may wait, and hears the answers until a
    /// moment of the steady clock. Returns how many it asked about.
    pub(super) fn go_rounds_until(
        self: &Arc<Self>,
        now: Instant,
        until: Duration,
    ) -> Result<usize, JobError> {
        let mut rounds = self.rounds();
        self.ask_more(&mut rounds, now, TASKS_WAITING_MAX, usize::MAX)?;
        let asked = std::mem::take(&mut rounds.asked);
        let count = asked.len();
        for (question, receipt) in asked {
            let patience = until.saturating_sub(self.clock.monotonic());
            let is_noted = receipt.recv_timeout(patience).unwrap_or(false);
            rounds.answered(question, is_noted, now);
        }
        Ok(count)
    }

    /// Has a payment asked about again after a while: what its rail has told of it is not all in
    /// the book yet, and whoever told it may not tell it again.
    pub(super) fn look_again(&self, payment: &Payment, now: Instant) {
        // Whoever holds the rounds asks about it already, or will.
        let Ok(mut rounds) = self.rounds.try_lock() else { return };
        let (payment, rail) = (payment.id, payment.rail.clone());
        rounds.answered(Question { payment, rail, tries: 0 }, false, now);
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_more(
        self: &Arc<Self>,
        rounds: &mut Rounds,
        now: Instant,
        at_once_max: usize,
        mut pages_max: usize,
    ) -> Result<(), JobError> {
        while rounds.asked.len() < at_once_max && !self.is_stopped() {
            let Some(question) = rounds.next(now) else {
                if pages_max == 0 || !self.find_more(rounds, now)? {
                    break;
                }
                pages_max -= 1;
                continue;
            };
            // It may be opened later; of one that is not set up nothing is wanted.
            let Some(desk) = self.desk(question.rail.as_str()) else {
                rounds.answered(question, false, now);
                continue;
            };
            let (sender, receipt) = mpsc::channel();
            let receipts = vec![sender];
            let wish = Wish { asks: true, taken_back: true, receipts, ..Wish::default() };
            if !desk.add(self, Task::Payment(question.payment), wish) {
                rounds.found.push_front(question);
                break;
            }
            rounds.asked.push((question, receipt));
        }
        Ok(())
    }

    /// Reads on where payments have come into an age. False when none have.
    fn find_more(&self, rounds: &mut Rounds, now: Instant) -> Result<bool, JobError> {
        if rounds.windows.is_empty() {
            rounds.windows = AGES.iter().rev().map(|age| Window::new(*age, now)).collect();
        }
        let mut wanted = rounds.windows.iter_mut();
        let Some((window, page)) = wanted.find_map(|window| {
            let page = window.page(now)?;
            Some((window, page))
        }) else {
            return Ok(false);
        };
        let mut reader = self.reader()?;
        // The clock of a test book may have passed over payments that are in no table yet.
        self.handle.flush_and_wait(self.handle.figures().seq())?;
        let rows = reader.list(List::Payments { checkout: None }, page)?;
        let mut payments = rows.iter().filter_map(|row| match row {
            Row::Payment(payment) => Some(payment),
            _ => None,
        });
        let wanted = payments.clone().filter(|payment| {
            payment.state == PaymentState::Captured && window.has(payment.created_at)
        });
        rounds.found.extend(wanted.map(|payment| Question {
            payment: payment.id,
            rail: payment.rail.clone(),
            tries: 0,
        }));
        let is_all = rows.len() < ROWS_A_PAGE as usize;
        let last = payments.next_back().map(|payment| (payment.id.bits(), payment.created_at));
        window.read(last.filter(|_| !is_all));
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u64) -> Instant {
        Instant::from_micros(0).saturating_add(Span::days(number))
    }

    #[test]
    fn a_window_moves_on_with_the_clock_and_leaves_nothing_out() {
        let mut window = Window::new(Span::days(7), day(100));
        let has = |window: &Window, number| window.has(day(number));
        let first = window.page(day(100)).unwrap();
        let an_hour_later = day(93).saturating_add(SLACK);
        assert_eq!(first, Page::after(Some(first_id(an_hour_later)), ROWS_A_PAGE));
        let had = [89, 90, 92, 93].map(|number| has(&window, number));
        assert_eq!(had, [false, true, true, false]);
        // The clock goes on while it is read, and it does not.
        window.read(Some((5, day(92))));
        assert_eq!(window.page(day(101)).unwrap().after, Some(5));
        assert!(!has(&window, 93));
        // What stands behind is older.
        window.read(Some((4, day(89))));
        assert_eq!(
            window.page(day(101)).unwrap().after,
            Some(first_id(day(94)) + (3_600_000 << 80))
        );
        let had = [92, 93, 94].map(|number| has(&window, number));
        assert_eq!(had, [false, true, false]);
        window.read(None);
        assert!(window.page(day(101)).is_none());
        let soon = day(101).saturating_add(Span::minutes(59));
        assert!(window.page(soon).is_none());
        assert!(window.page(soon.saturating_add(Span::minutes(1))).is_some());
    }

    #[test]
    fn the_first_id_of_a_time_is_not_larger_than_those_drawn_then() {
        let mut random = outside::random::SeededRandomness::new(1);
        let at = Instant::parse("2026-12-01T03:04:05.678Z").unwrap();
        let id: PaymentId = outside::random::new_id(at, &mut random);
        assert!(first_id(at) <= id.bits());
        assert!(id.bits() < first_id(at.saturating_add(Span::from_micros(1_000))));
        assert_eq!(first_id(Instant::MIN), 0);
    }

    #[test]
    fn whoever_gets_no_answer_asks_again_for_a_day_and_then_at_the_next_age() {
        let (mut rounds, mut now) = (Rounds::default(), day(1));
        let rail = Token::new("sandbox").unwrap();
        rounds.found.push_back(Question { payment: PaymentId::from_bits(1), rail, tries: 0 });
        let mut asked = 0;
        for _ in 0..100 {
            while let Some(question) = rounds.next(now) {
                asked += 1;
                rounds.answered(question, false, now);
            }
            now = now.saturating_add(Span::minutes(30));
        }
        assert_eq!(asked, TRIES_MAX);
    }

    #[test]
    fn an_answer_is_heard_once_it_is_there() {
        let mut rounds = Rounds::default();
        let rail = Token::new("sandbox").unwrap();
        let question = |bits| {
            let payment = PaymentId::from_bits(bits);
            Question { payment, rail: rail.clone(), tries: 0 }
        };
        let (sender, receipt) = mpsc::channel();
        let (gone, dropped) = mpsc::channel();
        rounds.asked = vec![(question(1), receipt), (question(2), dropped)];
        drop(gone);
        rounds.hear(day(1));
        assert_eq!((rounds.asked.len(), rounds.resting.len()), (1, 1));
        sender.send(true).unwrap();
        rounds.hear(day(1));
        assert_eq!((rounds.asked.len(), rounds.resting.len()), (0, 1));
    }
}
