//! Links between pages lead somewhere.

use crate::report::Finding;
use crate::tree::Tree;

/// Follows every relative link of every Markdown page.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.markdown() {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut in_code = false;
        for (number, line) in file.lines() {
            in_code ^= line.trim_start().starts_with("```");
            if in_code {
                continue;
            }
            for target in targets(line).filter(|target| !leads_somewhere(tree, folder, target)) {
                let message = format!("nothing at `{target}`; correct the link or remove it");
                findings.push(Finding::at(&file.path, number, message));
            }
        }
    }
    findings
}

/// What stands in the round brackets of `[text](target "title")`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ']).next()?;
        let path = target.split(['#', '?']).next()?;
        (!path.is_empty() && !path.contains(':')).then_some(path)
    })
}

fn leads_somewhere(tree: &Tree, folder: &str, target: &str) -> bool {
    let mut path: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part != ".." {
            path.push(part);
        } else if path.pop().is_none() {
            return false;
        }
    }
    path.is_empty() || tree.holds(&path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn dead_links_are_found() {
        let page = "[a](b.md) [c](../README.md#top) [d](https://example.com) [e](#here)\n\
                    [f](gone.md) and [g](../../up.md)\n```\n[h](gone.md)\n```\n[i](..)";
        let files = [("docs/a.md", page), ("docs/b.md", "# b"), ("README.md", "# r")];
        expect(check, &files, &["docs/a.md:2", "docs/a.md:2"]);
    }
}
