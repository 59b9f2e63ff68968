//! Refunds: pending, unknown, stuck, redirected, given up, made by a store.

use payments::{Expiry, limits};

use crate::table::{check, check_with};
use crate::world::method;

#[test]
fn a_refund_pends_until_the_rail_says_how_it_ends() {
    check(
        "authorize 100
         captured 100
         open r1 30                     | captured | 100  0 30 0 0 70 | 100 0 0 0 70 30
         r1 due 0
         send r1
         send r1 -> NothingToChange
         give_up r1 -> OutcomePending       # it may be on the wire
         r1 unknown
         r1 = pending?
         r1 due 2
         r1 not_received
         r1 = pending
         r1 due 4
         r1 pending
         r1 due 8
         r1 pending -> NothingToChange      # a notice that nobody has asked for
         wait 8
         r1 pending                         # the answer to a question
         r1 due 16
         r1 succeeded                   | captured | 100 30  0 0 0 70 |     70 0 0 0 70 0
         r1 due never
         r1 pending -> NothingToChange
         r1 unknown -> NothingToChange
         send r1 -> RefundNotOpen
         give_up r1 -> RefundNotOpen
         retry r1 -> ConsentNotNeeded
         consent r1 other -> ConsentNotNeeded
         r1 succeeded attempt 2 -> Contradiction",
    );
}

#[test]
fn a_refund_that_was_not_sent_may_be_given_up() {
    check(
        "authorize 100
         captured 100
         open r1 30
         give_up r1                     | captured | 100 0 0 0 0 100
         r1 = failed
         give_up r1 -> NothingToChange
         send r1 -> RefundNotOpen
         r1 succeeded -> Contradiction",
    );
}

#[test]
fn a_method_that_is_gone_needs_consent_to_another() {
    check(
        "authorize 100
         captured 100
         open r1 30
         send r1
         r1 gone                        | captured | 100  0 30 0 0 70
         r1 = needs_consent
         r1 due never
         r1 succeeded -> Contradiction
         r1 gone -> NothingToChange
         r1 returned -> NothingToChange
         send r1 -> RefundNotOpen
         retry r1                       | captured | 100  0 30 0 0 70
         r1 = pending
         r1 gone attempt 1 -> NothingToChange
         r1 succeeded attempt 1 -> Contradiction
         send r1
         r1 gone
         give_up r1                     | captured | 100  0  0 0 0 100",
    );
}

#[test]
fn an_expired_method_needs_consent_before_anything_is_sent() {
    let mut expired = method(1, "sandbox");
    expired.expiry = Expiry::new(2026, 10);
    check_with(
        expired,
        "authorize 100
         captured 100
         open r1 30                     | captured | 100  0 30 0 0 70
         r1 = needs_consent
         r1 due never
         r1 succeeded -> Contradiction
         consent r1 other
         r1 = pending
         send r1
         r1 succeeded                   | captured | 100 30  0 0 0 70 |    100 0 0 0 70 0",
    );
}

#[test]
fn a_store_makes_its_refunds_itself() {
    let mut held = method(1, "store");
    held.is_store_mediated = true;
    check_with(
        held,
        "authorize 100
         captured 100 fee 30            | captured | 100  0 0 0 0 100 |  70 30 0 0 100 0
         open r1 40                     | captured | 100 0 40 0 0  60
         r1 due never
         give_up r1 -> OutcomePending
         r1 pending
         r1 due never
         dispute d1 100                 | captured | 100 0 40 0 60 0
         r1 = pending
         r1 succeeded                   | captured | 100 40 0 0 60 0 |    -70 30 100 0 60 0",
    );
}

/// Its name stays with it, so that nothing the store says of it is taken for another one.
#[test]
fn what_came_back_to_a_store_is_given_up_and_replaced() {
    let mut held = method(1, "store");
    held.is_store_mediated = true;
    check_with(
        held,
        "authorize 100
         captured 100
         open r1 40
         r1 pending
         r1 succeeded                   | captured | 100 40  0 0 0 60
         r1 failed                      | captured | 100  0 40 0 0 60
         r1 = needs_consent
         retry r1 -> HeldByStore
         dispute d1 100
         win d1                         | captured | 100  0 40 0 0 60
         r1 = needs_consent
         retry r1 -> HeldByStore
         give_up r1
         replace r1 r2                  | captured | 100  0 40 0 0 60
         r2 = pending
         r2 due never
         r2 succeeded                   | captured | 100 40  0 0 0 60",
    );
}

#[test]
fn what_fails_after_its_success_has_come_back() {
    for word in ["failed", "gone", "returned"] {
        check(&format!(
            "authorize 100
             captured 100
             open r1 30
             send r1
             r1 succeeded
             r1 {word}                  | captured | 100 0 30 0 0 70 | 100 0 0 0 70 30
             r1 = needs_consent
             r1 {word} -> NothingToChange"
        ));
    }
}

