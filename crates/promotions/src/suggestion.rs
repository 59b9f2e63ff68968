//! Suggestions: a change of one setting, named by a number.

use base::{Instant, Span};

use crate::{Deed, Promise, Terms, TermsChange, limits};

/// A change of one setting. The numbers are part of links and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum SettingChange {
    /// No daily budget.
    NoDailyBudget = 1,
    /// The end a day later.
    EndADayLater = 11,
    /// The end three days later.
    EndThreeDaysLater = 12,
    /// The end a week later.
    EndAWeekLater = 13,
    /// The end two weeks later.
    EndTwoWeeksLater = 14,
    /// No oldest age, and no youngest one above 18.
    WiderAges = 21,
    /// All genders.
    AllGenders = 22,
    /// All interests; excluded ones stay.
    AllInterests = 23,
    /// All devices.
    AllDevices = 24,
    /// Whole countries instead of parts of them.
    WholeCountries = 25,
}

impl SettingChange {
    /// Every change.
    pub const ALL: [SettingChange; 10] = [
        SettingChange::NoDailyBudget,
        SettingChange::EndADayLater,
        SettingChange::EndThreeDaysLater,
        SettingChange::EndAWeekLater,
        SettingChange::EndTwoWeeksLater,
        SettingChange::WiderAges,
        SettingChange::AllGenders,
        SettingChange::AllInterests,
        SettingChange::AllDevices,
        SettingChange::WholeCountries,
    ];

    /// Reads the number back.
    pub fn from_number(number: u8) -> Option<SettingChange> {
        SettingChange::ALL.into_iter().find(|one| *one as u8 == number)
    }

    /// The setting, as a JSON pointer into what a promotion is composed of.
    pub fn setting(self) -> &'static str {
        match self {
            SettingChange::NoDailyBudget => "/daily_budget",
            SettingChange::WiderAges => "/audience/age_max",
            SettingChange::AllGenders => "/audience/genders",
            SettingChange::AllInterests => "/audience/interests",
            SettingChange::AllDevices => "/audience/devices",
            SettingChange::WholeCountries => "/audience/regions",
            _ => "/ends_at",
        }
    }

    /// What it does, as a request.
    pub fn words(self) -> &'static str {
        match self {
            SettingChange::NoDailyBudget => "Leave the daily budget away",
            SettingChange::EndADayLater => "Let it run a day longer",
            SettingChange::EndThreeDaysLater => "Let it run three days longer",
            SettingChange::EndAWeekLater => "Let it run a week longer",
            SettingChange::EndTwoWeeksLater => "Let it run two weeks longer",
            SettingChange::WiderAges => "Ask for more ages",
            SettingChange::AllGenders => "Ask for all genders",
            SettingChange::AllInterests => "Ask for no interests",
            SettingChange::AllDevices => "Ask for all devices",
            SettingChange::WholeCountries => "Ask for whole countries",
        }
    }

    /// Whether it makes the audience wider.
    pub fn is_of_audience(self) -> bool {
        self.setting().starts_with("/audience")
    }

    fn later(self) -> Option<Span> {
        match self {
            SettingChange::EndADayLater => Some(Span::days(1)),
            SettingChange::EndThreeDaysLater => Some(Span::days(3)),
            SettingChange::EndAWeekLater => Some(Span::days(7)),
            SettingChange::EndTwoWeeksLater => Some(Span::days(14)),
            _ => None,
        }
    }

    /// The terms after it; `None` where it would change nothing, or what does not change: of a
    /// guarantee all but the end.
    pub fn apply(self, terms: &Terms) -> Option<Terms> {
        let mut after = terms.clone();
        let audience = &mut after.audience;
        match self {
            SettingChange::NoDailyBudget => after.daily_budget = None,
            SettingChange::WiderAges => {
                audience.age_max = None;
                audience.age_min = audience.age_min.map(|age| age.min(limits::ADULT_AGE));
            }
            SettingChange::AllGenders => audience.genders.clear(),
            SettingChange::AllInterests => audience.interests.clear(),
            SettingChange::AllDevices => audience.devices.clear(),
            SettingChange::WholeCountries => {
                audience.regions.iter_mut().for_each(|region| *region = region.country());
                audience.regions.sort_unstable();
                audience.regions.dedup();
            }
            _ => after.ends_at = self.end(terms.ends_at),
        }
        let is_allowed = terms.promise == Promise::Estimate || self.later().is_some();
        let fits = after.duration().is_some_and(|length| length <= limits::DURATION_MAX);
        (is_allowed && fits && after != *terms).then_some(after)
    }

    fn end(self, ends_at: Instant) -> Instant {
        ends_at.saturating_add(self.later().unwrap_or_default())
    }
}

/// A suggestion by its number: the change, and the terms that it was made for. The same number
/// means the same for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SuggestionNumber {
    /// The deed since which these terms hold ([`terms_deed`]).
    pub deed: u32,
    /// The change.
    pub change: SettingChange,
}

impl SuggestionNumber {
    /// The number: that of the deed, and two digits for the change.
    pub fn get(self) -> u64 {
        u64::from(self.deed) * 100 + u64::from(self.change as u8)
    }

    /// Reads the number back.
    pub fn from_number(number: u64) -> Option<SuggestionNumber> {
        let change = SettingChange::from_number(u8::try_from(number % 100).ok()?)?;
        Some(SuggestionNumber { deed: u32::try_from(number / 100).ok()?, change })
    }

    /// The change to be made: of these terms and of no others. `None` when there are no such terms
    /// among what was done to the promotion, or nothing about them would change.
    pub fn change_of(self, deeds: &[Deed]) -> Option<TermsChange> {
        let deed = deeds.iter().find(|deed| deed.number == self.deed)?;
        let before = deed.terms.as_ref()?;
        let after = self.change.apply(before)?;
        Some(TermsChange { of: Some(Box::new(before.clone())), ..TermsChange::to(after) })
    }
}

/// The deed since which the terms hold as they are; `deeds` in their order.
pub fn terms_deed(deeds: &[Deed]) -> Option<&Deed> {
    deeds.iter().rfind(|deed| deed.terms.is_some())
}
