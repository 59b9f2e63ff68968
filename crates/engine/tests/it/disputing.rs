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

/// An order of 10.00 that one method has paid.
pub const SALE: &str = "
    checkout K goods:S:1000
    add K method m
    pay K O p
    captured p 1000 order=O";

#[test]
fn refunds_that_were_not_sent_give_way_and_are_told_as_failed() {
    check(&format!(
        "{SHOP}
         {ORDER}
         back O R1 l1x1 rails=x
         back O R2 l2x1 rails=y
         begin y
         open_dispute d p 581 => x:failed R1:failed R1.t1 succeeded y:pending R2:pending d:open
         => events ..,rail_refund.failed,refund.failed
         instead x z -> amount_exceeds_refundable 0
         win d => d:won x:pending R1:pending
         => events dispute.won,rail_refund.retried
         begin x
         told x succeeded attempt=2 => R1:succeeded
         told y succeeded => R2:succeeded"
    ));
}

#[test]
fn a_dispute_takes_a_part_of_a_refund_and_the_rest_goes_back() {
    let asked = format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x => O:refunded S 0
         open_dispute d p 300 rest=x -> id_taken
         open_dispute d p 300 rest=y => x:pending y:failed R:pending p.cap 1000/0/700/300
         begin x
         told x succeeded => x:succeeded R:failed refund/payable 300"
    );
    check(&format!(
        "{asked}\n lose d => y:succeeded R:succeeded refund/payable 0 chargeback/loss -"
    ));
    check(&format!(
        "{asked}
         win d rest=x -> id_taken
         win d => y:pending R:pending
         begin y
         told y succeeded attempt=2 => R:succeeded refund/payable 0 rail/sandbox/clearing 0"
    ));
    // The smallest of disputes strands nothing either.
    check(&format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         open_dispute d p 1 rest=y => p.cap 1000/0/999/1
         open_dispute e p 999 rest=z => x:failed y:failed p.cap 1000/0/0/1000
         win d rest=w => p.cap 1000/0/1/999 x:failed w:pending refund/payable 1000
         lose e => x:succeeded y:succeeded refund/payable 1 chargeback/loss -"
    ));
}

#[test]
fn what_a_rail_refused_is_replaced_as_far_as_a_dispute_leaves_room() {
    let failed = format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         begin x
         told x failed
         open_dispute d p 300"
    );
    check(&format!(
        "{failed}
         instead x y => y:pending x:failed R:pending p.cap 1000/0/700/300
         instead x z -> amount_exceeds_refundable 0
         lose d => x:succeeded refund/payable 700 chargeback/loss -
         begin y
         told y succeeded => R:succeeded refund/payable 0"
    ));
    check(&format!(
        "{failed}
         lose d => x:failed refund/payable 700
         instead x y => y:pending p.cap 1000/0/700/300"
    ));
}

#[test]
fn what_a_person_gave_up_is_not_sent_when_a_dispute_is_won_whatever_they_called_it() {
    check(&format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         begin x
         told x gone => x:needs_consent
         give_up x disputed => x:failed R:failed
         open_dispute d p 1000
         win d => x:failed R:failed p.cap 1000/0/0/0 refund/payable 1000
         instead x y => y:pending R:pending"
    ));
    // What the rail has refused because of a dispute goes on when that is won.
    check(&format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         begin x
         told x disputed => x:failed R:failed
         open_dispute d p 1000
         win d => x:pending R:pending"
    ));
}

#[test]
fn what_is_owed_is_not_lost_as_well() {
    let asked = format!(
        "{SHOP}
         {SALE}
         back O R everything rails=x
         open_dispute d p 1000 => x:failed
         lose d => x:succeeded R:succeeded refund/payable 0 chargeback/loss - order/clearing 0
         instead x y -> rail_refund_not_failed"
    );
    // The dispute goes on: what the bank had paid is owed again.
    check(&format!(
        "{asked}
         open_dispute d p 1000 stage=2 rest=y => y:failed refund/payable 1000 chargeback/loss -
         win d stage=2 => y:pending p.cap 1000/0/1000/0"
    ));
    check(&format!(
        "{asked}
         open_dispute d p 1000 stage=2 rest=y
         lose d stage=2 => y:succeeded refund/payable 0 chargeback/loss -"
    ));
}

#[test]
fn a_lost_dispute_does_not_keep_the_share_of_a_card() {
    let order = format!(
        "{SHOP}
         issue Z 400
         checkout K goods:S:1000
         add K Z
         add K method m
         pay K O p
         captured p 600 order=O"
    );
    check(&format!(
        "{order}
         open_dispute d p 600
         back O R l1=400 -> amount_exceeds_refundable 0
         lose d => chargeback/loss 600
         back O R everything rails=x => Z 400 R:succeeded x:succeeded S 0 O:refunded
         => chargeback/loss 0 order/clearing 0 refund/payable -"
    ));
    check(&format!(
        "{order}
         open_dispute d p 100
         lose d
         back O R everything rails=x => Z 400 R:pending x:pending p.cap 600/0/500/100
         => chargeback/loss 0 order/clearing 0 refund/payable 500"
    ));
}

#[test]
fn a_payment_that_was_taken_in_vain_goes_back_whatever_a_dispute_takes() {
    let vain = format!(
        "{SHOP}
         checkout K goods:S:1000
         add K method m 400
         add K method n
         pay K O p1 p2
         open_dispute d p1 400 -> payment_not_captured
         captured p1 400"
    );
    check(&format!(
        "{vain}
         declined p2 refunds=x => K:failed x:pending
         open_dispute d p1 400 => x:failed d:open
         lose d => d:lost x:succeeded chargeback/loss - refund/payable 0 order/clearing 0"
    ));
    check(&format!(
        "{vain}
         open_dispute d p1 400
         declined p2 refunds=x => K:failed x:failed order/clearing 0 refund/payable 400
         win d => x:pending p1.cap 400/0/400/0"
    ));
    check(&format!(
        "{vain}
         open_dispute d p1 100
         declined p2 refunds=x,a,b,c,y => x:pending y:failed p1.cap 400/0/300/100
         win d => y:pending p1.cap 400/0/400/0 refund/payable 400"
    ));
}
