//! Events on their way to endpoints that answer, fail, hang, or want no more.

use std::time::Duration;

use base::Span;
use http::{EventTeller, Limits};
use jobs::webhooks::{TellEvents, ToldEvent, ToldPage};
use serde_json::{Value, json};
use store::{EndpointState, EventPlace, Reader, StoreError};

use crate::receiver::{Answers, Receiver};
use crate::shop::Shop;
use crate::world::World;

const ALL: &str = "/v1/webhook-endpoints";

/// Longer than any test.
const PATIENT: Duration = Duration::from_secs(60);

/// Long enough for what must not happen to happen.
const A_WHILE: Duration = Duration::from_millis(300);

fn world() -> World {
    let webhook_reach = webhooks::Reach::PublicAndLoopback;
    World::with_limits(Limits { webhook_reach, ..Limits::default() })
}

async fn make(world: &World, receiver: &Receiver, path: &str) -> Value {
    let body = json!({"url": receiver.url(path), "types": ["gift_card.issued"]});
    world.post(ALL, body).await_status(201).await.json
}

fn path(endpoint: &Value) -> String {
    format!("{ALL}/{}", endpoint["id"].as_str().unwrap())
}

/// Asks until the endpoint has these members.
async fn becomes(world: &World, endpoint: &Value, expected: &Value) -> Value {
    let mut read = Value::Null;
    for _ in 0..1_000 {
        read = world.get(&path(endpoint)).await_status(200).await.json;
        let members = expected.as_object().unwrap();
        if members.iter().all(|(name, value)| read[name] == *value) {
            return read;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected} does not come: {read}");
}

/// Ids of the events of a type, as the API lists them, oldest first.
async fn listed(world: &World, kind: &str) -> Vec<Value> {
    let list = world.get(&format!("/v1/events?limit=100&type={kind}")).await_status(200).await;
    list.json["data"].as_array().unwrap().clone()
}

/// Ids of what arrives, in order of their sequence, until there are so many.
fn collect(receiver: &Receiver, path: &str, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < count {
        let arrived = receiver.arrived();
        if arrived.path == path {
            events.push(arrived.json());
        }
    }
    events.sort_by_key(|event| event["sequence"].as_u64());
    events
}

#[tokio::test]
async fn events_arrive_signed_and_as_the_list_shows_them() {
    let (world, receiver) = (world(), Receiver::start());
    world.issue(1).await;
    let made = world.post(ALL, json!({"url": receiver.url("/all")})).await_status(201).await.json;
    let _deliverer = world.deliverer(PATIENT);
    let card = world.issue(250).await;
    let code = card["code"].as_str().unwrap();
    world.redeem(code, 50).await;
    Shop::open(&world).await.order(1_000, 300, "tok_ok").await;
    let list = world.get("/v1/events?limit=100").await_status(200).await;
    let all = list.json["data"].as_array().unwrap();
    // What happened before the endpoint was made is not for it.
    let expected = &all[1..];
    assert!(expected.iter().any(|event| event["type"] == "order.paid"));
    let mut found = Vec::new();
    for _ in expected {
        let arrived = receiver.arrived();
        let secret = made["secret"].as_str().unwrap();
        assert_eq!(arrived.signatures(), [arrived.signed_with(secret)]);
        assert_eq!(arrived.header("content-type"), "application/json");
        let event = arrived.json();
        assert_eq!(arrived.header("webhook-id"), event["id"]);
        // The very bytes.
        let body = String::from_utf8(arrived.body.clone()).unwrap();
        assert!(list.text().contains(&body), "{body}");
        assert!(!body.contains(code), "no code leaves");
        found.push(event);
    }
    found.sort_by_key(|event| event["id"].to_string());
    let mut expected = expected.to_vec();
    expected.sort_by_key(|event| event["id"].to_string());
    assert_eq!(found, expected);
    let last = world.book.handle().figures().seq();
    becomes(&world, &made, &json!({"sequence": last, "retrying": 0})).await;
    assert!(receiver.arrives_within(A_WHILE).is_none(), "nothing comes twice");
}

#[tokio::test]
async fn what_failed_comes_again_and_holds_nothing_back() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    receiver.answer("/x", Answers::Status(500));
    world.issue(1).await;
    let first = receiver.arrived();
    let started = json!({"retrying": 1, "failing_since": "2026-11-20T10:00:00Z"});
    becomes(&world, &made, &started).await;
    receiver.answer("/x", Answers::Status(200));
    assert!(receiver.arrives_within(A_WHILE).is_none(), "not before its time");
    world.pass(Span::seconds(7));
    let again = receiver.arrived();
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("webhook-id"), again.header("webhook-id"));
    assert_ne!(first.header("webhook-timestamp"), again.header("webhook-timestamp"));
    becomes(&world, &made, &json!({"retrying": 0, "failing_since": null})).await;
    // One that waits for days does not keep the others.
    receiver.answer("/x", Answers::Later(86_400));
    world.issue(2).await;
    let waiting = receiver.arrived();
    becomes(&world, &made, &json!({"retrying": 1})).await;
    receiver.answer("/x", Answers::Status(200));
    for cents in 3..6 {
        world.issue(cents).await;
    }
    // At an endpoint that fails one event a minute is tried, and all of them once one arrives.
    assert!(receiver.arrives_within(A_WHILE).is_none());
    world.pass(Span::seconds(61));
    let arrived = collect(&receiver, "/x", 3);
    let expected = listed(&world, "gift_card.issued").await;
    assert_eq!(arrived, expected[2..]);
    world.pass(Span::hours(23));
    assert!(receiver.arrives_within(A_WHILE).is_none(), "the receiver asked for a day");
    world.pass(Span::hours(1));
    assert_eq!(receiver.arrived().body, waiting.body);
}

