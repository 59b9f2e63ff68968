//! What a judge remembers, as bytes.

use super::{Judge, Limits, Policy};
use crate::saved::{Saved, saved};

saved!(Limits { viewer_promotion, viewer, address, network });

impl Judge {
    /// Appends all that it remembers, and what it was told to tolerate.
    pub fn save(&self, out: &mut Vec<u8>) {
        let Judge { policy, next, latest, used, limits, lockstep, sales, .. } = self;
        policy.save(out);
        next.save(out);
        latest.save(out);
        used.save(out);
        limits.save(out);
        lockstep.save(out);
        sales.save(out);
    }

    /// Takes over what another one of the same stream remembered. `None` when it was told to
    /// tolerate something else, or the bytes are none of this format; then this judge is as it was.
    pub fn restore(&mut self, bytes: &mut &[u8]) -> Option<()> {
        if Policy::restore(bytes)? != self.policy {
            return None;
        }
        let (next, latest) = Saved::restore(bytes)?;
        let (used, limits) = Saved::restore(bytes)?;
        let (lockstep, sales) = Saved::restore(bytes)?;
        (self.next, self.latest) = (next, latest);
        (self.used, self.limits) = (used, limits);
        (self.lockstep, self.sales) = (lockstep, sales);
        Some(())
    }
}
