//! The log: which lines there are, what is in them, and what is in none.

use serde_json::{Value, json};
use testbed::OwnDatabase;

use crate::client::Client;
use crate::process::{KEY, Place, Server};

/// Starts a server that logs everything as JSON.
fn talkative(place: &Place, more: &[(&str, &str)]) -> Server {
    let all = [("MAKEGOOD_LOG", "trace"), ("MAKEGOOD_LOG_FORMAT", "json")];
    place.serve_with(&[&all, more].concat())
}

fn lines(server: &Server) -> Vec<Value> {
    server.log().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_of_a_request_names_it() {
    let place = Place::new();
    let server = talkative(&place, &[("MAKEGOOD_SLOW_REQUEST_MILLISECONDS", "1")]);
    let mut client = server.client();
    let missing = client.get("/v1/gift-cards/gc_00000000000000000000000000").unwrap().expect(404);
    let id = missing.text("/request_id");
    assert_eq!(missing.request_id, id, "header and body name the same");
    let all = lines(&server);
    let of_request: Vec<_> = all.iter().filter(|line| line["span"]["request"] == *id).collect();
    let [line] = of_request[..] else { panic!("one line of {id}: {all:?}") };
    assert_eq!(line["route"], "/v1/gift-cards/{id}");
    assert_eq!(line["status"], 404);
    assert_eq!(line["code"], "gift_card_not_found");
    assert!(line["micros"].is_u64());
    for member in ["timestamp", "level", "target", "message"] {
        assert!(line[member].is_string(), "{line}");
    }
}

#[test]
fn slow_requests_are_warnings() {
    let place = Place::new();
    let slow = [("MAKEGOOD_SLOW_REQUEST_MILLISECONDS", "1"), ("MAKEGOOD_LOG_FORMAT", "json")];
    let server = place.serve_with(&slow);
    // A failed look-up is answered after ten milliseconds, whatever it failed of.
    let found = json!({ "code": "2345-6789-ABCD" });
    let publishable = publishable(&mut server.client());
    let mut shopper = Client::connect(&server.address, &publishable).unwrap();
    shopper.post("/v1/gift-cards/lookup", "find", &found).unwrap().expect(404);
    let all = lines(&server);
    let warned = all.iter().find(|line| line["message"] == "a slow request");
    let warned = warned.unwrap_or_else(|| panic!("no warning: {all:?}"));
    assert_eq!(warned["level"], "WARN");
    assert!(warned["span"]["request"].as_str().unwrap().starts_with("req_"));
}

fn publishable(client: &mut Client) -> String {
    let made = client.post("/v1/keys", "publishable", &json!({ "kind": "publishable" }));
    made.unwrap().expect(201).text("/secret")
}

#[test]
fn no_secret_reaches_the_log() {
    let place = Place::new();
    let server = talkative(&place, &[]);
    let secrets = send_secrets(&server.address);
    expect_none(&server, &secrets);
    assert!(server.log().contains("a code was revealed"), "{}", server.log());
}

/// What one process cannot answer goes to the other one with all its secrets.
#[test]
fn no_secret_reaches_the_logs_of_two_processes() {
    const PASSWORD: &str = "hush-5514";
    let database = OwnDatabase::new();
    let place = Place::on(format!("{}?password={PASSWORD}", database.address()));
    let owner = talkative(&place, &[]);
    owner.client().get("/v1/gift-cards").unwrap().expect(200);
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("MAKEGOOD_LOG", "trace").env("MAKEGOOD_LOG_FORMAT", "json");
    let other = place.start_logging(command, "other.log");
    let mut secrets = send_secrets(&other.address);
    secrets.push(PASSWORD.to_owned());
    for server in [&owner, &other] {
        expect_none(server, &secrets);
    }
    assert!(owner.log().contains("a code was revealed"), "nothing was passed on");
    assert!(!other.log().contains("a code was revealed"), "it was answered where it was asked");
}

#[track_caller]
fn expect_none(server: &Server, secrets: &[String]) {
    let log = server.log();
    assert!(log.contains("answered"), "{log}");
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// Sends every kind of secret in every place it can be sent in, and returns them.
fn send_secrets(address: &str) -> Vec<String> {
    let mut client = Client::connect(address, KEY).unwrap();
    let mut secrets = vec![KEY.to_owned(), publishable(&mut client)];
    let issued = json!({
        "value": { "amount": 2_500, "currency": "USD" },
        "funding": { "kind": "promotional" },
        "recipient": { "name": "Wilhelmina Quist", "email": "mina@quist.example" },
        "sender": { "name": "Ottokar Brandt", "email": "ottokar@brandt.example" },
        "message": "zum siebzigsten alles Liebe",
    });
    let issued = client.post("/v1/gift-cards", "key-of-issue-8861", &issued).unwrap().expect(201);
    let (card, code) = (issued.text("/id"), issued.text("/code"));
    for text in ["Wilhelmina", "mina@quist", "Ottokar", "ottokar@brandt", "siebzigsten"] {
        secrets.push(text.to_owned());
    }
    secrets.extend([code.clone(), code.replace('-', ""), "key-of-issue-8861".to_owned()]);
    let amount = json!({ "amount": 100, "currency": "USD" });
    let person = ["203.0.113.77", "agent-5512", "session-5512"];
    let client_of_shop = json!({ "ip": person[0], "user_agent": person[1], "session": person[2] });
    let redeem =
        json!({ "code": code, "amount": amount, "reference": "r", "client": client_of_shop });
    secrets.extend(person.map(str::to_owned));
    client.post("/v1/redemptions", "key-of-redeem-8862", &redeem).unwrap().expect(201);
    secrets.push("key-of-redeem-8862".to_owned());
    // Where it does not belong: path, query, names and values of fields, keys, broken texts.
    let path = format!("/v1/gift-cards/{code}");
    client.get(&path).unwrap().expect(404);
    client.get(&format!("/v1/{code}")).unwrap().expect(404);
    client.get(&format!("/v1/gift-cards?code={code}&owner={code}")).unwrap().expect(400);
    client.post(&format!("{path}/freeze"), &code, &json!({})).unwrap().expect(404);
    for body in [
        json!({ "code": { "text": code } }),
        json!({ code.clone(): code, "amount": code }),
        json!([code]),
        json!(code),
    ] {
        client.post("/v1/redemptions", &format!("{code}-x"), &body).unwrap().expect(400);
    }
    let batch = json!({ "operations": [
        { "idempotency_key": code, "path": format!("/v1/{code}"), "body": { "code": code } },
        { "idempotency_key": "b", "path": "/v1/redemptions", "body": redeem },
    ] });
    client.post("/v1/batch", "batch", &batch).unwrap().expect(200);
    let reveal = format!("/v1/gift-cards/{card}/reveal");
    client.post(&reveal, "reveal", &json!({})).unwrap().expect(200);
    let wrong = "mg_test_wrong_key_5513";
    let mut stranger = Client::connect(address, wrong).unwrap();
    stranger.get("/v1/gift-cards").unwrap().expect(401);
    secrets.push(wrong.to_owned());
    let mut odd = Client::connect(address, &format!("{code} {code}")).unwrap();
    odd.get("/v1/gift-cards").unwrap().expect(401);

    secrets
}
