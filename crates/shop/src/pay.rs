//! Paying a checkout: one attempt at a time, all tenders or none.

use base::{OrderId, PaymentId, Token};
use ledger::{Account, Reason, Subject};

use crate::checkout::{changed, check_open, touch};
use crate::order::{OrderLine, OrderTender, PaidBy};
use crate::parts::parts_of;
use crate::postings::{Direction, Sheet, order_postings};
use crate::{Checkout, CheckoutState, Context, EventKind, Numbering, Order, Outcome, Refusal};
use crate::{Series, Tender, TenderId, TenderKind, TenderStatus, limits, take_number};

/// Begins to pay. `payments` are ids drawn for this command; each method that has something to pay
/// takes one, and its payment is to be made for [`Tender::amount`]. When cards pay everything, or
/// there is nothing to pay, no method has one, and [`complete`] may follow at once.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutPaying` (one attempt at a time: two would charge the
/// same people twice), `CheckoutExpired`; `NotCovered`.
pub fn begin_pay(
    checkout: &Checkout,
    payments: [PaymentId; limits::METHOD_TENDERS_MAX],
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(checkout, context.now)?;
    let remaining = checkout.remaining();
    if !remaining.is_zero() {
        return Err(Refusal::NotCovered { remaining: checkout.money(remaining) });
    }
    let mut checkout = checkout.clone();
    let mut payments = payments.into_iter();
    for tender in checkout.tenders.iter_mut().filter(|tender| tender.is_live()) {
        if tender.allocations.is_empty() {
            continue;
        }
        tender.status = TenderStatus::Paying;
        if let TenderKind::PaymentMethod { payment, .. } = &mut tender.kind {
            *payment = payments.next();
        }
    }
    checkout.state = CheckoutState::Paying;
    checkout.due_at = None;
    Ok(changed(checkout, None))
}

/// Notes that the payer must do something before the payment of a tender goes on. The attempt waits
/// for that until [`limits::ACTION_TIME`] after the first such note; then it is due.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutNotPaying`; `TenderNotFound` unless it has a payment
/// under way; `NothingToChange` when that is so already.
pub fn require_action(
    id: TenderId,
    checkout: &Checkout,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut checkout = with_status(id, TenderStatus::RequiresAction, checkout)?;
    let until = context.now.saturating_add(limits::ACTION_TIME);
    checkout.due_at = checkout.due_at.or(Some(until));
    Ok(changed(checkout, Some(EventKind::CheckoutActionRequired)))
}

/// Notes that the payer has done what was required.
///
/// # Errors
///
/// As [`require_action`].
pub fn note_action_taken(id: TenderId, checkout: &Checkout) -> Result<Outcome, Refusal> {
    let checkout = with_status(id, TenderStatus::Paying, checkout)?;
    Ok(changed(checkout, None))
}

fn with_status(
    id: TenderId,
    status: TenderStatus,
    checkout: &Checkout,
) -> Result<Checkout, Refusal> {
    check_paying(checkout)?;
    let mut checkout = checkout.clone();
    let has_payment = |tender: &Tender| {
        matches!(tender.kind, TenderKind::PaymentMethod { payment: Some(_), .. })
            && tender.is_live()
    };
    let mut tenders = checkout.tenders.iter_mut();
    let tender = tenders.find(|tender| tender.id == id && has_payment(tender));
    let tender = tender.ok_or(Refusal::TenderNotFound)?;
    if tender.status == status {
        return Err(Refusal::NothingToChange);
    }
    tender.status = status;
    let needs_action = |tender: &Tender| tender.status == TenderStatus::RequiresAction;
    let waits = checkout.tenders.iter().any(needs_action);
    checkout.state = if waits { CheckoutState::RequiresAction } else { CheckoutState::Paying };
    checkout.due_at = checkout.due_at.filter(|_| waits);
    Ok(checkout)
}

/// Ends an attempt that has failed: nobody has paid anything, and a new tender begins the next
/// attempt. The caller voids or refunds the payments and releases every hold.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutNotPaying`; `TenderNotFound` when the tender that
/// is to blame is none of the attempt.
pub fn fail(
    checkout: &Checkout,
    to_blame: Option<TenderId>,
    reason: Token<40>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_paying(checkout)?;
    let mut checkout = checkout.clone();
    let is_there =
        |id: TenderId| checkout.tenders.iter().any(|tender| tender.id == id && tender.is_live());
    if to_blame.is_some_and(|id| !is_there(id)) {
        return Err(Refusal::TenderNotFound);
    }
    for tender in checkout.tenders.iter_mut().filter(|tender| tender.is_live()) {
        let is_to_blame = Some(tender.id) == to_blame;
        tender.status = if is_to_blame { TenderStatus::Failed } else { TenderStatus::Released };
    }
    checkout.state = CheckoutState::Failed;
    checkout.failure = Some(reason);
    touch(&mut checkout, context.now);
    Ok(changed(checkout, Some(EventKind::CheckoutFailed)))
}

