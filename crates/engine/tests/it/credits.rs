//! Store credit: what is owed and cannot go back becomes a gift card by its payer's word, once.

use std::sync::Arc;

use crate::checkouts::SHOP;
use crate::script::{check, run};

/// An order of 10.00 that one method has paid, all of which is to go back and cannot.
const STUCK: &str = "
    checkout K goods:S:1000 buyer=P
    add K method m
    pay K O p
    captured p 1000 order=O
    back O R everything rails=x
    begin x
    told x gone => R:needs_consent refund/payable 1000";

fn stuck() -> String {
    format!("{SHOP}\n{STUCK}")
}

#[test]
fn a_payer_takes_a_card_instead_of_money() {
    check(&format!(
        "{}
         credit x9 -> rail_refund_not_found
         credit x => x 1000 x.is active x.owner P x.days - R:succeeded x:succeeded
          => p.cap 1000/0/0/0 p.credited 1000 refund/payable 0 order/clearing 0
          => rail/sandbox/clearing 1000
          => events payment.credited,rail_refund.succeeded,gift_card.issued,refund.succeeded
         credit x -> consent_not_needed
         hand x -> consent_not_needed
         consent x n -> consent_not_needed
         retry x -> consent_not_needed
         give_up x -> rail_refund_not_open
         instead x y -> rail_refund_not_failed
         told x gone -> nothing_to_change
         back O R2 everything -> nothing_to_refund
         checkout L service:T:400
         add L code:x
         pay L Q => L:paid x 600 T 400
         back Q R3 everything => R3:succeeded x 1000",
        stuck()
    ));
}

#[test]
fn what_has_failed_may_become_a_card_too() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R everything rails=x
         credit x -> consent_not_needed
         begin x
         credit x -> consent_not_needed
         told x failed => R:failed
         instead x y
         credit x -> nothing_to_change
         give_up y
         credit y => y 1000 R:succeeded y.owner - refund/payable 0"
    ));
}

#[test]
fn what_was_taken_in_vain_may_become_a_card() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000 buyer=P
         add K method m 400
         add K method n
         pay K O p1 p2
         captured p1 400
         declined p2 refunds=x
         begin x
         told x gone => x:needs_consent
         credit x => x 400 x.owner P p1.credited 400 refund/payable 0"
    ));
}

#[test]
fn a_card_for_money_lives_as_long_as_its_program_says() {
    check(&format!(
        "{}
         program E 1..9EUR
         program Q 2000..9000 days=30 activation=900 regions=US
         issue A2 100 code=taken
         credit x program=Z -> program_not_found
         credit x program=E -> currency_mismatch
         credit x code=taken -> code_taken
         credit x program=Q => x 1000 x.is active x.days 30
         redeem h x 100 region=DE -> region_not_allowed
         redeem h x 100 region=US => x 900
         wait 30d => x.is expired
         expire x => giftcard/breakage 900",
        stuck()
    ));
}

#[test]
fn more_than_a_card_may_have_is_paid_by_hand() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:100000001
         add K method m
         pay K O p
         captured p 100000001 order=O
         back O R everything rails=x
         give_up x
         credit x -> limit_exceeded
         hand x rail=bank => x:succeeded R:succeeded refund/payable 0
          => rail/bank/clearing -100000001 rail/sandbox/clearing 100000001
          => p.cap 100000001/100000001/0/0
          => events rail_refund.succeeded,refund.succeeded"
    ));
}

#[test]
fn what_was_paid_by_hand_is_not_paid_again() {
    check(&format!(
        "{}
         hand x9 -> rail_refund_not_found
         hand x rail=bank => x:succeeded R:succeeded refund/payable 0 rail/bank/clearing -1000
         hand x rail=bank -> consent_not_needed
         credit x -> consent_not_needed
         told x gone -> nothing_to_change
         open_dispute d p 1000
         lose d => chargeback/loss 1000",
        stuck()
    ));
}

