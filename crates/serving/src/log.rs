//! The log of a stream: volumes that only grow, in frames that a sum protects.
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
//!
//! A volume is *sealed* when it is large or a day old: another one is begun, and a [`snapshot`] is
//! written of all that is to be remembered of those before. Whoever opens the log reads the newest
//! snapshot and the volumes from its number on. The first volume, `STREAM.log`, is locked by
//! whoever writes the stream.

mod disk;
mod files;
mod frames;
mod minutes;
pub(crate) mod settled;
mod snapshot;
mod stream;
mod tail;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use base::{Instant, Label, PromotionId, Span};
use outside::random::Randomness;

use crate::entry::Entry;
pub use disk::{Disk, RealDisk};
pub(crate) use files::{Files, Kind};
use frames::framed;
use minutes::Minutes;
use stream::next_name;
pub(crate) use stream::{End, Stream, streams};
use tail::Tail;

const MAGIC: &[u8; 8] = b"MGFEED1\n";
const ENDING: &str = "log";

/// Bytes of the volumes that are not in a snapshot when it is time for one: some 700,000 events,
/// which are read again in seconds.
const UNSAVED_MAX: u64 = 64 << 20;

/// Time from one snapshot to the next: settled promotions leave memory with it.
const SAVED_EVERY: Span = Span::days(1);

/// After one that failed.
const TRIED_EVERY: Span = Span::minutes(1);

/// Bits of a [`position`] that are the place in the volume.
const PLACE_BITS: u32 = 40;

/// An open log. Nobody else writes it.
#[derive(Debug)]
pub(crate) struct Log {
    files: Files,
    stream: Label,
    /// The first volume, locked until this is dropped.
    _lock: File,
    /// The volume that is written, and its number.
    file: File,
    volume: u32,
    /// Where the next frame begins.
    end: u64,
    /// Where the last frame with counts ends.
    counted_to: u64,
    /// What was counted since.
    minutes: Minutes,
    tail: Tail,
    /// Bytes of the volumes that are in no snapshot.
    unsaved: u64,
    /// The snapshot that was read or written last.
    snapshot: Option<u32>,
    /// When another one is due, however little was written.
    due_at: Instant,
}

impl Log {
    /// Begins a stream.
    pub(crate) fn begin(
        folder: &Path,
        random: &mut dyn Randomness,
        disk: &Arc<dyn Disk>,
        now: Instant,
    ) -> io::Result<Log> {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let name = next_name(&streams(folder)?, u128::from_be_bytes(bytes));
        let path = folder.join(format!("{name}.{ENDING}"));
        let mut lock = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        lock.lock()?;
        let files = Files::of(&path, disk);
        disk.write(&mut lock, MAGIC)?;
        disk.sync(&lock)?;
        // The file must be found after a crash, or its stream would be billed and gone.
        files.sync_folder()?;
        let label = Label::new(&name).expect("letters and digits");
        let at = MAGIC.len() as u64;
        let end = End { volume: 0, at, counted_to: position(0, at), bytes: at };
        let stream = Stream { files, label, lock };
        Ok(Log { due_at: now.saturating_add(SAVED_EVERY), ..Log::at(stream, end, None, now)? })
    }

    /// Goes on with a stream where it ends. Returns what was counted in the minute in which a
    /// process died, which is in the log then. `snapshot` is the one that was read, and when it was
    /// made; without one it is time for one.
    pub(crate) fn go_on(
        stream: Stream,
        end: End,
        snapshot: Option<(u32, Instant)>,
        now: Instant,
    ) -> io::Result<(Log, Vec<Entry>)> {
        let mut log = Log::at(stream, end, snapshot, now)?;
        let entries = log.tail.read(log.counted_to)?;
        if !entries.is_empty() {
            log.write(entries.iter())?;
            log.counted_to = position(log.volume, log.end);
        }
        Ok((log, entries))
    }

