//! Refunds of orders: the shop says how much goes back to which tender, bought cards give theirs,
//! cards that paid take their part at once, and rails are asked to send theirs.

use std::sync::Arc;

use base::{Amount, OrderId, PaymentId, RailRefundId, RefundId, Token};
use giftcards::{RefundHold, ReturnRows, Unspent, account_of, check_undo, purchase_of};
use ledger::{AccountName, RailName};
use payments::{OpenRefund, Payment};
use shop::{LineId, LineLeft, RefundRequest, Refunding, TenderId};
use shop::{
    LineRequest, Order, OrderRefund, OrderTender, PaidBy, RefundOrder, RefundRows, Refusal, Series,
};

use crate::composition::{Composition, Held};
use crate::following::open_refund;
use crate::gift_cards::Decided;
use crate::purchases::{by_lines, take_back, unspent_of};
use crate::rail_refunds::{status_of, tell};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Change, Context, RefundIds, Rows};

/// Whether these payments let a refund be made: not too many are under way, and no dispute blocks
/// it.
///
/// An open one blocks what it takes, as [`payments::open_refund`] says. A lost one may be refunded
/// of goods: whoever got the money gives it back, and so makes the loss good. Of gift cards it
/// may not: they were clawed back, so what the bank has paid was made good before.
///
/// # Errors
///
/// `LimitExceeded`, `AmountExceedsRefundable`.
pub(crate) fn check_not_blocked(
    order: &Order,
    refunding: &Refunding,
    payments: &[Arc<Payment>],
) -> Result<(), payments::Refusal> {
    let of_cards = refunding.lines.iter().any(|refund| order.is_line_of_cards(refund.line));
    for (tender, amount) in refunding.by_tender() {
        let paid_by = order.tender(tender).map(|tender| tender.paid_by);
        let Some(PaidBy::PaymentMethod { payment, .. }) = paid_by else { continue };
        let Some(payment) = payments.iter().find(|row| row.id == payment) else { continue };
        let openable = payment.openable();
        let most = if of_cards { openable.min(payment.refundable()) } else { openable };
        payment.check_openable(amount, most)?;
    }
    Ok(())
}

/// Payments that paid the order.
pub(crate) fn payments_of(order: &Order) -> impl Iterator<Item = PaymentId> + '_ {
    order.tenders.iter().filter_map(|tender| match tender.paid_by {
        PaidBy::PaymentMethod { payment, .. } => Some(payment),
        PaidBy::GiftCard { .. } => None,
    })
}

/// What a refund would be; [`refund`] does exactly this.
pub(crate) fn preview(
    order: &Order,
    request: &RefundRequest,
    unspent: &[Unspent],
) -> Result<Refunding, Refusal> {
    shop::preview(order, request, &by_lines(unspent))
}

pub(crate) fn refund<R: Rows>(
    id: OrderId,
    new: &RefundOrder,
    ids: &RefundIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_ids(new.id, ids, walk);
    let order = walk.order(id).ok_or(Refusal::OrderNotFound)?;
    let found = Found::of(order, walk, at);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    decide(order, new, &found, ids, &mut composed)?;
    Ok(composed.finish(AnswerRef::OrderRefund(new.id)))
}

/// Undoes the purchase of gift cards that an order has made: a refund of all that are living, as
/// long as nobody has touched one.
pub(crate) fn undo<R: Rows>(
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
    walk.ready()?;
    let purchase = purchase.ok_or(giftcards::Refusal::PurchaseNotFound)?;
    let mut composed = Composition::new(walk, at);
    if composed.order_refund(refund)?.is_some() {
        return Err(Refusal::IdTaken.into());
    }
    let left = |line| order.line(LineId::Number(line)).map_or(Amount::ZERO, shop::OrderLine::left);
    match check_undo(purchase, &found.unspent, left, order.created_at, at.now) {
        Err(giftcards::Refusal::InsufficientBalance { available: unspent }) => {
            return Err(Refusal::BoughtCardsSpent { unspent }.into());
        }
        checked => checked?,
    }
    let lines = by_lines(&found.unspent).into_iter().filter(|line| line.whole > 0);
    let lines =
        lines.map(|line| LineRequest::Units { line: line.line, quantity: line.whole }).collect();
    let reason = Token::new("undone").map_err(|_| Refusal::LimitExceeded)?;
    let new = RefundOrder { id: refund, request: RefundRequest::Lines(lines), reason };
    decide(order, &new, &found, ids, &mut composed)?;
    Ok(composed.finish(AnswerRef::OrderRefund(refund)))
}

