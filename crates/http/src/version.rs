//! Dated versions of the API.

use axum::http::{HeaderMap, HeaderValue};

use crate::problem::{Problem, catalog};

/// The header that names a version, in requests and answers.
pub(crate) const HEADER: &str = "makegood-version";

/// A version of the API. A key is pinned to the one it was made under; a request may name another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// The first.
    V2026_11_20,
}

impl Version {
    /// What new keys are pinned to.
    pub(crate) const NEWEST: Version = Version::V2026_11_20;

    const ALL: [Version; 1] = [Version::V2026_11_20];

    /// The date that names it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Version::V2026_11_20 => "2026-11-20",
        }
    }

    /// The version of this date.
    pub(crate) fn parse(date: &str) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.as_str() == date)
    }

    /// The version a request names, if it names one.
    ///
    /// # Errors
    ///
    /// `unknown_version`.
    pub(crate) fn requested(headers: &HeaderMap) -> Result<Option<Version>, Problem> {
        let Some(named) = headers.get(HEADER) else { return Ok(None) };
        let known = named.to_str().ok().and_then(Version::parse);
        known.map(Some).ok_or_else(|| Problem::new(&catalog::UNKNOWN_VERSION))
    }

    /// For the answer.
    pub(crate) fn header_value(self) -> HeaderValue {
        HeaderValue::from_static(self.as_str())
    }
}
