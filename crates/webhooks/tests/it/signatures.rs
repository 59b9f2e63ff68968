//! Signatures, judged by the reference library.

use serde_json::json;
use webhooks::{Delivery, MessageId, Outcome, Secrets, Sender};

use super::receiver::{BODY, Receiver, now, secret, settings};

/// Sends with some secrets to a receiver that knows others: what does each of those accept?
fn check(newest: u64, older: &[u64], known: &[u64], accepted: &[bool]) {
    let receiver = Receiver::start(known);
    let older = older.iter().map(|seed| secret(*seed)).collect();
    let secrets = Secrets { newest: secret(newest), older };
    let outcome = Sender::new(&settings()).send(&Delivery {
        id: &MessageId::new("evt_1").unwrap(),
        url: &receiver.url("/ok"),
        secrets: &secrets,
        body: BODY.as_bytes(),
        now: now(),
    });
    assert_eq!(outcome, Outcome::Delivered);
    assert_eq!(receiver.arrived()["accepted"], json!(accepted), "{newest} {known:?}");
}

#[test]
fn the_reference_library_accepts_what_is_ours_and_nothing_else() {
    check(1, &[], &[1, 2], &[true, false]);
    check(2, &[1], &[1, 2, 3], &[true, true, false]);
}

#[test]
fn a_request_says_what_it_should() {
    let receiver = Receiver::start(&[1]);
    assert_eq!(super::receiver::send(&settings(), &receiver.url("/ok")), Outcome::Delivered);
    let request = receiver.arrived();
    assert_eq!((&request["method"], &request["path"]), (&json!("POST"), &json!("/ok")));
    assert_eq!(request["body"], BODY);
    let header = |name: &str| request["headers"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("webhook-id"), "evt_00000000000000000000000001");
    assert_eq!(header("host"), receiver.address.to_string());
    assert_eq!(header("content-length"), BODY.len().to_string());
    assert!(header("user-agent").starts_with("Makegood-Webhooks/"));
    let sent = header("webhook-timestamp").parse::<i64>().unwrap();
    assert!((now().micros() / 1_000_000 - sent).abs() < 60);
    let mut names: Vec<&String> = request["headers"].as_object().unwrap().keys().collect();
    names.retain(|name| !name.starts_with("webhook-"));
    assert_eq!(
        names,
        ["accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"]
    );
}

#[test]
fn what_is_too_old_is_refused_by_the_reference_library() {
    let receiver = Receiver::start(&[1]);
    let secrets = Secrets { newest: secret(1), older: Vec::new() };
    for (minutes_ago, accepted) in [(0, true), (6, false)] {
        let now = now().saturating_sub(base::Span::seconds(60 * minutes_ago));
        let id = MessageId::new("evt_1").unwrap();
        let url = receiver.url("/ok");
        let body = BODY.as_bytes();
        let delivery = Delivery { id: &id, url: &url, secrets: &secrets, body, now };
        assert_eq!(Sender::new(&settings()).send(&delivery), Outcome::Delivered);
        assert_eq!(receiver.arrived()["accepted"], json!([accepted]));
    }
}
