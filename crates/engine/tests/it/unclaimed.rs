//! Bought gifts that nobody claims: when they go back to their buyers, what goes back, and what
//! keeps them where they are.

use crate::checkouts::SHOP;
use crate::script::{check, run};

/// Two cards of 10.00 by link, of a program that gives back after 30 days.
const GIFTS: &str = "
    program P 1..9000 return=30
    checkout K gift_card:S:2x1000 cards=G,H program=P via=link link=L to=Q
    add K method m
    pay K O p
    authorized p
    captured p 2000 order=O => G.returns 30 H.returns 30";

#[test]
fn what_nobody_claims_goes_back_to_whoever_paid_and_only_once() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         unclaimed X R -> order_not_found
         wait 29d => G.returns 1
         unclaimed O R rails=x -> not_due => G 1000 H 1000
         wait 1d => G.returns 0
         unclaimed O R rails=x => R:pending G 0 H 0 G:canceled H:canceled x:pending O:refunded
         => O.l1 2000/2 R.parts t1:2000 order/clearing 0 refund/payable 2000 G.returns -
         => events refund.created,gift_card.withdrawn,gift_card.canceled,gift_card.withdrawn,\
         gift_card.canceled,rail_refund.created
         claim link:G,L Z -> gift_card_not_usable canceled
         redeem h code:G 1 -> gift_card_not_usable canceled
         unclaimed O R rails=x -> id_taken
         unclaimed O R2 rails=y -> not_due
         back O R2 everything rails=y -> nothing_to_refund
         undo O R2 rails=y -> undo_too_late
         begin x
         told x succeeded => R:succeeded rail/sandbox/clearing 0 refund/payable 0"
    ));
    check(&format!(
        "{SHOP}
         checkout L goods:S:100
         add L A
         pay L P
         unclaimed P R -> purchase_not_found"
    ));
}

#[test]
fn whatever_somebody_has_claimed_or_used_stays_where_it_is() {
    check(&format!(
        "{SHOP}
         program P 1..9000 return=30
         checkout K gift_card:S:4x1000 cards=G,H,I,J program=P via=link link=L to=Q
         add K method m
         pay K O p
         authorized p
         captured p 4000 order=O
         claim link:G,L Z => G.returns -
         hold h H 1
         release h => H.returns -
         redeem i code:I 1 => I.returns - J.returns 30
         refund r i 1
         wait 30d
         unclaimed O R rails=x => R.parts t1:1000 J:canceled G 1000 H 1000 I 1000 O.l1 1000/1
         wait 900d
         unclaimed O R2 rails=y -> not_due"
    ));
    // Until it is booked, whoever comes first has it.
    check(&format!(
        "{SHOP}
         {GIFTS}
         wait 31d
         claim link:G,L Z
         redeem h code:H 400
         unclaimed O R rails=x -> not_due => G 1000 H 600"
    ));
}

#[test]
fn only_what_was_bought_here_and_is_handed_over_with_a_link_goes_back() {
    let sold = |like: &str| {
        format!(
            "{SHOP}
             program P 1..9000 return=30
             program Q 1..9000
             checkout K gift_card:S:1000 cards=G {like}
             add K method m
             pay K O p
             authorized p
             captured p 1000 order=O"
        )
    };
    for like in ["program=P", "program=P via=print", "program=Q via=link", "via=link"] {
        check(&format!(
            "{}
             => G.returns -
             wait 900d
             unclaimed O R rails=x -> not_due => G 1000",
            sold(like)
        ));
    }
    for channel in ["email", "link", "in_app"] {
        check(&format!("{} => G.returns 30", sold(&format!("program=P via={channel}"))));
    }
    check("program P 1..9000 return=30\n issue G 100 program=P via=link => G.returns -");
}

#[test]
fn the_days_begin_when_a_card_can_be_spent_and_with_each_sending() {
    check(&format!(
        "{SHOP}
         program P 1..9000 return=30 activation=864000
         checkout K gift_card:S:1000 gift_card:S:1000 cards=G,H program=P via=email link=L to=Q
         add K method m
         pay K O p
         authorized p
         captured p 2000 order=O => G.returns 40
         wait 20d
         resend G link=M => G.returns 30 H.returns 20
         wait 20d
         forward G Z link=N => G.returns 30
         unclaimed O R rails=x => H:canceled G 1000 R.parts t1:1000 O.l1 0/0 O.l2 1000/1
         wait 30d
         unclaimed O R2 rails=y => G:canceled R2.parts t1:1000 O:refunded"
    ));
    // One that is sent later than it should be has its days all the same.
    check(&format!(
        "{SHOP}
         program P 1..9000 return=30
         checkout K gift_card:S:1000 cards=G program=P via=email send=10d link=L to=Q
         add K method m
         pay K O p
         authorized p
         captured p 1000 order=O => G.returns 40
         forward G Z link=M => G.returns 40
         wait 45d
         send G => G.returns 30
         unclaimed O R rails=x -> not_due"
    ));
}

