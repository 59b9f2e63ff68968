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
