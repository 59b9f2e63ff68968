//! Settlement files, from the sandbox to the bank: what matches, differs, is unknown, is missing.

use std::time::Duration;

use ::rails::write_settlement;
use base::{Currency, Instant, Span};
use serde_json::{Value, json};

use crate::documents::check_schema;
use crate::rails::Told;
use crate::world::{check_members, usd};

const FILES: &str = "/v1/rails/sandbox/settlements";
const ALL: &str = "/v1/rails/sandbox/reconciliation";

/// Buys a gift card over the rail, and returns the purchase and its payment.
async fn buy(told: &Told, cents: i64, token: &str) -> (Value, String) {
    let method = json!({"rail": "sandbox", "token": token});
    let method = told.post("/v1/payment-methods", method, 201).await;
    let body = json!({"value": usd(cents), "region": "US", "payment_method": method["id"]});
    let bought = told.post("/v1/gift-card-purchases", body, 201).await;
    assert_eq!(bought["status"], "paid", "{bought:#}");
    let payment = told.read("/v1/payments").await["data"][0]["id"].as_str().unwrap().to_owned();
    told.world.pass(Span::seconds(1));
    (bought, payment)
}

/// What the rail tells of a time, given to the book as the file of this name.
async fn settle(told: &Told, name: &str, since: &str, until: &str) -> Value {
    let [since, until] = [since, until].map(|day| Instant::parse(day).unwrap());
    let lines = told.sandbox.settlement(Currency::USD, since, until);
    let csv = write_settlement(&lines);
    told.post(FILES, json!({"reference": name, "currency": "USD", "csv": csv}), 200).await
}

async fn note(told: &Told, name: &str, lines: Value) -> Value {
    told.post(FILES, json!({"reference": name, "currency": "USD", "lines": lines}), 200).await
}

/// The clearing account in dollars. Its parts add up to its balance, which is that of the ledger.
async fn reconciled(told: &Told) -> Value {
    let all = told.read(ALL).await;
    let line = all["data"].as_array().unwrap().iter().find(|line| line["currency"] == "USD");
    let line = line.expect("something was moved in dollars").clone();
    let amount = |member: &str| match &line[member] {
        Value::Object(part) => part["amount"].as_i64().unwrap(),
        number => number.as_i64().unwrap(),
    };
    let parts = amount("at_rail") + amount("missing") + amount("differing") - amount("unknown")
        + amount("other");
    assert_eq!(parts, amount("balance"), "{line:#}");
    let ages = line["missing_by_age"].as_array().unwrap().iter();
    let aged: i64 = ages.map(|age| age["amount"].as_i64().unwrap()).sum();
    assert_eq!(aged, amount("missing"), "{line:#}");
    // Over this rail nothing is moved but by payments, refunds, disputes and files.
    assert_eq!(amount("other"), 0, "{line:#}");
    assert_eq!(balance(told, "rail%2Fsandbox%2Fclearing").await, amount("balance"));
    line
}

async fn balance(told: &Told, name: &str) -> i64 {
    let all = told.read(&format!("/v1/ledger/accounts?prefix={name}")).await;
    all["data"][0]["balance"]["amount"].as_i64().unwrap_or(0)
}

