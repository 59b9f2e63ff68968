//! Money of claims and restitutions: once for each cause, under one cap, in every order.

use proptest::prelude::*;

use crate::script::{check, run};
use crate::world::World;

/// A promotion of 50.00 and 4.00 of tax, paid by a card and a method, that has spent 10.00.
const SPENT: &str = "creator C 0
    method m
    issue A 2000
    compose P 5000 from=0 until=3d
    checkout K promotion:nobody:5000+400 pays=P
    add K A
    add K method m
    submit P K
    pay K O p
    authorized p
    captured p 3400 order=O
    approve P
    lease P feed 1000
    bill feed 0..1 P:1:2500@1000
    close P 1 1
";

/// What is told of a claim for what was charged above the budget.
const OVER: &str = "watched=true failed_calls=0 report_wrong=false incident_loss=0 \
    wrong_delivery=0 late_invalid=0 ring_marks=0";

fn world(script: &str) -> World {
    check(&(SPENT.to_owned() + &script.replace("{over}", OVER)))
}

#[test]
fn a_claim_pays_what_was_spent_to_what_it_was_paid_with() {
    world(
        "file X P unauth
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
         decide X => X:approved X.award 1000/4000
         pay_claim X N R -> order_not_found
         pay_claim X O R rails=x => X:paying X.sent 1000/1080 P.claims 1000/1000
            => R.parts t1:400,t2:680
            => A 400 refund/expense/promotion 1000 promotion/revenue 1000 order/clearing 0
            => events claim.payout_started,refund.created,refund.succeeded,rail_refund.created
         claim_paid X -> claim_being_paid
         begin x
         told x succeeded => R:succeeded
         claim_paid X -> claim_being_paid
         wait 262800
         settle_up P O S rails=y => P.back 4000/0 P.escrow 0 A 2000 tax/US-CA 0
         claim_paid X => X:paid events claim.paid",
    );
}

/// The method is gone, so its part waits until the payer agrees to another way.
#[test]
fn a_payer_agrees_to_a_card_where_the_method_takes_nothing_back() {
    let stuck = "file X P unauth
         facts X used_later=false automatic_person=0 automatic_instrument=0 ring_marks=0
         decide X
         pay_claim X O R rails=x => X:paying R.parts t1:400,t2:680 A 400
         wait 262800
         settle_up P O S rails=y => P.back 4000/0 A 2000
         begin x
         told x gone => x:needs_consent R:needs_consent refund/payable 3400
         claim_paid X -> claim_being_paid
        ";
    world(&format!(
        "{stuck}
         credit x => x 680 x:succeeded R:succeeded refund/payable 2720
         claim_paid X => X:paid X.sent 1000/1080 events claim.paid"
    ));
    // Or to be paid by hand.
    world(&format!(
        "{stuck}
         hand x rail=bank => x:succeeded R:succeeded refund/payable 2720
         claim_paid X => X:paid"
    ));
    // What is given up is owed still, and the claim is not paid.
    world(&format!(
        "{stuck}
         give_up x => R:failed
         claim_paid X -> claim_being_paid"
    ));
}

/// Of what was to come back by settlement, some is delivered after the decision.
#[test]
fn what_did_not_come_back_is_not_told_as_paid() {
    world(
        "file X P other
         facts X ring_marks=0
         decide X
         review X approve 100/4001 -> elsewhere_exceeds_unspent 4000
         review X approve 100/4000 => X:approved X.due 1778400
         pay_claim X O R rails=x => X.elsewhere 4000
         begin x
         told x succeeded
         lease P feed 3000
         bill feed 1..2 P:2:7500@3000
         close P 2 2
         stop P
         claim_paid X -> claim_being_paid
         wait 262800
         settle_up P O S rails=y => P.back 1000/0
         claim_paid X
            => X:paid X.award 100/1000 X.elsewhere 1000 X.outcome partly_approve X.next appeal",
    );
}

/// A claim and a restitution, and two claims, find the same loss.
#[test]
fn one_cause_is_paid_once() {
    world(
        "make_good Z P overspend 300 O R rails=x => Z.net 300 P.causes 0/300/0 P.restitutions 1
            => refund/expense/promotion 300 events ..refund.created
         make_good Z P overspend 300 O S -> already_repaid
         file X P tech
         facts X over_budget=300 {over}
         decide X => X:denied X.row t12
         file Y P tech file=3
         facts Y over_budget=450 {over}
         file W P other
         facts W over_budget=450
         decide W => W:in_review
         decide Y => Y:partly_approved Y.row t6 Y.award 150/0 P.causes 0/450/0
         review W approve 150 -> facts_outdated
         facts W over_budget=450
         review W approve 150 => W:approved P.causes 150/450/0
         make_good V P overspend 450 O S -> nothing_to_repay
         make_good V P overspend 450 O S of=460 rails=y => V.net 10 P.causes 150/460/0
         make_good U P wrong_delivery 900 O T rails=z => U.net 390 P.claims 1000/700",
    );
}

