//! The states of a payment.

use base::{Currency, Money, Text};
use ledger::Position;
use payments::{CaptureAccounts, CaptureNotice, Context, NewPayment, Refusal, limits};
use payments::{authorize, note_capture};

use crate::deed::Deed;
use crate::table::check;
use crate::world::{World, method, money, purpose};

#[test]
fn a_payment_is_authorized_and_captured_once() {
    check(
        "authorize 100                  | authorizing | 0 0 0 0 0 0 | 0 0 0 0 0 0
         due 0
         authorize 100 -> IdTaken
         capture -> NotAuthorized
         authorized                     | authorized
         due never
         authorized -> NothingToChange
         declined -> Contradiction
         open r1 10 -> NotCaptured
         dispute d1 10 -> NotCaptured
         fee 3 -> NotCaptured
         capture                        | capturing
         due 0
         capture -> NothingToChange
         authorized -> NothingToChange
         captured 100 fee 3             | captured | 100 0 0 0 0 100 | 97 3 0 0 100 0
         due never
         captured 100 fee 3 -> NothingToChange
         captured 100 -> NothingToChange
         captured 90 fee 3 -> Contradiction
         captured 100 fee 4 -> Contradiction
         capture_refused -> Contradiction
         declined -> Contradiction
         voided -> Contradiction
         void_refused -> NothingToChange
         void -> AlreadyCaptured
         capture -> NothingToChange
         authorized -> NothingToChange  | captured | 100 0 0 0 0 100 | 97 3 0 0 100 0",
    );
}

#[test]
fn a_refused_payment_stays_refused() {
    check(
        "authorize 100
         declined                       | failed
         due never
         declined -> NothingToChange
         authorized -> Contradiction
         captured 100 -> Contradiction
         action 1 -> NothingToChange
         voided -> NothingToChange
         unknown authorize -> NothingToChange
         void -> NothingToChange
         capture -> NotAuthorized       | failed | 0 0 0 0 0 0 | 0 0 0 0 0 0",
    );
}

#[test]
fn a_refused_capture_ends_the_payment() {
    check(
        "authorize 100
         authorized
         capture_refused -> Contradiction   # nobody has asked
         capture
         declined -> Contradiction
         capture_refused                | failed
         capture_refused -> NothingToChange
         authorized -> NothingToChange      # true once, told late
         declined -> Contradiction
         captured 100 -> Contradiction",
    );
}

#[test]
fn the_payer_is_sent_to_a_challenge() {
    check(
        "authorize 100
         action 1                       | requires_action
         due 2
         action 1 -> NothingToChange        # a notice that nobody has asked for
         wait 2
         action 1                       | requires_action
         due 4                              # the answer to a question
         action 2                       | requires_action
         due 2                              # somewhere else now
         unknown authorize              | requires_action?
         action 2                       | requires_action
         authorized                     | authorized
         action 1 -> NothingToChange",
    );
}

#[test]
fn what_was_not_heard_is_asked_for_later_and_later() {
    check(
        "authorize 100
         unknown capture -> NothingToChange
         unknown authorize              | authorizing?
         due 2
         wait 2
         unknown authorize
         due 4
         void -> OutcomePending
         not_received authorize         | authorizing
         due 8
         authorized                     | authorized
         unknown authorize -> NothingToChange
         capture                        | capturing
         unknown capture                | capturing?
         due 2                              # another step begins to count anew
         void -> OutcomePending
         captured 100                   | captured",
    );
}

#[test]
fn a_payment_is_let_go() {
    check(
        "authorize 100
         authorized
         void_refused -> Contradiction
         void                           | voiding
         due 0
         void -> NothingToChange
         capture -> NotAuthorized
         void_refused                   | voiding
         due 2
         unknown void                   | voiding?
         void_refused                   | voiding
         authorized -> NothingToChange
         declined -> NothingToChange
         voided                         | voided
         due never
         voided -> NothingToChange
         void_refused -> NothingToChange
         capture_refused -> NothingToChange
         declined -> NothingToChange
         authorized -> NothingToChange
         captured 100 -> Contradiction  | voided | 0 0 0 0 0 0",
    );
}

