//! An audience in numbers.

use promotions::Audience;

use super::gate::Gate;
use super::known::Known;
use super::names::{NameId, Names};

/// The first attribute, in this order, for which an audience does not admit a viewer.
///
/// What is unknown of a viewer, or may not be used without consent, does not fit what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mismatch {
    /// There is no audience in the slot.
    Absent,
    /// The viewer is in none of the regions.
    Region,
    /// The viewer has none of the languages.
    Language,
    /// The viewer is too young or too old.
    Age,
    /// The viewer has none of the genders.
    Gender,
    /// The viewer has none of the interests.
    Interests,
    /// The viewer has an interest that is excluded.
    ExcludedInterests,
    /// The viewer uses none of the devices.
    Device,
}

impl Mismatch {
    /// Every mismatch.
    pub const ALL: [Mismatch; 8] = [
        Mismatch::Absent,
        Mismatch::Region,
        Mismatch::Language,
        Mismatch::Age,
        Mismatch::Gender,
        Mismatch::Interests,
        Mismatch::ExcludedInterests,
        Mismatch::Device,
    ];

    /// Stable lower-case name; that of the field of an audience where there is one.
    pub fn as_str(self) -> &'static str {
        match self {
            Mismatch::Absent => "absent",
            Mismatch::Region => "regions",
            Mismatch::Language => "languages",
            Mismatch::Age => "age",
            Mismatch::Gender => "genders",
            Mismatch::Interests => "interests",
            Mismatch::ExcludedInterests => "excluded_interests",
            Mismatch::Device => "devices",
        }
    }
}

/// What an audience asks. The numbers are in use in the dictionaries until it is released.
#[derive(Debug)]
pub struct Terms {
    pub gate: Gate,
    /// Regions, languages, interests, excluded interests; one after the other, for there may be
    /// a million of these. Nothing is listed twice, nor is a part of a country that is listed.
    ids: Box<[NameId]>,
    /// Where the first three end.
    ends: [u32; 3],
}

impl Terms {
    pub fn new(audience: &Audience, names: &mut Names) -> Terms {
        let is_listed = |country| audience.regions.contains(&country);
        let mut ids = Vec::new();
        let mut ends = [0; 3];
        for region in &audience.regions {
            let country = region.country();
            if *region == country || !is_listed(country) {
                ids.push(names.regions.acquire(region));
            }
        }
        ends[0] = without_repetitions(&mut ids, 0, |id| names.regions.release(id));
        ids.extend(audience.languages.iter().map(|language| names.languages.acquire(language)));
        ends[1] = without_repetitions(&mut ids, ends[0], |id| names.languages.release(id));
        ids.extend(audience.interests.iter().map(|label| names.interests.acquire(label)));
        ends[2] = without_repetitions(&mut ids, ends[1], |id| names.interests.release(id));
        ids.extend(audience.excluded_interests.iter().map(|one| names.interests.acquire(one)));
        without_repetitions(&mut ids, ends[2], |id| names.interests.release(id));
        Terms { gate: Gate::new(audience), ids: ids.into_boxed_slice(), ends }
    }

    /// Ends the use of all its names.
    pub fn release(&self, names: &mut Names) {
        self.regions().iter().for_each(|id| names.regions.release(*id));
        self.languages().iter().for_each(|id| names.languages.release(*id));
        self.interests().iter().for_each(|id| names.interests.release(*id));
        self.excluded().iter().for_each(|id| names.interests.release(*id));
    }

    pub fn regions(&self) -> &[NameId] {
        &self.ids[..self.ends[0] as usize]
    }

    pub fn languages(&self) -> &[NameId] {
        &self.ids[self.ends[0] as usize..self.ends[1] as usize]
    }

    pub fn interests(&self) -> &[NameId] {
        &self.ids[self.ends[1] as usize..self.ends[2] as usize]
    }

    pub fn excluded(&self) -> &[NameId] {
        &self.ids[self.ends[2] as usize..]
    }

    /// Why a viewer does not belong to the audience; nothing when they do.
    pub fn mismatch(&self, known: &Known) -> Option<Mismatch> {
        let lacks = |asked: &[NameId], has: &[NameId]| !asked.is_empty() && !meet(asked, has);
        if lacks(self.regions(), &known.regions) {
            Some(Mismatch::Region)
        } else if lacks(self.languages(), &known.languages) {
            Some(Mismatch::Language)
        } else if !self.gate.admits_age(known.pass) {
            Some(Mismatch::Age)
        } else if !self.gate.admits_gender(known.pass) {
            Some(Mismatch::Gender)
        } else if lacks(self.interests(), &known.interests) {
            Some(Mismatch::Interests)
        } else if meet(self.excluded(), &known.interests) {
            Some(Mismatch::ExcludedInterests)
        } else if !self.gate.admits_device(known.pass) {
            Some(Mismatch::Device)
        } else {
            None
        }
    }

    pub fn heap_bytes(&self) -> usize {
        size_of_val(&*self.ids)
    }
}

/// Whether the lists have a number in common; `sorted` is in order.
fn meet(some: &[NameId], sorted: &[NameId]) -> bool {
    some.iter().any(|one| sorted.binary_search(one).is_ok())
}

/// Drops what is repeated from `start` on, and says where the rest ends.
fn without_repetitions(ids: &mut Vec<NameId>, start: u32, mut release: impl FnMut(NameId)) -> u32 {
    ids[start as usize..].sort_unstable();
    let mut kept = start as usize;
    for next in start as usize..ids.len() {
        if kept > start as usize && ids[kept - 1] == ids[next] {
            release(ids[next]);
        } else {
            ids[kept] = ids[next];
            kept += 1;
        }
    }
    ids.truncate(kept);
    kept as u32
}
