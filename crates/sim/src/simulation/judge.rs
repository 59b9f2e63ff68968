//! Whether what came back is what had to come back.

use base::Instant;
use engine::{Answer, Query};
use store::Reader;
use writer::{Outcome, Removal, Request, Trouble};

use super::{Asked, Divergence, Reply, Simulation};
use crate::{Asker, Ground, Model};

/// What a call of questions gets.
type Answers = Result<Vec<Option<Answer>>, Trouble>;

/// What one step answered, in the order of the queue.
#[derive(Default)]
struct Answered {
    commands: Vec<(Vec<Request>, bool, Vec<Outcome>)>,
    queries: Vec<(Vec<Query>, Answers)>,
    flushes: Vec<(u64, Result<(), Trouble>)>,
    removals: Vec<Result<Removal, Trouble>>,
}

impl<G: Ground, M: Model, A: Asker<M>> Simulation<'_, G, M, A> {
    /// Judges the answers of one batch.
    pub(super) fn judge(
        &mut self,
        replies: Vec<(u64, Reply)>,
        now: Instant,
        wall: Instant,
    ) -> Result<(), Divergence> {
        let answered = self.pair(replies)?;
        let outcomes = || answered.commands.iter().flat_map(|(_, _, outcomes)| outcomes);
        let failed = outcomes().filter(|outcome| is_unavailable(outcome)).count();
        self.model.begin_batch(now, wall);
        if failed > 0 {
            if failed != outcomes().count() {
                return Err(Divergence("a failed batch was answered in part".to_owned()));
            }
            self.allow_failure("a batch failed")?;
            self.summary.failed_batches += 1;
        } else {
            self.judge_commands(&answered)?;
        }
        self.judge_queries(&answered)?;
        self.model.end_batch();
        self.judge_flushes(&answered)?;
        self.judge_removals(&answered)
    }

    fn judge_removals(&mut self, answered: &Answered) -> Result<(), Divergence> {
        let is_kept = self.settings.options.journal_retention_days.is_none();
        for removal in &answered.removals {
            match removal {
                Ok(Removal::Removed { through, .. }) if !is_kept => {
                    let removed = self.reader.head()?.removed;
                    if *through != removed {
                        return Err(Divergence(format!("removed {removed}, and said {through}")));
                    }
                    self.summary.removed = removed;
                }
                Ok(Removal::KeptForEver) if is_kept => {}
                Ok(removal) => return Err(Divergence(format!("a removal said {removal:?}"))),
                Err(trouble) => self.allow_failure(&trouble.to_string())?,
            }
        }
        Ok(())
    }

    fn judge_commands(&mut self, answered: &Answered) -> Result<(), Divergence> {
        let before = self.model.seq();
        for (requests, atomic, outcomes) in &answered.commands {
            let expected = self.model.decide(requests, *atomic);
            if expected.len() != outcomes.len() {
                return Err(Divergence("not one outcome for each request".to_owned()));
            }
            for ((request, expected), got) in requests.iter().zip(&expected).zip(outcomes) {
                compare(request, expected, got).map_err(Divergence)?;
                self.count(request, got);
            }
        }
        if self.model.seq() > before {
            self.block_at = self.told;
        }
        self.summary.batches += u64::from(!answered.commands.is_empty());
        Ok(())
    }

    fn judge_queries(&mut self, answered: &Answered) -> Result<(), Divergence> {
        for (queries, answers) in &answered.queries {
            match answers {
                Ok(answers) => {
                    for (query, got) in queries.iter().zip(answers) {
                        let expected = self.model.ask(query);
                        if *got != expected {
                            return Err(differs(query, &expected, got));
                        }
                    }
                    self.summary.queries += queries.len() as u64;
                }
                Err(trouble) => self.allow_failure(&trouble.to_string())?,
            }
        }
        Ok(())
    }

    fn judge_flushes(&mut self, answered: &Answered) -> Result<(), Divergence> {
        for (seq, outcome) in &answered.flushes {
            match outcome {
                Ok(()) => {
                    let watermark = self.reader.head()?.watermark;
                    if watermark < *seq {
                        let text = format!("flushed to {seq}, but the watermark is {watermark}");
                        return Err(Divergence(text));
                    }
                }
                Err(trouble) => self.allow_failure(&trouble.to_string())?,
            }
        }
        Ok(())
    }

    /// Judges the answers of a writer that has ended. Nobody was told whether the last batch took
    /// place; the head of the book tells, and the journal then must hold a prefix of the queue.
    pub(super) fn judge_ended(
        &mut self,
        replies: Vec<(u64, Reply)>,
        now: Instant,
        wall: Instant,
    ) -> Result<(), Divergence> {
        self.allow_failure("the writer ended")?;
        let answered = self.pair(replies)?;
        let is_ended = |outcome: &Outcome| matches!(outcome, Err(Trouble::Ended(_)));
        let mut outcomes = answered.commands.iter().flat_map(|(_, _, outcomes)| outcomes);
        if !outcomes.all(is_ended) {
            return Err(Divergence("an ended writer has given an answer".to_owned()));
        }
        let seq = self.reader.head()?.seq;
        self.model.begin_batch(now, wall);
        if seq > self.model.seq() {
            self.block_at = now.micros();
        }
        for (requests, atomic, _) in &answered.commands {
            if self.model.seq() < seq {
                self.model.decide(requests, *atomic);
            }
        }
        self.model.end_batch();
        Ok(())
    }

    /// Puts answers and questions together, in the order of the questions.
    fn pair(&mut self, replies: Vec<(u64, Reply)>) -> Result<Answered, Divergence> {
        let mut answered = Answered::default();
        let mut replies = replies;
        replies.sort_by_key(|(job, _)| *job);
        for (job, reply) in replies {
            let Some(asked) = self.asked.remove(&job) else {
                return Err(Divergence(format!("job {job} was answered twice")));
            };
            match (asked, reply) {
                (Asked::Commands { requests, atomic }, Reply::Commands(outcomes)) => {
                    answered.commands.push((requests, atomic, outcomes));
                }
                (Asked::Queries(queries), Reply::Queries(answers)) => {
                    answered.queries.push((queries, answers));
                }
                (Asked::Flush(seq), Reply::Flush(outcome)) => answered.flushes.push((seq, outcome)),
                (Asked::Remove(_), Reply::Remove(removal)) => answered.removals.push(removal),
                _ => return Err(Divergence(format!("job {job} got the answer of another kind"))),
            }
        }
        Ok(answered)
    }

    /// Only a store that fails excuses a failure.
    fn allow_failure(&self, what: &str) -> Result<(), Divergence> {
        if self.plan.struck() == 0 {
            return Err(Divergence(format!("without a fault: {what}")));
        }
        Ok(())
    }

    fn count(&mut self, request: &Request, outcome: &Outcome) {
        let summary = &mut self.summary;
        summary.commands += 1;
        match outcome {
            Ok(decided) => {
                summary.replays += u64::from(decided.replayed);
                match &decided.result {
                    Ok(_) => {
                        summary.succeeded.insert(request.command.kind());
                    }
                    Err(refusal) => *summary.refusals.entry(refusal.code()).or_default() += 1,
                }
            }
            Err(_) => summary.mismatches += 1,
        }
    }
}

fn is_unavailable(outcome: &Outcome) -> bool {
    matches!(outcome, Err(Trouble::Unavailable(_)))
}

/// Compares what a caller was told with what it must be told.
///
/// # Errors
///
/// A text with both, when they differ in anything.
pub fn compare(request: &Request, expected: &Outcome, got: &Outcome) -> Result<(), String> {
    let is_same = match (expected, got) {
        (Ok(expected), Ok(got)) => {
            (&expected.result, expected.replayed, expected.seq, expected.at)
                == (&got.result, got.replayed, got.seq, got.at)
        }
        (Err(expected), Err(got)) => expected == got,
        _ => false,
    };
    if is_same { Ok(()) } else { Err(differs(request, expected, got).0) }
}

fn differs<A: std::fmt::Debug, B: std::fmt::Debug>(asked: &A, expected: &B, got: &B) -> Divergence {
    Divergence(format!("asked    {asked:#?}\nexpected {expected:#?}\ngot      {got:#?}"))
}
