//! Unfinished work is not marked in the code but listed where people look for it.

use crate::report::Finding;
use crate::source::words;
use crate::tree::Tree;

/// Marks that are no word of any language.
const MARKS: &[&str] = &["TODO", "FIXME", "HACK"];

/// The mark that is also the currency code for "no currency": only as the head of a remark.
const REMARKS: &[&str] = &["// XXX", "# XXX", "XXX:"];

/// Looks for marks in all texts.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path != file!()) {
        for (number, line) in file.lines() {
            let mark = words(line).find(|word| MARKS.contains(word));
            let remark = REMARKS.iter().find(|remark| line.contains(**remark)).copied();
            if let Some(found) = mark.or(remark) {
                let message = format!("`{found}`; do it now, or list it in docs/gaps.md");
                findings.push(Finding::at(&file.path, number, message));
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
    fn marks_are_found_and_words_are_not() {
        let text = "a // TODO: b\nMASTODON todo\n// XXX no\n(\"XXX\", 0)\nFIXME\n";
        expect(check, &[("a.rs", text)], &["a.rs:1", "a.rs:3", "a.rs:5"]);
        expect(check, &[(file!(), text)], &[]);
    }
}
