//! Goodwill on cards: it is spent before what was bought, and never becomes money.

use std::sync::Arc;

use base::Amount;

use crate::script::{check, run};
use crate::world::World;

/// A card of 50.00, bought with method m in order O, and a shop that sells for gift cards.
const BOUGHT: &str = "
    seller S 0
    method m
    checkout K gift_card:S:5000 cards=G
    add K method m
    pay K O p
    captured p 5000 order=O";

#[test]
fn a_purchase_returns_what_is_unspent_of_it_and_not_what_was_added_since() {
    check(&format!(
        "{BOUGHT}
         redeem h G 2000
         adjust G 2000 => G 5000 giftcard/incentives 2000
         undo O R rails=x -> bought_cards_spent 3000
         back O R l1=3001 -> bought_cards_spent 3000
         back O R l1x1 -> bought_cards_spent 0
         back O R everything rails=x => O.l1 3000/0 G 2000 G:active giftcard/incentives 2000
         => p.cap 5000/0/3000/0 order/clearing 2000
         back O R2 everything -> nothing_to_refund"
    ));
}

#[test]
fn what_was_given_is_spent_before_what_was_bought() {
    check(&format!(
        "{BOUGHT}
         adjust G 2000
         redeem h G 2500 => G 4500
         back O R everything rails=x => O.l1 4500/0 G 0 G:depleted giftcard/incentives 2000"
    ));
    // So what was spent of the former is no reason against an undo.
    check(&format!(
        "{BOUGHT}
         adjust G 2000
         redeem h G 2000 => G 5000
         undo O R rails=x => O.l1 5000/1 G 0 G:canceled giftcard/incentives 2000"
    ));
}

#[test]
fn what_was_bought_comes_back_before_what_was_given() {
    check(&format!(
        "{BOUGHT}
         adjust G 2000
         redeem h G 3000 => G 4000
         refund r1 h 600 => G 4600
         back O R1 l1=4601 -> bought_cards_spent 4600
         refund r2 h 900 key=B => G 5500
         back O R1 l1=5000 rails=x => G 0 G:canceled giftcard/incentives 1500"
    ));
}

#[test]
fn undoing_a_refund_takes_off_what_the_refund_had_put_back() {
    // What was bought, although goodwill is there.
    check(&format!(
        "{BOUGHT}
         redeem h G 2000
         adjust G 2000
         refund r h 2000 key=B => G 7000
         reverse B => G 5000
         back O R everything rails=x => O.l1 3000/0 G 2000"
    ));
    // What was given; and where that is spent, what was bought.
    check(&format!(
        "{BOUGHT}
         adjust G 2000
         redeem h G 2000
         refund r h 2000 key=B => G 7000
         redeem h2 G 1500
         reverse B => G 3500
         refund r3 h2 1500
         back O R everything rails=x => O.l1 3500/0 G 1500"
    ));
    // Where what was bought is spent, goodwill pays for it.
    check(&format!(
        "{BOUGHT}
         redeem h G 2000
         refund r h 2000 key=B
         redeem h2 G 4500
         adjust G 2000 => G 2500
         reverse B => G 500
         refund r3 h2 4500 => G 5000
         back O R everything rails=x => O.l1 4500/0 G 500"
    ));
}

#[test]
fn what_is_held_counts_as_goodwill_first() {
    check(&format!(
        "{BOUGHT}
         adjust G 2000
         hold h G 3000
         back O R1 l1=4001 -> bought_cards_spent 4000
         back O R1 l1=4000 rails=x => G 3000/3000
         capture h 2500 => G 500
         back O R2 everything rails=y => O.l1 4500/0 G 0 G:depleted"
    ));
    // Captured in parts, and released.
    check(&format!(
        "{BOUGHT}
         adjust G 1000
         hold h G 3000
         capture h 800 open
         capture h 700 open
         release h => G 4500
         refund r h 1200 => G 5700
         back O R everything rails=x => O.l1 5000/1 G 0 G:canceled giftcard/incentives 300"
    ));
}

#[test]
fn a_purchase_that_went_back_whole_leaves_no_card_and_no_goodwill() {
    check(&format!(
        "{BOUGHT}
         adjust G 700
         back O R everything rails=x => O.l1 5000/1 G:canceled giftcard/incentives 0
         => events ..,gift_card.withdrawn,gift_card.canceled,rail_refund.created"
    ));
    // What is held is left to whoever relies on it.
    check(&format!(
        "{BOUGHT}
         adjust G 700
         hold h G 500
         back O R everything rails=x => O.l1 5000/1 G 700/500 G:active
         capture h => G 200"
    ));
}

