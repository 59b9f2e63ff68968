//! Telling events to whoever sends them, in the very words of `GET /v1/events`.

use std::sync::Arc;

use base::{EventId, Instant};
use engine::{EventKind, Row};
use jobs::webhooks::{TellEvents, ToldEvent, ToldObject, ToldPage};
use outside::keyring::KeyRing;
use store::{BookName, EventPlace, Reader, StoreError};

use crate::feed::{self, From, Object, Position, Wanted};
use crate::views;
use crate::views::event::EventView;

/// Tells the events of a book.
#[derive(Clone)]
pub struct EventTeller {
    ring: Arc<KeyRing>,
    book: BookName,
}

impl EventTeller {
    /// For this book. The ring makes the ids of its events.
    pub fn new(ring: Arc<KeyRing>, book: BookName) -> EventTeller {
        EventTeller { ring, book }
    }

    fn told(&self, event: &feed::Event) -> ToldEvent {
        let id = id_of(&self.ring, self.book.as_str(), event);
        let mut body = Vec::with_capacity(1024);
        views::write(&EventView::new(id, event), &mut body);
        ToldEvent {
            place: event.place(),
            id: id.to_string(),
            kind: event.kind.as_str(),
            subject: event.subject,
            object: told_object(&event.object),
            body,
        }
    }
}

fn told_object(object: &Object) -> ToldObject {
    match object {
        Object::Card(card, _) => ToldObject::Card(Arc::clone(card)),
        Object::Shop(Row::Order(order)) => ToldObject::Order(Arc::clone(order)),
        Object::Shop(Row::OrderRefund(refund)) => ToldObject::OrderRefund(Arc::clone(refund)),
        _ => ToldObject::Other,
    }
}

impl TellEvents for EventTeller {
    fn page(
        &self,
        reader: &mut dyn Reader,
        from: EventPlace,
        last: u64,
        types: &[String],
        limit: usize,
    ) -> Result<ToldPage, StoreError> {
        let is_named = |kind: &EventKind| types.iter().any(|named| named == kind.as_str());
        let kinds = match types {
            [] => None,
            _ => Some(EventKind::all().filter(is_named).collect()),
        };
        let wanted = Wanted { kinds, last: Some(last), limit };
        let told = feed::tell(reader, From::Start(Position::at(from)), &wanted)?;
        // Records that leave the journal at this very moment are passed over the next time.
        let Some(told) = told else { return Ok(ToldPage { events: Vec::new(), next: from }) };
        let events = told.events.iter().map(|event| self.told(event)).collect();
        Ok(ToldPage { events, next: told.next.place() })
    }

    fn one(
        &self,
        reader: &mut dyn Reader,
        place: EventPlace,
    ) -> Result<Option<ToldEvent>, StoreError> {
        let wanted = Wanted { kinds: None, last: Some(place.seq), limit: 1 };
        let told = feed::tell(reader, From::Cursor(Position::at(place)), &wanted)?;
        let event = told.and_then(|told| told.events.into_iter().next());
        Ok(event.filter(|event| event.place() == place).map(|event| self.told(&event)))
    }
}

/// The id of an event: its time, its book, its record and its place in it. It is the same whenever
/// the event is told, and events of two books of one server differ.
pub(crate) fn id_of(ring: &KeyRing, book: &str, event: &feed::Event) -> EventId {
    let book = ring.short_hash("book of events", book.as_bytes());
    event_id(event.at, [book[0], book[1]], event.place())
}

fn event_id(at: Instant, book: [u8; 2], place: EventPlace) -> EventId {
    let [_, _, seq @ ..] = place.seq.to_be_bytes();
    let [_, _, index @ ..] = place.index.to_be_bytes();
    let mut random = [0; 10];
    random[..2].copy_from_slice(&book);
    random[2..8].copy_from_slice(&seq);
    random[8..].copy_from_slice(&index);
    EventId::from_parts(at, random)
}

/// Where the event of this id is, if there is one.
pub(crate) fn place_of(id: EventId) -> EventPlace {
    let [.., s0, s1, s2, s3, s4, s5, i0, i1] = id.to_bytes();
    EventPlace {
        seq: u64::from_be_bytes([0, 0, s0, s1, s2, s3, s4, s5]),
        index: u32::from(u16::from_be_bytes([i0, i1])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_event_tells_where_it_is() {
        for (seq, index) in [(1, 0), (77, 3), ((1 << 48) - 1, u32::from(u16::MAX))] {
            let place = EventPlace { seq, index };
            assert_eq!(place_of(event_id(Instant::MIN, [7, 8], place)), place);
        }
    }
}
