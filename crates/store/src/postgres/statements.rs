//! Statements that take lists of values, made from the descriptions of tables.

use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::columns::types_of;
use crate::entry_values;
use crate::rows::{ColumnKind, TABLES, Table};
use crate::{catalogue, dialect};

/// A statement with the types of its parameters.
pub(super) struct Typed {
    pub(super) text: String,
    pub(super) types: Vec<Type>,
}

/// The statements of one table of rows.
pub(super) struct OfTable {
    /// Writes rows of different keys, unless later ones are there.
    pub(super) upsert: Typed,
    /// Finds rows by their keys.
    pub(super) select: Typed,
}

/// Statements of the table with this description.
pub(super) fn of(table: &Table) -> &'static OfTable {
    static STATEMENTS: LazyLock<Vec<OfTable>> =
        LazyLock::new(|| TABLES.iter().map(|table| OfTable::new(table)).collect());
    let place = TABLES.iter().position(|other| other.number == table.number);
    &STATEMENTS[place.expect("every description stands in the list of tables")]
}

/// Kinds of the columns of a table, with its `applied_seq`.
pub(super) fn kinds_of(table: &Table) -> impl Iterator<Item = ColumnKind> {
    table.columns.iter().map(|column| column.kind).chain([ColumnKind::Integer])
}

/// Appends entries.
pub(super) fn insert_entries() -> &'static Typed {
    static INSERT: LazyLock<Typed> = LazyLock::new(|| Typed {
        text: dialect::postgres_lists(&catalogue::entries::insert().one),
        types: lists(entry_values::KINDS),
    });
    &INSERT
}

/// Moves the head, or fails: what was sent after it must not happen then.
pub(super) fn fence() -> &'static str {
    static FENCE: LazyLock<String> =
        LazyLock::new(|| dialect::postgres_fence(catalogue::head::COMPARE_AND_SET));
    &FENCE
}

impl OfTable {
    fn new(table: &Table) -> OfTable {
        let of = catalogue::of(table);
        let key = table.columns[0].kind;
        OfTable {
            upsert: Typed {
                text: dialect::postgres_lists(&of.upsert.one),
                types: lists(kinds_of(table)),
            },
            select: Typed { text: dialect::postgres_any(&of.select.one), types: lists([key]) },
        }
    }
}

fn lists(kinds: impl IntoIterator<Item = ColumnKind>) -> Vec<Type> {
    kinds.into_iter().map(|kind| types_of(kind).1).collect()
}
