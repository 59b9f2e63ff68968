//! Settlement files: what matches, differs, is unknown or missing, and that nothing but payouts and
//! fees moves money.

use std::collections::BTreeMap;

use base::AccountId;
use ledger::{Account, AccountName};
use proptest::prelude::*;

use crate::script::{check, run};
use crate::world::World;

/// Two payments of 10.00 and 8.00, of which the rail has told the fee of the first alone.
const PAID: &str = "
    seller S 0
    method m
    checkout K goods:S:1000
    add K method m
    pay K O p
    authorized p
    captured p 1000 fee=59 order=O
    checkout L gift_card:S:500 goods:S:300 cards=G
    add L method m
    pay L Q q
    authorized q
    captured q 800 order=Q";

/// Of the first, 3.00 went back, came back, and were sent again; the second was disputed and won.
const MOVED: &str = "
    back O R l1=300 rails=x
    begin x
    told x succeeded
    told x returned
    retry x
    begin x
    told x succeeded attempt=2
    open_dispute d q 800
    win d";

fn paid() -> World {
    check(PAID)
}

fn moved() -> World {
    let mut world = paid();
    lines(MOVED).for_each(|line| run(&mut world, line));
    world
}

fn lines(script: &str) -> impl Iterator<Item = &str> {
    script.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[test]
fn a_line_that_tells_what_was_moved_settles_it() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("wait 1 => p.told missing:941 q.told missing:800 rail/sandbox/clearing 1741");
    check("settle F capture:p:1000:59:l1 => p.told settled F.lines 1/0");
    check("settle F capture:p:1000:59:l1 => p.told settled F.lines 1/0");
    check("settle G capture:p:1000:59:l1 => p.told settled F.lines 1/0 G.lines 0/0");
    check("wait 1 => q.told missing:800 rail/sandbox/clearing 1741 bank -");
}

#[test]
fn an_amount_that_differs_is_shown_and_posts_nothing() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:p:1001:59:l1 => p.told differs:-1");
    // The same net is not the same.
    check("settle F capture:p:0:1:l2 => p.told differs:0");
    check("settle F capture:p:-1:-1:l3 => p.told settled F.lines 3/0");
    // Once more under another name: the rail says that it took twice as much.
    check("settle G capture:p:1000:59:l4 => p.told differs:-941");
    check("wait 1 => rail/sandbox/clearing 1741 rail/sandbox/fees 59 bank -");
}

#[test]
fn a_fee_that_the_rail_has_not_told_is_booked_once() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:q:800:40:l1 => q.told settled rail/sandbox/fees 99");
    check("settle F capture:q:800:40:l1 => q.told settled rail/sandbox/fees 99");
    check("fee q 40 -> nothing_to_change");
    check("fee q 41 -> rail_contradiction");
    // Of refunds and disputes it is a fee of the line.
    lines(MOVED).for_each(|line| run(&mut world, line));
    let mut check = |line: &str| run(&mut world, line);
    check("settle F dispute:d:-800:15:l2 => d.told differs:800 rail/sandbox/fees 114");
    check("settle F dispute:d:-800:15:l2 => rail/sandbox/fees 114");
    check("settle F dispute:d:800:-15:l3 => d.told settled rail/sandbox/fees 99");
    check("settle F refund:x:-300:5:l4 => x.told settled rail/sandbox/fees 104");
    check("settle F fee:-:-7:0:l5 fee:-:0:1:l6 => rail/sandbox/fees 112 F.lines 6/0");
}

#[test]
fn a_payout_reaches_the_bank() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:p:1000:59:l1 payout:-:-941:0:l2 => bank 941");
    check("settle F payout:-:-941:0:l2 => bank 941 rail/sandbox/clearing 800");
    check("settle G payout:-:941:0:l3 => bank 0 rail/sandbox/clearing 1741");
    check("settle G payout:-:-100:1:l4 => bank 100 rail/sandbox/fees 60");
}

#[test]
fn what_is_not_known_here_moves_nothing_until_it_is() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:u:500:9:l1 adjustment:-:-33:0:l2 refund:-:-5:1:l3 => F.lines 3/3");
    check("settle F capture:q:800:40:l4 currency=EUR -> currency_mismatch");
    check("settle E capture:q:800:40:l5 currency=EUR => E.lines 1/1 q.told missing:800");
    check("settle E2 capture:q:800:40:l6 rail=stripe => q.told missing:800");
    check("wait 1 => rail/sandbox/clearing 1741 rail/sandbox/fees 59 bank -");
    // What it is about was not told before.
    check("back O R l1=5 rails=x");
    check("begin x");
    check("told x succeeded => x.told missing:-5");
    check("settle G refund:x:-5:1:l3 => x.told settled F.lines 3/2 G.lines 0/0");
    check("settle G refund:x:-5:1:l3 => x.told settled rail/sandbox/fees 60");
}

