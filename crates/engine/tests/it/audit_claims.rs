//! What must be true of claims and restitutions after every command: said a second time, from the
//! rows, without the rules.

use std::collections::{BTreeMap, BTreeSet};

use base::{Amount, Currency, PromotionId};
use claims::{AutomaticPaid, Ground};
use claims::{Cause, Claim, ClaimantClaims, PromotionClaims, Restitution, Way, facts_id};
use ledger::{Account, AccountName};
use promotions::made_good_account;

use crate::world::World;

/// What claims and restitutions have sent back of what was spent of a promotion.
pub fn sent_back(world: &World, promotion: PromotionId) -> i64 {
    let claims = world.claim.values().filter(|row| row.promotion == Some(promotion));
    let claimed: i64 = claims.map(|row| row.set_out().minor()).sum();
    let repaid = refunded(world, promotion).map(|row| row.net.minor());
    claimed + repaid.sum::<i64>()
}

/// What restitutions have sent by refunds of the order.
fn refunded(world: &World, promotion: PromotionId) -> impl Iterator<Item = &Restitution> {
    let all = world.restitution.values().map(AsRef::as_ref);
    all.filter(move |row| row.promotion == promotion && matches!(row.kind.way(), Way::Refund(_)))
}

/// The whole book.
pub fn book(world: &World) {
    world.claim.values().for_each(|row| claim(world, row));
    world.promotion_claims.values().for_each(|row| sums(world, row));
    world.claimant.values().for_each(|row| claimant(world, row));
    let known = world.claim.values().filter(|row| row.promotion.is_some()).count();
    let listed: usize = world.promotion_claims.values().map(|row| row.claims.len()).sum();
    assert_eq!(known, listed, "a claim that its promotion does not know");
    for row in world.restitution.values() {
        let facts = &world.frozen_facts[&facts_id(row.facts)].facts;
        assert_eq!(facts.digest(), row.facts.0);
        assert!(world.claim_statement.contains_key(&row.statement));
        assert!(row.net <= row.loss);
    }
    world.automatic_paid.values().for_each(|row| automatic(world, row));
    expenses(world);
}

/// What yearly caps count is what claims take that a rule has decided, each once.
fn automatic(world: &World, row: &AutomaticPaid) {
    let mut seen = BTreeSet::new();
    for payment in &row.payments {
        let claim = &world.claim[&payment.claim];
        assert!(seen.insert(payment.claim), "{:?} is counted twice", payment.claim);
        assert_eq!((claim.ground, claim.currency), (Ground::UnauthorizedCharge, payment.currency));
        assert!(payment.amount <= claim.committed() && !payment.amount.is_zero());
    }
}

/// What the platform bears is what was sent back, less what turned out not to have been spent.
fn expenses(world: &World) {
    let mut borne: BTreeMap<Currency, i64> = BTreeMap::new();
    for row in world.promotion.values() {
        let sent = sent_back(world, row.id) - row.kept.minor();
        *borne.entry(row.currency()).or_default() += sent;
    }
    for (currency, borne) in borne {
        let name: AccountName = made_good_account();
        let account = world.account.get(&name.id(currency));
        assert_eq!(account.map_or(0, Account::balance), borne, "{currency:?}");
    }
}

/// A claim has what it rests on, and its refunds are those of its order.
fn claim(world: &World, row: &Claim) {
    let words = &world.claim_words[&row.id];
    assert_eq!(words.claim, row.id);
    if let Some(digest) = row.facts {
        assert_eq!(world.frozen_facts[&facts_id(digest)].facts.digest(), digest.0);
    }
    let first = row.appeal.as_ref().map(|appeal| &appeal.against);
    for record in row.decision.iter().chain(&row.proposal).chain(first) {
        let kept = &world.claim_statement[&record.statement];
        assert_eq!((kept.facts, kept.about), (record.facts, claims::Subject::Claim(row.id)));
        assert_eq!(kept.decision.is_some(), record.automated, "who has decided");
        let people = [record.reviewed_by, record.approved_by];
        assert!(people[0].is_none() || people[0] != people[1], "one person is no second");
        let is_theirs = people.iter().flatten().any(|by| row.owner == Some(*by));
        assert!(!is_theirs, "a claim of their own");
    }
    for payout in &row.payouts {
        let refund = payout.refund.map(|refund| &world.order_refund[&refund]);
        let amount = refund.map_or(Amount::ZERO, |refund| refund.amount.amount);
        assert_eq!(amount, payout.gross, "{:?} refunds something else", row.id);
        assert_eq!(refund.is_some(), !payout.net.is_zero());
    }
    let is_waiting = row.status.is_open();
    assert!(is_waiting || row.due_at().is_none(), "a clock of what is over: {row:?}");
    let next = claims::next(row, world.now);
    let has_clock = next.by.is_some() || next.awaited == claims::Awaited::DisputeEnd;
    assert!(!is_waiting || has_clock, "nobody knows how it goes on: {row:?}");
}

/// The sums of a promotion are those of its claims and restitutions, by cause; with what
/// settlements return, they never come to more than was paid.
fn sums(world: &World, row: &PromotionClaims) {
    let id = row.promotion;
    let of_it = || world.claim.values().filter(|claim| claim.promotion == Some(id));
    for cause in [Cause::Delivery, Cause::Overspend, Cause::WrongDelivery] {
        let claimed: i64 = of_it().map(|claim| claim.causes.of(cause).minor()).sum();
        let repaid = refunded(world, id).filter(|one| one.kind.way() == Way::Refund(cause));
        let repaid: i64 = repaid.map(|one| one.net.minor()).sum();
        assert_eq!(row.causes.of(cause).minor(), claimed + repaid, "{id:?} for {cause:?}");
    }
    assert_eq!(row.set_out.minor(), sent_back(world, id), "{id:?}");
    assert!(row.set_out <= row.committed(), "{id:?} sends what it does not take");
    let all = world.restitution.values().filter(|one| one.promotion == id).count();
    assert_eq!(row.restitutions as usize, all, "{id:?}");
    for entry in &row.claims {
        let claim = &world.claim[&entry.claim];
        let told = (entry.ground, entry.status, entry.claimant);
        assert_eq!(told, (claim.ground, claim.status, claim.claimant.id()), "{id:?}");
    }
    let promotion = &world.promotion[&id];
    let back = promotion.returned.minor() + row.committed().minor();
    assert!(back <= promotion.terms.paid().minor(), "{id:?} was paid twice");
}

fn claimant(world: &World, row: &ClaimantClaims) {
    let of_them = || world.claim.values().filter(|claim| claim.claimant == row.claimant);
    let open = of_them().filter(|claim| claim.status.is_open()).count();
    assert_eq!((row.open as usize, row.ever as usize), (open, of_them().count()));
}
