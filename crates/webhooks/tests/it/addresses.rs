//! Where connections go, and where they never go.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use testbed::certificates;
use webhooks::{AddressRefusal, EndpointUrl, Failure, Outcome, Reach, SenderSettings};

use super::receiver::{MadeUpNames, Receiver, send, settings, url};

fn with_names(names: &Arc<MadeUpNames>) -> SenderSettings {
    SenderSettings { names: Arc::clone(names) as _, ..settings() }
}

#[test]
fn a_name_that_leads_inside_is_refused_and_nobody_is_called() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let here = listener.local_addr().unwrap();
    let private = SocketAddr::from(([10, 0, 0, 1], 443));
    let metadata = SocketAddr::from(([169, 254, 169, 254], 443));
    let public = SocketAddr::from(([192, 0, 32, 1], 443));
    let mapped = SocketAddr::from((Ipv4Addr::LOCALHOST.to_ipv6_mapped(), here.port()));
    let endpoint = EndpointUrl::parse("https://hooks.example/x", Reach::Public).unwrap();
    for (addresses, expected) in [
        (&[here][..], AddressRefusal::Loopback),
        (&[private], AddressRefusal::Private),
        (&[metadata], AddressRefusal::LinkLocal),
        (&[mapped], AddressRefusal::Wrapped),
        // One good address does not excuse a bad one, in whatever order.
        (&[public, here], AddressRefusal::Loopback),
        (&[here, public], AddressRefusal::Loopback),
    ] {
        let names = MadeUpNames::new(&[addresses]);
        let settings = SenderSettings { reach: Reach::Public, ..with_names(&names) };
        let outcome = send(&settings, &endpoint);
        assert_eq!(outcome, Outcome::Failed(Failure::AddressRefused(expected)), "{addresses:?}");
        assert_eq!(names.asked.load(Ordering::Relaxed), 1);
    }
    assert!(listener.accept().is_err(), "somebody called");
}

/// A URL that was allowed once, when this machine could be reached, is judged again.
#[test]
fn an_address_in_the_url_is_judged_too() {
    let receiver = Receiver::start(&[1]);
    let public = SenderSettings { reach: Reach::Public, ..settings() };
    for endpoint in [
        receiver.url("/ok"),
        url(&format!("http://localhost:{}/ok", receiver.address.port())),
        url(&format!("http://[::1]:{}/ok", receiver.address.port())),
    ] {
        let outcome = send(&public, &endpoint);
        let expected = Failure::AddressRefused(AddressRefusal::Loopback);
        assert_eq!(outcome, Outcome::Failed(expected), "{endpoint:?}");
    }
    assert!(receiver.more().is_empty());
}

/// A server for names that answers the check with one address and the connection with another has
/// nothing to answer: it is asked once.
#[test]
fn the_connection_goes_to_the_address_that_was_judged() {
    let (judged, other) = (Receiver::start(&[1]), Receiver::start(&[1]));
    let names = MadeUpNames::new(&[&[judged.address], &[other.address]]);
    let settings = with_names(&names);
    assert_eq!(send(&settings, &url("http://localhost:1/ok")), Outcome::Delivered);
    assert_eq!(names.asked.load(Ordering::Relaxed), 1);
    assert_eq!(judged.arrived()["headers"]["host"], "localhost:1");
    assert!(other.more().is_empty());
    assert_eq!(send(&settings, &url("http://localhost:1/ok")), Outcome::Delivered);
    assert_eq!(other.arrived()["path"], "/ok");
    assert!(judged.more().is_empty());
}

#[test]
fn a_name_without_an_address_is_not_found() {
    let names = MadeUpNames::new(&[&[]]);
    let outcome = send(&with_names(&names), &url("https://hooks.example/"));
    assert_eq!(outcome, Outcome::Failed(Failure::NameNotFound));
    // Asked of the operating system; the top-level name is reserved for having none.
    let outcome = send(&settings(), &url("https://hooks.invalid/"));
    assert!(
        matches!(outcome, Outcome::Failed(Failure::NameNotFound | Failure::TimedOut)),
        "{outcome:?}"
    );
}

#[test]
fn the_certificate_must_be_of_the_name_and_trusted() {
    let receiver = Receiver::encrypted(&[1]);
    let names = MadeUpNames::new(&[&[receiver.address]]);
    let trusting =
        SenderSettings { more_roots: vec![certificates::AUTHORITY.to_vec()], ..with_names(&names) };
    assert_eq!(send(&trusting, &url("https://server.test/ok")), Outcome::Delivered);
    assert_eq!(receiver.arrived()["headers"]["host"], "server.test");
    let untrusted = Outcome::Failed(Failure::Untrusted);
    assert_eq!(send(&trusting, &url("https://other.test/ok")), untrusted);
    assert_eq!(send(&with_names(&names), &url("https://server.test/ok")), untrusted);
    assert!(receiver.more().is_empty());
}

/// Through a proxy, somebody else would choose the address. The client's library would use one
/// that the environment names; so a test above runs once more in such an environment.
#[test]
fn proxies_of_the_environment_are_not_used() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "signatures::a_request_says_what_it_should"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
        again.env(name, format!("http://{nobody}"));
    }
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}
