//! Rows that sum claims up: of a promotion, and of a claimant.

use base::{Amount, ClaimId, ClaimantId, Currency, Instant, PromotionId, Span};

use crate::{Causes, Claim, Claimant, Ground, Status, ToldBack, limits};

/// A claim in the list of its promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimEntry {
    /// Which.
    pub claim: ClaimId,
    /// The row of whoever has made it.
    pub claimant: ClaimantId,
    /// On which ground.
    pub ground: Ground,
    /// Where it stands.
    pub status: Status,
}

impl ClaimEntry {
    /// Whether it was decided, and nobody has taken it back.
    fn is_decided(&self) -> bool {
        !self.status.is_open() && self.status != Status::Withdrawn
    }
}

/// What claims and restitutions have to do with one promotion. Its sums are what the cap is held
/// against, so whatever changes them changes this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionClaims {
    /// Which promotion.
    pub promotion: PromotionId,
    /// Its currency.
    pub currency: Currency,
    /// What claims and restitutions take of what was spent, and what for: promised, on its way, or
    /// gone.
    pub causes: Causes,
    /// What of that has set out.
    pub set_out: Amount,
    /// What of that went another way than by the order that has paid the promotion.
    pub apart: Amount,
    /// The same with its tax.
    pub apart_gross: Amount,
    /// Its claims, in the order in which they came.
    pub claims: Vec<ClaimEntry>,
    /// How many restitutions there were.
    pub restitutions: u32,
    /// How often something was promised or sent. Facts that were put together before the last time
    /// do not know what it was for: they are outdated.
    pub grants: u32,
    /// What restitutions have told of what settlements return.
    pub told_back: ToldBack,
    /// Since when it is to be looked whether the platform owes something unasked; `None` when that
    /// was done, or there was no reason yet.
    pub searched_since: Option<Instant>,
}

impl PromotionClaims {
    /// Of a promotion nobody has claimed anything for.
    pub fn new(promotion: PromotionId, currency: Currency) -> PromotionClaims {
        PromotionClaims {
            promotion,
            currency,
            causes: Causes::default(),
            set_out: Amount::ZERO,
            apart: Amount::ZERO,
            apart_gross: Amount::ZERO,
            claims: Vec::new(),
            restitutions: 0,
            grants: 0,
            told_back: ToldBack::default(),
            searched_since: None,
        }
    }

    /// All that claims and restitutions take of what was spent. Tax not counted.
    pub fn committed(&self) -> Amount {
        self.causes.total()
    }

    /// So much sets out.
    pub(crate) fn send(&mut self, net: Amount) {
        self.set_out = self.set_out.checked_add(net).expect("not more than was paid");
    }

    /// So much of what has set out went another way than by the order.
    pub(crate) fn send_apart(&mut self, net: Amount, gross: Amount) {
        let plus = |sum: Amount, more| sum.checked_add(more).expect("not more than was paid");
        self.apart = plus(self.apart, net);
        self.apart_gross = plus(self.apart_gross, gross);
    }

    /// The claim on this ground that is open.
    pub fn open(&self, ground: Ground) -> Option<ClaimId> {
        self.of(ground).find(|entry| entry.status.is_open()).map(|entry| entry.claim)
    }

    /// The claims on this ground that were decided, in the order in which they came.
    pub fn decided(&self, ground: Ground) -> impl Iterator<Item = ClaimId> {
        self.of(ground).filter(|entry| entry.is_decided()).map(|entry| entry.claim)
    }

    /// How many claims of the same claimant on the same ground were decided that came before this
    /// one.
    pub fn alike_before(&self, claim: &Claim) -> u64 {
        let before = self.claims.iter().take_while(|entry| entry.claim != claim.id);
        let claimant = claim.claimant.id();
        let is_alike = |entry: &&ClaimEntry| {
            entry.is_decided() && (entry.ground, entry.claimant) == (claim.ground, claimant)
        };
        u64::try_from(before.filter(is_alike).count()).unwrap_or(u64::MAX)
    }

    /// Whether no more claims are taken.
    pub fn is_full(&self) -> bool {
        self.claims.len() >= limits::CLAIMS_PER_PROMOTION_MAX
    }

    fn of(&self, ground: Ground) -> impl Iterator<Item = &ClaimEntry> {
        self.claims.iter().filter(move |entry| entry.ground == ground)
    }

    /// Follows a change of a claim.
    fn follow(&mut self, before: Option<&Claim>, after: &Claim) {
        let before = before.filter(|before| before.promotion.is_some());
        let sum = |sum: Amount, less: Option<Amount>, more: Amount| {
            let rest = sum.checked_sub(less.unwrap_or(Amount::ZERO));
            rest.and_then(|rest| rest.checked_add(more)).expect("sums of claims stay in range")
        };
        let known = before.map_or(Causes::default(), |claim| claim.causes);
        self.causes = self.causes.less(known).plus(after.causes);
        self.grants = self.grants.saturating_add(u32::from(after.causes.total() > known.total()));
        self.set_out = sum(self.set_out, before.map(Claim::set_out), after.set_out());
        let entry = ClaimEntry {
            claim: after.id,
            claimant: after.claimant.id(),
            ground: after.ground,
            status: after.status,
        };
        match self.claims.iter_mut().find(|entry| entry.claim == after.id) {
            Some(there) => *there = entry,
            None => self.claims.push(entry),
        }
    }
}

