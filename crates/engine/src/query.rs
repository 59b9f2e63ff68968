//! Queries: questions about rows by key, never stale because the writer answers them.

use base::{
    AccountId, CardId, ClaimId, ContactId, HoldId, Instant, PersonId, ProgramId, RefundId,
    RestitutionId, SuspectId,
};
use base::{CheckoutId, CreatorId, DisputeId, MethodId, OrderId, PaymentId, PayoutId, ProductId};
use base::{
    IncidentId, PostId, PromotionId, PurchaseId, RailRefundId, SellerId, SettlementId, SliceId,
    StreamId,
};
use claims::{Facts, NewClaim, RuleBook};
use giftcards::account_of;
use promotions::OperatorPolicy;
use shop::RefundRequest;

use crate::answer::waits_for;
use crate::claiming;
use crate::order_refunds::{check_not_blocked, payments_of, preview};
use crate::promoting;
use crate::purchases::unspent_of;
use crate::restituting;
use crate::rows::{Stop, Walk};
use crate::{Answer, AnswerRef, CardRef, Key, Refusal, Rows, answer};

/// A question about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The book and its time.
    Book,
    /// A program.
    Program(ProgramId),
    /// A card by id.
    Card(CardId),
    /// A card by its code. A replaced code finds nothing.
    Lookup(CardRef),
    /// A hold.
    Hold(HoldId),
    /// A refund.
    Refund(RefundId),
    /// A ledger account.
    Account(AccountId),
    /// A seller.
    Seller(SellerId),
    /// A creator.
    Creator(CreatorId),
    /// A product.
    Product(ProductId),
    /// A payment method.
    Method(MethodId),
    /// A checkout.
    Checkout(CheckoutId),
    /// An order.
    Order(OrderId),
    /// A refund of an order.
    OrderRefund(RefundId),
    /// A payment.
    Payment(PaymentId),
    /// A refund over a rail.
    RailRefund(RailRefundId),
    /// A dispute.
    Dispute(DisputeId),
    /// A payout.
    Payout(PayoutId),
    /// A purchase of gift cards.
    Purchase(PurchaseId),
    /// A settlement file.
    Settlement(SettlementId),
    /// A sender of gifts.
    Sender(PersonId),
    /// A sender and a recipient.
    Contact(ContactId),
    /// A promotion.
    Promotion(PromotionId),
    /// A promotion with what the preflight finds about it, and how it is being paid.
    PromotionDetails(PromotionId),
    /// A post.
    Post(PostId),
    /// A slice of a promotion.
    Slice(SliceId),
    /// How far a stream was billed.
    Stream(StreamId),
    /// An incident.
    Incident(IncidentId),
    /// What happened to the account of a person.
    Signals(PersonId),
    /// A claim.
    Claim(ClaimId),
    /// What a claim was decided on, and what was decided.
    ClaimEvidence(ClaimId),
    /// What was repaid without a claim.
    Restitution(RestitutionId),
    /// The same with the facts that it rests on.
    RestitutionEvidence(RestitutionId),
    /// The freeze of the account of a person.
    AccountFreeze(PersonId),
    /// A suspect.
    Suspect(SuspectId),
    /// What a claim would be, and what would be decided on it now.
    ClaimPreview {
        /// The claim.
        new: Box<NewClaim>,
        /// Facts that no row tells.
        told: Box<Facts>,
        /// What it is decided by; `None` is what comes with the product.
        rules: Option<&'static RuleBook>,
    },
    /// What a refund of an order would be.
    RefundPreview {
        /// The order.
        order: OrderId,
        /// What would be refunded.
        request: RefundRequest,
    },
}

/// The keys the query still lacks; empty when it can be answered.
pub fn query_needs<R: Rows>(query: &Query, rows: &R) -> Vec<Key> {
    let mut walk = Walk::new(rows);
    resolve(query, &mut walk);
    walk.missing()
}

/// Answers a query whose needs are met; `None` when there is no such object. `promoting` is what
/// whoever runs the product allows of promotions, as in [`Context`](crate::Context::promoting).
pub fn ask<R: Rows>(
    query: &Query,
    rows: &R,
    promoting: Option<&OperatorPolicy>,
    now: Instant,
) -> Option<Answer> {
    match query {
        Query::Account(id) => {
            return Walk::new(rows).account(*id).cloned().map(Answer::Account);
        }
        Query::RefundPreview { order, request } => {
            let mut walk = Walk::new(rows);
            let order = walk.order(*order)?;
            let unspent = unspent_of(order, &mut walk, now);
            let refunding = preview(order, request, &unspent).map_err(Refusal::Shop);
            let refunding = refunding.and_then(|refunding| {
                let payments: Vec<_> =
                    payments_of(order).filter_map(|id| walk.payment(id).cloned()).collect();
                check_not_blocked(order, &refunding, &payments)?;
                Ok(refunding)
            });
            return Some(Answer::RefundPreview(refunding));
        }
        Query::PromotionDetails(id) => {
            let allowed = promoting.unwrap_or(OperatorPolicy::standard());
            return promoting::details(*id, (allowed, now), &mut Walk::new(rows))
                .map(|details| Answer::PromotionDetails(Box::new(details)));
        }
        Query::ClaimEvidence(id) => {
            let evidence = claiming::evidence(*id, &mut Walk::new(rows), now)?;
            return Some(Answer::ClaimEvidence(Box::new(evidence)));
        }
        Query::RestitutionEvidence(id) => {
            let (restitution, facts) = restituting::evidence(*id, &mut Walk::new(rows))?;
            return Some(Answer::RestitutionEvidence { restitution, facts });
        }
        Query::ClaimPreview { new, told, rules } => {
            let mut walk = Walk::new(rows);
            return match claiming::preview(new, told, *rules, &mut walk, now) {
                Ok(preview) => Some(Answer::ClaimPreview(Ok(Box::new(preview)))),
                Err(Stop::Refused(refusal)) => Some(Answer::ClaimPreview(Err(refusal))),
                Err(Stop::NotReady) => None,
            };
        }
        _ => {}
    }
    let named = resolve(query, &mut Walk::new(rows))?;
    answer(named, rows, now)
}

