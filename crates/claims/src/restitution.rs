//! Restitutions: what the platform repays without being asked, with the same statement of reasons
//! as a claim.

use base::{Amount, Currency, Instant, PromotionId, RefundId, RestitutionId, StatementId};

use crate::funds::gross;
use crate::set_aside::Stuck;
use crate::{
    Case, Cause, Causes, ClaimEvent, Clocks, Digest, Effect, Facts, Fingerprint, FrozenFacts,
    Funds, KeptStatement, PromotionClaims, Refusal,
};
use crate::{EventObject, StepName, Subject, restitution_id, restitution_statement_id};

/// Why something is repaid. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum RestitutionKind {
    /// An outage has kept back units of a guarantee.
    Incident = 1,
    /// What was billed turned out to be invalid later.
    LateInvalid = 2,
    /// More was charged than the budget.
    Overspend = 3,
    /// It was shown to others, at other times, or with other content than chosen.
    WrongDelivery = 4,
    /// What was paid was not spent.
    Unspent = 5,
    /// The same was captured twice.
    DoubleCapture = 6,
}

/// By which way something goes back. Each has a cap of its own, so none can take from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// It was not spent, so the settlement returns it; the restitution says why.
    Settlement,
    /// It was spent, so the platform refunds it, as it does for claims, and counts it with theirs.
    Refund(Cause),
    /// It never belonged to the promotion: the extra capture goes back whole.
    Capture,
}

impl RestitutionKind {
    /// Every kind.
    pub const ALL: [RestitutionKind; 6] = [
        RestitutionKind::Incident,
        RestitutionKind::LateInvalid,
        RestitutionKind::Overspend,
        RestitutionKind::WrongDelivery,
        RestitutionKind::Unspent,
        RestitutionKind::DoubleCapture,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            RestitutionKind::Incident => "incident",
            RestitutionKind::LateInvalid => "late_invalid",
            RestitutionKind::Overspend => "overspend",
            RestitutionKind::WrongDelivery => "wrong_delivery",
            RestitutionKind::Unspent => "unspent",
            RestitutionKind::DoubleCapture => "double_capture",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<RestitutionKind> {
        RestitutionKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// By which way it goes back. Units of a guarantee that an outage has kept back were never
    /// billed, and what was invalid is not billed any more: both are unspent.
    pub fn way(self) -> Way {
        match self {
            RestitutionKind::Incident => Way::Settlement,
            RestitutionKind::LateInvalid => Way::Settlement,
            RestitutionKind::Unspent => Way::Settlement,
            RestitutionKind::Overspend => Way::Refund(Cause::Overspend),
            RestitutionKind::WrongDelivery => Way::Refund(Cause::WrongDelivery),
            RestitutionKind::DoubleCapture => Way::Capture,
        }
    }
}

/// What the platform repays without a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restitution {
    /// Its id ([`restitution_id`](crate::restitution_id())).
    pub id: RestitutionId,
    /// For which promotion.
    pub promotion: PromotionId,
    /// The how manyth for it, from 1.
    pub number: u32,
    /// Why.
    pub kind: RestitutionKind,
    /// What it was found by: an incident, a range of bills, a payment.
    pub cause: Fingerprint,
    /// Its currency.
    pub currency: Currency,
    /// The loss that was found, tax not counted.
    pub loss: Amount,
    /// What goes back for it, tax not counted: never more than the cap of its way.
    pub net: Amount,
    /// The same with tax: what the order or the payment refunds. `None` when the settlement
    /// returns it, and says that.
    pub gross: Option<Amount>,
    /// The refund it goes by.
    pub refund: RefundId,
    /// Its statement of reasons.
    pub statement: StatementId,
    /// The facts it rests on.
    pub facts: Digest,
    /// When it was made.
    pub at: Instant,
    /// When it is late.
    pub due_at: Instant,
    /// When its money had left.
    pub paid_at: Option<Instant>,
    /// When it was told that it is late.
    pub escalated_at: Option<Instant>,
    /// That its order has refused to send it, and what a person has done about that.
    pub stuck: Option<Stuck>,
}

impl Restitution {
    /// Whether its money should have left by now.
    pub fn is_late(&self, now: Instant) -> bool {
        self.paid_at.is_none() && self.due_at <= now
    }

    /// Whether it waits for a person: its order has refused to send it.
    pub fn is_stuck(&self) -> bool {
        self.stuck.as_ref().is_some_and(|stuck| stuck.resolved.is_none())
    }

