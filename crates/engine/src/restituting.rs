//! Restitutions: what the platform has found to be owed goes back without a claim, or waits for a
//! person when its order refuses to send it.

use std::sync::Arc;

use base::Token;
use base::{Amount, CheckoutId, PaymentId, PersonId, PromotionId, RefundId, RestitutionId};
use claims::facts_id;
use claims::{Case as ClockCase, Ground, NewRestitution, Refusal, Repaying, RestitutionKind, Way};
use claims::{Effect, Fingerprint, FrozenFacts, Restitution};
use payments::Payment;
use shop::{Checkout, RefundStatus, TenderStatus};

use crate::bought::Bought;
use crate::claim_facts::gather;
use crate::claim_money::{Ways, is_settled, name_accounts, send_back};
use crate::claiming::follow;
use crate::composition::Composition;
use crate::following::tender_of;
use crate::gift_cards::Decided;
use crate::resolving::{Resolving, credit_for};
use crate::rows::Walk;
use crate::{AnswerRef, Context, FoundLoss, ResolveBy, Rows, WayBack};

/// Repays what the platform has found, by the way of its kind.
pub(crate) fn restitute<R: Rows>(
    loss: &FoundLoss,
    back: &WayBack,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let ways = Ways::find(back, walk, at);
    let owing = Owing::find(loss, walk)?;
    walk.ready()?;
    let made = owing.decide(loss, back.refund, at, |new, repaying| {
        claims::restitute(new, repaying, |net| owing.bought.with_tax(net), at.now)
    })?;
    // What a settlement or a payment gives back moves by itself.
    let is_refund = matches!(loss.kind.way(), Way::Refund(_));
    let made_good = made.restitutions.first().filter(|_| is_refund);
    let sums = made_good.and_then(|row| Some((row.net, row.gross?)));
    let mut composed = Composition::new(walk, at);
    follow(made, Some(loss.promotion), &mut composed)?;
    if let Some(sums) = sums {
        let promotion = owing.bought.promotion;
        send_back(sums, "restitution", promotion, (back, ways), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Restitution(loss.id())))
}

/// Keeps what its order refuses to send.
pub(crate) fn set_aside<R: Rows>(
    loss: &FoundLoss,
    refund: RefundId,
    refusal: &Token<40>,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let owing = Owing::find(loss, walk)?;
    walk.ready()?;
    let kept = owing.decide(loss, refund, at, |new, repaying| {
        claims::set_aside(new, refusal, repaying, |net| owing.bought.with_tax(net), at.now)
    })?;
    let mut composed = Composition::new(walk, at);
    follow(kept, Some(loss.promotion), &mut composed)?;
    Ok(composed.finish(AnswerRef::Restitution(loss.id())))
}

/// What may be owed, with the rows that its rules look at.
struct Owing<'a> {
    bought: Bought<'a>,
    existing: Option<&'a Arc<Restitution>>,
    /// The payment that was made in vain, and the checkout that asked for it.
    vain: Option<(&'a Arc<Payment>, &'a Arc<Checkout>)>,
}

