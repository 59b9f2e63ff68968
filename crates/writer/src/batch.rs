//! Deciding a batch: commands in order, each on the rows the ones before it left.

use base::Instant;
use engine::{Attempt, Command, Context, Key, NEEDS_ROUNDS_MAX, OperationKey, OperationRefusal};
use engine::{OperationTrace, Refusal, answer, attempt, needs, query_needs};
use giftcards::{SendingLimits, Undo};
use hashbrown::HashMap;
use journal::{Block, BlockBuilder};
use store::{EntryRow, Store, StoreError};

use crate::encode::{Circumstances, append_change, append_refusal, reversed_key};
use crate::handle::{Decided, Job, Operation, Outcome, Request, Trouble};
use crate::memory::{Memory, UndoLog, is_settled};
use crate::operations::{ANY_FINGERPRINT, ImageRows, Operations, Recorded, read_operation};

/// Rounds of loading for one command or question: more than any needs, for an earlier command of
/// the batch may have made other rows reachable, and memory may forget one row while it loads
/// another.
pub(crate) const LOAD_ROUNDS_MAX: usize = NEEDS_ROUNDS_MAX + 3;

/// What a batch works on.
pub(crate) struct Desk<'a, S> {
    pub(crate) store: &'a mut S,
    pub(crate) memory: &'a mut Memory,
    pub(crate) operations: &'a Operations,
    pub(crate) now: Instant,
    pub(crate) wall: Instant,
    pub(crate) sending: SendingLimits,
    pub(crate) rules: Option<&'static engine::RuleBook>,
    pub(crate) promoting: Option<&'static engine::OperatorPolicy>,
    pub(crate) builder: BlockBuilder,
    pub(crate) log: UndoLog,
    /// Entries of the block, in order.
    pub(crate) entries: Vec<EntryRow>,
    /// Operations decided in this batch. A reversal covers what the operation was before, and is
    /// itself taken back when its atomic group fails, so every key has a stack.
    pub(crate) mine: HashMap<OperationKey, Vec<Recorded>>,
    /// Everything the batch is about; its needs are loaded together once one row is missing.
    pub(crate) jobs: &'a [Job],
    /// The block that was read last: the operations of a repeated batch are mostly in one.
    pub(crate) last_block: Option<Block>,
    /// True once the needs of the whole batch were loaded.
    pub(crate) needs_are_loaded: bool,
    pub(crate) tally: Tally,
    /// What was refused, in order, for the figures.
    pub(crate) refused: Vec<Refusal>,
}

/// What a batch did, for the figures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) commands: u64,
    pub(crate) refusals: u64,
    pub(crate) replays: u64,
    /// Commands whose change could not be kept.
    pub(crate) unkept: u64,
    pub(crate) loaded: u64,
    /// Rows that were changed, counted once a change, without holds that were settled.
    pub(crate) changed: usize,
}

/// Why a command of a batch has no decision.
enum Failed {
    /// The caller is told.
    Trouble(Trouble),
    /// The store could not read.
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Failed {
        Failed::Store(error)
    }
}

