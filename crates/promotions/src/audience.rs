//! Whom a promotion is for, and whom the feed is choosing for.

use base::{Label, Region, Token};

/// A language: the primary subtag of RFC 5646, two or three lower-case letters, such as `en`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language([u8; 3]);

/// The text is no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a language such as en: two or three lower-case letters")]
pub struct LanguageError;

impl Language {
    /// Checks and keeps `code`.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] when it is not two or three lower-case letters. Whether the language
    /// exists is not looked up.
    pub fn new(code: &str) -> Result<Language, LanguageError> {
        let letters = code.as_bytes();
        let fits = matches!(letters.len(), 2 | 3) && letters.iter().all(u8::is_ascii_lowercase);
        if !fits {
            return Err(LanguageError);
        }
        let mut kept = [b' '; 3];
        kept[..letters.len()].copy_from_slice(letters);
        Ok(Language(kept))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        let length = if self.0[2] == b' ' { 2 } else { 3 };
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

/// A gender as viewers state it. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gender {
    /// Female.
    Female = 1,
    /// Male.
    Male = 2,
    /// Another one, stated.
    Other = 3,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Gender; 3] = [Gender::Female, Gender::Male, Gender::Other];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
            Gender::Other => "other",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Gender> {
        Gender::ALL.into_iter().find(|gender| *gender as u8 == number)
    }
}

/// What the feed is shown on. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Device {
    /// A phone.
    Phone = 1,
    /// A tablet.
    Tablet = 2,
    /// A desktop or laptop.
    Desktop = 3,
    /// A television.
    Tv = 4,
}

impl Device {
    /// Every device.
    pub const ALL: [Device; 4] = [Device::Phone, Device::Tablet, Device::Desktop, Device::Tv];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Device::Phone => "phone",
            Device::Tablet => "tablet",
            Device::Desktop => "desktop",
            Device::Tv => "tv",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Device> {
        Device::ALL.into_iter().find(|device| *device as u8 == number)
    }
}

/// Whom a promotion is for. An empty list asks nothing; with several entries one of them is enough;
/// all that is asked must hold. [`Audience::automatic`] asks nothing at all.
///
/// What is unknown of a viewer does not fit what is asked, and never counts as excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Countries and their subdivisions, side by side: `US`, `CA-QC`.
    pub regions: Vec<Region>,
    /// Languages.
    pub languages: Vec<Language>,
    /// The youngest age, in whole years.
    pub age_min: Option<u8>,
    /// The oldest age, in whole years, itself included.
    pub age_max: Option<u8>,
    /// Genders.
    pub genders: Vec<Gender>,
    /// Interests.
    pub interests: Vec<Label>,
    /// Interests that nobody in the audience has.
    pub excluded_interests: Vec<Label>,
    /// Devices.
    pub devices: Vec<Device>,
}

/// What is known of whoever looks at the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// A name that the platform has for the viewer; frequency caps need it.
    pub id: Option<Token<64>>,
    /// Country or, better, its subdivision.
    pub region: Option<Region>,
    /// Language.
    pub language: Option<Language>,
    /// Age in whole years.
    pub age: Option<u8>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Interests.
    pub interests: Vec<Label>,
    /// Device.
    pub device: Option<Device>,
    /// Whether the viewer agrees to promotions that are chosen by age, gender or interests.
    pub consents_to_personal: bool,
}

impl Audience {
    /// Everybody.
    pub fn automatic() -> Audience {
        Audience::default()
    }

    /// Whether `viewer` belongs to this audience: the definition that the feed's index is held
    /// against. Without consent, age, gender and interests count as unknown.
    pub fn admits(&self, viewer: &Viewer) -> bool {
        let personal = viewer.consents_to_personal;
        let age = viewer.age.filter(|_| personal);
        let gender = viewer.gender.filter(|_| personal);
        let interests: &[Label] = if personal { &viewer.interests } else { &[] };
        let region_fits = |region: Region| self.regions.iter().any(|one| one.contains(&region));

        (self.regions.is_empty() || viewer.region.is_some_and(region_fits))
            && is_asked(&self.languages, viewer.language)
            && self.age_min.is_none_or(|least| age.is_some_and(|age| age >= least))
            && self.age_max.is_none_or(|most| age.is_some_and(|age| age <= most))
            && is_asked(&self.genders, gender)
            && (self.interests.is_empty() || shares_one(&self.interests, interests))
            && !shares_one(&self.excluded_interests, interests)
            && is_asked(&self.devices, viewer.device)
    }

    /// Whether everybody whom `other` admits belongs to this audience too, as far as what they ask
    /// tells: it asks no more than `other` in any respect.
    pub fn contains(&self, other: &Audience) -> bool {
        let holds = |region: &Region| self.regions.iter().any(|one| one.contains(region));
        let regions_fit = !other.regions.is_empty() && other.regions.iter().all(holds);
        let least_fits = |least| other.age_min.is_some_and(|age| age >= least);
        let most_fits = |most| other.age_max.is_some_and(|age| age <= most);
        let is_excluded = |one| other.excluded_interests.contains(one);
        (self.regions.is_empty() || regions_fit)
            && asks_no_more(&self.languages, &other.languages)
            && self.age_min.is_none_or(least_fits)
            && self.age_max.is_none_or(most_fits)
            && asks_no_more(&self.genders, &other.genders)
            && asks_no_more(&self.interests, &other.interests)
            && self.excluded_interests.iter().all(is_excluded)
            && asks_no_more(&self.devices, &other.devices)
    }
}

/// Whether `known` is among what is `asked`, or nothing is.
fn is_asked<T: PartialEq>(asked: &[T], known: Option<T>) -> bool {
    asked.is_empty() || known.is_some_and(|known| asked.contains(&known))
}

/// Whether whoever fits what is `asked` by another fits this too.
fn asks_no_more<T: PartialEq>(this: &[T], asked: &[T]) -> bool {
    this.is_empty() || (!asked.is_empty() && asked.iter().all(|one| this.contains(one)))
}

fn shares_one(some: &[Label], others: &[Label]) -> bool {
    some.iter().any(|one| others.contains(one))
}
