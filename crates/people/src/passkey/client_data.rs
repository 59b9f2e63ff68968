//! What the browser says of a ceremony: a JSON object that it signs along.
//!
//! Members are read from any place of the object and unknown ones are passed over, as Level 2,
//! section 5.8.1, demands. A member that appears twice could be read as either, so it is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::{Expected, PART_BYTES_MAX};

/// Bytes of a challenge (Level 2, section 13.4.3: at least 16).
pub const CHALLENGE_BYTES: usize = 32;

/// How deep a value that is passed over may nest.
const DEPTH_MAX: usize = 16;

/// What is done with a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// It is made.
    Create,
    /// It is used.
    Get,
}

impl Ceremony {
    fn type_name(self) -> &'static str {
        match self {
            Ceremony::Create => "webauthn.create",
            Ceremony::Get => "webauthn.get",
        }
    }
}

/// Whether client data is of this ceremony, for this challenge, from our page.
pub(super) fn fits(bytes: &[u8], ceremony: Ceremony, expected: &Expected<'_>) -> bool {
    let Some(data) = read(bytes) else { return false };
    let challenge = URL_SAFE_NO_PAD.decode(&data.challenge).unwrap_or_default();
    data.type_name == ceremony.type_name()
        && bool::from(challenge.ct_eq(expected.challenge))
        && data.origin == expected.origin
        // Our pages are never framed by others.
        && !data.cross_origin
}

struct ClientData {
    type_name: String,
    challenge: String,
    origin: String,
    cross_origin: bool,
}

fn read(bytes: &[u8]) -> Option<ClientData> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= PART_BYTES_MAX)?;
    // Level 2, section 7.1, step 5: a byte order mark is dropped by decoding.
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text) };
    let (mut type_name, mut challenge, mut origin, mut cross_origin) = (None, None, None, None);
    reader.expect('{')?;
    let mut is_first = true;
    while !reader.found('}') {
        if !std::mem::take(&mut is_first) {
            reader.expect(',')?;
        }
        let name = reader.string()?;
        reader.expect(':')?;
        match name.as_str() {
            "type" => put(&mut type_name, reader.string()?)?,
            "challenge" => put(&mut challenge, reader.string()?)?,
            "origin" => put(&mut origin, reader.string()?)?,
            "crossOrigin" => put(&mut cross_origin, reader.truth()?)?,
            _ => reader.skip(DEPTH_MAX)?,
        }
    }
    reader.at_end().then_some(())?;
    Some(ClientData {
        type_name: type_name?,
        challenge: challenge?,
        origin: origin?,
        // Absent in what older browsers write, who could not be framed for a passkey.
        cross_origin: cross_origin.unwrap_or(false),
    })
}

fn put<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A reader of JSON (RFC 8259) that keeps texts and truth values, and passes over the rest.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn found(&mut self, sign: char) -> bool {
        self.blanks();
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, sign: char) -> Option<()> {
        self.found(sign).then_some(())
    }

    fn at_end(&mut self) -> bool {
        self.blanks();
        self.rest.is_empty()
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.rest.strip_prefix(word);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn truth(&mut self) -> Option<bool> {
        self.blanks();
        match (self.word("true"), self.word("false")) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }

    fn string(&mut self) -> Option<String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            let mut characters = self.rest.chars();
            let next = characters.next()?;
            self.rest = characters.as_str();
            match next {
                '"' => return Some(text),
                '\\' => text.push(self.escaped()?),
                control if control < ' ' => return None,
                other => text.push(other),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next()?;
        self.rest = characters.as_str();
        match next {
            '"' | '\\' | '/' => Some(next),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => self.unicode(),
            _ => None,
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            // A low half alone is no character.
            return char::from_u32(first);
        }
        self.word("\\u").then_some(())?;
        let second = self.four_digits()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| are_digits)
    }

    /// Passes over any value.
    fn skip(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.blanks();
        match self.rest.chars().next()? {
            '"' => self.string().map(|_| ()),
            '{' => self.skip_members('{', '}', depth),
            '[' => self.skip_members('[', ']', depth),
            _ if self.word("true") || self.word("false") || self.word("null") => Some(()),
            _ => {
                let number =
                    |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
                let rest = self.rest.trim_start_matches(number);
                let is_something = rest.len() < self.rest.len();
                self.rest = rest;
                is_something.then_some(())
            }
        }
    }

    fn skip_members(&mut self, open: char, close: char, depth: usize) -> Option<()> {
        self.expect(open)?;
        let mut is_first = true;
        while !self.found(close) {
            if !std::mem::take(&mut is_first) {
                self.expect(',')?;
            }
            if open == '{' {
                self.string()?;
                self.expect(':')?;
            }
            self.skip(depth)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: [u8; 32] = [7; 32];

    #[track_caller]
    fn check(text: &str, fits_expected: bool) {
        let challenge = URL_SAFE_NO_PAD.encode(CHALLENGE);
        let text = text.replace("CHALLENGE", &challenge);
        let expected = Expected {
            challenge: &CHALLENGE,
            origin: "https://shop.example",
            rp_id: "shop.example",
            must_verify_user: true,
        };
        assert_eq!(fits(text.as_bytes(), Ceremony::Get, &expected), fits_expected, "{text}");
    }

    #[test]
    fn what_browsers_write_is_read() {
        for text in [
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example","crossOrigin":false}"#,
            // Older ones write no crossOrigin, and in another order.
            r#"{"challenge":"CHALLENGE","clientExtensions":{},"hashAlgorithm":"SHA-256","origin":"https://shop.example","type":"webauthn.get"}"#,
            // Level 2, section 5.8.1: whatever may come in the future.
            r#" { "type" : "webauthn.get" , "x":[1,-2.5e3,{"a":[null,true,"\ud83d\ude00"]},[]],
                "challenge":"CHALLENGE","origin":"https:\/\/shop.example" } "#,
        ] {
            check(text, true);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            r#"{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://shop.example"}"#,
            r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://shop.example"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE=","origin":"https://shop.example"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example:444"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"http://shop.example"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example","crossOrigin":true}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://evil.example","origin":"https://shop.example"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE"}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example"}x"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example",}"#,
            r#"{"type":"webauthn.get","challenge":"CHALLENGE","origin":"https://shop.example","x":"\ud83d"}"#,
            r#"["webauthn.get"]"#,
            "",
        ] {
            check(text, false);
        }
        check(&format!("{{\"x\":{}", "[".repeat(10_000)), false);
    }
}
