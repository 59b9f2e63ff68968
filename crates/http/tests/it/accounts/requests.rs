//! Requests to the support: customers write, staff answer.

use base::Span;
use people::Role;
use serde_json::{Value, json};

use super::role_table::browsers;
use super::world::{Browser, Place};

const ANN: &str = "ann@mail.example";
const CARD: &str = "gc_00000000000000000000000001";

async fn begin(browser: &mut Browser<'_>, text: &str) -> String {
    let from = format!("/wallet/{CARD}?x=1");
    let body = json!({"topic": "cards", "text": text, "from": from});
    let begun = browser.post("/account/requests", body).await.expect(201);
    begun["id"].as_str().unwrap().to_owned()
}

async fn meg(place: &Place) -> Browser<'_> {
    browsers(place, Role::Support).await.1
}

fn texts(thread: &Value) -> Vec<(&str, &str)> {
    let messages = thread["messages"].as_array().unwrap();
    messages.iter().map(|m| (m["author"].as_str().unwrap(), m["text"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_request_goes_from_a_customer_to_staff_and_back() {
    let place = Place::new();
    let (mut ann, mut meg) = (place.browser(), meg(&place).await);
    ann.sign_in(ANN).await;
    let id = begin(&mut ann, "My card was stolen\r\non Harbor Street ").await;
    let (subject, text) = place.next_news(ANN).await;
    // Begun on a Friday at ten: four business hours.
    assert!(text.contains("We answer by 2026-11-20 14:00 (UTC)."), "{text}");
    assert!(text.contains(&format!("https://shop.example/requests/{id}")), "{text}");
    assert!(!text.contains("Harbor") && !subject.contains("Harbor"));

    let queue = meg.get("/account/queue").await.expect(200);
    let first = &queue["data"][0];
    assert_eq!((&first["id"], &first["state"]), (&json!(id), &json!("open")));
    assert_eq!(first["about"], json!({"kind": "gift_card", "id": CARD}));
    assert_eq!(first["beginning"], "My card was stolen on Harbor Street");
    assert_eq!((&first["is_late"], &first["is_mine"]), (&json!(false), &json!(false)));

    let at = |deed: &str| format!("/account/queue/{id}/{deed}");
    meg.post(&at("solve"), json!({})).await.refused(409, "not_answered");
    meg.post(&at("note"), json!({"text": "Looks frightened"})).await.expect(201);
    assert!(place.has_no_mail().await, "a note is for staff");
    let body = json!({"text": "It is frozen.", "once": "form-1"});
    meg.post(&at("answer"), body.clone()).await.expect(201);
    let (_, text) = place.next_news(ANN).await;
    assert!(!text.contains("frozen"), "{text}");
    // The same form again writes and sends nothing.
    meg.post(&at("answer"), body).await.expect(201);
    assert!(place.has_no_mail().await);
    // The same form with other words, or for another deed, is not the same.
    meg.post(&at("note"), json!({"text": "It is frozen.", "once": "form-1"})).await.expect(201);

    let thread = ann.get(&format!("/account/requests/{id}")).await.expect(200);
    let expected =
        [("customer", "My card was stolen\non Harbor Street"), ("staff", "It is frozen.")];
    assert_eq!(texts(&thread), expected);
    assert_eq!(thread["request"]["state"], "waiting");
    assert_eq!((&thread["email"], &thread["request"]["person"]), (&Value::Null, &Value::Null));
    let thread = meg.get(&format!("/account/queue/{id}")).await.expect(200);
    assert_eq!(texts(&thread)[1], ("note", "Looks frightened"));
    assert_eq!(texts(&thread)[3], ("note", "It is frozen."));
    assert_eq!((&thread["email"], &thread["request"]["is_mine"]), (&json!(ANN), &json!(true)));
    assert_eq!(thread["messages"][0]["from"], format!("/wallet/{CARD}"));

    let found = meg.post("/account/find", json!({"email": " Ann@mail.example"})).await.expect(200);
    assert_eq!(found["person"], thread["request"]["person"]);
    assert_eq!(found["recipient"], thread["recipient"]);
    let found = meg.post("/account/find", json!({"email": "no@mail.example"})).await.expect(200);
    assert_eq!(found["person"], Value::Null);

    meg.post(&at("solve"), json!({})).await.expect(200);
    let mine = |deed: &str| format!("/account/requests/{id}/{deed}");
    let rated = ann.post(&mine("rate"), json!({"rating": "helped"})).await.expect(200);
    assert_eq!((&rated["rating"], &rated["asks_for_rating"]), (&json!("helped"), &json!(false)));
    let replied = ann.post(&mine("reply"), json!({"text": "One more thing"})).await.expect(201);
    assert_eq!((&replied["id"], &replied["state"]), (&json!(id), &json!("open")));
    ann.post(&mine("rate"), json!({"rating": "helped"})).await.refused(409, "not_solved");
    ann.post(&mine("solve"), json!({})).await.expect(200);
    // Long after, a reply begins another one.
    place.pass(Span::days(14));
    ann.sign_in(ANN).await;
    let anew = ann.post(&mine("reply"), json!({"text": "It is back"})).await.expect(201);
    assert_ne!(anew["id"], id.as_str());
    let list = ann.get("/account/requests").await.expect(200);
    assert_eq!(list["data"][0]["follows"], id.as_str());
    assert_eq!(list["data"][1]["id"], id.as_str());
}

#[tokio::test]
async fn what_is_written_is_nowhere_readable_and_goes_with_its_person() {
    let place = Place::new();
    let mut ann = place.browser();
    ann.sign_in(ANN).await;
    let id = begin(&mut ann, "My card was stolen on Harbor Street").await;
    place.next_news(ANN).await;
    let files = std::fs::read_dir(place.folder.path()).unwrap();
    for file in files {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for word in [b"Harbor".as_slice(), b"stolen", b"ann@"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word));
        }
    }
    let mut meg = meg(&place).await;
    let thread = meg.get(&format!("/account/queue/{id}")).await.expect(200);
    let person = thread["request"]["person"].as_str().unwrap().parse().unwrap();
    place.people.erase(person).unwrap();
    let thread = meg.get(&format!("/account/queue/{id}")).await.expect(200);
    assert_eq!(thread["messages"][0]["text"], Value::Null);
    assert_eq!(thread["email"], Value::Null);
    let queue = meg.get("/account/queue").await.expect(200);
    assert_eq!(queue["data"][0]["beginning"], Value::Null);
    let answer = meg.post(&format!("/account/queue/{id}/answer"), json!({"text": "x"})).await;
    answer.refused(403, "account_closed");
}

#[tokio::test]
async fn requests_of_others_do_not_exist() {
    let place = Place::new();
    let (mut ann, mut bob) = (place.browser(), place.browser());
    ann.sign_in(ANN).await;
    bob.sign_in("bob@mail.example").await;
    let id = begin(&mut ann, "Mine").await;
    let at = |deed: &str| format!("/account/requests/{id}{deed}");
    bob.get(&at("")).await.refused(404, "not_found");
    for (deed, body) in [
        ("/reply", json!({"text": "x"})),
        ("/solve", json!({})),
        ("/rate", json!({"rating": "helped"})),
    ] {
        bob.post(&at(deed), body).await.refused(404, "not_found");
    }
    bob.get(&format!("/account/queue/{id}")).await.refused(403, "not_permitted");
    assert_eq!(bob.get("/account/requests").await.expect(200)["data"], json!([]));
    ann.get("/account/requests/conv_1").await.refused(404, "not_found");
    ann.get("/account/requests/conv_00000000000000000000000001").await.refused(404, "not_found");
}

#[tokio::test]
async fn staff_take_no_hand_in_their_own_request() {
    let place = Place::new();
    let mut meg = meg(&place).await;
    let id = begin(&mut meg, "I have lost my own card").await;
    for (deed, body) in [
        ("answer", json!({"text": "x"})),
        ("note", json!({"text": "x"})),
        ("assign", json!({"to": "me"})),
        ("solve", json!({})),
    ] {
        let answer = meg.post(&format!("/account/queue/{id}/{deed}"), body).await;
        answer.refused(409, "own_request");
    }
}

#[tokio::test]
async fn the_queue_is_filtered_and_has_pages() {
    let place = Place::new();
    let (mut ann, mut meg) = (place.browser(), meg(&place).await);
    let (mut ids, mut address) = (Vec::new(), String::new());
    for number in 0..23 {
        // Ten at once are one customer's limit.
        if number % 9 == 0 {
            address = format!("ann{number}@mail.example");
            ann.sign_in(&address).await;
        }
        ids.push(begin(&mut ann, "Help").await);
        place.next_news(&address).await;
        place.pass(Span::seconds(1));
    }
    let page = meg.get("/account/queue").await.expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 20);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = meg.get(&format!("/account/queue?cursor={cursor}")).await.expect(200);
    assert_eq!(rest["next_cursor"], Value::Null);
    let both = [&page, &rest].map(|page| page["data"].as_array().unwrap().clone());
    let listed: Vec<String> =
        both.concat().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, ids);

    meg.post(&format!("/account/queue/{}/assign", ids[3]), json!({"to": "me"})).await.expect(200);
    let mine = meg.get("/account/queue?assigned=me").await.expect(200);
    assert_eq!(mine["data"][0]["id"], ids[3].as_str());
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    for (query, member) in [
        ("state=moon", "state"),
        ("assigned=you", "assigned"),
        ("late=1", "late"),
        ("cursor=1", "cursor"),
    ] {
        let wrong = meg.get(&format!("/account/queue?{query}")).await;
        assert_eq!(wrong.json["param"], member, "{query}");
        wrong.refused(400, "invalid_request");
    }
    assert_eq!(meg.get("/account/queue?late=true").await.expect(200)["data"], json!([]));
    assert_eq!(meg.get("/account/queue?state=solved").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn what_is_typed_is_checked() {
    let place = Place::new();
    let mut ann = place.browser();
    ann.sign_in(ANN).await;
    for (body, param) in [
        (json!({"topic": "moon", "text": "x"}), "/topic"),
        (json!({"topic": "cards", "text": "  "}), "/text"),
        (json!({"topic": "cards", "text": "x".repeat(4_001)}), "/text"),
        (json!({"topic": "cards", "text": "\u{7}"}), "/text"),
        (json!({"topic": "cards", "text": "x", "about": "per_1"}), "/about"),
    ] {
        let wrong = ann.post("/account/requests", body).await;
        assert_eq!(wrong.json["param"], param);
        wrong.refused(400, "invalid_request");
    }
    let id = begin(&mut ann, "x").await;
    let wrong = ann.post(&format!("/account/requests/{id}/rate"), json!({"rating": "7"})).await;
    wrong.refused(400, "invalid_request");
    // A form that is sent twice begins one request.
    let body = json!({"topic": "help", "text": "Hello", "once": "abc"});
    let first = ann.post("/account/requests", body.clone()).await.expect(201);
    let second = ann.post("/account/requests", body).await.expect(201);
    assert_eq!(first["id"], second["id"]);
    for _ in 0..8 {
        begin(&mut ann, "And another").await;
    }
    let many = ann.post("/account/requests", json!({"topic": "cards", "text": "x"})).await;
    many.refused(409, "too_many_requests");
}

async fn write(browser: &mut Browser<'_>, email: &str, once: &str) -> super::world::Answer {
    let body = json!({"email": email, "topic": "safety", "text": "I am locked out", "once": once});
    browser.post("/account/write", body).await
}

#[tokio::test]
async fn whoever_cannot_sign_in_writes_and_reads_the_answer_in_a_mail() {
    let place = Place::new();
    let (mut ann, mut meg) = (place.browser(), meg(&place).await);
    ann.sign_in(ANN).await;
    // An address with an account and one without are alike, and neither gets a mail for it.
    let mut stranger = place.browser();
    let hers = write(&mut stranger, ANN, "form-1").await.expect(201);
    let bobs = write(&mut stranger, "bob@mail.example", "form-2").await.expect(201);
    for told in [&hers, &bobs] {
        assert_eq!(told["due_at"], "2026-11-20T14:00:00Z");
        assert_eq!(told.as_object().unwrap().len(), 2, "number and time: {told}");
    }
    assert!(place.has_no_mail().await);
    // Sent twice, it is there once; and it is not among what the account has written.
    let again = write(&mut stranger, ANN, "form-1").await.expect(201);
    assert_eq!(again["number"], hers["number"]);
    assert_eq!(ann.get("/account/requests").await.expect(200)["data"], json!([]));

    let queue = meg.get("/account/queue").await.expect(200);
    assert_eq!(queue["data"].as_array().unwrap().len(), 2);
    let is_hers = |one: &&Value| one["number"] == hers["number"];
    let one = queue["data"].as_array().unwrap().iter().find(is_hers).unwrap().clone();
    assert_eq!((&one["is_proven"], &one["beginning"]), (&json!(false), &json!("I am locked out")));
    let path = format!("/account/queue/{}", one["id"].as_str().unwrap());
    let thread = meg.get(&path).await.expect(200);
    assert_eq!((&thread["email"], &thread["request"]["is_proven"]), (&json!(ANN), &json!(false)));
    let found = meg.post("/account/find", json!({"email": ANN})).await.expect(200);
    assert_ne!(found["person"], thread["request"]["person"], "it is not of the account");

    meg.post(&format!("{path}/note"), json!({"text": "Who is it?"})).await.expect(201);
    let body = json!({"text": "Which card did you buy?", "once": "form-3"});
    meg.post(&format!("{path}/answer"), body.clone()).await.expect(201);
    let (subject, text) = place.next_news(ANN).await;
    let number = hers["number"].as_str().unwrap();
    assert!(subject.contains(number) && text.contains("> Which card did you buy?"), "{text}");
    assert!(text.contains("https://shop.example/contact") && !text.contains("Who is it?"));
    meg.post(&format!("{path}/answer"), body).await.expect(201);
    assert!(place.has_no_mail().await, "once");
    // Of a signed-in customer it is known.
    begin(&mut ann, "Mine").await;
    let queue = meg.get("/account/queue?state=open").await.expect(200);
    assert!(queue["data"].as_array().unwrap().iter().any(|one| one["is_proven"] == true));
}

#[tokio::test]
async fn how_often_one_writes_without_signing_in_is_limited_as_codes_are() {
    let place = Place::new();
    let mut stranger = place.browser();
    stranger.peer = Some("203.0.113.1:1");
    for number in 0..4 {
        write(&mut stranger, ANN, &format!("form-{number}")).await.expect(201);
    }
    let refused = write(&mut stranger, ANN, "form-4").await;
    assert_eq!(refused.headers["retry-after"], "3600");
    refused.refused(429, "too_many_tries");
    write(&mut stranger, ANN, "form-3").await.expect(201);
    let code = stranger.post("/account/sign-in/mail", json!({"email": ANN})).await;
    code.refused(429, "too_many_tries");
    for (member, value) in [("email", "nowhere"), ("topic", "moon"), ("text", " ")] {
        let mut body = json!({"email": ANN, "topic": "help", "text": "x"});
        body[member] = json!(value);
        let wrong = stranger.post("/account/write", body).await;
        assert_eq!(wrong.json["param"], format!("/{member}"));
        wrong.refused(400, "invalid_request");
    }
    // An address that was erased can be written for again.
    let eves = write(&mut stranger, "eve@mail.example", "form-5").await.expect(201);
    let queue = meg(&place).await.get("/account/queue").await.expect(200);
    let is_hers = |one: &&Value| one["number"] == eves["number"];
    let one = queue["data"].as_array().unwrap().iter().find(is_hers).unwrap();
    place.people.erase(one["person"].as_str().unwrap().parse().unwrap()).unwrap();
    write(&mut stranger, "eve@mail.example", "form-6").await.expect(201);
}
