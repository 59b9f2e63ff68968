//! docs/failover.md, step by step: a synchronous standby takes over and nothing is lost; one that
//! lagged is refused until somebody accepts what it costs.

use store::postgres::Database;
use store::{BookName, Reader};
use testbed::{OwnServer, Proxy, Stop, all_of};

use crate::kill::let_run;
use crate::load::{Load, check, lost, wait_for};
use crate::process::Place;
use crate::serve::{issue_body, redeem_body};
use crate::servers::{conclude, serve};

/// Sequence of the last record of the book on this server.
fn end_of_book(server: &OwnServer) -> u64 {
    let book = BookName::new("test").unwrap();
    Database::at(&server.address()).unwrap().reader(&book).unwrap().head().unwrap().seq
}

#[test]
fn slow_a_synchronous_standby_takes_over_and_back() {
    let one = OwnServer::start();
    let two = one.standby("two");
    one.set("synchronous_standby_names", "two");
    one.wait_for_standby("two", "sync");
    let place = Place::on(all_of(&[&one, &two]));
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    load.wait_for_more(60);
    // The primary dies; the standby becomes one.
    one.stop(Stop::Immediate);
    load.wait_for_unavailable();
    two.promote();
    load.wait_for_more(60);
    // The former primary comes back as the standby of the new one, from a copy of it.
    one.follow(&two, "one");
    two.set("synchronous_standby_names", "one");
    two.wait_for_standby("one", "sync");
    load.wait_for_more(60);
    // And back.
    two.stop(Stop::Immediate);
    one.promote();
    load.wait_for_more(60);
    assert!(!server.log().contains("was committed and answered"), "{}", server.log());
    conclude(load, server, &one.address());
}

#[test]
fn slow_nothing_is_answered_that_the_standby_does_not_have() {
    let primary = OwnServer::start();
    let standby = primary.standby("second");
    primary.set("synchronous_standby_names", "second");
    primary.wait_for_standby("second", "sync");
    let place = Place::on(all_of(&[&primary, &standby]));
    let server = serve(&place, &[]);
    let earlier = Load::start(&server.address, "earlier");
    earlier.wait_for_more(60);
    let earlier = earlier.finish();
    // With nothing under way, and the tables up to date: the standby may have received what was
    // under way when it stopped, and then everything that follows waits for that to be settled.
    let_run(1_500);
    standby.stop(Stop::Fast);
    let load = Load::start(&server.address, "load");
    let_run(300);
    // Somebody tells PostgreSQL not to wait: it commits, and warns.
    let mut canceled = 0;
    for _ in 0..200 {
        canceled += primary.cancel_waits();
        let_run(30);
    }
    assert!(canceled > 5, "{canceled}");
    assert_eq!(load.answered(), 0, "answered what only the primary has");
    let at_primary = end_of_book(&primary);
    primary.stop(Stop::Immediate);
    standby.start_again();
    let at_standby = end_of_book(&standby);
    println!("{canceled} waits canceled; ends at {at_primary}, at the standby {at_standby}");
    assert!(at_primary > at_standby, "nothing was committed that the standby lacks");
    standby.promote();
    load.wait_for_more(60);
    assert_eq!(lost(&mut server.client(), &earlier), 0, "answered before, and gone");
    conclude(load, server, &standby.address());
}

#[test]
fn slow_a_standby_that_lagged_is_refused() {
    let primary = OwnServer::start();
    let standby = primary.standby("second");
    primary.wait_for_standby("second", "async");
    let place = Place::on(all_of(&[&primary, &standby]));
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "load");
    load.wait_for_more(60);
    // It falls behind.
    standby.stop(Stop::Fast);
    load.wait_for_more(60);
    primary.stop(Stop::Immediate);
    load.wait_for_unavailable();
    standby.start_again();
    standby.promote();
    let refusal = "this book ends at record";
    wait_for("the laggard is refused", || server.log().contains(refusal));
    let before = load.answered();
    load.wait_for_unavailable();
    // A process that knows nothing by itself refuses it too.
    let other = serve(&place, &[]);
    load.go_to(&other.address);
    let_run(6_000);
    load.wait_for_unavailable();
    assert_eq!(load.answered(), before, "the laggard answered");
    for process in [&server, &other] {
        let said = process.log().matches(refusal).count();
        assert!(said <= 1, "{}", process.log());
    }
    // The right server is back: all goes on by itself.
    standby.stop(Stop::Immediate);
    primary.start_again();
    load.wait_for_more(60);
    assert_eq!(other.stop(), Some(0));
    load.go_to(&server.address);
    load.wait_for_more(10);
    conclude(load, server, &primary.address());
}

