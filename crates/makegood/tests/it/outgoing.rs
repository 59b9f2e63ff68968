//! What leaves a server by itself: webhooks and mails, over kills and restarts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use testbed::Script;

use crate::client::Client;
use crate::process::{Place, Server};
use crate::serve::issue_body;
use crate::shop::method_body;

const RECEIVER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../webhooks/tests/servers/receiver.py");

const HERE: (&str, &str) = ("MAKEGOOD_WEBHOOK_REACH", "public_and_loopback");

const ALL: &str = "/v1/webhook-endpoints";

/// Issues cards under keys of their own.
fn issue(client: &mut Client, round: &str, count: usize) {
    for number in 0..count {
        let key = format!("{round}-{number}");
        client.post("/v1/gift-cards", &key, &issue_body(100)).unwrap().expect(201);
    }
}

/// Every event there is, by its id, as the API shows it.
fn listed(client: &mut Client) -> BTreeMap<String, Value> {
    let (mut events, mut path) = (BTreeMap::new(), "/v1/events?limit=100".to_owned());
    loop {
        let page = client.get(&path).unwrap().expect(200).json();
        for event in page["data"].as_array().unwrap() {
            events.insert(event["id"].as_str().unwrap().to_owned(), event.clone());
        }
        if page["has_more"] == false {
            return events;
        }
        path = format!("/v1/events?limit=100&cursor={}", page["next_cursor"].as_str().unwrap());
    }
}

/// Takes what arrives until every one of `expected` has; tells how many came more than once.
fn receive(
    receiver: &Script,
    seen: &mut BTreeMap<String, u32>,
    expected: &BTreeMap<String, Value>,
) -> usize {
    while expected.keys().any(|id| !seen.contains_key(id)) {
        let arrived: Value = serde_json::from_str(&receiver.line()).unwrap();
        note(&arrived, seen, expected);
    }
    seen.values().filter(|times| **times > 1).count()
}

fn note(arrived: &Value, seen: &mut BTreeMap<String, u32>, expected: &BTreeMap<String, Value>) {
    assert_eq!(arrived["accepted"], json!([true]), "by the library of Standard Webhooks");
    let event: Value = serde_json::from_str(arrived["body"].as_str().unwrap()).unwrap();
    let id = event["id"].as_str().unwrap();
    assert_eq!(arrived["headers"]["webhook-id"], id);
    if let Some(listed) = expected.get(id) {
        assert_eq!(event, *listed);
    }
    *seen.entry(id.to_owned()).or_default() += 1;
}

#[test]
fn events_survive_kills_of_the_server_that_sends_them() {
    let place = Place::new();
    let mut server = place.serve_with(&[HERE]);
    let mut client = server.client();
    let before = listed(&mut client);
    let nobody = json!({"url": "http://127.0.0.1:1/"});
    let made = client.post(ALL, "endpoint", &nobody).unwrap().expect(201);
    let endpoint = format!("{ALL}/{}", made.text("/id"));
    let (receiver, address) = Script::server(RECEIVER, &[&made.text("/secret")]);
    let url = json!({"url": format!("http://{address}/ok")});
    client.patch(&endpoint, &url).unwrap().expect(200);
    let mut seen = BTreeMap::new();
    for round in ["a", "b", "c"] {
        issue(&mut client, round, 30);
        // In the middle of sending.
        for _ in 0..5 {
            note(&serde_json::from_str(&receiver.line()).unwrap(), &mut seen, &BTreeMap::new());
        }
        server.kill();
        server = place.serve_with(&[HERE]);
        client = server.client();
    }
    issue(&mut client, "d", 5);
    let mut expected = listed(&mut client);
    expected.retain(|id, _| !before.contains_key(id));
    assert!(expected.len() >= 95, "{}", expected.len());
    let twice = receive(&receiver, &mut seen, &expected);
    println!("{twice} of {} came more than once", expected.len());
    assert!(seen.keys().all(|id| expected.contains_key(id)), "what was there before is not sent");
    wait_until_told(&mut client, &endpoint);
    server.stop();
    // After a clean stop nothing comes again.
    receiver.lines_so_far();
    let server = place.serve_with(&[HERE]);
    issue(&mut server.client(), "e", 1);
    let arrived: Value = serde_json::from_str(&receiver.line()).unwrap();
    let id = arrived["headers"]["webhook-id"].as_str().unwrap();
    assert!(!expected.contains_key(id), "{id} came again");
}

/// Waits until the endpoint was told of everything.
pub fn wait_until_told(client: &mut Client, endpoint: &str) {
    let last = listed(client).values().map(|event| event["sequence"].as_i64().unwrap()).max();
    for _ in 0..500 {
        let read = client.get(endpoint).unwrap().expect(200);
        if Some(read.number("/sequence")) >= last && read.number("/retrying") == 0 {
            return;
        }
        pause();
    }
    panic!("the endpoint is not told of everything");
}

