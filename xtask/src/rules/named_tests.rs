//! Tests that the page about testing names are there.

use crate::report::Finding;
use crate::tree::{File, Tree};

const PAGE: &str = "docs/testing.md";

/// Looks for every test that a table of the page names as `crate::module::test`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.get(PAGE) else { return Vec::new() };
    let rows = page.lines().filter(|(_, line)| line.starts_with('|'));
    let named = rows.flat_map(|(number, line)| names(line).map(move |name| (number, name)));
    named
        .filter(|(_, name)| !is_there(tree, name))
        .map(|(number, name)| {
            let message = format!("no test `{name}`; give it the name that it has now");
            Finding::at(&page.path, number, message)
        })
        .collect()
}

/// What stands in backticks and is the path of a test.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter(|name| name.split("::").count() > 2 && !name.contains(' '))
}

fn is_there(tree: &Tree, name: &str) -> bool {
    let mut modules: Vec<&str> = name.split("::").collect();
    let Some(test) = modules.pop() else { return false };
    let Some((package, modules)) = modules.split_first() else { return false };
    let file = tree.get(&format!("crates/{package}/tests/it/{}.rs", modules.join("/")));
    file.is_some_and(|file: &File| file.text.contains(&format!("fn {test}(")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn a_test_that_is_gone_is_found() {
        let page = "# T\n| a | `shop::orders::paid_once`, `x.rs` |\n| b | `shop::orders::gone` |\n\
                    | c | `shop::lost::paid_once` |\nprose of `a::b::c`\n";
        let files = [(PAGE, page), ("crates/shop/tests/it/orders.rs", "fn paid_once() {}")];
        expect(check, &files, &["docs/testing.md:3", "docs/testing.md:4"]);
    }
}
