//! Preflight: what would go wrong, told before anything is paid.

use std::collections::BTreeMap;

use base::{Amount, Currency, Instant, Label, Span};

use crate::{Audience, Check, CheckCode, Language, Post, Promise, Quote, Terms, limits};

/// What a book allows, as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The least budget, in minor units.
    pub budget_min: Amount,
    /// The least daily budget, in minor units.
    pub daily_budget_min: Amount,
    /// Tags of posts that are promoted to nobody.
    pub forbidden_tags: Vec<Label>,
    /// Tags of posts that are promoted to adults only.
    pub adult_tags: Vec<Label>,
    /// How old advertisers have to be, in whole years.
    pub advertiser_age_min: u8,
    /// How long money stays after the last event may have come, for late verdicts and returns.
    pub settlement_hold: Span,
}

impl Policy {
    /// What holds unless a book says otherwise: at least three major units, one a day, a
    /// settlement hold of 72 hours. The least budget is that of comparable platforms; the hold
    /// is ours (others hold for 3 to 48 hours).
    pub fn of(currency: Currency) -> Policy {
        let major = 10_i64.pow(u32::from(currency.exponent()));
        Policy {
            budget_min: Amount::new(3 * major).expect("not negative"),
            daily_budget_min: Amount::new(major).expect("not negative"),
            forbidden_tags: Vec::new(),
            adult_tags: Vec::new(),
            advertiser_age_min: limits::ADULT_AGE,
            settlement_hold: Span::hours(72),
        }
    }
}

/// What whoever runs the product allows, as data. A process has one for all its books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorPolicy {
    /// How many promotions of one advertiser may be under way.
    pub under_way_max: Option<u32>,
    /// What the budgets of those may come to, by currency; without an entry there is no limit.
    pub budgets_max: BTreeMap<Currency, Amount>,
    /// Tags of posts that are promoted to nobody.
    pub forbidden_tags: Vec<Label>,
    /// Tags of posts that are promoted to adults only.
    pub adult_tags: Vec<Label>,
    /// How old advertisers have to be, in whole years.
    pub advertiser_age_min: u8,
}

impl OperatorPolicy {
    /// What holds unless an operator says otherwise: no limits and no tags, and advertisers are
    /// adults.
    pub fn standard() -> &'static OperatorPolicy {
        static STANDARD: OperatorPolicy = OperatorPolicy {
            under_way_max: None,
            budgets_max: BTreeMap::new(),
            forbidden_tags: Vec::new(),
            adult_tags: Vec::new(),
            advertiser_age_min: limits::ADULT_AGE,
        };
        &STANDARD
    }

    /// What a book allows for promotions of one currency.
    pub fn policy(&self, currency: Currency) -> Policy {
        Policy {
            forbidden_tags: self.forbidden_tags.clone(),
            adult_tags: self.adult_tags.clone(),
            advertiser_age_min: self.advertiser_age_min,
            ..Policy::of(currency)
        }
    }

    /// What the budgets of one advertiser may come to in one currency.
    pub fn budget_max(&self, currency: Currency) -> Option<Amount> {
        self.budgets_max.get(&currency).copied()
    }
}

/// What is known of a payment method that is to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodFacts {
    /// Whether its last payment was declined, and lately ([`limits::DECLINE_COUNTS`]).
    pub was_declined: bool,
    /// When it can no longer be used, if ever.
    pub expires_at: Option<Instant>,
}

/// What is known of the advertiser, and allowed to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountFacts {
    /// Whether they may not promote.
    pub is_blocked: bool,
    /// Their age in whole years, if it is known.
    pub age: Option<u8>,
    /// Their other promotions that are being paid or under way.
    pub open_promotions: u32,
    /// How many of those they may have.
    pub open_promotions_max: Option<u32>,
    /// Budgets of those, in minor units of the promotion's currency.
    pub open_budgets: Amount,
    /// How much those and this one may be, in minor units.
    pub open_budgets_max: Option<Amount>,
}

/// Everything the preflight looks at.
#[derive(Clone, Copy, Debug)]
pub struct PreflightFacts<'a> {
    /// The post, if it is known.
    pub post: Option<&'a Post>,
    /// What the budget will bring.
    pub quote: &'a Quote,
    /// The methods that are to pay, if any.
    pub methods: &'a [MethodFacts],
    /// The advertiser.
    pub account: &'a AccountFacts,
    /// What the book allows.
    pub policy: &'a Policy,
}

