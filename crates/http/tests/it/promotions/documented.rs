//! Answers are as the document says.

use serde_json::json;

use super::{act, compose, paid};
use crate::documents::check_schema;
use crate::shop::{Shop, id};
use crate::world::World;

#[tokio::test]
async fn answers_have_exactly_the_members_of_their_schema() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let shop = Shop::open(&world).await;
    let draft = compose(&shop, json!({})).await;
    check_schema(&served, "Promotion", &draft);
    let method = shop.method("tok_challenge").await;
    let tenders = json!([{"kind": "payment_method", "payment_method": method}]);
    let waits = act(&shop, &id(&draft), "submit", json!({"tenders": tenders})).await;
    assert!(waits["next_action"].is_object());
    check_schema(&served, "Promotion", &waits);
    let promotion = paid(&shop, json!({})).await;
    act(&shop, &promotion, "approve", json!({})).await;
    let stopped = act(&shop, &promotion, "stop", json!({"rule": "r"})).await;
    check_schema(&served, "Promotion", &stopped);
    world.post("/v1/test/clock", json!({"now": "2026-11-20T10:00:01Z"})).await_status(200).await;
    let path = format!("/v1/promotions/{promotion}");
    let lists = [
        ("/v1/promotions".to_owned(), "PromotionList"),
        (format!("{path}/history"), "PromotionDeedList"),
        (format!("{path}/settlements"), "PromotionSettlementList"),
    ];
    for (path, schema) in lists {
        let list = world.get(&path).await_status(200).await.json;
        assert_ne!(list["data"], json!([]), "{path}");
        check_schema(&served, schema, &list);
        let entry = schema.strip_suffix("List").unwrap();
        list["data"].as_array().unwrap().iter().for_each(|one| check_schema(&served, entry, one));
    }
    check_schema(&served, "Post", &world.get("/v1/posts/v-1").await_status(200).await.json);
    let blocked = compose(&shop, json!({"ends_at": "2026-11-22T10:01:00Z"})).await;
    let submit = world.post(&format!("/v1/promotions/{}/submit", id(&blocked)), json!({})).fresh();
    let problem = submit.await_problem(422, "promotion_blocked", Some("/ends_at")).await.json;
    check_schema(&served, "Problem", &problem);
}
