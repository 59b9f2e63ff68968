//! Looks at the machine: disk, clock, files, port.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base::Instant;
use outside::clock::{Clock, SystemClock};
use store::Reader;
use store::sqlite::open_reader;

use super::{Line, Patient};
use crate::commands::verify::books_on_disk;

/// Room below which the disk is called full: the journal grows with every command.
const ROOM_FAIL_MIB: u64 = 64;
const ROOM_WARN_MIB: u64 = 2_048;

/// Syncs that are measured.
const SYNCS: usize = 20;

/// A sync below this time did not reach any disk; above the other, every answer waits for it.
const SYNC_UNREAL: Duration = Duration::from_micros(20);
const SYNC_SLOW: Duration = Duration::from_millis(20);

/// Before this day the program did not exist: 2026-01-01.
const PROGRAM_EXISTS: i64 = 1_767_225_600_000_000;

/// Open files beside those of connections: books, readers, log.
const OTHER_FILES: u64 = 100;

pub(super) fn disk_has_room(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "disk space";
    let folder = existing(patient.settings.data_folder());
    let Some(free) = free_mib(&folder) else {
        let fix = "look with `df`; the journal needs room with every command";
        return Line::warn(CHECK, "cannot be told on this system", fix);
    };
    let found = format!("{free} MiB free at {}", folder.display());
    let fix = "make room: without it every write is answered 503 until there is some";
    match free {
        0..ROOM_FAIL_MIB => Line::fail(CHECK, found, fix),
        ROOM_FAIL_MIB..ROOM_WARN_MIB => Line::warn(CHECK, found, fix),
        _ => Line::ok(CHECK, found),
    }
}

pub(super) fn sync_is_real_and_quick(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "disk sync";
    let folder = existing(patient.settings.data_folder());
    let path = folder.join(".doctor-sync");
    let measured = measure_sync(&path);
    // What could not be made cannot be removed, and nothing depends on it.
    let _ = std::fs::remove_file(&path);
    match measured {
        Err(error) => {
            let fix = "make the folder writable, then look again";
            Line::warn(CHECK, format!("cannot be measured: {error}"), fix)
        }
        Ok(median) if median < SYNC_UNREAL => {
            let fix = "put the data on a disk: after a power cut answered commands would be gone";
            Line::warn(CHECK, format!("{} µs: nothing is synced here", median.as_micros()), fix)
        }
        Ok(median) if median > SYNC_SLOW => {
            let fix = "use a local SSD: every answer to a write waits for one sync";
            Line::warn(CHECK, format!("{} ms", median.as_millis()), fix)
        }
        Ok(median) => Line::ok(CHECK, format!("{} µs", median.as_micros())),
    }
}

fn measure_sync(path: &Path) -> std::io::Result<Duration> {
    let clock = SystemClock::new();
    let mut file = File::create(path)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[0; 4096])?;
        let begin = clock.monotonic();
        file.sync_data()?;
        times.push(clock.monotonic().saturating_sub(begin));
    }
    times.sort();
    Ok(times[SYNCS / 2])
}

pub(super) fn clock_is_sane(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "clock";
    let now = SystemClock::new().now();
    let fix = "set the clock and keep it with a time service (chrony, systemd-timesyncd)";
    if now < Instant::from_micros(PROGRAM_EXISTS) {
        return Line::fail(CHECK, format!("{now} is before this program was made"), fix);
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
            return Line::fail(CHECK, found, fix);
        }
    }
    Line::ok(CHECK, now.to_string())
}

pub(super) fn open_files_suffice(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "open files";
    let connections = u64::try_from(patient.settings.connections_max).unwrap_or(u64::MAX);
    let needed = connections.saturating_add(OTHER_FILES);
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let Some(soft) = line.and_then(|rest| rest.split_whitespace().next()) else {
        let fix = format!("see that `ulimit -n` says at least {needed}");
        return Line::warn(CHECK, "the limit cannot be told on this system", fix);
    };
    match soft.parse::<u64>() {
        Ok(soft) if soft < needed => {
            let fix = format!("raise it (ulimit -n {needed}), or lower connections_max");
            Line::warn(CHECK, format!("{soft} allowed, {needed} needed at most"), fix)
        }
        _ => Line::ok(CHECK, format!("{soft} allowed")),
    }
}

pub(super) fn port_is_free(patient: &Patient<'_>) -> Line {
    const CHECK: &str = "port";
    let listen = &patient.settings.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Line::ok(CHECK, format!("{listen} is free")),
        Err(error) if patient.is_served => {
            let fix = "fine if it is your server that listens there";
            Line::warn(CHECK, format!("{listen}: {error}"), fix)
        }
        Err(error) => {
            let fix = "stop what listens there, or choose another port with --listen";
            Line::fail(CHECK, format!("{listen}: {error}"), fix)
        }
    }
}

/// The nearest folder that exists.
fn existing(folder: &Path) -> PathBuf {
    let found = folder.ancestors().find(|part| part.is_dir());
    found.filter(|part| !part.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// Free space as the POSIX tool tells it; the standard library has no call for it.
fn free_mib(folder: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1024)
}
