//! Refusals: one enum a capability, combined in one, with stable numbers for the journal.

use base::{CardId, Money};
use giftcards::Refusal as Card;
use payments::Refusal as Payment;
use promotions::Refusal as Promotion;
use shop::{Refusal as Shop, TenderId};

use crate::{BookRefusal, OperationRefusal};

mod of_claims;
mod of_gift_cards;
mod of_payments;
mod of_promotions;
mod of_shop;

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
    /// About a gift card that is to pay for a checkout, perhaps beside others.
    #[error("tender {tender} of the checkout: {refusal}")]
    Tender {
        /// The tender.
        tender: TenderId,
        /// Its card.
        card: CardId,
        /// What about it.
        refusal: Card,
    },
    /// About payments.
    #[error(transparent)]
    Payments(#[from] Payment),
    /// About the shop.
    #[error(transparent)]
    Shop(#[from] Shop),
    /// About promotions.
    #[error(transparent)]
    Promotions(#[from] Promotion),
    /// About claims.
    #[error(transparent)]
    Claims(#[from] claims::Refusal),
}

/// A refusal as a journal keeps it: a number that is never reused, and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredRefusal {
    /// Number of the refusal.
    pub number: u16,
    /// Why a card cannot be used, or a promotion cannot start; zero when it does not apply.
    pub why: u8,
    /// The amount the refusal tells, if it tells one.
    pub money: Option<Money>,
    /// The number of the tender and the card it is about, when there may be several.
    pub tender: Option<(u16, CardId)>,
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
            Refusal::GiftCards(refusal) | Refusal::Tender { refusal, .. } => {
                of_gift_cards::code(refusal)
            }
            Refusal::Payments(refusal) => of_payments::code(refusal),
            Refusal::Shop(refusal) => of_shop::code(refusal),
            Refusal::Promotions(refusal) => of_promotions::code(refusal),
            Refusal::Claims(refusal) => of_claims::code(refusal),
        }
    }

    /// True when the same request may succeed later; such a refusal is not kept as the answer of
    /// its idempotency key. What contradicts a rail is among them, because a person may resolve it.
    pub fn is_transient(&self) -> bool {
        if let Refusal::Claims(refusal) = self {
            return of_claims::is_transient(refusal);
        }
        matches!(
            self,
            Refusal::Operation(OperationRefusal::BatchAborted)
                | Refusal::GiftCards(
                    Card::HoldsOpen
                        | Card::NotDue
                        | Card::IdTaken
                        | Card::SendingLimit
                        | Card::TooSoon { .. }
                )
                | Refusal::Payments(
                    Payment::OutcomePending | Payment::IdTaken | Payment::Contradiction { .. }
                )
                | Refusal::Shop(Shop::IdTaken | Shop::NotDue | Shop::CheckoutPaying)
                | Refusal::Promotions(
                    Promotion::IdTaken
                        | Promotion::BeingPaid
                        | Promotion::SlicesOpen
                        | Promotion::PaymentDisputed
                        | Promotion::NotDue { .. }
                        | Promotion::BillingGap { .. }
                        | Promotion::AlreadyBilled { .. }
                        | Promotion::BillsMissing { .. }
                        | Promotion::DailyBudgetSpent
                        | Promotion::NothingLeft
                        | Promotion::InFuture
                )
        )
    }

    /// The amount the refusal tells: what is available, held, refundable or left to pay.
    pub fn money(&self) -> Option<Money> {
        match self {
            Refusal::GiftCards(Card::AboveLimit { limit }) => Some(*limit),
            Refusal::GiftCards(Card::InsufficientBalance { available }) => Some(*available),
            Refusal::GiftCards(Card::AmountExceedsHold { held }) => Some(*held),
            Refusal::GiftCards(Card::AmountExceedsCaptured { refundable }) => Some(*refundable),
            Refusal::Tender { refusal, .. } => Refusal::GiftCards(*refusal).money(),
            Refusal::Payments(refusal) => of_payments::money(refusal),
            Refusal::Shop(refusal) => of_shop::money(refusal),
            Refusal::Promotions(refusal) => of_promotions::money(refusal),
            Refusal::Claims(refusal) => of_claims::money(refusal),
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
            Refusal::GiftCards(refusal) | Refusal::Tender { refusal, .. } => {
                of_gift_cards::number(refusal)
            }
            Refusal::Payments(refusal) => of_payments::number(refusal),
            Refusal::Shop(refusal) => of_shop::number(refusal),
            Refusal::Promotions(refusal) => of_promotions::number(refusal),
            Refusal::Claims(refusal) => of_claims::number(refusal),
        };
        let why = match self {
            Refusal::GiftCards(Card::NotUsable(why))
            | Refusal::Tender { refusal: Card::NotUsable(why), .. } => *why as u8,
            Refusal::Promotions(Promotion::Blocked(code)) => *code as u8,
            _ => 0,
        };
        let tender = match self {
            Refusal::Tender { tender, card, .. } => Some((tender.0, *card)),
            _ => None,
        };
        StoredRefusal { number, why, money: self.money(), tender }
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
            100..200 => {
                let refusal = of_gift_cards::from_stored(stored)?;
                match stored.tender {
                    Some((tender, card)) => {
                        Refusal::Tender { tender: TenderId(tender), card, refusal }
                    }
                    None => Refusal::GiftCards(refusal),
                }
            }
            200..300 => Refusal::Payments(of_payments::from_stored(stored)?),
            300..400 => Refusal::Shop(of_shop::from_stored(stored)?),
            400..500 => Refusal::Promotions(of_promotions::from_stored(stored)?),
            500..600 => Refusal::Claims(of_claims::from_stored(stored)?),
            _ => return None,
        })
    }
}