#[test]
fn a_line_may_come_before_the_answer_of_the_rail() {
    let mut world = check(
        "seller S 0
         method m
         checkout K goods:S:1000
         add K method m
         pay K O p
         authorized p",
    );
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:p:1000:59:l1 => p.told differs:-941 rail/sandbox/clearing -");
    check("captured p 1000 order=O => p.told settled rail/sandbox/clearing 941");
    check("wait 1 => rail/sandbox/fees 59");
    check("back O R everything rails=x");
    check("begin x");
    check("settle F refund:x:-1000:0:l2 => x.told differs:1000");
    check("told x succeeded => x.told settled");
    check("told x returned => x.told differs:1000");
    check("settle F refund:x:1000:0:l3 => x.told settled");
}

#[test]
fn a_line_that_is_told_with_other_words_keeps_the_first() {
    let mut world = paid();
    let mut check = |line: &str| run(&mut world, line);
    check("settle F capture:p:1000:59:l1 payout:-:-500:0:l2 => bank 500");
    check("settle G capture:p:1000:60:l1 payout:-:-600:0:l2 => bank 500 p.told settled");
    let otherwise = world.settlement_line.values();
    assert_eq!(otherwise.filter(|line| line.told_otherwise_by.is_some()).count(), 2);
}

#[test]
fn files_are_noted_in_parts_of_a_bounded_size() {
    let mut world = moved();
    let all: Vec<String> = (0..201).map(|n| format!("fee:-:-1:0:f{n}")).collect();
    run(&mut world, "settle F -> limit_exceeded");
    run(&mut world, &format!("settle F {} -> limit_exceeded", all.join(" ")));
    run(&mut world, "settle F payout:-:-1000000000001:0:l1 -> limit_exceeded");
    run(&mut world, &format!("settle F {} => F.lines 200/0", all[1..].join(" ")));
    run(&mut world, "settle F dispute:d:-800:0:l1 => d.told differs:800");
    assert_eq!(world.rounds, 2);
}

/// What is moved in the end; `u` is nobody's, and `q`'s fee is told in two lines.
const FILE: [&str; 13] = [
    "capture:p:1200:59:l1",
    "capture:p:-200:0:l2",
    "capture:q:800:30:l3",
    "capture:q:0:10:l4",
    "refund:x:-300:0:l5",
    "refund:x:300:2:l6",
    "refund:x:-300:0:l7",
    "dispute:d:-800:15:l8",
    "dispute:d:800:-15:l9",
    "capture:u:77:1:l10",
    "fee:-:-4:0:l11",
    "payout:-:-1000:3:l12",
    "adjustment:-:-9:0:l13",
];

/// Everything that files leave, but for which transfers brought it about.
fn left(world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    let balances: BTreeMap<AccountId, i64> =
        world.account.iter().map(|(id, account)| (*id, account.balance())).collect();
    let files = (world.settlement.clone(), world.settlement_line.clone());
    (balances, files, world.standing.clone(), world.payment.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_split_and_order_and_repetition_of_a_file_ends_the_same(
        order in Just((0..FILE.len()).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec((0..FILE.len(), 0..30_usize), 0..10),
        cuts in prop::collection::vec(1..6_usize, 30),
    ) {
        let mut whole = moved();
        run(&mut whole, &format!("settle F {}", FILE.join(" ")));
        run(&mut whole, "wait 0 => p.told settled q.told settled x.told settled d.told settled");
        let mut parts = moved();
        let mut lines = order;
        for (line, place) in again {
            lines.insert(place % (lines.len() + 1), line);
        }
        let mut rest = lines.as_slice();
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            rest = after;
            if !part.is_empty() {
                let part: Vec<&str> = part.iter().map(|line| FILE[*line]).collect();
                run(&mut parts, &format!("settle F {}", part.join(" ")));
            }
        }
        prop_assert!(rest.is_empty());
        prop_assert_eq!(left(&parts), left(&whole));
        let bank = AccountName::Bank.id(base::Currency::USD);
        prop_assert_eq!(parts.account.get(&bank).map(Account::balance), Some(1_000));
    }
}
