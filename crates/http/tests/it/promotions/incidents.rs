//! Incidents: told, corrected, ended, listed.

use serde_json::{Value, json};

use super::{EVE, compose};
use crate::documents::check_schema;
use crate::shop::{Shop, id};
use crate::world::{World, all_pages, check_members};

/// An incident of this part since nine, with further members.
pub async fn declare(world: &World, component: &str, more: Value) -> Value {
    let mut body =
        json!({"component": component, "severity": "major", "started_at": "2026-11-20T09:00:00Z"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post("/v1/incidents", body).fresh().await_status(201).await.json
}

/// Tells something else of it.
pub async fn correct(world: &World, incident: &Value, body: Value) -> Value {
    let path = format!("/v1/incidents/{}", id(incident));
    world.ask("PATCH", &path).json(body).fresh().await_status(200).await.json
}

async fn incidents_are_kept_as_they_were_told(mut world: World) {
    let declared = declare(&world, "selection", json!({"by": EVE})).await;
    let first = json!({
        "told_at": "2026-11-20T10:00:00Z", "role": "staff", "by": EVE, "severity": "major",
        "started_at": "2026-11-20T09:00:00Z", "ended_at": null,
        "affects": {"promotions": [], "regions": []},
    });
    check_members(
        &declared,
        json!({
            "object": "incident", "component": "selection", "source": "told", "status": "open",
            "severity": "major", "started_at": "2026-11-20T09:00:00Z", "ended_at": null,
            "created_at": "2026-11-20T10:00:00Z", "affects": {"promotions": [], "regions": []},
            "history": [first],
        }),
    );
    world.pass(base::Span::minutes(5));
    let ended = json!({"ended_at": "2026-11-20T10:03:00Z", "severity": "minor"});
    let ended = correct(&world, &declared, ended).await;
    let second = json!({
        "told_at": "2026-11-20T10:05:00Z", "role": "staff", "by": null, "severity": "minor",
        "started_at": "2026-11-20T09:00:00Z", "ended_at": "2026-11-20T10:03:00Z",
        "affects": {"promotions": [], "regions": []},
    });
    check_members(
        &ended,
        json!({"status": "ended", "severity": "minor", "history": [first, second]}),
    );
    world.restart();
    let path = format!("/v1/incidents/{}", id(&declared));
    assert_eq!(world.get(&path).await_status(200).await.json, ended);
    let again = correct(&world, &declared, json!({"ended_at": null})).await;
    check_members(&again, json!({"status": "open", "ended_at": null}));
    assert_eq!(again["history"].as_array().unwrap().len(), 3);
    let events = all_pages(&world, "/v1/events", 100).await;
    let told: Vec<_> = events.iter().map(|event| (&event["type"], &event["data"])).collect();
    let types = ["incident.declared", "incident.ended", "incident.updated"].map(Value::from);
    let expected: Vec<_> = types.iter().zip([&declared, &ended, &again]).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn incidents_are_kept_as_they_were_told_in_memory() {
    incidents_are_kept_as_they_were_told(World::new()).await;
}

#[tokio::test]
async fn incidents_are_kept_as_they_were_told_in_files() {
    incidents_are_kept_as_they_were_told(World::in_files()).await;
}

#[tokio::test]
async fn an_incident_affects_whom_it_says() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = id(&compose(&shop, json!({})).await);
    let affects = json!({"promotions": [promotion], "regions": ["US-CA", "DE", "DE"]});
    let declared = declare(&world, "intake", json!({"affects": affects})).await;
    let kept = json!({"promotions": [promotion], "regions": ["DE", "US-CA"]});
    assert_eq!(declared["affects"], kept);
    let all = correct(&world, &declared, json!({"affects": {}})).await;
    assert_eq!(all["affects"], json!({"promotions": [], "regions": []}));
    let document = world.get("/openapi.json").await_status(200).await.json;
    check_schema(&document, "Incident", &declared);
}

#[tokio::test]
async fn what_is_told_wrongly_is_refused() {
    let world = World::new();
    let body = |more: Value| {
        let mut body = json!({
            "component": "billing", "severity": "minor", "started_at": "2026-11-20T09:00:00Z",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let nobody = "promo_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let cases = [
        (json!({"started_at": "2026-11-20T10:01:01Z"}), 422, "in_future"),
        (json!({"ended_at": "2026-11-20T10:01:01Z"}), 422, "in_future"),
        (json!({"ended_at": "2026-11-20T08:59:59Z"}), 422, "ends_before_start"),
        (json!({"affects": {"promotions": [nobody]}}), 404, "promotion_not_found"),
    ];
    for (more, status, code) in cases {
        let ask = world.post("/v1/incidents", body(more)).fresh();
        ask.await_problem(status, code, None).await;
    }
    let many = json!({"affects": {"regions": vec!["US"; 101]}});
    let ask = world.post("/v1/incidents", body(many)).fresh();
    ask.await_problem(400, "invalid_request", Some("/affects/regions")).await;
    let kept = world.post("/v1/incidents", body(json!({}))).fresh().await_status(201).await.json;
    let path = format!("/v1/incidents/{}", id(&kept));
    let change = |body: Value| world.ask("PATCH", &path).json(body).fresh();
    change(json!({})).await_problem(400, "invalid_request", Some("")).await;
    change(json!({"by": EVE})).await_problem(400, "invalid_request", Some("")).await;
    change(json!({"severity": "minor"})).await_problem(422, "nothing_to_change", None).await;
    let unknown = "/v1/incidents/inc_01jd3q8v9ec4y8s5k1m0t2n7xz";
    world.get(unknown).await_problem(404, "incident_not_found", None).await;
    let change = world.ask("PATCH", unknown).json(json!({"severity": "minor"})).fresh();
    change.await_problem(404, "incident_not_found", None).await;
}

#[tokio::test]
async fn incidents_are_listed() {
    let world = World::new();
    let mut all = Vec::new();
    for component in ["selection", "intake", "selection"] {
        all.push(declare(&world, component, json!({})).await);
        world.pass(base::Span::seconds(1));
    }
    all[0] = correct(&world, &all[0], json!({"ended_at": "2026-11-20T09:30:00Z"})).await;
    all.reverse();
    assert_eq!(all_pages(&world, "/v1/incidents", 2).await, all);
    let open = all_pages(&world, "/v1/incidents?status=open", 1).await;
    assert_eq!(open, all[..2]);
    let ended = all_pages(&world, "/v1/incidents?status=ended&component=selection", 1).await;
    assert_eq!(ended, all[2..]);
    let late = "/v1/incidents?created_after=2026-11-20T10:00:02Z";
    assert_eq!(all_pages(&world, late, 10).await, all[..1]);
}

#[tokio::test]
async fn a_repeated_request_tells_of_one_incident() {
    let world = World::new();
    let body = json!({
        "component": "other", "severity": "minor", "started_at": "2026-11-20T09:00:00Z",
    });
    let ask = || world.post("/v1/incidents", body.clone()).key("k");
    let first = ask().await_status(201).await;
    let again = ask().await_status(201).await;
    assert!(again.is_replayed() && !first.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(all_pages(&world, "/v1/incidents", 10).await, [first.json]);
}
