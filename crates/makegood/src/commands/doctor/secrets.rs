//! Looks at keys and secrets.

use std::os::unix::fs::MetadataExt;

use outside::keyring::refuse_inside;
use outside::people::PEOPLE_FILE;
use store::{ApiKey, ControlContents, KeyKind};

use super::{Finding, Patient};
use crate::commands::serve::bootstrap_secret;
use crate::wiring::{RING_FILE, open_ring, ring_bytes};

pub(super) fn ring_is_closed_and_apart(patient: &Patient<'_>) -> Finding {
    let keys = patient.settings.keys_folder();
    let path = keys.join(RING_FILE);
    if let Err(error) = refuse_inside(&path, patient.settings.data_folder()) {
        let fix = "move the keys folder out of the data folder, and name it with --keys DIR";
        return Finding::fail(error.to_string(), fix);
    }
    let from_environment = patient.environment.get("KEY_RING").is_some();
    if !from_environment && !path.exists() && !has_books(patient) {
        let fix = "the first start makes it; keep a copy apart from the data then";
        return Finding::warn(format!("{} does not exist", path.display()), fix);
    }
    match open_ring(&keys, false, patient.environment) {
        Ok(ring) => {
            let current = ring.current();
            Finding::ok(format!("fingerprint {}, key {current} current", ring.fingerprint()))
        }
        Err(failure) => {
            let fix = "correct its mode, or restore it from its own backup";
            Finding::fail(failure.to_string(), fix)
        }
    }
}

pub(super) fn ring_belongs_to_books(patient: &Patient<'_>) -> Finding {
    let Ok(ring) = open_ring(&patient.settings.keys_folder(), false, patient.environment) else {
        return Finding::ok("not compared: there is no usable key ring");
    };
    let mut compared = 0;
    for name in patient.books() {
        let row = match patient.location.reader(&name).and_then(|mut reader| reader.book()) {
            Ok(Some(row)) => row,
            // It was not swept yet.
            Ok(None) => continue,
            Err(error) => {
                let fix = "run `makegood verify`; restore a backup if it agrees";
                return Finding::fail(format!("book {name} cannot be compared: {error}"), fix);
            }
        };
        if row.ring != ring_bytes(&ring) {
            let found = format!("book {name} was made with another key ring");
            let fix = "put the ring back that belongs to it: without it no code can be checked";
            return Finding::fail(found, fix);
        }
        compared += 1;
    }
    Finding::ok(format!("{compared} books were made with this ring"))
}

pub(super) fn people_are_there(patient: &Patient<'_>) -> Finding {
    let path = patient.settings.keys_folder().join(PEOPLE_FILE);
    let Ok(metadata) = std::fs::metadata(&path) else {
        if has_books(patient) {
            let fix = "restore it from its own backup: without it personal text cannot be read";
            return Finding::fail(format!("{} is missing", path.display()), fix);
        }
        return Finding::ok("will be made at the first start");
    };
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        let fix = format!("run: chmod 600 {}", path.display());
        return Finding::fail(format!("{} has mode {mode:04o}", path.display()), fix);
    }
    Finding::ok("there, and closed to others")
}

/// Whether every book has a key that can spend: with publishable ones alone nothing can be sold.
pub(super) fn books_have_keys(patient: &Patient<'_>) -> Finding {
    if !has_books(patient) {
        return Finding::ok("no book yet");
    }
    let ControlContents { books, keys, .. } = match patient.location.control() {
        Ok(contents) => contents,
        Err(error) => {
            let fix = "run `makegood verify`; restore the control store from a backup";
            return Finding::fail(format!("the control store cannot be read: {error}"), fix);
        }
    };
    for book in books {
        let mut of_book = keys.iter().filter(|key| key.book == book.name && is_valid(key));
        let fix = format!("make one: `makegood keys create --book {} --scopes all`", book.name);
        if of_book.clone().next().is_none() {
            return Finding::warn(format!("book {} has no key", book.name), fix);
        }
        if of_book.all(|key| key.kind == KeyKind::Publishable) {
            return Finding::warn(format!("book {} has publishable keys only", book.name), fix);
        }
    }
    Finding::ok("every book has a secret key")
}

fn is_valid(key: &ApiKey) -> bool {
    key.revoked_at.is_none()
}

pub(super) fn bootstrap_key_is_gone(patient: &Patient<'_>) -> Finding {
    let Some(text) = patient.environment.get("BOOTSTRAP_KEY") else {
        return Finding::ok("not in the environment");
    };
    if let Err(failure) = bootstrap_secret(text) {
        return Finding::refused(failure, "take it out of the environment");
    }
    let fix = "take MAKEGOOD_BOOTSTRAP_KEY out of the environment: it is used once, and a secret";
    if has_books(patient) {
        return Finding::warn("still in the environment after the first start", fix);
    }
    Finding::ok("will be used at the first start")
}

/// Whether there is any book.
fn has_books(patient: &Patient<'_>) -> bool {
    !patient.books().is_empty()
}
