//! Refunds of orders: the right way back, for every part, whatever rails and cards do.

use crate::checkouts::SHOP;
use crate::script::{check, command, run};
use crate::shop_seen;
use crate::words::Words;
use crate::world::World;

/// An order of 15.00 and 0.81 tax: 7.00 and 3.00 by cards, 5.81 by a method.
pub const ORDER: &str = "
    checkout K goods:S:2x500+81@C service:T:500
    add K A holds=ha
    add K B holds=hb
    add K method m
    pay K O p
    authorized p
    captured p 581 order=O";

#[test]
fn a_refund_goes_back_along_its_allocations() {
    check(&format!(
        "{SHOP}
         {ORDER}
         back O R l1x1 rails=x => R:pending R.parts t1:350,t2:150,t3:41 O:partly_refunded O.l1 541/1
         => A 350 B 150 x:pending p.cap 581/0/41/0 order/clearing 0 refund/payable 41
         back O R l1x1 -> id_taken
         begin x
         told x pending => R:pending
         told x succeeded => R:succeeded x:succeeded p.cap 581/41/0/0 refund/payable 0
         => events rail_refund.succeeded,refund.succeeded
         told x succeeded -> nothing_to_change
         back O R2 everything rails=y => O:refunded A 700 B 300 R2:pending S 0 T 0 C 0 commission 0
         => tax/US-CA 0 p.cap 581/41/540/0
         begin y
         told y succeeded => R2:succeeded order/clearing 0 refund/payable 0 rail/sandbox/clearing 0
         back O R3 everything -> nothing_to_refund"
    ));
}

#[test]
fn a_refund_is_refused_for_the_first_reason_in_order() {
    check(&format!(
        "{SHOP}
         {ORDER}
         back X R everything -> order_not_found
         back O R l7x1 -> line_not_found
         back O R l1x3 -> quantity_exceeds_line
         back O R l2=501 -> amount_exceeds_refundable 500
         back O R l2=5EUR -> currency_mismatch
         back O R amount 1582 -> amount_exceeds_refundable 1581
         back O R amount 0 -> nothing_to_refund
         back O R amount 300 rails=x
         back O R2 amount 300 rails=x -> id_taken"
    ));
}

#[test]
fn what_pays_for_a_promotion_goes_back_by_its_settlement_alone() {
    check(&format!(
        "{SHOP}
         compose Ad 1000 by=C
         checkout K promotion:nobody:1000+80 pays=Ad
         submit Ad K
         add K A holds=ha => K.t1 l1:700
         add K method m
         pay K O p
         authorized p
         captured p 380 order=O => tax/US-CA 80 Ad.escrow 1000 order/clearing 0
         back O R everything -> promotion_settles
         back O R l1x1 -> promotion_settles
         back O R l1=1 -> promotion_settles
         back O R amount 1 -> promotion_settles"
    ));
}

#[test]
fn money_goes_back_to_a_card_whatever_became_of_it() {
    let mut world = check(&format!(
        "{SHOP}
         issue E 400 until=1d
         issue F 300
         issue G 200
         issue H 100
         checkout K goods:S:1000
         add K E
         add K F
         add K G
         add K H
         pay K O => K:paid
         wait 1d
         expire E => E 0 E:expired
         freeze F
         replace G new
         cancel H"
    ));
    // Prolonged, still frozen, under its new code; what was on the canceled one is owed.
    run(
        &mut world,
        "back O R l1=500 => R:needs_consent R.t1 succeeded R.t4 needs_consent E 200 E:active F 150
        => G 100 H 0 refund/payable 50 order/clearing 0",
    );
    run(&mut world, "redeem z code:new 100 => G 0");
    run(&mut world, "by_hand R t3 -> nothing_to_change");
    run(&mut world, "by_hand R t9 -> tender_not_found");
    run(&mut world, "by_hand R9 t4 -> refund_not_found");
    run(
        &mut world,
        "by_hand R t4 rail=bank => R:succeeded rail/bank/clearing -50 refund/payable 0
        => events refund.succeeded",
    );
    run(&mut world, "by_hand R t4 -> nothing_to_change");
    run(&mut world, "redeem z2 F 1 -> gift_card_not_usable frozen");
    run(&mut world, "back O R2 everything => O:refunded E 400 F 300 G 100 refund/payable 50");
}

