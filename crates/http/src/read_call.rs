//! Calls for lists and reports, which any process of the installation answers from the tables.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::AccountId;
use engine::{Answer, Query};
use ledger::Account;
use store::{BookRecord, Reader};
use writer::Trouble;

use crate::app::App;
use crate::book::Book;
use crate::call::{Asked, Call, Role};
use crate::keys::ApiKey;
use crate::place::Whereabouts;
use crate::problem::Problem;
use crate::read_side::ReadSide;
use crate::sight::Sight;

/// A call for a list or a report.
pub(crate) type ReadCall<S> = Call<S, ReadCaller>;

/// Who asks for a list or a report.
pub(crate) struct ReadCaller {
    pub(crate) app: Arc<App>,
    key: Arc<ApiKey>,
    reads: Arc<ReadSide>,
    owner: Owner,
}

/// Who is asked how far the tables are.
enum Owner {
    Here(Arc<Book>),
    /// The process at this address.
    There(Arc<str>),
}

impl Role for ReadCaller {
    const IS_ANYWHERE: bool = true;

    fn of(asked: Asked) -> Result<ReadCaller, Problem> {
        let Asked { app, key, .. } = asked;
        let (reads, owner) = match key.place.whereabouts() {
            Whereabouts::Here(book) => (Some(Arc::clone(book.reads())), Owner::Here(book)),
            Whereabouts::Elsewhere(address) => (key.place.reads(), Owner::There(address)),
            Whereabouts::Nowhere => return Err(Trouble::Moved.into()),
        };
        let reads = reads.ok_or(Trouble::Moved)?;
        Ok(ReadCaller { app, key, reads, owner })
    }
}

impl ReadCaller {
    /// The book of the key.
    pub(crate) fn book(&self) -> &BookRecord {
        self.reads.record()
    }

    /// True when the book is here and its operator has set up this rail.
    pub(crate) fn has_rail(&self, name: &str) -> bool {
        match &self.owner {
            Owner::Here(book) => book.rails().is_some_and(|work| work.rail(name).is_ok()),
            Owner::There(_) => false,
        }
    }

    /// Has the owner say that the tables show every change up to `seq`. The journal shows
    /// everything that was answered before this was called, whatever `seq` is.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) async fn look(&self, seq: u64) -> Result<Sight, Problem> {
        match &self.owner {
            Owner::Here(book) => Sight::of_book(book, seq).await,
            Owner::There(address) => {
                let neighbors = self.app.neighbors().ok_or(Trouble::Moved)?;
                let book = self.book().name.as_str();
                let told = Sight::of_neighbor(neighbors, address, book, seq).await;
                told.ok_or_else(|| Trouble::Moved.into())
            }
        }
    }

    /// Waits until lists show what they must: what this key wrote last. One of several processes
    /// does not know of all writes, so there they show everything that was answered before.
    ///
    /// # Errors
    ///
    /// As [`ReadCaller::look`].
    pub(crate) async fn look_at_lists(&self) -> Result<Sight, Problem> {
        let seq = match &self.owner {
            Owner::Here(book) if self.app.neighbors().is_none() => {
                self.key.last_write.load(Ordering::Relaxed).max(book.opened_at_seq())
            }
            _ => u64::MAX,
        };
        self.look(seq).await
    }

    /// The account of this id, at least as new as lists are.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) async fn account(
        &self,
        sight: Sight,
        id: AccountId,
    ) -> Result<Option<Account>, Problem> {
        match &self.owner {
            // What another key wrote may not be in the tables yet.
            Owner::Here(book) => Ok(match book.ask(Query::Account(id)).await? {
                Some(Answer::Account(account)) => Some(account),
                _ => None,
            }),
            Owner::There(_) => self.read(sight, move |reader| reader.account(id)).await,
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// As [`ReadSide::read`].
    pub(crate) async fn read<T, E>(
        &self,
        sight: Sight,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        self.reads.read(sight, read).await
    }

    /// Makes a report.
    ///
    /// # Errors
    ///
    /// As [`ReadSide::report`].
    pub(crate) async fn report<T: Send + 'static>(
        &self,
        sight: Sight,
        make: impl FnOnce(&mut dyn Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.reads.report(sight, make).await
    }
}
