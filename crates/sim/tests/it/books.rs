//! Whole lives of books, over every store.

use sim::{Ground, PostgresGround, Settings, SqliteGround, Summary, Workload, run};
use store::postgres::Database;
use store::{BookName, MemoryBook};

use crate::settings::{number, seeds, succeed, timed};

/// Commands of one book: long enough for restarts, runs of operations and rounds of the sweep;
/// many books rather than a long one, because each is run in another way.
const BOOK_COMMANDS: u64 = 5_000;

/// One book over memory in twenty is long.
fn commands_in_memory(seed: u64) -> u64 {
    if seed.is_multiple_of(20) { 10 * BOOK_COMMANDS } else { BOOK_COMMANDS }
}

/// Commands over memory in the ordinary tests, a tenth of them over files.
fn ordinary_commands() -> u64 {
    number("SIM_COMMANDS").unwrap_or(60_000)
}

/// Runs books until `commands` are done; `each` tells how many a book gets and what it stands on.
fn check<G: Ground>(test: &str, commands: u64, each: impl Fn(u64) -> (u64, G)) -> Summary {
    timed(|| {
        let mut total = Summary::default();
        for seed in seeds() {
            let (of_book, ground) = each(seed);
            let settings = Settings::from_seed(seed, of_book);
            total.add(&succeed(seed, test, run(&ground, settings)));
            if total.commands >= commands {
                break;
            }
        }
        total
    })
}

/// A simulation that does not meet a rule proves nothing about it.
fn check_that_everything_happened(summary: &Summary) {
    if number("SIM_SEED").is_some() {
        return;
    }
    // Lives of shops must meet every kind there is: `shops.rs`.
    let given = Workload::GIVES.iter();
    let missing: Vec<_> = given.filter(|kind| !summary.succeeded.contains(kind)).collect();
    assert!(missing.is_empty(), "never succeeded: {missing:?}");
    let codes = [
        "gift_card_not_usable",
        "currency_mismatch",
        "region_not_allowed",
        "line_not_in_scope",
        "limit_exceeded",
        "insufficient_balance",
        "gift_card_not_found",
        "hold_not_found",
        "hold_not_open",
        "amount_exceeds_hold",
        "amount_exceeds_captured",
        "program_not_found",
        "id_taken",
        "code_taken",
        "nothing_to_change",
        "holds_open",
        "date_not_later",
        "hold_captured",
        "not_due",
        "capture_declined",
        "clock_backwards",
        "book_exists",
        "operation_reversed",
        "operation_irreversible",
        "batch_aborted",
    ];
    let unseen: Vec<_> =
        codes.iter().filter(|code| !summary.refusals.contains_key(*code)).collect();
    assert!(unseen.is_empty(), "never refused with: {unseen:?}");
    assert!(summary.replays > 0 && summary.mismatches > 0 && summary.busy > 0);
    assert!(summary.removed > 0);
    assert!(summary.deaths > 0 && summary.failed_batches > 0 && summary.restarts > 0);
}

#[test]
fn slow_books_in_memory_do_what_the_oracle_says() {
    in_memory("books::slow_books_in_memory_do_what_the_oracle_says", ordinary_commands());
}

#[test]
#[ignore = "ten million commands: run by ./test long"]
fn long_books_in_memory_do_what_the_oracle_says() {
    in_memory("books::long_books_in_memory_do_what_the_oracle_says", 10_000_000);
}

fn in_memory(test: &str, commands: u64) {
    let each = |seed| (commands_in_memory(seed), MemoryBook::new());
    check_that_everything_happened(&check(test, commands, each));
}

#[test]
fn slow_books_in_files_do_what_the_oracle_says() {
    in_files("books::slow_books_in_files_do_what_the_oracle_says", ordinary_commands() / 10);
}

#[test]
#[ignore = "a million commands, each batch synced: run by ./test long"]
fn long_books_in_files_do_what_the_oracle_says() {
    in_files("books::long_books_in_files_do_what_the_oracle_says", 1_000_000);
}

fn in_files(test: &str, commands: u64) {
    let folder = tempfile::tempdir().unwrap();
    let folder = store::sqlite::open_folder(folder.path()).unwrap();
    check(test, commands, |seed| {
        let book = BookName::new(&format!("seed-{seed}")).unwrap();
        (BOOK_COMMANDS, SqliteGround::new(folder.clone(), book))
    });
}

#[test]
fn slow_books_in_a_database_do_what_the_oracle_says() {
    // A server is asked for every batch: a fiftieth takes as long as all of the others together.
    let commands = (ordinary_commands() / 50).max(6_000);
    in_a_database("books::slow_books_in_a_database_do_what_the_oracle_says", commands);
}

#[test]
#[ignore = "a million commands over a server: run by ./test long"]
fn long_books_in_a_database_do_what_the_oracle_says() {
    in_a_database("books::long_books_in_a_database_do_what_the_oracle_says", 1_000_000);
}

fn in_a_database(test: &str, commands: u64) {
    let own = testbed::OwnDatabase::new();
    let database = Database::at(&own.address()).unwrap();
    check(test, commands, |seed| {
        let book = BookName::new(&format!("seed-{seed}")).unwrap();
        (BOOK_COMMANDS, PostgresGround::new(database.clone(), book))
    });
}
