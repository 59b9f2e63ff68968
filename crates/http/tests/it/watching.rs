//! Whoever watches is told of every answer, and of nothing that was sent.

use std::sync::{Arc, Mutex};

use crate::world::World;

#[tokio::test]
async fn a_watcher_is_told_of_every_answer() {
    let world = World::new();
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = Arc::clone(&seen);
    world.app.watch(move |answer| into.lock().unwrap().push(format!("{answer:?}")));
    let card = world.issue(100).await;
    let code = card["code"].as_str().unwrap();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let path = format!("/v1/gift-cards/{code}");
    let missing = world.get(&path).header("traceparent", parent).await_status(404).await;
    world.get(&format!("/{code}")).await_status(404).await;
    let seen = seen.lock().unwrap();
    let [issued, not_found, astray] = &seen[..] else { panic!("{seen:?}") };
    assert!(
        issued.contains("\"POST\"") && issued.contains("route: \"/v1/gift-cards\""),
        "{issued}"
    );
    assert!(issued.contains("status: 201") && issued.contains("code: None"), "{issued}");
    assert!(not_found.contains("\"/v1/gift-cards/{id}\"") && not_found.contains(parent));
    assert!(not_found.contains("code: Some(\"gift_card_not_found\")"), "{not_found}");
    assert!(missing.header("x-request-id").is_some());
    assert!(astray.contains("\"no route\"") && !astray.contains(code), "{astray}");
    assert!(!not_found.contains(code), "{not_found}");
}
