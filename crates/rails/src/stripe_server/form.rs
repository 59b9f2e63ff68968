//! Form fields as Stripe reads them: `a[b]=c`, `a[]=c` and `a[0]=c`.

use std::collections::BTreeMap;

/// The fields of a form or query; array places are dropped, values of one array follow each other.
pub(super) fn read(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (plain(&unescape(name)), unescape(value))
        })
        .collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    fields
}

/// The name with `[]` for every place of an array.
fn plain(name: &str) -> String {
    let Some((head, rest)) = name.split_once('[') else { return name.to_owned() };
    let mut plain = head.to_owned();
    for part in rest.split('[') {
        let part = part.trim_end_matches(']');
        let is_place = part.bytes().all(|byte| byte.is_ascii_digit());
        plain.push_str(if is_place { "[]" } else { "[" });
        if !is_place {
            plain.push_str(part);
            plain.push(']');
        }
    }
    plain
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = std::str::from_utf8(&digits).unwrap_or("3f");
                bytes.push(u8::from_str_radix(digits, 16).unwrap_or(b'?'));
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The entries `name[…]`.
pub(super) fn map(fields: &[(String, String)], name: &str) -> BTreeMap<String, String> {
    fields
        .iter()
        .filter_map(|(field, value)| {
            let key = field.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            (!key.is_empty()).then(|| (key.to_owned(), value.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let fields = read("expand[0]=a%20b&metadata[x:y]=1&c=%C3%A9+f&card[number]=42&expand[]=z");
        let expected = [
            ("c", "é f"),
            ("card[number]", "42"),
            ("expand[]", "a b"),
            ("expand[]", "z"),
            ("metadata[x:y]", "1"),
        ];
        let found: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(map(&fields, "metadata")["x:y"], "1");
    }
}
