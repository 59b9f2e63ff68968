//! Failures that other products are known for, each by name.

use crate::checkouts::SHOP;
use crate::script::check;

/// An order of 10.00 that a method has paid.
const BY_METHOD: &str = "
    checkout K goods:S:1000
    add K method m
    pay K O p
    authorized p
    captured p 1000 order=O";

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
/// Source: <https://github.com/juspay/hyperswitch/issues/13182>.
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
/// Sources: <https://github.com/Automattic/woocommerce-payments/issues/6378>,
/// <https://github.com/juspay/hyperswitch-control-center/issues/4109>.
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
/// Sources: <https://github.com/woocommerce/woocommerce/issues/26734>,
/// <https://github.com/woocommerce/woocommerce/issues/30263>.
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

/// Elsewhere an amount reaches the rail with decimals that its currency has not, or a refund asks
/// for it in another currency.
/// Sources: <https://github.com/Automattic/woocommerce-payments/issues/5215>,
/// <https://github.com/Adyen/adyen-magento2/issues/689>.
#[test]
fn an_amount_in_a_currency_with_other_decimals() {
    for code in ["JPY", "USD", "KWD"] {
        check(&format!(
            "seller S 1000
             method m
             checkout K goods:S:5000{code} currency={code}
             add K method m
             pay K O p
             authorized p
             captured p 500000{code} -> rail_contradiction
             captured p 5000EUR -> currency_mismatch
             captured p 5000{code} order=O => K:paid S@{code} 4500 commission@{code} 500
             => rail/sandbox/clearing@{code} 5000
             back O R amount 1000EUR -> currency_mismatch
             back O R amount 1000{code} rails=x => p.cap 5000/0/1000/0 refund/payable@{code} 1000
             begin x
             told x succeeded => rail/sandbox/clearing@{code} 4000 refund/payable@{code} 0"
        ));
    }
}

/// Elsewhere the rail's message about a refund is taken for another refund.
/// Source: <https://github.com/woocommerce/woocommerce-gateway-stripe/issues/838>.
#[test]
fn a_webhook_that_doubles_a_refund() {
    check(&format!(
        "{SHOP}
         {BY_METHOD}
         back O R amount 400 rails=x
         begin x
         told x succeeded => R:succeeded p.cap 1000/400/0/0 O.l1 400/0
         => rail/sandbox/clearing 600 refund/payable 0
         told x succeeded -> nothing_to_change
         told x succeeded attempt=1 -> nothing_to_change
         told x pending -> nothing_to_change
         => R:succeeded p.cap 1000/400/0/0 O.l1 400/0 rail/sandbox/clearing 600 refund/payable 0
         back O R2 everything rails=y => p.cap 1000/400/600/0"
    ));
}

/// Elsewhere a refund that pends is shown as failed, or as done.
/// Sources: <https://github.com/craftcms/commerce-stripe/issues/134>,
/// <https://github.com/Automattic/woocommerce-payments/issues/1195>.
#[test]
fn a_pending_refund_that_is_shown_as_failed_or_succeeded() {
    let pending = format!(
        "{SHOP}
         {BY_METHOD}
         back O R everything rails=x
         begin x
         told x pending => R:pending R.t1 pending x:pending p.cap 1000/0/1000/0 events -
         => refund/payable 1000 rail/sandbox/clearing 1000
         wait 4d
         told x pending => R:pending x:pending events -
         instead x y -> rail_refund_not_failed
         credit x -> consent_not_needed
         hand x -> consent_not_needed
         give_up x -> outcome_pending
         back O R2 everything -> nothing_to_refund => R:pending x:pending refund/payable 1000"
    );
    check(&format!("{pending}\ntold x succeeded => R:succeeded x:succeeded refund/payable 0"));
    check(&format!("{pending}\ntold x failed => R:failed x:failed refund/payable 1000"));
}

/// Elsewhere a refund is refused because fees were taken of the money, or because there was none.
/// Sources: <https://github.com/opencollective/opencollective/issues/5485>,
/// <https://github.com/alfio-event/alf.io/issues/739>.
#[test]
fn a_platform_fee_that_blocks_a_refund() {
    // The shop has its commission, the rail its fee, seller and creator the rest.
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000@C
         add K method m
         pay K O p
         authorized p
         captured p 1000 fee=59 order=O => S 850 C 50 commission 100 rail/sandbox/clearing 941
         payout y S 1000 => S 0
         payout z C 1000 => C 0 rail/sandbox/clearing 41
         back O R everything rails=x => S -850 C -50 commission 0 p.cap 1000/0/1000/0
         begin x
         told x succeeded => R:succeeded rail/sandbox/clearing -959 rail/sandbox/fees 59
         => order/clearing 0 refund/payable 0"
    ));
    // No fee at all.
    check(&format!(
        "{SHOP}
         checkout K goods:T:1000
         add K method m
         pay K O p
         authorized p
         captured p 1000 fee=0 order=O => T 1000 commission -
         back O R everything rails=x => T 0
         begin x
         told x succeeded => R:succeeded rail/sandbox/clearing 0 refund/payable 0"
    ));
}

