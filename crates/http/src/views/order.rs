//! Orders.

use base::{CardId, CheckoutId, Currency, HoldId, MethodId, OrderId, PaymentId, PersonId};
use serde::{Serialize, Serializer};
use shop::{Order, OrderLine, OrderTender, PaidBy, Part, Party, TenderId};

use crate::views::line::{AllocationView, CheckoutSourceView, LineView, ShortName};
use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// What a checkout became when every tender had succeeded.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView<'a> {
    /// Always `order`.
    #[schema(pattern = "^order$")]
    object: &'static str,
    #[schema(value_type = String, example = "ord_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<OrderId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    /// `paid`, `partly_refunded` or `refunded`, what is on its way back included.
    #[schema(example = "paid")]
    status: &'static str,
    #[schema(value_type = String)]
    checkout: Id<CheckoutId>,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Whose tax was collected.
    #[schema(example = "US-CA")]
    region: &'a str,
    #[schema(value_type = Option<String>)]
    buyer: Option<Id<PersonId>>,
    /// Number of the receipt; numbers have no gaps.
    receipt: u64,
    /// What was paid.
    total: MoneyView,
    /// What has gone back, or is on its way.
    refunded: MoneyView,
    lines: Vec<OrderLineView<'a>>,
    /// Tenders that paid nothing are left out.
    tenders: Vec<OrderTenderView>,
    /// Where the purchase began.
    source: Option<CheckoutSourceView<'a>>,
}

/// A line of an order.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OrderLine)]
struct OrderLineView<'a> {
    #[serde(flatten)]
    line: LineView<'a>,
    /// Who gets what of it; adds up to its total.
    parts: Vec<PartView>,
    /// How much of it has gone back, or is on its way.
    refunded: MoneyView,
    /// Units that were refunded as units.
    refunded_quantity: u32,
}

/// How an order was paid.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OrderTender)]
struct OrderTenderView {
    /// As in the checkout.
    #[schema(value_type = String, example = "t1")]
    id: ShortName<TenderId>,
    /// `gift_card` or `payment_method`.
    kind: &'static str,
    /// What it paid of all lines.
    amount: MoneyView,
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    #[schema(value_type = Option<String>)]
    hold: Option<Id<HoldId>>,
    #[schema(value_type = Option<String>)]
    payment_method: Option<Id<MethodId>>,
    #[schema(value_type = Option<String>)]
    payment: Option<Id<PaymentId>>,
    allocations: Vec<AllocationView>,
}

/// What somebody gets of a line, or gives back.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Part)]
pub(crate) struct PartView {
    /// `seller`, `commission`, `creator`, `gift_cards`, `promotion` or `tax`.
    kind: &'static str,
    /// The seller or creator, or the line that has bought cards or pays for a promotion; `null` for
    /// the others.
    #[schema(value_type = Option<String>)]
    of: Option<Of>,
    amount: MoneyView,
}

/// Whose part it is, where there may be several.
struct Of(Party);

impl Serialize for Of {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Party::Seller(seller) => serializer.collect_str(&seller),
            Party::Creator(creator) => serializer.collect_str(&creator),
            Party::Cards(line) | Party::Promotion(line) => serializer.collect_str(&line),
            Party::Commission | Party::Tax => serializer.serialize_none(),
        }
    }
}

impl<'a> OrderView<'a> {
    pub(crate) fn new(order: &'a Order) -> OrderView<'a> {
        let currency = order.currency;
        OrderView {
            object: "order",
            id: Id(order.id),
            created_at: Time(order.created_at),
            metadata: MetadataView(Some(&order.metadata)),
            status: order.status().as_str(),
            checkout: Id(order.checkout),
            currency: currency.code(),
            region: order.region.as_str(),
            buyer: order.buyer.map(Id),
            receipt: order.receipt,
            total: MoneyView::new(order.total(), currency),
            refunded: MoneyView::new(order.refunded(), currency),
            lines: order.lines.iter().map(|line| OrderLineView::new(line, currency)).collect(),
            tenders: order.tenders.iter().map(|it| OrderTenderView::new(it, currency)).collect(),
            source: order.source.as_ref().map(CheckoutSourceView::new),
        }
    }
}

impl<'a> OrderLineView<'a> {
    fn new(line: &'a OrderLine, currency: Currency) -> OrderLineView<'a> {
        OrderLineView {
            line: LineView::new(&line.line, currency),
            parts: PartView::of(&line.parts, currency),
            refunded: MoneyView::new(line.refunded, currency),
            refunded_quantity: line.refunded_units,
        }
    }
}

impl OrderTenderView {
    fn new(tender: &OrderTender, currency: Currency) -> OrderTenderView {
        let (card, hold, method, payment) = match tender.paid_by {
            PaidBy::GiftCard { card, hold } => (Some(card), Some(hold), None, None),
            PaidBy::PaymentMethod { method, payment } => (None, None, Some(method), Some(payment)),
        };
        OrderTenderView {
            id: ShortName(tender.id),
            kind: if card.is_some() { "gift_card" } else { "payment_method" },
            amount: AllocationView::sum(&tender.allocations, currency),
            gift_card: card.map(Id),
            hold: hold.map(Id),
            payment_method: method.map(Id),
            payment: payment.map(Id),
            allocations: AllocationView::of(&tender.allocations, currency),
        }
    }
}

impl PartView {
    pub(crate) fn of(parts: &[Part], currency: Currency) -> Vec<PartView> {
        let view = |part: &Part| {
            let (kind, is_one_of_several) = match part.party {
                Party::Seller(_) => ("seller", true),
                Party::Commission => ("commission", false),
                Party::Creator(_) => ("creator", true),
                Party::Cards(_) => ("gift_cards", true),
                Party::Promotion(_) => ("promotion", true),
                Party::Tax => ("tax", false),
            };
            let of = is_one_of_several.then_some(Of(part.party));
            PartView { kind, of, amount: MoneyView::new(part.amount, currency) }
        };
        parts.iter().map(view).collect()
    }
}
