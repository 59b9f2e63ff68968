//! What was counted in the minute that goes on: two small files beside the log, written in turn, so
//! that a crash leaves one of them whole.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGTAIL1\n` |
//! | 4 | length of what follows the sum, big-endian |
//! | 8 | the first bytes of SHA-256 over it |
//! | 8 | where the last counts end that this follows: volume (24 bits) and place in it |
//! | 8 | a number that grows by one with each that is written |
//! | … | entries |

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};

use super::files::{Files, SUM_BYTES, sum};
use crate::entry::Entry;

const MAGIC: &[u8; 8] = b"MGTAIL1\n";
const ENDINGS: [&str; 2] = ["tail-a", "tail-b"];

/// The two files of a log.
#[derive(Debug)]
pub(super) struct Tail {
    stream: Files,
    files: [Option<File>; 2],
    /// Of the next one.
    number: u64,
}

impl Tail {
    /// The tail of a stream.
    pub(super) fn of(stream: &Files) -> Tail {
        Tail { stream: stream.clone(), files: [None, None], number: 0 }
    }

    /// What was written last after counts that end there in the log.
    pub(super) fn read(&mut self, counted_to: u64) -> io::Result<Vec<Entry>> {
        let mut newest: Option<(u64, Vec<Entry>)> = None;
        for ending in ENDINGS {
            let bytes = match std::fs::read(self.stream.with_ending(ending)) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let Some((follows, number, entries)) = parse(&bytes) else { continue };
            self.number = self.number.max(number + 1);
            let is_newer = newest.as_ref().is_none_or(|(newest, _)| number > *newest);
            if follows == counted_to && is_newer {
                newest = Some((number, entries));
            }
        }
        Ok(newest.map(|(_, entries)| entries).unwrap_or_default())
    }

    /// Writes what follows the counts that end there in the log, and syncs it.
    pub(super) fn write(&mut self, counted_to: u64, entries: &[Entry]) -> io::Result<()> {
        let mut body = Vec::with_capacity(16 + entries.len() * 40);
        body.extend_from_slice(&counted_to.to_be_bytes());
        body.extend_from_slice(&self.number.to_be_bytes());
        entries.iter().for_each(|entry| entry.encode(&mut body));
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(body.len() + 20);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&sum(&body));
        bytes.extend_from_slice(&body);
        let place = usize::from(self.number % 2 == 1);
        let file = match &mut self.files[place] {
            Some(file) => file,
            empty => empty.insert(open(&self.stream, ENDINGS[place])?),
        };
        file.seek(SeekFrom::Start(0))?;
        self.stream.disk.write(file, &bytes)?;
        self.stream.disk.sync(file)?;
        self.number += 1;
        Ok(())
    }
}

fn open(stream: &Files, ending: &str) -> io::Result<File> {
    let path = stream.with_ending(ending);
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    // It must be found after a crash.
    stream.sync_folder()?;
    Ok(file)
}

/// What it follows, its number, and its entries; `None` of what is not whole.
fn parse(bytes: &[u8]) -> Option<(u64, u64, Vec<Entry>)> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut length = [0; 4];
    rest.read_exact(&mut length).ok()?;
    let (known, rest) = rest.split_first_chunk::<SUM_BYTES>()?;
    let body = rest.get(..usize::try_from(u32::from_be_bytes(length)).ok()?)?;
    if sum(body) != *known {
        return None;
    }
    let (follows, body) = body.split_first_chunk()?;
    let (number, body) = body.split_first_chunk()?;
    let entries = Entry::decode_all(body).ok()?;
    Some((u64::from_be_bytes(*follows), u64::from_be_bytes(*number), entries))
}
