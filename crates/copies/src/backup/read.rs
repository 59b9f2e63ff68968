//! Reading a backup, part by part.

use std::io::Read;

use super::parts::{self, MAGIC, Part, VERSION};
use crate::frame::{FrameReader, damaged};
use crate::{CopyError, Damage};

/// Reads a backup. Each part is as it was written, or an error; only the last one, [`Part::End`],
/// says that nothing is missing.
pub struct BackupReader<R> {
    frames: FrameReader<R>,
    expects: Expects,
    books_left: usize,
    keys_left: u64,
    offset: u64,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Manifest,
    /// Books, keys or the end: so many as the manifest says.
    BookOrEnd,
    /// Parts of a book.
    InBook,
    Nothing,
}

impl<R: Read> BackupReader<R> {
    /// Reads the beginning.
    ///
    /// # Errors
    ///
    /// [`CopyError::Backup`] when it is no backup, [`CopyError::NewerBackup`].
    pub fn open(input: R) -> Result<BackupReader<R>, CopyError> {
        let frames = FrameReader::new(input, MAGIC, VERSION)?;
        let expects = Expects::Manifest;
        Ok(BackupReader { frames, expects, books_left: 0, keys_left: 0, offset: 0 })
    }

    /// The next part; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`CopyError::Backup`] with the place.
    pub fn next_part(&mut self) -> Result<Option<Part>, CopyError> {
        if self.expects == Expects::Nothing {
            return Ok(None);
        }
        let frame = self.frames.next()?;
        self.offset = frame.offset;
        let part = parts::read(frame.kind, &frame.payload);
        let part = part.map_err(|error| damaged(frame.offset, Damage::Contents(error)))?;
        self.check_order(&part, frame.digest_before)?;
        if self.expects == Expects::Nothing {
            self.frames.expect_end()?;
        }
        Ok(Some(part))
    }

    /// The damage of the part that was read last.
    pub(super) fn misplaced(&self, what: &'static str) -> CopyError {
        damaged(self.offset, Damage::Order(what))
    }

    fn check_order(&mut self, part: &Part, digest_before: [u8; 32]) -> Result<(), CopyError> {
        let (expects, books_left, keys_left) = (self.expects, self.books_left, self.keys_left);
        self.expects = match (expects, part) {
            (Expects::Manifest, Part::Manifest(manifest)) => {
                self.books_left = manifest.books.len();
                self.keys_left = manifest.keys;
                Expects::BookOrEnd
            }
            (Expects::BookOrEnd, Part::Book(_)) if books_left > 0 => {
                self.books_left -= 1;
                Expects::InBook
            }
            (Expects::InBook, Part::Journal { .. } | Part::Rows(_) | Part::Run(_)) => {
                Expects::InBook
            }
            (Expects::InBook, Part::BookEnd(_)) => Expects::BookOrEnd,
            (Expects::BookOrEnd, Part::Key(_)) if books_left == 0 && keys_left > 0 => {
                self.keys_left -= 1;
                Expects::BookOrEnd
            }
            (Expects::BookOrEnd, Part::Endpoint(_) | Part::Mails(_))
                if (books_left, keys_left) == (0, 0) =>
            {
                Expects::BookOrEnd
            }
            (Expects::BookOrEnd, Part::End(digest)) if (books_left, keys_left) == (0, 0) => {
                if *digest != digest_before {
                    return Err(damaged(self.offset, Damage::Checksum));
                }
                Expects::Nothing
            }
            _ => return Err(self.misplaced("a part stands where it does not belong")),
        };
        Ok(())
    }
}
