//! Paying: all tenders or none, whatever rails say, in any order.

use crate::checkouts::SHOP;
use crate::script::{check, run};

/// A checkout of 15.00 that two cards and two methods pay.
pub const SPLIT: &str = "
    checkout K goods:S:1000@C service:T:500
    add K A holds=ha
    add K B holds=hb
    add K method m 200
    add K method n";

#[test]
fn cards_that_pay_everything_need_no_rail() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000+81@C service:T:500 shipping:200
         add K A
         add K B
         issue D 1000
         add K D
         pay K O => K:paid O:paid K.tenders paid,paid,paid A 0 order/clearing 0 S 1050 T 500 C 50
          => commission 100 tax/US-CA 81
         => events ..,hold.captured,hold.captured,checkout.paid,order.paid
         pay K O2 -> checkout_paid"
    ));
    // What costs nothing is ordered without anybody paying.
    check(
        "seller S 0
         checkout K goods:S:0
         pay K O => K:paid O:paid
         add K A -> gift_card_not_found",
    );
}

#[test]
fn a_split_tender_is_captured_when_everything_is_reserved() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2 => K:paying A 700/700 B 300/300 p1:authorizing p2:authorizing
         => K.tenders paying,paying,paying,paying
         authorized p1 => p1:authorized p2:authorizing K:paying
         authorized p1 -> nothing_to_change
         authorized p2 => p1:capturing p2:capturing
         captured p1 200 fee=10 => p1:captured K:paying order/clearing 200 rail/sandbox/clearing 190
         captured p2 300 order=O => K:paid O:paid A 0 B 0 ha:captured hb:captured order/clearing 0
         => S 850 T 500 C 50 commission 100
         captured p2 300 -> nothing_to_change
         fee p2 5 => p2.cap 300/0/0/0 rail/stripe/clearing 295
         abandon K -> not_due"
    ));
}

#[test]
fn one_refusal_and_nobody_has_paid() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         authorized p1
         declined p2 insufficient_funds => K:failed K.why insufficient_funds
         => K.tenders released,released,released,failed A 700 B 300 ha:released p1:voiding
         => events payment.failed,checkout.failed,hold.released,hold.released
         declined p2 -> nothing_to_change
         voided p1 => p1:voided order/clearing 0
         pay K O -> not_covered 1500
         add K A => K:open K.why - K.t5 l1:700
         add K method m
         pay K O p3 => K:paying
         declined p2 -> nothing_to_change                # late news of the attempt before
         authorized p3
         captured p3 800 order=O => K:paid O:paid"
    ));
}

#[test]
fn what_was_taken_before_another_failed_goes_back() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         authorized p1
         authorized p2
         captured p1 200
         uncaptured p2 refunds=x1,x2 => K:failed K.why card_declined p1:captured p1.cap 200/0/200/0
         => x1:pending A 700 order/clearing 0 refund/payable 200
         begin x1
         told x1 succeeded => x1:succeeded p1.cap 200/200/0/0 refund/payable 0
         => rail/sandbox/clearing 0"
    ));
}

#[test]
fn an_answer_that_comes_when_all_is_over_is_dealt_with() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         declined p1 => K:failed p2:authorizing
         authorized p2 => p2:voiding
         voided p2 => p2:voided"
    ));
    // Some rails take money at once: it goes back.
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         declined p1
         captured p2 300 refunds=x => p2:captured x:pending order/clearing 0 refund/payable 300
         captured p2 300 -> nothing_to_change
         give_up x => x:failed p2.cap 300/0/0/0
         captured p2 300 fee=7 => p2.cap 300/0/0/0 refund/payable 300    # no second refund"
    ));
}

#[test]
fn a_rail_that_takes_money_at_once_needs_no_capture() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         captured p1 200 => K:paying p1:captured p2:authorizing
         authorized p2 => p2:capturing
         captured p2 300 order=O => K:paid"
    ));
}

#[test]
fn less_than_was_asked_for_is_not_enough() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K A
         add K method m
         pay K O p
         authorized p
         captured p 299 refunds=x => K:failed K.why captured_less x:pending A 700 order/clearing 0
         => p.cap 299/0/299/0"
    ));
}

#[test]
fn the_payer_is_asked_and_the_checkout_says_so() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         action p1 => K:requires_action K.tenders paying,paying,requires_action,paying
         => events payment.action_required,checkout.action_required
         authorized p2 => K:requires_action p2:authorized
         pay K O -> checkout_paying
         add K method m -> checkout_paying
         wait 2d
         abandon K -> not_due                            # it never expires under the rail
         unheard p1 authorize => K:requires_action
         authorized p1 => K:paying p1:capturing p2:capturing
         captured p1 200
         captured p2 300 order=O => K:paid"
    ));
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         action p2
         declined p1 => K:failed p2:voiding"
    ));
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         declined p1
         action p2 => p2:voiding"
    ));
}

