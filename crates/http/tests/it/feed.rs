//! Pages with promoted posts, what their viewers did, and the report of it.

use std::sync::Arc;
use std::time::Duration;

use base::Span;
use http::{Book, Limits, Scopes};
use jobs::{FeedKeeper, FeedReport};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::random::SeededRandomness;
use serde_json::{Value, json};
use serving::{Feed, FeedParts, ListFiles};
use store::KeyKind;
use tempfile::TempDir;

use crate::world::{World, Written};

/// A book whose feed is served.
struct Served {
    world: World,
    running: Option<writer::Running>,
    keeper: Arc<FeedKeeper>,
    secret: String,
    _folder: TempDir,
}

impl Served {
    fn new() -> Served {
        Served::with_lists(ListFiles::default())
    }

    /// With networks and people whose events are not billed.
    fn with_lists(lists: ListFiles) -> Served {
        let mut world = World::with_limits(Limits::default());
        let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
        let Written { record, kept, running, readers } = world.write_book("served");
        let folder = tempfile::tempdir().unwrap();
        let ring = Arc::new(KeyRing::generate(clock.now(), &mut SeededRandomness::new(1)));
        let (handle, logs) = (running.handle.clone(), folder.path().to_owned());
        let of_feed = kept.clone();
        let open = move || {
            Feed::open(FeedParts {
                book: "served".to_owned(),
                handle: handle.clone(),
                open_reader: of_feed.opener(),
                folder: logs.clone(),
                ring: Arc::clone(&ring),
                clock: Arc::clone(&clock),
                clock_jump_max: Duration::from_secs(300),
                lists: lists.clone(),
                disk: Arc::new(serving::RealDisk),
            })
        };
        let report = |report| {
            let is_fine = matches!(report, FeedReport::Opened | FeedReport::Ran(_));
            assert!(is_fine, "{report:?}");
        };
        let every = Duration::from_millis(20);
        let keeper =
            FeedKeeper::spawn(running.handle.clone(), kept.opener(), Box::new(open), every, report);
        let keeper = Arc::new(keeper.unwrap());
        let book = Book::new(record, running.handle.clone(), readers);
        let book = world.app.add_book(book.with_feed(Some(Arc::clone(&keeper))));
        let secret = world.key_of(&book, KeyKind::Secret, Scopes::ALL);
        Served { world, running: Some(running), keeper, secret, _folder: folder }
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        let ask = self.world.post(path, body).with(&self.secret).fresh();
        ask.await_status(status).await.json
    }

    async fn read(&self, path: &str) -> Value {
        self.world.get(path).with(&self.secret).await_status(200).await.json
    }

    /// A promotion that the platform pays for, running.
    async fn running(&self, goal: &str) -> String {
        self.running_with(goal, json!({})).await
    }

    /// The same with that metadata.
    async fn running_with(&self, goal: &str, metadata: Value) -> String {
        self.submitted(goal, metadata, json!({})).await
    }

    /// The same, submitted with this.
    async fn submitted(&self, goal: &str, metadata: Value, submitted: Value) -> String {
        let creator = json!({"name": "Ann", "handle": "ann"});
        let creator = self.post("/v1/creators", creator, 201).await;
        let now = self.world.clock.now();
        let promotion = json!({
            "advertiser": "per_00000000000000000000000001",
            "post": {
                "id": "video-1", "url": "https://shop.example/v/1", "creator": creator["id"],
                "kind": "video", "visibility": "public",
            },
            "goal": goal,
            "audience": {"automatic": true},
            "budget": {"amount": 500_000, "currency": "USD"},
            "incentive": {"amount": 500_000, "currency": "USD"},
            "starts_at": now.to_string(),
            "ends_at": now.saturating_add(Span::days(30)).to_string(),
            "promise": "estimate",
            "metadata": metadata,
        });
        let promotion = self.post("/v1/promotions", promotion, 201).await;
        let id = promotion["id"].as_str().unwrap().to_owned();
        let paid = self.post(&format!("/v1/promotions/{id}/submit"), submitted, 200).await;
        assert_eq!(paid["status"], "in_review", "{paid}");
        let approved = self.post(&format!("/v1/promotions/{id}/approve"), json!({}), 200).await;
        assert_eq!(approved["status"], "running", "{approved}");
        id
    }

