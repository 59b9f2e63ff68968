//! Deliveries: handed over at their time, reported on, sent again, sent to somebody else.

use base::Span;
use ledger::{Account, Subject};

use crate::card::Details;
use crate::life::{changed, refuse_canceled};
use crate::{Card, CardState, ClaimLink, Context, Delivery, DeliveryState, EventKind, Gift};
use crate::{Outcome, Refusal, Sealed, Why, limits};

/// Hands a scheduled delivery over to whoever sends it.
///
/// # Errors
///
/// `NotDue` unless the card is living, and its delivery is scheduled and its time has come.
pub fn deliver(card: &Card, account: &Account, context: Context) -> Result<Outcome, Refusal> {
    let mut gift = card.gift.clone().unwrap_or_default();
    let is_due = |it: &Delivery| {
        let has_come = it.deliver_at.is_none_or(|at| at <= context.now);
        it.state == DeliveryState::Scheduled && has_come && card.state == CardState::Active
    };
    let delivery = gift.delivery.as_mut().filter(|it| is_due(it)).ok_or(Refusal::NotDue)?;
    delivery.hand_over(context.now);
    let mut card = Card { gift: Some(gift), ..card.clone() };
    card.begin_return_term_anew(context.now);
    Ok(changed(card, account, EventKind::CardDeliveryDue))
}

/// What became of a sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryNews {
    /// Which sending; see [`Delivery::sendings`].
    pub sending: u16,
    /// How far it got.
    pub state: DeliveryState,
}

/// Keeps what whoever sends the card has learned. News of an earlier sending, and those that would
/// take a delivery back to where it was before, change nothing.
///
/// # Errors
///
/// `NothingToChange` for such news.
pub fn note_delivery(
    card: &Card,
    account: &Account,
    news: DeliveryNews,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut gift = card.gift.clone().unwrap_or_default();
    let is_news = |it: &Delivery| {
        it.is_handed_over()
            && it.sendings == news.sending
            && it.state < news.state
            && DeliveryState::Sent <= news.state
    };
    let delivery = gift.delivery.as_mut().filter(|it| is_news(it));
    let delivery = delivery.ok_or(Refusal::NothingToChange)?;
    (delivery.state, delivery.at) = (news.state, context.now);
    let card = Card { gift: Some(gift), ..card.clone() };
    Ok(changed(card, account, EventKind::CardDeliveryUpdated))
}

/// Sends a card again, with a new link; the old one is dead, while its code lives on.
///
/// # Errors
///
/// In this order: `NotUsable` for a canceled or expired card; `AlreadyClaimed`; `NothingToChange`
/// when nothing is sent, as for a printed card; `NotDue` when it was not sent yet;
/// `LimitExceeded` when it was sent [`limits::SENDINGS_MAX`] times; `TooSoon` when less than
/// [`limits::SENDING_SECONDS_MIN`] have passed since the last was heard of it.
pub fn resend(
    card: &Card,
    account: &Account,
    link: Option<ClaimLink>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut gift = unclaimed(card, context)?;
    let delivery = gift.delivery.as_mut().ok_or(Refusal::NothingToChange)?;
    if delivery.state == DeliveryState::Scheduled {
        return Err(Refusal::NotDue);
    }
    if !delivery.is_handed_over() {
        return Err(Refusal::NothingToChange);
    }
    send_again(delivery, context)?;
    gift.link = link.or(gift.link);
    let mut card = Card { gift: gift.kept(), ..card.clone() };
    card.begin_return_term_anew(context.now);
    Ok(changed(card, account, EventKind::CardDeliveryDue))
}

/// Makes a card one for somebody else, or for the same person under another address, and sends it
/// to them unless its time has not come. It has a new link; the old one is dead, while its code
/// lives on.
///
/// # Errors
///
/// In this order: `NotUsable` for a canceled or expired card; `AlreadyClaimed`; `LimitExceeded`
/// when the text is too long, or as for [`resend`].
pub fn change_recipient(
    card: &Card,
    account: &Account,
    recipient: &Sealed,
    link: Option<ClaimLink>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut gift = unclaimed(card, context)?;
    let details = card.details.as_deref().cloned().unwrap_or_default();
    let details = Details { recipient: Some(recipient.clone()), ..details };
    if !details.within_limits() {
        return Err(Refusal::LimitExceeded);
    }
    let sent = gift.delivery.as_mut().filter(|delivery| delivery.is_handed_over());
    let is_sent = sent.is_some();
    sent.map_or(Ok(()), |delivery| send_again(delivery, context))?;
    gift.link = link.or(gift.link);
    let mut card = Card { gift: gift.kept(), details: details.kept(), ..card.clone() };
    card.begin_return_term_anew(context.now);
    let about = Subject::of(card.id);
    let mut outcome = changed(card, account, EventKind::CardRecipientChanged);
    if is_sent {
        outcome.events.push((EventKind::CardDeliveryDue, about));
    }
    Ok(outcome)
}

fn unclaimed(card: &Card, context: Context) -> Result<Gift, Refusal> {
    refuse_canceled(card)?;
    if card.is_past_expiry(context.now) {
        return Err(Refusal::NotUsable(Why::Expired));
    }
    card.refuse_claimed()?;
    Ok(card.gift.as_deref().cloned().unwrap_or_default())
}

/// Bounded, because every sending is a letter to somebody who may not want it.
fn send_again(delivery: &mut Delivery, context: Context) -> Result<(), Refusal> {
    let pause = Span::seconds(limits::SENDING_SECONDS_MIN);
    if delivery.sendings >= limits::SENDINGS_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let wait = delivery.at.saturating_add(pause).since(context.now).filter(|it| *it > Span::ZERO);
    if let Some(wait) = wait {
        return Err(Refusal::TooSoon { wait_s: wait.micros().div_ceil(1_000_000) });
    }
    delivery.hand_over(context.now);
    Ok(())
}
