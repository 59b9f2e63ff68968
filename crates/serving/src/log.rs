//! The log of a stream: a file that only grows, in frames that a sum protects.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGFEED1\n`, once |
//! | 4 | length of the frame's entries, big-endian |
//! | 8 | the first bytes of SHA-256 over them |
//! | … | the entries |
//!
//! A frame is what one run writes and syncs. What was counted is written once a minute; until then
//! it stands in the [`tail`], which is as durable. A last frame that was cut off by a crash is
//! overwritten. Whatever else cannot be read is damage, or a newer program's: such a log is left as
//! it is, and a new stream begins. The name of the stream is the name of the file.

mod minutes;
mod tail;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use base::Label;
use outside::random::Randomness;
use sha2::{Digest, Sha256};

use crate::entry::Entry;
use minutes::Minutes;
use tail::Tail;

const MAGIC: &[u8; 8] = b"MGFEED1\n";
const SUM_BYTES: usize = 8;
const ENDING: &str = "log";

/// An open log. Nobody else writes it.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    /// Where the next frame begins.
    end: u64,
    stream: Label,
    /// Where the last frame with counts ends.
    counted_to: u64,
    /// What was counted since.
    minutes: Minutes,
    tail: Tail,
}

impl Log {
    /// Goes on with a log of the folder that nobody writes and that `fits` says yes to, or begins
    /// one. Returns what it holds.
    pub(crate) fn open(
        folder: &Path,
        random: &mut dyn Randomness,
        mut fits: impl FnMut(&Label, &[Entry]) -> io::Result<bool>,
    ) -> io::Result<(Log, Vec<Entry>)> {
        std::fs::create_dir_all(folder)?;
        let mut names = Vec::new();
        for item in std::fs::read_dir(folder)? {
            let path = item?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                names.push(path);
            }
        }
        names.sort();
        for path in names {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let Ok(stream) = Label::new(name) else { continue };
            let file = OpenOptions::new().read(true).write(true).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let mut log = Log::of(file, stream, &path);
            let Some(mut entries) = log.read()? else { continue };
            if fits(&log.stream, &entries)? {
                entries.append(&mut log.take_in_tail()?);
                return Ok((log, entries));
            }
        }
        Ok((Log::begin(folder, random)?, Vec::new()))
    }

    fn begin(folder: &Path, random: &mut dyn Randomness) -> io::Result<Log> {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let name = format!("feed-{:032x}", u128::from_be_bytes(bytes));
        let path = folder.join(format!("{name}.{ENDING}"));
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        file.lock()?;
        file.write_all(MAGIC)?;
        file.sync_all()?;
        // The file must be found after a crash, or its stream would be billed and gone.
        File::open(folder)?.sync_all()?;
        let stream = Label::new(&name).expect("letters and digits");
        Ok(Log::of(file, stream, &path))
    }

    /// With nothing in it.
    fn of(file: File, stream: Label, path: &Path) -> Log {
        let start = MAGIC.len() as u64;
        let (minutes, tail) = (Minutes::default(), Tail::of(path));
        Log { file, end: start, stream, counted_to: start, minutes, tail }
    }

    /// The name of its stream.
    pub(crate) fn stream(&self) -> &Label {
        &self.stream
    }

    /// Reads everything, and finds where the last whole frame ends; `None` when something in it
    /// cannot be read.
    fn read(&mut self) -> io::Result<Option<Vec<Entry>>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        if MAGIC.starts_with(&bytes) {
            // It was begun, and nothing more.
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(MAGIC)?;
            return Ok(Some(Vec::new()));
        }
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return Ok(None) };
        let mut entries = Vec::new();
        loop {
            match frame(rest) {
                Frame::Whole(mut more, after) => {
                    rest = after;
                    if more.iter().any(|entry| matches!(entry, Entry::Counter(_))) {
                        self.counted_to = position(&bytes, rest);
                    }
                    entries.append(&mut more);
                }
                Frame::CutOff => break,
                Frame::Unreadable => return Ok(None),
            }
        }
        self.end = position(&bytes, rest);
        Ok(Some(entries))
    }

    /// What was counted in the minute in which a process died, which is in the log then.
    fn take_in_tail(&mut self) -> io::Result<Vec<Entry>> {
        let entries = self.tail.read(self.counted_to)?;
        if !entries.is_empty() {
            self.write(entries.iter())?;
            self.counted_to = self.end;
        }
        Ok(entries)
    }

    /// Makes entries durable: counts in the tail until their minute is over, all others in a frame.
    /// When it fails nothing was taken in: tell all of it again.
    pub(crate) fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut minutes = self.minutes.clone();
        let others: Vec<&Entry> = entries.iter().filter(|entry| !minutes.add(entry)).collect();
        // A time of counting begins or ends: what was counted stands before.
        let is_turn = others.iter().any(|entry| matches!(entry, Entry::Counter(_)));
        if is_turn || minutes.are_over() {
            let counted = minutes.entries();
            self.write(counted.iter().chain(others))?;
            self.counted_to = self.end;
            self.minutes = Minutes::default();
            return Ok(());
        }
        // The tail first: written again it says the same, and a frame would stand there twice.
        if !minutes.are_empty() {
            self.tail.write(self.counted_to, &minutes.entries())?;
        }
        if !others.is_empty() {
            self.write(others.into_iter())?;
        }
        self.minutes = minutes;
        Ok(())
    }

    /// Appends a frame and syncs it. One that fails is not there: the next one takes its place.
    fn write<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) -> io::Result<()> {
        let mut body = Vec::new();
        entries.for_each(|entry| entry.encode(&mut body));
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(body.len() + 4 + SUM_BYTES);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(&body)[..SUM_BYTES]);
        bytes.extend_from_slice(&body);
        // What an append that failed has left is written over.
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.end += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// Where the rest of some bytes begins.
fn position(bytes: &[u8], rest: &[u8]) -> u64 {
    u64::try_from(bytes.len() - rest.len()).unwrap_or(u64::MAX)
}

/// What stands at the beginning of some bytes.
enum Frame<'a> {
    /// A frame, and what follows it.
    Whole(Vec<Entry>, &'a [u8]),
    /// Nothing, or the last frame, of which a crash has left a part.
    CutOff,
    /// Damage in front of other frames, or entries of a newer program.
    Unreadable,
}

fn frame(bytes: &[u8]) -> Frame<'_> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Frame::CutOff };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let Some((sum, rest)) = rest.split_first_chunk::<SUM_BYTES>() else { return Frame::CutOff };
    let Some((body, rest)) = rest.split_at_checked(length) else { return Frame::CutOff };
    if Sha256::digest(body)[..SUM_BYTES] != sum[..] {
        // A file may have grown before its bytes came; nothing follows then.
        return if rest.is_empty() { Frame::CutOff } else { Frame::Unreadable };
    }
    match Entry::decode_all(body) {
        Ok(entries) => Frame::Whole(entries, rest),
        Err(_) => Frame::Unreadable,
    }
}
