//! `kill -9` in the course of a split checkout and its refunds: whoever repeats the last request
//! ends where an undisturbed course ends, and the rail has charged and refunded once.

use std::collections::BTreeSet;

use base::{Instant, Span};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::course::{Course, Moment, Moments, Outcome, Plan};
use crate::process::Place;
use crate::shop::{checkout_body, method_body, method_tender, usd};

const PRICE: i64 = 10_000;

static PLAN: Plan = Plan {
    steps: &[
        "seller",
        "card one",
        "card two",
        "method one",
        "method two",
        "checkout",
        "tender card one",
        "tender card two",
        "tender method one",
        "tender method two",
        "pay",
        "a minute later",
        "refund a part",
        "days later",
        "refund the rest",
        "days later again",
        "a month later",
    ],
    moving: &[
        "pay",
        "a minute later",
        "refund a part",
        "days later",
        "refund the rest",
        "days later again",
    ],
    request,
    learn,
    has_mailbox: false,
};

fn request(course: &Course, step: &str) -> (String, Value) {
    let id = |role: &str| course.id(role);
    let card = |minor| json!({ "value": usd(minor), "funding": { "kind": "external" } });
    let card_tender = |role| json!({ "kind": "gift_card", "gift_card": id(role) });
    let tenders = || format!("/v1/checkouts/{}/tenders", id("checkout"));
    let refunds = || format!("/v1/orders/{}/refunds", id("order"));
    match step {
        "seller" => {
            let seller = json!({ "name": "Lamps & Co", "commission_basis_points": 1_000 });
            ("/v1/sellers".to_owned(), seller)
        }
        "card one" => ("/v1/gift-cards".to_owned(), card(1_501)),
        "card two" => ("/v1/gift-cards".to_owned(), card(2_499)),
        "method one" => ("/v1/payment-methods".to_owned(), method_body(course.tokens[0])),
        "method two" => ("/v1/payment-methods".to_owned(), method_body(course.tokens[1])),
        "checkout" => ("/v1/checkouts".to_owned(), checkout_body(&id("seller"), PRICE)),
        "tender card one" => (tenders(), card_tender("card one")),
        "tender card two" => (tenders(), card_tender("card two")),
        "tender method one" => (tenders(), method_tender(&id("method one"), 2_345)),
        "tender method two" => (tenders(), method_tender(&id("method two"), 3_655)),
        "pay" => (format!("/v1/checkouts/{}/pay", id("checkout")), json!({})),
        "a minute later" => course.clock(Span::minutes(1)),
        "refund a part" => (refunds(), json!({ "amount": usd(4_001), "reason": "damaged" })),
        "days later" => course.clock(Span::days(5)),
        "refund the rest" => (refunds(), json!({ "reason": "returned" })),
        "days later again" => course.clock(Span::days(10)),
        "a month later" => course.clock(Span::days(40)),
        _ => panic!("{step} is no step"),
    }
}

fn learn(course: &mut Course, step: &'static str, answer: &Answer) {
    match step {
        "seller" => {
            course.began_at = Some(Instant::parse(&answer.text("/created_at")).unwrap());
            course.learn_id(step, answer.text("/id"));
        }
        "card one" | "card two" | "method one" | "method two" | "checkout" => {
            course.learn_id(step, answer.text("/id"));
        }
        "a minute later" => {
            let path = format!("/v1/checkouts/{}", course.id("checkout"));
            let paid = course.client().get(&path).unwrap().expect(200);
            assert_eq!(paid.text("/status"), "paid", "{}", paid.body);
            course.learn_id("order", paid.text("/order"));
        }
        _ => {}
    }
}

fn end(course: Course) -> Outcome {
    let (outcome, ..) = course.end("card ");
    assert_eq!(outcome.orders.len(), 1, "it was ordered once");
    outcome
}

