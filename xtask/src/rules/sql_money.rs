//! SQL computes no money: sums and differences are made by the ledger, in checked integers.

use super::{Exception, is_excepted};
use crate::report::Finding;
use crate::source::words;
use crate::tree::{File, Tree};

const EXCEPTIONS: &[Exception] = &[
    Exception { path: "crates/store/migrations/book/0002_views.sql", reason: VIEWS },
    Exception { path: "crates/store/migrations/book/0005_gifts.sql", reason: VIEWS },
    Exception { path: "crates/store/migrations/book/0010_settlements.sql", reason: VIEWS },
    Exception { path: "crates/store/migrations/book/0018_promotions.sql", reason: VIEWS },
    Exception { path: "crates/store/tests/golden/book_schema.sql", reason: VIEWS },
];

const VIEWS: &str = "people read the views, the product never does; differences of integers stay \
                     integers, and nothing is added up";

/// Aggregates that add up; PostgreSQL changes the type of such a sum, SQLite may make it a float.
const AGGREGATES: &[&str] = &["sum", "avg", "total"];

/// Parts of the names of columns that hold money.
const MONEY: &[&str] = &["amount", "balance", "debit", "credit", "posted", "pending", "held"];

/// Looks for arithmetic with money in the texts of the store.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| is_store(&file.path)) {
        for literal in &source.strings {
            for (offset, line) in literal.text.lines().enumerate() {
                if let Some(found) = computes_money(line) {
                    findings.push(finding(&file.path, literal.line + offset, &found));
                }
            }
        }
    }
    let is_ours = |file: &&File| is_store(&file.path) && !is_excepted(&file.path, EXCEPTIONS);
    for file in tree.files.iter().filter(|f| f.path.ends_with(".sql")).filter(is_ours) {
        for (number, line) in file.lines() {
            if let Some(found) = computes_money(line) {
                findings.push(finding(&file.path, number, &found));
            }
        }
    }
    findings
}

fn is_store(path: &str) -> bool {
    path.starts_with("crates/store/")
}

fn finding(path: &str, line: usize, found: &str) -> Finding {
    let message = format!(
        "`{found}` computes in SQL; read the rows and let `ledger` or `reports` compute in `Money`"
    );
    Finding::at(path, line, message)
}

fn computes_money(line: &str) -> Option<String> {
    let line = line.to_ascii_lowercase();
    let aggregate = AGGREGATES.iter().find(|name| {
        let call = format!("{name}(");
        line.match_indices(&call)
            .any(|(at, _)| words(&line[..at + name.len()]).last() == Some(name))
    });
    if let Some(name) = aggregate {
        return Some(format!("{name}("));
    }
    let parts: Vec<&str> = line.split_whitespace().collect();
    parts.windows(3).find(|three| is_arithmetic(three)).map(|three| three.join(" "))
}

/// `amount + x`, `x - balance`, `amount * 2`: an operator with a money column on either side.
/// `count(*)` and `select *` have no operand on one of the sides.
fn is_arithmetic(three: &[&str]) -> bool {
    let is_money = |text: &&str| words(text).any(|w| MONEY.iter().any(|stem| w.contains(stem)));
    let is_operator = matches!(three[1], "+" | "-" | "*" | "/" | "%");
    is_operator && (is_money(&three[0]) || is_money(&three[2])) && three[0] != "select"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn arithmetic_with_money_is_refused() {
        let code = "f(\"select sum(x) from t\");\nf(\"update t set balance = balance - $1\");\n\
                    f(\"select a,\n  $1 + t.amount from t\");\nf(\"select AVG(x) from t\");";
        let places: Vec<String> =
            [1, 2, 4, 5].map(|line| format!("crates/store/src/a.rs:{line}")).into();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        expect(check, &[("crates/store/src/a.rs", code)], &places);
        let sql = "create view v as\nselect amount * 2 from t;";
        expect(check, &[("crates/store/views/v.sql", sql)], &["crates/store/views/v.sql:2"]);
    }

    #[test]
    fn counting_and_comparing_pass() {
        let code = "f(\"select count(*), amount from t where amount >= 1\");\n\
                    f(\"checksum(x)\");\n\
                    f(\"update t set applied_seq = applied_seq + 1\");";
        expect(check, &[("crates/store/src/a.rs", code)], &[]);
    }
}
