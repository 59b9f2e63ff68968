//! What a step leaves besides rows: events and reasons of transfers, each with its object.

use std::collections::BTreeSet;

use payments::{EventKind, Expiry, Method, Outcome};

use crate::deed::parse;
use crate::world::{World, method};

/// The payment has the number 1, refunds and disputes those of their names.
const CASES: &[(&str, &str, &str)] = &[
    ("authorize 9", "", ""),
    ("authorize 9 | authorized", "payment.authorized 1", ""),
    ("authorize 9 | action 1", "payment.action_required 1", ""),
    ("authorize 9 | declined", "payment.failed 1", ""),
    ("authorize 9 | unknown authorize", "", ""),
    ("authorize 9 | authorized | capture", "", ""),
    ("authorize 9 | authorized | capture | capture_refused", "payment.failed 1", ""),
    ("authorize 9 | authorized | void", "", ""),
    ("authorize 9 | authorized | void | voided", "payment.voided 1", ""),
    ("authorize 9 | captured 9", "payment.captured 1", "paid 1"),
    ("authorize 9 | captured 9 fee 2", "payment.captured 1", "paid 1, fee_kept 1"),
    ("authorize 9 | captured 9 | fee 2", "payment.fee_noted 1", "fee_kept 1"),
    ("authorize 9 | captured 9 | fee 0", "payment.fee_noted 1", ""),
    ("authorize 9 | captured 9 | open r4 2", "rail_refund.created 4", "refund_owed 4"),
    ("authorize 9 | captured 9 | open r4 2 | send r4", "", ""),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 succeeded",
        "rail_refund.succeeded 4",
        "refund_sent 4",
    ),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 succeeded | r4 returned",
        "rail_refund.returned 4",
        "refund_returned 4",
    ),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 returned",
        "rail_refund.returned 4",
        "refund_sent 4, refund_returned 4",
    ),
    ("authorize 9 | captured 9 | open r4 2 | send r4 | r4 failed", "rail_refund.failed 4", ""),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 gone",
        "rail_refund.consent_needed 4",
        "",
    ),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 gone | consent r4 other",
        "rail_refund.redirected 4",
        "",
    ),
    (
        "authorize 9 | captured 9 | open r4 2 | send r4 | r4 gone | retry r4",
        "rail_refund.retried 4",
        "",
    ),
    ("authorize 9 | captured 9 | open r4 2 | give_up r4", "rail_refund.failed 4", ""),
    (
        "authorize 9 | captured 9 | open r4 2 | give_up r4 | credit r4",
        "payment.credited 1, rail_refund.succeeded 4",
        "",
    ),
    (
        "authorize 9 | captured 9 | open r4 2 | give_up r4 | by_hand r4",
        "rail_refund.succeeded 4",
        "refund_sent 4",
    ),
    (
        "authorize 9 | captured 9 | open r4 9 | give_up r4 | credit r4 | dispute d6 9 | lose d6 \
         | take_back r4 9",
        "",
        "",
    ),
    ("authorize 9 | captured 9 | dispute d6 9", "dispute.opened 6", "disputed 6"),
    (
        "authorize 9 | captured 9 | open r4 2 | dispute d6 9",
        "dispute.opened 6, rail_refund.failed 4",
        "disputed 6",
    ),
    ("authorize 9 | captured 9 | dispute d6 9 | win d6", "dispute.won 6", "dispute_won 6"),
    ("authorize 9 | captured 9 | dispute d6 9 | lose d6", "dispute.lost 6", "dispute_lost 6"),
    (
        "authorize 9 | captured 9 | dispute d6 9 | lose d6 | dispute d6 9 stage 2",
        "dispute.reopened 6",
        "disputed 6",
    ),
    ("authorize 9 | captured 9 | dispute d6 9 | dispute d6 9 stage 2", "dispute.reopened 6", ""),
];

/// The last step of a script.
fn last_of(script: &str, method: Method) -> Outcome {
    let mut world = World::new(method);
    let mut last = Outcome::default();
    for step in script.split('|') {
        let words: Vec<&str> = step.split_whitespace().collect();
        last = world.apply(&parse(&words).unwrap()).unwrap();
    }
    last
}

#[test]
fn each_step_says_what_happened_and_why_money_moved() {
    for (script, events, reasons) in CASES {
        let outcome = last_of(script, method(1, "sandbox"));
        let told = |word: &str, subject: ledger::Subject| format!("{word} {}", subject.0[15]);
        let happened = outcome.events.iter().map(|(kind, subject)| told(kind.as_str(), *subject));
        assert_eq!(happened.collect::<Vec<_>>().join(", "), *events, "{script}");
        let moved = outcome.posted.transfers.iter();
        let moved = moved.map(|transfer| told(transfer.reason.as_str(), transfer.subject));
        assert_eq!(moved.collect::<Vec<_>>().join(", "), *reasons, "{script}");
    }
}

#[test]
fn every_kind_of_event_happens_in_the_cases() {
    let words = CASES.iter().flat_map(|(_, events, _)| events.split(", "));
    let happened: BTreeSet<&str> = words.filter_map(|event| event.split(' ').next()).collect();
    // A method is not made by a step of a script; `values.rs` makes one.
    let silent = EventKind::ALL.iter().filter(|kind| !happened.contains(kind.as_str()));
    assert_eq!(silent.collect::<Vec<_>>(), [&EventKind::MethodCreated]);
}

#[test]
fn a_refund_that_cannot_be_sent_says_so_at_once() {
    let mut expired = method(1, "sandbox");
    expired.expiry = Expiry::new(2026, 10);
    let outcome = last_of("authorize 9 | captured 9 | open r4 2", expired);
    let happened: Vec<EventKind> = outcome.events.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(happened, [EventKind::RefundCreated, EventKind::RefundConsentNeeded]);
}
