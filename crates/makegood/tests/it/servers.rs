//! PostgreSQL fails under a load: 503 while it lasts, then it goes on by itself, and every answer
//! holds.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use testbed::{Cut, OwnServer, Proxy, Stop};

use crate::kill::let_run;
use crate::load::{Load, check, verify, wait_for};
use crate::process::{KEY, Place, Server};
use crate::serve::issue_body;

/// A server that does not wait for long before it says 503.
pub fn serve(place: &Place, flags: &[&str]) -> Server {
    let mut command = place.command(&[&["serve", "--listen", "127.0.0.1:0"], flags].concat());
    command.env("MAKEGOOD_BOOTSTRAP_KEY", KEY).env("MAKEGOOD_FORWARD_SECONDS_MAX", "1");
    place.start(command)
}

/// Ends the load and proves that all is well.
pub fn conclude(load: Load, server: Server, address: &str) {
    let (answered, unavailable) = (load.answered(), load.unavailable());
    let mut sent = load.finish();
    check(&mut server.client(), &mut sent);
    assert_eq!(server.stop(), Some(0));
    verify(address);
    println!("{answered} answered, 503 {unavailable} times");
}

#[test]
fn slow_postgresql_is_restarted_under_a_load() {
    let database = OwnServer::start();
    let place = Place::on(database.address());
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    for how in [Stop::Immediate, Stop::Fast, Stop::Immediate] {
        load.wait_for_more(30);
        database.restart(how);
        load.wait_for_more(30);
        database.stop(how);
        load.wait_for_unavailable();
        database.start_again();
    }
    load.wait_for_more(30);
    conclude(load, server, &database.address());
}

#[test]
fn slow_the_line_to_postgresql_is_cut_in_commits_under_a_load() {
    let database = OwnServer::start();
    let proxy = Proxy::to(&database.host());
    let through = database.address().replace(&database.host(), &proxy.host());
    let place = Place::on(through);
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    load.wait_for_more(10);
    let (mut random, mut straggled) = (20_261_121_u64, 0);
    for round in 0..48 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let cut = [Cut::BeforeCommit, Cut::AfterCommit, Cut::Hold][(random >> 33) as usize % 3];
        proxy.cut_next(cut);
        wait_for("a commit is cut", || proxy.cuts() > round);
        let_run((random >> 40) % 40);
        straggled += proxy.deliver().into_iter().filter(|is_committed| *is_committed).count();
    }
    load.wait_for_more(30);
    println!("{} commits cut, {straggled} stragglers came in time", proxy.cuts());
    conclude(load, server, &database.address());
}

#[test]
fn slow_connections_that_die_without_a_word_cost_no_more_than_a_commit() {
    let database = OwnServer::start();
    let proxy = Proxy::to(&database.host());
    let through = database.address().replace(&database.host(), &proxy.host());
    let place = Place::on(through);
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    load.wait_for_more(30);
    let clock = SystemClock::new();
    proxy.swallow();
    load.wait_for_more(30);
    // A question takes a lease that is valid, and so renewals that are heard.
    let mut client = server.client();
    let unknown = "/v1/gift-cards/gc_00000000000000000000000000";
    wait_for("questions are answered", || client.get(unknown).unwrap().status == 404);
    let paused = clock.monotonic();
    println!("a pause of {paused:?}");
    // A commit is given up after ten seconds, and its outcome found out; everything else sooner.
    assert!(paused < Duration::from_secs(20), "{paused:?}");
    conclude(load, server, &database.address());
}

/// A disk of a few megabytes, there until the test ends.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where nobody may mount one.
    fn mounted(folder: &Path) -> Option<SmallDisk> {
        std::fs::create_dir(folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=6m,mode=777", "none"]).arg(folder);
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        // Whoever may mount is root, and then PostgreSQL is the user of this name.
        let _ = Command::new("chown").arg("postgres").arg(folder).status();
        is_mounted.then(|| SmallDisk(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also while PostgreSQL still has files open there.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn slow_the_disk_of_the_tables_is_full_under_a_load() {
    let folder = std::env::temp_dir().join(format!("makegood-{}", testbed::unique_name()));
    let Some(disk) = SmallDisk::mounted(&folder) else {
        println!("skipped: this machine lets nobody mount a small disk");
        let _ = std::fs::remove_dir(&folder);
        return;
    };
    // Tables are on it, the log of PostgreSQL is not: a full log ends PostgreSQL itself.
    let database = OwnServer::start();
    testbed::run(
        &database.address(),
        &format!("create tablespace small location '{}'", disk.0.display()),
    );
    database.set("default_tablespace", "small");
    let place = Place::on(database.address());
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    load.wait_for_more(30);
    let filler = disk.0.join("filler");
    // As much as there is.
    let _ = std::fs::write(&filler, vec![1; 6 << 20]);
    load.wait_for_unavailable();
    let mut client = server.client();
    let mut number = 0;
    wait_for("a request is refused", || {
        number += 1;
        let key = format!("refused-{number}");
        let answer = client.post("/v1/gift-cards", &key, &issue_body(1_000)).unwrap();
        assert!([201, 503].contains(&answer.status), "{}", answer.body);
        answer.status == 503 && answer.text("/code") == "unavailable" && answer.has_retry_after
    });
    client.get("/healthz").unwrap().expect(200);
    assert!(!server.log().contains("the writer has ended"), "{}", server.log());
    std::fs::remove_file(&filler).unwrap();
    load.wait_for_more(30);
    conclude(load, server, &database.address());
    drop(database);
    drop(disk);
    std::fs::remove_dir(&folder).unwrap();
}
