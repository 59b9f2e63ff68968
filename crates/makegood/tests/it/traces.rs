//! Traces: a collector on this machine sees the span of a request and of its commit.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::process::{KEY, Place};
use crate::serve::issue_body;

/// Longer than the last spans take to be sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes whatever is sent to it, and passes path and body on.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, received) = channel();
    // Ends with the process of the test: nobody connects any more once the server has stopped.
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap_or(0) > 2 {}
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            reader.get_mut().write_all(answer).unwrap();
            if sender.send((path, body)).is_err() {
                return;
            }
        }
    });
    (address, received)
}

#[test]
fn a_collector_sees_requests_and_commits() {
    let (address, received) = collector();
    let place = Place::new();
    let endpoint = format!("http://{address}");
    let server = place.serve_with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_SERVICE_NAME", "shop-cards"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ]);
    let issued = server.client().post("/v1/gift-cards", "issue", &issue_body(2_500)).unwrap();
    let code = issued.clone().expect(201).text("/code");
    assert_eq!(server.stop(), Some(0));
    let mut all = Vec::new();
    // Names and texts stand readable in the binary form, at whatever place.
    let holds =
        |all: &[u8], text: &str| all.windows(text.len()).any(|part| part == text.as_bytes());
    let wanted =
        ["POST /v1/gift-cards", "/v1/gift-cards", &issued.request_id, "commit", "shop-cards"];
    while !wanted.iter().all(|text| holds(&all, text)) {
        let missing = || format!("not all of {wanted:?} came: {}", String::from_utf8_lossy(&all));
        let (path, body) =
            received.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{}", missing()));
        assert_eq!(path, "/v1/traces");
        all.extend(body);
    }
    for secret in [KEY, &code] {
        assert!(!holds(&all, secret), "{secret} is in a span");
    }
}
