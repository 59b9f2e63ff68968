//! Tables that are refused, with what is said of them: `golden/broken/*.toml`, whose last lines
//! (`#! line: message`) are the errors.

use std::path::PathBuf;

use claims::{FILE_BYTES_MAX, LoadError, Rules, Table};
use proptest::prelude::*;
use proptest::sample::select;

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn broken_tables_are_refused_with_line_and_reason() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/broken");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    assert!(paths.len() > 50, "the files are gone");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let (table, expected) = match text.find("\n#! ") {
            Some(place) => text.split_at(place + 1),
            None => (text.as_str(), ""),
        };
        let said: String = Table::load("sample.toml", table)
            .expect_err(&format!("{} is accepted", path.display()))
            .iter()
            .map(|error| format!("#! {}: {}\n", error.line, error.message))
            .collect();
        if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
            std::fs::write(&path, format!("{table}{said}")).unwrap();
        } else {
            assert_eq!(said, expected, "{}", path.display());
        }
    }
}

const HEAD: &str = "name = \"sample\"\nground = \"other\"\neffective_from = 2026-01-01\n";

/// A table of these rows; `(id, when)`.
fn table(rows: &[(String, String)]) -> String {
    let rows = rows.iter().map(|(id, when)| {
        format!(
            "[[row]]\nid = \"{id}\"\ncode = \"sample\"\nsays = \"A sample.\"\nwhen = {when}\n\
             outcome = \"review\"\n"
        )
    });
    HEAD.to_owned() + &rows.collect::<String>()
}

fn refused(text: &str) -> Vec<LoadError> {
    Table::load("sample.toml", text).expect_err("it is accepted")
}

fn only_message(text: &str) -> String {
    let errors = refused(text);
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].to_string()
}

#[test]
fn text_of_any_size_is_refused_before_it_is_read() {
    let comment = format!("{HEAD}#{}", "x".repeat(FILE_BYTES_MAX));
    assert_eq!(only_message(&comment), "sample.toml:1: the file has over 65536 bytes");
}

#[test]
fn rows_alternatives_and_tests_are_limited() {
    let row = |id: usize| (format!("r{id}"), format!("{{ ring_marks = {id} }}"));
    let many: Vec<_> = (0..65).map(row).collect();
    assert_eq!(only_message(&table(&many)), "sample.toml:1: a table has 1 to 64 of [[row]]");
    let alternatives = "{ ring_marks = 1 },".repeat(17);
    let row = ("a".to_owned(), format!("[{alternatives}]"));
    assert!(only_message(&table(&[row])).contains("1 to 16 alternatives"));
    let values: Vec<String> = (0..17).map(|value| value.to_string()).collect();
    let joined = ("a".to_owned(), format!("{{ ring_marks = \"{}\" }}", values.join(" or ")));
    assert!(only_message(&table(&[joined])).contains("more than 16 values"));
    let listed = ("a".to_owned(), format!("{{ ring_marks = [{}] }}", values.join(", ")));
    assert!(only_message(&table(&[listed])).contains("a count is tested like"));
}

