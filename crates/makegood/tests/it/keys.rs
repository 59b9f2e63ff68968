//! `makegood keys`.

use crate::client::Client;
use crate::process::{KEY, Place};
use crate::serve::issue_body;

const CARD: &str = "/v1/gift-cards/gc_00000000000000000000000000";

#[test]
fn keys_are_made_listed_and_withdrawn() {
    let place = Place::new();
    let create = ["keys", "create", "--book", "shop", "--scopes", "read,issue", "--json"];
    let missing = place.run(&create).expect(1);
    assert!(missing.err.contains("--create-book"), "{}", missing.err);
    let with_book = [create.as_slice(), &["--create-book", "live"]].concat();
    let made = place.run(&with_book).expect(0).json();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(key.starts_with("mg_live_"));
    assert_eq!(made["scopes"], serde_json::json!(["read", "issue"]));

    let server = place.serve();
    let mut client = Client::connect(&server.address, key).unwrap();
    client.get(CARD).unwrap().expect(404);
    let hidden = client.post("/v1/gift-cards", "issue", &issue_body(500)).unwrap().expect(201);
    assert!(hidden.json().get("code").is_none(), "without the scope the code is not shown");
    client
        .post("/v1/keys", "key", &serde_json::json!({ "kind": "publishable" }))
        .unwrap()
        .expect(403);
    assert_eq!(server.stop(), Some(0));

    let listed = place.run(&["keys", "list", "--json"]).expect(0);
    assert!(!listed.out.contains(key) && !listed.out.contains(KEY), "a list shows no key");
    assert_eq!(listed.json().as_array().unwrap().len(), 2);
    place.run(&["keys", "revoke", id]).expect(0);
    place.run(&["keys", "revoke", "key_00000000000000000000000000"]).expect(1);

    let server = place.serve();
    Client::connect(&server.address, key).unwrap().get(CARD).unwrap().expect(401);
    server.client().get(CARD).unwrap().expect(404);
}

#[test]
fn a_publishable_key_has_no_scopes() {
    let place = Place::new();
    let args = ["keys", "create", "--book", "test", "--create-book", "test"];
    let with = |more: &[&str]| place.run(&[args.as_slice(), more].concat());
    with(&["--kind", "publishable", "--scopes", "all"]).expect(1);
    with(&["--scopes", "everything"]).expect(2);
    with(&[]).expect(2);
    with(&["--kind", "secret"]).expect(1);
    let made = with(&["--kind", "publishable", "--json"]).expect(0).json();
    assert!(made["key"].as_str().unwrap().starts_with("mg_pub_"));
}

#[test]
fn a_rotated_ring_still_finds_old_codes() {
    let place = Place::new();
    let server = place.serve();
    let mut client = server.client();
    let issued = client.post("/v1/gift-cards", "issue", &issue_body(500)).unwrap().expect(201);
    assert_eq!(server.stop(), Some(0));
    let rotated = place.run(&["keys", "rotate-ring", "--json"]).expect(0).json();
    assert_eq!(rotated["current"], 2);

    let server = place.serve();
    let body = crate::serve::redeem_body(&issued.text("/code"), 100);
    server.client().post("/v1/redemptions", "redeem", &body).unwrap().expect(201);
}

#[test]
fn a_ring_is_not_rotated_under_a_server() {
    for place in [Place::in_files(), Place::in_database()] {
        let server = place.serve();
        server.client().get(CARD).unwrap().expect(404);
        let refused = place.run(&["keys", "rotate-ring"]).expect(1);
        assert!(refused.err.contains("stop "), "{}", refused.err);
        assert_eq!(server.stop(), Some(0));
        let rotated = place.run(&["keys", "rotate-ring", "--json"]).expect(0).json();
        assert_eq!(rotated["current"], 2, "it was rotated before it was refused");
    }
}