/// All findings about terms, blockers and others, in the order of [`CheckCode::ALL`].
pub fn preflight(terms: &Terms, facts: PreflightFacts<'_>, now: Instant) -> Vec<Check> {
    let mut codes = Vec::new();
    check_post(terms, facts, &mut codes);
    check_dates(terms, now, &mut codes);
    check_money(terms, facts.policy, &mut codes);
    check_promise(terms, facts.quote, &mut codes);
    check_audience(&terms.audience, facts, &mut codes);
    check_methods(terms, facts.methods, now, &mut codes);
    check_account(terms, facts, &mut codes);
    keep(&mut codes, CheckCode::QuoteExpired, facts.quote.is_expired(now));
    codes.into_iter().map(CheckCode::check).collect()
}

/// Findings about what may be changed while a promotion is under way: dates, daily budget,
/// audience. Nothing is paid then, so methods and limits of the account are not looked at.
pub fn preflight_change(terms: &Terms, facts: PreflightFacts<'_>, now: Instant) -> Vec<Check> {
    let mut codes = Vec::new();
    check_dates(terms, now, &mut codes);
    check_money(terms, facts.policy, &mut codes);
    check_promise(terms, facts.quote, &mut codes);
    check_audience(&terms.audience, facts, &mut codes);
    codes.into_iter().map(CheckCode::check).collect()
}

fn keep(codes: &mut Vec<CheckCode>, code: CheckCode, applies: bool) {
    if applies {
        codes.push(code);
    }
}

fn check_post(terms: &Terms, facts: PreflightFacts<'_>, codes: &mut Vec<CheckCode>) {
    let Some(post) = facts.post else { return codes.push(CheckCode::PostUnknown) };
    let is_private = !post.is_deleted && !post.is_shown();
    keep(codes, CheckCode::PostDeleted, post.is_deleted);
    keep(codes, CheckCode::PostPrivate, is_private);
    keep(codes, CheckCode::PostNotAllowed, is_about(post, &facts.policy.forbidden_tags));
    let asked = &terms.audience.languages;
    let is_unlike = |language: Language| !asked.is_empty() && !asked.contains(&language);
    keep(codes, CheckCode::LanguageUnlike, post.language.is_some_and(is_unlike));
}

fn check_dates(terms: &Terms, now: Instant, codes: &mut Vec<CheckCode>) {
    let Some(duration) = terms.duration() else {
        return codes.push(CheckCode::EndsBeforeStart);
    };
    // Before the start nobody is shown anything, and neither before now.
    let left = terms.ends_at.since(terms.starts_at.max(now)).unwrap_or(Span::ZERO);
    let is_over = terms.ends_at <= now;
    keep(codes, CheckCode::AlreadyOver, is_over);
    keep(codes, CheckCode::TooShort, !is_over && left < limits::DURATION_MIN);
    keep(codes, CheckCode::TooLong, duration > limits::DURATION_MAX);
    keep(codes, CheckCode::StartPassed, !is_over && terms.starts_at < now);
    let is_soon = terms.starts_at < now.saturating_add(limits::REVIEW_TIME);
    keep(codes, CheckCode::TooSoon, terms.starts_at >= now && is_soon);
}

fn check_money(terms: &Terms, policy: &Policy, codes: &mut Vec<CheckCode>) {
    let budget = terms.budget.amount;
    keep(codes, CheckCode::BudgetTooLow, budget < policy.budget_min || budget < terms.incentive);
    keep(codes, CheckCode::BudgetTooHigh, budget > limits::BUDGET_MAX);
    let Some(daily) = terms.daily_budget else { return };
    let over_all = u128::from(daily.minor().unsigned_abs()) * u128::from(terms.days());
    let spends_too_little = over_all < u128::from(budget.minor().unsigned_abs());
    let is_guarantee = terms.promise == Promise::Guarantee;
    keep(codes, CheckCode::DailyBudgetTooLow, daily < policy.daily_budget_min || daily.is_zero());
    keep(codes, CheckCode::DailyBudgetSpendsTooLittle, spends_too_little && !is_guarantee);
    keep(codes, CheckCode::DailyBudgetBreaksPromise, spends_too_little && is_guarantee);
    keep(codes, CheckCode::DailyBudgetIdle, daily >= budget);
}

