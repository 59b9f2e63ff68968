//! Values with rules of their own: expiry, backoff, stored numbers, what `Debug` hides.

use std::collections::BTreeSet;

use base::{Instant, MethodId, PaymentId, Text, Token};
use ledger::{Position, Subject};
use payments::{ConsentReason, Context, DisputeState, EventKind, Expiry, Manner, NewMethod};
use payments::{MethodUse, NewPayment, Payment, PaymentState, authorize, note_use, use_of};
use payments::{NextAction, Purpose, RefundNotice, Refusal, Step, backoff_seconds, create_method};

use crate::deed::Deed;
use crate::world::{World, method, money, of_promotion, purpose, start};

#[test]
fn a_method_expires_with_the_end_of_its_month() {
    #[track_caller]
    fn check(year: u16, month: u8, ends_at: &str) {
        let mut card = method(1, "sandbox");
        card.expiry = Expiry::new(year, month);
        let end = Instant::parse(ends_at).unwrap();
        let last = Instant::from_micros(end.micros() - 1);
        assert_eq!([last, end].map(|at| card.expires_before(at)), [false, true], "{year}-{month}");
    }
    check(2026, 1, "2026-02-01T00:00:00Z");
    check(2026, 12, "2027-01-01T00:00:00Z");
    check(2028, 2, "2028-03-01T00:00:00Z");
    let mut card = method(1, "sandbox");
    card.expiry = Expiry::new(9999, 12);
    assert!(!card.expires_before(Instant::from_micros(Instant::MAX.micros() - 1)));
    card.expiry = None;
    assert!(!card.expires_before(Instant::MAX));
    for (year, month) in [(2026, 0), (2026, 13), (1969, 12), (10_000, 1)] {
        assert_eq!(Expiry::new(year, month), None);
    }
}

#[test]
fn a_method_is_kept_once() {
    let context = Context { now: start(), position: Position::start(1) };
    let mut new = method(7, "sandbox");
    new.created_at = Instant::MIN;
    let kept = create_method(&NewMethod(new.clone()), None, context).unwrap();
    assert_eq!(kept.methods[0].created_at, start());
    let subject = Subject(MethodId::from_bits(7).to_bytes());
    assert_eq!(kept.events, [(EventKind::MethodCreated, subject)]);
    let again = create_method(&NewMethod(new), kept.methods.first(), context);
    assert_eq!(again.err(), Some(Refusal::IdTaken));
}

#[test]
fn news_of_a_payment_say_whether_its_method_can_pay() {
    let open = || {
        let new = NewPayment {
            id: PaymentId::from_bits(1),
            amount: money(100),
            purpose: purpose(),
            return_url: None,
        };
        let context = Context { now: start(), position: Position::start(1) };
        authorize(&new, &method(1, "sandbox"), None, context).unwrap().payments.remove(0)
    };
    let check = |state: PaymentState, expected: Option<MethodUse>| {
        let after = Payment { state: state.clone(), ..open() };
        assert_eq!(use_of(&open(), &after), expected, "{state:?}");
        // What it says a second time is no news.
        assert_eq!(use_of(&after, &after), None, "{state:?}");
    };
    let failed = |code: &str| PaymentState::Failed {
        step: Step::Authorize,
        code: Token::new(code).unwrap(),
    };
    check(PaymentState::Authorized, Some(MethodUse::Accepted));
    check(PaymentState::Captured, Some(MethodUse::Accepted));
    check(PaymentState::Voided, None);
    check(PaymentState::Authorizing, None);
    for code in ["declined", "insufficient_funds", "expired_method", "method_gone"] {
        check(failed(code), Some(MethodUse::Declined));
    }
    for code in ["challenge_failed", "amount_too_small", "not_permitted", "not_received"] {
        check(failed(code), None);
    }
    let declined = note_use(MethodUse::Declined, &method(1, "sandbox"), start()).unwrap();
    let declined = &declined.methods[0];
    assert_eq!(declined.declined_at, Some(start()));
    let accepted = note_use(MethodUse::Accepted, declined, start()).unwrap();
    assert_eq!(accepted.methods, [method(1, "sandbox")]);
    assert_eq!(note_use(MethodUse::Accepted, &method(1, "sandbox"), start()), None);
}

