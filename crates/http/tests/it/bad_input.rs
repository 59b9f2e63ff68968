//! Malformed requests: a 4xx problem that names the field, and nothing written.

use serde_json::{Value, json};

use crate::world::{World, usd};

/// A good body for every route that takes one, and the fields to be spoiled.
pub fn good(card: &str, hold: &str) -> Vec<(&'static str, String, Value)> {
    let on_card = |action: &str| format!("/v1/gift-cards/{card}/{action}");
    let on_hold = |action: &str| format!("/v1/holds/{hold}/{action}");
    let on_sender = |action: &str| {
        let id = if card == "{id}" { card } else { "per_01jd3q8v9ec4y8s5k1m0t2n7xz" };
        format!("/v1/gift-senders/{id}/{action}")
    };
    let person = "per_00000000000000000000000007";
    let token = format!("clm_{}", "0".repeat(52));
    let client = json!({"ip": "203.0.113.7", "session": "s"});
    let line = json!({"kind": "goods", "seller": "sel_1", "product": "p"});
    let spend = json!({
        "gift_card": card, "amount": usd(1), "reference": "r", "partial": false, "region": "US",
        "lines": [line], "client": client,
    });
    let mut hold_body = spend.clone();
    hold_body["expires_in_s"] = json!(60);
    let issue = json!({
        "value": usd(100), "funding": {"kind": "external", "reference": "x"},
        "recipient": {"name": "n", "email": "a@b", "handle": "h", "locale": "en", "time_zone": "z"},
        "sender": {"name": "n", "email": "a@b"}, "message": "m", "design": "d",
        "expires_at": "2030-01-01T00:00:00Z", "activates_at": "2029-01-01T00:00:00Z",
        "delivery": {"channel": "email"}, "deliver_at": "2029-01-01T00:00:00Z",
        "regions": ["US"], "metadata": {"k": "v"},
        "scope": {"kinds": ["goods"], "categories": ["c"], "exclude": {"sellers": ["s"]}},
        "source": {"kind": "shop", "id": "i"}, "client": client,
    });
    let adjust = json!({"amount": usd(1), "direction": "up", "reason": "goodwill"});
    vec![
        ("POST", "/v1/gift-cards".into(), issue),
        ("POST", "/v1/gift-cards/lookup".into(), json!({"code": "23456789", "client": client})),
        (
            "PATCH",
            format!("/v1/gift-cards/{card}"),
            json!({"metadata": {"k": "v"}, "reference": "r"}),
        ),
        ("POST", on_card("freeze"), json!({"reason": "lost", "person": person})),
        ("POST", on_card("unfreeze"), json!({"person": person})),
        ("POST", on_card("claim"), json!({"code": "23456789", "person": person})),
        ("POST", "/v1/gift-cards/claim".into(), json!({"token": token, "person": person})),
        ("POST", "/v1/gift-cards/claim/preview".into(), json!({"token": token})),
        (
            "POST",
            "/v1/gift-cards/claim/report".into(),
            json!({"token": token, "reason": "scam", "block": true, "client": client}),
        ),
        ("POST", "/v1/gift-cards/claim/block-sender".into(), json!({"token": token})),
        ("POST", "/v1/gift-cards/claim/unblock-sender".into(), json!({"token": token})),
        ("POST", on_sender("block"), json!({"reason": "spam"})),
        ("POST", on_card("change-recipient"), json!({"recipient": {"name": "n"}, "message": "m"})),
        ("POST", on_card("adjust"), adjust),
        ("POST", on_card("extend"), json!({"expires_at": "2031-01-01T00:00:00Z"})),
        ("POST", "/v1/redemptions".into(), spend),
        ("POST", "/v1/holds".into(), hold_body),
        ("PATCH", format!("/v1/holds/{hold}"), json!({"amount": usd(1), "expires_in_s": 5})),
        ("POST", on_hold("capture"), json!({"amount": usd(1), "final": true})),
        ("POST", on_hold("release"), json!({"amount": usd(1)})),
        ("POST", on_hold("refund"), json!({"amount": usd(1)})),
        ("POST", "/v1/reverse".into(), json!({"key": "k"})),
        ("POST", "/v1/journal/prune".into(), json!({"archived_to": 1, "hash": "00".repeat(32)})),
        ("POST", "/v1/keys".into(), json!({"kind": "secret", "scopes": ["read"]})),
    ]
    .into_iter()
    .chain(good_of_shop(card))
    .chain(good_of_promotions(card))
    .chain(good_of_incidents(card))
    .chain(good_of_claims(card))
    .collect()
}

