//! `makegood serve`: start, stop, start again; what is refused, and in which words.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::process::{KEY, Place, run};

pub fn issue_body(minor: i64) -> serde_json::Value {
    json!({ "value": { "amount": minor, "currency": "USD" }, "funding": { "kind": "promotional" } })
}

pub fn redeem_body(code: &str, minor: i64) -> serde_json::Value {
    let amount = json!({ "amount": minor, "currency": "USD" });
    json!({ "code": code, "amount": amount, "reference": "order-1" })
}

#[test]
fn what_was_answered_is_there_after_a_restart() {
    let place = Place::in_files();
    let server = place.serve();
    let mut client = server.client();
    let issued = client.post("/v1/gift-cards", "issue-1", &issue_body(2_500)).unwrap().expect(201);
    let (card, code) = (issued.text("/id"), issued.text("/code"));
    client.post("/v1/redemptions", "redeem-1", &redeem_body(&code, 700)).unwrap().expect(201);
    assert!(server.printed.contains("book test (test): 0 records replayed"), "{}", server.printed);
    assert_eq!(server.stop(), Some(0));

    let server = place.serve();
    let mut client = server.client();
    let shown = client.get(&format!("/v1/gift-cards/{card}")).unwrap().expect(200);
    assert_eq!(shown.number("/available/amount"), 1_800);
    let again = client.post("/v1/gift-cards", "issue-1", &issue_body(2_500)).unwrap().expect(201);
    assert!(again.is_replayed);
    assert_eq!(again.body, issued.body);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn nobody_else_can_enter_the_data_folder() {
    let place = Place::new();
    place.serve().stop();
    let mode = std::fs::metadata(place.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn magic_codes_fail_as_documented() {
    let place = Place::new();
    let server = place.serve();
    let mut client = server.client();
    let mut check = |code: &str, expected: &str| {
        let body = redeem_body(code, 100);
        let answer = client.post("/v1/redemptions", code, &body).unwrap().expect(422);
        assert_eq!(answer.text("/code"), expected, "{code}");
    };
    check("TEST-FROZEN-0001", "gift_card_not_usable");
    check("TEST-EXPIRED-0001", "gift_card_not_usable");
    check("TEST-EMPTY-0001", "insufficient_balance");
    check("TEST-REGION-0001", "region_not_allowed");
    check("TEST-CAPTURE-0001", "capture_declined");
}

#[test]
fn a_magic_card_whose_code_was_replaced_does_not_hinder_the_start() {
    let place = Place::in_files();
    let server = place.serve();
    let mut client = server.client();
    let found = serde_json::json!({ "code": "TEST-EMPTY-0001" });
    let found = client.post("/v1/gift-cards/lookup", "find", &found).unwrap().expect(200);
    let path = format!("/v1/gift-cards/{}/replace-code", found.text("/id"));
    client.post(&path, "replace", &serde_json::json!({})).unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));

    let server = place.serve();
    assert!(server.log().contains("a test card was not made"), "{}", server.log());
    let body = redeem_body("TEST-FROZEN-0001", 100);
    server.client().post("/v1/redemptions", "frozen", &body).unwrap().expect(422);
}

#[test]
fn a_second_process_is_refused_in_plain_words() {
    let place = Place::in_files();
    let server = place.serve();
    let second = place.run(&["serve", "--listen", "127.0.0.1:0"]).expect(1);
    assert!(second.err.contains("another makegood process is using"), "{}", second.err);
    let create = ["keys", "create", "--book", "test", "--scopes", "all"];
    let keys = place.run(&create).expect(1);
    assert!(keys.err.contains("POST /v1/keys"), "{}", keys.err);
    assert_eq!(server.stop(), Some(0));
}

#[track_caller]
fn check_refused(args: &[&str], variables: &[(&str, &str)], words: &str) {
    let place = Place::in_files();
    let mut command = place.command(args);
    let ran = run(command.envs(variables.iter().copied())).expect(1);
    assert!(ran.err.contains(words), "{}", ran.err);
    assert_eq!(ran.err.matches("makegood:").count(), 1, "told once: {}", ran.err);
}

#[test]
fn what_cannot_work_is_refused_with_the_next_step() {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let bootstrap = |key| [("MAKEGOOD_BOOTSTRAP_KEY", key)];
    check_refused(&serve, &bootstrap("mg_live_0123456789abcdef0123"), "must begin with mg_test_");
    check_refused(&serve, &bootstrap("mg_test_0123456789"), "too short");
    check_refused(&serve, &bootstrap("mg_test_0123456789abcdef-0123"), "letters and digits only");
    let nobody = [("MAKEGOOD_DATABASE", "postgres://127.0.0.1:1/shop")];
    check_refused(&serve, &nobody, "error connecting to server");
    check_refused(&["serve", "--listen", "nowhere"], &[], "cannot listen on nowhere");
    check_refused(&serve, &[("MAKEGOOD_LOG", "a=b=c")], "log:");
    check_refused(&serve, &[("MAKEGOOD_KEY_RING", "secret text")], "key ring is damaged");
}

#[test]
fn a_lost_key_ring_is_not_replaced_by_a_fresh_one() {
    let place = Place::new();
    place.serve().stop();
    std::fs::remove_file(place.path("data-keys/ring.toml")).unwrap();
    let ran = place.run(&["serve", "--listen", "127.0.0.1:0"]).expect(1);
    assert!(ran.err.contains("there is no key ring"), "{}", ran.err);
}

#[test]
fn the_bootstrap_key_is_used_once() {
    let place = Place::new();
    place.serve().stop();
    let other = "mg_test_another_key_0123456789";
    let server = place.serve_with(&[("MAKEGOOD_BOOTSTRAP_KEY", other)]);
    let mut stranger = crate::client::Client::connect(&server.address, other).unwrap();
    stranger.get("/v1/gift-cards/gc_00000000000000000000000000").unwrap().expect(401);
    server.client().get("/v1/gift-cards/gc_00000000000000000000000000").unwrap().expect(404);
    assert!(server.log().contains("MAKEGOOD_BOOTSTRAP_KEY is ignored"), "{}", server.log());
    assert!(!server.log().contains(KEY), "the log has the key");
}

#[test]
fn the_configuration_explains_itself() {
    let place = Place::new();
    let printed = place.run(&["serve", "--print-config"]).expect(0).out;
    let path = place.path("own.toml");
    std::fs::write(&path, printed.replace("127.0.0.1:8080", "127.0.0.1:0")).unwrap();
    let mut command = place.command(&["serve", "--config", path.to_str().unwrap()]);
    command.env("MAKEGOOD_BOOTSTRAP_KEY", KEY);
    assert_eq!(place.start(command).stop(), Some(0));
}

#[test]
fn a_server_whose_book_was_taken_over_ends_with_an_error() {
    let place = Place::in_files();
    let mut first = place.serve();
    let mut client = first.client();
    // Without the lock's file another process can come: the head row still keeps them apart.
    std::fs::remove_file(place.data().join("makegood.lock")).unwrap();
    let second = place.serve();
    second.client().post("/v1/gift-cards", "theirs", &issue_body(500)).unwrap().expect(201);
    let answer = client.post("/v1/gift-cards", "ours", &issue_body(500)).unwrap();
    assert!(answer.status >= 500, "{}", answer.body);
    drop(client);
    assert_eq!(first.wait(), Some(1));
    assert!(first.log().contains("another owner has taken this book over"), "{}", first.log());
    assert_eq!(second.stop(), Some(0));
    place.run(&["verify"]).expect(0);
}
