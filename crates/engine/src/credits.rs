//! Store credit: gift cards that payers take, by their word, instead of money that is owed to them;
//! and what disputes do to these cards.

use std::sync::Arc;

use base::{CardId, PaymentId, ProgramId, RailRefundId, RefundId, Token};
use giftcards::account_of;
use giftcards::{Card, Code, CreditRows, CreditTerms, Funding, StoreCredit, Unspent, Why};
use ledger::AccountName;
use payments::{Payment, RefundState, Refusal};
use shop::{PaidBy, TenderId};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::purchases::card_with_account;
use crate::rail_refunds::{name_listed, name_order_refund, tell_order};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, Rows};

/// What a card that is given instead of a refund over a rail will be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredit {
    /// Its code, made by the caller who holds the key ring.
    pub code: Code,
    /// Program to issue under; without one it can be spent everywhere and for ever.
    pub program: Option<ProgramId>,
}

/// The card that is given instead of a refund over a rail, if one is: it has the bits of the
/// refund, so either is found by the other without a look-up, and there is one at most.
pub fn credit_of(refund: RailRefundId) -> CardId {
    CardId::from_bits(refund.bits())
}

/// Gives a card instead of a refund that is stuck. It is the buyer's of the checkout.
pub(crate) fn give<R: Rows>(
    id: RailRefundId,
    new: &NewCredit,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_new(credit_of(id), &new.code, walk);
    let program = new.program.map(|id| walk.program(id));
    let refund = walk.rail_refund(id).ok_or(Refusal::RefundNotFound)?;
    walk.account(AccountName::RefundPayable.id(refund.amount.currency));
    let payment = walk.payment(refund.payment);
    if let Some(payment) = payment {
        let checkout = payment.purpose.checkout();
        walk.checkout(checkout);
        name_listed(payment, walk);
    }
    name_order_refund(refund, payment.map(AsRef::as_ref), walk);
    walk.ready()?;
    let program = match program {
        Some(None) => return Err(giftcards::Refusal::ProgramNotFound.into()),
        Some(Some(program)) => Some(program.as_ref()),
        None => None,
    };
    let payment = payment.ok_or(Refusal::PaymentNotFound)?;
    let mut composed = Composition::new(walk, at);
    composed.add(payments::credit(refund, payment)?);
    let checkout = payment.purpose.checkout();
    let owner = composed.checkout(checkout)?.and_then(|checkout| checkout.buyer);
    let code = new.code.clone();
    let credit = StoreCredit { id: credit_of(id), code, value: refund.amount, owner };
    issue(&credit, CreditTerms::Program(program), &mut composed)?;
    let credited = composed.rail_refund(id)?.ok_or(Refusal::RefundNotFound)?;
    tell_order(&credited, &mut composed)?;
    Ok(composed.finish(AnswerRef::CardWithCode(credit.id)))
}

/// Gives another card for what a card had paid that takes nothing back any more. It is like that
/// one, and its owner's; the buyer's when nobody had claimed it. None is given while a dispute
/// blocks the former one, or its payment [is disputed](is_disputed).
pub(crate) fn give_for_share<R: Rows>(
    id: RefundId,
    tender: TenderId,
    (card, code): (CardId, &Code),
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_new(card, code, walk);
    let refund = walk.order_refund(id).ok_or(shop::Refusal::RefundNotFound)?;
    walk.account(AccountName::RefundPayable.id(refund.amount.currency));
    let order = walk.order(refund.order);
    let paid_by = order.and_then(|order| order.tender(tender)).map(|tender| tender.paid_by);
    let former = match paid_by {
        Some(PaidBy::GiftCard { card, .. }) => {
            // Store credit has the bits of the refund for which it was given.
            let given_for = walk.rail_refund(RailRefundId::from_bits(card.bits()));
            let given_for = given_for.map(AsRef::as_ref);
            walk.card(card).map(|card| (card, paid_with(card, given_for, walk)))
        }
        _ => None,
    };
    walk.ready()?;
    // What goes over a rail is a refund of its own, and has ways of its own.
    let (former, payment) = former.ok_or(shop::Refusal::TenderNotFound)?;
    let value = shop::owed_share(tender, refund)?;
    if payment.is_some_and(|payment| is_disputed(former, payment)) {
        return Err(giftcards::Refusal::NotUsable(Why::Disputed).into());
    }
    let buyer = order.and_then(|order| order.buyer);
    let owner = former.owner().or(buyer);
    let credit = StoreCredit { id: card, code: code.clone(), value, owner };
    let mut composed = Composition::new(walk, at);
    issue(&credit, CreditTerms::Like(former), &mut composed)?;
    composed.add(shop::credit_share(tender, card, refund)?);
    Ok(composed.finish(AnswerRef::CardWithCode(card)))
}

