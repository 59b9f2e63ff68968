//! What whoever runs the product allows of promotions, from its texts.

use std::collections::BTreeMap;

use base::{Amount, Currency, Label};
use promotions::OperatorPolicy;

use super::Settings;
use crate::failure::{Done, Failure};

pub(super) fn policy(settings: &Settings) -> Done<OperatorPolicy> {
    Ok(OperatorPolicy {
        under_way_max: Some(settings.promotions_under_way_max).filter(|most| *most > 0),
        budgets_max: limits(
            "promotion_budgets_under_way_max",
            &settings.promotion_budgets_under_way_max,
        )?,
        forbidden_tags: tags("promotion_tags_forbidden", &settings.promotion_tags_forbidden)?,
        adult_tags: tags("promotion_tags_adults_only", &settings.promotion_tags_adults_only)?,
        advertiser_age_min: settings.promotion_advertiser_age_min,
    })
}

/// `USD 500000, JPY 700000`: minor units.
pub(super) fn limits(name: &str, text: &str) -> Done<BTreeMap<Currency, Amount>> {
    let mut limits = BTreeMap::new();
    for part in parts(text) {
        let Some((currency, amount)) = limit(part) else {
            let what = format!("{name}: {part} is no limit of a currency");
            return Err(Failure::new(what).next("name currency and minor units: USD 500000"));
        };
        if limits.insert(currency, amount).is_some() {
            let what = format!("{name} has two limits of {}", currency.code());
            return Err(Failure::new(what).next("leave one of them out"));
        }
    }
    Ok(limits)
}

fn limit(text: &str) -> Option<(Currency, Amount)> {
    let (code, minor) = text.split_once(' ')?;
    let is_number = minor.bytes().all(|byte| byte.is_ascii_digit());
    let minor = minor.parse().ok().filter(|_| is_number)?;
    Some((Currency::parse(code).ok()?, Amount::new(minor)?))
}

fn tags(name: &str, text: &str) -> Done<Vec<Label>> {
    let tag = |part: &str| {
        let refused = |error| Failure::new(format!("{name}: {part:?} is no tag: {error}"));
        Label::new(part).map_err(refused)
    };
    parts(text).map(tag).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_by_currency_and_in_minor_units() {
        let check = |text: &str, expected: Option<&[(Currency, i64)]>| {
            let read = limits("a_setting", text).ok();
            let pairs = |pairs: &[(Currency, i64)]| {
                pairs.iter().map(|(code, minor)| (*code, Amount::new(*minor).unwrap())).collect()
            };
            assert_eq!(read, expected.map(pairs), "{text}");
        };
        check("", Some(&[]));
        check("USD 500000", Some(&[(Currency::USD, 500_000)]));
        check(" USD 1, JPY 700000 ,", Some(&[(Currency::JPY, 700_000), (Currency::USD, 1)]));
        for wrong in ["USD", "500000", "usd 1", "USD -1", "USD +1", "USD 1.5", "USD 1, USD 2"] {
            check(wrong, None);
        }
    }

    #[test]
    fn tags_are_told_apart_by_commas() {
        let read = |text: &str| tags("promotion_tags_forbidden", text).ok();
        let labels = |all: &[&str]| Some(all.iter().map(|tag| Label::new(tag).unwrap()).collect());
        assert_eq!(read(""), labels(&[]));
        assert_eq!(read("gambling, hard_liquor"), labels(&["gambling", "hard_liquor"]));
        assert_eq!(read("hard liquor"), None);
    }
}