/// Waits until a refund of an order stands so.
async fn refund_is(told: &Told, order: &Value, status: &str) {
    let list = format!("/v1/orders/{}/refunds", order.as_str().unwrap());
    for _ in 0..2_000 {
        if told.read(&list).await["data"][0]["status"] == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the refund is not {status}");
}

/// Sells three gift cards: one is undone, and the payment of another will be disputed. Returns the
/// one that was undone.
async fn sell(told: &Told) -> Value {
    buy(told, 2_500, "tok_ok").await;
    let (undone, _) = buy(told, 1_000, "tok_refund_fails").await;
    buy(told, 4_000, "tok_disputed").await;
    let path = format!("/v1/gift-card-purchases/{}/undo", undone["id"].as_str().unwrap());
    told.post(&path, json!({}), 200).await;
    refund_is(told, &undone["order"], "succeeded").await;
    undone
}

/// A file as a rail gives it that keeps nothing of ours: its own names alone say what it is about.
#[tokio::test]
async fn lines_are_found_by_the_names_that_the_rail_has() {
    let told = Told::new();
    sell(&told).await;
    told.world.pass(Span::days(1));
    told.deliver().await;
    let [since, until] =
        ["2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"].map(|day| Instant::parse(day).unwrap());
    let mut lines = told.sandbox.settlement(Currency::USD, since, until);
    lines.retain(|line| line.kind != ::rails::SettledKind::Payout);
    assert!(lines.iter().any(|line| line.kind == ::rails::SettledKind::Dispute));
    lines.iter_mut().for_each(|line| line.operation = None);
    let csv = write_settlement(&lines);
    let file = json!({"reference": "po_1", "currency": "USD", "csv": csv});
    let file = told.post(FILES, file, 200).await;
    check_members(&file, json!({"lines": 5, "unknown_lines": 0}));
    let open = reconciled(&told).await;
    check_members(&open, json!({"missing": {"count": 0, "amount": 0}}));
    check_members(&open, json!({"unknown": {"count": 0, "amount": 0}}));

    // The rail has another name for a charge, and one for its payment.
    let (_, payment) = buy(&told, 700, "tok_ok").await;
    let moved = told.sandbox.settlement(Currency::USD, since, until);
    let bought = moved.iter().find(|line| line.gross == 700).unwrap();
    let name = bought.source.as_ref().unwrap().as_str();
    let line = |line: &str, payment: Option<&str>| {
        json!({"line": line, "kind": "capture", "gross": 700, "fee": 50, "source": "ch_1",
            "at": "2026-11-22T00:00:00Z", "payment": payment})
    };
    let unknown = note(&told, "po_2", json!([line("txn_a", None)])).await;
    check_members(&unknown, json!({"unknown_lines": 1}));
    let known = note(&told, "po_2", json!([line("txn_a", Some(name))])).await;
    check_members(&known, json!({"unknown_lines": 0, "lines": 1}));
    let path = format!("{FILES}/{}/lines", known["id"].as_str().unwrap());
    let lines = told.read(&path).await;
    check_members(&lines["data"][0], json!({"status": "matched", "payment": payment}));
}

#[tokio::test]
async fn what_a_truthful_rail_tells_is_what_was_moved() {
    let told = Told::new();
    let undone = sell(&told).await;
    // 25.00, 10.00 and 40.00, less 1.03, 0.59 and 1.46, and 10.00 went back.
    let open = reconciled(&told).await;
    let missing = json!({"count": 4, "amount": 6_192});
    check_members(&open, json!({"balance": 6_192, "at_rail": 0, "missing": missing}));
    assert_eq!(told.read("/v1/rails/sandbox/unsettled").await["data"].as_array().unwrap().len(), 4);

    let (day, next) = ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    told.world.pass(Span::days(1));
    told.deliver().await;
    let file = settle(&told, "po_1", day, next).await;
    check_members(
        &file,
        json!({
            "object": "settlement", "rail": "sandbox", "reference": "po_1", "lines": 5,
            "paid_out": 6_192, "unknown_lines": 0,
            "total": {"gross": 308, "fee": 308, "net": 0},
        }),
    );
    let path = format!("{FILES}/{}", file["id"].as_str().unwrap());
    let read = told.read(&path).await;
    let counts =
        json!({"matched": 4, "differs": 0, "unknown": 0, "booked": 1, "told_otherwise": 0});
    assert_eq!(read["counts"], counts);
    assert_eq!(balance(&told, "bank").await, 6_192);
    // The dispute of the second day stands in no file yet.
    let open = reconciled(&told).await;
    let missing = json!({"count": 1, "amount": -4_000});
    check_members(&open, json!({"balance": -4_000, "at_rail": 0, "missing": missing}));

    // The refund comes back, three days after it was sent.
    told.world.pass(Span::days(3));
    told.deliver().await;
    refund_is(&told, &undone["order"], "needs_consent").await;
    let last = "2026-11-24T00:00:00Z";
    let second = settle(&told, "po_2", next, last).await;
    check_members(&second, json!({"lines": 2, "paid_out": 0}));
    let settled = reconciled(&told).await;
    let nothing = json!({"count": 0, "amount": 0});
    check_members(
        &settled,
        json!({"balance": -3_000, "at_rail": -3_000, "missing": nothing, "differing": nothing}),
    );

    // Both files once more, and as one under another name: nothing is moved.
    settle(&told, "po_1", day, next).await;
    settle(&told, "po_2", next, last).await;
    check_members(&settle(&told, "both", next, last).await, json!({"lines": 0}));
    let again = reconciled(&told).await;
    assert_eq!(again, settled);
    assert_eq!(balance(&told, "bank").await, 6_192);

    let dispute = told.read("/v1/disputes").await["data"][0].clone();
    let name = base::Text::new(dispute["rail_reference"].as_str().unwrap()).unwrap();
    told.sandbox.decide_dispute(&name, true).unwrap();
    told.deliver().await;
    told.world.pass(Span::days(1));
    let third = settle(&told, "po_3", last, "2026-11-25T12:00:00Z").await;
    check_members(&third, json!({"lines": 2, "paid_out": 4_000}));
    let closed = reconciled(&told).await;
    check_members(&closed, json!({"balance": -3_000, "at_rail": -3_000, "missing": nothing}));
    let listed = told.read(&format!("{FILES}?limit=100")).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 4);
    assert_eq!(told.read("/v1/rails/sandbox/unsettled").await["data"], json!([]));
}

