//! Disputes: what they take is blocked, refunds that had to give way are told to their orders, and
//! the gift cards that were bought are blocked, unblocked, or lose what is left.

use std::sync::Arc;

use base::{DisputeId, PaymentId};
use ledger::{Account, AccountName};
use payments::{DisputeAccounts, OpenDispute, Payment, RailRefund, Refusal};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::purchases::{name_to_settle, note_dispute};
use crate::rail_refunds::{name_order_refund, tell_order};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, Rows};

pub(crate) fn open<R: Rows>(
    id: PaymentId,
    new: &OpenDispute,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.dispute(new.id).map(Arc::as_ref);
    let payment = walk.payment(id).ok_or(Refusal::PaymentNotFound)?;
    name_accounts(payment, walk);
    let mut refunds: Vec<&RailRefund> = Vec::new();
    for refund in &payment.open_refunds {
        refunds.extend(walk.rail_refund(*refund).map(Arc::as_ref));
    }
    for refund in &refunds {
        name_order_refund(refund, Some(payment), walk);
    }
    name_to_settle(payment, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let rows = Accounts::find(payment, &mut composed)?;
    let (accounts, context) = (rows.to_dispute(), composed.context());
    let opened = payments::open_dispute(new, payment, &refunds, existing, accounts, context)?;
    let gave_way = opened.refunds.clone();
    composed.add(opened);
    for refund in &gave_way {
        tell_order(refund, &mut composed)?;
    }
    tell_purchase(new.id, payment, &mut composed)?;
    Ok(composed.finish(AnswerRef::Dispute(new.id)))
}

/// How a dispute was decided.
#[derive(Clone, Copy)]
pub(crate) enum Decision {
    /// For us.
    Won,
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
    let dispute = walk.dispute(id).ok_or(Refusal::DisputeNotFound)?;
    let payment = walk.payment(dispute.payment).ok_or(Refusal::PaymentNotFound)?;
    name_accounts(payment, walk);
    name_to_settle(payment, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let rows = Accounts::find(payment, &mut composed)?;
    let (accounts, context) = (rows.to_dispute(), composed.context());
    let decided = match decision {
        Decision::Won => payments::win(stage, dispute, payment, accounts, context)?,
        Decision::Lost => payments::lose(stage, dispute, payment, accounts, context)?,
    };
    composed.add(decided);
    tell_purchase(id, payment, &mut composed)?;
    Ok(composed.finish(AnswerRef::Dispute(id)))
}

/// Tells the gift cards that the payment has bought what became of the dispute.
fn tell_purchase<R: Rows>(
    id: DisputeId,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let dispute = composed.dispute(id)?.ok_or(Refusal::DisputeNotFound)?;
    note_dispute(&dispute, payment, composed)
}

/// The accounts on which a dispute is posted, as far as they are open.
struct Accounts([Option<Account>; 3]);

impl Accounts {
    fn find<R: Rows>(
        payment: &Payment,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        let [clearing, disputes, loss] = names(payment);
        let currency = payment.amount.currency;
        Ok(Accounts([
            composed.account_of(&clearing, currency)?,
            composed.account_of(&disputes, currency)?,
            composed.account_of(&loss, currency)?,
        ]))
    }

    fn to_dispute(&self) -> DisputeAccounts<'_> {
        let [clearing, disputes, loss] = self.0.each_ref().map(Option::as_ref);
        DisputeAccounts { clearing, disputes, loss }
    }
}

fn names(payment: &Payment) -> [AccountName; 3] {
    let rail = &payment.rail;
    [
        AccountName::RailClearing(rail.clone()),
        AccountName::RailDisputes(rail.clone()),
        AccountName::ChargebackLoss,
    ]
}

fn name_accounts<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    for name in names(payment) {
        walk.account(name.id(payment.amount.currency));
    }
}