#[tokio::test]
async fn an_endpoint_that_hangs_slows_nobody_else() {
    let (world, receiver) = (world(), Receiver::start());
    receiver.answer("/hangs", Answers::Nothing);
    let hangs = make(&world, &receiver, "/hangs").await;
    let works = make(&world, &receiver, "/works").await;
    let deliverer = world.deliverer(PATIENT);
    for cents in 1..=40 {
        world.issue(cents).await;
    }
    let arrived = collect(&receiver, "/works", 40);
    assert_eq!(arrived, listed(&world, "gift_card.issued").await);
    becomes(&world, &works, &json!({"sequence": world.book.handle().figures().seq()})).await;
    let read = world.get(&path(&hangs)).await_status(200).await.json;
    assert_eq!((&read["sequence"], &read["retrying"]), (&hangs["sequence"], &json!(0)));
    // Stopping does not wait for it either.
    deliverer.stop();
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up_and_tried_again() {
    let (world, receiver) = (world(), Receiver::start());
    receiver.answer("/hangs", Answers::Nothing);
    let made = make(&world, &receiver, "/hangs").await;
    let _deliverer = world.deliverer(Duration::from_millis(200));
    world.issue(1).await;
    let first = receiver.arrived();
    becomes(&world, &made, &json!({"retrying": 1})).await;
    receiver.answer("/hangs", Answers::Status(204));
    world.pass(Span::seconds(7));
    assert_eq!(receiver.arrived().body, first.body);
    becomes(&world, &made, &json!({"retrying": 0})).await;
}

#[tokio::test]
async fn whoever_is_gone_gets_nothing_until_it_is_enabled() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    receiver.answer("/x", Answers::Status(410));
    world.issue(1).await;
    receiver.arrived();
    becomes(&world, &made, &json!({"status": "gone", "enabled": false})).await;
    receiver.answer("/x", Answers::Status(200));
    world.issue(2).await;
    world.pass(Span::days(1));
    assert!(receiver.arrives_within(A_WHILE).is_none());
    let enable = world.ask("PATCH", &path(&made)).json(json!({"enabled": true}));
    enable.await_status(200).await;
    let arrived = collect(&receiver, "/x", 2);
    assert_eq!(arrived, listed(&world, "gift_card.issued").await);
}

