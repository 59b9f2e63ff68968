//! Gifts that nobody has claimed: when their time has come, what is unspent of them goes back to
//! whoever paid, as by a refund of their order, and they are canceled.

use std::sync::Arc;

use base::{Amount, CardId, OrderId, RefundId, Token};
use giftcards::{CardState, Purchase, Unspent, account_of, await_dispute, purchase_of};
use ledger::AccountName;
use payments::Payment;
use shop::{LineId, LineRequest, Order, OrderLine, RefundOrder, RefundRequest, Refusal};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::order_refunds::{Found, check_not_blocked, decide, name_ids, payments_of, preview};
use crate::purchases::card_with_account;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, RefundIds, Rows};

/// The reason of a refund of what nobody claimed.
const UNCLAIMED: &str = "unclaimed";

/// Returns what is left on all cards of an order whose time has come, by one refund. Those that
/// have nothing left are canceled all the same. Lines whose payers refuse wait: their cards stay
/// due and keep no other from going back.
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
    let Going { lines, cards } = Going::of(order, &due, &mut composed)?;
    let Some(first) = cards.first() else { return Err(giftcards::Refusal::NotDue.into()) };
    let mut answer = AnswerRef::Card(first.card);
    if !lines.is_empty() {
        let reason = Token::new(UNCLAIMED).map_err(|_| Refusal::LimitExceeded)?;
        let new = RefundOrder { id: refund, request: RefundRequest::Lines(lines), reason };
        decide(order, &new, &found.taking_from(cards.clone()), ids, &mut composed)?;
        answer = AnswerRef::OrderRefund(refund);
    }
    for card in &cards {
        end(card.card, purchase, &mut composed)?;
    }
    Ok(composed.finish(answer))
}

/// Cancels a card, unless taking its value off it has done so. What is left on it by now is
/// goodwill, which goes back to where it came from: nobody has paid for that.
///
/// A card that a lost dispute has taken something of lives on: should the dispute be won in a later
/// stage, what it took comes back to the card, and from there to whoever paid.
fn end<R: Rows>(
    id: CardId,
    purchase: &Purchase,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let (card, account) = card_with_account(id, composed)?;
    if card.state == CardState::Canceled {
        return Ok(());
    }
    if !purchase.clawed_back_of(id).is_zero() {
        composed.add(await_dispute(&card, &account));
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

/// What can go back now.
#[derive(Default)]
struct Going {
    /// What of which lines.
    lines: Vec<LineRequest>,
    /// The due cards of these lines, and of those of which nothing goes back.
    cards: Vec<Unspent>,
}

impl Going {
    /// All that is due, without the lines whose payers refuse a refund for now.
    ///
    /// # Errors
    ///
    /// Why the first line cannot go back, when none can.
    fn of<R: Rows>(
        order: &Order,
        due: &[Unspent],
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Going, Stop> {
        let mut payments = Vec::new();
        for id in payments_of(order) {
            payments.extend(composed.payment(id)?);
        }
        let (mut going, mut refused) = (Going::default(), None);
        for sold in order.lines_of_cards() {
            let of_line = due.iter().filter(|card| LineId::Number(card.line) == sold.line.id);
            let of_line: Vec<Unspent> = of_line.copied().collect();
            let mut lines = going.lines.clone();
            push_requests(order, sold, &of_line, &mut lines);
            // One that nothing goes back of asks no payer.
            let has_more = lines.len() > going.lines.len();
            match if has_more { check(order, &lines, due, &payments) } else { Ok(()) } {
                Ok(()) => {
                    going.lines = lines;
                    going.cards.extend(of_line);
                }
                Err(why) => drop(refused.get_or_insert(why)),
            }
        }
        match refused {
            Some(why) if going.cards.is_empty() => Err(why),
            _ => Ok(going),
        }
    }
}

/// Whether these lines can go back together.
fn check(
    order: &Order,
    lines: &[LineRequest],
    due: &[Unspent],
    payments: &[Arc<Payment>],
) -> Result<(), Stop> {
    let refunding = preview(order, &RefundRequest::Lines(lines.to_vec()), due)?;
    Ok(check_not_blocked(order, &refunding, payments)?)
}

/// What goes back of a line: whole cards as such, so that they count as its units, and what is left
/// on the others. Never more than what was paid for the line and has not gone back.
fn push_requests(
    order: &Order,
    sold: &OrderLine,
    due: &[Unspent],
    requests: &mut Vec<LineRequest>,
) {
    let line = sold.line.id;
    let left = |cards: &mut dyn Iterator<Item = &Unspent>| {
        cards.fold(Amount::ZERO, |sum, card| sum.checked_add(card.left).unwrap_or(Amount::MAX))
    };
    let all = left(&mut due.iter());
    let whole = due.iter().filter(|card| card.is_whole()).count();
    let quantity = u32::try_from(whole).unwrap_or(u32::MAX);
    let mut amount = all.min(sold.left());
    if quantity > 0 && amount == all && quantity <= sold.units_left() {
        requests.push(LineRequest::Units { line, quantity });
        amount = left(&mut due.iter().filter(|card| !card.is_whole()));
    }
    if !amount.is_zero() {
        requests.push(LineRequest::Amount { line, amount: order.money(amount) });
    }
}
