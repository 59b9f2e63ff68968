//! Every field of every request that the OpenAPI document knows, spoiled in every way we can think
//! of: a 4xx problem that names the field, and nothing written. A new route is tried by itself.

mod claim_samples;
mod promotion_samples;
mod samples;
mod shop_samples;
mod spoilers;

use serde_json::Value;

use crate::world::{Answer, World, usd};
use samples::Samples;
use spoilers::{Field, Spoiled, Verdict};

/// An operation of the document.
struct Operation {
    name: String,
    method: String,
    template: String,
    document: Value,
}

/// A request that is accepted: its path and body.
struct Request {
    path: String,
    body: Option<Value>,
}

impl Request {
    /// Its path with another id in the place of a parameter.
    fn with_id(&self, template: &str, name: &str, id: &str) -> String {
        let marked = format!("{{{name}}}");
        let parts = template.split('/').zip(self.path.split('/'));
        let parts = parts.map(|(wanted, part)| if wanted == marked { id } else { part });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// What only a rail's signature admits, whatever is in it, and what needs the pages of a book: both
/// have tests of their own.
const TRIED_ELSEWHERE: [&str; 2] = ["receive_rail_message", "hand_person_over"];

struct Trial {
    world: World,
    document: Value,
    /// A card of another book of the same server.
    foreign: String,
    /// The trial balance, which no refusal may change.
    balance: Value,
}

#[tokio::test]
async fn slow_every_field_of_every_body() {
    let mut trial = Trial::new().await;
    let mut tried = 0;
    for operation in trial.operations() {
        let Some(schema) = operation.body_schema() else { continue };
        let request = trial.request(&operation).await;
        let accepted = trial.send(&operation, &request.path, request.body.as_ref()).await;
        assert!(accepted.status.is_success(), "{}: {}", operation.name, accepted.text());
        // What was asked for has happened: the next one needs another object.
        let request = trial.request(&operation).await;
        trial.balance = trial.trial_balance().await;
        let sample = request.body.expect("every body has a sample");
        for field in spoilers::fields(&trial.document, schema) {
            for spoiled in field.spoilers(&sample, &trial.foreign) {
                trial.check_body(&operation, &request.path, &field, spoiled).await;
                tried += 1;
            }
        }
    }
    assert!(tried > 1_500, "only {tried} cases");
}

#[tokio::test]
async fn every_path_and_query_parameter() {
    let mut trial = Trial::new().await;
    let mut tried = 0;
    for operation in trial.operations() {
        let request = trial.request(&operation).await;
        trial.balance = trial.trial_balance().await;
        for parameter in operation.document["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let cases: Vec<(String, u16)> = match parameter["in"].as_str().unwrap() {
                "path" => spoilers::ids(&trial.foreign)
                    .iter()
                    .map(|id| (request.with_id(&operation.template, name, id), 404))
                    .collect(),
                "query" => spoilers::query(name, &parameter["schema"])
                    .into_iter()
                    .map(|(query, status)| (format!("{}?{query}", request.path), status))
                    .collect(),
                _ => Vec::new(),
            };
            for (path, status) in cases {
                trial
                    .check_parameter(&operation, (&path, request.body.as_ref()), status, name)
                    .await;
                tried += 1;
            }
        }
        if operation.document["security"].is_array() {
            let (name, body) = ("no_such_parameter", request.body.as_ref());
            let path = format!("{}?{name}=1", request.path);
            trial.check_parameter(&operation, (&path, body), 400, name).await;
        }
    }
    assert!(tried > 200, "only {tried} cases");
}

impl Trial {
    async fn new() -> Trial {
        // Advertisers have any age here that a field may have.
        let standard = promotions::OperatorPolicy::standard().clone();
        let mut world =
            World::allowing(promotions::OperatorPolicy { advertiser_age_min: 0, ..standard });
        let there = world.open_book("other");
        let key = world.key_of(&there, store::KeyKind::Secret, http::Scopes::ALL);
        let body = serde_json::json!({"value": usd(100), "funding": {"kind": "promotional"}});
        let foreign = world.post("/v1/gift-cards", body).with(&key).fresh();
        let foreign = foreign.await_status(201).await.json["id"].as_str().unwrap().to_owned();
        let document = world.get("/openapi.json").await_status(200).await.json;
        Trial { world, document, foreign, balance: Value::Null }
    }

