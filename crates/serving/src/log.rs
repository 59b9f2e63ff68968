//! The log of a stream: a file that only grows, in frames that a sum protects.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGFEED1\n`, once |
//! | 4 | length of the frame's entries, big-endian |
//! | 8 | the first bytes of SHA-256 over them |
//! | … | the entries |
//!
//! A frame is what one run writes and syncs. A last one that was cut off by a crash is overwritten.
//! Whatever else cannot be read is damage, or a newer program's: such a log is left as it is, and a
//! new stream begins. The name of the stream is the name of the file.

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

/// An open log. Nobody else writes it.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    /// Where the next frame begins.
    end: u64,
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
            let mut log = Log { file, end: 0, stream };
            let Some(entries) = log.read()? else { continue };
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
        let end = MAGIC.len() as u64;
        Ok(Log { file, end, stream: Label::new(&name).expect("letters and digits") })
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
            self.end = MAGIC.len() as u64;
            return Ok(Some(Vec::new()));
        }
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return Ok(None) };
        let mut entries = Vec::new();
        loop {
            match frame(rest) {
                Frame::Whole(mut more, after) => {
                    entries.append(&mut more);
                    rest = after;
                }
                Frame::CutOff => break,
                Frame::Unreadable => return Ok(None),
            }
        }
        self.end = u64::try_from(bytes.len() - rest.len()).unwrap_or(u64::MAX);
        Ok(Some(entries))
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
        // What an append that failed has left is written over.
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.end += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
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
