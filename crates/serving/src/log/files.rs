//! The files of a stream, by their names.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::disk::Disk;

/// Bytes of a sum.
pub(super) const SUM_BYTES: usize = 8;

/// A kind of numbered file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A part of the log; the first has no number.
    Volume,
    /// What is to be remembered of all volumes before the one of its number.
    Snapshot,
    /// What was told of promotions that were settled by then.
    Settled,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Volume => "volume",
            Kind::Snapshot => "snapshot",
            Kind::Settled => "settled",
        }
    }
}

/// The files of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// `STREAM.log`: the first volume, which is locked by whoever writes the stream.
    first: PathBuf,
    pub(super) disk: Arc<dyn Disk>,
}

impl Files {
    pub(super) fn of(first: &Path, disk: &Arc<dyn Disk>) -> Files {
        Files { first: first.to_owned(), disk: Arc::clone(disk) }
    }

    /// The path of a file.
    pub(crate) fn path(&self, kind: Kind, number: u32) -> PathBuf {
        match (kind, number) {
            (Kind::Volume, 0) => self.first.clone(),
            _ => self.with_ending(&format!("{}-{number:08}", kind.word())),
        }
    }

    pub(super) fn with_ending(&self, ending: &str) -> PathBuf {
        self.first.with_extension(ending)
    }

    /// The numbers of the files of a kind that are there, in order.
    pub(crate) fn numbers(&self, kind: Kind) -> io::Result<Vec<u32>> {
        let mut numbers = Vec::new();
        for item in std::fs::read_dir(self.folder())? {
            let path = item?.path();
            let is_ours = path.file_stem() == self.first.file_stem();
            let ending = path.extension().and_then(|ending| ending.to_str()).filter(|_| is_ours);
            let number = ending.and_then(|ending| ending.strip_prefix(kind.word()));
            let number = number.and_then(|number| number.strip_prefix('-')?.parse::<u32>().ok());
            numbers.extend(number);
            if kind == Kind::Volume && path == self.first {
                numbers.push(0);
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Writes a file that is whole once it has its name.
    pub(super) fn put(&self, kind: Kind, number: u32, parts: &[&[u8]]) -> io::Result<()> {
        let unfinished = self.with_ending("unfinished");
        let mut file = File::create(&unfinished)?;
        for bytes in parts {
            self.disk.write(&mut file, bytes)?;
        }
        self.disk.sync(&file)?;
        self.disk.rename(&unfinished, &self.path(kind, number))?;
        self.sync_folder()
    }

    /// Removes those of a kind that are not kept. What cannot be removed is tried again by the
    /// next time.
    pub(super) fn keep_only(&self, kind: Kind, kept: &[u32]) -> io::Result<()> {
        for number in self.numbers(kind)? {
            if !kept.contains(&number) {
                self.disk.remove(&self.path(kind, number))?;
            }
        }
        Ok(())
    }

    /// Names of files that were made outlive a crash.
    pub(super) fn sync_folder(&self) -> io::Result<()> {
        self.disk.sync_folder(self.folder())
    }

    fn folder(&self) -> &Path {
        self.first.parent().unwrap_or(Path::new("."))
    }
}

/// The first bytes of SHA-256.
pub(super) fn sum(bytes: &[u8]) -> [u8; SUM_BYTES] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|place| digest[place])
}
