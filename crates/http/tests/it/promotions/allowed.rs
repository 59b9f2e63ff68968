//! What keeps a draft from being paid beside its terms: what whoever runs the product allows, what
//! its advertiser has under way, and what has become of the method that is to pay.

use std::collections::BTreeMap;

use base::{Amount, Currency, Label, Span};
use promotions::OperatorPolicy;
use serde_json::{Value, json};

use super::{EVE, act, compose, input, paid, read};
use crate::claims;
use crate::fake_rails::FakeRails;
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// A server whose operator has said something else than the manual.
fn under(change: impl FnOnce(&mut OperatorPolicy)) -> World {
    let mut policy = OperatorPolicy::standard().clone();
    change(&mut policy);
    World::allowing(policy)
}

fn label(word: &str) -> Label {
    Label::new(word).unwrap()
}

/// A draft that a method of this token is to pay.
async fn payable(shop: &Shop<'_>, token: &str, more: Value) -> Value {
    let method = shop.method(token).await;
    let mut body = json!({"tenders": [{"kind": "payment_method", "payment_method": method}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    compose(shop, body).await
}

/// Only this blocker is found of a draft, with what to do about it, and it is not paid.
async fn blocked(shop: &Shop<'_>, draft: &Value, code: &str, param: &str, fix: &str) {
    let promotion = id(draft);
    let now = read(shop, &promotion).await;
    let checks = now["checks"].as_array().unwrap();
    let blockers: Vec<_> = checks.iter().filter(|check| check["severity"] == "blocker").collect();
    assert_eq!(blockers.len(), 1, "{now:#}");
    let expected = json!({"code": code, "param": param, "fix": fix});
    check_members(blockers[0], expected.clone());
    let path = format!("/v1/promotions/{promotion}/submit");
    let told = shop.world.post(&path, json!({})).fresh();
    let told = told.await_problem(422, "promotion_blocked", Some(param)).await.json;
    check_members(&told["check"], expected);
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains(fix), "{detail}");
}

/// It is found no more, and the draft is paid.
async fn mended(shop: &Shop<'_>, draft: &Value) -> String {
    let promotion = id(draft);
    let now = read(shop, &promotion).await;
    let checks = now["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["severity"] != "blocker"), "{now:#}");
    let paid = act(shop, &promotion, "submit", json!({})).await;
    assert_eq!(paid["status"], "in_review", "{paid:#}");
    promotion
}

#[tokio::test]
async fn a_method_that_was_declined_is_not_asked_again_until_it_has_paid_or_a_day_is_over() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let fix = "Choose another method, or try this one again a day later.";
    let draft = payable(&shop, "tok_declined", json!({})).await;
    let failed = act(&shop, &id(&draft), "submit", json!({})).await;
    check_members(&failed, json!({"status": "draft", "failure": "declined"}));
    let codes = |draft: &Value| {
        let checks = draft["checks"].as_array().unwrap();
        checks.iter().map(|check| check["code"].clone()).collect::<Vec<_>>()
    };
    assert!(codes(&failed).contains(&json!("method_declined")));
    blocked(&shop, &draft, "method_declined", "/tenders", fix).await;
    // Another method pays.
    let other = shop.method("tok_ok").await;
    let tenders = json!([{"kind": "payment_method", "payment_method": other}]);
    let paid = act(&shop, &id(&draft), "submit", json!({"tenders": tenders})).await;
    assert_eq!(paid["status"], "in_review");
    // One that has paid since is asked again, and so is one that was declined a day ago.
    let method = shop.method("tok_silent").await;
    let tender = json!({"kind": "payment_method", "payment_method": method});
    let body = json!({"tenders": [tender]});
    let draft = compose(&shop, body.clone()).await;
    let pay = async || {
        let checkout = shop.checkout(500).await;
        shop.tender(&checkout, tender.clone()).await;
        shop.pay(&checkout).await;
        id(&shop.list(&format!("/v1/payments?checkout={checkout}")).await[0]).parse().unwrap()
    };
    let rails = FakeRails::new(world.book.handle().clone());
    rails.decline(pay().await);
    blocked(&shop, &draft, "method_declined", "/tenders", fix).await;
    rails.authorize(pay().await);
    assert_eq!(codes(&read(&shop, &id(&draft)).await), [] as [Value; 0]);
    rails.decline(pay().await);
    world.pass(Span::days(1));
    let late = compose(&shop, body).await;
    assert!(!codes(&late).contains(&json!("method_declined")));
}

#[tokio::test]
async fn an_advertiser_has_no_more_under_way_than_is_allowed() {
    let world = under(|policy| policy.under_way_max = Some(2));
    let shop = Shop::open(&world).await;
    let first = paid(&shop, json!({})).await;
    let draft = payable(&shop, "tok_ok", json!({})).await;
    let second = mended(&shop, &draft).await;
    let third = payable(&shop, "tok_ok", json!({})).await;
    let fix = "Wait until one is over, or stop one.";
    blocked(&shop, &third, "too_many_promotions", "/advertiser", fix).await;
    // Whoever else promotes is not held up by it.
    let other = payable(&shop, "tok_ok", json!({"advertiser": EVE})).await;
    mended(&shop, &other).await;
    act(&shop, &first, "stop", json!({})).await;
    mended(&shop, &third).await;
    let fourth = payable(&shop, "tok_ok", json!({})).await;
    blocked(&shop, &fourth, "too_many_promotions", "/advertiser", fix).await;
    act(&shop, &second, "reject", json!({"rule": "music"})).await;
    // One whose payment waits for its payer counts as well, until that has failed.
    let waits = payable(&shop, "tok_challenge", json!({})).await;
    let waiting = act(&shop, &id(&waits), "submit", json!({})).await;
    check_members(&waiting, json!({"status": "draft", "being_paid": true}));
    // It does not stand in its own way.
    let codes = waiting["checks"].as_array().unwrap();
    assert!(codes.iter().all(|check| check["code"] != "too_many_promotions"), "{waiting:#}");
    blocked(&shop, &fourth, "too_many_promotions", "/advertiser", fix).await;
    let checkout = waiting["checkout"].as_str().unwrap();
    let cancel = format!("/v1/checkouts/{checkout}/cancel-attempt");
    world.post(&cancel, json!({})).fresh().await_status(200).await;
    mended(&shop, &fourth).await;
}

#[tokio::test]
async fn an_advertiser_promotes_for_no_more_than_is_allowed_in_each_currency() {
    let most = Amount::new(15_000).unwrap();
    let world = under(|policy| policy.budgets_max = BTreeMap::from([(Currency::USD, most)]));
    let shop = Shop::open(&world).await;
    paid(&shop, json!({})).await;
    let draft = payable(&shop, "tok_ok", json!({"budget": usd(5_001)})).await;
    let fix = "Choose a smaller budget, or ask for a higher limit.";
    blocked(&shop, &draft, "spend_limit", "/budget", fix).await;
    // Euros are not dollars.
    let euros = json!({"budget": {"amount": 90_000, "currency": "EUR"}});
    mended(&shop, &payable(&shop, "tok_ok", euros).await).await;
    let path = format!("/v1/promotions/{}", id(&draft));
    let smaller = json!({"budget": usd(5_000)});
    world.ask("PATCH", &path).json(smaller).fresh().await_status(200).await;
    mended(&shop, &draft).await;
    let none = payable(&shop, "tok_ok", json!({"budget": usd(300)})).await;
    blocked(&shop, &none, "spend_limit", "/budget", fix).await;
}

#[tokio::test]
async fn a_frozen_account_promotes_nothing_until_it_is_lifted() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let before = claims::ended(&shop, json!({}), 1_000).await;
    let later = json!({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-08T10:00:00Z"});
    let draft = payable(&shop, "tok_ok", later.clone()).await;
    let claim = claims::claim(&world, &before, "unauthorized_charge").await;
    claims::tell(&world, &claim, &[]);
    claims::lead(&world, &claim).await;
    let now = read(&shop, &id(&draft)).await;
    let checks = now["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["code"] == "account_blocked").unwrap();
    let fix = "Ask the support why.";
    let expected = json!({"severity": "blocker", "param": "/advertiser", "fix": fix});
    check_members(found, expected);
    // That is told by a name of its own, for time lifts it.
    let path = format!("/v1/promotions/{}/submit", id(&draft));
    let told = world.post(&path, json!({})).fresh();
    told.await_problem(422, "account_frozen", None).await;
    let mut of_eve = later;
    of_eve["advertiser"] = json!(EVE);
    mended(&shop, &payable(&shop, "tok_ok", of_eve).await).await;
    let lift = format!("/v1/account-freezes/{}/lift", super::ADA);
    world.post(&lift, json!({"by": EVE})).fresh().await_status(200).await;
    mended(&shop, &draft).await;
}

#[tokio::test]
async fn whoever_is_too_young_promotes_nothing() {
    let world = under(|policy| policy.advertiser_age_min = 16);
    let shop = Shop::open(&world).await;
    let draft = payable(&shop, "tok_ok", json!({"advertiser_age": 15})).await;
    let fix = "Let an adult promote the post.";
    blocked(&shop, &draft, "advertiser_under_age", "/advertiser", fix).await;
    let other = json!({"advertiser": EVE, "advertiser_age": 40});
    mended(&shop, &payable(&shop, "tok_ok", other).await).await;
    // What is told later counts, also for what was composed before.
    payable(&shop, "tok_ok", json!({"advertiser_age": 16})).await;
    mended(&shop, &draft).await;
    let wrong = input(&shop.creator, json!({"advertiser_age": 151}));
    let ask = world.post("/v1/promotions", wrong).fresh();
    ask.await_problem(400, "invalid_request", Some("/advertiser_age")).await;
}

/// A post with these tags.
fn about(shop: &Shop<'_>, tags: &[&str]) -> Value {
    let mut post = input(&shop.creator, json!({}))["post"].clone();
    post["tags"] = json!(tags);
    post
}

#[tokio::test]
async fn posts_about_some_things_are_not_promoted() {
    let world = under(|policy| policy.forbidden_tags = vec![label("gambling")]);
    let shop = Shop::open(&world).await;
    let post = about(&shop, &["cards", "gambling"]);
    let draft = payable(&shop, "tok_ok", json!({"post": post})).await;
    let fix = "Promote another post.";
    blocked(&shop, &draft, "post_not_allowed", "/post/tags", fix).await;
    let mut other = about(&shop, &["cards"]);
    other["id"] = json!("v-2");
    mended(&shop, &payable(&shop, "tok_ok", json!({"post": other})).await).await;
}

#[tokio::test]
async fn posts_about_some_things_are_promoted_to_adults_only() {
    let world = under(|policy| policy.adult_tags = vec![label("alcohol")]);
    let shop = Shop::open(&world).await;
    let post = about(&shop, &["alcohol"]);
    let draft = payable(&shop, "tok_ok", json!({"post": post})).await;
    let fix = "Choose 18 or more.";
    blocked(&shop, &draft, "adults_only", "/audience/age_min", fix).await;
    let path = format!("/v1/promotions/{}", id(&draft));
    let adults = json!({"audience": {"age_min": 18}});
    world.ask("PATCH", &path).json(adults).fresh().await_status(200).await;
    let promotion = mended(&shop, &draft).await;
    // Once it is sold as well.
    let all = json!({"audience": {"automatic": true}});
    let path = format!("/v1/promotions/{promotion}");
    let told = world.ask("PATCH", &path).json(all).fresh();
    told.await_problem(422, "promotion_blocked", Some("/audience/age_min")).await;
}

#[tokio::test]
async fn a_book_from_before_there_were_sums_is_counted_once() {
    let mut policy = OperatorPolicy::standard().clone();
    policy.under_way_max = Some(2);
    let mut world = World::allowing_in_files(policy);
    let drafts = {
        let shop = Shop::open(&world).await;
        paid(&shop, json!({})).await;
        let second = paid(&shop, json!({})).await;
        act(&shop, &second, "approve", json!({})).await;
        act(&shop, &second, "pause", json!({})).await;
        let stopped = paid(&shop, json!({"advertiser": EVE})).await;
        act(&shop, &stopped, "stop", json!({})).await;
        let more = json!({"starts_at": "2026-11-21T10:00:00Z"});
        [payable(&shop, "tok_ok", more.clone()).await, payable(&shop, "tok_ok", more).await]
    };
    let is_full = |now: &Value| {
        let checks = now["checks"].as_array().unwrap();
        checks.iter().any(|check| check["code"] == "too_many_promotions")
    };
    let look = async |world: &World, draft: &Value| {
        let path = format!("/v1/promotions/{}", id(draft));
        world.get(&path).await_status(200).await.json
    };
    assert!(is_full(&look(&world, &drafts[0]).await));
    world.restart_older();
    assert!(!is_full(&look(&world, &drafts[0]).await), "the book is as it was");
    assert_eq!(world.count_older(), 2);
    assert!(is_full(&look(&world, &drafts[0]).await));
    world.flush();
    assert_eq!(world.count_older(), 0);
}
