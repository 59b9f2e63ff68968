//! How far each book got, kept beside the keys: what a database or a file cannot tell that has gone
//! back.
//!
//! All processes over one database share the folder of keys, so what one of them knows the others
//! and their successors know: a standby that lagged when it was made the primary is refused, also
//! by a process that has just been started; so is an older copy of a file. What is written here is
//! a fraction of a second old and not synced; it may show too little, never too much. Nor does it
//! go back: a process that wakes and is no owner any more leaves alone what its successor has
//! written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outside::random::{Randomness, SystemRandomness};
use store::{BookName, BookRecord};
use writer::{Known, Mark};

use crate::failure::{Done, Failure};

/// Name of the folder beside the key ring.
const FOLDER: &str = "heads";

/// How often it is written down how far the books got: a process that is killed leaves knowledge
/// that is as old as this.
const SAVE_EVERY: Duration = Duration::from_millis(100);

/// What is known of every book.
pub(crate) struct Heads {
    folder: PathBuf,
    /// Names the files of this process while it writes them. Not its number, which processes in
    /// two containers have in common.
    suffix: String,
    books: Mutex<BTreeMap<BookName, Kept>>,
}

struct Kept {
    known: Known,
    incarnation: u64,
    /// What the file says.
    saved: Option<Mark>,
    /// It could not be written the last time, which was told.
    is_stuck: bool,
}

impl Heads {
    /// Those kept in this folder of keys.
    ///
    /// # Errors
    ///
    /// There is no folder, and none can be made.
    pub(crate) fn beside(keys: &Path) -> Done<Heads> {
        let folder = keys.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
        let suffix = format!("{:016x}", SystemRandomness.next_u64());
        Ok(Heads { folder, suffix, books: Mutex::default() })
    }

    /// Forgets all books: somebody has decided to go on with what the database has.
    ///
    /// # Errors
    ///
    /// The folder cannot be emptied.
    pub(crate) fn forget(&self) -> Done {
        let empty = || fs::remove_dir_all(&self.folder).and_then(|()| fs::create_dir(&self.folder));
        empty().map_err(|error| Failure::file(&self.folder, &error))
    }

    /// What this process and the others know of a book. What its writer commits is noted there.
    pub(crate) fn known(&self, record: &BookRecord) -> Known {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Kept {
            known: Known::nothing(),
            incarnation: record.incarnation,
            saved: None,
            is_stuck: false,
        };
        let kept = books.entry(record.name.clone()).or_insert_with(fresh);
        if kept.incarnation != record.incarnation {
            *kept = fresh();
        }
        if let Some(mark) = self.read(&record.name, record.incarnation) {
            kept.known.note(mark);
            kept.saved = Some(mark);
        }
        kept.known.clone()
    }

    /// Writes down what is new every tenth of a second, for as long as somebody waits for it.
    pub(crate) async fn save_often(self: Arc<Heads>) {
        loop {
            tokio::time::sleep(SAVE_EVERY).await;
            let heads = Arc::clone(&self);
            // A panic was told by the thread; the next round tries again.
            let _ = tokio::task::spawn_blocking(move || heads.save()).await;
        }
    }

    /// Writes down what is new.
    pub(crate) fn save(&self) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, kept) in books.iter_mut() {
            let Some(mark) = kept.known.mark().filter(|mark| kept.saved != Some(*mark)) else {
                continue;
            };
            // Another process owned the book since, and got further.
            if let Some(later) = self.read(name, kept.incarnation).filter(|it| it.seq >= mark.seq) {
                kept.known.note(later);
                kept.saved = kept.known.mark();
                continue;
            }
            match self.write(name, kept.incarnation, mark) {
                Ok(()) => (kept.saved, kept.is_stuck) = (Some(mark), false),
                Err(_) if kept.is_stuck => {}
                Err(error) => {
                    kept.is_stuck = true;
                    tracing::warn!(book = %name, %error, "cannot keep how far the book got");
                }
            }
        }
    }

    /// What is kept of a book in this folder of keys, for whoever only looks.
    pub(crate) fn kept_of(keys: &Path, record: &BookRecord) -> Option<Mark> {
        read(&keys.join(FOLDER), &record.name, record.incarnation)
    }

    fn read(&self, name: &BookName, of: u64) -> Option<Mark> {
        read(&self.folder, name, of)
    }

    fn write(&self, name: &BookName, incarnation: u64, mark: Mark) -> std::io::Result<()> {
        let hash: String = mark.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{incarnation:016x} {} {hash}\n", mark.seq);
        // A name of a book has no dot.
        let new = self.folder.join(format!("{name}.{}", self.suffix));
        fs::write(&new, text)?;
        fs::rename(&new, self.folder.join(name.as_str()))
    }
}

/// A restored book is another incarnation, and has a history of its own.
fn read(folder: &Path, name: &BookName, of: u64) -> Option<Mark> {
    let text = fs::read_to_string(folder.join(name.as_str())).ok()?;
    let mut words = text.split_whitespace();
    let incarnation = u64::from_str_radix(words.next()?, 16).ok()?;
    let seq = words.next()?.parse().ok()?;
    let hash = words.next()?;
    let byte = |place: usize| u8::from_str_radix(hash.get(2 * place..2 * place + 2)?, 16).ok();
    let mut mark = Mark { seq, hash: [0; 32] };
    for (place, to) in mark.hash.iter_mut().enumerate() {
        *to = byte(place)?;
    }
    (incarnation == of).then_some(mark)
}

#[cfg(test)]
mod tests {
    use base::Instant;

    use super::*;

    fn record(incarnation: u64) -> BookRecord {
        let created_at = Instant::from_micros(0);
        BookRecord { name: BookName::new("live").unwrap(), is_test: false, created_at, incarnation }
    }

    #[test]
    fn another_process_knows_it_until_somebody_accepts_the_loss() {
        let folder = tempfile::tempdir().unwrap();
        let (one, mark) =
            (Heads::beside(folder.path()).unwrap(), Mark { seq: 9, hash: [0xa7; 32] });
        assert_eq!(one.known(&record(1)).mark(), None);
        one.known(&record(1)).note(mark);
        one.save();
        let other = Heads::beside(folder.path()).unwrap();
        assert_eq!(other.known(&record(1)).mark(), Some(mark));
        let later = Mark { seq: 10, hash: [3; 32] };
        one.known(&record(1)).note(later);
        one.save();
        assert_eq!(other.known(&record(1)).mark(), Some(later));
        // A restored book of the same name has a history of its own.
        assert_eq!(Heads::beside(folder.path()).unwrap().known(&record(2)).mark(), None);
        // It was stopped before it wrote this down, and wakes when another one is the owner.
        let (late, owner) =
            (Heads::beside(folder.path()).unwrap(), Heads::beside(folder.path()).unwrap());
        late.known(&record(1)).note(Mark { seq: 11, hash: [11; 32] });
        let newest = Mark { seq: 12, hash: [12; 32] };
        owner.known(&record(1)).note(newest);
        owner.save();
        late.save();
        assert_eq!(other.known(&record(1)).mark(), Some(newest));
        assert_eq!(late.known(&record(1)).mark(), Some(newest));
        assert_ne!(late.suffix, owner.suffix, "of one process in the test, as of two containers");
        other.forget().unwrap();
        assert_eq!(Heads::beside(folder.path()).unwrap().known(&record(1)).mark(), None);
    }
}
