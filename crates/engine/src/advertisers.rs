//! What advertisers have under way, summed in the record of whatever changes it. Promotions begin
//! and end by payments, reviews, posts, disputes, claims and time, so this looks at what all of
//! them leave behind, in one place.

use std::sync::Arc;

use base::PersonId;
use promotions::{Advertiser, Promotion};

use crate::rows::{Stop, Walk};
use crate::{Change, Row, Rows};

/// Counts the promotions of a change to their advertisers, or no longer.
///
/// Whoever changes a promotion so names its advertiser. Those that were forgotten cost one round
/// together: a bill may change many promotions that were made before they were counted.
pub(crate) fn count<R: Rows>(mut change: Change, walk: &mut Walk<'_, R>) -> Result<Change, Stop> {
    for row in &change.rows {
        if let Row::Promotion(promotion) = row
            && is_counted_anew(promotion)
        {
            walk.advertiser(promotion.advertiser);
        }
    }
    walk.ready()?;
    for place in 0..change.rows.len() {
        let Row::Promotion(promotion) = &change.rows[place] else { continue };
        if !is_counted_anew(promotion) {
            continue;
        }
        let known = find(promotion.advertiser, &change.rows, walk);
        let Some((promotion, advertiser)) = promotions::count(promotion, known.as_deref())? else {
            continue;
        };
        change.rows[place] = Row::Promotion(Arc::new(promotion));
        put(Row::Advertiser(Arc::new(advertiser)), &mut change.rows);
    }
    Ok(change)
}

fn is_counted_anew(promotion: &Promotion) -> bool {
    promotion.is_counted != promotion.is_to_be_counted()
}

/// The advertiser as the change so far leaves them.
fn find<R: Rows>(
    person: PersonId,
    changed: &[Row],
    walk: &mut Walk<'_, R>,
) -> Option<Arc<Advertiser>> {
    let changed = changed.iter().find_map(|row| match row {
        Row::Advertiser(row) if row.person == person => Some(row.clone()),
        _ => None,
    });
    changed.or_else(|| walk.advertiser(person).cloned())
}

fn put(row: Row, rows: &mut Vec<Row>) {
    match rows.iter_mut().find(|known| known.key() == row.key()) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
}
