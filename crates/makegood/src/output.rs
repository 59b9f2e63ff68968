//! Results on standard output: text for people, JSON for programs. Nothing else goes there.

use std::io::{self, Write};

use serde::Serialize;

/// The flag that every command has.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// Print the result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl OutputArgs {
    /// Prints the result of a command, whole.
    pub(crate) fn print(self, result: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            let json = serde_json::to_string_pretty(result);
            line(&json.expect("results have text keys only, so they can be written"));
        } else {
            line(text().trim_end());
        }
    }
}

/// Says on standard error what long work does next.
pub(crate) fn doing(what: &str) {
    let _ = writeln!(io::stderr().lock(), "{what}");
}

/// Prints one line at once, so that whoever reads it through a pipe does not wait.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    // A reader that went away, as `head` does, is no reason to fail.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
