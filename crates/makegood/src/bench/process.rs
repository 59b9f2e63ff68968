//! What a process used, as Linux tells it.

use std::fs;

/// Use of a process since it started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Bytes handed to the disk.
    pub(crate) written_bytes: u64,
    /// CPU time, user and system, in hundredths of a second.
    pub(crate) cpu_ticks: u64,
    /// CPU time of everything on the machine since it started, in the same unit.
    pub(crate) machine_cpu_ticks: u64,
    /// Memory resident now, in bytes.
    pub(crate) resident_bytes: u64,
    /// Most memory that was ever resident, in bytes.
    pub(crate) resident_peak_bytes: u64,
}

/// Reads what these processes used together; zeros where the system does not tell.
pub(crate) fn usage(ids: impl Iterator<Item = u32>) -> Usage {
    let mut all = Usage { machine_cpu_ticks: machine_cpu_ticks(), ..Usage::default() };
    for one in ids.map(usage_of) {
        all.written_bytes += one.written_bytes;
        all.cpu_ticks += one.cpu_ticks;
        all.resident_bytes += one.resident_bytes;
        all.resident_peak_bytes += one.resident_peak_bytes;
    }
    all
}

fn usage_of(id: u32) -> Usage {
    let read = |name: &str| fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
    let field = |text: &str, name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    let status = read("status");
    Usage {
        written_bytes: field(&read("io"), "write_bytes:"),
        cpu_ticks: cpu_ticks(&read("stat")),
        machine_cpu_ticks: 0,
        resident_bytes: field(&status, "VmRSS:") * 1024,
        resident_peak_bytes: field(&status, "VmHWM:") * 1024,
    }
}

/// User, nice, system and interrupts of the first line of `/proc/stat`: not idle, not waiting, not
/// taken by the host (proc(5)).
fn machine_cpu_ticks() -> u64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let fields: Vec<u64> =
        line.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0)).collect();
    [0, 1, 2, 5, 6].iter().filter_map(|place| fields.get(*place)).sum()
}

/// Fields 14 and 15 of `/proc/[id]/stat`, counted after the name in parentheses (proc(5)).
fn cpu_ticks(stat: &str) -> u64 {
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |position: usize| -> u64 {
        fields.get(position).and_then(|field| field.parse().ok()).unwrap_or(0)
    };
    ticks(11) + ticks(12)
}
