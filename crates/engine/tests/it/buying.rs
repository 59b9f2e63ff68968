//! Gift cards that are bought: issued with their order, undone, refunded as far as they are
//! unspent, blocked and clawed back when their payment is disputed.

use engine::{Answer, AnswerRef, NEEDS_ROUNDS_MAX, Query, ask};
use giftcards::{Funding, purchase_of};

use crate::checkouts::SHOP;
use crate::script::{check, run};
use crate::words;
use crate::world::View;

/// Goods of 5.00 and two cards of 10.00, paid by a card and a method.
pub const GIFTS: &str = "
    checkout K goods:S:500 gift_card:S:2x1000 cards=G,H
    add K A
    add K method m
    pay K O p
    authorized p
    captured p 2000 order=O";

#[test]
fn bought_cards_are_issued_in_the_record_that_makes_their_order() {
    let world = check(&format!(
        "{SHOP}
         checkout K goods:S:500 gift_card:S:2x1000 cards=G,H via=email link=L to=P
         => K.total 0/2500 order/clearing -
         add K A => K.t1 l1:500
         add K method m => K.t2 l2:2000
         pay K O p => K:paying G -
         authorized p => K:paying G -
         captured p 2000 order=O => K:paid O:paid G 1000 H 1000 A 200 order/clearing 0 S 450
         => rail/sandbox/clearing 2000 G:active G.sent scheduled:1 G.for P
         captured p 2000 order=Q -> nothing_to_change
         redeem h code:G 300 => G 700"
    ));
    let [card, other] = ["G", "H"].map(|name| world.card[&words::card(name)].clone());
    let payment = base::PaymentId::from_bits(words::bits("p"));
    let rail = base::Token::new("sandbox").unwrap();
    assert_eq!(card.funding, Funding::Payment { payment, rail });
    assert_eq!(card.funding, other.funding);
    assert_eq!(card.created_at, world.now);
    let id = purchase_of(words::checkout("K"));
    let asked = ask(&Query::Purchase(id), &View { world: &world, loaded: None }, None, world.now);
    let Some(Answer::Purchase(purchase)) = asked else { panic!("{asked:?}") };
    assert_eq!(purchase.order, Some(base::OrderId::from_bits(words::bits("O"))));
    assert!(purchase.cards.iter().all(|card| card.line == 2 && card.prepared.is_none()));
    assert_eq!(world.answer(AnswerRef::Purchase(id)), Some(Answer::Purchase(purchase)));
}

#[test]
fn events_of_a_purchase_tell_each_card_and_whether_it_is_to_be_sent() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:1000 gift_card:S:500 cards=G,H via=email send=1d link=L
         add K method m
         pay K O p
         authorized p
         captured p 1500 order=O
         => events payment.captured,checkout.paid,order.paid,gift_card.issued,gift_card.issued
         wait 1d
         send G => G.sent scheduled:1 events gift_card.delivery_due"
    ));
}

#[test]
fn a_line_of_cards_brings_as_many_as_it_has_units() {
    check(&format!(
        "{SHOP}
         issue U 5
         checkout K gift_card:S:2x1000 -> gift_cards_not_prepared
         checkout K gift_card:S:2x1000 cards=G -> gift_cards_not_prepared
         checkout K gift_card:S:2x1000 cards=G,H,I -> gift_cards_not_prepared
         checkout K goods:S:1000 cards=G -> gift_cards_not_prepared
         checkout K gift_card:S:2x1000 cards=G,G -> id_taken
         checkout K gift_card:S:2x1000 cards=G,H code=same -> code_taken
         checkout K gift_card:S:2x1000 cards=G,U -> id_taken
         checkout K gift_card:S:1000 cards=G code=U -> code_taken
         checkout K gift_card:S:1000 cards=G program=P -> program_not_found
         program P 2000..9000
         checkout K gift_card:S:1000 cards=G program=P -> limit_exceeded
         checkout K gift_card:S:1000EUR cards=G currency=EUR until=-1d -> date_not_later
         checkout K gift_card:S:2000EUR cards=G currency=EUR program=P -> currency_mismatch
         checkout K gift_card:S:0 cards=G -> limit_exceeded
         checkout K gift_card:S:2000 gift_card:S:2x3000 cards=G,H,I program=P => K:open"
    ));
}

