//! Looks at keys and secrets.

use outside::keyring::refuse_inside;
use store::Reader;
use store::sqlite::open_reader;

use super::{Line, Patient};
use crate::commands::verify::books_on_disk;
use crate::wiring::{RING_FILE, open_ring, ring_bytes};

pub(super) fn ring_is_closed_and_apart(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "key ring";
    let keys = patient.settings.keys_folder();
    let path = keys.join(RING_FILE);
    if let Err(error) = refuse_inside(&path, patient.settings.data_folder()) {
        let fix = "move the keys folder out of the data folder, and name it with --keys DIR";
        return Line::fail(CHECK, error.to_string(), fix);
    }
    let from_environment = patient.environment.get("KEY_RING").is_some();
    if !from_environment && !path.exists() && !has_books(patient) {
        let fix = "the first start makes it; keep a copy apart from the data then";
        return Line::warn(CHECK, format!("{} does not exist", path.display()), fix);
    }
    match open_ring(&keys, false, patient.environment) {
        Ok(ring) => {
            let current = ring.current();
            Line::ok(CHECK, format!("fingerprint {}, key {current} current", ring.fingerprint()))
        }
        Err(failure) => {
            let fix = "correct its mode, or restore it from its own backup";
            Line::fail(CHECK, failure.to_string(), fix)
        }
    }
}

pub(super) fn ring_belongs_to_books(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "ring and books";
    let Ok(ring) = open_ring(&patient.settings.keys_folder(), false, patient.environment) else {
        return Line::ok(CHECK, "not compared: there is no usable key ring");
    };
    let data = patient.settings.data_folder();
    let mut compared = 0;
    for name in books_on_disk(data).unwrap_or_default() {
        let row = open_reader(data, &name).and_then(|mut reader| reader.book());
        let Ok(Some(row)) = row else { continue };
        if row.ring != ring_bytes(&ring) {
            let found = format!("book {name} was made with another key ring");
            let fix = "put the ring back that belongs to it: without it no code can be checked";
            return Line::fail(CHECK, found, fix);
        }
        compared += 1;
    }
    Line::ok(CHECK, format!("{compared} books were made with this ring"))
}

pub(super) fn bootstrap_key_is_gone(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "bootstrap key";
    if patient.environment.get("BOOTSTRAP_KEY").is_none() {
        return Line::ok(CHECK, "not in the environment");
    }
    let fix = "take MAKEGOOD_BOOTSTRAP_KEY out of the environment: it is used once, and a secret";
    if has_books(patient) {
        return Line::warn(CHECK, "still in the environment after the first start", fix);
    }
    Line::ok(CHECK, "will be used at the first start")
}

/// Whether there is any book.
fn has_books(patient: &Patient<'_>) -> bool {
    let data = patient.settings.data_folder();
    !books_on_disk(data).unwrap_or_default().is_empty()
}
