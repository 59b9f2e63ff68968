//! Several servers: the one that can write is meant, and a commit waits for its standby.

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use store::postgres::Database;
use store::{CommitError, Head, Reader, Store, StoreError};
use testbed::{OwnServer, Proxy, Stop, all_of};

use crate::support::{Scribe, Writes, book_name};

fn scribe(database: &Database) -> Scribe {
    let mut store: Box<dyn Store> = Box::new(database.book(&book_name()).unwrap());
    let head = store.take_over().unwrap();
    Scribe { store, head }
}

/// A primary whose commits wait for a standby, and that.
fn pair() -> (OwnServer, OwnServer) {
    let primary = OwnServer::start();
    let standby = primary.standby("second");
    primary.set("synchronous_standby_names", "second");
    primary.wait_for_standby("second", "sync");
    (primary, standby)
}

/// Does what waits for the standby, and tells PostgreSQL not to wait.
fn while_canceled<T>(primary: &OwnServer, work: impl FnOnce() -> T) -> T {
    let (done, is_done) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while primary.cancel_waits() == 0
                && is_done.recv_timeout(Duration::from_millis(10)).is_err()
            {}
        });
        let result = work();
        let _ = done.send(());
        result
    })
}

#[test]
fn slow_what_a_standby_has_not_confirmed_is_not_done() {
    let (primary, standby) = pair();
    // An account whose own settings ask for less is not listened to.
    testbed::run(&primary.address(), "alter role makegood set synchronous_commit to off");
    let database = Database::at(&primary.address()).unwrap();
    let mut scribe = scribe(&database);
    scribe.write(&Writes::default()).unwrap();
    standby.stop(Stop::Fast);
    let before = scribe.head;
    let block = scribe.next_block(before.at_micros + 1, 1);
    let next = scribe.head_after(&block);
    let told = while_canceled(&primary, || scribe.commit(Some(&block), next, &Writes::default()));
    let is_doubted = |error: &StoreError| matches!(error, StoreError::SyncFailed(_));
    assert!(matches!(&told, Err(CommitError::Unknown(error)) if is_doubted(error)), "{told:?}");
    // The primary shows it, and it may go with the primary: nobody may build on it.
    assert_eq!(database.reader(&book_name()).unwrap().head().unwrap(), next);
    let settled = while_canceled(&primary, || scribe.store.settle(next.epoch));
    assert!(matches!(&settled, Err(error) if is_doubted(error)), "{settled:?}");
    let mut other = database.book(&book_name()).unwrap();
    let taken = while_canceled(&primary, || other.take_over());
    assert!(matches!(&taken, Err(error) if is_doubted(error)), "{taken:?}");
    // With the standby everything before is confirmed as well.
    standby.start_again();
    primary.wait_for_standby("second", "sync");
    let head = other.take_over().unwrap();
    assert_eq!(head, Head { epoch: head.epoch, ..next });
}

#[test]
fn slow_a_commit_that_waits_for_its_standby_for_too_long_is_unknown() {
    let (primary, standby) = pair();
    let mut scribe = scribe(&Database::at(&primary.address()).unwrap());
    standby.stop(Stop::Fast);
    let told = scribe.write(&Writes::default());
    assert!(matches!(told, Err(CommitError::Unknown(_))), "{told:?}");
    standby.start_again();
    let before = scribe.head;
    // The connection that waits still has the row.
    let settled = (0..5).find_map(|_| scribe.store.settle(before.epoch).ok()).unwrap();
    assert_eq!((settled.seq, settled.epoch), (before.seq + 1, before.epoch + 1));
}

#[test]
fn slow_of_several_hosts_the_one_that_can_write_is_used() {
    let (primary, standby) = pair();
    let plain = format!("postgres://makegood@{},{}/postgres", standby.host(), primary.host());
    for address in [plain, all_of(&[&standby, &primary])] {
        scribe(&Database::at(&address).unwrap()).write(&Writes::default()).unwrap();
    }
    // An address that leads to the standby meanwhile: that is no damage, and passes.
    let line = Proxy::to(&primary.host());
    let address = primary.address().replace(&primary.host(), &line.host());
    let mut led = Database::at(&address).unwrap().book(&book_name()).unwrap();
    line.turn_to(&standby.host());
    let told = led.take_over();
    assert!(told.as_ref().is_err_and(StoreError::is_transient), "{told:?}");
    let database = Database::at(&all_of(&[&primary, &standby])).unwrap();
    let mut scribe = scribe(&database);
    scribe.write(&Writes::default()).unwrap();
    let before = scribe.head;
    primary.stop(Stop::Immediate);
    let while_away = scribe.write(&Writes::default());
    assert!(while_away.is_err(), "{while_away:?}");
    standby.promote();
    let settled = scribe.store.settle(before.epoch).unwrap();
    assert_eq!(settled, Head { epoch: before.epoch + 1, ..before });
    scribe.head = settled;
    scribe.write(&Writes::default()).unwrap();
    // Somebody starts the former primary again beside the new one: nobody goes back to it.
    primary.start_again();
    let mut store: Box<dyn Store> = Box::new(database.book(&book_name()).unwrap());
    assert_eq!(store.head().unwrap(), scribe.head);
}

#[test]
fn slow_a_host_that_says_nothing_does_not_hide_the_next_one() {
    // It takes the connection and is silent, as a machine that is stopped does.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = testbed::shared_database();
    let (start, rest) = address.split_once('@').unwrap();
    let address = format!("{start}@{},{rest}", silent.local_addr().unwrap());
    let database = Database::at(&address).unwrap();
    database.control().unwrap();
}
