//! Disputes: what they take is blocked, refunds that had to give way are told to their orders, and
//! the gift cards that were bought, or given instead of refunds, are blocked, unblocked, or lose
//! what is left.

use std::sync::Arc;

use base::{DisputeId, PaymentId, RailRefundId};
use ledger::{Account, AccountName};
use payments::{DisputeAccounts, DisputeRows, Moved, OpenDispute, Payment, RailRefund};
use payments::{Refusal, Rest};

use crate::composition::Composition;
use crate::credits;
use crate::gift_cards::Decided;
use crate::promotion_money::{follow_dispute, name_to_follow};
use crate::purchases::{name_to_settle, note_dispute};
use crate::rail_refunds::{name_listed, name_order_refund, tell_order};
use crate::rows::{Stop, Walk};
use crate::settlements::stand_dispute;
use crate::{AnswerRef, Context, Rows};

pub(crate) fn open<R: Rows>(
    id: PaymentId,
    new: &OpenDispute,
    rest: RailRefundId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.dispute(new.id).map(Arc::as_ref);
    walk.standing(Moved::Dispute(new.id).standing());
    let rest = Rest { id: rest, existing: walk.rail_refund(rest).map(Arc::as_ref) };
    let payment = walk.payment(id).ok_or(Refusal::PaymentNotFound)?;
    let refunds = name_rows(payment, walk);
    name_to_settle(payment, walk);
    name_to_follow(payment, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let accounts = Accounts::find(payment, &mut composed)?;
    let rows = DisputeRows { payment, refunds: &refunds, accounts: accounts.to_dispute() };
    let opened = payments::open_dispute(new, rows, rest, existing, composed.context())?;
    add(opened, &mut composed)?;
    stand_dispute(new.id, &mut composed)?;
    tell_bought(new.id, payment, &mut composed)?;
    Ok(composed.finish(AnswerRef::Dispute(new.id)))
}

/// Adds what was decided, and tells the refunds of orders what became of their parts.
fn add<R: Rows>(
    decided: payments::Outcome,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let changed = decided.refunds.clone();
    composed.add(decided);
    changed.iter().try_for_each(|refund| tell_order(refund, composed))
}

/// How a dispute was decided.
#[derive(Clone, Copy)]
pub(crate) enum Decision {
    /// For us; with an id for what can be sent of a refund that cannot go whole.
    Won(RailRefundId),
    /// Against us.
    Lost,
}

pub(crate) fn decide<R: Rows>(
    id: DisputeId,
    stage: u8,
    decision: Decision,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let rest = match decision {
        Decision::Won(rest) => {
            Some(Rest { id: rest, existing: walk.rail_refund(rest).map(Arc::as_ref) })
        }
        Decision::Lost => None,
    };
    walk.standing(Moved::Dispute(id).standing());
    let dispute = walk.dispute(id).ok_or(Refusal::DisputeNotFound)?;
    let payment = walk.payment(dispute.payment).ok_or(Refusal::PaymentNotFound)?;
    let refunds = name_rows(payment, walk);
    walk.method(payment.method);
    name_to_settle(payment, walk);
    name_to_follow(payment, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let accounts = Accounts::find(payment, &mut composed)?;
    let rows = DisputeRows { payment, refunds: &refunds, accounts: accounts.to_dispute() };
    let context = composed.context();
    let decided = match rest {
        Some(rest) => {
            let method = composed.method(payment.method)?.ok_or(Refusal::MethodNotFound)?;
            payments::win(stage, dispute, rows, rest, &method, context)?
        }
        None => payments::lose(stage, dispute, rows, context)?,
    };
    add(decided, &mut composed)?;
    stand_dispute(id, &mut composed)?;
    tell_bought(id, payment, &mut composed)?;
    Ok(composed.finish(AnswerRef::Dispute(id)))
}

/// Tells the gift cards and the promotion that the payment has bought, and the cards that were
/// given instead of refunds of it, what became of the dispute.
fn tell_bought<R: Rows>(
    id: DisputeId,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let dispute = composed.dispute(id)?.ok_or(Refusal::DisputeNotFound)?;
    note_dispute(&dispute, payment, composed)?;
    follow_dispute(payment, composed)?;
    credits::settle(payment.id, Some(&dispute.reason), composed)
}

/// The accounts on which a dispute is posted, as far as they are open.
struct Accounts([Option<Account>; 4]);

impl Accounts {
    fn find<R: Rows>(
        payment: &Payment,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        Ok(Accounts(composed.each_account_of(&names(payment), payment.amount.currency)?))
    }

    fn to_dispute(&self) -> DisputeAccounts<'_> {
        let [clearing, disputes, loss, payable] = self.0.each_ref().map(Option::as_ref);
        DisputeAccounts { clearing, disputes, loss, payable }
    }
}

fn names(payment: &Payment) -> [AccountName; 4] {
    let rail = &payment.rail;
    [
        AccountName::RailClearing(rail.clone()),
        AccountName::RailDisputes(rail.clone()),
        AccountName::ChargebackLoss,
        AccountName::RefundPayable,
    ]
}

/// Names what a dispute looks at besides its payment; the refunds of it that are not settled.
fn name_rows<'a, R: Rows>(payment: &Payment, walk: &mut Walk<'a, R>) -> Vec<&'a RailRefund> {
    for name in names(payment) {
        walk.account(name.id(payment.amount.currency));
    }
    let refunds = name_listed(payment, walk);
    credits::name_given(payment, walk);
    for refund in &refunds {
        name_order_refund(refund, Some(payment), walk);
    }
    refunds
}
