//! Money of claims and restitutions: what was spent goes back by a refund of the order that has
//! paid the promotion, to what it was paid with.

use std::sync::Arc;

use base::{Amount, CheckoutId, ClaimId, Instant, PaymentId, PromotionId, RestitutionId, Token};
use claims::{Case as ClockCase, Ground, NewRestitution, Refusal, Repaying, RestitutionKind, Way};
use claims::{Fingerprint, FrozenFacts, Restitution, facts_id, restitution_id};
use ledger::AccountName;
use payments::Payment;
use promotions::{Promotion, State, made_good_account};
use shop::TenderStatus;
use shop::{Checkout, LineLeft, LineRequest, Order, RefundOrder, RefundRequest, RefundStatus};

use crate::bought::Bought;
use crate::claim_acts::hold_or_stop;
use crate::claim_facts::gather;
use crate::claiming::{Case, follow};
use crate::composition::Composition;
use crate::following::tender_of;
use crate::gift_cards::Decided;
use crate::order_refunds::{Found, decide, name_ids};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, FoundLoss, Rows, WayBack};

/// Sends the money of a claim.
pub(crate) fn start_payout<R: Rows>(
    id: ClaimId,
    back: &WayBack,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let found = Ways::find(back, walk, at);
    let case = Case::find(id, walk)?;
    name_accounts(case.bought.as_ref(), walk);
    walk.ready()?;
    let claim = case.claim;
    let bought = case.bought.as_ref().ok_or(Refusal::NotApproved)?;
    let (funds, with_tax) = (case.funds(), |net| bought.with_tax(net));
    let started = claims::start_payout(back.refund, claim, case.rows(), &funds, with_tax, at.now)?;
    let started = case.with_payers(started, None);
    let payout = started.claims.first().and_then(|claim| claim.payouts.last().copied());
    let mut composed = Composition::new(walk, at);
    follow(started, claim.promotion, &mut composed)?;
    if let Some(payout) = payout.filter(|payout| !payout.net.is_zero()) {
        let sums = (payout.net, payout.gross);
        send_back(sums, "claim", bought.promotion, (back, found), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// The order that a refund is of, with what it looks at.
struct Ways<'a>(Option<(&'a Order, Found)>);

impl<'a> Ways<'a> {
    fn find<R: Rows>(back: &WayBack, walk: &mut Walk<'a, R>, at: Context) -> Ways<'a> {
        name_ids(back.refund, &back.ids, walk);
        let order = walk.order(back.order);
        Ways(order.map(|order| (order.as_ref(), Found::of(order, walk, at))))
    }
}

fn name_accounts<R: Rows>(bought: Option<&Bought<'_>>, walk: &mut Walk<'_, R>) {
    let Some(bought) = bought else { return };
    for name in [made_good_account(), AccountName::OrderClearing] {
        walk.account(name.id(bought.promotion.currency()));
    }
}

/// Sends back so much of what was spent, net and with its tax: the platform bears it, and the
/// order refunds it.
fn send_back<R: Rows>(
    (net, gross): (Amount, Amount),
    reason: &str,
    promotion: &Promotion,
    (back, Ways(found)): (&WayBack, Ways<'_>),
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let (order, found) = found.ok_or(shop::Refusal::OrderNotFound)?;
    if Some(order.checkout) != promotion.checkout {
        return Err(shop::Refusal::OrderNotFound.into());
    }
    let names = [made_good_account(), AccountName::OrderClearing];
    let accounts = composed.accounts_of(&names, promotion.currency())?;
    let accounts: Vec<_> = accounts.iter().collect();
    let made_good = promotions::make_good(net, promotion, &accounts, composed.context())?;
    composed.add(made_good);
    let line = order.promotion().ok_or(shop::Refusal::LineNotFound)?;
    let left = LineLeft { line: line.line.id, amount: gross, whole: 0 };
    let request = LineRequest::Amount { line: left.line, amount: order.money(gross) };
    let reason = Token::new(reason).map_err(|_| shop::Refusal::LimitExceeded)?;
    let request = RefundRequest::Lines(vec![request]);
    let new = RefundOrder { id: back.refund, request, reason };
    decide(order, &new, &found.with_promotion(left), &back.ids, composed)
}

/// Notes that the money of a claim has left: its refund has succeeded, and what comes back
/// elsewhere was settled.
pub(crate) fn note_paid<R: Rows>(id: ClaimId, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let case = Case::find(id, walk)?;
    let open = || case.claim.payouts.iter().filter(|payout| payout.paid_at.is_none());
    let refunds = open().filter_map(|payout| payout.refund);
    let refunds: Vec<_> = refunds.map(|refund| walk.order_refund(refund)).collect();
    walk.ready()?;
    let returned = case.bought.as_ref().map_or(Amount::ZERO, |bought| bought.promotion.returned);
    let clocks = at.rule_book().clocks_of(case.claim.filed_at);
    let noted = claims::note_paid(case.claim, case.rows(), returned, clocks, at.now)?;
    let has_left = |refund: &Option<&std::sync::Arc<shop::OrderRefund>>| {
        refund.is_some_and(|refund| refund.status() == RefundStatus::Succeeded)
    };
    let waits_for_settlement = open().any(|payout| !payout.elsewhere.is_zero())
        && !case.bought.as_ref().is_some_and(|bought| is_settled(bought.promotion));
    if waits_for_settlement || !refunds.iter().all(has_left) {
        return Err(Refusal::BeingPaid.into());
    }
    let mut composed = Composition::new(walk, at);
    follow(noted, case.claim.promotion, &mut composed)?;
    hold_or_stop(id, false, &mut composed)?;
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// Whether all that was not spent has gone back.
fn is_settled(promotion: &Promotion) -> bool {
    promotion.state == State::Settled && promotion.settles_at.is_none()
}

/// Repays what the platform has found, by the way of its kind.
pub(crate) fn restitute<R: Rows>(
    loss: &FoundLoss,
    back: &WayBack,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let found = Ways::find(back, walk, at);
    let id = restitution_id(loss.promotion, loss.kind, loss.cause);
    let existing = walk.restitution(id);
    let bought = Bought::find(loss.promotion, walk).ok_or(Refusal::SubjectNotFound)?;
    let vain = match loss.kind {
        RestitutionKind::DoubleCapture => walk.payment(payment_of(loss.cause)),
        _ => None,
    };
    let asked_by = vain.and_then(|payment| walk.checkout(asked_by(payment)));
    name_accounts(Some(&bought), walk);
    walk.ready()?;
    let captured_twice = match (vain, asked_by) {
        (Some(payment), Some(checkout)) => taken_in_vain(payment, checkout, loss.promotion),
        _ => Amount::ZERO,
    };
    let (promotion, purchase) = (bought.promotion, bought.purchase(None));
    let new = NewRestitution {
        promotion: loss.promotion,
        kind: loss.kind,
        cause: loss.cause,
        loss: loss.loss,
        loss_so_far: loss.loss_so_far,
        currency: promotion.currency(),
        facts: gather(&loss.told, &bought, None, at.now),
        refund: back.refund,
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
        captured_twice,
        clocks: at.rule_book().clocks_of(at.now),
    };
    let made = claims::restitute(&new, repaying, |net| bought.with_tax(net), at.now)?;
    // What a settlement or a payment gives back moves by itself.
    let is_refund = matches!(loss.kind.way(), Way::Refund(_));
    let made_good = made.restitutions.first().filter(|_| is_refund);
    let sums = made_good.and_then(|row| Some((row.net, row.gross?)));
    let mut composed = Composition::new(walk, at);
    follow(made, Some(loss.promotion), &mut composed)?;
    if let Some(sums) = sums {
        send_back(sums, "restitution", promotion, (back, found), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Restitution(id)))
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
pub(crate) fn note_restitution_paid<R: Rows>(
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

/// A restitution with the facts that it rests on; `None` when there is none.
pub(crate) fn evidence<R: Rows>(
    id: RestitutionId,
    walk: &mut Walk<'_, R>,
) -> Option<(Arc<Restitution>, Option<Arc<FrozenFacts>>)> {
    let restitution = walk.restitution(id)?.clone();
    let facts = walk.frozen_facts(facts_id(restitution.facts)).cloned();
    Some((restitution, facts))
}

/// Notes that what is owed for a promotion was looked for.
pub(crate) fn note_searched<R: Rows>(
    id: PromotionId,
    since: Instant,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let row = walk.promotion_claims(id);
    let promotion = walk.promotion(id).ok_or(Refusal::SubjectNotFound)?;
    walk.ready()?;
    let noted = claims::note_searched(row.map(AsRef::as_ref), since)?;
    // The answer shows the promotion, so it has to be in the record.
    let promotions = vec![promotion.as_ref().clone()];
    let mut composed = Composition::new(walk, at);
    composed.add(noted);
    composed.add(promotions::Outcome { promotions, ..promotions::Outcome::default() });
    Ok(composed.finish(AnswerRef::Promotion(id)))
}

/// Has somebody look whether the platform owes something for a promotion.
pub(crate) fn search<R: Rows>(
    promotion: &Promotion,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let row = composed.promotion_claims(promotion.id)?;
    let now = composed.circumstances().now;
    composed.add(claims::search(promotion.id, promotion.currency(), row.as_deref(), now));
    Ok(())
}

/// Names the open claims on a promotion, which wait while its payment is disputed.
pub(crate) fn name_open<R: Rows>(promotion: PromotionId, walk: &mut Walk<'_, R>) {
    let Some(row) = walk.promotion_claims(promotion) else { return };
    for entry in row.claims.iter().filter(|entry| entry.status.is_open()) {
        walk.claim(entry.claim);
        walk.claimant(entry.claimant);
    }
}

/// Lets the open claims on a promotion wait for the end of a dispute, or go on.
pub(crate) fn follow_dispute<R: Rows>(
    promotion: PromotionId,
    is_open: bool,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Some(row) = composed.promotion_claims(promotion)? else { return Ok(()) };
    let at = composed.circumstances();
    for entry in row.claims.iter().filter(|entry| entry.status.is_open()) {
        let claim = composed.claim(entry.claim)?.ok_or(Refusal::ClaimNotFound)?;
        let row = composed.promotion_claims(promotion)?;
        let claimant = composed.claimant(entry.claimant)?;
        let rows = claims::Rows { promotion: row.as_deref(), claimant: claimant.as_ref() };
        let waits = match is_open {
            true => claims::hold(&claim, rows, at.now),
            false => {
                let clocks = at.rule_book().clocks_of(claim.filed_at);
                claims::release(&claim, rows, clocks, at.now)
            }
        };
        match waits {
            Ok(waits) => composed.add(waits),
            Err(Refusal::NothingToChange) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}
