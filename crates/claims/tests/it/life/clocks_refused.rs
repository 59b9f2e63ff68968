//! Tables that are not accepted, each with the place and what to do.

use claims::{ApprovalPolicy, ClockTables};

use super::clocks::LEAST;

/// A table with more lines at the end, whose refusal says this.
#[track_caller]
fn check(more: &str, expected: &str) {
    refuses(&format!("{LEAST}{more}"), expected);
}

#[track_caller]
fn refuses(text: &str, expected: &str) {
    let error = ClockTables::load(&[("clocks.toml", text)]).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn words_without_meaning() {
    refuses(
        &LEAST.replace("within = \"60 days\"", "within = \"60 fortnights\""),
        "clocks.toml:33: `60 fortnights` is no time; write \"5 business days\", \"60 days\"",
    );
    refuses(
        &LEAST.replace("name = \"paid\"", "name = \"payed\""),
        "clocks.toml:25: there is no step `payed`; write received, matched, gathered, decided, \
         approved, paid, appeal_decided",
    );
    check(
        "[[window]]\nground = [\"other\"]\nwithin = \"90 days\"\nsource = \"s\"",
        "clocks.toml:39: `ground` has no meaning here; write grounds, regions, rails, within, \
         source",
    );
    check(
        "[[window]]\ngrounds = [\"others\"]\nwithin = \"90 days\"\nsource = \"s\"",
        "clocks.toml:39: `others` is none of the grounds",
    );
    check(
        "[[window]]\nregions = [\"eea\"]\nwithin = \"90 days\"\nsource = \"s\"",
        "clocks.toml:39: `eea` is none of the regions",
    );
    check(
        "[[window]]\nrails = [\"Stripe\"]\nwithin = \"90 days\"\nsource = \"s\"",
        "clocks.toml:39: `Stripe` is none of the rails",
    );
    check(
        "[[window]]\nregions = []\nwithin = \"90 days\"\nsource = \"s\"",
        "clocks.toml:39: `regions` is empty; leave it out to mean all",
    );
    check(
        "[regions]\neea = [\"FR\", \"Germany\"]",
        "clocks.toml:39: `Germany` is none of the regions",
    );
    refuses(
        &LEAST.replace("effective_from = \"2026-01-01\"", "effective_from = \"2026-02-30\""),
        "clocks.toml:3: `2026-02-30` is not a day of the years 1970 to 9999 such as 2026-11-20",
    );
    refuses("name = \"clock\"", "clocks.toml:1: the name must be \"clocks\"");
    refuses("name = \"clocks\"", "clocks.toml:1: `effective_from` is missing");
    refuses(
        "name = ",
        "clocks.toml:1: no TOML: string values must be quoted, expected literal string",
    );
    assert_eq!(ClockTables::load(&[]).unwrap_err().message, "no clocks; name at least one file");
}

#[test]
fn times_of_the_wrong_kind() {
    refuses(
        &LEAST.replace("within = \"5 business days\"", "within = \"5 days\""),
        "clocks.toml:18: a step takes business days, such as \"5 business days\"",
    );
    check(
        "[[window]]\nregions = [\"US\"]\nwithin = \"5 business days\"\nsource = \"s\"",
        "clocks.toml:40: claimants have days or months, such as \"60 days\"",
    );
    check(
        "[[window]]\nregions = [\"US\"]\nwithin = \"90 days\"\nsource = \" \"",
        "clocks.toml:41: say where this time comes from",
    );
    check(
        "[[window]]\nregions = [\"US\"]\nwithin = 90\nsource = \"s\"",
        "clocks.toml:40: `within` must be a text in quotes",
    );
}

#[test]
fn gaps() {
    let without = |step: &str| {
        LEAST.replace(&format!("name = \"{step}\""), &format!("name = \"{step}\"\nrails = [\"x\"]"))
    };
    refuses(
        &without("decided"),
        "clocks.toml:1: the step decided has no row without grounds, regions and rails; add one",
    );
    refuses(
        &LEAST.replace("[[window]]", "[[window]]\nregions = [\"US\"]"),
        "clocks.toml:1: [[window]] has no row without grounds, regions and rails; add one",
    );
    refuses(
        &LEAST.replace("[[appeal]]\nwithin = \"6 months\"\nsource = \"s\"", ""),
        "clocks.toml:1: [[appeal]] has no row without grounds, regions and rails; add one",
    );
}

#[test]
fn too_much() {
    let letters = || ('A'..='Z').map(|letter| letter.to_string());
    let codes = |count: usize| {
        let all =
            letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
        let codes: Vec<_> = all.filter(|code| base::Region::parse(code).is_ok()).collect();
        assert!(codes.len() > count);
        codes
            .into_iter()
            .take(count)
            .map(|code| format!("\"{code}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let window = |regions: &str| {
        format!("[[window]]\nregions = [{regions}]\nwithin = \"90 days\"\nsource = \"s\"\n")
    };
    check(
        &window(&codes(301)),
        "clocks.toml:39: `regions` has more than 300; leave it out to mean all",
    );
    // The same twice is once.
    let twice = format!("{LEAST}{}", window(&format!("{0}, {0}", codes(300))));
    let once = format!("{LEAST}{}", window(&codes(300)));
    let version = |text: &str| {
        let tables = ClockTables::load(&[("clocks.toml", text)]).unwrap();
        tables.of(super::world::day("2026-06-01")).version()
    };
    assert_eq!(version(&twice), version(&once));
    check(&window("\"FR\"").repeat(64), "clocks.toml:1: there are more than 64 of [[window]]");
}

#[test]
fn rows_that_never_decide() {
    #[track_caller]
    fn window(row: &str, is_refused: bool) {
        let text = format!("{LEAST}[[window]]\n{row}\nsource = \"s\"");
        let loaded = ClockTables::load(&[("clocks.toml", &text)]);
        let message = "clocks.toml:38: this row of [[window]] never decides: the one of line 32 \
                       serves claimants at least as well; take it away, or change its time";
        let error = loaded.err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), is_refused.then_some(message), "{row}");
    }
    window("regions = [\"US\"]\nwithin = \"60 days\"", true);
    window("regions = [\"US\"]\nwithin = \"59 days\"", true);
    window("regions = [\"US\"]\nwithin = \"61 days\"", false);
    // A month has 28 days at least and 31 at most.
    window("regions = [\"US\"]\nwithin = \"1 month\"", true);
    window("regions = [\"US\"]\nwithin = \"2 months\"", false);
    window("within = \"60 days\"", true);
    check(
        "[[step]]\nname = \"decided\"\nregions = [\"US\"]\nwithin = \"6 business days\"\n\
         source = \"s\"",
        "clocks.toml:38: this row of the step decided never decides: the one of line 16 serves \
         claimants at least as well; take it away, or change its time",
    );
    // A row for all that is behind one for all.
    check(
        "[[appeal]]\nwithin = \"7 months\"\nsource = \"s\"",
        "clocks.toml:35: this row of [[appeal]] never decides: the one of line 38 serves \
         claimants at least as well; take it away, or change its time",
    );
    // By region and by rail: neither covers the other.
    let both = "[[window]]\nregions = [\"US\"]\nwithin = \"90 days\"\nsource = \"s\"\n\
                [[window]]\nrails = [\"x\"]\nwithin = \"80 days\"\nsource = \"s\"\n";
    ClockTables::load(&[("clocks.toml", &format!("{LEAST}{both}"))]).unwrap();
}

#[test]
fn holidays_in_two_places() {
    let us = "[[holidays]]\nregions = [\"US\"]\nsource = \"s\"\ndays = [\"2026-07-03\"]\n";
    check(
        &format!("{us}{}", us.replace("\"US\"", "\"US-CA\"")),
        "clocks.toml:42: US has holidays above; say them in one place",
    );
    check(
        &us.replace("regions = [\"US\"]\n", ""),
        "clocks.toml:38: say for which regions these holidays are",
    );
    check(
        &us.replace("2026-07-03", "July 3"),
        "clocks.toml:41: `July 3` is not a day of the years 1970 to 9999 such as 2026-11-20",
    );
}

#[test]
fn two_tables_of_one_day() {
    let error = ClockTables::load(&[("one", LEAST), ("two", LEAST)]).unwrap_err();
    let expected = "two:1: another file serves from 2026-01-01 on; write another day";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_file_is_not_larger_than_a_file_is() {
    let long = format!("{LEAST}#{}", "x".repeat(claims::FILE_BYTES_MAX));
    let error = ClockTables::load(&[("long", &long)]).unwrap_err();
    assert!(error.message.contains("bytes"), "{error}");
}

#[test]
fn limits_for_a_second_person() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = ApprovalPolicy::load("approval.toml", text).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let others = "[others]\nmajor_units = 100";
    check(others, "approval.toml:1: `name` is missing");
    check("name = \"x\"", "approval.toml:1: the name must be \"approval\"");
    let name = "name = \"approval\"\n";
    check(name, "approval.toml:1: say `[others]` with `major_units`, for currencies not listed");
    let of = |line: &str| format!("{name}[second_person_above]\n{line}\n{others}");
    check(&of("XXX = 5"), "approval.toml:3: `XXX` is no currency");
    for line in ["USD = -1", "USD = \"5\"", "USD = 5.0", "USD = 0x5", "USD = 100000001"] {
        let message = "approval.toml:3: `USD` must be a whole number from 0 to 100000000";
        check(&of(line), message);
    }
    check(
        &format!("{name}[others]\nmajor = 100"),
        "approval.toml:3: `major` has no meaning here; write major_units",
    );
    assert!(ApprovalPolicy::load("approval.toml", &of("USD = 0")).is_ok());
}
