use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{Label, PromotionId, Region};
use promotions::Viewer;

use super::{Dimension, GROUP_MIN, Segment, SegmentCounts, SegmentRecord};
use crate::token::{Selection, ViewerHash};

/// Selections of which it is remembered who they were for: 24 bytes each.
const RECENT_MAX: usize = 1 << 20;

/// Sums that are kept at once, about 100 bytes each. What finds no place counts as *other*.
const SUMS_MAX: usize = 1_000_000;

/// Parts of audiences that have a number.
const NAMES_MAX: usize = u16::MAX as usize;

/// Counts parts of audiences for one serving process.
#[derive(Debug, Default)]
pub struct SegmentCounter {
    names: Vec<Segment>,
    numbers: HashMap<Segment, u16>,
    recent: Vec<Recent>,
    sums: BTreeMap<(PromotionId, Group), Sum>,
    /// Sums that may be of enough viewers.
    full: BTreeSet<(PromotionId, Group)>,
}

/// Which parts of an audience a selection was for, by the numbers of their names.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    nonce: u64,
    groups: [u16; 7],
}

/// The number of a part's name, from 1; or those of whom nothing is known: 0 with the dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    dimension: Dimension,
    name: u16,
}

/// What is not written yet.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    counts: SegmentCounts,
    viewers: Viewers,
}

/// Some of the viewers of a sum: one bit of 64 each, by their hash. Two may share a bit, so there
/// are never fewer viewers than bits; those without a name share one.
#[derive(Clone, Copy, Debug, Default)]
struct Viewers(u64);

impl Viewers {
    fn of(viewer: Option<ViewerHash>) -> Viewers {
        Viewers(1 << viewer.map_or(0, |viewer| viewer.bits() % 64))
    }

    fn with(self, others: Viewers) -> Viewers {
        Viewers(self.0 | others.0)
    }

    fn at_least(self) -> u32 {
        self.0.count_ones()
    }
}

/// How many viewers, at least, there are in what no record tells of one promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    by_dimension: BTreeMap<Dimension, u32>,
    by_country: BTreeMap<Region, u32>,
}

impl Rest {
    pub(super) fn of(&self, dimension: Dimension) -> u32 {
        self.by_dimension.get(&dimension).copied().unwrap_or(0)
    }

    /// Of the country's regions.
    pub(super) fn of_country(&self, country: Region) -> u32 {
        self.by_country.get(&country).copied().unwrap_or(0)
    }
}

impl SegmentCounter {
    /// Counts that a selection was shown. `nonce` is that of its token: counted up by one from one
    /// to the next. `interest` is the first of the interests asked for that the viewer has.
    pub fn shown(
        &mut self,
        promotion: PromotionId,
        nonce: u64,
        viewer: (&Viewer, Option<ViewerHash>),
        interest: Option<&Label>,
    ) {
        let (known, key) = viewer;
        let groups = Segment::all_of(known, interest).map(|segment| self.number(segment));
        let place = place(nonce);
        if self.recent.len() <= place {
            self.recent.resize(place + 1, Recent::default());
        }
        self.recent[place] = Recent { nonce, groups };
        self.add(promotion, groups, key, SegmentCounts { shown: 1, ..SegmentCounts::default() });
    }

    /// Counts a unit that was billed of a selection of this process. One that is not remembered
    /// counts for nobody in particular.
    pub fn billed(&mut self, selection: &Selection) {
        let recent = self.recent.get(place(selection.nonce));
        let Some(recent) = recent.filter(|recent| recent.nonce == selection.nonce) else { return };
        let counts = SegmentCounts { shown: 0, units: 1, price: selection.price };
        self.add(selection.promotion, recent.groups, selection.viewer, counts);
    }

    fn add(
        &mut self,
        promotion: PromotionId,
        groups: [u16; 7],
        viewer: Option<ViewerHash>,
        counts: SegmentCounts,
    ) {
        for (dimension, name) in Dimension::ALL.into_iter().zip(groups) {
            let key = (promotion, Group { dimension, name });
            let has_room = self.sums.len() < SUMS_MAX;
            let sum = match self.sums.get_mut(&key) {
                Some(sum) => sum,
                None if has_room => self.sums.entry(key).or_default(),
                None => continue,
            };
            sum.counts.absorb(counts);
            sum.viewers = sum.viewers.with(Viewers::of(viewer));
            // Those of whom nothing is known are told of by subtraction only.
            if name != 0 && sum.viewers.at_least() >= GROUP_MIN {
                self.full.insert(key);
            }
        }
    }

    /// Gives away what is of enough viewers by now, in a fixed order.
    pub fn flush(&mut self, out: &mut Vec<SegmentRecord>) {
        for key in std::mem::take(&mut self.full) {
            let (promotion, group) = key;
            let Some(Sum { counts, .. }) = self.sums.remove(&key) else { continue };
            let segment = self.names[usize::from(group.name) - 1].clone();
            out.push(SegmentRecord { promotion, segment, counts });
        }
    }

    /// Who is in what was not given away of a promotion.
    pub fn rest(&self, promotion: PromotionId) -> Rest {
        let first = (promotion, Group { dimension: Dimension::Country, name: 0 });
        let mut dimensions: BTreeMap<Dimension, Viewers> = BTreeMap::new();
        let mut countries: BTreeMap<Region, Viewers> = BTreeMap::new();
        let of_promotion = self.sums.range(first..).take_while(|((one, _), _)| *one == promotion);
        for ((_, group), sum) in of_promotion {
            let viewers = dimensions.entry(group.dimension).or_default();
            *viewers = viewers.with(sum.viewers);
            let name = group.name.checked_sub(1).map(|name| &self.names[usize::from(name)]);
            if let Some(Segment::Region(region)) = name {
                let viewers = countries.entry(region.country()).or_default();
                *viewers = viewers.with(sum.viewers);
            }
        }
        Rest {
            by_dimension: dimensions.into_iter().map(|(one, all)| (one, all.at_least())).collect(),
            by_country: countries.into_iter().map(|(one, all)| (one, all.at_least())).collect(),
        }
    }

    /// Forgets a promotion that is over.
    pub fn forget(&mut self, promotion: PromotionId) {
        let first = (promotion, Group { dimension: Dimension::Country, name: 0 });
        let of_promotion = self.sums.range(first..).take_while(|((one, _), _)| *one == promotion);
        let keys: Vec<_> = of_promotion.map(|(key, _)| *key).collect();
        for key in keys {
            self.sums.remove(&key);
            self.full.remove(&key);
        }
    }

    /// The number of a part's name; 0 for what is not known, or when all numbers are taken.
    fn number(&mut self, segment: Option<Segment>) -> u16 {
        let Some(segment) = segment else { return 0 };
        if let Some(number) = self.numbers.get(&segment) {
            return *number;
        }
        if self.names.len() >= NAMES_MAX {
            return 0;
        }
        self.names.push(segment.clone());
        let number = u16::try_from(self.names.len()).unwrap_or(0);
        self.numbers.insert(segment, number);
        number
    }
}

fn place(nonce: u64) -> usize {
    usize::try_from(nonce % RECENT_MAX as u64).unwrap_or(0)
}
