//! Looks at the data folder and the settings.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::sqlite::{open_folder, open_reader};
use store::{BookName, BookRecord, Head, Reader, StoreError};

use super::{Finding, Patient};
use crate::config::{Settings, layers};
use crate::wiring::{Heads, RailSetup, books_on_disk};

/// The file whose time is that of the last backup: `makegood backup` touches it, or whoever copies
/// the folder in another way.
const LAST_BACKUP: &str = "last-backup";

/// Where that file is: with the data, or with the keys when the data is in a database.
pub(crate) fn last_backup(settings: &Settings) -> PathBuf {
    match settings.database() {
        None => settings.data_folder().join(LAST_BACKUP),
        Some(_) => settings.keys_folder().join(LAST_BACKUP),
    }
}

/// Hours after which a backup is old: a day and a night's grace.
const BACKUP_HOURS_MAX: u64 = 36;

/// What is read of the end of a journal, to see that it can be.
const JOURNAL_BYTES: usize = 1 << 16;

const START_ONCE: &str = "start `makegood serve` once: it brings the tables up to date";

/// Whether another process has the folder. Nothing is made in a folder that never had one.
pub(super) fn is_served(data: &Path) -> bool {
    data.join("makegood.lock").exists()
        && matches!(open_folder(data), Err(StoreError::InUse { .. }))
}

pub(super) fn folder_is_writable(patient: &Patient<'_>) -> Finding {
    let data = patient.settings.data_folder();
    let shown = data.display();
    if !data.exists() {
        let fix = "the first start makes it; name another with --data DIR if it should be there";
        return Finding::warn(format!("{shown} does not exist"), fix);
    }
    let probe = data.join(".doctor");
    match std::fs::write(&probe, b"a probe").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::ok(format!("{shown} can be written")),
        Err(error) => {
            let fix = "give it to the user that runs makegood: chown -R USER, chmod 0700";
            Finding::fail(format!("{shown} cannot be written: {error}"), fix)
        }
    }
}

pub(super) fn folder_is_closed(patient: &Patient<'_>) -> Finding {
    let data = patient.settings.data_folder();
    let Ok(metadata) = std::fs::metadata(data) else { return Finding::ok("not made yet") };
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 == 0 {
        return Finding::ok("only its owner can enter");
    }
    let shown = data.display();
    Finding::warn(format!("{shown} has mode {mode:04o}"), format!("run: chmod 700 {shown}"))
}

/// What can be known of backups: the time of a file, which whoever has made a backup touches.
pub(super) fn backup_is_recent(patient: &Patient<'_>) -> Finding {
    let is_live = |name: &BookName| {
        let row = patient.location.reader(name).and_then(|mut reader| reader.book());
        row.ok().flatten().is_some_and(|row| !row.is_test)
    };
    if !patient.books().iter().any(is_live) {
        return Finding::ok("no live book yet");
    }
    let last = last_backup(patient.settings);
    let fix = format!(
        "run `makegood backup FILE` and copy the keys, as docs/backup.md says; whoever copies in \
         another way touches {} afterwards",
        last.display()
    );
    let Ok(touched) = std::fs::metadata(&last) else {
        return Finding::warn("no backup of a live book is on record", fix);
    };
    let now = SystemClock::new().now();
    let at = Instant::from_micros(touched.mtime().saturating_mul(1_000_000));
    let age = now.since(at).unwrap_or_default();
    let hours = age.micros() / 3_600_000_000;
    if hours >= BACKUP_HOURS_MAX {
        return Finding::warn(format!("the last one on record is {hours} hours old"), fix);
    }
    Finding::ok(format!("the last one on record is {hours} hours old"))
}

pub(super) fn lock_is_free(patient: &Patient<'_>) -> Finding {
    if patient.is_served {
        let fix = "fine if that is your server; commands that write need it stopped";
        return Finding::warn("another makegood process uses the data folder", fix);
    }
    Finding::ok("no other process uses the data folder")
}

