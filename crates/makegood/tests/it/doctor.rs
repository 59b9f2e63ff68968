//! `makegood doctor`: each mistake is found and has a cure.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use testbed::{OwnServer, Stop};

use crate::process::{KEY, Place, run};

fn examine(place: &Place, variables: &[(&str, &str)]) -> (Option<i32>, Vec<Value>) {
    let mut command = place.command(&["doctor", "--json", "--listen", "127.0.0.1:0"]);
    let ran = run(command.envs(variables.iter().copied()));
    (ran.code, ran.json().as_array().unwrap().clone())
}

#[track_caller]
fn check(place: &Place, variables: &[(&str, &str)], name: &str, grade: &str) {
    let (code, lines) = examine(place, variables);
    let line = lines.iter().find(|line| line["check"] == name).unwrap();
    assert_eq!(line["grade"], grade, "{line}");
    assert_eq!(line.get("fix").is_some(), grade != "ok", "{line}");
    let any_fails = lines.iter().any(|line| line["grade"] == "fail");
    assert_eq!(code, Some(i32::from(any_fails)), "{lines:?}");
}

#[test]
fn a_fresh_place_only_has_warnings() {
    let (code, lines) = examine(&Place::in_files(), &[]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines.len(), 22);
}

#[test]
fn mistakes_are_found() {
    let place = Place::in_files();
    let server = place.serve();
    check(&place, &[], "lock", "warn");
    assert_eq!(server.stop(), Some(0));
    let well = [
        "data folder",
        "data is closed",
        "disk space",
        "growth",
        "lock",
        "tables",
        "backup",
        "clock",
        "key ring",
        "ring and books",
        "keys of persons",
        "API keys",
        "address",
    ];
    for name in well {
        check(&place, &[], name, "ok");
    }
    check(&place, &[("MAKEGOOD_BOOTSTRAP_KEY", KEY)], "bootstrap key", "warn");
    check(&place, &[("MAKEGOOD_LISTENN", "x")], "environment", "warn");
    check(&place, &[("MAKEGOOD_KEY", KEY)], "environment", "ok");
    check(&place, &[("MAKEGOOD_CONNECTIONS_MAX", "100000000")], "open files", "warn");
    let inside = place.data().join("keys");
    check(&place, &[("MAKEGOOD_KEYS", inside.to_str().unwrap())], "key ring", "fail");
    let ring = place.path("data-keys/ring.toml");
    std::fs::set_permissions(&ring, PermissionsExt::from_mode(0o644)).unwrap();
    check(&place, &[], "key ring", "fail");
    std::fs::set_permissions(&ring, PermissionsExt::from_mode(0o600)).unwrap();
    let other = Place::in_files();
    other.serve().stop();
    std::fs::copy(other.path("data-keys/ring.toml"), &ring).unwrap();
    check(&place, &[], "ring and books", "fail");
}

#[test]
fn doors_left_open_are_found() {
    let place = Place::in_files();
    place.serve().stop();
    let mode = |path: &str, mode| {
        let mode = PermissionsExt::from_mode(mode);
        std::fs::set_permissions(place.path(path), mode).unwrap();
    };
    mode("data", 0o755);
    check(&place, &[], "data is closed", "warn");
    mode("data", 0o700);
    mode("data-keys/people.db", 0o640);
    check(&place, &[], "keys of persons", "fail");
    std::fs::remove_file(place.path("data-keys/people.db")).unwrap();
    check(&place, &[], "keys of persons", "fail");
    std::fs::remove_file(place.path("data-keys/ring.toml")).unwrap();
    check(&place, &[], "key ring", "fail");
}

#[test]
fn an_address_that_others_reach_is_found() {
    let place = Place::new();
    let grade = |listen: &str| {
        let ran = place.run(&["doctor", "--json", "--listen", listen]);
        let lines: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let line = lines.iter().find(|line| line["check"] == "address").unwrap();
        line["grade"].as_str().unwrap().to_owned()
    };
    assert_eq!(grade("0.0.0.0:0"), "warn");
    assert_eq!(grade("[::1]:0"), "ok");
    assert_eq!(grade("8080"), "fail");
}

#[test]
fn a_book_that_nobody_can_use_is_found() {
    let place = Place::new();
    let book = ["--book", "live", "--create-book", "live"];
    let create = [&["keys", "create", "--kind", "publishable", "--json"][..], &book].concat();
    let made = place.run(&create).expect(0).json();
    check(&place, &[], "API keys", "warn");
    place.run(&["keys", "revoke", made["id"].as_str().unwrap()]).expect(0);
    check(&place, &[], "API keys", "warn");
    place.run(&["keys", "create", "--book", "live", "--scopes", "all"]).expect(0);
    check(&place, &[], "API keys", "ok");
}

#[test]
fn a_live_book_without_a_recent_backup_is_found() {
    let place = Place::in_files();
    place
        .run(&["keys", "create", "--book", "live", "--create-book", "live", "--scopes", "all"])
        .expect(0);
    place.serve().stop();
    check(&place, &[], "backup", "warn");
    let marker = std::fs::File::create(place.data().join("last-backup")).unwrap();
    check(&place, &[], "backup", "ok");
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
    marker.set_modified(long_ago).unwrap();
    check(&place, &[], "backup", "warn");
}

