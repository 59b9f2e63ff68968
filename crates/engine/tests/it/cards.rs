//! The life of a card apart from spending: issue, freeze, code, cancel, extend, adjust, update,
//! expire.

use ledger::Reason;

use crate::script::{check, command};
use crate::words::{self, Words};

#[test]
fn the_value_of_a_card_comes_from_the_account_of_its_funding() {
    check("issue A 100 by=external => A 100 rail/external/clearing 100");
    check("issue A 100 by=promotional => A 100 giftcard/incentives 100");
    check("issue A 100 by=acme => A 100 receivable/acme 100");
    check("issue A 100 by=import => A 100 import/opening -100");
    check("issue A 0 by=import => A 0 A:depleted");
    check("issue A 100 left=30 by=import => A 30 import/opening -30");
    check("issue A 100 left=0 by=import => A 0 A:depleted");
    check("issue A 100EUR => A 100 rail/external/clearing - rail/external/clearing@EUR 100");
}

#[test]
fn issuing_is_refused_for_the_first_reason_in_order() {
    check(
        "program P 10..100
         issue A 100
         issue A 0 code=A program=X -> id_taken
         issue B 0 code=A program=X -> code_taken
         issue B 5EUR program=X until=-1 -> program_not_found
         issue B 5EUR program=P until=-1 -> currency_mismatch
         issue B 5 program=P until=-1 -> limit_exceeded
         issue B 101 program=P -> limit_exceeded 100
         issue B 0 until=-1 -> limit_exceeded
         issue B 100000001 -> limit_exceeded 100000000
         issue B 100000001 by=import -> limit_exceeded 100000000
         issue B 10 left=100000001 by=import -> limit_exceeded 100000000
         issue B 10 left=5 -> limit_exceeded
         issue B 10 until=-1 -> date_not_later
         issue B 10 until=0 -> date_not_later
         issue B 5 by=import program=P until=-1 => B 5 B:expired",
    );
}

#[test]
fn a_frozen_card_is_not_spent_but_its_holds_are_kept() {
    check(
        "issue A 100
         hold h1 A 60
         freeze A
         freeze A -> nothing_to_change
         redeem h2 A 10 -> gift_card_not_usable frozen
         hold h2 A 10 -> gift_card_not_usable frozen
         change h1 70 -> gift_card_not_usable frozen
         change h1 for=1000 -> gift_card_not_usable frozen
         change h1 50 => A 100/50               # less and shorter is welcome
         change h1 for=60
         capture h1 20 open => A 80/30
         refund r1 h1 5 => A 85/30
         unfreeze A
         unfreeze A -> nothing_to_change
         change h1 40 => A 85/40
         redeem h2 A 45 => A 40/40",
    );
}

#[test]
fn a_new_code_spends_the_same_card_and_the_old_one_is_dead() {
    check(
        "issue A 100 code=old
         issue B 100 code=other
         hold h1 code:old 30
         replace A other -> code_taken
         replace A old -> code_taken
         replace A new => A 100/30
         redeem h2 code:old 10 -> gift_card_not_usable code_replaced
         redeem h2 code:none 10 -> gift_card_not_usable unknown
         redeem h2 code:none,new 10 => A 90/30
         redeem h3 code:new,old 10 => A 80/30
         replace A old -> code_taken            # never given out again
         replace B old -> code_taken
         capture h1 => A 50
         freeze A
         replace A third                        # a freeze has its own reason
         redeem h4 code:third 10 -> gift_card_not_usable frozen",
    );
}

#[test]
fn a_canceled_card_sends_its_value_back_where_it_came_from() {
    for (funding, account) in [
        ("external", "rail/external/clearing 40"),
        ("promotional", "giftcard/incentives 40"),
        ("acme", "receivable/acme 40"),
        ("import", "import/opening -40"),
    ] {
        check(&format!(
            "issue A 100 by={funding}
             hold h1 A 40
             cancel A -> holds_open
             capture h1
             cancel A => A 0 {account} A:canceled order/clearing 40
             cancel A -> nothing_to_change"
        ));
    }
}

#[test]
fn a_canceled_card_stays_canceled() {
    check(
        "issue A 100
         redeem h1 A 40
         cancel A
         redeem h2 A 1 -> gift_card_not_usable canceled
         freeze A -> gift_card_not_usable canceled
         unfreeze A -> gift_card_not_usable canceled
         replace A new -> gift_card_not_usable canceled
         replace A A -> gift_card_not_usable canceled    # before code_taken
         extend A never -> gift_card_not_usable canceled
         adjust A +10 -> gift_card_not_usable canceled
         expire A -> not_due
         refund r1 h1 40 -> gift_card_not_usable canceled",
    );
}

#[test]
fn what_an_expired_card_had_left_goes_to_the_account_of_its_funding() {
    for (funding, account) in [
        ("external", "giftcard/breakage 60"),
        ("acme", "giftcard/breakage 60"),
        ("import", "giftcard/breakage 60"),
        ("promotional", "giftcard/incentives 40"),
    ] {
        check(&format!(
            "issue A 100 by={funding} until=3d
             redeem h1 A 40
             expire A -> not_due
             wait 3d => A 60 A:expired               # whether or not it was booked
             redeem h2 A 1 -> gift_card_not_usable expired
             expire A => A 0 {account} A:expired
             expire A -> not_due
             redeem h2 A 1 -> gift_card_not_usable expired"
        ));
    }
}

