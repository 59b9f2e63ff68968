//! Gift cards that are bought, and disputes of the payments that bought them.

use crate::buying::GIFTS;
use crate::checkouts::SHOP;
use crate::script::check;

#[test]
fn a_dispute_blocks_the_cards_that_its_payment_has_bought() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:500 gift_card:S:1000 gift_card:S:600 cards=G,H
         add K method m 1500
         add K method n => K.t2 l3:600
         pay K O p q
         authorized p
         authorized q
         captured p 1500
         captured q 600 order=O => G 1000 H 600 order/clearing 0
         open_dispute d p 100 => events dispute.opened,gift_card.blocked
         redeem h G 1 -> gift_card_not_usable disputed
         redeem h H 1
         open_dispute e p 200 => events dispute.opened
         win d => events dispute.won
         redeem h2 G 1 -> gift_card_not_usable disputed
         win e => events dispute.won,gift_card.unblocked
         redeem h2 G 1"
    ));
}

#[test]
fn a_card_that_two_payments_bought_waits_for_both() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:1000 cards=G
         add K method m 300
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 300
         captured q 700 order=O
         open_dispute d p 300
         open_dispute e q 700
         win e
         redeem h G 1 -> gift_card_not_usable disputed
         lose d => G 700 chargeback/loss 0
         => events dispute.lost,gift_card.clawed_back,gift_card.unblocked
         redeem h G 1
         back O R everything rails=x,y -> amount_exceeds_refundable 0"
    ));
}

#[test]
fn a_lost_dispute_takes_what_is_left_and_the_card_stays_blocked_when_that_is_not_enough() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         redeem h G 300
         open_dispute d p 2000
         lose d => G 0 H 0 G:depleted chargeback/loss 300 order/clearing 300
         => events dispute.lost,gift_card.clawed_back,gift_card.clawed_back
         refund r h 300 => G 300
         redeem h2 G 1 -> gift_card_not_usable disputed
         back O R l2=1 -> amount_exceeds_refundable 0
         open_dispute e p 50 => G 0 chargeback/loss 0"
    ));
}

#[test]
fn a_dispute_of_a_part_takes_that_part_and_the_rest_can_be_spent_again() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 600
         lose d => G 400 H 1000 chargeback/loss 0
         => events dispute.lost,gift_card.clawed_back,gift_card.unblocked,gift_card.unblocked
         redeem h G 400
         open_dispute d p 600 stage=2 => events dispute.reopened,gift_card.blocked,gift_card.blocked
         => chargeback/loss -600
         win d stage=2 => G 600 H 1000 chargeback/loss 0
         => events dispute.won,gift_card.restored,gift_card.unblocked,gift_card.unblocked"
    ));
}

/// Two cards of 10.00: `p` has paid 6.00 of the first, `q` the rest of both.
const TWO_PAYERS: &str = "
    checkout K gift_card:S:1000 gift_card:S:1000 cards=G,H
    add K method m 600
    add K method n
    pay K O p q
    authorized p
    authorized q
    captured p 600
    captured q 1400 order=O";

#[test]
fn a_dispute_that_is_won_after_all_restores_what_it_has_taken_and_nothing_else() {
    let lost = format!(
        "{SHOP}
         {TWO_PAYERS}
         redeem h G 400
         open_dispute d p 600
         lose d => G 0 H 1000
         open_dispute e q 1000
         lose e => G 0 H 0
         open_dispute e q 1000 stage=2
         win e stage=2 => G 0 H 1000 chargeback/loss 0"
    );
    check(&format!(
        "{lost}
         redeem h2 G 1 -> insufficient_balance 0
         redeem h2 H 1"
    ));
    check(&format!(
        "{lost}
         open_dispute d p 600 stage=2
         win d stage=2 => G 600 H 1000 chargeback/loss 0
         redeem h2 G 600"
    ));
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 600
         lose d => G 400 H 1000
         open_dispute e p 1000
         lose e => G 0 H 400
         open_dispute e p 1000 stage=2
         win e stage=2 => G 400 H 1000 chargeback/loss 0"
    ));
}

