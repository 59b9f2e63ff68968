//! Drafts: quotes, checks, changes, and what is refused about them.

use http::AssumedFeed;
use serde_json::{Value, json};

use super::{ADA, EVE, act, compose, history, input, kinds, paid, read};
use crate::shop::{Shop, id};
use crate::world::{World, all_pages, check_members, usd};

fn codes(promotion: &Value) -> Vec<&str> {
    let checks = promotion["checks"].as_array().unwrap();
    checks.iter().map(|check| check["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_draft_tells_its_quote_and_what_is_found() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let audience = json!({
        "countries": ["US"], "regions": ["CA-QC"], "languages": ["en"], "age_min": 18,
        "interests": ["lamps"], "devices": ["phone"],
    });
    let more = json!({
        "audience": audience, "target": 1_000_000, "daily_budget": usd(100), "by": EVE,
        "metadata": {"campaign": "7"},
    });
    let draft = compose(&shop, more).await;
    check_members(
        &draft,
        json!({
            "object": "promotion", "status": "draft", "advertiser": ADA, "post": "v-1",
            "goal": "views", "budget": usd(10_000), "incentive": usd(0), "escrow": usd(0),
            "daily_budget": usd(100), "metadata": {"campaign": "7"}, "being_paid": false,
            "order": null, "checkout": null, "end": null, "paused_by": [], "tenders": [],
        }),
    );
    let asked = json!({
        "automatic": false, "countries": ["US"], "regions": ["CA-QC"], "languages": ["en"],
        "age_min": 18, "age_max": null, "genders": [], "interests": ["lamps"],
        "excluded_interests": [], "devices": ["phone"],
    });
    assert_eq!(draft["audience"], asked);
    // A view costs four cents at most, where an impression is assumed to cost one.
    let price = json!({"micros": 4_000_000, "currency": "USD"});
    check_members(
        &draft["quote"],
        json!({
            "unit": "view", "unit_price_max": price, "guaranteed_units": null,
            "audience_size": 100_000, "quoted_at": "2026-11-20T10:00:00Z",
            "expires_at": "2026-11-20T11:00:00Z",
        }),
    );
    let (low, high) = (&draft["quote"]["units_low"], &draft["quote"]["units_high"]);
    assert!(low.as_u64().unwrap() >= 2_500 && high.as_u64() <= low.as_u64().map(|low| 2 * low));
    let found = ["daily_budget_spends_too_little", "target_beyond_range", "personal_needs_consent"];
    assert_eq!(codes(&draft), found);
    assert_eq!(read(&shop, &id(&draft)).await, draft);
    // Lists do not look at posts and methods.
    let listed = &shop.list("/v1/promotions").await[0];
    assert_eq!(listed["checks"], Value::Null);
    let deeds = history(&world, &id(&draft)).await;
    check_members(
        &deeds[0],
        json!({
            "object": "promotion_deed", "number": 1, "kind": "composed", "role": "advertiser",
            "by": EVE, "promotion": draft["id"],
        }),
    );
    assert_eq!(deeds[0]["terms"]["daily_budget"], usd(100));
}

#[tokio::test]
async fn a_draft_is_changed_and_quoted_anew() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let more = json!({"daily_budget": usd(100), "authorization": {
        "factor": "passkey", "at": "2026-11-20T09:59:00Z",
    }});
    let draft = compose(&shop, more).await;
    assert_eq!(draft["authorization"]["factor"], "passkey");
    let path = format!("/v1/promotions/{}", id(&draft));
    let change = |body: Value| world.ask("PATCH", &path).json(body).fresh();
    world.pass(base::Span::minutes(5));
    let changed = change(json!({"budget": usd(20_000), "daily_budget": null, "target": 9}));
    let changed = changed.await_status(200).await.json;
    check_members(
        &changed,
        json!({"budget": usd(20_000), "daily_budget": null, "target": 9, "goal": "views",
            "authorization": null}),
    );
    assert_eq!(changed["quote"]["quoted_at"], "2026-11-20T10:05:00Z");
    // Twice the budget brings twice as much, each rounded.
    let units = |of: &Value| of["quote"]["units_low"].as_u64().unwrap();
    assert!(units(&changed).abs_diff(2 * units(&draft)) <= 1, "{changed:#}");
    let same = change(json!({"target": 9}));
    same.await_problem(422, "nothing_to_change", None).await;
    change(json!({})).await_problem(400, "invalid_request", Some("")).await;
    let other = change(json!({"daily_budget": {"amount": 5, "currency": "EUR"}}));
    other.await_problem(400, "invalid_request", Some("/daily_budget/currency")).await;
    let other = change(json!({"budget": {"amount": 5_000, "currency": "EUR"}}));
    other.await_problem(422, "currency_mismatch", None).await;
    assert_eq!(kinds(&world, &id(&draft)).await, ["composed", "edited"]);
    // A guarantee of what a quote sells, for the budget it was asked for.
    let sold = change(json!({"promise": "guarantee", "target": null}));
    let sold = sold.await_status(200).await.json;
    assert_eq!(sold["quote"]["guaranteed_units"], 5_000);
}