    /// What of it was sent by a refund of the order, or by a person beside it: net.
    pub fn set_out(&self) -> Amount {
        let is_sent = matches!(self.kind.way(), Way::Refund(_)) && !self.is_stuck();
        if is_sent { self.net } else { Amount::ZERO }
    }
}

/// Something to be repaid without a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRestitution {
    /// For which promotion.
    pub promotion: PromotionId,
    /// Why.
    pub kind: RestitutionKind,
    /// What it was found by. The same is repaid once, however often it is found.
    pub cause: Fingerprint,
    /// The loss, tax not counted.
    pub loss: Amount,
    /// All losses of this kind that are known of, this one included.
    pub loss_so_far: Amount,
    /// Its currency.
    pub currency: Currency,
    /// The facts it rests on.
    pub facts: Facts,
    /// The refund it is to go by.
    pub refund: RefundId,
    /// What its clock depends on.
    pub case: Case,
}

/// What has to be known to repay something.
#[derive(Clone, Copy, Debug)]
pub struct Repaying<'a> {
    /// The restitution for the same cause, if there was one.
    pub existing: Option<&'a Restitution>,
    /// The sums of the promotion.
    pub row: Option<&'a PromotionClaims>,
    /// Its money.
    pub funds: &'a Funds,
    /// What was captured twice and has not gone back.
    pub captured_twice: Amount,
    /// The clocks that serve.
    pub clocks: &'a Clocks,
}

