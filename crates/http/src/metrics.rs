//! What the process counts about itself, in the OpenMetrics text format.
//!
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

use crate::app::App;
use crate::book::Book;
use crate::version::Version;

/// The content type of the text.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Requests answered since the process started, by the first digit of their status.
#[derive(Debug, Default)]
pub(crate) struct RequestCounts([AtomicU64; 5]);

impl RequestCounts {
    /// Counts one.
    pub(crate) fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.0.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Each class with its count.
    fn all(&self) -> impl Iterator<Item = (String, u64)> {
        let counts = (1..).zip(&self.0);
        counts.map(|(class, count)| (format!("{class}xx"), count.load(Ordering::Relaxed)))
    }
}

/// What a figure is to those who collect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// A counter of microseconds, shown in seconds.
    CounterOfMicros,
    /// A gauge of microseconds, shown in seconds.
    GaugeOfMicros,
}

/// A figure of one book.
type OfBook = fn(&Book) -> u64;

/// Every figure of a book: name, kind, what it tells.
const OF_BOOKS: &[(&str, Kind, &str, OfBook)] = &[
    ("writer_commits", Kind::Counter, "Commits.", |book| book.figures().commits()),
    ("writer_commands", Kind::Counter, "Commands decided, refusals included.", |book| {
        book.figures().commands()
    }),
    ("writer_refusals", Kind::Counter, "Commands refused by a rule.", |book| {
        book.figures().refusals()
    }),
    ("writer_replays", Kind::Counter, "Answers that were repeated.", |book| {
        book.figures().replays()
    }),
    ("writer_queries", Kind::Counter, "Queries answered.", |book| book.figures().queries()),
    ("writer_commit_seconds", Kind::CounterOfMicros, "Time spent in commits.", |book| {
        book.figures().commit_micros_total()
    }),
    ("writer_commit_seconds_max", Kind::GaugeOfMicros, "The longest commit.", |book| {
        book.figures().commit_micros_max()
    }),
    ("writer_commits_failed", Kind::Counter, "Commits that the store could not make.", |book| {
        book.figures().commits_failed()
    }),
    ("writer_rows_unswept", Kind::Gauge, "Rows changed but not yet in their tables.", |book| {
        book.figures().rows_unswept()
    }),
    ("writer_rows_swept", Kind::Counter, "Rows written to tables.", |book| {
        book.figures().rows_swept()
    }),
    ("writer_rows_loaded", Kind::Counter, "Rows that memory did not have.", |book| {
        book.figures().rows_loaded()
    }),
    ("writer_sequence", Kind::Gauge, "Number of the last record.", |book| book.figures().seq()),
    ("writer_watermark", Kind::Gauge, "Records up to here are in the tables.", |book| {
        book.figures().watermark()
    }),
    ("writer_last_commit_seconds", Kind::GaugeOfMicros, "Book time of the last commit.", |book| {
        book.figures().at_micros()
    }),
    ("writer_queue", Kind::Gauge, "Commands and queries that wait.", |book| {
        u64::try_from(book.handle().waiting()).unwrap_or(u64::MAX)
    }),
];

/// A figure of the guess budgets of one book.
type OfGuesses = fn(&risk::budget::Figures) -> u64;

/// Every figure of the guess budgets.
const OF_GUESSES: &[(&str, Kind, &str, OfGuesses)] = &[
    ("guess_misses", Kind::Counter, "Codes that led nowhere.", |figures| figures.misses),
    ("guess_hits", Kind::Counter, "Codes that found their card.", |figures| figures.hits),
    ("guess_refusals", Kind::Counter, "Codes not tried, the budget being used up.", |figures| {
        figures.refusals
    }),
    ("guess_alarm_level", Kind::Gauge, "Halvings of newcomers' budgets; 0 is calm.", |figures| {
        u64::from(figures.alarm_level)
    }),
    ("guess_newcomers", Kind::Gauge, "Newcomers remembered.", |figures| {
        u64::try_from(figures.newcomers).unwrap_or(u64::MAX)
    }),
    ("guess_good_standing", Kind::Gauge, "Clients in good standing remembered.", |figures| {
        u64::try_from(figures.in_good_standing).unwrap_or(u64::MAX)
    }),
];

/// The figures of now.
pub(crate) fn text(app: &App) -> String {
    let mut text = String::with_capacity(4 << 10);
    head(&mut text, "build", "info", "What runs.");
    let (version, api) = (env!("CARGO_PKG_VERSION"), Version::NEWEST.as_str());
    line(&mut text, format_args!("build_info{{version=\"{version}\",api_version=\"{api}\"}} 1"));
    head(&mut text, "http_requests", "counter", "Requests answered, by class of status.");
    for (class, count) in app.requests.all() {
        line(&mut text, format_args!("http_requests_total{{status=\"{class}\"}} {count}"));
    }
    let books = app.books();
    for (name, kind, help, figure) in OF_BOOKS {
        family(&mut text, (name, *kind, help), &books, figure);
    }
    let now = app.now();
    for (name, kind, help, figure) in OF_GUESSES {
        family(&mut text, (name, *kind, help), &books, |book| figure(&book.budgets().figures(now)));
    }
    text.push_str("# EOF\n");
    text
}

/// One figure of every book.
fn family(
    text: &mut String,
    (name, kind, help): (&str, Kind, &str),
    books: &[Arc<Book>],
    figure: impl Fn(&Book) -> u64,
) {
    let (word, suffix) = match kind {
        Kind::Counter | Kind::CounterOfMicros => ("counter", "_total"),
        Kind::Gauge | Kind::GaugeOfMicros => ("gauge", ""),
    };
    head(text, name, word, help);
    for book in books {
        let (value, label) = (figure(book), book.name());
        // Names of books are letters, digits and signs that need no escape.
        if matches!(kind, Kind::CounterOfMicros | Kind::GaugeOfMicros) {
            let (seconds, micros) = (value / 1_000_000, value % 1_000_000);
            line(text, format_args!("{name}{suffix}{{book=\"{label}\"}} {seconds}.{micros:06}"));
        } else {
            line(text, format_args!("{name}{suffix}{{book=\"{label}\"}} {value}"));
        }
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(text, "# TYPE makegood_{name} {kind}\n# HELP makegood_{name} {help}")
        .expect("memory takes every text");
}

fn line(text: &mut String, sample: std::fmt::Arguments<'_>) {
    writeln!(text, "makegood_{sample}").expect("memory takes every text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_the_writer_is_told() {
        // The queue's length is not kept by the writer, and so not among its figures.
        assert_eq!(OF_BOOKS.len(), writer::Figures::default().all().len() + 1);
    }

    #[test]
    fn requests_are_counted_by_class() {
        let counts = RequestCounts::default();
        for status in [200, 201, 404, 503, 599, 999] {
            counts.count(StatusCode::from_u16(status).unwrap());
        }
        let all: Vec<u64> = counts.all().map(|(_, count)| count).collect();
        assert_eq!(all, [0, 2, 0, 1, 2]);
    }
}
