//! Posts, and promotions that follow them.

use serde_json::{Value, json};

use super::{act, compose, input, kinds, paid, read};
use crate::shop::Shop;
use crate::world::{World, check_members};

#[tokio::test]
async fn promotions_follow_their_post() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    act(&shop, &promotion, "approve", json!({})).await;
    let change = |body: Value| world.ask("PATCH", "/v1/posts/v-1").json(body).fresh();
    let private = change(json!({"visibility": "private"})).await_status(200).await.json;
    check_members(
        &private,
        json!({
            "object": "post", "id": "v-1", "visibility": "private", "deleted": false,
            "content_version": "first", "promotions": [promotion], "kind": "video", "tags": [],
            "creator": shop.creator,
        }),
    );
    assert_eq!(world.get("/v1/posts/v-1").await_status(200).await.json, private);
    let paused = read(&shop, &promotion).await;
    check_members(&paused, json!({"status": "paused", "paused_by": ["post_private"]}));
    let resume = world.post(&format!("/v1/promotions/{promotion}/resume"), json!({})).fresh();
    resume.await_problem(422, "post_private", None).await;
    change(json!({"visibility": "private"})).await_problem(422, "nothing_to_change", None).await;
    change(json!({"visibility": "public"})).await_status(200).await;
    assert_eq!(read(&shop, &promotion).await["status"], "scheduled");
    change(json!({"content_version": "second"})).await_status(200).await;
    assert_eq!(read(&shop, &promotion).await["status"], "in_review");
    change(json!({"deleted": true})).await_status(200).await;
    let stopped = read(&shop, &promotion).await;
    assert_eq!(stopped["status"], "stopped");
    assert_eq!(stopped["end"]["cause"], "post_deleted");
    change(json!({"deleted": false})).await_problem(422, "post_deleted", None).await;
    let again = world.post("/v1/promotions", input(&shop.creator, json!({}))).fresh();
    again.await_problem(422, "post_deleted", None).await;
    let done = ["approved", "post_hidden", "post_shown", "content_changed", "stopped"];
    assert_eq!(kinds(&world, &promotion).await[3..], done);
}

#[tokio::test]
async fn a_post_was_published_when_its_platform_says() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let tell = |at: Value| {
        let mut body = input(&shop.creator, json!({}));
        body["post"]["published_at"] = at;
        world.post("/v1/promotions", body).fresh()
    };
    let read = || world.get("/v1/posts/v-1");
    let late = tell(json!("2027-01-01T00:00:00Z"));
    late.await_problem(422, "in_future", None).await;
    let wrong = tell(json!("yesterday"));
    wrong.await_problem(400, "invalid_request", Some("/post/published_at")).await;
    tell(json!("2026-01-02T03:04:05Z")).await_status(201).await;
    let known = read().await_status(200).await.json;
    check_members(&known, json!({"published_at": "2026-01-02T03:04:05Z"}));
    // What is not told again stays.
    compose(&shop, json!({})).await;
    assert_eq!(read().await_status(200).await.json["published_at"], known["published_at"]);
}

#[tokio::test]
async fn a_post_is_found_by_any_name() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let post = json!({
        "id": "videos/a:1", "url": "https://shop.example/v/a", "creator": shop.creator,
        "kind": "live", "visibility": "private", "language": "en", "tags": ["lamps"],
    });
    let draft = compose(&shop, json!({"post": post})).await;
    assert_eq!(draft["checks"][0]["code"], "post_private");
    let path = "/v1/posts/videos%2Fa%3A1";
    let known = world.get(path).await_status(200).await.json;
    check_members(
        &known,
        json!({"id": "videos/a:1", "language": "en", "tags": ["lamps"], "content_version": "1"}),
    );
    // Whoever tells of it again brings it up to date, and every draft of it.
    let mut public = post.clone();
    public["visibility"] = json!("public");
    compose(&shop, json!({"post": public})).await;
    let draft = read(&shop, draft["id"].as_str().unwrap()).await;
    assert_eq!(draft["checks"], json!([]));
    for unknown in ["/v1/posts/nothing", "/v1/posts/%20", "/v1/posts/%FF"] {
        world.get(unknown).await_problem(404, "post_not_found", None).await;
        let change = world.ask("PATCH", unknown).json(json!({"deleted": true})).fresh();
        change.await_problem(404, "post_not_found", None).await;
    }
    let nothing = world.ask("PATCH", path).json(json!({})).fresh();
    nothing.await_problem(400, "invalid_request", Some("")).await;
}

#[tokio::test]
async fn the_address_of_a_post_is_a_page() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://shop.example/v/1",
        "https://",
        "https://me@shop.example/",
        "https:///v/1",
        "https://shop.example/a b",
        "https://shop.example/\"onclick",
    ] {
        let post = json!({
            "id": "v-9", "url": url, "creator": shop.creator, "kind": "video",
            "visibility": "public",
        });
        let body = input(&shop.creator, json!({"post": post}));
        let ask = world.post("/v1/promotions", body).fresh();
        ask.await_problem(400, "invalid_request", Some("/post/url")).await;
    }
}
