//! The file that lets the simulated provider outlive the process.
//!
//! One line an operation: the list of its changes. A line that was cut by a death of the process
//! is dropped: its operation was never answered. Opening writes the file anew without history.
//! Nothing is synced: a simulated provider survives a killed process, not a lost power supply.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::model::Change;

/// The file, locked against other processes and open for appending.
pub(super) struct StateFile {
    file: File,
    /// Kept open, because closing it gives the lock away.
    _lock: File,
}

impl StateFile {
    /// Reads the changes of an existing file.
    pub(super) fn read(path: &Path) -> io::Result<Vec<Change>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let whole_lines = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut changes: Vec<Change> = Vec::new();
        for line in whole_lines.lines() {
            let parsed: Vec<Change> = serde_json::from_str(line).map_err(io::Error::other)?;
            changes.extend(parsed);
        }
        Ok(changes)
    }

    /// Keeps other processes out. The lock is a file of its own, since the state's is replaced.
    pub(super) fn lock(path: &Path) -> io::Result<File> {
        let lock = OpenOptions::new().create(true).append(true).open(with_ending(path, ".lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another process uses this sandbox; give each its own file, or start one \
                 Stripe test server for all of them",
            )),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Replaces the file by one with these changes alone, and goes on behind them.
    pub(super) fn rewrite(path: &Path, lock: File, changes: &[Change]) -> io::Result<Self> {
        let new = with_ending(path, ".new");
        let mut file = File::create(&new)?;
        for change in changes {
            file.write_all(&line(std::slice::from_ref(change)))?;
        }
        fs::rename(&new, path)?;
        Ok(StateFile { file, _lock: lock })
    }

    /// Appends the changes of one operation.
    pub(super) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        self.file.write_all(&line(changes))
    }
}

fn line(changes: &[Change]) -> Vec<u8> {
    let mut line = serde_json::to_vec(changes).expect("changes have text keys only");
    line.push(b'\n');
    line
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
