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
        let more = match units {
            0 => format!("Less than one {} more came than was", noun(unit, 1)),
            1 => format!("1 {name} more came than was"),
            _ => format!("{units} {name} more came than were"),
        };
        return Some(format!("{more} planned by now, {worth}."));
    }
    let (count, verb) = match units {
        0 => (format!("Less than one {}", noun(unit, 1)), "is"),
        1 => (format!("{about}1 {name}"), "is"),
        _ => (format!("{about}{units} {name}"), "are"),
    };
    Some(format!("{count} {verb} missing because {}, {worth}.", part.why.phrase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shortfall::Why;

    #[test]
    fn what_is_less_than_a_unit_is_told_so() {
        let told = |units: i64, minor: i64| {
            let part = Part { why: Why::Pacing, money: minor * 1_000_000, units };
            sentence(&part, EventKind::Sale, Currency::USD)
        };
        let less = "Less than one sale more came than was planned by now, worth 0.03 USD.";
        assert_eq!(told(0, -3).as_deref(), Some(less));
        let more = "2 sales more came than were planned by now, worth 9.00 USD.";
        assert_eq!(told(-2, -900).as_deref(), Some(more));
        assert_eq!(told(0, 0), None);
    }
}
