//! The table of who may call what, which a person reads when it changes.

use http::Scopes;
use serde_json::Value;

use crate::world::World;

/// The table. `MAKEGOOD_WRITE_SNAPSHOTS=1` writes it anew; read the difference before it is kept.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/scope_table.txt");

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
async fn the_table_of_scopes_is_the_one_that_was_read() {
    let world = World::new();
    let names = ["read", "spend", "issue", "gift_cards:reveal", "admin"];
    let of_shop = ["catalog:write", "checkout:write", "orders:refund", "payouts:write"];
    let of_sending = ["webhooks:manage", "mail:report", "settlements:write"];
    let of_promotions = ["promotions:write", "promotions:review", "feed:serve"];
    let of_trouble = ["incidents:write", "signals:write"];
    let of_claims = ["claims:write", "claims:review"];
    let of_people = ["people:hand_over"];
    let mut keys: Vec<(&str, String)> = names
        .into_iter()
        .chain(of_shop)
        .chain(of_sending)
        .chain(of_promotions)
        .chain(of_trouble)
        .chain(of_claims)
        .chain(of_people)
        .map(|name| (name, world.secret(Scopes::parse(name).unwrap())))
        .collect();
    keys.push(("publishable", world.publishable()));
    let document = world.get("/openapi.json").await_status(200).await.json;
    let mut table = String::from("# Who may call what: keys of one scope each, tried by a test.\n");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method = method.to_uppercase();
            let allowed = allowed(&world, &method, path, &keys).await;
            check_documented(operation, &allowed);
            table.push_str(format!("{method:5} {path:40} {allowed}").trim_end());
            table.push('\n');
        }
    }
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(kept, table, "the table has changed");
}

/// The keys that are let in, by name.
async fn allowed(world: &World, method: &str, path: &str, keys: &[(&str, String)]) -> String {
    let path = path.replace("{id}", "x").replace("{rail}", "sandbox").replace("{n}", "111");
    let anybody = world.ask(method, &path).without("authorization").send().await;
    if anybody.status != 401 {
        return "anybody".to_owned();
    }
    let mut allowed = Vec::new();
    for (name, key) in keys {
        let answer = world.ask(method, &path).with(key).send().await;
        if answer.status != 403 {
            assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text());
            allowed.push(*name);
        }
    }
    assert!(!allowed.is_empty(), "nobody may call {method} {path}");
    allowed.join(", ")
}

/// The document names a scope that is enough, and no key where none is needed.
fn check_documented(operation: &Value, allowed: &str) {
    let description = operation["description"].as_str().unwrap_or("");
    let scope = description.rsplit_once("Scope: `").map(|(_, rest)| rest.trim_end_matches("`."));
    let name = &operation["operationId"];
    match scope {
        None => assert_eq!(allowed, "anybody", "{name}"),
        Some(scope) => {
            let named =
                scope.split(" or ").all(|scope| allowed.split(", ").any(|one| one == scope));
            assert!(named, "{name} says {scope}, but lets in {allowed}");
        }
    }
    assert_eq!(scope.is_some(), operation["security"].is_array(), "{name}");
}
