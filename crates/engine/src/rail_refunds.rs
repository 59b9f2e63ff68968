//! Refunds on their way over a rail. Whatever becomes of one, its order's refund is told.

use std::sync::Arc;

use base::{RailRefundId, RefundId};
use ledger::{Account, AccountName, RailName};
use payments::{Method, Moved, Outcome, Payment, RailRefund, RefundAccounts, RefundState, Refusal};
use shop::RefundStatus;

use crate::composition::Composition;
use crate::credits;
use crate::following::tender_of;
use crate::gift_cards::Decided;
use crate::rows::{Stop, Walk};
use crate::settlements::stand_refund;
use crate::{AnswerRef, Context, PaymentCommand, Rows};

/// Decides a command about one refund.
pub(crate) fn on_refund<R: Rows>(
    id: RailRefundId,
    command: &PaymentCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let method = match command {
        PaymentCommand::ConsentRefund { method, .. } => walk.method(*method),
        _ => None,
    };
    let after = match command {
        PaymentCommand::ReplaceRefund { new, .. } => *new,
        _ => id,
    };
    walk.rail_refund(after);
    walk.standing(Moved::RailRefund(id).standing());
    let refund = walk.rail_refund(id).ok_or(Refusal::RefundNotFound)?;
    let rail = match command {
        PaymentCommand::PayRailRefundByHand { rail, .. } => rail,
        _ => &refund.rail,
    };
    for name in accounts_of(rail) {
        walk.account(name.id(refund.amount.currency));
    }
    let payment = walk.payment(refund.payment);
    if let Some(payment) = payment {
        walk.method(payment.method);
        if refund.order_refund.is_some() {
            name_listed(payment, walk);
        }
        if !payment.disputed.is_zero() {
            credits::name_given(payment, walk);
        }
    }
    name_order_refund(refund, payment.map(AsRef::as_ref), walk);
    walk.ready()?;
    let payment = payment.ok_or(Refusal::PaymentNotFound)?;
    let mut composed = Composition::new(walk, at);
    let rows = (refund.as_ref(), payment.as_ref(), method.map(AsRef::as_ref));
    let decided = decided(command, rows, &mut composed)?;
    composed.add(decided);
    stand_refund(id, &mut composed)?;
    let row = composed.rail_refund(after)?.ok_or(Refusal::RefundNotFound)?;
    tell_order(&row, &mut composed)?;
    if !payment.disputed.is_zero() {
        // What comes free goes to the disputes, and may leave the cards of store credit alone.
        credits::settle(payment.id, None, &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::RailRefund(after)))
}

fn decided<R: Rows>(
    command: &PaymentCommand,
    (refund, payment, method): (&RailRefund, &Payment, Option<&Method>),
    composed: &mut Composition<'_, '_, R>,
) -> Result<Outcome, Stop> {
    let context = composed.context();
    Ok(match command {
        PaymentCommand::BeginRefund { .. } => payments::begin_refund(refund, payment)?,
        PaymentCommand::NoteRefund { attempt, notice, .. } => {
            let accounts = Accounts::find(&refund.rail, refund, composed)?;
            let accounts = accounts.to_refund();
            payments::note_refund(*attempt, notice, refund, payment, accounts, context)?
        }
        PaymentCommand::PayRailRefundByHand { rail, .. } => {
            let accounts = Accounts::find(rail, refund, composed)?;
            payments::pay_by_hand(rail, refund, payment, accounts.to_refund(), context)?
        }
        PaymentCommand::NoteRefundAtRail { reference, .. } => {
            let accounts = Accounts::find(&refund.rail, refund, composed)?;
            payments::made_at_rail(reference, refund, payment, accounts.to_refund(), context)?
        }
        PaymentCommand::ConsentRefund { can_receive, .. } => {
            let method = method.ok_or(Refusal::MethodNotFound)?;
            payments::consent(method, *can_receive, refund, payment, context)?
        }
        PaymentCommand::RetryRefund { .. } => {
            let method = composed.method(payment.method)?.ok_or(Refusal::MethodNotFound)?;
            payments::retry(refund, payment, &method, context)?
        }
        PaymentCommand::GiveUpRefund { code, .. } => payments::give_up(code, refund, payment)?,
        PaymentCommand::ReplaceRefund { new, .. } => {
            let method = composed.method(payment.method)?.ok_or(Refusal::MethodNotFound)?;
            let existing = composed.rail_refund(*new)?;
            let existing = existing.as_deref();
            payments::replace_refund(*new, refund, payment, &method, existing, context)?
        }
        _ => unreachable!("only commands about a refund are sent here"),
    })
}

