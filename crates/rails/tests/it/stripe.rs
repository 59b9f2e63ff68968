//! What can happen between us and a rail over HTTP.

use base::{Currency, Money, Span};
use rails::stripe::{self, Stripe};
use rails::stripe_server::Fault;
use rails::{Authorize, FailureCode, Outcome, PaymentQuery, PaymentStage, Rail, Secret, Unknown};
use std::time::Duration;

use crate::world::{START, Way, World, op, succeeded, usd};

fn world_with(fault: Fault) -> World {
    let world = World::new(Way::OverHttp);
    world.server.as_ref().unwrap().fail_next(&[fault]);
    world
}

/// What comes again under a key gets the same object, unless Stripe has kept an error under it.
#[track_caller]
fn check_again<T: PartialEq + std::fmt::Debug + Clone>(fault: Fault, again: Outcome<T>, known: &T) {
    let expected = match fault {
        Fault::FailAfter => Outcome::Unknown(Unknown::RailError),
        _ => Outcome::Succeeded(known.clone()),
    };
    assert_eq!(again, expected, "{fault:?}");
}

/// Stripe keeps its own errors under the key for a day: the same call leads nowhere until then.
#[test]
fn an_error_that_stripe_keeps_is_repeated_for_a_day() {
    let world = world_with(Fault::FailForGood);
    let lost = || Outcome::Unknown(Unknown::RailError);
    assert_eq!(world.authorize("pay_1:authorize", "ok", 500), lost());
    assert_eq!(world.find("pay_1:authorize"), Outcome::Succeeded(None));
    world.pass(Span::hours(23));
    assert_eq!(world.authorize("pay_1:authorize", "ok", 500), lost());
    let _paid = succeeded(world.authorize("pay_1:authorize:2", "ok", 500));
    world.pass(Span::hours(1));
    let _paid = succeeded(world.authorize("pay_1:authorize", "ok", 500));
}

/// Public failure: an error on the way back is taken for a refusal, and the payer pays twice.
#[test]
fn a_reply_lost_after_commit_is_unknown_and_found_again() {
    for (fault, why) in [
        (Fault::FailAfter, Unknown::RailError),
        (Fault::CutAfter, Unknown::ConnectionLost),
        (Fault::CutWithin, Unknown::ConnectionLost),
        (Fault::Garble, Unknown::Unreadable),
        (Fault::Hang, Unknown::TimedOut),
    ] {
        let world = world_with(fault);
        let lost = world.authorize("pay_1:authorize", "ok", 500);
        assert_eq!(lost, Outcome::Unknown(why), "{fault:?}");
        let found = succeeded(world.find("pay_1:authorize")).expect("it was done");
        assert_eq!((found.stage.clone(), found.amount), (PaymentStage::Authorized, usd(500)));
        let again = world.authorize("pay_1:authorize", "ok", 500);
        check_again(fault, again.map(|state| state.reference), &found.reference);

        let payment = &found.reference;
        let _taken = succeeded(world.capture("pay_1:capture", payment, 500));
        world.server.as_ref().unwrap().fail_next(&[fault]);
        let lost = world.refund("rrf_1", payment, 200).map(|_| ());
        assert_eq!(lost, Outcome::Unknown(why), "{fault:?}");
        let sent = succeeded(world.find_refund("rrf_1", payment)).expect("it was done");
        check_again(fault, world.refund("rrf_1", payment, 200), &sent);
        assert_eq!(world.look(payment).refunded.unwrap().minor(), 200);
    }
}

#[test]
fn what_was_not_done_is_unknown_too_until_it_is_asked_for() {
    for (fault, why) in [
        (Fault::FailBefore, Unknown::RailError),
        (Fault::CutBefore, Unknown::ConnectionLost),
        (Fault::Conflict, Unknown::InProgress),
    ] {
        let world = world_with(fault);
        let lost = world.authorize("pay_1:authorize", "ok", 500);
        assert_eq!(lost, Outcome::Unknown(why), "{fault:?}");
        assert_eq!(world.find("pay_1:authorize"), Outcome::Succeeded(None));
        let _paid = succeeded(world.authorize("pay_1:authorize", "ok", 500));
    }
}

