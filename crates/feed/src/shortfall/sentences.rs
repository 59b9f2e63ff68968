//! A shortfall in plain words.

use base::{Amount, Currency, Money};
use promotions::{EventKind, Micros};

use super::{Part, Shortfall};
use crate::billing::noun;

impl Shortfall {
    /// What is missing by now, a sentence for each cause in their order, in units and in money:
    /// "31 views are missing because others bid more, worth 4.10 USD." `price` is as in
    /// [`Shortfall::parts`]. What comes to neither a unit nor a minor unit is passed over.
    pub fn sentences(&self, unit: EventKind, price: Micros, currency: Currency) -> Vec<String> {
        let parts = self.parts(price);
        parts.iter().filter_map(|part| sentence(part, unit, currency)).collect()
    }
}

fn sentence(part: &Part, unit: EventKind, currency: Currency) -> Option<String> {
    let (units, minor) = (part.units.unsigned_abs(), part.money.unsigned_abs() / 1_000_000);
    if units == 0 && minor == 0 {
        return None;
    }
    let name = noun(unit, units);
    // What nobody saw is counted by what usually comes.
    let about = if part.why.is_estimate() { "About " } else { "" };
    let amount = Amount::new(i64::try_from(minor.max(1)).ok()?)?;
    let less = if minor == 0 { "less than " } else { "" };
    let worth = format!("worth {less}{}", Money { amount, currency });
    if part.money < 0 {
        return Some(format!("{units} {name} more came than were planned by now, {worth}."));
    }
    let (count, verb) = match units {
        0 => (format!("Less than one {}", noun(unit, 1)), "is"),
        1 => (format!("{about}1 {name}"), "is"),
        _ => (format!("{about}{units} {name}"), "are"),
    };
    Some(format!("{count} {verb} missing because {}, {worth}.", part.why.phrase()))
}
