//! The book's time.

use std::time::Duration;

use base::{Instant, Span};
use engine::{Answer, Command, Query};
use store::MemoryBook;
use writer::{BookSpec, Options, Writer};

use crate::bench::{Bench, all_said, card_id, hold, issue, redeem, request, taken};

#[test]
fn time_never_runs_backwards() {
    let mut bench = Bench::new();
    let before = bench.one(issue(1, 1, 1_000)).at;
    bench.set_wall(|wall| wall.saturating_sub(Span::seconds(200)));
    assert_eq!(bench.one(redeem(2, 1, 7, 1)).at, before);
    bench.restart();
    assert_eq!(bench.one(redeem(3, 1, 8, 1)).at, before);
    bench.pass(Span::seconds(201));
    assert_eq!(bench.one(redeem(4, 1, 9, 1)).at, before.saturating_add(Span::seconds(1)));
    bench.check_sound();
}

#[test]
fn a_question_moves_time_as_a_command_does() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    bench.pass(Span::seconds(100));
    let time = |bench: &mut Bench| match bench.ask(Query::Book) {
        Some(Answer::Book { now, .. }) => now,
        other => panic!("no book: {other:?}"),
    };
    let told = time(&mut bench);
    bench.set_wall(|wall| wall.saturating_sub(Span::seconds(50)));
    assert_eq!(time(&mut bench), told, "what was told is not taken back");
}

#[test]
fn a_clock_that_jumps_ends_the_writer_instead_of_expiring_the_world() {
    for forward in [true, false] {
        let mut bench = Bench::new();
        bench.one(issue(1, 1, 1_000));
        bench.one(hold(2, 1, 7, 100));
        let year = Span::days(365);
        bench.set_wall(
            |wall| {
                if forward { wall.saturating_add(year) } else { wall.saturating_sub(year) }
            },
        );
        let slot = bench.submit(vec![redeem(3, 1, 8, 1)], false);
        assert!(!bench.writer.step());
        let outcome = taken(&slot).pop().unwrap();
        let text = outcome.unwrap_err().to_string();
        assert!(text.contains("the wall clock jumped by") && text.contains("31536000"), "{text}");
        // A person has looked at the clock and started again: now it is believed.
        bench.restart();
        assert_eq!(all_said(&bench.batch([redeem(3, 1, 8, 1)])), "ok");
    }
}

#[test]
fn a_test_clock_moves_and_what_is_due_is_over() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let placed = bench.one(hold(2, 1, 7, 900)).at;
    assert_eq!(all_said(&bench.batch([redeem(0, 1, 8, 500)])), "insufficient_balance");
    let to: Instant = placed.saturating_add(Span::days(1));
    bench.one(request(3, Command::AdvanceClock { to }));
    bench.restart();
    assert_eq!(bench.one(redeem(4, 1, 8, 500)).at, to);
    assert_eq!(bench.card(card_id(1)), (500, 0), "the lapsed hold was booked on the way");
    let back = request(0, Command::AdvanceClock { to: placed });
    assert_eq!(all_said(&bench.batch([back])), "clock_backwards");
    bench.check_sound();
}

#[test]
fn the_clock_moves_to_the_latest_time_a_batch_asks_for_and_no_further() {
    let mut bench = Bench::new();
    let before = bench.one(issue(1, 1, 1_000)).at;
    let to = |hours: u64| before.saturating_add(Span::seconds(3_600 * hours));
    let moved = |number, hours| request(number, Command::AdvanceClock { to: to(hours) });
    // A wall clock behind the journal makes the book's time stand still.
    bench.set_wall(|wall| wall.saturating_sub(Span::seconds(100)));
    assert_eq!(all_said(&bench.batch([moved(2, 2), moved(3, 3), moved(4, 1)])), "ok, ok, ok");
    assert_eq!(bench.one(redeem(5, 1, 7, 1)).at, to(3));
    bench.check_sound();
}

#[test]
fn a_live_book_is_not_opened_on_the_word_of_a_clock_that_is_far_ahead() {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let month = Duration::from_secs(30 * 86_400);
    let open = |wall: Instant, is_test: bool, start_gap_max: Option<Duration>, store| {
        let spec = BookSpec { is_test, ring: [0; 8] };
        let options = Options { start_gap_max, ..Options::default() };
        Writer::open(store, spec, options, Box::new(move || (wall, Duration::ZERO)))
    };
    for is_test in [false, true] {
        let book = MemoryBook::new();
        assert!(open(at, is_test, Some(month), book.store()).is_ok(), "a new book");
        let later = at.saturating_add(Span::days(29));
        assert!(open(later, is_test, Some(month), book.store()).is_ok());
        let far = at.saturating_add(Span::days(400));
        let opened = open(far, is_test, Some(month), book.store());
        if is_test {
            assert!(opened.is_ok());
        } else {
            let Err(error) = opened else { panic!("the clock was believed") };
            assert!(error.to_string().contains("400 days after"), "{error}");
            assert!(open(far, is_test, None, book.store()).is_ok(), "somebody has looked");
        }
    }
}
