//! Lines of checkouts and orders, and what they share.

use base::{Amount, CreatorId, Currency, Label, ProductId, SellerId};
use serde::{Serialize, Serializer};
use shop::{Allocation, Line, LineId, Source};

use crate::views::Id;
use crate::views::money::MoneyView;

/// Something sold: so many units at a price, less a discount, plus tax.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CheckoutLine)]
pub(crate) struct LineView<'a> {
    /// Its name inside its checkout and order: `l1`, `l2`, or `shipping`.
    #[schema(value_type = String, example = "l1")]
    id: ShortName<LineId>,
    #[schema(value_type = Option<String>)]
    product: Option<Id<ProductId>>,
    name: &'a str,
    /// Who sells it; `null` for shipping, which is paid to the sellers of goods.
    #[schema(value_type = Option<String>)]
    seller: Option<Id<SellerId>>,
    /// Who is credited with the sale.
    #[schema(value_type = Option<String>)]
    creator: Option<Id<CreatorId>>,
    /// `goods`, `service`, `digital`, `promotion` or `gift_card`.
    #[schema(example = "goods")]
    kind: &'static str,
    category: Option<&'a str>,
    quantity: u32,
    /// Price of one unit, without tax.
    unit_price: MoneyView,
    /// What is taken off the price of all units together.
    discount: MoneyView,
    /// Tax on all units together, on top of the price.
    tax: MoneyView,
    /// What is to be paid: all units less the discount, plus tax.
    total: MoneyView,
}

/// A part of a line that a tender pays.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Allocation)]
pub(crate) struct AllocationView {
    #[schema(value_type = String, example = "l1")]
    line: ShortName<LineId>,
    amount: MoneyView,
}

/// Where in the shop a purchase began.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CheckoutSource)]
pub(crate) struct CheckoutSourceView<'a> {
    /// `shop`, `video`, `live`, `post` or `profile`.
    kind: &'static str,
    id: &'a str,
}

/// The name of a line or tender inside its checkout and order.
pub(crate) struct ShortName<T>(pub(crate) T);

impl<T: std::fmt::Display> Serialize for ShortName<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'a> LineView<'a> {
    pub(crate) fn new(line: &'a Line, currency: Currency) -> LineView<'a> {
        let money = |amount| MoneyView::new(amount, currency);
        LineView {
            id: ShortName(line.id),
            product: line.product.map(Id),
            name: line.name.as_str(),
            seller: line.seller.map(Id),
            creator: line.creator.map(Id),
            kind: line.kind.as_str(),
            category: line.category.as_ref().map(Label::as_str),
            quantity: line.quantity,
            unit_price: money(line.unit_price),
            discount: money(line.discount),
            tax: money(line.tax),
            total: money(line.total()),
        }
    }
}

impl AllocationView {
    pub(crate) fn of(allocations: &[Allocation], currency: Currency) -> Vec<AllocationView> {
        let view = |allocation: &Allocation| AllocationView {
            line: ShortName(allocation.line),
            amount: MoneyView::new(allocation.amount, currency),
        };
        allocations.iter().map(view).collect()
    }

    /// All of them together.
    pub(crate) fn sum(allocations: &[Allocation], currency: Currency) -> MoneyView {
        let amounts = allocations.iter().map(|allocation| allocation.amount);
        let sum = amounts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(sum));
        MoneyView::new(sum, currency)
    }
}

impl<'a> CheckoutSourceView<'a> {
    pub(crate) fn new(source: &'a Source) -> CheckoutSourceView<'a> {
        CheckoutSourceView { kind: source.kind.as_str(), id: source.id.as_str() }
    }
}
