//! Looks at the machine: clock and open files.

use std::process::Command;

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::BookName;

use super::{Finding, Patient};

/// Before this day the program did not exist: 2026-01-01.
const PROGRAM_EXISTS: i64 = 1_767_225_600_000_000;

/// Open files beside those of connections: books, readers, log.
const OTHER_FILES: u64 = 100;

const KEEP_CLOCK: &str =
    "set the clock and keep it with a time service (chrony, systemd-timesyncd)";

pub(super) fn clock_is_sane(patient: &Patient<'_>) -> Finding {
    let last = |name: BookName| {
        let mut reader = patient.location.reader(&name).ok()?;
        // The clock of a test book may be ahead.
        let is_live = reader.book().ok()?.is_some_and(|row| !row.is_test);
        let last = Instant::from_micros(reader.head().ok()?.at_micros);
        is_live.then_some((name, last))
    };
    judge_clock(SystemClock::new().now(), patient.books().into_iter().filter_map(last))
}

/// Holds the clock against the last record of each book.
fn judge_clock(now: Instant, books: impl Iterator<Item = (BookName, Instant)>) -> Finding {
    if now < Instant::from_micros(PROGRAM_EXISTS) {
        return Finding::fail(format!("{now} is before this program was made"), KEEP_CLOCK);
    }
    for (book, last) in books {
        if last > now {
            let found = format!("{now} is before the last record of book {book}, {last}");
            return Finding::fail(found, KEEP_CLOCK);
        }
    }
    Finding::ok(now.to_string())
}

/// Whether something keeps the clock right, as far as the machine tells.
pub(super) fn clock_is_kept(_patient: &Patient<'_>) -> Finding {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized"]).output();
    let told = asked.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    judge_time_service(told.as_deref())
}

fn judge_time_service(told: Option<&str>) -> Finding {
    match told.map(str::trim) {
        Some("NTPSynchronized=yes") => Finding::ok("the clock is synchronized"),
        Some("NTPSynchronized=no") => {
            let found = "the clock is not synchronized: drift expires cards and holds too early \
                         or too late, and a jump stops the server";
            Finding::warn(found, KEEP_CLOCK)
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

#[cfg(test)]
mod tests {
    use super::super::Grade;
    use super::*;

    #[test]
    fn a_clock_behind_the_journal_is_found() {
        let day = |days: i64| Instant::from_micros(PROGRAM_EXISTS + days * 86_400_000_000);
        let judge = |now, last| {
            let book = BookName::new("shop").unwrap();
            judge_clock(now, [(book, last)].into_iter()).grade
        };
        assert_eq!(judge(day(-1), day(-2)), Grade::Fail);
        assert_eq!(judge(day(1), day(2)), Grade::Fail);
        assert_eq!(judge(day(2), day(1)), Grade::Ok);
    }

    #[test]
    fn a_clock_that_nobody_keeps_is_found() {
        let judge = |told| judge_time_service(told).grade;
        assert_eq!(judge(Some("NTPSynchronized=no\n")), Grade::Warn);
        assert_eq!(judge(Some("NTPSynchronized=yes\n")), Grade::Ok);
        assert_eq!(judge(None), Grade::Ok);
    }
}