fn resolve<R: Rows>(query: &Query, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    match query {
        Query::Book => walk.book().map(|_| AnswerRef::Book),
        Query::Program(id) => walk.program(*id).map(|_| AnswerRef::Program(*id)),
        Query::Card(id) => card(*id, walk),
        Query::Lookup(CardRef::Id(id)) => card(*id, walk),
        Query::Lookup(CardRef::Code(hashes)) => {
            let mut found = None;
            for hash in hashes {
                let row = walk.code(*hash).filter(|row| row.live);
                found = found.or(row.map(|row| row.card));
            }
            found.and_then(|id| card(id, walk))
        }
        Query::Hold(id) => {
            let hold = walk.hold(*id)?;
            walk.account(account_of(hold.card)).map(|_| AnswerRef::Hold(*id))
        }
        Query::Refund(id) => walk.refund(*id).map(|_| AnswerRef::Refund(*id)),
        Query::Account(id) => {
            walk.account(*id);
            None
        }
        Query::Seller(id) => walk.seller(*id).map(|_| AnswerRef::Seller(*id)),
        Query::Creator(id) => walk.creator(*id).map(|_| AnswerRef::Creator(*id)),
        Query::Product(id) => walk.product(*id).map(|_| AnswerRef::Product(*id)),
        Query::Method(id) => walk.method(*id).map(|_| AnswerRef::Method(*id)),
        Query::Checkout(id) => {
            let waits_for = waits_for(walk.checkout(*id)?);
            waits_for.and_then(|payment| walk.payment(payment));
            Some(AnswerRef::Checkout(*id))
        }
        Query::Order(id) => walk.order(*id).map(|_| AnswerRef::Order(*id)),
        Query::OrderRefund(id) => walk.order_refund(*id).map(|_| AnswerRef::OrderRefund(*id)),
        Query::Payment(id) => walk.payment(*id).map(|_| AnswerRef::Payment(*id)),
        Query::RailRefund(id) => walk.rail_refund(*id).map(|_| AnswerRef::RailRefund(*id)),
        Query::Dispute(id) => walk.dispute(*id).map(|_| AnswerRef::Dispute(*id)),
        Query::Payout(id) => walk.payout(*id).map(|_| AnswerRef::Payout(*id)),
        Query::Purchase(id) => walk.purchase(*id).map(|_| AnswerRef::Purchase(*id)),
        Query::Settlement(id) => walk.settlement(*id).map(|_| AnswerRef::Settlement(*id)),
        Query::Sender(id) => walk.sender(*id).map(|_| AnswerRef::Sender(*id)),
        Query::Contact(id) => walk.contact(*id).map(|_| AnswerRef::Contact(*id)),
        Query::Promotion(id) => walk.promotion(*id).map(|_| AnswerRef::Promotion(*id)),
        Query::PromotionDetails(id) => {
            // Which rows are named depends neither on the time nor on what is allowed.
            promoting::details(*id, (OperatorPolicy::standard(), Instant::MAX), walk);
            None
        }
        Query::Post(id) => walk.post(*id).map(|_| AnswerRef::Post(*id)),
        Query::Slice(id) => walk.slice(*id).map(|_| AnswerRef::Slice(*id)),
        Query::Stream(id) => walk.stream(*id).map(|_| AnswerRef::Stream(*id)),
        Query::Incident(id) => walk.incident(*id).map(|_| AnswerRef::Incident(*id)),
        Query::Signals(id) => walk.signals(*id).map(|_| AnswerRef::Signals(*id)),
        Query::Claim(_)
        | Query::ClaimEvidence(_)
        | Query::ClaimPreview { .. }
        | Query::RestitutionEvidence(_)
        | Query::Restitution(_)
        | Query::AccountFreeze(_)
        | Query::Suspect(_) => of_claims(query, walk),
        Query::RefundPreview { order, .. } => refundable(*order, walk),
    }
}

/// Names what a preview of a refund looks at.
fn refundable<R: Rows>(order: OrderId, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    let order = walk.order(order)?;
    for payment in payments_of(order) {
        walk.payment(payment);
    }
    unspent_of(order, walk, Instant::MAX);
    None
}

fn of_claims<R: Rows>(query: &Query, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    match query {
        Query::Claim(id) => walk.claim(*id).map(|_| AnswerRef::Claim(*id)),
        Query::Restitution(id) => walk.restitution(*id).map(|_| AnswerRef::Restitution(*id)),
        Query::AccountFreeze(id) => walk.account_freeze(*id).map(|_| AnswerRef::AccountFreeze(*id)),
        Query::Suspect(id) => walk.suspect(*id).map(|_| AnswerRef::Suspect(*id)),
        Query::ClaimEvidence(id) => {
            // Which rows are named does not depend on the time.
            claiming::evidence(*id, walk, Instant::MAX);
            None
        }
        Query::RestitutionEvidence(id) => {
            restituting::evidence(*id, walk);
            None
        }
        Query::ClaimPreview { new, .. } => {
            claiming::name_preview(new, walk);
            None
        }
        _ => None,
    }
}

fn card<R: Rows>(id: CardId, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    let card = walk.card(id);
    let account = walk.account(account_of(id));
    card.and(account).map(|_| AnswerRef::Card(id))
}
