//! The rules of `cargo xtask tidy`, one file each.
//!
//! A rule that looks for words skips its own file: it has to spell out what it forbids.

mod dependencies;
mod dialect_pairs;
mod edges;
mod floats;
mod gaps;
mod links;
mod machine_words;
mod manifests;
mod marks;
mod named_tests;
mod names;
mod purity;
mod serializable_edge;
mod sizes;
mod sql_home;
mod sql_money;
mod titles;
mod unit_tests;

use crate::report::Finding;
use crate::tree::Tree;

/// A rule: its name, as printed in brackets, and the function that finds what breaks it.
pub struct Rule {
    /// Name of the file of the rule.
    pub name: &'static str,
    /// Finds every place that breaks the rule.
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// All rules, in the order their findings are printed.
pub const RULES: &[Rule] = &[
    Rule { name: "edges", check: edges::check },
    Rule { name: "manifests", check: manifests::check },
    Rule { name: "unit_tests", check: unit_tests::check },
    Rule { name: "purity", check: purity::check },
    Rule { name: "serializable_edge", check: serializable_edge::check },
    Rule { name: "sql_home", check: sql_home::check },
    Rule { name: "sql_money", check: sql_money::check },
    Rule { name: "dialect_pairs", check: dialect_pairs::check },
    Rule { name: "floats", check: floats::check },
    Rule { name: "sizes", check: sizes::check },
    Rule { name: "names", check: names::check },
    Rule { name: "titles", check: titles::check },
    Rule { name: "links", check: links::check },
    Rule { name: "named_tests", check: named_tests::check },
    Rule { name: "dependencies", check: dependencies::check },
    Rule { name: "gaps", check: gaps::check },
    Rule { name: "marks", check: marks::check },
    Rule { name: "machine_words", check: machine_words::check },
];

/// A place where a rule does not hold, and why.
struct Exception {
    /// Path of a file, or of a folder when it ends in a slash.
    path: &'static str,
    /// Why the rule does not hold there; for people who read the rule.
    #[expect(dead_code, reason = "the reason is read in the table, not by the program")]
    reason: &'static str,
}

fn is_excepted(path: &str, exceptions: &[Exception]) -> bool {
    exceptions.iter().any(|exception| match exception.path.ends_with('/') {
        true => path.starts_with(exception.path),
        false => path == exception.path,
    })
}

/// Runs a rule over a tree written down in a test and compares `path:line` of the findings.
#[cfg(test)]
#[track_caller]
fn expect(rule: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)], places: &[&str]) {
    let findings = rule(&Tree::of(files));
    let found: Vec<String> = findings.iter().map(|f| format!("{}:{}", f.path, f.line)).collect();
    assert_eq!(found, places, "{findings:#?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_in_the_table_under_the_name_of_its_file() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules")).unwrap();
        let mut files: Vec<String> =
            files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        let mut rules: Vec<String> = RULES.iter().map(|rule| format!("{}.rs", rule.name)).collect();
        files.sort();
        rules.sort();
        assert_eq!(files, rules);
    }
}
