//! Disputes: opened, decided, reopened, larger than the payment, told in any order.

use payments::Refusal;

use crate::deed::Deed;
use crate::table::{check, check_promotion};
use crate::world::{World, method, money};

#[test]
fn a_dispute_takes_all_and_gives_it_back_when_won() {
    check(
        "authorize 100
         captured 100 fee 3
         dispute d1 100                 | captured | 100 0 0 0 100 0 | -3 3 100 0 100 0
         dispute d1 100 -> NothingToChange
         dispute d1 99 -> Contradiction
         dispute d2 0 -> LimitExceeded
         dispute d2 1000000000001 -> LimitExceeded
         win d1                         | captured | 100 0 0 0 0 100 | 97 3 0 0 100 0
         win d1 -> NothingToChange
         lose d1 -> Contradiction
         dispute d1 100 -> NothingToChange
         d1 = won",
    );
}

#[test]
fn a_lost_dispute_stays_counted() {
    check(
        "authorize 100
         captured 100
         dispute d1 60                  | captured | 100 0 0 0 60 40 |  40 0 60 0 100 0
         lose d1                        | captured | 100 0 0 0 60 40 |  40 0 0 60 100 0
         lose d1 -> NothingToChange
         win d1 -> Contradiction
         open r1 101 -> AmountExceedsRefundable
         open r1 41                     | captured | 100 0 40 0 60 0 |  40 0 0 59 59 40
         open r2 59                     | captured | 100 0 40 0 60 0 |  40 0 0 0 0 40
         r1 = pending
         r2 = succeeded                     # the bank has paid it, and nobody else lost",
    );
}

#[test]
fn of_a_promotion_the_bank_has_paid_what_is_asked_back_first() {
    check_promotion(
        "authorize 100
         captured 100
         dispute d1 40
         lose d1                        | captured | 100 0 0 0 40 60 |  60 0 0 40 100 0
         open r1 30                     | captured | 100 0 0 0 40 60 |  60 0 0 10 70 0
         r1 = succeeded                     # the bank has paid it
         open r2 30                     | captured | 100 0 20 0 40 40 | 60 0 0 0 40 20
         dispute d2 10                  | captured | 100 0 20 0 50 30 | 50 0 10 0 40 20
         lose d2                        | captured | 100 0 10 0 50 40 | 50 0 0 0 40 10
         dispute d1 40 stage 2          | captured | 100 0 10 0 50 40 | 50 0 40 0 40 50
         win d1 stage 2                 | captured | 100 0 50 0 10 40 | 90 0 0 0 40 50
         open r3 40                     | captured | 100 0 90 0 10 0 |  90 0 0 0 0 90",
    );
    // Two were lost, and one is enough for what was asked back.
    check_promotion(
        "authorize 100
         captured 100
         dispute d1 40
         lose d1
         dispute d2 40
         lose d2
         open r1 40                     | captured | 100 0 0 0 80 20 |  20 0 0 40 60 0
         dispute d1 40 stage 2          | captured | 100 0 0 0 80 20 |  20 0 40 0 60 0
         win d1 stage 2                 | captured | 100 0 0 0 40 60 |  60 0 0 0 60 0",
    );
}

#[test]
fn a_dispute_may_take_more_than_the_payment() {
    check(
        "authorize 100
         captured 100
         dispute d1 130                 | captured | 100 0 0 0 100 0 | -30 0 130 0 100 0
         win d1                         | captured | 100 0 0 0 0 100 | 100 0 0 0 100 0",
    );
}

#[test]
fn a_later_stage_reopens_what_was_decided() {
    check(
        "authorize 100
         captured 100
         dispute d1 60
         win d1
         dispute d1 70 stage 2          | captured | 100 0 0 0 70 30 |  30 0 70 0 100 0
         win d1 -> NothingToChange          # of the stage before, told again
         lose d1 stage 2                | captured | 100 0 0 0 70 30 |  30 0 0 70 100 0
         win d1 stage 3 -> DisputeNotOpen
         dispute d1 60 stage 3 -> Contradiction
         dispute d1 70 stage 3          | captured | 100 0 0 0 70 30 |  30 0 70 0 100 0
         dispute d1 70 stage 2 -> NothingToChange
         dispute d1 70 stage 4          | captured | 100 0 0 0 70 30 |  30 0 70 0 100 0
         win d1 stage 4                 | captured | 100 0 0 0 0 100 | 100 0 0 0 100 0",
    );
}

