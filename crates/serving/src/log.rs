//! The log of a stream: a file that only grows, in frames that a sum protects.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGFEED1\n`, once |
//! | 4 | length of the frame's entries, big-endian |
//! | 8 | the first bytes of SHA-256 over them |
//! | … | the entries |
//!
//! A frame is what one run writes and syncs. One that was cut off by a crash ends the log, and is
//! overwritten. The name of the stream is the name of the file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use base::Label;
use outside::random::Randomness;
use sha2::{Digest, Sha256};

use crate::entry::Entry;

const MAGIC: &[u8; 8] = b"MGFEED1\n";
const SUM_BYTES: usize = 8;
const ENDING: &str = "log";

/// Bytes of a frame at most; a longer length is damage.
const FRAME_BYTES_MAX: usize = 1 << 30;

/// An open log. Nobody else writes it.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    stream: Label,
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
            let mut log = Log { file, stream };
            let entries = log.read()?;
            if fits(&log.stream, &entries)? {
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
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        file.lock()?;
        file.write_all(MAGIC)?;
        file.sync_all()?;
        // The file must be found after a crash, or its stream would be billed and gone.
        File::open(folder)?.sync_all()?;
        Ok(Log { file, stream: Label::new(&name).expect("letters and digits") })
    }

    /// The name of its stream.
    pub(crate) fn stream(&self) -> &Label {
        &self.stream
    }

    /// Reads everything, and stands behind the last whole frame.
    fn read(&mut self) -> io::Result<Vec<Entry>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        let mut entries = Vec::new();
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no log of a feed"));
        };
        while let Some((mut frame, after)) = frame(rest) {
            entries.append(&mut frame);
            rest = after;
        }
        let end = u64::try_from(bytes.len() - rest.len()).unwrap_or(u64::MAX);
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end))?;
        Ok(entries)
    }

    /// Appends a frame and syncs it. One that fails is not there: the next one takes its place.
    pub(crate) fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut body = Vec::with_capacity(entries.len() * 100);
        entries.iter().for_each(|entry| entry.encode(&mut body));
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(body.len() + 4 + SUM_BYTES);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(&body)[..SUM_BYTES]);
        bytes.extend_from_slice(&body);
        let start = self.file.stream_position()?;
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if written.is_err() {
            self.file.set_len(start)?;
            self.file.seek(SeekFrom::Start(start))?;
        }
        written
    }
}

/// The first frame, and what follows it; `None` when it is not whole.
fn frame(bytes: &[u8]) -> Option<(Vec<Entry>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    if length > FRAME_BYTES_MAX {
        return None;
    }
    let (sum, rest) = rest.split_first_chunk::<SUM_BYTES>()?;
    let (body, rest) = rest.split_at_checked(length)?;
    if Sha256::digest(body)[..SUM_BYTES] != sum[..] {
        return None;
    }
    Some((Entry::decode_all(body).ok()?, rest))
}
