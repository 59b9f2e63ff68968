//! Claims from being filed to being decided: by rules, by people, again on appeal.

use std::fmt::Write;

use crate::promotions_disputed::SPENT;
use crate::script::check;

/// What is told of one of which nothing went wrong.
const FINE: &str = "watched=true failed_calls=0 report_wrong=false incident_loss=0 \
    wrong_delivery=0 late_invalid=0 ring_marks=0";

fn after(script: &str) {
    check(&(SPENT.to_owned() + &script.replace("{fine}", FINE)));
}

#[test]
fn a_charge_that_nobody_agreed_to_goes_back_and_the_promotion_ends() {
    after(
        "file X P unauth => X:received X.next facts X.about P events claim.filed
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
            => X:gathering X.next decision events claim.gathered
         decide X => X:approved X.outcome approve X.row u1 X.award 1000/4000 X.takes 1000
            => events claim.decided,account.frozen,suspect.found,promotion.stopped
            => P:stopped P.claims 1000/0
         decide X -> claim_not_gathering
         protest X -> claim_not_appealable",
    );
    // Whoever agreed with a passkey, on a device that nobody knows of, goes to a person.
    check(&SPENT.replace("submit P K", "submit P K signed").replace(
        "close P 1 1",
        "close P 1 1
         signal Ada new_admin at=-86400
         file X P unauth
         facts X used_later=false session_theft=false factor_age=90 automatic_person=0 ring_marks=0
         decide X => X:in_review X.next review events claim.referred",
    ));
}

/// Whoever knows what a bank statement shows stops nothing before a person has looked.
#[test]
fn somebody_without_an_account_stops_no_promotion() {
    after(
        "file X hint unauth as=Eve
         match X P
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
         decide X => X:in_review P:paused P.held claim
            => events claim.referred,suspect.found,promotion.paused
         review X deny => P:running",
    );
}

/// Nor does an appeal bring one back that was rejected: its payment does not stand.
#[test]
fn a_charge_that_nobody_agreed_to_ends_what_was_rejected_too() {
    after(
        "post p version=v2 => P:in_review
         reject P music => P:rejected
         file X P unauth
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
         decide X => X:approved X.award 1000/4000 P:stopped P.why payment
         appeal P -> promotion_not_rejected",
    );
}

