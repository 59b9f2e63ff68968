//! A number of the overview is found again where it leads.

use axum::http::Method;
use serde_json::{Value, json};

use crate::fake::{Call, Fake, query};

const AT: &str = "2026-11-30T12:00:00Z";

fn usd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

/// 120 cards of 1.00 each, the newest first; those of even numbers are of a program.
fn card(number: usize) -> Value {
    let day = 1 + number / 5;
    json!({
        "id": format!("gc_{number:026}"), "created_at": format!("2026-11-{day:02}T00:00:00Z"),
        "program": number.is_multiple_of(2).then_some("prog_1"),
        "balance": usd(100), "held": usd(0),
    })
}

fn account(name: &str, balance: i64) -> Value {
    json!({
        "id": "acct_1", "account": name, "kind": "liability", "debits": usd(0),
        "credits": usd(balance), "balance": usd(balance), "held": usd(0),
    })
}

fn answer((method, path, _): &Call) -> Option<(u16, Value)> {
    if *method != Method::GET {
        return None;
    }
    let from: usize = query(path, "cursor").map_or(0, |cursor| cursor.parse().unwrap());
    let page = |all: Vec<Value>| {
        let limit: usize = query(path, "limit").unwrap().parse().unwrap();
        let to = (from + limit).min(all.len());
        let next = (to < all.len()).then(|| to.to_string());
        (200, json!({"data": all[from..to], "next_cursor": next}))
    };
    let owed = |by: Value| {
        let mut line = json!({"currency": "USD", "owed": 12_000, "held": 0, "cards": 120});
        by.as_object().unwrap().iter().for_each(|(name, value)| line[name] = value.clone());
        (200, json!({"as_of": AT, "data": [line]}))
    };
    Some(match path.split('?').next().unwrap() {
        "/v1/reports/liability" => match query(path, "by") {
            Some("program") => owed(json!({"program": "prog_1", "owed": 6_000, "cards": 60})),
            Some("age") => owed(json!({"age": "0-30"})),
            _ => owed(json!({})),
        },
        "/v1/ledger/trial-balance" => {
            let line = |name: &str, group: &str, balance: i64| {
                json!({
                    group: name, "kind": "liability", "currency": "USD", "debits": 0,
                    "credits": balance, "balance": balance,
                })
            };
            let data = [
                line("giftcard/*", "group", 12_000),
                line("giftcard/breakage", "account", 700),
                line("tax/US", "account", 300),
            ];
            (200, json!({"as_of": AT, "as_of_seq": 7, "data": data}))
        }
        "/v1/ledger/accounts" => {
            let mut all: Vec<Value> =
                (0..120).map(|one| account(&format!("giftcard/gc_{one:026}"), 100)).collect();
            all.extend([account("giftcard/breakage", 700)]);
            all.extend([account("tax/US", 300), account("tax/US-CA", 900)]);
            let prefix = query(path, "prefix").unwrap_or("").replace("%2F", "/");
            all.retain(|one| one["account"].as_str().unwrap().starts_with(&prefix));
            page(all)
        }
        "/v1/gift-cards" => {
            let of = query(path, "program");
            let all = (0..120).rev().map(card);
            page(all.filter(|one| of.is_none() || one["program"] == json!(of)).collect())
        }
        _ => return None,
    })
}

/// The figures of the last row of the first table of the page that is led to.
fn figures(page: &str) -> Vec<String> {
    let rows = page.split("<tbody").nth(1).unwrap().split("</tbody>").next().unwrap();
    let row = |row: &str| -> String {
        row.split('<').skip(1).filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect()
    };
    rows.split("<tr").skip(1).map(row).collect()
}

#[tokio::test]
async fn each_link_of_the_overview_leads_to_its_number() {
    let pages = Fake::new(&["own_account", "read_money"], answer);
    let overview = pages.get("/console/finance").await.text;
    let links: Vec<String> = overview
        .split("href=\"/console/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .filter(|link| link.contains("at="))
        .collect();
    let numbers = [
        ("finance/cards?by=all", "120.00"),
        ("ledger?of=giftcard/*", "120.00"),
        ("finance/cards?by=program", "60.00"),
        ("finance/cards?by=age", "120.00"),
        ("ledger?of=giftcard/breakage", "7.00"),
        ("ledger?of=tax/US", "3.00"),
    ];
    for (start, number) in numbers {
        let is_it =
            |link: &&String| link.replace("%2A", "*").replace("%2F", "/").starts_with(start);
        let link = links.iter().find(is_it).unwrap_or_else(|| panic!("{start}: {links:?}"));
        let page = pages.get(&format!("/console/{link}")).await;
        assert_eq!(page.status.as_u16(), 200, "{link}: {}", page.text);
        let rows = figures(&page.text);
        assert_eq!(rows.len(), 2, "then and now: {link} {rows:?}");
        assert!(rows.iter().all(|row| row.contains(number)), "{link}: {rows:?}");
    }
}
