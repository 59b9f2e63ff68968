//! The sandbox as an app store: it takes a share, and makes or declines refunds by itself.

use std::sync::Arc;

use base::{Currency, Instant, Money};
use outside::clock::{Clock, ManualClock};
use rails::sandbox::{Kind, Sandbox, Settings};
use rails::{Change, FailureCode, Outcome, Rail, Reference, Refund, RefundStage, Secret};
use rails::{SettledKind, StoreDoes};

use crate::world::{START, Way, World, op, succeeded, usd};

fn world() -> World {
    world_of(Kind::Store)
}

fn world_of(kind: Kind) -> World {
    let clock = ManualClock::new(START);
    let settings = Settings::of(kind, 7, Secret::new("whsec_test"));
    let sandbox = Sandbox::in_memory(Arc::new(clock.clone()), settings);
    World::around(Way::Direct, clock, sandbox)
}

const DECLINED: RefundStage = RefundStage::Failed(FailureCode::Declined);

fn play(
    world: &World,
    operation: &str,
    (payment, amount): (&Reference, Money),
    does: StoreDoes,
) -> Result<Reference, FailureCode> {
    let operation = op(operation);
    world.sandbox.play_store(&Refund { operation: &operation, payment, amount }, does)
}

#[test]
fn a_store_takes_its_share_and_no_refund_calls() {
    let world = world();
    assert_eq!(world.rail.name(), "sandbox_store");
    assert!(world.rail.capabilities().store_mediated);
    assert!(!world_of(Kind::Cards).rail.capabilities().store_mediated);
    let label = succeeded(world.rail.method(&world.method("ok"))).label;
    assert_eq!(label.as_str(), "sandbox_store 4242");
    // 30 %, rounded half up to the minor unit.
    for (minor, share) in [(1, 0), (2, 1), (5, 2), (999, 300), (10_000, 3_000)] {
        let payment = world.captured(&format!("share_{minor}"), "ok", minor);
        assert_eq!(world.look(&payment).fee.unwrap().minor(), share, "{minor}");
    }
    let payment = world.captured("pay_1", "ok", 500);
    let refused = world.refund("rrf_1", &payment, 100).map(|_| ());
    assert_eq!(refused, Outcome::Failed(FailureCode::NotPermitted));
    assert!(!FailureCode::NotPermitted.is_final(), "nothing was done, and nothing is over");
    assert_eq!(succeeded(world.rail.refunds(&payment)), []);
}

#[test]
fn what_the_store_does_is_listed_and_told_with_its_time() {
    let world = world();
    let payment = world.captured("pay_1", "ok", 500);
    world.messages();
    let of = |minor| (&payment, usd(minor));
    let declined = play(&world, "store-1", of(500), StoreDoes::Decline).unwrap();
    world.pass(base::Span::days(1));
    let made = play(&world, "store-2", of(200), StoreDoes::Refund).unwrap();
    let all = succeeded(world.rail.refunds(&payment));
    let shown = |name: &Reference| all.iter().find(|one| one.reference == *name).unwrap();
    assert_eq!((shown(&declined).amount, shown(&declined).stage), (usd(500), DECLINED));
    assert_eq!((shown(&made).amount, shown(&made).stage), (usd(200), RefundStage::Succeeded));
    let times = [&declined, &made].map(|name| shown(name).created_at.unwrap());
    assert_eq!(times, [START, world.clock.now()]);
    assert!(all.iter().all(|one| one.operation.is_none()), "none is ours");
    assert_eq!(world.look(&payment).refunded.unwrap().minor(), 200);
    assert_eq!(world.sandbox.balance(Currency::USD), 500 - 150 - 200);
    let told: Vec<Reference> = world
        .messages()
        .iter()
        .flat_map(|message| {
            let now = world.clock.now();
            world.rail.verify_and_translate(&message.headers(), &message.body, now).unwrap()
        })
        .map(|event| match event.change {
            Change::Refund(state) => state.reference,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [declined, made.clone()]);
    // Its file has the share, and nothing of what it declined.
    let until = world.clock.now().saturating_add(base::Span::seconds(1));
    let lines = world.sandbox.settlement(Currency::USD, Instant::MIN, until);
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.gross, line.fee)).collect();
    let expected = [
        (SettledKind::Capture, 500, 150),
        (SettledKind::Refund, -200, 0),
        (SettledKind::Payout, -150, 0),
    ];
    assert_eq!(told, expected);
    assert_eq!(lines[1].source, Some(made));
}

#[test]
fn a_store_is_played_once_an_operation_and_within_what_it_has() {
    let world = world();
    let payment = world.captured("pay_1", "ok", 500);
    let of = |minor| (&payment, usd(minor));
    let made = play(&world, "store-1", of(200), StoreDoes::Refund);
    assert_eq!(play(&world, "store-1", of(200), StoreDoes::Refund), made);
    let reused = Err(FailureCode::InvalidRequest);
    assert_eq!(play(&world, "store-1", of(201), StoreDoes::Refund), reused);
    assert_eq!(play(&world, "store-1", of(200), StoreDoes::Decline), reused);
    assert_eq!(world.look(&payment).refunded.unwrap().minor(), 200);
    let too_much = Err(FailureCode::AmountTooLarge);
    assert_eq!(play(&world, "store-2", of(301), StoreDoes::Refund), too_much);
    // It may say no to what it has given back already.
    assert!(play(&world, "store-3", of(500), StoreDoes::Decline).is_ok());
    assert_eq!(play(&world, "store-4", of(501), StoreDoes::Decline), too_much);
    let euros = (&payment, Money::new(5, Currency::EUR).unwrap());
    let other_currency = play(&world, "store-5", euros, StoreDoes::Refund);
    assert_eq!(other_currency, Err(FailureCode::CurrencyUnsupported));
    let nowhere = base::Text::new("pi_nowhere").unwrap();
    let unknown = play(&world, "store-6", (&nowhere, usd(5)), StoreDoes::Decline);
    assert_eq!(unknown, Err(FailureCode::NotFound));
    let paid = succeeded(world.authorize("pay_2:authorize", "ok", 500)).reference;
    let early = play(&world, "store-7", (&paid, usd(5)), StoreDoes::Decline);
    assert_eq!(early, Err(FailureCode::WrongState));
    let cards = world_of(Kind::Cards);
    let payment = cards.captured("pay_1", "ok", 500);
    let refused = play(&cards, "store-1", (&payment, usd(5)), StoreDoes::Refund);
    assert_eq!(refused, Err(FailureCode::NotPermitted));
}
