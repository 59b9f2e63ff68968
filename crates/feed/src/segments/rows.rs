use base::Region;

use super::{Dimension, GROUP_MIN, Rest, Segment, SegmentCounts};

/// A row of a report: what a part of the audience was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// What people are told apart by.
    pub dimension: Dimension,
    /// Of a region, the country whose regions add up with it.
    pub within: Option<Region>,
    /// Which part; `None` for all others together: small groups, and those of whom it is not
    /// known.
    pub segment: Option<Segment>,
    /// What they were shown.
    pub counts: SegmentCounts,
}

impl SegmentRow {
    /// The rows of a report. `total` is what all were shown, `known` what was written of each
    /// part, in their order, and `rest` who is in what was not.
    ///
    /// The rows of a dimension add up to the total, those of the regions of a country to the row of
    /// the country; there are none where no part may be told.
    pub fn all(
        total: SegmentCounts,
        known: &[(Segment, SegmentCounts)],
        rest: &Rest,
    ) -> Vec<SegmentRow> {
        let mut rows = Vec::new();
        let mut countries = Vec::new();
        for dimension in Dimension::ALL {
            if dimension == Dimension::Region {
                for (country, counts) in std::mem::take(&mut countries) {
                    let is_in = |segment: &Segment| {
                        segment.dimension() == dimension && segment.country() == Some(country)
                    };
                    let parts = Parts::of(counts, known, is_in, rest.of_country(country));
                    rows.extend(parts.rows(dimension, Some(country)));
                }
                continue;
            }
            let is_in = |segment: &Segment| segment.dimension() == dimension;
            let parts = Parts::of(total, known, is_in, rest.of(dimension));
            if dimension == Dimension::Country {
                let told = parts.told.iter();
                countries.extend(told.filter_map(|(one, sum)| Some((one.country()?, *sum))));
            }
            rows.extend(parts.rows(dimension, None));
        }
        rows
    }
}

/// What may be told of the parts of a whole.
struct Parts<'a> {
    told: Vec<(&'a Segment, SegmentCounts)>,
    other: SegmentCounts,
}

impl<'a> Parts<'a> {
    fn of(
        whole: SegmentCounts,
        known: &'a [(Segment, SegmentCounts)],
        is_in: impl Fn(&Segment) -> bool,
        others: u32,
    ) -> Parts<'a> {
        let known = known.iter().filter(|(segment, _)| is_in(segment));
        let mut told: Vec<_> = known.map(|(segment, counts)| (segment, *counts)).collect();
        let sum = |told: &[(&Segment, SegmentCounts)]| {
            let mut sum = SegmentCounts::default();
            told.iter().for_each(|(_, counts)| sum.absorb(*counts));
            sum
        };
        let join = |told: &mut Vec<(&Segment, SegmentCounts)>| {
            let smallest = (0..told.len()).min_by_key(|place| told[*place].1.shown);
            smallest.map(|place| told.remove(place).1).unwrap_or_default()
        };
        // Logs of before tell of regions what they do not tell of their country.
        while !whole.holds(sum(&told)) {
            join(&mut told);
        }
        let mut other = whole.without(sum(&told));
        // Few people: whoever knows the whole would find them by subtraction.
        if other != SegmentCounts::default() && others < GROUP_MIN {
            other.absorb(join(&mut told));
        }
        Parts { told, other }
    }

    fn rows(
        self,
        dimension: Dimension,
        within: Option<Region>,
    ) -> impl Iterator<Item = SegmentRow> + 'a {
        let is_any = !self.told.is_empty();
        let row = move |segment, counts| SegmentRow { dimension, within, segment, counts };
        let told = self.told.into_iter().map(move |(one, sum)| row(Some(one.clone()), sum));
        let other = is_any && self.other != SegmentCounts::default();
        told.chain(other.then(|| row(None, self.other)))
    }
}
