//! Failures that other systems have published, as tests by name.

use crate::table::check;

/// Two refunds of 60 at the same time, of a payment of 100: elsewhere both went out.
/// Source: <https://github.com/juspay/hyperswitch/issues/13182>.
#[test]
fn two_concurrent_refunds_above_the_capture() {
    check(
        "authorize 100
         authorized
         capture
         captured 100 fee 3                       | captured | 100  0  0 0 0 100 |  97 3 0 0 100 0
         open r1 60                               | captured | 100  0 60 0 0  40 |  97 3 0 0 40 60
         open r2 60 -> AmountExceedsRefundable    | captured | 100  0 60 0 0  40
         send r1
         open r2 60 -> AmountExceedsRefundable
         r1 unknown                               # it may be on the wire, so it counts
         open r2 41 -> AmountExceedsRefundable
         open r2 40                               | captured | 100  0 100 0 0 0
         r1 succeeded                             | captured | 100 60 40 0 0   0 |     37 3 0 0 0 40
         send r2
         r2 succeeded                             | captured | 100 100 0 0 0 0 |      -3 3 0 0 0 0
         open r3 1 -> AmountExceedsRefundable",
    );
}

/// Elsewhere a refund during a chargeback pays twice.
/// Source: <https://github.com/Automattic/woocommerce-payments/issues/6378>.
#[test]
fn a_refund_during_a_dispute() {
    check(
        "authorize 100
         authorized
         capture
         captured 100
         open r1 20                               # not sent: it gives way when it must
         open r2 10
         send r2
         dispute d1 100                           | captured | 100  0 10 0 90 0 | 0 0 100 0 70 30
         r1 = failed
         r2 = pending
         open r3 1 -> AmountExceedsRefundable
         r2 failed                                | captured | 100  0  0 0 100 0
         open r3 1 -> AmountExceedsRefundable     # what was freed is the dispute's
         win d1                                   | captured | 100  0 20 0 0  80 | 100 0 0 0 70 30
         r1 = pending                             # it goes on
         open r3 30                               | captured | 100  0 50 0 0  50
         dispute d2 50                            | captured | 100  0 50 0 50  0 |  50 0 50 0 40 60
         r3 = pending                             # it fits beside the dispute
         open r4 1 -> AmountExceedsRefundable
         send r3
         r3 succeeded                             | captured | 100 30 20 0 50  0 | 20 0 50 0 40 30
         lose d2                                  | captured | 100 30 20 0 50  0 | 20 0 0 40 40 20
         r2 = succeeded                           # the bank has paid what was still owed",
    );
}

/// Elsewhere the second of two equal refunds is taken for a repetition of the first.
/// Source: <https://github.com/Mangopay/mangopay/issues/60>.
#[test]
fn equal_partial_refunds_are_two_refunds() {
    check(
        "authorize 100
         authorized
         capture
         captured 100
         open r1 10
         open r1 10 -> IdTaken
         open r2 10                               | captured | 100  0 20 0 0 80
         send r1
         send r2
         r1 succeeded
         r2 succeeded                             | captured | 100 20  0 0 0 80 |    80 0 0 0 80 0
         r2 succeeded -> NothingToChange          | captured | 100 20  0 0 0 80",
    );
}

#[test]
fn a_failed_refund_frees_its_amount() {
    check(
        "authorize 100
         authorized
         capture
         captured 100
         open r1 100
         send r1
         r1 pending                               | captured | 100  0 100 0 0   0 | 100 0 0 0 0 100
         open r2 1 -> AmountExceedsRefundable
         r1 failed                                | captured | 100  0   0 0 0 100 | 100 0 0 0 0 100
         r1 failed -> NothingToChange
         r1 pending -> NothingToChange            # told late
         r1 succeeded -> Contradiction
         retry r1 -> ConsentNotNeeded             # another one takes its place
         replace r1 r1 -> IdTaken
         replace r1 r2                            | captured | 100  0 100 0 0   0 | 100 0 0 0 0 100
         replace r1 r3 -> NothingToChange         # one took its place
         replace r2 r3 -> RefundNotFailed
         send r2
         r2 succeeded                             | captured | 100 100  0 0 0   0 |   0 0 0 0 0 0",
    );
}

/// A refund that had succeeded fails days later: elsewhere nobody owes it any more.
#[test]
fn a_refund_that_comes_back_is_owed_again() {
    check(
        "authorize 100
         authorized
         capture
         captured 100
         open r1 40
         send r1
         r1 succeeded                             | captured | 100 40  0 0 0 60 |  60 0 0 0 60 0
         wait 864000
         r1 returned                              | captured | 100  0 40 0 0 60 | 100 0 0 0 60 40
         r1 = needs_consent
         r1 due never
         r1 succeeded -> NothingToChange          # told again, late
         r1 returned -> NothingToChange
         open r2 61 -> AmountExceedsRefundable    # the money that is owed counts
         consent r1 store -> HeldByStore
         consent r1 unreachable -> MethodCannotReceive
         consent r1 expired -> MethodExpired
         consent r1 other                         | captured | 100  0 40 0 0 60
         r1 due 0
         r1 returned attempt 1 -> NothingToChange
         send r1
         r1 succeeded                             | captured | 100 40  0 0 0 60 | 100 0 0 0 60 0",
    );
}
