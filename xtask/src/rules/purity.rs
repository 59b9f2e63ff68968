//! Pure crates: the same input gives the same output, so a decision can be replayed.

use crate::manifest::Kind;
use crate::report::Finding;
use crate::source::{is_word, words};
use crate::tree::{File, Tree};

/// The crates that decide and compute but never touch the world.
const PURE: &[&str] = &[
    "base",
    "ledger",
    "giftcards",
    "payments",
    "shop",
    "promotions",
    "claims",
    "risk",
    "people",
    "feed",
    "world",
    "claimworld",
    "city",
    "journal",
    "engine",
    "pages",
    "support",
    "reports",
];

/// Paths that reach the world, and where their work belongs. A path stands for all below it.
const PATHS: &[(&str, &str)] = &[
    ("std::fs", "pass the content in; files are read in `outside` or `makegood`"),
    ("std::net", "pass the content in; connections are made in `outside` or `http`"),
    ("std::time::SystemTime", "take the instant from the context of the decision"),
    ("std::time::Instant", "take the instant from the context of the decision"),
    ("std::thread", "stay sequential; the threads are started by `writer`"),
    ("std::env", "take a value; configuration is read in `makegood`"),
    ("std::process", "return a refusal or panic on a broken invariant"),
];

/// Modules that must not be imported as a whole, because the forbidden types hide behind them.
const WHOLE: &[&str] = &["std", "std::time", "core::time"];

/// Words of code, and what to do instead.
const WORDS: &[(&str, &str)] = &[
    ("println", "return the text; only `makegood` prints"),
    ("eprintln", "return the text; only `makegood` prints"),
    ("print", "return the text; only `makegood` prints"),
    ("eprint", "return the text; only `makegood` prints"),
    ("dbg", "remove it"),
    ("async", "stay synchronous; waiting is done in `http` and `jobs`"),
    ("serde", "convert at the edge, in `http`, `makegood` or `outside`"),
    ("serde_json", "convert at the edge, in `http`, `makegood` or `outside`"),
    ("rand", "take a seed from the context; randomness is drawn in `outside`"),
    ("getrandom", "take a seed from the context; randomness is drawn in `outside`"),
    ("tracing", "return what happened; the caller logs it"),
    ("tokio", "stay synchronous; waiting is done in `http` and `jobs`"),
];

/// Looks for the world in the code and the dependencies of pure crates.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let is_pure = |file: &File| file.crate_name().is_some_and(|name| PURE.contains(&name));
    let mut findings = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| is_pure(file) && file.is_in_src()) {
        for (line, path) in paths(&source.code) {
            if let Some(instead) = world_behind(&path) {
                let message = format!("`{path}` in a pure crate; {instead}");
                findings.push(Finding::at(&file.path, line, message));
            }
        }
        for (line, code) in source.code_lines() {
            for word in words(code).filter(|word| !is_method(code, word)) {
                if let Some((_, instead)) = WORDS.iter().find(|(bad, _)| *bad == word) {
                    let message = format!("`{word}` in a pure crate; {instead}");
                    findings.push(Finding::at(&file.path, line, message));
                }
            }
        }
    }
    for (file, manifest) in tree.manifests().filter(|(file, _)| is_pure(file)) {
        for used in manifest.dependencies.iter().filter(|used| used.kind == Kind::Normal) {
            if let Some((name, instead)) = WORDS.iter().find(|(bad, _)| *bad == used.package) {
                let message = format!("`{name}` under a pure crate; {instead}");
                findings.push(Finding::at(&file.path, used.line, message));
            }
        }
    }
    findings
}

/// A method or field may share its name with a macro: `receipt.print()`.
fn is_method(code: &str, word: &str) -> bool {
    code.contains(&format!(".{word}")) || code.contains(&format!("fn {word}"))
}

fn world_behind(path: &str) -> Option<&'static str> {
    let whole = path.trim_end_matches("::*").trim_end_matches("::self");
    if WHOLE.contains(&whole) {
        return Some("import the one type that is meant, so that this rule can see it");
    }
    let is_below = |bad: &str| path == bad || path.starts_with(&format!("{bad}::"));
    PATHS.iter().find(|(bad, _)| is_below(bad)).map(|(_, instead)| *instead)
}

/// Paths in the code with the line they begin in; those of `use` groups are written out in full.
fn paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = code;
    let mut line = 1;
    while let Some(at) = rest.find(|c: char| is_word(c) || c == '\n') {
        line += usize::from(rest[at..].starts_with('\n'));
        rest = &rest[at..];
        let length = rest.find(|c: char| !is_word(c) && c != ':').unwrap_or(rest.len()).max(1);
        let (path, after) = rest.split_at(length);
        rest = after;
        if path == "use" {
            let end = rest.find(';').unwrap_or(rest.len());
            let tree: String = rest[..end].split_whitespace().collect::<Vec<_>>().join(" ");
            expand("", &tree, &mut |path| found.push((line, path)));
            line += rest[..end].matches('\n').count();
            rest = &rest[end..];
        } else if path.contains("::") {
            found.push((line, path.trim_end_matches(':').to_owned()));
        }
    }
    found
}

/// Writes out a `use` tree: `a::{b, c::{d}}` gives `a::b` and `a::c::d`.
fn expand(prefix: &str, tree: &str, found: &mut impl FnMut(String)) {
    let tree = tree.trim();
    match tree.split_once('{') {
        None if tree.is_empty() => {}
        None => {
            let name = tree.split(" as ").next().unwrap_or(tree).trim();
            found(format!("{prefix}{name}"));
        }
        Some((head, group)) => {
            let prefix = format!("{prefix}{}", head.trim());
            let group = group.strip_suffix('}').unwrap_or(group);
            for branch in split_top(group) {
                expand(&prefix, branch, found);
            }
        }
    }
}

/// Splits at the commas that are not inside braces.
fn split_top(group: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    group
        .split(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    fn check_code(code: &str, lines: &[usize]) {
        let places: Vec<String> =
            lines.iter().map(|line| format!("crates/ledger/src/a.rs:{line}")).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        expect(check, &[("crates/ledger/src/a.rs", code)], &places);
    }

    #[test]
    fn the_world_is_found_however_it_is_imported() {
        check_code("fn f() {\n    std::fs::read(p);\n}", &[2]);
        check_code("use std::time::Instant;", &[1]);
        check_code(
            "\nuse std::{fmt,\n    time::{Duration, SystemTime as T}};\nstd::env::var",
            &[2, 4],
        );
        check_code("use std::time;", &[1]);
        check_code("use std::time::*;", &[1]);
        check_code("use std::thread::{self, sleep};", &[1, 1]);
    }

    #[test]
    fn words_of_the_world_are_found() {
        check_code("println!(\"x\");\nasync fn f() {}\n#[derive(serde::Serialize)]", &[1, 2, 3]);
        check_code("tracing::info!()", &[1]);
    }

    #[test]
    fn harmless_code_passes() {
        check_code(
            "use std::time::Duration;\nuse base::Instant;\n// std::fs\nreceipt.print()",
            &[],
        );
        expect(check, &[("crates/outside/src/a.rs", "std::fs::read(p)")], &[]);
        expect(check, &[("crates/ledger/tests/it/main.rs", "std::fs::read(p)")], &[]);
    }

    #[test]
    fn dependencies_count_too() {
        let manifest =
            "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\nserde = \"1\"\n";
        expect(check, &[("crates/base/Cargo.toml", manifest)], &["crates/base/Cargo.toml:2"]);
    }
}