/// The same for what is sold.
fn good_of_shop(card: &str) -> Vec<(&'static str, String, Value)> {
    let person = "per_00000000000000000000000007";
    let client = json!({"ip": "203.0.113.7", "session": "s"});
    let some = |prefix: &str| format!("{prefix}_01jd3q8v9ec4y8s5k1m0t2n7xz");
    let of_shop = |list: &str, prefix: &str, action: &str| {
        let id = if card == "{id}" { card.to_owned() } else { some(prefix) };
        format!("/v1/{list}/{id}{action}")
    };
    let rail = if card == "{id}" { "{rail}" } else { "sandbox" };
    let (seller, creator, method) = (some("sel"), some("cre"), some("pm"));
    let rated = |rate: &str| json!({"name": "n", rate: 1, "metadata": {"k": "v"}});
    let sold = json!({
        "product": some("prd"), "name": "n", "seller": seller, "creator": creator,
        "kind": "goods", "category": "c", "quantity": 1, "unit_price": usd(1), "tax": usd(1),
        "discount": usd(1),
    });
    let checkout = json!({
        "currency": "USD", "region": "US", "buyer": person, "lines": [sold], "shipping": usd(1),
        "shipping_tax": usd(1), "source": {"kind": "video", "id": "i"}, "metadata": {"k": "v"},
    });
    let product = json!({
        "name": "n", "seller": seller, "creator": creator, "kind": "goods", "category": "c",
        "price": usd(1), "metadata": {"k": "v"},
    });
    let mut rated_creator = rated("share_basis_points");
    rated_creator["handle"] = json!("h");
    let kept = json!({"person": person, "rail": "sandbox", "token": "tok_ok"});
    let run = json!({"currency": "USD", "until": "2026-11-19T00:00:00Z", "rail": "sandbox"});
    let tenders = of_shop("checkouts", "chk", "/tenders");
    let by_card = json!({"kind": "gift_card", "gift_card": card, "client": client});
    let by_method = json!({"kind": "payment_method", "payment_method": method, "amount": usd(1)});
    let refunds = of_shop("orders", "ord", "/refunds");
    let units = json!({"lines": [{"line": "l1", "quantity": 1}], "reason": "r"});
    let shipping = json!({"lines": [{"line": "shipping", "amount": usd(1)}]});
    let rail_refund = |action| of_shop("rail-refunds", "rrf", action);
    let refund = |action| of_shop("refunds", "ref", action);
    let bodies = vec![
        ("/v1/sellers".to_owned(), rated("commission_basis_points")),
        ("/v1/creators".to_owned(), rated_creator),
        ("/v1/products".to_owned(), product),
        ("/v1/payment-methods".to_owned(), kept),
        ("/v1/checkouts".to_owned(), checkout),
        (tenders.clone(), by_card),
        (tenders, by_method),
        (format!("{refunds}/preview"), shipping),
        (refunds.clone(), units),
        (refunds, json!({"amount": usd(1), "reason": "r"})),
        (rail_refund("/consent"), json!({"payment_method": method})),
        (rail_refund("/give-up"), json!({"reason": "r"})),
        (rail_refund("/paid-by-hand"), json!({"rail": "bank"})),
        (rail_refund("/store-credit"), json!({"program": some("prog")})),
        (refund("/paid-by-hand"), json!({"tender": "t1", "rail": "bank"})),
        (refund("/store-credit"), json!({"tender": "t1"})),
        ("/v1/payouts/runs".to_owned(), run),
        (of_shop("payouts", "po", "/failed"), json!({"reason": "r"})),
        (format!("/v1/rails/{rail}/settlements"), settlement()),
    ];
    let bodies = bodies.into_iter().chain(good_of_bought_cards());
    bodies.map(|(path, body)| ("POST", path, body)).collect()
}

