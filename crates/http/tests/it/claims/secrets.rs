//! What is written in claims: read by those who decide, gone when it is erased, nowhere in between.

use base::PersonId;
use http::Scopes;
use serde_json::{Value, json};

use super::body;
use crate::promotions::{ADA, paid};
use crate::shop::{Shop, id};
use crate::world::{World, all_pages, usd};

/// A word of a claim that is kept as it is: whoever looks for words finds it.
const KEPT: &str = "findable";

const WORDS: &str = "My brother\nOrlando has used my card";

/// A claim of somebody with an account, and one of somebody without.
async fn made(world: &World) -> [Value; 2] {
    let shop = Shop::open(world).await;
    let promotion = paid(&shop, json!({})).await;
    let mut with = body(&promotion, "technical_error");
    with["description"] = json!(WORDS);
    with["metadata"] = json!({"k": KEPT});
    let without = json!({
        "hint": {"descriptor": "MGD Orlando", "last4": "4242", "amount": usd(10_000)},
        "ground": "other", "description": WORDS, "contact": {"email": "Orlando@Example.com"},
    });
    let with = world.post("/v1/claims", with).fresh().await_status(201).await.json;
    [with, world.post("/v1/claims", without).fresh().await_status(201).await.json]
}

#[tokio::test]
async fn only_those_who_decide_read_what_was_written() {
    let world = World::new();
    let reads = world.secret(Scopes::READ);
    let decides = world.secret(Scopes::READ.with(Scopes::CLAIMS_REVIEW));
    for claim in made(&world).await {
        assert_eq!(claim["description"], Value::Null);
        let path = format!("/v1/claims/{}", id(&claim));
        let read = world.get(&path).with(&reads).await_status(200).await.json;
        assert_eq!(read["description"], Value::Null);
        let read = world.get(&path).with(&decides).await_status(200).await.json;
        assert_eq!(read["description"], WORDS);
    }
    for path in ["/v1/claims", "/v1/events"] {
        let told = json!(all_pages(&world, path, 100).await).to_string();
        assert!(!told.to_lowercase().contains("orlando"), "{told}");
    }
    assert!(all_pages(&world, "/v1/events?type=claim.filed", 9).await.len() == 2);
}

#[tokio::test]
async fn what_was_written_is_erased_with_its_person() {
    let world = World::new();
    let [with, without] = made(&world).await;
    world.people.erase(ADA.parse::<PersonId>().unwrap()).unwrap();
    let read = async |claim: &Value| super::read(&world, claim).await["description"].clone();
    assert_eq!(read(&with).await, Value::Null);
    assert_eq!(read(&without).await, WORDS);
}

#[tokio::test]
async fn the_book_keeps_no_word_of_it() {
    let world = World::new();
    made(&world).await;
    let last = world.book.handle().figures().seq();
    let blocks: Vec<_> = (1..=last).map(|seq| world.block_of(seq).body).collect();
    let is_there = |word: &str| blocks.iter().any(|block| has(block, word));
    assert!(is_there(KEPT));
    for secret in ["orlando", "mgd", "brother"] {
        assert!(!is_there(secret), "{secret}");
    }
}

#[tokio::test]
async fn files_of_a_store_have_no_word_of_it() {
    let world = World::in_files();
    made(&world).await;
    world.get("/v1/claims").await_status(200).await;
    let files: Vec<_> = world.files().iter().map(|file| std::fs::read(file).unwrap()).collect();
    let is_there = |word: &str| files.iter().any(|bytes| has(bytes, word));
    assert!(is_there(KEPT) || testbed::on_postgres());
    assert!(!is_there("orlando") && !is_there("brother"));
}

/// Whether the bytes have a word, in whatever case.
fn has(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}