/// Gives up an attempt that waits for its payer: by the payer's own wish, or because the payer has
/// not acted in time. As [`fail`], and nobody is to blame.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutNotPaying`; `CheckoutPaying` while it waits for a rail
/// alone: the rail's answer decides.
pub fn cancel_attempt(checkout: &Checkout, context: Context) -> Result<Outcome, Refusal> {
    check_paying(checkout)?;
    if checkout.state == CheckoutState::Paying {
        return Err(Refusal::CheckoutPaying);
    }
    let reason = Token::new("attempt_canceled").map_err(|_| Refusal::LimitExceeded)?;
    fail(checkout, None, reason, context)
}

/// Rows an order is decided on.
#[derive(Clone, Copy, Debug)]
pub struct CompleteRows<'a> {
    /// The order of the same id, if there is one.
    pub existing: Option<&'a Order>,
    /// The series [`Series::Receipt`], unless no number was taken before.
    pub receipts: Option<&'a Numbering>,
    /// Those of [`checkout_accounts`](crate::checkout_accounts) that were opened before.
    pub accounts: &'a [&'a Account],
}

/// Makes the order of a checkout whose tenders have all succeeded: every hold can be captured and
/// every payment was. Posts what sellers, creators, the shop and the state get.
///
/// # Errors
///
/// In this order: `IdTaken`; `CheckoutPaid`, `CheckoutNotPaying`; `LimitExceeded` when a total of
/// an account would overflow.
pub fn complete(
    id: OrderId,
    checkout: &Checkout,
    rows: CompleteRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    check_paying(checkout)?;
    let (receipt, numbering) = take_number(rows.receipts, Series::Receipt);
    let mut checkout = checkout.clone();
    for tender in checkout.tenders.iter_mut().filter(|tender| tender.is_live()) {
        let is_used = !tender.allocations.is_empty();
        tender.status = if is_used { TenderStatus::Paid } else { TenderStatus::Released };
    }
    checkout.state = CheckoutState::Paid;
    checkout.order = Some(id);
    let order = order_of(id, &checkout, receipt, context);
    let postings = order_postings(&order);
    let behalf = (Reason::Order, Subject::of(id));
    let sheet = Sheet::new(order.currency, behalf, rows.accounts, context);
    let posted = sheet.post(&postings, Direction::FromClearing)?.finish();
    let events = vec![
        (EventKind::CheckoutPaid, Subject::of(checkout.id)),
        (EventKind::OrderPaid, Subject::of(id)),
    ];
    Ok(Outcome {
        checkouts: vec![checkout],
        orders: vec![order],
        numberings: vec![numbering],
        posted,
        events,
        ..Outcome::default()
    })
}

fn check_paying(checkout: &Checkout) -> Result<(), Refusal> {
    match checkout.state {
        CheckoutState::Paying | CheckoutState::RequiresAction => Ok(()),
        CheckoutState::Paid => Err(Refusal::CheckoutPaid),
        CheckoutState::Open | CheckoutState::Failed | CheckoutState::Expired => {
            Err(Refusal::CheckoutNotPaying)
        }
    }
}

fn order_of(id: OrderId, checkout: &Checkout, receipt: u64, context: Context) -> Order {
    let lines = checkout.lines.iter().map(|line| OrderLine {
        line: line.clone(),
        parts: parts_of(line, &checkout.lines),
        refunded: base::Amount::ZERO,
        refunded_units: 0,
    });
    Order {
        id,
        checkout: checkout.id,
        currency: checkout.currency,
        region: checkout.region,
        buyer: checkout.buyer,
        lines: lines.collect(),
        tenders: checkout.tenders.iter().filter_map(order_tender).collect(),
        source: checkout.source.clone(),
        receipt,
        metadata: checkout.metadata.clone(),
        created_at: context.now,
    }
}

/// A tender that paid. One that pays something has a hold since it was added, or a payment since
/// paying began.
fn order_tender(tender: &Tender) -> Option<OrderTender> {
    if tender.status != TenderStatus::Paid {
        return None;
    }
    let paid_by = match tender.kind {
        TenderKind::GiftCard { card, hold } => PaidBy::GiftCard { card, hold: hold? },
        TenderKind::PaymentMethod { method, payment, .. } => {
            PaidBy::PaymentMethod { method, payment: payment? }
        }
    };
    Some(OrderTender { id: tender.id, paid_by, allocations: tender.allocations.clone() })
}
