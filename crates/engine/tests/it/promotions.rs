//! Promotions: composed, paid by checkouts, reviewed, ended and settled.

use crate::script::check;

/// A draft that a method is to pay, and its checkout with tax.
const DRAFT: &str = "creator C 0
    method m
    compose P 5000 with=m
    checkout K promotion:nobody:5000+400 pays=P
    submit P K signed
    add K method m
";

/// It is paid and waits for its review.
const PAID: &str = "pay K O p
    authorized p
    captured p 5400 order=O
";

fn after(opening: &[&str], script: &str) {
    check(&(opening.concat() + script));
}

#[test]
fn from_a_draft_to_its_settlements() {
    after(
        &[],
        "creator C 0
         method m
         compose P 5000 with=m => P:draft events promotion.created P.escrow - P.due -
         checkout K promotion:nobody:5000+400 pays=P
         add K method m
         submit P K signed => P:draft P.deeds composed,submitted events -
         pay K O p
         authorized p => P:draft P.escrow -
         captured p 5400 order=O
            => P:in_review P.escrow 5000 order/clearing 0 tax/US-CA 400 P.due 345600
            => rail/sandbox/clearing 5400 events ..promotion.submitted P.lists yes
         approve P v1 => P:scheduled P.due 86400 events promotion.approved
         wait 86400
         advance P => P:running events promotion.started P.due 259200
         lease P feed 500 => P.escrow 5000/500 P.s1 open:500/0/0 events -
         bill feed 0..9 P:1:1000@400+2!3
            => P.spent 400 P.escrow 4600/100 promotion/revenue 400 P.units 1000/2/3 feed.billed 9
         close P 1 9 => P.s1 returned:500/100/400 P.escrow 4600
         wait 259200
         advance P => P:completed P.why time_over P.due 262800 events promotion.completed
         wait 262800
         settle_up P O R rails=x
            => P:settled P.back 4600/0 P.escrow 0 order/clearing 0 refund/payable 4968
            => tax/US-CA 32 promotion/revenue 400 O.l1 4968/0 R.parts t1:4968 x:pending
            => events promotion.settled,refund.created,rail_refund.created P.lists no P.due -
         begin x
         told x succeeded => R:succeeded refund/payable 0 rail/sandbox/clearing 432
         settle_up P O S -> nothing_to_settle
         bill feed 9..10 -P:1:100@40                                   # a verdict that comes late
            => P:settled P.spent 360 P.repaid 40 P.escrow 40 promotion/revenue 360 P.due 0
            => P.units 900/2/103 events promotion.repaid
         settle_up P O S rails=y
            => P.back 4640/0 S.parts t1:43 tax/US-CA 29 order/clearing 0 O.l1 5011/0 P.escrow 0
         settle_up P O T -> nothing_to_settle
         bill feed 10..11 -P:1:900@400 => P.spent 0 promotion/revenue 0 P.escrow 360
         settle_up P O T rails=z => O.l1 5400/0 O:refunded tax/US-CA 0 order/clearing 0
         bill feed 11..12 -P:1:900@400 => P.spent 0 P.escrow 0",
    );
}

#[test]
fn what_does_not_exist_is_not_found() {
    let world = after_draft();
    for command in [
        "edit X until=9d",
        "submit X K",
        "approve X",
        "reject X music",
        "appeal X",
        "pause X",
        "resume X",
        "stop X",
        "advance X",
        "settle_up X",
        "lease X feed 500",
        "keep X 1 100",
        "close X 1 0",
        "lapse_slice X 1",
    ] {
        let mut world = world.clone();
        crate::script::run(&mut world, &format!("{command} -> promotion_not_found"));
    }
    after(
        &[DRAFT],
        "post nowhere private -> post_not_found
         keep P 1 100 -> slice_not_found
         close P 1 0 -> slice_not_found
         lapse_slice P 1 -> slice_not_found
         compose P 5000 -> id_taken
         compose Q 5000 by=X -> creator_not_found
         compose Q 5000 with=x -> payment_method_not_found
         compose Q 5000 with=card:x -> gift_card_not_found
         compose Q 5000
         submit Q X -> checkout_not_found
         submit Q K -> checkout_not_found                              # it is for another one
         bill feed 0..1 X:1:5@2 => feed.unknown 5 feed.billed 1 events -
         bill feed 1..2 P:1:5@2 -P:1:5@2 => feed.unknown 5 P.units 0/5/0 P.spent 0
         checkout L promotion:nobody:5000 pays=X
         add L method m
         pay L Y -> promotion_not_found
         wait 900
         abandon L => L:expired",
    );
}

