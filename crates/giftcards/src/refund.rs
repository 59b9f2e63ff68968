//! Refunds: captured money goes back to the card it came from.

use base::{Amount, CheckoutId, Instant, Money, RefundId, Span};
use ledger::{Account, LinkedSet, Reason, Subject};

use crate::{Card, CardState, Context, EventKind, Hold, Outcome, Refund, Refusal, Sinks, Why};

/// A refund of a part of what a hold captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundHold {
    /// Id of the refund, drawn by the caller.
    pub id: RefundId,
    /// How much, above zero.
    pub amount: Money,
}

/// Rows on which money that was spent is returned: by a refund, or by undoing an operation.
#[derive(Clone, Copy, Debug)]
pub struct ReturnRows<'a> {
    /// The hold that captured it.
    pub hold: &'a Hold,
    /// The card of the hold.
    pub card: &'a Card,
    /// The account of the card.
    pub account: &'a Account,
    /// `order/clearing` in the currency of the card.
    pub clearing: &'a Account,
    /// Where value goes that has expired,
    /// [`Funding::expiry_account`](crate::Funding::expiry_account), and goodwill that has no card
    /// to return to.
    pub expiry: Sinks<'a>,
}

/// Returns a part of what a hold captured to its card, goodwill last. A frozen card takes it; an
/// expired one is prolonged, so that the money can be spent. A canceled one takes nothing: goodwill
/// alone goes back to `giftcard/incentives` then.
///
/// # Errors
///
/// In this order: `HoldOfCheckout` unless whoever placed the hold refunds it, `CurrencyMismatch`,
/// `AmountExceedsCaptured`, `IdTaken`, `NotUsable(Canceled)` unless all of it is goodwill,
/// `LimitExceeded` when nothing is to be refunded or a total would overflow.
pub fn refund(
    new: &RefundHold,
    rows: ReturnRows<'_>,
    existing: Option<&Refund>,
    by: Option<CheckoutId>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let ReturnRows { hold, card, .. } = rows;
    hold.check_moved_by(by)?;
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
    let mut outcome = give_back(rows, new.amount, Reason::Refund, context)?;
    outcome.refunds.push(Refund {
        id: new.id,
        hold: hold.id,
        card: card.id,
        amount: new.amount,
        goodwill: hold.goodwill_of(new.amount.amount),
        reversed: false,
        created_at: context.now,
    });
    outcome.events.push((EventKind::RefundSucceeded, Subject::of(new.id)));
    Ok(outcome)
}

/// Posts captured money back to the card and counts it on the hold.
pub(crate) fn give_back(
    rows: ReturnRows<'_>,
    amount: Money,
    reason: Reason,
    context: Context,
) -> Result<Outcome, Refusal> {
    let ReturnRows { hold, card, account, clearing, .. } = rows;
    let part = hold.goodwill_of(amount.amount);
    let mut set = LinkedSet::new(context.position, reason, Subject::of(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let mut outcome = Outcome::default();
    let mut after = None;
    let mut to = account.id;
    if card.takes_refunds() {
        if card.is_past_expiry(context.now) {
            after = Some(prolong(card, account, rows.expiry, &mut set, &mut outcome, context)?);
            set.on_behalf(reason, Subject::of(hold.id));
        }
        if !part.is_zero() {
            after.get_or_insert_with(|| card.clone()).add_goodwill(part)?;
        }
    } else {
        // What was given away is owed to nobody, so it needs no card.
        if part.is_zero() || part != amount.amount {
            return Err(Refusal::NotUsable(Why::Canceled));
        }
        let incentives = card.incentives(rows.expiry.incentives);
        to = incentives.id;
        set.add(incentives);
    }
    set.transfer(clearing.id, to, amount).map_err(|_| Refusal::LimitExceeded)?;
    let refunded = hold.refunded.checked_add(amount.amount).ok_or(Refusal::LimitExceeded)?;
    let goodwill = hold.goodwill.saturating_sub(part);
    outcome.cards.extend(after);
    outcome.holds.push(Hold { refunded, goodwill, ..hold.clone() });
    outcome.posted = set.finish();
    Ok(outcome)
}

/// Prolongs a card that is past its date, so that what comes back to it can be spent. What was left
/// on it stays expired.
pub(crate) fn prolong(
    card: &Card,
    account: &Account,
    expiry: Sinks<'_>,
    set: &mut LinkedSet,
    outcome: &mut Outcome,
    context: Context,
) -> Result<Card, Refusal> {
    let expired = book_expiry(card, account, expiry, set, outcome)?;
    outcome.events.push((EventKind::CardExtended, Subject::of(card.id)));
    Ok(prolonged(expired, context))
}

/// Books the expiry of a card that is past its date, unless that was done. A refund then revives
/// the refunded money only, whether it comes before or after the expiry was noticed.
fn book_expiry(
    card: &Card,
    account: &Account,
    expiry: Sinks<'_>,
    set: &mut LinkedSet,
    outcome: &mut Outcome,
) -> Result<Card, Refusal> {
    let left = account.available();
    if card.state != CardState::Active || left.is_zero() {
        return Ok(card.clone());
    }
    set.on_behalf(Reason::CardExpiry, Subject::of(card.id));
    outcome.events.push((EventKind::CardExpired, Subject::of(card.id)));
    let mut card = card.clone();
    card.expire(left, expiry, set)?;
    Ok(card)
}

/// The card with a date that leaves time to spend what came back. What was booked off it at
/// expiry stays booked off, until somebody extends the card.
fn prolonged(card: Card, context: Context) -> Card {
    let expires_at = Some(card.extended_from(context.now));
    Card { state: CardState::Active, expires_at, ..card }
}

impl Card {
    /// Takes off what has expired, and notes it for an extension.
    pub(crate) fn expire(
        &mut self,
        left: Amount,
        sinks: Sinks<'_>,
        set: &mut LinkedSet,
    ) -> Result<(), Refusal> {
        let goodwill = self.take_for_good(left, &self.funding.expiry_account(), sinks, set)?;
        let expired = self.expired_value.checked_add(left);
        self.expired_value = expired.ok_or(Refusal::LimitExceeded)?;
        let expired = self.expired_goodwill.checked_add(goodwill);
        self.expired_goodwill = expired.ok_or(Refusal::LimitExceeded)?;
        Ok(())
    }

    /// The date that leaves time to spend what comes back at `now`.
    pub(crate) fn extended_from(&self, now: Instant) -> Instant {
        now.saturating_add(Span::days(u64::from(self.refund_extension_days.max(1))))
    }
}
