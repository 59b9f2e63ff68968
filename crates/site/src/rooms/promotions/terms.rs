//! Terms between a form and the API.

use base::{Currency, Day, Money};
use pages::Words;
use pages::customer::{DEVICE_FIELDS, FormTrouble, GENDER_FIELDS, Mistake, TermsTyped};
use serde_json::{Map, Value, json};

use super::wire::Promotion;
use crate::inside::Refused;
use crate::page::{Guest, Page};
use crate::values::{money_json, typed_amount};

/// What a form has sent.
pub(super) fn typed<P: Guest>(page: &Page<P>) -> TermsTyped<'_> {
    let field = |name| page.field(name);
    let is_ticked = |name: &str| page.field(name) == "yes";
    TermsTyped {
        url: field("url"),
        creator: field("creator"),
        kind: field("kind"),
        goal: field("goal"),
        target: field("target"),
        promise: field("promise"),
        budget: field("budget"),
        daily_budget: field("daily_budget"),
        starts_on: field("starts_on"),
        ends_on: field("ends_on"),
        audience: field("audience"),
        countries: field("countries"),
        regions: field("regions"),
        languages: field("languages"),
        age_min: field("age_min"),
        age_max: field("age_max"),
        genders: GENDER_FIELDS.map(|(name, _)| is_ticked(name)),
        interests: field("interests"),
        excluded_interests: field("excluded_interests"),
        devices: DEVICE_FIELDS.map(|(name, _)| is_ticked(name)),
    }
}

/// Texts of the terms of a promotion, for a form to be filled in with.
pub(super) struct Kept {
    target: String,
    budget: String,
    daily_budget: String,
    starts_on: String,
    ends_on: String,
    lists: [String; 5],
    ages: [String; 2],
}

impl Kept {
    pub(super) fn of(promotion: &Promotion) -> Kept {
        let audience = &promotion.audience;
        let joined = |list: &Vec<String>| list.join(", ");
        let number = |number: Option<u32>| number.map(|it| it.to_string()).unwrap_or_default();
        Kept {
            target: promotion.target.map(|it| it.to_string()).unwrap_or_default(),
            budget: typed_money(promotion.budget.0),
            daily_budget: promotion.daily_budget.map(|it| typed_money(it.0)).unwrap_or_default(),
            starts_on: Day::of(promotion.starts_at.0).to_string(),
            ends_on: Day::of(promotion.last_moment()).to_string(),
            lists: [
                joined(&audience.countries),
                joined(&audience.regions),
                joined(&audience.languages),
                joined(&audience.interests),
                joined(&audience.excluded_interests),
            ],
            ages: [number(audience.age_min), number(audience.age_max)],
        }
    }

    pub(super) fn typed<'a>(&'a self, promotion: &'a Promotion) -> TermsTyped<'a> {
        let audience = &promotion.audience;
        let has = |list: &[String], value: &str| list.iter().any(|one| one == value);
        let [countries, regions, languages, interests, excluded_interests] = &self.lists;
        TermsTyped {
            goal: &promotion.goal,
            promise: &promotion.promise,
            target: &self.target,
            budget: &self.budget,
            daily_budget: &self.daily_budget,
            starts_on: &self.starts_on,
            ends_on: &self.ends_on,
            audience: if audience.automatic { "automatic" } else { "custom" },
            countries,
            regions,
            languages,
            age_min: &self.ages[0],
            age_max: &self.ages[1],
            genders: GENDER_FIELDS.map(|(_, value)| has(&audience.genders, value)),
            interests,
            excluded_interests,
            devices: DEVICE_FIELDS.map(|(_, value)| has(&audience.devices, value)),
            ..TermsTyped::default()
        }
    }
}

/// As somebody would type it: `50.00`.
fn typed_money(money: Money) -> String {
    let text = money.to_string();
    text.split(' ').next().unwrap_or("").to_owned()
}

/// A field that is wrong, told in the words of the page.
pub(in crate::rooms) fn wrong(words: Words, field: &str, mistake: Mistake) -> Refused {
    let mut refused = Refused::field(field, mistake.text(words));
    refused.problem["is_in_words"] = json!(true);
    refused
}

