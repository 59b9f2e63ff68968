//! What is to be looked at next, and what is being looked at: of one rail of one book.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::Sender;

use base::{PaymentId, RailRefundId};
use rails::Reference;

/// Tasks that may wait; what does not fit is forgotten, and found again by the regular runs.
pub(super) const TASKS_WAITING_MAX: usize = 1_024;

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// A payment.
    Payment(PaymentId),
    /// A refund.
    Refund(RailRefundId),
    /// What was taken back of a payment, known by the rail's own name only.
    TakenBack(Reference),
}

/// Why it is looked at, beside that it may be due.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// The rail has said that something changed: it is asked whether or not it is time.
    pub(super) asks: bool,
    /// The same about what was taken back of a payment: disputes, and refunds whoever made them.
    pub(super) taken_back: bool,
    /// The same about these attempts at a refund.
    pub(super) attempts: BTreeSet<u32>,
    /// Who is told when it was done, and whether whatever was heard is noted. A receipt that is
    /// dropped says that it is not.
    pub(super) receipts: Vec<Sender<bool>>,
}

impl Wish {
    fn add(&mut self, other: Wish) {
        self.asks |= other.asks;
        self.taken_back |= other.taken_back;
        self.attempts.extend(other.attempts);
        self.receipts.extend(other.receipts);
    }
}

/// Tasks in the order in which they came. None is given out twice at a time, so nobody calls a rail
/// about one object while somebody else does.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    order: VecDeque<Task>,
    waiting: BTreeMap<Task, Wish>,
    /// With what was wished meanwhile.
    running: BTreeMap<Task, Option<Wish>>,
}

impl Schedule {
    /// Wants something looked at. False when too much is waiting.
    pub(super) fn add(&mut self, task: Task, wish: Wish) -> bool {
        if let Some(meanwhile) = self.running.get_mut(&task) {
            meanwhile.get_or_insert_default().add(wish);
            return true;
        }
        if let Some(waiting) = self.waiting.get_mut(&task) {
            waiting.add(wish);
            return true;
        }
        if self.is_full() {
            return false;
        }
        self.order.push_back(task.clone());
        self.waiting.insert(task, wish);
        true
    }

    /// Gives out the next task.
    pub(super) fn take(&mut self) -> Option<(Task, Wish)> {
        let task = self.order.pop_front()?;
        let wish = self.waiting.remove(&task).unwrap_or_default();
        self.running.insert(task.clone(), None);
        Some((task, wish))
    }

    /// A task was done. Whatever was wished meanwhile comes first now: somebody has seen that
    /// there is something to do.
    pub(super) fn done(&mut self, task: &Task) {
        if let Some(Some(wish)) = self.running.remove(task) {
            self.order.push_front(task.clone());
            self.waiting.insert(task.clone(), wish);
        }
    }

    /// True while it waits or is being done.
    pub(super) fn has(&self, task: &Task) -> bool {
        self.waiting.contains_key(task) || self.running.contains_key(task)
    }

    /// True while nothing more can be added.
    pub(super) fn is_full(&self) -> bool {
        self.order.len() >= TASKS_WAITING_MAX
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.order.len()
    }

    /// Forgets everything that waits.
    pub(super) fn clear(&mut self) {
        self.order.clear();
        self.waiting.clear();
        for meanwhile in self.running.values_mut() {
            *meanwhile = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(number: u128) -> Task {
        Task::Payment(PaymentId::from_bits(number))
    }

    fn asking() -> Wish {
        Wish { asks: true, ..Wish::default() }
    }

    #[test]
    fn a_task_waits_once_and_runs_once() {
        let mut schedule = Schedule::default();
        assert!(schedule.add(task(1), Wish::default()) && schedule.add(task(2), Wish::default()));
        assert!(schedule.add(task(1), asking()));
        assert_eq!(schedule.waiting(), 2);
        let (first, wish) = schedule.take().unwrap();
        assert_eq!((first.clone(), wish.asks), (task(1), true));
        // While it runs it is not given out again, and what is wished meanwhile is not lost.
        assert!(schedule.add(task(1), asking()));
        assert_eq!(schedule.take().unwrap().0, task(2));
        assert!(schedule.take().is_none() && schedule.has(&task(1)));
        schedule.done(&first);
        let (again, wish) = schedule.take().unwrap();
        assert_eq!((again.clone(), wish.asks), (task(1), true));
        schedule.done(&again);
        assert!(!schedule.has(&task(1)) && schedule.take().is_none());
    }

    #[test]
    fn too_much_is_refused() {
        let mut schedule = Schedule::default();
        let all = (0..TASKS_WAITING_MAX as u128).all(|at| schedule.add(task(at), Wish::default()));
        assert!(all && !schedule.add(task(u128::MAX), Wish::default()));
        assert!(schedule.add(task(0), asking()), "what waits takes no more room");
        schedule.take().unwrap();
        assert!(schedule.add(task(u128::MAX), Wish::default()));
    }

    #[test]
    fn receipts_are_dropped_with_what_is_forgotten() {
        let mut schedule = Schedule::default();
        let (sender, receiver) = std::sync::mpsc::channel();
        schedule.add(task(1), Wish { receipts: vec![sender], ..Wish::default() });
        schedule.clear();
        assert!(receiver.recv().is_err() && schedule.waiting() == 0);
    }
}
