//! Progress of long work, on standard error: a bar on a terminal, now and then a line elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use outside::clock::{Clock, SystemClock};

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Shows how far long work is.
pub(crate) struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
    clock: SystemClock,
    last_line: Duration,
    what: &'static str,
}

impl Progress {
    /// Progress of something that has `total` parts.
    pub(crate) fn new(what: &'static str, total: u64) -> Progress {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        if is_terminal {
            bar.set_message(what);
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let clock = SystemClock::new();
        Progress { bar, is_terminal, last_line: clock.monotonic(), clock, what }
    }

    /// Tells that `done` of `total` parts are done, and what is being done.
    pub(crate) fn step(&mut self, what: &'static str, done: u64, total: u64) {
        if what != self.what && self.is_terminal {
            self.bar.set_message(what);
        }
        self.what = what;
        self.bar.set_length(total);
        self.bar.set_position(done);
        let now = self.clock.monotonic();
        if !self.is_terminal && now.saturating_sub(self.last_line) >= LINE_EVERY {
            self.last_line = now;
            eprintln!("{what}: {done} of {total}");
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
