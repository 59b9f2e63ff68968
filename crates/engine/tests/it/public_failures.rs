//! Failures that other products are known for, each by name.

use crate::checkouts::SHOP;
use crate::script::check;

/// Elsewhere one order paid twice at once charges its card twice, 100 times of 100 (measured).
#[test]
fn one_order_paid_twice_at_once() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:500
         add K A
         pay K O => K:paid A 200
         pay K O2 -> checkout_paid
         checkout L goods:S:600
         add L B
         add L method m
         pay L O3 p1 => L:paying
         pay L O4 p2 -> checkout_paying
         authorized p1
         pay L O4 p2 -> checkout_paying
         captured p1 300 order=O3 => L:paid B 0
         pay L O4 p2 -> checkout_paid
         captured p1 300 order=O4 -> nothing_to_change"
    ));
}

/// Elsewhere two cards are both drained in full.
/// Source: <https://github.com/medusajs/medusa/issues/4892>.
#[test]
fn two_cards_both_drained() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:800
         add K A
         add K B
         pay K O => K:paid A 200 B 0"
    ));
}

/// Elsewhere the refund of an order does not bring card money back to its card.
/// Source: <https://github.com/Setono/SyliusGiftCardPlugin/issues/284>.
#[test]
fn a_refund_that_does_not_return_to_the_card() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:700
         add K code:A
         pay K O => A 0
         back O R everything => R:succeeded A 700 O:refunded refund/payable -
         redeem z code:A 700 => A 0"
    ));
}

/// Elsewhere a refund of bought cards leaves them to be spent, or is paid twice: once by the
/// refund, once by the card.
/// Source: <https://github.com/Setono/SyliusGiftCardPlugin/issues/284>.
#[test]
fn a_refund_that_leaves_bought_cards_spendable() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:2x500 cards=G,H
         add K method m
         pay K O p
         authorized p
         captured p 1000 order=O
         back O R l1x1 rails=x => G:canceled G 0 H 500 refund/payable 500 order/clearing 0
         redeem h code:G 1 -> gift_card_not_usable canceled
         redeem h code:H 500"
    ));
}

/// Elsewhere a bought card is spent and then its purchase refunded: goods for nothing.
/// Source: <https://github.com/nopSolutions/nopCommerce/issues/506>.
#[test]
fn a_bought_card_that_is_spent_and_refunded() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:500 cards=G
         add K method m
         pay K O p
         authorized p
         captured p 500 order=O
         checkout L goods:S:450
         add L code:G
         pay L Q => L:paid G 50
         back O R l1x1 -> bought_cards_spent 0
         back O R l1=500 -> bought_cards_spent 50
         undo O R -> bought_cards_spent 50
         back O R everything rails=x => R.parts t1:50 G 0 p.cap 500/0/50/0 order/clearing 0
         back O R2 everything -> nothing_to_refund
         back Q R3 everything => G 450 R3:succeeded refund/payable 50
         back O R4 everything rails=y => G 0 G:canceled p.cap 500/0/500/0 refund/payable 500
         back O R5 everything -> nothing_to_refund"
    ));
}

/// Elsewhere a refund of bought cards returns twice: two at once, or a refund and an undo.
#[test]
fn a_refund_of_bought_cards_that_returns_twice() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:500 cards=G
         add K method m
         pay K O p
         authorized p
         captured p 500 order=O
         undo O R rails=x => refund/payable 500 G 0
         undo O R2 rails=y -> nothing_to_change
         back O R2 l1x1 -> quantity_exceeds_line
         back O R2 l1=1 -> amount_exceeds_refundable 0
         back O R2 everything -> nothing_to_refund
         begin x
         told x failed
         undo O R2 rails=y -> nothing_to_change
         back O R2 everything -> nothing_to_refund => refund/payable 500"
    ));
}

/// Elsewhere a stolen payment method buys cards, and they are spent after the bank took it back.
#[test]
fn cards_bought_with_a_payment_that_is_charged_back() {
    check(&format!(
        "{SHOP}
         checkout K gift_card:S:500 cards=G
         add K method m
         pay K O p
         authorized p
         captured p 500 order=O
         open_dispute d p 500
         checkout L goods:S:100
         add L code:G -> gift_card_not_usable disputed
         lose d => G 0 chargeback/loss 0
         undo O R -> bought_cards_spent 0"
    ));
}

/// Elsewhere cards buy cards, and promotional value becomes value that was paid for.
/// Source: <https://github.com/pretix/pretix/issues/1396>.
#[test]
fn cards_that_buy_cards() {
    check(&format!(
        "{SHOP}
         issue D 900 by=promotional
         checkout K gift_card:S:500 cards=G
         add K D -> line_not_in_scope
         add K code:A -> line_not_in_scope
         pay K O -> not_covered 500"
    ));
}

/// Elsewhere two concurrent refunds are more than what was captured.
#[test]
fn concurrent_refunds_above_the_capture() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K method m
         pay K O p
         authorized p
         captured p 1000 order=O
         back O R1 amount 600 rails=x => x:pending
         back O R2 amount 600 rails=y -> amount_exceeds_refundable 400
         back O R2 amount 400 rails=y => p.cap 1000/0/1000/0
         begin x
         begin y
         told y succeeded
         told x failed => p.cap 1000/400/0/0
         back O R3 amount 1 -> amount_exceeds_refundable 0"
    ));
}

/// Elsewhere a refund during a chargeback pays twice.
/// Source: <https://github.com/Automattic/woocommerce-payments/issues/6378>.
#[test]
fn a_refund_during_a_dispute() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000
         add K A
         add K method m
         pay K O p
         authorized p
         captured p 300 order=O
         open_dispute d p 300
         back O R everything -> amount_exceeds_refundable 0 => A 0
         win d
         back O R everything rails=x => A 700 x:pending"
    ));
}

/// Elsewhere a payment page waits for ever when cards pay everything.
/// Source: <https://github.com/umbraco/Umbraco.Commerce.Issues/issues/310>.
#[test]
fn nothing_left_to_pay() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:700
         add K A
         add K method m -> nothing_left_to_pay
         pay K O p => K:paid O:paid"
    ));
}

/// Elsewhere a cent is left over, or made up, when a payment is refunded in thirds.
#[test]
fn one_cent_remainders() {
    check(&format!(
        "{SHOP}
         issue D 334
         checkout K goods:S:3x333+1@C
         add K D
         add K method m
         pay K O p
         authorized p
         captured p 666 order=O
         back O R1 l1x1 rails=x1 => R1.parts t1:112,t2:222
         back O R2 l1x1 rails=x2
         back O R3 l1x1 rails=x3 => O:refunded D 334 S 0 C 0 commission 0 tax/US-CA 0
         => refund/payable 666 order/clearing 0"
    ));
}

/// Elsewhere the second of two equal refunds is taken for a repetition of the first.
/// Source: <https://github.com/Mangopay/mangopay/issues/60>.
#[test]
fn equal_partial_refunds() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:2x350
         add K A
         pay K O
         back O R1 l1x1 => A 350
         back O R2 l1x1 => A 700"
    ));
}
