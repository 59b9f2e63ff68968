//! What a mail is about, looked up right before each attempt, and whether there is still reason to
//! send it.

use std::sync::Arc;

use base::RefundId;
use base::{Amount, CardId, CheckoutId, ContactId, Instant, OrderId, PaymentId, PurchaseId};
use engine::{Answer, Query};
use giftcards::purchase_of;
use giftcards::{Card, CardState, Channel, Delivery, DeliveryState, Funding, Sending};
use payments::Method;
use shop::{Order, OrderRefund, PaidBy, RefundStatus, TenderId};
use store::MailCause;
use writer::{Handle, Trouble};

/// What a mail is about.
pub(super) enum Matter {
    /// A gift that is sent, with its sender and recipient as the book knows them. Whoever sends a
    /// gift to themselves is nobody to report, and neither is the shop.
    Gift(Arc<Card>, Option<ContactId>),
    /// A gift of somebody whom the recipient or the shop has blocked since it was bought.
    Unwanted,
    /// A sale that was paid.
    Receipt(Sale),
    /// A bought card that did not arrive.
    NotDelivered(Arc<Card>, PurchaseId),
    /// Money of a sale that goes back.
    Returned(Sale, Return),
}

/// An order that sold gift cards.
pub(super) struct Sale {
    pub(super) order: Arc<Order>,
    /// The first of its cards that says who gave it.
    pub(super) card: Arc<Card>,
    /// Value of each of its cards.
    pub(super) values: Vec<Amount>,
}

/// What of it goes back.
pub(super) struct Return {
    pub(super) refund: Arc<OrderRefund>,
    /// Of what gift cards had cost: how much goes where.
    pub(super) ways: Vec<(Amount, Option<Arc<Method>>)>,
}

/// What a mail is about; `None` when there is no reason to send it any more.
pub(super) fn matter(cause: MailCause, handle: &Handle) -> Result<Option<Matter>, Trouble> {
    match cause {
        MailCause::Gift { card, sending } => {
            let is_due = |card: &Arc<Card>| waiting(card).is_some_and(|it| it.sendings == sending);
            let Some(card) = self::card(card, handle)?.filter(is_due) else { return Ok(None) };
            gift(card, handle).map(Some)
        }
        MailCause::Receipt { order } => {
            // The mail about what goes back is enough then.
            let sale = sale(order, handle)?.filter(|sale| !sale.order.has_given_cards_back());
            Ok(sale.map(Matter::Receipt))
        }
        MailCause::NotDelivered { card, sending } => not_delivered(card, sending, handle),
        MailCause::Returned { refund } => returned(refund, handle),
    }
}

/// A card.
pub(super) fn card(id: CardId, handle: &Handle) -> Result<Option<Arc<Card>>, Trouble> {
    Ok(match handle.ask(Query::Card(id))? {
        Some(Answer::Card { card, .. }) => Some(card),
        _ => None,
    })
}

/// A gift that is due, unless its sender may not send it any more.
fn gift(card: Arc<Card>, handle: &Handle) -> Result<Matter, Trouble> {
    let Some(sending) = Sending::of_card(&card, None, Instant::MIN) else {
        return Ok(Matter::Gift(card, None));
    };
    if let Some(Answer::Sender(sender)) = handle.ask(Query::Sender(sending.sender))?
        && sender.blocked.is_some()
    {
        return Ok(Matter::Unwanted);
    }
    let Some(contact) = sending.contact() else { return Ok(Matter::Gift(card, None)) };
    Ok(match handle.ask(Query::Contact(contact))? {
        Some(Answer::Contact(known)) if known.blocked_since.is_some() => Matter::Unwanted,
        Some(_) => Matter::Gift(card, Some(contact)),
        None => Matter::Gift(card, None),
    })
}

/// The delivery of a card that waits for a mail of ours.
pub(super) fn waiting(card: &Card) -> Option<Delivery> {
    let is_due = |delivery: &Delivery| {
        delivery.channel == Channel::Email && delivery.state == DeliveryState::Due
    };
    unclaimed_delivery(card).filter(is_due)
}

fn unclaimed_delivery(card: &Card) -> Option<Delivery> {
    let gift = card.gift.as_deref()?;
    let is_living = card.state == CardState::Active && gift.owner.is_none();
    gift.delivery.filter(|_| is_living)
}

fn sale(id: OrderId, handle: &Handle) -> Result<Option<Sale>, Trouble> {
    let Some(Answer::Order(order)) = handle.ask(Query::Order(id))? else { return Ok(None) };
    let purchase = Query::Purchase(purchase_of(order.checkout));
    let Some(Answer::Purchase(purchase)) = handle.ask(purchase)? else { return Ok(None) };
    let values = purchase.cards.iter().map(|sold| sold.value).collect();
    for sold in &purchase.cards {
        let card = card(sold.card, handle)?;
        let says_who =
            |card: &Arc<Card>| card.details.as_ref().is_some_and(|it| it.sender.is_some());
        if let Some(card) = card.filter(says_who) {
            return Ok(Some(Sale { order, card, values }));
        }
    }
    Ok(None)
}

fn not_delivered(id: CardId, sending: u16, handle: &Handle) -> Result<Option<Matter>, Trouble> {
    let is_bounced = |card: &Arc<Card>| {
        unclaimed_delivery(card)
            .is_some_and(|it| (it.sendings, it.state) == (sending, DeliveryState::Bounced))
    };
    let Some(card) = card(id, handle)?.filter(is_bounced) else { return Ok(None) };
    let Funding::Payment { payment, .. } = card.funding else { return Ok(None) };
    let checkout = checkout_of(payment, handle)?;
    Ok(checkout.map(|checkout| Matter::NotDelivered(card, purchase_of(checkout))))
}

fn checkout_of(payment: PaymentId, handle: &Handle) -> Result<Option<CheckoutId>, Trouble> {
    Ok(match handle.ask(Query::Payment(payment))? {
        Some(Answer::Payment(payment)) => {
            let checkout = payment.purpose.checkout();
            Some(checkout)
        }
        _ => None,
    })
}

fn returned(id: RefundId, handle: &Handle) -> Result<Option<Matter>, Trouble> {
    let Some(Answer::OrderRefund(refund)) = handle.ask(Query::OrderRefund(id))? else {
        return Ok(None);
    };
    if refund.status() == RefundStatus::Failed {
        return Ok(None);
    }
    let Some(sale) = sale(refund.order, handle)? else { return Ok(None) };
    let mut by_tender: Vec<(TenderId, Amount)> = Vec::new();
    for part in &refund.allocations {
        if !sale.order.is_line_of_cards(part.line) {
            continue;
        }
        match by_tender.iter_mut().find(|(tender, _)| *tender == part.tender) {
            Some((_, sum)) => *sum = sum.checked_add(part.amount).unwrap_or(Amount::MAX),
            None => by_tender.push((part.tender, part.amount)),
        }
    }
    let mut ways = Vec::new();
    for (tender, amount) in by_tender {
        ways.push((amount, method_of(&sale.order, tender, handle)?));
    }
    Ok(Some(Matter::Returned(sale, Return { refund, ways })))
}

fn method_of(
    order: &Order,
    tender: TenderId,
    handle: &Handle,
) -> Result<Option<Arc<Method>>, Trouble> {
    let paid_by = order.tender(tender).map(|tender| tender.paid_by);
    let Some(PaidBy::PaymentMethod { method, .. }) = paid_by else { return Ok(None) };
    Ok(match handle.ask(Query::Method(method))? {
        Some(Answer::Method(method)) => Some(method),
        _ => None,
    })
}
