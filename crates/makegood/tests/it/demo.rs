//! `makegood demo`: every command of the printed tour works as printed, twice over.

use std::process::Command;

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
    assert_eq!(steps, 16, "{}", server.printed);
}

#[test]
fn slow_the_tour_works_as_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        panic!("the tour is made of curl commands: install curl to test it");
    }
    let place = Place::new();
    let server = demo(&place);
    walk(&server);
    assert_eq!(server.stop(), Some(0));
    // The shop is still there, and has a tour of its own for the second start.
    let server = demo(&place);
    walk(&server);
    assert_eq!(server.stop(), Some(0));
    let data = place.path("makegood-demo");
    let verified = place.run(&["verify", "--json", "--data", data.to_str().unwrap()]).expect(0);
    let records = verified.json()["books"][0]["records"].as_u64().unwrap();
    assert!((50..120).contains(&records), "the shop was filled twice: {records} records");
}