/// What a stop that failed has cost is summed for itself: it is paid once, and takes nothing from
/// what units that are missing were worth.
#[test]
fn what_a_failed_stop_has_cost_is_paid_once_and_beside_delivery() {
    world(
        "signal Ada call_failed
         file X P tech
         facts X billed_after_stop=200 over_budget=0 watched=true report_wrong=false \
            incident_loss=0 wrong_delivery=0 late_invalid=0 ring_marks=0
         decide X => X:partly_approved X.row t17 X.award 200/0 P.causes 0/0/0/200
         pay_claim X O R rails=x
         begin x
         told x succeeded
         claim_paid X => X:paid
         file Y P tech file=4
         facts Y billed_after_stop=200 over_budget=0 watched=true report_wrong=false \
            incident_loss=0 wrong_delivery=0 late_invalid=0 ring_marks=0
         decide Y => Y:denied
         file Z P tech file=5
         facts Z billed_after_stop=250 over_budget=0 watched=true report_wrong=false \
            incident_loss=0 wrong_delivery=0 late_invalid=0 ring_marks=0
         decide Z => Z:partly_approved Z.award 50/0 P.causes 0/0/0/250
         file W P other
         facts W billed_after_stop=250
         decide W
         review W approve 100 => W.takes 100 P.causes 100/0/0/250",
    );
}

/// What a settlement or a payment gives back by itself is told, and moves nothing here.
#[test]
fn what_was_not_spent_goes_back_by_settlement_alone() {
    world(
        "make_good Z P unspent 9999 O R => Z.net 4000 P.claims 0/0 events restitution.made
         make_good Y P double_capture 10 O R -> nothing_to_repay
         make_good Y Q unspent 10 O R -> claim_subject_not_found
         made_good Z -> claim_being_paid
         stop P
         wait 262800
         settle_up P O S rails=y => P.back 4000/0
         made_good Z => events restitution.paid
         made_good Z -> nothing_to_change",
    );
}

/// What was taken before another part failed goes back by itself: that is told, and sends nothing.
#[test]
fn a_payment_in_vain_goes_back_once() {
    let (before, rest) = SPENT.split_once("    checkout K").unwrap();
    let vain = "    method n
         checkout L promotion:nobody:5000+400 pays=P
         add L method m 100
         add L method n
         submit P L
         pay L N q r
         authorized q
         authorized r
         captured q 100
         uncaptured r refunds=x1,x2 => L:failed x1:pending
         begin x1
         told x1 succeeded
         checkout K";
    let told = "make_good q P double_capture 100 O R => q.net 100 P.claims 0/0 P.causes 0/0/0
            => refund/payable 0 refund/expense/promotion - order/clearing 0 events restitution.made
         make_good q P double_capture 100 O R -> already_repaid
         made_good q => events restitution.paid
         stop P
         wait 262800
         settle_up P O S rails=y => P.back 4000/0";
    check(&[before, vain, rest, told].concat());
}

/// What a claim has sent back, and a verdict then says was never spent, stays with the platform.
#[test]
fn a_late_verdict_pays_nothing_twice() {
    world(
        "file X P other
         facts X ring_marks=0
         decide X
         review X approve 800 => X.takes 800
         stop P
         wait 262800
         settle_up P O S rails=y => P.back 4000/0 P.escrow 0 P.kept 0
         bill feed 1..2 -P:1:1250@500 => P.spent 500 P.due 0
         settle_up P O T rails=z => P.back 4200/0 P.escrow 300 P.kept 0 T.parts t1:80,t2:136
         pay_claim X O R rails=x => X.sent 800/864 P.due 0
         settle_up P O U => P.back 4200/0 P.escrow 0 P.kept 300 refund/expense/promotion 500
         settle_up P O U -> nothing_to_settle",
    );
    // Whoever takes a claim back has the settlement return what it had taken.
    world(
        "file X P other
         facts X ring_marks=0
         decide X
         review X approve 800
         stop P
         wait 262800
         settle_up P O S rails=y
         bill feed 1..2 -P:1:2500@1000 => P.spent 0
         settle_up P O T rails=z => P.back 4200/0 P.escrow 800 P.due -
         take_back X => P.due 0
         settle_up P O U rails=w => P.back 5000/0 P.escrow 0 P.due -",
    );
}