fn after_draft() -> crate::world::World {
    check(DRAFT)
}

#[test]
fn a_draft_changes_until_it_is_paid() {
    after(
        &[],
        "creator C 0
         compose P 0 -> limit_exceeded
         compose P 100 incentive=101 -> limit_exceeded
         compose P 5000 tags=51 -> limit_exceeded
         compose P 5000 key=k
         reverse k -> operation_irreversible
         edit P until=4d -> nothing_to_change
         edit P budget=5000EUR -> currency_mismatch
         edit P budget=0 -> limit_exceeded
         edit P budget=6000 goal=sales daily=2000 price=9 => events promotion.updated
         edit P goal=views daily=none budget=5000 => P.deeds composed,edited,edited
         compose Q 100
         checkout K promotion:nobody:100 pays=Q
         submit Q K -> promotion_blocked                               # less than three dollars
         compose S 5000 old
         checkout L promotion:nobody:5000 pays=S
         submit S L -> promotion_blocked                               # its quote is old
         stop S => S:stopped S.why advertiser S.due 0 events promotion.stopped
         stop S -> promotion_ended
         edit S until=9d -> promotion_ended
         submit S L -> promotion_not_draft
         settle_up S => S:settled S.back 0/0 S.escrow - events promotion.settled
         settle_up S -> nothing_to_settle
         settle_up P -> promotion_not_ended
         advance P -> promotion_not_running",
    );
}

#[test]
fn only_what_was_submitted_can_be_paid() {
    after(
        &[],
        "creator C 0
         method m
         compose P 5000
         checkout K promotion:nobody:5000 pays=P
         checkout L promotion:nobody:5000 pays=P
         add K method m
         add L method m
         pay K O -> promotion_not_being_paid
         submit P K
         submit P L -> promotion_being_paid
         edit P until=9d -> promotion_being_paid
         stop P -> promotion_being_paid
         pay L O -> promotion_not_being_paid
         pay K O p
         submit P K -> promotion_being_paid
         authorized p
         captured p 5000 order=O => P:in_review
         submit P L -> promotion_not_draft
         pay L Y -> promotion_not_being_paid
         compose Q 5000
         checkout M promotion:nobody:4000 pays=Q
         add M method m
         submit Q M
         pay M Y -> amount_mismatch 5000",
    );
}

#[test]
fn a_checkout_that_fails_frees_its_draft() {
    after(
        &[DRAFT],
        "pay K O p
         declined p => K:failed P:draft P.deeds composed,submitted,payment_failed events ..failed
         edit P budget=4000
         submit P K                                                    # which costs more
         add K method m
         pay K O p2 -> amount_mismatch 4000
         wait 900
         submit P K -> promotion_being_paid
         abandon K => K:expired P.deeds ..submitted,payment_failed
         submit P K -> checkout_expired
         checkout L promotion:nobody:4000 pays=P
         add L method m
         submit P L
         pay L O q
         action q
         cancel_attempt L => L:failed P.deeds ..submitted,payment_failed
         submit P L
         add L method m
         pay L O r
         authorized r
         uncaptured r => L:failed P.deeds ..payment_failed P.escrow -
         wait 900
         abandon L => L:expired
         submit P L -> checkout_expired
         stop P => P:stopped",
    );
}

