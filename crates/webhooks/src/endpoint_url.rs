use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{AddressRefusal, Reach, judge};

/// Most bytes of a URL.
pub const URL_BYTES_MAX: usize = 1000;

/// The ports of endpoints. Others belong to other protocols, which a request could be made to
/// speak; on this machine, where that is allowed at all, every port may be used.
pub const PORTS: [u16; 2] = [443, 8443];

const HOST_BYTES_MAX: usize = 253;

/// Where somebody wants to be told, of a form that every program reads the same way.
///
/// `https`, a name or an address, port 443 or 8443, a path and a query; no user, no fragment. The
/// path may hold a token of its owner, so `Debug` shows the host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointUrl {
    text: Box<str>,
    host: Box<str>,
}

impl EndpointUrl {
    /// Reads a URL; an address in it is judged at once, a name whenever something is sent.
    ///
    /// # Errors
    ///
    /// [`UrlError`].
    pub fn parse(text: &str, reach: Reach) -> Result<Self, UrlError> {
        if text.len() > URL_BYTES_MAX {
            return Err(UrlError::TooLong);
        }
        if !text.bytes().all(is_url_byte) {
            return Err(UrlError::Character);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(UrlError::User);
        }
        let (host, port) = split_port(authority)?;
        let is_here = check_host(host, reach)?;
        let is_allowed_here = is_here && reach == Reach::PublicAndLoopback;
        match scheme {
            "https" => {}
            "http" if is_allowed_here => {}
            _ => return Err(UrlError::Scheme),
        }
        if !is_allowed_here && port.is_some_and(|port| !PORTS.contains(&port)) {
            return Err(UrlError::Port);
        }
        Ok(Self { text: text.into(), host: host.into() })
    }

    /// The URL as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name or address of the machine; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({}…)", self.host)
    }
}

/// Why a URL is not one of an endpoint. The text is for its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// More than [`URL_BYTES_MAX`].
    #[error("the URL is longer than {URL_BYTES_MAX} bytes")]
    TooLong,
    /// White space, letters outside ASCII, or signs that a URL cannot have; or a fragment.
    #[error(
        "the URL has a character that must be percent-encoded, or a fragment; a name with letters \
         outside a to z is written in its form that begins with xn--"
    )]
    Character,
    /// Not `https://`.
    #[error("the URL must begin with https://")]
    Scheme,
    /// A user or a password.
    #[error("the URL must not name a user; requests are known by their signature")]
    User,
    /// The name of the machine is not one.
    #[error("the URL needs a full name of a machine, such as hooks.example.com")]
    Host,
    /// Not 443 or 8443.
    #[error("the port must be 443 or 8443")]
    Port,
    /// An address to which nothing is sent.
    #[error("nothing is sent to this address: {0}")]
    Address(#[from] AddressRefusal),
}

/// Visible ASCII without what URLs cannot hold (RFC 3986) and without `#`.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte)
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    let host_end = match authority.rfind(']') {
        Some(bracket) => bracket + 1,
        None if authority.starts_with('[') => return Err(UrlError::Host),
        None => 0,
    };
    let Some(colon) = authority[host_end..].find(':').map(|at| host_end + at) else {
        return Ok((authority, None));
    };
    let digits = &authority[colon + 1..];
    let is_plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|_| is_plain).ok_or(UrlError::Port)?;
    Ok((&authority[..colon], Some(port)))
}

