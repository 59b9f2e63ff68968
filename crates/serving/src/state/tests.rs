//! A flood of events.

use base::{Instant, Label, PromotionId, Span};
use feed::token::{Selection, ViewerHash};
use feed::verdict::{Event, Overloaded, Verdict};
use outside::keyring::KeyRing;
use outside::random::SeededRandomness;
use promotions::{EventKind, Goal, Micros};

use super::State;
use crate::Told;
use crate::own::Owned;

fn start() -> Instant {
    Instant::parse("2026-03-01T00:00:00Z").unwrap()
}

fn state() -> State {
    let ring = KeyRing::generate(start(), &mut SeededRandomness::new(3));
    let mut state = State::new(&ring, "test", &Label::new("feed-1").unwrap());
    let owned = Owned { viewers: [ViewerHash::new(1); 2], address: None };
    state.owners.all.insert(PromotionId::from_bits(1), owned);
    state
}

fn token(state: &State, nonce: u64) -> String {
    state.keys.seal(Selection {
        promotion: PromotionId::from_bits(1),
        slice: 1,
        viewer: None,
        at: start(),
        price: Micros::new(1),
        process: 1,
        nonce,
        country: None,
        device: None,
        goal: Goal::Views,
    })
}

fn judged(state: &mut State, token: &str) -> Result<Verdict, Overloaded> {
    let event = Event {
        token,
        kind: EventKind::Impression,
        at: None,
        dwell: None,
        address: None,
        user_agent: None,
        country: None,
    };
    let judged = state.judge(&Told::Event(event), start().saturating_add(Span::seconds(1)));
    judged.map(|judgement| judgement.verdict)
}

#[test]
fn what_the_log_has_no_room_for_is_refused_and_judged_later() {
    let mut state = state();
    state.unwritten_max = 3;
    let tokens: Vec<String> = (0..5).map(|nonce| token(&state, nonce)).collect();
    let refused = Err(Overloaded { retry_after: Span::seconds(1) });
    for (place, token) in tokens.iter().enumerate() {
        let expected = if place < 3 { Ok(Verdict::Counted) } else { refused };
        assert_eq!(judged(&mut state, token), expected, "{place}");
    }
    // What is refused is counted, so that it is an incident when it goes on.
    let done: u64 = state.activity.minutes().map(|(_, doings)| doings.refused).sum();
    assert_eq!(done, 2);
    state.take_unwritten(start().saturating_add(Span::seconds(2)));
    for token in &tokens[3..] {
        assert_eq!(judged(&mut state, token), Ok(Verdict::Counted));
        assert_eq!(judged(&mut state, token), Ok(Verdict::Duplicate));
    }
    // As when the book takes no bills.
    state.is_full = true;
    let fresh = token(&state, 9);
    assert_eq!(judged(&mut state, &fresh), refused);
    state.is_full = false;
    assert_eq!(judged(&mut state, &fresh), Ok(Verdict::Counted));
}

#[test]
fn forged_and_repeated_tokens_take_no_room() {
    let mut state = state();
    state.unwritten_max = 3;
    let known = token(&state, 1);
    assert_eq!(judged(&mut state, &known), Ok(Verdict::Counted));
    for number in 0..5_000 {
        assert_eq!(judged(&mut state, &known), Ok(Verdict::Duplicate));
        let forged = format!("{number:0>104}");
        assert_eq!(judged(&mut state, &forged), Ok(Verdict::Unknown));
    }
    assert_eq!(state.unwritten.len(), 1);
    let fresh = token(&state, 2);
    assert_eq!(judged(&mut state, &fresh), Ok(Verdict::Counted));
}
