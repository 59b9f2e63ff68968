//! The files under `deploy/` say nothing that is not so: settings, commands and paths exist, and
//! times fit the limits of the server.

use std::path::Path;

use crate::process::Place;

const CONTAINERFILE: &str = include_str!("../../../../deploy/Containerfile");
const COMPOSE: &str = include_str!("../../../../deploy/compose.yaml");
const UNIT: &str = include_str!("../../../../deploy/makegood.service");
const MANUAL: &str = include_str!("../../config.default.toml");

/// Settings that several processes on one database need, and that are being made.
const TO_COME: [&str; 1] = ["MAKEGOOD_ADVERTISE"];

/// Every `MAKEGOOD_` name in a text.
fn variables(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let names = text.split(|c| !is_name(c)).filter(|word| word.starts_with("MAKEGOOD_"));
    names.filter(|name| *name != "MAKEGOOD_NAME").map(str::to_owned).collect()
}

#[test]
fn every_setting_exists() {
    let known = variables(MANUAL);
    let mut named = [CONTAINERFILE, COMPOSE, UNIT].map(variables).concat();
    named.sort();
    named.dedup();
    assert!(named.len() >= 6, "{named:?}");
    for name in named {
        let is_to_come = TO_COME.contains(&name.as_str());
        assert_eq!(known.contains(&name), !is_to_come, "{name}");
    }
}

#[test]
fn every_command_exists() {
    let help = Place::new().run(&["help"]).expect(0).out;
    let mut called = Vec::new();
    for line in [CONTAINERFILE, COMPOSE, UNIT].iter().flat_map(|text| text.lines()) {
        let line = line.trim().replace(['"', ',', '[', ']'], " ");
        let mut words = line.split_whitespace();
        // The arguments of the entry point stand in a line of their own.
        let after = match words.clone().next() {
            Some("CMD") if !line.contains("/makegood") => words.nth(1),
            _ => words.find(|word| word.ends_with("bin/makegood")).and_then(|_| words.next()),
        };
        called.extend(after.map(str::to_owned));
    }
    called.sort();
    called.dedup();
    assert_eq!(called, ["health", "serve"]);
    for command in called {
        let is_command = |line: &str| line.trim_start().starts_with(&format!("{command} "));
        assert!(help.lines().any(is_command), "{command} in\n{help}");
    }
}

#[test]
fn everything_that_is_copied_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stages = Vec::new();
    for line in CONTAINERFILE.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["FROM", _, "AS", stage] => stages.push(stage),
            ["COPY", from, source, _] if from.starts_with("--from=") => {
                assert!(stages.contains(&&from["--from=".len()..]), "{line}");
                assert_eq!(source, "/build/target/release/makegood");
            }
            ["COPY", ref sources @ .., _] => {
                for source in sources {
                    assert!(root.join(source).exists(), "{source} is not in the repository");
                }
            }
            _ => {}
        }
    }
    let built = concat!("--package ", env!("CARGO_PKG_NAME"));
    assert!(CONTAINERFILE.contains(built), "another package is built");
    assert!(COMPOSE.contains("dockerfile: deploy/Containerfile"));
    assert!(root.join("deploy/Containerfile").exists());
}

#[test]
fn the_server_has_the_time_it_may_take_to_stop() {
    let number = |text: &str, before: &str| -> u64 {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(before)).unwrap();
        line.trim_end_matches('s').parse().unwrap()
    };
    let limit = number(MANUAL, "stop_seconds_max = ");
    assert!(number(UNIT, "TimeoutStopSec=") > 2 * limit);
    let grace = COMPOSE.lines().filter_map(|line| line.trim().strip_prefix("stop_grace_period: "));
    for text in grace {
        let seconds: u64 = text.trim_end_matches('s').parse().unwrap();
        assert!(seconds > 2 * limit, "{text}");
    }
    let files = number(MANUAL, "connections_max = ") + 100;
    assert!(number(UNIT, "LimitNOFILE=") >= files);
    assert!(number(COMPOSE, "nofile: ") >= files);
}

#[test]
fn nothing_is_more_open_than_it_must_be() {
    for setting in [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "StateDirectory=makegood makegood-keys",
        "StateDirectoryMode=0700",
        "Restart=on-failure",
    ] {
        assert!(UNIT.lines().any(|line| line == setting), "{setting}");
    }
    let user = CONTAINERFILE.lines().rfind(|line| line.starts_with("USER ")).unwrap();
    assert_eq!(user, "USER 10001:10001");
    let ports = COMPOSE.lines().filter(|line| line.trim_start().starts_with("ports:"));
    for line in ports {
        assert!(line.contains("\"127.0.0.1:"), "{line}");
    }
    assert!(COMPOSE.contains("POSTGRES_PASSWORD_FILE:"));
    assert!(!COMPOSE.contains("POSTGRES_PASSWORD:"), "a password in the open");
}
