//! Every dependency is a decision somebody can read about.

use std::collections::BTreeMap;

use crate::report::Finding;
use crate::tree::Tree;

const PAGE: &str = "docs/dependencies.md";

/// Compares the manifests with the table of the dependencies page, in both directions.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut used: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let mut ours = Vec::new();
    for (file, manifest) in tree.manifests() {
        ours.extend(manifest.package);
        for dependency in manifest.dependencies.into_iter().filter(|found| !found.by_path) {
            let place = (file.path.clone(), dependency.line);
            used.entry(dependency.package).or_insert(place);
        }
    }
    used.retain(|name, _| !ours.contains(name));
    let listed = listed(tree);
    let mut findings = Vec::new();
    for (name, (path, line)) in &used {
        if !listed.contains_key(name) {
            let message = format!("add a row for `{name}` to {PAGE}: purpose, license, way out");
            findings.push(Finding::at(path, *line, message));
        }
    }
    for (name, line) in &listed {
        if !used.contains_key(name) {
            let message = format!("no manifest names `{name}`; remove the row");
            findings.push(Finding::at(PAGE, *line, message));
        }
    }
    findings
}

/// Names and lines of the rows that begin with a name in backticks.
fn listed(tree: &Tree) -> BTreeMap<String, usize> {
    let Some(page) = tree.get(PAGE) else { return BTreeMap::new() };
    page.lines()
        .filter_map(|(number, line)| {
            let name = line.strip_prefix("| `")?.split('`').next()?;
            Some((name.to_owned(), number))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn manifests_and_page_agree() {
        let root = "[workspace.dependencies]\nbase = { path = \"crates/base\" }\naxum = \"1\"\n";
        let inner = "[package]\nname = \"base\"\n[dependencies]\njiff.workspace = true\n";
        let page = "| name | use |\n| --- | --- |\n| `axum` | x |\n| `gone` | x |\n";
        let files = [
            ("Cargo.toml", root),
            ("crates/base/Cargo.toml", inner),
            ("docs/dependencies.md", page),
        ];
        expect(check, &files, &["crates/base/Cargo.toml:4", "docs/dependencies.md:4"]);
    }
}