#[test]
fn a_checkout_sells_a_hundred_cards_and_not_one_more() {
    let names = |count: usize| (0..count).map(|n| format!("g{n}")).collect::<Vec<_>>().join(",");
    let mut world = check(SHOP);
    let mut check = |line: &str| {
        run(&mut world, line);
        assert!(world.rounds <= NEEDS_ROUNDS_MAX, "{line} takes {} rounds", world.rounds);
    };
    check(&format!("checkout K gift_card:S:101x100 cards={} -> limit_exceeded", names(101)));
    check(&format!(
        "checkout K gift_card:S:60x100 gift_card:T:40x100 cards={} => K:open",
        names(100)
    ));
    check("add K method m 4000");
    check("add K method n");
    check("pay K O p q");
    check("authorized p");
    check("authorized q");
    check("captured p 4000");
    check("captured q 6000 order=O => O:paid g0 100 g99 100 order/clearing 0");
    check("open_dispute d p 4000");
    check("redeem h g59 1 -> gift_card_not_usable disputed");
    check("redeem h g60 1");
    check("lose d => chargeback/loss 0 g0 0 g39 0 g40 100");
    check("open_dispute d p 4000 stage=2");
    check("win d stage=2 => g0 100 chargeback/loss 0");
    check("back O R everything rails=x,y => O:partly_refunded g0 0 g60 0 order/clearing 1");
}

#[test]
fn cards_never_pay_for_cards() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:300 cards=G
         add K A -> line_not_in_scope
         checkout L goods:S:100 gift_card:S:300 cards=H
         add L A => L.t1 l1:100
         add L B => L.t1 - L.t2 l1:100
         pay L O -> not_covered 300"
    ));
}

#[test]
fn a_bought_card_can_be_spent_after_the_delay_of_its_program_or_its_own() {
    check(&format!(
        "{SHOP}
         program P 1..9000 activation=3600
         program Q 1..9000 activation=9999999 -> limit_exceeded
         checkout K gift_card:S:1000 cards=G program=P
         checkout L gift_card:S:1000 cards=H program=P active=60
         wait 600
         add K method m
         pay K O p
         authorized p
         captured p 1000 order=O => G:pending
         add L method m
         pay L Q q
         authorized q
         captured q 1000 order=Q => H:pending
         wait 60 => H:active G:pending
         redeem h1 H 1
         redeem h2 G 1 -> gift_card_not_usable not_yet_active
         wait 3540 => G:active
         redeem h3 G 1"
    ));
}

#[test]
fn cards_that_cannot_be_issued_any_more_are_refused_before_anybody_is_charged() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:1000 cards=G until=600
         add K method m
         wait 600
         pay K O p -> date_not_later => K:open"
    ));
    // Another card has taken the code since.
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:1000 cards=G
         add K method m
         issue X 5 code=G
         pay K O p -> code_taken => K:open"
    ));
}

#[test]
fn cards_that_cannot_be_issued_when_the_rail_answers_end_the_attempt_and_the_money_goes_back() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:1000 cards=G until=600
         add K method m 400
         add K method n
         pay K O p q
         authorized p
         wait 600
         authorized q => K:failed K.why date_not_later p:voiding q:voiding G -"
    ));
    check(&format!(
        "{SHOP}
         checkout K goods:S:100 gift_card:S:1000 cards=G
         add K A
         add K method m
         pay K O p
         authorized p
         issue G 5
         captured p 1000 order=O refunds=x => K:failed K.why id_taken G 5 A 700 x:pending
         => order/clearing 0 refund/payable 1000"
    ));
}

#[test]
fn a_purchase_is_undone_within_ten_minutes() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         wait 600
         undo O R rails=x => R:pending G 0 H 0 G:canceled H:canceled x:pending O:partly_refunded
         => O.l2 2000/2 O.l1 0/0 R.parts t2:2000 order/clearing 0 refund/payable 2000 A 200 S 450
         undo O R -> id_taken
         undo O R2 -> nothing_to_change
         redeem h code:G 1 -> gift_card_not_usable canceled
         back O R2 everything rails=y => O:refunded A 700 p.cap 2000/0/2000/0
         begin x
         told x succeeded => R:succeeded rail/sandbox/clearing 0"
    ));
}

