//! Statements that differ between the engines stand in one file, and are few.

use super::sql_home::is_statement;
use crate::report::Finding;
use crate::source::words;
use crate::tree::Tree;

const DIALECT_FILE: &str = "crates/store/src/dialect.rs";

/// How many pairs there may be, one statement for each engine.
const PAIRS_MAX: usize = 15;

/// Words only one of the engines understands, or both differently.
const ONE_ENGINE: &[&str] = &[
    "autoincrement",
    "bytea",
    "bigserial",
    "fts5",
    "glob",
    "ilike",
    "json_extract",
    "jsonb",
    "last_insert_rowid",
    "now",
    "pragma",
    "replace",
    "rowid",
    "serial",
    "skip",
    "strftime",
    "strict",
    "tsvector",
    "unixepoch",
    "vacuum",
];

/// Looks for dialect words outside the dialect file, and counts the statements inside it.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| file.path.starts_with("crates/store/src"))
    {
        let statements = source.strings.iter().filter(|literal| is_statement(&literal.text));
        if file.path == DIALECT_FILE {
            let count = statements.count();
            if count > 2 * PAIRS_MAX {
                let message = format!(
                    "{count} statements; at most {PAIRS_MAX} pairs: say it in the portable subset"
                );
                findings.push(Finding::about(&file.path, message));
            }
            continue;
        }
        for literal in statements {
            let text = literal.text.to_ascii_lowercase();
            if let Some(word) = words(&text).find(|word| ONE_ENGINE.contains(word)) {
                let message = format!(
                    "`{word}` means something on one engine only; move the statement and its twin \
                     to {DIALECT_FILE}, or say it in the portable subset"
                );
                findings.push(Finding::at(&file.path, literal.line, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn dialect_words_have_one_home() {
        let code = "f(\"select 1 from t for update skip locked\");\nf(\"select a from t\");";
        expect(check, &[("crates/store/src/a.rs", code)], &["crates/store/src/a.rs:1"]);
        expect(check, &[(DIALECT_FILE, code)], &[]);
    }

    #[test]
    fn pairs_are_counted() {
        let pair = "f(\"delete from a\", \"delete from b\");\n";
        expect(check, &[(DIALECT_FILE, &pair.repeat(PAIRS_MAX))], &[]);
        let too_many = pair.repeat(PAIRS_MAX + 1);
        expect(check, &[(DIALECT_FILE, &too_many)], &["crates/store/src/dialect.rs:0"]);
    }
}
