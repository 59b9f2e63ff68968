//! What happened on a gift card.

use base::{Currency, TransferId};
use ledger::EntryPlace;
use reports::{About, Activity};
use serde::{Serialize, Serializer};

use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// One line of a gift card's history.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Activity)]
pub(crate) struct ActivityView {
    /// Always `activity`.
    object: &'static str,
    /// The transfer that did it.
    #[schema(value_type = String, example = "tr_0000000000000r0000000000000")]
    id: Id<TransferId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `issued`, `redeemed`, `held`, `captured`, `released`, `hold_expired`, `refunded`,
    /// `adjusted`, `expired`, `canceled`, `reversed`, `imported` or `extended`.
    kind: &'static str,
    /// Why something was adjusted: `goodwill`, `correction`, `compensation`, `fraud` or `other`.
    /// `null` for everything else, and for what was adjusted before reasons were kept.
    #[schema(example = "goodwill")]
    reason: Option<&'static str>,
    /// The card, hold or refund that it belongs to.
    #[schema(value_type = String, example = "hold_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    subject: Subject,
    /// What it did to the balance: negative when the card lost.
    amount: MoneyView,
    /// What it did to the held amount.
    held_change: MoneyView,
    /// The balance after it, held amounts included.
    balance: MoneyView,
    /// What is held after it.
    held: MoneyView,
    /// Number of the record in the book's journal.
    sequence: u64,
}

impl ActivityView {
    pub(crate) fn new(activity: &Activity, currency: Currency) -> ActivityView {
        let money = |amount| MoneyView::signed(amount, currency);
        ActivityView {
            object: "activity",
            id: Id(transfer_of(activity.place)),
            created_at: Time(activity.at),
            kind: activity.what.as_str(),
            reason: activity.what.detail(),
            subject: Subject(activity.about),
            amount: money(activity.amount),
            held_change: money(activity.held_change),
            balance: money(activity.balance),
            held: MoneyView::new(activity.held, currency),
            sequence: activity.place.sequence(),
        }
    }
}

/// The transfer of an entry: ids of transfers are made of sequence and position.
pub(crate) fn transfer_of(place: EntryPlace) -> TransferId {
    TransferId::from_bits(u128::from(place.sequence()) << 64 | u128::from(place.line()))
}

/// The id of what an activity belongs to.
struct Subject(About);

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
