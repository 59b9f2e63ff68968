//! Money of claims and restitutions: what was spent goes back by a refund of the order that has
//! paid the promotion, to what it was paid with.

use base::{Amount, ClaimId, Instant, PersonId, PromotionId, Token};
use claims::Refusal;
use ledger::AccountName;
use promotions::{Promotion, State, made_good_account};
use shop::{LineLeft, LineRequest, Order, RefundOrder, RefundRequest, RefundStatus};

use crate::bought::Bought;
use crate::claim_acts::hold_or_stop;
use crate::claiming::{Case, follow};
use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::order_refunds::{Found, decide, name_ids};
use crate::resolving::{Resolving, credit_for_payout};
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, ResolveBy, Rows, WayBack};

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
    let started = case.with_payers(started, None, at.now);
    let payout = started.claims.first().and_then(|claim| claim.payouts.last().cloned());
    let mut composed = Composition::new(walk, at);
    follow(started, claim.promotion, &mut composed)?;
    if let Some(payout) = payout.filter(|payout| !payout.net.is_zero()) {
        let sums = (payout.net, payout.gross);
        send_back(sums, "claim", bought.promotion, (back, found), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// A person has the money of a claim set out that its order does not send. It is the how manyth
/// payout of the claim that they mean, from 1.
pub(crate) fn resolve_payout<R: Rows>(
    id: ClaimId,
    number: u32,
    (by, way): (PersonId, &ResolveBy),
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let resolving = Resolving::find(way, credit_for_payout(id, number), walk, at);
    let case = Case::find(id, walk)?;
    case.bought.iter().for_each(|bought| resolving.name_accounts(bought, walk));
    walk.ready()?;
    let claim = case.claim;
    let bought = case.bought.as_ref().ok_or(Refusal::NotApproved)?;
    let resolve = resolving.resolve(by);
    let (funds, with_tax) = (case.funds(), |net| bought.with_tax(net));
    let rows = case.rows();
    let resolved = claims::resolve_payout(&resolve, claim, rows, &funds, with_tax, at.now)?;
    if usize::try_from(number) != Ok(claim.payouts.len() + 1) {
        return Err(Refusal::NothingToChange.into());
    }
    let resolved = case.with_payers(resolved, None, at.now);
    let payout = resolved.claims.first().and_then(|claim| claim.payouts.last());
    let sums = payout.map_or(Default::default(), |payout| (payout.net, payout.gross));
    let mut composed = Composition::new(walk, at);
    follow(resolved, claim.promotion, &mut composed)?;
    let card = resolving.leave(sums, "claim", bought.promotion, &mut composed)?;
    Ok(composed.finish(card.map_or(AnswerRef::Claim(id), AnswerRef::CardWithCode)))
}

/// The order that a refund is of, with what it looks at.
pub(crate) struct Ways<'a>(Option<(&'a Order, Found)>);

impl<'a> Ways<'a> {
    pub(crate) fn find<R: Rows>(back: &WayBack, walk: &mut Walk<'a, R>, at: Context) -> Ways<'a> {
        name_ids(back.refund, &back.ids, walk);
        let order = walk.order(back.order);
        Ways(order.map(|order| (order.as_ref(), Found::of(order, walk, at))))
    }
}

pub(crate) fn name_accounts<R: Rows>(bought: Option<&Bought<'_>>, walk: &mut Walk<'_, R>) {
    let Some(bought) = bought else { return };
    for name in [made_good_account(), AccountName::OrderClearing] {
        walk.account(name.id(bought.promotion.currency()));
    }
}

/// Sends back so much of what was spent, net and with its tax: the platform bears it, and the
/// order refunds it.
pub(crate) fn send_back<R: Rows>(
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
    make_good(net, &AccountName::OrderClearing, promotion, composed)?;
    let line = order.promotion().ok_or(shop::Refusal::LineNotFound)?;
    let left = LineLeft { line: line.line.id, amount: gross, whole: 0 };
    let request = LineRequest::Amount { line: left.line, amount: order.money(gross) };
    let reason = Token::new(reason).map_err(|_| shop::Refusal::LimitExceeded)?;
    let request = RefundRequest::Lines(vec![request]);
    let new = RefundOrder { id: back.refund, request, reason };
    decide(order, &new, &found.with_promotion(left), &back.ids, composed)
}

/// The platform bears so much, which leaves by this account.
pub(crate) fn make_good<R: Rows>(
    amount: Amount,
    to: &AccountName,
    promotion: &Promotion,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let names = [made_good_account(), to.clone()];
    let accounts = composed.accounts_of(&names, promotion.currency())?;
    let accounts: Vec<_> = accounts.iter().collect();
    let made_good = promotions::make_good(amount, to, promotion, &accounts, composed.context())?;
    composed.add(made_good);
    Ok(())
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
pub(crate) fn is_settled(promotion: &Promotion) -> bool {
    promotion.state == State::Settled && promotion.settles_at.is_none()
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
