//! Review: whether post and terms are allowed, and appeals.

use base::{Label, Span};
use ledger::Context;

use crate::{Actor, DeedKind, End, EndCause, Outcome, Post, Promotion, PromotionEvent, Refusal};
use crate::{RuleCode, State};

/// Allows a promotion. `version` is the state of the content that was looked at.
///
/// # Errors
///
/// In this order: `NotInReview`, `Ended` when its end has passed, `PostDeleted`, `PostChanged`
/// when the post shows another state by now, `SameReviewer`.
pub fn approve(
    version: &Label,
    promotion: &Promotion,
    post: &Post,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_reviewable(promotion)?;
    if promotion.terms.ends_at <= context.now {
        return Err(Refusal::Ended);
    }
    if post.is_deleted {
        return Err(Refusal::PostDeleted);
    }
    if post.content_version != *version {
        return Err(Refusal::PostChanged);
    }
    check_reviewer(promotion, actor)?;
    let mut promotion = promotion.clone();
    promotion.review.approved_version = Some(version.clone());
    promotion.review.is_appealed = false;
    promotion.pauses.post_is_private = !post.is_shown();
    promotion.state = promotion.allowed_state(context.now);
    let mut deed = promotion.note(DeedKind::Approved, actor, context);
    deed.content_version = Some(version.clone());
    Ok(Outcome::of(promotion, deed, PromotionEvent::Approved))
}

/// Does not allow a promotion, for a rule. What is left of its money goes back after `hold`
/// unless there is an appeal. `version` is the state of the content that was looked at: whether an
/// appeal is about the same is known by it.
///
/// # Errors
///
/// In this order: `NotInReview`, `PostChanged` when the post shows another state by now,
/// `SameReviewer`.
pub fn reject(
    rule: &RuleCode,
    version: &Label,
    (promotion, post): (&Promotion, &Post),
    hold: Span,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_reviewable(promotion)?;
    if post.content_version != *version {
        return Err(Refusal::PostChanged);
    }
    check_reviewer(promotion, actor)?;
    let mut promotion = promotion.clone();
    promotion.review.rule = Some(rule.clone());
    promotion.review.rejected_by = actor.person;
    promotion.end(State::Rejected, End { cause: EndCause::Rejected, at: context.now }, hold);
    let mut deed = promotion.note(DeedKind::Rejected, actor, context);
    deed.rule = Some(rule.clone());
    deed.content_version = Some(version.clone());
    Ok(Outcome::of(promotion, deed, PromotionEvent::Rejected))
}

/// Has somebody else look at a promotion that was rejected. Its money stays meanwhile.
///
/// # Errors
///
/// In this order: `NotRejected`, also when its money went back; `AlreadyAppealed`; `Ended` when
/// its end has passed.
pub fn appeal(promotion: &Promotion, actor: Actor, context: Context) -> Result<Outcome, Refusal> {
    if promotion.state != State::Rejected {
        return Err(Refusal::NotRejected);
    }
    if promotion.review.is_appealed {
        return Err(Refusal::AlreadyAppealed);
    }
    if promotion.terms.ends_at <= context.now {
        return Err(Refusal::Ended);
    }
    let mut promotion = promotion.clone();
    promotion.review.is_appealed = true;
    promotion.state = State::InReview;
    promotion.end = None;
    promotion.settles_at = None;
    let deed = promotion.note(DeedKind::Appealed, actor, context);
    Ok(Outcome::of(promotion, deed, PromotionEvent::Appealed))
}

fn check_reviewable(promotion: &Promotion) -> Result<(), Refusal> {
    if promotion.state == State::InReview { Ok(()) } else { Err(Refusal::NotInReview) }
}

fn check_reviewer(promotion: &Promotion, actor: Actor) -> Result<(), Refusal> {
    let review = &promotion.review;
    let is_same = actor.person.is_some() && actor.person == review.rejected_by;
    if review.is_appealed && is_same { Err(Refusal::SameReviewer) } else { Ok(()) }
}