#[tokio::test]
async fn what_was_sold_does_not_change() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    let path = format!("/v1/promotions/{promotion}");
    let change = |body: Value| world.ask("PATCH", &path).json(body).fresh();
    for body in
        [json!({"goal": "sales"}), json!({"budget": usd(1)}), json!({"promise": "guarantee"})]
    {
        change(body).await_problem(422, "terms_fixed", None).await;
    }
    let blocked = change(json!({"ends_at": "2026-11-21T00:00:00Z"}));
    let blocked = blocked.await_problem(422, "promotion_blocked", Some("/ends_at")).await;
    assert_eq!(blocked.json["check"]["code"], "ends_before_start");
    let longer = change(json!({"ends_at": "2026-12-29T10:00:00Z"})).await_status(200).await.json;
    assert_eq!(longer["checks"], Value::Null);
}

#[tokio::test]
async fn blockers_are_told_with_their_way_out() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let draft = compose(&shop, json!({"budget": usd(200)})).await;
    assert_eq!(codes(&draft)[0], "budget_too_low");
    let submit = format!("/v1/promotions/{}/submit", id(&draft));
    let card = world.issue(1_000).await;
    let body = json!({"tenders": [{"kind": "gift_card", "gift_card": card["id"]}]});
    let told = world.post(&submit, body).fresh();
    let told = told.await_problem(422, "promotion_blocked", Some("/budget")).await.json;
    assert_eq!(
        told["check"],
        json!({
            "code": "budget_too_low", "severity": "blocker",
            "message": "The budget is below the least there is.",
            "fix": "Choose a larger budget.", "param": "/budget",
        })
    );
    assert_eq!(told["transient"], false);
    // Nothing is held of the card, and no checkout is left behind.
    assert_eq!(shop.read("gift-cards", &id(&card)).await["held"], usd(0));
    assert_eq!(shop.list("/v1/checkouts").await, [] as [Value; 0]);
    world.pass(base::Span::minutes(61));
    let old = read(&shop, &id(&draft)).await;
    assert!(codes(&old).contains(&"quote_expired"), "{old:#}");
}

#[tokio::test]
async fn a_repeated_request_composes_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let ask = || world.post("/v1/promotions", input(&shop.creator, json!({}))).key("once");
    let first = ask().await_status(201).await;
    let again = ask().await_status(201).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(shop.list("/v1/promotions").await.len(), 1);
    let other = world.post("/v1/promotions", input(&shop.creator, json!({"target": 1})));
    other.key("once").await_problem(422, "idempotency_mismatch", None).await;
}

