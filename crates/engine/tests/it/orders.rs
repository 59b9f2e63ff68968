//! What checkouts and orders do to cards: rules that other commands combine with their own.

use crate::script::check;

#[test]
fn the_hold_of_a_checkout_is_moved_by_that_checkout_alone() {
    check(
        "issue A 100
         hold h A 60 checkout=K key=k1 => A 100/60 h:held
         hold own A 10
         capture h -> hold_of_checkout
         release h -> hold_of_checkout
         change h 50 -> hold_of_checkout
         reverse k1 -> hold_of_checkout
         capture h by=L -> hold_of_checkout
         release h by=L -> hold_of_checkout
         secure h by=L -> hold_of_checkout
         capture own by=K -> hold_of_checkout
         secure own by=K -> hold_of_checkout
         capture h 40 by=K => A 60/10 h:captured order/clearing 40
         refund r h 5 -> hold_of_checkout
         refund r h 5 by=L -> hold_of_checkout
         refund r h 5 by=K => A 65/10 order/clearing 35",
    );
}

#[test]
fn the_hold_of_a_checkout_lapses_until_it_is_secured() {
    check(
        "issue A 100
         hold h1 A 60 checkout=K
         hold h2 A 40 checkout=K
         secure h1 by=K => A 100/100 h1:held events hold.secured
         secure h1 by=K -> hold_not_open
         wait 900 => h1:held h2:expired
         secure h2 by=K -> hold_not_open
         lapse h1 -> not_due
         lapse h2
         hold h3 A 50 -> insufficient_balance 40
         wait 400d => h1:held
         capture h1 by=K => A 40 h1:captured order/clearing 60",
    );
    // Both ways out of a payment work whatever happened to the card in between.
    check(
        "issue A 100 until=1d
         hold h1 A 60 checkout=K
         hold h2 A 40 checkout=K
         secure h1 by=K
         secure h2 by=K
         freeze A
         wait 2d
         cancel A -> holds_open
         expire A -> holds_open
         capture h1 by=K => A 40/40
         release h2 by=K => A 40 h2:released
         expire A => A 0",
    );
}

#[test]
fn a_card_is_asked_for_the_last_time_when_its_hold_is_secured() {
    check(
        "issue A 100 until=600
         hold h A 60 checkout=K
         freeze A
         secure h by=K -> gift_card_not_usable frozen
         unfreeze A
         wait 600
         secure h by=K -> gift_card_not_usable expired",
    );
    check("issue A 100 fails\n hold h A 60 checkout=K\n secure h by=K -> capture_declined");
}

#[test]
fn a_bought_card_comes_out_of_its_order_and_what_is_unspent_goes_back_there() {
    check(
        "issue A 100 by=payment => A 100 order/clearing -100
         redeem h A 30 => order/clearing -70
         hold g A 20
         withdraw A 51 -> insufficient_balance 50
         withdraw A 0 -> limit_exceeded
         withdraw A 5EUR -> currency_mismatch
         withdraw A 10 => A 60/20 A:active order/clearing -60 events gift_card.withdrawn
         withdraw A => A 20/20 A:active order/clearing -20
         release g
         withdraw A 5 => A 15 A:active order/clearing -15
         freeze A
         withdraw A => A 0 A:depleted events gift_card.withdrawn
         withdraw A -> limit_exceeded
         refund r h 30 => A 30 A:active
         withdraw A => A 0 A:canceled events gift_card.withdrawn,gift_card.canceled
         withdraw A -> gift_card_not_usable canceled",
    );
    check("issue A 100 by=payment until=1d\n wait 1d\n expire A => giftcard/breakage 100");
    check("issue A 100 by=payment\n cancel A => A 0 order/clearing -100 giftcard/breakage 100");
}

#[test]
fn what_is_left_of_a_card_whose_payment_was_lost_is_clawed_back_again_and_again() {
    check(
        "issue A 100 by=payment
         redeem h A 30
         clawback A 51EUR -> currency_mismatch
         clawback A 71 -> insufficient_balance 70
         clawback A 20 => A 50 chargeback/loss -20
         clawback A => A 0 A:depleted chargeback/loss -70 events gift_card.clawed_back
         restore A 5EUR -> currency_mismatch
         restore A 0 -> limit_exceeded
         restore A 30 => A 30 chargeback/loss -40 events gift_card.restored
         clawback A => A 0 chargeback/loss -70
         refund r h 30 => A 30
         clawback A => A 0 chargeback/loss -100 order/clearing -100
         cancel A
         clawback A -> gift_card_not_usable canceled
         restore A 1 -> gift_card_not_usable canceled",
    );
}

#[test]
fn a_card_whose_payment_is_disputed_is_not_spent() {
    check(
        "issue A 100 by=payment
         hold h1 A 10
         hold h2 A 10 checkout=K
         dispute A => A 100/20 A:active events gift_card.blocked
         dispute A -> nothing_to_change
         redeem x A 1 -> gift_card_not_usable disputed
         change h1 11 -> gift_card_not_usable disputed
         secure h2 by=K -> gift_card_not_usable disputed
         freeze A
         redeem x A 1 -> gift_card_not_usable frozen             # before disputed
         unfreeze A
         capture h1 => A 90/10
         undispute A => A 90/10 events gift_card.unblocked
         undispute A -> nothing_to_change
         redeem x A 1 => A 89/10
         release h2 by=K
         cancel A
         dispute A => A:canceled events gift_card.blocked        # so that none is given for it
         undispute A => A:canceled events gift_card.unblocked",
    );
}