fn undisturbed(place: Place, tokens: [&'static str; 2]) -> Outcome {
    let mut course = Course::begin(place, &PLAN, tokens);
    PLAN.steps.iter().for_each(|step| course.take(step));
    let outcome = end(course);
    assert_eq!(outcome.orders[0]["status"], "refunded", "{outcome:#?}");
    assert_eq!((outcome.asked, outcome.captured.len()), (2, 2), "{outcome:#?}");
    assert_eq!(outcome.sent.len(), 4, "{outcome:#?}");
    assert_eq!(outcome.accounts["order/clearing"], (2 * PRICE, 2 * PRICE));
    outcome
}

fn kill_after_each_answer(place: fn() -> Place) {
    let tokens = ["tok_ok", "tok_timeout"];
    let expected = undisturbed(place(), tokens);
    let mut course = Course::begin(place(), &PLAN, tokens);
    for step in PLAN.steps {
        course.take(step);
        course.kill();
        assert!(course.repeat(step).is_replayed, "{step} was answered and is gone");
    }
    assert_eq!(course.kills, PLAN.steps.len());
    assert_eq!(end(course), expected);
}

#[test]
fn slow_killed_after_each_answer_it_ends_alike() {
    kill_after_each_answer(Place::new);
}

/// A course that is killed at one moment of each of these steps.
fn killed_in(place: Place, tokens: [&'static str; 2], steps: &[&str], moment: Moment) -> Course {
    let mut course = Course::begin(place, &PLAN, tokens);
    for step in PLAN.steps {
        if steps.contains(step) {
            course.kill_during(step, moment);
        }
        course.take(step);
    }
    course
}

/// On PostgreSQL each kill is as long as a lease, so this is the course for it.
#[test]
fn slow_killed_twice_it_ends_alike() {
    let tokens = ["tok_ok", "tok_refund_pending"];
    let expected = undisturbed(Place::new(), tokens);
    let steps = ["pay", "refund the rest"];
    let course = killed_in(Place::new(), tokens, &steps, Moment::RailWrote(2));
    assert_eq!(course.kills, steps.len());
    assert_eq!(end(course), expected);
}

#[test]
fn slow_killed_at_each_deed_of_the_rail_it_ends_alike() {
    let tokens = ["tok_ok", "tok_refund_pending"];
    let expected = undisturbed(Place::new(), tokens);
    let mut reached = BTreeSet::new();
    for lines in 1..=6 {
        let moment = Moment::RailWrote(lines);
        let mut course = killed_in(Place::new(), tokens, PLAN.moving, moment);
        reached.append(&mut course.reached);
        assert_eq!(end(course), expected, "killed after {lines} lines");
    }
    println!("the rail was left at {reached:#?}");
    // Whichever kill comes late, none of these is reached by requests alone.
    assert!(reached.iter().any(|told| told.contains("0 captured")), "{reached:?}");
    assert!(reached.len() > 3, "no kill came while money moved: {reached:?}");
}

/// Kills at random moments while money moves, so many times a step.
fn kill_while_money_moves(tokens: [&'static str; 2], courses: u64, kills: u64, seed: u64) {
    let expected = undisturbed(Place::new(), tokens);
    let mut moments = Moments(seed);
    let (mut happened_unanswered, mut reached) = (0, BTreeSet::new());
    for number in 0..courses {
        let mut course = Course::begin(Place::new(), &PLAN, tokens);
        for step in PLAN.steps {
            if PLAN.moving.contains(step) {
                for _ in 0..kills {
                    course.kill_during(step, moments.draw());
                }
            }
            course.take(step);
        }
        happened_unanswered += course.happened_unanswered;
        reached.append(&mut course.reached);
        let killed = course.kills;
        assert_eq!(end(course), expected, "{tokens:?}: seed {seed}, course {number}");
        println!("{tokens:?}, course {number}: {killed} kills");
    }
    println!("{tokens:?}: {happened_unanswered} had happened although nobody was answered");
    println!("the rail was left at {reached:#?}");
}

#[test]
fn slow_killed_while_it_pays_and_refunds_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_refund_pending"], 3, 4, 20_261_129);
}

#[test]
fn slow_killed_while_a_rail_is_silent_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_timeout"], 1, 2, 20_261_130);
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_killed_2000_times_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_refund_pending"], 60, 5, 20_261_131);
    kill_while_money_moves(["tok_ok", "tok_timeout"], 30, 2, 20_261_132);
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_killed_on_postgresql_it_ends_alike() {
    kill_after_each_answer(Place::in_database);
    let tokens = ["tok_ok", "tok_refund_pending"];
    let expected = undisturbed(Place::in_database(), tokens);
    for lines in 1..=6 {
        let moment = Moment::RailWrote(lines);
        let course = killed_in(Place::in_database(), tokens, PLAN.moving, moment);
        assert_eq!(end(course), expected, "killed after {lines} lines");
    }
}