#[test]
fn a_refund_that_failed_is_still_owed_and_its_order_says_so() {
    check(&format!(
        "{SHOP}
         {ORDER}
         back O R everything rails=x
         begin x
         begin x -> nothing_to_change
         give_up x -> outcome_pending
         told x failed => R:failed R.t1 succeeded R.t3 failed x:failed p.cap 581/0/0/0
         => refund/payable 581
         told x failed -> nothing_to_change
         begin x -> rail_refund_not_open
         give_up x -> nothing_to_change
         told x succeeded -> rail_contradiction
         told x unknown attempt=2 -> rail_contradiction
         told x9 failed -> rail_refund_not_found
         begin x9 -> rail_refund_not_found
         instead x9 y -> rail_refund_not_found
         instead x x -> id_taken
         instead x y => y:pending R:pending p.cap 581/0/581/0 refund/payable 581
         instead x z -> nothing_to_change
         instead y z -> rail_refund_not_failed
         begin y
         told y succeeded => R:succeeded refund/payable 0 order/clearing 0"
    ));
}

#[test]
fn a_refund_that_comes_back_asks_for_another_way() {
    check(&format!(
        "{SHOP}
         method old until=2020-01
         method kept store rail=store
         {ORDER}
         back O R everything rails=x
         consent x n -> consent_not_needed
         retry x -> consent_not_needed
         begin x
         told x succeeded => R:succeeded
         wait 5d
         told x returned => R:needs_consent x:needs_consent p.cap 581/0/581/0 refund/payable 581
         => events rail_refund.returned,refund.consent_required
         consent x x -> payment_method_not_found
         consent x kept -> held_by_store
         consent x old -> payment_method_expired
         consent x n unreachable -> payment_method_cannot_receive
         consent x kept unreachable -> held_by_store
         consent x n => R:pending x:pending
         begin x
         told x succeeded attempt=1 -> nothing_to_change
         told x succeeded attempt=2 => R:succeeded rail/stripe/clearing -581
         => rail/sandbox/clearing 581 refund/payable 0
         give_up x -> rail_refund_not_open"
    ));
    check(&format!(
        "{SHOP}
         {ORDER}
         back O R l2x1 rails=x
         begin x
         told x gone => R:needs_consent
         retry x => R:pending
         begin x
         told x unknown attempt=2
         told x not_received attempt=2 => R:pending
         told x failed attempt=2 => R:failed"
    ));
}

#[test]
fn an_expired_method_asks_for_consent_at_once() {
    check(&format!(
        "{SHOP}
         method soon until=2026-11
         checkout K goods:S:100
         add K method soon
         pay K O p
         authorized p
         captured p 100 order=O
         wait 30d
         back O R everything rails=x => R:needs_consent x:needs_consent refund/payable 100
          => events ..,rail_refund.created,rail_refund.consent_needed,refund.consent_required
         give_up x => R:failed p.cap 100/0/0/0"
    ));
}

#[test]
fn a_store_makes_its_refunds_itself() {
    check(&format!(
        "{SHOP}
         method kept store rail=store
         checkout K digital:S:100
         add K method kept
         pay K O p
         captured p 100 fee=30 order=O => K:paid
         back O R everything rails=x => R:pending
         give_up x -> outcome_pending
         told x succeeded => R:succeeded rail/store/clearing -30"
    ));
}

#[test]
fn a_payout_takes_what_is_owed_and_comes_back_when_it_fails() {
    check(&format!(
        "{SHOP}
         {ORDER}
         payout y S 1000 => S 0 y:pending rail/sandbox/clearing -269
         payout y S 1000 -> id_taken
         payout z S 1000 -> nothing_owed
         payout z X 1000 -> nothing_owed
         payout_failed y => y:failed S 850
         payout z S 850 -> nothing_owed                      # it is owed since it failed
         payout z S 2000 => S 0
         payout_failed z
         payout_failed y -> payout_closed
         payout_paid y -> payout_closed
         payout_paid x -> payout_not_found
         payout_failed x -> payout_not_found
         payout y2 C 1000 => C 0
         payout_paid y2 => y2:paid
         payout_failed y2 => y2:failed C 50                  # it bounced after it had arrived
         payout_failed y2 -> payout_closed
         payout y4 C 50 -> nothing_owed
         payout y4 C 2000 => C 0
         back O R everything => C -50 O:refunded              # made up by later sales
         payout y3 C 1000 -> nothing_owed"
    ));
}

