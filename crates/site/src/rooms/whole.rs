//! Lists that a page has to know as a whole, because it counts or sorts what is in them.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::address::with;
use crate::inside::Refused;
use crate::page::{Guest, Page};
use crate::values::List;

/// Entries that the API tells at once.
const AT_ONCE: &str = "100";

/// The entries of a list, page after page, and whether there are more than `pages_max` pages.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn whole<T: DeserializeOwned, P: Guest>(
    page: &Page<P>,
    path: &str,
    filters: &[(&str, &str)],
    pages_max: usize,
) -> Result<(Vec<T>, bool), Refused> {
    let (all, next) = rest_of(page, path, filters, None, pages_max).await?;
    Ok((all, next.is_some()))
}

/// The entries of a list behind a cursor, page after page, and the cursor behind them when there
/// are more than `pages_max` pages.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn rest_of<T: DeserializeOwned, P: Guest>(
    page: &Page<P>,
    path: &str,
    filters: &[(&str, &str)],
    cursor: Option<&str>,
    pages_max: usize,
) -> Result<(Vec<T>, Option<String>), Refused> {
    let (mut all, mut cursor) = (Vec::new(), cursor.map(str::to_owned));
    for _ in 0..pages_max {
        let mut query = filters.to_vec();
        query.push(("limit", AT_ONCE));
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let list: List<T> = page.get(&with(path, &query)).await?;
        all.extend(list.data);
        cursor = list.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok((all, cursor))
}

/// The part of a sorted list of this length that the address asks for, at most so many rows of it,
/// and from where on the next part is.
pub(super) fn part<P: Guest>(
    page: &Page<P>,
    length: usize,
    rows_max: usize,
) -> (Range<usize>, Option<String>) {
    let from: usize = page.query("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let to = from.saturating_add(rows_max).min(length);
    (from.min(to)..to, (to < length).then(|| to.to_string()))
}
