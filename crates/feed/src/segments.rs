//! Who was reached: showings, units and money by parts of the audience, without telling of anybody.
//!
//! Verdicts and tokens keep nothing of a viewer but a keyed hash, the country and the device. So
//! parts of the audience are counted where the viewer is known, at the selection, and what is
//! written is sums alone:
//!
//! * A [`SegmentCounter`] remembers for the latest selections who they were for, in memory. An
//!   event that comes later, or after a restart, counts for nobody in particular.
//! * It adds up by promotion and [`Segment`], and gives a sum away as a [`SegmentRecord`] once it
//!   is of [`GROUP_MIN`] viewers or more; then it begins anew. So whatever is written, and whatever
//!   two reports differ by, is of so many. Regions are given away when their country is, and only
//!   so that the others there are nobody or as many: so they add up to its row.
//! * [`SegmentRow::all`] makes the rows of a report. What is not written yet, of a small group or
//!   not known is in a row of its own, *other*; where that would be few people, the smallest group
//!   is joined to it, lest it be found by subtraction.
//!
//! Without consent, age, gender and interests of a viewer are not known here either.

mod counter;
mod rows;

use base::{Label, PromotionId, Region};
use promotions::{Device, Gender, Language, Micros, Viewer};

use crate::saved::saved;
pub use counter::{Rest, SegmentCounter};
pub use rows::SegmentRow;

/// Viewers that a sum is of at least.
///
/// Ours, on the strict side: every single sum that is written has so many, not only the total.
/// Google's Ads Data Hub tells of 50 users or more, of fewer where only clicks and conversions are
/// asked for (<https://developers.google.com/ads-data-hub/guides/privacy-checks>); the British
/// Office for National Statistics looks closely at counts below 10
/// (<http://celsius.lshtm.ac.uk/onscell.html>).
pub const GROUP_MIN: u32 = 10;

/// What people are told apart by. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Dimension {
    /// The country.
    Country = 1,
    /// The part of the country, where it is known.
    Region = 2,
    /// The age, see [`AgeBand`].
    Age = 3,
    /// The gender.
    Gender = 4,
    /// What they look at the feed on.
    Device = 5,
    /// The language.
    Language = 6,
    /// The first of the interests asked for that the viewer has.
    Interest = 7,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Dimension; 7] = [
        Dimension::Country,
        Dimension::Region,
        Dimension::Age,
        Dimension::Gender,
        Dimension::Device,
        Dimension::Language,
        Dimension::Interest,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Dimension::Country => "country",
            Dimension::Region => "region",
            Dimension::Age => "age",
            Dimension::Gender => "gender",
            Dimension::Device => "device",
            Dimension::Language => "language",
            Dimension::Interest => "interest",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Dimension> {
        Dimension::ALL.into_iter().find(|one| *one as u8 == number)
    }
}

/// Ages as advertising tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeBand(usize);

/// The first age of each band, and its name.
const BANDS: [(u8, &str); 7] = [
    (13, "13-17"),
    (18, "18-24"),
    (25, "25-34"),
    (35, "35-44"),
    (45, "45-54"),
    (55, "55-64"),
    (65, "65+"),
];

impl AgeBand {
    /// The band of an age in whole years; none below 13.
    pub fn of(age: u8) -> Option<AgeBand> {
        BANDS.iter().rposition(|(first, _)| *first <= age).map(AgeBand)
    }

    /// Stable name: `25-34`, `65+`.
    pub fn as_str(self) -> &'static str {
        BANDS[self.0].1
    }
}

/// A part of an audience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// People in a country.
    Country(Region),
    /// People in a part of a country.
    Region(Region),
    /// People of an age.
    Age(AgeBand),
    /// People of a gender.
    Gender(Gender),
    /// People on a kind of device.
    Device(Device),
    /// People who read a language.
    Language(Language),
    /// People with an interest.
    Interest(Label),
}

impl Segment {
    /// What it tells people apart by.
    pub fn dimension(&self) -> Dimension {
        match self {
            Segment::Country(_) => Dimension::Country,
            Segment::Region(_) => Dimension::Region,
            Segment::Age(_) => Dimension::Age,
            Segment::Gender(_) => Dimension::Gender,
            Segment::Device(_) => Dimension::Device,
            Segment::Language(_) => Dimension::Language,
            Segment::Interest(_) => Dimension::Interest,
        }
    }