#[tokio::test]
async fn what_differs_or_is_unknown_is_shown_and_moves_nothing() {
    let told = Told::new();
    let (_, wrong) = buy(&told, 2_500, "tok_ok").await;
    let at = "2026-11-20T12:00:00Z";
    let operation = format!("{wrong}:authorize");
    // A rail that counts dollars as if they were a tenth of a cent: the wrong exponent.
    let lines = json!([
        {"line": "txn_1", "kind": "capture", "gross": 250_000, "fee": 103, "at": at,
            "operation": operation, "source": "ch_1"},
        {"line": "txn_2", "kind": "capture", "gross": 700, "fee": 50, "at": at,
            "operation": "pay_01jd3q8v9ec4y8s5k1m0t2n7xz:authorize"},
        {"line": "txn_3", "kind": "adjustment", "gross": -9, "at": at},
        {"line": "txn_4", "kind": "fee", "gross": -200, "at": at},
    ]);
    let file = note(&told, "po_1", lines).await;
    check_members(&file, json!({"lines": 4, "unknown_lines": 2, "paid_out": 0}));
    let open = reconciled(&told).await;
    check_members(
        &open,
        json!({
            "balance": 2_500 - 103 - 200,
            "at_rail": 250_000 - 103 + 700 - 50 - 9 - 200,
            "differing": {"count": 1, "amount": 2_500 - 250_000},
            "unknown": {"count": 2, "amount": 700 - 50 - 9},
            "missing": {"count": 0, "amount": 0},
        }),
    );
    let path = format!("{FILES}/{}", file["id"].as_str().unwrap());
    let of = async |status: &str| {
        told.read(&format!("{path}/lines?status={status}")).await["data"].clone()
    };
    let differs = of("differs").await;
    assert_eq!(differs.as_array().unwrap().len(), 1);
    check_members(
        &differs[0],
        json!({
            "line": "txn_1", "status": "differs", "payment": wrong, "source": "ch_1",
            "ours": {"gross": 2_500, "fee": 103, "net": 2_397},
            "told": {"gross": 250_000, "fee": 103, "net": 249_897},
        }),
    );
    assert_eq!(of("unknown").await.as_array().unwrap().len(), 2);
    assert_eq!(of("booked").await.as_array().unwrap().len(), 1);
    assert_eq!(of("matched").await, json!([]));
    let unsettled = told.read("/v1/rails/sandbox/unsettled?status=differs").await["data"].clone();
    check_members(&unsettled[0], json!({"payment": wrong, "difference": 2_500 - 250_000}));
    // The rail puts it right.
    let right = json!([{"line": "txn_5", "kind": "capture", "gross": -247_500, "at": at,
        "operation": operation}]);
    note(&told, "po_2", right).await;
    check_members(&reconciled(&told).await, json!({"differing": {"count": 0, "amount": 0}}));
    assert_eq!(of("matched").await.as_array().unwrap().len(), 1);
    // The same line with other words is no other line.
    let otherwise = json!([{"line": "txn_4", "kind": "fee", "gross": -300, "at": at}]);
    note(&told, "po_2", otherwise).await;
    assert_eq!(told.read(&path).await["counts"]["told_otherwise"], 1);
    assert_eq!(reconciled(&told).await["balance"], 2_500 - 103 - 200);

    let served = told.read("/openapi.json").await;
    check_schema(&served, "Settlement", &told.read(&path).await);
    check_schema(&served, "SettlementLine", &differs[0]);
    check_schema(&served, "Unsettled", &unsettled[0]);
    check_schema(&served, "Reconciliation", &told.read(ALL).await);
}

#[tokio::test]
async fn what_stands_in_no_file_ages() {
    let told = Told::new();
    let (_, payment) = buy(&told, 2_500, "tok_ok").await;
    let mut days = 0;
    for (day, age) in
        [(2, "0-2"), (3, "3-7"), (7, "3-7"), (8, "8-30"), (30, "8-30"), (31, "over-30")]
    {
        told.world.pass(Span::days(day - days));
        days = day;
        let all = told.read("/v1/rails/sandbox/unsettled").await["data"].clone();
        check_members(&all[0], json!({"payment": payment, "status": "missing", "age": age}));
        let line = reconciled(&told).await;
        let ages = line["missing_by_age"].as_array().unwrap();
        let aged = ages.iter().find(|aged| aged["age"] == age).unwrap();
        check_members(aged, json!({"count": 1, "amount": 2_397}));
    }
}

