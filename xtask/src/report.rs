//! What a check says: findings, and the one line that sums them up.

use std::fmt;

/// Something that breaks a rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root of the repository, with forward slashes.
    pub path: String,
    /// Line counted from 1; 0 means the file (or its absence) as a whole.
    pub line: usize,
    /// What is wrong, followed by the replacement or the fix.
    pub message: String,
}

impl Finding {
    /// A finding about one line of a file.
    pub fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }

    /// A finding about a whole file or folder.
    pub fn about(path: &str, message: impl Into<String>) -> Self {
        Self::at(path, 0, message)
    }
}

/// The outcome of one command: printed as its findings and a closing line.
pub struct Report {
    /// The word after `cargo xtask`.
    pub command: &'static str,
    /// How many rules were applied.
    pub rules: usize,
    /// What they were applied to, for the closing line: "42 files".
    pub looked_at: String,
    /// Name of the broken rule, and the finding.
    pub findings: Vec<(&'static str, Finding)>,
}

impl Report {
    /// Whether no rule is broken.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rule, Finding { path, line, message }) in &self.findings {
            match line {
                0 => writeln!(f, "{path}: [{rule}] {message}")?,
                line => writeln!(f, "{path}:{line}: [{rule}] {message}")?,
            }
        }
        let verdict = match self.findings.len() {
            0 => "clean".to_owned(),
            1 => "1 finding".to_owned(),
            many => format!("{many} findings"),
        };
        writeln!(f, "{}: {} rules, {}, {verdict}", self.command, self.rules, self.looked_at)
    }
}