fn check_promise(terms: &Terms, quote: &Quote, codes: &mut Vec<CheckCode>) {
    let is_guarantee = terms.promise == Promise::Guarantee;
    let is_of_views = terms.goal == crate::Goal::Views;
    let is_empty = quote.audience_size == 0;
    let brings_nothing = quote.units_high == 0;
    let is_kept = quote.guaranteed_units.is_some();
    keep(codes, CheckCode::GuaranteeOfViewsOnly, is_guarantee && !is_of_views);
    keep(codes, CheckCode::AudienceEmpty, is_empty);
    let is_below = is_guarantee && is_of_views && !is_empty && !is_kept;
    keep(codes, CheckCode::AudienceBelowPromise, is_below);
    keep(codes, CheckCode::NothingExpected, !is_empty && !is_guarantee && brings_nothing);
    let is_small = (1..limits::AUDIENCE_SMALL).contains(&quote.audience_size);
    keep(codes, CheckCode::AudienceSmall, is_small);
    let is_beyond = terms.target.is_some_and(|target| target > quote.units_high);
    keep(codes, CheckCode::TargetBeyondRange, is_beyond && !brings_nothing);
    let spent_at_most = quote.unit_price_max.saturating_times(quote.units_high).whole();
    let is_idle = !is_guarantee && !brings_nothing && spent_at_most < terms.budget.amount;
    keep(codes, CheckCode::BudgetBeyondAudience, is_idle);
}

fn check_audience(audience: &Audience, facts: PreflightFacts<'_>, codes: &mut Vec<CheckCode>) {
    let Audience { age_min, age_max, .. } = *audience;
    let is_reversed = age_min.zip(age_max).is_some_and(|(least, most)| least > most);
    let is_below = age_max.is_some_and(|most| most < limits::AGE_FLOOR);
    let reaches_below = age_min.is_some_and(|least| least < limits::AGE_FLOOR);
    let is_adult = facts.post.is_some_and(|post| is_about(post, &facts.policy.adult_tags));
    let asks_adults = age_min.is_some_and(|least| least >= limits::ADULT_AGE);
    keep(codes, CheckCode::AgesReversed, is_reversed);
    keep(codes, CheckCode::BelowAgeFloor, is_below && !is_reversed);
    keep(codes, CheckCode::AgeFloorApplies, reaches_below && !is_below);
    keep(codes, CheckCode::AdultsOnly, is_adult && !asks_adults);
    let is_excluded = |interest| audience.excluded_interests.contains(interest);
    keep(codes, CheckCode::InterestContradicts, audience.interests.iter().any(is_excluded));
    let is_personal = age_min.is_some()
        || age_max.is_some()
        || !audience.genders.is_empty()
        || !audience.interests.is_empty();
    keep(codes, CheckCode::PersonalNeedsConsent, is_personal);
}

fn check_methods(terms: &Terms, methods: &[MethodFacts], now: Instant, codes: &mut Vec<CheckCode>) {
    let expires_by = |method: &MethodFacts, instant| {
        method.expires_at.is_some_and(|expires_at| expires_at <= instant)
    };
    let is_expired = methods.iter().any(|method| expires_by(method, now));
    let will_expire = methods.iter().any(|method| expires_by(method, terms.ends_at));
    keep(codes, CheckCode::MethodDeclined, methods.iter().any(|method| method.was_declined));
    keep(codes, CheckCode::MethodExpired, is_expired);
    keep(codes, CheckCode::MethodExpiresBeforeEnd, will_expire && !is_expired);
}

fn check_account(terms: &Terms, facts: PreflightFacts<'_>, codes: &mut Vec<CheckCode>) {
    let account = facts.account;
    let is_young = account.age.is_some_and(|age| age < facts.policy.advertiser_age_min);
    let is_full = account.open_promotions_max.is_some_and(|most| account.open_promotions >= most);
    let sum = account.open_budgets.checked_add(terms.budget.amount).unwrap_or(Amount::MAX);
    keep(codes, CheckCode::AccountBlocked, account.is_blocked);
    keep(codes, CheckCode::AdvertiserUnderAge, is_young);
    keep(codes, CheckCode::TooManyPromotions, is_full);
    keep(codes, CheckCode::SpendLimit, account.open_budgets_max.is_some_and(|most| sum > most));
}

fn is_about(post: &Post, tags: &[Label]) -> bool {
    post.tags.iter().any(|tag| tags.contains(tag))
}