/// Units that were paid back for wrong delivery and are found invalid later, or the other way
/// round: what both come to beyond all that was spent is the same units for sure, and is paid once,
/// in either order. Of the rest nobody here knows, and nothing is held back that may be of others.
#[test]
fn what_must_be_the_same_units_is_paid_once_in_either_order() {
    let settled = "stop P
         wait 262800
         settle_up P O S rails=y => P.back 4000/0
        ";
    let repaid = "make_good Y P wrong_delivery 500 O R rails=x => Y.net 500 P.claims 500/500
        ";
    let found = "bill feed 1..2 -P:1:1250@500 => P.spent 500 P.due 0
         settle_up P O T rails=z => P.back 4500/0 P.kept 0
        ";
    // Of 10.00 that were spent 5.00 were wrong and 8.00 invalid: 3.00 of them were both.
    let more = "bill feed 2..3 -P:1:750@300 => P.spent 200
         settle_up P O U => P.back 4500/0 P.kept 300 P.escrow 0
         make_good W P wrong_delivery 300 O V of=800 rails=v -> nothing_to_repay";
    world(&[settled, repaid, found, more].concat());
    world(&[settled, found, repaid, more].concat());
    // A claim for it is no other thing than a restitution.
    let claimed = "file X P tech
         facts X wrong_delivery=500 over_budget=0 watched=true failed_calls=0 report_wrong=false \
            incident_loss=0 late_invalid=0 ring_marks=0
         decide X => X:partly_approved X.takes 500 P.causes 0/0/500
         pay_claim X O R rails=x => X.sent 500/540
        ";
    world(&[settled, claimed, found, more].concat());
    world(&[settled, found, claimed, more].concat());
}

#[test]
fn a_restitution_waits_for_a_dispute() {
    world(
        "open_dispute d p 3400
         make_good Z P overspend 300 O R rails=x -> payment_disputed
         lose d
         make_good Z P overspend 300 O R rails=x => Z.net 300 R.parts t1:120,t2:204",
    );
}

/// A promotion that was settled a day ago, for which something is to be looked for since.
const SETTLED: &str = "stop P
    wait 262800
    settle_up P O S rails=y => P.looked_at due
    ";

/// Its order has refused it for a day: it takes its part of the cap, and waits for a person.
#[test]
fn what_an_order_refuses_is_kept_and_resolved_once() {
    let aside = format!(
        "{SETTLED}
         set_aside Z P overspend 300 R -> not_due
         wait 86400
         set_aside Y P unspent 300 R -> nothing_to_repay
         set_aside Z P overspend 300 R => Z.stuck yes Z.net 300 Z.gross 324 P.claims 300/0
            => refund/expense/promotion - events restitution.refused
         set_aside Z P overspend 300 R -> already_repaid
         make_good Z P overspend 300 O R rails=x -> already_repaid
         made_good Z -> claim_being_paid
         file X P other
         facts X ring_marks=0
         decide X
         review X approve 701 -> amount_exceeds_left 700
         remind Y -> restitution_not_found
         remind Z -> not_due
         wait 1728000
         remind Z => events restitution.escalated
         remind Z -> nothing_to_change
         resolve Z again O T rails=x as=Ada -> own_claim
        "
    );
    world(&format!(
        "{aside}
         resolve Z again N T rails=x -> order_not_found
         resolve Z again O T rails=x => Z.stuck no P.claims 300/300 T.parts t1:120,t2:204
            => refund/expense/promotion 300
            => events ..refund.created,refund.succeeded,rail_refund.created
         resolve Z again O U -> restitution_not_stuck
         made_good Z -> claim_being_paid
         begin x
         told x succeeded
         made_good Z => events restitution.paid
         remind Z -> nothing_due"
    ));
    world(&format!(
        "{aside}
         resolve Z credit program=none -> program_not_found
         resolve Z credit => Z.stuck no Z.card 324 P.claims 300/300 refund/payable 2720
            => refund/expense/promotion 324
            => events restitution.resolved,restitution.paid,gift_card.issued
         resolve Z hand -> restitution_not_stuck
         made_good Z -> nothing_to_change
         review X approve 700
         pay_claim X O T rails=x => X.sent 700/756 P.claims 1000/1000"
    ));
    world(&format!(
        "{aside}
         resolve Z hand rail=bank => rail/bank/clearing -324 refund/expense/promotion 324
         review X approve 700
         pay_claim X O T rails=x => X.sent 700/756"
    ));
}

/// What waits for a person waits for a dispute as well; what the bank has given is counted by the
/// order alone.
#[test]
fn what_is_stuck_is_not_paid_beside_a_bank() {
    world(&format!(
        "{SETTLED}
         wait 86400
         set_aside Z P overspend 300 R
         open_dispute d p 1000
         resolve Z credit -> payment_disputed
         resolve Z again O T rails=x -> payment_disputed
         lose d
         resolve Z credit -> paid_by_bank
         resolve Z hand -> paid_by_bank
         resolve Z again O T rails=x => Z.stuck no P.claims 300/300"
    ));
}