#[test]
fn a_dispute_of_what_became_a_card_does_not_pay_twice() {
    let world = check(&format!(
        "{}
         credit x => x 1000
         open_dispute d p 1000 => x.is disputed x 1000
          => events dispute.opened,gift_card.blocked
         redeem h x 100 -> gift_card_not_usable disputed",
        stuck()
    ));
    // The payment stands: so does the card.
    let mut won = world.clone();
    run(&mut won, "win d => x.is active x 1000 events dispute.won,gift_card.unblocked");
    run(&mut won, "redeem h x 1000 => x 0");
    // It does not: the payer has the money from the bank, and nobody has lost any.
    let mut lost = world;
    run(
        &mut lost,
        "lose d => x 0 x.is depleted x:succeeded R:succeeded p.credited 0 chargeback/loss 0
          => refund/payable 0 rail/sandbox/clearing 0
          => events dispute.lost,gift_card.clawed_back,gift_card.unblocked",
    );
    // It goes on: what the bank had paid is owed again, and goes its own way when that is won.
    run(&mut lost, "open_dispute d p 1000 stage=2 rest=y => y:failed refund/payable 1000 x 0");
    run(&mut lost, "credit y -> amount_exceeds_refundable 0");
    run(&mut lost, "hand y -> amount_exceeds_refundable 0");
    run(&mut lost, "win d stage=2 => y:pending p.cap 1000/0/1000/0");
    run(&mut lost, "begin y");
    run(&mut lost, "told y gone attempt=2");
    run(&mut lost, "credit y => y 1000 refund/payable 0 rail/sandbox/clearing 1000");
}

#[test]
fn a_dispute_first_takes_what_nobody_has_asked_back() {
    let part = format!(
        "{SHOP}
         checkout K goods:S:2x500
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R l1x1 rails=x
         give_up x
         credit x => x 500"
    );
    check(&format!(
        "{part}
         open_dispute d p 500 => x.is active
         lose d => x 500 x.is active chargeback/loss 500
         open_dispute e p 100 => x.is disputed
         lose e => x 400 x.is active chargeback/loss 500 p.credited 400"
    ));
    check(&format!(
        "{part}
         open_dispute d p 800 => x.is disputed
         lose d => x 200 x.is active p.credited 200 chargeback/loss 500"
    ));
}

#[test]
fn what_was_spent_of_a_disputed_credit_is_lost_and_the_card_stays_blocked() {
    check(&format!(
        "{}
         credit x
         checkout L service:T:400
         add L x
         pay L Q => x 600
         open_dispute d p 1000
         lose d => x 0 x.is disputed p.credited 400 chargeback/loss 400
         back Q R3 everything => x 400 x.is disputed
         open_dispute d p 1000 stage=2 rest=y => x 400 x.is disputed
         lose d stage=2 => x 0 x.is depleted p.credited 0 chargeback/loss 0
          => refund/payable 0",
        stuck()
    ));
}

#[test]
fn the_newest_of_several_credits_gives_first() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:2x500
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R1 l1x1 rails=x
         back O R2 l1x1 rails=y
         give_up x
         give_up y
         credit x
         credit y
         open_dispute d p 600 => x.is disputed y.is disputed
         lose d => y 0 x 400 x.is active y.is depleted chargeback/loss 0"
    ));
}

#[test]
fn what_comes_free_on_the_wire_goes_to_the_dispute_and_leaves_the_credit_alone() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:2x500
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R1 l1x1 rails=x
         give_up x
         credit x
         back O R2 l1x1 rails=y
         begin y
         open_dispute d p 500 => x.is disputed
         told y failed => x.is active y:failed
         instead y z -> amount_exceeds_refundable 0
         lose d => x 500 y:succeeded chargeback/loss -"
    ));
}

#[test]
fn nothing_is_given_while_a_dispute_takes_the_refund() {
    check(&format!(
        "{}
         open_dispute d p 1000 => x:failed R:failed
         credit x -> amount_exceeds_refundable 0
         hand x -> amount_exceeds_refundable 0
         lose d => x:succeeded refund/payable 0
         credit x -> consent_not_needed",
        stuck()
    ));
}

#[test]
fn bought_cards_and_credits_together_lose_what_the_bank_took_and_no_more() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:400 goods:S:600 cards=G
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R l2x1 rails=x
         give_up x
         credit x => x 600 G 400
         open_dispute d p 600 => x.is disputed G.is disputed
         lose d => x 400 G 0 chargeback/loss 0"
    ));
}

/// A card of 10.00 that was paid for and is gone, and an order of it that is to go back.
fn gone(card: &str, then: &str) -> String {
    format!(
        "{SHOP}
         program Q 1..9000 days=30 extension=7 regions=US-CA
         issue D2 1000 {card}
         checkout K goods:S:600 buyer=P
         add K D2
         pay K O
         {then}
         cancel D2
         back O R everything => R:needs_consent refund/payable 600"
    )
}