impl<'a> Owing<'a> {
    fn find<R: Rows>(loss: &FoundLoss, walk: &mut Walk<'a, R>) -> Result<Owing<'a>, Refusal> {
        let existing = walk.restitution(loss.id());
        let bought = Bought::find(loss.promotion, walk).ok_or(Refusal::SubjectNotFound)?;
        let vain = match loss.kind {
            RestitutionKind::DoubleCapture => walk.payment(payment_of(loss.cause)),
            _ => None,
        };
        let vain = vain.and_then(|payment| Some((payment, walk.checkout(asked_by(payment))?)));
        name_accounts(Some(&bought), walk);
        Ok(Owing { bought, existing, vain })
    }

    fn decide(
        &self,
        loss: &FoundLoss,
        refund: RefundId,
        at: Context,
        rule: impl FnOnce(&NewRestitution, Repaying<'_>) -> Result<Effect, Refusal>,
    ) -> Result<Effect, Refusal> {
        let Owing { bought, existing, vain } = self;
        let taken = |(payment, checkout): (&Arc<Payment>, &Arc<Checkout>)| {
            taken_in_vain(payment, checkout, loss.promotion)
        };
        let purchase = bought.purchase(None);
        let new = NewRestitution {
            promotion: loss.promotion,
            kind: loss.kind,
            cause: loss.cause,
            loss: loss.loss,
            loss_so_far: loss.loss_so_far,
            currency: bought.promotion.currency(),
            facts: gather(&loss.told, bought, None, at.now),
            refund,
            case: ClockCase {
                ground: Ground::TechnicalError,
                region: purchase.region,
                rail: purchase.rail,
            },
        };
        let funds = bought.funds();
        let repaying = Repaying {
            existing: existing.map(AsRef::as_ref),
            row: bought.claims.map(AsRef::as_ref),
            funds: &funds,
            captured_twice: vain.map_or(Amount::ZERO, taken),
            clocks: at.rule_book().clocks_of(at.now),
        };
        rule(&new, repaying)
    }
}

/// The payment that a double capture was found by: its cause is its id.
fn payment_of(cause: Fingerprint) -> PaymentId {
    PaymentId::from_bytes(cause.0)
}

fn asked_by(payment: &Payment) -> CheckoutId {
    payment.purpose.checkout()
}

/// What a payment has taken for a promotion beside what has paid it. It goes back by itself: none
/// is kept twice.
fn taken_in_vain(payment: &Payment, checkout: &Checkout, promotion: PromotionId) -> Amount {
    let has_paid = tender_of(checkout, payment.id).is_some_and(|(_, status)| {
        matches!(status, TenderStatus::Paid | TenderStatus::Paying | TenderStatus::RequiresAction)
    });
    let is_its = checkout.promotion == Some(promotion) && !has_paid;
    if is_its { payment.captured } else { Amount::ZERO }
}

/// Notes that the money of a restitution has left.
pub(crate) fn note_paid<R: Rows>(
    id: RestitutionId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let restitution = walk.restitution(id).ok_or(Refusal::SubjectNotFound)?;
    let refund = walk.order_refund(restitution.refund);
    let promotion = walk.promotion(restitution.promotion);
    let vain = match restitution.kind.way() {
        Way::Capture => walk.payment(payment_of(restitution.cause)),
        Way::Settlement | Way::Refund(_) => None,
    };
    walk.ready()?;
    let noted = claims::note_restitution_paid(restitution, at.now)?;
    let has_succeeded = refund.map(|refund| refund.status() == RefundStatus::Succeeded);
    let has_left = match restitution.kind.way() {
        Way::Settlement => {
            promotion.is_some_and(|promotion| is_settled(promotion)) && has_succeeded != Some(false)
        }
        Way::Refund(_) => has_succeeded == Some(true),
        Way::Capture => {
            vain.is_some_and(|payment| payment.refunding.is_zero() && payment.owed.is_zero())
        }
    };
    if !has_left {
        return Err(Refusal::BeingPaid.into());
    }
    let mut composed = Composition::new(walk, at);
    composed.add(noted);
    Ok(composed.finish(AnswerRef::Restitution(id)))
}

/// Has what is stuck go on: its order refunds it after all, or it leaves by another way.
pub(crate) fn resolve<R: Rows>(
    id: RestitutionId,
    by: PersonId,
    way: &ResolveBy,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let resolving = Resolving::find(way, credit_for(id), walk, at);
    let restitution = walk.restitution(id).ok_or(Refusal::RestitutionNotFound)?;
    let bought = Bought::find(restitution.promotion, walk).ok_or(Refusal::SubjectNotFound)?;
    resolving.name_accounts(&bought, walk);
    walk.ready()?;
    let resolve = resolving.resolve(by);
    // Whatever is stuck takes its part of the sums of its promotion.
    let row = bought.claims.ok_or(Refusal::NotStuck)?;
    let (promotion, funds) = (bought.promotion, bought.funds());
    let owner = (promotion.advertiser, &funds);
    let with_tax = |net| bought.with_tax(net);
    let resolved = claims::resolve(&resolve, restitution, row, owner, with_tax, at.now)?;
    let after = resolved.restitutions.first().cloned();
    let gross = after.and_then(|row| row.gross).unwrap_or(Amount::ZERO);
    let mut composed = Composition::new(walk, at);
    follow(resolved, Some(promotion.id), &mut composed)?;
    let sums = (restitution.net, gross);
    let card = resolving.leave(sums, "restitution", promotion, &mut composed)?;
    let answer = card.map_or(AnswerRef::Restitution(id), AnswerRef::CardWithCode);
    Ok(composed.finish(answer))
}

/// Tells that the money of a restitution should have left.
pub(crate) fn escalate<R: Rows>(id: RestitutionId, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let restitution = walk.restitution(id).ok_or(Refusal::RestitutionNotFound)?;
    walk.ready()?;
    let told = claims::escalate_restitution(restitution, at.now)?;
    let mut composed = Composition::new(walk, at);
    composed.add(told);
    Ok(composed.finish(AnswerRef::Restitution(id)))
}

/// A restitution with the facts that it rests on; `None` when there is none.
pub(crate) fn evidence<R: Rows>(
    id: RestitutionId,
    walk: &mut Walk<'_, R>,
) -> Option<(Arc<Restitution>, Option<Arc<FrozenFacts>>)> {
    let restitution = walk.restitution(id)?.clone();
    let facts = walk.frozen_facts(facts_id(restitution.facts)).cloned();
    Some((restitution, facts))
}
