//! Figures for monitoring.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::claims::{BOB, clock, ended, on};
use crate::rails::Told;
use crate::shop::Shop;
use crate::world::{World, usd};

#[tokio::test]
async fn figures_follow_what_happens_and_tell_nothing_else() {
    let mut world = World::new();
    world.open_book("other");
    let card = world.issue_with(100, json!({"reference": "order-4711"})).await;
    let code = card["code"].as_str().unwrap();
    world.redeem(code, 60).await;
    world.redeem(code, 60).await;
    world.redeem("23456789", 60).await;
    let answer = world.get("/metrics").without("authorization").await_status(200).await;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(content_type));
    let text = answer.text();
    let value = |sample: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{sample} is missing in\n{text}")).to_owned()
    };
    assert_eq!(value("makegood_http_requests_total{status=\"2xx\"}"), "2");
    assert_eq!(value("makegood_http_requests_total{status=\"4xx\"}"), "2");
    assert_eq!(value("makegood_writer_refusals_total{book=\"test\"}"), "2");
    let refused = |code: &str| value(&format!("makegood_refusals_total{{book=\"test\",{code}}}"));
    assert_eq!(refused("code=\"insufficient_balance\""), "1");
    assert_eq!(refused("code=\"gift_card_not_usable\""), "1");
    assert_eq!(refused("code=\"hold_not_open\""), "0");
    let problem = "makegood_http_problems_total{code=\"insufficient_balance\",status=\"422\"}";
    assert_eq!(value(problem), "1");
    assert_eq!(value("makegood_writer_queue{book=\"other\"}"), "0");
    assert_eq!(value("makegood_writer_queue_oldest_seconds{book=\"other\"}"), "0.000000");
    assert_eq!(value("makegood_writer_batch_commands_max{book=\"test\"}"), "1");
    let commits = value("makegood_writer_commits_total{book=\"test\"}");
    assert_eq!(value("makegood_writer_commit_seconds_count{book=\"test\"}"), commits);
    assert_eq!(value("makegood_writer_commit_seconds_bucket{book=\"test\",le=\"+Inf\"}"), commits);
    let commands = value("makegood_writer_commands_total{book=\"test\"}");
    assert_eq!(value("makegood_writer_batch_commands_sum{book=\"test\"}"), commands);
    assert_eq!(value("makegood_guess_hits_total{book=\"test\"}"), "2");
    assert_eq!(value("makegood_guess_misses_total{book=\"test\"}"), "1");
    let sequence = world.book.handle().figures().seq().to_string();
    assert_eq!(value("makegood_writer_sequence{book=\"test\"}"), sequence);
    assert!(value("makegood_build_info{version=\"0.0.0\",api_version=\"2026-11-20\"}") == "1");
    assert!(text.ends_with("# EOF\n"));
    for secret in [card["id"].as_str().unwrap(), "4711", code, &world.all] {
        assert!(!text.contains(secret), "{secret} is told");
    }
    check_format(&text);
}

/// A claim whose step is late is counted as soon as that is told, and no longer once somebody has
/// seen to it.
#[tokio::test]
async fn a_late_claim_is_counted_until_somebody_has_seen_to_it() {
    let mut world = World::new();
    let promotion = ended(&Shop::open(&world).await, json!({}), 1_000).await;
    let runs = world.led_by_clerk();
    let hint = json!({
        "hint": {"descriptor": "MAKEGOOD PROMO", "last4": "4242", "amount": usd(10_000),
            "charged_on": "2026-11-20"},
        "ground": "technical_error", "description": "I never bought this.",
        "contact": {"email": "eve@example.com"},
    });
    let made = world.post("/v1/claims", hint).fresh().await_status(201).await.json;
    let late = async || {
        let answer = world.get("/metrics").without("authorization").await_status(200).await;
        let text = answer.text();
        let sample = "makegood_claims_late{book=\"test\"} ";
        text.lines().find_map(|line| line.strip_prefix(sample).map(str::to_owned)).unwrap()
    };
    let until = |is_so: fn(&jobs::ClaimsLed) -> bool| {
        while !is_so(&runs.recv_timeout(Duration::from_secs(20)).expect("it goes on")) {}
    };
    assert_eq!(late().await, "0");
    clock(&world, "2026-12-02T10:00:00Z").await;
    until(|led| led.late == 1);
    assert_eq!(late().await, "1");
    on(&world, &made, "match", json!({"promotion": promotion, "by": BOB})).await;
    // That is counted soon: counting takes a small part of the time only.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while late().await != "0" {
        assert!(tokio::time::Instant::now() < deadline, "it is late no longer");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    until(|led| led.decided == 1);
}

#[tokio::test]
async fn answers_503_are_told_with_their_reason() {
    let world = World::new();
    let card = world.issue(100).await;
    world.book.handle().stop();
    let code = card["code"].as_str().unwrap();
    assert_eq!(world.redeem(code, 60).await.status, 503);
    let body = json!({
        "operations": [{"idempotency_key": "a", "path": "/v1/redemptions", "body": {}}],
    });
    world.post("/v1/batch", body).await_status(200).await;
    let text = world.get("/metrics").await_status(200).await.text();
    for sample in [
        "makegood_http_requests_total{status=\"5xx\"} 1\n",
        "makegood_http_busy_total{reason=\"writer_ended\"} 1\n",
        "makegood_http_busy_total{reason=\"queue_full\"} 0\n",
        "makegood_http_problems_total{code=\"outcome_unknown\",status=\"503\"} 1\n",
        "makegood_http_problems_total{code=\"invalid_request\",status=\"400\"} 1\n",
    ] {
        assert!(text.contains(sample), "{sample} is missing in\n{text}");
    }
}

