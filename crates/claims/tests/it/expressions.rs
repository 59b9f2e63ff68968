//! What expressions come to.

use base::Currency;
use claims::{Outcome, Table, Tables};

use crate::world::{GATE, facts};

/// A table that pays this amount.
fn table(amount: &str) -> String {
    format!(
        "name = \"sample\"\nground = \"other\"\neffective_from = 2026-01-01\n\
         [per_currency]\ncap = {{ USD = 900, EUR = 800 }}\n\
         [let]\nhalf = \"50 % of captured\"\n\
         [[row]]\nid = \"a\"\ncode = \"c\"\nsays = \"Pays.\"\nwhen = {{}}\noutcome = \"approve\"\n\
         amount = \"{amount}\"\n"
    )
}

/// Lines of `expression => amount`, with `person` where nothing is paid without one.
fn check(given: &str, lines: &str) {
    let gate = Table::load("gate", GATE).unwrap();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (amount, expected) = line.split_once("=>").unwrap();
        let table = Table::load("sample", &table(amount.trim())).unwrap();
        let tables = Tables { gate: &gate, ground: &table };
        let decision = tables.decide(&facts(given), Currency::USD);
        let said = match decision.outcome {
            Outcome::Review => "person".to_owned(),
            _ => decision.amount.to_string(),
        };
        assert_eq!(said, expected.trim(), "{amount}");
    }
}

#[test]
fn amounts_are_exact_and_rounded_down_once() {
    check(
        "captured = 1001; left_refundable = 100000; delivered_units = 2; guaranteed_units = 3",
        "
        captured                                           => 1001
        (captured)                                         => 1001
        captured - 1                                       => 1000
        captured - (captured - 7) - 2                      => 5
        captured - captured - 7 + 9                        => 2
        min(captured, 500, 700)                            => 500
        max(0, captured - 2000) + 3                        => 3
        share(captured, delivered_units, guaranteed_units) => 667
        share(captured, delivered_units + 1, 3)            => 1001
        2 % of captured                                    => 20
        100 % of (captured + captured)                     => 2002
        half + half                                        => 1000
        cap                                                => 900
        otherwise(spent, 5)                                => 5
        otherwise(captured, 5)                             => 1001
        otherwise(spent + captured, 5) + 1                 => 6
    ",
    );
}

#[test]
fn what_cannot_be_told_or_paid_goes_to_a_person() {
    check(
        "captured = 1001; left_refundable = 1001; delivered_units = 0; unspent = 0",
        "
        captured + 1                                            => person
        captured - captured                                     => person
        captured - 1002                                         => person
        spent                                                   => person
        captured + spent                                        => person
        max(captured, spent)                                    => person
        share(captured, 1, delivered_units)                     => person
        share(captured - 2000, 1, 2)                            => person
        share(captured, guaranteed_units, guaranteed_units)     => person
        share(unspent, 1, 2)                                    => person
    ",
    );
    check(
        "captured = 9223372036854775807; left_refundable = 9223372036854775807",
        "
        captured                                                => 9223372036854775807
        captured + captured                                     => person
        share(captured, captured, captured)                     => 9223372036854775807
        share(share(captured, 9223372036854775807, 1), 9223372036854775807, 1) => person
        otherwise(share(share(captured, 9223372036854775807, 1), 9223372036854775807, 1), 4) => 4
        captured - 7 - captured + 8                             => 1
    ",
    );
}

#[test]
fn a_version_never_changes() {
    let version = Table::load("sample", &table("min(captured , half)")).unwrap().version();
    let hex: String = version.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex, "d97355f7d3363e4be3089819552e3082ba4dd969d2826efaab893054d0585a05",
        "stored decisions name it"
    );
}