    fn at(
        stream: Stream,
        end: End,
        snapshot: Option<(u32, Instant)>,
        now: Instant,
    ) -> io::Result<Log> {
        let Stream { files, label, lock } = stream;
        let End { volume, at, counted_to, bytes } = end;
        let path = files.path(Kind::Volume, volume);
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        if at == MAGIC.len() as u64 {
            // A crash may have left a part of this.
            files.disk.write(&mut file, MAGIC)?;
        }
        let is_little = bytes < UNSAVED_MAX;
        let made_at = snapshot.filter(|_| is_little).map(|(_, made_at)| made_at);
        let due_at = made_at.map_or(now, |made_at| made_at.saturating_add(SAVED_EVERY));
        Ok(Log {
            tail: Tail::of(&files),
            files,
            stream: label,
            _lock: lock,
            file,
            volume,
            end: at,
            counted_to,
            minutes: Minutes::default(),
            unsaved: bytes,
            snapshot: snapshot.map(|(number, _)| number),
            due_at,
        })
    }

    /// The name of its stream.
    pub(crate) fn stream(&self) -> &Label {
        &self.stream
    }

    /// Its files.
    pub(crate) fn files(&self) -> &Files {
        &self.files
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
            self.counted_to = position(self.volume, self.end);
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

    /// Whether it is time for a snapshot.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        now >= self.due_at
    }

    /// Seals the volume and begins the next one, whose number is returned: that of the snapshot
    /// that is to be written now. If it is not, it is tried again after a minute.
    pub(crate) fn seal(&mut self, now: Instant) -> io::Result<u32> {
        self.due_at = now.saturating_add(TRIED_EVERY);
        if !self.minutes.are_empty() {
            self.write(self.minutes.entries().iter())?;
            self.counted_to = position(self.volume, self.end);
            self.minutes = Minutes::default();
        }
        let next = self.volume + 1;
        let path = self.files.path(Kind::Volume, next);
        // Until it is whole it has another name: entries go on into this volume when it fails, and
        // an empty one behind it would say that this one has ended.
        let begun = path.with_added_extension("new");
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(true).open(&begun)?;
        self.files.disk.write(&mut file, MAGIC)?;
        self.files.disk.sync(&file)?;
        self.files.disk.rename(&begun, &path)?;
        if let Err(error) = self.files.sync_folder() {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        (self.file, self.volume, self.end) = (file, next, MAGIC.len() as u64);
        self.counted_to = position(next, self.end);
        Ok(next)
    }

    /// Writes what is known of promotions that leave memory with a snapshot.
    pub(crate) fn put_settled(
        &self,
        number: u32,
        known: impl Iterator<Item = (PromotionId, Vec<u8>)>,
    ) -> io::Result<()> {
        settled::write(&self.files, number, known)
    }

    /// Writes the snapshot of all volumes before this one. `settled` are the files of settled
    /// promotions that belong to it. Of the others the former one is kept.
    pub(crate) fn put_snapshot(
        &mut self,
        settled: &[u32],
        now: Instant,
        memory: &[u8],
    ) -> io::Result<()> {
        snapshot::write(&self.files, self.volume, memory)?;
        let kept: Vec<u32> = self.snapshot.into_iter().chain([self.volume]).collect();
        self.snapshot = Some(self.volume);
        self.unsaved = self.end;
        self.due_at = now.saturating_add(SAVED_EVERY);
        // What stays takes room, and nothing else; the next one removes it.
        let removed = self.files.keep_only(Kind::Snapshot, &kept);
        let _ = removed.and_then(|()| self.files.keep_only(Kind::Settled, settled));
        Ok(())
    }

    /// Appends a frame and syncs it. One that fails is not there: the next one takes its place.
    fn write<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) -> io::Result<()> {
        let bytes = framed(entries)?;
        // What an append that failed has left is written over.
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.files.disk.write(&mut self.file, &bytes)?;
        self.files.disk.sync(&self.file)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.end += length;
        self.unsaved += length;
        if self.unsaved >= UNSAVED_MAX && self.unsaved - length < UNSAVED_MAX {
            self.due_at = Instant::MIN;
        }
        Ok(())
    }
}

/// A place in a volume, as one number: in the first one, the place alone.
fn position(volume: u32, at: u64) -> u64 {
    u64::from(volume) << PLACE_BITS | at
}