/// The tables of one capability: code, number, the amount that some refusals tell, and the way
/// back from a number.
macro_rules! stored_refusals {
    (
        $refusal:ident {
            $($name:ident = $number:literal => $code:literal,)+
        }
        telling an amount {
            $($telling:ident { $money:ident } = $telling_number:literal => $telling_code:literal,)+
        }
        telling words {
            $($words:ident = $words_number:literal => $words_code:literal,)*
        }
    ) => {
        pub(super) fn code(refusal: &$refusal) -> &'static str {
            match refusal {
                $($refusal::$name => $code,)+
                $($refusal::$telling { .. } => $telling_code,)+
                $($refusal::$words { .. } => $words_code,)*
            }
        }

        pub(super) fn number(refusal: &$refusal) -> u16 {
            match refusal {
                $($refusal::$name => $number,)+
                $($refusal::$telling { .. } => $telling_number,)+
                $($refusal::$words { .. } => $words_number,)*
            }
        }

        pub(super) fn money(refusal: &$refusal) -> Option<base::Money> {
            match refusal {
                $($refusal::$telling { $money } => Some(*$money),)+
                _ => None,
            }
        }

        pub(super) fn from_stored(stored: crate::StoredRefusal) -> Option<$refusal> {
            Some(match stored.number {
                $($number => $refusal::$name,)+
                $($telling_number => $refusal::$telling { $money: stored.money? },)+
                // Its words are not kept: it is counted by its number, and never a stored answer.
                $($words_number => $refusal::$words { known: "something", told: "else" },)*
                _ => return None,
            })
        }
    };
}

/// The same of a capability whose refusals tell more than an amount: how one comes back is told by
/// its `$back`. `Refusal` is the type of the module that uses it.
macro_rules! telling_refusals {
    (
        saying { $($name:ident = $number:literal => $code:literal,)+ }
        telling { $($telling:pat = $telling_number:literal => $telling_code:literal,
            $back:expr;)+ }
    ) => {
        pub(super) fn code(refusal: &Refusal) -> &'static str {
            match refusal {
                $(Refusal::$name => $code,)+
                $($telling => $telling_code,)+
            }
        }

        pub(super) fn number(refusal: &Refusal) -> u16 {
            match refusal {
                $(Refusal::$name => $number,)+
                $($telling => $telling_number,)+
            }
        }

        pub(super) fn from_stored(stored: crate::StoredRefusal) -> Option<Refusal> {
            match stored.number {
                $($number => Some(Refusal::$name),)+
                $($telling_number => ($back)(stored),)+
                _ => None,
            }
        }
    };
}

use stored_refusals;
use telling_refusals;
