//! Who asks for codes by mail, and whom the guesses of strangers concern.

use base::{Instant, Span};
use people::{
    ASKED_BY_NETWORK, AddressLog, Asker, CODES_PER_HOUR_AND_BROWSER_MAX,
    CODES_PER_HOUR_AND_NETWORK_MAX, CODES_PER_HOUR_MAX, CodeLength, CodeSent, DOUBT, KnownBrowser,
    NetworkLog, Rate, Refusal, SecretHash, Tries, Used, WRONG_BY_NETWORK,
};
use proptest::prelude::*;

use crate::{NOW, hash, later};

fn stranger(network: Option<u8>) -> Asker {
    let network = network.map(|byte| (hash(byte), NetworkLog::default()));
    Asker::Stranger { address: AddressLog::default(), network }
}

/// The same stranger at another address.
fn elsewhere(asker: &Asker) -> Asker {
    match asker.clone() {
        Asker::Stranger { network, .. } => {
            Asker::Stranger { address: AddressLog::default(), network }
        }
        known => known,
    }
}

fn log_of(asker: &Asker) -> AddressLog {
    match asker {
        Asker::Stranger { address, .. } => address.clone(),
        Asker::Known(_) => AddressLog::default(),
    }
}

#[test]
fn a_rate_comes_back_evenly() {
    let rate = Rate { at_once: 4, within: Span::hours(1) };
    let mut used = Used::default();
    for _ in 0..4 {
        assert_eq!(used.check(rate, NOW), Ok(()));
        used = used.once_more(rate, NOW);
    }
    let quarter = later(Span::minutes(15));
    assert_eq!(used.check(rate, NOW), Err(Refusal::Wait(quarter)));
    assert_eq!(used.check(rate, quarter), Ok(()));
    assert!(!used.is_over(later(Span::minutes(59))) && used.is_over(later(Span::hours(1))));
    // What is overdrawn is not remembered for ever.
    for _ in 0..1_000 {
        used = used.once_more(rate, NOW);
    }
    assert_eq!(used.full_at, later(Span::hours(10)));
}

#[test]
fn one_network_cannot_use_up_the_codes_of_an_address() {
    let mut log = AddressLog::default();
    for _ in 0..CODES_PER_HOUR_AND_NETWORK_MAX {
        log = log.ask(Some(hash(1)), NOW).unwrap().0;
    }
    let hour = later(Span::hours(1));
    assert_eq!(log.ask(Some(hash(1)), NOW), Err(Refusal::Wait(hour)));
    assert!(log.ask(Some(hash(2)), NOW).is_ok(), "others can still ask");
    // Nobody floods a mailbox from many, or from ones that are not known.
    let mut log = AddressLog::default();
    for _ in 0..CODES_PER_HOUR_MAX {
        log = log.ask(None, NOW).unwrap().0;
    }
    assert_eq!(log.ask(Some(hash(2)), NOW), Err(Refusal::Wait(hour)));
    assert_eq!(log.ask(None, hour).unwrap().0.sent.len(), 1);
    assert!(!log.is_idle(later(Span::minutes(59))) && log.is_idle(hour));
}

#[test]
fn one_network_asks_and_guesses_so_often_whatever_the_addresses() {
    let mut asker = stranger(Some(1));
    for _ in 0..ASKED_BY_NETWORK.at_once {
        asker = elsewhere(&asker.ask(NOW).unwrap().0);
    }
    assert!(matches!(asker.ask(NOW), Err(Refusal::Wait(_))));
    let mut asker = stranger(Some(1));
    for _ in 0..WRONG_BY_NETWORK.at_once {
        assert_eq!(asker.check(NOW), Ok(()));
        asker = elsewhere(&asker.failed(NOW));
    }
    assert!(matches!(asker.check(NOW), Err(Refusal::Wait(_))));
    assert_eq!(asker.check(later(WRONG_BY_NETWORK.within)), Ok(()));
}

#[test]
fn wrong_codes_make_codes_longer_and_close_nothing() {
    let mut asker = stranger(None);
    for _ in 0..DOUBT.at_once {
        assert_eq!(asker.ask(NOW).unwrap().1, CodeLength::Usual);
        asker = asker.failed(NOW);
    }
    for _ in 0..1_000 {
        assert_eq!(asker.check(NOW), Ok(()));
        assert_eq!(asker.ask(NOW).unwrap().1, CodeLength::Long);
        asker = asker.failed(NOW);
    }
    assert_eq!(asker.succeeded().ask(NOW).unwrap().1, CodeLength::Long, "owners come and go");
    let calm = later(Span::days(50));
    assert_eq!(asker.ask(calm).unwrap().1, CodeLength::Usual);
    assert_eq!(log_of(&asker).idle_at(), calm);
}

