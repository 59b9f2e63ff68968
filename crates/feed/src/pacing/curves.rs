use std::collections::BTreeMap;

use base::{Instant, Region};
use promotions::Audience;

use super::TrafficCurve;
use crate::saved::saved;

/// The traffic of all viewers together, and of each country, for days begin at other times there.
#[derive(Clone, Debug)]
pub struct Curves {
    all: TrafficCurve,
    countries: BTreeMap<Region, TrafficCurve>,
}

saved!(Curves { all, countries });

impl Curves {
    /// Every country begins like `all`: that is a guess.
    pub fn new(all: TrafficCurve) -> Curves {
        Curves { all, countries: BTreeMap::new() }
    }

    /// Counts a visit from `region`, if that is known.
    pub fn observe(&mut self, region: Option<Region>, now: Instant) {
        if let Some(country) = region.and_then(country) {
            let begin = || self.all.guess();
            self.countries.entry(country).or_insert_with(begin).observe(now);
        }
        self.all.observe(now);
    }

    /// Goes on after a time in which visits were missed of which nobody tells where they came from:
    /// what is known of countries stays, and this day teaches nothing of them.
    pub(crate) fn resume(&mut self) {
        self.countries.values_mut().for_each(TrafficCurve::drop_day);
    }

    /// Counts so many visits of before, of which it is not known where they came from.
    pub fn recall(&mut self, at: Instant, visits: u64) {
        self.all.observe_many(at, visits);
    }

    /// Sets what is believed of a country.
    pub fn set(&mut self, country: Region, curve: TrafficCurve) {
        self.countries.insert(country, curve);
    }

    /// What is known of `country`, or of everybody, for whoever judges by it. A country that nobody
    /// has come from is taken to be like all: that is a guess.
    pub fn known_of(&self, country: Option<Region>) -> TrafficCurve {
        match country {
            Some(country) if !self.countries.contains_key(&country) => self.all.guess(),
            country => self.of(country).clone(),
        }
    }

    /// The curve of `country`, or of everybody.
    pub fn of(&self, country: Option<Region>) -> &TrafficCurve {
        country.and_then(|country| self.countries.get(&country)).unwrap_or(&self.all)
    }
}

/// The one country that an audience lies in.
pub(crate) fn country_of(audience: &Audience) -> Option<Region> {
    let first = audience.regions.first().copied().and_then(country)?;
    audience.regions.iter().all(|region| first.contains(region)).then_some(first)
}

fn country(region: Region) -> Option<Region> {
    Region::parse(region.as_str().get(..2)?).ok()
}

#[cfg(test)]
mod tests {
    use base::Span;

    use super::*;

    #[test]
    fn a_day_of_which_a_part_was_missed_teaches_nothing_of_a_country() {
        let start = Instant::parse("2026-03-01T00:00:00Z").unwrap();
        let region = Region::parse("US").unwrap();
        let taught = |is_missed: bool| {
            let mut curves = Curves::new(TrafficCurve::flat());
            for minute in 0..2 * 1_440 {
                // Of the second day half is missed.
                if is_missed && minute == 1_440 + 720 {
                    curves.resume();
                }
                if !is_missed || !(1_440 + 60..1_440 + 720).contains(&minute) {
                    curves.observe(Some(region), start.saturating_add(Span::minutes(minute)));
                }
            }
            curves.observe(Some(region), start.saturating_add(Span::days(2)));
            curves.of(Some(region)).hours()
        };
        let even = taught(false);
        assert_eq!(taught(true), even);
        assert!(even.iter().all(|hour| even[0].abs_diff(*hour) <= 24), "{even:?}");
    }
}
