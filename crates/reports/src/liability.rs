//! What is owed to the holders of cards at a cut.

use std::collections::BTreeMap;

use base::{CardId, Currency, Instant, ProgramId, Span};
use giftcards::Card;
use ledger::AccountName;
use store::Reader;

use crate::ReportError;
use crate::error::check_cut;

/// Cards that are looked up at once to learn their program or age.
const CARDS_PER_READ: u32 = 5_000;

/// What the lines of a liability report stand for; each is also told apart by currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// One line a program.
    Program,
    /// One line a currency.
    Currency,
    /// One line an age bucket.
    Age,
}

/// How long ago a card was issued, in days of 24 hours at the time of the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgeBucket {
    /// Up to 30 days.
    UpTo30,
    /// 31 to 90 days.
    UpTo90,
    /// 91 to 365 days.
    UpTo365,
    /// 366 to 730 days.
    UpTo730,
    /// More than 730 days.
    Over730,
}

/// What one line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiabilityOf {
    /// All cards of the currency.
    All,
    /// Cards of one program; `None` for those without.
    Program(Option<ProgramId>),
    /// Cards of one age.
    Age(AgeBucket),
}

/// What is owed on cards at a cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liability {
    /// Sequence of the last record that is counted.
    pub as_of_seq: u64,
    /// The time ages were counted to.
    pub at: Instant,
    /// The lines, in order of currency, then of what they stand for. A line exists only where
    /// something is owed.
    pub lines: Vec<LiabilityLine>,
}

/// What is owed on a part of the cards, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiabilityLine {
    /// Which cards.
    pub of: LiabilityOf,
    /// Their currency.
    pub currency: Currency,
    /// What is owed on them, in minor units.
    pub owed: i128,
    /// The part of it that is held for checkouts, in minor units.
    pub held: i128,
    /// Cards on which something is owed.
    pub cards: u64,
}

/// What is owed on cards by everything up to and including record `as_of_seq`. `at` is the time
/// of that cut, to which ages are counted.
///
/// Amounts are those of the entries at the cut. Whatever happened to a card later, such as its
/// expiry, does not alter them; its program and the time it was made never change.
///
/// # Errors
///
/// [`ReportError::AboveWatermark`], [`ReportError::CardMissing`], [`ReportError::Store`].
pub fn liability(
    reader: &mut dyn Reader,
    as_of_seq: u64,
    at: Instant,
    by: By,
) -> Result<Liability, ReportError> {
    check_cut(reader, as_of_seq)?;
    let owed = owed_on_cards(reader, as_of_seq)?;
    let mut lines = Lines::new();
    match by {
        By::Currency => owed.iter().for_each(|card| add(&mut lines, LiabilityOf::All, card)),
        By::Program => join(reader, &owed, &mut |card, owed| {
            add(&mut lines, LiabilityOf::Program(card.program), owed);
        })?,
        By::Age => join(reader, &owed, &mut |card, owed| {
            add(&mut lines, LiabilityOf::Age(AgeBucket::of(card.created_at, at)), owed);
        })?,
    }
    Ok(Liability { as_of_seq, at, lines: lines.into_values().collect() })
}

impl AgeBucket {
    /// Every bucket, youngest first.
    pub const ALL: [AgeBucket; 5] = [
        AgeBucket::UpTo30,
        AgeBucket::UpTo90,
        AgeBucket::UpTo365,
        AgeBucket::UpTo730,
        AgeBucket::Over730,
    ];

    /// The bucket of a card made at `created_at`; the day that has begun is not counted.
    pub fn of(created_at: Instant, at: Instant) -> AgeBucket {
        let age = at.since(created_at).unwrap_or(Span::ZERO);
        match age.micros() / Span::days(1).micros() {
            0..=30 => AgeBucket::UpTo30,
            31..=90 => AgeBucket::UpTo90,
            91..=365 => AgeBucket::UpTo365,
            366..=730 => AgeBucket::UpTo730,
            _ => AgeBucket::Over730,
        }
    }

    /// Stable name: the days it spans.
    pub fn as_str(self) -> &'static str {
        match self {
            AgeBucket::UpTo30 => "0-30",
            AgeBucket::UpTo90 => "31-90",
            AgeBucket::UpTo365 => "91-365",
            AgeBucket::UpTo730 => "366-730",
            AgeBucket::Over730 => "over-730",
        }
    }
}

/// What one card is owed at the cut.
struct Owed {
    card: CardId,
    currency: Currency,
    balance: i64,
    held: i64,
}

type Lines = BTreeMap<(&'static str, LiabilityOf), LiabilityLine>;

/// Every card with something owed on it, in card order.
fn owed_on_cards(reader: &mut dyn Reader, as_of_seq: u64) -> Result<Vec<Owed>, ReportError> {
    let mut owed = Vec::new();
    reader.accounts_at(as_of_seq, &mut |at| {
        let AccountName::GiftCard(card) = at.account.name else { return };
        let balance = at.account.name.kind().balance(at.debits_posted, at.credits_posted);
        if balance != 0 {
            let (currency, held) = (at.account.currency, at.held.minor());
            owed.push(Owed { card, currency, balance, held });
        }
    })?;
    owed.sort_unstable_by_key(|owed| owed.card);
    Ok(owed)
}

/// Walks cards and amounts side by side, both in card order, so that one card after the other is
/// in memory and not all of them.
fn join(
    reader: &mut dyn Reader,
    owed: &[Owed],
    each: &mut dyn FnMut(&Card, &Owed),
) -> Result<(), ReportError> {
    let mut owed = owed.iter().peekable();
    let mut after = None;
    while let Some(next) = owed.peek() {
        // Cards before the next one that is owed something need not be read.
        let before_next = next.card.bits().checked_sub(1).map(CardId::from_bits);
        let from = after.max(before_next);
        let cards = reader.cards_by_id(from, CARDS_PER_READ)?;
        let Some((last, _)) = cards.last() else {
            return Err(ReportError::CardMissing(next.card));
        };
        after = Some(last.id);
        for (card, _) in &cards {
            match owed.peek() {
                Some(next) if next.card < card.id => {
                    return Err(ReportError::CardMissing(next.card));
                }
                Some(next) if next.card == card.id => {
                    each(card, next);
                    owed.next();
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn add(lines: &mut Lines, of: LiabilityOf, owed: &Owed) {
    let currency = owed.currency;
    let line = lines.entry((currency.code(), of)).or_insert_with(|| LiabilityLine {
        of,
        currency,
        owed: 0,
        held: 0,
        cards: 0,
    });
    line.owed += i128::from(owed.balance);
    line.held += i128::from(owed.held);
    line.cards += 1;
}