#[test]
fn a_card_with_holds_expires_when_they_are_settled() {
    check(
        "issue A 100 until=3d
         wait 2d
         hold h1 A 60 for=86400
         hold h2 A 30 for=86400
         wait 86000
         wait 399
         expire A -> not_due
         capture h1 20 open => A 80/70
         wait 1
         expire A -> holds_open                  # both have lapsed, neither is booked
         capture h1 -> hold_not_open
         lapse h1 => A 80/30 h1:captured
         lapse h2 => A 80 h2:expired
         expire A => A 0 giftcard/breakage 80",
    );
    check(
        "issue A 100 until=1d
         wait 86399
         hold h1 A 60
         wait 1 => A:expired
         change h1 70 -> gift_card_not_usable expired
         change h1 for=3600 -> gift_card_not_usable expired
         capture h1 => A 40                      # the shop has relied on the hold
         expire A => A 0 giftcard/breakage 40",
    );
}

#[test]
fn an_extended_card_gets_back_what_its_expiry_took() {
    for (funding, after) in
        [("external", "giftcard/breakage 0"), ("promotional", "giftcard/incentives 100")]
    {
        check(&format!(
            "issue A 100 by={funding} until=3d
             extend A 2d -> date_not_later
             extend A 3d -> date_not_later
             extend A 4d
             wait 4d
             expire A => A 0
             extend A -1 -> date_not_later
             extend A 0 -> date_not_later
             extend A 1d => A 100 A:active {after}
             extend A never
             extend A never -> nothing_to_change
             extend A 900d -> date_not_later
             wait 900d
             redeem h1 A 100 => A 0 A:depleted"
        ));
    }
    check("issue A 100 until=3d\n wait 5d\n extend A 1d => A 100 A:active giftcard/breakage -");
}

#[test]
fn a_correction_is_bounded_on_both_sides() {
    check(
        "issue A 100 until=9d
         hold h1 A 60
         adjust A +5EUR -> currency_mismatch
         adjust A +0 -> limit_exceeded
         adjust A -0 -> limit_exceeded
         adjust A +99999901 -> limit_exceeded 99999900
         adjust A -41 -> insufficient_balance 40
         adjust A -40 => A 60/60 giftcard/incentives -40
         adjust A +10 => A 70/60 giftcard/incentives -30
         wait 9d
         adjust A +5EUR -> gift_card_not_usable expired",
    );
}

#[test]
fn the_ledger_keeps_why_a_value_was_corrected() {
    for (word, reason) in [
        ("goodwill", Reason::AdjustGoodwill),
        ("correction", Reason::AdjustCorrection),
        ("compensation", Reason::AdjustCompensation),
        ("fraud", Reason::AdjustFraud),
        ("other", Reason::AdjustOther),
    ] {
        for sum in ["+5", "-5"] {
            let mut world = check("issue A 100");
            let line = format!("adjust A {sum} for={word}");
            let change = world.run(&command(&world, &Words::of(&line)), None).unwrap();
            let transfers = change.transfers.iter().map(|transfer| transfer.reason);
            let entries = change.entries.iter().map(|entry| entry.reason);
            assert_eq!(transfers.chain(entries).collect::<Vec<_>>(), [reason; 3], "{line}");
        }
    }
}

#[test]
fn an_update_replaces_what_the_shop_keeps_with_a_card() {
    let world = check(
        "issue A 100 with=size:L,note:x ref=order-1 => A.with note:x,size:L A.ref order-1
         update A -> nothing_to_change
         update A ref=order-2 => A.with note:x,size:L A.ref order-2 events gift_card.updated
         update A with=note:y => A.with note:y A.ref order-2 events gift_card.updated
         update A with=note:y ref=order-2 => events -    # it was so already
         update A with= => A.with - A.ref order-2 events gift_card.updated
         update A ref= => A.with - A.ref - events gift_card.updated
         update A with= ref= => events -",
    );
    assert_eq!(world.card[&words::card("A")].details, None, "nothing is kept as nothing");
    // Nothing else is touched.
    check(
        "issue A 100 regions=US kinds=goods
         update A with=note:x ref=order-1
         update A with= ref=
         redeem h1 A 1 -> region_not_allowed
         redeem h1 A 1 region=US -> line_not_in_scope
         redeem h1 A 1 region=US lines=goods => A 99",
    );
}

#[test]
fn a_card_is_updated_in_every_state() {
    check(
        "issue A 100 until=3d
         hold h1 A 40
         update A ref=held => A 100/40 A.ref held
         freeze A
         update A ref=frozen => A 100/40 A.ref frozen
         release h1
         wait 3d
         update A ref=past => A.ref past A:expired
         expire A
         update A ref=expired => A 0 A.ref expired A:expired
         cancel A
         update A ref=canceled => A 0 A.ref canceled A:canceled
         update A -> nothing_to_change
         unfreeze A -> gift_card_not_usable canceled",
    );
}

#[test]
fn an_update_is_not_undone_by_its_key() {
    check(
        "issue A 100
         update A ref=order-1 key=U
         reverse U -> operation_irreversible",
    );
}

#[test]
fn a_card_that_does_not_exist_is_not_found() {
    for command in [
        "freeze A",
        "unfreeze A",
        "replace A new",
        "cancel A",
        "extend A never",
        "adjust A +1",
        "update A ref=r",
        "expire A",
        "send A",
        "news A sent",
        "resend A",
        "forward A P",
        "hold h A 1",
        "redeem h A 1",
    ] {
        check(&format!("{command} -> gift_card_not_found"));
    }
}
