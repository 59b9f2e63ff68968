//! News about payments: each is noted, and then whatever follows from it.

use base::{OrderId, PaymentId, RailRefundId};
use ledger::AccountName;
use payments::{CaptureAccounts, CaptureNotice, Moved, Outcome, Payment, Refusal};

use crate::composition::Composition;
use crate::following::{follow, is_wanted, name_spare, name_what_follows};
use crate::gift_cards::Decided;
use crate::rows::{Stop, Walk};
use crate::settlements::stand_payment;
use crate::{AnswerRef, Context, PaymentCommand, Rows, Spare};

/// Decides a command about one payment.
pub(crate) fn note<R: Rows>(
    id: PaymentId,
    command: &PaymentCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let spare = match command {
        PaymentCommand::NoteAuthorization { spare, .. }
        | PaymentCommand::NoteCapture { spare, .. }
        | PaymentCommand::NoteVoid { spare, .. } => Some(spare.as_ref()),
        _ => None,
    };
    if let Some(spare) = spare {
        name_spare(spare, walk);
    }
    let payment = walk.payment(id).ok_or(Refusal::PaymentNotFound)?;
    name_accounts(payment, walk);
    walk.standing(Moved::Payment(id).standing());
    let may_follow = spare.is_some() || matches!(command, PaymentCommand::NoteAction { .. });
    if may_follow {
        name_what_follows(payment, walk);
    }
    if matches!(command, PaymentCommand::NoteNotReceived { .. }) {
        let id = payment.purpose.checkout();
        walk.checkout(id);
    }
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let noted = noted(command, payment, &mut composed)?;
    composed.add(noted);
    note_use(payment, &mut composed)?;
    stand_payment(id, &mut composed)?;
    if may_follow {
        follow(payment, spare.unwrap_or(&NO_IDS), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Payment(id)))
}

/// Keeps whether the method was declined, for whoever wants to pay with it next. The payment was
/// `before` the news.
fn note_use<R: Rows>(before: &Payment, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let after = composed.payment(before.id)?.ok_or(Refusal::PaymentNotFound)?;
    let Some(used) = payments::use_of(before, &after) else { return Ok(()) };
    let method = composed.method(after.method)?.ok_or(Refusal::MethodNotFound)?;
    let now = composed.circumstances().now;
    let noted = payments::note_use(used, &method, now);
    noted.into_iter().for_each(|noted| composed.add(noted));
    Ok(())
}

/// Whatever a payer must do first, neither an order nor a refund follows.
const NO_IDS: Spare =
    Spare { order: OrderId::from_bits(0), refunds: [RailRefundId::from_bits(0); Spare::REFUNDS] };

fn noted<R: Rows>(
    command: &PaymentCommand,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Outcome, Stop> {
    let context = composed.context();
    Ok(match command {
        PaymentCommand::NoteAuthorization { notice, .. } => {
            payments::note_authorization(notice, payment)?
        }
        PaymentCommand::NoteAction { next_action, reference, .. } => {
            payments::note_action(next_action, reference.as_ref(), payment, context)?
        }
        PaymentCommand::NoteCapture { notice, .. } => capture(notice, payment, composed)?,
        PaymentCommand::NoteFee { fee, .. } => {
            let rows = Accounts::find(payment, composed)?;
            payments::note_fee(*fee, payment, rows.to_capture(), context)?
        }
        PaymentCommand::NoteVoid { notice, .. } => payments::note_void(notice, payment, context)?,
        PaymentCommand::NoteUnknown { step, reference, .. } => {
            payments::note_unknown(*step, reference.as_ref(), payment, context)?
        }
        PaymentCommand::NoteNotReceived { step, .. } => {
            let id = payment.purpose.checkout();
            let checkout = composed.checkout(id)?.ok_or(shop::Refusal::CheckoutNotFound)?;
            let is_wanted = is_wanted(&checkout, payment.id);
            payments::note_not_received(*step, is_wanted, payment, context)?
        }
        _ => unreachable!("only news about a payment are sent here"),
    })
}

fn capture<R: Rows>(
    notice: &CaptureNotice,
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Outcome, Stop> {
    let rows = Accounts::find(payment, composed)?;
    let context = composed.context();
    Ok(payments::note_capture(notice, payment, rows.to_capture(), context)?)
}

/// The accounts on which a capture is posted, as far as they are open.
struct Accounts([Option<ledger::Account>; 3]);

impl Accounts {
    fn find<R: Rows>(
        payment: &Payment,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Accounts, Stop> {
        Ok(Accounts(composed.each_account_of(&names(payment), payment.amount.currency)?))
    }

    fn to_capture(&self) -> CaptureAccounts<'_> {
        let [clearing, fees, order] = self.0.each_ref().map(Option::as_ref);
        CaptureAccounts { clearing, fees, order }
    }
}

fn names(payment: &Payment) -> [AccountName; 3] {
    let (clearing, fees) = (payment.rail.clone(), payment.rail.clone());
    [AccountName::RailClearing(clearing), AccountName::RailFees(fees), AccountName::OrderClearing]
}

fn name_accounts<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    for name in names(payment) {
        walk.account(name.id(payment.amount.currency));
    }
}
