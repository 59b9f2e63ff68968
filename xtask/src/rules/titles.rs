//! A page has one title.

use crate::report::Finding;
use crate::tree::Tree;

/// Counts the titles of every Markdown page.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.markdown() {
        let mut in_code = false;
        let mut titles = Vec::new();
        for (number, line) in file.lines() {
            in_code ^= line.trim_start().starts_with("```");
            if !in_code && line.starts_with("# ") {
                titles.push(number);
            }
        }
        if titles.is_empty() {
            findings.push(Finding::at(&file.path, 1, "no title; begin the page with `# `"));
        }
        for second in titles.iter().skip(1) {
            findings.push(Finding::at(&file.path, *second, "a second title; make it `## `"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn exactly_one_title() {
        expect(check, &[("a.md", "# A\n\n```sh\n# a comment\n```\n## B\n")], &[]);
        expect(check, &[("a.md", "text\n")], &["a.md:1"]);
        expect(check, &[("a.md", "# A\n# B\n")], &["a.md:2"]);
    }
}
