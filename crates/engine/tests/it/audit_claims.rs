//! What must be true of claims and restitutions after every command: said a second time, from the
//! rows, without the rules.

use std::collections::{BTreeMap, BTreeSet};

use base::{Amount, Currency, PromotionId};
use claims::facts_id;
use claims::{AutomaticPaid, Ground, Instrument, InstrumentClaims, Status};
use claims::{Cause, Claim, ClaimantClaims, Payout, PromotionClaims, Resolution, Resolved};
use claims::{Restitution, Way};
use ledger::{Account, AccountName};
use promotions::made_good_account;
use shop::TenderKind;

use crate::world::World;

/// What claims and restitutions have sent back of what was spent of a promotion, by its order.
pub fn sent_back(world: &World, promotion: PromotionId) -> i64 {
    let by_order = payouts(world, promotion).filter(|row| !is_apart(row.resolved.as_ref()));
    let claimed: i64 = by_order.map(|row| row.net.minor()).sum();
    let sent = refunded(world, promotion).filter(|row| !row.is_stuck() && !is_apart(resolved(row)));
    claimed + sent.map(|row| row.net.minor()).sum::<i64>()
}

/// What of them went another way than by the order, net and with its tax.
pub fn apart(world: &World, promotion: PromotionId) -> (i64, i64) {
    let gross = |row: &Restitution| row.gross.map_or(0, Amount::minor);
    let repaid = refunded(world, promotion).filter(|row| is_apart(resolved(row)));
    let repaid = repaid.map(|row| (row.net.minor(), gross(row)));
    let paid = payouts(world, promotion).filter(|row| is_apart(row.resolved.as_ref()));
    let paid = paid.map(|row| (row.net.minor(), row.gross.minor()));
    repaid.chain(paid).fold((0, 0), |(net, gross), (more, with_tax)| (net + more, gross + with_tax))
}

/// What of them was paid by hand, with its tax.
pub fn by_hand(world: &World, currency: Currency) -> i64 {
    let is_by_hand = |resolved: Option<&Resolved>| {
        resolved.is_some_and(|it| matches!(it.how, Resolution::PaidByHand { .. }))
    };
    let rows = world.restitution.values();
    let rows = rows.filter(|row| row.currency == currency && is_by_hand(resolved(row)));
    let repaid: i64 = rows.map(|row| row.gross.map_or(0, Amount::minor)).sum();
    let claims = world.claim.values().filter(|row| row.currency == currency);
    let paid = claims.flat_map(|row| &row.payouts).filter(|row| is_by_hand(row.resolved.as_ref()));
    repaid + paid.map(|row| row.gross.minor()).sum::<i64>()
}

fn resolved(row: &Restitution) -> Option<&Resolved> {
    row.stuck.as_ref()?.resolved.as_ref()
}

fn is_apart(resolved: Option<&Resolved>) -> bool {
    resolved.is_some_and(|resolved| resolved.how != Resolution::SentAgain)
}

/// Payouts of the claims on a promotion.
fn payouts(world: &World, promotion: PromotionId) -> impl Iterator<Item = &Payout> {
    let claims = world.claim.values().filter(move |row| row.promotion == Some(promotion));
    claims.flat_map(|row| &row.payouts)
}

/// Restitutions that take of what was spent.
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
        let gross = row.gross.unwrap_or(Amount::ZERO);
        if is_apart(resolved(row)) {
            assert!(row.paid_at.is_some() && !world.order_refund.contains_key(&row.refund));
        } else if matches!(row.kind.way(), Way::Refund(_)) {
            let refund = world.order_refund.get(&row.refund).map(|refund| refund.amount.amount);
            assert_eq!(refund, (!row.is_stuck()).then_some(gross), "{:?} refunds else", row.id);
        }
    }
    world.automatic_paid.values().for_each(|row| automatic(world, row));
    world.instrument_claims.values().for_each(|row| instrument(world, row));
    world.claim.values().for_each(|row| over_instruments(world, row));
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

