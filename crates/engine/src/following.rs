//! What follows from news about a payment: its checkout goes on, fails, or becomes an order; and a
//! payment that was made in vain goes back.

use std::sync::Arc;

use base::{CheckoutId, PaymentId, RailRefundId, Token};
use ledger::{Account, AccountName};
use payments::{OpenRefund, OwedAccounts, Payment, PaymentState};
use shop::{Checkout, CheckoutState, Refusal, TenderId, TenderKind, TenderStatus};

use crate::claim_money::search;
use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::paying::{complete, live, name_completion, name_order};
use crate::promotion_money::{name_draft, note_failure};
use crate::purchases::hindrance;
use crate::rows::{Stop, Walk};
use crate::tenders::{name_cards, release_all};
use crate::{AnswerRef, Context, Rows, Spare};

/// Ids for refunds of what was taken in vain.
type Refunds = [RailRefundId; Spare::REFUNDS];

/// Names what may follow, as far as it is known without the payment.
pub(crate) fn name_spare<R: Rows>(spare: &Spare, walk: &mut Walk<'_, R>) {
    name_order(spare.order, walk);
    for refund in spare.refunds {
        walk.rail_refund(refund);
    }
}

/// Gives up an attempt that waits for its payer: everything is released, let go, or given back.
pub(crate) fn cancel<R: Rows>(
    id: CheckoutId,
    refunds: &Refunds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    for refund in refunds {
        walk.rail_refund(*refund);
    }
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    name_cards(checkout, walk);
    name_payments(checkout, walk);
    name_draft(checkout, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let canceled = shop::cancel_attempt(checkout, composed.context())?;
    composed.add(canceled);
    release_all(checkout, &mut composed)?;
    note_failure(checkout, &mut composed)?;
    let payments = payments_of(checkout, &mut composed)?;
    let_go(&payments, refunds, &mut composed)?;
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

/// Names the payments of an attempt with what is needed to give them back.
fn name_payments<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) {
    walk.account(AccountName::RefundPayable.id(checkout.currency));
    walk.account(AccountName::ChargebackLoss.id(checkout.currency));
    checkout.promotion.map(|promotion| walk.promotion_claims(promotion));
    for tender in live(checkout) {
        if let TenderKind::PaymentMethod { method, payment: Some(payment), .. } = tender.kind {
            walk.method(method);
            walk.payment(payment);
        }
    }
}

/// Names what may follow from news about this payment.
pub(crate) fn name_what_follows<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    let currency = payment.amount.currency;
    walk.method(payment.method);
    walk.account(AccountName::OrderClearing.id(currency));
    walk.account(AccountName::RefundPayable.id(currency));
    walk.account(AccountName::ChargebackLoss.id(currency));
    let id = payment.purpose.checkout();
    let Some(checkout) = walk.checkout(id) else { return };
    if let Some(promotion) = checkout.promotion {
        walk.promotion(promotion);
        walk.promotion_claims(promotion);
    }
    if !is_paying(checkout) {
        return;
    }
    name_completion(checkout, walk);
    name_payments(checkout, walk);
}

/// The tender that a payment pays, where there is one.
pub(crate) fn tender_of(
    checkout: &Checkout,
    payment: PaymentId,
) -> Option<(TenderId, TenderStatus)> {
    let is_its = |tender: &&shop::Tender| match tender.kind {
        TenderKind::PaymentMethod { payment: id, .. } => id == Some(payment),
        TenderKind::GiftCard { .. } => false,
    };
    let tender = checkout.tenders.iter().find(is_its);
    tender.map(|tender| (tender.id, tender.status))
}

/// Whether the attempt is under way that a payment belongs to.
pub(crate) fn is_wanted(checkout: &Checkout, payment: PaymentId) -> bool {
    let is_live = matches!(
        tender_of(checkout, payment),
        Some((_, TenderStatus::Paying | TenderStatus::RequiresAction))
    );
    is_live && is_paying(checkout)
}

fn is_paying(checkout: &Checkout) -> bool {
    matches!(checkout.state, CheckoutState::Paying | CheckoutState::RequiresAction)
}

