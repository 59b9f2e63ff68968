//! What a process used, as Linux tells it.

use std::fs;

/// Use of a process since it started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Bytes handed to the disk.
    pub(crate) written_bytes: u64,
    /// CPU time, user and system, in hundredths of a second.
    pub(crate) cpu_ticks: u64,
    /// Memory resident now, in bytes.
    pub(crate) resident_bytes: u64,
    /// Most memory that was ever resident, in bytes.
    pub(crate) resident_peak_bytes: u64,
}

/// Reads the use of process `id`; zeros where the system does not tell.
pub(crate) fn usage(id: u32) -> Usage {
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
        resident_bytes: field(&status, "VmRSS:") * 1024,
        resident_peak_bytes: field(&status, "VmHWM:") * 1024,
    }
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
