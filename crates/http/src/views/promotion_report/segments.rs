//! Who was reached.

use base::Region;
use feed::segments::{SegmentCounts, SegmentRow};
use serde::Serialize;

/// What a part of the audience was shown, and what came of it. Rows of one `by` add up to
/// everything; those of the regions of a country to its row. Groups of fewer than ten viewers are
/// in the row without `value`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionSegment)]
pub(super) struct SegmentView {
    /// `country`, `region`, `age`, `gender`, `device`, `language` or `interest`.
    #[schema(example = "country")]
    by: &'static str,
    /// Which part; `null` for all others together: small groups, and those of whom it is not known.
    #[schema(example = "US")]
    value: Option<String>,
    /// Of a region, its country.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<String>,
    /// How often it was shown.
    shown: u64,
    /// Units that were billed, those repaid later among them.
    units: u64,
    /// What these cost, in millionths of a minor unit.
    spend_micros: u64,
    /// Units of a million showings; `null` before there was one.
    units_per_million: Option<u64>,
    /// What a unit cost, in millionths of a minor unit; `null` before there was one.
    unit_price_micros: Option<u64>,
}

impl SegmentView {
    pub(super) fn new(row: &SegmentRow) -> SegmentView {
        let SegmentCounts { shown, units, price } = row.counts;
        let rate = u128::from(units) * 1_000_000;
        let rate = rate.checked_div(u128::from(shown));
        SegmentView {
            by: row.dimension.as_str(),
            value: row.segment.as_ref().map(|segment| segment.name().to_owned()),
            within: row.within.as_ref().map(Region::to_string),
            shown,
            units,
            spend_micros: price.get(),
            units_per_million: rate.and_then(|rate| u64::try_from(rate).ok()),
            unit_price_micros: price.get().checked_div(units),
        }
    }
}