/// A server of its own, because the one that tests share syncs nothing.
#[test]
fn slow_what_is_wrong_with_a_database_is_found() {
    let database = OwnServer::start();
    let place = Place::on(database.address());
    let (code, lines) = examine(&place, &[]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines.len(), 20);
    let server = place.serve();
    server.client().get("/v1/gift-cards").unwrap().expect(200);
    let (_, lines) = examine(&place, &[]);
    let owners = lines.iter().find(|line| line["check"] == "owners").unwrap();
    let found = owners["found"].as_str().unwrap();
    assert!(found.contains("test at ") && found.contains(&server.address), "{found}");
    assert_eq!(server.stop(), Some(0));
    for name in ["database", "durability", "connections", "database clock", "owners", "backup"] {
        check(&place, &[], name, "ok");
    }
    check(&place, &[("MAKEGOOD_READERS_PER_BOOK", "30")], "connections", "warn");
    check(&place, &[("MAKEGOOD_READERS_PER_BOOK", "60")], "connections", "fail");
    check(&place, &[], "standby", "warn");
    let live = ["--book", "live", "--create-book", "live", "--scopes", "all"];
    place.run(&[&["keys", "create"][..], &live].concat()).expect(0);
    // Its first row is brought into the tables by a server that stops.
    place.serve().stop();
    check(&place, &[], "backup", "warn");
    let file = place.path("shop.backup").display().to_string();
    place.run(&["backup", &file]).expect(0);
    check(&place, &[], "backup", "ok");
    database.set("synchronous_commit", "off");
    check(&place, &[], "durability", "warn");
    database.set("full_page_writes", "off");
    check(&place, &[], "durability", "fail");
    let standby = database.standby("second");
    database.set("synchronous_standby_names", "second");
    check(&place, &[], "standby", "ok");
    check(&Place::on(standby.address()), &[], "database", "fail");
    database.stop(Stop::Fast);
    check(&place, &[], "database", "fail");
    // Told once: what is behind it would fail in the same words.
    check_told_once(&place, &[], "start PostgreSQL");
    let with_tls = [("MAKEGOOD_DATABASE", "postgres://127.0.0.1:1/shop?sslmode=require")];
    check_told_once(&place, &with_tls, "correct MAKEGOOD_DATABASE");
}

#[track_caller]
fn check_told_once(place: &Place, variables: &[(&str, &str)], fix: &str) {
    let (code, lines) = examine(place, variables);
    let failed: Vec<&Value> = lines.iter().filter(|line| line["grade"] == "fail").collect();
    let [failed] = failed[..] else { panic!("{failed:?}") };
    assert!(failed["fix"].as_str().unwrap().contains(fix), "{failed}");
    assert_eq!((code, failed["check"].as_str()), (Some(1), Some("database")));
    assert!(lines.iter().all(|line| line["check"] != "API keys"), "of books nothing is known");
}

#[test]
fn a_listed_book_that_is_gone_or_damaged_is_found() {
    let place = Place::in_files();
    place.serve().stop();
    let (file, aside) = (place.data().join("books/test.db"), place.path("aside.db"));
    std::fs::rename(&file, &aside).unwrap();
    check(&place, &[], "tables", "fail");
    check(&place, &[], "ring and books", "fail");
    std::fs::copy(&aside, &file).unwrap();
    check(&place, &[], "tables", "ok");
    check(&place, &[], "ring and books", "ok");
    // Its head can be read still.
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[5 * 4_096..15 * 4_096].fill(0xa7);
    std::fs::write(&file, bytes).unwrap();
    check(&place, &[], "ring and books", "fail");
    std::fs::rename(&aside, &file).unwrap();
    std::fs::remove_file(place.data().join("control.db")).unwrap();
    check(&place, &[], "tables", "fail");
}

#[test]
fn settings_that_serve_refuses_are_found() {
    let place = Place::in_files();
    for name in ["mail", "rails", "bootstrap key"] {
        check(&place, &[], name, "ok");
    }
    check(&place, &[("MAKEGOOD_MAIL_SERVER", "mail.example")], "mail", "fail");
    check(&place, &[("MAKEGOOD_STRIPE_LIVE_KEY", "sk_test_of_another_kind")], "rails", "fail");
    let key = "mg_live_0123456789abcdef0123";
    check(&place, &[("MAKEGOOD_BOOTSTRAP_KEY", key)], "bootstrap key", "fail");
}

#[test]
fn health_says_whether_a_server_is_ready() {
    let place = Place::in_files();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ran = place.run(&["health", "--listen", &free]).expect(1);
    assert!(ran.out.contains(&free), "{}", ran.out);
    let server = place.serve();
    let ran = place.run(&["health", "--json", "--listen", &server.address]).expect(0);
    assert_eq!(ran.json()["ready"], true);
    let port = server.address.rsplit_once(':').unwrap().1;
    place.run(&["health", "--listen", &format!("0.0.0.0:{port}")]).expect(0);
}

#[test]
fn a_taken_port_is_found() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new();
    let ran = place.run(&["doctor", "--listen", &address]).expect(1);
    assert!(ran.out.contains("FAIL  port"), "{}", ran.out);
}
