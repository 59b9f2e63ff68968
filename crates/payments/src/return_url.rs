//! The address that a payer comes back to.

// Addresses, and nothing that connects to them.
use core::net::{Ipv4Addr, Ipv6Addr};
use std::fmt;

use base::Text;

/// Most bytes of an address.
const BYTES_MAX: usize = 1_024;

/// Where a rail sends the payer's browser after a challenge: an address of the shop.
///
/// `https`, or `http` to this machine for tests. It stays readable in the journal for good, so it
/// names no user and no password, and whatever else it has should lead nowhere once the payment is
/// over. It may name the payer's session, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnUrl(Text<BYTES_MAX>);

impl ReturnUrl {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`ReturnUrlError`].
    pub fn parse(text: &str) -> Result<ReturnUrl, ReturnUrlError> {
        if text.len() > BYTES_MAX {
            return Err(ReturnUrlError::TooLong);
        }
        if !text.bytes().all(is_url_byte) {
            return Err(ReturnUrlError::Character);
        }
        let (scheme, rest) = text.split_once("://").ok_or(ReturnUrlError::Scheme)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(ReturnUrlError::User);
        }
        let is_here = check_authority(authority)?;
        match scheme {
            "https" => {}
            "http" if is_here => {}
            _ => return Err(ReturnUrlError::Scheme),
        }
        Text::new(text).map(ReturnUrl).map_err(|_| ReturnUrlError::Character)
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// True when what the payer's browser sends there cannot be read on the way.
    pub fn is_encrypted(&self) -> bool {
        self.as_str().starts_with("https://")
    }
}

impl fmt::Debug for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnUrl(..)")
    }
}

/// Why an address is not one to come back to. The text is for the shop and repeats nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnUrlError {
    /// More bytes than an address may have.
    #[error("must be at most {BYTES_MAX} bytes")]
    TooLong,
    /// White space, letters outside ASCII, or signs that a URL cannot have.
    #[error(
        "has a character that must be percent-encoded; a name with letters outside a to z is \
         written in its form that begins with xn--"
    )]
    Character,
    /// Neither `https://` nor an address of this machine.
    #[error("must begin with https://")]
    Scheme,
    /// A user or a password.
    #[error("must not name a user or a password, for it stays readable in the journal")]
    User,
    /// No machine, or no port.
    #[error("must name a machine, such as shop.example, and perhaps a port")]
    Host,
}

/// Visible ASCII without what URLs cannot hold (RFC 3986).
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)
}

/// Refuses what names no machine; says whether it is this one.
fn check_authority(authority: &str) -> Result<bool, ReturnUrlError> {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[host_end..].split_once(':') {
        Some((rest, port)) => (&authority[..host_end + rest.len()], Some(port)),
        None => (authority, None),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if !port.is_none_or(is_port) {
        return Err(ReturnUrlError::Host);
    }
    if let Some(bracketed) = host.strip_prefix('[') {
        let inner = bracketed.strip_suffix(']').ok_or(ReturnUrlError::Host)?;
        let address: Ipv6Addr = inner.parse().map_err(|_| ReturnUrlError::Host)?;
        return Ok(address.is_loopback());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !host.split('.').all(is_label) {
        return Err(ReturnUrlError::Host);
    }
    let is_loopback = host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
    Ok(is_loopback || host.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_shop_is_taken_as_it_is() {
        let check = |text: &str, is_encrypted: bool| {
            let url = ReturnUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((url.as_str(), url.is_encrypted()), (text, is_encrypted));
            assert!(!format!("{url:?}").contains("shop"), "{url:?}");
        };
        check("https://shop.example", true);
        check("https://shop.example/back?checkout=chk_1&step=2#paid", true);
        check("https://shop.example:8443?a=b@c", true);
        check("https://shop/@me", true);
        check("https://xn--bcher-kva.example/", true);
        check("https://192.0.2.7/", true);
        check("https://[2001:db8::1]:444/", true);
        check("http://localhost:3000/back", false);
        check("http://127.0.0.1/", false);
        check("http://[::1]:9/", false);
        let long = format!("https://shop.example/{}", "a".repeat(BYTES_MAX - 21));
        check(&long, true);
    }

    #[test]
    fn others_are_refused() {
        use ReturnUrlError::{Character, Host, Scheme, TooLong, User};
        let check = |text: &str, expected: ReturnUrlError| {
            assert_eq!(ReturnUrl::parse(text).err(), Some(expected), "{text}");
        };
        check("", Scheme);
        check("/back", Scheme);
        check("shop.example", Scheme);
        check("http://shop.example/", Scheme);
        check("http://localhost.shop.example/", Scheme);
        check("http://127.0.0.1.shop.example/", Scheme);
        check("HTTPS://shop.example/", Scheme);
        check("ftp://shop.example/", Scheme);
        check("javascript:alert(1)//https://shop.example", Scheme);
        check("javascript://shop.example/%0aalert(1)", Scheme);
        check("https://", Host);
        check("https:///back", Host);
        check("https://shop..example/", Host);
        check("https://shop.example:/", Host);
        check("https://shop.example:0/", Host);
        check("https://shop.example:65536/", Host);
        check("https://shop.example:+80/", Host);
        check("https://shop.example:80:80/", Host);
        check("https://shop.example%2f/", Host);
        check("https://[::1/", Host);
        check("https://::1]/", Host);
        check("https://[::1]x/", Host);
        check("https://[shop]/", Host);
        check("https://ada:secret@shop.example/", User);
        check("http://localhost@shop.example/", User);
        check("https://shop.example\\@evil.example/", Character);
        check("https://shop.example/a b", Character);
        check("https://shop.example/\n", Character);
        check("https://bücher.example/", Character);
        check(&format!("https://shop.example/{}", "a".repeat(BYTES_MAX - 20)), TooLong);
    }
}
