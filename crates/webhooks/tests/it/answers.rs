//! Receivers that answer slowly, hugely, elsewhere, or not at all.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base::Span;
use webhooks::{Failure, Outcome, RETRY_AFTER_MAX, SenderSettings};

use super::receiver::{Receiver, send, settings, url};

fn status(status: u16) -> Outcome {
    Outcome::Failed(Failure::Status { status, retry_after: None })
}

/// Settings for receivers that are to be given up.
fn impatient() -> SenderSettings {
    SenderSettings { patience: Duration::from_millis(1500), ..settings() }
}

/// Runs an attempt that must end well before the patience of [`settings`] does, in a thread that
/// may be given up.
fn in_time(attempt: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    let (sender, outcome) = mpsc::channel();
    thread::spawn(move || sender.send(attempt()));
    outcome.recv_timeout(Duration::from_secs(12)).expect("the attempt ends in time")
}

#[test]
fn the_status_decides() {
    let receiver = Receiver::start(&[1]);
    for (path, expected) in [
        ("/ok", Outcome::Delivered),
        ("/status/201", Outcome::Delivered),
        ("/status/204", Outcome::Delivered),
        ("/status/299", Outcome::Delivered),
        ("/status/410", Outcome::Gone),
        ("/status/304", status(304)),
        ("/status/400", status(400)),
        ("/status/404", status(404)),
        ("/status/500", status(500)),
        ("/status/503", status(503)),
    ] {
        assert_eq!(send(&settings(), &receiver.url(path)), expected, "{path}");
        assert_eq!(receiver.arrived()["path"], path);
    }
}

#[test]
fn redirects_are_not_followed() {
    let receiver = Receiver::start(&[1]);
    for code in [301, 302, 303, 307, 308] {
        let path = format!("/redirect/{code}");
        assert_eq!(send(&settings(), &receiver.url(&path)), status(code));
        assert_eq!(receiver.arrived()["path"], path);
        assert!(receiver.more().is_empty());
    }
}

#[test]
fn a_receiver_may_ask_to_be_left_alone() {
    let receiver = Receiver::start(&[1]);
    for (asked, expected) in [
        ("120", Some(Span::seconds(120))),
        ("0", Some(Span::ZERO)),
        ("9999999", Some(RETRY_AFTER_MAX)),
        ("18446744073709551615", Some(RETRY_AFTER_MAX)),
        ("soon", None),
        ("-1", None),
    ] {
        let outcome = send(&settings(), &receiver.url(&format!("/later/{asked}")));
        let expected = Failure::Status { status: 429, retry_after: expected };
        assert_eq!(outcome, Outcome::Failed(expected), "{asked}");
    }
}

#[test]
fn slow_receivers_are_given_up() {
    let receiver = Receiver::start(&[1]);
    for path in ["/silent", "/drip"] {
        let url = receiver.url(path);
        let outcome = in_time(move || send(&impatient(), &url));
        assert_eq!(outcome, Outcome::Failed(Failure::TimedOut), "{path}");
        assert_eq!(receiver.arrived()["path"], path);
    }
    // A connection that nobody accepts is open all the same.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    let outcome = in_time(move || send(&impatient(), &url(&format!("http://{address}/"))));
    assert_eq!(outcome, Outcome::Failed(Failure::TimedOut));
}

#[test]
fn slow_large_answers_are_not_read_to_their_end() {
    let receiver = Receiver::start(&[1]);
    let url = receiver.url("/huge");
    assert_eq!(in_time(move || send(&settings(), &url)), Outcome::Delivered);
    assert_eq!(receiver.arrived()["path"], "/huge");
    // More than is read fits the buffers of the system, but not as much as comes in a second.
    let written = receiver.arrived()["written"].as_u64().unwrap();
    assert!(written < 32 << 20, "{written} bytes were taken");
    for (path, expected) in [
        ("/stalled", Outcome::Delivered),
        ("/large-header/10000", Outcome::Delivered),
        ("/large-header/20000", Outcome::Failed(Failure::Broken)),
        ("/huge-header", Outcome::Failed(Failure::Broken)),
    ] {
        let url = receiver.url(path);
        assert_eq!(in_time(move || send(&settings(), &url)), expected, "{path}");
    }
}

#[test]
fn what_is_no_answer_fails() {
    let receiver = Receiver::start(&[1]);
    for path in ["/reset", "/nonsense"] {
        let outcome = send(&settings(), &receiver.url(path));
        assert_eq!(outcome, Outcome::Failed(Failure::Broken), "{path}");
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outcome = send(&settings(), &url(&format!("http://{free}/")));
    assert_eq!(outcome, Outcome::Failed(Failure::Unreachable));
}
