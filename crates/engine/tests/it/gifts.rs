//! Gifts: sent, claimed, sent again, sent to somebody else.

use crate::script::check;

#[test]
fn a_card_is_claimed_once_and_no_money_moves() {
    check(
        "issue A 100 link=L via=link => A.owner - A.sent sent:1
         claim link:A,M P -> gift_card_not_usable unknown
         claim link:B,L P -> gift_card_not_usable unknown
         claim code:none P -> gift_card_not_usable unknown
         claim link:A,L P is=B -> gift_card_not_usable unknown
         claim code:A P is=B -> gift_card_not_usable unknown
         claim link:A,M,L P => A 100 A.owner P events gift_card.claimed
         claim link:A,L P -> nothing_to_change
         claim code:A P -> nothing_to_change
         claim link:A,L Q -> already_claimed
         claim link:A,M Q -> gift_card_not_usable unknown        # before already_claimed
         claim code:A Q -> already_claimed",
    );
    check(
        "issue A 100
         claim link:A,L P -> gift_card_not_usable unknown
         claim code:A P is=A => A.owner P
         redeem h code:A 10 => A 90",
    );
    check("issue A 100\n replace A new\n claim code:A P -> gift_card_not_usable code_replaced");
}

#[test]
fn a_card_that_is_blocked_is_not_claimed_but_one_that_is_not_active_yet_is() {
    check(
        "issue A 100 until=2d active=1d via=link link=L
         freeze A
         claim link:A,L P -> gift_card_not_usable frozen
         unfreeze A
         dispute A
         claim link:A,L P -> gift_card_not_usable disputed
         undispute A
         claim link:A,L P => A:pending
         wait 2d
         claim link:A,L Q -> already_claimed                     # before expired
         claim link:A,L P -> nothing_to_change",
    );
    check("issue A 1 until=1d\n wait 1d\n claim code:A P -> gift_card_not_usable expired");
    check("issue A 1\n cancel A\n claim code:A P -> gift_card_not_usable canceled");
}

#[test]
fn before_the_claim_the_sender_may_freeze_and_replace_and_afterwards_the_owner() {
    check(
        "issue A 100 from=S
         freeze A as=P -> not_the_owner
         freeze A as=S
         unfreeze A as=P -> not_the_owner
         unfreeze A as=S
         replace A new as=P -> not_the_owner
         replace A new as=S
         claim code:new P
         freeze A as=S -> not_the_owner
         replace A last as=S -> not_the_owner
         freeze A as=P
         unfreeze A as=S -> not_the_owner
         unfreeze A as=P
         replace A last as=P
         freeze A                                                # the shop always may
         cancel A
         freeze A as=S -> not_the_owner                          # before canceled
         freeze A as=P -> gift_card_not_usable canceled",
    );
    check("issue A 100\n freeze A as=P -> not_the_owner");
}

#[test]
fn a_delivery_is_handed_over_at_once_or_at_its_time() {
    check(
        "issue A 1 via=email => A.sent scheduled:1 events gift_card.issued,gift_card.delivery_due",
    );
    check("issue A 1 via=in_app => A.sent sent:1 events gift_card.issued,gift_card.delivery_due");
    check("issue A 1 via=print => A.sent none:0 events gift_card.issued");
    check("issue A 1 => A.sent - events gift_card.issued\n send A -> not_due");
    check(
        "issue A 100 via=email send=1d => A.sent scheduled:0 events gift_card.issued
         send A -> not_due
         news A sent -> nothing_to_change
         resend A -> not_due
         wait 86399
         send A -> not_due
         wait 1
         send A => A.sent scheduled:1 events gift_card.delivery_due
         send A -> not_due
         news A sent => A.sent sent:1 events gift_card.delivery_updated",
    );
    check("issue A 1 via=email send=1d\n cancel A\n wait 1d\n send A -> not_due");
    check("issue A 1 via=email send=1d until=1d -> date_not_later");
}

#[test]
fn news_of_a_sending_never_takes_it_back() {
    check(
        "issue A 100 via=email
         news A none -> nothing_to_change
         news A accepted => A.sent accepted:1
         news A sent -> nothing_to_change
         news A accepted -> nothing_to_change
         news A bounced => A.sent bounced:1
         news A opened => A.sent opened:1
         news A bounced -> nothing_to_change
         wait 60
         resend A => A.sent scheduled:2
         news A opened of=1 -> nothing_to_change
         news A sent of=2 => A.sent sent:2",
    );
}

#[test]
fn a_card_is_sent_again_with_a_new_link_while_its_code_lives_on() {
    check(
        "issue A 100 via=email link=L1
         resend A link=L2 -> too_soon
         wait 60
         resend A link=L2 => A.sent scheduled:2 events gift_card.delivery_due
         claim link:A,L1 P -> gift_card_not_usable unknown
         wait 60
         resend A
         wait 60
         resend A
         wait 60
         resend A
         wait 60
         resend A link=L3 => A.sent scheduled:6
         wait 60
         resend A -> limit_exceeded
         redeem h code:A 1
         claim link:A,L3 P
         resend A -> already_claimed",
    );
    check(
        "issue A 1
         resend A -> nothing_to_change
         cancel A
         resend A -> gift_card_not_usable canceled",
    );
    check("issue A 1 via=print\n resend A -> nothing_to_change");
    check("issue A 1 via=email until=1d\n wait 1d\n resend A -> gift_card_not_usable expired");
}

#[test]
fn before_the_claim_a_card_may_be_made_one_for_somebody_else() {
    check(
        "issue A 100 via=email to=P link=L1 => A.for P
         forward A Q link=L2 -> too_soon
         wait 60
         forward A Q link=L2 => A.for Q A.sent scheduled:2
         claim link:A,L1 P -> gift_card_not_usable unknown
         claim link:A,L2 Q
         forward A P link=L3 -> already_claimed",
    );
    check(
        "issue A 100 via=email send=1d to=P link=L1
         forward A Q link=L2 => A.for Q A.sent scheduled:0 events gift_card.recipient_changed
         wait 1d
         send A => A.sent scheduled:1",
    );
    check("issue A 1\n forward A Q => A.for Q A.sent -");
    check("issue A 1\n cancel A\n forward A Q -> gift_card_not_usable canceled");
    check("issue A 1 until=1d\n wait 1d\n forward A Q -> gift_card_not_usable expired");
}
