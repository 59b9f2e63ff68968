//! Writing to buyers. What these mails say does not change while they wait: each attempt sends the
//! same bytes.

use ::mail::templates::{
    GiftNotDelivered, GiftReceipt, MoneyBack, WhyBack, gift_not_delivered, gift_receipt, money_back,
};
use ::mail::{Content, Name};
use base::{Amount, Money, PurchaseId, Span};
use giftcards::{Card, limits, purchase_of};
use payments::Method;

use super::letter::{Letterhead, known, name};
use super::matter::{Return, Sale};
use super::words::GiftWords;

/// The reason of a refund by which a purchase was undone.
const UNDONE: &str = "undone";
/// The reason of a refund of what nobody has claimed.
const UNCLAIMED: &str = "unclaimed";

impl Letterhead {
    pub(super) fn receipt(&self, sale: &Sale) -> Content {
        let order = &sale.order;
        let paid = order.lines_of_cards().map(|line| line.line.total());
        let paid = paid.fold(Amount::ZERO, |sum, of| sum.checked_add(of).unwrap_or(Amount::MAX));
        let values: Vec<Money> = sale.values.iter().map(|value| order.money(*value)).collect();
        let undo_for = Span::seconds(limits::UNDO_SECONDS);
        gift_receipt(&GiftReceipt {
            shop: &self.shop,
            number: &known(&order.receipt.to_string()),
            cards: &values,
            paid: order.money(paid),
            total: order.money(order.total()),
            undo_minutes: limits::UNDO_SECONDS / 60,
            undo_until: order.created_at.saturating_add(undo_for),
            link: self.purchase_link(purchase_of(order.checkout)).as_ref(),
        })
    }

    pub(super) fn not_delivered(
        &self,
        card: &Card,
        purchase: PurchaseId,
        recipient: &GiftWords,
    ) -> Content {
        gift_not_delivered(&GiftNotDelivered {
            shop: &self.shop,
            recipient: recipient.recipient.as_deref().and_then(name).as_ref(),
            address: recipient.email.as_deref().and_then(name).as_ref(),
            value: card.money(card.value),
            link: self.purchase_link(purchase).as_ref(),
        })
    }

    pub(super) fn returned(&self, sale: &Sale, back: &Return) -> Content {
        let order = &sale.order;
        let way = |(amount, method): &(Amount, Option<_>)| {
            (order.money(*amount), method.as_deref().and_then(shown))
        };
        money_back(&MoneyBack {
            shop: &self.shop,
            why: match back.refund.reason.as_str() {
                // A shop may give a part back for that reason too.
                UNDONE if order.has_given_cards_back() => WhyBack::Undone,
                UNCLAIMED => WhyBack::Unclaimed,
                _ => WhyBack::Refunded,
            },
            ways: &back.ways.iter().map(way).collect::<Vec<_>>(),
            receipt: &known(&order.receipt.to_string()),
            credit_note: &known(&back.refund.credit_note.to_string()),
            link: self.purchase_link(purchase_of(order.checkout)).as_ref(),
        })
    }
}

/// What a payer calls a method; `None` when its rail does not say.
fn shown(method: &Method) -> Option<Name> {
    let (brand, last4) = (method.brand.as_ref()?, method.last4.as_ref()?);
    name(&format!("{brand} ending in {last4}"))
}