/// Refuses what is no host; says whether it is this machine.
fn check_host(host: &str, reach: Reach) -> Result<bool, UrlError> {
    if let Some(bracketed) = host.strip_prefix('[') {
        let inner = bracketed.strip_suffix(']').ok_or(UrlError::Host)?;
        let address: Ipv6Addr = inner.parse().map_err(|_| UrlError::Host)?;
        judge(IpAddr::V6(address), reach)?;
        return Ok(address.is_loopback());
    }
    if host.eq_ignore_ascii_case("localhost") {
        judge(IpAddr::V4(Ipv4Addr::LOCALHOST), reach)?;
        return Ok(true);
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let is_name =
        host.len() <= HOST_BYTES_MAX && host.contains('.') && host.split('.').all(is_label);
    let last = host.rsplit('.').next().unwrap_or_default();
    if is_name && last.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Ok(false);
    }
    // Whatever ends in a number is an address to some program, so it must be a plain one.
    let address: Ipv4Addr = host.parse().map_err(|_| UrlError::Host)?;
    judge(IpAddr::V4(address), reach)?;
    Ok(address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, reach: Reach, expected: Result<&str, UrlError>) {
        let url = EndpointUrl::parse(text, reach);
        let host = url.as_ref().map(EndpointUrl::host).map_err(|error| *error);
        assert_eq!(host, expected, "{text}");
    }

    #[test]
    fn endpoints_of_others() {
        use AddressRefusal::{LinkLocal, Loopback, Private, Special, Wrapped};
        use UrlError::{Address, Character, Host, Port, Scheme, TooLong, User};
        let long = format!("https://a.example/{}", "x".repeat(URL_BYTES_MAX));
        for (text, expected) in [
            ("https://a.example", Ok("a.example")),
            ("https://Hooks.a.example:8443/x?y=z@w:1/2", Ok("Hooks.a.example")),
            ("https://a.example:443/?", Ok("a.example")),
            ("https://a_b.example?x", Ok("a_b.example")),
            ("https://1.1.1.1/", Ok("1.1.1.1")),
            ("https://[2606:4700::1111]:8443/", Ok("[2606:4700::1111]")),
            ("https://xn--bcher-kva.example/", Ok("xn--bcher-kva.example")),
            ("", Err(Scheme)),
            ("a.example/x", Err(Scheme)),
            ("http://a.example/", Err(Scheme)),
            ("HTTPS://a.example/", Err(Scheme)),
            ("ftp://a.example/", Err(Scheme)),
            ("https://a.example:80/", Err(Port)),
            ("https://a.example:22/", Err(Port)),
            ("https://a.example:0443/", Err(Port)),
            ("https://a.example:/", Err(Port)),
            ("https://a.example:+443/", Err(Port)),
            ("https://a.example:65979/", Err(Port)),
            ("https://user@a.example/", Err(User)),
            ("https://a.example:443@10.0.0.1/", Err(User)),
            ("https://a.example\\@b.example/", Err(Character)),
            ("https://a.example/#x", Err(Character)),
            ("https://a.example/ x", Err(Character)),
            ("https://a.example/\r\nX: y", Err(Character)),
            ("https://bücher.example/", Err(Character)),
            ("https://", Err(Host)),
            ("https:///x", Err(Host)),
            ("https://intranet/", Err(Host)),
            ("https://a..example/", Err(Host)),
            ("https://a.example./", Err(Host)),
            ("https://a%2eexample/", Err(Host)),
            ("https://127.1/", Err(Host)),
            ("https://0x7f.1/", Err(Host)),
            ("https://0177.0.0.1/", Err(Host)),
            ("https://2130706433/", Err(Host)),
            ("https://0x7f000001/", Err(Host)),
            ("https://[::1/", Err(Host)),
            ("https://[fe80::1%25eth0]/", Err(Host)),
            ("https://[::1]x/", Err(Host)),
            ("https://127.0.0.1/", Err(Address(Loopback))),
            ("https://localhost/", Err(Address(Loopback))),
            ("https://LOCALHOST/", Err(Address(Loopback))),
            ("https://[::1]/", Err(Address(Loopback))),
            ("https://10.0.0.1/", Err(Address(Private))),
            ("https://169.254.169.254/latest/meta-data", Err(Address(LinkLocal))),
            ("https://[::ffff:10.0.0.1]/", Err(Address(Wrapped))),
            ("https://0.0.0.0/", Err(Address(Special))),
            (&long, Err(TooLong)),
        ] {
            check(text, Reach::Public, expected);
        }
    }

    #[test]
    fn endpoints_on_this_machine() {
        let reach = Reach::PublicAndLoopback;
        check("http://127.0.0.1:8080/x", reach, Ok("127.0.0.1"));
        check("http://localhost:8080/x", reach, Ok("localhost"));
        check("https://[::1]:1/x", reach, Ok("[::1]"));
        check("http://a.example/", reach, Err(UrlError::Scheme));
        check("http://10.0.0.1/", reach, Err(UrlError::Address(AddressRefusal::Private)));
        check("https://a.example:8080/", reach, Err(UrlError::Port));
    }

    #[test]
    fn the_path_is_not_shown_by_accident() {
        let url = EndpointUrl::parse("https://a.example/token", Reach::Public).unwrap();
        assert_eq!(format!("{url:?}"), "EndpointUrl(a.example…)");
    }
}