/// How many claims somebody has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimantClaims {
    /// The id of the row ([`Claimant::id`]).
    pub id: ClaimantId,
    /// Who.
    pub claimant: Claimant,
    /// How many are open.
    pub open: u32,
    /// How many there ever were.
    pub ever: u32,
    /// When those of a year were made, in order; at most [`limits::CLAIMS_REMEMBERED_MAX`].
    pub recent: Vec<Instant>,
}

/// Earlier claims count for so long.
const A_YEAR: Span = Span::days(365);

impl ClaimantClaims {
    /// Of somebody who has made none.
    pub fn new(claimant: Claimant) -> ClaimantClaims {
        ClaimantClaims { id: claimant.id(), claimant, open: 0, ever: 0, recent: Vec::new() }
    }

    /// How many claims they had made in the year before one that was made then.
    pub fn in_year_before(&self, filed_at: Instant) -> u32 {
        let since = filed_at.saturating_sub(A_YEAR);
        let until = self.recent.iter().filter(|at| since < **at && **at <= filed_at).count();
        // It is among them itself, once it was made.
        let itself = usize::from(self.recent.contains(&filed_at));
        u32::try_from(until - itself).unwrap_or(u32::MAX)
    }

    /// Whether no more claims are taken for now.
    pub fn is_full(&self) -> bool {
        self.open >= limits::OPEN_CLAIMS_MAX
    }

    fn follow(&mut self, before: Option<&Claim>, after: &Claim) {
        let was_open = before.is_some_and(|claim| claim.status.is_open());
        let open = self.open.saturating_sub(u32::from(was_open));
        self.open = open.saturating_add(u32::from(after.status.is_open()));
        if before.is_none() {
            self.ever = self.ever.saturating_add(1);
            let since = after.filed_at.saturating_sub(A_YEAR);
            self.recent.retain(|at| since < *at);
            self.recent.push(after.filed_at);
            let beyond = self.recent.len().saturating_sub(limits::CLAIMS_REMEMBERED_MAX);
            self.recent.drain(..beyond);
        }
    }
}

/// The rows beside a claim that change with it, as far as they exist.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows<'a> {
    /// That of its promotion.
    pub promotion: Option<&'a PromotionClaims>,
    /// That of its claimant.
    pub claimant: Option<&'a ClaimantClaims>,
}

impl Rows<'_> {
    /// What claims and restitutions take of what was spent.
    pub(crate) fn committed(&self) -> Amount {
        self.promotion.map_or(Amount::ZERO, PromotionClaims::committed)
    }

    /// How often something was promised or sent for the promotion.
    pub(crate) fn grants(&self) -> u32 {
        self.promotion.map_or(0, |row| row.grants)
    }

    /// The row of the promotion after a change of a claim; `None` when that is not known yet.
    ///
    /// # Panics
    ///
    /// When the row of another promotion is brought, or that of a promotion which has claims is
    /// missing: sums would be wrong.
    pub(crate) fn promotion_after(
        &self,
        before: Option<&Claim>,
        after: &Claim,
    ) -> Option<PromotionClaims> {
        let promotion = after.promotion?;
        let new = || PromotionClaims::new(promotion, after.currency);
        let was_listed = before.is_some_and(|claim| claim.promotion.is_some());
        assert!(
            !was_listed || self.promotion.is_some(),
            "a claim without the row of its promotion"
        );
        let mut row = self.promotion.cloned().unwrap_or_else(new);
        assert_eq!(row.promotion, promotion, "the row of another promotion");
        row.follow(before, after);
        Some(row)
    }

    /// The row of the claimant after a change of a claim.
    ///
    /// # Panics
    ///
    /// As for the promotion.
    pub(crate) fn claimant_after(&self, before: Option<&Claim>, after: &Claim) -> ClaimantClaims {
        assert!(before.is_none() || self.claimant.is_some(), "a claim without its claimant's row");
        let mut row = self.claimant.cloned().unwrap_or_else(|| ClaimantClaims::new(after.claimant));
        assert_eq!(row.claimant, after.claimant, "the row of another claimant");
        row.follow(before, after);
        row
    }
}

/// Rows that follow claims, after a claim has changed: those that `follow` changes. One that is not
/// there begins as `new`, and stays away while nothing is kept in it.
pub(crate) fn changed_rows<K, R: Clone + PartialEq>(
    rows: &[(K, Option<&R>)],
    new: impl Fn(&K) -> R,
    follow: impl Fn(&mut R),
) -> Vec<R> {
    let mut changed = Vec::new();
    for (key, row) in rows {
        let before = row.cloned().unwrap_or_else(|| new(key));
        let mut after = before.clone();
        follow(&mut after);
        if after != before {
            changed.push(after);
        }
    }
    changed
}
