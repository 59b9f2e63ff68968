//! Money of promotions on its way from the checkout that pays, and back.

use std::sync::Arc;

use base::{Money, OrderId, PromotionId, RefundId, Token};
use payments::Payment;
use promotions::{DisputeNews, Post, Promotion, Refusal, Settlement};
use promotions::{made_good_account, post_id, promotion_accounts, settlement_id};
use shop::{Checkout, LineLeft, LineRequest, Order, OrderRefund, RefundOrder, RefundRequest};

use crate::bought::returning;
use crate::claim_money::{self, name_open};
use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::order_refunds::{Found, decide, name_ids};
use crate::promoting::policy;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Context, RefundIds, Rows};

/// Why a settlement refunds what was not spent.
const SETTLED: &str = "promotion_settled";

/// Whether a refund of an order is that of a settlement of its promotion.
pub fn is_of_settlement(refund: &OrderRefund) -> bool {
    refund.reason.as_str() == SETTLED
}

/// Names what follows for the promotion that a checkout pays for.
pub(crate) fn name_promotion<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) {
    let Some(id) = checkout.promotion else { return };
    for name in promotion_accounts(id) {
        walk.account(name.id(checkout.currency));
    }
    if let Some(promotion) = walk.promotion(id) {
        walk.post(post_id(&promotion.post));
        walk.advertiser(promotion.advertiser);
    }
}

/// A promotion and its post.
type Promoted = (Arc<Promotion>, Arc<Post>);

/// The promotion that a checkout pays for, with its post.
fn paid_by<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Option<Promoted>, Stop> {
    let Some(id) = checkout.promotion else { return Ok(None) };
    let promotion = composed.promotion(id)?.ok_or(Refusal::PromotionNotFound)?;
    let post = composed.post(post_id(&promotion.post))?.ok_or(Refusal::PostNotFound)?;
    Ok(Some((promotion, post)))
}

/// Whether the promotion can be paid by this checkout.
///
/// # Errors
///
/// `NotBeingPaid` when it was not submitted with this checkout; `AmountMismatch`.
pub(crate) fn check_payable<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Some((promotion, _)) = paid_by(checkout, composed)? else { return Ok(()) };
    if !promotion.is_being_paid() || promotion.checkout != Some(checkout.id) {
        return Err(Refusal::NotBeingPaid.into());
    }
    let expected = promotion.money(promotion.terms.paid());
    if net(checkout) != expected {
        return Err(Refusal::AmountMismatch { expected }.into());
    }
    Ok(())
}

/// What its one line costs without tax.
fn net(checkout: &Checkout) -> Money {
    let net = checkout.lines.first().map_or(base::Amount::ZERO, shop::Line::net);
    checkout.money(net)
}

/// Moves what was paid into the escrow of the promotion, in the record that makes the order.
pub(crate) fn fund<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Some((promotion, post)) = paid_by(checkout, composed)? else { return Ok(()) };
    let accounts = accounts(&promotion, composed)?;
    let accounts: Vec<_> = accounts.iter().collect();
    let context = composed.context();
    let funded = promotions::fund(net(checkout), &promotion, &post, &accounts, context)?;
    composed.add(funded);
    Ok(())
}

/// Names the draft that a checkout may fail to pay for.
pub(crate) fn name_draft<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) {
    let promotion = checkout.promotion.and_then(|id| walk.promotion(id));
    promotion.map(|promotion| walk.advertiser(promotion.advertiser));
}

/// Frees the draft that a checkout has failed to pay for, or will never pay for.
pub(crate) fn note_failure<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let Some(id) = checkout.promotion else { return Ok(()) };
    // A checkout may be for a promotion that nobody has composed: then it was never paid.
    let Some(promotion) = composed.promotion(id)? else { return Ok(()) };
    if promotion.is_being_paid() && promotion.checkout == Some(checkout.id) {
        let failed = promotions::payment_failed(&promotion, composed.context())?;
        composed.add(failed);
    }
    Ok(())
}

/// Names what a dispute of a payment means for a promotion.
pub(crate) fn name_to_follow<R: Rows>(payment: &Payment, walk: &mut Walk<'_, R>) {
    let checkout = payment.purpose.checkout();
    let Some(checkout) = walk.checkout(checkout) else { return };
    for other in payments_of(checkout) {
        walk.payment(other);
    }
    if let Some(id) = checkout.promotion {
        if let Some(promotion) = walk.promotion(id) {
            walk.advertiser(promotion.advertiser);
        }
        name_open(id, walk);
    }
}

