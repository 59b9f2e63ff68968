//! What people in finance see: numbers that agree, each led down to its entries.

use serde_json::{Value, json};

use super::{Browser, Shop};
use crate::shop::usd;

/// A shop with cards, of which one was spent in part, and somebody in finance who looks at it.
fn filled() -> Shop {
    let shop = Shop::open();
    let mut client = shop.server.client();
    for (number, minor) in [5_000, 2_500, 1_234].into_iter().enumerate() {
        let body = json!({"value": usd(minor), "funding": {"kind": "promotional"}});
        let card = client.post("/v1/gift-cards", &format!("card-{number}"), &body).unwrap();
        let id = card.expect(201).text("/id");
        if number == 0 {
            let body = json!({"gift_card": id, "amount": usd(1_999), "reference": "order-1"});
            client.post("/v1/redemptions", "spend", &body).unwrap().expect(201);
        }
    }
    shop
}

#[test]
fn cards_and_ledger_agree_and_any_number_leads_to_its_entries() {
    let shop = filled();
    let mut fay = shop.staff("fay@example.org", "finance");
    fay.go("/console/finance").expect(200);
    // 50.00 + 25.00 + 12.34 − 19.99, and 50.00 on each of the three magic cards of a test book.
    fay.sees("cards 217.35 USD \u{2212} ledger 217.35 USD = 0.00 USD they agree");
    fay.go("/console/ledger?prefix=giftcard/gc_").expect(200).sees("217.35 USD");
    let account = fay.page.split("/console/ledger/acct_").nth(1).unwrap()[..26].to_owned();
    let path = format!("/console/ledger/acct_{account}");
    fay.go(&path).expect(200).sees("Entries, newest first");
    let sheet = fay.go(&format!("{path}/entries.csv")).expect(200).page.clone();
    assert_eq!(fay.header("content-type").unwrap(), "text/csv; charset=utf-8");
    // The balance of the newest entry is that of the account.
    let mut client = shop.server.client();
    let api =
        client.get(&format!("/v1/ledger/accounts/acct_{account}")).unwrap().expect(200).json();
    let balance = decimal(&api["balance"]);
    let newest = sheet.lines().nth(1).unwrap();
    assert_eq!(newest.split(',').nth(7).unwrap(), balance, "{sheet}");
}

fn decimal(amount: &Value) -> String {
    let minor = amount["amount"].as_i64().unwrap();
    format!("{}.{:02}", minor / 100, minor % 100)
}

#[test]
fn the_rows_of_the_overview_lead_to_pages_with_the_same_sums() {
    let shop = filled();
    let mut fay = shop.staff("fay@example.org", "finance");
    fay.go("/console/finance").expect(200);
    let links = |fay: &Browser<'_>, path: &str| -> Vec<String> {
        let begin = format!("href=\"{path}?");
        let parts = fay.page.split(&begin).skip(1);
        let query = parts.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
        query.map(|query| format!("{path}?{query}")).collect()
    };
    let accounts = links(&fay, "/console/ledger");
    let cards = links(&fay, "/console/finance/cards");
    assert!(accounts.len() > 4 && cards.len() > 3, "{accounts:?} {cards:?}");
    for link in accounts.iter().chain(&cards) {
        let text = fay.go(link).expect(200).text();
        let (then, now) = text.split_once(" Now ").unwrap_or_else(|| panic!("{link}: {text}"));
        // Of cards: owed, held, their number. Of accounts: debits, credits, balance.
        let words = if link.starts_with("/console/finance/cards") { 5 } else { 6 };
        let figures: Vec<&str> = now.split(' ').take(words).collect();
        assert!(then.ends_with(&figures.join(" ")), "{link}: {then} | {figures:?}");
    }
    fay.go(&cards[0]).sees("217.35 USD");
    // Cards of all kinds: 19.99 was spent, and 50.00 are gone with a magic card that has expired.
    let all = "Now 69.99 USD 287.34 USD 217.35 USD";
    assert!(accounts.iter().any(|link| fay.go(link).text().contains(all)));
}

#[test]
fn nobody_else_sees_money() {
    let shop = filled();
    let paths = ["/console/finance", "/console/ledger", "/console/ledger.csv"];
    let mut nobody = shop.browser();
    let mut customer = shop.signed_in("ann@example.org");
    let mut support = shop.staff("sam@example.org", "support");
    for path in paths {
        nobody.go(path).sees("we send you a code");
        customer.go(path).expect(403);
        support.go(path).expect(403).sees("You may not do this");
    }
    let mut fay = shop.staff("fay@example.org", "finance");
    fay.go("/console/ledger/acct_00000000000000000000000000").expect(404);
    fay.go("/console/ledger/..%2F..%2Fkeys").expect(404);
    fay.go("/console/reconciliation").expect(200);
    fay.go("/console/reconciliation/none").expect(404);
}

#[test]
fn a_sheet_has_all_rows_of_its_list() {
    let shop = Shop::open();
    for _ in 0..120 {
        let body = json!({
            "value": {"amount": 100, "currency": "USD"}, "funding": {"kind": "promotional"},
        });
        shop.post("/v1/gift-cards", &body).expect(201);
    }
    let mut fay = shop.staff("fay@example.org", "finance");
    let path = "/console/ledger.csv?prefix=giftcard/gc_";
    fay.go_until("/console/ledger?prefix=giftcard/gc_", "1.00 USD");
    let sheet = fay.go(path).expect(200).page.clone();
    // A test book has cards of its own beside them.
    let of_ours = sheet.lines().filter(|line| line.ends_with(",USD,0.00,1.00,1.00,0.00"));
    assert_eq!(of_ours.count(), 120, "{sheet}");
    assert!(!sheet.contains("MORE ROWS"));
}