#[tokio::test]
async fn a_restored_endpoint_is_told_nothing_until_it_is_enabled() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    world.issue(1).await;
    world.change_kept_endpoint(|endpoint| endpoint.state = EndpointState::Restored);
    let _deliverer = world.deliverer(PATIENT);
    becomes(&world, &made, &json!({"status": "restored", "enabled": false})).await;
    let url = world.ask("PATCH", &path(&made)).json(json!({"url": receiver.url("/y")}));
    assert_eq!(url.await_status(200).await.json["status"], "restored");
    world.issue(2).await;
    assert!(receiver.arrives_within(A_WHILE).is_none());
    let enable = world.ask("PATCH", &path(&made)).json(json!({"enabled": true}));
    assert_eq!(enable.await_status(200).await.json["status"], "enabled");
    // Nothing that happened here is lost.
    assert_eq!(collect(&receiver, "/y", 2), listed(&world, "gift_card.issued").await);
}

#[tokio::test]
async fn figures_tell_how_webhooks_go() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    world.issue(1).await;
    receiver.arrived();
    let ok = [("delivered_total", "1"), ("failed_total", "0"), ("retrying", "0")];
    figures(&world, &ok).await;
    figures(&world, &[("lag_seconds", "0.000000"), ("endpoints_switched_off", "0")]).await;
    receiver.answer("/x", Answers::Status(503));
    world.issue(2).await;
    receiver.arrived();
    figures(&world, &[("delivered_total", "1"), ("failed_total", "1"), ("retrying", "1")]).await;
    // While nothing reaches it, what happens waits.
    world.issue(3).await;
    world.pass(Span::seconds(1));
    becomes_late(&world).await;
    receiver.answer("/x", Answers::Status(410));
    world.pass(Span::minutes(6));
    becomes(&world, &made, &json!({"status": "gone"})).await;
    figures(&world, &[("endpoints_switched_off", "1"), ("lag_seconds", "0.000000")]).await;
    let enabled = world.ask("PATCH", &path(&made)).json(json!({"enabled": false}));
    enabled.await_status(200).await;
    figures(&world, &[("endpoints_switched_off", "0")]).await;
}

/// Asks until these figures of webhooks have these values.
async fn figures(world: &World, expected: &[(&str, &str)]) {
    let lines: Vec<String> = expected
        .iter()
        .map(|(name, value)| format!("\nmakegood_webhook_{name}{{book=\"test\"}} {value}\n"))
        .collect();
    let mut text = String::new();
    for _ in 0..1_000 {
        text = world.get("/metrics").await_status(200).await.text();
        if lines.iter().all(|line| text.contains(line)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected:?} does not come: {text}");
}

/// Asks until an endpoint has been behind for a while.
async fn becomes_late(world: &World) {
    let name = "\nmakegood_webhook_lag_seconds{book=\"test\"} ";
    for _ in 0..1_000 {
        let text = world.get("/metrics").await_status(200).await.text();
        let (_, rest) = text.split_once(name).expect("the figure is there");
        if !rest.starts_with("0.0") {
            return;
        }
        world.pass(Span::seconds(1));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("nothing is late");
}

#[tokio::test]
async fn whom_nothing_reaches_for_three_days_is_switched_off() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    receiver.answer("/x", Answers::Status(503));
    world.issue(1).await;
    receiver.arrived();
    becomes(&world, &made, &json!({"retrying": 1, "status": "enabled"})).await;
    // Nobody has tried for three days: that alone says nothing about the endpoint.
    world.pass(Span::days(3));
    for hours in [1, 3, 7] {
        receiver.arrived();
        // The time counts at which the attempt is over.
        assert!(receiver.arrives_within(A_WHILE).is_none());
        becomes(&world, &made, &json!({"retrying": 1, "status": "enabled"})).await;
        world.pass(Span::hours(hours));
    }
    receiver.arrived();
    let read = becomes(&world, &made, &json!({"status": "failing"})).await;
    assert_eq!(read["failing_since"], "2026-11-20T10:00:00Z");
    world.pass(Span::days(9));
    assert!(receiver.arrives_within(A_WHILE).is_none());
}

#[tokio::test]
async fn a_worker_that_starts_again_goes_on_where_the_other_was() {
    let (mut world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let first = world.deliverer(PATIENT);
    receiver.answer("/x", Answers::Status(500));
    world.issue(1).await;
    let failed = receiver.arrived();
    becomes(&world, &made, &json!({"retrying": 1})).await;
    first.stop();
    world.issue(2).await;
    receiver.answer("/x", Answers::Status(200));
    world.restart();
    world.issue(3).await;
    let second = world.deliverer(PATIENT);
    // A retry is still one, and its time has not come.
    let arrived = collect(&receiver, "/x", 2);
    assert_eq!(arrived, listed(&world, "gift_card.issued").await[1..]);
    assert!(receiver.arrives_within(A_WHILE).is_none());
    world.pass(Span::seconds(7));
    assert_eq!(receiver.arrived().body, failed.body);
    becomes(&world, &made, &json!({"retrying": 0})).await;
    second.stop();
    let _third = world.deliverer(PATIENT);
    assert!(receiver.arrives_within(A_WHILE).is_none(), "nothing comes twice");
}

#[tokio::test]
async fn events_are_sent_again_when_asked_for() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    for cents in 1..=3 {
        world.issue(cents).await;
    }
    let events = collect(&receiver, "/x", 3);
    becomes(&world, &made, &json!({"sequence": world.book.handle().figures().seq()})).await;
    let replay = |body| world.post(&format!("{}/replay", path(&made)), body);
    replay(json!({"event": events[1]["id"]})).await_status(200).await;
    assert_eq!(receiver.arrived().json(), events[1]);
    becomes(&world, &made, &json!({"retrying": 0})).await;
    replay(json!({"from_sequence": events[1]["sequence"]})).await_status(200).await;
    assert_eq!(collect(&receiver, "/x", 2), events[1..]);
    replay(json!({"from_time": "2026-11-20T00:00:00Z"})).await_status(200).await;
    assert_eq!(collect(&receiver, "/x", 3), events);
    assert!(receiver.arrives_within(A_WHILE).is_none());
}

#[tokio::test]
async fn both_secrets_sign_for_a_day() {
    let (world, receiver) = (world(), Receiver::start());
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer(PATIENT);
    let rotate = world.post(&format!("{}/rotate-secret", path(&made)), json!({}));
    let rotated = rotate.await_status(200).await.json;
    let [old, new] = [&made, &rotated].map(|view| view["secret"].as_str().unwrap());
    world.issue(1).await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.signatures(), [arrived.signed_with(new), arrived.signed_with(old)]);
    world.pass(Span::hours(25));
    world.issue(2).await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.signatures(), [arrived.signed_with(new)]);
}

