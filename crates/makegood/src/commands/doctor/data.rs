//! Looks at the data folder and the settings.

use std::path::Path;

use store::sqlite::{open_folder, open_reader};
use store::{Reader, StoreError};

use super::{Line, Patient};
use crate::commands::verify::books_on_disk;
use crate::config::layers;

/// Whether another process has the folder. Nothing is made in a folder that never had one.
pub(super) fn is_served(data: &Path) -> bool {
    data.join("makegood.lock").exists()
        && matches!(open_folder(data), Err(StoreError::InUse { .. }))
}

pub(super) fn folder_is_writable(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "data folder";
    let data = patient.settings.data_folder();
    let shown = data.display();
    if !data.exists() {
        let fix = "the first start makes it; name another with --data DIR if it should be there";
        return Line::warn(CHECK, format!("{shown} does not exist"), fix);
    }
    let probe = data.join(".doctor");
    match std::fs::write(&probe, b"a probe").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Line::ok(CHECK, format!("{shown} can be written")),
        Err(error) => {
            let fix = "give it to the user that runs makegood: chown -R USER, chmod 0700";
            Line::fail(CHECK, format!("{shown} cannot be written: {error}"), fix)
        }
    }
}

pub(super) fn lock_is_free(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "lock";
    if patient.is_served {
        let fix = "fine if that is your server; commands that write need it stopped";
        return Line::warn(CHECK, "another makegood process uses the data folder", fix);
    }
    Line::ok(CHECK, "no other process uses the data folder")
}

pub(super) fn tables_are_current(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "tables";
    let data = patient.settings.data_folder();
    let Ok(books) = books_on_disk(data) else { return Line::ok(CHECK, "no book yet") };
    for book in &books {
        match open_reader(data, book).and_then(|mut reader| reader.head()) {
            Ok(head) if head.is_filling() => {
                let error = StoreError::HalfFilled(book.to_string());
                let fix = "run the same `makegood move` or `makegood restore` again";
                return Line::fail(CHECK, error.to_string(), fix);
            }
            Ok(_) => {}
            Err(error @ StoreError::Newer { .. }) => {
                let fix = "run the newer release, or restore a backup from before the upgrade";
                return Line::fail(CHECK, format!("book {book}: {error}"), fix);
            }
            Err(error) if error.is_transient() => {
                let fix = "start `makegood serve` once: it brings the tables up to date";
                return Line::warn(CHECK, format!("book {book}: {error}"), fix);
            }
            Err(error) => {
                let fix = "run `makegood verify`; restore a backup if it agrees";
                return Line::fail(CHECK, format!("book {book}: {error}"), fix);
            }
        }
    }
    Line::ok(CHECK, format!("{} books, all of this release", books.len()))
}

pub(super) fn variables_are_known(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "environment";
    let unknown = patient.environment.unknown(&layers::names());
    if unknown.is_empty() {
        return Line::ok(CHECK, "every MAKEGOOD_ variable has a meaning");
    }
    let fix = "compare with `makegood serve --print-config`; take away what is a typing error";
    Line::warn(CHECK, format!("without a meaning: {}", unknown.join(", ")), fix)
}