/// Repays a loss that the platform has found, as far as the cap of its way allows. `with_tax` as
/// for [`plan_payout`](crate::plan_payout()).
///
/// # Errors
///
/// In this order: `AlreadyRepaid`; `PaymentDisputed`: it is found again when the dispute is over;
/// `CurrencyMismatch`; `NothingToRepay`.
pub fn restitute(
    new: &NewRestitution,
    repaying: Repaying<'_>,
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<Effect, Refusal> {
    let (restitution, mut row) = found(new, repaying, with_tax, now)?;
    if matches!(new.kind.way(), Way::Refund(_)) {
        row.send(restitution.net);
    }
    Ok(made(restitution, row, &new.facts, ClaimEvent::RestitutionMade))
}

/// What is to go back for a loss, and the sums of its promotion with it. Nothing has set out.
pub(crate) fn found(
    new: &NewRestitution,
    repaying: Repaying<'_>,
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<(Restitution, PromotionClaims), Refusal> {
    let Repaying { existing, row, funds, captured_twice, clocks } = repaying;
    if existing.is_some() {
        return Err(Refusal::AlreadyRepaid);
    }
    if funds.is_disputed {
        return Err(Refusal::PaymentDisputed);
    }
    if funds.currency != new.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    let mut row = row.cloned().unwrap_or_else(|| PromotionClaims::new(new.promotion, new.currency));
    let net = new.loss.min(most(new, &row, funds, captured_twice));
    if net.is_zero() {
        return Err(Refusal::NothingToRepay);
    }
    row.restitutions = row.restitutions.saturating_add(1);
    let gross = match new.kind.way() {
        Way::Settlement => {
            row.told_back = row.told_back.plus(new.kind, net);
            None
        }
        Way::Capture => Some(net),
        Way::Refund(cause) => {
            row.causes = row.causes.plus(Causes::one(cause, net));
            row.grants = row.grants.saturating_add(1);
            Some(gross(net, gone(funds, &row), with_tax))
        }
    };
    let id = restitution_id(new.promotion, new.kind, new.cause);
    let restitution = Restitution {
        id,
        promotion: new.promotion,
        number: row.restitutions,
        kind: new.kind,
        cause: new.cause,
        currency: new.currency,
        loss: new.loss,
        net,
        gross,
        refund: new.refund,
        statement: restitution_statement_id(id),
        facts: Digest(new.facts.digest()),
        at: now,
        due_at: clocks.step_due(StepName::Paid, &new.case, now),
        paid_at: None,
        escalated_at: None,
        stuck: None,
    };
    Ok((restitution, row))
}

/// All that has gone back of what was paid, in any way.
pub(crate) fn gone(funds: &Funds, row: &PromotionClaims) -> Amount {
    funds.returned.checked_add(row.set_out).unwrap_or(Amount::MAX)
}

/// The cap of its way.
fn most(
    new: &NewRestitution,
    row: &PromotionClaims,
    funds: &Funds,
    captured_twice: Amount,
) -> Amount {
    match new.kind.way() {
        // What was told before, for whatever reason, is not told again.
        Way::Settlement => {
            let back = funds.settlement_back(row.committed());
            let untold = new.loss_so_far.saturating_sub(row.told_back.of(new.kind));
            back.saturating_sub(row.told_back.total()).min(untold)
        }
        Way::Refund(cause) => {
            // What was paid for such causes before, by whatever name, is not paid again.
            let unpaid = new.loss_so_far.saturating_sub(row.causes.of(cause));
            funds.left(row.committed()).min(unpaid)
        }
        Way::Capture => captured_twice,
    }
}

/// A restitution with what is kept of it.
pub(crate) fn made(
    restitution: Restitution,
    row: PromotionClaims,
    facts: &Facts,
    event: ClaimEvent,
) -> Effect {
    let (about, object) =
        (Subject::Restitution(restitution.id), EventObject::Restitution(restitution.id));
    let statement = KeptStatement {
        id: restitution.statement,
        about,
        number: 1,
        facts: Some(restitution.facts),
        decision: None,
        at: restitution.at,
    };
    Effect {
        promotions: vec![row],
        facts: vec![FrozenFacts::of(facts.clone())],
        statements: vec![statement],
        restitutions: vec![restitution],
        events: vec![(event, object)],
        ..Effect::default()
    }
}

/// The money of a restitution has left.
///
/// # Errors
///
/// In this order: `NothingToChange` when that is known; `BeingPaid` while it waits for a person.
pub fn note_restitution_paid(restitution: &Restitution, now: Instant) -> Result<Effect, Refusal> {
    if restitution.paid_at.is_some() {
        return Err(Refusal::NothingToChange);
    }
    if restitution.is_stuck() {
        return Err(Refusal::BeingPaid);
    }
    let subject = EventObject::Restitution(restitution.id);
    Ok(Effect {
        restitutions: vec![Restitution { paid_at: Some(now), ..restitution.clone() }],
        events: vec![(ClaimEvent::RestitutionPaid, subject)],
        ..Effect::default()
    })
}

/// Tells, once, that the money of a restitution should have left by now.
///
/// # Errors
///
/// In this order: `NothingDue` when it has left; `NotDue`; `NothingToChange` when it was told.
pub fn escalate_restitution(restitution: &Restitution, now: Instant) -> Result<Effect, Refusal> {
    if restitution.paid_at.is_some() {
        return Err(Refusal::NothingDue);
    }
    if !restitution.is_late(now) {
        return Err(Refusal::NotDue { due_at: restitution.due_at });
    }
    if restitution.escalated_at.is_some() {
        return Err(Refusal::NothingToChange);
    }
    Ok(Effect {
        restitutions: vec![Restitution { escalated_at: Some(now), ..restitution.clone() }],
        events: vec![(ClaimEvent::RestitutionLate, EventObject::Restitution(restitution.id))],
        ..Effect::default()
    })
}

/// It is to be looked whether the platform owes something for a promotion: it was settled, or a
/// payment for it was made in vain. Looking is later than whatever gave the reason for it.
pub fn search(
    promotion: PromotionId,
    currency: Currency,
    row: Option<&PromotionClaims>,
    now: Instant,
) -> Effect {
    let row = row.cloned().unwrap_or_else(|| PromotionClaims::new(promotion, currency));
    let row = PromotionClaims { searched_since: Some(now), ..row };
    Effect { promotions: vec![row], ..Effect::default() }
}

/// Has somebody look at the open claims on a promotion, and at what is owed for it: the last bill
/// of it has come, so what waited for that can go on. `None` when no claim on it is open.
pub fn bills_are_in(row: Option<&PromotionClaims>, now: Instant) -> Option<Effect> {
    let row = row.filter(|row| row.claims.iter().any(|entry| entry.status.is_open()))?;
    Some(search(row.promotion, row.currency, Some(row), now))
}

/// What the platform owes was looked for, for the reason that came up at `since`, and was repaid.
///
/// # Errors
///
/// `NothingToChange` when that is known, or another reason came up meanwhile.
pub fn note_searched(row: Option<&PromotionClaims>, since: Instant) -> Result<Effect, Refusal> {
    let row =
        row.filter(|row| row.searched_since == Some(since)).ok_or(Refusal::NothingToChange)?;
    let row = PromotionClaims { searched_since: None, ..row.clone() };
    Ok(Effect { promotions: vec![row], ..Effect::default() })
}
