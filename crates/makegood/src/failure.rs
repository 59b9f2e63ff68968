//! Why a command did not do what it was asked, for the person who asked.

use std::fmt;
use std::path::Path;

/// What went wrong and what to do next, in plain words. Printed once, by `main`.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    next: Option<String>,
    is_in_use: bool,
    is_of_clock: bool,
}

/// What a command ends with.
pub(crate) type Done<T = ()> = Result<T, Failure>;

/// How a command that ran to its end leaves the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is well: exit code 0.
    Well,
    /// It found or refused something: exit code 1.
    NotWell,
}

impl Failure {
    /// A failure whose text already says what to do.
    pub(crate) fn new(what: impl fmt::Display) -> Failure {
        Failure { what: what.to_string(), next: None, is_in_use: false, is_of_clock: false }
    }

    /// The same, saying what it is about.
    pub(crate) fn about(self, whom: impl fmt::Display) -> Failure {
        Failure { what: format!("{whom}: {}", self.what), ..self }
    }

    /// The same with the next step.
    pub(crate) fn next(self, next: impl Into<String>) -> Failure {
        Failure { next: Some(next.into()), ..self }
    }

    /// The same with the next step for when another process has the data folder.
    pub(crate) fn next_if_in_use(self, next: &str) -> Failure {
        if self.is_in_use { self.next(next) } else { self }
    }

    /// What went wrong, and the next step, for whoever tells both in another form.
    pub(crate) fn into_words(self) -> (String, Option<String>) {
        (self.what, self.next)
    }

    /// Whether a book was left alone because it rested for longer than a clock is believed.
    pub(crate) fn is_of_clock(&self) -> bool {
        self.is_of_clock
    }

    /// The operating system refused something about a file.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Failure {
        Failure::new(format!("{} cannot be used: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "makegood: {}", self.what)?;
        match &self.next {
            Some(next) => write!(f, "\n  next: {next}"),
            None => Ok(()),
        }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Failure {
        let is_in_use = matches!(error, store::StoreError::InUse { .. });
        Failure { is_in_use, ..Failure::new(error) }
    }
}

impl From<writer::OpenError> for Failure {
    fn from(error: writer::OpenError) -> Failure {
        let is_of_clock = matches!(error, writer::OpenError::ClockFarAhead { .. });
        Failure { is_of_clock, ..Failure::new(error) }
    }
}

/// Errors of our crates are written for operators and say what to do themselves.
macro_rules! from_errors {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::new(error)
            }
        }
    )+};
}

from_errors! {
    outside::keyring::RingError,
    outside::people::PeopleError,
    writer::Trouble,
    jobs::JobError,
    reports::ReportError,
    copies::CopyError,
}