/// Elsewhere a payment method that is gone leaves the refund to operations that nobody connects.
/// Sources: <https://github.com/killbill/killbill/issues/255>,
/// <https://github.com/w3c/webpayments-ig/issues/21>.
#[test]
fn a_refund_to_a_payment_method_that_is_gone() {
    check(&format!(
        "{SHOP}
         {BY_METHOD}
         back O R amount 400 rails=x
         begin x
         told x gone => R:needs_consent x:needs_consent p.cap 1000/0/400/0 refund/payable 400
         back O R2 amount 601 -> amount_exceeds_refundable 600
         credit x => x 400 x:succeeded R:succeeded p.credited 400 refund/payable 0
         => rail/sandbox/clearing 1000
         credit x -> consent_not_needed
         back O R2 amount 601 -> amount_exceeds_refundable 600"
    ));
}

/// Elsewhere what a rail cannot send becomes credit, and nobody was asked.
/// Sources: <https://github.com/woocommerce/woocommerce/issues/35775>,
/// <https://github.com/flexprice/flexprice/pull/2685>,
/// <https://github.com/w3c/webpayments-ig/issues/22>.
#[test]
fn a_refund_that_becomes_wallet_credit_unasked() {
    check(&format!(
        "{SHOP}
         {BY_METHOD}
         back O R everything rails=x
         credit x -> consent_not_needed                  # the rail may still do it
         begin x
         told x gone => R:needs_consent refund/payable 1000 p.credited 0
         => events rail_refund.consent_needed,refund.consent_required
         wait 30d
         redeem z x 1 -> gift_card_not_found
         credit x => x 1000 R:succeeded refund/payable 0  # the payer agrees
         redeem z x 1 => x 999"
    ));
}

/// Elsewhere the refund goes out, and the order, its tax or its seller is never adjusted.
/// Source: <https://github.com/killbill/killbill/issues/1007>.
#[test]
fn a_refund_whose_adjustment_fails() {
    check(&format!(
        "{SHOP}
         checkout K goods:S:1000+81
         add K method m
         pay K O p
         authorized p
         captured p 1081 order=O => S 900 commission 100 tax/US-CA 81
         back O R l1x2 rails=x -> quantity_exceeds_line => O:paid O.l1 0/0 S 900 tax/US-CA 81
         => p.cap 1081/0/0/0 refund/payable -
         begin x -> rail_refund_not_found                # so nothing goes out
         back O R l1x1 rails=x => O:refunded O.l1 1081/1 S 0 commission 0 tax/US-CA 0
         => p.cap 1081/0/1081/0 refund/payable 1081 rail/sandbox/clearing 1081
         begin x
         told x failed => R:failed O:refunded S 0 tax/US-CA 0 refund/payable 1081
         instead x y
         begin y
         told y succeeded => R:succeeded S 0 refund/payable 0 rail/sandbox/clearing 0"
    ));
}

/// Elsewhere a payment that is canceled, declined or given back returns a part of what the cards
/// had paid, that of one of several cards, or nothing.
/// Sources: <https://github.com/mollie/magento2/issues/873>,
/// <https://github.com/nopSolutions/nopCommerce/issues/1986>,
/// <https://github.com/buckaroo-it/Magento2/pull/1282>,
/// <https://github.com/Adyen/adyen-salesforce-commerce-cloud/pull/970>.
#[test]
fn only_a_part_of_a_card_comes_back() {
    for ending in [
        "declined p => K:failed K.tenders released,released,failed",
        "action p\ncancel_attempt K => K:failed",
        "authorized p\nuncaptured p => K:failed",
        "captured p 200 order=O => K:paid A 0 B 0\nback O R everything rails=x => O:refunded",
    ] {
        check(&format!(
            "{SHOP}
             checkout K goods:S:1200
             add K A
             add K B
             add K method m
             pay K O p => A 700/700 B 300/300
             {ending}
             redeem a code:A 700 => A 0
             redeem b code:B 300 => B 0"
        ));
    }
}
