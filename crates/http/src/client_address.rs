//! Where a browser is.

use std::net::IpAddr;

use axum::http::request::Parts;

use crate::guesses::Peer;

/// The header in which proxies name whom they speak for, each behind the former.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever sent a request: that of the connection, or, when a proxy of our own
/// stands in front, the last one in what the proxies say that is none of theirs.
///
/// A connection from this machine or from a private network comes by such a proxy, for the server
/// has no TLS. What others write into the header is not believed: they would choose whom to be.
pub fn of(head: &Parts) -> Option<IpAddr> {
    let peer = head.extensions.get::<Peer>()?.0.ip().to_canonical();
    if !is_of_ours(peer) {
        return Some(peer);
    }
    let headers = head.headers.get_all(FORWARDED_FOR);
    let all = headers.into_iter().filter_map(|value| value.to_str().ok());
    let all: Vec<_> = all.flat_map(|value| value.split(',')).map(str::trim).collect();
    // The nearest proxy has written the last one.
    for text in all.into_iter().rev() {
        let address = text.parse::<IpAddr>().ok()?.to_canonical();
        if !is_of_ours(address) {
            return Some(address);
        }
    }
    None
}

/// This machine, private networks (RFC 1918, RFC 4193) and those of one link.
fn is_of_ours(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expected: Option<&str>) {
        let mut request = Request::builder();
        for one in forwarded {
            request = request.header(FORWARDED_FOR, *one);
        }
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        if !peer.is_empty() {
            head.extensions.insert(Peer(format!("{peer}:1").parse().unwrap()));
        }
        assert_eq!(of(&head), expected.map(|text| text.parse().unwrap()), "{peer} {forwarded:?}");
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let (theirs, forged) = ("203.0.113.9", "198.51.100.1");
        check("", &[theirs], None);
        check(theirs, &[], Some(theirs));
        check(theirs, &[forged], Some(theirs));
        check("127.0.0.1", &[theirs], Some(theirs));
        check("127.0.0.1", &["198.51.100.1, 203.0.113.9"], Some(theirs));
        check("10.0.0.2", &[forged, "203.0.113.9, 10.0.0.3"], Some(theirs));
        check("[::1]", &["2001:db8::7"], Some("2001:db8::7"));
        check("127.0.0.1", &[], None);
        check("127.0.0.1", &["198.51.100.1, unknown"], None);
        check("127.0.0.1", &["192.168.1.5"], None);
    }
}
