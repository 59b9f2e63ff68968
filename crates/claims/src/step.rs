//! Steps of a claim, each with its clock.

use base::{Instant, Span};

/// A step of the way. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum StepName {
    /// The claimant knows that the claim has arrived.
    Received = 1,
    /// Staff has found what a claim without an account is about.
    Matched = 2,
    /// The platform has put together what it knows.
    Gathered = 3,
    /// There is a decision.
    Decided = 4,
    /// A second person has agreed to a large sum.
    Approved = 5,
    /// The money has left.
    Paid = 6,
    /// Somebody else has decided on the appeal.
    AppealDecided = 7,
}

impl StepName {
    /// Every step.
    pub const ALL: [StepName; 7] = [
        StepName::Received,
        StepName::Matched,
        StepName::Gathered,
        StepName::Decided,
        StepName::Approved,
        StepName::Paid,
        StepName::AppealDecided,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            StepName::Received => "received",
            StepName::Matched => "matched",
            StepName::Gathered => "gathered",
            StepName::Decided => "decided",
            StepName::Approved => "approved",
            StepName::Paid => "paid",
            StepName::AppealDecided => "appeal_decided",
        }
    }

    /// The step of that name.
    pub fn parse(name: &str) -> Option<StepName> {
        StepName::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<StepName> {
        StepName::ALL.into_iter().find(|step| *step as u8 == number)
    }
}

/// A step that was taken, or is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// Since when it can be taken.
    pub begun_at: Instant,
    /// When it is late.
    pub due_at: Instant,
    /// When it was taken.
    pub done_at: Option<Instant>,
    /// When somebody was told that it is late.
    pub escalated_at: Option<Instant>,
}

impl Step {
    /// By how much it is late, if it is.
    pub fn late_by(&self, now: Instant) -> Option<Span> {
        now.since(self.due_at).filter(|_| self.done_at.is_none())
    }
}

/// The steps of a claim in the order in which they began. Those that will never be taken, because
/// the claim is over, are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// Reads stored steps back.
    pub fn from_stored(steps: Vec<Step>) -> Steps {
        Steps(steps)
    }

    /// All of them.
    pub fn all(&self) -> &[Step] {
        &self.0
    }

    /// Those that were not taken yet.
    pub fn open(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().filter(|step| step.done_at.is_none())
    }

    /// The last step of this name.
    pub fn last(&self, name: StepName) -> Option<&Step> {
        self.0.iter().rev().find(|step| step.name == name)
    }

    /// The open step that is due first.
    pub fn first_due(&self) -> Option<&Step> {
        self.open().min_by_key(|step| step.due_at)
    }

    /// Begins a step, unless one of its name is open.
    pub(crate) fn begin(&mut self, name: StepName, now: Instant, due_at: Instant) {
        if self.open().any(|step| step.name == name) {
            return;
        }
        let step = Step { name, begun_at: now, due_at, done_at: None, escalated_at: None };
        self.0.push(step);
    }

    /// The open step of this name was taken.
    pub(crate) fn finish(&mut self, name: StepName, now: Instant) {
        self.change_open(|step| {
            if step.name == name {
                step.done_at = Some(now);
            }
        });
    }

    /// The open step of this name will not be taken.
    pub(crate) fn drop_open(&mut self, name: StepName) {
        self.0.retain(|step| step.done_at.is_some() || step.name != name);
    }

    /// None of the open steps will be taken.
    pub(crate) fn drop_all_open(&mut self) {
        self.0.retain(|step| step.done_at.is_some());
    }

    pub(crate) fn change_open(&mut self, mut change: impl FnMut(&mut Step)) {
        self.0.iter_mut().filter(|step| step.done_at.is_none()).for_each(&mut change);
    }
}
