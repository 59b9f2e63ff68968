//! A little book of claims. Every effect is kept and the whole book is audited after it.

use std::collections::BTreeMap;

use base::{Amount, ClaimId, ClaimantId, Currency, Day, Instant, Metadata, Money, PaymentId};
use base::{PersonId, PromotionId, RefundId, Region, RestitutionId, Span, Token};
use claims::{ApprovalPolicy, Award, Case, ChargeHint, Claim, ClaimEvent, Claimant};
use claims::{ClaimantClaims, ClockTables, Clocks, Code, Decided, Desk, Digest, Effect, Facts};
use claims::{Evidence, Fact, FactName, Finding, Value};
use claims::{Filing, Fingerprint, Funds, Ground, LastFour, MediaType, Named, NewAttachment};
use claims::{
    NewClaim, NewRestitution, NewWords, Outcome, PromotionClaims, Purchase, Refusal, Repaying,
};
use claims::{Resolution, Resolve};
use claims::{Restitution, RestitutionKind, Review, Rows, Status, Way};

use super::audited::check_change;

pub const OWNER: PersonId = PersonId::from_bits(1);
pub const ANN: PersonId = PersonId::from_bits(2);
pub const BOB: PersonId = PersonId::from_bits(3);
pub const CAT: PersonId = PersonId::from_bits(4);
pub const PROMOTION: PromotionId = PromotionId::from_bits(7);
pub const PAYMENT: PaymentId = PaymentId::from_bits(8);

