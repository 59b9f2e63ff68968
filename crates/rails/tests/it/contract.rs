//! What every rail promises, asked of the sandbox directly and through the Stripe adapter.

use base::Span;
use outside::clock::Clock;
use rails::{Authorize, DisputeStage, FailureCode, Outcome, PaymentQuery, PaymentStage, Rail};
use rails::{RefundQuery, RefundStage, Unknown};

use crate::world::{START, Way, World, op, succeeded, usd};

/// Runs the same test over both ways.
fn both(test: impl Fn(&World)) {
    for way in [Way::Direct, Way::OverHttp] {
        test(&World::new(way));
    }
}

#[test]
fn a_payment_is_authorized_captured_and_refunded() {
    both(|world| {
        let paid = succeeded(world.authorize("pay_1:authorize", "ok", 10_000));
        assert_eq!(paid.stage, PaymentStage::Authorized);
        assert_eq!((paid.amount, paid.captured.minor()), (usd(10_000), 0));
        assert_eq!(paid.operation, Some(op("pay_1:authorize")));
        let payment = paid.reference;
        let taken = succeeded(world.capture("pay_1:capture", &payment, 10_000));
        assert_eq!(taken.stage, PaymentStage::Captured);
        assert_eq!((taken.captured.minor(), taken.fee.unwrap().minor()), (10_000, 320));
        let sent = succeeded(world.refund("rrf_1:refund", &payment, 4_000));
        assert_eq!((sent.amount, sent.stage), (usd(4_000), RefundStage::Succeeded));
        assert_eq!(sent.payment, payment);
        let state = world.look(&payment);
        assert_eq!(state.refunded.unwrap().minor(), 4_000);
        assert_eq!(world.sandbox.balance(base::Currency::USD), 10_000 - 320 - 4_000);
    });
}

#[test]
fn methods_answer_as_the_table_says() {
    both(|world| {
        let check = |method: &str, expected: FailureCode| {
            let answer = world.authorize(&format!("pay_{method}:authorize"), method, 500);
            assert_eq!(answer, Outcome::Failed(expected), "{method}");
            assert!(expected.is_final());
        };
        check("declined", FailureCode::Declined);
        check("insufficient", FailureCode::InsufficientFunds);
        check("expired", FailureCode::ExpiredMethod);
        check("nobody", FailureCode::MethodGone);
        for known in ["ok", "declined", "expires_soon", "challenge", "timeout", "disputed"] {
            let state = succeeded(world.rail.method(&world.method(known)));
            assert!(!state.label.as_str().is_empty());
        }
        let unknown = world.rail.method(&world.method("nobody"));
        assert_eq!(unknown, Outcome::Failed(FailureCode::MethodGone));
    });
}

/// Public failure: one order paid twice charged its card twice.
#[test]
fn the_same_operation_twice_charges_once() {
    both(|world| {
        let first = succeeded(world.authorize("pay_1:authorize", "ok", 900));
        let again = succeeded(world.authorize("pay_1:authorize", "ok", 900));
        assert_eq!(first, again);
        let payment = &first.reference;
        let taken = succeeded(world.capture("pay_1:capture", payment, 900));
        assert_eq!(succeeded(world.capture("pay_1:capture", payment, 900)), taken);
        let sent = succeeded(world.refund("rrf_1:refund", payment, 100));
        assert_eq!(succeeded(world.refund("rrf_1:refund", payment, 100)), sent);
        assert_eq!(world.look(payment).refunded.unwrap().minor(), 100);

        // Equal amounts under another operation are another refund.
        let other = succeeded(world.refund("rrf_2:refund", payment, 100));
        assert_ne!(other.reference, sent.reference);
        assert_eq!(world.look(payment).refunded.unwrap().minor(), 200);
        assert_eq!(world.sandbox.balance(base::Currency::USD), 900 - 56 - 200);
    });
}

#[test]
fn an_operation_with_other_arguments_is_not_called_a_failure() {
    both(|world| {
        let paid = succeeded(world.authorize("pay_1:authorize", "ok", 900));
        let reused = world.authorize("pay_1:authorize", "ok", 901);
        assert_eq!(reused, Outcome::Unknown(Unknown::OperationReused));
        let found = succeeded(world.find("pay_1:authorize")).unwrap();
        assert_eq!((found.reference, found.amount), (paid.reference, usd(900)));
    });
}

