//! What makes the feed's files durable.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Every step that a crash may leave behind: one of tests may fail at any.
pub trait Disk: Debug + Send + Sync {
    /// Writes bytes where the file stands.
    ///
    /// # Errors
    ///
    /// Those of the operating system; a part may be written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    ///
    /// Those of the operating system.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Makes the names of a folder's files durable.
    ///
    /// # Errors
    ///
    /// Those of the operating system.
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    /// Gives a file its name, in place of the one that had it.
    ///
    /// # Errors
    ///
    /// Those of the operating system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// Those of the operating system.
    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

/// The disk as it is.
#[derive(Debug)]
pub struct RealDisk;

impl Disk for RealDisk {}
