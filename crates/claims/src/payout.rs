//! What a claim pays, and when it has paid.

use base::{Amount, Instant, RefundId};

use crate::funds::gross;
use crate::{Claim, ClaimEvent, Clocks, Effect, Funds, Outcome, Payout, Refusal, Rows};
use crate::{Resolve, Resolved, Status, StepName, tried_until};

/// What goes back for a claim. The order of the promotion refunds `gross` by its own allocation,
/// to what it was paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutPlan {
    /// How much of what was spent, tax not counted.
    pub net: Amount,
    /// The same with the tax that belongs to it.
    pub gross: Amount,
    /// What of the decision comes back elsewhere: by settlement, by restitution.
    pub elsewhere: Amount,
}

/// What goes back now for a claim that is approved. `with_tax` tells of all that has gone back what
/// it is with tax ([`gross`](crate::gross())).
///
/// What a dispute that was lost has paid of it, the refund counts: the rail is asked for the rest.
///
/// # Errors
///
/// In this order: `NotApproved`; `PaymentDisputed` while a dispute is open; `CurrencyMismatch`.
pub fn plan_payout(
    claim: &Claim,
    rows: Rows<'_>,
    funds: &Funds,
    with_tax: impl Fn(Amount) -> Amount,
) -> Result<PayoutPlan, Refusal> {
    if !claim.status.is_promised() {
        return Err(Refusal::NotApproved);
    }
    if claim.held_since.is_some() || funds.is_disputed {
        return Err(Refusal::PaymentDisputed);
    }
    if funds.currency != claim.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    let gone = claim.set_out();
    // What was promised is paid whatever verdicts have said since: the settlement keeps as much.
    let net = claim.committed().saturating_sub(gone);
    let set_out = rows.promotion.map_or(Amount::ZERO, |row| row.set_out);
    let before = funds.returned.checked_add(set_out).unwrap_or(Amount::MAX);
    let award = claim.decision.as_ref().map_or(Amount::ZERO, |decision| decision.award.total());
    let elsewhere = award.saturating_sub(gone).saturating_sub(net);
    Ok(PayoutPlan { net, gross: gross(net, before, with_tax), elsewhere })
}

/// The money of a claim sets out, by a refund of the order; without one when all comes back
/// elsewhere.
///
/// # Errors
///
/// Those of [`plan_payout`].
pub fn start_payout(
    refund: RefundId,
    claim: &Claim,
    rows: Rows<'_>,
    funds: &Funds,
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<Effect, Refusal> {
    let plan = plan_payout(claim, rows, funds, with_tax)?;
    let refund = Some(refund).filter(|_| !plan.net.is_zero());
    Ok(sets_out(plan, refund, None, claim, rows, now))
}

/// A person has the money of a claim set out that its order does not send: by the order after all,
/// or another way, which the platform bears with the tax.
///
/// Another way is open once sending was tried for [`limits::SENDING_TRIED_FOR`]: what an order
/// refuses for a moment it is to send.
///
/// # Errors
///
/// Those of [`plan_payout`]; `NotDue` before it was tried for so long; `PaidByBank` where it is not
/// sent again and the bank has given something back: a refund of the order counts that; `OwnClaim`;
/// `NothingToRepay` when all comes back elsewhere.
///
/// [`limits::SENDING_TRIED_FOR`]: crate::limits::SENDING_TRIED_FOR
pub fn resolve_payout(
    resolve: &Resolve,
    claim: &Claim,
    rows: Rows<'_>,
    funds: &Funds,
    with_tax: impl Fn(Amount) -> Amount,
    now: Instant,
) -> Result<Effect, Refusal> {
    let plan = plan_payout(claim, rows, funds, with_tax)?;
    let is_apart = resolve.how.is_apart();
    let since = claim.steps.last(StepName::Paid).map_or(now, |step| step.begun_at);
    let due_at = tried_until(since);
    if is_apart && now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    if is_apart && !funds.lost.is_zero() {
        return Err(Refusal::PaidByBank);
    }
    if [claim.claimant.person(), claim.owner].contains(&Some(resolve.by)) {
        return Err(Refusal::OwnClaim);
    }
    if plan.net.is_zero() {
        return Err(Refusal::NothingToRepay);
    }
    let resolved = Resolved { at: now, by: resolve.by, how: resolve.how.clone() };
    let mut effect = sets_out(plan, resolve.refund, Some(resolved), claim, rows, now);
    for row in effect.promotions.iter_mut().filter(|_| is_apart) {
        row.send_apart(plan.net, plan.gross);
    }
    Ok(effect)
}

fn sets_out(
    PayoutPlan { net, gross, elsewhere }: PayoutPlan,
    refund: Option<RefundId>,
    resolved: Option<Resolved>,
    claim: &Claim,
    rows: Rows<'_>,
    now: Instant,
) -> Effect {
    let mut after = claim.clone();
    after.payouts.push(Payout { refund, net, gross, elsewhere, at: now, paid_at: None, resolved });
    after.go_to(Status::Paying);
    Effect::of(Some(claim), after, rows, ClaimEvent::PayoutStarted)
}

/// The money of a claim has left: its refund has succeeded, and what comes back elsewhere was
/// settled. `returned` is what settlements have returned by then.
///
/// Less may have come back so than the decision has told, when units were delivered after it. Then
/// the claim says what did come, as a part of what was wanted. As long as a part is on its way
/// nobody can appeal against it, so a first decision that grants a part can be from now on.
///
/// # Errors
///
/// `NotPaying`.
pub fn note_paid(
    claim: &Claim,
    rows: Rows<'_>,
    returned: Amount,
    clocks: &Clocks,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.status != Status::Paying {
        return Err(Refusal::NotPaying);
    }
    let mut after = claim.clone();
    let mut missing = Amount::ZERO;
    for payout in after.payouts.iter_mut().filter(|payout| payout.paid_at.is_none()) {
        payout.paid_at = Some(now);
        missing = payout.elsewhere.saturating_sub(returned);
        payout.elsewhere = payout.elsewhere.min(returned);
    }
    if let Some(decision) = &mut after.decision {
        if !missing.is_zero() {
            decision.award.elsewhere = decision.award.elsewhere.saturating_sub(missing);
            decision.outcome = Outcome::PartlyApprove;
        }
        if decision.outcome == Outcome::PartlyApprove {
            let is_first = claim.appeal.is_none();
            decision.appeal_until = is_first.then(|| clocks.appeal_until(&claim.case(), now));
        }
    }
    after.steps.finish(StepName::Paid, now);
    after.go_to(Status::Paid);
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Paid))
}
