//! The little of the mail format that a report needs (RFC 5322, RFC 2045, RFC 2046).

/// Header fields and what follows them, after the empty line.
pub(super) struct Entity<'a> {
    fields: Vec<(String, String)>,
    pub(super) body: &'a str,
}

impl<'a> Entity<'a> {
    /// Splits a text whose lines end with a bare newline. A text without an empty line is all
    /// header fields.
    pub(super) fn read(text: &'a str) -> Self {
        let (head, body) = match text.strip_prefix('\n') {
            Some(body) => ("", body),
            None => text.split_once("\n\n").unwrap_or((text, "")),
        };
        Self { fields: fields(head), body }
    }

    /// The value of the first field of this name, unfolded and trimmed.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let is_named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.fields.iter().find(is_named).map(|(_, value)| value.as_str())
    }

    /// The content type without its parameters, in lower case.
    pub(super) fn content_type(&self) -> String {
        let value = self.field("content-type").unwrap_or("text/plain");
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A parameter of the content type, such as `boundary`.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let value = self.field("content-type")?;
        let (_, mut rest) = value.split_once(';')?;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let (value, next) = match after.strip_prefix('"') {
                Some(quoted) => quoted_text(quoted),
                None => {
                    let end = after.find(';').unwrap_or(after.len());
                    (after[..end].trim().to_owned(), &after[end..])
                }
            };
            if key.trim().eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = next.split_once(';')?.1;
        }
    }
}

/// The parts of a multipart body, without what stands before the first and after the last.
pub(super) fn parts<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let separator = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut part_start = None;
    let mut line_start = 0;
    for line in body.split_inclusive('\n') {
        let rest = line.strip_prefix(&separator).map(str::trim_end);
        if matches!(rest, Some("" | "--")) {
            if let Some(start) = part_start {
                // The line break before a separator belongs to the separator.
                parts.push(body[start..line_start].trim_end_matches('\n'));
            }
            part_start = Some(line_start + line.len());
            if rest == Some("--") {
                return parts;
            }
        }
        line_start += line.len();
    }
    // A report that was cut off still says what it says.
    parts.extend(part_start.map(|start| &body[start..]));
    parts
}

/// Fields in their order; a line that begins with white space continues the one before.
fn fields(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim_end().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

/// What a quoted text says up to its closing quote, and what follows.
fn quoted_text(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, &quoted[at + 1..]),
            '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
            other => text.push(other),
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_in_every_spelling() {
        for (value, expected) in [
            ("multipart/report; boundary=abc", Some("abc")),
            ("multipart/report; report-type=delivery-status;\n boundary=\"a;b c\"", Some("a;b c")),
            ("multipart/report; x=\"boundary=no\"; Boundary = a\\", Some("a\\")),
            ("multipart/report; boundary=\"a\\\"b\"; y=1", Some("a\"b")),
            ("multipart/report; boundary=\"open", Some("open")),
            ("multipart/report", None),
            ("multipart/report;", None),
            ("multipart/report; boundary", None),
        ] {
            let text = format!("Content-Type: {value}\n\nbody");
            let entity = Entity::read(&text);
            assert_eq!(entity.parameter("boundary").as_deref(), expected, "{value}");
            assert_eq!((entity.content_type().as_str(), entity.body), ("multipart/report", "body"));
        }
    }

    #[test]
    fn bodies_are_split() {
        for (body, expected) in [
            ("before\n--x\na\n\n--x\nb\n--x--\nafter", vec!["a", "b"]),
            ("--x  \na\n--xy\n--x--", vec!["a\n--xy"]),
            ("--x\ncut of", vec!["cut of"]),
            ("nothing", vec![]),
            ("--x\n--x--", vec![""]),
        ] {
            assert_eq!(parts(body, "x"), expected, "{body:?}");
        }
    }
}