/// The same for promotions and posts.
fn good_of_promotions(card: &str) -> Vec<(&'static str, String, Value)> {
    let person = "per_00000000000000000000000007";
    let id = if card == "{id}" { card } else { "promo_01jd3q8v9ec4y8s5k1m0t2n7xz" };
    let post = if card == "{id}" { card } else { "p" };
    let n = if card == "{id}" { "{n}" } else { "111" };
    let at = |action: &str| format!("/v1/promotions/{id}{action}");
    let audience = json!({
        "automatic": false, "countries": ["US"], "regions": ["CA-QC"], "languages": ["en"],
        "age_min": 18, "age_max": 30, "genders": ["other"], "interests": ["i"],
        "excluded_interests": ["e"], "devices": ["tv"],
    });
    let authorization = json!({
        "factor": "totp", "device": "d", "session": "s", "ip": "203.0.113.7", "region": "US",
        "terms_version": "1", "at": "2026-11-20T09:00:00Z",
    });
    let method = "pm_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let tenders = json!([
        {"kind": "gift_card", "gift_card": "gc_01jd3q8v9ec4y8s5k1m0t2n7xz"},
        {"kind": "payment_method", "payment_method": method, "amount": usd(1)},
    ]);
    let terms = json!({
        "goal": "views", "target": 5, "audience": audience, "budget": usd(10_000),
        "daily_budget": usd(100), "starts_at": "2026-11-22T10:00:00Z",
        "ends_at": "2026-11-29T10:00:00Z", "promise": "estimate", "by": person,
    });
    let mut composed = terms.clone();
    let more = json!({
        "advertiser": person, "tenders": tenders, "authorization": authorization,
        "incentive": usd(1), "metadata": {"k": "v"},
        "post": {
            "id": "p", "url": "https://shop.example/p", "kind": "video", "visibility": "public",
            "creator": "cre_01jd3q8v9ec4y8s5k1m0t2n7xz", "language": "en", "tags": ["t"],
            "content_version": "1",
        },
    });
    composed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let submission = json!({
        "region": "US", "tax": usd(1), "tenders": tenders, "authorization": authorization,
        "return_url": "https://shop.example/done", "by": person,
    });
    vec![
        ("POST", "/v1/promotions".into(), composed),
        ("PATCH", at(""), terms),
        ("POST", at("/submit"), submission),
        ("POST", at("/approve"), json!({"content_version": "1", "by": person})),
        ("POST", at("/reject"), json!({"rule": "r", "content_version": "1", "by": person})),
        ("POST", at("/appeal"), json!({"by": person})),
        ("POST", at("/pause"), json!({"by": person, "as": "staff"})),
        ("POST", at("/resume"), json!({"by": person, "as": "staff"})),
        ("POST", at("/stop"), json!({"rule": "r", "by": person})),
        ("POST", at(&format!("/suggestions/{n}/apply")), json!({"by": person})),
        (
            "PATCH",
            format!("/v1/posts/{post}"),
            json!({"visibility": "public", "deleted": true, "content_version": "1"}),
        ),
    ]
}

