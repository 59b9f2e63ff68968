//! What follows when the bank of whoever paid takes the money back.

use base::Span;
use ledger::{Context, Subject};

use crate::{Actor, DeedKind, End, EndCause, Outcome, Promotion, PromotionEvent, State};

/// What has become of the payments of a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeNews {
    /// One of them is disputed.
    Open,
    /// None is disputed any more, and none was lost: the money is ours.
    Won,
    /// None is undecided any more, and one was lost: money that was paid is gone.
    Lost,
}

/// Lets a promotion follow a dispute of its payment:
///
/// * an open one holds it up, and puts its settlement off, because what was not spent may be what
///   the bank takes,
/// * one that was won lets both go on,
/// * one that was lost stops it, also when it was lost before others were won. What is left is
///   settled as ever: what of it whoever paid has from the bank makes the loss good.
///
/// `None` when nothing follows: it was never paid, or knows already.
pub fn follow_dispute(
    promotion: &Promotion,
    news: DisputeNews,
    hold: Span,
    context: Context,
) -> Option<Outcome> {
    let is_open = news == DisputeNews::Open;
    let is_told = promotion.pauses.is_disputed == is_open;
    // One that was rejected would come back by an appeal.
    let may_go_on = !promotion.state.is_ended() || promotion.state == State::Rejected;
    let is_stopped = news == DisputeNews::Lost && may_go_on;
    if promotion.funded_at.is_none() || (is_told && !is_stopped) {
        return None;
    }
    let before = promotion.state;
    let subject = Subject::of(promotion.id);
    let mut promotion = promotion.clone();
    promotion.pauses.is_disputed = is_open;
    let (mut deeds, mut events) = (Vec::new(), Vec::new());
    if !is_told {
        let kind = if is_open { DeedKind::Disputed } else { DeedKind::DisputeOver };
        deeds.push(promotion.note(kind, Actor::PLATFORM, context));
    }
    if is_stopped {
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
