//! Booking what time has ended. Whether something is over is judged wherever it is used; these
//! decisions only write it down.

use ledger::{Account, LinkedSet, Reason};

use crate::life::{changed, move_value};
use crate::outcome::about_hold;
use crate::spend::{close_if_settled, or_open};
use crate::{Card, CardState, Context, EventKind, Hold, Outcome, Refusal};

/// Books the expiry of a card: what is left goes to breakage, or back to the expense it was
/// given away from.
///
/// # Errors
///
/// `NotDue` unless it is active and past its date; `HoldsOpen` while something is held.
pub fn expire_card(
    card: &Card,
    account: &Account,
    expiry: Option<&Account>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if card.state != CardState::Active || !card.is_past_expiry(context.now) {
        return Err(Refusal::NotDue);
    }
    if !account.held().is_zero() {
        return Err(Refusal::HoldsOpen);
    }
    let left = account.available();
    let to = or_open(expiry, card.funding.expiry_account(), card.currency);
    let posted = move_value(card, account, to, Reason::CardExpiry, left, context)?;
    let expired_value = card.expired_value.checked_add(left).ok_or(Refusal::LimitExceeded)?;
    let card = Card { state: CardState::Expired, expired_value, ..card.clone() };
    Ok(Outcome { posted, ..changed(card, account, EventKind::CardExpired) })
}

/// Books the lapse of a hold.
///
/// # Errors
///
/// `NotDue` before its time; `HoldNotOpen` when nothing is held any more.
pub fn expire_hold(
    hold: &Hold,
    card: &Card,
    account: &Account,
    clearing: &Account,
    context: Context,
) -> Result<Outcome, Refusal> {
    if hold.pending.open().is_zero() {
        return Err(Refusal::HoldNotOpen);
    }
    if hold.expires_at > context.now {
        return Err(Refusal::NotDue);
    }
    let mut set = LinkedSet::new(context.sequence, Reason::HoldExpiry, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let pending = set.expire(&hold.pending).map_err(|_| Refusal::HoldNotOpen)?;
    let hold = Hold { pending, ..hold.clone() };
    let mut card = card.clone();
    close_if_settled(&mut card, &hold);
    Ok(Outcome {
        events: vec![(EventKind::HoldExpired, about_hold(hold.id))],
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        ..Outcome::default()
    })
}
