//! What only the sandbox has: a file that outlives the process.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use base::Span;
use outside::clock::ManualClock;
use rails::sandbox::{Sandbox, Settings};
use rails::{Outcome, PaymentStage, RefundStage, Secret};

use crate::world::{START, Way, World, succeeded};

fn open(path: &Path, clock: &ManualClock) -> std::io::Result<Sandbox> {
    let settings = Settings::new(3, Secret::new("whsec_test"));
    Sandbox::open(path, Arc::new(clock.clone()), settings)
}

fn world(path: &Path, clock: &ManualClock) -> World {
    World::around(Way::Direct, clock.clone(), open(path, clock).unwrap())
}

#[test]
fn a_restart_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.jsonl");
    let clock = ManualClock::new(START);

    let before = world(&path, &clock);
    let payment = before.captured("pay_1", "refund_pending", 500);
    let _pending = before.refund("rrf_1", &payment, 200);
    let lost = before.authorize("pay_2:authorize", "timeout", 300);
    assert!(matches!(lost, Outcome::Unknown(_)));
    let state = before.look(&payment);
    let waiting = before.messages().len();
    let _told = before.captured("pay_3", "ok", 100);
    drop(before);

    let after = world(&path, &clock);
    assert_eq!(after.look(&payment), state);
    assert!(waiting > 0 && after.messages().len() == 2, "messages come once");
    let again = succeeded(after.authorize("pay_1:authorize", "refund_pending", 500));
    assert_eq!(again.reference, payment);
    clock.advance(Span::days(2));
    let refund = succeeded(after.find_refund("rrf_1", &payment)).unwrap();
    assert_eq!(refund.stage, RefundStage::Succeeded);
    let found = succeeded(after.find("pay_2:authorize")).unwrap();
    assert_eq!(found.stage, PaymentStage::Authorized);
    let other = succeeded(after.authorize("pay_4:authorize", "ok", 500));
    assert_ne!(other.reference, payment);
}

#[test]
fn a_line_that_was_cut_is_an_operation_that_was_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.jsonl");
    let clock = ManualClock::new(START);
    let payment = world(&path, &clock).captured("pay_1", "ok", 500);
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"[{\"payment\":{\"id\":\"pi_").unwrap();
    drop(file);
    let after = world(&path, &clock);
    assert_eq!(after.look(&payment).stage, PaymentStage::Captured);
    let _next = after.captured("pay_2", "ok", 100);
    drop(after);
    assert_eq!(world(&path, &clock).look(&payment).captured.minor(), 500);
}

#[test]
fn a_second_process_is_told_that_the_file_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.jsonl");
    let clock = ManualClock::new(START);
    let first = open(&path, &clock).unwrap();
    let second = open(&path, &clock).map(drop).unwrap_err();
    assert!(second.to_string().contains("another process"), "{second}");
    drop(first);
    assert!(open(&path, &clock).is_ok());
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.jsonl");
    std::fs::write(&path, "[]\nnonsense\n[]\n").unwrap();
    assert!(open(&path, &ManualClock::new(START)).is_err());
}
