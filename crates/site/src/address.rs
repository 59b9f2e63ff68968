//! Addresses: paths of ours, and texts in queries.

/// A path of this site. Anything else is forgotten: a link must not lead away from here.
pub(crate) fn local(path: &str) -> Option<&str> {
    http::is_local(path).then_some(path)
}

/// Whether a text has the letters of an id alone, so that it can stand in a path of the API.
pub(crate) fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A path with a query.
pub(crate) fn with(path: &str, query: &[(&str, &str)]) -> String {
    let escaped = pages::components::escaped;
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{}", pairs.join("&"))
}

/// The texts of a query or a form, in their order. What is no UTF-8 is left out.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    text.split('&').filter(|part| !part.is_empty()).filter_map(pair).collect()
}

/// A text as forms write it (WHATWG URL, *application/x-www-form-urlencoded*).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        for path in ["/", "/wallet", "/wallet?card=1#top"] {
            assert_eq!(local(path), Some(path));
        }
        for path in
            ["", "wallet", "//evil.example", "/\\evil.example", "https://evil.example", "/\n"]
        {
            assert_eq!(local(path), None, "{path}");
        }
    }

    #[test]
    fn texts_are_read_as_forms_write_them() {
        let read = pairs("a=1+2&b=%C3%A9&&c&d=%zz&e=%ff");
        let read: Vec<_> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(read, [("a", "1 2"), ("b", "é"), ("c", "")]);
        assert_eq!(with("/help", &[("q", "é &")]), "/help?q=%C3%A9%20%26");
    }
}
