//! What is to be remembered of all volumes before one.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MGSNAP1\n` |
//! | 8 | the first bytes of SHA-256 over what follows |
//! | … | the memory |

use std::io;
use std::path::Path;

use super::files::{Files, Kind, SUM_BYTES, sum};

const MAGIC: &[u8; 8] = b"MGSNAP1\n";

/// Writes a memory.
pub(super) fn write(files: &Files, number: u32, memory: &[u8]) -> io::Result<()> {
    files.put(Kind::Snapshot, number, &[MAGIC, &sum(memory), memory])
}

/// What was written; `None` when it is not whole.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = std::fs::read(path)?;
    let body = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk::<SUM_BYTES>());
    if body.is_none_or(|(known, body)| sum(body) != *known) {
        return Ok(None);
    }
    bytes.drain(..MAGIC.len() + SUM_BYTES);
    Ok(Some(bytes))
}