/// Its order does not send what a claim pays: after a day a person has it go on, once.
#[test]
fn what_an_order_does_not_send_of_a_claim_goes_another_way() {
    let granted = format!(
        "{SETTLED}
         file X P other
         facts X ring_marks=0
         decide X
         pay_otherwise X credit -> claim_not_approved
         review X approve 700
         pay_otherwise X credit -> not_due
         pay_otherwise X again N T rails=x -> order_not_found
         wait 86400
         pay_otherwise X credit as=Ada -> own_claim
         pay_otherwise X credit number=2 -> nothing_to_change
         pay_otherwise X credit program=none -> program_not_found
        "
    );
    world(&format!(
        "{granted}
         pay_otherwise X again O T rails=x => X:paying X.sent 700/756 P.claims 700/700
            => refund/expense/promotion 700
            => events ..refund.created,refund.succeeded,rail_refund.created
         pay_otherwise X credit -> claim_not_approved
         claim_paid X -> claim_being_paid
         begin x
         told x succeeded
         claim_paid X => X:paid"
    ));
    world(&format!(
        "{granted}
         pay_otherwise X credit => X:paying X.sent 700/756 X.card 756 P.claims 700/700
            => refund/expense/promotion 756 events claim.payout_started,gift_card.issued
         pay_claim X O T rails=x -> claim_not_approved
         claim_paid X => X:paid"
    ));
    world(&format!(
        "{granted}
         pay_otherwise X hand => rail/bank/clearing -756 refund/expense/promotion 756
         pay_otherwise X hand -> claim_not_approved
         claim_paid X => X:paid"
    ));
    world(&format!(
        "{granted}
         open_dispute d p 1000
         pay_otherwise X credit -> payment_disputed
         lose d
         pay_otherwise X hand -> not_due
         wait 86400
         pay_otherwise X hand -> paid_by_bank
         pay_otherwise X again O T rails=x => X:paying P.claims 700/700"
    ));
}

/// What becomes of a post after the end has kept nothing from being delivered.
#[test]
fn a_post_that_is_deleted_after_the_end_was_there() {
    world(
        "stop P
         post p deleted
         file X P tech
         facts X ring_marks=0 => X.post_gone false
         facts X ring_marks=0 failed_calls=0 => X.post_gone false
         facts X ring_marks=0 failed_calls=1 => X.post_gone true",
    );
    world(
        "post p deleted => P:stopped
         file X P tech
         facts X ring_marks=0 => X.post_gone true",
    );
}

/// What may happen to one promotion at once. Whatever comes before it, each is done, or refused by
/// name; the audit looks at the sums after each.
const DEEDS: [&str; 16] = [
    "make_good Z P overspend 300 O Ra rails=xa",
    "make_good Y P wrong_delivery 500 O Rb rails=xb",
    "make_good W P unspent 4000 O Rc",
    "file A P tech; facts A over_budget=300 {over}; decide A; pay_claim A O Rd rails=xd",
    "file B P unauth; facts B used_later=false automatic_person=0 automatic_instrument=0 \
        ring_marks=0; decide B; pay_claim B O Re rails=xe",
    "file D P other; facts D ring_marks=0; decide D; review D approve 700; \
        pay_claim D O Rf rails=xf",
    "open_dispute d p 3400",
    "win d",
    "lose d",
    "stop P; wait 262800; settle_up P O Rg rails=xg",
    "bill feed 1..2 -P:1:500@200; settle_up P O Rh rails=xh",
    "back O Ri everything rails=xi",
    "wait 86400; set_aside V P wrong_delivery 400 Rj of=900",
    "resolve V credit",
    "resolve V again O Rk rails=xk",
    "wait 86400; pay_otherwise D credit; pay_otherwise A hand; pay_otherwise B again O Rl rails=xl",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn in_every_order_the_cap_holds_and_each_is_paid_once(
        order in Just(DEEDS.to_vec()).prop_shuffle(),
        again in prop::sample::subsequence(DEEDS.to_vec(), 0..4),
    ) {
        let mut world = world("");
        for deed in order.iter().chain(&again) {
            for line in deed.replace("{over}", OVER).split("; ") {
                if line.starts_with("resolve") && !crate::claim_words::is_made(&world, "V") {
                    continue;
                }
                let _refused_or_done = crate::script::apply(&mut world, line);
            }
        }
        let promotion = world.promotion.values().next().unwrap();
        let sent = crate::audit_claims::sent_back(&world, promotion.id);
        let (apart, _) = crate::audit_claims::apart(&world, promotion.id);
        let back = promotion.returned.minor() + sent + apart;
        prop_assert!(back <= promotion.terms.paid().minor());
        // Claims for the same loss, and the restitution, have paid it once.
        let claims = world.promotion_claims.get(&promotion.id);
        prop_assert!(claims.is_none_or(|row| row.causes.overspend.minor() <= 300));
        run(&mut world, "wait 0");
    }
}
