//! Snapshots of what is known, and settled promotions that leave memory with them.

use base::{Instant, Label, PromotionId};
use feed::saved::Saved;

use super::known::Known;
use super::{Reports, Rests};

impl Reports {
    /// Promotions of which nothing was heard since then.
    pub(crate) fn quiet_since(&self, since: Instant) -> Vec<PromotionId> {
        let is_quiet = |id: &PromotionId| self.known.last_minute(*id).is_none_or(|at| at < since);
        self.known.promotions().into_iter().filter(is_quiet).collect()
    }

    /// Sets promotions apart that are to leave memory: what is known of each by now.
    pub(crate) fn set_apart(&mut self, promotions: &[PromotionId]) {
        for promotion in promotions {
            self.leaving.absorb(&self.known.without_gaps(*promotion));
            self.known.forget(*promotion);
        }
    }

    /// Those that were set apart, each as bytes.
    pub(crate) fn leaving(&self) -> Vec<(PromotionId, Vec<u8>)> {
        let of = |promotion| {
            let mut bytes = Vec::new();
            self.leaving.without_gaps(promotion).save(&mut bytes);
            (promotion, bytes)
        };
        self.leaving.promotions().into_iter().map(of).collect()
    }

    /// What was set apart is in the file of that number, and its snapshot is there.
    pub(crate) fn have_left(&mut self, stream: &Label, number: u32) {
        if !self.leaving.promotions().is_empty() {
            self.leaving = Known::new(stream);
            self.settled.push(number);
        }
    }

    /// What was set apart stays.
    pub(crate) fn take_back(&mut self, stream: &Label) {
        let leaving = std::mem::replace(&mut self.leaving, Known::new(stream));
        self.known.absorb(&leaving);
    }

    /// Numbers of the files of settled promotions.
    pub(crate) fn settled(&self) -> &[u32] {
        &self.settled
    }

    /// Appends what is known, without what was set apart. Who is in what was not written is
    /// forgotten with the process, as whoever counts them.
    pub(crate) fn save(&self, out: &mut Vec<u8>) {
        self.counted_to.save(out);
        self.activity.save(out);
        self.known.save_with(&Rests::new(), out);
    }

    /// Takes over what was saved, with the files that belong to it.
    pub(crate) fn restore(&mut self, settled: Vec<u32>, bytes: &mut &[u8]) -> Option<()> {
        self.settled = settled;
        (self.counted_to, self.activity) = Saved::restore(bytes)?;
        self.known = Saved::restore(bytes)?;
        Some(())
    }
}
