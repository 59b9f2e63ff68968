//! Refunds.

use base::{CardId, HoldId, RefundId};
use giftcards::Refund;
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// Captured money that went back to the card it came from.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Refund)]
pub(crate) struct RefundView {
    /// Always `refund`.
    object: &'static str,
    #[schema(value_type = String, example = "ref_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<RefundId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    #[schema(inline)]
    status: RefundStatusName,
    amount: MoneyView,
    #[schema(value_type = String, example = "hold_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    hold: Id<HoldId>,
    #[schema(value_type = String, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    gift_card: Id<CardId>,
}

/// Where a refund stands.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum RefundStatusName {
    Succeeded,
    Reversed,
}

impl RefundView {
    pub(crate) fn new(refund: &Refund) -> RefundView {
        let reversed = refund.reversed;
        RefundView {
            object: "refund",
            id: Id(refund.id),
            created_at: Time(refund.created_at),
            metadata: MetadataView(None),
            status: if reversed { RefundStatusName::Reversed } else { RefundStatusName::Succeeded },
            amount: refund.amount.into(),
            hold: Id(refund.hold),
            gift_card: Id(refund.card),
        }
    }
}
