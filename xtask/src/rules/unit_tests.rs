//! A library without unit tests is not compiled a second time to run none.
//!
//! Cargo builds every library twice for tests: once for those that use it, once with its own
//! `cfg(test)`. Where nothing stands behind that, the second one costs time and tries nothing.
//! And where it is switched off, a unit test that was added would never run.

use crate::report::Finding;
use crate::tree::Tree;

/// Compares what manifests say with the sources beside them.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in tree.manifests() {
        let folder = file.path.strip_suffix("Cargo.toml").unwrap_or_default();
        let sources = format!("{folder}src/");
        if tree.get(&format!("{sources}lib.rs")).is_none() {
            continue;
        }
        let has_tests = tree.rust().any(|(file, source)| {
            file.path.starts_with(&sources) && source.code.contains("#[cfg(test)]")
        });
        let message = match (has_tests, manifest.tests_library) {
            (true, false) => "its unit tests never run; take `test = false` out of `[lib]`",
            (false, true) => "it has no unit tests; add `[lib]` with `test = false`",
            _ => continue,
        };
        findings.push(Finding::about(&file.path, message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn libraries_say_whether_they_have_unit_tests() {
        let on = ("a/Cargo.toml", "[package]\nname = \"a\"\n");
        let off = ("a/Cargo.toml", "[package]\nname = \"a\"\n[lib]\ntest = false\n");
        let tested = ("a/src/lib.rs", "#[cfg(test)]\nmod tests {}\n");
        let plain = ("a/src/lib.rs", "// `#[cfg(test)]` is not written here\n");
        let bin = ("a/src/main.rs", "fn main() {}\n");
        expect(check, &[on, tested], &[]);
        expect(check, &[off, plain], &[]);
        expect(check, &[off, tested], &["a/Cargo.toml:0"]);
        expect(check, &[on, plain], &["a/Cargo.toml:0"]);
        expect(check, &[on, bin], &[]);
    }
}
