//! Refunds: captured money goes back to the card it came from.

use base::{Money, RefundId, Span};
use ledger::{Account, LinkedSet, Reason};

use crate::outcome::{about_hold, about_refund};
use crate::{Card, CardState, Context, EventKind, Hold, Outcome, Refund, Refusal, Why};

/// A refund of a part of what a hold captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundHold {
    /// Id of the refund, drawn by the caller.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
}

/// Returns a part of what `hold` captured to its card. A frozen card takes it; an expired one is
/// prolonged, so that the money can be spent.
///
/// # Errors
///
/// In this order: `CurrencyMismatch`, `AmountExceedsCaptured`, `NotUsable(Canceled)`,
/// `IdTaken`, `LimitExceeded` when a total would overflow.
pub fn refund(
    new: &RefundHold,
    hold: &Hold,
    card: &Card,
    accounts: (&Account, &Account),
    existing: Option<&Refund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if new.amount.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if new.amount.amount > hold.refundable() {
        let refundable = card.money(hold.refundable());
        return Err(Refusal::AmountExceedsCaptured { refundable });
    }
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let mut outcome = give_back(hold, card, accounts, new.amount, Reason::Refund, context)?;
    outcome.refunds.push(Refund {
        id: new.id,
        hold: hold.id,
        card: card.id,
        amount: new.amount,
        reversed: false,
        created_at: context.now,
    });
    outcome.events.push((EventKind::RefundSucceeded, about_refund(new.id)));
    Ok(outcome)
}

/// Posts captured money back to the card and counts it on the hold.
pub(crate) fn give_back(
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    amount: Money,
    reason: Reason,
    context: Context,
) -> Result<Outcome, Refusal> {
    if card.state == CardState::Canceled {
        return Err(Refusal::NotUsable(Why::Canceled));
    }
    let mut set = LinkedSet::new(context.sequence, reason, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    set.transfer(clearing.id, account.id, amount).map_err(|_| Refusal::LimitExceeded)?;
    let refunded = hold.refunded.checked_add(amount.amount).ok_or(Refusal::LimitExceeded)?;
    let mut outcome = Outcome {
        holds: vec![Hold { refunded, ..hold.clone() }],
        posted: set.finish(),
        ..Outcome::default()
    };
    if card.is_past_expiry(context.now) {
        outcome.cards.push(prolonged(card, context));
    }
    Ok(outcome)
}

/// The card with a date that leaves time to spend what came back. What was booked off it at
/// expiry stays booked off: the refund revives the refunded money only.
fn prolonged(card: &Card, context: Context) -> Card {
    let days = Span::days(u64::from(card.refund_extension_days.max(1)));
    let expires_at = Some(context.now.saturating_add(days));
    Card { state: CardState::Active, expires_at, ..card.clone() }
}

