//! Things are called what they are: folders, test binaries, crates.

use crate::report::Finding;
use crate::tree::Tree;

/// Checks names of crates and test binaries, and that every crate introduces itself.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in tree.manifests() {
        let Some(package) = &manifest.package else { continue };
        let Some(folder) = file.path.strip_suffix("/Cargo.toml") else { continue };
        let folder_name = folder.rsplit('/').next().unwrap_or(folder);
        if folder_name != package {
            let message = format!("crate {package} in folder {folder_name}; give both one name");
            findings.push(Finding::about(&file.path, message));
        }
        findings.extend(introduction(tree, folder, package));
        findings.extend(test_binaries(tree, folder));
    }
    findings
}

/// The first lines of a crate say what it is, in more than its name.
fn introduction(tree: &Tree, folder: &str, package: &str) -> Option<Finding> {
    let root = ["src/lib.rs", "src/main.rs"]
        .iter()
        .find_map(|name| tree.get(&format!("{folder}/{name}")))?;
    let documentation: String =
        root.text.lines().map_while(|line| line.strip_prefix("//!")).collect::<Vec<_>>().join(" ");
    let is_empty = documentation.trim().len() <= package.len() + 10;
    is_empty.then(|| {
        Finding::at(&root.path, 1, "begin with `//!` lines that say what the crate is and is not")
    })
}

/// Each test binary is linked on its own, which costs more than the tests: one is enough.
fn test_binaries(tree: &Tree, folder: &str) -> Vec<Finding> {
    let tests = format!("{folder}/tests/");
    let is_binary = |inside: &str| match inside.split_once('/') {
        None => inside.ends_with(".rs"),
        Some((name, rest)) => rest == "main.rs" && name != "it",
    };
    tree.files
        .iter()
        .filter(|file| file.path.strip_prefix(&tests).is_some_and(is_binary))
        .map(|file| {
            let message =
                format!("a test binary of its own; make it a module of {tests}it/main.rs");
            Finding::about(&file.path, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    const MANIFEST: &str = "[package]\nname = \"base\"\n";

    #[test]
    fn folder_and_crate_share_a_name() {
        let files = [("crates/basis/Cargo.toml", MANIFEST)];
        expect(check, &files, &["crates/basis/Cargo.toml:0"]);
    }

    #[test]
    fn a_crate_introduces_itself() {
        let with = |text| [("crates/base/Cargo.toml", MANIFEST), ("crates/base/src/lib.rs", text)];
        expect(check, &with("pub fn f() {}"), &["crates/base/src/lib.rs:1"]);
        expect(check, &with("//! base\n"), &["crates/base/src/lib.rs:1"]);
        expect(check, &with("//! Words every crate shares.\n"), &[]);
    }

    #[test]
    fn there_is_one_test_binary() {
        let with = |path| [("crates/base/Cargo.toml", MANIFEST), (path, "")];
        expect(check, &with("crates/base/tests/money.rs"), &["crates/base/tests/money.rs:0"]);
        expect(check, &with("crates/base/tests/a/main.rs"), &["crates/base/tests/a/main.rs:0"]);
        expect(check, &with("crates/base/tests/it/main.rs"), &[]);
        expect(check, &with("crates/base/tests/it/money.rs"), &[]);
    }
}