#[test]
fn a_checkout_that_nobody_pays_frees_its_draft() {
    after(
        &[DRAFT],
        "wait 899
         abandon K -> not_due
         wait 1
         submit P K -> promotion_being_paid
         abandon K => K:expired P:draft P.deeds composed,submitted,payment_failed
         edit P until=9d",
    );
}

#[test]
fn cards_and_methods_pay_and_get_back_what_they_paid() {
    after(
        &[],
        "creator C 0
         method m
         method n
         issue A 700
         issue B 300
         compose P 2000 with=card:A,wallet,m
         checkout K promotion:nobody:2000+160 pays=P
         submit P K
         add K A
         add K B
         add K method m 500
         add K method n
         pay K O p q => A 700/700 B 300/300
         authorized p
         authorized q
         captured p 500 order=O => P:draft
         captured q 660 order=O
            => P:in_review P.escrow 2000 A 0 B 0 order/clearing 0 tax/US-CA 160
         approve P
         wait 86400
         lease P feed 500
         bill feed 0..1 P:1:1000@400
         close P 1 1
         stop P
         wait 262800
         settle_up P O R rails=x,y
            => P.back 1600/0 R.parts t1:560,t2:240,t3:400,t4:528 A 560 B 240 order/clearing 0
            => refund/payable 928 tax/US-CA 32 R:pending x:pending y:pending",
    );
}

#[test]
fn cards_alone_pay_at_once() {
    after(
        &[],
        "creator C 0
         issue A 5000
         compose P 5000 with=card:A
         checkout K promotion:nobody:5000 pays=P
         submit P K
         add K A
         pay K O => P:in_review P.escrow 5000 order/clearing 0 A 0 events ..promotion.submitted
         reject P music => P:rejected
         wait 259200
         cancel A
         settle_up P O R => P.back 5000/0 R:needs_consent refund/payable 5000 order/clearing 0",
    );
}

#[test]
fn what_the_platform_adds_is_spent_first_and_never_paid_out() {
    after(
        &[],
        "creator C 0
         method m
         compose P 5000 incentive=1000
         checkout K promotion:nobody:4000+320 pays=P
         add K method m
         submit P K
         pay K O p
         authorized p
         captured p 4320 order=O => P.escrow 5000 promotion/incentives 1000 order/clearing 0
         approve P
         wait 86400
         lease P feed 700
         bill feed 0..1 P:1:1000@400
         close P 1 1 => P.spent 400
         stop P
         wait 262800
         settle_up P O R
            => P.back 4000/600 promotion/incentives 400 O:refunded tax/US-CA 0 P.escrow 0
         compose Q 5000 incentive=5000
         checkout L promotion:nobody:0 pays=Q
         submit Q L
         pay L Y => Q:in_review Q.escrow 5000 promotion/incentives 5400
         stop Q
         settle_up Q => Q.back 0/5000 promotion/incentives 400 Q.escrow 0",
    );
}

#[test]
fn only_a_settlement_refunds_the_order_of_a_promotion() {
    after(
        &[DRAFT, PAID],
        "back O R everything -> promotion_settles
         back O R amount 10 -> promotion_settles
         back O R l1x1 -> promotion_settles
         back O R l1=1 -> promotion_settles
         undo O R -> purchase_not_found
         unclaimed O R -> purchase_not_found
         reject P music
         settle_up P O R -> not_due
         wait 259200
         settle_up P R -> order_not_found
         settle_up P -> order_not_found
         checkout L gift_card:nobody:300 cards=G
         add L method m
         pay L Y q
         authorized q
         captured q 300 order=Y
         settle_up P Y R -> order_not_found                               # of something else
         back Y R everything
         settle_up P O R -> id_taken
         settle_up P O T rails=x => O:refunded P:settled
         back O U everything -> nothing_to_refund
         checkout M promotion:nobody:5 -> promotion_line
         checkout M gift_card:nobody:5 cards=H pays=P -> promotion_line",
    );
}

