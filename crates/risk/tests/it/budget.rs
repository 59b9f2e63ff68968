//! Small cases of the guess budgets, each a few lines of a timetable.

use base::{Instant, KeyId, Span};
use risk::budget::{Asker, ClientHash, GuessBudgets, Limits, Verdict};

pub const START: i64 = 1_790_000_000_000_000;

pub fn at(seconds: u64) -> Instant {
    Instant::from_micros(START).saturating_add(Span::seconds(seconds))
}

pub fn asker(client: u64, key: u128) -> Asker {
    Asker { client: (client != 0).then_some(ClientHash(client)), key: KeyId::from_bits(key) }
}

pub fn waits(seconds: u64) -> Verdict {
    Verdict::Exhausted { retry_after: Span::seconds(seconds) }
}

/// Guesses until refused or `most` times at one moment; answers how often it was let through.
pub fn guess(budgets: &mut GuessBudgets, who: &Asker, now: Instant, most: u32) -> u32 {
    for done in 0..most {
        if budgets.check(who, now) != Verdict::Allowed {
            return done;
        }
        budgets.record_miss(who, now);
    }
    most
}

/// Runs a timetable of `second client key action`, client 0 being none. Actions:
/// `hit`, `miss*N`, `guess=N` (N get through), `ok`, `wait=SECONDS`, `level=N`, `newcomers=N`.
fn check(limits: Limits, timetable: &str) {
    let mut budgets = GuessBudgets::new(limits);
    for line in timetable.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let now = at(words[0].parse().unwrap());
        let who = asker(words[1].parse().unwrap(), words[2].parse().unwrap());
        let (action, number) = words[3].split_once(['=', '*']).unwrap_or((words[3], "0"));
        let number: u64 = number.parse().unwrap();
        match action {
            "hit" => budgets.record_hit(&who, now),
            "miss" => (0..number).for_each(|_| budgets.record_miss(&who, now)),
            "guess" => {
                assert_eq!(u64::from(guess(&mut budgets, &who, now, 10_000)), number, "{line}");
            }
            "ok" => assert_eq!(budgets.check(&who, now), Verdict::Allowed, "{line}"),
            "wait" => assert_eq!(budgets.check(&who, now), waits(number), "{line}"),
            "level" => {
                assert_eq!(u64::from(budgets.figures(now).alarm_level), number, "{line}");
            }
            "newcomers" => assert_eq!(budgets.figures(now).newcomers as u64, number, "{line}"),
            _ => panic!("unknown action in {line}"),
        }
    }
}

#[test]
fn a_client_has_ten_misses_and_refills_one_a_minute() {
    check(
        Limits::default(),
        "0    1 1 guess=10
         0    1 1 wait=60
         59   1 1 wait=1
         60   1 1 guess=1
         0    1 1 wait=60     # an earlier time counts as the latest one
         60   2 1 guess=10    # somebody else
         600  1 1 guess=9
         9000 1 1 guess=10    # never more than full
         9000 3 1 miss*1000   # look-ups that ran at the same moment are paid by waiting,
         9000 3 1 wait=3300   # an hour at most; the key is exhausted",
    );
}

#[test]
fn a_call_without_client_shares_the_budget_of_its_key() {
    check(
        Limits { book_misses_floor: 1_000_000, ..Limits::default() },
        "0 0 1 guess=300
         0 0 1 wait=2
         0 1 1 ok
         0 0 2 ok",
    );
}

#[test]
fn the_alarm_halves_by_itself_and_calms_down_step_by_step() {
    check(
        Limits::default(),
        "0    0 1 miss*60
         0    9 1 level=0
         0    0 1 miss*1
         0    9 1 level=1
         0    1 1 guess=5
         0    0 1 miss*56
         0    9 1 level=2
         0    2 1 guess=2
         0    0 1 miss*120
         0    9 1 level=3
         0    3 1 guess=2
         0    3 1 wait=300
         0    0 2 guess=37     # another shop's calls without client become strict as well
         1799 9 1 level=3
         1800 9 1 level=2
         3600 9 1 level=1
         5399 9 1 level=1
         5400 9 1 level=0
         5400 3 1 guess=10",
    );
}

#[test]
fn the_alarm_is_relative_to_the_books_own_habits() {
    for (misses_per_minute, hits_per_minute, level) in
        [(5, 0, 0), (7, 0, 1), (14, 100, 0), (20, 100, 1), (100, 1_000, 0), (400, 1_000, 2)]
    {
        let mut budgets = GuessBudgets::new(Limits {
            // So that the shop's own budget does not hide what the book does.
            key_misses: 1_000_000,
            ..Limits::default()
        });
        let shop = asker(0, 1);
        for second in 0..36_000 {
            // Ten hours of 50 misses for each 1,000 hits, then what the row says.
            let calm = second < 35_400;
            let misses = if calm { hits_per_minute / 20 } else { misses_per_minute };
            if second % 60 == 0 {
                (0..hits_per_minute).for_each(|_| budgets.record_hit(&shop, at(second)));
                (0..misses).for_each(|_| budgets.record_miss(&shop, at(second)));
            }
        }
        let figures = budgets.figures(at(35_999));
        let row = (misses_per_minute, hits_per_minute);
        assert_eq!(figures.alarm_level, level, "{row:?} {figures:?}");
        let usual = figures.usual_misses_per_1000_hits;
        assert!(level == 0 || (50..=52).contains(&usual), "an attack teaches little: {usual}");
    }
}

#[test]
fn good_standing_keeps_the_full_budget_and_ends_after_a_day() {
    check(
        Limits::default(),
        "0     1 1 miss*1
         0     1 1 hit
         0     0 1 miss*1000    # raises the alarm and uses up the key
         0     1 1 guess=9      # the miss before the hit still counts
         0     1 1 wait=60
         0     2 1 guess=2      # a newcomer
         90000 1 1 guess=10     # standing and alarm are both over
         90000 0 1 miss*1000
         90600 1 1 guess=2",
    );
}

#[test]
fn an_exhausted_key_tightens_its_own_newcomers_only() {
    check(
        Limits { book_misses_floor: 1_000_000, ..Limits::default() },
        "0 0 1 miss*600
         0 1 1 guess=2
         0 2 2 guess=10",
    );
}

#[test]
fn a_full_memory_pools_newcomers_and_forgets_only_refilled_ones() {
    check(
        Limits { newcomers_max: 3, book_misses_floor: 1_000_000, ..Limits::default() },
        "0   1 1 miss*2
         0   2 1 miss*1
         0   3 1 miss*3
         0   4 1 guess=60      # no room: the pooled budget of the key
         0   5 1 wait=10
         0   4 2 ok            # of this key only
         0   3 1 ok            # who has a bucket keeps it
         60  6 1 guess=10      # 2 has refilled and is forgotten
         60  7 1 newcomers=3
         60  2 1 guess=6       # and now a newcomer among the pooled
         60  2 1 wait=10",
    );
}

#[test]
fn figures_say_how_many_codes_are_tried_per_hit() {
    let mut budgets = GuessBudgets::new(Limits::default());
    assert_eq!(budgets.figures(at(0)).codes_tried_per_hit, None);
    for client in 1..=4 {
        budgets.record_hit(&asker(client, 1), at(1));
    }
    guess(&mut budgets, &asker(9, 1), at(1), 11);
    let figures = budgets.figures(at(1));
    assert_eq!((figures.misses, figures.hits, figures.refusals), (10, 4, 1));
    assert_eq!(figures.codes_tried_per_hit, Some(3), "14 / 4, rounded down");
    assert_eq!((figures.newcomers, figures.in_good_standing), (1, 4));
}