    /// Its name among those of its dimension.
    pub fn name(&self) -> &str {
        match self {
            Segment::Country(region) | Segment::Region(region) => region.as_str(),
            Segment::Age(band) => band.as_str(),
            Segment::Gender(gender) => gender.as_str(),
            Segment::Device(device) => device.as_str(),
            Segment::Language(language) => language.as_str(),
            Segment::Interest(interest) => interest.as_str(),
        }
    }

    /// Reads back dimension and name.
    pub fn parse(dimension: Dimension, name: &str) -> Option<Segment> {
        let region = || Region::parse(name).ok();
        Some(match dimension {
            Dimension::Country => Segment::Country(region()?),
            Dimension::Region => Segment::Region(region()?),
            Dimension::Age => {
                Segment::Age(AgeBand(BANDS.iter().position(|(_, band)| *band == name)?))
            }
            Dimension::Gender => {
                Segment::Gender(Gender::ALL.into_iter().find(|one| one.as_str() == name)?)
            }
            Dimension::Device => {
                Segment::Device(Device::ALL.into_iter().find(|one| one.as_str() == name)?)
            }
            Dimension::Language => Segment::Language(Language::new(name).ok()?),
            Dimension::Interest => Segment::Interest(Label::new(name).ok()?),
        })
    }

    /// The country that it is or lies in.
    fn country(&self) -> Option<Region> {
        match self {
            Segment::Country(region) | Segment::Region(region) => Some(region.country()),
            _ => None,
        }
    }

    /// Those that a viewer belongs to, in the order of [`Dimension::ALL`], as far as they are
    /// known. `interest` is the one that counts.
    fn all_of(viewer: &Viewer, interest: Option<&Label>) -> [Option<Segment>; 7] {
        let consents = viewer.consents_to_personal;
        let part = viewer.region.filter(|region| region.country() != *region);
        let age = viewer.age.filter(|_| consents).and_then(AgeBand::of);
        [
            viewer.region.map(|region| Segment::Country(region.country())),
            part.map(Segment::Region),
            age.map(Segment::Age),
            viewer.gender.filter(|_| consents).map(Segment::Gender),
            viewer.device.map(Segment::Device),
            viewer.language.map(Segment::Language),
            interest.filter(|_| consents).cloned().map(Segment::Interest),
        ]
    }
}

crate::saved::saved_as! {
    Dimension, u8, one => *one as u8, number => Dimension::from_number(number);
    Segment, (Dimension, String), one => (one.dimension(), one.name().to_owned()),
        (dimension, name) => Segment::parse(dimension, &name);
}

/// What a group of viewers was shown, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentCounts {
    /// How often it was shown.
    pub shown: u64,
    /// Units that were billed, those repaid later among them.
    pub units: u64,
    /// What these cost.
    pub price: Micros,
}

saved!(SegmentCounts { shown, units, price });

impl SegmentCounts {
    /// Adds what another group was shown.
    pub fn absorb(&mut self, other: SegmentCounts) {
        self.shown = self.shown.saturating_add(other.shown);
        self.units = self.units.saturating_add(other.units);
        self.price = self.price.saturating_add(other.price);
    }

    /// Whether the other may be a part of it.
    fn holds(self, other: SegmentCounts) -> bool {
        other.shown <= self.shown && other.units <= self.units && other.price <= self.price
    }

    fn without(self, other: SegmentCounts) -> SegmentCounts {
        SegmentCounts {
            shown: self.shown.saturating_sub(other.shown),
            units: self.units.saturating_sub(other.units),
            price: self.price.saturating_sub(other.price),
        }
    }
}

/// What the log keeps of a part of an audience: a sum of [`GROUP_MIN`] viewers or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRecord {
    /// The promotion.
    pub promotion: PromotionId,
    /// The part of its audience.
    pub segment: Segment,
    /// What came to those that were written before.
    pub counts: SegmentCounts,
}
