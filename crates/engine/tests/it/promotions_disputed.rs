//! What becomes of a promotion when the bank of whoever paid takes the money back.

use crate::script::check;

/// A promotion of 50.00 and 4.00 of tax, paid by one method, that has spent 10.00.
pub const SPENT: &str = "creator C 0
    method m
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000+400 pays=P
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 5400 order=O
    approve P
    lease P feed 1000
    bill feed 0..1 P:1:2500@1000
    close P 1 1
";

/// Paid by two methods, half each.
const BY_TWO: &str = "creator C 0
    method m
    method n
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000 pays=P
    add K method m 2500
    add K method n
    submit P K
    pay K O p q
    authorized p
    authorized q
    captured p 2500 order=O
    captured q 2500 order=O
    approve P
";

fn after(opening: &str, script: &str) {
    check(&(opening.to_owned() + script));
}

#[test]
fn an_open_dispute_holds_it_up_and_a_won_one_does_not() {
    after(
        SPENT,
        "open_dispute d p 5400 => P:paused P.held dispute events ..promotion.paused
            => P.deeds ..disputed P.due 259200
         resume P -> payment_disputed
         resume P staff -> payment_disputed
         lease P feed 5 -> promotion_not_running
         pause P
         resume P => P:paused P.held dispute
         win d => P:running P.held - P.deeds ..dispute_over events ..promotion.resumed
         open_dispute d p 5400 stage=2 => P:paused
         stop P => P:stopped P.due -
         wait 262800
         settle_up P O R -> payment_disputed
         win d stage=2 => P:stopped P.due 0 events dispute.won
         settle_up P O R => P.back 4000/0 R.parts t1:4320",
    );
}

#[test]
fn a_lost_dispute_stops_it_and_what_is_left_makes_the_loss_good() {
    after(
        SPENT,
        "open_dispute d p 5400
         lose d => P:stopped P.why payment P.deeds ..dispute_over,stopped chargeback/loss 5400
            => P.escrow 4000 P.due 262800 events ..promotion.stopped
         wait 262800
         settle_up P O R rails=x
            => P.back 4000/0 R.parts t1:4320 chargeback/loss 1080 x:succeeded
            => R:succeeded P.escrow 0 tax/US-CA 80 promotion/revenue 1000 order/clearing 0",
    );
    // The payment has left more than what goes back: of that the bank has paid its part.
    after(
        SPENT,
        "open_dispute d p 1000
         lose d => P:stopped chargeback/loss 1000
         wait 262800
         settle_up P O R rails=x
            => P.back 4000/0 R.parts t1:4320 x:pending order/clearing 0 chargeback/loss 0
            => refund/payable 3320",
    );
}

#[test]
fn a_dispute_that_comes_after_the_settlement_changes_nothing_that_was_settled() {
    after(
        SPENT,
        "stop P
         wait 262800
         settle_up P O R rails=x
         begin x
         told x succeeded
         open_dispute d p 1080 => P:settled P.held dispute P.due -
         bill feed 1..2 -P:1:250@100 => P.due - P.spent 900
         settle_up P O S -> payment_disputed
         lose d => P:settled P.held - P.due 0 chargeback/loss 1080 P.why advertiser
         settle_up P O S rails=y => P.back 4100/0 S.parts t1:108 chargeback/loss 972",
    );
}

#[test]
fn disputes_of_what_is_not_paid_yet_free_the_draft() {
    check(
        "creator C 0
         method m
         method n
         compose P 5000
         checkout K promotion:nobody:5000 pays=P
         add K method m 2500
         add K method n
         submit P K
         pay K O p q
         authorized p
         authorized q
         captured p 2500 order=O
         open_dispute d p 2500 => P:draft P.held - events dispute.opened
         captured q 2500 refunds=x,y => K:failed P.deeds ..payment_failed P.escrow -
         win d => P:draft P.held -",
    );
}

#[test]
fn disputes_of_what_an_earlier_checkout_took_in_vain_are_none_of_its_business() {
    check(
        "creator C 0
         method m
         method n
         compose P 5000
         checkout K promotion:nobody:5000 pays=P
         add K method m 2500
         add K method n
         submit P K
         pay K O p q
         authorized p
         authorized q
         captured p 2500
         uncaptured q refunds=x => K:failed P:draft
         checkout L promotion:nobody:5000 pays=P
         add L method m
         submit P L
         pay L O r
         authorized r
         captured r 5000 order=O
         approve P
         open_dispute d r 5000 => P:paused
         open_dispute e p 2500 => P:paused P.held dispute
         lose e => P:paused P.held dispute
         win d => P:scheduled P.held -",
    );
}

#[test]
fn a_rejected_one_does_not_come_back_once_its_money_is_gone() {
    after(
        &BY_TWO.replace("    approve P\n", ""),
        "reject P music
         open_dispute d p 2500 => P:rejected P.due -
         lose d => P:stopped P.why payment P.due 0 events ..promotion.stopped
         appeal P -> promotion_not_rejected
         settle_up P O R => P.back 5000/0 order/clearing 0 chargeback/loss 0",
    );
}

#[test]
fn it_goes_on_when_none_of_its_payments_is_disputed() {
    after(
        BY_TWO,
        "open_dispute d p 2500 => P:paused
         open_dispute e q 100 => P:paused P.held dispute events dispute.opened
         win d => P:paused P.held dispute
         win e => P:running P.held - P.deeds ..approved,disputed,dispute_over",
    );
    // One was lost before the other was won: the money is gone all the same.
    after(
        BY_TWO,
        "open_dispute d p 2500
         open_dispute e q 100
         lose d => P:paused P.held dispute
         win e => P:stopped P.why payment P.deeds ..disputed,dispute_over,stopped
         open_dispute f q 50 => P:stopped P.held dispute P.due -
         win f => P:stopped P.held - P.due 0                           # nothing was shown
         settle_up P O R rails=x,y
            => R.parts t1:2500,t2:2500 x:succeeded y:pending chargeback/loss 0 P.back 5000/0",
    );
}

#[test]
fn what_is_reviewed_waits_for_the_bank_too() {
    after(
        &BY_TWO.replace("    approve P\n", ""),
        "open_dispute d p 2500 => P:in_review P.held dispute events dispute.opened
         approve P => P:paused P.held dispute
         post p version=v2 => P:in_review
         win d => P:in_review P.held -
         approve P => P:running
         post p private
         open_dispute e q 1 => P:paused events dispute.opened
         win e => P:paused P.held post events dispute.won
         post p public => P:running",
    );
}
