//! A stream that nobody writes, to be read.

use std::cmp::Reverse;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Label;

use super::disk::Disk;
use super::files::{Files, Kind};
use super::frames::{Frame, frame};
use super::{ENDING, MAGIC, position, snapshot};
use crate::entry::Entry;

/// Entries that are told at once.
const ENTRIES_AT_ONCE: usize = 1 << 16;

/// A stream that is locked.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(super) files: Files,
    pub(super) label: Label,
    pub(super) lock: File,
}

/// Where a stream ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub(super) volume: u32,
    /// In the volume.
    pub(super) at: u64,
    /// Where the last counts end.
    pub(super) counted_to: u64,
    /// Bytes of the volumes that were read.
    pub(super) bytes: u64,
}

/// The first files of the streams of a folder, the one that was begun last first: what was shown
/// last is what is still told of. The folder is made when it is not there.
pub(crate) fn streams(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let mut paths = Vec::new();
    for item in std::fs::read_dir(folder)? {
        let path = item?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            paths.push(path);
        }
    }
    paths.sort_unstable_by_key(|path| Reverse(number_of(path)));
    Ok(paths)
}

/// The name of a stream that is begun after all of these. Numbers, and not times, tell which came
/// last: a clock may go back.
pub(super) fn next_name(streams: &[PathBuf], random: u128) -> String {
    let last = streams.iter().map(|path| number_of(path)).max().unwrap_or(0);
    format!("feed-n{:08x}-{random:032x}", last.saturating_add(1))
}

/// In which place a stream was begun; zero of one whose name is older than numbers.
fn number_of(path: &Path) -> u32 {
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let digits = name.strip_prefix("feed-n").and_then(|rest| rest.get(..8));
    digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

impl Stream {
    /// Locks a stream; `None` when somebody writes it.
    pub(crate) fn lock(first: &Path, disk: &Arc<dyn Disk>) -> io::Result<Option<Stream>> {
        let name = first.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(label) = Label::new(name) else { return Ok(None) };
        let lock = OpenOptions::new().read(true).write(true).open(first)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Stream { files: Files::of(first, disk), label, lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Its name.
    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// The numbers of its snapshots, the newest first.
    pub(crate) fn snapshots(&self) -> io::Result<Vec<u32>> {
        let mut numbers = self.files.numbers(Kind::Snapshot)?;
        numbers.reverse();
        Ok(numbers)
    }

    /// What a snapshot has; `None` when it is not whole.
    pub(crate) fn snapshot(&self, number: u32) -> io::Result<Option<Vec<u8>>> {
        snapshot::read(&self.files.path(Kind::Snapshot, number))
    }

    /// Reads everything from a volume on, and finds where the last whole frame ends; `None` when
    /// something cannot be read, or is missing.
    pub(crate) fn read(
        &self,
        first: u32,
        mut take: impl FnMut(&[Entry]),
    ) -> io::Result<Option<End>> {
        let mut volumes = self.files.numbers(Kind::Volume)?;
        volumes.retain(|number| *number >= first);
        if volumes.iter().zip(first..).any(|(number, expected)| *number != expected) {
            return Ok(None);
        }
        let Some(last) = volumes.last().copied() else { return Ok(None) };
        let mut end = End::default();
        for volume in volumes {
            let bytes = std::fs::read(self.files.path(Kind::Volume, volume))?;
            let before = end.bytes;
            match read_volume(volume, &bytes, &mut end, &mut take) {
                Some(is_whole) if is_whole || volume == last => {}
                _ => return Ok(None),
            }
            end.bytes = before + end.at;
        }
        Ok(Some(end))
    }
}

/// Whether it is whole, and not cut off; `None` when it cannot be read.
fn read_volume(
    volume: u32,
    bytes: &[u8],
    end: &mut End,
    take: &mut impl FnMut(&[Entry]),
) -> Option<bool> {
    let start = MAGIC.len() as u64;
    *end = End { volume, at: start, counted_to: position(volume, start), ..*end };
    if MAGIC.starts_with(bytes) {
        // It was begun, and nothing more.
        return Some(bytes == MAGIC);
    }
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut entries = Vec::new();
    let is_whole = loop {
        match frame(rest) {
            Frame::Whole(mut more, after) => {
                rest = after;
                end.at = u64::try_from(bytes.len() - rest.len()).ok()?;
                if more.iter().any(|entry| matches!(entry, Entry::Counter(_))) {
                    end.counted_to = position(volume, end.at);
                }
                entries.append(&mut more);
                if entries.len() >= ENTRIES_AT_ONCE {
                    take(&std::mem::take(&mut entries));
                }
            }
            Frame::CutOff => break rest.is_empty(),
            Frame::Unreadable => return None,
        }
    };
    take(&entries);
    Some(is_whole)
}
