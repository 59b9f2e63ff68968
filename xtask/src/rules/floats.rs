//! No floating point numbers, except where nothing is money.

use super::{Exception, is_excepted};
use crate::report::Finding;
use crate::source::words;
use crate::tree::Tree;

const EXCEPTIONS: &[Exception] = &[
    Exception { path: "crates/makegood/src/bench.rs", reason: "rates and percentiles of time" },
    Exception { path: "crates/makegood/src/bench/", reason: "rates and percentiles of time" },
    Exception { path: "crates/http/src/metrics.rs", reason: "the metrics format has floats" },
    Exception { path: "crates/sim/src/statistics.rs", reason: "Welch's t of measured times" },
    Exception { path: "crates/http/tests/it/timing.rs", reason: "Welch's t of measured times" },
];

/// Looks for float types and for methods that give floats, such as those of durations.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        if is_excepted(&file.path, EXCEPTIONS) {
            continue;
        }
        for (line, code) in source.code_lines() {
            if let Some(word) = words(code).find(|word| is_float(word)) {
                let message = format!(
                    "`{word}`; count in integers of a named unit (minor units, microseconds, parts \
                     per million), or list the file with a reason in {}",
                    file!()
                );
                findings.push(Finding::at(&file.path, line, message));
            }
        }
    }
    findings
}

fn is_float(word: &str) -> bool {
    ["f32", "f64"].iter().any(|float| {
        word.strip_suffix(float).is_some_and(|rest| {
            rest.is_empty() || rest.ends_with('_') || rest.chars().all(|c| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn floats_are_found_in_every_spelling() {
        let code =
            "let a: f64 = 1.0;\nlet b = 2f32;\nlet c = d.as_secs_f64();\n// f64\nlet df64 = 1;";
        let places = ["crates/base/src/a.rs:1", "crates/base/src/a.rs:2", "crates/base/src/a.rs:3"];
        expect(check, &[("crates/base/src/a.rs", code)], &places);
        expect(check, &[("crates/makegood/src/bench/redeem.rs", code)], &[]);
    }
}