#[tokio::test]
async fn what_a_draft_cannot_be() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let nobody = json!({"id": "v-2", "url": "https://shop.example/v/2", "kind": "live",
        "creator": "cre_01jd3q8v9ec4y8s5k1m0t2n7xz", "visibility": "public"});
    let pays = |tender: Value| json!({"tenders": [tender]});
    let euro = json!({"amount": 1, "currency": "EUR"});
    let method = json!({"kind": "payment_method", "payment_method": shop.method("tok_ok").await,
        "amount": euro});
    let no_method =
        json!({"kind": "payment_method", "payment_method": "pm_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    let no_card = json!({"kind": "gift_card", "gift_card": "gc_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    let cases = [
        (json!({"post": nobody}), 404, "creator_not_found", None),
        (json!({"audience": {}}), 400, "invalid_request", Some("/audience/automatic")),
        (
            json!({"audience": {"automatic": true, "age_min": 20}}),
            400,
            "invalid_request",
            Some("/audience/automatic"),
        ),
        (
            json!({"audience": {"countries": ["CA-QC"]}}),
            400,
            "invalid_request",
            Some("/audience/countries/0"),
        ),
        (json!({"audience": {"age_max": 151}}), 400, "invalid_request", Some("/audience/age_max")),
        (json!({"daily_budget": euro}), 400, "invalid_request", Some("/daily_budget/currency")),
        (json!({"incentive": usd(10_001)}), 422, "limit_exceeded", None),
        (pays(method), 400, "invalid_request", Some("/tenders/0/amount/currency")),
        (pays(no_method), 404, "payment_method_not_found", None),
        (pays(no_card), 404, "gift_card_not_found", None),
        (pays(json!({"kind": "gift_card"})), 400, "invalid_request", Some("/tenders/0/code")),
        (pays(json!({"kind": "cash"})), 400, "invalid_request", Some("/tenders/0/kind")),
        (
            pays(json!({"kind": "gift_card", "code": "AAAA-AAAA-AAAA-AAAAA"})),
            422,
            "code_typo",
            Some("/tenders/0/code"),
        ),
        // A code from elsewhere that nobody knows.
        (
            pays(json!({"kind": "gift_card", "code": "23456789"})),
            422,
            "gift_card_not_usable",
            Some("/tenders"),
        ),
    ];
    for (more, status, code, param) in cases {
        let ask = world.post("/v1/promotions", input(&shop.creator, more)).fresh();
        ask.await_problem(status, code, param).await;
    }
    assert_eq!(shop.list("/v1/promotions").await, [] as [Value; 0]);
}

#[tokio::test]
async fn lists_are_by_status_and_advertiser() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let draft = id(&compose(&shop, json!({"advertiser": EVE})).await);
    world.pass(base::Span::seconds(1));
    let scheduled = paid(&shop, json!({})).await;
    act(&shop, &scheduled, "approve", json!({})).await;
    let ids = async |query: &str| {
        let all = all_pages(&world, &format!("/v1/promotions{query}"), 1).await;
        all.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [scheduled.as_str(), &draft]);
    assert_eq!(ids("?status=draft").await, [draft.as_str()]);
    assert_eq!(ids("?status=scheduled").await, [scheduled.as_str()]);
    assert_eq!(ids(&format!("?advertiser={EVE}")).await, [draft.as_str()]);
    assert_eq!(ids(&format!("?status=draft&advertiser={ADA}")).await, [] as [&str; 0]);
    // Its time has come, and nobody has booked that.
    world.pass(base::Span::days(3));
    assert_eq!(ids("?status=running").await, [scheduled.as_str()]);
    assert_eq!(ids("?status=scheduled").await, [] as [&str; 0]);
    assert_eq!(read(&shop, &scheduled).await["status"], "running");
    world.pass(base::Span::days(30));
    assert_eq!(ids("?status=completed").await, [scheduled.as_str()]);
    assert_eq!(ids("?status=running").await, [] as [&str; 0]);
}

#[tokio::test]
async fn another_book_has_no_such_promotion() {
    let mut world = World::new();
    let there = world.open_book("other");
    let key = world.key_of(&there, store::KeyKind::Secret, http::Scopes::ALL);
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    let path = format!("/v1/promotions/{promotion}");
    world.get(&path).with(&key).await_problem(404, "promotion_not_found", None).await;
    for action in ["submit", "approve", "appeal", "pause", "resume", "stop"] {
        let ask = world.post(&format!("{path}/{action}"), json!({})).with(&key).fresh();
        ask.await_problem(404, "promotion_not_found", None).await;
    }
    let settlements = world.get(&format!("{path}/settlements")).with(&key);
    settlements.await_problem(404, "promotion_not_found", None).await;
    let history = world.get(&format!("{path}/history")).with(&key).await_status(200).await.json;
    assert_eq!(history["data"], json!([]));
    world.get("/v1/posts/v-1").with(&key).await_problem(404, "post_not_found", None).await;
    assert_eq!(
        world.get("/v1/posts/v-1").await_status(200).await.json["promotions"],
        json!([promotion])
    );
}

#[tokio::test]
async fn a_quote_of_next_to_nobody_says_so() {
    let assumed_feed =
        AssumedFeed { people: 12, opportunities_per_day: 100, ..AssumedFeed::default() };
    let world = World::with_limits(http::Limits { assumed_feed, ..http::Limits::default() });
    let creator = world.post("/v1/creators", json!({"name": "Ada", "handle": "ada"}));
    let creator = creator.fresh().await_status(201).await.json;
    let draft = world.post("/v1/promotions", input(&id(&creator), json!({})));
    let draft = draft.fresh().await_status(201).await.json;
    check_members(&draft["quote"], json!({"audience_size": 0}));
    assert_eq!(codes(&draft), ["audience_small", "budget_beyond_audience"]);
}
