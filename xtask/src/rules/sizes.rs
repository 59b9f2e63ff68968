//! Files, functions and lines a reader can hold in mind.

use crate::report::Finding;
use crate::source::is_word;
use crate::tree::{File, Tree};

/// Lines of a Rust file; one more is too many.
const FILE_LINES_MAX: usize = 599;
/// Lines of a function with its signature; one more is too many.
const FUNCTION_LINES_MAX: usize = 69;
/// Characters of a line of Rust.
const LINE_COLUMNS_MAX: usize = 100;
/// Lines of the page that shows newcomers the house.
const ARCHITECTURE_LINES_MAX: usize = 199;

/// Measures every Rust file, and the architecture page.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        let lines = file.lines().count();
        if lines > FILE_LINES_MAX {
            let message = format!("{lines} lines; split the file, at most {FILE_LINES_MAX}");
            findings.push(Finding::about(&file.path, message));
        }
        for (line, length) in functions(&source.code) {
            if length > FUNCTION_LINES_MAX {
                let message = format!(
                    "{length} lines in one function; name its parts, at most {FUNCTION_LINES_MAX}"
                );
                findings.push(Finding::at(&file.path, line, message));
            }
        }
        findings.extend(long_lines(file));
    }
    if let Some(page) = tree.get("docs/architecture.md") {
        let lines = page.lines().count();
        if lines > ARCHITECTURE_LINES_MAX {
            let message = format!("{lines} lines; move detail to its own page of docs/");
            findings.push(Finding::about(&page.path, message));
        }
    }
    findings
}

/// Lines that are too wide. Addresses cannot be broken, and golden data must not be.
fn long_lines(file: &File) -> impl Iterator<Item = Finding> {
    let is_golden = file.path.split('/').any(|folder| folder == "golden");
    file.lines()
        .filter(move |(_, text)| {
            !is_golden && text.chars().count() > LINE_COLUMNS_MAX && !text.contains("://")
        })
        .map(|(line, _)| {
            let message = format!("wider than {LINE_COLUMNS_MAX} columns; break the line");
            Finding::at(&file.path, line, message)
        })
}

/// First line and number of lines of every function with a body.
fn functions(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        if let Some(end) = end_of_body(&code[at..]) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((line, code[at..at + end].matches('\n').count() + 1));
        }
    }
    found
}

/// Where the body of the function at the start of `code` ends; none for a bare signature.
fn end_of_body(code: &str) -> Option<usize> {
    let mut brackets = 0_usize;
    let mut braces = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => braces += 1,
            '}' => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && brackets == 0 {
                    return Some(at);
                }
            }
            ';' if braces == 0 && brackets == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    #[test]
    fn long_files_are_refused() {
        expect(check, &[("a.rs", &"//\n".repeat(599))], &[]);
        expect(check, &[("a.rs", &"//\n".repeat(600))], &["a.rs:0"]);
    }

    #[test]
    fn long_functions_are_refused() {
        let function = |body: usize| {
            format!("\nfn g(a: [u8; 2]);\nfn f() {{\n{}}}\nfn h() {{}}\n", "f();\n".repeat(body))
        };
        expect(check, &[("a.rs", &function(67))], &[]);
        expect(check, &[("a.rs", &function(68))], &["a.rs:3"]);
    }

    #[test]
    fn wide_lines_are_refused() {
        let comment = |columns: usize| format!("//{}", "é".repeat(columns - 2));
        expect(check, &[("a.rs", &comment(100))], &[]);
        expect(check, &[("a.rs", &comment(101))], &["a.rs:1"]);
        expect(check, &[("tests/golden/a.rs", &comment(101))], &[]);
        expect(check, &[("a.rs", &format!("{} https://example.com", comment(101)))], &[]);
    }

    #[test]
    fn the_architecture_page_stays_short() {
        let page = "docs/architecture.md";
        expect(check, &[(page, &"a\n".repeat(200))], &["docs/architecture.md:0"]);
    }
}