/// What would come back to it could not be spent, and nothing would book it: it is prolonged as by
/// a refund.
#[test]
fn a_card_past_its_date_is_prolonged_by_what_is_restored_to_it() {
    let lost = format!(
        "{SHOP}
         checkout K gift_card:S:1000 cards=G until=3d
         add K method m
         pay K O p
         authorized p
         captured p 1000 order=O
         open_dispute d p 900
         lose d => G 100
         wait 4d"
    );
    check(&format!(
        "{lost}
         expire G => G 0 G:expired giftcard/breakage 100
         open_dispute d p 900 stage=2
         win d stage=2 => G 900 G:active giftcard/breakage 100 chargeback/loss 0
         => events ..,gift_card.extended,gift_card.restored,gift_card.unblocked
         redeem h G 900"
    ));
    // The rest of it expires first when nobody has booked that yet.
    check(&format!(
        "{lost}
         open_dispute d p 900 stage=2
         win d stage=2 => G 900 G:active giftcard/breakage 100
         wait 89d
         redeem h G 400
         wait 1d
         expire G => giftcard/breakage 600"
    ));
}

#[test]
fn several_disputes_take_together_at_most_what_their_payment_has_paid_for_cards() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:900 gift_card:S:1000 cards=G
         add K method m 1500
         add K method n => K.t1 l1:900,l2:600 K.t2 l2:400
         pay K O p q
         authorized p
         authorized q
         captured p 1500
         captured q 400 order=O
         open_dispute d p 600
         open_dispute e p 400
         lose e => G 600
         lose d => G 400"
    ));
}

#[test]
fn what_was_clawed_back_for_one_dispute_is_not_given_back_for_another() {
    // m has paid a part of the first line, n the rest of both.
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:500 gift_card:S:500 cards=G,H
         add K method m 300
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 300
         captured q 700 order=O => G 500 H 500
         open_dispute d p 300
         lose d => G 200 H 500
         open_dispute e q 500
         lose e => G 0 H 200
         open_dispute e q 500 stage=2
         win e stage=2 => G 200 H 500
         open_dispute d p 300 stage=2
         win d stage=2 => G 500 H 500 chargeback/loss 0"
    ));
}

#[test]
fn a_dispute_that_is_lost_twice_takes_once() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 600
         lose d => G 400
         open_dispute d p 600 stage=2
         lose d stage=2 => G 400 H 1000 chargeback/loss 0"
    ));
}

#[test]
fn a_payment_that_is_disputed_before_its_order_is_made_issues_no_card() {
    for decision in ["win d rest=z", "lose d"] {
        check(&format!(
            "{SHOP}
             checkout K gift_card:S:1000 gift_card:S:500 cards=G,H
             add K method m 400
             add K method n
             pay K O p q
             authorized p
             authorized q
             captured p 400
             open_dispute d p 400
             captured q 1100 order=O refunds=x,y => K:failed K.why payment_disputed G - H -
             {decision} => G - H - order/clearing 0 chargeback/loss -"
        ));
    }
}

#[test]
fn a_dispute_of_a_payment_that_bought_no_card_leaves_cards_alone() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:500 gift_card:S:1000 cards=G
         add K method m 500
         add K method n => K.t1 l1:500
         pay K O p q
         authorized p
         authorized q
         captured p 500
         captured q 1000 order=O
         open_dispute d p 500 => events dispute.opened
         redeem h G 100
         lose d => G 900 chargeback/loss 500"
    ));
}

#[test]
fn a_dispute_takes_from_cards_at_most_what_its_payment_has_paid_for_them() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:500 gift_card:S:1000 cards=G
         add K method m 800 => K.t1 l1:500,l2:300
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 800
         captured q 700 order=O
         open_dispute d p 600
         lose d => G 700 chargeback/loss 300
         redeem h G 700"
    ));
}
