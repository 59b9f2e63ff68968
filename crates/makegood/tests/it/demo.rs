//! `makegood demo`: every command of the printed tour works as printed, twice over. It keeps its
//! data in files, whatever database the environment names.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::client::Client;
use crate::load::wait_for;
use crate::process::{Place, Server};

fn demo(place: &Place) -> Server {
    let data = place.path("makegood-demo");
    place.start(place.command(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ]))
}

/// Runs each printed command in a shell and compares the status it shows with the one promised.
fn walk(server: &Server) {
    let mut steps = 0;
    for block in server.printed.split("\n# ").skip(1) {
        let (title, command) = block.split_once('\n').unwrap();
        let expected = title.rsplit("→ ").next().unwrap();
        let command = command.split("\n\n").next().unwrap();
        let shell = Command::new("sh").args(["-c", command]).output().unwrap();
        let answer = String::from_utf8(shell.stdout).unwrap();
        let status = answer.split(' ').nth(1).unwrap_or("no answer");
        assert_eq!(status, expected, "{title}\n{command}\n{answer}");
        let is_repeated = answer.to_ascii_lowercase().contains("idempotent-replayed: true");
        assert_eq!(is_repeated, title.contains("The same again"), "{title}\n{answer}");
        steps += 1;
    }
    assert_eq!(steps, 30, "{}", server.printed);
}

/// The secret key that was printed.
fn client(server: &Server) -> Client {
    let words = server.printed.split_whitespace();
    let key = words.into_iter().find(|word| word.starts_with("mg_test_")).unwrap();
    Client::connect(&server.address, key).unwrap()
}

/// Panics unless the money of every order is where it belongs: on `order/clearing` is only what was
/// taken from cards without a checkout, for orders that are made elsewhere.
fn check_clearing(client: &mut Client) {
    let mut expected = BTreeMap::from([("EUR".to_owned(), 0), ("USD".to_owned(), 0)]);
    for hold in all(client, "holds").iter().filter(|hold| hold["checkout"].is_null()) {
        let amount = |member: &str| hold[member]["amount"].as_i64().unwrap();
        let currency = hold["captured"]["currency"].as_str().unwrap();
        *expected.get_mut(currency).unwrap() += amount("captured") - amount("refunded");
    }
    let balance = client.get("/v1/ledger/trial-balance").unwrap().expect(200).json();
    let accounts = balance["data"].as_array().unwrap();
    let clearing = accounts.iter().filter(|line| line["account"] == "order/clearing");
    let told = |line: &Value| {
        (line["currency"].as_str().unwrap().to_owned(), line["balance"].as_i64().unwrap())
    };
    let found: BTreeMap<String, i64> = clearing.map(told).collect();
    assert_eq!(found, expected, "{balance}");
}

/// All objects of a list, over all of its pages.
fn all(client: &mut Client, list: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = format!("/v1/{list}?limit=100");
    loop {
        let page = client.get(&path).unwrap().expect(200).json();
        found.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        path = format!("/v1/{list}?limit=100&cursor={cursor}");
    }
}

