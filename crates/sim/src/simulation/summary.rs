//! What a simulation went through, so that a test can see that it went through enough.

use std::collections::{BTreeMap, BTreeSet};

use engine::CommandKind;

/// Counts of one or more simulations.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Commands answered, repetitions included.
    pub commands: u64,
    /// Steps in which something was decided.
    pub batches: u64,
    /// Batches that the store refused.
    pub failed_batches: u64,
    /// Answers that were repeated.
    pub replays: u64,
    /// Keys used for two different requests.
    pub mismatches: u64,
    /// Questions answered.
    pub queries: u64,
    /// Jobs refused because the queue was full.
    pub busy: u64,
    /// Restarts of every kind.
    pub restarts: u64,
    /// Writers that ended because the store left them no choice.
    pub deaths: u64,
    /// Store calls that failed.
    pub faults: u64,
    /// Comparisons of all tables.
    pub checks: u64,
    /// Records that had left the journal when it was last asked to let some go.
    pub removed: u64,
    /// Kinds of commands that succeeded.
    pub succeeded: BTreeSet<CommandKind>,
    /// Refusals by code.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Every answer in order, when they were to be kept.
    pub answers: Vec<String>,
}

impl Summary {
    /// Adds another simulation's counts.
    pub fn add(&mut self, other: &Summary) {
        self.commands += other.commands;
        self.batches += other.batches;
        self.failed_batches += other.failed_batches;
        self.replays += other.replays;
        self.mismatches += other.mismatches;
        self.queries += other.queries;
        self.busy += other.busy;
        self.restarts += other.restarts;
        self.deaths += other.deaths;
        self.faults += other.faults;
        self.checks += other.checks;
        self.removed += other.removed;
        self.succeeded.extend(&other.succeeded);
        for (code, count) in &other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
    }
}