#[test]
fn nothing_makes_reading_deep() {
    let nested = format!("{HEAD}x = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(only_message(&nested).contains("no TOML: "));
    let dotted = format!("{HEAD}{} = 1\n", vec!["a"; 10_000].join("."));
    assert!(only_message(&dotted).contains("no TOML: "));
    let list = ("a".to_owned(), "{ ring_marks = [[1]] }".to_owned());
    assert!(only_message(&table(&[list])).contains("a list holds values, no lists"));
}

/// Rows that cut each other in ever more boxes: it is refused, and soon.
#[test]
fn a_table_that_is_too_complex_is_refused() {
    let facts = [
        "captured",
        "settled_back",
        "pending_back",
        "credited",
        "unspent",
        "spent",
        "left_refundable",
        "duplicate_capture",
        "over_budget",
        "incident_loss",
        "wrong_delivery",
        "late_invalid",
        "automatic_person",
        "automatic_instrument",
        "guaranteed_units",
        "delivered_units",
    ];
    let mut rows = Vec::new();
    for id in 0..48_usize {
        let test = |(place, fact): (usize, &&str)| {
            let low = 1 + (id * 7 + place * 13) % 31;
            format!("{fact} = \"{low} .. {}\"", low + 9 + (id * 5 + place) % 11)
        };
        let tests: Vec<String> = facts.iter().enumerate().map(test).collect();
        rows.push((format!("r{id}"), format!("{{ {} }}", tests.join(", "))));
    }
    let errors = refused(&table(&rows));
    let says_so = |error: &LoadError| error.message.contains("too complex to be checked");
    assert!(errors.iter().any(says_so), "{errors:?}");
}

#[test]
fn a_column_with_too_many_edges_is_refused() {
    let row = |id: usize| (format!("r{id}"), format!("{{ ring_marks = {} }}", id * 2));
    let many: Vec<_> = (0..40).map(row).collect();
    assert!(only_message(&table(&many)).contains("too many different values"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is written into a table, reading it ends, and not with a panic.
    #[test]
    fn damaged_tables_are_read_or_refused(
        file in select(vec!["gate", "unauthorized_charge", "failure_to_deliver", "other"]),
        damage in proptest::collection::vec((any::<usize>(), 0..12_usize, "[ -~\n]{0,6}"), 1..4),
    ) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/claims");
        let mut text = std::fs::read_to_string(format!("{folder}/{file}.toml")).unwrap();
        for (place, length, new) in damage {
            let start = place % text.len();
            let end = (start + length).min(text.len());
            text.replace_range(start..end, &new);
        }
        match Table::load("damaged", &text) {
            Ok(table) => prop_assert!(table.row_ids().count() > 0),
            Err(errors) => {
                let lines = text.lines().count() + 1;
                prop_assert!(errors.iter().all(|error| (1..=lines).contains(&error.line)));
                prop_assert!(!errors.is_empty() && errors.len() <= 20);
            }
        }
    }
}

/// The standard set, with one file changed.
fn standard_with(name: &str, change: impl Fn(String) -> String) -> Result<Rules, Vec<LoadError>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/claims");
    let files = [
        "gate.toml",
        "technical_error.toml",
        "unauthorized_charge.toml",
        "failure_to_deliver.toml",
        "poor_outcome.toml",
        "other.toml",
        "messages.en.toml",
    ];
    let read = |file: &&str| {
        let text = std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
        if *file == name { change(text) } else { text }
    };
    let texts: Vec<String> = files.iter().map(read).collect();
    let files: Vec<_> = files.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    let files: Vec<_> = files.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    let (messages, tables) = files.split_last().unwrap();
    Rules::load(tables, *messages)
}

fn said(result: Result<Rules, Vec<LoadError>>) -> String {
    let errors = result.expect_err("it is accepted");
    errors.iter().map(|error| format!("{error}\n")).collect()
}

/// Sums of sums, each 64 times the one before: the last one leaves what a number can hold.
#[test]
fn sums_that_grow_beyond_all_numbers() {
    let table = |count: usize| {
        let lets = (1..count).map(|place| {
            let sum = vec![format!("v{}", place - 1); 64].join(" + ");
            format!("v{place} = \"{sum}\"\n")
        });
        let lets: String = lets.collect();
        format!(
            "{HEAD}[let]\nv0 = \"captured\"\n{lets}[[row]]\nid = \"a\"\ncode = \"c\"\n\
             says = \"A.\"\n\
             when = {{}}\noutcome = \"review\"\n"
        )
    };
    // 2^63 by 64 is 2^69, and so on: 2^123 is in the range, 2^129 is not.
    assert!(Table::load("sample.toml", &table(11)).is_ok());
    assert_eq!(
        only_message(&table(12)),
        "sample.toml:16: `v11`: a sum in it can be beyond 2^126; add up less"
    );
}

#[test]
fn a_set_is_whole() {
    assert!(standard_with("gate.toml", |text| text).is_ok());
    assert_eq!(
        said(standard_with("other.toml", |_| String::new())),
        "gate.toml:1: no table has `ground = \"other\"`; add one\n"
    );
    assert_eq!(
        said(standard_with("other.toml", |text| text
            .replace("ground = \"other\"", "ground = \"poor_outcome\""))),
        "gate.toml:1: no table has `ground = \"other\"`; add one\n\
         other.toml:1: poor_outcome.toml decides the same from the same date on\n"
    );
    assert_eq!(
        said(standard_with("other.toml", |text| text
            .replace("name = \"other\"", "name = \"poor_outcome\""))),
        "other.toml:1: `poor_outcome` is the name of poor_outcome.toml; write another\n"
    );
}

/// Operators add codes for people in a message file of their own; one that tells of none keeps
/// those of the product.
#[test]
fn people_have_codes_of_their_own() {
    let standard = include_str!("../../../../rules/claims/messages.en.toml");
    let (before, after) = standard.split_once("[people]").unwrap();
    let (_, facts) = after.split_once("[facts]").unwrap();
    let lucky = "[people]\nlucky_day = \"It is your lucky day.\"\n";
    let own = format!("{before}{lucky}[facts]{facts}");
    let none = format!("{before}[facts]{facts}");
    let texts = |file: &str| {
        let rules = Rules::with_files(&[("messages.en.toml", file)]).unwrap();
        ["goodwill", "lucky_day", "dispute_open"].map(|code| rules.messages().text(code).is_some())
    };
    assert_eq!(texts(standard), [true, false, true]);
    assert_eq!(texts(&own), [false, true, true]);
    assert_eq!(texts(&none), [true, false, true]);
}

#[test]
fn every_code_fact_outcome_and_act_has_a_text() {
    let without = |line: &'static str| {
        move |text: String| {
            let kept = text.lines().filter(|it| !it.starts_with(&format!("{line} =")));
            kept.map(|it| format!("{it}\n")).collect::<String>()
        }
    };
    assert_eq!(
        said(standard_with("messages.en.toml", without("dispute_open"))),
        "gate.toml:8: code `dispute_open` has no text in [codes] of messages.en.toml\n"
    );
    for (name, section) in [
        ("hold", "outcomes"),
        ("freeze_account", "acts"),
        ("dormant", "facts"),
        ("amount_uncertain", "codes"),
    ] {
        assert_eq!(
            said(standard_with("messages.en.toml", without(name))),
            format!("messages.en.toml:1: [{section}] has no text for `{name}`\n")
        );
    }
    assert_eq!(
        said(standard_with("messages.en.toml", |text| text
            .replace("[codes]", "[codes]\nbad_mood = \"Today not.\""))),
        "messages.en.toml:1: [codes]: no table has the code `bad_mood`\n"
    );
    assert_eq!(
        said(standard_with("messages.en.toml", |text| text
            .replace("[people]", "[people]\ndispute_open = \"Today not.\""))),
        "messages.en.toml:1: [people]: `dispute_open` is a code of a table\n"
    );
}
