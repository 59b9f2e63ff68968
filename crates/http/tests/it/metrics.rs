//! Figures for monitoring.

use crate::world::World;

#[tokio::test]
async fn figures_follow_what_happens_and_tell_nothing_else() {
    let mut world = World::new();
    world.open_book("other");
    let card = world.issue_with(100, serde_json::json!({"reference": "order-4711"})).await;
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
    assert_eq!(value("makegood_writer_queue{book=\"other\"}"), "0");
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

/// What OpenMetrics demands of the text as far as we use it.
fn check_format(text: &str) {
    let mut family = String::new();
    let mut kind = "";
    let mut families = std::collections::BTreeSet::new();
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
