//! Disputes: they take from a payment, and refunds give way.

use crate::checkouts::SHOP;
use crate::refunding::ORDER;
use crate::script::check;

#[test]
fn a_dispute_blocks_refunds_up_to_what_is_left() {
    check(&format!(
        "{SHOP}
         {ORDER}
         open_dispute d p 581 => d:open p.cap 581/0/0/581 rail/sandbox/clearing 0
         open_dispute d p 581 -> nothing_to_change
         open_dispute d p 500 -> rail_contradiction
         open_dispute d2 p9 5 -> payment_not_found
         back O R everything -> amount_exceeds_refundable 0
         back O R l2=1 -> amount_exceeds_refundable 0
         win d stage=2 -> dispute_not_open
         win d9 -> dispute_not_found
         lose d9 -> dispute_not_found
         win d => d:won p.cap 581/0/0/0
         lose d -> rail_contradiction
         back O R everything rails=x => R:pending O:refunded"
    ));
}

#[test]
fn refunds_that_were_not_sent_give_way_and_are_told_as_failed() {
    check(&format!(
        "{SHOP}
         {ORDER}
         back O R1 l1x1 rails=x
         back O R2 l2x1 rails=y
         begin y
         open_dispute d p 581 => x:failed R1:failed R1.t1 succeeded y:pending R2:pending d:open
         told y succeeded => R2:succeeded
         lose d => d:lost
         instead x z -> amount_exceeds_refundable 0
         open_dispute d p 581 stage=2 => d:open
         win d stage=2 => d:won R1:failed
         instead x z => R1:pending z:pending"
    ));
}

#[test]
fn a_payment_that_was_taken_in_vain_may_be_disputed_too() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K method m 400
         add K method n
         pay K O p1 p2
         open_dispute d p1 400 -> payment_not_captured
         captured p1 400
         declined p2 refunds=x => K:failed x:pending
         open_dispute d p1 400 => x:failed d:open
         lose d => d:lost chargeback/loss 400"
    ));
}
