//! Types that can be written out as text exist only at the edge.
//!
//! A domain type that can be serialized becomes a format somebody depends on, and then it can
//! no longer change.

use crate::manifest::Kind;
use crate::report::Finding;
use crate::source::words;
use crate::tree::{File, Tree};

const EDGE: &[&str] =
    &["http", "makegood", "outside", "rails", "site", "store", "sim", "testbed", "xtask"];

const SERIALIZERS: &[&str] = &["serde", "serde_json", "utoipa"];

/// Looks for serializers in the code and the dependencies of inner crates.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let is_inner = |file: &File| file.crate_name().is_some_and(|name| !EDGE.contains(&name));
    let message = |word: &str| {
        format!(
            "`{word}` inside; give the edge ({}) a type of its own and convert",
            EDGE.join(", ")
        )
    };
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| is_inner(file) && file.is_in_src()) {
        for (line, code) in source.code_lines() {
            if let Some(word) = words(code).find(|word| SERIALIZERS.contains(word)) {
                findings.push(Finding::at(&file.path, line, message(word)));
            }
        }
    }
    for (file, manifest) in tree.manifests().filter(|(file, _)| is_inner(file)) {
        for used in manifest.dependencies.iter().filter(|used| used.kind == Kind::Normal) {
            if SERIALIZERS.contains(&used.package.as_str()) {
                findings.push(Finding::at(&file.path, used.line, message(&used.package)));
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
    fn inner_crates_do_not_serialize() {
        let code = "use serde::Serialize;\n// serde is meant here\n#[derive(utoipa::ToSchema)]";
        let manifest = "[dependencies]\nserde = \"1\"\n";
        expect(
            check,
            &[("crates/ledger/src/a.rs", code), ("crates/ledger/Cargo.toml", manifest)],
            &["crates/ledger/src/a.rs:1", "crates/ledger/src/a.rs:3", "crates/ledger/Cargo.toml:2"],
        );
        expect(check, &[("crates/http/src/a.rs", code)], &[]);
    }
}