/// Waits until the figures of the rail are these: what is missing by age, differing, unknown lines.
/// Whoever counts them rests a hundred times as long as that took, which a connection makes long.
async fn figures_become(told: &Told, missing: [u64; 4], differing: u64, unknown: u64) {
    let labels = "book=\"told\",rail=\"sandbox\"";
    let ages = ["0-2", "3-7", "8-30", "over-30"].iter().zip(missing);
    let mut expected: Vec<String> =
        ages.map(|(days, count)| format!("missing{{{labels},days=\"{days}\"}} {count}")).collect();
    expected.push(format!("differing{{{labels}}} {differing}"));
    expected.push(format!("unknown_lines{{{labels}}} {unknown}"));
    let mut text = String::new();
    for _ in 0..6_000 {
        text = told.world.get("/metrics").without("authorization").await_status(200).await.text();
        let is_told = |sample: &String| text.contains(&format!("makegood_settlement_{sample}\n"));
        if expected.iter().all(is_told) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected:#?} does not come:\n{text}");
}

#[tokio::test]
async fn what_is_left_open_is_counted() {
    let told = Told::new();
    let (_, first) = buy(&told, 2_500, "tok_ok").await;
    let (_, second) = buy(&told, 1_000, "tok_ok").await;
    let metrics = told.world.get("/metrics").without("authorization").await_status(200).await;
    // A rail that gives no files would leave all that it ever moved open.
    assert!(!metrics.text().contains("makegood_settlement_missing{"));
    let capture = |line: &str, of: &str, gross: i64, fee: i64| {
        json!({"line": line, "kind": "capture", "gross": gross, "fee": fee,
            "at": "2026-11-20T12:00:00Z", "operation": format!("{of}:authorize")})
    };
    let unknown = json!({"line": "txn_2", "kind": "adjustment", "gross": -9,
        "at": "2026-11-20T12:00:00Z"});
    note(&told, "po_1", json!([capture("txn_1", &first, 2_400, 103), unknown])).await;
    figures_become(&told, [1, 0, 0, 0], 1, 1).await;
    told.world.pass(Span::days(3));
    figures_become(&told, [0, 1, 0, 0], 1, 1).await;
    note(&told, "po_2", json!([capture("txn_3", &first, 100, 0)])).await;
    buy(&told, 4_000, "tok_ok").await;
    figures_become(&told, [1, 1, 0, 0], 0, 1).await;
    told.world.pass(Span::days(40));
    figures_become(&told, [0, 0, 0, 2], 0, 1).await;
    let text = told.world.get("/metrics").without("authorization").await_status(200).await.text();
    let last_file = "makegood_settlement_last_file_seconds{book=\"told\",rail=\"sandbox\"} ";
    let (_, age) = text.split_once(last_file).unwrap();
    let age: u64 = age.split('.').next().unwrap().parse().unwrap();
    // The second file was begun three days after the first.
    assert!((40 * 86_400..40 * 86_400 + 3_600).contains(&age), "{age}");
    let line = json!({"line": "txn_4", "kind": "capture", "gross": 1_000, "fee": 0,
        "at": "2026-11-20T12:00:00Z", "operation": format!("{second}:authorize")});
    note(&told, "po_3", json!([line])).await;
    // Told without the fee that was booked for it.
    figures_become(&told, [0, 0, 0, 1], 1, 1).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_its_row() {
    let told = Told::new();
    buy(&told, 2_500, "tok_ok").await;
    let [since, until] =
        ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"].map(|day| Instant::parse(day).unwrap());
    let csv = write_settlement(&told.sandbox.settlement(Currency::USD, since, until));
    let check = async |csv: &str, currency: &str, row: &str| {
        let body = json!({"reference": "po_1", "currency": currency, "csv": csv});
        let ask = told.world.post(FILES, body).with(&told.secret).fresh();
        let refused = ask.await_problem(400, "invalid_request", Some("/csv")).await;
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(row), "{detail}");
    };
    check(&csv.replace("2500", "25.00"), "USD", "row 2").await;
    check(&csv, "EUR", "row 2: another currency").await;
    check("line,kind", "USD", "row 1").await;
    check(csv.lines().next().unwrap(), "USD", "1 to 200 rows").await;
    assert_eq!(told.read(FILES).await["data"], json!([]));
    assert_eq!(balance(&told, "bank").await, 0);
    // A rail that there is not.
    let body = json!({"reference": "po_1", "currency": "USD", "csv": csv});
    let ask = told.world.post("/v1/rails/nobody/settlements", body).with(&told.secret).fresh();
    ask.await_problem(404, "rail_not_found", None).await;
}
