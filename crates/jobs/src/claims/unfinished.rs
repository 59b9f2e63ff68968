//! How many claims and restitutions are late or wait for a person, for whoever watches over a book.

use std::time::Duration;

use base::Instant;
use engine::{Key, Row};
use store::{DueObject, Reader};

use super::open_claims;
use crate::{Figure, JobError};

/// Rows read at once.
const PORTION: usize = 256;

/// Between two counts.
pub(super) const COUNTED_EVERY: Duration = Duration::from_secs(10 * 60);

/// What is not as it should be, as of the last count; anybody may read it.
#[derive(Debug, Default)]
pub struct UnfinishedFigures {
    /// Claims of which a step is late.
    pub late_claims: Figure,
    /// Restitutions whose money should have left.
    pub late_restitutions: Figure,
    /// Restitutions that their order refuses to send, which wait for a person.
    pub stuck_restitutions: Figure,
}

impl UnfinishedFigures {
    /// Whether anything was late, or waited for a person, at the last count.
    pub(super) fn is_any(&self) -> bool {
        let all = [&self.late_claims, &self.late_restitutions, &self.stuck_restitutions];
        all.into_iter().any(|figure| figure.get() > 0)
    }

    /// Counts anew.
    pub(super) fn count(&self, reader: &mut dyn Reader, now: Instant) -> Result<(), JobError> {
        let claims: Vec<Key> = open_claims(reader)?.into_iter().map(Key::Claim).collect();
        let due = reader.due_of_claims(Instant::MAX, u32::MAX)?;
        let restitutions = due.into_iter().filter_map(|due| match due.what {
            DueObject::Restitution(id) => Some(Key::Restitution(id)),
            _ => None,
        });
        let restitutions: Vec<Key> = restitutions.collect();
        let (mut late_claims, mut late, mut stuck) = (0_u64, 0_u64, 0_u64);
        for keys in claims.chunks(PORTION).chain(restitutions.chunks(PORTION)) {
            for row in reader.rows(keys)?.into_iter().flatten() {
                match row {
                    Row::Claim(row) => {
                        late_claims += u64::from(row.due_at().is_some_and(|at| at <= now));
                    }
                    Row::Restitution(row) => {
                        late += u64::from(row.is_late(now));
                        stuck += u64::from(row.is_stuck());
                    }
                    _ => {}
                }
            }
        }
        self.late_claims.set(late_claims);
        self.late_restitutions.set(late);
        self.stuck_restitutions.set(stuck);
        Ok(())
    }
}
