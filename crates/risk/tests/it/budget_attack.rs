//! An attack from many addresses, through the same shop that honest customers use.

use base::{Instant, Span};
use risk::budget::{GuessBudgets, Limits, Verdict};

use crate::budget::{asker, at};

const ATTACKERS: u64 = 5_000;
const HOURS: u64 = 3;

/// Honest customers have client numbers from here on; each comes once.
const HONEST: u64 = 1_000_000;

#[derive(Default)]
struct Tally {
    accepted_per_hour: [u64; HOURS as usize],
    honest_look_ups: u64,
}

/// One customer: every tenth mistypes once in a way that the check letter cannot see, then all
/// of them present a valid code. Nobody may be refused.
fn honest_visit(budgets: &mut GuessBudgets, number: u64, now: Instant, tally: &mut Tally) {
    let who = asker(HONEST + number, 1);
    if number.is_multiple_of(10) {
        assert_eq!(budgets.check(&who, now), Verdict::Allowed, "first try of {number}");
        budgets.record_miss(&who, now);
    }
    assert_eq!(budgets.check(&who, now), Verdict::Allowed, "valid code of {number}");
    budgets.record_hit(&who, now);
    tally.honest_look_ups += 1;
}

/// Every second two customers, and, once the attack runs, one thirtieth of the attackers.
fn run(attackers: u64) -> (GuessBudgets, Tally) {
    let mut budgets = GuessBudgets::new(Limits::default());
    let mut tally = Tally::default();
    let calm = 3_600;
    for second in 0..calm + HOURS * 3_600 {
        for visit in 0..2 {
            honest_visit(&mut budgets, second * 2 + visit, at(second), &mut tally);
        }
        if second < calm {
            continue;
        }
        let hour = usize::try_from((second - calm) / 3_600).unwrap();
        for attacker in (1 + second % 30..=attackers).step_by(30) {
            let who = asker(attacker, 1);
            if budgets.check(&who, at(second)) == Verdict::Allowed {
                budgets.record_miss(&who, at(second));
                tally.accepted_per_hour[hour] += 1;
            }
        }
    }
    (budgets, tally)
}

#[test]
fn distributed_attack() {
    let (mut budgets, tally) = run(ATTACKERS);
    let end = at(3_600 + HOURS * 3_600);
    println!("accepted guesses per hour: {:?}", tally.accepted_per_hour);
    println!("{:?}", budgets.figures(end));

    // Honest customers were checked one by one; make sure that they were there.
    assert_eq!(tally.honest_look_ups, (1 + HOURS) * 7_200);
    let level_max = Limits::default().level_max;
    assert_eq!(budgets.figures(end).alarm_level, level_max);

    // What the documentation of the module promises: 2 at once and 12 an hour from each address,
    // and up to 244 misses until the alarm is at its highest.
    let [first, second, third] = tally.accepted_per_hour;
    assert!(first <= ATTACKERS * 14 + 244, "{first}");
    assert!(second <= ATTACKERS * 12 && third <= ATTACKERS * 12, "{second} {third}");
    assert!(first + second + third > 0, "the attack did try");

    // Afterwards it calms down by itself.
    let later = end.saturating_add(Span::seconds(4 * 1_800));
    assert_eq!(budgets.figures(later).alarm_level, 0);
}

#[test]
fn honest_customers_alone_raise_no_alarm() {
    let (mut budgets, _) = run(0);
    let figures = budgets.figures(at(3_600 + HOURS * 3_600));
    assert_eq!((figures.alarm_level, figures.refusals), (0, 0), "{figures:?}");
    assert_eq!(figures.usual_misses_per_1000_hits, 100);
}

#[test]
fn random_addresses_do_not_grow_the_memory_nor_hurt_known_customers() {
    let limits = Limits { newcomers_max: 1_000, good_standing_max: 1_000, ..Limits::default() };
    let mut budgets = GuessBudgets::new(limits);
    let customers: Vec<_> = (0..500).map(|number| asker(HONEST + number, 1)).collect();
    customers.iter().for_each(|who| budgets.record_hit(who, at(0)));
    let mut accepted = 0;
    for second in 1..3_600 {
        for number in 0..50 {
            let who = asker(2 * HONEST + second * 50 + number, 1);
            if budgets.check(&who, at(second)) == Verdict::Allowed {
                budgets.record_miss(&who, at(second));
                accepted += 1;
            }
        }
        let who = &customers[usize::try_from(second).unwrap() % customers.len()];
        assert_eq!(budgets.check(who, at(second)), Verdict::Allowed);
    }
    let figures = budgets.figures(at(3_600));
    assert_eq!((figures.newcomers, figures.in_good_standing), (1_000, 500), "{figures:?}");
    // A place in the memory is free again after five minutes, so 12 times an hour; the first 244
    // misses are cheaper, and the pooled newcomers get 60 at first and 42 an hour.
    assert!(accepted <= 1_000 * 13 + 244 + 60 + 42, "{accepted}");
}
