//! What a stream's log makes of its state: by reading it, or a snapshot of it.

use base::Instant;
use feed::CounterRecord;
use feed::saved::Saved;

use super::State;
use crate::entry::Entry;
use crate::promoted::cap;

impl State {
    /// Takes in what the log tells next. False when something is missing before it.
    pub(crate) fn replay(&mut self, entries: &[Entry], now: Instant) -> bool {
        self.recall_events(entries, now);
        self.recall_traffic(entries, now);
        let mut is_whole = true;
        for entry in entries {
            match entry {
                Entry::Verdict(record) => is_whole &= self.judge.replay(record).is_ok(),
                Entry::Counter(CounterRecord::Started { .. }) => {
                    self.process = self.process.wrapping_add(1);
                }
                Entry::Counter(_) | Entry::Done(..) | Entry::Segment(_) => {}
            }
        }
        is_whole
    }

    /// Appends what is to be remembered of all that is in the log once what was taken as unwritten
    /// is.
    pub(crate) fn save(&self, now: Instant, out: &mut Vec<u8>) {
        // That this one has begun is in the log too.
        self.process.wrapping_add(1).save(out);
        self.judge.save(out);
        self.chooser.save_learned(now.saturating_sub(cap().within), out);
    }

    /// What the judge remembers.
    #[cfg(test)]
    pub(crate) fn save_judge(&self, out: &mut Vec<u8>) {
        self.judge.save(out);
    }

    /// Takes over what was saved of the same stream. `None` when it was by other rules, or its time
    /// is after `latest`: then this one is not to be used any more.
    pub(crate) fn restore(&mut self, bytes: &mut &[u8], latest: Instant) -> Option<()> {
        self.process = Saved::restore(bytes)?;
        self.judge.restore(bytes)?;
        self.chooser.restore_learned(bytes)?;
        (self.judge.latest() <= latest).then_some(())
    }
}
