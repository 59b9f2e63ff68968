//! The API described by itself.

use serde_json::{Value, json};

use crate::world::{World, redemption};

/// The snapshot. `MAKEGOOD_WRITE_SNAPSHOTS=1` writes it anew; read the difference before you
/// keep it.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openapi.json");

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn the_document_is_the_one_that_was_read() {
    let document = serde_json::to_value(http::openapi_document()).unwrap();
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(SNAPSHOT, &text).unwrap();
    }
    let kept = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    let first = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
    assert!(kept == text, "the document changed, first at {first:?}");
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_a_name() {
    let world = World::new();
    let served = world.get("/openapi.json").without("authorization").await_status(200).await.json;
    assert_eq!(served["openapi"], "3.1.0");
    let mut names = std::collections::BTreeSet::new();
    for methods in served["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} appears twice");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
        }
    }
    assert!(names.len() >= 24, "{names:?}");
    let mut references = Vec::new();
    collect_references(&served, &mut references);
    for reference in references {
        let place = served.pointer(reference.strip_prefix('#').unwrap());
        assert!(place.is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn answers_have_exactly_the_members_of_their_schema() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let said = json!({
        "recipient": {"name": "a"}, "sender": {"name": "b"}, "regions": ["US"],
        "scope": {"kinds": ["goods"]}, "source": {"kind": "shop", "id": "i"},
    });
    let card = world.issue_with(1_000, said).await;
    check_schema(&served, "GiftCard", &card);
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let hold = world.hold(code, 100).await;
    check_schema(&served, "Hold", &hold);
    let redeem = world.post("/v1/redemptions", redemption(code, 100)).key("r").await_status(201);
    let path = format!("/v1/holds/{}/refund", redeem.await.json["id"].as_str().unwrap());
    let amount = json!({"amount": {"amount": 1, "currency": "USD"}});
    let refund = world.post(&path, amount).fresh().await_status(201).await;
    check_schema(&served, "Refund", &refund.json);
    let reversal = world.post("/v1/reverse", json!({"key": "r"})).fresh().await_status(422).await;
    check_schema(&served, "Problem", &reversal.json);
    let barred = world.post("/v1/reverse", json!({"key": "x"})).fresh().await_status(200).await;
    check_schema(&served, "Reversal", &barred.json);
    let key = world.post("/v1/keys", json!({"kind": "publishable"})).await_status(201).await;
    check_schema(&served, "Key", &key.json);
}

#[tokio::test]
async fn everything_that_is_accepted_is_documented() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    for (method, path, body) in crate::bad_input::good("{id}", "{id}") {
        let operation = &served["paths"][&path][method.to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path}");
        check_against(&served, schema, &body, &path);
    }
}

#[tokio::test]
async fn the_page_names_every_operation_and_problem_and_asks_nobody_else() {
    let world = World::new();
    let page = world.get("/docs").without("authorization").await_status(200).await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let text = page.text();
    for expected in ["POST /v1/redemptions", "id=\"problem-insufficient_balance\"", "expires_in_s"]
    {
        assert!(text.contains(expected), "{expected} is missing");
    }
    assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("<script"));
}

#[tokio::test]
async fn health_needs_no_key() {
    let world = World::new();
    let ready = json!({"status": "ready", "unserved_books": 0});
    for (path, told) in [("/healthz", json!({"status": "ok"})), ("/readyz", ready)] {
        let answer = world.get(path).without("authorization").await_status(200).await;
        assert_eq!(answer.json, told);
    }
    world.book.handle().stop();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while world.get("/readyz").send().await.status == 200 {
        assert!(tokio::time::Instant::now() < deadline, "still ready without its writer");
        tokio::task::yield_now().await;
    }
    world.get("/healthz").await_status(200).await;
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect_references(entry, found)),
        _ => {}
    }
}

/// Members that are there are documented, and required ones are there, all the way down.
pub fn check_schema(document: &Value, name: &str, value: &Value) {
    let schema = &document["components"]["schemas"][name];
    check_against(document, schema, value, name);
}

fn check_against(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let place = document.pointer(&reference[1..]).unwrap();
        return check_against(document, place, value, at);
    }
    let Some(members) = value.as_object() else { return };
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    gather(document, schema, &mut properties, &mut required);
    if properties.is_empty() {
        return;
    }
    for (name, member) in members {
        let property = properties.get(name);
        let property = property.unwrap_or_else(|| panic!("{at}/{name} is not documented"));
        check_against(document, property, member, &format!("{at}/{name}"));
    }
    for name in required {
        assert!(members.contains_key(&name), "{at}/{name} is required and missing");
    }
}

/// The members of a schema, also of those it is put together from.
fn gather(
    document: &Value,
    schema: &Value,
    properties: &mut serde_json::Map<String, Value>,
    required: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let place = document.pointer(&reference[1..]).unwrap();
        return gather(document, place, properties, required);
    }
    for list in ["allOf", "oneOf", "anyOf"] {
        let parts = schema[list].as_array().into_iter().flatten();
        parts.for_each(|part| gather(document, part, properties, required));
    }
    properties.extend(schema["properties"].as_object().cloned().unwrap_or_default());
    let names = schema["required"].as_array().into_iter().flatten();
    required.extend(names.map(|name| name.as_str().unwrap().to_owned()));
}
