//! Refusals of gift cards: their codes, and their numbers from 100 on.

use giftcards::{Refusal as Card, Why};

use crate::StoredRefusal;

pub(super) fn code(refusal: &Card) -> &'static str {
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
        Card::AlreadyClaimed => "already_claimed",
        Card::NotTheOwner => "not_the_owner",
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
        Card::PurchaseNotFound => "purchase_not_found",
        Card::UndoTooLate => "undo_too_late",
    }
}

pub(super) fn number(refusal: &Card) -> u16 {
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
        Card::AlreadyClaimed => 121,
        Card::NotTheOwner => 122,
        Card::PurchaseNotFound => 123,
        Card::UndoTooLate => 124,
    }
}

pub(super) fn from_stored(stored: StoredRefusal) -> Option<Card> {
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
        121 => Card::AlreadyClaimed,
        122 => Card::NotTheOwner,
        123 => Card::PurchaseNotFound,
        124 => Card::UndoTooLate,
        _ => return None,
    })
}