#[test]
fn a_review_can_be_appealed_against_once() {
    after(
        &[DRAFT, PAID],
        "approve P v2 -> post_changed
         reject P music v2 -> post_changed
         reject P music => P:rejected P.rule music P.why rejected P.due 259200
            => events promotion.rejected
         reject P music -> promotion_not_in_review
         approve P -> promotion_not_in_review
         edit P until=9d -> promotion_ended
         appeal P => P:in_review P.why - events promotion.appealed
         appeal P -> promotion_not_rejected
         approve P -> same_reviewer
         reject P music -> same_reviewer
         reject P music as=Bob
         appeal P -> already_appealed
         settle_up P O R -> not_due
         wait 259200
         settle_up P O R => P.back 5000/0 O:refunded
         appeal P -> promotion_not_rejected",
    );
    after(
        &[DRAFT, PAID],
        "reject P music
         appeal P
         approve P as=Bob => P:scheduled
         wait 345600
         pause P -> promotion_ended
         resume P -> promotion_ended
         edit P until=9d -> promotion_ended
         advance P => P:completed P.due 0
         settle_up P O R => P.back 5000/0",
    );
    after(
        &[DRAFT, PAID],
        "wait 345600
         approve P -> promotion_ended                                  # too late
         reject P late => P:rejected
         appeal P -> promotion_ended",
    );
}

#[test]
fn it_is_held_up_by_several_and_goes_on_when_none_does() {
    after(
        &[DRAFT, PAID],
        "resume P -> promotion_not_running
         approve P
         resume P -> promotion_not_paused
         pause P => P:paused P.held advertiser events promotion.paused
         pause P -> nothing_to_change
         pause P staff => P.held advertiser,platform
         resume P => P:paused P.held platform events -
         resume P -> promotion_paused_by_platform
         resume P staff => P:scheduled P.held -
         post p private => P:paused P.held post events promotion.paused P.deeds ..post_hidden
         post p private -> nothing_to_change
         resume P -> post_private
         resume P staff -> post_private
         post p public => P:scheduled events promotion.resumed
         pause P
         wait 86400
         advance P -> not_due
         lease P feed 5 -> promotion_not_running
         resume P => P:running
         stop P staff rule=spam => P:stopped P.why policy P.rule spam P.due 0
         pause P -> promotion_ended",
    );
}

#[test]
fn a_promotion_follows_its_post() {
    after(
        &[DRAFT],
        "post p version=v2
         post p private
         pay K O p
         authorized p
         captured p 5400 order=O => P:in_review P.held post
         approve P => P:paused
         post p version=v3 public => P:in_review P.held - P.deeds ..post_shown,content_changed
            => events promotion.recalled
         approve P v2 -> post_changed
         approve P v3 => P:scheduled
         compose Q 5000 post=p version=v4 => P:in_review Q:draft
            => events promotion.recalled,promotion.created
         approve P
         stop Q
         post p deleted => P:stopped P.why post_deleted events promotion.stopped Q.lists no
         post p public version=v5 -> post_deleted
         post p undeleted -> post_deleted
         compose S 5000 post=p -> post_deleted
         settle_up P O R => P.back 5000/0 O:refunded",
    );
}

#[test]
fn a_post_that_is_deleted_while_it_is_paid_gives_all_back() {
    after(
        &[DRAFT],
        "pay K O p
         post p deleted => P:draft events -
         authorized p
         captured p 5400 order=O
            => P:stopped P.why post_deleted P.due 0 P.escrow 5000 O:paid P.deeds ..funded,stopped
            => events ..promotion.submitted,promotion.stopped P.lists yes
         settle_up P O R rails=x => P.back 5000/0 O:refunded tax/US-CA 0 P.escrow 0 P.lists no
         compose Q 5000 post=p deleted
         checkout L promotion:nobody:5000 pays=Q
         submit Q L -> promotion_blocked",
    );
}