/// The payment whose money is on a card: the main one that bought it, or the one of the refund
/// instead of which it was given.
fn paid_with<'a, R: Rows>(
    card: &Card,
    given_for: Option<&payments::RailRefund>,
    walk: &mut Walk<'a, R>,
) -> Option<&'a Payment> {
    let payment = match (&card.funding, given_for) {
        (Funding::Payment { payment, .. }, _) => *payment,
        (Funding::StoreCredit, Some(refund)) => refund.payment,
        _ => return None,
    };
    walk.payment(payment).map(AsRef::as_ref)
}

/// Whether a bank may take, or has taken, what this card was paid with. It is asked of the payment
/// itself, for a block is not everywhere: cards that were canceled long ago have none, and a
/// dispute takes of store credit last.
///
/// What a lost dispute has taken of a bought card is made good by it and its like, or the block
/// stays.
fn is_disputed(card: &Card, payment: &Payment) -> bool {
    match card.funding {
        Funding::StoreCredit => !payment.disputed.is_zero(),
        _ => payment.disputed > payment.lost,
    }
}

/// Names what issuing a card looks at: nothing of it may be there.
pub(crate) fn name_new<R: Rows>(card: CardId, code: &Code, walk: &mut Walk<'_, R>) {
    walk.card(card);
    walk.code(code.hash);
}

/// Gives the card.
pub(crate) fn issue<R: Rows>(
    credit: &StoreCredit,
    terms: CreditTerms<'_>,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let existing = composed.card(credit.id)?;
    let code = composed.code(credit.code.hash)?;
    let payable = composed.account_of(&AccountName::RefundPayable, credit.value.currency)?;
    let (existing, code, payable) = (existing.as_deref(), code.as_ref(), payable.as_ref());
    let rows = CreditRows { existing, code, payable };
    let given = giftcards::give_store_credit(credit, terms, rows, composed.context())?;
    composed.add(given);
    Ok(())
}

/// Names the cards that were given instead of refunds of a payment.
pub(crate) fn name_given<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    if payment.credited.is_zero() {
        return;
    }
    for refund in name_listed(payment, walk) {
        if refund.state == RefundState::Credited {
            let card = credit_of(refund.id);
            walk.card(card);
            walk.account(account_of(card));
        }
    }
}

/// Brings the cards that were given instead of refunds of a payment into line with its disputes:
/// takes off them what lost ones have paid of them, the newest first, blocks them while a dispute
/// takes of them, for this reason, and lifts blocks.
pub(crate) fn settle<R: Rows>(
    id: PaymentId,
    reason: Option<&Token<40>>,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let payment = payment_of(id, composed)?;
    if payment.credited.is_zero() {
        return Ok(());
    }
    let mut cards = Vec::new();
    for refund in payment.open_refunds.iter().rev() {
        let row = composed.rail_refund(*refund)?.ok_or(Refusal::RefundNotFound)?;
        if row.state == RefundState::Credited {
            take_back(&row, composed)?;
            cards.push(credit_of(*refund));
        }
    }
    let is_disputed = payment_of(id, composed)?.is_credit_disputed();
    for card in cards {
        let (card, account) = card_with_account(card, composed)?;
        let outcome = match (is_disputed, &card.disputed, reason) {
            (true, None, Some(reason)) => {
                let context = composed.context();
                giftcards::block_for_dispute(&card, &account, reason.clone(), context)?
            }
            (false, Some(_), _) => giftcards::unblock(&card, &account, composed.context())?,
            _ => continue,
        };
        composed.add(outcome);
    }
    Ok(())
}

/// Takes what lost disputes have paid of one refund off the card that was given instead, as far as
/// the card has it.
fn take_back<R: Rows>(
    refund: &payments::RailRefund,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let payment = payment_of(refund.payment, composed)?;
    let (card, account) = card_with_account(credit_of(refund.id), composed)?;
    let left = Unspent::of(0, &card, &account, composed.context().now).left;
    let part = payment.credited_and_lost().min(refund.amount.amount).min(left);
    if part.is_zero() {
        return Ok(());
    }
    let loss = composed.account_of(&AccountName::ChargebackLoss, card.currency)?;
    let (money, context) = (Some(card.money(part)), composed.context());
    composed.add(giftcards::claw_back(&card, &account, loss.as_ref(), money, context)?);
    composed.add(payments::take_credit_back(part, refund, &payment)?);
    Ok(())
}

fn payment_of<R: Rows>(
    id: PaymentId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Arc<Payment>, Stop> {
    Ok(composed.payment(id)?.ok_or(Refusal::PaymentNotFound)?)
}
