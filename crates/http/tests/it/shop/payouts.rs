//! What sellers and creators are owed, on its way out.

use base::Span;
use serde_json::{Value, json};

use super::{Shop, id};
use crate::world::{Ask, World, check_members, usd};

fn run<'a>(world: &'a World, key: &str, until: &str) -> Ask<'a> {
    let body = json!({"currency": "USD", "until": until});
    world.post("/v1/payouts/runs", body).key(key)
}

/// Sells for so much, half a minute before and after the instants that runs name.
async fn sell(shop: &Shop<'_>, cents: i64) -> Value {
    let mut line = shop.line(cents);
    line["creator"] = json!(shop.creator);
    let checkout = shop.checkout_with(json!([line]), json!({})).await;
    shop.card_pays(&checkout, &shop.world.issue(cents).await).await;
    let paid = shop.pay(&checkout).await;
    shop.read("orders", paid["order"].as_str().unwrap()).await
}

#[tokio::test]
async fn everybody_is_paid_once_under_one_key() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let rest = Shop::open(&world).await;
    sell(&shop, 1_000).await;
    sell(&rest, 2_000).await;
    world.pass(Span::seconds(60));
    sell(&shop, 500).await;
    world.pass(Span::seconds(60));
    let until = "2026-11-20T10:00:30Z";
    let made = run(&world, "run", until).await_status(201).await;
    check_members(
        &made.json,
        json!({
            "object": "payout_run", "currency": "USD", "until": until,
            // 85 and 5 hundredths of 30 dollars; what was sold later waits.
            "total": usd(2_700),
        }),
    );
    let payouts = made.json["payouts"].as_array().unwrap().clone();
    let mut told: Vec<(String, i64)> = payouts
        .iter()
        .map(|payout| {
            assert_eq!(payout["status"], "pending");
            let payee = [&payout["seller"], &payout["creator"]];
            let payee = payee.into_iter().find_map(Value::as_str).unwrap().to_owned();
            (payee, payout["amount"]["amount"].as_i64().unwrap())
        })
        .collect();
    told.sort();
    let mut expected = vec![
        (shop.seller.clone(), 850),
        (shop.creator.clone(), 50),
        (rest.seller.clone(), 1_700),
        (rest.creator.clone(), 100),
    ];
    expected.sort();
    assert_eq!(told, expected);
    for _ in 0..2 {
        let again = run(&world, "run", until).await_status(201).await;
        assert!(again.is_replayed());
        assert_eq!(again.json, made.json);
    }
    let other = run(&world, "other", until).await_status(201).await;
    assert_eq!(other.json["payouts"], json!([]));
    assert_eq!(other.json["total"], usd(0));
    let mut listed = shop.list("/v1/payouts?status=pending").await;
    listed.reverse();
    listed.sort_by_key(id);
    let mut sorted = payouts;
    sorted.sort_by_key(id);
    assert_eq!(listed, sorted);
    let later = run(&world, "later", "2026-11-20T10:01:30Z").await_status(201).await;
    assert_eq!(later.json["total"], usd(450));
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_pays_nobody() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let rest = Shop::open(&world).await;
    sell(&shop, 1_000).await;
    sell(&rest, 1_000).await;
    world.pass(Span::seconds(60));
    let card = world.issue(100).await;
    let hold = crate::world::redemption(card["code"].as_str().unwrap(), 1);
    world.post("/v1/holds", hold).key("used").await_status(201).await;
    let until = "2026-11-20T10:00:30Z";
    run(&world, "used", until).await_problem(422, "idempotency_mismatch", None).await;
    assert_eq!(shop.list("/v1/payouts").await, [] as [Value; 0]);
    run(&world, "run", until).await_status(201).await;
    let other = run(&world, "run", "2026-11-20T10:00:31Z");
    other.await_problem(422, "idempotency_mismatch", None).await;
    assert_eq!(shop.list("/v1/payouts").await.len(), 4);
}

