//! What a claim is about.

use base::{Currency, Day, Instant, Money, PaymentId, PersonId, PromotionId, Region, Token};

use crate::{Fingerprint, Ground};

/// The name of a rail.
pub type RailName = Token<32>;

/// What the claimant names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A promotion of theirs.
    Promotion(PromotionId),
    /// A charge of theirs.
    Charge(PaymentId),
    /// What they know of a charge, from Help and without an account: staff finds the charge.
    Hint(ChargeHint),
}

/// What somebody without an account knows of a charge. What they have written is sealed elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeHint {
    /// The keyed hash of what the bank's statement shows, in lower case.
    pub descriptor: Fingerprint,
    /// The last four digits of card or account.
    pub last_four: LastFour,
    /// How much was charged.
    pub amount: Money,
    /// On which day, if they know.
    pub charged_on: Option<Day>,
}

/// The last four digits of a card or an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastFour(u16);

impl LastFour {
    /// Reads four digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<LastFour> {
        let is_four = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_four).map(LastFour)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<LastFour> {
        (number <= 9_999).then_some(LastFour(number))
    }

    /// The stored number.
    pub fn number(self) -> u16 {
        self.0
    }
}

/// Four digits.
impl std::fmt::Display for LastFour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// Days that a claim is about, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub starts_on: Day,
    /// The last.
    pub ends_on: Day,
}

impl Period {
    /// Whether all days of the other one are days of this.
    pub fn contains(&self, other: &Period) -> bool {
        self.starts_on <= other.starts_on && other.ends_on <= self.ends_on
    }
}

/// What was bought, as the rest of the book knows it: the promotion, and how it was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Which promotion.
    pub promotion: PromotionId,
    /// Which charge, when one is named.
    pub payment: Option<PaymentId>,
    /// Whose promotion, or who has paid the charge.
    pub owner: PersonId,
    /// In which currency.
    pub currency: Currency,
    /// Where the payer is, if that is known.
    pub region: Option<Region>,
    /// Over which rail most was paid; `None` when gift cards have paid all.
    pub rail: Option<RailName>,
    /// When it was paid; `None` when it was not.
    pub paid_at: Option<Instant>,
    /// When it begins.
    pub starts_at: Instant,
    /// When it has ended, or will.
    pub ends_at: Instant,
}

impl Purchase {
    /// The days of its life, from the payment on.
    pub(crate) fn days(&self) -> Period {
        let from = self.paid_at.unwrap_or(self.starts_at).min(self.starts_at);
        Period { starts_on: Day::of(from), ends_on: Day::of(self.ends_at) }
    }

    /// From when on the window of a claim on this ground counts.
    pub(crate) fn window_from(&self, ground: Ground) -> Instant {
        match ground {
            Ground::UnauthorizedCharge | Ground::Other => self.paid_at.unwrap_or(self.starts_at),
            Ground::TechnicalError | Ground::FailureToDeliver | Ground::PoorOutcome => self.ends_at,
        }
    }
}

/// Whether a claim on this ground can be about that.
pub(crate) fn is_allowed(ground: Ground, named: &Named) -> bool {
    match named {
        Named::Promotion(_) => true,
        // Delivery is delivery of a promotion.
        Named::Charge(_) | Named::Hint(_) => {
            matches!(ground, Ground::TechnicalError | Ground::UnauthorizedCharge | Ground::Other)
        }
    }
}
