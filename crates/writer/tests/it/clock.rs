//! The book's time.

use base::{Instant, Span};
use engine::{Answer, Command, Query};

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
