//! Redemptions, and what a card may pay for.

use crate::script::check;

#[test]
fn a_redemption_takes_money_at_once() {
    check(
        "issue A 100
         redeem h1 A 60 => A 40 order/clearing 60 h1:captured
         redeem h2 A 41 -> insufficient_balance 40
         redeem h2 A 41 partial => A 0 A:depleted order/clearing 100
         redeem h3 A 1 partial -> insufficient_balance 0
         redeem h3 A 1 -> insufficient_balance 0
         redeem h3 A 0 -> limit_exceeded",
    );
}

#[test]
fn spending_is_refused_for_the_first_reason_in_order() {
    for spend in ["hold", "redeem"] {
        check(&format!(
            "issue A 100 regions=US kinds=goods until=9d
             freeze A
             {spend} h A 0EUR region=CA lines=service for=0 -> gift_card_not_usable frozen
             unfreeze A
             {spend} h A 0EUR region=CA lines=service for=0 -> currency_mismatch
             {spend} h A 0 region=CA lines=service for=0 -> region_not_allowed
             {spend} h A 0 region=CA lines=gift_card for=0 -> region_not_allowed
             {spend} h A 0 region=US lines=service for=0 -> line_not_in_scope
             {spend} h A 0 region=US lines=goods for=0 -> limit_exceeded
             {spend} h A 101 region=US lines=goods -> insufficient_balance 100
             {spend} h A 100 region=US lines=goods"
        ));
    }
    check(
        "issue A 100 until=1d
         wait 1d
         freeze A
         redeem h A 1 -> gift_card_not_usable expired    # before frozen
         cancel A
         redeem h A 1 -> gift_card_not_usable canceled",
    );
}

#[test]
fn a_card_is_spent_in_its_currency_regions_and_scope_only() {
    check(
        "issue A 100 regions=US,CA-ON not_from=mine
         redeem h1 A 1EUR region=US lines=goods -> currency_mismatch
         redeem h1 A 1 lines=goods -> region_not_allowed
         redeem h1 A 1 lines=goods region=CA -> region_not_allowed
         redeem h1 A 1 lines=goods region=CA-ON
         redeem h2 A 1 lines=goods region=US-NY
         redeem h3 A 1 region=US -> line_not_in_scope
         redeem h3 A 1 region=US lines=goods seller=mine -> line_not_in_scope
         redeem h3 A 1 region=US lines=goods seller=other",
    );
    check(
        "issue A 100 kinds=goods,digital
         redeem h1 A 1 lines=goods,service -> line_not_in_scope
         redeem h1 A 1 lines=goods,digital",
    );
}

#[test]
fn no_card_pays_for_another() {
    check(
        "issue A 100
         redeem h1 A 1 lines=goods,gift_card -> line_not_in_scope
         hold h1 A 1 lines=gift_card -> line_not_in_scope
         issue B 100 kinds=gift_card
         redeem h1 B 1 lines=gift_card -> line_not_in_scope",
    );
}

#[test]
fn lines_are_bounded() {
    let lines = |count| vec!["goods"; count].join(",");
    check(&format!("issue A 9\n redeem h1 A 1 lines={}", lines(100)));
    check(&format!("issue A 9\n redeem h1 A 1 lines={} -> limit_exceeded", lines(101)));
}

#[test]
fn a_magic_card_fails_at_capture() {
    check(
        "issue A 100 fails
         redeem h1 A 999 -> capture_declined             # before insufficient_balance
         hold h1 A 60 => A 100/60
         capture h1 61 -> amount_exceeds_hold 60
         capture h1 -> capture_declined
         release h1 => A 100 h1:released",
    );
}

#[test]
fn money_of_lapsed_holds_is_free_before_anybody_booked_it() {
    check(
        "issue A 100
         hold h1 A 60 for=60
         hold h2 A 30 for=90
         hold h3 A 10 for=900
         wait 60 => A 100/100 h1:expired h2:held
         redeem h4 A 61 -> insufficient_balance 60
         redeem h4 A 60 => A 40/40
         lapse h1 -> hold_not_open                      # the redemption has booked it
         wait 30
         hold h5 A 1 partial => A 40/11
         wait 810
         redeem h6 A 99 partial => A 1/1 h3:expired h5:held",
    );
    check(
        "issue A 100
         hold h1 A 60 for=60
         capture h1 20 open => A 80/40
         hold h2 A 40
         wait 60
         change h2 81 -> insufficient_balance 40
         change h2 80 => A 80/80 h1:captured",
    );
}

#[test]
fn a_card_is_pending_until_its_first_instant() {
    check(
        "issue A 100 active=600 => A 100 A:pending
         redeem x A 1 -> gift_card_not_usable not_yet_active
         hold x A 1 -> gift_card_not_usable not_yet_active
         freeze A
         redeem x A 1 -> gift_card_not_usable frozen             # before not_yet_active
         unfreeze A
         wait 599
         redeem x A 1 -> gift_card_not_usable not_yet_active
         wait 1 => A:active
         redeem x A 100 => A:depleted",
    );
    check("issue A 100 active=600\n adjust A -100 => A 0 A:pending\n cancel A => A:canceled");
    check("issue A 100 active=0 => A:active\n issue B 100 active=-1d => B:active");
    check("issue A 100 active=2d until=1d -> date_not_later");
    check("issue A 100 active=1d until=1d -> date_not_later");
    check("issue A 100 active=86399 until=1d => A:pending\n wait 1d => A:expired");
}