/// The figures of a server on which everything is there that has figures. Those of settlement files
/// are, once a rail has told one.
async fn figures_of_everything() -> String {
    let of = Told::new();
    let fee = json!({"line": "txn_1", "kind": "fee", "gross": -200, "at": "2026-11-20T12:00:00Z"});
    let file = json!({"reference": "po_1", "currency": "USD", "lines": [fee]});
    of.post("/v1/rails/sandbox/settlements", file, 200).await;
    let mut told = String::new();
    while !told.contains("makegood_settlement_missing{") {
        tokio::time::sleep(Duration::from_millis(10)).await;
        told = of.world.get("/metrics").await_status(200).await.text();
    }
    told
}

const ALERTS: &str = include_str!("../../../../deploy/alerts.yml");
const OPERATIONS: &str = include_str!("../../../../docs/operations.md");

#[tokio::test]
async fn alerts_name_figures_and_labels_that_exist_and_pages_to_read() {
    let told = figures_of_everything().await;
    let named = figures_in(ALERTS);
    assert!(named.len() > 10, "{named:?}");
    for (name, _) in named {
        assert!(told.contains(&format!("\n{name}{{")), "{name} is no figure");
    }
    // What stands in quotes after a label in an expression: `reason="queue_full"`.
    for part in ALERTS.split('{').skip(1).filter(|part| part.contains("=\"")) {
        let matcher = part.split('}').next().unwrap();
        assert!(matcher == "job=\"makegood\"" || told.contains(matcher), "{matcher}");
    }
    let headings: Vec<String> = OPERATIONS
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    let alerts = ALERTS.matches("- alert: ").count();
    let runbooks: Vec<&str> =
        ALERTS.lines().filter_map(|line| line.split_once("runbook: ")).map(|(_, to)| to).collect();
    let summaries = ALERTS.matches(" summary: ").count();
    assert!(alerts > 8 && runbooks.len() == alerts && summaries == alerts);
    for runbook in runbooks {
        let (page, anchor) = runbook.split_once('#').unwrap();
        assert_eq!(page, "docs/operations.md");
        assert!(headings.iter().any(|heading| heading == anchor), "nothing at {runbook}");
    }
}

/// Every figure that a text names, with the labels that it gives to it: `makegood_x{book,rail}`.
fn figures_in(text: &str) -> Vec<(&str, Vec<&str>)> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let found = text.match_indices("makegood_").map(|(place, _)| {
        let rest = &text[place..];
        let (name, rest) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let labels = labels.map_or("", |(labels, _)| labels).split(',');
        // `code="unauthorized"` names a label as well.
        let labels = labels.map(|label| label.split('=').next().unwrap());
        (name, labels.filter(|label| !label.is_empty()).collect())
    });
    found.collect()
}

/// Figures are known by their samples; a histogram by what its samples have in common.
#[tokio::test]
async fn every_figure_is_documented_and_every_documented_one_exists() {
    let told = figures_of_everything().await;
    let of_family = |line: &str| {
        let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
        let suffix = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        Some(format!("{name}{suffix}"))
    };
    let exposed: BTreeSet<String> = told.lines().filter_map(of_family).collect();
    let table: Vec<&str> = OPERATIONS.lines().filter(|line| line.starts_with("| `")).collect();
    let listed = table.iter().flat_map(|row| figures_in(row.split(" | ").next().unwrap()));
    let listed: BTreeSet<String> = listed.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(listed, exposed, "documented, and exposed");
    // Shortened names, as `_seconds` after another one, are not found by whoever looks for them.
    for row in table.iter().filter(|row| row.starts_with("| `makegood_")) {
        assert!(!row.contains("`_"), "{row}");
    }
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    let mut named = 0;
    for page in std::fs::read_dir(docs).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&page).unwrap();
        for (name, labels) in figures_in(&text) {
            assert!(exposed.contains(name), "{name} of {} is no figure", page.display());
            let samples = told.lines().filter(|line| {
                let rest = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(['{', '_']));
                rest.is_some_and(|rest| {
                    labels.iter().all(|label| rest.contains(&format!("{label}=\"")))
                })
            });
            assert!(samples.count() > 0, "no {name} has {labels:?}: {}", page.display());
            named += 1;
        }
    }
    assert!(named > exposed.len(), "{named}");
}

/// What OpenMetrics demands of the text as far as we use it.
fn check_format(text: &str) {
    let mut family = String::new();
    let mut kind = "";
    let mut families = BTreeSet::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, word) = rest.split_once(' ').unwrap();
            assert!(families.insert(name.to_owned()), "{name} appears twice");
            (family, kind) = (name.to_owned(), word);
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(rest.starts_with(&format!("{family} ")), "{line}");
        } else {
            let (name, rest) = line.split_once('{').unwrap();
            let suffix = match kind {
                "counter" => "_total",
                "info" => "_info",
                "gauge" => "",
                "histogram" => {
                    let suffix = name.strip_prefix(&family).unwrap();
                    assert!(["_bucket", "_sum", "_count"].contains(&suffix), "{line}");
                    suffix
                }
                other => panic!("{other} is no type we use"),
            };
            assert_eq!(name, format!("{family}{suffix}"), "{line}");
            let number = rest.split_once("} ").unwrap().1;
            let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            assert!(plain && !number.is_empty(), "{line}");
        }
    }
    assert!(families.len() > 20, "{families:?}");
}
