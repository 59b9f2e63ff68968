//! Where the events to be sent come from.

use std::fmt;
use std::sync::Arc;

use giftcards::Card;
use shop::{Order, OrderRefund};
use store::{EventPlace, Reader, StoreError};

/// An event as the API shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ToldEvent {
    /// Its place in the journal.
    pub place: EventPlace,
    /// Its id.
    pub id: String,
    /// Its type, such as `gift_card.issued`.
    pub kind: &'static str,
    /// The id of the object it happened to.
    pub subject: [u8; 16],
    /// What it happened to, right after.
    pub object: ToldObject,
    /// The object that `GET /v1/events` shows, as JSON.
    pub body: Vec<u8>,
}

/// What an event is about, for jobs that look at more than its id.
#[derive(Clone, PartialEq, Eq)]
pub enum ToldObject {
    /// A card.
    Card(Arc<Card>),
    /// An order.
    Order(Arc<Order>),
    /// A refund of an order.
    OrderRefund(Arc<OrderRefund>),
    /// Anything else.
    Other,
}

/// Without the body: what is in it is for its receivers.
impl fmt::Debug for ToldEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToldEvent").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Some events in a row.
#[derive(Debug)]
pub struct ToldPage {
    /// In the order in which they happened.
    pub events: Vec<ToldEvent>,
    /// Where to go on; before it, nothing that is wanted was left out.
    pub next: EventPlace,
}

/// Tells what happened in a book, in the words of the API: implemented by whoever has those words.
pub trait TellEvents: Send + Sync {
    /// Events from a place on, of records up to `last`: those of the named types, or all when none
    /// is named; `limit` at most. What has left the journal is passed over.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn page(
        &self,
        reader: &mut dyn Reader,
        from: EventPlace,
        last: u64,
        types: &[String],
        limit: usize,
    ) -> Result<ToldPage, StoreError>;

    /// The event at a place; `None` when there is none, or none any more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn one(
        &self,
        reader: &mut dyn Reader,
        place: EventPlace,
    ) -> Result<Option<ToldEvent>, StoreError>;
}
