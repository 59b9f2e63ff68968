//! From which sum on a second person has to agree.

use std::collections::BTreeMap;

use base::{Amount, Currency, Money};
use toml::de::DeValue;

use crate::table::{Document, LoadError, Section};

/// The table that serves unless an operator brings another.
const DEFAULT: (&str, &str) =
    ("rules/claims/approval.toml", include_str!("../../../rules/claims/approval.toml"));

/// Above which sum a second person has to agree before it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalPolicy {
    /// Minor units of each currency.
    above: BTreeMap<&'static str, Amount>,
    /// Major units of any other.
    others_major: i64,
}

/// Larger limits than this are mistakes: they are no limits.
const MAJOR_UNITS_MAX: i64 = 1_000_000;

impl ApprovalPolicy {
    /// The policy that serves unless an operator brings another.
    ///
    /// # Panics
    ///
    /// Never: a test loads it.
    pub fn default_policy() -> ApprovalPolicy {
        let (file, text) = DEFAULT;
        ApprovalPolicy::load(file, text).expect("the table of this crate is tested")
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    ///
    /// [`LoadError`] with file and line: no TOML; a key or currency that has no meaning here; a
    /// limit that is no whole number from 0 to a million major units; no limit for others.
    pub fn load(file: &str, text: &str) -> Result<ApprovalPolicy, LoadError> {
        let (document, table) = Document::parse(file, text)?;
        let root = Section { document, table: &table, at: 0 };
        root.allow(&["name", "second_person_above", "others"])?;
        let (name, at) = root.required("name")?;
        if name != "approval" {
            return Err(document.error(at, "the name must be \"approval\"".to_owned()));
        }
        let mut above = BTreeMap::new();
        if let Some(section) = root.section("second_person_above")? {
            for ((code, at), _) in section.entries() {
                let currency = Currency::parse(code)
                    .map_err(|_| document.error(at, format!("`{code}` is no currency")))?;
                let limit = number(&section, code, minor(currency, MAJOR_UNITS_MAX))?;
                above.insert(currency.code(), limit);
            }
        }
        let Some(others) = root.section("others")? else {
            let message = "say `[others]` with `major_units`, for currencies not listed".to_owned();
            return Err(document.error(0, message));
        };
        others.allow(&["major_units"])?;
        let others_major = number(&others, "major_units", MAJOR_UNITS_MAX)?.minor();
        Ok(ApprovalPolicy { above, others_major })
    }

    /// Whether this much needs a second person, tax not counted.
    pub fn needs_second_person(&self, sum: Money) -> bool {
        let of_others = || Amount::new(minor(sum.currency, self.others_major));
        let limit = self.above.get(sum.currency.code()).copied();
        let limit = limit.or_else(of_others).unwrap_or(Amount::ZERO);
        sum.amount > limit
    }
}

/// So many major units in minor ones.
fn minor(currency: Currency, major: i64) -> i64 {
    major.saturating_mul(10_i64.saturating_pow(u32::from(currency.exponent())))
}

fn number(section: &Section<'_, '_>, key: &str, most: i64) -> Result<Amount, LoadError> {
    let Some(value) = section.value(key) else {
        return Err(section.document.error(section.at, format!("`{key}` is missing")));
    };
    let number = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        _ => None,
    };
    let wanted = format!("a whole number from 0 to {most}");
    let amount = number.filter(|number| *number <= most).and_then(Amount::new);
    amount.ok_or_else(|| section.wrong(key, value, &wanted))
}
