//! Codes that are typed: by mail, of authenticator programs, from paper.

use base::{Instant, PersonId, SignInId, Span};
use people::totp::{self, Totp, TotpSecret};
use people::{
    AddressLog, Asker, CodeLength, CodeSent, Factors, MailCode, NextStep, Recovery, RecoveryCode,
    RecoveryCodes, Refusal, SignIn, Tries, Way,
};
use proptest::prelude::*;

use crate::{NOW, hash, later};

#[test]
fn a_code_is_read_as_people_type_it() {
    for (length, shown_bytes) in [(CodeLength::Usual, 9), (CodeLength::Long, 14)] {
        let code = MailCode::of_random([0xff; 16], length);
        let shown = code.reveal_grouped();
        assert_eq!((shown.len(), code.reveal().len()), (shown_bytes, length.digits()));
        for text in [shown.clone(), shown.replace(' ', ""), format!("  {}- ", shown)] {
            assert!(MailCode::parse(&text) == Some(code), "{text}");
        }
        assert_eq!(format!("{code:?}"), "MailCode(…)");
    }
    for text in ["", "1234567", "123456789", "1234567a", "1234567890123", "１２３４５６７８"]
    {
        assert!(MailCode::parse(text).is_none(), "{text}");
    }
    let forty_two = |length| MailCode::of_random(42_u128.to_be_bytes(), length);
    assert_eq!(forty_two(CodeLength::Usual).reveal(), b"00000042");
    assert_eq!(forty_two(CodeLength::Long).reveal(), b"000000000042");
}

fn stranger() -> Asker {
    Asker::Stranger { address: AddressLog::default(), network: None }
}

#[test]
fn a_code_works_once_in_its_time() {
    let asker = stranger();
    let sent = CodeSent::new(hash(1), NOW);
    let last = later(CodeSent::LIFETIME).saturating_sub(Span::from_micros(1));
    let tried = sent.enter(&asker, Some(hash(1)), last);
    assert_eq!(tried.outcome, Ok(()));
    let (used, asker) = tried.after;
    let again = used.enter(&asker, Some(hash(1)), last);
    assert_eq!(again.outcome, Err(Refusal::WrongCode), "it was used");
    let late = sent.enter(&asker, Some(hash(1)), later(CodeSent::LIFETIME));
    assert_eq!(late.outcome, Err(Refusal::WrongCode), "it is too old");
}

#[test]
fn a_code_dies_of_five_wrong_tries() {
    let (mut sent, mut asker) = (CodeSent::new(hash(1), NOW), stranger());
    for wrong in [Some(hash(2)), None, Some(hash(3)), Some(hash(4)), Some(hash(5))] {
        let tried = sent.enter(&asker, wrong, NOW);
        assert_eq!(tried.outcome, Err(Refusal::WrongCode));
        assert_ne!(tried.after.1, asker, "it counts");
        (sent, asker) = tried.after;
    }
    assert_eq!(sent.tries_left, 0);
    let tried = sent.enter(&asker, Some(hash(1)), later(Span::minutes(1)));
    assert_eq!(tried.outcome, Err(Refusal::WrongCode), "the right one comes too late");
    assert_eq!(tried.after.1, asker, "a dead code teaches nothing, so it costs nothing");
}

