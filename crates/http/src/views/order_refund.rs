//! Refunds of orders, and what they would be.

use base::{CardId, Currency, OrderId, RefundId};
use serde::Serialize;
use shop::{LineId, LineRefund, OrderRefund, RefundAllocation, Refunding, TenderId};

use crate::views::line::ShortName;
use crate::views::money::MoneyView;
use crate::views::order::PartView;
use crate::views::{Id, MetadataView, Time};

/// Money of an order on its way back.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OrderRefund)]
pub(crate) struct OrderRefundView<'a> {
    /// Always `refund`.
    #[schema(pattern = "^refund$")]
    object: &'static str,
    #[schema(value_type = String, example = "ref_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<RefundId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `needs_consent` when any part does, else `pending`, else `failed`, else `succeeded`.
    #[schema(example = "succeeded")]
    status: &'static str,
    amount: MoneyView,
    #[schema(value_type = String)]
    order: Id<OrderId>,
    /// Why, in a machine word.
    reason: &'a str,
    /// Number of the credit note; numbers have no gaps.
    credit_note: u64,
    /// To which tenders, line by line; adds up to the amount. What a canceled card had paid may be
    /// refunded in two allocations of one tender and line: one is owed, and one, goodwill, is owed
    /// to nobody.
    allocations: Vec<RefundAllocationView>,
    /// Of which lines; adds up to the amount.
    lines: Vec<LineRefundView>,
    /// From whom; adds up to the amount.
    parts: Vec<PartView>,
}

/// A part of a refund: of one line, to one tender.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RefundAllocation)]
pub(crate) struct RefundAllocationView {
    /// Who paid it and gets it.
    #[schema(value_type = String, example = "t1")]
    tender: ShortName<TenderId>,
    #[schema(value_type = String, example = "l1")]
    line: ShortName<LineId>,
    amount: MoneyView,
    /// `pending`, `succeeded`, `failed` or `needs_consent`; `null` in a preview.
    status: Option<&'static str>,
    /// The gift card that was given for it because the card that had paid it is gone. What goes
    /// over rails tells that of its refunds over rails.
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    /// True when the shop has paid it by hand because the card that had paid it is gone. What goes
    /// over rails tells that of its refunds over rails.
    paid_by_hand: bool,
}

/// What a refund does to a line.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LineRefund)]
struct LineRefundView {
    #[schema(value_type = String, example = "l1")]
    line: ShortName<LineId>,
    /// Units, when they were asked for or the line goes back whole; else 0.
    quantity: u32,
    /// How much, tax included.
    amount: MoneyView,
}

/// What a refund would be. The refund does exactly this, as long as nothing else happens. Where a
/// canceled card has paid, the refund may tell one allocation in two.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RefundPreview)]
pub(crate) struct RefundPreviewView {
    /// Always `refund_preview`.
    #[schema(pattern = "^refund_preview$")]
    object: &'static str,
    amount: MoneyView,
    /// To which tenders, line by line; adds up to the amount.
    allocations: Vec<RefundAllocationView>,
    /// Of which lines; adds up to the amount.
    lines: Vec<LineRefundView>,
    /// From whom; adds up to the amount.
    parts: Vec<PartView>,
}

impl<'a> OrderRefundView<'a> {
    pub(crate) fn new(refund: &'a OrderRefund) -> OrderRefundView<'a> {
        let currency = refund.amount.currency;
        OrderRefundView {
            object: "refund",
            id: Id(refund.id),
            created_at: Time(refund.created_at),
            metadata: MetadataView(None),
            status: refund.status().as_str(),
            amount: refund.amount.into(),
            order: Id(refund.order),
            reason: refund.reason.as_str(),
            credit_note: refund.credit_note,
            allocations: RefundAllocationView::all(refund),
            lines: LineRefundView::of(&refund.lines, currency),
            parts: PartView::of(&refund.parts, currency),
        }
    }
}

impl RefundAllocationView {
    /// The parts of a refund.
    pub(crate) fn all(refund: &OrderRefund) -> Vec<RefundAllocationView> {
        let currency = refund.amount.currency;
        let allocation = |it: &RefundAllocation| {
            let part = RefundAllocationView::new((it.tender, it.line, it.amount), currency);
            let (status, gift_card) = (Some(it.status.as_str()), it.credit.map(Id));
            RefundAllocationView { status, gift_card, paid_by_hand: it.by_hand, ..part }
        };
        refund.allocations.iter().map(allocation).collect()
    }
}

impl RefundPreviewView {
    pub(crate) fn new(refunding: &Refunding) -> RefundPreviewView {
        let currency = refunding.amount.currency;
        let allocations = refunding.allocations.iter();
        let allocation = |part| RefundAllocationView::new(part, currency);
        RefundPreviewView {
            object: "refund_preview",
            amount: refunding.amount.into(),
            allocations: allocations.copied().map(allocation).collect(),
            lines: LineRefundView::of(&refunding.lines, currency),
            parts: PartView::of(&refunding.parts, currency),
        }
    }
}

impl RefundAllocationView {
    fn new(
        (tender, line, amount): (TenderId, LineId, base::Amount),
        currency: Currency,
    ) -> RefundAllocationView {
        RefundAllocationView {
            tender: ShortName(tender),
            line: ShortName(line),
            amount: MoneyView::new(amount, currency),
            status: None,
            gift_card: None,
            paid_by_hand: false,
        }
    }
}

impl LineRefundView {
    fn of(lines: &[LineRefund], currency: Currency) -> Vec<LineRefundView> {
        let view = |refund: &LineRefund| LineRefundView {
            line: ShortName(refund.line),
            quantity: refund.units,
            amount: MoneyView::new(refund.amount, currency),
        };
        lines.iter().map(view).collect()
    }
}
