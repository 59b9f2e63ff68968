//! What must be true of the little book after every step, and of every change of a claim.

use base::{Amount, Money};
use claims::{Cause, Claim, Resolution, Restitution, StepName, Way};

use super::world::{World, cents, with_tax};

impl World {
    /// Looks at the whole book.
    pub fn audit(&self) {
        let minor =
            |amounts: &mut dyn Iterator<Item = Amount>| -> i64 { amounts.map(Amount::minor).sum() };
        let of_promotion = || self.claims.values().filter(|claim| claim.promotion.is_some());
        let refunded =
            || self.restitutions.values().filter(|one| matches!(one.kind.way(), Way::Refund(_)));
        let restituted = minor(&mut refunded().map(|one| one.net));
        let committed = minor(&mut of_promotion().map(|claim| claim.committed())) + restituted;
        let set_out = minor(&mut of_promotion().map(Claim::set_out))
            + minor(&mut refunded().map(Restitution::set_out));
        let row = self.row();
        assert_eq!(row.map_or(0, |row| row.committed().minor()), committed);
        assert_eq!(row.map_or(0, |row| row.set_out.minor()), set_out);
        for cause in [Cause::Delivery, Cause::Overspend, Cause::WrongDelivery, Cause::StopFailed] {
            let claimed = minor(&mut of_promotion().map(|claim| claim.causes.of(cause)));
            let of_it = refunded().filter(|one| one.kind.way() == Way::Refund(cause));
            let sum = claimed + minor(&mut of_it.map(|one| one.net));
            assert_eq!(row.map_or(0, |row| row.causes.of(cause).minor()), sum, "{cause:?}");
        }
        assert_eq!(row.map_or(0, |row| row.restitutions as usize), self.restitutions.len());
        assert_eq!(row.map_or(0, |row| row.claims.len()), of_promotion().count());

        // The cap, and the tax of all that went back, to the minor unit.
        let returned = self.funds.returned.minor();
        assert!(returned + committed <= self.funds.paid.minor(), "paid twice");
        assert!(set_out <= committed);
        let payouts = self.claims.values().flat_map(|claim| &claim.payouts);
        let gross = minor(&mut payouts.map(|payout| payout.gross))
            + minor(&mut refunded().filter(|one| !one.is_stuck()).filter_map(|one| one.gross))
            + self.settled_gross.minor();
        assert_eq!(gross, with_tax(cents(returned + set_out)).minor());
        let resolved = |one: &Restitution| one.stuck.clone().and_then(|stuck| stuck.resolved);
        let is_apart = |it: &claims::Resolved| it.how != Resolution::SentAgain;
        let of_claims = self.claims.values().flat_map(|claim| &claim.payouts);
        let of_claims = of_claims.filter(|payout| payout.resolved.as_ref().is_some_and(is_apart));
        let of_claims = of_claims.map(|payout| (payout.net, payout.gross));
        let others = refunded().filter(|one| resolved(one).as_ref().is_some_and(is_apart));
        let others = others.filter_map(|one| Some((one.net, one.gross?)));
        let apart = of_claims.chain(others).fold((0, 0), |(net, gross), (more, with_tax)| {
            (net + more.minor(), gross + with_tax.minor())
        });
        let told = row.map_or((0, 0), |row| (row.apart.minor(), row.apart_gross.minor()));
        assert_eq!(told, apart, "what went another way");

        for row in self.claimants.values() {
            let of_them = || self.claims.values().filter(|claim| claim.claimant == row.claimant);
            let open = of_them().filter(|claim| claim.status.is_open()).count();
            assert_eq!((row.open as usize, row.ever as usize), (open, of_them().count()));
        }
        self.claims.values().for_each(|claim| self.audit_claim(claim));
    }

    fn audit_claim(&self, claim: &Claim) {
        let next = claims::next(claim, self.now);
        let is_waiting = claim.status.is_open();
        assert!(is_waiting || claim.due_at().is_none(), "a clock of what is over: {claim:?}");
        assert!(!is_waiting || next.by.is_some(), "nobody knows how it goes on: {claim:?}");
        assert!(is_waiting || claim.held_since.is_none(), "held for ever: {claim:?}");
        let entry = self.row().and_then(|row| {
            row.claims.iter().find(|entry| entry.claim == claim.id).map(|entry| entry.status)
        });
        assert_eq!(entry, claim.promotion.map(|_| claim.status));
        for decision in claim.decision.iter().chain(&claim.proposal) {
            let people = [decision.reviewed_by, decision.approved_by];
            assert!(people[0].is_none() || people[0] != people[1], "one person is no second");
            assert!(people.iter().flatten().all(|by| claim.claimant.person() != Some(*by)));
            assert!(decision.automated == decision.reviewed_by.is_none());
            let is_first = |first: &claims::DecisionRecord| first.statement == decision.statement;
            for appeal in claim.appeal.iter().filter(|appeal| !is_first(&appeal.against)) {
                assert!(people.iter().flatten().all(|by| !appeal.against.is_by(*by)));
            }
        }
        let large = |decision: &claims::DecisionRecord| {
            let currency = claim.currency;
            self.policy.needs_second_person(Money { amount: decision.award.refund, currency })
        };
        // An appeal in vain grants nothing, and leaves what two people have granted before.
        let is_left = |decision: &claims::DecisionRecord| {
            claim.appeal.as_ref().is_some_and(|appeal| appeal.against.award == decision.award)
        };
        let new = claim.decision.as_ref().filter(|decision| !is_left(decision));
        if let Some(decision) = new.filter(|decision| large(decision)) {
            assert!(decision.approved_by.is_some(), "a large sum without a second person");
        }
    }
}

/// A claim goes where the table of moves leads, and no clock runs backwards.
pub fn check_change(before: &Claim, after: &Claim) {
    let (from, to) = (before.status, after.status);
    assert!(from == to || from.may_become(to), "from {from:?} to {to:?}");
    let (there, now_there) = (before.steps.all(), after.steps.all());
    for step in there.iter().filter(|step| step.done_at.is_some()) {
        let count = |steps: &[claims::Step]| steps.iter().filter(|other| *other == step).count();
        assert!(count(now_there) >= count(there), "what was done has changed");
    }
    for step in before.steps.open() {
        // One of the same name that was done before is another.
        let is_same = |other: &&claims::Step| {
            // After a dispute sending begins anew.
            let is_paid = other.name == StepName::Paid && other.done_at.is_none();
            let has_begun = other.begun_at == step.begun_at;
            is_paid || has_begun && (*other == step || !there.contains(other))
        };
        let same = after.steps.last(step.name).filter(is_same);
        // Of which law it is, and how soon that wants a decision, is known once it is matched.
        let is_matched = before.promotion.is_none() && after.promotion.is_some();
        let is_later = same.is_none_or(|same| same.due_at >= step.due_at);
        assert!(is_later || is_matched, "a clock ran backwards");
    }
    assert_eq!(
        (before.id, before.claimant, before.ground),
        (after.id, after.claimant, after.ground)
    );
    assert_eq!((before.filed_at, before.hint), (after.filed_at, after.hint));
    assert!(before.promotion.is_none() || before.promotion == after.promotion);
    assert!(after.payouts.len() >= before.payouts.len());
    assert!(after.decisions >= before.decisions);
}
