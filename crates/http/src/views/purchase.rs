//! Purchases of gift cards.

use base::{Amount, CardId, CheckoutId, Instant, OrderId, PersonId, PurchaseId, Span, Token};
use giftcards::{Card, Purchase, limits};
use ledger::Account;
use payments::Payment;
use serde::Serialize;
use shop::{Checkout, CheckoutState, LineId, Order};

use crate::views::checkout::{self, NextActionView};
use crate::views::gift_card::{CardStatusName, DeliveryView, UnclaimedView};
use crate::views::line::ShortName;
use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// Gift cards that a checkout sells, from its creation on.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftCardPurchase)]
pub(crate) struct PurchaseView<'a> {
    /// Always `gift_card_purchase`.
    #[schema(pattern = "^gift_card_purchase$")]
    object: &'static str,
    #[schema(value_type = String, example = "gcp_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PurchaseId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `pending` until it is paid; `requires_action` while the payer must do something; `paid`;
    /// `failed` or `expired`, when nothing was taken; `undone` once all that was paid for the cards
    /// has gone back or is on its way.
    #[schema(example = "paid")]
    status: &'static str,
    /// Why the last attempt to pay has failed.
    #[schema(example = "declined")]
    failure: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    buyer: Option<Id<PersonId>>,
    /// What the cards are worth together.
    total: MoneyView,
    /// Cards.
    quantity: usize,
    /// The checkout that sells them.
    #[schema(value_type = String)]
    checkout: Id<CheckoutId>,
    /// The order, once paid.
    #[schema(value_type = Option<String>)]
    order: Option<Id<OrderId>>,
    /// The cards, once paid.
    gift_cards: Vec<PurchasedCardView>,
    /// Until then the purchase can be undone, as long as nobody has claimed or spent a card; `null`
    /// until it is paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    undo_until: Option<Time>,
    /// Seconds that are left until then by the clock of the book; `null` when it is over, or the
    /// purchase is not `paid`.
    undo_left_s: Option<u64>,
    /// What the payer must do before the payment goes on.
    next_action: Option<NextActionView<'a>>,
}

/// A card that was bought.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PurchasedGiftCard)]
struct PurchasedCardView {
    #[schema(value_type = String, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<CardId>,
    /// The line that sold it.
    #[schema(value_type = String, example = "l1")]
    line: ShortName<LineId>,
    #[schema(inline)]
    status: CardStatusName,
    value: MoneyView,
    /// True once a person has taken the card into their wallet.
    claimed: bool,
    /// What becomes of it unless somebody claims or uses it before; `null` when nothing does.
    unclaimed: Option<UnclaimedView>,
    /// How it reaches its recipient; `bounced` says that the address is to be corrected.
    delivery: DeliveryView,
    /// The code, shown in the answer to the purchase, for 24 hours, to keys with the scope
    /// `gift_cards:reveal`, until the card is claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: Option<String>,
}

/// A purchase with all that belongs to it, at one instant.
pub(crate) struct Bought<'a> {
    pub(crate) purchase: &'a Purchase,
    pub(crate) checkout: &'a Checkout,
    /// The payment whose payer must do something.
    pub(crate) waits_for: Option<&'a Payment>,
    /// The order, once there is one.
    pub(crate) order: Option<&'a Order>,
    /// The cards, once there are some.
    pub(crate) cards: Vec<BoughtCard<'a>>,
    /// The book's time.
    pub(crate) now: Instant,
}

/// A card with its account, and its code where that may be told.
pub(crate) struct BoughtCard<'a> {
    pub(crate) card: &'a Card,
    pub(crate) account: &'a Account,
    pub(crate) code: Option<String>,
}

impl<'a> PurchaseView<'a> {
    pub(crate) fn new(bought: Bought<'a>) -> PurchaseView<'a> {
        let Bought { purchase, checkout, waits_for, order, cards, now } = bought;
        let values = purchase.cards.iter().map(|card| card.value);
        let total =
            values.fold(Amount::ZERO, |sum, value| sum.checked_add(value).unwrap_or(Amount::MAX));
        let undo_until =
            |order: &Order| order.created_at.saturating_add(Span::seconds(limits::UNDO_SECONDS));
        let status = status(purchase, checkout, order, now);
        let left =
            order.filter(|_| status == "paid").and_then(|order| undo_until(order).since(now));
        let line_of = |card: CardId| purchase.cards.iter().find(|sold| sold.card == card);
        let card = |BoughtCard { card, account, code }: BoughtCard<'_>| PurchasedCardView {
            id: Id(card.id),
            line: ShortName(LineId::Number(line_of(card.id).map_or(1, |sold| sold.line))),
            status: CardStatusName::of(card, account, now),
            value: MoneyView::new(card.value, card.currency),
            claimed: card.owner().is_some(),
            unclaimed: UnclaimedView::new(card),
            delivery: DeliveryView::new(card),
            code,
        };
        PurchaseView {
            object: "gift_card_purchase",
            id: Id(purchase.id),
            created_at: Time(purchase.created_at),
            status,
            failure: checkout.failure.as_ref().map(Token::as_str),
            buyer: checkout.buyer.map(Id),
            total: MoneyView::new(total, purchase.currency),
            quantity: purchase.cards.len(),
            checkout: Id(checkout.id),
            order: purchase.order.map(Id),
            gift_cards: cards.into_iter().map(card).collect(),
            undo_until: order.map(undo_until).map(Time),
            undo_left_s: left.map(|left| left.micros() / 1_000_000).filter(|left| *left > 0),
            next_action: waits_for.and_then(checkout::next_action),
        }
    }
}

/// Where a purchase stands. Of rows that lists show one may be newer than another: an order that is
/// not there yet has given nothing back.
pub(crate) fn status(
    purchase: &Purchase,
    checkout: &Checkout,
    order: Option<&Order>,
    now: Instant,
) -> &'static str {
    if order.is_some_and(Order::has_given_cards_back) {
        return "undone";
    }
    if purchase.order.is_some() {
        return "paid";
    }
    match checkout::status(checkout, now) {
        CheckoutState::Open | CheckoutState::Paying | CheckoutState::Paid => "pending",
        CheckoutState::RequiresAction => "requires_action",
        CheckoutState::Failed => "failed",
        CheckoutState::Expired => "expired",
    }
}
