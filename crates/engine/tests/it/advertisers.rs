//! What advertisers have under way, and what whoever runs the product allows. That the sums are
//! right after every command is for the audit to say, also in random lives.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Amount, Currency, Label};
use promotions::OperatorPolicy;

use crate::audit_promotions;
use crate::script::{check, run};
use crate::world::World;

/// Two drafts of Ada's, and a method.
const DRAFTS: &str = "creator C 0
    method m
    method n
    compose P 5000 with=m
    compose Q 3000 with=m
    checkout K promotion:nobody:5000 pays=P
    add K method m
    checkout L promotion:nobody:3000 pays=Q
    add L method m
";

/// The first one is paid.
const PAID: &str = "submit P K
    pay K O p
    authorized p
    captured p 5000 order=O
";

fn after(opening: &[&str], script: &str) -> World {
    check(&(opening.concat() + script))
}

/// The same under what an operator allows.
fn under(policy: OperatorPolicy, opening: &[&str], script: &str) {
    let mut world = check(&opening.concat());
    world.promoting = Some(Box::leak(Box::new(policy)));
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        run(&mut world, line);
    }
}

fn allowed() -> OperatorPolicy {
    OperatorPolicy::standard().clone()
}

fn label(word: &str) -> Label {
    Label::new(word).unwrap()
}

#[test]
fn what_is_being_paid_or_under_way_is_summed_by_currency() {
    after(
        &[DRAFTS],
        "submit P K => Ada.under_way 1:5000USD
         pay K O p
         declined p declined => K:failed Ada.under_way 0:
         compose E 700EUR
         checkout M promotion:nobody:700EUR pays=E currency=EUR
         add M method n
         submit E M => Ada.under_way 1:700EUR
         submit Q L -> promotion_blocked                               # m was declined
         submit Q L with=n => Ada.under_way 2:700EUR,3000USD
         pay L O q
         authorized q
         captured q 3000 order=O => Q:in_review Ada.under_way 2:700EUR,3000USD
         wait 900
         abandon M => Ada.under_way 1:3000USD
         reject Q music => Ada.under_way 0:
         appeal Q => Ada.under_way 1:3000USD
         approve Q as=Bob => Q:scheduled
         pause Q => Q:paused Ada.under_way 1:3000USD
         edit Q until=9d => Ada.under_way 1:3000USD
         resume Q
         stop Q => Q:stopped Ada.under_way 0:
         settle_up Q O R rails=x => Q:settled Ada.under_way 0:",
    );
}

#[test]
fn time_posts_disputes_and_claims_end_what_is_under_way() {
    let open = [DRAFTS, PAID, "approve P v1 => Ada.under_way 1:5000USD\n"];
    let ends = |script: &str| drop(after(&open, script));
    ends("wait 4d\n advance P => P:completed Ada.under_way 0:");
    ends("post p deleted => P:stopped Ada.under_way 0:");
    ends("compose P2 900 post=p deleted => P:stopped Ada.under_way 0:");
    ends("post p version=v2 => P:in_review Ada.under_way 1:5000USD");
    ends(
        "open_dispute d p 5000 => P:paused Ada.under_way 1:5000USD
         lose d => P:stopped Ada.under_way 0:",
    );
    ends("stop P staff payment => P:stopped Ada.under_way 0:");
}

#[test]
fn as_many_as_are_allowed_and_for_as_much() {
    let two = OperatorPolicy { under_way_max: Some(1), ..allowed() };
    let script = "submit Q L -> promotion_blocked
        approve P v1
        stop P => Q.blocked_by -
        submit Q L => Q.blocked_by -";
    under(two, &[DRAFTS, PAID], &("pause P -> promotion_not_running\n".to_owned() + script));
    let most = |minor| BTreeMap::from([(Currency::USD, Amount::new(minor).unwrap())]);
    let less = OperatorPolicy { budgets_max: most(7_999), ..allowed() };
    under(
        less,
        &[DRAFTS, PAID],
        "submit Q L -> promotion_blocked
         edit Q budget=2999 => Q.blocked_by -
         compose E 900000EUR => E.blocked_by -
         edit Q budget=3000 => Q.blocked_by spend_limit
         reject P music => Q.blocked_by -",
    );
    let enough = OperatorPolicy { budgets_max: most(8_000), ..allowed() };
    under(enough, &[DRAFTS, PAID], "submit Q L => Q.blocked_by -");
    // What others promote is theirs.
    let one = OperatorPolicy { under_way_max: Some(1), ..allowed() };
    under(
        one,
        &[DRAFTS, PAID],
        "compose S 5000 owner=Eve => S.blocked_by - Q.blocked_by too_many_promotions",
    );
}

