//! A full disk: 503, nothing lost, and it goes on by itself once there is room.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::Client;
use crate::process::{KEY, Place, Server};
use crate::serve::issue_body;

/// Issues cards until one is refused for want of room; returns those that were answered.
fn fill(client: &mut Client, name: &str) -> Vec<(String, String)> {
    let mut answered = Vec::new();
    for number in 0..20_000 {
        let key = format!("{name}-{number}");
        let answer = client.post("/v1/gift-cards", &key, &issue_body(1_000)).unwrap();
        if answer.status == 503 {
            assert!(answer.has_retry_after, "{}", answer.body);
            assert_eq!(answer.json()["transient"], true, "{}", answer.body);
            assert!(number > 0, "nothing could be written at all");
            return answered;
        }
        answered.push((key, answer.expect(201).body));
    }
    panic!("the disk did not fill up");
}

/// Every answered command is repeated with the same answer.
fn check_answered(client: &mut Client, answered: &[(String, String)]) {
    for (key, body) in answered {
        let again = client.post("/v1/gift-cards", key, &issue_body(1_000)).unwrap().expect(201);
        assert!(again.is_replayed);
        assert_eq!(again.body, *body);
    }
}

#[test]
fn slow_a_full_file_refuses_and_loses_nothing() {
    let place = Place::in_files();
    let server = place.serve_with(&[("MAKEGOOD_TEST_MAX_PAGE_COUNT", "150")]);
    let mut client = server.client();
    let answered = fill(&mut client, "full");
    client.get("/healthz").unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
    let server = place.serve();
    let mut client = server.client();
    check_answered(&mut client, &answered);
    client.post("/v1/gift-cards", "after", &issue_body(1_000)).unwrap().expect(201);
    assert_eq!(server.stop(), Some(0));
    place.run(&["verify"]).expect(0);
}

/// A server in a namespace of its own, with its data on a disk of four megabytes.
fn serve_on_small_disk(place: &Place) -> Server {
    let disk = place.path("data");
    std::fs::create_dir(&disk).unwrap();
    let script = "mount -t tmpfs -o size=4m,mode=700 none \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", script]);
    command.arg(&disk).arg(env!("CARGO_BIN_EXE_makegood"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(disk.join("inner"));
    command.arg("--keys").arg(place.path("keys")).env("MAKEGOOD_BOOTSTRAP_KEY", KEY);
    place.start(command)
}

/// The folder as the server sees it: its mounts are its own.
fn inside(server: &Server, path: &Path) -> PathBuf {
    let path = path.strip_prefix("/").unwrap();
    Path::new("/proc").join(server.id().to_string()).join("root").join(path)
}

/// Whether this machine lets us mount a disk of our own.
fn can_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m none \"$0\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", script]).arg(folder.path());
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn slow_a_full_disk_refuses_and_goes_on_by_itself() {
    if !can_mount() {
        println!("skipped: this machine lets nobody mount a small disk");
        return;
    }
    let place = Place::in_files();
    let server = serve_on_small_disk(&place);
    let mut client = server.client();
    let filler = inside(&server, &place.path("data")).join("filler");
    std::fs::write(&filler, vec![1; 2 << 20]).unwrap();
    let answered = fill(&mut client, "full");
    std::fs::remove_file(&filler).unwrap();
    // The same process goes on, and the refused command can be repeated under its key.
    let key = format!("full-{}", answered.len());
    let late = client.post("/v1/gift-cards", &key, &issue_body(1_000)).unwrap().expect(201);
    assert!(!late.is_replayed);
    check_answered(&mut client, &answered);
    drop(client);
    assert_eq!(server.stop(), Some(0));
}
