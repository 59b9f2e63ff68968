//! Looks at the disk under the data.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use store::Reader;
use store::sqlite::open_reader;

use super::{Finding, Patient};
use crate::wiring::books_on_disk;

/// Room below which the disk is called full: the journal grows with every command.
const ROOM_FAIL_MIB: u64 = 64;
const ROOM_WARN_MIB: u64 = 2_048;

/// Days that the room should last at the growth so far.
const DAYS_WARN: u64 = 30;

/// A book younger than this many days says nothing about growth.
const DAYS_TO_TELL: u64 = 1;

/// File systems over a network, where neither locks nor syncs mean what SQLite needs them to.
const REMOTE: [&str; 11] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "ceph",
    "glusterfs",
    "fuse.sshfs",
    "fuse.s3fs",
    "afs",
];

/// File systems that are gone with the machine's memory.
const PASSING: [&str; 2] = ["tmpfs", "ramfs"];

/// Syncs that are measured.
const SYNCS: usize = 20;

/// A sync below this time did not reach any disk; above the other, every answer waits for it.
const SYNC_UNREAL: Duration = Duration::from_micros(20);
const SYNC_SLOW: Duration = Duration::from_millis(20);

pub(super) fn data_is_local(patient: &Patient<'_>) -> Finding {
    let folder = existing(patient.settings.data_folder());
    let folder = folder.canonicalize().unwrap_or(folder);
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    judge_place(&folder, file_system(&mounts, &folder))
}

fn judge_place(folder: &Path, kind: Option<&str>) -> Finding {
    let shown = folder.display();
    match kind {
        None => Finding::ok("cannot be told on this system"),
        Some(kind) if REMOTE.contains(&kind) => {
            let fix = "move the data to a disk of this machine: over a network its lock keeps \
                       nobody out";
            Finding::fail(format!("{shown} is on {kind}"), fix)
        }
        Some(kind) if PASSING.contains(&kind) => {
            let fix = "fine for a trial; anything else belongs on a disk";
            Finding::warn(format!("{shown} is on {kind}, gone with the power"), fix)
        }
        Some(kind) => Finding::ok(kind),
    }
}

/// The kind of file system that holds a folder: that of the longest mount point above it.
fn file_system<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let mut words = line.split(' ');
        let (point, kind) = (words.nth(1)?, words.next()?);
        folder.starts_with(point).then_some((point.len(), kind))
    };
    // Of two mounts at one point the later one is seen.
    mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

/// How long the room lasts when the data grows as it has so far.
pub(super) fn disk_lasts(patient: &Patient<'_>) -> Finding {
    let data = patient.settings.data_folder();
    let (Some(free), Some(age)) = (free_mib(&existing(data)), age_days(data)) else {
        return Finding::ok("nothing has grown yet");
    };
    judge_growth(size_mib(data), age, free)
}

fn judge_growth(used: u64, age: u64, free: u64) -> Finding {
    let Some(left) = days_left(used, age, free) else {
        return Finding::ok(format!("{used} MiB in {age} days: too little to tell"));
    };
    let found = format!("{used} MiB in {age} days: the room lasts {left} days");
    if left < DAYS_WARN {
        let fix = "plan a larger disk now, or prune the journal: `makegood archive DIR --prune`";
        return Finding::warn(found, fix);
    }
    Finding::ok(found)
}

fn days_left(used_mib: u64, age_days: u64, free_mib: u64) -> Option<u64> {
    if age_days < DAYS_TO_TELL {
        return None;
    }
    free_mib.saturating_mul(age_days).checked_div(used_mib)
}

/// Days since the first book was made.
fn age_days(data: &Path) -> Option<u64> {
    let made = |name| open_reader(data, &name).and_then(|mut reader| reader.book()).ok().flatten();
    let books = books_on_disk(data).ok()?;
    let first = books.into_iter().filter_map(made).map(|row| row.created_at).min()?;
    let age = SystemClock::new().now().since(first)?;
    Some(age.micros() / base::Span::days(1).micros())
}

