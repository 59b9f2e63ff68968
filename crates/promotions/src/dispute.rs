//! What follows when the bank of whoever paid takes the money back.

use base::Span;
use ledger::{Context, Subject};

use crate::{Actor, DeedKind, End, EndCause, Outcome, Promotion, PromotionEvent, State};

/// What has become of the payments of a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeNews {
    /// One of them is disputed.
    Open,
    /// None is disputed any more: the money is ours.
    Won,
    /// One dispute was lost: money that was paid is gone.
    Lost,
}

/// Lets a promotion follow a dispute of its payment:
///
/// * an open one holds it up, and puts its settlement off, because what was not spent may be what
///   the bank takes,
/// * one that was won lets both go on,
/// * one that was lost stops it. What is left is settled as ever: the refund makes the loss good
///   before anything goes to whoever paid.
///
/// `None` when nothing follows: it was never paid, or knows already.
pub fn follow_dispute(
    promotion: &Promotion,
    news: DisputeNews,
    hold: Span,
    context: Context,
) -> Option<Outcome> {
    let is_open = news == DisputeNews::Open;
    if promotion.funded_at.is_none() || promotion.pauses.is_disputed == is_open {
        return None;
    }
    let before = promotion.state;
    let subject = Subject::of(promotion.id);
    let mut promotion = promotion.clone();
    promotion.pauses.is_disputed = is_open;
    let kind = if is_open { DeedKind::Disputed } else { DeedKind::DisputeOver };
    let mut deeds = vec![promotion.note(kind, Actor::PLATFORM, context)];
    let mut events = Vec::new();
    if news == DisputeNews::Lost && !before.is_ended() {
        promotion.end(State::Stopped, End { cause: EndCause::Payment, at: context.now }, hold);
        deeds.push(promotion.note(DeedKind::Stopped, Actor::PLATFORM, context));
        events.push((PromotionEvent::Stopped, subject));
    } else if matches!(before, State::Scheduled | State::Running | State::Paused) {
        promotion.state = promotion.allowed_state(context.now);
        let event = match promotion.state {
            state if state == before => None,
            State::Paused => Some(PromotionEvent::Paused),
            _ => Some(PromotionEvent::Resumed),
        };
        events.extend(event.map(|event| (event, subject)));
    }
    Some(Outcome { promotions: vec![promotion], deeds, events, ..Outcome::default() })
}