pub fn cents(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

pub fn dollars(amount: Amount) -> Money {
    Money { amount, currency: Currency::USD }
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

pub fn codes() -> Vec<Code> {
    vec![Token::new("incident_share").unwrap()]
}

pub fn award(refund: i64, elsewhere: i64) -> Award {
    Award { refund: cents(refund), elsewhere: cents(elsewhere) }
}

pub fn file_of(byte: u8) -> NewAttachment {
    NewAttachment { content: Digest([byte; 32]), media: MediaType::Png, bytes: 10 }
}

/// A fifth of the net, rounded down, as any rule that is monotonous would do.
pub fn with_tax(net: Amount) -> Amount {
    cents(net.minor() + net.minor() / 5)
}

/// 100.00 paid on a Monday, shown from Tuesday to Saturday, and all of it spent.
pub fn purchase() -> Purchase {
    Purchase {
        promotion: PROMOTION,
        payment: None,
        owner: OWNER,
        currency: Currency::USD,
        region: Some(region("US-CA")),
        rail: Some(Token::new("stripe").unwrap()),
        paid_at: Some(at("2026-03-02T10:00:00Z")),
        starts_at: at("2026-03-03T00:00:00Z"),
        ends_at: at("2026-03-07T00:00:00Z"),
    }
}

pub fn new_claim(number: u128, ground: Ground) -> NewClaim {
    NewClaim {
        id: ClaimId::from_bits(number),
        claimant: Claimant::Person(OWNER),
        named: Named::Promotion(PROMOTION),
        ground,
        period: None,
        words: NewWords { person: OWNER, sealed: Box::new([1; 9]), bytes: 40 },
        attachments: Vec::new(),
        metadata: Metadata::default(),
    }
}

pub fn hint() -> ChargeHint {
    ChargeHint {
        descriptor: Fingerprint([5; 16]),
        last_four: LastFour::parse("0042").unwrap(),
        amount: Money::new(10_000, Currency::USD).unwrap(),
        charged_on: Some(day("2026-03-02")),
    }
}

pub fn contact() -> Claimant {
    Claimant::Contact(Fingerprint([6; 16]))
}

pub fn decided(outcome: Outcome, amount: i64) -> Decided {
    Decided {
        outcome,
        amount: cents(amount),
        elsewhere: cents(0),
        codes: codes(),
        waits_for_extension: false,
        is_cap_unknown: false,
        automated: true,
        decision: None,
    }
}

pub fn review_of(by: PersonId, outcome: Outcome, award: Award) -> Review {
    Review { by, outcome, award, codes: codes() }
}

pub struct World {
    pub now: Instant,
    pub tables: ClockTables,
    pub policy: ApprovalPolicy,
    pub purchase: Option<Purchase>,
    pub funds: Funds,
    pub captured_twice: Amount,
    /// What is known when facts are put together.
    pub facts: Facts,
    pub claims: BTreeMap<ClaimId, Claim>,
    pub rows: BTreeMap<PromotionId, PromotionClaims>,
    pub claimants: BTreeMap<ClaimantId, ClaimantClaims>,
    pub restitutions: BTreeMap<RestitutionId, Restitution>,
    pub events: Vec<ClaimEvent>,
    /// What settlements have refunded, with tax.
    pub settled_gross: Amount,
    refunds: u128,
}

impl World {
    /// Monday after the promotion.
    pub fn new() -> World {
        World {
            now: at("2026-03-09T12:00:00Z"),
            tables: ClockTables::default_set(),
            policy: ApprovalPolicy::default_policy(),
            purchase: Some(purchase()),
            funds: Funds {
                currency: Currency::USD,
                paid: cents(10_000),
                spent: cents(10_000),
                returned: Amount::ZERO,
                lost: Amount::ZERO,
                settled: Amount::ZERO,
                is_disputed: false,
                settles_at: None,
            },
            captured_twice: Amount::ZERO,
            facts: Facts::new(),
            claims: BTreeMap::new(),
            rows: BTreeMap::new(),
            claimants: BTreeMap::new(),
            restitutions: BTreeMap::new(),
            events: Vec::new(),
            settled_gross: Amount::ZERO,
            refunds: 0,
        }
    }

    /// 5,000.00 paid, so that a second person is needed for all of it.
    pub fn of_much() -> World {
        let mut world = World::new();
        (world.funds.paid, world.funds.spent) = (cents(500_000), cents(500_000));
        world
    }

    pub fn later(&mut self, span: Span) {
        self.now = self.now.saturating_add(span);
    }

    pub fn clocks(&self) -> &Clocks {
        self.tables.of(Day::of(self.now))
    }

    pub fn claim(&self, number: u128) -> &Claim {
        &self.claims[&ClaimId::from_bits(number)]
    }

    pub fn status(&self, number: u128) -> Status {
        self.claim(number).status
    }

    pub fn row(&self) -> Option<&PromotionClaims> {
        self.rows.get(&PROMOTION)
    }

    pub fn committed(&self) -> Amount {
        self.row().map_or(Amount::ZERO, |row| row.committed())
    }

    fn rows_of(&self, claimant: Claimant, promotion: Option<PromotionId>) -> Rows<'_> {
        Rows {
            promotion: promotion.and_then(|promotion| self.rows.get(&promotion)),
            claimant: self.claimants.get(&claimant.id()),
        }
    }

    /// The claims on what is bought that were decided before.
    fn decided_before(&self, ground: Ground, is_hint: bool) -> Vec<&Claim> {
        let promotion = self.purchase.as_ref().filter(|_| !is_hint).map(|one| one.promotion);
        let row = promotion.and_then(|promotion| self.rows.get(&promotion));
        let before = row.into_iter().flat_map(|row| row.decided(ground));
        before.map(|first| &self.claims[&first]).collect()
    }

    fn filing<'a>(
        &'a self,
        claimant: Claimant,
        decided: &'a [&'a Claim],
        is_hint: bool,
    ) -> Filing<'a> {
        let promotion = self.purchase.as_ref().filter(|_| !is_hint).map(|one| one.promotion);
        let rows = self.rows_of(claimant, promotion);
        let (purchase, clocks) = (self.purchase.as_ref(), self.clocks());
        Filing { existing: None, purchase, rows, decided, clocks }
    }

    pub fn preview(&self, new: &NewClaim) -> Result<Claim, Refusal> {
        let is_hint = matches!(new.named, Named::Hint(_));
        let decided = self.decided_before(new.ground, is_hint);
        let filing = self.filing(new.claimant, &decided, is_hint);
        let filing = Filing { existing: self.claims.get(&new.id), ..filing };
        claims::preview(new, filing, self.now)
    }

    pub fn file(&mut self, new: &NewClaim) -> Result<(), Refusal> {
        let is_hint = matches!(new.named, Named::Hint(_));
        let decided = self.decided_before(new.ground, is_hint);
        let filing = self.filing(new.claimant, &decided, is_hint);
        let filing = Filing { existing: self.claims.get(&new.id), ..filing };
        let previewed = claims::preview(new, filing, self.now);
        let filed = claims::file(new, filing, self.now);
        assert_eq!(filed.as_ref().map(|effect| &effect.claims[0]), previewed.as_ref());
        self.keep(filed)
    }

    pub fn match_claim(&mut self, number: u128, by: PersonId) -> Result<(), Refusal> {
        let claim = self.claim(number).clone();
        let decided = self.decided_before(claim.ground, false);
        let filing = self.filing(claim.claimant, &decided, false);
        let matched = claims::match_claim(by, &claim, filing, self.now);
        self.keep(matched)
    }

    /// Changes a claim by a rule that needs nothing but it and its sums.
    pub fn change(
        &mut self,
        number: u128,
        rule: impl FnOnce(&Claim, Rows<'_>, &World) -> Result<Effect, Refusal>,
    ) -> Result<(), Refusal> {
        let claim = self.claim(number);
        let changed = rule(claim, self.rows_of(claim.claimant, claim.promotion), self);
        self.keep(changed)
    }

    fn at_desk(
        &mut self,
        number: u128,
        rule: impl FnOnce(&Claim, Desk<'_>, Instant) -> Result<Effect, Refusal>,
    ) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| {
            let (clocks, policy) = (world.clocks(), &world.policy);
            let (funds, facts) = (&world.funds, Some(&world.facts));
            rule(claim, Desk { rows, funds, facts, clocks, policy }, world.now)
        })
    }

    pub fn freeze(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| {
            claims::freeze_facts(&world.facts, claim, rows, world.now)
        })
    }

    pub fn decide(
        &mut self,
        number: u128,
        decided: &Decided,
        elsewhere: i64,
    ) -> Result<(), Refusal> {
        let decided = Decided { elsewhere: cents(elsewhere), ..decided.clone() };
        self.at_desk(number, |claim, desk, now| claims::decide(&decided, claim, desk, now))
    }

    pub fn review(&mut self, number: u128, review: &Review) -> Result<(), Refusal> {
        self.at_desk(number, |claim, desk, now| claims::review(review, claim, desk, now))
    }

    pub fn approve(&mut self, number: u128, by: PersonId) -> Result<(), Refusal> {
        self.at_desk(number, |claim, desk, now| claims::approve(by, claim, desk, now))
    }

    pub fn send_back(&mut self, number: u128, by: PersonId) -> Result<(), Refusal> {
        self.change(number, |claim, rows, _| claims::send_back(by, claim, rows))
    }

    pub fn appeal(&mut self, number: u128, new: &[NewAttachment]) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| {
            claims::appeal(new, claim, rows, world.funds.is_disputed, world.clocks(), world.now)
        })
    }

    pub fn attach(&mut self, number: u128, new: NewAttachment) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| claims::attach(new, claim, rows, world.now))
    }

    pub fn withdraw(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, _| claims::withdraw(claim, rows))
    }

    pub fn hold(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| claims::hold(claim, rows, world.now))
    }

    pub fn release(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| {
            claims::release(claim, rows, world.clocks(), world.now)
        })
    }

    pub fn escalate(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| claims::escalate(claim, rows, world.now))
    }

    pub fn start_payout(&mut self, number: u128) -> Result<(), Refusal> {
        self.refunds += 1;
        let refund = RefundId::from_bits(self.refunds);
        self.change(number, |claim, rows, world| {
            claims::start_payout(refund, claim, rows, &world.funds, with_tax, world.now)
        })
    }

    fn resolve_by(&mut self, by: PersonId, how: Resolution) -> Resolve {
        self.refunds += 1;
        let refund = RefundId::from_bits(self.refunds);
        Resolve { by, refund: (how == Resolution::SentAgain).then_some(refund), how }
    }

    /// A person has its money set out.
    pub fn resolve_payout(
        &mut self,
        number: u128,
        by: PersonId,
        how: Resolution,
    ) -> Result<(), Refusal> {
        let resolve = self.resolve_by(by, how);
        self.change(number, |claim, rows, world| {
            claims::resolve_payout(&resolve, claim, rows, &world.funds, with_tax, world.now)
        })
    }

    pub fn note_paid(&mut self, number: u128) -> Result<(), Refusal> {
        self.change(number, |claim, rows, world| {
            claims::note_paid(claim, rows, world.funds.returned, world.clocks(), world.now)
        })
    }

    pub fn restitute(
        &mut self,
        kind: RestitutionKind,
        cause: u8,
        loss: i64,
    ) -> Result<RestitutionId, Refusal> {
        self.owe((kind, cause, loss), None)
    }

    /// Its order refuses it.
    pub fn set_aside(
        &mut self,
        kind: RestitutionKind,
        cause: u8,
        loss: i64,
    ) -> Result<RestitutionId, Refusal> {
        self.owe((kind, cause, loss), Some(Token::new("limit_exceeded").unwrap()))
    }

    /// A person has it go on.
    pub fn resolve(
        &mut self,
        id: RestitutionId,
        by: PersonId,
        how: Resolution,
    ) -> Result<(), Refusal> {
        let resolve = self.resolve_by(by, how);
        let (restitution, row) = (&self.restitutions[&id], self.row().unwrap());
        let owner = (OWNER, &self.funds);
        let made = claims::resolve(&resolve, restitution, row, owner, with_tax, self.now);
        self.keep(made)
    }

    /// Somebody looks from now on whether something is owed.
    pub fn search(&mut self) {
        let found = claims::search(PROMOTION, Currency::USD, self.row(), self.now);
        self.rows.extend(found.promotions.into_iter().map(|row| (row.promotion, row)));
    }

    fn owe(
        &mut self,
        (kind, cause, loss): (RestitutionKind, u8, i64),
        refusal: Option<Token<40>>,
    ) -> Result<RestitutionId, Refusal> {
        self.refunds += 1;
        let of_kind = self.restitutions.values().filter(|one| one.kind == kind);
        let before: i64 = of_kind.map(|one| one.loss.minor()).sum();
        let (cause, rail) = (Fingerprint([cause; 16]), None);
        let new = NewRestitution {
            promotion: PROMOTION,
            kind,
            cause,
            loss: cents(loss),
            loss_so_far: cents(loss + before),
            currency: Currency::USD,
            facts: self.facts.clone(),
            refund: RefundId::from_bits(self.refunds),
            case: Case { ground: Ground::TechnicalError, region: None, rail },
        };
        let id = claims::restitution_id(PROMOTION, kind, cause);
        let repaying = Repaying {
            existing: self.restitutions.get(&id),
            row: self.row(),
            funds: &self.funds,
            captured_twice: self.captured_twice,
            clocks: self.clocks(),
        };
        let made = match refusal {
            None => claims::restitute(&new, repaying, with_tax, self.now),
            Some(refusal) => claims::set_aside(&new, &refusal, repaying, with_tax, self.now),
        };
        let net = made.as_ref().map_or(Amount::ZERO, |effect| effect.restitutions[0].net);
        if kind.way() == Way::Capture {
            self.captured_twice = self.captured_twice.checked_sub(net).unwrap();
        }
        self.keep(made).map(|()| id)
    }

    /// Returns what was not spent, as the settlement of a promotion does.
    pub fn settle(&mut self) {
        assert!(!self.funds.is_disputed);
        let back = self.funds.settlement_back(self.committed());
        let net = back.checked_sub(self.funds.returned).expect("what was returned stays returned");
        let set_out = self.row().map_or(Amount::ZERO, |row| row.set_out);
        let before = self.funds.returned.checked_add(set_out).unwrap();
        let gross = claims::gross(net, before, with_tax);
        self.settled_gross = self.settled_gross.checked_add(gross).unwrap();
        self.funds.returned = back;
        self.audit();
    }

    /// From now on it is known that so much was lost, and not made good.
    pub fn lose(&mut self, name: FactName, loss: i64) {
        let finding = Finding::Known(Value::Money(cents(loss)));
        let fact = Fact { name, finding, evidence: Evidence::None, at: self.now };
        let others = self.facts.iter().filter(|known| known.name != name).cloned();
        let others: Vec<Fact> = others.collect();
        self.facts = Facts::new();
        others.into_iter().chain([fact]).for_each(|fact| self.facts.tell(fact).unwrap());
    }

    /// Filed, with its facts frozen.
    pub fn gathering(&mut self, number: u128, ground: Ground) {
        self.file(&new_claim(number, ground)).unwrap();
        self.freeze(number).unwrap();
    }

    /// Decided by a rule.
    pub fn decided(&mut self, number: u128, ground: Ground, outcome: Outcome, amount: i64) {
        self.gathering(number, ground);
        self.decide(number, &decided(outcome, amount), 0).unwrap();
    }

    /// Keeps what a rule leaves behind, and audits the book.
    pub fn keep(&mut self, effect: Result<Effect, Refusal>) -> Result<(), Refusal> {
        let effect = effect?;
        for claim in effect.claims {
            if let Some(before) = self.claims.get(&claim.id) {
                check_change(before, &claim);
            }
            self.claims.insert(claim.id, claim);
        }
        for row in effect.promotions {
            assert_ne!(self.rows.insert(row.promotion, row.clone()), Some(row));
        }
        for row in effect.claimants {
            assert_ne!(self.claimants.insert(row.id, row.clone()), Some(row));
        }
        for restitution in effect.restitutions {
            self.restitutions.insert(restitution.id, restitution);
        }
        let promises = |id| self.claims[id].status.is_promised();
        for (event, subject) in &effect.events {
            let claims::EventObject::Claim(id) = subject else { continue };
            let pays = match event {
                ClaimEvent::Decided | ClaimEvent::Approved => promises(id),
                ClaimEvent::PayoutStarted => true,
                _ => false,
            };
            assert!(!pays || !self.funds.is_disputed, "paid while the bank may pay too");
        }
        self.events = effect.events.into_iter().map(|(event, _)| event).collect();
        assert!(!self.events.is_empty());
        self.audit();
        Ok(())
    }
}
