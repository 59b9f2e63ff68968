//! A store that shows an older state of a book than was committed: a standby that lagged.

use store::StoreError;
use writer::{Known, OpenError};

use crate::bench::{Bench, Ending, SPEC, all_said, card_id, issue, redeem};

/// The same book on two servers, of which the second one stopped following after a card was issued.
/// Both are written by the same code at the same time, so what both have is equal byte by byte.
fn with_laggard() -> (Bench, Bench) {
    let (mut primary, mut laggard) = (Bench::new(), Bench::new());
    for bench in [&mut primary, &mut laggard] {
        assert_eq!(all_said(&bench.batch([issue(1, 1, 1_000)])), "ok");
    }
    assert_eq!(primary.head().hash, laggard.head().hash);
    assert_eq!(all_said(&primary.batch([redeem(2, 1, 7, 100)])), "ok");
    (primary, laggard)
}

#[test]
fn a_laggard_is_refused_and_not_written_to() {
    let (mut bench, laggard) = with_laggard();
    let (known, before) = (bench.head().seq, laggard.head());
    let right = bench.swap(laggard.book.clone());
    for _ in 0..3 {
        let refused = bench.open_as(SPEC).err();
        let Some(OpenError::WentBack { known: told, found }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!((told, found), (known, before.seq));
    }
    assert_eq!(bench.head(), before, "not even its epoch was raised");
    // The right one is back.
    bench.swap(right);
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "again");
    bench.check_sound();
}

#[test]
fn a_laggard_that_went_on_is_refused_however_far_it_came() {
    let (mut bench, mut laggard) = with_laggard();
    let known = bench.head().seq;
    laggard.pass(base::Span::from_micros(5));
    bench.swap(laggard.book.clone());
    for (key, hold) in [(3, 8), (4, 9)] {
        // As long as what was answered, and then longer.
        assert_eq!(all_said(&laggard.batch([redeem(key, 1, hold, 200)])), "ok");
        assert!(laggard.head().seq >= known);
        let refused = bench.open_as(SPEC).err();
        assert!(
            matches!(refused, Some(OpenError::OtherHistory { known: told }) if told == known),
            "{refused:?}"
        );
    }
}

#[test]
fn a_process_that_knows_nothing_takes_the_book_as_it_is() {
    let (mut bench, laggard) = with_laggard();
    bench.swap(laggard.book.clone());
    assert!(bench.open_as(SPEC).is_err());
    bench.known = Known::nothing();
    bench.restart();
    assert_eq!(bench.card(card_id(1)), (1_000, 0), "somebody accepted that it is gone");
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    assert_eq!(bench.known.mark().unwrap().seq, bench.head().seq);
}

#[test]
fn only_what_is_committed_is_known() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let end = bench.head();
    bench.next_commit(Ending::Refused(StoreError::Full));
    bench.next_commit(Ending::UnknownLost);
    for _ in 0..2 {
        assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "Unavailable");
        assert_eq!(bench.known.mark().map(|mark| (mark.seq, mark.hash)), Some((end.seq, end.hash)));
    }
    bench.next_commit(Ending::UnknownWritten);
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    let end = bench.head();
    assert_eq!(bench.known.mark().map(|mark| (mark.seq, mark.hash)), Some((end.seq, end.hash)));
    // Later blocks are found behind it.
    let earlier = bench.known.clone();
    bench.known = Known::nothing();
    bench.known.note(earlier.mark().unwrap());
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(3, 1, 8, 100)])), "ok");
    bench.known = earlier;
    bench.restart();
}