/// The accounts on which a refund is posted, as far as they are open.
struct Accounts([Option<Account>; 3]);

impl Accounts {
    fn find<R: Rows>(
        rail: &RailName,
        refund: &RailRefund,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        Ok(Accounts(composed.each_account_of(&accounts_of(rail), refund.amount.currency)?))
    }

    fn to_refund(&self) -> RefundAccounts<'_> {
        let [clearing, payable, loss] = self.0.each_ref().map(Option::as_ref);
        RefundAccounts { clearing, payable, loss }
    }
}

fn accounts_of(rail: &RailName) -> [AccountName; 3] {
    let clearing = AccountName::RailClearing(rail.clone());
    [clearing, AccountName::RefundPayable, AccountName::ChargebackLoss]
}

/// Names the refunds of a payment that are not settled.
pub(crate) fn name_listed<'a, R: Rows>(
    payment: &Payment,
    walk: &mut Walk<'a, R>,
) -> Vec<&'a RailRefund> {
    let mut found = Vec::with_capacity(payment.open_refunds.len());
    for refund in &payment.open_refunds {
        found.extend(walk.rail_refund(*refund).map(Arc::as_ref));
    }
    found
}

/// Names what [`tell_order`] looks at.
pub(crate) fn name_order_refund<R: Rows>(
    refund: &RailRefund,
    payment: Option<&Payment>,
    walk: &mut Walk<'_, R>,
) {
    let Some(order_refund) = refund.order_refund else { return };
    walk.order_refund(order_refund);
    if let Some(payment) = payment {
        let checkout = payment.purpose.checkout();
        walk.checkout(checkout);
    }
}

/// Tells the refund of an order where the part that goes over this rail stands: as the refunds of
/// its payment that are not settled do, of which a dispute may have made several.
pub(crate) fn tell_order<R: Rows>(
    refund: &RailRefund,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Some(order_refund) = refund.order_refund else { return Ok(()) };
    let payment = composed.payment(refund.payment)?.ok_or(Refusal::PaymentNotFound)?;
    let mut states = Vec::new();
    for id in &payment.open_refunds {
        let way = composed.rail_refund(*id)?.ok_or(Refusal::RefundNotFound)?;
        states.extend((way.order_refund == Some(order_refund)).then(|| status_of(&way.state)));
    }
    tell(order_refund, &payment, RefundStatus::of_all(states), composed)
}

/// Tells the refund of an order where the part that goes to the tender of this payment stands.
pub(crate) fn tell<R: Rows>(
    order_refund: RefundId,
    payment: &Payment,
    status: RefundStatus,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let order_refund = composed.order_refund(order_refund)?.ok_or(shop::Refusal::RefundNotFound)?;
    let checkout = payment.purpose.checkout();
    let checkout = composed.checkout(checkout)?.ok_or(shop::Refusal::CheckoutNotFound)?;
    let (tender, _) = tender_of(&checkout, payment.id).ok_or(shop::Refusal::TenderNotFound)?;
    match shop::note_status(&order_refund, tender, status) {
        Ok(told) => composed.add(told),
        Err(shop::Refusal::NothingToChange) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(())
}

pub(crate) fn status_of(state: &RefundState) -> RefundStatus {
    match state {
        RefundState::Waiting | RefundState::Sent => RefundStatus::Pending,
        RefundState::Succeeded
        | RefundState::Settled
        | RefundState::Credited
        | RefundState::PaidByHand => RefundStatus::Succeeded,
        RefundState::Failed { .. } => RefundStatus::Failed,
        RefundState::NeedsConsent { .. } => RefundStatus::NeedsConsent,
    }
}
