//! A book that this process owns: its writer, its tables, its guess budgets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{ClaimId, Instant};
use engine::{Answer, Query};
use jobs::UnfinishedFigures;
use jobs::{ClaimClerk, FeedKeeper, Figure, OutgoingFigures, SettlementFigures};
use risk::budget::{GuessBudgets, Limits};
use store::{BookName, BookRecord, Head, Reader};
use tokio::sync::oneshot;
use writer::{Archived, Figures, Handle, Outcome, Removal, Request, Trouble};

use crate::problem::{Problem, catalog};
use crate::rail_places::RailPlaces;
use crate::rail_work::RailWork;
use crate::read_side::ReadSide;

/// A served book.
pub struct Book {
    reads: Arc<ReadSide>,
    handle: Handle,
    /// Sequence of the last record when it was opened here.
    opened_at_seq: u64,
    budgets: Mutex<GuessBudgets>,
    /// Whoever calls rails for it; without, no rail is available.
    rails: Option<Arc<dyn RailWork>>,
    rail_places: RailPlaces,
    /// Whoever keeps its feed.
    feed: Option<Arc<FeedKeeper>>,
    /// Whoever leads its claims on.
    claims: Option<Arc<ClaimClerk>>,
    /// What is counted of its webhooks and mails.
    outgoing: Arc<OutgoingFigures>,
    /// What is counted of its settlement files.
    settlements: Arc<SettlementFigures>,
}

impl Book {
    /// A book with its writer and some readers: as many lists can be read at once.
    pub fn new(record: BookRecord, handle: Handle, readers: Vec<Box<dyn Reader>>) -> Book {
        Book::over(Arc::new(ReadSide::new(record, readers)), handle)
    }

    /// The same with the readers that this process has whoever owns the book.
    pub fn over(reads: Arc<ReadSide>, handle: Handle) -> Book {
        Book {
            reads,
            opened_at_seq: handle.figures().seq(),
            handle,
            budgets: Mutex::new(GuessBudgets::new(Limits::default())),
            rails: None,
            rail_places: RailPlaces::default(),
            feed: None,
            claims: None,
            outgoing: Arc::default(),
            settlements: Arc::default(),
        }
    }

    /// The same with somebody who calls rails for it.
    #[must_use]
    pub fn with_rails(self, work: Arc<dyn RailWork>) -> Book {
        Book { rails: Some(work), ..self }
    }

    /// The same with somebody who keeps its feed.
    #[must_use]
    pub fn with_feed(self, keeper: Option<Arc<FeedKeeper>>) -> Book {
        Book { feed: keeper, ..self }
    }

    /// Whoever keeps its feed, if anybody does.
    pub(crate) fn feed(&self) -> Option<&Arc<FeedKeeper>> {
        self.feed.as_ref()
    }

    /// The same with somebody who leads its claims on.
    #[must_use]
    pub fn with_claims(self, clerk: Option<Arc<ClaimClerk>>) -> Book {
        Book { claims: clerk, ..self }
    }

    /// Something of a claim is to be done now. Returns at once; what is forgotten is found again
    /// by the regular runs.
    pub(crate) fn nudge_claims(&self, claim: Option<ClaimId>) {
        self.claims.iter().for_each(|clerk| clerk.nudge(claim));
    }

    /// What of its claims and restitutions is late, or waits for a person; nothing is counted where
    /// nobody leads claims on.
    pub(crate) fn unfinished(&self, of: fn(&UnfinishedFigures) -> &Figure) -> u64 {
        self.claims.as_ref().map_or(0, |clerk| of(clerk.figures()).get())
    }

    /// The same with what those who send its webhooks and mails count.
    #[must_use]
    pub fn with_outgoing(self, figures: Arc<OutgoingFigures>) -> Book {
        Book { outgoing: figures, ..self }
    }

    /// What is counted of its webhooks and mails.
    pub fn outgoing(&self) -> &Arc<OutgoingFigures> {
        &self.outgoing
    }

