//! Gifts that nobody has claimed: when their time has come, what is unspent of them goes back to
//! whoever paid, as by a refund of their order, and they are canceled.

use base::{Amount, CardId, OrderId, RefundId, Token};
use giftcards::{CardState, Purchase, Unspent, account_of, purchase_of};
use ledger::AccountName;
use shop::{LineId, LineRequest, Order, RefundOrder, RefundRequest, Refusal};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::order_refunds::{Found, decide, name_ids};
use crate::purchases::card_with_account;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, RefundIds, Rows};

/// The reason of a refund of what nobody claimed.
const UNCLAIMED: &str = "unclaimed";

/// Returns what is left on all cards of an order whose time has come, by one refund. Those that
/// have nothing left are canceled all the same.
pub(crate) fn return_unclaimed<R: Rows>(
    id: OrderId,
    refund: RefundId,
    ids: &RefundIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_ids(refund, ids, walk);
    let order = walk.order(id).ok_or(Refusal::OrderNotFound)?;
    let found = Found::of(order, walk, at);
    let purchase = walk.purchase(purchase_of(order.checkout));
    // Goodwill that is left on a card goes there.
    walk.account(AccountName::GiftCardIncentives.id(order.currency));
    walk.account(AccountName::GiftCardBreakage.id(order.currency));
    walk.ready()?;
    let purchase = purchase.ok_or(giftcards::Refusal::PurchaseNotFound)?;
    let mut composed = Composition::new(walk, at);
    if composed.order_refund(refund)?.is_some() {
        return Err(Refusal::IdTaken.into());
    }
    let due = due_cards(purchase, &mut composed)?;
    let Some(first) = due.first() else { return Err(giftcards::Refusal::NotDue.into()) };
    let mut answer = AnswerRef::Card(first.card);
    let lines = lines_of(order, &due);
    if !lines.is_empty() {
        let reason = Token::new(UNCLAIMED).map_err(|_| Refusal::LimitExceeded)?;
        let new = RefundOrder { id: refund, request: RefundRequest::Lines(lines), reason };
        decide(order, &new, &found.taking_from(due.clone()), ids, &mut composed)?;
        answer = AnswerRef::OrderRefund(refund);
    }
    for card in &due {
        end(card.card, &mut composed)?;
    }
    Ok(composed.finish(answer))
}

/// Cancels a card, unless taking its value off it has done so. What is left on it by now is
/// goodwill, which goes back to where it came from: nobody has paid for that.
fn end<R: Rows>(id: CardId, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let (card, account) = card_with_account(id, composed)?;
    if card.state == CardState::Canceled {
        return Ok(());
    }
    let sinks = composed.sinks(&card.funding.cancel_account(), &card)?;
    let canceled = giftcards::cancel(&card, &account, sinks.rows(), composed.context())?;
    composed.add(canceled);
    Ok(())
}

/// The cards whose time has come, with what was left on them then: one that has passed its date
/// since, because nobody booked this in time, gives back no less for that.
fn due_cards<R: Rows>(
    purchase: &Purchase,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Vec<Unspent>, Stop> {
    let now = composed.context().now;
    let mut due = Vec::new();
    for bought in &purchase.cards {
        let Some(card) = composed.card(bought.card)? else { continue };
        let Some(account) = composed.account(account_of(bought.card))? else { continue };
        if let Some(at) = card.returns_at().filter(|at| *at <= now) {
            due.push(Unspent::of(bought.line, &card, &account, at));
        }
    }
    Ok(due)
}

/// What goes back of which line: whole cards as such, so that they count as its units.
fn lines_of(order: &Order, due: &[Unspent]) -> Vec<LineRequest> {
    let mut lines = Vec::new();
    for sold in order.lines_of_cards() {
        let line = sold.line.id;
        let of_line = || due.iter().filter(move |card| LineId::Number(card.line) == line);
        let left = of_line()
            .fold(Amount::ZERO, |sum, card| sum.checked_add(card.left).unwrap_or(Amount::MAX));
        // Never more than what was paid for it and has not gone back.
        let amount = left.min(sold.left());
        let quantity = u32::try_from(of_line().count()).unwrap_or(u32::MAX);
        let are_whole = of_line().all(Unspent::is_whole) && amount == left;
        if are_whole && quantity > 0 && quantity <= sold.units_left() {
            lines.push(LineRequest::Units { line, quantity });
        } else if !amount.is_zero() {
            lines.push(LineRequest::Amount { line, amount: order.money(amount) });
        }
    }
    lines
}
