//! `makegood import gift-cards`: ten thousand rows, dry, for real, again, and after a crash.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::export::{Export, ROWS};
use crate::process::Place;
use crate::serve::redeem_body;

/// An installation with a live book, and its key.
fn shop() -> (Place, String) {
    let place = Place::new();
    let args =
        ["keys", "create", "--book", "live", "--create-book", "live", "--scopes", "all", "--json"];
    let made = place.run(&args).expect(0).json();
    (place, made["key"].as_str().unwrap().to_owned())
}

fn write(place: &Place, name: &str, text: &str) -> String {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[track_caller]
fn check_counts(view: &Value, expected: &[(&str, u64)]) {
    let counts = view["counts"].as_object().unwrap();
    let found: Vec<(&str, u64)> =
        counts.iter().map(|(status, count)| (status.as_str(), count.as_u64().unwrap())).collect();
    let refused: Vec<&Value> = view["rows"].as_array().unwrap().iter().collect();
    let reasons: Vec<String> =
        refused.iter().filter_map(|row| Some(row.get("reason")?.to_string())).take(5).collect();
    assert_eq!(found, expected, "{reasons:?}");
    assert_eq!(view["agrees"], true, "{}", view["currencies"]);
}

#[track_caller]
fn check_owed(view: &Value, when: &str, export: &Export) {
    let owed = |currency: &str| {
        let currencies = view["currencies"].as_array().unwrap();
        currencies.iter().find(|one| one["currency"] == currency).unwrap()[when].as_i64().unwrap()
    };
    assert_eq!((owed("USD"), owed("JPY")), (export.owed_usd, export.owed_jpy), "{when}");
}

#[test]
fn slow_ten_thousand_rows_are_imported_once() {
    let export = Export::new();
    let (place, key) = shop();
    let (csv, codes) = (write(&place, "e.csv", &export.csv), write(&place, "c.csv", &export.codes));
    let report = place.path("report.csv");
    let base = ["import", "gift-cards", &csv, "--codes", &codes, "--json"];
    let with = |more: &[&str]| place.run(&[base.as_slice(), more].concat());
    let Export { imported, reissued, canceled, refused, .. } = export;
    assert_eq!(imported + reissued + canceled + refused, ROWS);
    let fresh = [
        ("canceled", canceled),
        ("imported", imported),
        ("refused", refused),
        ("reissued", reissued),
    ];

    let dry = with(&["--dry-run"]).expect(0).json();
    check_counts(&dry, &fresh);
    assert_eq!(dry["currencies"][0]["owed_after"], 0, "a dry run changes nothing");
    let real = with(&[]).expect(0).json();
    check_counts(&real, &fresh);
    check_owed(&real, "owed_after", &export);
    let again = with(&["--report", report.to_str().unwrap()]).expect(0).json();
    check_counts(&again, &[("already_there", ROWS - refused), ("refused", refused)]);
    check_owed(&again, "owed_before", &export);
    check_owed(&again, "owed_after", &export);
    check_report(&place, &report, reissued, &key);
    place.run(&["verify"]).expect(0);
}

/// The report has the new codes, nobody else may read it, and old and new codes spend.
fn check_report(place: &Place, report: &std::path::Path, reissued: u64, key: &str) {
    let mode = std::fs::metadata(report).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut reader = csv::Reader::from_path(report).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let new_codes: Vec<&csv::StringRecord> = rows.iter().filter(|row| !row[6].is_empty()).collect();
    assert_eq!(new_codes.len() as u64, reissued);
    let rich = |row: &&&csv::StringRecord| &row[7] == "USD" && row[9].parse::<i64>().unwrap() > 500;
    let server = place.serve();
    let mut client = Client::connect(&server.address, key).unwrap();
    let with_new = new_codes.iter().find(rich).unwrap();
    let expired = "gift_card_not_usable";
    let mut spend = |code: &str| {
        let answer =
            client.post("/v1/redemptions", &code.replace(' ', ""), &redeem_body(code, 100));
        let answer = answer.unwrap();
        assert!(answer.status == 201 || answer.text("/code") == expired, "{}", answer.body);
        answer.status
    };
    assert_eq!(spend(&with_new[6]), 201);
    assert_eq!(spend("shop 0000 0002 q"), 201);
    let card = client.get(&format!("/v1/gift-cards/{}", &with_new[4])).unwrap().expect(200);
    assert_eq!(card.json()["funding"]["kind"], "import");
    assert_eq!(card.json()["metadata"]["import_last_characters"].as_str().unwrap().len(), 4);
    assert_eq!(server.stop(), Some(0));
    if testbed::on_postgres() {
        return; // What is written is the same; the file is easier to search.
    }
    let data = std::fs::read(place.data().join("books/live.db")).unwrap();
    let is_readable = |text: &[u8]| data.windows(text.len()).any(|window| window == text);
    assert!(!is_readable(b"@example.com") && !is_readable("山田".as_bytes()), "personal text");
    assert!(!is_readable(b"SHOP00000002Q"), "a code is in the data");
}

#[test]
fn slow_a_killed_import_goes_on_where_it_was() {
    let export = Export::new();
    let (place, _) = shop();
    let (csv, codes) = (write(&place, "e.csv", &export.csv), write(&place, "c.csv", &export.codes));
    let args = ["import", "gift-cards", &csv, "--codes", &codes, "--json"];
    for millis in [150, 400, 900] {
        let mut child = place.command(&args).stdout(Stdio::piped()).spawn().unwrap();
        let (_sender, nothing) = mpsc::channel::<()>();
        let _ = nothing.recv_timeout(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut printed = String::new();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    }
    let view = place.run(&args).expect(0).json();
    assert_eq!(view["agrees"], true, "{}", view["currencies"]);
    check_owed(&view, "owed_after", &export);
    assert_eq!(view["counts"]["refused"], export.refused);
    place.run(&["verify"]).expect(0);
}

const HEADER: &str =
    "Id,Last Characters,Email,Expires On,Initial Balance,Balance,Currency,Enabled?";

/// Imports one row and returns status and reason.
fn import_row(row: &str, codes: &str) -> (String, String) {
    let (place, _) = shop();
    let csv = write(&place, "e.csv", &format!("{HEADER}\n{row}\n"));
    let codes = write(&place, "c.csv", codes);
    let args = ["import", "gift-cards", &csv, "--codes", &codes, "--json"];
    let view = place.run(&args).expect(0).json();
    let row = &view["rows"][0];
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

#[track_caller]
fn check_row(row: &str, codes: &str, status: &str, reason: &str) {
    let (found_status, found_reason) = import_row(row, codes);
    assert_eq!(found_status, status, "{found_reason}");
    assert!(found_reason.contains(reason), "{found_reason}");
}

#[test]
fn slow_rows_are_judged_one_by_one() {
    let good = "7,ab12,a@example.com,,25.00,10.00,USD,true";
    check_row(good, "Id,Code\n7,XXXXXXXXab12", "imported", "");
    check_row(good, "Code\nXXXXXXXXab12", "imported", "");
    check_row(good, "Id,Code\n8,XXXXXXXXab12", "reissued", "");
    check_row(good, "Id,Code\n7,XXXXXXXXzz99", "refused", "last characters");
    check_row(good, "Id,Code\n7,ab12", "refused", "8 to 40");
    check_row(good, "Id,Code\n7,XXXXXXXXab12\n7,YYYYYYYYab12", "refused", "several codes");
    check_row("7,ab12,,2020-01-31,25.00,10.00,USD,true", "Code\n", "reissued", "");
    check_row("7,ab12,,,25.00,30.00,USD,true", "Code\n", "reissued", "");
    check_row("7,ab12,,,25.00,10.00,USD,false", "Code\n", "canceled", "");
    check_row("7,ab12,,,25.00,-1.00,USD,true", "Code\n", "refused", "negative");
    check_row("7,ab12,,,25.00,\"1,000.00\",USD,true", "Code\n", "refused", "not a plain decimal");
    check_row("7,ab12,,,9999999.00,10.00,USD,true", "Code\n", "refused", "more than a card");
    check_row("7,ab12,,,25.5,10,JPY,true", "Code\n", "refused", "more decimals");
    check_row("7,ab12,,,25.00,10.00", "Code\n", "refused", "number of fields");
}

/// Imports one row after the other into one book, the second dry and for real; all must become
/// the same card, and nothing may change.
#[track_caller]
fn check_again(first: &str, status: &str, seconds: &[&str]) {
    let header = format!("{HEADER},Created At");
    let (place, _) = shop();
    let import = |row: &str, more: &[&str]| {
        let csv = write(&place, "e.csv", &format!("{header}\n{row}\n"));
        let codes = write(&place, "c.csv", "Id,Code\n7,XXXXXXXXab12\n");
        let args = ["import", "gift-cards", &csv, "--codes", &codes, "--json"];
        place.run(&[args.as_slice(), more].concat()).expect(0).json()
    };
    let made = import(first, &[]);
    assert_eq!(made["rows"][0]["status"], status, "{made:#}");
    for second in seconds {
        for more in [["--dry-run"].as_slice(), &[]] {
            let again = import(second, more);
            let row = &again["rows"][0];
            assert_eq!(row["status"], "already_there", "{second}: {again:#}");
            assert_eq!(row["gift_card"], made["rows"][0]["gift_card"], "{second}");
            let owed = &again["currencies"][0];
            assert_eq!(owed["owed_after"], made["currencies"][0]["owed_after"], "{second}");
            let is_changed = *second != first && more.is_empty();
            let reason = row["reason"].as_str().unwrap_or_default();
            assert_eq!(reason.contains("was not changed"), is_changed, "{second}: {reason}");
        }
    }
    place.run(&["verify"]).expect(0);
}

#[test]
fn slow_a_row_that_reads_otherwise_is_the_same_card() {
    let first = "7,,a@example.com,,25.00,10.00,USD,true,2026-03-01";
    let corrected = [
        first,
        "7,,a@example.com,,25.00,10.00,USD,true,2025-03-01",
        "7,,a@example.com,,25.00,10.00,USD,true,",
        "7,,b@example.com,2031-01-01,50.00,20.00,USD,true,2026-03-01",
        "7,ab12,a@example.com,,25.00,10.00,USD,true,2026-03-01",
        "7,,a@example.com,,25.00,10.00,USD,false,2026-03-01",
    ];
    check_again(first, "imported", &corrected);
    let disabled = "7,,a@example.com,,25.00,10.00,USD,false,2026-03-01";
    let enabled = "7,,a@example.com,,25.00,10.00,USD,true,2026-03-01";
    check_again(disabled, "canceled", &[disabled, enabled]);
}

/// A code that a card has, or had before it was replaced, is refused dry and for real, whatever
/// the key ring has become meanwhile.
#[track_caller]
fn check_taken(is_replaced: bool, is_rotated: bool) {
    let (place, key) = shop();
    let import = |id: u32, more: &[&str]| {
        let csv = format!("{HEADER}\n{id},ab12,,,25.00,10.00,USD,true\n");
        let csv = write(&place, "e.csv", &csv);
        let codes = write(&place, "c.csv", &format!("Id,Code\n{id},XXXXXXXXab12\n"));
        let args = ["import", "gift-cards", &csv, "--codes", &codes, "--json"];
        let view = place.run(&[args.as_slice(), more].concat()).expect(0).json();
        view["rows"][0].clone()
    };
    let made = import(7, &[]);
    assert_eq!(made["status"], "imported", "{made:#}");
    if is_replaced {
        let server = place.serve();
        let path = format!("/v1/gift-cards/{}/replace-code", made["gift_card"].as_str().unwrap());
        let mut client = Client::connect(&server.address, &key).unwrap();
        client.post(&path, "replace", &serde_json::json!({})).unwrap().expect(200);
        assert_eq!(server.stop(), Some(0));
    }
    if is_rotated {
        place.run(&["keys", "rotate-ring"]).expect(0);
    }
    for more in [["--dry-run"].as_slice(), &[]] {
        let own = import(7, more);
        assert_eq!(own["status"], "already_there", "{is_replaced} {is_rotated}: {own:#}");
        let other = import(8, more);
        assert_eq!(other["status"], "refused", "{is_replaced} {is_rotated}: {other:#}");
        assert!(other["reason"].as_str().unwrap().contains("code"), "{other:#}");
    }
}

#[test]
fn slow_a_code_is_taken_once_and_for_all() {
    check_taken(false, false);
    check_taken(false, true);
    check_taken(true, false);
    check_taken(true, true);
}

#[test]
fn a_file_of_another_layout_is_refused() {
    let (place, _) = shop();
    let csv = write(&place, "e.csv", "Code,Amount\nABC,1\n");
    let ran = place.run(&["import", "gift-cards", &csv]).expect(1);
    assert!(ran.err.contains("no column Id") && ran.err.contains("docs/import.md"), "{}", ran.err);
    let missing = place.run(&["import", "gift-cards", &csv, "--book", "nowhere"]).expect(1);
    assert!(missing.err.contains("no column"), "{}", missing.err);
}