#[test]
fn a_declined_operation_stays_declined() {
    both(|world| {
        for _ in 0..2 {
            let answer = world.authorize("pay_1:authorize", "declined", 900);
            assert_eq!(answer, Outcome::Failed(FailureCode::Declined));
        }
        let found = succeeded(world.find("pay_1:authorize")).unwrap();
        assert_eq!(found.stage, PaymentStage::Failed(FailureCode::Declined));
    });
}

#[test]
fn nothing_is_taken_or_returned_above_what_there_is() {
    both(|world| {
        let paid = succeeded(world.authorize("pay_1:authorize", "ok", 1_000));
        let payment = &paid.reference;
        let failed = |outcome, code: FailureCode| assert_eq!(outcome, Outcome::Failed(code));
        failed(world.capture("pay_1:c1", payment, 1_001), FailureCode::AmountTooLarge);
        let _taken = succeeded(world.capture("pay_1:c2", payment, 600));
        failed(world.capture("pay_1:c3", payment, 100), FailureCode::WrongState);
        failed(world.void("pay_1:void", payment), FailureCode::WrongState);
        let refund = |id: &str, minor| world.refund(id, payment, minor).map(|_| ());
        let refused = |outcome, code: FailureCode| assert_eq!(outcome, Outcome::Failed(code));
        refused(refund("r1", 601), FailureCode::AmountTooLarge);
        assert_eq!(refund("r2", 400), Outcome::Succeeded(()));
        refused(refund("r3", 201), FailureCode::AmountTooLarge);
        assert_eq!(refund("r4", 200), Outcome::Succeeded(()));
        refused(refund("r5", 1), FailureCode::AlreadyRefunded);
        let state = world.look(payment);
        assert_eq!((state.captured.minor(), state.refunded.unwrap().minor()), (600, 600));
        // What was let go is no refund, though Stripe lists it as one that nobody has asked for.
        let all = succeeded(world.rail.refunds(payment));
        let nobodys = all.iter().filter(|refund| refund.operation.is_none());
        let nobodys: Vec<_> = nobodys.map(|refund| refund.amount).collect();
        assert_eq!(nobodys, if world.server.is_some() { vec![usd(400)] } else { Vec::new() });
    });
}

#[test]
fn a_voided_or_lapsed_payment_takes_nothing() {
    both(|world| {
        let paid = succeeded(world.authorize("pay_1:authorize", "ok", 1_000));
        let voided = succeeded(world.void("pay_1:void", &paid.reference));
        assert_eq!(voided.stage, PaymentStage::Voided);
        let late = world.capture("pay_1:capture", &paid.reference, 1_000);
        assert_eq!(late, Outcome::Failed(FailureCode::WrongState));

        let paid = succeeded(world.authorize("pay_2:authorize", "ok", 1_000));
        world.pass(Span::days(7));
        let late = world.capture("pay_2:capture", &paid.reference, 1_000);
        assert_eq!(late, Outcome::Failed(FailureCode::AuthorizationLapsed));
        assert_eq!(world.sandbox.balance(base::Currency::USD), 0);
    });
}

#[test]
fn a_rail_is_told_where_a_payer_comes_back_to() {
    both(|world| {
        let operation = op("p1");
        let asked = world.rail.authorize(&Authorize {
            operation: &operation,
            method: &world.method("challenge"),
            amount: usd(700),
            return_url: Some("https://shop.example/back?a=b&c=d+e#f"),
        });
        assert!(matches!(asked, Outcome::RequiresAction(_)), "{asked:?}");
        let query = PaymentQuery { operation: &operation, reference: None, since: START };
        let kept = succeeded(world.sandbox.payment(&query)).unwrap();
        let PaymentStage::RequiresAction(challenge) = kept.stage else { panic!("{kept:?}") };
        let (_, back) = challenge.url.as_deref().unwrap().split_once("?return_url=").unwrap();
        assert_eq!(back, "https://shop.example/back?a=b%26c=d%2Be%23f");
        assert!(!format!("{challenge:?}").contains("shop"), "{challenge:?}");
    });
}

