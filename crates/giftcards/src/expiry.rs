//! Booking what time has ended. Whether something is over is judged wherever it is used; these
//! decisions only write it down.

use ledger::{Account, LinkedSet, Reason, Subject};

use crate::life::changed;
use crate::spend::close_if_settled;
use crate::{Card, CardState, Context, EventKind, Hold, Outcome, Refusal, Sinks};

/// Books the expiry of a card: what is left goes to breakage, or back to the expense it was
/// given away from, as goodwill always does. `sinks` are
/// [`Funding::expiry_account`](crate::Funding::expiry_account) and `giftcard/incentives`.
///
/// # Errors
///
/// In this order: `NotDue` unless it is active and past its date; `HoldsOpen` while something is
/// held, even by a lapsed hold, which is booked first.
pub fn expire_card(
    card: &Card,
    account: &Account,
    sinks: Sinks<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if card.state != CardState::Active || !card.is_past_expiry(context.now) {
        return Err(Refusal::NotDue);
    }
    if !account.held().is_zero() {
        return Err(Refusal::HoldsOpen);
    }
    let mut set = LinkedSet::new(context.position, Reason::CardExpiry, Subject::of(card.id));
    set.add(account.clone());
    let mut card = Card { state: CardState::Expired, ..card.clone() };
    card.expire(account.available(), sinks, &mut set)?;
    card.end_return_term();
    Ok(Outcome { posted: set.finish(), ..changed(card, account, EventKind::CardExpired) })
}

/// Books the lapse of a hold.
///
/// # Errors
///
/// In this order: `HoldNotOpen` when nothing is held any more; `NotDue` before its time.
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
    let mut set = LinkedSet::new(context.position, Reason::HoldExpiry, Subject::of(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let pending = set.expire(&hold.pending).map_err(|_| Refusal::HoldNotOpen)?;
    let hold = Hold { pending, ..hold.clone() };
    let mut card = card.clone();
    close_if_settled(&mut card, &hold);
    Ok(Outcome {
        events: vec![(EventKind::HoldExpired, Subject::of(hold.id))],
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        ..Outcome::default()
    })
}

/// Lapsed holds that a decision about their card has booked on its way.
pub(crate) struct Lapses {
    pub(crate) holds: Vec<Hold>,
    pub(crate) events: Vec<(EventKind, Subject)>,
}

/// Books lapsed holds inside `set`, so that nobody is refused for money that is free by now.
pub(crate) fn book_lapses(
    set: &mut LinkedSet,
    card: &mut Card,
    lapsed: &[&Hold],
) -> Result<Lapses, Refusal> {
    let mut lapses = Lapses { holds: Vec::new(), events: Vec::new() };
    for hold in lapsed {
        set.on_behalf(Reason::HoldExpiry, Subject::of(hold.id));
        match set.expire(&hold.pending) {
            Ok(pending) => {
                lapses.holds.push(Hold { pending, ..(*hold).clone() });
                lapses.events.push((EventKind::HoldExpired, Subject::of(hold.id)));
            }
            // Listed although nothing is held any more: it is only unlisted.
            Err(ledger::Refusal::PendingClosed) => {}
            // Unlisting it would leave money reserved for ever.
            Err(_) => return Err(Refusal::LimitExceeded),
        }
        card.open_holds.retain(|(id, _)| *id != hold.id);
    }
    Ok(lapses)
}