impl<S: Store> Desk<'_, S> {
    /// Loads what the jobs need, one statement a table a round for the whole batch.
    ///
    /// Rows of a busy book are mostly in memory, so this is asked for only when one is missing:
    /// then the others of the batch that are missing come along.
    pub(crate) fn load_needs(&mut self) -> Result<(), StoreError> {
        self.needs_are_loaded = true;
        let jobs = self.jobs;
        self.load_operations_named_by_reversals(jobs)?;
        let mut keys: Vec<Key> = Vec::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            keys.clear();
            for job in jobs {
                match job {
                    Job::Commands { requests, .. } => {
                        for request in requests {
                            keys.extend(needs(&request.command, self.memory, self.now));
                        }
                    }
                    Job::Queries { queries, .. } => {
                        for query in queries {
                            keys.extend(query_needs(query, self.memory));
                        }
                    }
                    Job::Flush { .. } | Job::Remove { .. } => {}
                }
            }
            if keys.is_empty() {
                return Ok(());
            }
            keys.sort_unstable();
            keys.dedup();
            self.load(&keys)?;
        }
        Ok(())
    }

    /// Decides the requests of one job, in order.
    pub(crate) fn decide_all(
        &mut self,
        requests: &[Request],
        atomic: bool,
    ) -> Result<Vec<Outcome>, StoreError> {
        if atomic { self.decide_atomic(requests) } else { self.decide_each(requests) }
    }

    fn decide_each(&mut self, requests: &[Request]) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            outcomes.push(self.decide_one(request, true)?);
        }
        Ok(outcomes)
    }

    /// All or nothing: the first "no" takes back what came before it and spares what comes after.
    fn decide_atomic(&mut self, requests: &[Request]) -> Result<Vec<Outcome>, StoreError> {
        let (mark, log_mark, tally) = (self.builder.mark(), self.log.mark(), self.tally);
        let (entries, refusals) = (self.entries.len(), self.refused.len());
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            let outcome = self.decide_one(request, false)?;
            let refused = !matches!(&outcome, Ok(Decided { result: Ok(_), .. }));
            outcomes.push(outcome);
            if refused {
                self.builder.roll_back(mark);
                self.memory.roll_back(&mut self.log, log_mark);
                self.entries.truncate(entries);
                // What a rule did wrong is counted also when its group is taken back.
                self.tally = Tally { unkept: self.tally.unkept, ..tally };
                self.refused.truncate(refusals);
                self.forget_operations_from(self.builder.next_seq());
                let refused_at = outcomes.len() - 1;
                return Ok(self.all_aborted(requests.len(), refused_at, outcomes));
            }
        }
        Ok(outcomes)
    }

    fn all_aborted(&self, total: usize, refused_at: usize, outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let aborted = Refusal::Operation(OperationRefusal::BatchAborted);
        let mut kept = outcomes.into_iter().nth(refused_at);
        (0..total)
            .map(|position| {
                let own = if position == refused_at { kept.take() } else { None };
                own.unwrap_or_else(|| Ok(self.unrecorded(Err(aborted))))
            })
            .collect()
    }

    /// Operations of records that were taken back are as if they had never come.
    fn forget_operations_from(&mut self, seq: u64) {
        self.mine.retain(|_, stack| {
            stack.retain(|recorded| recorded.decided.seq < seq);
            !stack.is_empty()
        });
        // Traces that were read for this batch may name them too.
        self.memory.forget_operations();
    }

    fn decide_one(
        &mut self,
        request: &Request,
        keeps_refusals: bool,
    ) -> Result<Outcome, StoreError> {
        match self.try_decide(request, keeps_refusals) {
            Ok(decided) => Ok(Ok(decided)),
            Err(Failed::Trouble(trouble)) => Ok(Err(trouble)),
            Err(Failed::Store(error)) => Err(error),
        }
    }

    fn try_decide(&mut self, request: &Request, keeps_refusals: bool) -> Result<Decided, Failed> {
        if let Some(operation) = request.operation
            && let Some(decided) = self.repeated(operation)?
        {
            self.tally.replays += 1;
            return Ok(decided);
        }
        self.tally.commands += 1;
        let circumstances =
            Circumstances { actor: request.actor, operation: request.operation, at: self.now };
        match self.attempt(&request.command)? {
            Ok(change) => {
                self.check_kept(&request.command, &change)?;
                Ok(self.accept(&request.command, change, &circumstances))
            }
            Err(refusal) => {
                self.tally.refusals += 1;
                self.refused.push(refusal);
                let is_kept =
                    keeps_refusals && request.operation.is_some() && !refusal.is_transient();
                if !is_kept {
                    return Ok(self.unrecorded(Err(refusal)));
                }
                let seq = self.builder.next_seq();
                append_refusal(&mut self.builder, &request.command, &refusal, &circumstances);
                let decided = Decided { result: Err(refusal), replayed: false, seq, at: self.now };
                self.note(&circumstances, &decided, OperationTrace::Refused);
                Ok(decided)
            }
        }
    }

    fn attempt(
        &mut self,
        command: &Command,
    ) -> Result<Result<engine::Change, Refusal>, StoreError> {
        let sequence = self.builder.next_seq();
        let (sending, rules, promoting) = (self.sending, self.rules, self.promoting);
        let (now, wall) = (self.now, self.wall);
        let context = Context { now, wall, sequence, sending, rules, promoting };
        for _ in 0..LOAD_ROUNDS_MAX {
            match attempt(command, self.memory, context) {
                Attempt::Decided(decided) => return Ok(decided),
                Attempt::Missing(_) if !self.needs_are_loaded => self.load_needs()?,
                Attempt::Missing(keys) => self.load(&keys)?,
            }
        }
        Err(StoreError::Inconsistent("a command asked for rows without end"))
    }

    /// A row that cannot be read back would end the writer whenever it is looked for, and keep the
    /// book from being opened: so a rule that is wrong costs its command and nothing else.
    fn check_kept(&mut self, command: &Command, change: &engine::Change) -> Result<(), Failed> {
        for row in &change.rows {
            if let Err(error) = store::rows::check_row(row) {
                self.tally.unkept += 1;
                let kind = command.kind();
                let text = format!("{kind:?} would write {:?}: {error}", row.key());
                return Err(Failed::Trouble(Trouble::Unkept(text)));
            }
        }
        Ok(())
    }

    fn accept(
        &mut self,
        command: &Command,
        change: engine::Change,
        circumstances: &Circumstances,
    ) -> Decided {
        let seq = self.builder.next_seq();
        append_change(&mut self.builder, command, &change, circumstances);
        let trace = trace_of(command, &change);
        let reversed = reversed_key(command, change.answer);
        let answer = answer(change.answer, &ImageRows(&change.rows), self.now)
            .expect("every row of an answer is among the after-images of its change");
        for row in change.rows {
            self.tally.changed += usize::from(!is_settled(&row));
            self.memory.put(row, seq, &mut self.log);
        }
        let at = self.now;
        self.entries.extend(change.entries.into_iter().map(|entry| EntryRow { at, entry }));
        let decided = Decided { result: Ok(answer), replayed: false, seq, at: self.now };
        self.note(circumstances, &decided, trace);
        let own_key = circumstances.operation.map(|operation| operation.key.0);
        // A reversal that came under the very key it bars keeps its own answer.
        if let Some(key) = reversed.filter(|key| Some(key.0) != own_key) {
            let refusal = Refusal::Operation(OperationRefusal::Reversed);
            let decided = Decided { result: Err(refusal), ..decided.clone() };
            let trace = OperationTrace::Reversed;
            let recorded = Recorded { fingerprint: ANY_FINGERPRINT, trace, decided };
            self.remember(OperationKey(key.0), recorded);
        }
        decided
    }

    /// Remembers the operation of a decision for the rest of the batch.
    fn note(&mut self, circumstances: &Circumstances, decided: &Decided, trace: OperationTrace) {
        if let Some(operation) = circumstances.operation {
            let fingerprint = operation.fingerprint;
            let decided = decided.clone();
            self.remember(operation.key, Recorded { fingerprint, trace, decided });
        }
    }

    fn remember(&mut self, key: OperationKey, recorded: Recorded) {
        self.memory.replace_operation(key, recorded.trace);
        // Nearly every stack has one element, and elements are large.
        self.mine.entry(key).or_insert_with(|| Vec::with_capacity(1)).push(recorded);
    }

    /// What this batch decided last about an operation.
    fn decided_here(&self, key: OperationKey) -> Option<&Recorded> {
        self.mine.get(&key).and_then(|stack| stack.last())
    }

    /// The earlier decision of this operation, if there is one.
    fn repeated(&mut self, operation: Operation) -> Result<Option<Decided>, Failed> {
        if let Some(recorded) = self.decided_here(operation.key) {
            return same_request(recorded, operation).map(Some);
        }
        match self.recorded(operation.key)? {
            Some(recorded) => same_request(&recorded, operation).map(Some),
            None => Ok(None),
        }
    }

    /// The record of an operation, read back from the journal.
    fn recorded(&mut self, key: OperationKey) -> Result<Option<Recorded>, StoreError> {
        for seq in self.operations.candidates(key, self.store)? {
            let is_here = |block: &Block| block.first_seq <= seq && seq <= block.last_seq();
            if !self.last_block.as_ref().is_some_and(is_here) {
                self.last_block = self.store.block_of(seq)?;
            }
            let block = self.last_block.as_ref().ok_or_else(|| missing_record(seq))?;
            let record = block.record(seq)?.ok_or_else(|| missing_record(seq))?;
            if let Some(recorded) = read_operation(&record, key)? {
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }

    fn load_operations_named_by_reversals(&mut self, jobs: &[Job]) -> Result<(), StoreError> {
        for job in jobs {
            let Job::Commands { requests, .. } = job else { continue };
            for request in requests {
                if let Command::Reverse { operation } = request.command {
                    self.load(&[Key::Operation(operation)])?;
                }
            }
        }
        Ok(())
    }

    fn load(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            let Key::Operation(operation) = key else {
                rows.push(*key);
                continue;
            };
            let trace = match self.decided_here(*operation) {
                Some(recorded) => Some(recorded.trace),
                None => self.recorded(*operation)?.map(|recorded| recorded.trace),
            };
            self.memory.keep_operation(*operation, trace);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut found = Vec::with_capacity(rows.len());
        self.store.load(&rows, &mut found)?;
        self.tally.loaded += rows.len() as u64;
        for (key, row) in rows.into_iter().zip(found) {
            self.memory.keep(key, row.map(|swept| swept.row));
        }
        Ok(())
    }

    /// A decision that leaves no record.
    fn unrecorded(&self, result: Result<engine::Answer, Refusal>) -> Decided {
        Decided { result, replayed: false, seq: 0, at: self.now }
    }
}

/// The operations of a batch, each with the record that decided it last.
pub(crate) fn last_records(
    mine: &HashMap<OperationKey, Vec<Recorded>>,
) -> Vec<(OperationKey, u64)> {
    let last = |(key, stack): (&OperationKey, &Vec<Recorded>)| {
        stack.last().map(|recorded| (*key, recorded.decided.seq))
    };
    mine.iter().filter_map(last).collect()
}

fn same_request(recorded: &Recorded, operation: Operation) -> Result<Decided, Failed> {
    let fingerprint = recorded.fingerprint;
    if fingerprint != operation.fingerprint && fingerprint != ANY_FINGERPRINT {
        return Err(Failed::Trouble(Trouble::Mismatch));
    }
    Ok(Decided { replayed: true, ..recorded.decided.clone() })
}

fn missing_record(seq: u64) -> StoreError {
    StoreError::Corrupt(format!("record {seq} is not in the journal"))
}

/// What a change did, as far as undoing it is concerned.
fn trace_of(command: &Command, change: &engine::Change) -> OperationTrace {
    use engine::GiftCardCommand as C;
    let Command::GiftCards(command) = command else { return OperationTrace::Irreversible };
    let undo = match command {
        C::Hold { place, .. } => Undo::Hold(place.id),
        C::Redeem { place, .. } => Undo::Redemption(place.id),
        C::Refund { refund, .. } => Undo::Refund(refund.id),
        C::Capture { hold, .. } => match crate::operations::captured(&change.transfers) {
            Some(amount) => Undo::Capture(*hold, amount),
            None => return OperationTrace::Irreversible,
        },
        _ => return OperationTrace::Irreversible,
    };
    OperationTrace::Did(undo)
}