/// How many objects of a list have each status.
fn statuses(client: &mut Client, list: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for object in all(client, list) {
        *found.entry(object["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    found
}

/// Panics unless the half year is there, with everything that happens in a shop.
fn check_market(client: &mut Client) {
    let orders = statuses(client, "orders");
    let of = |status: &str| orders.get(status).copied().unwrap_or_default();
    assert!(orders.values().sum::<usize>() >= 400, "{orders:?}");
    assert!(of("refunded") >= 10 && of("partly_refunded") >= 10, "{orders:?}");
    let payments = statuses(client, "payments");
    assert!(payments["failed"] >= 5, "{payments:?}");
    let disputes = statuses(client, "disputes");
    assert!(disputes["lost"] >= 3, "{disputes:?}");
    let payouts = statuses(client, "payouts");
    assert!(payouts["paid"] >= 60, "{payouts:?}");
}

/// The report of a promotion, once the feed has opened its log.
fn report(client: &mut Client, promotion: &Value) -> Value {
    let path = format!("/v1/promotions/{}/report?bucket=hour", promotion["id"].as_str().unwrap());
    let mut told = Value::Null;
    wait_for("the feed is served", || {
        told = client.get(&path).unwrap().expect(200).json();
        !told["events"].as_array().unwrap().is_empty()
    });
    told
}

/// Panics unless promotions are in every state, their money is where it belongs, and reports tell
/// of losses of many kinds.
fn check_promotions(client: &mut Client) {
    let found = statuses(client, "promotions");
    let unseen = ["draft", "in_review", "rejected", "scheduled"];
    let seen = ["running", "paused", "completed", "stopped", "settled"];
    let has = |state: &&str| found.contains_key(*state);
    assert!(unseen.iter().all(has) && seen.iter().all(has), "{found:?}");
    let (mut causes, mut verdicts) = (BTreeSet::new(), BTreeSet::new());
    let mut returned = 0;
    for promotion in all(client, "promotions") {
        let amount = |member: &str| promotion[member]["amount"].as_i64().unwrap();
        let status = promotion["status"].as_str().unwrap();
        let paid = if status == "draft" { 0 } else { amount("budget") };
        assert_eq!(amount("escrow") + amount("spent") + amount("returned"), paid, "{promotion}");
        assert!(status != "settled" || amount("escrow") == 0, "{promotion}");
        returned += amount("returned");
        if unseen.contains(&status) {
            continue;
        }
        let told = report(client, &promotion);
        let parts = told["waterfall"]["by_cause"].as_array().unwrap();
        let sum: i64 = parts.iter().map(|part| part["micros"].as_i64().unwrap()).sum();
        assert_eq!(told["shortfall"]["missing_micros"], sum, "{told}");
        causes.extend(parts.iter().map(|part| part["cause"].as_str().unwrap().to_owned()));
        let kinds = told["events"].as_array().unwrap().iter();
        let invalid = kinds.flat_map(|kind| kind["invalid"].as_array().unwrap());
        verdicts.extend(invalid.map(|one| one["cause"].as_str().unwrap().to_owned()));
    }
    assert!(returned > 0, "nothing went back");
    for cause in ["advertiser_pause", "audience", "cap", "outage", "outbid"] {
        assert!(causes.contains(cause), "{cause} is not among {causes:?}");
    }
    for verdict in ["advertiser", "automated_traffic", "too_short"] {
        assert!(verdicts.contains(verdict), "{verdict} is not among {verdicts:?}");
    }
}

/// Panics unless all accounts of each currency add up to nothing.
fn check_trial_balance(client: &mut Client) {
    let mut sums = BTreeMap::<String, i64>::new();
    let balance = client.get("/v1/ledger/trial-balance").unwrap().expect(200).json();
    for line in balance["data"].as_array().unwrap() {
        let side = |name: &str| line[name].as_i64().unwrap();
        let currency = line["currency"].as_str().unwrap().to_owned();
        *sums.entry(currency).or_default() += side("debits") - side("credits");
    }
    assert!(sums.len() >= 2 && sums.values().all(|sum| *sum == 0), "{balance}");
}

/// Panics unless people look at a promotion that runs, without anybody's doing.
fn check_that_it_goes_on(client: &mut Client) {
    let mut running = || {
        let promotions = all(client, "promotions");
        let running = promotions.iter().filter(|one| one["status"] == "running");
        running.map(|one| one["delivered_units"].as_i64().unwrap()).sum::<i64>()
    };
    let before = running();
    wait_for("somebody looks at a promotion", || running() > before);
}

/// Panics unless `makegood verify` finds nothing, and tells how many records there are.
fn verified_records(place: &Place) -> u64 {
    let data = place.path("makegood-demo");
    let verified = place.run(&["verify", "--json", "--data", data.to_str().unwrap()]).expect(0);
    verified.json()["books"][0]["records"].as_u64().unwrap()
}

/// Not to be used by a demonstration: none of it is there.
const OF_SOMEBODY: [(&str, &str); 4] = [
    ("MAKEGOOD_CONFIG", "/nowhere/makegood.toml"),
    ("MAKEGOOD_KEY_RING", "not a ring"),
    ("MAKEGOOD_MAIL_SERVER", "mail.example"),
    ("MAKEGOOD_STRIPE_TEST_KEY", "sk_test_of_somebody"),
];

#[test]
fn slow_the_secrets_of_a_real_installation_do_not_reach_it() {
    let place = Place::in_files();
    let data = place.path("makegood-demo");
    let mut command =
        place.command(&["demo", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    command.envs(OF_SOMEBODY);
    place.start(command).stop();
}

#[test]
fn a_book_of_somebody_is_left_alone() {
    let place = Place::in_files();
    place.serve().stop();
    let data = place.data();
    let before = std::fs::read(data.join("books/test.db")).unwrap();
    let demo = ["demo", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let refused = place.run(&demo).expect(1);
    assert!(refused.err.contains("is no demonstration's"), "{}", refused.err);
    assert!(refused.err.contains("fresh folder"), "{}", refused.err);
    assert_eq!(std::fs::read(data.join("books/test.db")).unwrap(), before);
}

#[test]
fn a_port_that_is_taken_is_told_before_the_shop_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::in_files();
    let data = place.path("makegood-demo");
    let demo = ["demo", "--listen", &address, "--data", data.to_str().unwrap()];
    let refused = place.run(&demo).expect(1);
    assert!(refused.err.contains("choose another port"), "{}", refused.err);
    assert!(!data.exists(), "nothing was made");
}

#[test]
fn slow_the_tour_works_as_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        panic!("the tour is made of curl commands: install curl to test it");
    }
    let place = Place::in_files();
    let server = demo(&place);
    check_market(&mut client(&server));
    check_promotions(&mut client(&server));
    check_trial_balance(&mut client(&server));
    check_clearing(&mut client(&server));
    check_that_it_goes_on(&mut client(&server));
    walk(&server);
    check_clearing(&mut client(&server));
    check_trial_balance(&mut client(&server));
    assert_eq!(server.stop(), Some(0));
    let filled = verified_records(&place);
    // The shop is still there, and has a tour of its own for the second start.
    let server = demo(&place);
    walk(&server);
    assert_eq!(server.stop(), Some(0));
    let more = verified_records(&place) - filled;
    // People go on looking at promotions, and what they see is billed each second.
    assert!(more < filled / 10, "the shop was filled twice: {more} records more than {filled}");
}
