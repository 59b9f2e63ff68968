//! Checkouts.

use base::{CardId, CheckoutId, HoldId, Instant, MethodId, OrderId, PaymentId, PersonId, Token};
use payments::{Payment, PaymentState};
use serde::Serialize;
use shop::{Checkout, CheckoutState, Tender, TenderId, TenderKind};

use crate::views::line::{AllocationView, CheckoutSourceView, LineView, ShortName};
use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// Lines to be paid, and the tenders that pay them.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Checkout)]
pub(crate) struct CheckoutView<'a> {
    /// Always `checkout`.
    #[schema(pattern = "^checkout$")]
    object: &'static str,
    #[schema(value_type = String, example = "chk_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<CheckoutId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    /// `open`, `requires_action`, `paying`, `paid`, `failed` or `expired`.
    #[schema(example = "open")]
    status: &'static str,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Where the buyer is.
    #[schema(example = "US-CA")]
    region: &'a str,
    #[schema(value_type = Option<String>)]
    buyer: Option<Id<PersonId>>,
    lines: Vec<LineView<'a>>,
    /// Where the purchase began.
    source: Option<CheckoutSourceView<'a>>,
    /// What is to be paid.
    total: MoneyView,
    /// What the tenders pay.
    applied: MoneyView,
    /// What no tender pays yet.
    remaining: MoneyView,
    /// Those of a failed attempt stay to be seen until the next one begins.
    tenders: Vec<TenderView>,
    /// Why the last attempt to pay has failed.
    #[schema(example = "declined")]
    failure: Option<&'a str>,
    /// The order, once paid.
    #[schema(value_type = Option<String>)]
    order: Option<Id<OrderId>>,
    /// From then on it is abandoned, unless it is being paid or was.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// What the payer must do before the payment goes on. Only `pay` and `GET` by id tell it;
    /// everywhere else it is `null`.
    next_action: Option<NextActionView<'a>>,
}

/// One way a checkout is paid.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Tender)]
pub(crate) struct TenderView {
    /// Its name inside the checkout and order: `t1`, `t2`; never used again.
    #[schema(value_type = String, example = "t1")]
    id: ShortName<TenderId>,
    /// `gift_card` or `payment_method`.
    kind: &'static str,
    /// What it pays of all lines.
    amount: MoneyView,
    /// `applied`, `paying`, `requires_action`, `paid`, `released` or `failed`.
    status: &'static str,
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    /// What reserves its part on the card; `null` while other tenders leave it nothing to pay.
    #[schema(value_type = Option<String>)]
    hold: Option<Id<HoldId>>,
    #[schema(value_type = Option<String>)]
    payment_method: Option<Id<MethodId>>,
    /// The payment over it, once payment has begun.
    #[schema(value_type = Option<String>)]
    payment: Option<Id<PaymentId>>,
    allocations: Vec<AllocationView>,
}

/// What the payer must do.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = NextAction)]
pub(crate) struct NextActionView<'a> {
    /// `redirect`: send the payer to `url`.
    kind: &'static str,
    url: &'a str,
}

impl<'a> CheckoutView<'a> {
    /// `waits_for` is the payment whose payer must do something, where that may be told.
    pub(crate) fn new(
        checkout: &'a Checkout,
        waits_for: Option<&'a Payment>,
        now: Instant,
    ) -> CheckoutView<'a> {
        let money = |amount| MoneyView::new(amount, checkout.currency);
        let tender = |tender| TenderView::new(tender, checkout);
        CheckoutView {
            object: "checkout",
            id: Id(checkout.id),
            created_at: Time(checkout.created_at),
            metadata: MetadataView(Some(&checkout.metadata)),
            status: status(checkout, now).as_str(),
            currency: checkout.currency.code(),
            region: checkout.region.as_str(),
            buyer: checkout.buyer.map(Id),
            lines: checkout.lines.iter().map(|it| LineView::new(it, checkout.currency)).collect(),
            source: checkout.source.as_ref().map(CheckoutSourceView::new),
            total: money(checkout.total()),
            applied: money(checkout.applied()),
            remaining: money(checkout.remaining()),
            tenders: checkout.tenders.iter().map(tender).collect(),
            failure: checkout.failure.as_ref().map(Token::as_str),
            order: checkout.order.map(Id),
            expires_at: Time(checkout.expires_at),
            next_action: waits_for.and_then(next_action),
        }
    }
}

impl TenderView {
    fn new(tender: &Tender, checkout: &Checkout) -> TenderView {
        let (card, hold, method, payment) = match tender.kind {
            TenderKind::GiftCard { card, hold } => (Some(card), hold, None, None),
            TenderKind::PaymentMethod { method, payment, .. } => {
                (None, None, Some(method), payment)
            }
        };
        TenderView {
            id: ShortName(tender.id),
            kind: if card.is_some() { "gift_card" } else { "payment_method" },
            amount: MoneyView::new(tender.amount(), checkout.currency),
            status: tender.status.as_str(),
            gift_card: card.map(Id),
            hold: hold.map(Id),
            payment_method: method.map(Id),
            payment: payment.map(Id),
            allocations: AllocationView::of(&tender.allocations, checkout.currency),
        }
    }
}

/// A checkout past its time is shown as expired before it is booked as such.
pub(crate) fn status(checkout: &Checkout, now: Instant) -> CheckoutState {
    match checkout.state {
        CheckoutState::Open | CheckoutState::Failed if !checkout.is_open(now) => {
            CheckoutState::Expired
        }
        state => state,
    }
}

pub(crate) fn next_action(payment: &Payment) -> Option<NextActionView<'_>> {
    match &payment.state {
        PaymentState::RequiresAction { next_action } => {
            Some(NextActionView { kind: "redirect", url: next_action.0.as_str() })
        }
        _ => None,
    }
}