#[test]
fn a_later_stage_may_be_heard_of_first() {
    check(
        "authorize 100
         captured 100
         dispute d1 60 stage 2          | captured | 100 0 0 0 60 40 |  40 0 60 0 100 0
         dispute d1 60 -> NothingToChange
         lose d1 -> NothingToChange
         win d1 stage 2                 | captured | 100 0 0 0 0 100 | 100 0 0 0 100 0",
    );
}

#[test]
fn of_the_refunds_that_were_not_sent_the_newer_give_way_and_one_is_cut() {
    check(
        "authorize 100
         captured 100
         open r1 10
         send r1
         open r2 30
         open r3 20
         open r4 5
         dispute d1 60                  | captured | 100 0 40 0 60 0
         r2 = pending
         r3 = failed
         r4 = failed
         dispute d2 5                   | captured | 100 0 35 0 65 0 |  35 0 65 0 35 65
         r2 = pending
         r50 = failed                       # 5 of it are kept back
         win d1                         | captured | 100 0 65 0 5 30 |  95 0 5 0 35 65
         r50 = pending
         r3 = pending
         r4 = pending",
    );
}

#[test]
fn a_refund_that_waits_for_consent_gives_way_too() {
    check(
        "authorize 100
         captured 100
         open r1 50
         send r1
         r1 gone
         dispute d1 100                 | captured | 100 0 0 0 100 0
         r1 = failed",
    );
}

#[test]
fn what_crosses_a_dispute_on_the_way_opens_no_room() {
    check(
        "authorize 100
         captured 100
         open r1 60
         send r1
         dispute d1 100                 | captured | 100  0 60 0 40 0 |   0 0 100 0 40 60
         r1 succeeded                   | captured | 100 60  0 0 40 0 |    -60 0 100 0 40 0
         open r2 1 -> AmountExceedsRefundable
         win d1                         | captured | 100 60  0 0 0 40 |     40 0 0 0 40 0
         dispute d2 30
         dispute d1 30 stage 2          | captured | 100 60  0 0 40 0 |    -20 0 60 0 40 0
         lose d2                        | captured | 100 60  0 0 40 0 |    -20 0 30 30 40 0
         win d1 stage 2                 | captured | 100 60  0 0 30 10 |    10 0 0 30 40 0",
    );
}

/// The cap holds even when the caller forgets the refunds that should give way.
#[test]
fn a_refund_that_a_dispute_was_not_told_of_is_not_sent() {
    let mut world = World::new(method(1, "sandbox"));
    world.hides_refunds = true;
    for deed in [Deed::Authorize(100), Deed::Captured(100, None), Deed::Open(1, 30)] {
        world.apply(&deed).unwrap();
    }
    world.apply(&Deed::Dispute(1, 100, 1)).unwrap();
    let refused = world.apply(&Deed::Send(1)).err();
    assert_eq!(refused, Some(Refusal::AmountExceedsRefundable { refundable: money(0) }));
    world.apply(&Deed::Win(1, 1)).unwrap();
    world.apply(&Deed::Send(1)).unwrap();
}

#[test]
fn the_id_of_another_payments_dispute_is_taken() {
    let mut world = World::new(method(1, "sandbox"));
    for deed in [Deed::Authorize(100), Deed::Captured(100, None), Deed::Dispute(1, 100, 1)] {
        world.apply(&deed).unwrap();
    }
    let row = world.disputes.values_mut().next().unwrap();
    row.payment = base::PaymentId::from_bits(2);
    assert_eq!(world.apply(&Deed::Dispute(1, 100, 2)).err(), Some(Refusal::IdTaken));
}

