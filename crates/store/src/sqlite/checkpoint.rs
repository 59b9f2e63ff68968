//! Copying the log into the file while commits go on.
//!
//! SQLite copies the log (*checkpoints* it) after a commit that made it long, on the thread of
//! that commit, which then is late. Here a thread with a connection of its own copies, and the
//! committing thread copies only the rest, what was appended meanwhile: the log starts over only
//! when all of it was copied, which a thread beside a busy writer never achieves alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::connection;
use crate::{StoreError, dialect};

/// Pages in the log from which on it is copied: few, so that copying is done in short spells
/// between which others get the processor and the disk.
const PAGES_MIN: i64 = 1_000;
/// Commits between two questions how long the log is.
const COMMITS_MIN: u32 = 8;
/// Pages the committing thread copies itself. The thread beside it copies more often until no
/// more are left.
const REST_MAX: i64 = 200;
/// How often the thread beside is asked before the committing thread takes what there is.
const ATTEMPTS_MAX: u32 = 4;

/// The thread that copies, and what it was asked.
#[derive(Debug)]
pub(super) struct Checkpoints {
    path: PathBuf,
    helper: Option<Helper>,
    /// Requests since the log started over; the last one is unanswered while `is_copying`.
    attempts: u32,
    is_copying: bool,
    /// Commits since the length of the log was asked for.
    commits: u32,
    /// Whether a sync failed, after which nothing about the file is sure.
    sync_failed: bool,
}

#[derive(Debug)]
struct Helper {
    /// Dropped to end the thread.
    requests: Sender<()>,
    answers: Receiver<Result<(), StoreError>>,
    thread: JoinHandle<()>,
}

/// Pages of the log, and how many of them are in the file.
struct Log {
    pages: i64,
    copied: i64,
}

impl Checkpoints {
    /// Copies the log of the file at `path`.
    pub(super) fn new(path: &Path) -> Checkpoints {
        Checkpoints {
            path: path.to_owned(),
            helper: None,
            attempts: 0,
            is_copying: false,
            commits: 0,
            sync_failed: false,
        }
    }

    /// As [`Checkpoints::new`], with a thread whose every sync fails.
    #[cfg(test)]
    pub(super) fn failing(path: &Path) -> Checkpoints {
        let (requests, asked) = channel();
        let (answer, answers) = channel();
        let fail = move || {
            while asked.recv().is_ok() {
                let _ = answer.send(Err(StoreError::SyncFailed("planned".to_owned())));
            }
        };
        let thread = std::thread::spawn(fail);
        let helper = Some(Helper { requests, answers, thread });
        Checkpoints { helper, ..Checkpoints::new(path) }
    }

    /// To be called after every commit on `connection`.
    ///
    /// # Errors
    ///
    /// [`StoreError::SyncFailed`]: what is on the disk is uncertain from now on. Any other
    /// failure leaves the log as it is, to be copied later.
    pub(super) fn after_commit(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let result = self.go_on(connection).or_else(only_failed_syncs);
        self.sync_failed |= result.is_err();
        result
    }

    /// Waits for what is being copied; tells whether every sync worked, now and earlier.
    pub(super) fn end(&mut self) -> bool {
        let last = self.helper.take().map_or(Ok(()), Helper::end);
        last.is_ok() && !self.sync_failed
    }

    fn go_on(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.commits += 1;
        if self.is_copying {
            if !self.has_copied()? {
                return Ok(());
            }
        } else if self.commits < COMMITS_MIN {
            return Ok(());
        }
        self.commits = 0;
        let log = run(connection, dialect::SQLITE_LOG)?;
        if log.pages < PAGES_MIN {
            self.attempts = 0;
            return Ok(());
        }
        let is_long = log.pages - log.copied > REST_MAX;
        if self.attempts == 0 || (is_long && self.attempts < ATTEMPTS_MAX) {
            self.attempts += 1;
            return self.ask();
        }
        self.attempts = 0;
        run(connection, dialect::SQLITE_CHECKPOINT).map(|_| ())
    }

    /// Whether the helper has answered.
    fn has_copied(&mut self) -> Result<bool, StoreError> {
        let Some(helper) = &self.helper else { return Ok(true) };
        match helper.answers.try_recv() {
            Err(TryRecvError::Empty) => Ok(false),
            Ok(result) => {
                self.is_copying = false;
                result.map(|()| true)
            }
            Err(TryRecvError::Disconnected) => {
                self.is_copying = false;
                self.helper = None;
                Ok(true)
            }
        }
    }

    fn ask(&mut self) -> Result<(), StoreError> {
        let helper = match self.helper.take() {
            Some(helper) => helper,
            None => Helper::start(&self.path)?,
        };
        self.is_copying = helper.requests.send(()).is_ok();
        self.helper = Some(helper);
        Ok(())
    }
}

impl Helper {
    fn start(path: &Path) -> Result<Helper, StoreError> {
        let connection = connection::open_checkpointer(path)?;
        let file = unclosed(path).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let (requests, asked) = channel();
        let (answer, answers) = channel();
        let copy = move || {
            step_back();
            while asked.recv().is_ok() {
                if answer.send(copy_and_sync(&connection, file)).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkpoint".to_owned()).spawn(copy);
        let thread = thread.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Helper { requests, answers, thread })
    }

    /// Ends the thread and tells what its last copies came to.
    fn end(self) -> Result<(), StoreError> {
        drop(self.requests);
        // A thread that panicked has nothing more to say.
        let _ = self.thread.join();
        self.answers.try_iter().try_for_each(|copied| copied.or_else(only_failed_syncs))
    }
}

/// Lets whoever answers somebody go first. It must not starve, or the log would grow: every step
/// of niceness is worth a fifth less of a busy processor (sched(7)).
fn step_back() {
    // On Linux niceness belongs to a thread (sched(7), "The nice value"); elsewhere it would slow
    // the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(5);
}

/// Copies, and syncs what was copied. SQLite would sync all of it only with the last page, on the
/// thread that copies the rest; that sync still decides, but finds little to do.
fn copy_and_sync(connection: &Connection, file: &File) -> Result<(), StoreError> {
    run(connection, dialect::SQLITE_CHECKPOINT)?;
    file.sync_data().map_err(|error| StoreError::SyncFailed(error.to_string()))
}

/// The file at `path`, opened once in a process and never closed: whoever closes a descriptor of
/// a file gives up every lock that the process has on it (fcntl(2), "Advisory record locking"),
/// those of SQLite's connections included.
fn unclosed(path: &Path) -> io::Result<&'static File> {
    static OPENED: Mutex<BTreeMap<PathBuf, &'static File>> = Mutex::new(BTreeMap::new());
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = opened.get(path) {
        return Ok(file);
    }
    let file: &'static File = Box::leak(Box::new(File::open(path)?));
    opened.insert(path.to_owned(), file);
    Ok(file)
}

fn run(connection: &Connection, statement: &str) -> Result<Log, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let log = statement.query_row([], |row| Ok(Log { pages: row.get(1)?, copied: row.get(2)? }))?;
    Ok(log)
}

/// What else goes wrong in copying, a full disk for instance, goes wrong again with the next
/// attempt or passes; no commit depends on it.
fn only_failed_syncs(error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::SyncFailed(_) => Err(error),
        _ => Ok(()),
    }
}