#[test]
fn a_card_that_is_spent_in_part_takes_refunds_after_its_purchase_went_back() {
    check(&format!(
        "{BOUGHT}
         checkout L goods:S:2000
         add L G
         pay L Q
         back O R1 everything rails=x => O.l1 3000/0 G 0 G:depleted
         back Q R2 everything => R2:succeeded G 2000 G:active
         back O R3 everything rails=y => O.l1 5000/1 G:canceled order/clearing 0"
    ));
}

/// A line of two cards gives no more from one of them than it was sold with.
#[test]
fn each_card_of_a_line_gives_what_is_its_own() {
    check(
        "seller S 0
         method m
         checkout K gift_card:S:2x1000 cards=G,H
         add K method m
         pay K O p
         captured p 2000 order=O
         redeem h H 400
         adjust G 700
         back O R1 l1=600 rails=x => H 0 H:depleted G 1700
         adjust H 500
         adjust G 300
         back O R2 everything rails=y => O.l1 1600/0 G:canceled H 500 giftcard/incentives 500
         refund r h 400
         back O R3 everything rails=z => O.l1 2000/2 H:canceled giftcard/incentives 0",
    );
}

#[test]
fn goodwill_expires_to_where_it_came_from_and_comes_back_from_there() {
    check(
        "issue A 100 until=1d
         adjust A 30
         wait 1d
         expire A => A 0 giftcard/breakage 100 giftcard/incentives 0
         extend A 1d => A 130 giftcard/breakage 0 giftcard/incentives 30
         redeem h A 50 => A 80
         wait 1d
         refund r h 10 => A 10 giftcard/breakage 80 giftcard/incentives 30
         extend A 99d => A 90 giftcard/breakage 0",
    );
    // What is held when the card is prolonged stays held.
    check(
        "issue A 100 until=43200
         adjust A 30
         redeem h A 40
         hold h2 A 20 for=86400
         wait 43200
         refund r h 5 => A 25/20 giftcard/breakage 70
         capture h2
         cancel A => A 0 A:canceled rail/external/clearing 95",
    );
}

#[test]
fn what_is_canceled_by_hand_goes_to_where_it_came_from_and_what_was_bought_is_kept() {
    check(&format!(
        "{BOUGHT}
         adjust G 700
         redeem h G 1000
         cancel G => G:canceled giftcard/incentives 700 giftcard/breakage 4700 order/clearing 1000"
    ));
    check(
        "issue A 100 by=acme
         adjust A 30
         cancel A => receivable/acme 0 giftcard/incentives 0",
    );
    check(
        "issue A 100 by=promotional
         adjust A 30
         redeem h A 10
         cancel A => giftcard/incentives 10",
    );
}

#[test]
fn an_adjustment_downward_takes_goodwill_first() {
    check(&format!(
        "{BOUGHT}
         adjust G 700
         adjust G -1000 => G 4700 giftcard/incentives -300
         back O R everything rails=x => O.l1 4700/0 G 0 G:depleted"
    ));
}

/// Cards are given for what was paid; goodwill that was spent is nobody's.
#[test]
fn goodwill_that_a_card_spent_which_is_gone_is_owed_to_nobody() {
    let spent = format!(
        "{BOUGHT}
         adjust G 700
         checkout L goods:S:3x400
         add L G
         pay L Q"
    );
    check(&format!(
        "{spent}
         cancel G
         back Q R1 l1x1 => R1:needs_consent R1.parts t1:400 refund/payable 400
         back Q R2 l1x1 => R2.parts t1:100,t1:300 refund/payable 500 giftcard/incentives 400
         credit_share R2 t1 N => N 100 refund/payable 400 R2:succeeded R2.card_t1 N
         credit_share R2 t1 N2 -> nothing_to_change
         back Q R3 everything => R3:succeeded R3.parts t1:400 giftcard/incentives 0
         by_hand R3 t1 -> nothing_to_change
         by_hand R1 t1 => refund/payable 0"
    ));
    // The whole purchase went back, so nothing of it was spent.
    check(&format!(
        "{BOUGHT}
         adjust G 700
         checkout L goods:S:500
         add L G
         pay L Q
         undo O R rails=x => G:canceled giftcard/incentives 500
         back Q R2 everything => R2:succeeded giftcard/incentives 0 refund/payable 5000"
    ));
}