/// Goes on after news about a payment, which was `before` them.
pub(crate) fn follow<R: Rows>(
    before: &Payment,
    spare: &Spare,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let payment = composed.payment(before.id)?.ok_or(payments::Refusal::PaymentNotFound)?;
    let id = payment.purpose.checkout();
    let checkout = composed.checkout(id)?.ok_or(Refusal::CheckoutNotFound)?;
    match tender_of(&checkout, payment.id) {
        Some((_, TenderStatus::Paid)) => Ok(()),
        Some((_, TenderStatus::Paying | TenderStatus::RequiresAction)) if is_paying(&checkout) => {
            go_on(&payment, &checkout, spare, composed)
        }
        _ => in_vain(before, &payment, spare, composed),
    }
}

/// A payment of an attempt that is over.
fn in_vain<R: Rows>(
    before: &Payment,
    payment: &Arc<Payment>,
    spare: &Spare,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let is_new = before.state != payment.state;
    match payment.state {
        PaymentState::Authorized | PaymentState::RequiresAction { .. } => {
            let voided = payments::begin_void(payment, composed.context())?;
            composed.add(voided);
            Ok(())
        }
        PaymentState::Captured if is_new => give_back(payment, &spare.refunds, 0, composed),
        _ => Ok(()),
    }
}

/// Gives back everything a payment has taken.
fn give_back<R: Rows>(
    payment: &Payment,
    refunds: &Refunds,
    position: usize,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let ids = [position, position + shop::limits::METHOD_TENDERS_MAX].map(|at| refunds[at]);
    let method = composed.method(payment.method)?.ok_or(payments::Refusal::MethodNotFound)?;
    let existing = [composed.rail_refund(ids[0])?, composed.rail_refund(ids[1])?];
    let existing = existing.each_ref().map(Option::as_deref);
    let rows = Owed::find(payment, composed)?;
    let context = composed.context();
    let back = payments::give_back(ids, payment, &method, existing, rows.to_refund(), context)?;
    composed.add(back);
    // Whoever pays for a promotion is told why something went back.
    let checkout = payment.purpose.checkout();
    let promotion = composed.checkout(checkout)?.and_then(|checkout| checkout.promotion);
    let Some(promotion) = promotion else { return Ok(()) };
    // A checkout may be for a promotion that nobody has composed.
    match composed.promotion(promotion)? {
        Some(promotion) => search(&promotion, composed),
        None => Ok(()),
    }
}

/// The accounts on which it is posted that money is owed, as far as they are open.
struct Owed([Option<Account>; 3]);

impl Owed {
    fn find<R: Rows>(
        payment: &Payment,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Owed, Stop> {
        let names =
            [AccountName::OrderClearing, AccountName::RefundPayable, AccountName::ChargebackLoss];
        Ok(Owed(composed.each_account_of(&names, payment.amount.currency)?))
    }

    fn to_refund(&self) -> OwedAccounts<'_> {
        let [order, payable, loss] = self.0.each_ref().map(Option::as_ref);
        OwedAccounts { order, payable, loss }
    }
}

/// Opens a refund of a payment, on the accounts and with the method that it has.
pub(crate) fn open_refund<R: Rows>(
    new: &OpenRefund,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let method = composed.method(payment.method)?.ok_or(payments::Refusal::MethodNotFound)?;
    let existing = composed.rail_refund(new.id)?;
    let (rows, context) = (Owed::find(payment, composed)?, composed.context());
    let (existing, accounts) = (existing.as_deref(), rows.to_refund());
    let opened = payments::open_refund(new, payment, &method, existing, accounts, context)?;
    composed.add(opened);
    Ok(())
}

