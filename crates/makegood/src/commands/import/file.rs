//! Reading the export: lines by the names of their columns.
//!
//! The layout is that of Shopify's gift card export: `Id`, `Last Characters`, `Customer Name`,
//! `Email`, `Order Name`, `Created At`, `Expires On`, `Initial Balance`, `Balance`, `Currency`,
//! `Expired?`, `Enabled?`, `Disabled At`, and in some exports `Note`. Columns are found by name,
//! so their order does not matter, and others are passed over.

use std::collections::HashMap;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use crate::failure::{Done, Failure};

/// One line of a file, as text by column.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where it begins, counted from 1, the header included.
    pub(super) number: u64,
    /// Values by column; without value is without entry.
    pub(super) values: HashMap<Column, String>,
    /// What keeps it from being read, if anything does.
    pub(super) damage: Option<&'static str>,
}

/// The columns that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Id,
    LastCharacters,
    CustomerName,
    Email,
    OrderName,
    CreatedAt,
    ExpiresOn,
    InitialBalance,
    Balance,
    Currency,
    IsExpired,
    IsEnabled,
    DisabledAt,
    Note,
    Code,
}

/// Names of columns without signs and capitals, so that `Expired?` and `expired` are one.
const NAMES: [(&str, Column); 18] = [
    ("id", Column::Id),
    ("giftcardid", Column::Id),
    ("lastcharacters", Column::LastCharacters),
    ("customername", Column::CustomerName),
    ("email", Column::Email),
    ("customeremail", Column::Email),
    ("ordername", Column::OrderName),
    ("createdat", Column::CreatedAt),
    ("expireson", Column::ExpiresOn),
    ("initialbalance", Column::InitialBalance),
    ("initialvalue", Column::InitialBalance),
    ("balance", Column::Balance),
    ("currency", Column::Currency),
    ("expired", Column::IsExpired),
    ("enabled", Column::IsEnabled),
    ("disabledat", Column::DisabledAt),
    ("note", Column::Note),
    ("code", Column::Code),
];

/// Columns without which an export is none.
const REQUIRED: [(Column, &str); 4] = [
    (Column::Id, "Id"),
    (Column::InitialBalance, "Initial Balance"),
    (Column::Balance, "Balance"),
    (Column::Currency, "Currency"),
];

/// Reads the export.
///
/// # Errors
///
/// The file cannot be read, or has another layout. Lines that are damaged are not an error.
pub(super) fn read(path: &Path) -> Done<Vec<Line>> {
    let (columns, lines) = read_lines(path)?;
    for (column, name) in REQUIRED {
        if !columns.contains(&Some(column)) {
            let what = format!("{} has no column {name}", path.display());
            return Err(Failure::new(what).next("docs/import.md shows the layout"));
        }
    }
    Ok(lines)
}

/// Reads any file of lines with a header; returns its columns beside the lines.
pub(super) fn read_lines(path: &Path) -> Done<(Vec<Option<Column>>, Vec<Line>)> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(&bytes);
    // Lines of another length are read, so that each can be refused on its own.
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(true).from_reader(bytes);
    let broken =
        |error: csv::Error| Failure::new(format!("{} is not a CSV file: {error}", path.display()));
    let header = reader.byte_headers().map_err(broken)?.clone();
    let columns: Vec<Option<Column>> = header.iter().map(column).collect();
    let mut lines = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(broken)? {
        lines.push(line(&record, &columns));
    }
    Ok((columns, lines))
}

fn column(name: &[u8]) -> Option<Column> {
    let plain: String = String::from_utf8_lossy(name)
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    NAMES.iter().find(|(known, _)| *known == plain).map(|(_, column)| *column)
}

fn line(record: &ByteRecord, columns: &[Option<Column>]) -> Line {
    let number = record.position().map_or(0, csv::Position::line);
    let mut line = Line { number, values: HashMap::new(), damage: None };
    if record.len() != columns.len() {
        line.damage = Some("the line has another number of fields than the header");
        return line;
    }
    for (bytes, column) in record.iter().zip(columns) {
        let Some(column) = column else { continue };
        match std::str::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => {
                line.values.insert(*column, text.trim().to_owned());
            }
            Err(_) => line.damage = Some("the line is not UTF-8"),
        }
    }
    line
}
