//! Holds, which redemptions are too.

use base::{CardId, CheckoutId, HoldId, Instant};
use giftcards::{Hold, HoldStatus};
use ledger::Account;
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// An amount of a gift card reserved for one purpose. A redemption is one that was captured in the
/// same step.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Hold)]
pub(crate) struct HoldView<'a> {
    /// Always `hold`.
    object: &'static str,
    #[schema(value_type = String, example = "hold_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<HoldId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    #[schema(inline)]
    status: HoldStatusName,
    /// All that was ever reserved: captured, released and held together.
    amount: MoneyView,
    /// What is still reserved.
    held: MoneyView,
    /// What was taken.
    captured: MoneyView,
    /// What went back unused, also because the hold lapsed.
    released: MoneyView,
    /// The part of what was taken that went back to the card.
    refunded: MoneyView,
    /// When it lapses; `null` while the checkout that placed it is being paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// The checkout that placed it, which alone may capture, change, release or refund it.
    #[schema(value_type = Option<String>)]
    checkout: Option<Id<CheckoutId>>,
    #[schema(value_type = String, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    gift_card: Id<CardId>,
    /// What the card can still spend.
    card_available: MoneyView,
    /// The shop's own reference, usually its order.
    reference: &'a str,
}

/// Where a hold stands.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum HoldStatusName {
    Held,
    Captured,
    Released,
    Expired,
}

impl<'a> HoldView<'a> {
    pub(crate) fn new(hold: &'a Hold, account: &Account, now: Instant) -> HoldView<'a> {
        let pending = &hold.pending;
        let money = |amount| MoneyView::new(amount, pending.currency);
        let status = match hold.status(now) {
            HoldStatus::Held => HoldStatusName::Held,
            HoldStatus::Captured => HoldStatusName::Captured,
            HoldStatus::Released => HoldStatusName::Released,
            HoldStatus::Expired => HoldStatusName::Expired,
        };
        HoldView {
            object: "hold",
            id: Id(hold.id),
            created_at: Time(hold.created_at),
            metadata: MetadataView(None),
            status,
            amount: money(pending.reserved),
            held: money(pending.open()),
            captured: money(pending.posted),
            released: money(pending.voided),
            refunded: money(hold.refunded),
            expires_at: hold.lapses_at().map(Time),
            checkout: hold.checkout.map(Id),
            gift_card: Id(hold.card),
            card_available: money(account.available()),
            reference: hold.reference.as_str(),
        }
    }
}