/// What is out with those who serve it is billed after the stop, and goes back as well.
#[test]
fn what_is_billed_after_a_stop_goes_back_with_the_rest() {
    let open = SPENT.replace("lease P feed 1000", "lease P feed 2000").replace("close P 1 1\n", "");
    check(
        &(open
            + "file X P unauth
               facts X ring_marks=0
               decide X => X:gathering X.next decision X.freezes yes P:paused P.held claim
                  => events account.frozen,suspect.found,promotion.paused
               decide X -> slices_open
               bill feed 1..2 P:1:1250@500 => P.spent 1500
               decide X -> slices_open
               close P 1 2
               decide X -> facts_outdated
               facts X ring_marks=0
               decide X => X:approved X.award 1500/3500 X.takes 1500 P:stopped
                  => events claim.decided,promotion.stopped"),
    );
}

/// Whoever leads claims on is told when the last bill is there, by what gave the slice back or by
/// time; and only of a promotion with an open claim.
#[test]
fn the_last_slice_of_a_promotion_wakes_its_claims() {
    let open = SPENT.replace("close P 1 1\n", "lease P other 1000\n");
    let after = |script: &str| check(&(open.clone() + script));
    after(
        "file X P tech => P.looked_at -
         close P 1 1 => P.looked_at -
         close P 2 0 => P.looked_at due",
    );
    after(
        "file X P tech
         close P 1 1
         wait 2d
         lapse_slice P 2 => P.looked_at due",
    );
    after(
        "file X P tech
         take_back X
         close P 1 1
         close P 2 0 => P.looked_at -",
    );
    after(
        "close P 1 1
         close P 2 0 => P.looked_at -",
    );
}

#[test]
fn a_poor_outcome_is_denied_with_the_reasons_and_looked_at_again() {
    after(
        "file X P poor -> promotion_not_over
         wait 3d
         file X P poor => X.next facts
         file Y P poor -> claim_already_open
         facts X {fine}
         decide X => X:denied X.row p4 X.award 0/0 X.codes outcome_only X.next appeal
         hurry X -> nothing_due
         attach X 4 -> claim_decided
         protest X file=3 => X:appealed X.next appeal_decision events claim.appealed
         review X approve 0 -> award_mismatch
         review X approve 1001 -> amount_exceeds_left 1000
         review X deny => X:denied X.next nothing events claim.decided
         protest X -> already_appealed
         facts X -> claim_not_gathering",
    );
    after(
        "wait 3d
         file X P poor
         facts X {fine}
         decide X => X:denied
         wait 400d
         protest X -> appeal_too_late",
    );
}

#[test]
fn the_same_again_is_decided_anew_twice_then_linked_unless_it_shows_something_new() {
    after(
        "file X P tech
         facts X {fine}
         decide X => X:denied X.row t12
         file Y P tech => Y.linked X
         facts Y {fine}
         decide Y => Y:denied Y.row t12
         file V P tech => V.linked X
         facts V {fine}
         decide V => V:denied V.row t12
         file W P tech => W.linked X
         facts W {fine}
         decide W => W:denied W.row g5
         file Z P tech file=9 => Z.linked -
         facts Z {fine}
         decide Z => Z.row t12",
    );
}

/// From December on only what is about the same counts, and every earlier claim is compared, not
/// the first alone. What somebody has claimed elsewhere, or more than a year ago, is no reason.
#[test]
fn later_the_same_is_linked_by_what_was_claimed_alike() {
    after(
        "wait 950400
         file A P other
         facts A {fine}
         decide A
         file X P tech
         facts X {fine}
         decide X => X:denied X.row t12
         file Y P tech file=9 => Y.linked -
         facts Y {fine}
         decide Y => Y:denied Y.row t12
         file V P tech file=9 => V.linked Y
         facts V {fine}
         decide V => V:denied V.row t12
         file W P tech file=9 => W.linked Y
         facts W {fine}
         decide W => W:denied W.row g5 W.told earlier_alike:3,earlier_claims:4
         wait 34560000
         file Z P tech file=8 => Z.linked -
         facts Z {fine}
         decide Z => Z.told earlier_alike:4,earlier_claims:0",
    );
}

/// Half of a fault is half: what of it was not spent, the settlement returns, and the rest with it,
/// for which nobody was at fault but the advertiser.
#[test]
fn half_by_the_platform_and_half_by_the_advertiser_is_half() {
    check(
        "creator C 0
         method m
         compose P 5000 from=0 until=3d units=1000
         checkout K promotion:nobody:5000+400 pays=P
         add K method m
         submit P K
         pay K O p
         authorized p
         captured p 5400 order=O
         approve P
         lease P feed 5000
         bill feed 0..1 P:1:500@2500
         close P 1 1 => P.spent 2500
         wait 3d
         advance P
         file X P failure
         facts X missing_platform=250 missing_market=0 missing_advertiser=250 missing_policy=0 \
            narrowed=false wrong_delivery=0 late_invalid=0 ring_marks=0
         decide X => X:partly_approved X.row f9 X.award 0/1250 X.codes underdelivery_share,self_made
            => X.takes 0
         pay_claim X O R => X:paying X.sent 0/0 X.elsewhere 1250 events claim.payout_started
         claim_paid X -> claim_being_paid
         wait 262800
         settle_up P O S rails=y => P.back 2500/0 S.parts t1:2700
         claim_paid X => X:paid X.next appeal
         file Y P failure file=5
         facts Y missing_platform=250 missing_market=0 missing_advertiser=250 missing_policy=0 \
            narrowed=false wrong_delivery=0 late_invalid=0 ring_marks=0
         decide Y => Y:denied Y.row f13",
    );
}

#[test]
fn people_decide_what_rules_leave_to_them() {
    after(
        "file X P other => X.next facts
         review X deny -> claim_not_in_review
         facts X ring_marks=0
         agree X -> no_proposal
         disagree X -> no_proposal
         decide X => X:in_review X.next review
         review X hold 5 -> outcome_not_allowed
         review X deny speechless -> codes_missing
         review X approve 10 as=Ada -> own_claim
         review X partly_approve 300/20 => X:partly_approved X.award 300/20 X.codes goodwill X.row -
            => X.takes 300 P.causes 300/0/0
         protest X -> claim_being_paid
         take_back X => X:withdrawn X.takes 0 P.claims 0/0
         take_back X -> claim_ended",
    );
}

/// A promotion of 20,000.00, of which all was spent.
const MUCH: &str = "creator C 0
    method m
    compose P 2000000 from=0 until=3d
    checkout K promotion:nobody:2000000 pays=P
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 2000000 order=O
    approve P
    lease P feed 2000000
    bill feed 0..1 P:1:5000000@2000000
    close P 1 1
    file X P other
    facts X ring_marks=0
    decide X
";

#[test]
fn many_small_sums_for_one_promotion_are_one_large_one() {
    let script = "review X partly_approve 40000 as=Ann => X:partly_approved X.takes 40000
         file Y P tech
         facts Y ring_marks=0
         decide Y => Y:in_review
         review Y partly_approve 10000 as=Ann => Y:partly_approved P.claims 50000/0
         file Z P poor -> promotion_not_over
         file V P other file=4 -> claim_already_open
         stop P
         file Z P failure
         facts Z ring_marks=0
         decide Z => Z:in_review
         review Z partly_approve 1 as=Ann => Z:in_review Z.next second_person Z.takes 0
         disagree Z as=Bob => Z.next review
         review Z deny as=Ann => Z:denied";
    check(&(MUCH.to_owned() + script));
}

#[test]
fn a_large_sum_needs_a_second_person_and_an_appeal_somebody_else() {
    let script = "review X partly_approve 900000 as=Ann => X:in_review X.next second_person
            => X.takes 0 events claim.proposed
         facts X -> proposal_waits
         review X deny as=Bob -> proposal_waits
         agree X as=Ann -> second_person_needed
         disagree X as=Bob => X.next review events claim.returned
         review X partly_approve 900000 as=Ann
         agree X as=Bob => X:partly_approved X.takes 900000 events claim.approved
         pay_claim X O R rails=x => X:paying X.sent 900000/900000
         begin x
         told x succeeded
         claim_paid X => X:paid
         protest X => X:appealed
         review X approve 1000000 as=Ann -> same_reviewer
         review X approve 1000000 as=Bob -> same_reviewer
         review X approve 900000 as=Cat -> below_first_decision 900000
         review X approve 1000000 as=Cat => X.next second_person
         agree X as=Dan => X:approved X.takes 1000000
         pay_claim X O S rails=y => X.sent 1000000/1000000";
    check(&(MUCH.to_owned() + script));
}

#[test]
fn a_proposal_goes_back_twenty_times_at_most() {
    let again = "review X partly_approve 900000\n disagree X\n".repeat(20);
    let end = "review X partly_approve 900000 -> too_many_decisions
         review X deny => X:denied";
    check(&(MUCH.to_owned() + &again + end));
}

#[test]
fn somebody_without_an_account_tells_what_the_bank_statement_shows() {
    after(
        "file X P tech as=Eve locked_out -> account_needed
         file X hint tech as=Eve => X:received X.next match X.about -
         file Y hint failure as=Eve -> ground_needs_promotion
         file Y hint tech amount=54EUR as=Eve
         facts X -> claim_not_matched
         review X approve 5 -> claim_not_matched
         match X P as=Ada -> own_claim
         match Y P -> currency_mismatch
         match X Q -> claim_subject_not_found
         match X charge=p => X.about P X.next facts events claim.matched
         match X P -> claim_already_matched
         review Y deny => Y:denied
         match Y P -> claim_ended",
    );
}

#[test]
fn what_cannot_be_claimed() {
    after(
        "facts X -> claim_not_found
         file X Q tech -> claim_subject_not_found
         compose Q 5000
         file X Q tech -> nothing_paid
         file X P tech as=Eve -> claim_not_theirs
         file X P tech days=-9d..0 -> period_outside
         file X P tech words=0 -> description_missing
         file X P tech words=4001 -> description_too_long
         file X P tech file=0 -> attachment_empty
         file X P tech file=255 -> attachment_too_large
         file X P tech file=1,2,3,4,5,6,7,8,9,10,11 -> too_many_attachments
         file X P tech charge=p file=7 => X:received
         file X P other -> id_taken
         decide X -> claim_not_gathering
         pay_claim X O R -> claim_not_approved
         claim_paid X -> claim_not_paying
         attach X 7 -> nothing_to_change
         attach X 8 => events claim.attached
         hurry X -> not_due
         wait 30d
         hurry X => events claim.escalated
         hurry X -> nothing_to_change",
    );
}

#[test]
fn claims_are_limited() {
    let mut script = String::new();
    for number in 0..10 {
        let _ = writeln!(script, "file H{number} hint tech as=Eve");
    }
    script += "file H hint tech as=Eve -> too_many_claims_open\n";
    for number in 0..50 {
        let _ = writeln!(script, "file X{number} P tech");
        let _ = writeln!(script, "take_back X{number}");
    }
    script += "file X P tech -> too_many_claims";
    after(&script);
}

#[test]
fn nothing_is_decided_or_paid_while_the_payment_is_disputed() {
    after(
        "file X P other
         facts X ring_marks=0
         decide X => X:in_review
         open_dispute d p 5400 => X.held yes X.next dispute_end X.due -
            => events ..promotion.paused,claim.held
         review X approve 10 -> payment_disputed
         file Y P tech => Y.held no
         facts Y {fine}
         win d => X.held no X:gathering X.next facts events ..claim.released
         decide X -> facts_missing
         decide Y -> nothing_to_wait_for
         facts Y {fine}
         decide Y => Y:denied
         facts X ring_marks=0
         decide X
         review X approve 10 => X:approved
         open_dispute d p 5400 stage=2 => X.held yes
         pay_claim X O R rails=x -> payment_disputed
         lose d stage=2 => X.held no X:approved
         pay_claim X O R rails=x
            => X:paying X.sent 10/11 X.takes 10 R:succeeded chargeback/loss 5389",
    );
}
