//! Restitutions that an order refuses to send: they are kept, take their part of the cap, and wait
//! for a person, who has them sent again, gives store credit, or says how they were paid. Of a
//! claim that waits likewise a person [says the same](crate::resolve_payout()).

use base::{Amount, Instant, Label, PersonId, RefundId, Span, Token};

use crate::funds::gross;
use crate::restitution::{found, gone, made};
use crate::{ClaimEvent, Effect, EventObject, Funds, NewRestitution, PromotionClaims, Refusal};
use crate::{Repaying, Restitution, Way, limits};

/// That an order has refused to send a restitution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Since when it waits for a person.
    pub at: Instant,
    /// The code of what was refused last.
    pub refusal: Token<40>,
    /// What a person has done about it.
    pub resolved: Option<Resolved>,
}

/// What a person has done about a restitution that was stuck, or about what a claim pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: PersonId,
    /// How.
    pub how: Resolution,
}

/// How a restitution that was stuck goes on, or the money of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The order refunds it after all.
    SentAgain,
    /// The payer has taken a gift card instead.
    StoreCredit,
    /// It was paid by hand.
    PaidByHand {
        /// What names that payment where it was made.
        reference: Label,
    },
}

impl Resolution {
    /// Its number, which is stored and never changes.
    pub fn number(&self) -> u8 {
        match self {
            Resolution::SentAgain => 1,
            Resolution::StoreCredit => 2,
            Resolution::PaidByHand { .. } => 3,
        }
    }

    /// Stable lower-case name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Resolution::SentAgain => "sent_again",
            Resolution::StoreCredit => "store_credit",
            Resolution::PaidByHand { .. } => "paid_by_hand",
        }
    }

    /// Whether it goes another way than by the order that has paid the promotion.
    pub fn is_apart(&self) -> bool {
        !matches!(self, Resolution::SentAgain)
    }
}

/// Keeps a restitution that its order refuses to send, after it was tried for
/// [`limits::SENDING_TRIED_FOR`]: it takes its part of the cap, and waits for a person. `refusal`
/// is the code of what was refused last.
///
/// # Errors
///
/// Those of [`restitute`](crate::restitute()); `NothingToRepay` also of what no order refunds;
/// `NothingDue` when it is not looked for any more; `NotDue` before it was tried for so long.
pub fn set_aside(
    new: &NewRestitution,
    refusal: &Token<40>,
    repaying: Repaying<'_>,
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<Effect, Refusal> {
    let since = repaying.row.and_then(|row| row.searched_since);
    let (restitution, row) = found(new, repaying, with_tax, now)?;
    if !matches!(new.kind.way(), Way::Refund(_)) {
        return Err(Refusal::NothingToRepay);
    }
    let due_at = tried_until(since.ok_or(Refusal::NothingDue)?);
    if now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    let stuck = Some(Stuck { at: now, refusal: refusal.clone(), resolved: None });
    let restitution = Restitution { stuck, ..restitution };
    Ok(made(restitution, row, &new.facts, ClaimEvent::RestitutionRefused))
}

/// Until when sending is tried that was looked for since then.
pub fn tried_until(since: Instant) -> Instant {
    since.saturating_add(limits::SENDING_TRIED_FOR)
}

/// What a person does about a restitution that is stuck, or about what a claim pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// Who.
    pub by: PersonId,
    /// How it goes on.
    pub how: Resolution,
    /// The refund of the order; `None` where it goes another way.
    pub refund: Option<RefundId>,
}

/// Has a restitution that is stuck go on, once. What goes another way than by the order has left
/// with that; its tax is that of the part of the price that it is.
///
/// # Errors
///
/// In this order: `NotStuck`; `PaymentDisputed`; `PaidByBank` where it is not sent again and the
/// bank has given something back: a refund of the order counts that; `OwnClaim`.
pub fn resolve(
    resolve: &Resolve,
    restitution: &Restitution,
    row: &PromotionClaims,
    (owner, funds): (PersonId, &Funds),
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<Effect, Refusal> {
    let stuck = restitution.stuck.as_ref().filter(|stuck| stuck.resolved.is_none());
    let stuck = stuck.ok_or(Refusal::NotStuck)?;
    if funds.is_disputed {
        return Err(Refusal::PaymentDisputed);
    }
    let is_apart = resolve.how.is_apart();
    if is_apart && !funds.lost.is_zero() {
        return Err(Refusal::PaidByBank);
    }
    if resolve.by == owner {
        return Err(Refusal::OwnClaim);
    }
    let net = restitution.net;
    let gross = gross(net, gone(funds, row), with_tax);
    let mut row = row.clone();
    row.send(net);
    if is_apart {
        row.send_apart(net, gross);
    }
    let resolved = Some(Resolved { at: now, by: resolve.by, how: resolve.how.clone() });
    let after = Restitution {
        refund: resolve.refund.unwrap_or(restitution.refund),
        gross: Some(gross),
        paid_at: is_apart.then_some(now),
        stuck: Some(Stuck { resolved, ..stuck.clone() }),
        ..restitution.clone()
    };
    let object = EventObject::Restitution(after.id);
    let mut events = vec![(ClaimEvent::RestitutionResolved, object)];
    events.extend(is_apart.then_some((ClaimEvent::RestitutionPaid, object)));
    Ok(Effect { promotions: vec![row], restitutions: vec![after], events, ..Effect::default() })
}

/// For how long sending is tried that may succeed later by itself.
pub const TRIED_LONGER_FOR: Span = Span::days(7);