pub(crate) fn name_ids<R: Rows>(refund: RefundId, ids: &RefundIds, walk: &mut Walk<'_, R>) {
    walk.order_refund(refund);
    walk.numbering(Series::CreditNote);
    for id in ids.cards {
        walk.refund(id);
    }
    for id in ids.rails {
        walk.rail_refund(id);
    }
}

/// What a refund looks at besides its order.
pub(crate) struct Found {
    /// Accounts of parties.
    accounts: Vec<AccountName>,
    /// Tenders of cards that take nothing back any more, and what each has spent that was given
    /// away.
    gone: Vec<(TenderId, Amount)>,
    /// The cards that the order has sold.
    unspent: Vec<Unspent>,
    /// What its promotion gives back.
    promotion: Option<LineLeft>,
}

impl Found {
    /// Names the rows.
    pub(crate) fn of<R: Rows>(order: &Order, walk: &mut Walk<'_, R>, at: Context) -> Found {
        let accounts = accounts_of(order);
        for name in &accounts {
            walk.account(name.id(order.currency));
        }
        let gone = name_ways_back(order, walk);
        let unspent = unspent_of(order, walk, at.now);
        Found { accounts, gone, unspent, promotion: None }
    }

    /// The same, for a refund that takes from these cards alone.
    pub(crate) fn taking_from(self, unspent: Vec<Unspent>) -> Found {
        Found { unspent, ..self }
    }

    /// The same, for a refund of what a promotion has not spent.
    pub(crate) fn with_promotion(self, left: LineLeft) -> Found {
        Found { promotion: Some(left), ..self }
    }

    /// What can go back now of lines whose money is with what they have bought.
    fn left(&self) -> Vec<LineLeft> {
        let mut left = by_lines(&self.unspent);
        left.extend(self.promotion);
        left
    }
}

/// The shop's part, then that of the cards that were bought, then the ways back.
pub(crate) fn decide<R: Rows>(
    order: &Order,
    new: &RefundOrder,
    found: &Found,
    ids: &RefundIds,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Found { accounts, gone, unspent, .. } = found;
    let left = found.left();
    let existing = composed.order_refund(new.id)?;
    if existing.is_none() {
        let refunding = shop::preview(order, &new.request, &left)?;
        let mut payments = Vec::new();
        for id in payments_of(order) {
            payments.extend(composed.payment(id)?);
        }
        check_not_blocked(order, &refunding, &payments)?;
    }
    let credit_notes = composed.numbering(Series::CreditNote)?;
    let accounts = composed.accounts_of(accounts, order.currency)?;
    let accounts: Vec<_> = accounts.iter().collect();
    let rows = RefundRows {
        existing: existing.as_deref(),
        left: &left,
        gone,
        credit_notes: credit_notes.as_ref(),
        accounts: &accounts,
    };
    let refunded = shop::refund(new, order, rows, composed.context())?;
    composed.add(refunded);
    let refund = composed.order_refund(new.id)?.ok_or(Refusal::RefundNotFound)?;
    take_back(order, &refund, unspent, composed)?;
    send_back(order, &refund, gone, ids, composed)
}

fn accounts_of(order: &Order) -> Vec<AccountName> {
    let mut names = shop::order_accounts(order);
    let others = [AccountName::ChargebackLoss, AccountName::GiftCardIncentives];
    names.push(AccountName::RefundPayable);
    names.extend(others);
    names
}

/// Names what every tender of the order needs to take its part back, and tells those whose cards
/// take nothing any more, with what of their money was given away: the goodwill that was spent, or
/// all of it.
fn name_ways_back<R: Rows>(order: &Order, walk: &mut Walk<'_, R>) -> Vec<(TenderId, Amount)> {
    let mut gone = Vec::new();
    for tender in &order.tenders {
        match tender.paid_by {
            PaidBy::GiftCard { card, hold } => {
                let hold = walk.hold(hold);
                walk.account(account_of(card));
                let (Some(hold), Some(card)) = (hold, walk.card(card)) else { continue };
                walk.account(card.funding.expiry_account().id(card.currency));
                let given_away = match card.funding {
                    giftcards::Funding::Promotional => hold.pending.posted,
                    _ => hold.goodwill,
                };
                gone.extend((!card.takes_refunds()).then_some((tender.id, given_away)));
            }
            PaidBy::PaymentMethod { method, payment } => {
                walk.method(method);
                walk.payment(payment);
                walk.checkout(order.checkout);
                let clearing = AccountName::OrderClearing;
                walk.account(clearing.id(order.currency));
            }
        }
    }
    gone
}