#[test]
fn a_lost_dispute_takes_what_was_bought_and_leaves_goodwill() {
    check(&format!(
        "{BOUGHT}
         redeem h G 2000
         adjust G 2000
         open_dispute d p 5000 => G.is disputed
         lose d => G 2000 G.is disputed chargeback/loss 2000
         refund r h 500 => G 2500
         open_dispute d p 5000 stage=2
         win d stage=2 => G 5500 G.is active chargeback/loss 0
         back O R everything rails=x => O.l1 3500/0 G 2000"
    ));
    // Store credit as well.
    check(
        "seller S 0
         method m
         checkout K goods:S:1000
         add K method m
         pay K O p
         captured p 1000 order=O
         back O R everything rails=x
         give_up x
         credit x => x 1000
         redeem h x 300
         adjust x 500
         open_dispute d p 1000
         lose d => x 500 x.is disputed chargeback/loss 300",
    );
}

/// A book after this script, whose rows do not tell goodwill apart, as those that were written
/// before it was.
fn not_told_apart(script: &str) -> World {
    let mut world = check(script);
    // Whose value is whose is not in these rows.
    world.is_audited = false;
    for card in world.card.values_mut() {
        Arc::make_mut(card).goodwill = Amount::ZERO;
    }
    for hold in world.hold.values_mut() {
        Arc::make_mut(hold).goodwill = Amount::ZERO;
    }
    world
}

/// A line of two cards of 10.00: H is spent, and G has twice what it was sold with.
const TWO: &str = "
    seller S 0
    method m
    checkout K gift_card:S:2x1000 cards=G,H
    add K method m
    pay K O p
    captured p 2000 order=O
    redeem h H 1000
    adjust G 1000 => G 2000";

#[test]
fn a_card_gives_no_more_than_it_was_sold_with_where_goodwill_is_not_told_apart() {
    for (first, again) in [("l1=1000", "l1=1000"), ("l1x1", "l1x1"), ("l1=1000", "l1x1")] {
        let mut world = not_told_apart(TWO);
        run(&mut world, &format!("back O R1 {first} rails=x => G 0 G:canceled"));
        run(&mut world, "wait 1 => giftcard/incentives 0 giftcard/breakage - order/clearing 1000");
        run(&mut world, &format!("back O R2 {again} rails=y -> bought_cards_spent 0"));
        // The same while the card lives, for something of it is held.
        let mut world = not_told_apart(&format!("{TWO}\nhold k G 100"));
        run(&mut world, "back O R1 l1=700 rails=x => G 1300/100 G:active");
        run(&mut world, "back O R2 l1=301 rails=y -> bought_cards_spent 300");
        run(&mut world, "back O R2 l1=300 rails=y => G 1000/100 G:active");
        run(&mut world, &format!("back O R3 {again} rails=z -> bought_cards_spent 0"));
        run(&mut world, "release k => G 1000");
        run(&mut world, &format!("back O R3 {again} rails=z -> bought_cards_spent 0"));
    }
}

#[test]
fn what_a_purchase_leaves_on_a_card_was_given_away_though_the_card_does_not_know() {
    let mut world = not_told_apart(&format!(
        "{BOUGHT}
         adjust G 700"
    ));
    run(&mut world, "undo O R rails=x => O.l1 5000/1 G 0 G:canceled giftcard/incentives 0");
    run(&mut world, "wait 1 => giftcard/breakage - order/clearing 0");
}

#[test]
fn goodwill_that_a_shop_took_goes_back_to_where_it_came_from_once_the_card_is_gone() {
    // By a refund, part by part.
    let spent = format!(
        "{BOUGHT}
         adjust G 700
         redeem h G 500 key=B
         undo O R rails=x => G:canceled giftcard/incentives 500"
    );
    check(&format!(
        "{spent}
         refund r1 h 501 -> amount_exceeds_captured 500
         refund r1 h 200 key=C => giftcard/incentives 300 G 0 G:canceled order/clearing 300
         refund r2 h 300 => giftcard/incentives 0 order/clearing 0
         refund r3 h 1 -> amount_exceeds_captured 0
         reverse B -> amount_exceeds_captured 0
         reverse C -> insufficient_balance 0"
    ));
    // By undoing it.
    check(&format!(
        "{spent}
         reverse B => giftcard/incentives 0 order/clearing 0 G 0
         refund r h 1 -> amount_exceeds_captured 0"
    ));
    // What was bought has nowhere to go, and comes back first.
    check(&format!(
        "{BOUGHT}
         adjust G 700
         redeem h G 900 key=B
         cancel G => giftcard/breakage 4800
         refund r h 100 -> gift_card_not_usable canceled
         refund r h 900 -> gift_card_not_usable canceled
         reverse B -> gift_card_not_usable canceled"
    ));
    // A date that is past does not matter any more.
    check(
        "issue A 100 until=1d
         adjust A 30
         redeem h A 30
         cancel A
         wait 2d
         refund r h 30 => A 0 A:canceled giftcard/incentives 0 order/clearing 0",
    );
}
