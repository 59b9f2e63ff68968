//! Following the journal: promotions and incidents as the book has them.

use std::sync::Mutex;

use base::{IncidentId, Instant, PromotionId};
use engine::{Answer, EventKind, Query};
use promotions::{State as Standing, post_id};

use super::Books;
use crate::own::Owned;
use crate::promoted::promoted;
use crate::state::State;
use crate::{ServingError, locked};

/// Bytes of journal read at a time.
const CHUNK_BYTES: usize = 256 << 10;

impl Books {
    /// Looks at the promotions to which something has happened since. Returns how many.
    pub(crate) fn follow(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        if self.handle.figures().seq() <= self.followed {
            return self.refresh_changed(state, now);
        }
        let mut reader = (self.open_reader)()?;
        let head = reader.head()?;
        if head.removed > self.followed {
            // What has left the journal cannot be heard of any more: everything is looked at.
            self.load(head.seq, state, now)?;
            self.followed = head.seq;
            return Ok(0);
        }
        while self.followed < head.seq {
            let blocks = reader.blocks_after(self.followed, CHUNK_BYTES)?;
            if blocks.is_empty() {
                break;
            }
            for record in blocks.iter().flat_map(journal::Block::records) {
                let record = record.map_err(store::StoreError::from)?;
                let seq = record.header().seq;
                if seq <= self.followed {
                    continue;
                }
                for line in record.events() {
                    match EventKind::from_number(line.kind) {
                        Some(EventKind::Promotions(kind)) if kind.is_about_incident() => {
                            self.told.insert(IncidentId::from_bytes(line.subject));
                        }
                        Some(EventKind::Promotions(_)) => {
                            self.changed.insert(PromotionId::from_bytes(line.subject));
                        }
                        _ => {}
                    }
                }
                self.followed = seq;
            }
        }
        self.refresh_changed(state, now)
    }

    /// Looks at what has changed. What cannot be asked for now is asked for by the next run.
    fn refresh_changed(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let mut refreshed = 0;
        while let Some(incident) = self.told.first().copied() {
            if let Some(Answer::Incident(row)) = self.handle.ask(Query::Incident(incident))? {
                self.incidents.put(row);
            }
            self.told.remove(&incident);
        }
        while let Some(promotion) = self.changed.first().copied() {
            self.refresh(promotion, state, now)?;
            self.changed.remove(&promotion);
            refreshed += 1;
        }
        Ok(refreshed)
    }

    /// Takes a promotion in as it is now.
    pub(super) fn refresh(
        &mut self,
        id: PromotionId,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<(), ServingError> {
        let answer = self.handle.ask(Query::Promotion(id))?;
        let Some(Answer::Promotion { promotion, .. }) = answer else { return Ok(()) };
        if promotion.funded_at.is_none() {
            return Ok(());
        }
        self.alarms.follow(&promotion, now);
        if promotion.state == Standing::Settled {
            let mut state = locked(state);
            let backs = state.remove(id);
            let end = state.next_sequence();
            self.backs.extend(backs.into_iter().map(|back| (back, end)));
            return Ok(());
        }
        let post = self.handle.ask(Query::Post(post_id(&promotion.post)))?;
        let Some(Answer::Post(post)) = post else { return Ok(()) };
        let creator = self.handle.ask(Query::Creator(post.creator))?;
        let Some(Answer::Creator(creator)) = creator else { return Ok(()) };
        let owned = Owned::of(&self.ring, &promotion, &post);
        let believed = self.believed[promotion.terms.goal as usize - 1];
        let promoted = promoted(&promotion, &post, &creator.name, believed);
        locked(state).put(promoted, owned, now);
        Ok(())
    }
}