/// Lets a promotion follow a dispute of one of its payments. Several methods may have paid, and
/// each payment may be disputed several times: it goes on once all of that is decided, and for
/// good.
pub(crate) fn follow_dispute<R: Rows>(
    payment: &Payment,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let checkout = payment.purpose.checkout();
    let Some(checkout) = composed.checkout(checkout)? else { return Ok(()) };
    let Some(promotion) = checkout.promotion else { return Ok(()) };
    // Another checkout may have failed to pay for it before, or may be for one never composed.
    let promotion = composed.promotion(promotion)?;
    let promotion = promotion.filter(|row| row.checkout == Some(checkout.id));
    let Some(promotion) = promotion else { return Ok(()) };
    let (mut is_open, mut is_lost) = (false, false);
    for id in payments_of(&checkout) {
        let payment = composed.payment(id)?.ok_or(payments::Refusal::PaymentNotFound)?;
        // What is disputed and not lost is not decided yet.
        is_open |= payment.disputed > payment.lost;
        is_lost |= !payment.lost.is_zero();
    }
    let news = match (is_open, is_lost) {
        (true, _) => DisputeNews::Open,
        (false, true) => DisputeNews::Lost,
        (false, false) => DisputeNews::Won,
    };
    let hold = policy(&promotion).settlement_hold;
    let followed = promotions::follow_dispute(&promotion, news, hold, composed.context());
    followed.into_iter().for_each(|followed| composed.add(followed));
    claim_money::follow_dispute(promotion.id, is_open, composed)
}

pub(crate) fn payments_of(checkout: &Checkout) -> impl Iterator<Item = base::PaymentId> + '_ {
    checkout.tenders.iter().filter(|tender| tender.is_live()).filter_map(|tender| {
        match tender.kind {
            shop::TenderKind::PaymentMethod { payment, .. } => payment,
            shop::TenderKind::GiftCard { .. } => None,
        }
    })
}

/// Gives back what was not spent: out of escrow, and by the order to whatever has paid.
pub(crate) fn settle<R: Rows>(
    id: PromotionId,
    order: Option<OrderId>,
    refund: RefundId,
    ids: &RefundIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_ids(refund, ids, walk);
    let order = order.and_then(|order| walk.order(order));
    let found = order.map(|order| (order, Found::of(order, walk, at)));
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let post = walk.post(post_id(&promotion.post));
    for name in promotion_accounts(id).into_iter().chain([made_good_account()]) {
        walk.account(name.id(promotion.currency()));
    }
    let claims = walk.promotion_claims(id).map(Arc::as_ref);
    walk.ready()?;
    let post = post.ok_or(Refusal::PostNotFound)?;
    let mut composed = Composition::new(walk, at);
    let mut rows = accounts(promotion, &mut composed)?;
    rows.extend(composed.account_of(&made_good_account(), promotion.currency())?);
    let rows: Vec<_> = rows.iter().collect();
    let returning = returning(promotion, claims);
    let settled = promotions::settle(promotion, post, returning, &rows, composed.context())?;
    let is_over = settled.settlements.is_empty();
    composed.add(settled);
    if is_over {
        // Claims have taken what would have gone back.
        return Ok(composed.finish(AnswerRef::Promotion(id)));
    }
    // Why so much goes back, and what else is owed, is told by whoever looks for it.
    claim_money::search(promotion, &mut composed)?;
    let number = promotion.settlements.saturating_add(1);
    let settlement = composed.promotion_settlement(settlement_id(id, number))?;
    let settlement = settlement.ok_or(Refusal::NothingToSettle)?;
    if !settlement.back.is_zero() {
        let (order, found) = found.ok_or(shop::Refusal::OrderNotFound)?;
        if Some(order.checkout) != promotion.checkout {
            return Err(shop::Refusal::OrderNotFound.into());
        }
        let others = claims.map_or(base::Amount::ZERO, |claims| claims.set_out);
        let settled = (&*settlement, others);
        give_back(settled, order, found, (refund, ids), &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Promotion(id)))
}

/// Refunds the order of a promotion by what a settlement tells, with the tax of that. Claims and
/// restitutions have sent back so much before.
fn give_back<R: Rows>(
    (settlement, others): (&Settlement, base::Amount),
    order: &Order,
    found: Found,
    (refund, ids): (RefundId, &RefundIds),
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let line = order.promotion().ok_or(shop::Refusal::LineNotFound)?;
    let amount = settlement.refund(line.line.tax, others);
    let left = LineLeft { line: line.line.id, amount, whole: 0 };
    let request = LineRequest::Amount { line: left.line, amount: order.money(amount) };
    let reason = Token::new(SETTLED).map_err(|_| Refusal::LimitExceeded)?;
    let request = RefundRequest::Lines(vec![request]);
    let new = RefundOrder { id: refund, request, reason };
    decide(order, &new, &found.with_promotion(left), ids, composed)
}

fn accounts<R: Rows>(
    promotion: &Promotion,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Vec<ledger::Account>, Stop> {
    composed.accounts_of(&promotion_accounts(promotion.id), promotion.currency())
}
