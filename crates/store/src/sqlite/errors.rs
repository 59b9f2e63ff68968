//! What SQLite reports, in the words of the store.

use rusqlite::{Error, ErrorCode, ffi};

use crate::StoreError;

/// Result codes of a sync that failed: of a file, and of the folder it is in.
const SYNC_CODES: [i32; 2] = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC];

impl From<Error> for StoreError {
    fn from(error: Error) -> StoreError {
        let text = error.to_string();
        let Error::SqliteFailure(failure, _) = error else {
            // Everything else is a row or a statement that is not what this program made.
            return StoreError::Corrupt(text);
        };
        match failure.code {
            _ if SYNC_CODES.contains(&failure.extended_code) => StoreError::SyncFailed(text),
            ErrorCode::DiskFull => StoreError::Full,
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::CannotOpen
            | ErrorCode::OperationInterrupted
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure => StoreError::Unavailable(text),
            _ => StoreError::Corrupt(text),
        }
    }
}

/// True for failures after which bytes may have reached the disk that nobody asked to keep.
pub(super) fn is_about_the_disk(error: &Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure)
}
