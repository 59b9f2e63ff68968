//! The files under `deploy/` say nothing that is not so: settings, commands and paths exist, and
//! times fit the limits of the server.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::client::Client;
use crate::process::{Place, run};

const CONTAINERFILE: &str = include_str!("../../../../deploy/Containerfile");
const COMPOSE: &str = include_str!("../../../../deploy/compose.yaml");
const UNIT: &str = include_str!("../../../../deploy/makegood.service");
const MANUAL: &str = include_str!("../../config.default.toml");

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
        assert!(known.contains(&name), "{name}");
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

/// The arguments that a line of a header gives to a command.
#[track_caller]
fn arguments<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix("#   ")?.strip_prefix(before));
    line.unwrap_or_else(|| panic!("no line begins with {before}")).split_whitespace().collect()
}

/// Where a line of a header begins.
#[track_caller]
fn place_of(text: &str, line: &str) -> usize {
    text.find(line).unwrap_or_else(|| panic!("{line} is missing"))
}

#[test]
fn the_unit_finds_what_its_header_makes() {
    let place = Place::in_files();
    let root = place.path("var-lib").display().to_string();
    let here = |text: &str| text.replace("/var/lib", &root);
    let folders = arguments(UNIT, "install -d -o makegood -g makegood -m 0700 ");
    let mut install = fs::DirBuilder::new();
    install.recursive(true).mode(0o700);
    folders.iter().for_each(|folder| install.create(here(folder)).unwrap());
    // By hand, with nothing of the unit's in the environment.
    let args = arguments(UNIT, "sudo -u makegood makegood keys ");
    let args: Vec<String> = args.into_iter().map(here).collect();
    let mut keys = place.command(&["keys"]);
    let made = run(keys.args(args).env_remove("MAKEGOOD_DATA")).expect(0).out;
    let key = made.lines().next().unwrap();
    let header = |line| place_of(UNIT, line);
    assert!(header("#   install -d") < header("#   sudo -u makegood makegood doctor"));
    assert!(header("makegood doctor") < header("makegood keys create"));
    assert!(header("makegood keys create") < header("systemctl enable --now"));

    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    for line in UNIT.lines().filter_map(|line| line.strip_prefix("Environment=")) {
        let pairs = line.split_whitespace().filter_map(|pair| pair.split_once('='));
        let pairs = pairs.filter(|(name, _)| *name != "MAKEGOOD_LISTEN");
        serve.envs(pairs.map(|(name, value)| (name, here(value))));
    }
    let server = place.start(serve);
    Client::connect(&server.address, key).unwrap().get("/v1/gift-cards").unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_first_key_of_containers_is_made_before_they_start() {
    let run_once = "podman compose -f deploy/compose.yaml run --rm makegood-1 ";
    assert!(place_of(COMPOSE, run_once) < place_of(COMPOSE, "compose.yaml up --detach"));
    let place = Place::in_database();
    let made = place.run(&arguments(COMPOSE, run_once)).expect(0).out;
    let server = place.start(place.command(&["serve", "--listen", "127.0.0.1:0"]));
    let mut client = Client::connect(&server.address, made.lines().next().unwrap()).unwrap();
    client.get("/v1/gift-cards").unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
    // PostgreSQL answers at its socket before it is what it will be.
    assert!(COMPOSE.contains("\"pg_isready\", \"--host=127.0.0.1\""));
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

/// Files in a folder, and in those below it.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

/// The files that are compiled into this one.
fn compiled_into(path: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let places = ["include_str!(", "include_bytes!("].map(|name| text.split(name).skip(1));
    let named = places.into_iter().flatten().filter_map(|rest| {
        let named = rest.trim_start().strip_prefix('"')?;
        named.split('"').next()
    });
    named.filter_map(|name| path.parent()?.join(name).canonicalize().ok()).collect()
}

/// What the program is compiled from stands in the folders that the image is built from.
#[test]
fn everything_that_is_compiled_in_is_copied() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let is_of_stage = |line: &&str| line.starts_with("COPY ") && !line.contains("--from=");
    let lines = CONTAINERFILE.lines().filter(is_of_stage);
    let copied: Vec<&str> = lines.flat_map(|line| line.split_whitespace().skip(1)).collect();
    let crates = fs::read_dir(root.join("crates")).unwrap();
    let sources = crates.flat_map(|entry| files_in(&entry.unwrap().path().join("src")));
    let mut outside = 0;
    for file in sources.flat_map(|path| compiled_into(&path)) {
        let file = file.strip_prefix(&root).unwrap();
        let folder = file.iter().next().and_then(|first| first.to_str()).unwrap();
        assert!(copied.contains(&folder), "{} is not copied", file.display());
        outside += usize::from(folder != "crates");
    }
    assert!(outside >= 10, "rules of claims are compiled in from outside of the crates: {outside}");
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

/// Keys of each section that the unit may have: of systemd 239 or later, and looked up there. Those
/// of the first list are yes or no, those of the second are numbers.
const KEYS: [(&str, &str, &str, &str); 3] = [
    ("Unit", "", "StartLimitIntervalSec StartLimitBurst", "Description Wants After"),
    (
        "Service",
        "NoNewPrivileges ProtectHome PrivateTmp PrivateDevices ProtectClock ProtectControlGroups \
         ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables \
         RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality \
         MemoryDenyWriteExecute",
        "RestartSec TimeoutStopSec LimitNOFILE StateDirectoryMode UMask",
        "Type User Group Environment EnvironmentFile ExecStart Restart KillSignal StateDirectory \
         CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectProc \
         RestrictAddressFamilies SystemCallArchitectures SystemCallFilter SystemCallErrorNumber",
    ),
    ("Install", "", "", "WantedBy"),
];

/// What systemd would not take as it is meant, as far as this is known without systemd.
fn mistakes(unit: &str) -> Vec<String> {
    let (mut section, mut mistakes) = (None, Vec::new());
    for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = KEYS.iter().find(|(known, ..)| *known == name);
            if section.is_none() {
                mistakes.push(format!("no section: {line}"));
            }
            continue;
        }
        let is_right = line.split_once('=').zip(section).is_some_and(|((key, value), keys)| {
            let has = |list: &str| list.split_whitespace().any(|known| known == key);
            let (_, flags, numbers, texts) = keys;
            (has(flags) && ["yes", "no"].contains(&value))
                || (has(numbers) && value.parse::<u32>().is_ok())
                || has(texts)
        });
        if !is_right {
            mistakes.push(line.to_owned());
        }
    }
    mistakes
}