fn size_mib(folder: &Path) -> u64 {
    let bytes = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| entry.metadata().ok()).filter(|file| file.is_file());
        files.map(|file| file.len()).sum::<u64>()
    };
    (bytes(folder.to_owned()) + bytes(folder.join("books"))) >> 20
}

pub(super) fn disk_has_room(patient: &Patient<'_>) -> Finding {
    let folder = existing(patient.settings.data_folder());
    judge_room(&folder, free_mib(&folder))
}

fn judge_room(folder: &Path, free: Option<u64>) -> Finding {
    let Some(free) = free else {
        let fix = "look with `df`; the journal needs room with every command";
        return Finding::warn("cannot be told on this system", fix);
    };
    let found = format!("{free} MiB free at {}", folder.display());
    let fix = "make room: without it every write is answered 503 until there is some";
    match free {
        0..ROOM_FAIL_MIB => Finding::fail(found, fix),
        ROOM_FAIL_MIB..ROOM_WARN_MIB => Finding::warn(found, fix),
        _ => Finding::ok(found),
    }
}

pub(super) fn sync_is_real_and_quick(patient: &Patient<'_>) -> Finding {
    let folder = existing(patient.settings.data_folder());
    let path = folder.join(".doctor-sync");
    let measured = measure_sync(&path);
    // What could not be made cannot be removed, and nothing depends on it.
    let _ = std::fs::remove_file(&path);
    match measured {
        Err(error) => {
            let fix = "make the folder writable, then look again";
            Finding::warn(format!("cannot be measured: {error}"), fix)
        }
        Ok(median) => judge_sync(median),
    }
}

fn judge_sync(median: Duration) -> Finding {
    if median < SYNC_UNREAL {
        let fix = "put the data on a disk: after a power cut answered commands would be gone";
        return Finding::warn(format!("{} µs: nothing is synced here", median.as_micros()), fix);
    }
    if median > SYNC_SLOW {
        let fix = "use a local SSD: every answer to a write waits for one sync";
        return Finding::warn(format!("{} ms", median.as_millis()), fix);
    }
    Finding::ok(format!("{} µs", median.as_micros()))
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

#[cfg(test)]
mod tests {
    use super::super::Grade;
    use super::*;

    #[test]
    fn the_nearest_mount_tells_the_kind() {
        let mounts = "a / ext4 rw 0 0\nb /srv nfs4 rw 0 0\nc /srv/fast xfs rw 0 0\n";
        let kind = |folder: &str| file_system(mounts, Path::new(folder));
        assert_eq!(kind("/var/lib"), Some("ext4"));
        assert_eq!(kind("/srv/data"), Some("nfs4"));
        assert_eq!(kind("/srv/faster"), Some("nfs4"));
        assert_eq!(kind("/srv/fast/data"), Some("xfs"));
        assert_eq!(file_system("", Path::new("/")), None);
    }

    #[test]
    fn places_without_a_disk_are_found() {
        let judge = |kind| judge_place(Path::new("/srv"), kind).grade;
        assert_eq!(judge(Some("nfs4")), Grade::Fail);
        assert_eq!(judge(Some("tmpfs")), Grade::Warn);
        assert_eq!(judge(Some("ext4")), Grade::Ok);
        let sync = |micros| judge_sync(Duration::from_micros(micros)).grade;
        assert_eq!([1, 500, 50_000].map(sync), [Grade::Warn, Grade::Ok, Grade::Warn]);
    }

    #[test]
    fn a_disk_that_fills_up_is_found() {
        let room = |free| judge_room(Path::new("/srv"), Some(free)).grade;
        assert_eq!([10, 1_000, 10_000].map(room), [Grade::Fail, Grade::Warn, Grade::Ok]);
        let growth = |free| judge_growth(1_000, 10, free).grade;
        assert_eq!([1_000, 10_000].map(growth), [Grade::Warn, Grade::Ok]);
    }

    #[test]
    fn room_is_told_in_days() {
        assert_eq!(days_left(100, 10, 1_000), Some(100));
        assert_eq!(days_left(1_000, 10, 100), Some(1));
        assert_eq!(days_left(0, 10, 100), None);
        assert_eq!(days_left(100, 0, 100), None);
    }
}
