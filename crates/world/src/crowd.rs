//! A crowd to measure with: many audiences and viewers, of whom nothing but that is known.
//!
//! They are drawn by the distribution on which other libraries were measured before the feed was
//! written: 1 to 3 of 60 countries always, 1 or 2 of 20 languages (70 %), an age range
//! (80 %), a gender (30 %), one of 1 to 5 of 500 interests (70 %), not an interest (10 %), a
//! device (30 %); viewers with about 10 interests, of whom all is known.

use base::{Label, Region};
use promotions::{Audience, Device, Gender, Language, Viewer};

/// How many viewers an audience admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The distribution above, whatever the number of audiences.
    Fixed,
    /// Six regions for each thousand audiences, parts of the 60 countries: about ten matches.
    Narrowing,
    /// Every audience asks nothing.
    Everybody,
}

impl Spread {
    /// Every one.
    pub const ALL: [Spread; 3] = [Spread::Fixed, Spread::Narrowing, Spread::Everybody];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Spread::Fixed => "fixed",
            Spread::Narrowing => "narrowing",
            Spread::Everybody => "everybody",
        }
    }
}

/// Draws audiences and viewers; the same for the same number of audiences.
#[derive(Clone, Debug)]
pub struct Crowd {
    spread: Spread,
    regions: u64,
    state: u64,
}

const COUNTRIES: u64 = 60;
const LANGUAGES: u64 = 20;
const INTERESTS: u64 = 500;
const YOUNGEST: u64 = 13;

impl Crowd {
    /// A crowd for so many audiences.
    pub fn new(spread: Spread, audiences: u64) -> Crowd {
        let regions = match spread {
            Spread::Narrowing => (6 * audiences / 1_000).max(1),
            Spread::Fixed | Spread::Everybody => COUNTRIES,
        };
        Crowd { spread, regions, state: audiences }
    }

    /// The next audience.
    pub fn audience(&mut self) -> Audience {
        if self.spread == Spread::Everybody {
            return Audience::automatic();
        }
        let regions = 1 + self.below(3);
        let languages = if self.percent(70) { 1 + self.below(2) } else { 0 };
        let ages = self.percent(80).then(|| {
            let youngest = YOUNGEST + self.below(50);
            (youngest as u8, (youngest + 5 + self.below(26)) as u8)
        });
        let genders = u64::from(self.percent(30));
        let interests = if self.percent(70) { 1 + self.below(5) } else { 0 };
        let excluded = u64::from(self.percent(10));
        let devices = u64::from(self.percent(30));
        Audience {
            regions: self.draw(regions, Crowd::region),
            languages: self.draw(languages, Crowd::language),
            age_min: ages.map(|(youngest, _)| youngest),
            age_max: ages.map(|(_, oldest)| oldest),
            genders: self.draw(genders, Crowd::gender),
            interests: self.draw(interests, Crowd::interest),
            excluded_interests: self.draw(excluded, Crowd::interest),
            devices: self.draw(devices, Crowd::device),
        }
    }

    /// The next viewer, who agrees to everything.
    pub fn viewer(&mut self) -> Viewer {
        let interests = 6 + self.below(9);
        Viewer {
            id: None,
            region: Some(self.region()),
            language: Some(self.language()),
            age: Some((YOUNGEST + self.below(67)) as u8),
            gender: Some(self.gender()),
            interests: self.draw(interests, Crowd::interest),
            device: Some(self.device()),
            consents_to_personal: true,
        }
    }

    /// A number below `end`, by SplitMix64.
    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn draw<T>(&mut self, count: u64, one: impl Fn(&mut Crowd) -> T) -> Vec<T> {
        (0..count).map(|_| one(self)).collect()
    }

    fn region(&mut self) -> Region {
        let number = self.below(self.regions);
        let country = number % COUNTRIES;
        let first = char::from(b'A' + (country / 26) as u8);
        let second = char::from(b'A' + (country % 26) as u8);
        let code = match self.spread {
            Spread::Narrowing => format!("{first}{second}-{:03}", number / COUNTRIES),
            Spread::Fixed | Spread::Everybody => format!("{first}{second}"),
        };
        Region::parse(&code).expect("a code of the right shape")
    }

    fn language(&mut self) -> Language {
        let letter = char::from(b'a' + self.below(LANGUAGES) as u8);
        Language::new(&format!("x{letter}")).expect("two letters")
    }

    fn gender(&mut self) -> Gender {
        Gender::ALL[self.below(3) as usize]
    }

    fn interest(&mut self) -> Label {
        Label::new(&format!("interest-{}", self.below(INTERESTS))).expect("plain letters")
    }

    fn device(&mut self) -> Device {
        Device::ALL[self.below(4) as usize]
    }
}
