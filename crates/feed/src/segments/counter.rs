use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{Label, PromotionId, Region};
use promotions::Viewer;

use super::{Dimension, GROUP_MIN, Segment, SegmentCounts, SegmentRecord};
use crate::saved::saved;
use crate::token::{Selection, ViewerHash};

/// Selections of which it is remembered who they were for: 24 bytes each.
const RECENT_MAX: usize = 1 << 20;

/// Sums that are kept at once, about 100 bytes each. What finds no place counts as *other*.
const SUMS_MAX: usize = 1_000_000;

/// Places of these among the dimensions.
const COUNTRY: usize = 0;
const REGION: usize = 1;

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
    /// Promotions of which something came or was given away since this was asked.
    touched: BTreeSet<PromotionId>,
}

/// Which parts of an audience a selection was for, by the numbers of their names.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    nonce: u64,
    groups: [u16; 7],
}

/// The number of a part's name, from 1; or those of whom nothing is known: 0 with the dimension.
/// With the dimension of regions the name of a country is those there of whom no more is known.
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
    /// Of a region, those who came since its country was given away last.
    fresh: Viewers,
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

    /// Whether there are some, and fewer than may be told of.
    fn are_few(self) -> bool {
        (1..GROUP_MIN).contains(&self.at_least())
    }
}

/// How many viewers, at least, there are in what no record tells of one promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    by_dimension: BTreeMap<Dimension, u32>,
    by_country: BTreeMap<Region, u32>,
}

saved!(Rest { by_dimension, by_country });

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
        let mut groups = Segment::all_of(known, interest).map(|segment| self.number(segment));
        if groups[REGION] == 0 {
            groups[REGION] = groups[COUNTRY];
        }
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
        self.touched.insert(promotion);
        let keys = Dimension::ALL.into_iter().zip(groups);
        let keys = keys.map(|(dimension, name)| (promotion, Group { dimension, name }));
        let keys: Vec<_> = keys.collect();
        // A country is counted with its parts or not at all: what it has more than they is told.
        let are_new = keys[..=REGION].iter().filter(|key| !self.sums.contains_key(key)).count();
        let skipped = if self.sums.len() + are_new <= SUMS_MAX { 0 } else { REGION + 1 };
        for key in keys.into_iter().skip(skipped) {
            let Group { dimension, name } = key.1;
            let has_room = self.sums.len() < SUMS_MAX;
            let sum = match self.sums.get_mut(&key) {
                Some(sum) => sum,
                None if has_room => self.sums.entry(key).or_default(),
                None => continue,
            };
            sum.counts.absorb(counts);
            sum.viewers = sum.viewers.with(Viewers::of(viewer));
            sum.fresh = sum.fresh.with(Viewers::of(viewer));
            // Those of whom nothing is known are told of by subtraction only, and regions with
            // their country.
            let is_told = name != 0 && dimension != Dimension::Region;
            if is_told && sum.viewers.at_least() >= GROUP_MIN {
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
            if let Segment::Country(country) = segment {
                self.flush_regions(promotion, country, out);
            }
            out.push(SegmentRecord { promotion, segment, counts });
        }
    }

    /// Gives away regions of a country of which everything is given away now, so that what is
    /// written of them is a part of what is written of it. What its row has more than those of its
    /// regions is of nobody, or of enough viewers too, and so is what comes to that since the time
    /// before: else the smallest regions wait.
    fn flush_regions(
        &mut self,
        promotion: PromotionId,
        country: Region,
        out: &mut Vec<SegmentRecord>,
    ) {
        let (mut full, mut waiting) = (Vec::new(), Vec::new());
        let (mut rest, mut fresh) = (Viewers::default(), Viewers::default());
        for (key, name, sum) in self.regions(promotion) {
            match name {
                name if name.country() != Some(country) => {}
                Segment::Region(_) if sum.viewers.at_least() >= GROUP_MIN => {
                    full.push((sum.counts.shown, key, *sum));
                }
                _ => {
                    (rest, fresh) = (rest.with(sum.viewers), fresh.with(sum.fresh));
                    waiting.push(key);
                }
            }
        }
        full.sort_unstable_by_key(|(shown, key, _)| (*shown, *key));
        let mut full = full.into_iter();
        while rest.are_few() || fresh.are_few() {
            let Some((_, key, sum)) = full.next() else { break };
            (rest, fresh) = (rest.with(sum.viewers), fresh.with(sum.fresh));
            waiting.push(key);
        }
        for (_, key, Sum { counts, .. }) in full {
            self.sums.remove(&key);
            let segment = self.names[usize::from(key.1.name) - 1].clone();
            out.push(SegmentRecord { promotion, segment, counts });
        }
        for key in waiting {
            if let Some(sum) = self.sums.get_mut(&key) {
                sum.fresh = Viewers::default();
            }
        }
    }

    /// What was not given away of the regions of a promotion, those of countries among them of
    /// whose viewers no region is known.
    fn regions(
        &self,
        promotion: PromotionId,
    ) -> impl Iterator<Item = ((PromotionId, Group), &Segment, &Sum)> {
        let of = |name| (promotion, Group { dimension: Dimension::Region, name });
        let named = self.sums.range(of(1)..=of(u16::MAX));
        named.map(|(key, sum)| (*key, &self.names[usize::from(key.1.name) - 1], sum))
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
        }
        for (_, name, sum) in self.regions(promotion) {
            let Some(country) = name.country() else { continue };
            let viewers = countries.entry(country).or_default();
            *viewers = viewers.with(sum.viewers);
        }
        Rest {
            by_dimension: dimensions.into_iter().map(|(one, all)| (one, all.at_least())).collect(),
            by_country: countries.into_iter().map(|(one, all)| (one, all.at_least())).collect(),
        }
    }

    /// Who is in what was not given away, of each promotion of which that may have changed since
    /// this was asked: ask right after [`SegmentCounter::flush`], so that it belongs to the same
    /// totals.
    pub fn take_rests(&mut self) -> BTreeMap<PromotionId, Rest> {
        let touched = std::mem::take(&mut self.touched);
        touched.into_iter().map(|promotion| (promotion, self.rest(promotion))).collect()
    }

    /// Forgets a promotion that is over.
    pub fn forget(&mut self, promotion: PromotionId) {
        self.touched.remove(&promotion);
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