    fn operations(&self) -> Vec<Operation> {
        let mut all = Vec::new();
        for (path, methods) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap().to_owned();
                if TRIED_ELSEWHERE.contains(&&*name) {
                    continue;
                }
                all.push(Operation {
                    name,
                    method: method.to_uppercase(),
                    template: path.clone(),
                    document: operation.clone(),
                });
            }
        }
        all
    }

    /// A request that is accepted, about objects that nobody else uses.
    async fn request(&self, operation: &Operation) -> Request {
        let samples = Samples::new(&self.world, &operation.name, &operation.template).await;
        let path = samples.path(&operation.template, &operation.name);
        let schema = operation.body_schema();
        let body = schema.map(|schema| samples.of_schema(&self.document, schema));
        Request { path, body }
    }

    async fn send(&self, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
        let ask = self.world.ask(&operation.method, path).fresh();
        match body {
            Some(body) => ask.json(body.clone()).send().await,
            None => ask.send().await,
        }
    }

    fn records(&self) -> u64 {
        self.world.book.handle().figures().seq()
    }

    async fn trial_balance(&self) -> Value {
        let answer = self.world.get("/v1/ledger/trial-balance").await_status(200).await;
        answer.json["data"].clone()
    }

    async fn check_body(
        &mut self,
        operation: &Operation,
        path: &str,
        field: &Field,
        spoiled: Spoiled,
    ) {
        let records = self.records();
        let Spoiled { what, bytes, verdict } = spoiled;
        let ask = self.world.ask(&operation.method, path).fresh().bytes(bytes);
        let (status, problem) = result_of(&ask.send().await);
        let what = format!("{} {} {what}: {problem}", operation.name, field.pointer);
        assert!(status < 500, "{what}");
        let (code, param) = (problem["code"].as_str(), problem["param"].as_str());
        match verdict {
            Verdict::Named(pointer) => {
                assert_eq!((status, code), (400, Some("invalid_request")), "{what}");
                // In the result of an operation of a batch, pointers begin at its body.
                let inner = ["/operations/0/body", "/operations/0"];
                let inner = inner.iter().find_map(|outer| pointer.strip_prefix(outer));
                let named = param.is_some_and(|param| {
                    param.starts_with(&pointer)
                        || inner.is_some_and(|inner| param.starts_with(inner))
                });
                assert!(named, "{what}");
            }
            Verdict::Malformed => {
                assert_eq!((status, code), (400, Some("malformed_json")), "{what}");
            }
            Verdict::Refused => assert!((400..500).contains(&status), "{what}"),
            Verdict::Any => {}
        }
        if status < 400 {
            self.balance = self.trial_balance().await;
        } else if matches!(status, 404 | 422) {
            // It may be remembered under its idempotency key, but moves no money.
            assert_eq!(self.trial_balance().await, self.balance, "{what}");
        } else {
            assert_eq!(self.records(), records, "something was written: {what}");
        }
        assert!(!problem.to_string().contains("s3cret"), "the value is repeated: {what}");
    }

    async fn check_parameter(
        &self,
        operation: &Operation,
        (path, body): (&str, Option<&Value>),
        status: u16,
        name: &str,
    ) {
        let records = self.records();
        let answer = self.send(operation, path, body).await;
        let short: String = path.chars().take(200).collect();
        let what = format!("{} {short}: {}", operation.method, answer.text());
        assert_eq!(answer.status, status, "{what}");
        if status == 400 {
            assert_eq!(answer.json["param"], name, "{what}");
        }
        if status == 404 {
            let code = answer.json["code"].as_str().unwrap();
            assert!(code.ends_with("_not_found") && code != "not_found", "{what}");
        }
        if status == 404 && operation.method != "GET" {
            // It may be remembered under its idempotency key, but moves no money.
            assert_eq!(self.trial_balance().await, self.balance, "{what}");
        } else {
            assert_eq!(self.records(), records, "something was written: {what}");
        }
    }
}

impl Operation {
    fn body_schema(&self) -> Option<&Value> {
        self.document.pointer("/requestBody/content/application~1json/schema")
    }
}

/// Status and problem, of the only operation when it was a batch of one.
fn result_of(answer: &Answer) -> (u16, Value) {
    if let [result] = answer.json["results"].as_array().map_or(&[][..], Vec::as_slice)
        && let Some(status) = result["status"].as_u64()
    {
        return (u16::try_from(status).unwrap(), result["body"].clone());
    }
    (answer.status.as_u16(), answer.json.clone())
}
