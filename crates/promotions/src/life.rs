//! The life of a promotion that is paid: start, pause, resume, stop, complete, and what follows
//! from its post.

use base::Span;
use ledger::{Context, Subject};

use crate::{Actor, DeedKind, End, EndCause, Outcome, Post, Promotion, PromotionEvent, Refusal};
use crate::{Role, RuleCode, State};

/// Starts a scheduled promotion whose time has come. It may be shown before this is booked.
///
/// # Errors
///
/// In this order: `NotRunning` unless it is scheduled; `NotDue`.
pub fn start(promotion: &Promotion, context: Context) -> Result<Outcome, Refusal> {
    if promotion.state != State::Scheduled {
        return Err(Refusal::NotRunning);
    }
    let due_at = promotion.terms.starts_at;
    if context.now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    let mut promotion = Promotion { state: State::Running, ..promotion.clone() };
    let deed = promotion.note(DeedKind::Started, Actor::PLATFORM, context);
    Ok(Outcome::of(promotion, deed, PromotionEvent::Started))
}

/// Holds a promotion up: for its advertiser, or for the platform when anybody else asks. What was
/// shown before is still billed.
///
/// # Errors
///
/// In this order: `Ended`, also when its end has passed; `NotRunning` unless it is scheduled,
/// running or paused; `NothingToChange` when it is held up by the same; `LimitExceeded` (too many
/// deeds of its advertiser).
pub fn pause(promotion: &Promotion, actor: Actor, context: Context) -> Result<Outcome, Refusal> {
    check_allowed(promotion, context)?;
    let mut promotion = promotion.clone();
    let is_advertiser = actor.role == Role::Advertiser;
    let pauses = &mut promotion.pauses;
    let flag = if is_advertiser { &mut pauses.by_advertiser } else { &mut pauses.by_platform };
    if std::mem::replace(flag, true) {
        return Err(Refusal::NothingToChange);
    }
    if is_advertiser && promotion.has_many_deeds() {
        return Err(Refusal::LimitExceeded);
    }
    let before = std::mem::replace(&mut promotion.state, State::Paused);
    let deed = promotion.note(DeedKind::Paused, actor, context);
    let event = told(before, promotion.state);
    Ok(Outcome::told(promotion, deed, event))
}

/// Takes away what the caller holds a promotion up with. It goes on unless something else does.
/// Staff also takes away what a claim holds it up with.
///
/// # Errors
///
/// In this order: `Ended`, also when its end has passed; `NotRunning` as in [`pause`];
/// `PausedByPlatform` when its advertiser asks and only the platform holds it up; `PostPrivate`
/// or `PaymentDisputed` when only that does; `NotPaused`.
pub fn resume(promotion: &Promotion, actor: Actor, context: Context) -> Result<Outcome, Refusal> {
    check_allowed(promotion, context)?;
    let mut promotion = promotion.clone();
    let is_advertiser = actor.role == Role::Advertiser;
    let pauses = &mut promotion.pauses;
    let flag = if is_advertiser { &mut pauses.by_advertiser } else { &mut pauses.by_platform };
    let was_held = std::mem::replace(flag, false);
    let was_held_by_claim = !is_advertiser && std::mem::replace(&mut pauses.by_claim, false);
    if !was_held && !was_held_by_claim {
        return Err(match promotion.pauses {
            pauses if pauses.by_platform || pauses.by_claim => Refusal::PausedByPlatform,
            pauses if pauses.post_is_private => Refusal::PostPrivate,
            pauses if pauses.is_disputed => Refusal::PaymentDisputed,
            _ => Refusal::NotPaused,
        });
    }
    let before = promotion.state;
    promotion.state = promotion.allowed_state(context.now);
    let deed = promotion.note(DeedKind::Resumed, actor, context);
    let event = told(before, promotion.state);
    Ok(Outcome::told(promotion, deed, event))
}

fn check_allowed(promotion: &Promotion, context: Context) -> Result<(), Refusal> {
    let is_allowed = matches!(promotion.state, State::Scheduled | State::Running | State::Paused);
    if promotion.state.is_ended() || (is_allowed && promotion.terms.ends_at <= context.now) {
        return Err(Refusal::Ended);
    }
    if is_allowed { Ok(()) } else { Err(Refusal::NotRunning) }
}

/// Holds a promotion up while nobody has decided on a claim that wants it stopped, or lets it go on
/// when none does any more. One that is reviewed, or could come back by an appeal, is held up from
/// then on. `None` when nothing follows: it was never paid, is over, or knows already.
pub fn hold_for_claim(promotion: &Promotion, is_held: bool, context: Context) -> Option<Outcome> {
    let is_over = promotion.state.is_ended() && promotion.state != State::Rejected;
    let is_told = promotion.pauses.by_claim == is_held;
    if promotion.funded_at.is_none() || is_over || is_told {
        return None;
    }
    let before = promotion.state;
    let mut promotion = promotion.clone();
    promotion.pauses.by_claim = is_held;
    if matches!(before, State::Scheduled | State::Running | State::Paused) {
        promotion.state = promotion.allowed_state(context.now);
    }
    let kind = if is_held { DeedKind::Paused } else { DeedKind::Resumed };
    let deed = promotion.note(kind, Actor::PLATFORM, context);
    let event = told(before, promotion.state);
    Some(Outcome::told(promotion, deed, event))
}