/// A refusal above its form, with the name of its field.
pub(in crate::rooms) fn trouble<'a>(refused: &'a Refused) -> FormTrouble<'a> {
    FormTrouble {
        code: refused.code(),
        detail: refused.detail(),
        field: field_of(refused.param()),
        is_in_words: refused.problem["is_in_words"] == json!(true),
    }
}

/// The field of a JSON pointer into what the API was sent.
fn field_of(pointer: &str) -> &str {
    let mut parts = pointer.split('/').skip(1);
    let first = parts.next().unwrap_or("");
    let part = match first {
        "post" | "audience" | "hint" | "contact" => parts.next().unwrap_or(first),
        part => part,
    };
    match part {
        "starts_at" => "starts_on",
        "ends_at" => "ends_on",
        part => part,
    }
}

/// What may change of a promotion that is paid.
pub(super) fn changeable(
    words: Words,
    typed: &TermsTyped<'_>,
    currency: Currency,
    before: Option<&TermsTyped<'_>>,
) -> Result<Map<String, Value>, Refused> {
    let mut terms = Map::new();
    // A day that stays stands for a moment that may be in the middle of it.
    let is_other = |now: &str, then: fn(&TermsTyped<'_>) -> String| {
        before.is_none_or(|before| then(before) != now)
    };
    if is_other(typed.starts_on, |before| before.starts_on.to_owned()) {
        let day = day(words, "starts_on", typed.starts_on)?;
        terms.insert("starts_at".to_owned(), json!(day.start().to_string()));
    }
    if is_other(typed.ends_on, |before| before.ends_on.to_owned()) {
        let day = day(words, "ends_on", typed.ends_on)?;
        terms.insert("ends_at".to_owned(), json!(day.plus_days(1).start().to_string()));
    }
    terms.insert("target".to_owned(), optional_number(words, "target", typed.target)?);
    let daily_budget = match typed.daily_budget {
        "" => Value::Null,
        typed => money_json(amount(words, "daily_budget", typed, currency)?),
    };
    terms.insert("daily_budget".to_owned(), daily_budget);
    terms.insert("audience".to_owned(), audience(words, typed)?);
    Ok(terms)
}

/// All terms of a draft.
pub(super) fn all(
    words: Words,
    typed: &TermsTyped<'_>,
    currency: Currency,
    before: Option<&TermsTyped<'_>>,
) -> Result<Map<String, Value>, Refused> {
    let mut terms = changeable(words, typed, currency, before)?;
    terms.insert("goal".to_owned(), json!(typed.goal));
    terms.insert("promise".to_owned(), json!(typed.promise));
    let budget = amount(words, "budget", typed.budget, currency)?;
    terms.insert("budget".to_owned(), money_json(budget));
    Ok(terms)
}

fn amount(words: Words, field: &str, typed: &str, currency: Currency) -> Result<Money, Refused> {
    let read = typed_amount(typed, currency).filter(|money| !money.amount.is_zero());
    read.ok_or_else(|| wrong(words, field, Mistake::Amount))
}

pub(super) fn day(words: Words, field: &str, typed: &str) -> Result<Day, Refused> {
    Day::parse(typed).map_err(|_| wrong(words, field, Mistake::Day))
}

fn optional_number(words: Words, field: &str, typed: &str) -> Result<Value, Refused> {
    match typed {
        "" => Ok(Value::Null),
        typed => {
            let read: Option<u32> = typed.parse().ok().filter(|number| *number > 0);
            let number = read.ok_or_else(|| wrong(words, field, Mistake::Number))?;
            Ok(json!(number))
        }
    }
}

