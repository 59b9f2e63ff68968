//! What PostgreSQL reports, in the words of the store.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::StoreError;

/// The first two characters of codes after which the same call may succeed by itself: connection,
/// transaction rolled back, resources, intervention by an operator, system.
const PASSING: [&str; 5] = ["08", "40", "53", "57", "58"];

impl From<Error> for StoreError {
    fn from(error: Error) -> StoreError {
        let Some(report) = error.as_db_error() else {
            // What was sent never carries customers' data in the texts of this library's errors.
            return StoreError::Unavailable(with_cause(&error));
        };
        let code = report.code();
        // Neither detail nor hint: they may quote values of rows.
        let text = format!("{} ({})", report.message(), code.code());
        match code {
            &SqlState::DISK_FULL => StoreError::Full,
            &SqlState::DIVISION_BY_ZERO => StoreError::Fenced,
            // A lock was not to be had in time, or somebody else wrote the same at the same time.
            &SqlState::LOCK_NOT_AVAILABLE | &SqlState::UNIQUE_VIOLATION => {
                StoreError::Unavailable(text)
            }
            // A transaction of ours rested for too long, because this process did.
            &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => StoreError::Unavailable(text),
            // A standby, or a database that only reads for now.
            &SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::Unavailable(text),
            // What a standby calls a transaction that is to write. No damage either way.
            &SqlState::FEATURE_NOT_SUPPORTED => StoreError::Unavailable(text),
            &SqlState::INVALID_PASSWORD
            | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
            | &SqlState::INVALID_CATALOG_NAME => StoreError::Unavailable(text),
            _ if PASSING.iter().any(|class| code.code().starts_with(class)) => {
                StoreError::Unavailable(text)
            }
            _ => StoreError::Corrupt(text),
        }
    }
}

/// The error with what caused it; the outermost text alone says only "error connecting".
fn with_cause(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
