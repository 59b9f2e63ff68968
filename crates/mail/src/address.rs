use std::fmt;

/// Most bytes of the part before the `@` (RFC 5321, section 4.5.3.1.1).
pub const LOCAL_BYTES_MAX: usize = 64;

/// Most bytes of a domain: with the longest local part, an address fits a path of 256 bytes
/// with its angle brackets (RFC 5321, section 4.5.3.1.3).
pub const DOMAIN_BYTES_MAX: usize = 189;

const LABEL_BYTES_MAX: usize = 63;

/// Signs a local part may have beside letters, digits and dots (`atext` of RFC 5322).
const ATOM_SIGNS: &[u8] = b"!#$%&'*+-/=?^_`{|}~";

/// An e-mail address that a server will understand as one address and nothing else.
///
/// Stricter than the standards: ASCII only, no quoted local part, no address literal, and a domain
/// of at least two labels. People type such addresses by mistake more often than they have them.
/// It is personal, so `Debug` shows the domain alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    text: Box<str>,
    local_bytes: usize,
}

impl Address {
    /// Reads an address; nothing is trimmed or lowered.
    ///
    /// # Errors
    ///
    /// [`AddressError`], which never quotes the address.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        if !text.is_ascii() {
            return Err(AddressError::NotAscii);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NoAt)?;
        if !is_local(local) {
            return Err(AddressError::Local);
        }
        check_domain(domain)?;
        if !domain.contains('.') {
            return Err(AddressError::Domain);
        }
        Ok(Self { text: text.into(), local_bytes: local.len() })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.local_bytes]
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        &self.text[self.local_bytes + 1..]
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(…@{})", self.domain())
    }
}

/// A domain or host name: labels of letters, digits and inner hyphens, with dots between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(Box<str>);

impl Domain {
    /// Reads a domain; `localhost` is one too.
    ///
    /// # Errors
    ///
    /// [`AddressError::NotAscii`] or [`AddressError::Domain`].
    pub fn new(text: &str) -> Result<Self, AddressError> {
        check_domain(text)?;
        Ok(Self(text.into()))
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no address; for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Letters outside ASCII.
    #[error(
        "an e-mail address may have only the letters a to z, digits and signs; write a domain with \
         other letters in its form that begins with xn--"
    )]
    NotAscii,
    /// No `@`.
    #[error("an e-mail address has an @ in it")]
    NoAt,
    /// The part before the `@` is empty, too long, or has something else than letters, digits,
    /// signs and single dots inside.
    #[error("the part before the @ is not one of an e-mail address")]
    Local,
    /// The part after the `@` is not a domain.
    #[error("the part after the @ is not a domain")]
    Domain,
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || ATOM_SIGNS.contains(&byte))
    };
    local.len() <= LOCAL_BYTES_MAX && local.split('.').all(is_atom)
}

fn check_domain(domain: &str) -> Result<(), AddressError> {
    if !domain.is_ascii() {
        return Err(AddressError::NotAscii);
    }
    let is_label = |label: &str| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits would be read as an address of the network.
    let is_name = domain
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    if domain.len() <= DOMAIN_BYTES_MAX && is_name && domain.split('.').all(is_label) {
        Ok(())
    } else {
        Err(AddressError::Domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), AddressError>) {
        assert_eq!(Address::new(text).map(drop), expected, "{text:?}");
    }

    #[test]
    fn addresses_are_read() {
        let long = "a".repeat(LOCAL_BYTES_MAX);
        for good in ["a@b.co", "Anna.Lee+gift@mail.example.org", "o'neil@xn--bcher-kva.example"] {
            check(good, Ok(()));
        }
        check(&format!("{long}@b.co"), Ok(()));
        check(&format!("{long}a@b.co"), Err(AddressError::Local));
        let domain = format!("{}.co", vec!["a".repeat(61); 3].join("."));
        check(&format!("a@b{domain}"), Ok(()));
        check(&format!("a@bb{domain}"), Err(AddressError::Domain));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use AddressError::{Domain, Local, NoAt, NotAscii};
        for (text, error) in [
            ("", NoAt),
            ("anna", NoAt),
            ("@b.co", Local),
            ("a..b@c.co", Local),
            (".a@c.co", Local),
            ("a b@c.co", Local),
            ("a@b@c.co", Local),
            ("\"a\"@c.co", Local),
            ("<a@c.co", Local),
            ("a,b@c.co", Local),
            ("a\r\nBcc: x@c.co", Local),
            ("a@c.co\r\nBcc: x", Domain),
            ("a@c.co\n", Domain),
            ("a@c.co>", Domain),
            ("a@", Domain),
            ("a@localhost", Domain),
            ("a@-c.co", Domain),
            ("a@c-.co", Domain),
            ("a@c..co", Domain),
            ("a@c.co.", Domain),
            ("a@[127.0.0.1]", Domain),
            ("a@127.0.0.1", Domain),
            ("ä@c.co", NotAscii),
            ("a@bücher.example", NotAscii),
        ] {
            check(text, Err(error));
        }
    }

    #[test]
    fn an_address_is_not_shown_by_accident() {
        let address = Address::new("anna@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "Address(…@example.org)");
        assert_eq!((address.local(), address.domain()), ("anna", "example.org"));
    }
}
