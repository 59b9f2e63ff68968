//! `makegood doctor`: each mistake is found and has a cure.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

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
    let (code, lines) = examine(&Place::new(), &[]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines.len(), 12);
}

#[test]
fn mistakes_are_found() {
    let place = Place::new();
    let server = place.serve();
    check(&place, &[], "lock", "warn");
    assert_eq!(server.stop(), Some(0));
    for name in ["data folder", "key ring", "ring and books", "lock", "tables", "clock"] {
        check(&place, &[], name, "ok");
    }
    check(&place, &[("MAKEGOOD_BOOTSTRAP_KEY", KEY)], "bootstrap key", "warn");
    check(&place, &[("MAKEGOOD_LISTENN", "x")], "environment", "warn");
    check(&place, &[("MAKEGOOD_CONNECTIONS_MAX", "100000000")], "open files", "warn");
    let inside = place.data().join("keys");
    check(&place, &[("MAKEGOOD_KEYS", inside.to_str().unwrap())], "key ring", "fail");
    let ring = place.path("data-keys/ring.toml");
    std::fs::set_permissions(&ring, PermissionsExt::from_mode(0o644)).unwrap();
    check(&place, &[], "key ring", "fail");
    std::fs::set_permissions(&ring, PermissionsExt::from_mode(0o600)).unwrap();
    let other = Place::new();
    other.serve().stop();
    std::fs::copy(other.path("data-keys/ring.toml"), &ring).unwrap();
    check(&place, &[], "ring and books", "fail");
}

#[test]
fn a_taken_port_is_found() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new();
    let ran = place.run(&["doctor", "--listen", &address]).expect(1);
    assert!(ran.out.contains("FAIL  port"), "{}", ran.out);
}