#[test]
fn a_challenge_is_passed_failed_or_forgotten() {
    both(|world| {
        let begin = |id: &str| match world.authorize(id, "challenge", 700) {
            Outcome::RequiresAction(challenge) => {
                assert!(challenge.url.unwrap().ends_with(challenge.reference.as_str()));
                challenge.reference
            }
            other => panic!("{other:?}"),
        };
        let (passed, failed, forgotten) = (begin("p1"), begin("p2"), begin("p3"));
        world.sandbox.finish_challenge(&passed, true).unwrap();
        world.sandbox.finish_challenge(&failed, false).unwrap();
        assert_eq!(world.look(&passed).stage, PaymentStage::Authorized);
        let refused = PaymentStage::Failed(FailureCode::ChallengeFailed);
        assert_eq!(world.look(&failed).stage, refused);
        assert!(matches!(world.look(&forgotten).stage, PaymentStage::RequiresAction(_)));
        world.pass(Span::days(1));
        assert_eq!(world.look(&forgotten).stage, refused);
    });
}

#[test]
fn a_timeout_is_unknown_and_later_found_done() {
    both(|world| {
        let lost = world.authorize("pay_1:authorize", "timeout", 700);
        assert!(matches!(lost, Outcome::Unknown(_)), "{lost:?}");
        let found = succeeded(world.find("pay_1:authorize")).unwrap();
        assert_eq!(found.stage, PaymentStage::Pending);
        let again = world.authorize("pay_1:authorize", "timeout", 700);
        assert_eq!(again, Outcome::Pending { reference: found.reference.clone() });
        world.pass(Span::seconds(10));
        assert_eq!(world.look(&found.reference).stage, PaymentStage::Authorized);
        let taken = succeeded(world.capture("pay_1:capture", &found.reference, 700));
        assert_eq!(taken.captured.minor(), 700);
    });
}

#[test]
fn what_never_arrived_is_said_to_be_absent() {
    both(|world| {
        assert_eq!(world.find("pay_9:authorize"), Outcome::Succeeded(None));
        let payment = world.captured("pay_1", "ok", 500);
        assert_eq!(world.find_refund("rrf_9", &payment), Outcome::Succeeded(None));
        let nowhere = base::Text::new("pi_nowhere").unwrap();
        let gone = world.refund("rrf_1", &nowhere, 5).map(|_| ());
        assert_eq!(gone, Outcome::Failed(FailureCode::NotFound));
    });
}

#[test]
fn a_refund_pends_and_holds_its_amount() {
    both(|world| {
        let payment = world.captured("pay_1", "refund_pending", 500);
        let Outcome::Pending { reference } = world.refund("rrf_1", &payment, 300) else {
            panic!("it should pend")
        };
        let more = world.refund("rrf_2", &payment, 201).map(|_| ());
        assert_eq!(more, Outcome::Failed(FailureCode::AmountTooLarge));
        let found = succeeded(world.find_refund("rrf_1", &payment)).unwrap();
        assert_eq!((found.reference, found.stage), (reference.clone(), RefundStage::Pending));
        world.pass(Span::days(2));
        let query =
            RefundQuery { operation: &op("rrf_1"), payment: &payment, reference: Some(&reference) };
        let state = succeeded(world.rail.refund_state(&query)).unwrap();
        assert_eq!(state.stage, RefundStage::Succeeded);
    });
}

#[test]
fn a_refund_that_succeeded_may_fail_late_and_frees_its_amount() {
    both(|world| {
        let payment = world.captured("pay_1", "refund_fails", 500);
        let sent = succeeded(world.refund("rrf_1", &payment, 500));
        assert_eq!(sent.stage, RefundStage::Succeeded);
        world.pass(Span::days(3));
        let state = succeeded(world.find_refund("rrf_1", &payment)).unwrap();
        assert_eq!(state.stage, RefundStage::Failed(FailureCode::MethodGone));
        assert_eq!(world.look(&payment).refunded.unwrap().minor(), 0);
        let _again = succeeded(world.refund("rrf_2", &payment, 500));
    });
}

#[test]
fn a_refund_to_a_card_that_has_expired_meanwhile_comes_back() {
    both(|world| {
        let payment = world.captured("pay_1", "expires_soon", 500);
        let in_time = succeeded(world.refund("rrf_1", &payment, 100));
        assert_eq!(in_time.stage, RefundStage::Succeeded);
        world.pass(Span::days(30));
        let _sent = succeeded(world.refund("rrf_2", &payment, 100));
        world.pass(Span::days(3));
        let stage = |id| succeeded(world.find_refund(id, &payment)).unwrap().stage;
        assert_eq!(stage("rrf_1"), RefundStage::Succeeded);
        assert_eq!(stage("rrf_2"), RefundStage::Failed(FailureCode::ExpiredMethod));
    });
}