#[test]
fn a_dispute_keeps_a_card_from_going_back_and_its_end_begins_the_days_anew() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         wait 20d
         open_dispute d p 2000 => G.returns -
         wait 20d
         unclaimed O R rails=x -> not_due
         win d => G.returns 30
         wait 30d
         unclaimed O R rails=x => G:canceled H:canceled R.parts t1:2000"
    ));
    // Of what a bank has taken nothing goes back a second time.
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 1300
         lose d => G 0 H 700 G.returns 30 H.returns 30
         wait 30d
         unclaimed O R rails=x => R.parts t1:700 G:depleted H:depleted p.cap 2000/0/700/1300
         => G 0 H 0 G.returns - H.returns -
         unclaimed O R2 rails=y -> not_due"
    ));
}

#[test]
fn what_a_lost_dispute_took_comes_back_to_its_cards_when_it_is_won_after_their_days() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         open_dispute d p 2000
         lose d => G 0 H 0
         wait 30d
         unclaimed O R rails=x => G:depleted H:depleted G.returns - p.cap 2000/0/0/2000
         unclaimed O R rails=x -> not_due
         wait 30d
         unclaimed O R rails=x -> not_due
         open_dispute d p 2000 stage=2
         win d stage=2 => G 1000 H 1000 G.returns 30 H.returns 30 chargeback/loss 0
         claim link:G,L Z
         wait 30d
         unclaimed O R rails=x => R.parts t1:1000 G 1000 G:active H:canceled p.cap 2000/0/1000/0"
    ));
    check(&format!(
        "{SHOP}
         {GIFTS}
         adjust H 50
         open_dispute d p 1300
         lose d => G 0 H 750
         wait 30d
         unclaimed O R rails=x => R.parts t1:700 H 50 O.l1 700/0
         open_dispute d p 1300 stage=2
         win d stage=2 => G 1000 H 350 G.returns 30 H.returns 30
         wait 30d
         unclaimed O R2 rails=y => R2.parts t1:1300 G:canceled H:canceled p.cap 2000/0/2000/0
         => O:refunded order/clearing 0 giftcard/breakage -"
    ));
}

#[test]
fn what_is_left_goes_back_and_what_was_given_away_does_not() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         back O R1 l1=300 rails=x1 => G 700
         adjust H 500 => H 1500 giftcard/incentives 500
         adjust G -100 => giftcard/incentives 400
         wait 30d
         unclaimed O R rails=x => R.parts t1:1600 G:canceled H:canceled giftcard/incentives -100
         => order/clearing 0 p.cap 2000/0/1900/0 O.l1 1900/1
         back O R2 everything rails=y -> nothing_to_refund"
    ));
    // Nothing is left of one: it is canceled without a refund.
    check(&format!(
        "{SHOP}
         {GIFTS}
         adjust G -1000
         claim link:H,L Z
         wait 30d
         unclaimed O R rails=x => G:canceled H:active events gift_card.canceled"
    ));
}

#[test]
fn a_frozen_card_goes_back_and_one_that_has_expired_does_not() {
    check(&format!(
        "{SHOP}
         {GIFTS}
         freeze G
         wait 30d
         unclaimed O R rails=x => G:canceled H:canceled R.parts t1:2000"
    ));
    let until = |days: u32| {
        format!(
            "{SHOP}
             program P 1..9000 return=30
             checkout K gift_card:S:1000 cards=G program=P via=link until={days}d
             add K method m
             pay K O p
             authorized p
             captured p 1000 order=O"
        )
    };
    check(&format!(
        "{}
         => G.returns 29
         wait 30d
         expire G => giftcard/breakage 1000 G.returns -
         unclaimed O R rails=x -> not_due
         extend G 60d => G 1000 G.returns -
         wait 50d
         unclaimed O R rails=x -> not_due",
        until(30)
    ));
    // What was due before is not lost because nobody was there to book it.
    check(&format!(
        "{}
         => G.returns 30
         wait 40d
         claim code:G Z -> gift_card_not_usable expired
         unclaimed O R rails=x => G:canceled R.parts t1:1000 giftcard/breakage -
         expire G -> not_due",
        until(31)
    ));
}

