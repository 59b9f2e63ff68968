//! SQL statements live in the store, where both engines are tested against each other.

use super::{Exception, is_excepted};
use crate::report::Finding;
use crate::tree::Tree;

const HOME: &str = "crates/store/";

const EXCEPTIONS: &[Exception] = &[
    Exception { path: "crates/outside/src/people.rs", reason: PEOPLE },
    Exception { path: "crates/outside/src/people/", reason: PEOPLE },
    Exception {
        path: "crates/outside/tests/it/accounts.rs",
        reason: "it makes a file of a former version",
    },
    Exception {
        path: "crates/testbed/",
        reason: "tests ask databases about themselves, and damage them",
    },
    Exception { path: "xtask/src/rules/", reason: "tests of the rules quote bad statements" },
];

const PEOPLE: &str = "keys of persons live in a file of their own, outside the book and its \
                      backups, so that destroying a key erases a person; the store must not \
                      reach it";

/// Looks for string literals that are statements.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        if file.path.starts_with(HOME) || is_excepted(&file.path, EXCEPTIONS) {
            continue;
        }
        for literal in source.strings.iter().filter(|literal| is_statement(&literal.text)) {
            let message = format!("SQL outside {HOME}; ask the store through one of its methods");
            findings.push(Finding::at(&file.path, literal.line, message));
        }
    }
    for file in &tree.files {
        if file.path.ends_with(".sql") && !file.path.starts_with(HOME) {
            let message = format!("SQL outside {HOME}; move the file there");
            findings.push(Finding::about(&file.path, message));
        }
    }
    findings
}

/// Whether a text has the shape of a statement. Single words are not enough: people select and
/// update things in error messages too.
pub fn is_statement(text: &str) -> bool {
    let text = text.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let after = |verb: &str| text.strip_prefix(verb);
    let holds = |verb: &str, word: &str| after(verb).is_some_and(|rest| rest.contains(word));
    ["insert into ", "delete from ", "create table ", "create index ", "create unique index "]
        .iter()
        .any(|opening| after(opening).is_some())
        || ["drop table ", "alter table ", "pragma "].iter().any(|o| after(o).is_some())
        || holds("select ", " from ")
        || holds("update ", " set ")
        || holds("with ", " as (")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn statements_are_refused_outside_the_store() {
        let code = "f(\"insert into cards values ($1)\");\nf(\"Select a\\\n from b\");\n\
                    f(\"no card\");\nf(\"update a set b = 1\");";
        let places = ["crates/http/src/a.rs:1", "crates/http/src/a.rs:2", "crates/http/src/a.rs:5"];
        expect(check, &[("crates/http/src/a.rs", code)], &places);
        expect(check, &[("crates/store/src/a.rs", code)], &[]);
        expect(check, &[("crates/outside/src/people/store.rs", code)], &[]);
        expect(check, &[("crates/jobs/a.sql", "")], &["crates/jobs/a.sql:0"]);
    }

    #[test]
    fn sentences_are_not_statements() {
        assert!(is_statement("update a set b = 1"));
        assert!(is_statement("select a\n  from b"));
        assert!(is_statement("WITH a AS (values (1))"));
        assert!(!is_statement("select a card first"));
        assert!(!is_statement("insert the coin"));
        assert!(!is_statement("with care"));
    }
}