#[test]
fn slow_questions_are_not_answered_from_a_laggard_behind_the_same_address() {
    let primary = OwnServer::start();
    let standby = primary.standby("second");
    primary.wait_for_standby("second", "async");
    let proxy = Proxy::to(&primary.host());
    let place = Place::on(primary.address().replace(&primary.host(), &proxy.host()));
    let server = serve(&place, &[]);
    let mut client = server.client();
    wait_for("the book is served", || client.get("/readyz").unwrap().status == 200);
    let card = client.post("/v1/gift-cards", "issue", &issue_body(1_000)).unwrap().expect(201);
    let (path, code) = (format!("/v1/gift-cards/{}", card.text("/id")), card.text("/code"));
    standby.wait_for_all_of(&primary);
    standby.stop(Stop::Fast);
    client.post("/v1/redemptions", "redeem", &redeem_body(&code, 400)).unwrap().expect(201);
    primary.stop(Stop::Immediate);
    standby.start_again();
    standby.promote();
    proxy.turn_to(&standby.host());
    // Nothing is written: neither cards nor lists may show what was before the redemption.
    let mut refused = 0;
    wait_for("it is refused", || {
        let shown = client.get(&path).unwrap();
        assert!([200, 503].contains(&shown.status), "{}", shown.body);
        if shown.status == 200 {
            assert_eq!(shown.number("/available/amount"), 600, "an old answer");
        }
        refused += usize::from(shown.status == 503);
        refused == 4
    });
    wait_for("it is refused", || server.log().contains("this book ends at record"));
    standby.stop(Stop::Immediate);
    primary.start_again();
    proxy.turn_to(&primary.host());
    wait_for("it goes on", || client.get(&path).unwrap().status == 200);
    assert_eq!(client.get(&path).unwrap().number("/available/amount"), 600);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn slow_lost_history_is_accepted_by_an_explicit_flag_only() {
    let primary = OwnServer::start();
    let standby = primary.standby("second");
    primary.wait_for_standby("second", "async");
    let place = Place::on(all_of(&[&primary, &standby]));
    let server = serve(&place, &[]);
    let load = Load::start(&server.address, "early");
    load.wait_for_more(30);
    let mut early = load.finish();
    standby.wait_for_all_of(&primary);
    standby.stop(Stop::Fast);
    let load = Load::start(&server.address, "late");
    load.wait_for_more(30);
    let late = load.finish();
    primary.stop(Stop::Immediate);
    standby.start_again();
    standby.promote();
    wait_for("it is refused", || server.log().contains("this book ends at record"));
    server.kill();
    // A restart alone accepts nothing.
    let server = serve(&place, &[]);
    wait_for("it is refused again", || server.log().contains("this book ends at record"));
    server.client().get("/readyz").unwrap().expect(503);
    assert_eq!(server.stop(), Some(0));
    let server = serve(&place, &["--accept-lost-history"]);
    let mut client = server.client();
    wait_for("the book is served", || client.get("/readyz").unwrap().status == 200);
    check(&mut client, &mut early);
    // Codes of cards that are gone are not found, so only cards can be made again.
    let issued: Vec<_> = late.into_iter().filter(|sent| sent.is_issue()).collect();
    assert!(lost(&mut client, &issued) > 0, "nothing was lost: the standby did not lag");
    assert_eq!(server.stop(), Some(0));
    // From now on this is the history, and what is answered on it is known.
    let server = serve(&place, &[]);
    let mut client = server.client();
    wait_for("the book is served", || client.get("/readyz").unwrap().status == 200);
    assert_eq!(server.stop(), Some(0));
    // The former primary has the other history, which is longer.
    standby.stop(Stop::Immediate);
    primary.start_again();
    let server = serve(&place, &[]);
    let refusal = "of this book is not the one that was committed";
    wait_for("the former primary is refused", || server.log().contains(refusal));
    assert_eq!(server.stop(), Some(0));
}
