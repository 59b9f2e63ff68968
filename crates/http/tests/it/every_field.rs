//! Every field of every request that the OpenAPI document knows, spoiled in every way we can think
//! of: a 4xx problem that names the field, and nothing written. A new route is tried by itself.

mod samples;
mod spoilers;

use serde_json::{Value, json};

use crate::world::{Answer, World, usd};
use samples::Samples;
use spoilers::{Field, Spoiled, Verdict};

/// An operation of the document with a request that is accepted.
struct Operation {
    name: String,
    method: String,
    path: String,
    document: Value,
    body: Option<Value>,
}

/// The world with objects to ask for, and what must not change.
struct Trial {
    world: World,
    document: Value,
    /// A card of another book of the same server.
    foreign: String,
    balance: Value,
}

#[tokio::test]
async fn slow_every_field_of_every_body() {
    let mut trial = Trial::new().await;
    let mut tried = 0;
    for operation in trial.operations() {
        let Some(sample) = &operation.body else { continue };
        let accepted = trial.send(&operation, sample.to_string().into_bytes()).await;
        assert!(accepted.status.is_success(), "{}: {}", operation.name, accepted.text());
        // What was asked for has happened, so another object is needed.
        let operation = trial.again(&operation).await;
        let sample = operation.body.clone().expect("it had a body before");
        let schema = trial.body_schema(&operation);
        for field in spoilers::fields(&trial.document, &schema, &sample) {
            for spoiled in field.spoilers(&sample, &trial.foreign) {
                trial.check_body(&operation, &field, spoiled).await;
                tried += 1;
            }
        }
    }
    assert!(tried > 2_000, "only {tried} cases");
}

#[tokio::test]
async fn every_path_and_query_parameter() {
    let mut trial = Trial::new().await;
    let mut tried = 0;
    for operation in trial.operations() {
        for parameter in operation.document["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let cases = match parameter["in"].as_str().unwrap() {
                "path" => trial.path_cases(&operation),
                "query" => query_cases(&operation, name, &parameter["schema"]),
                _ => continue,
            };
            for (path, refused) in cases {
                trial.check_parameter(&operation, &path, refused, name).await;
                tried += 1;
            }
        }
        if operation.document["security"].is_array() {
            let path = format!("{}?no_such_parameter=1", operation.path);
            trial.check_parameter(&operation, &path, Some(400), "no_such_parameter").await;
        }
    }
    assert!(tried > 250, "only {tried} cases");
}

impl Trial {
    async fn new() -> Trial {
        let mut world = World::new();
        let there = world.open_book("other");
        let key = world.key_of(&there, store::KeyKind::Secret, http::Scopes::ALL);
        let body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
        let foreign = world.post("/v1/gift-cards", body).with(&key).fresh();
        let foreign = foreign.await_status(201).await.json["id"].as_str().unwrap().to_owned();
        let document = world.get("/openapi.json").await_status(200).await.json;
        let balance = Value::Null;
        let mut trial = Trial { world, document, foreign, balance };
        trial.samples("").await;
        trial
    }

    /// Every operation with a request that is accepted.
    fn operations(&self) -> Vec<OperationSeed> {
        let mut all = Vec::new();
        for (path, methods) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                all.push((path.clone(), method.to_uppercase(), operation.clone()));
            }
        }
        all
    }
}