#[test]
fn waits_double_up_to_an_hour() {
    let waits: Vec<u64> = (0..14).map(backoff_seconds).collect();
    let expected = [2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600];
    assert_eq!(waits, expected);
    assert_eq!(backoff_seconds(u32::MAX), 3_600);
}

#[test]
fn references_and_addresses_are_hidden() {
    let secret = "https://bank.example/secret";
    let action = NextAction(Text::new(secret).unwrap());
    let shown = format!("{action:?} {:?}", method(1, "sandbox"));
    assert!(!shown.contains("secret") && !shown.contains("tok_ok"), "{shown}");
}

#[test]
fn a_row_says_how_its_rail_is_called() {
    let mut world = World::new(method(1, "sandbox"));
    let mut check = |deed: Deed, call: Option<(Step, Manner)>| {
        world.apply(&deed).unwrap();
        assert_eq!(world.payment().next_call(), call, "{deed:?}");
    };
    check(Deed::Authorize(9), Some((Step::Authorize, Manner::Make)));
    check(Deed::Unknown(Step::Authorize), Some((Step::Authorize, Manner::Ask)));
    check(Deed::NotReceived(Step::Authorize), Some((Step::Authorize, Manner::Make)));
    check(Deed::Action(1), Some((Step::Authorize, Manner::Ask)));
    check(Deed::Authorized, None);
    check(Deed::Capture, Some((Step::Capture, Manner::Make)));
    check(Deed::Captured(9, None), None);
}

#[test]
fn a_refund_says_how_its_rail_is_called() {
    let mut world = World::new(method(1, "sandbox"));
    for deed in [Deed::Authorize(9), Deed::Captured(9, None), Deed::Open(1, 9)] {
        world.apply(&deed).unwrap();
    }
    let mut check = |deed: Deed, call: Option<Manner>| {
        world.apply(&deed).unwrap();
        assert_eq!(world.refund(1).unwrap().next_call(), call, "{deed:?}");
    };
    let told = |notice: RefundNotice| Deed::Refund(1, None, notice);
    let reference = Some(Text::new("re_1").unwrap());
    check(Deed::Send(1), Some(Manner::Make));
    check(told(RefundNotice::Unknown), Some(Manner::Ask));
    check(told(RefundNotice::NotReceived), Some(Manner::Make));
    check(told(RefundNotice::Pending { reference }), Some(Manner::Ask));
    check(told(RefundNotice::Returned), None);
    // The next attempt is another operation, of which the rail has no reference yet.
    check(Deed::Retry(1), Some(Manner::Make));
    check(Deed::Send(1), Some(Manner::Make));
    check(told(RefundNotice::Succeeded { reference: None }), None);
}

#[test]
fn stored_numbers_are_read_back_and_words_are_unique() {
    let kinds: Vec<EventKind> = (0..=u16::MAX).filter_map(EventKind::from_number).collect();
    assert_eq!(kinds, EventKind::ALL);
    let words: BTreeSet<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(words.len(), kinds.len());
    assert!(words.iter().all(|word| word.split('.').count() == 2));
    let numbers = kinds.iter().map(|kind| *kind as u16);
    assert!(numbers.into_iter().all(|number| (200..300).contains(&number)));
    #[track_caller]
    fn check<T: Copy>(read: fn(u8) -> Option<T>, number: fn(T) -> u8, count: usize) {
        let known: Vec<u8> = (0..=u8::MAX).filter(|number| read(*number).is_some()).collect();
        assert_eq!(known.len(), count);
        assert!(known.into_iter().all(|stored| read(stored).map(number) == Some(stored)));
    }
    check(Step::from_number, |step| step as u8, 3);
    check(DisputeState::from_number, |state| state as u8, 3);
    check(ConsentReason::from_number, |reason| reason as u8, 4);
    let (kind, subject) = (purpose().kind(), purpose().subject());
    assert_eq!(Purpose::from_parts(kind, subject), Some(purpose()));
    let (kind, subject) = (of_promotion().kind(), of_promotion().subject());
    assert_eq!(Purpose::from_parts(kind, subject), Some(of_promotion()));
    assert_eq!(Purpose::from_parts(0, subject), None);
}
