use std::fmt;

/// Most bytes of a link; a longer one would be broken by some mail program.
pub const LINK_BYTES_MAX: usize = 500;

/// A link that opens something to whoever has it, as a claim link opens a gift.
///
/// `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretLink(Box<str>);

impl SecretLink {
    /// Reads a link: `https://`, or `http://` to this machine, and then visible ASCII characters
    /// that no mail program takes for the end of a link.
    ///
    /// # Errors
    ///
    /// [`LinkError`], which never quotes the link.
    pub fn new(text: &str) -> Result<Self, LinkError> {
        if text.len() > LINK_BYTES_MAX {
            return Err(LinkError::TooLong);
        }
        let is_local = |rest: &str| {
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            ["localhost", "127.0.0.1"].contains(&host)
        };
        let rest = match text.strip_prefix("https://") {
            Some(rest) => rest,
            None => text
                .strip_prefix("http://")
                .filter(|rest| is_local(rest))
                .ok_or(LinkError::Scheme)?,
        };
        let is_fit =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&byte);
        if rest.is_empty() || !rest.bytes().all(is_fit) {
            return Err(LinkError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The link. This is the only way to see it; every caller is a place to review.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretLink(…)")
    }
}

/// Why a text is no link to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// More than [`LINK_BYTES_MAX`].
    #[error("the link is longer than {LINK_BYTES_MAX} bytes")]
    TooLong,
    /// Neither `https://` nor `http://` to this machine.
    #[error("the link must begin with https://, or with http://localhost for a try on one machine")]
    Scheme,
    /// A character that must be percent-encoded, or none at all.
    #[error("the link has a character that must be percent-encoded, or ends too early")]
    Character,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), LinkError>) {
        assert_eq!(SecretLink::new(text).map(drop), expected, "{text:?}");
    }

    #[test]
    fn links_are_read_and_refused() {
        check("https://shop.example/claim#t=AbC-_9", Ok(()));
        check("http://localhost:8080/claim/x", Ok(()));
        check("http://127.0.0.1/claim", Ok(()));
        check("http://shop.example/claim", Err(LinkError::Scheme));
        check("http://localhost.shop.example/claim", Err(LinkError::Scheme));
        check("javascript:alert(1)", Err(LinkError::Scheme));
        check("https://", Err(LinkError::Character));
        check("https://shop.example/a b", Err(LinkError::Character));
        check("https://shop.example/a\r\nBcc:", Err(LinkError::Character));
        check("https://shop.example/\"><script>", Err(LinkError::Character));
        check("https://shop.example/ä", Err(LinkError::Character));
        check(&format!("https://{}", "a".repeat(LINK_BYTES_MAX - 8)), Ok(()));
        check(&format!("https://{}", "a".repeat(LINK_BYTES_MAX - 7)), Err(LinkError::TooLong));
    }

    #[test]
    fn a_link_is_not_shown_by_accident() {
        assert_eq!(
            format!("{:?}", SecretLink::new("https://shop.example/claim")),
            "Ok(SecretLink(…))"
        );
    }
}
