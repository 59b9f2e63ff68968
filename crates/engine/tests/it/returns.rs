//! Money on its way back: refunds, and operations undone by their keys.

use crate::script::check;

#[test]
fn a_refund_returns_at_most_what_was_captured() {
    check(
        "issue A 100
         hold h1 A 60
         refund r1 h1 1 -> amount_exceeds_captured 0
         capture h1 40 open
         refund r1 h1 5EUR -> currency_mismatch
         refund r1 h1 41 -> amount_exceeds_captured 40
         refund r1 h1 0 -> limit_exceeded
         refund r1 h1 30 => A 90/20 order/clearing 10
         refund r1 h1 99 -> amount_exceeds_captured 10   # before id_taken
         refund r1 h1 10 -> id_taken
         refund r2 h1 10 => A 100/20 order/clearing 0
         refund r3 h1 1 -> amount_exceeds_captured 0
         capture h1 => A 80
         refund r3 h1 20 => A 100",
    );
}

#[test]
fn a_refund_to_an_expired_card_revives_the_refunded_money_only() {
    // The same, whether the expiry was booked before or not.
    for expire in ["expire A => A 0 giftcard/breakage 40", ""] {
        check(&format!(
            "issue A 100 until=1d
             redeem h1 A 60
             wait 1d
             {expire}
             refund r1 h1 10 => A 10 A:active giftcard/breakage 40
             refund r2 h1 10 => A 20 A:active giftcard/breakage 40
             wait 89d => A:active
             wait 1d => A:expired
             expire A => A 0 giftcard/breakage 60
             extend A 1d => A 60 giftcard/breakage 0"
        ));
    }
    check(
        "issue A 100 by=promotional until=1d
         redeem h1 A 60
         hold h2 A 30 for=86400
         wait 86399
         change h2 for=60
         wait 1
         refund r1 h1 10 => A 40/30 giftcard/incentives 90
         capture h2 => A 10",
    );
}

#[test]
fn a_hold_is_undone_by_its_key() {
    check(
        "issue A 100
         hold h1 A 60 key=H
         reverse H => A 100 h1:released
         reverse H                                       # nothing is left to undo
         hold h2 A 60 for=60 key=I
         change h2 70
         wait 60
         reverse I => A 100                              # lapsed, but not booked
         hold h3 A 60 for=60 key=J
         wait 60
         lapse h3
         reverse J => A 100 h3:expired
         hold h4 A 60 key=K
         release h4 20
         reverse K => A 100",
    );
}

#[test]
fn a_capture_is_undone_before_its_hold() {
    check(
        "issue A 100
         hold h1 A 60 key=H
         capture h1 20 open key=C
         capture h1 10 open key=D
         reverse H -> hold_captured
         reverse C => A 90/30
         reverse C => A 90/30
         reverse H -> hold_captured
         reverse D => A 100/30
         reverse H => A 100",
    );
}

#[test]
fn a_capture_that_was_refunded_is_undone_after_the_refund() {
    for (spend, key) in [("hold h1 A 60\n capture h1 60 key=K", "K"), ("redeem h1 A 60 key=K", "K")]
    {
        check(&format!(
            "issue A 100
             {spend}
             refund r1 h1 40 key=R => A 80
             reverse {key} -> amount_exceeds_captured 20
             reverse R => A 40
             reverse R => A 40
             reverse {key} => A 100 order/clearing 0
             refund r2 h1 1 -> amount_exceeds_captured 0"
        ));
    }
}

#[test]
fn a_refund_that_was_spent_again_is_not_undone() {
    check(
        "issue A 100
         redeem h1 A 60
         refund r1 h1 60 key=R
         redeem h2 A 50
         reverse R -> insufficient_balance 50
         refund r2 h2 10
         reverse R => A 0 order/clearing 100",
    );
}

#[test]
fn undoing_needs_a_card_that_lives_or_can_be_prolonged() {
    check(
        "issue A 100 until=1d
         redeem h1 A 60 key=K
         wait 1d
         reverse K => A 60 A:active giftcard/breakage 40",
    );
    check(
        "issue A 100
         redeem h1 A 60 key=K
         cancel A
         reverse K -> gift_card_not_usable canceled",
    );
    check(
        "issue A 100
         redeem h1 A 60 key=K
         freeze A
         reverse K => A 100",
    );
}

#[test]
fn undoing_tells_what_can_be_undone() {
    check(
        "issue A 100 key=I
         freeze A key=F
         unfreeze A
         redeem h1 A 101 key=N -> insufficient_balance 100
         reverse I -> operation_irreversible
         reverse F -> operation_irreversible
         reverse N => A 100                              # refused: nothing to undo
         reverse X => A 100                              # never arrived: it never will
         reverse X
         hold h2 A 60 key=H
         cancel A key=T -> holds_open                    # transient: not kept under its key
         reverse H
         cancel A",
    );
}