/// What counts for rings is claims that stand, each once.
fn instrument(world: &World, row: &InstrumentClaims) {
    let mut seen = BTreeSet::new();
    for entry in &row.claims {
        let claim = &world.claim[&entry.claim];
        assert!(seen.insert(entry.claim), "{:?} is counted twice", entry.claim);
        assert_eq!((claim.claimant.id(), claim.filed_at), (entry.claimant, entry.at));
        assert_eq!(claim.ground, Ground::UnauthorizedCharge);
        assert_ne!(claim.status, Status::Withdrawn);
    }
}

/// What somebody claims who has bought it is known of each method and card that has paid.
fn over_instruments(world: &World, claim: &Claim) {
    let is_counted = claim.ground == Ground::UnauthorizedCharge
        && claim.owner.is_some()
        && claim.claimant.person() == claim.owner
        && claim.status != Status::Withdrawn;
    let Some(promotion) = claim.promotion.filter(|_| is_counted) else { return };
    let checkout = world.promotion[&promotion].checkout.map(|checkout| &world.checkout[&checkout]);
    let tenders = checkout.into_iter().flat_map(|checkout| &checkout.tenders);
    for tender in tenders.filter(|tender| tender.is_live()) {
        let instrument = match tender.kind {
            TenderKind::PaymentMethod { method, .. } => Instrument::Method(method),
            TenderKind::GiftCard { card, .. } => Instrument::Card(card),
        };
        let row = &world.instrument_claims[&instrument.id()];
        let theirs = || row.claims.iter().filter(|entry| entry.claimant == claim.claimant.id());
        let is_there = theirs().any(|entry| entry.claim == claim.id);
        assert!(is_there || theirs().count() == 4, "{:?} is not known of {instrument:?}", claim.id);
    }
}

/// What the platform bears is what was sent back, less what turned out not to have been spent.
fn expenses(world: &World) {
    let mut borne: BTreeMap<Currency, i64> = BTreeMap::new();
    for row in world.promotion.values() {
        let (_, apart) = apart(world, row.id);
        let sent = sent_back(world, row.id) + apart - row.kept.minor();
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
        let is_apart = is_apart(payout.resolved.as_ref());
        assert!(amount == payout.gross || is_apart, "{:?} refunds something else", row.id);
        assert_eq!(refund.is_some(), !payout.net.is_zero() && !is_apart);
    }
    let is_waiting = row.status.is_open();
    assert!(is_waiting || row.due_at().is_none(), "a clock of what is over: {row:?}");
    let next = claims::next(row, world.now);
    assert!(!is_waiting || next.by.is_some(), "nobody knows how it goes on: {row:?}");
}

/// The sums of a promotion are those of its claims and restitutions, by cause; with what
/// settlements return, they never come to more than was paid.
fn sums(world: &World, row: &PromotionClaims) {
    let id = row.promotion;
    let of_it = || world.claim.values().filter(|claim| claim.promotion == Some(id));
    for cause in [Cause::Delivery, Cause::Overspend, Cause::WrongDelivery, Cause::StopFailed] {
        let claimed: i64 = of_it().map(|claim| claim.causes.of(cause).minor()).sum();
        let repaid = refunded(world, id).filter(|one| one.kind.way() == Way::Refund(cause));
        let repaid: i64 = repaid.map(|one| one.net.minor()).sum();
        assert_eq!(row.causes.of(cause).minor(), claimed + repaid, "{id:?} for {cause:?}");
    }
    let (net, gross) = apart(world, id);
    assert_eq!((row.apart.minor(), row.apart_gross.minor()), (net, gross), "{id:?}");
    assert_eq!(row.set_out.minor(), sent_back(world, id) + net, "{id:?}");
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
    let mut times: Vec<_> = of_them().map(|claim| claim.filed_at).collect();
    times.sort_unstable();
    let last = times.last().map_or(base::Instant::MIN, |at| *at);
    let since = last.saturating_sub(base::Span::days(365));
    times.retain(|at| since < *at);
    assert_eq!(row.recent, times, "the claims of a year");
}
