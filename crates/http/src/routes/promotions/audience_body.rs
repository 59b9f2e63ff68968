//! Whom a promotion is for, as callers say it.

use base::{Label, Region};
use promotions::{Audience, Device, Gender, Language, limits};
use serde::{Deserialize, Serialize};

use super::one_of;
use crate::fields::{self, Checked, refuse};

/// Years that nobody is older than.
const AGE_MAX: u32 = 150;

/// Whom a promotion is for: everybody (`automatic`), or those who fit all that is asked. An empty
/// list asks nothing; of several entries one is enough.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AudienceInput)]
pub(crate) struct AudienceBody {
    /// True when nothing is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    automatic: Option<bool>,
    /// Countries, side by side with `regions`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["US"]))]
    countries: Vec<String>,
    /// Subdivisions of countries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["CA-QC"]))]
    regions: Vec<String>,
    /// Primary subtags of RFC 5646.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["en"]))]
    languages: Vec<String>,
    /// The youngest age, in whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 150)]
    age_min: Option<u32>,
    /// The oldest age, itself included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 150)]
    age_max: Option<u32>,
    /// `female`, `male` or `other`, as viewers state it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["female"]))]
    genders: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    interests: Vec<String>,
    /// Interests that nobody in the audience has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    excluded_interests: Vec<String>,
    /// `phone`, `tablet`, `desktop` or `tv`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["phone"]))]
    devices: Vec<String>,
}

impl AudienceBody {
    /// The audience.
    ///
    /// # Errors
    ///
    /// About a member under `/audience`.
    pub(crate) fn check(&self) -> Checked<Audience> {
        let mut places = list("/countries", &self.countries, country)?;
        places.extend(list("/regions", &self.regions, |text| fields::region("", text))?);
        let audience = Audience {
            regions: places,
            languages: list("/languages", &self.languages, language)?,
            age_min: age("/age_min", self.age_min)?,
            age_max: age("/age_max", self.age_max)?,
            genders: list("/genders", &self.genders, |text| {
                one_of("", text, &Gender::ALL, Gender::as_str)
            })?,
            interests: list("/interests", &self.interests, label)?,
            excluded_interests: list("/excluded_interests", &self.excluded_interests, label)?,
            devices: list("/devices", &self.devices, |text| {
                one_of("", text, &Device::ALL, Device::as_str)
            })?,
        };
        let asks_nothing = audience == Audience::automatic();
        match self.automatic {
            Some(true) if !asks_nothing => {
                Err(refuse("/audience/automatic", "asks nothing, so nothing else may be asked"))
            }
            None | Some(false) if asks_nothing => {
                Err(refuse("/audience/automatic", "must be true where nothing is asked"))
            }
            _ => Ok(audience),
        }
    }
}

/// The entries of a list of the audience.
fn list<T>(name: &str, texts: &[String], check: impl Fn(&str) -> Checked<T>) -> Checked<Vec<T>> {
    let pointer = format!("/audience{name}");
    fields::each(&pointer, texts, limits::AUDIENCE_LIST_MAX, |_, text| check(text))
}

fn country(text: &str) -> Checked<Region> {
    let country = fields::region("", text)?;
    let is_one = country.as_str().len() == 2;
    if is_one { Ok(country) } else { Err(refuse("", "must be a country of two letters")) }
}

/// A language by its code.
pub(crate) fn language(text: &str) -> Checked<Language> {
    Language::new(text).map_err(|problem| refuse("", problem.to_string()))
}

fn label(text: &str) -> Checked<Label> {
    fields::label("", text)
}

fn age(name: &str, years: Option<u32>) -> Checked<Option<u8>> {
    let Some(years) = years else { return Ok(None) };
    let fits = (1..=AGE_MAX).contains(&years);
    let years = u8::try_from(years).ok().filter(|_| fits);
    let refused =
        || refuse(format!("/audience{name}"), format!("must be a number from 1 to {AGE_MAX}"));
    years.map(Some).ok_or_else(refused)
}
