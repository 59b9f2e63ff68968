//! Advertisers: what somebody has under way, and how old they are said to be. Whatever is summed
//! is a row, for nothing is decided by a query.

use std::collections::BTreeMap;

use base::{Amount, Currency, Instant, Money, PersonId, Span};

use crate::{AccountFacts, OperatorPolicy, Outcome, Promotion, Refusal};

/// How old somebody was when the platform told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldAge {
    /// In whole years.
    pub years: u8,
    /// When it was told.
    pub at: Instant,
}

/// What is kept of somebody who promotes: one row a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advertiser {
    /// Who.
    pub person: PersonId,
    /// How many promotions of theirs are being paid or under way.
    pub under_way: u32,
    /// The budgets of those: a sum for each currency, none of nothing.
    pub budgets: BTreeMap<Currency, Amount>,
    /// How old they are, as it was told last.
    pub age: Option<ToldAge>,
}

impl Advertiser {
    /// Somebody of whom nothing is known.
    pub fn new(person: PersonId) -> Advertiser {
        Advertiser { person, under_way: 0, budgets: BTreeMap::new(), age: None }
    }

    /// The budgets of what is under way in one currency.
    pub fn budget(&self, currency: Currency) -> Amount {
        self.budgets.get(&currency).copied().unwrap_or(Amount::ZERO)
    }

    /// How many whole years old they are at least: what was told, and the years since.
    pub fn age_at(&self, now: Instant) -> Option<u8> {
        let told = self.age?;
        // No year is longer, so nobody is taken for older than they are.
        let since = now.since(told.at).unwrap_or(Span::ZERO).micros() / Span::days(366).micros();
        Some(told.years.saturating_add(u8::try_from(since).unwrap_or(u8::MAX)))
    }

    fn add(&mut self, budget: Money) -> Result<(), Refusal> {
        let sum = self.budget(budget.currency).checked_add(budget.amount);
        let sum = sum.ok_or(Refusal::LimitExceeded)?;
        self.under_way = self.under_way.checked_add(1).ok_or(Refusal::LimitExceeded)?;
        self.budgets.insert(budget.currency, sum);
        Ok(())
    }

    fn take(&mut self, budget: Money) {
        let sum = self.budget(budget.currency).saturating_sub(budget.amount);
        self.under_way = self.under_way.saturating_sub(1);
        if sum.is_zero() {
            self.budgets.remove(&budget.currency);
        } else {
            self.budgets.insert(budget.currency, sum);
        }
    }
}

/// Counts a promotion to its advertiser, or no longer, as it is after whatever was decided. `None`
/// when it is counted as it has to be. `advertiser` is their row, if there is one.
///
/// The promotion itself remembers whether it is counted. So one that was never counted, because it
/// is older than these rows, is counted when it changes next, and not taken off before.
///
/// # Errors
///
/// `LimitExceeded` when the sums would overflow.
pub fn count(
    promotion: &Promotion,
    advertiser: Option<&Advertiser>,
) -> Result<Option<(Promotion, Advertiser)>, Refusal> {
    let is_counted = promotion.is_to_be_counted();
    if promotion.is_counted == is_counted {
        return Ok(None);
    }
    let mut row = advertiser.cloned().unwrap_or(Advertiser::new(promotion.advertiser));
    if is_counted {
        row.add(promotion.terms.budget)?;
    } else {
        row.take(promotion.terms.budget);
    }
    Ok(Some((Promotion { is_counted, ..promotion.clone() }, row)))
}

/// Has a promotion counted that is older than the rows of advertisers: it changes in nothing else.
///
/// # Errors
///
/// `NothingToChange` when it is counted as it has to be.
pub fn recount(promotion: &Promotion) -> Result<Outcome, Refusal> {
    if promotion.is_counted == promotion.is_to_be_counted() {
        return Err(Refusal::NothingToChange);
    }
    Ok(Outcome { promotions: vec![promotion.clone()], ..Outcome::default() })
}

/// Keeps how old an advertiser is. What was told before is forgotten. `None` when it is known.
pub fn tell_age(
    years: u8,
    person: PersonId,
    existing: Option<&Advertiser>,
    now: Instant,
) -> Option<Outcome> {
    if existing.and_then(|row| row.age_at(now)) == Some(years) {
        return None;
    }
    let mut row = existing.cloned().unwrap_or(Advertiser::new(person));
    row.age = Some(ToldAge { years, at: now });
    Some(Outcome { advertisers: vec![row], ..Outcome::default() })
}

impl AccountFacts {
    /// What is known of whoever pays for a promotion, which itself does not count. `advertiser` is
    /// their row, if there is one.
    pub fn of(
        promotion: &Promotion,
        advertiser: Option<&Advertiser>,
        allowed: &OperatorPolicy,
        is_blocked: bool,
        now: Instant,
    ) -> AccountFacts {
        let currency = promotion.currency();
        let mut others = advertiser.cloned().unwrap_or(Advertiser::new(promotion.advertiser));
        if promotion.is_counted {
            others.take(promotion.terms.budget);
        }
        AccountFacts {
            is_blocked,
            age: others.age_at(now),
            open_promotions: others.under_way,
            open_promotions_max: allowed.under_way_max,
            open_budgets: others.budget(currency),
            open_budgets_max: allowed.budget_max(currency),
        }
    }
}
