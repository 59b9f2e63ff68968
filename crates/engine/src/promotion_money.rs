//! Money of promotions on its way from the checkout that pays, and back.

use base::{OrderId, PromotionId, RefundId};

use crate::gift_cards::Decided;
use crate::rows::Walk;
use crate::{Context, RefundIds, Rows};

pub(crate) fn settle<R: Rows>(
    _id: PromotionId,
    _order: Option<OrderId>,
    _refund: RefundId,
    _ids: &RefundIds,
    _walk: &mut Walk<'_, R>,
    _at: Context,
) -> Decided {
    todo!()
}