    /// The same with what those who watch its settlement files count.
    #[must_use]
    pub fn with_settlements(self, figures: Arc<SettlementFigures>) -> Book {
        Book { settlements: figures, ..self }
    }

    /// What is counted of its settlement files.
    pub fn settlements(&self) -> &Arc<SettlementFigures> {
        &self.settlements
    }

    /// Whoever calls rails for it, if anybody does.
    pub(crate) fn rails(&self) -> Option<&Arc<dyn RailWork>> {
        self.rails.as_ref()
    }

    /// Places for those who ask rails and wait.
    pub(crate) fn rail_places(&self) -> &RailPlaces {
        &self.rail_places
    }

    /// Its tables.
    pub(crate) fn reads(&self) -> &Arc<ReadSide> {
        &self.reads
    }

    /// Its name, which is part of every keyed hash.
    pub fn name(&self) -> &str {
        self.reads.record().name.as_str()
    }

    /// Its name, for the control store.
    pub(crate) fn book_name(&self) -> &BookName {
        &self.reads.record().name
    }

    /// True when its clock may be moved.
    pub fn is_test(&self) -> bool {
        self.reads.record().is_test
    }

    /// Its writer.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What its writer does.
    pub(crate) fn figures(&self) -> &Figures {
        self.handle.figures()
    }

    /// What was written before it was opened here may still be missing in the tables, whoever
    /// wrote it: the last sequence that this is true of.
    pub(crate) fn opened_at_seq(&self) -> u64 {
        self.opened_at_seq
    }

    /// Its guess budgets. Nothing waits while holding them.
    pub(crate) fn budgets(&self) -> MutexGuard<'_, GuessBudgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has commands decided; one outcome each, in order.
    pub(crate) async fn decide(
        &self,
        requests: Vec<Request>,
        atomic: bool,
    ) -> Result<Vec<Outcome>, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.submit(requests, atomic, move |outcomes| {
            // Nobody waits when the caller has gone away; the decision stands.
            let _ = sender.send(outcomes);
        })?;
        receiver.await.map_err(|_| ended())
    }

    /// Asks one question of the writer, whose answer is never stale.
    pub(crate) async fn ask(&self, query: Query) -> Result<Option<Answer>, Trouble> {
        Ok(self.ask_all(vec![query]).await?.pop().flatten())
    }

    /// Asks questions together: the answers are of one instant, in order.
    pub(crate) async fn ask_all(
        &self,
        queries: Vec<Query>,
    ) -> Result<Vec<Option<Answer>>, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.query(queries, move |answers| {
            let _ = sender.send(answers);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// The book's time, which in a test book is not that of the wall.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) async fn time(&self) -> Result<Instant, Problem> {
        match self.ask(Query::Book).await? {
            Some(Answer::Book { now, .. }) => Ok(now),
            _ => Err(Problem::new(&catalog::UNAVAILABLE)),
        }
    }

    /// Waits until lists show every change up to `seq`; tells where the book is then.
    pub(crate) async fn flush(&self, seq: u64) -> Result<Head, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.flush(seq, move |done| {
            let _ = sender.send(done);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// Has what is archived removed from the journal.
    pub(crate) async fn remove(&self, archived: Archived) -> Result<Removal, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.remove(archived, move |removal| {
            let _ = sender.send(removal);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// Does work that writes, in turn with reports. It goes on when its caller does not wait.
    ///
    /// # Errors
    ///
    /// Those of `work`; `outcome_unknown` when it takes too long; `unavailable`.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Handle, &mut dyn Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let handle = self.handle.clone();
        let work = move |reader: &mut dyn Reader| work(&handle, reader);
        self.reads.in_turn(work, &catalog::OUTCOME_UNKNOWN).await
    }
}

fn ended() -> Trouble {
    Trouble::Ended("it stopped before it answered".to_owned())
}