#[test]
fn what_would_go_back_after_the_date_of_its_card_goes_back_just_before_it() {
    let sold = |program: &str, like: &str| {
        format!(
            "{SHOP}
             program P 1..9000 return=30 {program}
             checkout K gift_card:S:1000 cards=G program=P via=email {like}
             add K method m
             pay K O p
             authorized p
             captured p 1000 order=O"
        )
    };
    let goes_back = "unclaimed O R rails=x => G:canceled R.parts t1:1000 giftcard/breakage -";
    // The shop gives the card a date of its own.
    check(&format!(
        "{} => G.returns 9
         wait 9d
         unclaimed O R rails=x -> not_due
         wait 1d
         {goes_back}",
        sold("", "until=10d")
    ));
    check(&format!(
        "{} => G.returns 19
         wait 20d
         {goes_back}",
        sold("activation=864000", "until=20d")
    ));
    // It is sent late.
    check(&format!(
        "{} => G.returns 59
         wait 40d
         send G => G.returns 19
         wait 20d
         {goes_back}",
        sold("days=60", "send=40d")
    ));
    // It is sent once more.
    check(&format!(
        "{} => G.returns 30
         wait 20d
         resend G => G.returns 19
         wait 20d
         {goes_back}",
        sold("days=40", "")
    ));
    // A dispute keeps it, in the second case until it is past its date.
    for open in [15, 25] {
        check(&format!(
            "{}
             wait 20d
             open_dispute d p 1000 => G.returns -
             wait {open}d
             unclaimed O R rails=x -> not_due
             win d
             wait 5d
             {goes_back}",
            sold("days=40", "")
        ));
    }
}

#[test]
fn a_line_whose_payer_refuses_keeps_no_other_from_going_back() {
    let mut world = check(&format!(
        "{SHOP}
         program P 1..9000 return=30
         checkout K goods:S:100 gift_card:S:1000 gift_card:T:1000 cards=G,H program=P via=link
         add K method m 1100
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 1100
         captured q 1000 order=O"
    ));
    // As many refunds are under way as a payment may have.
    for number in 0..64 {
        run(&mut world, &format!("back O B{number} l1=1 rails=x{number},y{number}"));
    }
    for line in [
        "wait 30d",
        "unclaimed O R rails=a,b => R.parts t2:1000 H:canceled G:active G 1000 O.l3 1000/1",
        "unclaimed O R2 rails=c,d -> limit_exceeded => G:active",
        "begin x0",
        "told x0 succeeded",
        "unclaimed O R2 rails=c,d => R2.parts t1:1000 G:canceled O.l2 1000/1",
    ] {
        run(&mut world, line);
    }
}

#[test]
fn money_that_came_several_ways_goes_back_by_all_of_them() {
    check(&format!(
        "{SHOP}
         program P 1..9000 return=30
         checkout K goods:S:500 gift_card:S:2x1000 gift_card:T:300 cards=G,H,I program=P via=link
         add K A
         add K method m 900
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 900
         captured q 1400 order=O
         wait 30d
         unclaimed O R rails=x,y => R.parts t2:900,t3:1100,t3:300 x:pending y:pending
         => O.l1 0/0 O.l2 2000/2 O.l3 300/1 A 200 S 450 order/clearing 0 refund/payable 2300"
    ));
}

#[test]
fn a_hundred_cards_go_back_together() {
    let names = (0..100).map(|n| format!("g{n}")).collect::<Vec<_>>().join(",");
    let mut world = check(&format!(
        "{SHOP}
         program P 1..9000 return=30
         checkout K gift_card:S:60x100 gift_card:T:40x100 cards={names} program=P via=email
         add K method m 4000
         add K method n
         pay K O p q
         authorized p
         authorized q
         captured p 4000
         captured q 6000 order=O
         wait 30d"
    ));
    run(&mut world, "unclaimed O R rails=x,y => g0:canceled g99:canceled O:refunded");
    assert!(world.rounds <= engine::NEEDS_ROUNDS_MAX);
}

#[test]
fn a_program_gives_back_after_a_month_to_ten_years_while_its_cards_live() {
    check(
        "program P 1..9000 return=29 -> limit_exceeded
         program P 1..9000 return=3651 -> limit_exceeded
         program P 1..9000 return=30 days=30 -> limit_exceeded
         program P 1..9000 return=30 days=40 activation=864000 -> limit_exceeded
         program O 1..9000 return=30 days=41 activation=864000
         program P 1..9000 return=30 days=31
         program Q 1..9000 return=3650",
    );
}