#[test]
fn what_a_promotional_card_paid_never_becomes_money() {
    check(&format!(
        "{SHOP}
         issue Q 500 by=promotional
         checkout K goods:S:1000
         add K Q
         add K method m
         pay K O p
         captured p 500 order=O
         cancel Q => Q:canceled giftcard/incentives 500
         back O R l1=300 rails=x => R:pending R.t1 succeeded R.t2 pending refund/payable 150
         => giftcard/incentives 350 order/clearing 0
         by_hand R t1 -> nothing_to_change
         by_hand R t2 -> tender_not_found"
    ));
}

#[test]
fn what_was_taken_in_vain_waits_for_nobody_who_could_not_be_asked() {
    let vain = |method: &str| {
        format!(
            "{SHOP}
             method z {method}
             checkout K goods:S:1000
             add K method z 400
             add K method n
             pay K O p1 p2
             captured p1 400
             wait 30d
             declined p2 refunds=x"
        )
    };
    // The card may have been renewed; the rail says when it is not.
    check(&format!(
        "{}
         begin x
         told x gone => x:needs_consent",
        vain("until=2026-11")
    ));
    // Nobody has asked the store; once somebody has, only the store can say.
    check(&format!(
        "{} => x:needs_consent
         => events ..,rail_refund.created,rail_refund.consent_needed
         begin x -> rail_refund_not_open
         retry x => x:pending
         begin x -> nothing_to_change
         give_up x -> outcome_pending
         told x succeeded attempt=2 => x:succeeded refund/payable 0",
        vain("rail=store store")
    ));
    // A refund that a store has made and that came back is the store's to make again.
    let world = check(&format!(
        "{SHOP}
         method kept store rail=store
         checkout K digital:S:100
         add K method kept
         pay K O p
         captured p 100 order=O
         back O R everything rails=x
         told x succeeded
         told x returned => x:needs_consent
         retry x => x:pending R:pending"
    ));
    let id = base::RailRefundId::from_bits(crate::words::bits("x"));
    assert_eq!(world.rail_refund[&id].due_at, None);
}

#[test]
fn a_part_that_fails_is_told_while_others_are_on_their_way() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K method m 400
         add K method n
         pay K O p1 p2
         captured p1 400
         captured p2 600 order=O
         back O R everything rails=x,y
         begin x
         told x failed => R:pending R.t1 failed events rail_refund.failed,refund.failed
         begin y
         told y succeeded => R:failed events rail_refund.succeeded
         instead x z => R:pending
         begin z
         told z succeeded => R:succeeded events rail_refund.succeeded,refund.succeeded"
    ));
}

/// As many refunds as one payment may have that are not settled, each refused by its rail.
#[test]
fn a_refund_that_failed_is_replaced_however_many_have_failed() {
    let mut world = check(&format!(
        "{SHOP}
         checkout K goods:S:70x10
         add K method m
         pay K O p
         authorized p
         captured p 700 order=O"
    ));
    for refund in 0..64 {
        run(&mut world, &format!("back O R{refund} l1x1 rails=x{refund}"));
        run(&mut world, &format!("begin x{refund}"));
        run(&mut world, &format!("told x{refund} failed"));
    }
    let preview = |world: &World| {
        let command = command(world, &Words::of("back O Z l1x1 rails=z"));
        let refused = shop_seen::preview(world, &command).unwrap().err();
        refused.map(|refusal| refusal.code())
    };
    assert_eq!(preview(&world), Some("limit_exceeded"));
    run(&mut world, "back O Z l1x1 rails=z -> limit_exceeded");
    run(&mut world, "instead x0 y0 => y0:pending x0:failed p.cap 700/0/10/0");
    run(&mut world, "back O Z l1x1 rails=z -> limit_exceeded");
    // A part of one leaves the rest of it listed, so it needs room.
    run(&mut world, "open_dispute d p 685");
    run(&mut world, "instead x1 y1 -> limit_exceeded");
    run(&mut world, "begin y0");
    run(&mut world, "told y0 succeeded");
    run(&mut world, "instead x1 y1 => y1:pending x1:failed p.cap 700/10/5/685");
    run(&mut world, "win d");
    assert_eq!(preview(&world), Some("limit_exceeded"));
}
