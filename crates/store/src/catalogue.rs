//! The statement catalogue: every statement, in the subset that SQLite and PostgreSQL share.
//!
//! Placeholders are `$1`, `$2`, … in order of first appearance, because SQLite takes them for
//! names and numbers them so. Statements about rows are made from the table descriptions;
//! the others are written by hand, a module for each part of the store.

pub(crate) mod control;
pub(crate) mod entries;
pub(crate) mod head;
pub(crate) mod journal;
pub(crate) mod lists;
pub(crate) mod migrations;
pub(crate) mod operations;

use std::sync::LazyLock;

#[cfg(test)]
use crate::rows::ColumnKind;
use crate::rows::{TABLES, Table};

/// The statements of one table of rows.
pub(crate) struct RowStatements {
    /// Writes a row unless a later one is there.
    pub upsert: String,
    /// Finds a row by its key.
    pub select: String,
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
        let key = key_of(table);
        let key_list = key.join(", ");
        let matches: Vec<String> =
            key.iter().zip(1..).map(|(column, place)| format!("{column} = ${place}")).collect();
        let values: Vec<String> =
            (1..=columns.len() + 1).map(|place| format!("${place}")).collect();
        let updates: Vec<String> = columns[table.key_columns..]
            .iter()
            .chain(&["applied_seq"])
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        RowStatements {
            upsert: format!(
                "insert into {name} ({all}) values ({}) on conflict ({key_list}) do update set {} \
                 where {name}.applied_seq < excluded.applied_seq",
                values.join(", "),
                updates.join(", "),
            ),
            select: format!("select {all} from {name} where {}", matches.join(" and ")),
            select_all: format!("select {all} from {name} order by {key_list}"),
        }
    }
}

fn key_of(table: &Table) -> Vec<&'static str> {
    table.columns[..table.key_columns].iter().map(|column| column.name).collect()
}
