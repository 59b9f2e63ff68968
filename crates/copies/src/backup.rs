//! Backups: books in a file that any store can be filled from. `docs/backup.md` has the format.

mod outgoing;
mod parts;
mod read;
mod restore;
mod write;

pub use parts::{BookStart, Manifest, Part};
pub use read::BackupReader;
pub use restore::{check_backup, restore};
pub use write::{BackupWriter, write_backup};
