//! The book a benchmark runs on: so many cards, each worth more than the run can spend.

use std::path::Path;

use base::{CardId, Instant, KeyId, Money};
use engine::{Command, GiftCardCommand};
use giftcards::{Code, CodeHash, Funding, Issue, NewCode, Sandbox};
use outside::codes::CodeRef;
use writer::Request;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Failure};
use crate::progress::Progress;
use crate::wiring::{Installation, book_name};

/// Cards made in one call of the writer.
const CARDS_PER_CALL: u64 = 1_000;
/// Letters of a code, without hyphens.
pub(super) const CODE_LETTERS: usize = 17;

/// Codes of the cards, one after the other.
#[derive(Clone, Default)]
pub(super) struct Codes(Vec<u8>);

impl Codes {
    /// The code of card `number`.
    pub(super) fn of(&self, number: u64) -> &[u8] {
        let start = (number % self.count()) as usize * CODE_LETTERS;
        &self.0[start..start + CODE_LETTERS]
    }

    /// Cards there are.
    pub(super) fn count(&self) -> u64 {
        (self.0.len() / CODE_LETTERS) as u64
    }
}

/// Where an installation for a benchmark is. Its keys are its own, whatever the environment says.
pub(super) fn place(folder: &Path) -> PlaceArgs {
    let (data, keys) = (folder.join("data"), folder.join("data-keys"));
    PlaceArgs { data: Some(data), keys: Some(keys), ..PlaceArgs::default() }
}

/// Issues cards in book `test` until there are `count`, and adds their codes to `codes`.
pub(super) fn issue_cards(folder: &Path, codes: &mut Codes, count: u64) -> Done {
    let environment = Environment::of_process();
    let settings = Settings::load(&place(folder), None, &environment)?;
    let installation = Installation::open(&settings, &environment)?;
    let record = installation.book_or_new(&book_name("test").map_err(Failure::new)?, true)?;
    let book = installation.open_book(&record)?;
    let now = installation.now();
    let mut issued = codes.count();
    codes.0.reserve(count.saturating_sub(issued) as usize * CODE_LETTERS);
    let mut progress = Progress::new("issuing cards", count);
    while issued < count {
        let until = (issued + CARDS_PER_CALL).min(count);
        let requests: Done<Vec<Request>> = (issued..until)
            .map(|number| request(&installation, number, now, &mut codes.0))
            .collect();
        let outcomes = book.handle().decide(requests?, false).map_err(Failure::new)?;
        for outcome in outcomes {
            let decided = outcome.map_err(Failure::new)?;
            decided.result.map_err(Failure::new)?;
        }
        issued = until;
        progress.step("issuing cards", issued, count);
    }
    progress.finish();
    book.stop();
    Ok(())
}

fn request(
    installation: &Installation,
    number: u64,
    now: Instant,
    codes: &mut Vec<u8>,
) -> Done<Request> {
    let ring = &installation.ring;
    let id = CardId::from_parts(now, mixed(number));
    let nonce = number + 1;
    let code = ring.code_for(id, nonce, ring.current())?;
    let text: String = code.reveal().chars().filter(|letter| *letter != '-').collect();
    codes.extend_from_slice(text.as_bytes());
    let hash = CodeHash(ring.hash_code("test", CodeRef::from(&code), ring.current())?);
    let mut last4 = [0; 4];
    last4.copy_from_slice(&text.as_bytes()[CODE_LETTERS - 4..]);
    let key = u16::try_from(ring.current().get()).unwrap_or(u16::MAX);
    Ok(issue(id, Code { hash, key, nonce, last4 }))
}

/// Bits as random as those of real ids, yet the same in every run.
pub(super) fn mixed(number: u64) -> [u8; 10] {
    let mut random = [0; 10];
    let bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    random[..8].copy_from_slice(&bits.to_be_bytes());
    random[8..].copy_from_slice(&bits.to_le_bytes()[6..]);
    random
}

/// Id of a card whose code nobody needs.
pub(super) fn plain_id(number: u64) -> CardId {
    CardId::from_parts(Instant::from_micros(0), mixed(number))
}

/// A card whose code nobody needs.
pub(super) fn plain_issue(number: u64) -> Request {
    let mut hash = [0; 16];
    hash[..10].copy_from_slice(&mixed(number));
    issue(plain_id(number), Code { hash: CodeHash(hash), key: 1, nonce: 0, last4: *b"0000" })
}

fn issue(id: CardId, code: Code) -> Request {
    let value = Money::new(10_000_000, base::Currency::USD).expect("a positive amount");
    let issue = Issue {
        id,
        value,
        code: NewCode(code),
        funding: Funding::Promotional,
        expires_at: None,
        opening_balance: None,
        sandbox: Sandbox::None,
        program: None,
        created_at: None,
        details: None,
        activates_at: None,
        delivery: None,
    };
    let command = Command::GiftCards(GiftCardCommand::Issue(Box::new(issue)));
    Request { command, actor: KeyId::from_bits(1), operation: None }
}