#[test]
fn what_was_sold_does_not_change() {
    after(
        &[DRAFT, PAID],
        "edit P budget=6000 -> terms_fixed
         edit P target=7 of=6 -> terms_changed
         edit P goal=sales -> terms_fixed
         edit P daily=2000 from=1d until=9d target=5 => P.deeds ..edited events promotion.updated
         edit P daily=1 -> promotion_blocked
         edit P until=1d -> promotion_blocked
         approve P
         wait 86400
         edit P from=2d -> terms_fixed
         edit P daily=none",
    );
    after(
        &[],
        "creator C 0
         method m
         compose P 5000 units=10000
         checkout K promotion:nobody:5000 pays=P
         add K method m
         submit P K
         pay K O p
         authorized p
         captured p 5000 order=O => P.missing 10000
         edit P until=3d -> terms_fixed
         edit P until=9d
         approve P
         wait 86400
         lease P feed 5000
         bill feed 0..5 P:1:9000@0 => P.spent 4500 P.missing 1000
         bill feed 5..6 P:1:2000@0 => P.spent 5000 P.missing 0 P.units 11000/0/0
         bill feed 6..7 -P:1:1500@0 => P.spent 4750 P.missing 500
         close P 1 7
         wait 691200
         advance P => P:completed
         wait 262800
         settle_up P O R => P.back 250/0 R.parts t1:250 P.escrow 0",
    );
}

#[test]
fn an_alarm_is_told_once_and_that_it_is_over_until_the_last_hour_is_judged() {
    after(
        &[DRAFT, PAID],
        "alert X behind_plan -> promotion_not_found
         approve P v1
         alert P behind_plan -> promotion_not_running                  # its time has not come
         wait 86400
         advance P
         alert P back_on_plan -> nothing_to_change                     # it was never outside
         alert P behind_plan
            => P:running events promotion.fallen_behind P.deeds ..started,behind_plan
         alert P behind_plan -> nothing_to_change
         pause P
         alert P ahead_of_plan -> promotion_not_running                # its advertiser's doing
         alert P back_on_plan -> promotion_not_running
         resume P
         alert P ahead_of_plan
            => P:running events promotion.run_ahead P.deeds ..resumed,ahead_of_plan
         alert P ahead_of_plan -> nothing_to_change
         alert P behind_plan -> not_due                                # that was told today
         alert P back_on_plan
            => events promotion.back_on_plan P.deeds ..ahead_of_plan,back_on_plan
         alert P back_on_plan -> nothing_to_change
         alert P ahead_of_plan -> not_due
         wait 86399
         alert P behind_plan -> not_due
         wait 1
         alert P behind_plan => P.deeds ..back_on_plan,behind_plan
         alert P behind_plan -> nothing_to_change
         wait 172800
         advance P
         alert P behind_plan -> nothing_to_change
         alert P back_on_plan                               # its last hour is judged then
            => P:completed P.deeds ..completed,back_on_plan",
    );
}

#[test]
fn how_it_ended_is_told_though_the_same_was_told_that_day() {
    after(
        &[DRAFT, PAID],
        "approve P v1
         wait 86400
         advance P
         wait 200000
         alert P behind_plan
         alert P back_on_plan
         alert P behind_plan -> not_due
         wait 59199
         alert P behind_plan -> not_due
         wait 1
         advance P
         alert P behind_plan => P:completed P.deeds ..completed,behind_plan
         alert P back_on_plan
         alert P behind_plan -> not_due                                # once is enough",
    );
}

#[test]
fn so_many_alarms_are_told_and_that_the_last_one_is_over() {
    let mut days = String::new();
    for _ in 0..15 {
        days.push_str(
            "alert P behind_plan
             alert P ahead_of_plan
             alert P back_on_plan
             wait 86400\n",
        );
    }
    after(
        &[DRAFT, PAID],
        &format!(
            "approve P v1
             wait 86400
             advance P
             edit P until=20d
             {days}
             alert P behind_plan -> limit_exceeded
             alert P back_on_plan -> nothing_to_change"
        ),
    );
}
