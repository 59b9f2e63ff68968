//! Figures of what settlement files leave open. They are as old as the last look of whoever counts
//! them, and of rails that have told a file: the files of others are not kept here.

use std::sync::Arc;

use reports::LeftOpen;

use super::{head, line, shown};
use crate::book::Book;

/// What a figure of one rail shows.
type Figure = fn(&LeftOpen) -> String;

/// Writes them.
pub(super) fn write(text: &mut String, books: &[Arc<Book>]) {
    let mut rails: Vec<(&str, String, LeftOpen)> = Vec::new();
    for book in books {
        let of_book = book.settlements().rails();
        rails.extend(of_book.into_iter().map(|(rail, open)| (book.name(), rail, open)));
    }
    let help = "Moved by our books and told by no file, by days since.";
    head(text, "settlement_missing", "gauge", help);
    for (book, rail, open) in &rails {
        for (days, count) in &open.missing {
            let days = days.as_str();
            let labels = format_args!("book=\"{book}\",rail=\"{rail}\",days=\"{days}\"");
            line(text, format_args!("settlement_missing{{{labels}}} {count}"));
        }
    }
    let of_rail: [(&str, &str, Figure); 3] = [
        ("settlement_differing", "Of what settlement files tell something else.", |open| {
            open.differing.to_string()
        }),
        (
            "settlement_unknown_lines",
            "Lines of settlement files about nothing that is known.",
            |open| open.unknown_lines.to_string(),
        ),
        (
            "settlement_last_file_seconds",
            "How long before the count a settlement file was last begun.",
            |open| shown(open.last_file_age.micros(), true),
        ),
    ];
    for (name, help, figure) in of_rail {
        head(text, name, "gauge", help);
        for (book, rail, open) in &rails {
            let value = figure(open);
            line(text, format_args!("{name}{{book=\"{book}\",rail=\"{rail}\"}} {value}"));
        }
    }
}
