//! The tables of a book as this process reads them, whoever owns it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::{BookRecord, Reader, StoreError};
use tokio::sync::Semaphore;

use crate::blocking;
use crate::neighbors::Miss;
use crate::problem::catalog::Entry;
use crate::problem::{Busy, Problem, catalog};
use crate::sight::Sight;

/// Time that a list may take.
const READ_TIME_MAX: Duration = Duration::from_secs(1);

/// Time that a report may take, waiting for its turn included.
const REPORT_TIME_MAX: Duration = Duration::from_secs(30);

/// Opens a reader. Blocks.
type OpenReader = Box<dyn Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync>;

/// A book as this process reads it, beside its writer, which may be in another process: as many
/// lists at once as there are readers.
pub struct ReadSide {
    record: BookRecord,
    readers: Arc<Readers>,
    /// One report at a time: they read the whole book.
    turn: Arc<Semaphore>,
}

impl ReadSide {
    /// With readers that are open. One that is lost to a panic is not replaced.
    pub fn new(record: BookRecord, readers: Vec<Box<dyn Reader>>) -> ReadSide {
        let max = readers.len();
        let none_left = || Err(StoreError::Inconsistent("every permit has a reader"));
        ReadSide::over(record, readers, max, Box::new(none_left))
    }

    /// With `max` readers at most, each opened when it is first needed.
    pub fn opening(
        record: BookRecord,
        max: usize,
        open: impl Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync + 'static,
    ) -> ReadSide {
        ReadSide::over(record, Vec::new(), max, Box::new(open))
    }

    fn over(
        record: BookRecord,
        idle: Vec<Box<dyn Reader>>,
        max: usize,
        open: OpenReader,
    ) -> ReadSide {
        let free = Arc::new(Semaphore::new(max));
        let readers = Readers { free, idle: Mutex::new(idle), open };
        ReadSide { record, readers: Arc::new(readers), turn: Arc::new(Semaphore::new(1)) }
    }

    /// Name and kind of the book.
    pub(crate) fn record(&self) -> &BookRecord {
        &self.record
    }

    /// Reads a list, for a short time only, from what shows at least what the owner told of.
    ///
    /// # Errors
    ///
    /// `busy` when no reader is free or it takes too long; `unavailable`.
    pub(crate) async fn read<T, E>(
        &self,
        sight: Sight,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let lent = Arc::clone(&self.readers).lend(move |reader| sight.shown_by(reader, read));
        let in_time = tokio::time::timeout(READ_TIME_MAX, lent).await;
        in_time.map_err(|_| too_slow(&catalog::BUSY))???.map_err(unreadable)
    }

    /// Makes a report, one at a time, from what shows at least what the owner told of.
    ///
    /// # Errors
    ///
    /// Those of `make`; `busy` when it takes too long; `unavailable`.
    pub(crate) async fn report<T: Send + 'static>(
        &self,
        sight: Sight,
        make: impl FnOnce(&mut dyn Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.in_turn(move |reader| sight.shown_by(reader, make)?, &catalog::BUSY).await
    }

    /// Does work in turn with reports. It goes on when its caller does not wait.
    ///
    /// # Errors
    ///
    /// Those of `work`; `late` when it takes too long; `unavailable`.
    pub(crate) async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, Problem> + Send + 'static,
        late: &'static Entry,
    ) -> Result<T, Problem> {
        let (turn, readers) = (Arc::clone(&self.turn), Arc::clone(&self.readers));
        let lent = async move {
            let turn = turn.acquire_owned().await.map_err(unavailable)?;
            let work = move |reader: &mut dyn Reader| {
                // Whoever has left does not let the next one in: the work goes on.
                let _turn = turn;
                work(reader)
            };
            readers.lend(work).await?
        };
        let in_time = tokio::time::timeout(REPORT_TIME_MAX, lent).await;
        in_time.map_err(|_| too_slow(late))?
    }
}

/// Readers that wait for work, and how more of them are opened.
struct Readers {
    /// One permit for each that may be at work.
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Box<dyn Reader>>>,
    open: OpenReader,
}

impl Readers {
    /// Runs `work` with a reader in a blocking task, once one may. The reader is taken inside the
    /// task and given back by it: one that outlives its time limit still holds its permit. Work
    /// that panics takes its reader with it, which may be in the middle of anything, and gives the
    /// permit back.
    async fn lend<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&mut dyn Reader) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(unavailable)?;
        let task = blocking::spawn(move || {
            let _permit = permit;
            self.reader().map(|mut reader| {
                let result = work(reader.as_mut());
                self.idle().push(reader);
                result
            })
        });
        task.await.map_err(unavailable)?.map_err(unreadable)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        let taken = self.idle().pop();
        taken.map_or_else(|| (self.open)(), Ok)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Reader>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is late because of a database that is silent, in a process that has not heard yet that it
/// lost the book, the next owner has in time: so a read that is late counts as a miss.
fn too_slow(entry: &'static Entry) -> Problem {
    let late = Problem::new(entry).because(Busy::ReadTooSlow);
    let has_read_only = entry.code == catalog::BUSY.code;
    if has_read_only { late.missed(Miss::NothingDone) } else { late }
}

/// As [`too_slow`], for a database that has broken off. Nothing was done but reading.
fn unreadable(why: impl std::fmt::Display) -> Problem {
    unavailable(why).missed(Miss::NothingDone)
}

fn unavailable(why: impl std::fmt::Display) -> Problem {
    tracing::warn!(%why, "a reader failed");
    Problem::new(&catalog::UNAVAILABLE)
}

#[cfg(test)]
mod tests {
    use base::Instant;
    use store::{BookName, MemoryBook};

    use super::*;

    #[tokio::test]
    async fn work_that_panics_costs_nobody_a_reader() {
        let (name, created_at) = (BookName::new("test").unwrap(), Instant::MIN);
        let record = BookRecord { name, is_test: true, created_at, incarnation: 1 };
        let memory = MemoryBook::new();
        let reads = ReadSide::opening(record, 1, move || Ok(Box::new(memory.reader())));
        for _ in 0..2 {
            let panicked = reads.in_turn::<()>(|_| panic!("planned"), &catalog::BUSY).await;
            assert_eq!(panicked.unwrap_err().code(), catalog::UNAVAILABLE.code);
        }
        let read = reads.in_turn(|_| Ok(7), &catalog::BUSY);
        let read = tokio::time::timeout(READ_TIME_MAX, read).await;
        assert_eq!(read.expect("a reader is free").unwrap(), 7);
    }

    #[test]
    fn reads_that_fail_are_tried_again_where_the_book_is_next_and_work_is_not() {
        assert_eq!(too_slow(&catalog::BUSY).miss(), Some(Miss::NothingDone));
        assert_eq!(unreadable("silent").miss(), Some(Miss::NothingDone));
        assert_eq!(unavailable("panicked").miss(), None);
        assert_eq!(too_slow(&catalog::OUTCOME_UNKNOWN).miss(), None);
    }
}
