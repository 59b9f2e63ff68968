//! What promotions gave back.

use base::{Currency, PromotionId, PromotionSettlementId};
use promotions::Settlement;
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// A statement of what a promotion gave back, and why so much. It never changes. A second one
/// follows when delivery turns out to be invalid after the first.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionSettlement)]
pub(crate) struct PromotionSettlementView {
    /// Always `promotion_settlement`.
    #[schema(pattern = "^promotion_settlement$")]
    object: &'static str,
    #[schema(value_type = String, example = "pst_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PromotionSettlementId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String)]
    promotion: Id<PromotionId>,
    /// The how manyth of the promotion, from 1.
    number: u32,
    /// What was paid, tax not counted.
    paid: MoneyView,
    /// What the platform had added.
    incentive: MoneyView,
    /// What was spent of both.
    spent: MoneyView,
    /// What goes back to whoever paid by this settlement, tax not counted; the refund of the order
    /// adds the tax that belongs to it.
    returned: MoneyView,
    /// The same by this settlement and those before it.
    returned_so_far: MoneyView,
    /// What goes back to the platform.
    incentive_returned: MoneyView,
    /// Valid units that were delivered.
    delivered_units: u64,
    /// The number that was guaranteed, if one was.
    guaranteed_units: Option<u64>,
}

impl PromotionSettlementView {
    /// `currency` is that of the promotion.
    pub(crate) fn new(settlement: &Settlement, currency: Currency) -> PromotionSettlementView {
        let money = |amount| MoneyView::new(amount, currency);
        PromotionSettlementView {
            object: "promotion_settlement",
            id: Id(settlement.id),
            created_at: Time(settlement.at),
            promotion: Id(settlement.promotion),
            number: settlement.number,
            paid: money(settlement.paid),
            incentive: money(settlement.incentive),
            spent: money(settlement.spent),
            returned: money(settlement.back),
            returned_so_far: money(settlement.back_so_far),
            incentive_returned: money(settlement.incentive_back),
            delivered_units: settlement.delivered_units,
            guaranteed_units: settlement.guaranteed_units,
        }
    }
}
