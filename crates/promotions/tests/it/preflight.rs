//! What the preflight finds, and what quotes say.

use base::{Label, Span};
use promotions::{AccountFacts, Audience, CheckCode, Goal, Inventory, Language, MarketPrices};
use promotions::{MethodFacts, Micros, Promise, Severity, Terms, first_blocker, preflight, quote};
use proptest::prelude::*;

use crate::world::{World, at, cents, dollars, inventory, label, terms};

/// Codes that are found a day before [`terms`] begin, after `arrange`.
fn found(arrange: impl Fn(&mut World, &mut Terms)) -> Vec<CheckCode> {
    let (mut world, mut terms) = (World::new(), terms());
    arrange(&mut world, &mut terms);
    let quote = world.quote(&terms);
    let checks = world.with_facts(&quote, |facts| preflight(&terms, facts, world.now));
    let is_told = |check: &promotions::Check| {
        !check.message.is_empty() && !check.fix.is_empty() && check.param.starts_with('/')
    };
    assert!(checks.iter().all(is_told));
    checks.iter().map(|check| check.code).collect()
}

#[track_caller]
fn check(expected: &[CheckCode], arrange: impl Fn(&mut World, &mut Terms)) {
    assert_eq!(found(arrange), expected);
}

fn audience(terms: &mut Terms) -> &mut Audience {
    &mut terms.audience
}

#[test]
fn nothing_is_wrong() {
    check(&[], |_, _| {});
}

#[test]
fn of_the_post() {
    use CheckCode::{LanguageUnlike, PostDeleted, PostNotAllowed, PostPrivate};
    check(&[PostDeleted], |world, _| world.post.is_deleted = true);
    check(&[PostPrivate], |world, _| world.post.visibility = promotions::Visibility::Private);
    check(&[PostNotAllowed], |world, _| {
        world.post.tags = vec![label("weapons")];
        world.policy.forbidden_tags = vec![label("weapons")];
    });
    check(&[LanguageUnlike], |world, terms| {
        world.post.language = Language::new("pt").ok();
        audience(terms).languages = vec![Language::new("en").unwrap()];
    });
}

#[test]
fn of_the_dates() {
    use CheckCode::{AlreadyOver, EndsBeforeStart, StartPassed, TooLong, TooShort, TooSoon};
    check(&[EndsBeforeStart, CheckCode::NothingExpected], |_, terms| {
        terms.ends_at = at("2026-03-02T11:59:59Z");
    });
    check(&[AlreadyOver, CheckCode::NothingExpected], |world, terms| {
        world.now = terms.ends_at;
    });
    check(&[TooShort, CheckCode::BudgetBeyondAudience], |_, terms| {
        terms.ends_at = at("2026-03-02T12:59:59Z");
    });
    check(&[TooLong], |_, terms| terms.ends_at = at("2027-04-02T12:00:00Z"));
    check(&[StartPassed], |world, terms| {
        world.now = terms.starts_at.saturating_add(Span::minutes(1));
    });
    check(&[TooSoon], |world, _| world.now = at("2026-03-02T11:00:00Z"));
}

#[test]
fn of_the_money() {
    use CheckCode::{BudgetTooLow, DailyBudgetBreaksPromise, DailyBudgetIdle};
    use CheckCode::{DailyBudgetSpendsTooLittle, DailyBudgetTooLow};
    check(&[BudgetTooLow], |_, terms| terms.budget = dollars(299));
    check(&[DailyBudgetTooLow, DailyBudgetSpendsTooLittle], |_, terms| {
        terms.daily_budget = Some(cents(99));
    });
    // Four days reach into five of UTC.
    check(&[], |_, terms| terms.daily_budget = Some(cents(1_000)));
    check(&[DailyBudgetSpendsTooLittle], |_, terms| terms.daily_budget = Some(cents(999)));
    check(&[DailyBudgetBreaksPromise], |_, terms| {
        terms.daily_budget = Some(cents(999));
        terms.promise = Promise::Guarantee;
    });
    check(&[DailyBudgetIdle], |_, terms| terms.daily_budget = Some(cents(5_000)));
}