#[test]
fn waits_double_and_end_in_a_closed_way() {
    let mut tries = Tries::default();
    let mut waits = Vec::new();
    let mut now = NOW;
    for _ in 0..Tries::MAX {
        assert_eq!(tries.check(now), Ok(()));
        tries = tries.failed(now);
        let until = tries.wait_until.unwrap_or(now);
        if until > now {
            assert_eq!(tries.check(now), closed_or(&tries, Refusal::Wait(until)));
        }
        waits.push(until.since(now).unwrap().micros() / 1_000_000);
        now = until;
    }
    assert_eq!(waits[..13], [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(tries.check(later(Span::days(1_000))), Err(Refusal::WayClosed));
    assert_eq!(Tries::cleared().check(NOW), Ok(()));
}

fn closed_or(tries: &Tries, other: Refusal) -> Result<(), Refusal> {
    Err(if tries.failures >= Tries::MAX { Refusal::WayClosed } else { other })
}

const SECRET: TotpSecret = TotpSecret(*b"12345678901234567890");

fn typed_at(at: Instant) -> String {
    format!("{:06}", SECRET.code_at(totp::step_of(at)))
}

#[test]
fn a_step_of_totp_works_once_and_one_step_around_now() {
    let offered = Totp::offered(NOW);
    let step = Span::seconds(30);
    let first = offered.enter(&SECRET, &typed_at(NOW), NOW);
    assert_eq!(first.outcome, Ok(()));
    let totp = first.after;
    assert_eq!(totp.confirmed_at, Some(NOW));
    let refused = Err(Refusal::WrongCode);
    assert_eq!(totp.enter(&SECRET, &typed_at(NOW), NOW).outcome, refused, "used");
    let before = typed_at(NOW.saturating_sub(step));
    assert_eq!(totp.enter(&SECRET, &before, NOW).outcome, refused, "older than the last one");
    let ahead = totp.enter(&SECRET, &typed_at(later(step)), NOW);
    assert_eq!(ahead.outcome, Ok(()), "a clock may be ahead");
    let far = typed_at(later(Span::seconds(60)));
    assert_eq!(totp.enter(&SECRET, &far, NOW).outcome, refused, "too far ahead");
    let old = offered.enter(&SECRET, &before, NOW);
    assert_eq!(old.outcome, Ok(()), "or behind");
    assert_eq!(old.after.last_step, Some(totp::step_of(NOW) - 1));
}

#[test]
fn an_offer_waits_half_an_hour_and_wrong_codes_count() {
    let late = later(Totp::OFFER);
    let offered = Totp::offered(NOW);
    assert_eq!(offered.enter(&SECRET, &typed_at(late), late).outcome, Err(Refusal::WrongCode));
    let mut totp = Totp { confirmed_at: Some(NOW), ..offered };
    for typed in ["", "12345", "1234567", "abcdef", "+12345"] {
        let tried = totp.enter(&SECRET, typed, NOW);
        assert_eq!(tried.outcome, Err(Refusal::WrongCode));
        totp = tried.after;
    }
    let refused = totp.enter(&SECRET, &typed_at(NOW), NOW).outcome;
    assert_eq!(refused, Err(Refusal::Wait(later(Span::seconds(30)))));
    let spaced = typed_at(late).split_at(3).0.to_owned() + " " + typed_at(late).split_at(3).1;
    assert_eq!(totp.enter(&SECRET, &spaced, late).outcome, Ok(()));
}

#[test]
fn a_program_reads_the_secret() {
    assert_eq!(SECRET.reveal_letters(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert!(TotpSecret::read_letters(&SECRET.reveal_letters()) == Some(SECRET));
    let uri = SECRET.reveal_uri("Ann & Co", "ann@shop.example");
    let expected = "otpauth://totp/Ann%20%26%20Co:ann%40shop.example?secret=\
                    GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ann%20%26%20Co";
    assert_eq!(uri, expected);
    assert_eq!(format!("{SECRET:?}"), "TotpSecret(…)");
}

#[test]
fn a_recovery_code_works_once() {
    let code = RecoveryCode::of_random([0xa5; 15]);
    let shown = code.reveal_grouped();
    assert_eq!(shown.len(), 29);
    assert!(RecoveryCode::parse(&shown.to_lowercase().replace('-', " ")) == Some(code));
    assert!(RecoveryCode::parse(&shown[1..]).is_none());
    let codes = RecoveryCodes { left: vec![hash(1), hash(2)], tries: Tries::default() };
    let used = codes.enter(Some(hash(2)), NOW);
    assert_eq!((used.outcome, used.after.left.len()), (Ok(()), 1));
    let again = used.after.enter(Some(hash(2)), NOW);
    assert_eq!(again.outcome, Err(Refusal::WrongCode));
    assert_eq!((again.after.left.len(), again.after.tries.failures), (1, 1));
    assert_eq!(codes.enter(None, NOW).after.tries.failures, 1);
}

#[test]
fn recovery_waits_and_ends() {
    let recovery = Recovery { asked_at: NOW };
    let ripe = recovery.ripe_at();
    assert_eq!(ripe, later(Span::days(3)));
    let just_before = ripe.saturating_sub(Span::from_micros(1));
    assert_eq!(recovery.check(just_before), Err(Refusal::RecoveryNotRipe));
    assert_eq!(recovery.check(ripe), Ok(()));
    assert_eq!(recovery.check(later(Span::days(7))), Err(Refusal::RecoveryGone));
}

#[test]
fn a_sign_in_belongs_to_its_browser_and_one_person() {
    let sign_in = SignIn::begin(SignInId::from_bits(1), hash(1), NOW);
    let end = later(SignIn::LIFETIME);
    assert_eq!(sign_in.check(hash(1), NOW), Ok(()));
    assert_eq!(sign_in.check(hash(2), NOW), Err(Refusal::SignInGone));
    assert_eq!(sign_in.check(hash(1), end), Err(Refusal::SignInGone));
    let (ann, bob) = (PersonId::from_bits(1), PersonId::from_bits(2));
    let none = Factors::default();
    assert_eq!(sign_in.next_step(none), NextStep::Begin);
    let shown = sign_in.shown(Way::MailCode, ann).unwrap();
    assert_eq!(shown.next_step(none), NextStep::Open);
    let paper = Factors { recovery_codes: true, ..none };
    assert_eq!(shown.next_step(paper), NextStep::Open, "they stand in for a factor");
    for factors in [Factors { totp: true, ..none }, Factors { passkey: true, ..none }] {
        assert_eq!(shown.next_step(factors), NextStep::SecondFactor(factors));
        assert_eq!(shown.shown(Way::Totp, ann).unwrap().next_step(factors), NextStep::Open);
        let passkey = sign_in.shown(Way::Passkey, ann).unwrap();
        assert_eq!(passkey.next_step(factors), NextStep::Open, "it is enough by itself");
    }
    assert_eq!(shown.shown(Way::Totp, bob).unwrap_err(), Refusal::SignInGone);
}

proptest! {
    /// Whatever order codes come in, no step of TOTP opens twice.
    #[test]
    fn no_step_opens_twice(offsets in prop::collection::vec((0_i64..10, 0_i64..10), 1..60)) {
        let mut totp = Totp { confirmed_at: Some(NOW), ..Totp::offered(NOW) };
        let mut opened = std::collections::BTreeSet::new();
        for (time, code) in offsets {
            let at = |step: i64| later(Span::seconds(step as u64 * 30));
            let tried = totp.enter(&SECRET, &typed_at(at(code)), at(time));
            if tried.outcome.is_ok() {
                prop_assert!(opened.insert(code), "step {} twice", code);
                prop_assert!((time - code).abs() <= 1);
            }
            totp = tried.after;
        }
    }

    #[test]
    fn no_text_breaks_the_readers(text in ".{0,60}") {
        if let Some(code) = MailCode::parse(&text) {
            prop_assert!(MailCode::parse(&code.reveal_grouped()) == Some(code));
        }
        let _ = RecoveryCode::parse(&text);
        let _ = Totp::offered(NOW).enter(&SECRET, &text, NOW);
    }
}