#[test]
fn what_posts_are_about_and_who_promotes_them() {
    let policy = OperatorPolicy {
        forbidden_tags: vec![label("gambling")],
        adult_tags: vec![label("alcohol")],
        advertiser_age_min: 16,
        ..allowed()
    };
    under(
        policy,
        &["creator C 0\n"],
        "compose P 5000 about=gambling => P.blocked_by post_not_allowed
         compose Q 5000 post=p about=poker => P.blocked_by - Q.blocked_by -
         compose S 5000 about=alcohol => S.blocked_by adults_only
         compose T 5000 owner=Eve age=15 => T.blocked_by advertiser_under_age
         compose U 5000 owner=Bob => U.blocked_by -
         wait 366d
         edit T price=0.5 target=5 from=1d until=4d => T.blocked_by -",
    );
    after(
        &["creator C 0\n"],
        "compose P 5000 age=17 => P.blocked_by advertiser_under_age
         compose Q 5000 => Q.blocked_by advertiser_under_age
         compose S 5000 age=18 => P.blocked_by - Q.blocked_by -
         compose T 5000 age=17 => P.blocked_by advertiser_under_age",
    );
}

#[test]
fn a_method_that_was_declined_is_named_until_it_is_accepted_or_a_day_is_over() {
    let declined = "submit P K
        pay K O p
        declined p declined => P:draft P.blocked_by method_declined Q.blocked_by method_declined
        ";
    after(
        &[DRAFTS, declined],
        "checkout M promotion:nobody:5000 pays=P
         submit P M -> promotion_blocked
         submit P M with=m -> promotion_blocked
         submit P M with=n => P:draft",
    );
    after(
        &[DRAFTS, declined],
        "seller S 1000
         checkout M goods:S:900
         add M method m
         pay M N q
         authorized q => P.blocked_by - Q.blocked_by -",
    );
    after(
        &[DRAFTS, declined],
        "wait 86399\n edit Q price=0.5 target=5 => Q.blocked_by method_declined",
    );
    after(&[DRAFTS, declined], "wait 86400\n edit Q price=0.5 target=5 from=1d => Q.blocked_by -");
    // That an amount is too small says nothing of the method.
    after(
        &[DRAFTS],
        "submit P K
         pay K O p
         declined p amount_too_small => P:draft P.blocked_by -",
    );
}

/// A book from before there were rows of advertisers has promotions that are not counted.
fn older(world: &mut World) {
    world.advertiser.clear();
    for row in world.promotion.values_mut() {
        Arc::make_mut(row).is_counted = false;
    }
}

#[test]
fn what_is_older_than_the_sums_is_counted_once() {
    let approved = "approve P v1\n compose S 900 with=m\n";
    let mut world = check(&[DRAFTS, PAID, approved].concat());
    older(&mut world);
    for line in ["count P => Ada.under_way 1:5000USD", "count P -> nothing_to_change"] {
        run(&mut world, line);
    }
    run(&mut world, "count S -> nothing_to_change");
    run(&mut world, "count X -> promotion_not_found");
    audit_promotions::advertisers_add_up(&world);
    // One that ends before it was counted is not taken off.
    let mut world = check(&[DRAFTS, PAID, approved, "submit Q L"].concat());
    older(&mut world);
    world.is_audited = false;
    run(&mut world, "stop P => Ada.under_way -");
    run(&mut world, "pay L N q => Ada.under_way -");
    run(&mut world, "declined q declined => Ada.under_way -");
    world.is_audited = true;
    audit_promotions::advertisers_add_up(&world);
    // Whatever else is done to one counts it.
    let mut world = check(&[DRAFTS, PAID, approved].concat());
    older(&mut world);
    run(&mut world, "pause P => Ada.under_way 1:5000USD");
}