    /// Asks for a page a second until so many posts were shown.
    async fn tokens(&self, wanted: usize) -> Vec<String> {
        self.tokens_paid_by("Ann", wanted).await
    }

    async fn tokens_paid_by(&self, payer: &str, wanted: usize) -> Vec<String> {
        let mut tokens = Vec::new();
        for number in 0..2_000 {
            let viewer = json!({"id": format!("viewer-{number}"), "country": "US"});
            let page = self.post("/v1/feed/select", json!({"viewer": viewer, "slots": 1}), 200);
            for offer in page.await["offers"].as_array().unwrap() {
                assert_eq!(offer["label"], format!("Promoted, paid by {payer}"));
                assert_eq!(offer["post"], "video-1");
                tokens.push(offer["token"].as_str().unwrap().to_owned());
            }
            if tokens.len() >= wanted {
                return tokens;
            }
            self.world.clock.advance(Span::seconds(1));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("{} posts in 2,000 pages", tokens.len());
    }

    /// The token of what this viewer is shown sooner or later.
    async fn shown(&self, name: &str) -> String {
        for _ in 0..500 {
            let asked = json!({"viewer": {"id": name, "country": "US"}, "slots": 1});
            let page = self.post("/v1/feed/select", asked, 200).await;
            if let Some(token) = page["offers"][0]["token"].as_str() {
                return token.to_owned();
            }
            self.world.clock.advance(Span::seconds(1));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("{name} was shown nothing");
    }

    async fn report(&self, events: Value) -> Value {
        self.post("/v1/feed/events", json!({"events": events}), 200).await["results"].clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.keeper.stop();
        self.running.take().unwrap().stop();
    }
}

#[tokio::test]
async fn slow_posts_are_shown_views_are_billed_and_the_report_adds_up() {
    let served = Served::new();
    assert_eq!(served.post("/v1/feed/select", json!({"slots": 3}), 200).await["offers"], json!([]));
    let promotion = served.running("views").await;
    let tokens = served.tokens(3).await;
    let view = |token: &str| json!({"token": token, "kind": "view", "dwell_ms": 5_000});
    let short = json!({"token": tokens[1], "kind": "view", "dwell_ms": 500});
    let robot = json!({
        "token": tokens[2], "kind": "view", "dwell_ms": 5_000, "ip": "203.0.113.7",
        "user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)",
    });
    let forged = view("no token");
    let events = json!([view(&tokens[0]), view(&tokens[0]), short, robot, forged]);
    let results = served.report(events).await;
    let verdicts: Vec<&str> =
        results.as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["billed", "duplicate", "invalid", "invalid", "unknown"]);
    assert!(results[0]["price"].as_i64().unwrap() > 0);
    assert!(results[3]["message"].as_str().unwrap().len() > 10);
    let mut units = 0;
    for _ in 0..200 {
        units = served.read(&format!("/v1/promotions/{promotion}")).await["delivered_units"]
            .as_i64()
            .unwrap();
        if units > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(units, 1);
    served.world.clock.advance(Span::minutes(5));
    let report = served.read(&format!("/v1/promotions/{promotion}/report?bucket=minute")).await;
    let sum = |list: &Value, member: &str| -> i64 {
        list.as_array().unwrap().iter().map(|point| point[member].as_i64().unwrap()).sum()
    };
    assert_eq!(sum(&report["plan"], "micros"), report["shortfall"]["planned_micros"]);
    assert_eq!(sum(&report["spend"], "micros"), report["shortfall"]["spent_micros"]);
    let missing = report["shortfall"]["missing_micros"].as_i64().unwrap();
    assert_eq!(sum(&report["waterfall"]["by_cause"], "micros"), missing);
    assert_eq!(report["waterfall"]["delivered"], 1);
    check_buckets(&report);
    for bucket in ["hour", "day"] {
        let path = format!("/v1/promotions/{promotion}/report?bucket={bucket}");
        check_buckets(&served.read(&path).await);
    }
    assert_eq!(report["delivered"][0]["units"], 1);
    assert_eq!(report["events"][0]["kind"], "view", "{report}");
    let sentences = report["sentences"].as_array().unwrap();
    for told in
        ["1 view from automated traffic, not billed.", "1 view that did not last, not billed."]
    {
        assert!(sentences.contains(&json!(told)), "{sentences:?}");
    }
}

#[tokio::test]
async fn slow_viewers_are_told_who_pays_for_the_post_of_another() {
    let served = Served::new();
    let name = "Ж".repeat(100);
    served.running_with("views", json!({"payer": name})).await;
    // As much of it as a label holds: 120 bytes.
    served.tokens_paid_by(&name[..120], 1).await;
}

#[tokio::test]
async fn slow_a_report_is_of_a_size_that_can_be_read() {
    let served = Served::new();
    let promotion = served.running("views").await;
    let read = |bucket: &str, status| {
        let path = format!("/v1/promotions/{promotion}/report?bucket={bucket}");
        served.world.get(&path).with(&served.secret).await_status(status)
    };
    served.tokens(1).await;
    read("minute", 200).await;
    served.world.clock.advance(Span::days(11));
    let refused = read("minute", 400).await.json;
    assert_eq!(
        (&refused["code"], &refused["param"]),
        (&json!("invalid_request"), &json!("bucket"))
    );
    read("hour", 200).await;

    // Whoever pays nothing may ask for a century, and learns nothing of it.
    let creator = served.read("/v1/creators").await["data"][0]["id"].clone();
    let draft = json!({
        "advertiser": "per_00000000000000000000000001",
        "post": {
            "id": "video-1", "url": "https://shop.example/v/1", "creator": creator,
            "kind": "video", "visibility": "public",
        },
        "goal": "views",
        "audience": {"automatic": true},
        "budget": {"amount": 500_000, "currency": "USD"},
        "starts_at": "1970-01-01T00:00:00Z",
        "ends_at": "2100-01-01T00:00:00Z",
        "promise": "estimate",
    });
    let draft = served.post("/v1/promotions", draft, 201).await;
    let path = format!("/v1/promotions/{}/report?bucket=minute", draft["id"].as_str().unwrap());
    let report = served.read(&path).await;
    assert_eq!((&report["plan"], &report["waterfall"]["buckets"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn slow_listed_networks_and_the_platform_s_own_people_are_not_billed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Some(path)
    };
    let served = Served::with_lists(ListFiles {
        data_centres: file("data-centres", "# hosting\n203.0.113.0/24\n"),
        internal_networks: file("internal", "2001:db8:1::/48\n"),
        internal_viewers: file("people", "editor\n"),
    });
    served.running("views").await;
    let tokens = served.tokens(4).await;
    let viewed = |token: &str, ip: &str| {
        let dwell = 5_000;
        json!({"token": token, "kind": "view", "dwell_ms": dwell, "ip": ip})
    };
    let why = |results: &Value, place: usize| results[place]["reason"].clone();
    let results = served.report(json!([
        viewed(&tokens[0], "203.0.113.7"),
        viewed(&tokens[1], "2001:db8:1::7"),
        viewed(&tokens[2], "198.51.100.7"),
    ]));
    let results = results.await;
    assert_eq!(why(&results, 0), "data_centre", "{results}");
    assert_eq!(why(&results, 1), "internal", "{results}");
    assert_eq!(results[2]["verdict"], "billed", "{results}");
    let token = served.shown("editor").await;
    let results = served.report(json!([viewed(&token, "198.51.100.7")])).await;
    assert_eq!(why(&results, 0), "internal", "{results}");

    // Other lists hold without a restart.
    file("data-centres", "198.51.100.0/24");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let results = served.report(json!([viewed(&tokens[3], "198.51.100.7")])).await;
    assert_eq!(why(&results, 0), "data_centre", "{results}");
}

impl Served {
    /// Waits until the book has told this of the promotion, for whoever reads events or has a
    /// webhook.
    async fn told(&self, kind: &str, promotion: &str) {
        let path = format!("/v1/events?type={kind}");
        for _ in 0..200 {
            let events = self.read(&path).await;
            if events["data"][0]["data"]["id"] == promotion {
                assert_eq!(events["data"].as_array().unwrap().len(), 1);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing was told of {promotion}");
    }

    /// So many people, one a minute, watch what they are shown.
    async fn watched(&self, minutes: usize) {
        for number in 0..minutes {
            let (country, region) = match number % 5 {
                0 => ("DE", None),
                1 | 2 => ("US", Some("US-NY")),
                _ => ("US", Some("US-CA")),
            };
            let viewer = json!({
                "id": format!("viewer-{number}"), "country": country, "region": region, "age": 30,
                "gender": "female", "device": if number % 4 == 0 { "tablet" } else { "phone" },
                "language": "en", "consents": true,
            });
            let page = self.post("/v1/feed/select", json!({"viewer": viewer, "slots": 1}), 200);
            for offer in page.await["offers"].as_array().unwrap() {
                let view = json!({"token": offer["token"], "kind": "view", "dwell_ms": 5_000});
                self.report(json!([view])).await;
            }
            self.world.clock.advance(Span::minutes(1));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn slow_who_is_behind_is_told_so_and_does_what_is_suggested() {
    let served = Served::new();
    let promotion = served.running("views").await;
    // What passes until the feed is open was seen by nobody, and less is expected then.
    while served.keeper.feed().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    served.watched(300).await;
    let path = format!("/v1/promotions/{promotion}");
    let report = served.read(&format!("{path}/report")).await;
    check_segments(&report);
    let alert = &report["alerts"][0];
    assert_eq!(alert["code"], "behind_plan", "{report}");
    assert!(alert["units"].as_i64().unwrap() < alert["units_low"].as_i64().unwrap());
    assert!(
        alert["since"].as_str().unwrap() > served.read(&path).await["starts_at"].as_str().unwrap()
    );
    served.told("promotion.fallen_behind", &promotion).await;
    let first = &report["suggestions"][0];
    assert_eq!((&first["setting"], &first["is_estimate"]), (&json!("/ends_at"), &json!(true)));
    assert!(first["units_more"].as_i64().unwrap() > 0, "{first}");

    let apply = |n: &Value| format!("{path}/suggestions/{n}/apply");
    let ask = || served.world.post(&apply(&first["n"]), json!({})).with(&served.secret).key("a");
    let applied = ask().await_status(200).await.json;
    assert_eq!(applied["ends_at"], first["change"]["ends_at"]);
    assert_eq!(ask().await_status(200).await.json, applied);
    // Asked for anew it is as it would be already.
    let again = served.post(&apply(&first["n"]), json!({}), 200).await;
    assert_eq!(again["ends_at"], applied["ends_at"]);
    let history = served.read(&format!("{path}/history")).await;
    let edits = history["data"].as_array().unwrap().iter();
    assert_eq!(edits.filter(|deed| deed["kind"] == "edited").count(), 1, "{history}");
    // Other terms, other suggestions.
    let report = served.read(&format!("{path}/report")).await;
    let numbers = report["suggestions"].as_array().unwrap().iter().map(|one| &one["n"]);
    assert!(numbers.into_iter().all(|n| *n != first["n"]), "{report}");
    let change = served.world.ask("PATCH", &path).json(json!({"target": 9}));
    change.with(&served.secret).fresh().await_status(200).await;
    let refused = served.post(&apply(&first["n"]), json!({}), 422).await;
    assert_eq!(refused["code"], "terms_changed");
    let told = ask().await_status(200).await.json;
    assert_eq!(told["target"], applied["target"], "what a key has done is told again");
    for n in ["0", "99", "9911", "1099511627776", "x", "-1"] {
        let problem = served.post(&format!("{path}/suggestions/{n}/apply"), json!({}), 404).await;
        assert_eq!(problem["code"], "suggestion_not_found", "{n}");
    }
}

/// Parts of the audience add up to everything, and none is of few.
#[track_caller]
fn check_segments(report: &Value) {
    let number = |value: &Value| value.as_i64().unwrap();
    let segments = report["segments"].as_array().unwrap();
    let rows = |by: &str| segments.iter().filter(|row| row["by"] == by).collect::<Vec<_>>();
    let sum = |rows: &[&Value], member: &str| -> i64 {
        rows.iter().map(|row| number(&row[member])).sum()
    };
    let all = |list: &str, member: &str| -> i64 {
        report[list].as_array().unwrap().iter().map(|one| number(&one[member])).sum()
    };
    for by in ["country", "age", "gender", "device", "language"] {
        let rows = rows(by);
        if !rows.is_empty() {
            assert_eq!(sum(&rows, "shown"), all("opportunities", "served"), "{by}: {report}");
            assert_eq!(sum(&rows, "units"), all("delivered", "units"), "{by}: {report}");
            assert_eq!(sum(&rows, "spend_micros"), all("spend", "micros"), "{by}: {report}");
        }
        assert!(rows.iter().all(|row| number(&row["shown"]) >= 10), "{report}");
    }
    assert!(rows("device").iter().any(|row| row["value"] == "phone"), "{report}");
    let us = rows("country").into_iter().find(|row| row["value"] == "US").unwrap();
    let regions = rows("region");
    assert!(regions.iter().any(|row| row["value"] == "US-CA"), "{report}");
    assert!(regions.iter().all(|row| row["within"] == "US"), "{report}");
    assert_eq!(sum(&regions, "units"), number(&us["units"]), "{report}");
    assert_eq!(rows("interest").len(), 0);
}

/// Each bucket of the waterfall adds up, and all of them add up to the whole.
#[track_caller]
fn check_buckets(report: &Value) {
    let number = |value: &Value| value.as_i64().unwrap();
    let sides = ["platform", "market", "advertiser", "policy"];
    let waterfall = &report["waterfall"];
    let buckets = waterfall["buckets"].as_array().unwrap();
    assert!(!buckets.is_empty());
    for member in sides.into_iter().chain(["delivered", "unseen_estimate"]) {
        let sum: i64 = buckets.iter().map(|one| number(&one[member])).sum();
        assert_eq!(sum, number(&waterfall[member]), "{member}");
    }
    for (place, bucket) in buckets.iter().enumerate() {
        let causes = bucket["by_cause"].as_array().unwrap();
        let units: i64 = causes.iter().map(|cause| number(&cause["units"])).sum();
        assert_eq!(sides.iter().map(|side| number(&bucket[side])).sum::<i64>(), units);
        let micros: i64 = causes.iter().map(|cause| number(&cause["micros"])).sum();
        let at = |list: &str| number(&report[list][place]["micros"]);
        assert_eq!(micros, at("plan") - at("spend"));
    }
    for bucket in report["opportunities"].as_array().unwrap() {
        let causes = bucket["by_cause"].as_array().unwrap();
        let lost: i64 = causes.iter().map(|cause| number(&cause["opportunities"])).sum();
        assert_eq!(lost + number(&bucket["served"]), number(&bucket["opportunities"]));
    }
}

/// The book keeps a keyed hash of the address from which somebody agreed to pay, and no address.
#[tokio::test]
async fn slow_what_comes_from_where_the_promotion_was_paid_is_its_advertiser_s_own() {
    let served = Served::new();
    let agreed = |ip: &str| {
        let at = served.world.clock.now().to_string();
        json!({"authorization": {"factor": "password", "ip": ip, "at": at}})
    };
    served.submitted("views", json!({}), agreed("2001:DB8::7")).await;
    let tokens = served.tokens(3).await;
    let viewed = |token: &str, ip: &str| {
        let dwell = 5_000;
        json!({"token": token, "kind": "view", "dwell_ms": dwell, "ip": ip})
    };
    let results = served.report(json!([
        viewed(&tokens[0], "2001:db8:0::7"),
        viewed(&tokens[1], "2001:db8::8"),
        {"token": tokens[2], "kind": "view", "dwell_ms": 5_000},
    ]));
    let results = results.await;
    assert_eq!((&results[0]["verdict"], &results[0]["reason"]), (&json!("invalid"), &json!("own")));
    let said = "It came from you or somebody of your account.";
    assert_eq!(results[0]["message"], said, "{results}");
    assert_eq!(results[1]["verdict"], "billed", "a neighbor: {results}");
    assert_eq!(results[2]["verdict"], "billed", "from nobody knows where: {results}");
}

#[tokio::test]
async fn bad_pages_and_events_are_refused_by_name() {
    let served = Served::new();
    let refused = async |path: &str, body: Value, param: &str| {
        let problem = served.post(path, body, 400).await;
        assert_eq!(problem["param"], param, "{problem}");
    };
    refused("/v1/feed/select", json!({"slots": 0}), "/slots").await;
    refused("/v1/feed/select", json!({"slots": 51}), "/slots").await;
    let viewer = |viewer: Value| json!({"slots": 1, "viewer": viewer});
    refused("/v1/feed/select", viewer(json!({"age": 200})), "/viewer/age").await;
    refused("/v1/feed/select", viewer(json!({"device": "fridge"})), "/viewer/device").await;
    refused("/v1/feed/select", viewer(json!({"country": "Nowhere"})), "/viewer/country").await;
    refused("/v1/feed/events", json!({"events": []}), "/events").await;
    let events = |event: Value| json!({"events": [event]});
    let no_kind = events(json!({"token": "t", "kind": "nap"}));
    refused("/v1/feed/events", no_kind, "/events/0/kind").await;
    let no_token = events(json!({"token": "", "kind": "sale_returned"}));
    refused("/v1/feed/events", no_token, "/events/0/token").await;
    let no_time = events(json!({"token": "t", "kind": "sale_returned", "at": "yesterday"}));
    refused("/v1/feed/events", no_time, "/events/0/at").await;
    refused("/v1/feed/select", json!({"slots": 1, "currency": "usd"}), "/currency").await;
    let no_ip = events(json!({"token": "t", "kind": "view", "ip": "here"}));
    refused("/v1/feed/events", no_ip, "/events/0/ip").await;
    let report = served.world.get("/v1/promotions/promo_00000000000000000000000001/report");
    report.with(&served.secret).await_status(404).await;
}

#[tokio::test]
async fn slow_a_sale_that_comes_back_is_repaid_once() {
    let served = Served::new();
    let promotion = served.running("sales").await;
    // Nothing is sold in euros, so a page in euros has nothing to show.
    let page = json!({"slots": 1, "currency": "EUR"});
    assert_eq!(served.post("/v1/feed/select", page, 200).await["offers"], json!([]));
    let tokens = served.tokens(2).await;
    let told = |token: &str, kind: &str| json!({"token": token, "kind": kind});
    let returned = told(&tokens[0], "sale_returned");
    let events = json!([told(&tokens[0], "sale"), returned, returned, told("t", "sale_returned")]);
    let results = served.report(events).await;
    let said = |member: &str| -> Vec<Value> {
        results.as_array().unwrap().iter().map(|one| one[member].clone()).collect()
    };
    assert_eq!(said("verdict"), ["billed", "repaid", "duplicate", "unknown"]);
    assert_eq!(results[1]["price"], results[0]["price"]);
    let never = served.report(json!([told(&tokens[1], "sale_returned")])).await;
    assert_eq!(
        (&never[0]["verdict"], &never[0]["reason"]),
        (&json!("invalid"), &json!("not_billed"))
    );
    // Of what costs less than a minor unit nothing was billed, and what was is given back.
    let mut row = Value::Null;
    for _ in 0..200 {
        row = served.read(&format!("/v1/promotions/{promotion}")).await;
        if row["repaid"]["amount"].as_i64() > Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(row["repaid"]["amount"].as_i64() > Some(0), "{row}");
    assert_eq!(row["spent"]["amount"], 0, "{row}");
}

#[tokio::test]
async fn slow_a_feed_that_was_seen_for_a_day_is_what_quotes_are_made_of() {
    let served = Served::new();
    let promotion = served.running("views").await;
    let path = format!("/v1/promotions/{promotion}");
    let quote = served.read(&path).await["quote"].clone();
    assert_eq!(quote["audience_size"], 100_000, "assumed");
    // Pages that come before the feed is open are not seen.
    served.tokens(1).await;
    for number in 0..1_250 {
        let viewer = json!({"id": format!("guest-{}", number % 120), "country": "US"});
        served.post("/v1/feed/select", json!({"viewer": viewer, "slots": 1}), 200).await;
        served.world.clock.advance(Span::seconds(75));
    }
    let now = served.world.clock.now();
    let known = served.read("/v1/posts/video-1").await;
    let post = json!({
        "id": "video-1", "url": known["url"], "creator": known["creator"], "kind": known["kind"],
        "visibility": known["visibility"],
    });
    let mut size = Value::Null;
    for place in 0..100 {
        let draft = json!({
            "advertiser": "per_00000000000000000000000001", "post": post,
            "goal": "views", "audience": {"automatic": true},
            "budget": {"amount": 5_000, "currency": "USD"},
            "starts_at": now.saturating_add(Span::days(2)).to_string(),
            "ends_at": now.saturating_add(Span::days(9 + place)).to_string(),
            "promise": "estimate",
        });
        size = served.post("/v1/promotions", draft, 201).await["quote"]["audience_size"].clone();
        if size != 100_000 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Some viewers have come while it was opened.
    assert!((120..2_000).contains(&size.as_u64().unwrap()), "{size}");
}
