//! Terms: what is asked for.

use base::{Amount, Currency, Instant, Money, Span};

use crate::{Audience, Goal};

/// What is sold. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Promise {
    /// Each delivered unit for the auction's price, never above the quoted maximum.
    Estimate = 1,
    /// A number of views for the budget; what is not delivered is repaid.
    Guarantee = 2,
}

impl Promise {
    /// Every promise.
    pub const ALL: [Promise; 2] = [Promise::Estimate, Promise::Guarantee];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Promise::Estimate => "estimate",
            Promise::Guarantee => "guarantee",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Promise> {
        Promise::ALL.into_iter().find(|promise| *promise as u8 == number)
    }
}

/// What an advertiser asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is to bring about.
    pub goal: Goal,
    /// How many units the advertiser hopes for. It binds nobody.
    pub target: Option<u64>,
    /// Whom it is for.
    pub audience: Audience,
    /// What may be spent, tax not counted.
    pub budget: Money,
    /// The part of the budget that the platform adds: a coupon, goodwill. It is spent first, and
    /// what is left of it is never paid out.
    pub incentive: Amount,
    /// What may be spent by what is shown on one day; days are those of UTC.
    pub daily_budget: Option<Amount>,
    /// When it begins.
    pub starts_at: Instant,
    /// When it is over.
    pub ends_at: Instant,
    /// What is sold.
    pub promise: Promise,
}

impl Terms {
    /// What the advertiser pays, tax not counted.
    pub fn paid(&self) -> Amount {
        self.budget.amount.saturating_sub(self.incentive)
    }

    /// The currency of everything about the promotion.
    pub fn currency(&self) -> Currency {
        self.budget.currency
    }

    /// From start to end; `None` when it ends before it starts.
    pub fn duration(&self) -> Option<Span> {
        self.ends_at.since(self.starts_at)
    }

    /// On how many days of UTC it may be shown, the first and the last included.
    pub fn days(&self) -> u64 {
        let last = Instant::saturating_sub(self.ends_at, Span::from_micros(1)).day_number();
        u64::try_from(last - self.starts_at.day_number() + 1).unwrap_or(0)
    }

    /// True when the instant lies within its dates.
    pub fn runs_at(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }
}

/// Changes of terms; what is absent stays as it is, and `Some(None)` takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermsChange {
    /// The terms that it is a change of, when it is to hold for no others.
    pub of: Option<Box<Terms>>,
    /// Another goal; drafts only.
    pub goal: Option<Goal>,
    /// Another target, or none.
    pub target: Option<Option<u64>>,
    /// Another audience.
    pub audience: Option<Audience>,
    /// Another budget; drafts only.
    pub budget: Option<Money>,
    /// Another daily budget, or none.
    pub daily_budget: Option<Option<Amount>>,
    /// Another start.
    pub starts_at: Option<Instant>,
    /// Another end.
    pub ends_at: Option<Instant>,
    /// Another promise; drafts only.
    pub promise: Option<Promise>,
}

impl TermsChange {
    /// The change of whatever terms to these; what the platform adds stays.
    pub fn to(terms: Terms) -> TermsChange {
        TermsChange {
            of: None,
            goal: Some(terms.goal),
            target: Some(terms.target),
            audience: Some(terms.audience),
            budget: Some(terms.budget),
            daily_budget: Some(terms.daily_budget),
            starts_at: Some(terms.starts_at),
            ends_at: Some(terms.ends_at),
            promise: Some(terms.promise),
        }
    }

    /// The terms after the change.
    pub fn apply(&self, terms: &Terms) -> Terms {
        Terms {
            goal: self.goal.unwrap_or(terms.goal),
            target: self.target.unwrap_or(terms.target),
            audience: self.audience.as_ref().unwrap_or(&terms.audience).clone(),
            budget: self.budget.unwrap_or(terms.budget),
            incentive: terms.incentive,
            daily_budget: self.daily_budget.unwrap_or(terms.daily_budget),
            starts_at: self.starts_at.unwrap_or(terms.starts_at),
            ends_at: self.ends_at.unwrap_or(terms.ends_at),
            promise: self.promise.unwrap_or(terms.promise),
        }
    }
}