/// Sends every tender its part.
fn send_back<R: Rows>(
    order: &Order,
    refund: &OrderRefund,
    gone: &[(TenderId, Amount)],
    ids: &RefundIds,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let (mut cards, mut rails) = (ids.cards.iter(), ids.rails.iter());
    for tender in &order.tenders {
        // Each tender takes an id, whether or not it gets a part: so they do not depend on it.
        let (card, rail) = match tender.paid_by {
            PaidBy::GiftCard { .. } => (cards.next(), None),
            PaidBy::PaymentMethod { .. } => (None, rails.next()),
        };
        let amount = part_of(refund, tender);
        if amount.is_zero() || gone.iter().any(|(gone, _)| *gone == tender.id) {
            continue;
        }
        match (tender.paid_by, card, rail) {
            (PaidBy::GiftCard { hold, .. }, Some(id), _) => {
                let new = RefundHold { id: *id, amount: order.money(amount) };
                to_card(&new, hold, order, composed)?;
            }
            (PaidBy::PaymentMethod { payment, .. }, _, Some(id)) => {
                let payment = composed.payment(payment)?;
                let payment = payment.ok_or(payments::Refusal::PaymentNotFound)?;
                let amount = order.money(amount);
                over_rail(*id, refund.id, amount, &payment, composed)?;
            }
            _ => return Err(Refusal::LimitExceeded.into()),
        }
    }
    Ok(())
}

/// What one tender gets of a refund.
fn part_of(refund: &OrderRefund, tender: &OrderTender) -> Amount {
    let parts = refund.allocations.iter().filter(|part| part.tender == tender.id);
    let amounts = parts.map(|part| part.amount);
    amounts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(Amount::MAX))
}

fn to_card<R: Rows>(
    new: &RefundHold,
    hold: base::HoldId,
    order: &Order,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Held { hold, card, account, clearing } = composed.held(hold)?;
    let existing = composed.refund(new.id)?;
    let expiry = composed.sinks(&card.funding.expiry_account(), &card)?;
    let rows = ReturnRows {
        hold: &hold,
        card: &card,
        account: &account,
        clearing: &clearing,
        expiry: expiry.rows(),
    };
    let (by, context) = (Some(order.checkout), composed.context());
    let returned = giftcards::refund(new, rows, existing.as_deref(), by, context)?;
    composed.add(returned);
    Ok(())
}

fn over_rail<R: Rows>(
    id: RailRefundId,
    refund: RefundId,
    amount: base::Money,
    payment: &Arc<payments::Payment>,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let new = OpenRefund { id, amount, order_refund: Some(refund) };
    open_refund(&new, payment, composed)?;
    let opened = composed.rail_refund(id)?.ok_or(payments::Refusal::RefundNotFound)?;
    // It may wait for consent from the start, or a lost dispute has paid it.
    tell(refund, payment, status_of(&opened.state), composed)
}

/// Notes that what is owed to a tender whose card is gone was paid by hand.
pub(crate) fn pay_by_hand<R: Rows>(
    id: RefundId,
    tender: TenderId,
    rail: &RailName,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let refund = walk.order_refund(id).ok_or(Refusal::RefundNotFound)?;
    let order = walk.order(refund.order);
    let names = [AccountName::RefundPayable, AccountName::RailClearing(rail.clone())];
    let currency = refund.amount.currency;
    let accounts = names.iter().filter_map(|name| walk.account(name.id(currency)));
    let accounts: Vec<_> = accounts.collect();
    walk.ready()?;
    let paid_by = order.and_then(|order| order.tender(tender)).map(|tender| tender.paid_by);
    // What goes over a rail is a refund of its own, and has ways of its own.
    if !matches!(paid_by, Some(PaidBy::GiftCard { .. })) {
        return Err(Refusal::TenderNotFound.into());
    }
    let paid = shop::pay_by_hand(tender, refund, rail, &accounts, at.first())?;
    Ok(Change::from_outcome(paid, AnswerRef::OrderRefund(id)))
}
