//! Crates take their lints, versions and features from the workspace.

use crate::report::Finding;
use crate::tree::Tree;

/// Looks for manifests that go their own way.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in tree.manifests() {
        if manifest.package.is_none() {
            continue;
        }
        if !manifest.inherits_lints {
            let message = "the workspace lints are off; add `[lints]` with `workspace = true`";
            findings.push(Finding::about(&file.path, message));
        }
        for used in manifest.dependencies.iter().filter(|used| !used.inherited) {
            let message = format!(
                "write `{0}.workspace = true` and put its version into the root Cargo.toml",
                used.package
            );
            findings.push(Finding::at(&file.path, used.line, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn lints_and_versions_come_from_the_root() {
        let bad = "[package]\nname = \"base\"\n[dependencies]\njiff = \"0.2\"\n";
        let good = "[package]\nname = \"base\"\n[lints]\nworkspace = true\n\
                    [dependencies]\njiff = { workspace = true, features = [\"std\"] }\n";
        let root = "[workspace.dependencies]\njiff = \"0.2\"\n";
        expect(check, &[("a/Cargo.toml", bad)], &["a/Cargo.toml:0", "a/Cargo.toml:4"]);
        expect(check, &[("a/Cargo.toml", good), ("Cargo.toml", root)], &[]);
    }
}
