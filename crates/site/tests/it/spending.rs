//! Whoever has many cards: what they can spend, and which cards are offered.

use axum::http::Method;
use serde_json::{Value, json};

use crate::fake::{Call, Fake, ME, query};

/// How many cards somebody has, the newest first: of every ten, nine are spent.
const CARDS: usize = 250;

fn usd(amount: usize) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

fn lists(kinds: Value, products: Value) -> Value {
    json!({
        "kinds": kinds, "categories": [], "sellers": [], "creators": [], "products": products,
    })
}

/// A card by its place, the newest being 0. The oldest ones buy less, or nothing of this.
fn card(place: usize) -> Value {
    let is_spent = place % 10 != 9;
    let mut scope = match place {
        249 => lists(json!([]), json!(["prd_1"])),
        239 => lists(json!(["goods"]), json!([])),
        229 => lists(json!(["promotion"]), json!([])),
        _ => lists(json!([]), json!([])),
    };
    scope["exclude"] = lists(json!([]), json!([]));
    let left = if is_spent { 0 } else { 100 };
    json!({
        "id": format!("gc_{place:026}"), "owner": ME,
        "status": if is_spent { "depleted" } else { "active" }, "design": null,
        "last4": format!("{place:04}"), "value": usd(100), "balance": usd(left), "held": usd(0),
        "available": usd(left), "blocks": [],
        "expires_at": (place == 219).then_some("2027-01-01T00:00:00Z"),
        "regions": if place == 209 { json!(["CA"]) } else { json!([]) }, "scope": scope,
    })
}

fn answer((method, path, _): &Call) -> Option<(u16, Value)> {
    if *method != Method::GET {
        return None;
    }
    if path.starts_with("/v1/gift-cards?") {
        let limit: usize = query(path, "limit").unwrap().parse().unwrap();
        let active = query(path, "status") == Some("active");
        let all: Vec<Value> =
            (0..CARDS).map(card).filter(|one| !active || one["status"] == "active").collect();
        let from: usize = query(path, "cursor").map_or(0, |cursor| cursor.parse().unwrap());
        // A list may end a page early.
        let to = (from + limit.min(20)).min(all.len());
        let next = (to < all.len()).then(|| to.to_string());
        return Some((200, json!({"data": all[from..to], "next_cursor": next})));
    }
    let checkout = json!({
        "id": "chk_1", "status": "open", "buyer": ME, "region": "US-CA", "total": usd(2_000),
        "remaining": usd(2_000), "tenders": [], "failure": null, "order": null,
        "expires_at": "2026-12-01T00:00:00Z", "next_action": null,
        "lines": [{
            "id": "l1", "name": "A lamp", "kind": "goods", "category": null, "seller": "sel_1",
            "creator": null, "product": "prd_1", "quantity": 1, "tax": usd(0), "total": usd(2_000),
        }],
    });
    match &**path {
        "/v1/checkouts/chk_1" => Some((200, checkout)),
        path if path.starts_with("/v1/payment-methods") => {
            Some((200, json!({"data": [], "next_cursor": null})))
        }
        "/v1/products/prd_1" => Some((200, json!({"name": "A lamp"}))),
        _ => None,
    }
}

#[tokio::test]
async fn what_can_be_spent_is_the_sum_of_all_cards() {
    let pages = Fake::new(&["own_account", "own_cards"], answer);
    let page = pages.get("/wallet").await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let lead = page.text.split("Yours to spend").nth(1).unwrap();
    let lead = lead.split("</p>").next().unwrap();
    assert!(lead.contains("25.00"), "25 cards have 1.00 each: {lead}");
}

#[tokio::test]
async fn a_checkout_offers_what_buys_it_the_most_restricted_and_soonest_expiring_first() {
    let pages = Fake::new(&["own_account", "own_cards"], answer);
    let page = pages.get("/checkout/chk_1").await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let offered: Vec<&str> = page
        .text
        .split("name=\"card\" value=\"gc_")
        .skip(1)
        .map(|rest| rest[..26].trim_start_matches('0'))
        .collect();
    assert_eq!(offered[..4], ["249", "239", "219", "9"], "{offered:?}");
    assert!(!offered.contains(&"229"), "it buys promotions alone");
    assert!(!offered.contains(&"209"), "it is for another region");
    assert!(!offered.contains(&"248"), "it is spent");
}

/// How many products the shop sells, so that no single page of their list has them all.
const PRODUCTS: usize = 130;

fn products((method, path, _): &Call) -> Option<(u16, Value)> {
    if *method != Method::GET || !path.starts_with("/v1/products?") {
        return None;
    }
    let limit: usize = query(path, "limit").unwrap().parse().unwrap();
    let from: usize = query(path, "cursor").map_or(0, |cursor| cursor.parse().unwrap());
    let to = (from + limit).min(PRODUCTS);
    let product = |place: usize| {
        // 7 and 130 have no common divisor: names come in another order than the list.
        let name = format!("Thing {:03}", place * 7 % PRODUCTS);
        let (kind, category) = ("goods", ["pottery", "coffee"][place % 2]);
        json!({
            "id": format!("prd_{place}"), "name": name, "seller": "sel_1", "creator": null,
            "kind": kind, "category": category, "price": usd(500),
        })
    };
    let data: Vec<Value> = (from..to).map(product).collect();
    Some((200, json!({"data": data, "next_cursor": (to < PRODUCTS).then(|| to.to_string())})))
}

#[tokio::test]
async fn the_shop_shows_all_that_it_sells_by_category_and_name() {
    let pages = Fake::new(&["own_account", "own_cards"], products);
    let page = pages.get("/shop").await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let shown: Vec<(bool, &str)> = page
        .text
        .split("class=\"panel\"")
        .skip(1)
        .map(|panel| (panel.contains("pottery"), &panel[panel.find("Thing").unwrap()..][..9]))
        .collect();
    assert_eq!(shown.len(), PRODUCTS);
    assert!(shown.is_sorted(), "{shown:?}");
}