#[test]
fn an_undo_is_refused_for_the_first_reason_in_order() {
    check(&format!(
        "{SHOP}
         checkout L goods:S:100
         add L A
         pay L P
         undo X R -> order_not_found
         undo P R -> purchase_not_found
         {GIFTS}
         hold h H 400
         undo O R -> bought_cards_spent 1600
         release h
         redeem h2 G 1
         undo O R -> bought_cards_spent 1999
         refund r h2 1
         claim code:G Z
         undo O R -> already_claimed
         wait 601
         undo O R -> undo_too_late => G 1000 H 1000"
    ));
    // A frozen card is taken back; one that a refund took back before is passed over.
    check(&format!(
        "{SHOP}
         {GIFTS}
         back O R l2x1 rails=x => G:canceled H 1000
         freeze H
         undo O R2 rails=y => H:canceled O.l2 2000/2"
    ));
}

/// Its buyer knows the code, so what was added to a card does not stay on it.
#[test]
fn an_undone_purchase_leaves_no_card_that_lives() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         adjust G 300 => G 1300 giftcard/incentives 300
         undo O R rails=x => G 0 H 0 G:canceled H:canceled x:pending giftcard/incentives 0
         => events ..,gift_card.withdrawn,gift_card.canceled,rail_refund.created
         redeem h code:G 1 -> gift_card_not_usable canceled"
    ));
    // What is held of it is held, whoever has paid for it.
    check(&format!(
        "{SHOP}
         {GIFTS}
         adjust G 300
         hold h G 300
         undo O R rails=x -> bought_cards_spent 2000
         release h
         undo O R rails=x => G:canceled giftcard/incentives 0"
    ));
}

#[test]
fn what_was_taken_back_is_not_undone_because_goodwill_stands_in_for_it() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         back O R1 l2=300 rails=x => G 700 H 1000
         adjust G 300 => G 1000
         undo O R2 rails=y -> bought_cards_spent 1700 => G 1000 H 1000"
    ));
}

#[test]
fn an_undo_while_a_bank_has_the_money_is_refused() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 2000
         undo O R rails=x -> amount_exceeds_refundable 0 => G 1000 H 1000"
    ));
}

#[test]
fn a_refund_returns_what_is_unspent_and_nothing_more() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         redeem h G 300
         hold h2 H 100 => H 1000/100
         back O R l2=1601 -> bought_cards_spent 1600
         back O R l2x1 -> bought_cards_spent 0
         back O R amount 501 -> amount_exceeds_refundable 500
         back O R everything rails=x => R.parts t1:500,t2:1600 O:partly_refunded O.l2 1600/0
         => G 0 G:depleted H 100/100 H:active order/clearing 300
         release h2 => H 100
         back O R2 everything rails=y => R2.parts t2:100 O.l2 1700/0 H:canceled p.cap 2000/0/1700/0
         back O R3 everything -> nothing_to_refund
         back O R3 l2=1 -> bought_cards_spent 0"
    ));
}

#[test]
fn units_are_whole_cards_and_amounts_come_from_those_that_are_spent_in_part() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:4x1000 cards=G,H,I,J
         add K method m
         pay K O p
         authorized p
         captured p 4000 order=O
         redeem h H 400
         back O R1 l1=700 rails=x1 => H 0 H:depleted G 900 I 1000 J 1000 O.l1 700/0
         back O R2 l1x3 -> bought_cards_spent 2000
         back O R2 l1x1 rails=x2 => I 0 I:canceled G 900 J 1000 O.l1 1700/1
         back O R3 l1x1 l1=901 -> bought_cards_spent 900
         back O R3 l1x1 l1=900 rails=x3 => G 0 J 0 O.l1 3600/2 order/clearing 400
         back O R4 l1x2 -> bought_cards_spent 0
         back O R4 l1x3 -> quantity_exceeds_line"
    ));
}

#[test]
fn unclaimed_cards_give_back_before_claimed_ones_and_frozen_ones_give_too() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:3x1000 cards=G,H,I
         add K method m
         pay K O p
         authorized p
         captured p 3000 order=O
         claim code:G Z
         redeem h G 300
         freeze H
         back O R1 l1=1200 rails=x1 => H 0 H:canceled I 800 G 700
         back O R2 everything rails=x2 => I 0 I:canceled G 0 G:depleted O.l1 2700/0"
    ));
}

#[test]
fn a_card_past_its_date_gives_nothing_back() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:2x1000 cards=G,H until=1d
         add K method m
         pay K O p
         authorized p
         captured p 2000 order=O
         wait 1d
         back O R l1x1 -> bought_cards_spent 0
         expire G => giftcard/breakage 1000
         back O R everything -> nothing_to_refund"
    ));
}