/// The attempt goes on: all payments are authorized before one is captured, and all are captured
/// before there is an order. The first that cannot be had ends it.
fn go_on<R: Rows>(
    news: &Payment,
    checkout: &Checkout,
    spare: &Spare,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    if matches!(news.state, PaymentState::RequiresAction { .. }) {
        // It waits, and so does all else: this news brings no ids for what would go back.
        return note_action(news, checkout, composed);
    }
    let payments = payments_of(checkout, composed)?;
    let failure = payments.iter().find_map(|(tender, payment)| Some((*tender, failure(payment)?)));
    if let Some((to_blame, reason)) = failure {
        return fail(Some(to_blame), reason, checkout, &payments, spare, composed);
    }
    note_action(news, checkout, composed)?;
    let waits = |payment: &Payment| {
        matches!(payment.state, PaymentState::Authorizing | PaymentState::RequiresAction { .. })
    };
    if payments.iter().any(|(_, payment)| waits(payment)) {
        return Ok(());
    }
    // What was possible when paying began may not be any more: another card has the code, or a date
    // has come too near.
    if let Some(refusal) = hindrance(checkout, composed)? {
        let reason = Token::new(crate::Refusal::from(refusal).code());
        let reason = reason.map_err(|_| Refusal::LimitExceeded)?;
        return fail(None, reason, checkout, &payments, spare, composed);
    }
    let authorized = |payment: &Payment| payment.state == PaymentState::Authorized;
    for (_, payment) in payments.iter().filter(|(_, payment)| authorized(payment)) {
        let asked = payments::begin_capture(payment, composed.context())?;
        composed.add(asked);
    }
    if payments.iter().any(|(_, payment)| payment.state != PaymentState::Captured) {
        return Ok(());
    }
    // The row may say since a moment that nobody needs to do anything any more.
    let checkout = composed.checkout(checkout.id)?.ok_or(Refusal::CheckoutNotFound)?;
    complete(spare.order, &checkout, composed)
}

/// The payments of the present attempt, each with its tender.
fn payments_of<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Vec<(TenderId, Arc<Payment>)>, Stop> {
    let mut found = Vec::new();
    for tender in live(checkout) {
        if let TenderKind::PaymentMethod { payment: Some(id), .. } = tender.kind {
            let payment = composed.payment(id)?.ok_or(payments::Refusal::PaymentNotFound)?;
            found.push((tender.id, payment));
        }
    }
    Ok(found)
}

/// Why a payment ends its attempt, if it does. Less than was asked for is not enough, nor is what
/// the payer's bank takes back before there is an order.
fn failure(payment: &Payment) -> Option<Token<40>> {
    let word = match &payment.state {
        PaymentState::Failed { code, .. } => code.as_str(),
        PaymentState::Voiding | PaymentState::Voided => "payment_voided",
        PaymentState::Captured if payment.captured < payment.amount.amount => "captured_less",
        PaymentState::Captured if !payment.disputed.is_zero() => "payment_disputed",
        _ => return None,
    };
    // A rail's word may be longer than ours. Tokens are plain letters, so any part is one.
    let short = word.get(..40).unwrap_or(word);
    Token::new(short).ok()
}

fn fail<R: Rows>(
    to_blame: Option<TenderId>,
    reason: Token<40>,
    checkout: &Checkout,
    payments: &[(TenderId, Arc<Payment>)],
    spare: &Spare,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let failed = shop::fail(checkout, to_blame, reason, composed.context())?;
    composed.add(failed);
    release_all(checkout, composed)?;
    note_failure(checkout, composed)?;
    let_go(payments, &spare.refunds, composed)
}

/// Lets go of what is reserved, and gives back what was taken.
fn let_go<R: Rows>(
    payments: &[(TenderId, Arc<Payment>)],
    refunds: &Refunds,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    for (position, (_, payment)) in payments.iter().enumerate() {
        match payment.state {
            PaymentState::Authorized | PaymentState::RequiresAction { .. } => {
                let voided = payments::begin_void(payment, composed.context())?;
                composed.add(voided);
            }
            PaymentState::Captured => give_back(payment, refunds, position, composed)?,
            // What a rail is asked now is dealt with when its answer is known.
            _ => {}
        }
    }
    Ok(())
}

/// Tells the checkout whether the payer must do something about this payment.
fn note_action<R: Rows>(
    news: &Payment,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let needs_action = matches!(news.state, PaymentState::RequiresAction { .. });
    let noted = match tender_of(checkout, news.id) {
        Some((tender, TenderStatus::Paying)) if needs_action => {
            shop::require_action(tender, checkout, composed.context())?
        }
        Some((tender, TenderStatus::RequiresAction)) if !needs_action => {
            shop::note_action_taken(tender, checkout)?
        }
        _ => return Ok(()),
    };
    composed.add(noted);
    Ok(())
}
