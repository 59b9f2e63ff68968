//! Looks at the machine: clock and open files.

use std::process::Command;

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::Reader;
use store::sqlite::open_reader;

use super::{Finding, Patient};
use crate::commands::verify::books_on_disk;

/// Before this day the program did not exist: 2026-01-01.
const PROGRAM_EXISTS: i64 = 1_767_225_600_000_000;

/// Open files beside those of connections: books, readers, log.
const OTHER_FILES: u64 = 100;

pub(super) fn clock_is_sane(patient: &Patient<'_>) -> Finding {
    let now = SystemClock::new().now();
    let fix = "set the clock and keep it with a time service (chrony, systemd-timesyncd)";
    if now < Instant::from_micros(PROGRAM_EXISTS) {
        return Finding::fail(format!("{now} is before this program was made"), fix);
    }
    let data = patient.settings.data_folder();
    for book in books_on_disk(data).unwrap_or_default() {
        let head = open_reader(data, &book).and_then(|mut reader| {
            let is_test = reader.book()?.is_some_and(|row| row.is_test);
            Ok((reader.head()?, is_test))
        });
        // The clock of a test book may be ahead.
        let Ok((head, false)) = head else { continue };
        let last = Instant::from_micros(head.at_micros);
        if last > now {
            let found = format!("{now} is before the last record of book {book}, {last}");
            return Finding::fail(found, fix);
        }
    }
    Finding::ok(now.to_string())
}

/// Whether something keeps the clock right, as far as the machine tells.
pub(super) fn clock_is_kept(_patient: &Patient<'_>) -> Finding {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized"]).output();
    let told = asked.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    match told.as_deref().map(str::trim) {
        Some("NTPSynchronized=yes") => Finding::ok("the clock is synchronized"),
        Some("NTPSynchronized=no") => {
            let fix = "run a time service (chrony, systemd-timesyncd): a clock that drifts \
                       expires cards and holds too early or too late, and one that jumps stops \
                       the server";
            Finding::warn("the clock is not synchronized", fix)
        }
        // In a container the clock is the host's.
        _ => Finding::ok("cannot be told here; look at the host"),
    }
}

pub(super) fn open_files_suffice(patient: &Patient<'_>) -> Finding {
    let connections = u64::try_from(patient.settings.connections_max).unwrap_or(u64::MAX);
    let needed = connections.saturating_add(OTHER_FILES);
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let Some(soft) = line.and_then(|rest| rest.split_whitespace().next()) else {
        let fix = format!("see that `ulimit -n` says at least {needed}");
        return Finding::warn("the limit cannot be told on this system", fix);
    };
    match soft.parse::<u64>() {
        Ok(soft) if soft < needed => {
            let fix = format!("raise it (ulimit -n {needed}), or lower connections_max");
            Finding::warn(format!("{soft} allowed, {needed} needed at most"), fix)
        }
        _ => Finding::ok(format!("{soft} allowed")),
    }
}