#[tokio::test]
async fn a_payout_arrives_or_is_owed_again() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    sell(&shop, 1_000).await;
    world.pass(Span::seconds(60));
    let until = "2026-11-20T10:00:30Z";
    let made = run(&world, "run", until).await_status(201).await.json;
    let of = |payee: &str| {
        let all = made["payouts"].as_array().unwrap().iter();
        id(all.clone().find(|payout| payout[payee].is_string()).unwrap())
    };
    let (seller, creator) = (of("seller"), of("creator"));
    assert_eq!(shop.balance(&format!("seller/{}", shop.seller)).await, 0);
    let failed =
        world.post(&format!("/v1/payouts/{seller}/failed"), json!({"reason": "account_closed"}));
    let failed = failed.fresh().await_status(200).await.json;
    check_members(&failed, json!({"status": "failed", "failure": "account_closed"}));
    assert_eq!(shop.balance(&format!("seller/{}", shop.seller)).await, 850);
    let paid = format!("/v1/payouts/{creator}/paid");
    let paid = world.post(&paid, json!({})).fresh().await_status(200).await.json;
    assert_eq!(paid["status"], "paid");
    assert_eq!(shop.list("/v1/payouts?status=paid").await, [paid]);
    assert_eq!(shop.list("/v1/payouts?status=failed").await, [failed]);
    let close = |payout: &str, action: &str| {
        let body = if action == "failed" { json!({"reason": "bounced"}) } else { json!({}) };
        world.post(&format!("/v1/payouts/{payout}/{action}"), body).fresh()
    };
    for payout in [&seller, &creator] {
        close(payout, "paid").await_problem(422, "payout_closed", None).await;
    }
    // The bank sends it back days later: it is owed again, once.
    let before = shop.balance(&format!("creator/{}", shop.creator)).await;
    let bounced = close(&creator, "failed").await_status(200).await.json;
    check_members(&bounced, json!({"status": "failed", "failure": "bounced"}));
    assert_eq!(shop.balance(&format!("creator/{}", shop.creator)).await, before + 50);
    close(&creator, "failed").await_problem(422, "payout_closed", None).await;
}

#[tokio::test]
async fn a_run_is_about_the_past_and_a_rail_there_is() {
    let mut world = World::new();
    for until in ["2026-11-20T10:00:00Z", "2027-01-01T00:00:00Z"] {
        run(&world, until, until).await_problem(400, "invalid_request", Some("/until")).await;
    }
    let mut body = json!({"currency": "USD", "until": "2026-11-20T09:00:00Z"});
    let none = world.post("/v1/payouts/runs", body.clone()).fresh().await_status(201).await;
    assert_eq!(none.json["payouts"], json!([]));
    let live = world.open_live_book("live");
    let live = world.key_of(&live, store::KeyKind::Secret, http::Scopes::ALL);
    let ask = world.post("/v1/payouts/runs", body.clone()).with(&live).fresh();
    ask.await_problem(400, "invalid_request", Some("/rail")).await;
    body["rail"] = json!("stripe");
    let ask = world.post("/v1/payouts/runs", body).fresh();
    ask.await_problem(422, "rail_not_available", Some("/rail")).await;
}

#[tokio::test]
async fn payouts_are_a_sheet_for_other_programs_too() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    sell(&shop, 1_000).await;
    let named = json!({"name": "=1+1, \"Ann\"", "commission_basis_points": 0});
    let named = id(&world.post("/v1/sellers", named).fresh().await_status(201).await.json);
    let mut line = shop.line(1_234);
    line["seller"] = json!(named);
    let checkout = shop.checkout_with(json!([line]), json!({})).await;
    shop.card_pays(&checkout, &world.issue(1_234).await).await;
    shop.pay(&checkout).await;
    world.pass(Span::seconds(60));
    let made = run(&world, "run", "2026-11-20T10:00:30Z").await_status(201).await.json;
    let payouts = made["payouts"].as_array().unwrap();
    let of = |payee: &str| payouts.iter().find(|it| it.to_string().contains(payee)).unwrap();
    let sheet = |path: &str, accept: &str| world.get(path).header("accept", accept);
    let read = sheet("/v1/payouts?status=pending&limit=1", "text/csv").await_status(200).await;
    assert_eq!(read.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = read.text();
    let mut lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.remove(0), "payout,created_at,status,payee,name,amount,currency,rail,failure");
    let mut expected = [
        (of(&shop.seller), &shop.seller, "Lamps & Co", "8.50"),
        (of(&shop.creator), &shop.creator, "Ada", "0.50"),
        (of(&named), &named, "\"'=1+1, \"\"Ann\"\"\"", "12.34"),
    ]
    .map(|(payout, payee, name, amount)| {
        let made_at = payout["created_at"].as_str().unwrap();
        format!("{},{made_at},pending,{payee},{name},{amount},USD,sandbox,", id(payout))
    });
    expected.sort();
    lines.sort_unstable();
    assert_eq!(lines, expected);
    let none = sheet("/v1/payouts?status=failed", "text/csv").await_status(200).await;
    assert_eq!(none.text().lines().count(), 1);
    // Who asks for either gets what stands first; a filter is checked for both.
    for (accept, is_sheet) in [("text/*", true), ("application/json, text/csv", false)] {
        let read = sheet("/v1/payouts", accept).await_status(200).await;
        assert_eq!(read.header("content-type") == Some("text/csv; charset=utf-8"), is_sheet);
    }
    let refused = sheet("/v1/payouts?status=exported", "text/csv");
    refused.await_problem(400, "invalid_request", Some("status")).await;
}
