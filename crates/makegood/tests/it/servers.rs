//! PostgreSQL fails under a load: 503 while it lasts, then it goes on by itself, and every answer
//! holds.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use testbed::{Cut, OwnServer, Proxy, Stop};

use crate::client::Client;
use crate::kill::let_run;
use crate::load::{Load, check, verify, wait_for};
use crate::process::{KEY, Place, Server};
use crate::serve::{issue_body, redeem_body};

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
    /// None where nobody may mount one, which is told.
    fn mounted(megabytes: u32) -> Option<SmallDisk> {
        let folder = std::env::temp_dir().join(format!("makegood-{}", testbed::unique_name()));
        std::fs::create_dir(&folder).unwrap();
        let mut mount = Command::new("mount");
        let options = format!("size={megabytes}m,mode=777");
        mount.args(["-t", "tmpfs", "-o", &options, "none"]).arg(&folder);
        if !mount.output().is_ok_and(|output| output.status.success()) {
            println!("skipped: this machine lets nobody mount a small disk");
            let _ = std::fs::remove_dir(&folder);
            return None;
        }
        // Whoever may mount is root, and then PostgreSQL is the user of this name.
        let _ = Command::new("chown").arg("postgres").arg(&folder).status();
        Some(SmallDisk(folder))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let some = vec![1; 64 << 10];
        let full = std::iter::repeat_with(|| filler.write_all(&some)).find_map(Result::err);
        assert_eq!(full.unwrap().kind(), ErrorKind::StorageFull);
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also while PostgreSQL still has files open there.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// Commands are refused by name while the disk is full.
fn check_refused(client: &mut Client, name: &str) {
    let mut number = 0;
    wait_for("a request is refused", || {
        number += 1;
        let key = format!("{name}-{number}");
        let answer = client.post("/v1/gift-cards", &key, &issue_body(1_000)).unwrap();
        assert!([201, 503].contains(&answer.status), "{}", answer.body);
        answer.status == 503 && answer.text("/code") == "unavailable" && answer.has_retry_after
    });
    client.get("/healthz").unwrap().expect(200);
}

#[test]
fn slow_the_disk_of_the_tables_is_full_under_a_load() {
    let Some(disk) = SmallDisk::mounted(6) else { return };
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
    disk.fill();
    load.wait_for_unavailable();
    check_refused(&mut server.client(), "refused");
    assert!(!server.log().contains("the writer has ended"), "{}", server.log());
    disk.free();
    load.wait_for_more(30);
    conclude(load, server, &database.address());
}

/// What is left on the card at this path, as often as somebody is told: never anything but this.
fn check_told(client: &mut Client, card: &str, left: i64) -> usize {
    let mut told = 0;
    for _ in 0..5 {
        let shown = client.get(card).unwrap();
        assert!([200, 503].contains(&shown.status), "{}", shown.body);
        if shown.status == 200 {
            assert_eq!(shown.number("/available/amount"), left, "an answer that is not true");
            told += 1;
        }
    }
    told
}

/// All that PostgreSQL has is on one disk. While only tables find no room on it, PostgreSQL refuses
/// single commits; once its log finds none, it ends, and its supervisor starts it when there is.
#[test]
fn slow_the_whole_disk_of_postgresql_is_full_under_a_load() {
    let Some(disk) = SmallDisk::mounted(160) else { return };
    let database = OwnServer::start_in(disk.0.clone(), "");
    let place = Place::on(database.address());
    let server = serve(&place, &[]);
    let mut client = server.client();
    wait_for("the book is served", || client.get("/readyz").unwrap().status == 200);
    let card = client.post("/v1/gift-cards", "issue", &issue_body(1_000)).unwrap().expect(201);
    let (path, code) = (format!("/v1/gift-cards/{}", card.text("/id")), card.text("/code"));
    client.post("/v1/redemptions", "redeem", &redeem_body(&code, 400)).unwrap().expect(201);
    let load = Load::start(&server.address, "load");
    let next_file_of_the_log = "select pg_switch_wal()";
    for ends in [false, true] {
        // Its log has room to go on in, so tables are the first to find none.
        testbed::run(&database.address(), next_file_of_the_log);
        load.wait_for_more(30);
        disk.fill();
        load.wait_for_unavailable();
        check_refused(&mut client, &format!("tables-{ends}"));
        assert!(check_told(&mut client, &path, 600) > 0, "a full disk hinders nobody who reads");
        if ends {
            // Whoever asks for it may be told, or be cut off.
            let _ = testbed::ask(&database.address(), next_file_of_the_log);
            wait_for("PostgreSQL ends", || !database.is_running());
            load.wait_for_unavailable();
            check_refused(&mut client, "log");
            check_told(&mut client, &path, 600);
        }
        assert_eq!(database.is_running(), !ends, "{}", database.log());
        disk.free();
        if ends {
            database.start_again();
        }
        load.wait_for_more(30);
    }
    assert_eq!(check_told(&mut client, &path, 600), 5);
    conclude(load, server, &database.address());
}
