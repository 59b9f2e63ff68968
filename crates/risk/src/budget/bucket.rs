use base::{Instant, Span};

use super::Verdict;

/// A refilling budget, kept as one instant: when it will be full again if nothing is charged.
///
/// This is the generic cell rate algorithm of ITU-T recommendation I.371. Charging moves that
/// instant later by the time one unit takes to refill; a unit is left while it is no further ahead
/// than the window without one unit. As only time is stored, the size of the budget may change from
/// call to call: what was charged before keeps its place in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    full_at: Instant,
}

/// A debt may grow to this many windows; then further charges are forgiven.
const DEBT_WINDOWS_MAX: u64 = 6;

impl Bucket {
    /// Whether one of `budget` units for each `window` is left.
    pub(super) fn judge(self, window: Span, budget: u32, now: Instant) -> Verdict {
        let missing = self.full_at.since(now).unwrap_or(Span::ZERO).micros();
        // `budget` units of rounded-down length make up at most the window, so all are granted.
        let bearable = unit(window, budget) * u64::from(budget.saturating_sub(1));
        if missing <= bearable {
            return Verdict::Allowed;
        }
        Verdict::Exhausted { retry_after: Span::from_micros(missing - bearable) }
    }

    /// Takes one unit, also when none is left: the debt is paid by a longer wait.
    pub(super) fn charge(&mut self, window: Span, budget: u32, now: Instant) {
        let charged = self.full_at.max(now).saturating_add(Span::from_micros(unit(window, budget)));
        let debt_max = Span::from_micros(window.micros().saturating_mul(DEBT_WINDOWS_MAX));
        self.full_at = charged.min(now.saturating_add(debt_max));
    }

    /// From when on this is the same as a bucket that was never used.
    pub(super) fn full_at(self) -> Instant {
        self.full_at
    }
}

impl Default for Bucket {
    /// Full.
    fn default() -> Self {
        Self { full_at: Instant::MIN }
    }
}

/// Microseconds in which one unit refills; a budget of nothing counts as one.
fn unit(window: Span, budget: u32) -> u64 {
    window.micros() / u64::from(budget.max(1))
}