#[test]
fn a_return_may_be_heard_of_before_the_success() {
    check(
        "authorize 100
         captured 100
         open r1 30
         send r1
         r1 returned                    | captured | 100 0 30 0 0 70 | 100 0 0 0 70 30
         r1 = needs_consent
         r1 succeeded -> NothingToChange
         retry r1
         send r1
         r1 succeeded attempt 1 -> NothingToChange
         r1 succeeded                   | captured | 100 30 0 0 0 70 |     70 0 0 0 70 0",
    );
}

/// Found by random notices: the success is told again after the refund came back and was given up.
#[test]
fn a_success_told_late_is_old_news_whatever_followed() {
    check(
        "authorize 100
         captured 100
         open r1 30
         send r1
         r1 succeeded
         r1 returned
         dispute d1 100                 | captured | 100 0 0 0 100 0
         r1 = failed
         r1 succeeded -> NothingToChange
         r1 returned -> NothingToChange
         win d1                         | captured | 100 0 30 0 0 70 | 100 0 0 0 70 30
         r1 = pending
         r1 succeeded attempt 1 -> NothingToChange",
    );
}

#[test]
fn a_return_during_a_dispute_is_not_sent_again() {
    check(
        "authorize 100
         captured 100
         open r1 80
         send r1
         r1 succeeded
         dispute d1 100                 | captured | 100 80  0 0 20 0
         r1 returned                    | captured | 100  0 80 0 20 0
         retry r1 -> AmountExceedsRefundable
         consent r1 other -> AmountExceedsRefundable
         give_up r1                     | captured | 100  0  0 0 100 0
         win d1                         | captured | 100  0  0 0 0 100",
    );
}

#[test]
fn a_credit_counts_like_a_refund() {
    check(
        "authorize 100
         captured 100
         open r1 0 -> LimitExceeded
         open r1 30
         credit r1 -> ConsentNotNeeded
         send r1
         credit r1 -> ConsentNotNeeded
         r1 gone
         credit r1                      | captured | 100 0 0 30 0 70
         r1 = succeeded
         r1 due never
         credit r1 -> ConsentNotNeeded
         by_hand r1 -> ConsentNotNeeded
         retry r1 -> ConsentNotNeeded
         consent r1 other -> ConsentNotNeeded
         give_up r1 -> RefundNotOpen
         send r1 -> RefundNotOpen
         r1 gone -> NothingToChange
         r1 returned -> NothingToChange
         r1 succeeded -> Contradiction
         open r2 71 -> AmountExceedsRefundable
         open r2 70
         give_up r2                     | captured | 100 0 0 30 0 70
         credit r2                      | captured | 100 0 0 100 0 0 | 100 0 0 0 0 100",
    );
}

#[test]
fn a_refund_that_came_back_and_became_a_credit_does_not_come_back_again() {
    check(
        "authorize 100
         captured 100
         open r1 30
         send r1
         r1 succeeded
         r1 returned
         credit r1                      | captured | 100 0 0 30 0 70 | 100 0 0 0 70 30
         r1 succeeded -> NothingToChange
         r1 returned -> NothingToChange
         r1 failed -> NothingToChange",
    );
}

#[test]
fn what_is_stuck_is_paid_by_hand() {
    check(
        "authorize 100
         captured 100
         open r1 30
         by_hand r1 -> ConsentNotNeeded
         send r1
         r1 succeeded
         by_hand r1 -> ConsentNotNeeded
         r1 returned
         by_hand r1                     | captured | 100 30 0 0 0 70 | 100 0 0 0 70 0
         r1 = succeeded
         r1 returned -> NothingToChange     # the rail tells again what it told before
         r1 succeeded -> NothingToChange
         give_up r1 -> RefundNotOpen
         open r2 70
         send r2
         r2 failed
         replace r2 r3
         by_hand r2 -> NothingToChange
         give_up r3
         dispute d1 10
         by_hand r3 -> AmountExceedsRefundable
         credit r3 -> AmountExceedsRefundable
         win d1
         by_hand r3                     | captured | 100 100 0 0 0 0 | 100 0 0 0 0 0",
    );
}

#[test]
fn too_many_refunds_are_not_open_at_once() {
    let most = limits::OPEN_REFUNDS_PER_PAYMENT_MAX;
    let opened: String = (0..most).map(|index| format!("open r{index} 1\n")).collect();
    check(&format!(
        "authorize 100
         captured 100
         {opened}
         open r99 1 -> LimitExceeded
         send r0
         r0 succeeded
         open r99 1",
    ));
}

#[test]
fn no_such_refund() {
    check("authorize 100\n captured 100\n send r1 -> RefundNotFound\n win d1 -> DisputeNotFound");
}
