//! Refunds that somebody has made at the rail itself: what they do to cards, orders, store credit
//! and promotions.

use crate::buying::GIFTS;
use crate::checkouts::SHOP;
use crate::disputing::SALE;
use crate::promotions_disputed::SPENT;
use crate::script::check;

#[test]
fn a_refund_made_at_the_rail_leaves_no_card_spendable() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 2000 reason=refunded_at_rail
         => events dispute.opened,gift_card.blocked,gift_card.blocked
         redeem h G 1 -> gift_card_not_usable disputed
         lose d => G 0 H 0 G:depleted chargeback/loss 0 rail/sandbox/clearing 0
         redeem h G 1 -> insufficient_balance 0
         back O R l2=1 -> bought_cards_spent 0"
    ));
    // What was spent before is lost, and what comes back to the card goes to the shop.
    check(&format!(
        "{SHOP}
         {GIFTS}
         redeem h G 300
         open_dispute d p 2000 reason=refunded_at_rail
         lose d => G 0 H 0 chargeback/loss 300
         refund r h 300 => G 300
         redeem h2 G 1 -> gift_card_not_usable disputed"
    ));
    // A part takes a part.
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 600 reason=refunded_at_rail
         lose d => G 400 H 1000 chargeback/loss 0
         redeem h G 400"
    ));
}

#[test]
fn a_later_refund_of_the_order_is_counted_as_paid() {
    check(&format!(
        "{SHOP}
         {SALE}
         open_dispute d p 1000 reason=refunded_at_rail
         lose d => chargeback/loss 1000 rail/sandbox/clearing 0
         back O R1 l1=400 rails=x => x:succeeded R1:succeeded chargeback/loss 600
         begin x -> rail_refund_not_open
         back O R2 everything rails=y => y:succeeded R2:succeeded O:refunded
         => chargeback/loss 0 refund/payable - S 0 order/clearing 0"
    ));
}

#[test]
fn while_one_of_ours_is_on_its_way_without_a_name_nothing_is_booked() {
    check(&format!(
        "{SHOP}
         {SALE}
         back O R l1=400 rails=x
         begin x
         open_dispute d p 400 reason=refunded_at_rail -> outcome_pending
         told x succeeded => x:succeeded
         open_dispute d p 600 reason=refunded_at_rail => p.cap 1000/400/0/600
         lose d => chargeback/loss 600 refund/payable 0
         open_dispute e p 401 reason=refunded_at_rail -> rail_contradiction"
    ));
}

#[test]
fn store_credit_and_money_by_hand_cannot_pay_it_again() {
    let stuck = format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         begin x
         told x gone => x:needs_consent"
    );
    check(&format!(
        "{stuck}
         open_dispute d p 1000 reason=refunded_at_rail => x:failed
         credit x -> amount_exceeds_refundable 0
         hand x -> amount_exceeds_refundable 0
         lose d => x:succeeded R:succeeded refund/payable 0 chargeback/loss -
         credit x -> consent_not_needed
         hand x -> consent_not_needed
         instead x y -> rail_refund_not_failed"
    ));
    // The card that was given before is taken back.
    check(&format!(
        "{stuck}
         credit x => x 1000
         open_dispute d p 1000 reason=refunded_at_rail
         redeem h x 100 -> gift_card_not_usable disputed
         lose d => x 0 p.credited 0 chargeback/loss 0 refund/payable 0 rail/sandbox/clearing 0"
    ));
    // What was paid by hand is paid twice now, which is a loss, and not a third time.
    check(&format!(
        "{stuck}
         hand x rail=bank => rail/bank/clearing -1000
         open_dispute d p 1000 reason=refunded_at_rail
         lose d => chargeback/loss 1000 rail/sandbox/clearing 0
         back O R2 l1=1 -> amount_exceeds_refundable 0"
    ));
}

#[test]
fn a_promotion_ends_as_with_a_lost_dispute() {
    let ended = |reason: &str| {
        check(&format!(
            "{SPENT}
             open_dispute d p 1000 reason={reason} => P:paused P.held dispute
             lose d => P:stopped P.why payment chargeback/loss 1000
             wait 262800
             settle_up P O R rails=x
             => P.back 4000/0 R.parts t1:4320 x:pending order/clearing 0 chargeback/loss 0
             => refund/payable 3320"
        ));
    };
    ended("fraudulent");
    ended("refunded_at_rail");
}
