//! How often each refusal was given.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use engine::{Refusal, StoredRefusal};

/// One more than the highest number of a refusal.
const NUMBERS: usize = 557;

/// A count for each refusal there is.
#[derive(Debug)]
pub(crate) struct RefusalCounts(Box<[AtomicU64]>);

impl Default for RefusalCounts {
    fn default() -> RefusalCounts {
        RefusalCounts((0..NUMBERS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl RefusalCounts {
    pub(crate) fn note(&self, refusal: &Refusal) {
        if let Some(count) = self.0.get(usize::from(refusal.stored().number)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Each code with its count, in the order of their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        codes().iter().map(|(number, code)| (*code, self.0[usize::from(*number)].load(Relaxed)))
    }
}

/// Every refusal: its number and its code.
fn codes() -> &'static [(u16, &'static str)] {
    static CODES: LazyLock<Vec<(u16, &'static str)>> = LazyLock::new(|| {
        let money = base::Money::new(1, base::Currency::USD);
        let below = u16::try_from(NUMBERS).unwrap_or(u16::MAX);
        let code = |number| {
            let stored = StoredRefusal { number, why: 1, money, tender: None };
            Refusal::from_stored(stored).map(|refusal| (number, refusal.code()))
        };
        (0..below).filter_map(code).collect()
    });
    &CODES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_count() {
        let money = base::Money::new(1, base::Currency::USD);
        let known =
            |number| Refusal::from_stored(StoredRefusal { number, why: 1, money, tender: None });
        let all: Vec<Refusal> = (0..=u16::MAX).filter_map(known).collect();
        assert_eq!(all.len(), codes().len(), "a number is beyond the counts");
        let counts = RefusalCounts::default();
        all.iter().for_each(|refusal| counts.note(refusal));
        assert!(counts.all().all(|(_, count)| count == 1));
    }
}