/// Whether each book that is listed has a file that can be read and is of this release.
pub(super) fn tables_are_current(patient: &Patient<'_>) -> Finding {
    let data = patient.settings.data_folder();
    let on_disk = books_on_disk(data).unwrap_or_default();
    let is_made = data.join("control.db").exists();
    if !is_made && on_disk.is_empty() {
        return Finding::ok("no book yet");
    }
    let records = match patient.location.control() {
        Ok(contents) => contents.books,
        Err(error) if is_made && error.is_transient() => {
            return Finding::warn(format!("the list of books: {error}"), START_ONCE);
        }
        Err(error) => {
            let fix = "restore a backup: without control.db no book is served";
            return Finding::fail(format!("the list of books: {error}"), fix);
        }
    };
    let listed: Vec<&BookName> = records.iter().map(|record| &record.name).collect();
    let unlisted: Vec<&BookName> = on_disk.iter().filter(|it| !listed.contains(it)).collect();
    let all = listed.iter().chain(&unlisted);
    let finding = all.into_iter().find_map(|book| judge_file(book, look_into(data, book)));
    let keys = patient.settings.keys_folder();
    let finding = finding.or_else(|| records.iter().find_map(|it| judge_age(it, data, &keys)));
    finding.unwrap_or_else(|| match unlisted.first() {
        Some(book) => {
            let fix = "run the move or restore again that was interrupted, or restore a backup";
            Finding::warn(format!("book {book} has a file, and is not listed: not served"), fix)
        }
        None => Finding::ok(format!("{} books, all of this release", listed.len())),
    })
}

/// The head of a book, once its row and the end of its journal could be read as well.
fn look_into(data: &Path, book: &BookName) -> Result<Head, StoreError> {
    let mut reader = open_reader(data, book)?;
    let head = reader.head()?;
    reader.book()?;
    reader.blocks_after(head.seq.saturating_sub(1), JOURNAL_BYTES)?;
    Ok(head)
}

/// Whether a book has what was answered, as far as is known beside the keys.
fn judge_age(record: &BookRecord, data: &Path, keys: &Path) -> Option<Finding> {
    let known = Heads::kept_of(keys, record)?.seq;
    let found = look_into(data, &record.name).ok()?.seq;
    let what = format!(
        "book {} ends at record {found}, but record {known} was answered: an older copy",
        record.name
    );
    (found < known).then(|| Finding::fail(what, "put the newer file back: docs/backup.md"))
}

/// What is wrong with the file of a book, if anything is.
fn judge_file(book: &BookName, looked: Result<Head, StoreError>) -> Option<Finding> {
    let found = |error: &StoreError| format!("book {book}: {error}");
    Some(match looked {
        Ok(head) if head.is_filling() => {
            let error = StoreError::HalfFilled(book.to_string());
            let fix = "run the same `makegood move` or `makegood restore` again";
            Finding::fail(error.to_string(), fix)
        }
        Ok(_) => return None,
        Err(StoreError::NoSuchBook(_)) => {
            let fix = "put the file back, or restore a backup: docs/backup.md";
            Finding::fail(format!("book {book} is listed, but its file is gone"), fix)
        }
        Err(error @ StoreError::Newer { .. }) => {
            let fix = "run the newer release, or restore a backup from before the upgrade";
            Finding::fail(found(&error), fix)
        }
        Err(error) if error.is_transient() => Finding::warn(found(&error), START_ONCE),
        Err(error) => {
            let fix = "run `makegood verify`; restore a backup if it agrees";
            Finding::fail(found(&error), fix)
        }
    })
}

/// What `serve` asks of the settings for mail.
pub(super) fn mail_is_whole(patient: &Patient<'_>) -> Finding {
    match patient.settings.post(patient.environment) {
        Ok(None) => Finding::ok("none is sent: no mail server is set"),
        Ok(Some(_)) => Finding::ok("the settings fit together; no server was asked"),
        Err(failure) => Finding::refused(failure, "compare with docs/mail.md"),
    }
}

/// What `serve` asks of the settings for payment rails.
pub(super) fn rails_are_whole(patient: &Patient<'_>) -> Finding {
    match RailSetup::of(patient.settings, patient.environment) {
        Ok(_) => Finding::ok("the settings fit together; no rail was asked"),
        Err(failure) => Finding::refused(failure, "compare with docs/rails.md"),
    }
}

pub(super) fn variables_are_known(patient: &Patient<'_>) -> Finding {
    let unknown = patient.environment.unknown(&layers::names());
    if unknown.is_empty() {
        return Finding::ok("every MAKEGOOD_ variable has a meaning");
    }
    let fix = "compare with `makegood serve --print-config`; take away what is a typing error";
    Finding::warn(format!("without a meaning: {}", unknown.join(", ")), fix)
}