#[expect(clippy::disallowed_methods, reason = "nobody tells when something was written down")]
pub fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

fn mails(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut mails: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    mails.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails.sort();
    mails
}

fn wait_until_sent(server: &Server, card: &str) {
    for _ in 0..500 {
        let read = server.client().get(&format!("/v1/gift-cards/{card}")).unwrap().expect(200);
        if read.text("/delivery/state") == "sent" {
            return;
        }
        pause();
    }
    panic!("the card is not sent");
}

#[test]
fn a_gift_waits_until_mail_is_set_up_and_is_sent_then() {
    let place = Place::new();
    let gift = json!({
        "value": {"amount": 2500, "currency": "USD"}, "funding": {"kind": "promotional"},
        "delivery": {"channel": "email"},
        "recipient": {"name": "Ada", "email": "ada@example.org"},
    });
    let server = place.serve();
    let made = server.client().post("/v1/gift-cards", "gift", &gift).unwrap().expect(201);
    let card = made.text("/id");
    assert_eq!(made.text("/delivery/state"), "scheduled");
    server.kill();
    let folder = place.path("mail");
    let variables = [
        ("MAKEGOOD_MAIL_FOLDER", folder.to_str().unwrap()),
        ("MAKEGOOD_MAIL_FROM", "gifts@shop.example"),
        ("MAKEGOOD_MAIL_CLAIM_PAGE", "https://shop.example/gift"),
    ];
    let server = place.serve_with(&variables);
    wait_until_sent(&server, &card);
    let first = mails(&folder);
    assert_eq!(first, [folder.join(format!("{card}-1.eml"))]);
    let text = std::fs::read_to_string(&first[0]).unwrap();
    assert!(text.contains("gifts@shop.example") && text.contains("ada@example.org"), "{text}");
    server.kill();
    std::fs::remove_file(&first[0]).unwrap();
    let server = place.serve_with(&variables);
    let other = server.client().post("/v1/gift-cards", "other", &gift).unwrap().expect(201);
    wait_until_sent(&server, &other.text("/id"));
    assert_eq!(mails(&folder).len(), 1, "what was sent is not sent again");
}

#[test]
fn a_receipt_is_sent_once_whatever_becomes_of_the_process_and_its_place() {
    let place = Place::new();
    let folder = place.path("mail");
    let variables = [
        ("MAKEGOOD_MAIL_FOLDER", folder.to_str().unwrap()),
        ("MAKEGOOD_MAIL_FROM", "gifts@shop.example"),
        ("MAKEGOOD_MAIL_CLAIM_PAGE", "https://shop.example/gift"),
    ];
    let buy = |client: &mut Client, number: u32| {
        let method = client.post("/v1/payment-methods", "method", &method_body("tok_ok"));
        let body = json!({
            "value": {"amount": 2500, "currency": "USD"}, "region": "US-CA",
            "payment_method": method.unwrap().expect(201).text("/id"),
            "sender": {"name": "Charles", "email": "cb@example.com"},
        });
        let key = format!("buy-{number}");
        let bought = client.post("/v1/gift-card-purchases", &key, &body).unwrap().expect(201);
        assert_eq!(bought.text("/status"), "paid");
        format!("{}-receipt.eml", bought.text("/order"))
    };
    let server = place.serve();
    let first = buy(&mut server.client(), 1);
    server.kill();
    let server = place.serve_with(&variables);
    wait_for(&folder, &first);
    let text = std::fs::read_to_string(folder.join(&first)).unwrap();
    assert!(text.contains("cb@example.com") && text.contains("Thank you"), "{text}");
    server.kill();
    // It may have been killed before it was written down that the mail was taken.
    let server = place.serve_with(&variables);
    let second = buy(&mut server.client(), 2);
    wait_for(&folder, &second);
    assert_eq!(server.stop(), Some(0));
    mails(&folder).iter().for_each(|mail| std::fs::remove_file(mail).unwrap());
    let there = place.path("there").display().to_string();
    place.run(&["move", "--to", &there]).expect(0);
    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    serve.env("MAKEGOOD_DATA", &there).env("MAKEGOOD_KEYS", place.path("data-keys"));
    serve.env_remove("MAKEGOOD_DATABASE").envs(variables);
    let server = place.start(serve);
    let third = buy(&mut server.client(), 3);
    wait_for(&folder, &third);
    assert_eq!(mails(&folder), [folder.join(&third)], "what was told is not told again");
}

fn wait_for(folder: &Path, mail: &str) {
    for _ in 0..500 {
        if folder.join(mail).exists() {
            return;
        }
        pause();
    }
    panic!("{mail} does not come: {:?}", mails(folder));
}

#[test]
fn mail_that_is_half_set_up_is_refused_at_the_start() {
    let place = Place::new();
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("MAKEGOOD_MAIL_SERVER", "mail.shop.example");
    let ran = crate::process::run(&mut command).expect(1);
    assert!(ran.err.contains("mail_from"), "{}", ran.err);
}