#[test]
fn a_known_browser_has_a_budget_of_its_own() {
    let mut own = Asker::Known(KnownBrowser::new(NOW));
    for _ in 0..CODES_PER_HOUR_AND_BROWSER_MAX {
        let (asked, length) = own.ask(NOW).unwrap();
        assert_eq!(length, CodeLength::Usual);
        own = asked;
    }
    assert_eq!(own.ask(NOW), Err(Refusal::Wait(later(Span::hours(1)))));
    for _ in 0..Tries::FREE {
        assert_eq!(own.check(NOW), Ok(()));
        own = own.failed(NOW);
    }
    assert_eq!(own.check(NOW), Err(Refusal::Wait(later(Span::seconds(30)))));
    assert_eq!(own.succeeded().check(NOW), Ok(()));
}

#[test]
fn a_browser_is_known_until_it_is_old_or_has_guessed() {
    let browser = KnownBrowser::new(NOW);
    assert!(browser.is_known(NOW) && !browser.is_known(later(KnownBrowser::LIFETIME)));
    let again = browser.used(later(Span::days(399)));
    assert!(again.is_known(later(KnownBrowser::LIFETIME)));
    assert_eq!(again.known_at, NOW);
    let guesses = Tries { failures: Tries::MAX, wait_until: None };
    assert!(!KnownBrowser { tries: guesses, ..browser }.is_known(NOW));
}

proptest! {
    /// However strangers try, short codes are compared so often only, and whoever has a known
    /// browser is let in all the same.
    #[test]
    fn strangers_guess_little_and_shut_nobody_out(
        tries in prop::collection::vec((0_u64..7_200, 0_u8..4), 1..600),
    ) {
        let own = Asker::Known(KnownBrowser::new(NOW));
        let (mut log, mut now) = (AddressLog::default(), NOW);
        let mut networks = [NetworkLog::default(); 4];
        let mut codes: Vec<(CodeSent, CodeLength)> = Vec::new();
        let mut short_compared = 0;
        for (gap, from) in tries {
            now = now.saturating_add(Span::seconds(gap));
            let network = Some((hash(from), networks[usize::from(from)]));
            let mut asker = Asker::Stranger { address: log.clone(), network };
            if let Ok((asked, length)) = asker.ask(now) {
                asker = asked;
                codes.push((CodeSent::new(hash(99), now), length));
            }
            codes.retain(|(code, _)| code.tries_left > 0 && now < code.expires_at);
            for (code, length) in &mut codes {
                let before = code.tries_left;
                let tried = code.enter(&asker, Some(SecretHash([7; 16])), now);
                prop_assert!(tried.outcome.is_err());
                (*code, asker) = tried.after;
                let compared = u32::from(before - code.tries_left);
                short_compared += if *length == CodeLength::Usual { compared } else { 0 };
            }
            if let Asker::Stranger { address, network: Some((_, of_network)) } = asker {
                (log, networks[usize::from(from)]) = (address, of_network);
            }
            prop_assert!(own.ask(now).is_ok());
        }
        let days = now.since(NOW).map_or(0, |span| span.micros() / Span::days(1).micros());
        // What was under way when the codes became long, and two a day.
        let under_way = CODES_PER_HOUR_MAX * usize::from(CodeSent::TRIES);
        let most = u64::from(DOUBT.at_once) + under_way as u64 + 2 * (days + 1);
        prop_assert!(u64::from(short_compared) <= most, "{short_compared} of {most}");
        prop_assert!(log.idle_at() <= now.saturating_add(Span::days(50)).max(Instant::MIN));
    }
}

#[test]
fn whoever_writes_spends_codes_and_wrong_ones_do_not_keep_them_from_it() {
    let mut known = Asker::Known(KnownBrowser::new(NOW));
    for _ in 0..Tries::FREE {
        known = known.failed(NOW);
    }
    assert!(matches!(known.ask(NOW), Err(Refusal::Wait(_))), "no code is sent now");
    for _ in 0..CODES_PER_HOUR_AND_BROWSER_MAX {
        known = known.write(NOW).unwrap();
    }
    assert_eq!(known.write(NOW), Err(Refusal::Wait(later(Span::hours(1)))));
    let mut other = stranger(Some(1));
    for _ in 0..CODES_PER_HOUR_AND_NETWORK_MAX {
        other = other.write(NOW).unwrap();
    }
    assert!(other.write(NOW).is_err() && other.ask(NOW).is_err(), "one budget for both");
    assert!(elsewhere(&other).write(NOW).is_ok());
}