/// Why a promotion is stopped by somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// Its advertiser wants it.
    Advertiser,
    /// It breaks a rule.
    Policy(RuleCode),
    /// Its payment does not stand.
    Payment,
}

/// Ends a promotion for good. What was shown before is still billed; what is left goes back after
/// `hold`. A draft that nobody has paid is thrown away. One that was rejected ends for good only
/// when its payment does not stand: an appeal would bring it back.
///
/// # Errors
///
/// In this order: `BeingPaid`, `Ended`.
pub fn stop(
    cause: &StopCause,
    promotion: &Promotion,
    hold: Span,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    if promotion.is_being_paid() {
        return Err(Refusal::BeingPaid);
    }
    let may_come_back = promotion.state == State::Rejected && *cause == StopCause::Payment;
    if promotion.state.is_ended() && !may_come_back {
        return Err(Refusal::Ended);
    }
    let (cause, rule) = match cause {
        StopCause::Advertiser => (EndCause::Advertiser, None),
        StopCause::Policy(rule) => (EndCause::Policy, Some(rule.clone())),
        StopCause::Payment => (EndCause::Payment, None),
    };
    let mut promotion = promotion.clone();
    promotion.end(State::Stopped, End { cause, at: context.now }, hold);
    promotion.review.rule = rule.clone().or(promotion.review.rule);
    let mut deed = promotion.note(DeedKind::Stopped, actor, context);
    deed.rule = rule;
    Ok(Outcome::of(promotion, deed, PromotionEvent::Stopped))
}

/// Ends a promotion whose time is over, whether it was shown or not: a review that came too late
/// returns everything.
///
/// # Errors
///
/// In this order: `NotRunning` unless it is under way; `NotDue`.
pub fn complete(promotion: &Promotion, hold: Span, context: Context) -> Result<Outcome, Refusal> {
    if !promotion.state.is_under_way() {
        return Err(Refusal::NotRunning);
    }
    let due_at = promotion.terms.ends_at;
    if context.now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    let mut promotion = promotion.clone();
    promotion.end(State::Completed, End { cause: EndCause::TimeOver, at: context.now }, hold);
    let deed = promotion.note(DeedKind::Completed, Actor::PLATFORM, context);
    Ok(Outcome::of(promotion, deed, PromotionEvent::Completed))
}

/// Lets a promotion follow its post:
///
/// * a post that was deleted stops it,
/// * other content brings it back into review, and it is not shown meanwhile,
/// * a private post holds it up, and one that is public again does not.
///
/// # Errors
///
/// `NothingToChange` when none of that applies, as to a promotion that is not under way.
pub fn follow_post(
    promotion: &Promotion,
    post: &Post,
    hold: Span,
    context: Context,
) -> Result<Outcome, Refusal> {
    let state = promotion.state;
    if !state.is_under_way() {
        return Err(Refusal::NothingToChange);
    }
    let subject = Subject::of(promotion.id);
    let mut promotion = promotion.clone();
    let (mut deeds, mut events) = (Vec::new(), Vec::new());
    if post.is_deleted {
        let end = End { cause: EndCause::PostDeleted, at: context.now };
        promotion.end(State::Stopped, end, hold);
        deeds.push(promotion.note(DeedKind::Stopped, Actor::PLATFORM, context));
        events.push((PromotionEvent::Stopped, subject));
        return Ok(Outcome { promotions: vec![promotion], deeds, events, ..Outcome::default() });
    }
    let is_private = !post.is_shown();
    if promotion.pauses.post_is_private != is_private {
        promotion.pauses.post_is_private = is_private;
        let kind = if is_private { DeedKind::PostHidden } else { DeedKind::PostShown };
        deeds.push(promotion.note(kind, Actor::PLATFORM, context));
        if state != State::InReview {
            promotion.state = promotion.allowed_state(context.now);
        }
    }
    let is_other = promotion.review.approved_version.as_ref() != Some(&post.content_version);
    if state != State::InReview && is_other {
        promotion.state = State::InReview;
        promotion.review.is_appealed = false;
        let mut deed = promotion.note(DeedKind::ContentChanged, Actor::PLATFORM, context);
        deed.content_version = Some(post.content_version.clone());
        deeds.push(deed);
    }
    if deeds.is_empty() {
        return Err(Refusal::NothingToChange);
    }
    events.extend(told(state, promotion.state).map(|event| (event, subject)));
    Ok(Outcome { promotions: vec![promotion], deeds, events, ..Outcome::default() })
}

/// What a deed tells, by what it did to the state: who is held up by two does not go on when one of
/// them lets go.
fn told(before: State, after: State) -> Option<PromotionEvent> {
    match (before, after) {
        _ if before == after => None,
        (_, State::InReview) => Some(PromotionEvent::Recalled),
        (_, State::Paused) => Some(PromotionEvent::Paused),
        _ => Some(PromotionEvent::Resumed),
    }
}