#[test]
fn what_a_card_that_is_gone_had_paid_becomes_another_card_like_it() {
    check(&format!(
        "{}
         credit_share R9 t1 N -> refund_not_found
         credit_share R t2 N -> tender_not_found
         credit_share R t1 B -> id_taken
         credit_share R t1 N code=B -> code_taken
         credit_share R t1 N => N 600 N.is active N.days 20 N.owner P R:succeeded R.card_t1 N
          => refund/payable 0 events gift_card.issued,refund.succeeded
         credit_share R t1 N2 -> nothing_to_change
         by_hand R t1 -> nothing_to_change
         redeem h N 100 region=DE -> region_not_allowed
         redeem h N 600 region=US-CA => N 0",
        gone("program=Q", "wait 10d")
    ));
    // It has an owner, and lasts long enough to be spent.
    check(&format!(
        "{}
         credit_share R t1 N => N 600 N.days 7 N.owner Z",
        gone("program=Q", "claim code:D2 Z\nwait 40d")
    ));
    check(&format!("{}\n credit_share R t1 N => N.days -", gone("", "")));
    // What is paid by hand is not a card as well.
    check(&format!(
        "{}
         by_hand R t1 rail=bank
         credit_share R t1 N -> nothing_to_change",
        gone("", "")
    ));
}

#[test]
fn promotional_value_never_becomes_store_credit() {
    check(&format!(
        "{SHOP}
         issue Q 600 by=promotional
         checkout K goods:S:600
         add K Q
         pay K O
         cancel Q
         back O R everything => R:succeeded refund/payable - giftcard/incentives 0
         credit_share R t1 N -> nothing_to_change"
    ));
}

#[test]
fn what_goes_over_a_rail_is_no_share_of_a_card() {
    check(&format!(
        "{}
         credit_share R t1 N -> tender_not_found",
        stuck()
    ));
}

#[test]
fn no_card_is_given_for_one_whose_payment_a_bank_has_taken_back() {
    let bought = format!(
        "{SHOP}
         checkout G gift_card:S:1000 cards=H
         add G method m
         pay G Q q
         captured q 1000 order=Q
         checkout K goods:S:600
         add K H
         pay K O
         back Q R1 l1=400 rails=w => H 0 H:depleted
         cancel H => H:canceled
         back O R everything => R:needs_consent
         open_dispute d q 600
         credit_share R t1 N -> gift_card_not_usable disputed"
    );
    check(&format!("{bought}\n win d\n credit_share R t1 N => N 600 R:succeeded"));
    // Whichever of the payments of its line it is.
    let other = bought
        .replace("captured q 1000 order=Q", "captured q 700\ncaptured qq 300 order=Q")
        .replace("add G method m", "add G method m 700\nadd G method n")
        .replace("pay G Q q", "pay G Q q qq")
        .replace("open_dispute d q 600", "open_dispute d qq 200");
    check(&format!("{other}\n win d\n credit_share R t1 N => N 600 R:succeeded"));
    check(&format!(
        "{other}
         lose d
         credit_share R t1 N -> gift_card_not_usable disputed"
    ));
    check(&format!(
        "{bought}
         lose d
         credit_share R t1 N -> gift_card_not_usable disputed
         by_hand R t1"
    ));
}

/// A dispute takes of store credit last, so the card is not blocked; but what was paid with it
/// while the bank decides is not given again.
#[test]
fn no_card_is_given_for_store_credit_while_its_payment_is_disputed() {
    let canceled = format!(
        "{SHOP}
         checkout K goods:S:700 goods:S:300
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R1 l2x1 rails=x
         give_up x
         credit x => x 300
         checkout L service:T:300
         add L x
         pay L Q
         cancel x => x.is canceled
         open_dispute d p 500
         back Q R2 everything => R2:needs_consent
         credit_share R2 t1 N -> gift_card_not_usable disputed"
    );
    check(&format!("{canceled}\n win d\n credit_share R2 t1 N => N 300 R2:succeeded"));
    check(&format!(
        "{canceled}
         lose d
         credit_share R2 t1 N -> gift_card_not_usable disputed
         by_hand R2 t1"
    ));
}

/// Cards that were canceled before disputes blocked such ones are not blocked.
#[test]
fn whether_the_payment_of_a_bought_card_is_disputed_is_asked_of_the_payment() {
    let mut world = check(&format!(
        "{SHOP}
         checkout G gift_card:S:1000 cards=H
         add G method m
         pay G Q q
         captured q 1000 order=Q
         checkout K goods:S:600
         add K H
         pay K O
         cancel H => H:canceled
         back O R everything => R:needs_consent
         open_dispute d q 600"
    ));
    for card in world.card.values_mut() {
        Arc::make_mut(card).disputed = None;
    }
    world.is_audited = false;
    run(&mut world, "credit_share R t1 N -> gift_card_not_usable disputed");
    run(&mut world, "win d");
    run(&mut world, "credit_share R t1 N => N 600 R:succeeded");
}
