//! Random audiences and viewers of a small world, so that they often fit.

use base::{Label, Region};
use promotions::{Audience, Device, Gender, Language, Viewer};

/// Draws audiences and viewers; the same seed draws the same.
pub struct Crowd(u64);

const REGIONS: [&str; 12] =
    ["US", "US-CA", "US-TX", "US-NY", "CA", "CA-QC", "CA-ON", "DE", "DE-BY", "FR", "JP", "JP-13"];
const LANGUAGES: [&str; 5] = ["en", "fr", "de", "ja", "gsw"];

impl Crowd {
    pub fn new(seed: u64) -> Crowd {
        Crowd(seed)
    }

    /// A number below `end`, by SplitMix64.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// Asks for some things and not for others; entries may repeat or contain one another.
    pub fn audience(&mut self) -> Audience {
        // A few ask for far more than the others.
        let most = if self.is_one_in(20) { 12 } else { 3 };
        Audience {
            regions: self.some(most, Crowd::region),
            languages: self.some(most, Crowd::language),
            age_min: self.maybe(2, |crowd| crowd.below(60) as u8),
            age_max: self.maybe(3, |crowd| 20 + crowd.below(70) as u8),
            genders: self.some(2, |crowd| Gender::ALL[crowd.below(3) as usize]),
            interests: self.some(most + 1, Crowd::interest),
            excluded_interests: self.some(2, Crowd::interest),
            devices: self.some(3, |crowd| Device::ALL[crowd.below(4) as usize]),
        }
    }

    /// Of whom some things are unknown, and who often does not consent.
    pub fn viewer(&mut self) -> Viewer {
        Viewer {
            id: None,
            region: self.maybe(8, Crowd::region),
            language: self.maybe(8, Crowd::language),
            age: self.maybe(8, |crowd| crowd.below(100) as u8),
            gender: self.maybe(8, |crowd| Gender::ALL[crowd.below(3) as usize]),
            interests: self.some(8, Crowd::interest),
            device: self.maybe(8, |crowd| Device::ALL[crowd.below(4) as usize]),
            consents_to_personal: !self.is_one_in(4),
        }
    }

    fn is_one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// Nothing once in so many times.
    fn maybe<T>(&mut self, many: u64, draw: impl Fn(&mut Crowd) -> T) -> Option<T> {
        if self.is_one_in(many) { None } else { Some(draw(self)) }
    }

    /// Nothing half of the time, else up to `most`.
    fn some<T>(&mut self, most: u64, draw: impl Fn(&mut Crowd) -> T) -> Vec<T> {
        let count = if self.is_one_in(2) { 0 } else { 1 + self.below(most) };
        (0..count).map(|_| draw(self)).collect()
    }

    fn region(&mut self) -> Region {
        region(REGIONS[self.below(REGIONS.len() as u64) as usize])
    }

    fn language(&mut self) -> Language {
        Language::new(LANGUAGES[self.below(LANGUAGES.len() as u64) as usize]).expect("a language")
    }

    fn interest(&mut self) -> Label {
        label(&format!("interest-{}", self.below(24)))
    }
}

pub fn label(text: &str) -> Label {
    Label::new(text).expect("a label")
}

pub fn region(code: &str) -> Region {
    Region::parse(code).expect("a region")
}
