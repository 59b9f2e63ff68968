//! Magic cards: every test book has one card for each way a card can fail, under a fixed code.
//! `docs/gift-cards.md` documents them.

use base::{Amount, Currency};
use base::{CardId, Instant, KeyId, Money, Region, Span, Token};
use engine::{CardRef, Command, GiftCardCommand, Query, Refusal};
use giftcards::{Code, CodeHash, Details, Funding, Issue, NewCode, Sandbox};
use outside::codes::ParsedCode;
use outside::random::{SystemRandomness, new_id};
use writer::{Handle, Request, Trouble};

use super::Installation;
use crate::failure::Failure;

/// A magic card.
struct TestCard {
    code: &'static str,
    behaves: Behavior,
}

/// How it fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behavior {
    Frozen,
    Expired,
    Empty,
    OutOfRegion,
    FailsAtCapture,
}

/// Codes of our own have 17 letters of an alphabet without `0`, `1`, `I`, `L` and `O`; these do
/// not, so they are never given to a card of a customer.
const TEST_CARDS: [TestCard; 5] = [
    TestCard { code: "TEST-FROZEN-0001", behaves: Behavior::Frozen },
    TestCard { code: "TEST-EXPIRED-0001", behaves: Behavior::Expired },
    TestCard { code: "TEST-EMPTY-0001", behaves: Behavior::Empty },
    TestCard { code: "TEST-REGION-0001", behaves: Behavior::OutOfRegion },
    TestCard { code: "TEST-CAPTURE-0001", behaves: Behavior::FailsAtCapture },
];

/// Fifty dollars.
const VALUE: i64 = 5_000;

/// Where the card of the wrong region is good: nobody buys there.
const REGION: &str = "AQ";

/// Makes the magic cards that the book does not have yet.
///
/// A card that cannot be made is only logged: a book is worth opening without it. So it is with a
/// magic card whose code was replaced, because a replaced code is never given to a card again.
///
/// # Errors
///
/// The writer has ended.
pub(super) fn seed_test_book(
    installation: &Installation,
    book: &str,
    handle: &Handle,
) -> Result<(), Trouble> {
    for card in &TEST_CARDS {
        match seed(installation, book, handle, card) {
            Ok(()) => {}
            Err(NotSeeded::Writer(ended @ Trouble::Ended(_))) => return Err(ended),
            Err(reason) => {
                tracing::warn!(book, code = card.code, %reason, "a test card was not made");
            }
        }
    }
    Ok(())
}

/// Why a magic card is not there.
#[derive(Debug, thiserror::Error)]
enum NotSeeded {
    #[error("{0}")]
    Writer(#[from] Trouble),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("{0}")]
    NoCode(Failure),
}

fn seed(
    installation: &Installation,
    book: &str,
    handle: &Handle,
    card: &TestCard,
) -> Result<(), NotSeeded> {
    let parsed = ParsedCode::parse(card.code).expect("the magic codes are codes");
    let hashes = installation.ring.hash_candidates(book, &parsed);
    let hashes = hashes.map(|(_, hash)| CodeHash(hash)).collect();
    if handle.ask(Query::Lookup(CardRef::Code(hashes)))?.is_some() {
        return Ok(());
    }
    let code = installation.custom_code(book, &parsed).map_err(NotSeeded::NoCode)?;
    for outcome in handle.decide(requests(card, code, installation.now()), true)? {
        outcome?.result?;
    }
    Ok(())
}

fn requests(card: &TestCard, code: Code, now: Instant) -> Vec<Request> {
    let id: CardId = new_id(now, &mut SystemRandomness);
    let mut commands = vec![GiftCardCommand::Issue(Box::new(issue(id, card.behaves, code, now)))];
    if card.behaves == Behavior::Frozen {
        let reason = Token::new("test").expect("a lower-case word is a token");
        commands.push(GiftCardCommand::Freeze { card: id, reason, by: None });
    }
    let request = |command| Request {
        command: Command::GiftCards(command),
        actor: KeyId::from_bits(0),
        operation: None,
    };
    commands.into_iter().map(request).collect()
}

fn issue(id: CardId, behaves: Behavior, code: Code, now: Instant) -> Issue {
    // Cards that are past their date or used up can only be taken over, not issued.
    let is_old = matches!(behaves, Behavior::Expired | Behavior::Empty);
    let days_ago = |days| Instant::from_micros(now.micros() - micros(Span::days(days)));
    let region = Region::parse(REGION).expect("Antarctica is a region");
    let regions = if behaves == Behavior::OutOfRegion { vec![region] } else { Vec::new() };
    Issue {
        id,
        value: Money::new(VALUE, Currency::USD).expect("fifty dollars are not negative"),
        opening_balance: (behaves == Behavior::Empty).then_some(Amount::ZERO),
        code: NewCode(code),
        funding: if is_old { Funding::Import } else { Funding::Promotional },
        expires_at: (behaves == Behavior::Expired).then(|| days_ago(1)),
        sandbox: match behaves {
            Behavior::FailsAtCapture => Sandbox::FailsAtCapture,
            _ => Sandbox::None,
        },
        program: None,
        created_at: is_old.then(|| days_ago(366)),
        details: Some(Box::new(Details { regions, ..Details::default() })),
        activates_at: None,
        delivery: None,
    }
}

fn micros(span: Span) -> i64 {
    i64::try_from(span.micros()).unwrap_or(i64::MAX)
}