#[test]
fn a_reservation_that_lapses_at_the_rail_ends_the_attempt() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         authorized p1
         voided p1 => K:failed K.why payment_voided p2:authorizing A 700
         declined p2"
    ));
}

#[test]
fn unknown_answers_are_asked_for_and_change_nothing() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         unheard p1 authorize => K:paying p1:authorizing
         unknown_to_rail p1 authorize
         unheard p1 capture -> nothing_to_change
         authorized p1
         authorized p2
         unheard p1 capture => p1:capturing
         declined p1 -> rail_contradiction
         captured p1 201 -> rail_contradiction
         captured p1 200EUR -> currency_mismatch
         captured p1 200
         fee p1 5EUR -> currency_mismatch
         fee p2 5 -> payment_not_captured
         captured p2 300 order=O => K:paid
         fee p9 5 -> payment_not_found"
    ));
}

#[test]
fn ids_that_are_taken_are_drawn_again() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:100
         add K B
         pay K O
         checkout L goods:S:900
         add L B
         add L method m
         pay L O p1
         authorized p1
         captured p1 700 order=O -> id_taken
         captured p1 700 order=O2 => L:paid
         checkout M goods:S:100
         add M A
         pay M O -> id_taken
         add M method m -> nothing_left_to_pay
         pay M O3 => M:paid
         checkout N goods:S:100
         add N method m
         pay N O4 p1 -> id_taken
         pay N O4 p4 => N:paying"
    ));
}

#[test]
fn a_card_is_asked_for_the_last_time_when_payment_begins() {
    check(&format!(
        "{SHOP}
         issue D 500 fails
         checkout K goods:S:1000
         add K A
         add K D
         pay K O -> capture_declined
         add K method m -> nothing_left_to_pay
         remove K t2
         add K method m
         pay K O p
         freeze A
         authorized p
         captured p 300 order=O => K:paid A 0            # the shop has relied on it"
    ));
}

#[test]
fn an_attempt_that_waits_for_its_payer_can_be_given_up() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         cancel_attempt K9 -> checkout_not_found
         cancel_attempt K -> checkout_not_paying
         pay K O p1 p2
         cancel_attempt K -> checkout_paying             # a rail is asked: its answer decides
         captured p2 300
         action p1 => K:requires_action K.due 86400
         wait 3600
         action p1 https://bank.example/again => K.due 82800
         wait 1d
         abandon K -> not_due
         cancel_attempt K refunds=a,x => K:failed K.why attempt_canceled p1:voiding x:pending
         => K.tenders released,released,released,released A 700 B 300 refund/payable 300
         => events checkout.failed,hold.released,hold.released,rail_refund.created
         cancel_attempt K -> checkout_not_paying
         captured p1 200 refunds=y => y:pending          # the payer acted too late
         abandon K => K:expired"
    ));
    // Somebody acts in time: nothing is due any more.
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         action p1
         authorized p1 => K:paying K.due -
         action p2 => K.due 86400
         captured p2 300 => K:paying K.due -
         captured p1 200 order=O => K:paid K.due -"
    ));
}

#[test]
fn no_order_is_made_on_money_that_a_bank_has_taken_back() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         captured p1 200
         open_dispute d p1 200
         action p2 => K:requires_action                  # that brings no ids for what goes back
         captured p2 300 refunds=x,y => K:failed K.why payment_disputed x:failed y:pending A 700
         lose d => x:succeeded chargeback/loss - refund/payable 300"
    ));
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         captured p1 200
         open_dispute d p1 200
         win d
         captured p2 300 order=O => K:paid"
    ));
}

#[test]
fn what_never_arrived_is_not_asked_again_when_all_is_over() {
    check(&format!(
        "{SHOP}
         {SPLIT}
         pay K O p1 p2
         unknown_to_rail p2 authorize => p2:authorizing
         declined p1
         unheard p2 authorize => p2:authorizing
         unknown_to_rail p2 authorize => p2:voided events payment.voided"
    ));
}

#[test]
fn the_rails_own_name_is_kept_as_soon_as_it_is_told() {
    let mut world =
        check(&format!("{SHOP}\n {SPLIT}\n pay K O p1 p2\n unheard p1 authorize ref=r1"));
    let name = |world: &crate::world::World, payment: &str| {
        let id = base::PaymentId::from_bits(crate::words::bits(payment));
        world.payment[&id].rail_reference.as_ref().map(ToString::to_string)
    };
    assert_eq!(name(&world, "p1").as_deref(), Some("r1"));
    run(&mut world, "unheard p1 authorize");
    assert_eq!(name(&world, "p1").as_deref(), Some("r1"));
    run(&mut world, "action p2 ref=r2");
    assert_eq!(name(&world, "p2").as_deref(), Some("r2"));
}
