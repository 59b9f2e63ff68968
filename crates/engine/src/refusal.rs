//! Refusals: one enum a capability, combined in one, with stable numbers for the journal.

use base::Money;
use giftcards::{Refusal as Card, Why};

use crate::{BookRefusal, OperationRefusal};

/// A named, numbered "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// About the book as a whole.
    #[error(transparent)]
    Book(#[from] BookRefusal),
    /// About operations and their keys.
    #[error(transparent)]
    Operation(#[from] OperationRefusal),
    /// About gift cards.
    #[error(transparent)]
    GiftCards(#[from] Card),
}

/// A refusal as a journal keeps it: a number that is never reused, and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredRefusal {
    /// Number of the refusal.
    pub number: u16,
    /// Why a card cannot be used; zero when it does not apply.
    pub why: u8,
    /// The amount the refusal tells, if it tells one.
    pub money: Option<Money>,
}

impl Refusal {
    /// Stable code, as callers branch on it.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Book(BookRefusal::NotATestBook) => "not_a_test_book",
            Refusal::Book(BookRefusal::ClockBackwards) => "clock_backwards",
            Refusal::Book(BookRefusal::BookExists) => "book_exists",
            Refusal::Operation(OperationRefusal::Reversed) => "operation_reversed",
            Refusal::Operation(OperationRefusal::Irreversible) => "operation_irreversible",
            Refusal::Operation(OperationRefusal::BatchAborted) => "batch_aborted",
            Refusal::GiftCards(refusal) => gift_card_code(refusal),
        }
    }

    /// True when the same request may succeed later; such a refusal is not kept as the answer of
    /// its idempotency key.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Refusal::Operation(OperationRefusal::BatchAborted)
                | Refusal::GiftCards(Card::HoldsOpen | Card::NotDue | Card::IdTaken)
        )
    }

    /// The amount the refusal tells: what is available, held or refundable.
    pub fn money(&self) -> Option<Money> {
        match self {
            Refusal::GiftCards(Card::InsufficientBalance { available }) => Some(*available),
            Refusal::GiftCards(Card::AmountExceedsHold { held }) => Some(*held),
            Refusal::GiftCards(Card::AmountExceedsCaptured { refundable }) => Some(*refundable),
            _ => None,
        }
    }

    /// As a journal keeps it.
    pub fn stored(&self) -> StoredRefusal {
        let number = match self {
            Refusal::Book(BookRefusal::NotATestBook) => 1,
            Refusal::Book(BookRefusal::ClockBackwards) => 2,
            Refusal::Book(BookRefusal::BookExists) => 3,
            Refusal::Operation(OperationRefusal::Reversed) => 10,
            Refusal::Operation(OperationRefusal::Irreversible) => 11,
            Refusal::Operation(OperationRefusal::BatchAborted) => 12,
            Refusal::GiftCards(refusal) => gift_card_number(refusal),
        };
        let why = match self {
            Refusal::GiftCards(Card::NotUsable(why)) => *why as u8,
            _ => 0,
        };
        StoredRefusal { number, why, money: self.money() }
    }

    /// Reads a stored refusal back; `None` when the number or what belongs to it is unknown.
    pub fn from_stored(stored: StoredRefusal) -> Option<Refusal> {
        Some(match stored.number {
            1 => BookRefusal::NotATestBook.into(),
            2 => BookRefusal::ClockBackwards.into(),
            3 => BookRefusal::BookExists.into(),
            10 => OperationRefusal::Reversed.into(),
            11 => OperationRefusal::Irreversible.into(),
            12 => OperationRefusal::BatchAborted.into(),
            _ => Refusal::GiftCards(gift_card_from_stored(stored)?),
        })
    }
}

fn gift_card_code(refusal: &Card) -> &'static str {
    match refusal {
        Card::NotUsable(_) => "gift_card_not_usable",
        Card::CurrencyMismatch => "currency_mismatch",
        Card::RegionNotAllowed => "region_not_allowed",
        Card::LineNotInScope => "line_not_in_scope",
        Card::LimitExceeded => "limit_exceeded",
        Card::InsufficientBalance { .. } => "insufficient_balance",
        Card::CardNotFound => "gift_card_not_found",
        Card::HoldNotFound => "hold_not_found",
        Card::HoldOfCheckout => "hold_of_checkout",
        Card::HoldNotOpen => "hold_not_open",
        Card::AmountExceedsHold { .. } => "amount_exceeds_hold",
        Card::AmountExceedsCaptured { .. } => "amount_exceeds_captured",
        Card::ProgramNotFound => "program_not_found",
        Card::IdTaken => "id_taken",
        Card::CodeTaken => "code_taken",
        Card::NothingToChange => "nothing_to_change",
        Card::HoldsOpen => "holds_open",
        Card::DateNotLater => "date_not_later",
        Card::HoldCaptured => "hold_captured",
        Card::NotDue => "not_due",
        Card::CaptureDeclined => "capture_declined",
    }
}

fn gift_card_number(refusal: &Card) -> u16 {
    match refusal {
        Card::NotUsable(_) => 100,
        Card::CurrencyMismatch => 101,
        Card::RegionNotAllowed => 102,
        Card::LineNotInScope => 103,
        Card::LimitExceeded => 104,
        Card::InsufficientBalance { .. } => 105,
        Card::CardNotFound => 106,
        Card::HoldNotFound => 107,
        Card::HoldNotOpen => 108,
        Card::AmountExceedsHold { .. } => 109,
        Card::AmountExceedsCaptured { .. } => 110,
        Card::ProgramNotFound => 111,
        Card::IdTaken => 112,
        Card::CodeTaken => 113,
        Card::NothingToChange => 114,
        Card::HoldsOpen => 115,
        Card::DateNotLater => 116,
        Card::HoldCaptured => 117,
        Card::NotDue => 118,
        Card::CaptureDeclined => 119,
        Card::HoldOfCheckout => 120,
    }
}

fn gift_card_from_stored(stored: StoredRefusal) -> Option<Card> {
    Some(match stored.number {
        100 => Card::NotUsable(Why::from_number(stored.why)?),
        101 => Card::CurrencyMismatch,
        102 => Card::RegionNotAllowed,
        103 => Card::LineNotInScope,
        104 => Card::LimitExceeded,
        105 => Card::InsufficientBalance { available: stored.money? },
        106 => Card::CardNotFound,
        107 => Card::HoldNotFound,
        108 => Card::HoldNotOpen,
        109 => Card::AmountExceedsHold { held: stored.money? },
        110 => Card::AmountExceedsCaptured { refundable: stored.money? },
        111 => Card::ProgramNotFound,
        112 => Card::IdTaken,
        113 => Card::CodeTaken,
        114 => Card::NothingToChange,
        115 => Card::HoldsOpen,
        116 => Card::DateNotLater,
        117 => Card::HoldCaptured,
        118 => Card::NotDue,
        119 => Card::CaptureDeclined,
        120 => Card::HoldOfCheckout,
        _ => return None,
    })
}
