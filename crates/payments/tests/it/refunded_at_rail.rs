//! Refunds that somebody has made at the rail itself: kept as disputes that are lost at once.

use crate::table::{check, check_promotion};

#[test]
fn it_has_paid_what_is_asked_back_later_as_far_as_there_is_no_room() {
    check(
        "authorize 100
         captured 100
         refunded_at_rail d1 100        | captured | 100 0 0 0 100 0 | 0 0 100 0 100 0
         lose d1                        | captured | 100 0 0 0 100 0 | 0 0 0 100 100 0
         refunded_at_rail d1 100 -> NothingToChange
         lose d1 -> NothingToChange
         open r1 30                     | captured | 100 0 0 0 100 0 | 0 0 0 70 70 0
         r1 = succeeded                     # and no rail is called
         r1 due never
         open r2 71 -> AmountExceedsRefundable
         open r2 70                     | captured | 100 0 0 0 100 0 | 0 0 0 0 0 0
         d1 = lost",
    );
    check_promotion(
        "authorize 100
         captured 100
         refunded_at_rail d1 40
         lose d1
         open r1 30                     | captured | 100 0 0 0 40 60 | 60 0 0 10 70 0
         r1 = succeeded",
    );
}

#[test]
fn what_was_owed_is_paid_by_it_and_nothing_pays_it_again() {
    check(
        "authorize 100
         captured 100
         open r1 100
         send r1
         r1 gone                        | captured | 100 0 100 0 0 0 | 100 0 0 0 0 100
         refunded_at_rail d1 100        | captured | 100 0 0 0 100 0 | 0 0 100 0 0 100
         r1 = failed
         credit r1 -> AmountExceedsRefundable
         by_hand r1 -> AmountExceedsRefundable
         replace r1 r2 -> AmountExceedsRefundable
         lose d1                        | captured | 100 0 0 0 100 0 | 0 0 0 0 0 0
         r1 = succeeded
         credit r1 -> ConsentNotNeeded
         by_hand r1 -> ConsentNotNeeded
         retry r1 -> ConsentNotNeeded
         replace r1 r2 -> RefundNotFailed",
    );
}

#[test]
fn one_in_the_place_of_ours_that_is_stuck_is_ours() {
    check(
        "authorize 100
         captured 100
         open r1 60
         at_rail r1 -> ConsentNotNeeded
         send r1
         at_rail r1 -> ConsentNotNeeded
         r1 succeeded
         at_rail r1 -> ConsentNotNeeded
         r1 returned
         at_rail r1                     | captured | 100 60 0 0 0 40 | 40 0 0 0 40 0
         r1 = succeeded
         r1 returned attempt 1 -> NothingToChange
         r1 succeeded attempt 1 -> NothingToChange
         r1 succeeded -> NothingToChange
         retry r1 -> ConsentNotNeeded
         r1 returned                         # that one came back as well
         r1 = needs_consent
         at_rail r1
         r1 = succeeded
         open r2 40
         send r2
         r2 failed
         dispute d1 30
         at_rail r2 -> AmountExceedsRefundable
         win d1
         at_rail r2                     | captured | 100 100 0 0 0 0 | 0 0 0 0 0 0
         r2 = succeeded",
    );
}

#[test]
fn while_a_refund_of_ours_may_be_it_nothing_is_booked() {
    check(
        "authorize 100
         captured 100
         open r1 60
         refunded_at_rail d1 40         | captured | 100 0 60 0 40 0 | 60 0 40 0 40 60
         lose d1
         send r1
         refunded_at_rail d2 60 -> OutcomePending
         r1 unknown
         refunded_at_rail d2 60 -> OutcomePending
         dispute d3 40                      # a bank is believed at once
         win d3
         r1 pending                         # by a name, so it is another one
         refunded_at_rail d2 60         | captured | 100 0 60 0 40 0 | 0 0 60 40 40 60
         lose d2                        | captured | 100 0 60 0 40 0 | 0 0 0 100 40 60
         r1 failed                      | captured | 100 0 0 0 100 0 | 0 0 0 40 40 0
         r1 = succeeded",
    );
}

#[test]
fn a_bank_may_dispute_what_was_refunded_there() {
    // In either order: what the payer has twice is known once the bank has decided.
    let refunded_first = "authorize 100
         captured 100
         refunded_at_rail d1 100
         lose d1
         dispute d2 100
         lose d2
         d1 = lost
         d2 = lost";
    let disputed_first = "authorize 100
         captured 100
         dispute d2 100
         refunded_at_rail d1 100
         lose d1
         lose d2
         d1 = lost
         d2 = lost";
    check(refunded_first);
    check(disputed_first);
}

#[test]
fn it_is_never_more_than_what_is_not_lost() {
    check(
        "authorize 100
         captured 100
         refunded_at_rail d1 101 -> Contradiction
         refunded_at_rail d1 60
         lose d1
         refunded_at_rail d2 41 -> Contradiction
         dispute d3 40
         win d3
         refunded_at_rail d2 40         | captured | 100 0 0 0 100 0 | 0 0 40 60 100 0",
    );
    // What was paid by hand has not left over the rail: the payer has both, and that is a loss.
    check(
        "authorize 100
         captured 100
         open r1 60
         send r1
         r1 gone
         by_hand r1                     | captured | 100 60 0 0 0 40 | 100 0 0 0 40 0
         refunded_at_rail d1 100        | captured | 100 60 0 0 40 0 | 0 0 100 0 40 0
         lose d1                        | captured | 100 60 0 0 40 0 | 0 0 0 100 40 0",
    );
}

#[test]
fn one_that_comes_back_is_owed_again_as_far_as_it_had_paid() {
    check(
        "authorize 100
         captured 100
         refunded_at_rail d1 100
         lose d1
         open r1 70                     | captured | 100 0 0 0 100 0 | 0 0 0 30 30 0
         refunded_at_rail d1 100 stage 2 | captured | 100 0 0 0 100 0 | 0 0 100 0 30 70
         win d1 stage 2                 | captured | 100 0 70 0 0 30 | 100 0 0 0 30 70
         r50 = pending",
    );
}