/// Who is asked for. Where nothing is, it is everybody.
fn audience(words: Words, typed: &TermsTyped<'_>) -> Result<Value, Refused> {
    let mut asked = Map::new();
    if typed.audience == "custom" {
        let mut lists = vec![
            ("countries", listed(typed.countries, str::to_uppercase)),
            ("regions", listed(typed.regions, str::to_uppercase)),
            ("languages", listed(typed.languages, str::to_lowercase)),
            ("interests", listed(typed.interests, str::to_owned)),
            ("excluded_interests", listed(typed.excluded_interests, str::to_owned)),
        ];
        lists.push(("genders", ticked(&GENDER_FIELDS, &typed.genders)));
        lists.push(("devices", ticked(&DEVICE_FIELDS, &typed.devices)));
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            asked.insert(name.to_owned(), json!(list));
        }
        for (name, typed) in [("age_min", typed.age_min), ("age_max", typed.age_max)] {
            let age = optional_number(words, name, typed)?;
            if !age.is_null() {
                asked.insert(name.to_owned(), age);
            }
        }
    }
    if asked.is_empty() {
        asked.insert("automatic".to_owned(), json!(true));
    }
    Ok(Value::Object(asked))
}

/// Words with commas between: `us, DE` is two.
fn listed(typed: &str, written: fn(&str) -> String) -> Vec<String> {
    // The Arabic comma is one as well.
    let parts = typed.split([',', ';', '\u{60c}']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(written).collect()
}

fn ticked(fields: &[(&str, &str)], are_ticked: &[bool]) -> Vec<String> {
    let chosen = fields.iter().zip(are_ticked).filter(|(_, is_ticked)| **is_ticked);
    chosen.map(|((_, value), _)| (*value).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        pages::Language::English.words()
    }

    #[test]
    fn an_audience_is_read_as_people_type_it() {
        let check = |typed: TermsTyped<'_>, expected: Value| {
            assert_eq!(audience(words(), &typed).unwrap(), expected);
        };
        let custom = || TermsTyped { audience: "custom", ..TermsTyped::default() };
        check(TermsTyped { countries: "us", ..TermsTyped::default() }, json!({"automatic": true}));
        check(custom(), json!({"automatic": true}));
        let typed = TermsTyped {
            countries: "us, DE ,",
            languages: "EN،ar",
            age_min: "18",
            genders: [true, false, true],
            devices: [false, true, false, false],
            interests: "music; food",
            ..custom()
        };
        let expected = json!({
            "countries": ["US", "DE"], "languages": ["en", "ar"], "age_min": 18,
            "genders": ["female", "other"], "devices": ["tablet"], "interests": ["music", "food"],
        });
        check(typed, expected);
        let refused = audience(words(), &TermsTyped { age_max: "old", ..custom() }).unwrap_err();
        assert_eq!(trouble(&refused).field, "age_max");
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        for (pointer, field) in [
            ("/budget", "budget"),
            ("/budget/amount", "budget"),
            ("/ends_at", "ends_on"),
            ("/post/url", "url"),
            ("/audience/countries/3", "countries"),
            ("", ""),
        ] {
            assert_eq!(field_of(pointer), field, "{pointer}");
        }
    }

    #[test]
    fn a_day_that_stays_is_not_sent() {
        let typed = TermsTyped {
            starts_on: "2026-12-01",
            ends_on: "2026-12-03",
            budget: "50",
            ..TermsTyped::default()
        };
        let made = all(words(), &typed, Currency::USD, None).unwrap();
        assert_eq!(made["starts_at"], "2026-12-01T00:00:00Z");
        assert_eq!(made["ends_at"], "2026-12-04T00:00:00Z");
        assert_eq!(made["budget"], json!({"amount": 5_000, "currency": "USD"}));
        let later = TermsTyped { ends_on: "2026-12-04", ..typed.clone() };
        let changed = changeable(words(), &later, Currency::USD, Some(&typed)).unwrap();
        assert!(!changed.contains_key("starts_at"));
        assert_eq!(changed["ends_at"], "2026-12-05T00:00:00Z");
        let none = TermsTyped { ends_on: "tomorrow", ..typed };
        let refused = all(words(), &none, Currency::USD, None).unwrap_err();
        assert_eq!(trouble(&refused).field, "ends_on");
    }
}