/// What `systemd-analyze` says about a unit; none where there is no systemd. A key that it does not
/// know is a warning to it, for which it ends with 0.
fn warnings_of_systemd(unit: &str) -> Option<Vec<String>> {
    let place = Place::in_files();
    let path = place.path("makegood.service");
    // It looks whether what is started is there.
    let unit = unit.replace("/usr/local/bin/makegood", env!("CARGO_BIN_EXE_makegood"));
    fs::write(&path, unit).unwrap();
    let mut verify = std::process::Command::new("systemd-analyze");
    let output = verify.args(["verify", "--man=no"]).arg(&path).output().ok()?;
    let said = String::from_utf8(output.stderr).unwrap();
    // Units of this machine are none of ours.
    let ours = said.lines().filter(|line| line.contains("makegood.service"));
    Some(ours.map(str::to_owned).collect())
}

#[test]
fn systemd_takes_every_line_of_the_unit() {
    assert_eq!(mistakes(UNIT), Vec::<String>::new());
    match warnings_of_systemd(UNIT) {
        Some(warnings) => assert_eq!(warnings, Vec::<String>::new()),
        None => println!("no systemd-analyze here: only the lists of this test were looked at"),
    }
    for (right, wrong) in [
        ("ProtectClock=yes", "ProtectClok=yes"),
        ("PrivateTmp=yes", "PrivateTmp=perhaps"),
        ("RestartSec=2", "RestartSec=soon"),
        ("[Install]", "[Instal]"),
    ] {
        let unit = UNIT.replace(right, wrong);
        assert_ne!(unit, UNIT, "{right}");
        assert!(mistakes(&unit).iter().any(|mistake| mistake.contains(wrong)), "{wrong}");
        if let Some(warnings) = warnings_of_systemd(&unit) {
            assert!(!warnings.is_empty(), "systemd takes {wrong}");
        }
    }
}
