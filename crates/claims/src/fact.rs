//! Facts: pieces of evidence that the platform itself holds.

mod catalog;
mod form;
mod value;

pub use catalog::{FactName, Source};
pub use form::FormError;
pub use value::{Kind, Value};
pub(crate) use value::{NUMBER_MAX, UNITS, show};

use base::{Instant, Label};

/// One piece of evidence. That something is not known is a fact too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub name: FactName,
    /// What is known.
    pub finding: Finding,
    /// The record it was read from.
    pub evidence: Evidence,
    /// When it was so.
    pub at: Instant,
}

/// What is known of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// This.
    Known(Value),
    /// Nothing, for this reason.
    Unknown(WhyUnknown),
}

/// Why something is not known. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum WhyUnknown {
    /// Nobody has looked.
    NotGathered = 1,
    /// It was never written down.
    NotRecorded = 2,
    /// It was written down, and is lost or not kept so long.
    NotKept = 3,
    /// Two records tell different things.
    Contradicted = 4,
    /// The question makes no sense here.
    NotApplicable = 5,
}

impl WhyUnknown {
    /// Every reason.
    pub const ALL: [WhyUnknown; 5] = [
        WhyUnknown::NotGathered,
        WhyUnknown::NotRecorded,
        WhyUnknown::NotKept,
        WhyUnknown::Contradicted,
        WhyUnknown::NotApplicable,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            WhyUnknown::NotGathered => "not_gathered",
            WhyUnknown::NotRecorded => "not_recorded",
            WhyUnknown::NotKept => "not_kept",
            WhyUnknown::Contradicted => "contradicted",
            WhyUnknown::NotApplicable => "not_applicable",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<WhyUnknown> {
        WhyUnknown::ALL.into_iter().find(|why| *why as u8 == number)
    }
}

/// Where a fact was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Nowhere: it was looked for and not found.
    None,
    /// The text of a typed id.
    Id(Label),
    /// The sequence number of a journal record.
    Record(u64),
}

/// All facts of one claim, each at most once, by their numbers. What is not among them is
/// unknown: nobody has looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

/// The fact cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The value is of another kind, not of the set of words, or above 2⁶³ − 1.
    #[error("`{}` is no such {}", .0.as_str(), .0.kind().name())]
    WrongValue(FactName),
    /// It was told before.
    #[error("`{}` is told twice", .0.as_str())]
    Twice(FactName),
}

impl Facts {
    /// No facts yet.
    pub const fn new() -> Facts {
        Facts(Vec::new())
    }

    /// Keeps one more.
    ///
    /// # Errors
    ///
    /// In this order: [`FactError::WrongValue`], [`FactError::Twice`].
    pub fn tell(&mut self, fact: Fact) -> Result<(), FactError> {
        if let Finding::Known(value) = fact.finding
            && value.number(fact.name.kind()).is_none()
        {
            return Err(FactError::WrongValue(fact.name));
        }
        match self.0.binary_search_by_key(&fact.name, |known| known.name) {
            Ok(_) => Err(FactError::Twice(fact.name)),
            Err(place) => {
                self.0.insert(place, fact);
                Ok(())
            }
        }
    }

    /// The fact of that name, if anybody has looked.
    pub fn get(&self, name: FactName) -> Option<&Fact> {
        let place = self.0.binary_search_by_key(&name, |known| known.name).ok()?;
        self.0.get(place)
    }

    /// What is known of it, as a whole number.
    pub(crate) fn number(&self, name: FactName) -> Option<i128> {
        match self.get(name)?.finding {
            Finding::Known(value) => value.number(name.kind()),
            Finding::Unknown(_) => None,
        }
    }

    /// All of them, by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }
}
