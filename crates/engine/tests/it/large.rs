//! The largest checkouts there may be: they stay within the rounds of loading and within limits.

use std::fmt::Write;

use engine::NEEDS_ROUNDS_MAX;

use crate::script::{check, run};
use crate::world::World;

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
        check(&format!("send {refund}"));
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
