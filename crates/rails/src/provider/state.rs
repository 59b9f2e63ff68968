//! The objects of the simulated provider, what falls due when, and what has changed since the
//! file was written.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Bound;

use sha2::{Digest, Sha256};

use super::Faults;
use super::model::{Change, Delivery, Dispute, Event, Keyed, Object, Payment, Refund};

/// Events that can be read again.
const EVENTS_MAX: usize = 1_000;

/// Messages that wait for somebody to fetch them; the oldest is lost when there is one more.
const DELIVERIES_MAX: usize = 10_000;

/// An object that something will happen to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Payment(String),
    Refund(String),
    Dispute(String),
}

#[derive(Default)]
pub(super) struct State {
    seed: u64,
    count: u64,
    pub(super) payments: BTreeMap<String, Payment>,
    pub(super) refunds: BTreeMap<String, Refund>,
    pub(super) disputes: BTreeMap<String, Dispute>,
    keys: HashMap<String, Keyed>,
    pub(super) events: VecDeque<Event>,
    deliveries: BTreeMap<(i64, u64), Delivery>,
    pub(super) due: BTreeSet<(i64, Due)>,
    /// What has changed and is not in the file yet.
    pub(super) unwritten: Vec<Change>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        let mut state = State::default();
        state.put(Change::Seed(seed));
        state
    }

    /// The state after these changes, all of which are written already.
    pub(super) fn of(changes: Vec<Change>) -> Self {
        let mut state = State::default();
        for change in changes {
            state.apply(change);
        }
        state
    }

    /// Makes a change and remembers it for the file.
    pub(super) fn put(&mut self, change: Change) {
        self.unwritten.push(change.clone());
        self.apply(change);
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Seed(seed) => self.seed = seed,
            Change::Count(count) => self.count = count,
            Change::Payment(new) => {
                let old_due = self.payments.get(&new.id).and_then(|old| old.due_at);
                self.move_due(old_due, new.due_at, Due::Payment(new.id.clone()));
                self.payments.insert(new.id.clone(), *new);
            }
            Change::Refund(new) => {
                let old_due = self.refunds.get(&new.id).and_then(|old| old.due_at);
                self.move_due(old_due, new.due_at, Due::Refund(new.id.clone()));
                self.refunds.insert(new.id.clone(), *new);
            }
            Change::Dispute(new) => {
                let old_due = self.disputes.get(&new.id).and_then(|old| old.due_at);
                self.move_due(old_due, new.due_at, Due::Dispute(new.id.clone()));
                self.disputes.insert(new.id.clone(), *new);
            }
            Change::Keyed(keyed) => {
                self.keys.insert(keyed.key.clone(), *keyed);
            }
            Change::Event(event) => {
                self.events.push_back(*event);
                if self.events.len() > EVENTS_MAX {
                    self.events.pop_front();
                }
            }
            Change::Delivery(delivery) => {
                self.deliveries.insert((delivery.at, delivery.number), *delivery);
                if self.deliveries.len() > DELIVERIES_MAX {
                    self.deliveries.pop_first();
                }
            }
            Change::Delivered(at, number) => {
                self.deliveries.remove(&(at, number));
            }
        }
    }

    fn move_due(&mut self, old: Option<i64>, new: Option<i64>, what: Due) {
        if let Some(at) = old {
            self.due.remove(&(at, what.clone()));
        }
        if let Some(at) = new {
            self.due.insert((at, what));
        }
    }

    /// All there is, as changes to an empty state; answers from before `keys_since` are forgotten.
    pub(super) fn snapshot(&self, keys_since: i64) -> Vec<Change> {
        let mut keys: Vec<&Keyed> = self.keys.values().filter(|k| k.at >= keys_since).collect();
        keys.sort_by(|a, b| a.key.cmp(&b.key));
        let boxed = Box::new;
        [Change::Seed(self.seed), Change::Count(self.count)]
            .into_iter()
            .chain(self.payments.values().map(|p| Change::Payment(boxed(p.clone()))))
            .chain(self.refunds.values().map(|r| Change::Refund(Box::new(r.clone()))))
            .chain(self.disputes.values().map(|d| Change::Dispute(Box::new(d.clone()))))
            .chain(keys.into_iter().map(|k| Change::Keyed(Box::new(k.clone()))))
            .chain(self.events.iter().map(|e| Change::Event(Box::new(e.clone()))))
            .chain(self.deliveries.values().map(|d| Change::Delivery(Box::new(d.clone()))))
            .collect()
    }

    pub(super) fn keyed(&self, key: &str) -> Option<&Keyed> {
        self.keys.get(key)
    }

    /// A new id: random to look at, the same for the same seed.
    pub(super) fn new_id(&mut self, prefix: &str) -> String {
        let digits = self.draw();
        let hex: String = digits[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}_{hex}")
    }

    /// Tells that something happened: an event, and messages about it with their faults.
    pub(super) fn tell(&mut self, kind: &str, at: i64, object: Object, faults: &Faults) {
        let event = Event { id: self.new_id("evt"), at, kind: kind.to_owned(), object };
        self.put(Change::Event(Box::new(event.clone())));
        if self.happens(faults.lose_percent) {
            return;
        }
        self.deliver(event.clone(), false, faults);
        if self.happens(faults.duplicate_percent) {
            self.deliver(event.clone(), false, faults);
        }
        if self.happens(faults.forge_percent) {
            self.deliver(event, true, faults);
        }
    }

    fn deliver(&mut self, event: Event, is_forged: bool, faults: &Faults) {
        let delay_max = faults.delay_max.micros();
        let delay = if delay_max == 0 { 0 } else { self.draw_u64() % (delay_max + 1) };
        let at = event.at.saturating_add_unsigned(delay);
        let number = self.count;
        let delivery = Delivery { at, number, is_forged, event };
        self.put(Change::Count(self.count + 1));
        self.put(Change::Delivery(Box::new(delivery)));
    }

    /// The messages that are to arrive by now, in the order of their arrival.
    pub(super) fn arrived(&self, now: i64, limit: usize) -> Vec<Delivery> {
        self.deliveries.range(..=(now, u64::MAX)).take(limit).map(|(_, d)| d.clone()).collect()
    }

    /// A message has been received, and is not sent again.
    pub(super) fn received(&mut self, at: i64, number: u64) {
        if self.deliveries.contains_key(&(at, number)) {
            self.put(Change::Delivered(at, number));
        }
    }

    /// When something happens next, or a message arrives that has not by `now`.
    pub(super) fn next_change(&self, now: i64) -> Option<i64> {
        let happens = self.due.first().map(|(at, _)| *at);
        let later = (Bound::Excluded((now, u64::MAX)), Bound::Unbounded);
        let arrives = self.deliveries.range(later).next().map(|((at, _), _)| *at);
        happens.into_iter().chain(arrives).min()
    }

    fn happens(&mut self, percent: u8) -> bool {
        percent > 0 && self.draw_u64() % 100 < u64::from(percent)
    }

    fn draw_u64(&mut self) -> u64 {
        let digits = self.draw();
        u64::from_le_bytes(digits[..8].try_into().expect("a digest has more than eight bytes"))
    }

    fn draw(&mut self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(self.count.to_le_bytes());
        self.put(Change::Count(self.count + 1));
        hash.finalize().into()
    }
}
