//! Which mails events ask for.

use std::sync::Arc;

use base::{CardId, Instant, Span};
use engine::{Answer, Query};
use giftcards::{Card, DeliveryState, EventKind as CardEvent, Funding};
use shop::{EventKind as ShopEvent, Order, OrderRefund};
use store::MailCause;
use writer::{Handle, Trouble};

use super::matter::waiting;
use crate::webhooks::{ToldEvent, ToldObject};

/// A buyer is told of what happened within so long. Whoever sets mail up for an old book writes to
/// nobody about purchases of years.
const TOLD_WITHIN: Span = Span::days(3);

/// Types of the events that ask for mails.
pub(super) fn types() -> Vec<String> {
    let cards = [CardEvent::CardDeliveryDue, CardEvent::CardDeliveryUpdated];
    let shop = [ShopEvent::OrderPaid, ShopEvent::RefundCreated];
    let names = cards.map(CardEvent::as_str).into_iter().chain(shop.map(ShopEvent::as_str));
    names.map(str::to_owned).collect()
}

/// The mail that an event asks for; `now` is the time of the book.
///
/// What a card waits for is told by the card as it is now: of an earlier sending nothing is sent.
/// What a buyer is told hangs on the event alone, which happens once.
pub(super) fn asked(
    event: &ToldEvent,
    now: Instant,
    handle: &Handle,
) -> Result<Option<MailCause>, Trouble> {
    let is_recent = |at: Instant| now <= at.saturating_add(TOLD_WITHIN);
    Ok(match &event.object {
        ToldObject::Card(card) if event.kind == CardEvent::CardDeliveryDue.as_str() => {
            sending_due(card.id, handle)?
        }
        ToldObject::Card(card) => bounced(card).filter(|(_, at)| is_recent(*at)).map(|it| it.0),
        ToldObject::Order(order) => {
            let is_asked = is_recent(order.created_at) && order.lines_of_cards().next().is_some();
            is_asked.then_some(MailCause::Receipt { order: order.id })
        }
        ToldObject::OrderRefund(refund) if is_recent(refund.created_at) => {
            let order = order_of(refund, handle)?.filter(|order| is_of_cards(refund, order));
            order.map(|_| MailCause::Returned { refund: refund.id })
        }
        ToldObject::OrderRefund(_) | ToldObject::Other => None,
    })
}

fn sending_due(card: CardId, handle: &Handle) -> Result<Option<MailCause>, Trouble> {
    let card = super::matter::card(card, handle)?;
    let due = card.as_deref().and_then(|card| Some((card.id, waiting(card)?.sendings)));
    Ok(due.map(|(card, sending)| MailCause::Gift { card, sending }))
}

/// The gift that did not arrive, and since when. Of a card that nobody bought, its issuer hears by
/// the event.
fn bounced(card: &Card) -> Option<(MailCause, Instant)> {
    let delivery = card.gift.as_deref()?.delivery?;
    let is_bounced = delivery.state == DeliveryState::Bounced;
    let is_bought = matches!(card.funding, Funding::Payment { .. });
    let cause = MailCause::NotDelivered { card: card.id, sending: delivery.sendings };
    (is_bounced && is_bought).then_some((cause, delivery.at))
}

fn order_of(refund: &OrderRefund, handle: &Handle) -> Result<Option<Arc<Order>>, Trouble> {
    Ok(match handle.ask(Query::Order(refund.order))? {
        Some(Answer::Order(order)) => Some(order),
        _ => None,
    })
}

fn is_of_cards(refund: &OrderRefund, order: &Order) -> bool {
    refund.allocations.iter().any(|part| order.is_line_of_cards(part.line))
}
