//! Money of promotions with the processes that serve them: slices, bills, and what comes back.

use crate::script::check;

/// A promotion of 50.00 that runs for three days.
const RUNS: &str = "creator C 0
    method m
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000 pays=P
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 5000 order=O
    approve P
";

fn when_it_runs(script: &str) {
    check(&(RUNS.to_owned() + script));
}

#[test]
fn slices_are_leased_enlarged_and_given_back() {
    when_it_runs(
        "lease P feed 0 -> limit_exceeded
         lease P feed 5 for=0 -> limit_exceeded
         lease P feed 5 for=3601 -> limit_exceeded
         lease P feed 500 => P.s1 open:500/0/0 P.escrow 5000/500
         lease P feed 300 held=1 => P.s1 open:800/0/0 P.escrow 5000/800
         lease P feed 300 held=9 => P.s2 open:300/0/0
         lease P other 200 held=1 => P.s3 open:200/0/0 P.escrow 5000/1300   # of another process
         keep P 1 600 => P.s1 open:800/200/0 P.escrow 5000/1100
         keep P 1 600 -> nothing_to_change
         bill feed 0..1 P:1:1000@350
         keep P 1 100 => P.s1 open:800/450/350 P.escrow 4650/500
         close P 1 2 -> bills_missing
         close P 1 1 => P.s1 returned:800/450/350 P.escrow 4650/500
         close P 1 1 -> slice_closed
         keep P 1 1 -> slice_closed
         lapse_slice P 1 -> slice_closed
         lapse_slice P 2 -> not_due
         lease P feed 9000 held=1 => P.s4 open:4150/0/0 P.escrow 4650/4650
         lease P feed 1 -> nothing_left
         stop P
         settle_up P O R -> not_due
         wait 262800
         settle_up P O R -> slices_open
         lapse_slice P 2 => P.s2 lapsed:300/300/0
         lapse_slice P 3
         lapse_slice P 4 => P.escrow 4650
         settle_up P O R => P.back 4650/0",
    );
}

#[test]
fn a_process_that_dies_is_billed_in_time() {
    when_it_runs(
        "lease P feed 500 for=60
         wait 3659
         bill feed 0..5 P:1:500@200 => P.spent 200                     # chosen before it has died
         wait 4200
         lapse_slice P 1 -> not_due
         wait 1
         lapse_slice P 1 => P.s1 lapsed:500/300/200 P.escrow 4800
         bill feed 5..6 P:1:10@4 => P.spent 200 P.units 500/10/0
         bill feed 6..7 -P:1:10@4 => P.spent 200 P.repaid 0 P.units 500/0/10
         bill feed 7..8 -P:1:10@4 => P.spent 196 P.repaid 4 promotion/revenue 196",
    );
}

#[test]
fn deliveries_are_billed_once_and_never_beyond_their_slice() {
    when_it_runs(
        "lease P feed 100
         bill feed 1..2 P:1:5@2 -> billing_gap
         bill feed 0..4 P:1:5@2 => P.spent 2 feed.billed 4
         bill feed 0..4 P:1:5@2 -> already_billed
         bill feed 2..6 P:1:5@2 -> billing_gap
         bill feed 4..5 P:1:5@9999 => P.spent 4                        # never above its maximum
         bill feed 5..6 P:1:1000@400 => P.spent 100 P.units 250/760/0 P.escrow 4900
         bill feed 6..7 P:1:3@0.1 => P.units 250/763/0
         bill feed 7..8 P:9:5@2 => P.spent 100 P.units 250/768/0       # there is no such slice
         lease P feed 100
         bill feed 8..9 P:2:3@1 P:2:1@0.4 -P:2:1@0.4 => P.repaid 1 P.spent 100
         bill feed 9..10 P:2:1@0.4 => P.spent 100
         bill feed 10..11 P:2:1@0.4 => P.spent 101
         bill feed 11..12 P:2:1@0.4 => P.spent 101
         close P 2 12 => P.spent 102 P.s2 returned:100/97/3 P.escrow 4898",
    );
}

#[test]
fn a_daily_budget_bounds_what_a_day_may_spend() {
    check(
        "creator C 0
         method m
         compose P 5000 from=0 until=3d daily=2000
         checkout K promotion:nobody:5000 pays=P
         add K method m
         submit P K
         pay K O p
         authorized p
         captured p 5000 order=O
         approve P
         lease P feed 1500
         lease P feed 1500 => P.s2 open:500/0/0
         lease P feed 1 -> daily_budget_spent
         keep P 2 100
         lease P feed 1000 held=2 => P.s2 open:900/400/0
         wait 1d
         lease P feed 1000 held=2 => P.s3 open:1000/0/0                # of another day",
    );
}

#[test]
fn a_bill_names_several_promotions() {
    when_it_runs(
        "compose Q 3000EUR from=0 until=3d
         checkout L promotion:nobody:3000EUR+30EUR pays=Q currency=EUR
         add L method m
         submit Q L
         pay L Y q
         authorized q
         captured q 3030EUR order=Y
         approve Q
         lease P feed 100
         lease P feed 100
         lease Q feed 100
         lease Q other 100
         bill feed 0..9 P:1:10@4 P:2:20@8 Q:1:30@12 P:1:5@2 X:1:7@1 -Q:1:10@4 -X:1:2@1
            => P.spent 14 Q.spent 8 promotion/revenue 14 promotion/revenue@EUR 8 feed.unknown 9
            => P.s1 open:100/0/6 P.s2 open:100/0/8 Q.s1 open:100/0/12
         bill other 0..3 Q:2:10@4 => Q.spent 12 other.billed 3 feed.billed 9
         bill feed 9..10 => feed.billed 10",
    );
}