/// Public failure: a refund and a chargeback paid the same money back twice.
#[test]
fn a_refund_during_a_dispute_is_refused() {
    both(|world| {
        let payment = world.captured("pay_1", "disputed", 500);
        let _sent = succeeded(world.refund("rrf_1", &payment, 200));
        assert_eq!(succeeded(world.rail.disputes(&payment)), []);
        world.pass(Span::days(1));
        let disputes = succeeded(world.rail.disputes(&payment));
        let [dispute] = &disputes[..] else { panic!("{disputes:?}") };
        assert_eq!((dispute.amount, dispute.stage), (usd(300), DisputeStage::Open));
        assert_eq!(dispute.payment, payment);
        let refund = |id| world.refund(id, &payment, 100).map(|_| ());
        assert_eq!(refund("rrf_2"), Outcome::Failed(FailureCode::Disputed));
        world.sandbox.decide_dispute(&dispute.reference, true).unwrap();
        assert_eq!(refund("rrf_3"), Outcome::Succeeded(()));
        let state = &succeeded(world.rail.disputes(&payment))[0];
        assert_eq!(state.stage, DisputeStage::Won);
    });
}

#[test]
fn a_dispute_that_nobody_answers_is_lost() {
    both(|world| {
        let payment = world.captured("pay_1", "disputed", 500);
        world.pass(Span::days(8));
        let state = &succeeded(world.rail.disputes(&payment))[0];
        assert_eq!(state.stage, DisputeStage::Lost);
        let refund = world.refund("rrf_1", &payment, 1).map(|_| ());
        assert_eq!(refund, Outcome::Failed(FailureCode::Disputed));
        assert_eq!(world.sandbox.balance(base::Currency::USD), -45);
    });
}

#[test]
fn a_refund_made_at_the_rail_itself_is_listed_beside_ours_and_told() {
    both(|world| {
        let payment = world.captured("pay_1", "refund_fails", 500);
        let other = world.captured("pay_2", "ok", 500);
        assert_eq!(succeeded(world.rail.refunds(&payment)), []);
        let ours = succeeded(world.refund("rrf_1", &payment, 100));
        let part = base::Amount::new(300).unwrap();
        let theirs = world.sandbox.refund_at_rail(&payment, part).unwrap();
        let told = |stage| {
            let mut all = succeeded(world.rail.refunds(&payment));
            all.sort_by_key(|refund| refund.operation.is_none());
            let [first, second] = &all[..] else { panic!("{all:?}") };
            assert_eq!((&first.reference, first.stage), (&ours.reference, stage));
            assert_eq!((&second.reference, &second.operation), (&theirs, &None));
            assert_eq!((second.amount, second.stage), (usd(300), stage));
        };
        told(RefundStage::Succeeded);
        assert_eq!(world.look(&payment).refunded.unwrap().minor(), 400);
        assert_eq!(succeeded(world.rail.refunds(&other)), []);
        let too_much = world.sandbox.refund_at_rail(&payment, part);
        assert_eq!(too_much, Err(FailureCode::AmountTooLarge));
        let messages = world.messages();
        let told_by_message = messages.iter().any(|message| {
            let (headers, now) = (message.headers(), world.clock.now());
            let events = world.rail.verify_and_translate(&headers, &message.body, now).unwrap();
            let is_theirs = |event: &rails::RailEvent| {
                matches!(&event.change, rails::Change::Refund(refund)
                    if refund.reference == theirs && refund.operation.is_none())
            };
            events.iter().any(is_theirs)
        });
        assert!(told_by_message);
        world.pass(Span::days(3));
        told(RefundStage::Failed(FailureCode::MethodGone));
    });
}

#[test]
fn an_old_payment_is_not_refunded() {
    both(|world| {
        let payment = world.captured("pay_1", "ok", 500);
        world.pass(Span::days(180));
        let _sent = succeeded(world.refund("rrf_1", &payment, 100));
        world.pass(Span::seconds(1));
        let late = world.refund("rrf_2", &payment, 100).map(|_| ());
        assert_eq!(late, Outcome::Failed(FailureCode::RefundWindowClosed));
    });
}
