//! Ledger entries: append-only, in order of their place.

use std::sync::LazyLock;

use super::{Grouped, KEYS_SOUGHT, ROWS_WRITTEN, placeholders};
use crate::entry_values::COLUMNS;

/// Appends an entry, or [`ROWS_WRITTEN`] of them.
pub(crate) fn insert() -> &'static Grouped {
    static INSERT: LazyLock<Grouped> = LazyLock::new(|| {
        let text = |rows| {
            format!(
                "insert into entry (place, previous, account, at_micros, reason, subject, amount, \
                 held_change, debits_posted, credits_posted, held) values {}",
                placeholders(rows, COLUMNS),
            )
        };
        Grouped { one: text(1), several: text(ROWS_WRITTEN) }
    });
    &INSERT
}

/// The entry of a place, or those of [`KEYS_SOUGHT`] places, which may repeat.
pub(crate) fn at() -> &'static Grouped {
    static AT: LazyLock<Grouped> = LazyLock::new(|| {
        let text = |places| {
            format!(
                "select place, previous, account, at_micros, reason, subject, amount, \
                 held_change, debits_posted, credits_posted, held \
                 from entry where place in {}",
                placeholders(1, places),
            )
        };
        Grouped { one: text(1), several: text(KEYS_SOUGHT) }
    });
    &AT
}

/// Where the chain of an account ends, as far as its table knows.
pub(crate) const LAST: &str = "select last_entry from account where id = $1";

/// Place and instant of the last entry at or before a place.
pub(crate) const AT_OR_BEFORE: &str =
    "select place, at_micros from entry where place <= $1 order by place desc limit 1";

/// Entries after a place, in order, at most `$2` of them.
pub(crate) const AFTER: &str = "
    select place, previous, account, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry where place > $1 order by place limit $2";
