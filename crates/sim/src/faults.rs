//! A store that fails when it is told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::Key;
use journal::Block;
use store::{
    Commit, CommitError, FillPart, Head, OperationRun, RunInfo, Store, StoreError, SweptRow,
};

use crate::Random;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call fails and has done nothing; later ones may succeed.
    Unavailable,
    /// As `Unavailable`, because the disk is full.
    Full,
    /// A commit is written, but the caller does not learn that.
    UnknownWritten,
    /// A commit is not written, and the caller does not learn that.
    UnknownLost,
    /// A commit is written, then the disk fails to sync: the process must end.
    DiesWritten,
    /// A commit is not written, and the disk fails to sync: the process must end.
    DiesLost,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 6] = [
        Fault::Unavailable,
        Fault::Full,
        Fault::UnknownWritten,
        Fault::UnknownLost,
        Fault::DiesWritten,
        Fault::DiesLost,
    ];
}

/// When a store fails. Clones are the same plan, so that a test keeps a hand on a store that a
/// writer owns.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    struck: u64,
    paused: bool,
    at_call: Option<(u64, Fault)>,
    random: Option<(Random, u64)>,
}

impl FaultPlan {
    /// A plan without faults.
    pub fn none() -> FaultPlan {
        FaultPlan::default()
    }

    /// Lets the call of this number fail; the first is 1, counted from the making of the plan.
    pub fn strike_at(&self, call: u64, fault: Fault) {
        self.lock().at_call = Some((call, fault));
    }

    /// Lets about one call in `calls` fail, at random places that follow from `seed`.
    pub fn strike_one_in(&self, calls: u64, seed: u64) {
        self.lock().random = Some((Random::new(seed), calls));
    }

    /// No random faults for now: a disk that fails all the time lets nobody go on.
    pub fn pause(&self, paused: bool) {
        self.lock().paused = paused;
    }

    /// No faults from now on.
    pub fn stop(&self) {
        let mut plan = self.lock();
        plan.random = None;
        plan.at_call = None;
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Faults so far.
    pub fn struck(&self) -> u64 {
        self.lock().struck
    }

    fn next(&self) -> Option<Fault> {
        let mut plan = self.lock();
        plan.calls += 1;
        let planned = plan.at_call.filter(|(call, _)| *call == plan.calls).map(|(_, fault)| fault);
        let paused = plan.paused;
        let by_chance = plan.random.as_mut().and_then(|(random, calls)| {
            if random.one_in(*calls) && !paused { random.pick(&Fault::ALL).copied() } else { None }
        });
        let fault = planned.or(by_chance);
        plan.struck += u64::from(fault.is_some());
        fault
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store with a plan of faults in front of it.
#[derive(Debug)]
pub struct FaultyStore<S> {
    inner: S,
    plan: FaultPlan,
}

impl<S> FaultyStore<S> {
    /// Puts the plan in front of `inner`.
    pub fn new(inner: S, plan: FaultPlan) -> FaultyStore<S> {
        FaultyStore { inner, plan }
    }

    /// Fails a call other than a commit.
    fn strike(&self) -> Result<(), StoreError> {
        match self.plan.next() {
            None => Ok(()),
            Some(Fault::Full) => Err(StoreError::Full),
            Some(_) => Err(StoreError::Unavailable("a simulated fault".to_owned())),
        }
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        self.strike()?;
        self.inner.take_over()
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        self.strike()?;
        self.inner.head()
    }

    fn settle(&mut self, epoch: u64) -> Result<Head, StoreError> {
        self.strike()?;
        self.inner.settle(epoch)
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        self.strike()?;
        self.inner.load(keys, found)
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        let unsynced = || CommitError::Unknown(StoreError::SyncFailed("simulated".to_owned()));
        let unknown = || CommitError::Unknown(StoreError::Unavailable("simulated".to_owned()));
        match self.plan.next() {
            None => self.inner.commit(commit),
            Some(Fault::Full) => Err(StoreError::Full.into()),
            Some(Fault::Unavailable) => Err(StoreError::Unavailable("simulated".to_owned()).into()),
            Some(Fault::UnknownLost) => Err(unknown()),
            Some(Fault::DiesLost) => Err(unsynced()),
            Some(Fault::UnknownWritten) => self.inner.commit(commit).and(Err(unknown())),
            Some(Fault::DiesWritten) => self.inner.commit(commit).and(Err(unsynced())),
        }
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        match self.plan.next() {
            None => self.inner.fill(part),
            Some(fault) => {
                if matches!(fault, Fault::UnknownWritten | Fault::DiesWritten) {
                    self.inner.fill(part)?;
                }
                Err(CommitError::Unknown(StoreError::Unavailable("simulated".to_owned())))
            }
        }
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        self.strike()?;
        self.inner.blocks_after(seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        self.strike()?;
        self.inner.block_of(seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        self.strike()?;
        self.inner.operation_runs()
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        self.strike()?;
        self.inner.operation_run(run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        self.strike()?;
        self.inner.find_operation(runs, hash)
    }
}