#[test]
fn of_promise_and_audience() {
    use CheckCode::{
        AdultsOnly, AgeFloorApplies, AgesReversed, AudienceBelowPromise, AudienceEmpty,
    };
    use CheckCode::{AudienceSmall, BelowAgeFloor, BudgetBeyondAudience, GuaranteeOfViewsOnly};
    use CheckCode::{InterestContradicts, PersonalNeedsConsent, TargetBeyondRange};
    check(&[GuaranteeOfViewsOnly], |_, terms| {
        terms.promise = Promise::Guarantee;
        terms.goal = Goal::Followers;
    });
    check(&[AudienceEmpty], |world, _| {
        world.inventory = Inventory { audience_size: 0, opportunities_per_day: 0, ..inventory() };
    });
    check(&[AudienceBelowPromise], |world, terms| {
        terms.promise = Promise::Guarantee;
        world.inventory.opportunities_per_day = 5_000;
    });
    check(&[AudienceSmall], |world, _| world.inventory.audience_size = 999);
    check(&[TargetBeyondRange], |_, terms| terms.target = Some(1_000_000));
    check(&[BudgetBeyondAudience], |world, _| world.inventory.opportunities_per_day = 1_000);
    check(&[AgesReversed, PersonalNeedsConsent], |_, terms| {
        audience(terms).age_min = Some(30);
        audience(terms).age_max = Some(29);
    });
    check(&[BelowAgeFloor, PersonalNeedsConsent], |_, terms| audience(terms).age_max = Some(12));
    check(&[AgeFloorApplies, PersonalNeedsConsent], |_, terms| {
        audience(terms).age_min = Some(12);
    });
    check(&[AdultsOnly], |world, _| {
        world.post.tags = vec![label("alcohol")];
        world.policy.adult_tags = vec![label("alcohol")];
    });
    check(&[InterestContradicts, PersonalNeedsConsent], |_, terms| {
        let cats: Vec<Label> = vec![label("cats")];
        audience(terms).interests = cats.clone();
        audience(terms).excluded_interests = cats;
    });
}

#[test]
fn of_methods_and_account() {
    use CheckCode::{AccountBlocked, AdvertiserUnderAge, MethodDeclined, MethodExpired};
    use CheckCode::{MethodExpiresBeforeEnd, SpendLimit, TooManyPromotions};
    let method = |expires: &str| MethodFacts { was_declined: false, expires_at: Some(at(expires)) };
    check(&[MethodDeclined], |world, _| {
        world.methods = vec![MethodFacts { was_declined: true, expires_at: None }];
    });
    check(&[MethodExpired], |world, _| world.methods = vec![method("2026-03-01T00:00:00Z")]);
    check(&[MethodExpiresBeforeEnd], |world, _| {
        world.methods = vec![method("2026-03-06T12:00:00Z")];
    });
    check(&[], |world, _| world.methods = vec![method("2026-04-01T00:00:00Z")]);
    check(&[AccountBlocked, AdvertiserUnderAge, TooManyPromotions, SpendLimit], |world, _| {
        world.account = AccountFacts {
            is_blocked: true,
            age: Some(17),
            open_promotions: 3,
            open_promotions_max: Some(3),
            open_budgets: cents(1),
            open_budgets_max: Some(cents(5_000)),
        };
    });
}

