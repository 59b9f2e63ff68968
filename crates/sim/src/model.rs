//! What a simulation is held against, and who asks in it.

use base::{AccountId, CardId, HoldId, Instant};
use engine::{Answer, Command, OperationKey, Query, Refusal, Row};
use giftcards::{Card, Hold};
use store::EntryRow;
use writer::{Operation, Outcome, Request};

use crate::keys::{Known, decide};
use crate::{Divergence, Summary};

/// A model of one book, which says what everybody who asks must be told, and what must be stored.
pub trait Model {
    /// A place to go back to.
    type Mark;

    /// Sequence of the last record.
    fn seq(&self) -> u64;

    /// The last record is this one now.
    fn set_seq(&mut self, seq: u64);

    /// The book's time in this batch.
    fn now(&self) -> Instant;

    /// By how much the book's clock is ahead of the wall clock, in microseconds.
    fn clock_ahead_micros(&self) -> i64;

    /// Begins a batch: the book's time, and the wall clock it was made from.
    fn begin_batch(&mut self, now: Instant, wall: Instant);

    /// Ends a batch: it cannot be taken back any more.
    fn end_batch(&mut self);

    /// Where the model is now.
    fn mark(&self) -> Self::Mark;

    /// Takes back whatever has happened since.
    fn roll_back(&mut self, mark: Self::Mark);

    /// Carries a command out as the next record, or says why not; then nothing has happened.
    ///
    /// # Errors
    ///
    /// The refusal that the caller must be told.
    fn carry_out(
        &mut self,
        command: &Command,
        operation: Option<Operation>,
    ) -> Result<Answer, Refusal>;

    /// What is known about a key.
    fn known(&self, key: OperationKey) -> Option<&Known>;

    /// From now on this is known about a key.
    fn know(&mut self, key: OperationKey, known: Known);

    /// What the hold of a capture has captured, in minor units; zero for other commands.
    fn captured_so_far(&self, command: &Command) -> i64;

    /// What somebody who asks now must be told.
    fn ask(&self, query: &Query) -> Option<Answer>;

    /// Every row the tables must hold when everything is swept, in key order.
    fn rows(&self) -> Vec<Row>;

    /// Every entry there must be, in order of place.
    fn entries(&self) -> &[EntryRow];

    /// The sum of all balances of each currency, debit balances negative; each must be zero.
    fn sums(&self) -> Vec<(&'static str, i64)>;

    /// Decides the requests of one call in order and says what its caller must be told.
    fn decide(&mut self, requests: &[Request], atomic: bool) -> Vec<Outcome>
    where
        Self: Sized,
    {
        decide(self, requests, atomic)
    }
}

/// Who asks: from a seed, and from what the model knows.
pub trait Asker<M: Model> {
    /// A turn begins: whatever was asked before is answered or lost, and keys that were known
    /// before `since` may be forgotten.
    fn turn(&mut self, since: Instant);

    /// The next request at book time `now`.
    fn request(&mut self, model: &M, now: Instant) -> Request;

    /// A question about something that is there, or is not.
    fn query(&mut self, model: &M, now: Instant) -> Query;

    /// When everything was asked: what is left to be done before the book is at rest. Asked again
    /// until it is nothing.
    ///
    /// # Errors
    ///
    /// [`Divergence`] when the book is at rest and something is not where it must be.
    fn finish(&mut self, model: &M, summary: &Summary) -> Result<Vec<Request>, Divergence> {
        let _ = (model, summary);
        Ok(Vec::new())
    }
}

/// What a workload looks at to ask something sensible.
pub trait Sight {
    /// A card.
    fn card(&self, id: CardId) -> Option<&Card>;

    /// A hold.
    fn hold(&self, id: HoldId) -> Option<&Hold>;

    /// What a card could spend, in minor units.
    fn spendable(&self, id: CardId) -> i64;

    /// Some of the accounts there are, no more than `max`.
    fn some_accounts(&self, max: usize) -> Vec<AccountId>;
}
