//! What the process counts about itself, in the OpenMetrics text format.
//!
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

mod outgoing;
mod settlements;

use std::fmt::Write;
use std::sync::Arc;

use writer::Histogram;

use crate::app::App;
use crate::book::Book;
use crate::place::Whereabouts;
use crate::version::Version;

/// The content type of the text.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a figure is to those who collect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
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
    ("writer_unkept", Kind::Counter, "Commands not kept because a rule is wrong.", |book| {
        book.figures().unkept()
    }),
    ("writer_queries", Kind::Counter, "Queries answered.", |book| book.figures().queries()),
    ("writer_commit_seconds_max", Kind::GaugeOfMicros, "The longest commit.", |book| {
        book.figures().commit_micros_max()
    }),
    ("writer_commits_failed", Kind::Counter, "Commits that the store could not make.", |book| {
        book.figures().commits_failed()
    }),
    ("writer_batch_commands_max", Kind::Gauge, "Most commands of one commit.", |book| {
        book.figures().batch_commands_max()
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
    ("writer_removed", Kind::Gauge, "Records up to here have left the journal.", |book| {
        book.figures().removed()
    }),
    ("writer_last_commit_seconds", Kind::GaugeOfMicros, "Book time of the last commit.", |book| {
        book.figures().at_micros()
    }),
    ("writer_sweep_lag_records", Kind::Gauge, "Records not yet in the tables.", |book| {
        book.figures().seq().saturating_sub(book.figures().watermark())
    }),
    (
        "writer_queue_oldest_seconds",
        Kind::GaugeOfMicros,
        "How long the first has waited.",
        |book| u64::try_from(book.handle().oldest_waiting().as_micros()).unwrap_or(u64::MAX),
    ),
    ("writer_queue", Kind::Gauge, "Commands and queries that wait.", |book| {
        u64::try_from(book.handle().waiting()).unwrap_or(u64::MAX)
    }),
];

/// Every figure of the feed of a book.
const OF_FEEDS: &[(&str, Kind, &str, OfBook)] = &[
    ("feed_incidents_detected", Kind::Gauge, "Incidents that were detected and go on.", |book| {
        open_incidents(book, 0)
    }),
    ("feed_incidents_told", Kind::Gauge, "Incidents that people told of and go on.", |book| {
        open_incidents(book, 1)
    }),
    ("feed_promotions", Kind::Gauge, "Promotions that are shown or held up.", |book| {
        outside_quotes(book, 0)
    }),
    ("feed_promotions_behind", Kind::Gauge, "Of these, less comes than was quoted.", |book| {
        outside_quotes(book, 1)
    }),
    ("feed_promotions_ahead", Kind::Gauge, "Of these, more comes than was quoted.", |book| {
        outside_quotes(book, 2)
    }),
    ("feed_records_set_aside", Kind::Counter, "Records that are never billed.", |book| {
        let feed = book.feed().and_then(|keeper| keeper.feed());
        feed.map_or(0, |feed| u64::try_from(feed.set_aside()).unwrap_or(u64::MAX))
    }),
    ("feed_used_token_bytes", Kind::Gauge, "Memory of used tokens.", |book| used_tokens(book, 0)),
    (
        "feed_used_token_bytes_max",
        Kind::Gauge,
        "Memory of used tokens at which events are refused.",
        |book| used_tokens(book, 1),
    ),
];

/// What is outside of what was quoted; nothing while the feed is not open.
fn outside_quotes(book: &Book, what: usize) -> u64 {
    let feed = book.feed().and_then(|keeper| keeper.feed());
    feed.map_or(0, |feed| u64::try_from(feed.outside_quotes()[what]).unwrap_or(u64::MAX))
}

/// How large the memory of used tokens is, or may be; nothing while the feed is not open.
fn used_tokens(book: &Book, what: usize) -> u64 {
    let feed = book.feed().and_then(|keeper| keeper.feed());
    feed.map_or(0, |feed| u64::try_from(feed.used_tokens()[what]).unwrap_or(u64::MAX))
}

/// What goes on of a kind of incident of the feed; none while it is not open.
fn open_incidents(book: &Book, kind: usize) -> u64 {
    let feed = book.feed().and_then(|keeper| keeper.feed());
    feed.map_or(0, |feed| u64::try_from(feed.open_incidents()[kind]).unwrap_or(u64::MAX))
}

/// Histograms of a book.
type HistogramOfBook = fn(&Book) -> &Histogram;

/// Every histogram of a book: name, whether its values are microseconds, what it tells.
const HISTOGRAMS: &[(&str, bool, &str, HistogramOfBook)] = &[
    ("writer_commit_seconds", true, "Time a commit took.", |book| book.figures().commit_times()),
    ("writer_batch_commands", false, "Commands decided together.", |book| {
        book.figures().batch_sizes()
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

/// A figure of what is late or waits for a person.
type OfUnfinished = fn(&jobs::UnfinishedFigures) -> &jobs::Figure;

/// Every figure of claims and restitutions.
const OF_UNFINISHED: &[(&str, &str, OfUnfinished)] = &[
    ("claims_late", "Claims of which a step is late.", |figures| &figures.late_claims),
    ("restitutions_late", "Restitutions whose money should have left.", |figures| {
        &figures.late_restitutions
    }),
    ("restitutions_stuck", "Restitutions that their order refuses to send.", |figures| {
        &figures.stuck_restitutions
    }),
];

/// The figures of now.
pub(crate) fn text(app: &App) -> String {
    let mut text = String::with_capacity(4 << 10);
    head(&mut text, "build", "info", "What runs.");
    let (version, api) = (env!("CARGO_PKG_VERSION"), Version::NEWEST.as_str());
    line(&mut text, format_args!("build_info{{version=\"{version}\",api_version=\"{api}\"}} 1"));
    head(&mut text, "http_requests", "counter", "Requests answered, by class of status.");
    for (class, count) in app.answered.classes() {
        line(&mut text, format_args!("http_requests_total{{status=\"{class}\"}} {count}"));
    }
    head(&mut text, "http_problems", "counter", "Problems answered, single ones of batches too.");
    for (entry, count) in app.answered.problems() {
        let (code, status) = (entry.code, entry.status);
        let labels = format_args!("code=\"{code}\",status=\"{status}\"");
        line(&mut text, format_args!("http_problems_total{{{labels}}} {count}"));
    }
    head(&mut text, "http_busy", "counter", "Answers 503, by reason.");
    for (reason, count) in app.answered.busy() {
        line(&mut text, format_args!("http_busy_total{{reason=\"{reason}\"}} {count}"));
    }
    head(&mut text, "http_elsewhere", "counter", "Answers about books that another process owns.");
    for (how, count) in app.answered.elsewhere() {
        line(&mut text, format_args!("http_elsewhere_total{{answer=\"{how}\"}} {count}"));
    }
    let help = "1 when the book is served, here or by a process that is known; 0 otherwise.";
    head(&mut text, "book_served", "gauge", help);
    for place in app.places() {
        let is_known = !matches!(place.whereabouts(), Whereabouts::Nowhere);
        let (book, served) = (place.name(), u8::from(is_known && !app.is_cut_off()));
        line(&mut text, format_args!("book_served{{book=\"{book}\"}} {served}"));
    }
    let books = app.books();
    for (name, kind, help, figure) in OF_BOOKS.iter().chain(OF_FEEDS) {
        family(&mut text, (name, *kind, help), &books, figure);
    }
    for (name, is_micros, help, histogram) in HISTOGRAMS {
        head(&mut text, name, "histogram", help);
        for book in &books {
            buckets(&mut text, name, *is_micros, book.name(), histogram(book));
        }
    }
    head(&mut text, "refusals", "counter", "Commands refused by a rule, by its code.");
    for book in &books {
        for (code, count) in book.figures().refused() {
            let labels = format_args!("book=\"{}\",code=\"{code}\"", book.name());
            line(&mut text, format_args!("refusals_total{{{labels}}} {count}"));
        }
    }
    rails(&mut text, &books);
    let now = app.now();
    settlements::write(&mut text, &books);
    lag(&mut text, now, &books);
    for (name, kind, help, figure) in outgoing::OF_OUTGOING {
        family(&mut text, (name, *kind, help), &books, |book| figure(book.outgoing()).get());
    }
    for (name, help, since) in outgoing::AGES {
        let name = (*name, Kind::GaugeOfMicros, *help);
        family(&mut text, name, &books, |book| age(now, since(book.outgoing()).get()));
    }
    for (name, help, figure) in OF_UNFINISHED {
        family(&mut text, (name, Kind::Gauge, help), &books, |book| book.unfinished(*figure));
    }
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
        Kind::Counter => ("counter", "_total"),
        Kind::Gauge | Kind::GaugeOfMicros => ("gauge", ""),
    };
    head(text, name, word, help);
    for book in books {
        let (value, label) = (figure(book), book.name());
        // Names of books are letters, digits and signs that need no escape.
        let micros = matches!(kind, Kind::GaugeOfMicros);
        let value = shown(value, micros);
        line(text, format_args!("{name}{suffix}{{book=\"{label}\"}} {value}"));
    }
}

/// What was asked of rails, and what they said that a person must look at.
fn rails(text: &mut String, books: &[Arc<Book>]) {
    let callers: Vec<_> = books
        .iter()
        .map(|book| (book.name(), book.rails().and_then(|work| work.caller())))
        .collect();
    head(text, "rail_calls", "counter", "Calls of payment rails, questions too.");
    for (book, caller) in &callers {
        for (rail, count) in caller.map(jobs::RailCaller::calls).unwrap_or_default() {
            let labels = format_args!("book=\"{book}\",rail=\"{rail}\"");
            line(text, format_args!("rail_calls_total{{{labels}}} {count}"));
        }
    }
    head(text, "rail_errors", "counter", "What rails said that a person must look at.");
    for (book, caller) in &callers {
        let count = caller.map(jobs::RailCaller::errors).unwrap_or_default();
        line(text, format_args!("rail_errors_total{{book=\"{book}\"}} {count}"));
    }
}

/// How far the tables are behind, in time.
fn lag(text: &mut String, now: base::Instant, books: &[Arc<Book>]) {
    let name = "writer_sweep_lag_seconds";
    family(text, (name, Kind::GaugeOfMicros, "Age of what is in no table yet."), books, |book| {
        age(now, book.figures().behind_since_micros())
    });
}

/// Microseconds since an instant that is kept as its microseconds; none when it is 0.
fn age(now: base::Instant, since: u64) -> u64 {
    match since {
        0 => 0,
        since => now.micros().unsigned_abs().saturating_sub(since),
    }
}

/// A histogram of one book.
fn buckets(text: &mut String, name: &str, is_micros: bool, book: &str, histogram: &Histogram) {
    let mut total = 0;
    for (bound, count) in histogram.up_to() {
        let bound = bound.map_or("+Inf".to_owned(), |bound| canonical(bound, is_micros));
        let labels = format_args!("book=\"{book}\",le=\"{bound}\"");
        line(text, format_args!("{name}_bucket{{{labels}}} {count}"));
        total = count;
    }
    let sum = shown(histogram.sum(), is_micros);
    line(text, format_args!("{name}_sum{{book=\"{book}\"}} {sum}"));
    line(text, format_args!("{name}_count{{book=\"{book}\"}} {total}"));
}

/// A value as it is told: microseconds become seconds.
fn shown(value: u64, is_micros: bool) -> String {
    match is_micros {
        true => format!("{}.{:06}", value / 1_000_000, value % 1_000_000),
        false => value.to_string(),
    }
}

/// A bound in the one form that OpenMetrics asks for: shortest, with a point.
fn canonical(bound: u64, is_micros: bool) -> String {
    let text = if is_micros { shown(bound, true) } else { format!("{bound}.0") };
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_owned() }
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
        // Told by functions of their own: since when the tables are behind. Not among the figures
        // of the writer: how many records that is, and both figures of the queue.
        assert_eq!(OF_BOOKS.len(), writer::Figures::default().all().len() - 1 + 3);
    }

    #[test]
    fn bounds_have_one_form() {
        assert_eq!(canonical(500, true), "0.0005");
        assert_eq!(canonical(1_000_000, true), "1.0");
        assert_eq!(canonical(10_000_000, true), "10.0");
        assert_eq!(canonical(10, false), "10.0");
    }
}
