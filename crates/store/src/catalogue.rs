//! The statement catalogue: every statement, in the subset that SQLite and PostgreSQL share.
//!
//! Placeholders are `$1`, `$2`, … in order of first appearance, because SQLite takes them for
//! names and numbers them so. Statements about rows are made from the table descriptions;
//! the others are written by hand, a module for each part of the store.

pub(crate) mod control;
pub(crate) mod endpoints;
pub(crate) mod entries;
pub(crate) mod head;
pub(crate) mod journal;
pub(crate) mod leases;
pub(crate) mod lists;
pub(crate) mod mails;
pub(crate) mod migrations;
pub(crate) mod operations;

use std::sync::LazyLock;

#[cfg(test)]
use crate::rows::ColumnKind;
use crate::rows::{TABLES, Table};

/// Rows that one statement writes when there are as many. Measured: a tenth less time than row
/// by row, and nothing to be gained beyond.
pub(crate) const ROWS_WRITTEN: usize = 16;

/// Keys that one statement looks up when there are several. Measured: half the time of one key
/// after the other, and little to be gained beyond.
pub(crate) const KEYS_SOUGHT: usize = 32;

/// A statement for one thing, and the same for a fixed number of things.
pub(crate) struct Grouped {
    /// For one.
    pub one: String,
    /// For several.
    pub several: String,
}

/// The statements of one table of rows.
pub(crate) struct RowStatements {
    /// Writes a row, or [`ROWS_WRITTEN`] of different keys, unless a later one is there.
    pub upsert: Grouped,
    /// Finds a row by its key, or rows by [`KEYS_SOUGHT`] keys, which may repeat.
    pub select: Grouped,
    /// Every row in key order.
    pub select_all: String,
}

/// Statements of the table with this description.
pub(crate) fn of(table: &Table) -> &'static RowStatements {
    static STATEMENTS: LazyLock<Vec<RowStatements>> =
        LazyLock::new(|| TABLES.iter().map(|table| RowStatements::new(table)).collect());
    let place = TABLES.iter().position(|other| other.number == table.number);
    &STATEMENTS[place.expect("every description stands in the list of tables")]
}

/// Columns of a table with its name before each, for statements over several tables.
pub(crate) fn qualified_columns(table: &Table) -> String {
    let names: Vec<String> =
        table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)).collect();
    names.join(", ")
}

/// DDL of a table of rows and its indexes, in neutral words: what the migrations add up to.
#[cfg(test)]
pub(crate) fn ddl(table: &Table) -> String {
    let mut text = format!("create table {} (\n", table.name);
    for column in table.columns {
        let kind = match column.kind {
            ColumnKind::Integer => "integer",
            ColumnKind::Text => "text",
            ColumnKind::Bytes => "bytes",
        };
        let null = if column.nullable { "" } else { " not null" };
        text.push_str(&format!("    {} {kind}{null},\n", column.name));
    }
    let key = key_of(table).join(", ");
    text.push_str(&format!(
        "    applied_seq integer not null,\n    primary key ({key})\n) keyed;\n"
    ));
    for index in table.indexes {
        let (name, column) = (table.name, index.column);
        let only = index.only.map_or(String::new(), |only| format!(" where {only}"));
        text.push_str(&format!(
            "create index {name}_{column} on {name} ({column}, {key}){only};\n"
        ));
    }
    text
}

impl RowStatements {
    fn new(table: &Table) -> RowStatements {
        let name = table.name;
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let all = format!("{}, applied_seq", columns.join(", "));
        let key = key_of(table).join(", ");
        let updates: Vec<String> = columns[table.key_columns..]
            .iter()
            .chain(&["applied_seq"])
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let upsert = |rows: usize| {
            format!(
                "insert into {name} ({all}) values {} on conflict ({key}) do update set {} \
                 where {name}.applied_seq < excluded.applied_seq",
                placeholders(rows, columns.len() + 1),
                updates.join(", "),
            )
        };
        let select = |keys: usize| {
            assert_eq!(table.key_columns, 1, "a list of keys is a list of single values");
            format!("select {all} from {name} where {key} in {}", placeholders(1, keys))
        };
        RowStatements {
            upsert: Grouped { one: upsert(1), several: upsert(ROWS_WRITTEN) },
            select: Grouped { one: select(1), several: select(KEYS_SOUGHT) },
            select_all: format!("select {all} from {name} order by {key}"),
        }
    }
}

/// Placeholders for so many rows of so many columns: `($1, $2), ($3, $4)`.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let first = row * columns + 1;
        let places: Vec<String> =
            (first..first + columns).map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn key_of(table: &Table) -> Vec<&'static str> {
    table.columns[..table.key_columns].iter().map(|column| column.name).collect()
}