#[test]
fn what_is_owed_and_disputed_is_paid_once() {
    // All of it was to go back; 30 go back through the bank, and nothing is lost.
    check(
        "authorize 100
         captured 100
         open r1 100
         dispute d1 30                  | captured | 100 0 70 0 30 0 |  70 0 30 0 0 100
         r50 = failed
         lose d1                        | captured | 100 0 70 0 30 0 |  70 0 0 0 0 70
         r50 = succeeded
         replace r50 r2 -> RefundNotFailed
         give_up r50 -> RefundNotOpen
         send r1
         r1 succeeded                   | captured | 100 70 0 0 30 0 |  0 0 0 0 0 0",
    );
    // What the rail has refused is replaced as far as there is room, and the rest stays.
    check(
        "authorize 100
         captured 100
         open r1 100
         send r1
         r1 failed
         dispute d1 30
         replace r1 r2                  | captured | 100 0 70 0 30 0
         replace r1 r3 -> AmountExceedsRefundable
         win d1                         | captured | 100 0 70 0 0 30
         replace r1 r3                  | captured | 100 0 100 0 0 0
         replace r1 r4 -> NothingToChange",
    );
    // What crossed on the wire is owed no more when it fails.
    check(
        "authorize 100
         captured 100
         open r1 100
         send r1
         dispute d1 30
         lose d1                        | captured | 100 0 100 0 0 0 |  70 0 0 30 0 100
         r1 failed                      | captured | 100 0 0 0 30 70 |  70 0 0 0 0 70
         replace r1 r2                  | captured | 100 0 70 0 30 0",
    );
}

#[test]
fn a_lost_dispute_that_is_reopened_owes_again_what_it_had_paid() {
    check(
        "authorize 100
         captured 100
         open r1 60
         dispute d1 100                 | captured | 100 0 0 0 100 0 |  0 0 100 0 40 60
         lose d1                        | captured | 100 0 0 0 100 0 |  0 0 0 40 40 0
         r1 = succeeded
         dispute d1 100 stage 2         | captured | 100 0 0 0 100 0 |  0 0 100 0 40 60
         r50 = failed
         win d1 stage 2                 | captured | 100 0 60 0 0 40 |  100 0 0 0 40 60
         r50 = pending",
    );
}

#[test]
fn what_was_taken_in_vain_goes_back_whatever_a_dispute_takes() {
    check(
        "authorize 100
         captured 100
         dispute d1 30
         give_back r1 r2                | captured | 100 0 70 0 30 0 |  70 0 30 0 0 100
         r1 = pending
         r2 = failed
         give_back r3 r4 -> NothingToChange
         win d1                         | captured | 100 0 100 0 0 0 |  100 0 0 0 0 100
         r2 = pending",
    );
    check(
        "authorize 100
         captured 100
         dispute d1 130
         lose d1
         give_back r1 r2                | captured | 100 0 0 0 100 0 |  -30 0 0 30 0 0
         r1 = succeeded",
    );
}

#[test]
fn what_was_given_in_another_form_is_not_paid_by_a_bank_as_well() {
    // It is disputed last but for what was sent, and taken back once that is lost. Whoever has
    // taken the other form back posts it: here the loss stays.
    check(
        "authorize 100
         captured 100
         open r1 60
         give_up r1
         credit r1                      | captured | 100 0 0 60 0 40
         take_back r1 1 -> AmountExceedsRefundable
         dispute d1 70                  | captured | 100 0 0 60 40 0
         take_back r1 1 -> AmountExceedsRefundable
         lose d1                        | captured | 100 0 0 60 40 0 |  30 0 0 70 40 60
         take_back r1 0 -> LimitExceeded
         take_back r1 31 -> AmountExceedsRefundable
         take_back r1 10                | captured | 100 0 0 50 50 0
         r1 = succeeded
         take_back r1 20                | captured | 100 0 0 30 70 0
         take_back r1 1 -> AmountExceedsRefundable
         take_back r2 1 -> RefundNotFound",
    );
    // A lost dispute that goes on owes again what was taken back.
    check(
        "authorize 100
         captured 100
         open r1 100
         give_up r1
         credit r1
         dispute d1 100                 | captured | 100 0 0 100 0 0
         lose d1
         take_back r1 100               | captured | 100 0 0 0 100 0
         take_back r1 1 -> RefundNotOpen
         dispute d1 100 stage 2         | captured | 100 0 0 0 100 0
         r50 = failed
         credit r50 -> AmountExceedsRefundable
         win d1 stage 2                 | captured | 100 0 100 0 0 0
         r50 = pending",
    );
}