#[tokio::test]
async fn nothing_leaves_for_an_address_that_was_allowed_once() {
    let receiver = Receiver::start();
    let world = world();
    let made = make(&world, &receiver, "/x").await;
    let _deliverer = world.deliverer_with(PATIENT, webhooks::Reach::Public);
    world.issue(1).await;
    becomes(&world, &made, &json!({"retrying": 1})).await;
    assert!(receiver.arrives_within(A_WHILE).is_none());
}

/// Events of which one type cannot be read.
struct Damaged(EventTeller);

impl TellEvents for Damaged {
    fn page(
        &self,
        reader: &mut dyn Reader,
        from: EventPlace,
        last: u64,
        types: &[String],
        limit: usize,
    ) -> Result<ToldPage, StoreError> {
        if types.iter().any(|kind| kind == "gift_card.frozen") {
            return Err(StoreError::Corrupt("planned".to_owned()));
        }
        self.0.page(reader, from, last, types, limit)
    }

    fn one(
        &self,
        reader: &mut dyn Reader,
        place: EventPlace,
    ) -> Result<Option<ToldEvent>, StoreError> {
        self.0.one(reader, place)
    }
}

#[tokio::test]
async fn what_cannot_be_read_for_one_endpoint_does_not_hold_back_the_others() {
    let world = world();
    let receiver = Receiver::start();
    // Ids grow, so the first one stands before the second.
    let body = json!({"url": receiver.url("/first"), "types": ["gift_card.frozen"]});
    world.post(ALL, body).await_status(201).await;
    make(&world, &receiver, "/second").await;
    let events = std::sync::Arc::new(Damaged(world.teller()));
    let reach = webhooks::Reach::PublicAndLoopback;
    let _deliverer = world.deliverer_telling(PATIENT, reach, events);
    world.issue(100).await;
    assert_eq!(collect(&receiver, "/second", 1).len(), 1);
}