#[test]
fn codes_are_stable_and_their_first_blocker_counts() {
    let mut names: Vec<&str> = CheckCode::ALL.iter().map(|code| code.as_str()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let checks = [CheckCode::StartPassed, CheckCode::PostPrivate].map(CheckCode::check);
    assert_eq!(first_blocker(&checks), Some(CheckCode::PostPrivate));
    assert_eq!(CheckCode::StartPassed.check().severity, Severity::Hint);
}

#[test]
fn the_rest_is_quoted_by_the_money_and_the_time_that_are_left() {
    let terms = terms();
    let half = terms.ends_at.since(terms.starts_at).unwrap().micros() / 2;
    let middle = terms.starts_at.saturating_add(Span::from_micros(half));
    let due = Micros::new(Micros::of(terms.budget.amount).get() / 2);
    // Once money is what ends it, once people are.
    let few = Inventory { opportunities_per_day: 2_000, ..inventory() };
    for inventory in [inventory(), few] {
        let whole = quote(&terms, &inventory, terms.starts_at);
        let rest = promotions::quote_rest(&terms, due, &inventory, middle);
        assert!(whole.units_low > 0, "{whole:?}");
        // What is paid for a unit of the rest is as before, so is what all of it would bring.
        assert!(rest.units_low.abs_diff(whole.units_low) <= 2, "{whole:?} {rest:?}");
        assert!(rest.units_high <= rest.units_low * 2);
    }
    let all = quote(&terms, &few, middle);
    assert!(all.units_low * 2 <= quote(&terms, &few, terms.starts_at).units_low + 2);
    // All is spent: there is nothing to quote.
    let spent = Micros::of(terms.budget.amount);
    assert_eq!(promotions::quote_rest(&terms, spent, &few, middle), all);
}

#[test]
fn a_quote_says_what_a_budget_buys() {
    let world = World::new();
    let quote = world.quote(&terms());
    // A view at 0.4 cents on average, and at 0.72 when it is dear: nine tenths of the budget buy
    // 6,250 of these. None costs more than 0.8.
    assert_eq!(quote.unit_price_max, Micros::new(800_000));
    assert_eq!((quote.units_low, quote.units_high), (6_250, 12_500));
    assert_eq!(quote.guaranteed_units, None);
    let guarantee = Terms { promise: Promise::Guarantee, ..terms() };
    let quote = world.quote(&guarantee);
    assert_eq!((quote.guaranteed_units, quote.units_low), (Some(6_250), 6_250));
    let most = promotions::guaranteeable(&guarantee, &world.inventory, world.now);
    // 40 % of 72,000 views.
    assert_eq!(most, cents(23_040));
    let beyond = Terms { budget: dollars(23_041), ..guarantee };
    assert_eq!(world.quote(&beyond).guaranteed_units, None);
    let few = Inventory { audience_size: 499, ..world.inventory };
    let guarantee = Terms { promise: Promise::Guarantee, ..terms() };
    assert_eq!(promotions::quote(&guarantee, &few, world.now).guaranteed_units, None);
    assert_eq!(promotions::guaranteeable(&guarantee, &few, world.now), cents(0));
}

#[test]
fn no_range_is_told_where_it_is_chance() {
    let world = World::new();
    let quote = |terms: &Terms, inventory| promotions::quote(terms, &inventory, world.now);
    let few = Inventory { audience_size: 49, ..world.inventory };
    let (low, high) = (quote(&terms(), few).units_low, quote(&terms(), few).units_high);
    assert_eq!((low, high), (0, 12_500));
    let enough = Inventory { audience_size: 50, ..world.inventory };
    assert_eq!(quote(&terms(), enough).units_low, 6_250);
    // Eight cents buy ten views, and seven only eight.
    let budget =
        |minor| Terms { budget: base::Money { amount: cents(minor), ..terms().budget }, ..terms() };
    assert_eq!(quote(&budget(8), world.inventory).units_low, 10);
    let seven = quote(&budget(7), world.inventory);
    assert_eq!((seven.units_low, seven.units_high), (0, 16));
}

#[test]
fn how_many_people_is_told_roughly_and_judged_exactly() {
    let world = World::new();
    let told = |audience_size| {
        let inventory = Inventory { audience_size, ..world.inventory };
        let quote = promotions::quote(&terms(), &inventory, world.now);
        assert_eq!(quote.audience_size, audience_size);
        quote.audience_told()
    };
    let roughly = [(0, 0), (49, 0), (50, 50), (51, 51), (99, 99), (109, 100), (1_299, 1_200)];
    for (people, expected) in roughly {
        assert_eq!(told(people), expected);
    }
    assert_eq!(told(u64::MAX), 18_000_000_000_000_000_000);
    // Nothing is told of them, and yet they are no empty audience.
    check(&[CheckCode::AudienceSmall], |world, _| world.inventory.audience_size = 1);
}

proptest! {
    #[test]
    fn ranges_are_narrow_and_affordable(
        budget in 1..1_000_000_000_000_i64,
        (audience_size, opportunities_per_day) in (0..u64::MAX, 0..u64::MAX),
        units_per_million in 0..2_000_000_u32,
        prices in prop::array::uniform2(0..5_000_000_000_u64),
        hours in 0..9_000_u64,
        is_guarantee in any::<bool>(),
    ) {
        let mut prices = prices;
        prices.sort_unstable();
        let [mean, p90] = prices.map(Micros::new);
        let prices = MarketPrices { mean, p90 };
        let inventory =
            Inventory { audience_size, opportunities_per_day, units_per_million, prices };
        let promise = if is_guarantee { Promise::Guarantee } else { Promise::Estimate };
        let ends_at = terms().starts_at.saturating_add(Span::hours(hours));
        let terms = Terms { budget: dollars(budget), ends_at, promise, ..terms() };
        let quote = promotions::quote(&terms, &inventory, terms.starts_at);
        prop_assert!(quote.units_low <= quote.units_high);
        let is_told = quote.units_low > 0;
        prop_assert!(!is_told || quote.units_high <= quote.units_low.saturating_mul(2));
        prop_assert!(!is_told || is_guarantee || audience_size >= 50 && quote.units_low >= 10);
        if let Some(guarantee) = quote.guarantee(&terms) {
            prop_assert!(guarantee.units > 0);
            let each = quote.unit_price_max.get();
            prop_assert!(each >= guarantee.cost(1).get());
            prop_assert!(guarantee.cost(guarantee.units) == Micros::of(terms.budget.amount));
        }
    }
}