#[test]
fn too_many_requests_fail_for_now() {
    let world = world_with(Fault::Limit);
    let limited = world.authorize("pay_1:authorize", "ok", 500);
    assert_eq!(limited, Outcome::Failed(FailureCode::RateLimited));
    assert!(!FailureCode::RateLimited.is_final());
    let _paid = succeeded(world.authorize("pay_1:authorize", "ok", 500));
}

fn adapter(base_url: &str, key: &str) -> Stripe {
    let settings = stripe::Settings {
        base_url: base_url.to_owned(),
        api_key: Secret::new(key),
        webhook_secrets: Vec::new(),
        timeout: Duration::from_secs(5),
    };
    Stripe::new(&settings).unwrap()
}

#[test]
fn a_wrong_key_is_the_operators_and_a_rail_that_is_down_is_unknown() {
    let world = World::new(Way::OverHttp);
    let url = world.server.as_ref().unwrap().base_url();
    let (operation, method) = (op("pay_1:authorize"), world.method("ok"));
    let request = Authorize {
        operation: &operation,
        method: &method,
        amount: usd(500),
        return_url: Some("https://shop.example/back?a=b&c=d"),
    };
    let refused = adapter(&url, "sk_live_wrong").authorize(&request);
    assert_eq!(refused, Outcome::Failed(FailureCode::NotPermitted));
    let _paid = succeeded(adapter(&url, "sk_test_right").authorize(&request));
    drop(world);
    let down = adapter(&url, "sk_test_right").authorize(&request);
    assert_eq!(down, Outcome::Unknown(Unknown::ConnectionLost));
}

#[test]
fn amounts_that_stripe_cannot_express_are_not_sent() {
    let world = World::new(Way::OverHttp);
    let (operation, method) = (op("pay_1:authorize"), world.method("ok"));
    let authorize = |minor, code| {
        let amount = Money::new(minor, Currency::parse(code).unwrap()).unwrap();
        let (operation, method) = (&operation, &method);
        world.rail.authorize(&Authorize { operation, method, amount, return_url: None })
    };
    let before = world.sandbox.calls();
    assert_eq!(authorize(5_124, "KWD"), Outcome::Failed(FailureCode::AmountNotPayable));
    assert_eq!(authorize(500, "UGX"), Outcome::Failed(FailureCode::CurrencyUnsupported));
    assert_eq!(world.sandbox.calls(), before);
    let paid = succeeded(authorize(500, "JPY"));
    assert_eq!(paid.amount.to_string(), "500 JPY");
    assert_eq!(
        succeeded(world.rail.payment(&PaymentQuery {
            operation: &operation,
            reference: None,
            since: START,
        })),
        Some(paid)
    );
}

#[test]
fn an_operation_is_found_behind_many_others() {
    let world = World::new(Way::OverHttp);
    let first = succeeded(world.authorize("pay_0:authorize", "ok", 500));
    for number in 1..=250 {
        world.pass(Span::seconds(1));
        let _other = succeeded(world.authorize(&format!("pay_{number}:authorize"), "ok", 500));
    }
    let found = succeeded(world.find("pay_0:authorize")).unwrap();
    assert_eq!(found.reference, first.reference);
}

#[test]
fn an_id_that_no_rail_has_given_leads_nowhere() {
    let world = World::new(Way::OverHttp);
    let evil = base::Text::new("pi_1/../../sandbox/messages?x=").unwrap();
    let outcome = world.capture("pay_1:capture", &evil, 1);
    assert_eq!(outcome, Outcome::Failed(FailureCode::NotFound));
    assert_eq!(world.sandbox.calls(), 0);
}