/// The same for incidents and signals.
fn good_of_incidents(card: &str) -> [(&'static str, String, Value); 3] {
    let person = "per_00000000000000000000000007";
    let told_later = json!({
        "severity": "major", "started_at": "2026-11-20T09:00:00Z",
        "ended_at": "2026-11-20T09:30:00Z", "by": person,
        "affects": {"promotions": ["promo_01jd3q8v9ec4y8s5k1m0t2n7xz"], "regions": ["US"]},
    });
    let mut incident = told_later.clone();
    incident["component"] = json!("intake");
    let of_incident = if card == "{id}" { card } else { "inc_01jd3q8v9ec4y8s5k1m0t2n7xz" };
    let signal = json!({
        "person": person, "kind": "new_device", "at": "2026-11-20T09:00:00Z", "device": "d",
    });
    [
        ("POST", "/v1/incidents".into(), incident),
        ("PATCH", format!("/v1/incidents/{of_incident}"), told_later),
        ("POST", "/v1/signals".into(), signal),
    ]
}

/// The same for claims.
fn good_of_claims(card: &str) -> Vec<(&'static str, String, Value)> {
    let some = |prefix: &str| format!("{prefix}_01jd3q8v9ec4y8s5k1m0t2n7xz");
    let at = |action: &str| {
        let id = if card == "{id}" { card.to_owned() } else { some("claim") };
        format!("/v1/claims/{id}/{action}")
    };
    let person = "per_00000000000000000000000007";
    let file = json!({"sha256": "ab".repeat(32), "media_type": "image/png", "bytes": 1});
    let claim = json!({
        "promotion": some("promo"), "ground": "technical_error", "starts_on": "2026-11-19",
        "ends_on": "2026-11-20", "description": "d", "attachments": [file],
        "claimant": person, "metadata": {"k": "v"},
    });
    let hint = json!({
        "hint": {"descriptor": "d", "last4": "4242", "amount": usd(1), "charged_on": "2026-11-19"},
        "ground": "other", "description": "d", "contact": {"email": "a@b"},
    });
    let charge = json!({"charge": some("pay"), "ground": "other", "description": "d"});
    let decision = json!({
        "outcome": "approve", "amount": usd(1), "elsewhere": usd(1), "reasons": ["goodwill"],
        "by": person,
    });
    let is_template = card == "{id}";
    let frozen = if is_template { "{person}".to_owned() } else { person.to_owned() };
    let frozen = format!("/v1/account-freezes/{frozen}/lift");
    let suspect = if is_template { card.to_owned() } else { some("susp") };
    let suspect = format!("/v1/suspects/{suspect}/review");
    let restitution = if is_template { card.to_owned() } else { some("rst") };
    let restitution = format!("/v1/restitutions/{restitution}");
    let by_hand = json!({"by": person, "rail": "bank", "reference": "r"});
    let bodies = vec![
        (format!("{restitution}/send-again"), json!({"by": person})),
        (format!("{restitution}/store-credit"), json!({"by": person, "program": some("prog")})),
        (format!("{restitution}/paid-by-hand"), by_hand.clone()),
        (at("send-again"), json!({"by": person})),
        (at("store-credit"), json!({"by": person, "program": some("prog")})),
        (at("paid-by-hand"), by_hand),
        ("/v1/claims".to_owned(), claim.clone()),
        ("/v1/claims".to_owned(), hint),
        ("/v1/claims".to_owned(), charge),
        ("/v1/claims/preview".to_owned(), claim),
        (at("decide"), decision),
        (at("approve"), json!({"by": person, "agree": true})),
        (at("match"), json!({"promotion": some("promo"), "by": person})),
        (at("match"), json!({"charge": some("pay"), "by": person})),
        (at("appeal"), json!({"attachments": [file]})),
        (at("attachments"), file),
        (frozen, json!({"by": person})),
        (suspect, json!({"by": person})),
    ];
    bodies.into_iter().map(|(path, body)| ("POST", path, body)).collect()
}

/// A part of a settlement file, with every member of its line.
fn settlement() -> Value {
    let line = json!({
        "line": "l", "kind": "capture", "gross": 1, "fee": 1, "at": "2026-11-19T00:00:00Z",
        "operation": "o", "source": "s",
    });
    json!({"reference": "r", "currency": "USD", "lines": [line]})
}

/// The same for gift cards that are bought, with every member that says what they are like.
fn good_of_bought_cards() -> [(String, Value); 2] {
    let card = json!({
        "recipient": {"name": "n", "email": "a@b"}, "sender": {"name": "n"}, "message": "m",
        "design": "d", "expires_at": "2030-01-01T00:00:00Z", "delivery": {"channel": "email"},
        "deliver_at": "2029-01-01T00:00:00Z", "regions": ["US"], "scope": {"kinds": ["goods"]},
        "source": {"kind": "shop", "id": "i"}, "metadata": {"k": "v"}, "reference": "r",
    });
    let line = json!({
        "name": "n", "kind": "gift_card", "quantity": 1, "unit_price": usd(1), "gift_cards": [card],
    });
    let checkout = json!({"currency": "USD", "region": "US", "lines": [line]});
    let mut purchase = card.clone();
    let own = json!({
        "value": usd(1), "quantity": 2, "region": "US", "name": "n",
        "buyer": "per_00000000000000000000000007",
        "payment_method": "pm_01jd3q8v9ec4y8s5k1m0t2n7xz",
        "client": {"ip": "203.0.113.7", "session": "s"},
    });
    purchase.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    [("/v1/gift-card-purchases".to_owned(), purchase), ("/v1/checkouts".to_owned(), checkout)]
}

/// Every place in `body`, as JSON pointers.
fn places(body: &Value, at: String, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.clone());
    }
    match body {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, format!("{at}/{name}"), found));
        }
        Value::Array(entries) => {
            let entries = entries.iter().enumerate();
            entries.for_each(|(index, value)| places(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_spoiled_field_is_named() {
    let world = World::new();
    let card = world.issue(10_000).await;
    let hold = world.hold(card["code"].as_str().unwrap(), 100).await;
    let (card, hold) = (card["id"].as_str().unwrap(), hold["id"].as_str().unwrap());
    let before = world.book.handle().figures().commands();
    let mut tried = 0;
    for (method, path, body) in good(card, hold) {
        let mut pointers = Vec::new();
        places(&body, String::new(), &mut pointers);
        for pointer in pointers {
            for spoiled in spoilers(body.pointer(&pointer).unwrap(), &pointer) {
                let mut bad = body.clone();
                *bad.pointer_mut(&pointer).unwrap() = spoiled.clone();
                let answer = world.ask(method, &path).json(bad).fresh().send().await;
                let what = format!("{method} {path} {pointer} = {spoiled}: {}", answer.text());
                assert_eq!(answer.status, 400, "{what}");
                assert_eq!(answer.json["code"], "invalid_request", "{what}");
                let param = answer.json["param"].as_str().unwrap();
                assert!(param.starts_with(&pointer), "{what}");
                assert!(!answer.text().contains("s3cret"), "{what}");
                tried += 1;
            }
        }
        let mut bad = body.clone();
        bad["unknown"] = json!(1);
        let ask = world.ask(method, &path).json(bad).fresh();
        ask.await_problem(400, "invalid_request", Some("/unknown")).await;
    }
    assert!(tried > 300, "only {tried} cases");
    assert_eq!(world.book.handle().figures().commands(), before, "something was written");
}

/// Rates, and what may be free.
fn may_be_nothing(pointer: &str) -> bool {
    let free = ["price/amount", "tax/amount", "discount/amount", "shipping/amount"];
    pointer.ends_with("basis_points") || free.iter().any(|place| pointer.ends_with(place))
}

/// Values that are wrong in the place of `good`.
fn spoilers(good: &Value, pointer: &str) -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    match good {
        Value::Object(_) => vec![json!("s3cret"), json!(7), json!([]), json!([1, "s3cret"]), deep],
        Value::Array(_) => vec![json!("s3cret"), json!({}), json!(1), deep],
        Value::Bool(_) => vec![json!("s3cret"), json!(1), json!({})],
        Value::Number(_) => {
            let mut bad = vec![
                json!("s3cret"),
                json!(1.5),
                json!(u64::MAX),
                json!(9_223_372_036_854_775_808_u64),
                json!({}),
            ];
            // What a rail tells has a sign.
            if !["/gross", "/fee"].iter().any(|signed| pointer.ends_with(signed)) {
                bad.push(json!(-1));
                bad.extend((!may_be_nothing(pointer)).then(|| json!(0)));
            }
            bad
        }
        Value::String(_) => {
            let mut bad = vec![json!(1), json!(true), json!({}), json!(["s3cret"]), deep];
            // User agents are free text, and metadata may be empty.
            if !pointer.contains("/metadata") {
                bad.push(json!(""));
            }
            bad.push(json!("s3cret".repeat(1_000)));
            if !pointer.starts_with("/client") {
                bad.push(json!("s3cret\u{0}"));
            }
            bad
        }
        Value::Null => Vec::new(),
    }
}

#[tokio::test]
async fn required_fields_are_required() {
    let world = World::new();
    let card = world.issue(10_000).await;
    let id = card["id"].as_str().unwrap();
    let adjust = format!("/v1/gift-cards/{id}/adjust");
    let extend = format!("/v1/gift-cards/{id}/extend");
    let money = json!({"kind": "promotional"});
    let cases = [
        ("/v1/gift-cards", json!({"funding": money}), "/value"),
        ("/v1/gift-cards", json!({"value": usd(1)}), "/funding"),
        ("/v1/gift-cards", json!({"value": {"amount": 1}, "funding": money}), "/value/currency"),
        ("/v1/gift-cards", issue("invoice"), "/funding/reference"),
        ("/v1/gift-cards/lookup", json!({}), "/code"),
        ("/v1/redemptions", json!({"amount": usd(1), "code": "x"}), "/reference"),
        ("/v1/redemptions", json!({"amount": usd(1), "reference": "r"}), "/code"),
        ("/v1/holds", json!({"code": "23456789", "reference": "r"}), "/amount"),
        ("/v1/reverse", json!({}), "/key"),
        ("/v1/keys", json!({"kind": "secret"}), "/scopes"),
        (&adjust, json!({"amount": usd(1), "reason": "goodwill"}), "/direction"),
        (&adjust, json!({"amount": usd(1), "direction": "up"}), "/reason"),
        (&extend, json!({}), "/expires_at"),
    ];
    for (path, body, param) in cases {
        let ask = world.post(path, body).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
}

#[tokio::test]
async fn a_reason_to_adjust_is_one_of_the_words() {
    let world = World::new();
    let card = world.issue(100).await;
    let path = format!("/v1/gift-cards/{}/adjust", card["id"].as_str().unwrap());
    for reason in ["mistake", "Goodwill", "goodwill ", "adjusted"] {
        let body = json!({"amount": usd(1), "direction": "up", "reason": reason});
        let ask = world.post(&path, body).fresh();
        let problem = ask.await_problem(400, "invalid_request", Some("/reason")).await;
        let detail = problem.json["detail"].as_str().unwrap();
        let words = "goodwill, correction, compensation, fraud, other";
        assert!(detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn an_update_says_what_to_replace() {
    let world = World::new();
    let card = world.issue(100).await;
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    for (body, param) in [
        (json!({}), "/metadata"),
        (json!({"metadata": null}), "/metadata"),
        (json!({"metadata": null, "reference": "r"}), "/metadata"),
        (json!({"metadata": {"k": null}}), "/metadata/k"),
        (json!({"metadata": {"k": "v".repeat(501)}}), "/metadata/k"),
        (json!({"reference": ""}), "/reference"),
        (json!({"reference": "r".repeat(256)}), "/reference"),
        (json!({"value": usd(1)}), "/value"),
    ] {
        let ask = world.ask("PATCH", &path).json(body).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    let ask = world.ask("PATCH", &path).json(json!({"reference": "r"}));
    ask.await_problem(400, "idempotency_key_required", Some("Idempotency-Key")).await;
}

fn issue(kind: &str) -> Value {
    json!({"value": usd(1), "funding": {"kind": kind}})
}

#[tokio::test]
async fn values_are_judged_where_they_stand() {
    let world = World::new();
    let card = world.issue(10_000).await;
    let spend = |member: &str, value: Value| {
        let mut body = json!({"gift_card": card["id"], "amount": usd(1), "reference": "r"});
        body[member] = value;
        body
    };
    let both = spend("code", json!("23456789"));
    let cases = [
        (spend("amount", json!({"amount": 1, "currency": "usd"})), "/amount/currency"),
        (spend("amount", json!({"amount": 1, "currency": "XXX"})), "/amount/currency"),
        (spend("amount", json!({"amount": 0, "currency": "USD"})), "/amount/amount"),
        (spend("gift_card", json!("hold_01jd3q8v9ec4y8s5k1m0t2n7xz")), "/gift_card"),
        (spend("region", json!("usa")), "/region"),
        (spend("lines", json!([{"kind": "goods"}, {"kind": "shoes"}])), "/lines/1/kind"),
        (spend("lines", json!(vec![json!({"kind": "goods"}); 101])), "/lines"),
        (spend("client", json!({"ip": "localhost"})), "/client/ip"),
        (both, "/code"),
    ];
    for (body, param) in cases {
        let ask = world.post("/v1/redemptions", body).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
}

#[tokio::test]
async fn requests_that_are_no_requests() {
    let world = World::new();
    let path = "/v1/redemptions";
    let post = || world.ask("POST", path).fresh();
    post().bytes(b"{\"code\":".to_vec()).await_problem(400, "malformed_json", None).await;
    post().bytes(b"{\"code\":\"\xff\"}".to_vec()).await_problem(400, "malformed_json", None).await;
    post().bytes(vec![b'['; 500_000]).await_problem(400, "invalid_request", Some("")).await;
    let text = post().bytes(b"{}".to_vec()).header("content-type", "text/plain");
    text.await_problem(415, "unsupported_media_type", None).await;
    let large = vec![b' '; (1 << 20) + 1];
    post().bytes(large.clone()).await_problem(413, "body_too_large", None).await;
    // A batch may be larger.
    let batch = world.ask("POST", "/v1/batch").bytes(large);
    batch.await_problem(400, "malformed_json", None).await;
    world.get("/v1/nothing").await_problem(404, "not_found", None).await;
    world.get("/").await_problem(404, "not_found", None).await;
    let wrong = world.get(path).await_problem(405, "method_not_allowed", None).await;
    assert_eq!(wrong.header("allow"), Some("POST"));
    world.ask("BREW", path).await_problem(405, "method_not_allowed", None).await;
    let ask = post().header("makegood-version", "2020-01-01");
    ask.await_problem(400, "unknown_version", None).await;
    for (id, code) in [("holds", "hold_not_found"), ("gift-cards", "gift_card_not_found")] {
        for text in ["x", "gc_", "hold_zzzzzzzzzzzzzzzzzzzzzzzzzz", "%00", "lookup%2f"] {
            let ask = world.get(&format!("/v1/{id}/{text}"));
            ask.await_problem(404, code, None).await;
        }
    }
}

#[tokio::test]
async fn idempotency_keys_are_checked() {
    let world = World::new();
    let body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
    let ask = || world.post("/v1/gift-cards", body.clone());
    let missing = ask();
    missing.await_problem(400, "idempotency_key_required", Some("Idempotency-Key")).await;
    for key in ["", "two words", &"k".repeat(256), "schl\u{fc}ssel"] {
        let ask = ask().key(key);
        ask.await_problem(400, "invalid_idempotency_key", Some("Idempotency-Key")).await;
    }
    ask().key(&"k".repeat(255)).await_status(201).await;
}
