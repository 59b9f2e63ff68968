//! Events.

use base::EventId;
use serde::Serialize;

use crate::feed::{Event, Object};
use crate::views::gift_card::GiftCardView;
use crate::views::hold::HoldView;
use crate::views::program::ProgramView;
use crate::views::refund::RefundView;
use crate::views::shop::ShopView;
use crate::views::{Id, Time};

/// Something that happened.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView<'a> {
    /// Always `event`.
    object: &'static str,
    /// The same whenever the event is told, so that it can be told apart from a repetition.
    #[schema(value_type = String, example = "evt_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<EventId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// What happened: `gift_card.issued`, `hold.captured`, `refund.succeeded`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Number of the record in the book's journal. Events of one record share it.
    sequence: u64,
    /// The object it happened to, as it was right after.
    data: EventData<'a>,
}

/// The object of an event, without personal text. `object` tells which it is. What a payer must do
/// is not told here.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
enum EventData<'a> {
    GiftCard(Box<GiftCardView<'a>>),
    Hold(HoldView<'a>),
    Refund(RefundView),
    Program(ProgramView<'a>),
    Shop(ShopView<'a>),
}

impl<'a> EventView<'a> {
    pub(crate) fn new(id: EventId, event: &'a Event) -> EventView<'a> {
        let data = match &event.object {
            Object::Program(program) => EventData::Program(ProgramView::new(program)),
            Object::Card(card, account) => {
                EventData::GiftCard(Box::new(GiftCardView::new(card, account, event.at)))
            }
            Object::Hold(hold, account) => EventData::Hold(HoldView::new(hold, account, event.at)),
            Object::Refund(refund) => EventData::Refund(RefundView::new(refund)),
            Object::Shop(row) => EventData::Shop(
                ShopView::of_row(row, event.at).expect("the feed keeps none but those"),
            ),
        };
        EventView {
            object: "event",
            id: Id(id),
            created_at: Time(event.at),
            kind: event.kind.as_str(),
            sequence: event.seq,
            data,
        }
    }
}
