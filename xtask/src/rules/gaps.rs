//! What the product cannot do yet is written down.

use crate::report::Finding;
use crate::tree::Tree;

const PAGE: &str = "docs/gaps.md";

/// Checks that the page of known gaps is there and says something.
pub fn check(tree: &Tree) -> Vec<Finding> {
    match tree.get(PAGE) {
        Some(page) if page.lines().count() > 1 => Vec::new(),
        _ => vec![Finding::about(PAGE, "missing or empty; list what is known not to work yet")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn the_page_exists_and_says_something() {
        expect(check, &[], &["docs/gaps.md:0"]);
        expect(check, &[(PAGE, "# Gaps\n")], &["docs/gaps.md:0"]);
        expect(check, &[(PAGE, "# Gaps\n\n- none is known\n")], &[]);
    }
}
