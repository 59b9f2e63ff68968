//! Tables for other programs: comma-separated values (RFC 4180).

/// The media type of a sheet.
pub const SHEET: &str = "text/csv; charset=utf-8";

/// A sheet with a head.
pub fn sheet(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut text = line(head.iter().map(|cell| (*cell).to_owned()));
    for row in rows {
        text.push_str(&line(row.into_iter()));
    }
    text.into_bytes()
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.map(|one| cell(&one)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// Where a program that takes another sign for the separator, or each line for a row, may begin a
/// new cell within one. A comma is not among them: it is within quotes wherever it separates.
const BREAKS: [char; 4] = [';', '\t', '\r', '\n'];

/// By what a formula begins; in full width as well, which some programs read alike.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell. What a spreadsheet would take for a formula is told by a sign that it is text, also
/// where it is not the first of the cell ([OWASP: CSV injection][owasp]); amounts below zero stay
/// numbers.
///
/// [owasp]: https://owasp.org/www-community/attacks/CSV_Injection
fn cell(text: &str) -> String {
    let text = if is_below_zero(text) { text.to_owned() } else { as_text(text) };
    match text.contains([',', '"']) || text.contains(BREAKS) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn is_below_zero(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// The same with a sign before each part that a program may take for a cell with a formula.
fn as_text(text: &str) -> String {
    // Some programs leave out what is blank or quoted before it.
    let is_formula = |part: &str| part.trim_start_matches([' ', '"', '\'']).starts_with(SIGNS);
    let is_blank = text.starts_with(['\t', '\r', '\n']);
    let mut safe = String::from(if is_blank { "'" } else { "" });
    for part in text.split_inclusive(BREAKS) {
        if is_formula(part) {
            safe.push('\'');
        }
        safe.push_str(part);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_that_no_spreadsheet_runs() {
        for (text, written) in [
            ("plain", "plain"),
            ("a, b", "\"a, b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("=1+1", "'=1+1"),
            ("-12.50", "-12.50"),
            ("-cmd", "'-cmd"),
            ("@x,y", "\"'@x,y\""),
            ("＝1+1", "'＝1+1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("\t=1", "\"'\t'=1\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
            (" =1", "' =1"),
            ("\"=1\"", "\"'\"\"=1\"\"\""),
            (";=1", "\";'=1\""),
            ("a; -b;c", "\"a;' -b;c\""),
            ("a\n@b\r\n+c", "\"a\n'@b\r\n'+c\""),
            ("-1;=2", "\"'-1;'=2\""),
            ("a=b, -c", "\"a=b, -c\""),
            ("-", "'-"),
            ("", ""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