#[test]
fn a_rail_may_let_go_by_itself() {
    check(
        "authorize 100
         authorized
         capture
         voided                         | voided
         capture_refused -> NothingToChange",
    );
    check(
        "authorize 100
         action 1
         void
         voided                         | voided",
    );
}

#[test]
fn money_that_was_taken_is_booked_in_every_open_state() {
    check("authorize 100\n captured 100 | captured | 100 0 0 0 0 100 | 100 0 0 0 100 0");
    check("authorize 100\n action 1\n captured 100 | captured");
    check("authorize 100\n authorized\n captured 100 | captured");
    check("authorize 100\n authorized\n void\n captured 100 | captured\n voided -> Contradiction");
}

#[test]
fn a_part_may_be_captured_but_never_nothing_or_more() {
    check(
        "authorize 100
         authorized
         capture
         captured 0 -> Contradiction
         captured 101 -> Contradiction
         captured 99                    | captured | 99 0 0 0 0 99 | 99 0 0 0 99 0
         open r1 100 -> AmountExceedsRefundable",
    );
}

#[test]
fn a_fee_may_be_told_later_but_once() {
    check(
        "authorize 100
         authorized
         capture
         captured 100                   | captured | 100 0 0 0 0 100 | 100 0 0 0 100 0
         captured 100 fee 3             | captured | 100 0 0 0 0 100 |  97 3 0 0 100 0
         fee 3 -> NothingToChange
         fee 0 -> Contradiction         | captured | 100 0 0 0 0 100 |  97 3 0 0 100 0",
    );
    check("authorize 9\n captured 9 fee 0\n fee 0 -> NothingToChange\n fee 1 -> Contradiction");
    check("authorize 9\n captured 9\n fee 30 | captured | 9 0 0 0 0 9 | -21 30 0 0 9 0");
    check("authorize 9\n captured 9 fee 1000000000001 -> LimitExceeded | authorizing");
}

#[test]
fn an_amount_is_above_zero_and_within_the_limit() {
    let most = limits::AMOUNT_MAX;
    check(&format!("authorize {most} | authorizing\n captured {most} | captured"));
    for amount in [0, most + 1] {
        let refused = World::new(method(1, "sandbox")).apply(&Deed::Authorize(amount));
        assert_eq!(refused.err(), Some(Refusal::LimitExceeded), "{amount}");
    }
}

/// 98,633 rupees elsewhere came back as a refund of 1,000: the amount was of another currency.
#[test]
fn another_currency_is_never_taken_for_this_one() {
    let context = Context { now: crate::world::start(), position: Position::start(1) };
    let id = base::PaymentId::from_bits(1);
    let new = NewPayment { id, amount: money(100), purpose: purpose(), return_url: None };
    let made = authorize(&new, &method(1, "sandbox"), None, context).unwrap();
    let yen = Money::new(100, Currency::JPY).unwrap();
    let check = |amount: Money, fee: Option<Money>| {
        let notice = CaptureNotice::Captured { amount, fee, reference: None };
        let noted = note_capture(&notice, &made.payments[0], CaptureAccounts::default(), context);
        assert_eq!(noted.err(), Some(Refusal::CurrencyMismatch));
    };
    check(yen, None);
    check(money(100), Some(yen));
}

#[test]
fn the_newest_reference_of_the_rail_is_kept() {
    let mut world = World::new(method(1, "sandbox"));
    world.apply(&Deed::Authorize(100)).unwrap();
    for name in ["pi_7", "pi_8"] {
        let reference = Some(Text::new(name).unwrap());
        let captured = CaptureNotice::Captured { amount: money(100), fee: None, reference };
        let context = Context { now: crate::world::start(), position: Position::start(1) };
        let accounts = CaptureAccounts::default();
        let named = note_capture(&captured, world.payment(), accounts, context).unwrap();
        let reference = named.payments[0].rail_reference.clone();
        assert_eq!(reference.unwrap().as_str(), name);
        // As if this had been told when it was authorized.
        let rail_reference = named.payments[0].rail_reference.clone();
        world.payment = Some(payments::Payment { rail_reference, ..world.payment().clone() });
    }
    world.apply(&Deed::Captured(100, None)).unwrap();
    assert_eq!(world.payment().rail_reference.as_ref().unwrap().as_str(), "pi_8");
}
