//! The largest checkouts there may be: they stay within the rounds of loading and within limits.

use std::fmt::Write;
use std::time::{Duration, Instant};

use engine::{Context, NEEDS_ROUNDS_MAX, attempt, needs};

use crate::script::{check, command, run};
use crate::words::Words;
use crate::world::{View, World};

/// A hundred lines of a hundred sellers, twelve cards and four methods.
pub fn large() -> World {
    let mut script = String::new();
    let mut checkout = "checkout K".to_owned();
    for seller in 0..100 {
        writeln!(script, "seller s{seller} 1000\ncreator c{seller} 500").unwrap();
        write!(checkout, " goods:s{seller}:3x333+80@c{seller}").unwrap();
    }
    checkout += " shipping:1000+80";
    for card in 0..12 {
        writeln!(script, "issue g{card} 7001").unwrap();
    }
    script += "method m\nmethod n\nmethod o\nmethod q\n";
    check(&format!("{script}{checkout}"))
}

#[test]
fn the_largest_checkout_stays_within_the_rounds_of_loading() {
    let mut world = large();
    let mut check = |line: &str| {
        run(&mut world, line);
        assert!(world.rounds <= NEEDS_ROUNDS_MAX, "{line} takes {} rounds", world.rounds);
    };
    for card in 0..12 {
        check(&format!("add K code:g{card}"));
    }
    check("issue g12 7001");
    check("add K g12 -> limit_exceeded");
    for (method, amount) in [("m", "5000"), ("n", "5000"), ("o", "5000")] {
        check(&format!("add K method {method} {amount}"));
    }
    check("add K method q => K.total 108980/108980");
    check("add K method q -> limit_exceeded");
    check("remove K t3");
    check("add K g2 => K.total 108980/108980");
    check("pay K O p1 p2 p3 p4 => K:paying");
    for payment in ["p1", "p2", "p3"] {
        check(&format!("authorized {payment}"));
    }
    check("authorized p4 => p1:capturing");
    check("captured p1 5000");
    check("captured p2 5000");
    check("captured p3 5000");
    check("captured p4 9968 order=O => K:paid O:paid order/clearing 0");
    check("back O R everything rails=x1,x2,x3,x4 => O:refunded g0 7001 order/clearing 0");
    for refund in ["x1", "x2", "x3"] {
        check(&format!("begin {refund}"));
        check(&format!("told {refund} succeeded"));
    }
    check("open_dispute d p4 9968 => x4:failed R:failed");
}

#[test]
fn the_largest_checkout_that_fails_is_undone_in_one_record() {
    let mut world = large();
    for card in 0..12 {
        run(&mut world, &format!("add K g{card}"));
    }
    for method in ["m 5000", "n 5000", "o 5000", "q"] {
        run(&mut world, &format!("add K method {method}"));
    }
    run(&mut world, "pay K O p1 p2 p3 p4");
    run(&mut world, "captured p1 5000");
    run(&mut world, "captured p2 5000");
    run(&mut world, "authorized p3");
    run(
        &mut world,
        "declined p4 => K:failed p3:voiding g11 7001 order/clearing 0 refund/payable 10000",
    );
    assert!(world.rounds <= NEEDS_ROUNDS_MAX);
}

/// The best of many tries at naming the rows of a command and deciding it.
#[expect(clippy::disallowed_methods, reason = "measures how long a decision takes")]
fn time(world: &World, line: &str) -> Duration {
    let command = command(world, &Words::of(line));
    let view = View { world, loaded: None };
    let context = Context {
        now: world.now,
        wall: world.now,
        sequence: world.sequence + 1,
        sending: giftcards::SendingLimits::default(),
        rules: None,
        promoting: None,
    };
    let one = || {
        let start = Instant::now();
        let missing = needs(&command, &view, world.now);
        let decided = attempt(&command, &view, context);
        let taken = start.elapsed();
        assert!(missing.is_empty());
        assert!(matches!(decided, engine::Attempt::Decided(Ok(_))), "{line}: {decided:?}");
        taken
    };
    (0..30).map(|_| one()).min().unwrap()
}

#[test]
fn alone_the_largest_checkout_is_decided_within_a_millisecond_or_two() {
    let mut world = large();
    let mut check = |line: &str| {
        let taken = time(&world, line);
        // Debug builds are some twenty times slower.
        let limit = if cfg!(debug_assertions) { 60_000 } else { 2_000 };
        assert!(taken < Duration::from_micros(limit), "{line} takes {taken:?}");
        run(&mut world, line);
    };
    for card in 0..12 {
        check(&format!("add K g{card}"));
    }
    for method in ["m 5000", "n 5000", "o 5000", "q"] {
        check(&format!("add K method {method}"));
    }
    check("remove K t3");
    check("add K g2");
    check("pay K O p1 p2 p3 p4");
    for payment in ["p1", "p2", "p3", "p4"] {
        check(&format!("authorized {payment}"));
    }
    check("captured p1 5000");
    check("captured p2 5000");
    check("captured p3 5000");
    check("captured p4 9968 order=O");
    check("back O R everything");
}
