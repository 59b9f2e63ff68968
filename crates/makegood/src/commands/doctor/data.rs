//! Looks at the data folder and the settings.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::sqlite::{open_folder, open_reader};
use store::{BookName, Reader, StoreError};

use super::{Finding, Patient};
use crate::config::{Settings, layers};
use crate::wiring::books_on_disk;

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

pub(super) fn tables_are_current(patient: &Patient<'_>) -> Finding {
    let data = patient.settings.data_folder();
    let Ok(books) = books_on_disk(data) else { return Finding::ok("no book yet") };
    for book in &books {
        match open_reader(data, book).and_then(|mut reader| reader.head()) {
            Ok(head) if head.is_filling() => {
                let error = StoreError::HalfFilled(book.to_string());
                let fix = "run the same `makegood move` or `makegood restore` again";
                return Finding::fail(error.to_string(), fix);
            }
            Ok(_) => {}
            Err(error @ StoreError::Newer { .. }) => {
                let fix = "run the newer release, or restore a backup from before the upgrade";
                return Finding::fail(format!("book {book}: {error}"), fix);
            }
            Err(error) if error.is_transient() => {
                let fix = "start `makegood serve` once: it brings the tables up to date";
                return Finding::warn(format!("book {book}: {error}"), fix);
            }
            Err(error) => {
                let fix = "run `makegood verify`; restore a backup if it agrees";
                return Finding::fail(format!("book {book}: {error}"), fix);
            }
        }
    }
    Finding::ok(format!("{} books, all of this release", books.len()))
}

pub(super) fn variables_are_known(patient: &Patient<'_>) -> Finding {
    let unknown = patient.environment.unknown(&layers::names());
    if unknown.is_empty() {
        return Finding::ok("every MAKEGOOD_ variable has a meaning");
    }
    let fix = "compare with `makegood serve --print-config`; take away what is a typing error";
    Finding::warn(format!("without a meaning: {}", unknown.join(", ")), fix)
}
