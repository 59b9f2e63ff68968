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

/// A cell. What a spreadsheet would take for a formula is told by a sign that it is text (OWASP:
/// CSV injection); amounts below zero stay numbers.
fn cell(text: &str) -> String {
    let is_number = text.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let text = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
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
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
