//! The card row, its code and what people are told about it.

use base::{AccountId, Token};
use base::{Amount, CardId, Currency, HoldId, Instant, Money, PaymentId, PersonId, ProgramId};
use base::{Region, Text};
use ledger::{Account, AccountName, RailName};

use crate::{Gift, Label, Metadata, Scope, limits};

/// Keyed hash of a code; the key is outside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeHash(pub [u8; 16]);

impl CodeHash {
    /// The hash of these bits.
    pub const fn from_bits(bits: u128) -> CodeHash {
        CodeHash(bits.to_be_bytes())
    }

    /// The bits.
    pub const fn bits(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

/// What is known about the current code of a card. Neither the code nor anything that yields it
/// without the key ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Look-up key of the code.
    pub hash: CodeHash,
    /// Number of the ring key that made code and hash.
    pub key: u16,
    /// Together with the card id and the ring key, re-creates a code of ours; zero when the code
    /// came from elsewhere and cannot be re-created.
    pub nonce: u64,
    /// Last four characters, for people to tell cards apart.
    pub last4: [u8; 4],
}

/// Row that finds a card by the hash of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// Hash of the code.
    pub hash: CodeHash,
    /// The card it spends, or spent.
    pub card: CardId,
    /// False once the code was replaced; the row stays so that the code is never given out again.
    pub live: bool,
}

/// The stored state of a card. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CardState {
    /// May be spent, unless blocked, past its date, or empty.
    Active = 1,
    /// Past its date and booked as such.
    Expired = 2,
    /// Taken back by the issuer.
    Canceled = 3,
}

/// What a card is shown as: the stored state, sharpened by date and balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardStatus {
    /// Cannot be spent yet, and never could.
    Pending,
    /// May be spent unless blocked.
    Active,
    /// Nothing left.
    Depleted,
    /// Past its date.
    Expired,
    /// Taken back by the issuer.
    Canceled,
}

/// Why a living card cannot be spent for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Since when.
    pub since: Instant,
    /// A machine word such as `lost` or `fraud_suspected`; never free text.
    pub reason: Token<40>,
}

/// Where the value of a card came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Funding {
    /// Given away by the issuer.
    Promotional,
    /// Owed by a business customer.
    Invoice {
        /// The customer.
        customer: Token<64>,
    },
    /// Paid somewhere else.
    External,
    /// Bought in an order that a payment of ours paid. Only an order issues such cards, out of
    /// what its tenders brought in.
    Payment {
        /// The payment.
        payment: PaymentId,
        /// The rail it came over.
        rail: RailName,
    },
    /// Given to a payer instead of money that was owed to them, by their word.
    StoreCredit,
    /// Taken over from another system.
    Import,
}

impl Funding {
    /// The account on the other side of the issue.
    pub fn account(&self) -> AccountName {
        match self {
            Funding::Promotional => AccountName::GiftCardIncentives,
            Funding::Invoice { customer } => AccountName::Receivable(customer.clone()),
            Funding::External => {
                let rail = Token::new("external").expect("a lower-case word is a token");
                AccountName::RailClearing(rail)
            }
            Funding::Payment { .. } => AccountName::OrderClearing,
            Funding::StoreCredit => AccountName::RefundPayable,
            Funding::Import => AccountName::ImportOpening,
        }
    }

    /// The account that takes what is left when the card is canceled: where it came from, or
    /// income when an order sold it or it is store credit, for nobody waits for it there. Whoever
    /// wants its payer to have it refunds the order.
    pub fn cancel_account(&self) -> AccountName {
        match self {
            Funding::Payment { .. } | Funding::StoreCredit => AccountName::GiftCardBreakage,
            _ => self.account(),
        }
    }

    /// Stable lower-case name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Funding::Promotional => "promotional",
            Funding::Invoice { .. } => "invoice",
            Funding::External => "external",
            Funding::Payment { .. } => "payment",
            Funding::StoreCredit => "store_credit",
            Funding::Import => "import",
        }
    }

    /// The account that takes what is left when the card expires: income for value that was
    /// sold, the original expense for value that was given away.
    pub fn expiry_account(&self) -> AccountName {
        match self {
            Funding::Promotional => AccountName::GiftCardIncentives,
            _ => AccountName::GiftCardBreakage,
        }
    }
}

/// Personal text, sealed under the key of the person it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Whose key opens it.
    pub person: PersonId,
    /// Ciphertext.
    pub bytes: Box<[u8]>,
}

/// Where in the shop the card came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `shop`, `post`, `profile` or `live`.
    pub kind: Token<20>,
    /// Its id there.
    pub id: Label,
}

/// Behaviour of the magic cards of test books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Sandbox {
    /// An ordinary card.
    #[default]
    None = 0,
    /// Holds succeed, captures are refused.
    FailsAtCapture = 1,
}

/// What most cards do not have, kept apart so that the others stay small in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Where it may be spent.
    pub scope: Scope,
    /// Regions in which it may be spent; empty means everywhere.
    pub regions: Vec<Region>,
    /// Strings of the shop.
    pub metadata: Metadata,
    /// The shop's own reference (an order, an import row).
    pub reference: Option<Text<255>>,
    /// Recipient and message, sealed under the recipient's key.
    pub recipient: Option<Sealed>,
    /// Sender, sealed under the sender's key.
    pub sender: Option<Sealed>,
    /// Name of the design.
    pub design: Option<Token<40>>,
    /// Where it was bought.
    pub source: Option<Source>,
}

impl Details {
    /// As a card keeps them: details that say nothing are none.
    pub(crate) fn kept(self) -> Option<Box<Details>> {
        (self != Details::default()).then(|| Box::new(self))
    }

    /// True when every list and sealed text is within [`limits`].
    pub(crate) fn within_limits(&self) -> bool {
        let sealed = [&self.recipient, &self.sender];
        self.scope.within_limits()
            && self.regions.len() <= limits::SCOPE_LIST_MAX
            && sealed.into_iter().flatten().all(|text| text.bytes.len() <= limits::SEALED_BYTES_MAX)
    }
}

/// A gift card. Its money is in the ledger account `giftcard/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id; the ledger account has the same bits.
    pub id: CardId,
    /// Terms it was issued under.
    pub program: Option<ProgramId>,
    /// Currency of the card.
    pub currency: Currency,
    /// What it was issued with, in minor units.
    pub value: Amount,
    /// Stored state.
    pub state: CardState,
    /// Set while frozen.
    pub frozen: Option<Block>,
    /// Set while the payment that bought it is disputed.
    pub disputed: Option<Block>,
    /// Before this instant it cannot be spent; `None` when it could be from its issue on.
    pub activates_at: Option<Instant>,
    /// Current code.
    pub code: Code,
    /// From this instant on it cannot be spent; `None` never expires.
    pub expires_at: Option<Instant>,
    /// Where its value came from.
    pub funding: Funding,
    /// How much of what is on it was given on top of what it was issued with, also while it is
    /// held. Zero where all of it was given away.
    pub goodwill: Amount,
    /// What was taken off it when it expired, so that an extension can give it back.
    pub expired_value: Amount,
    /// How much of that was goodwill.
    pub expired_goodwill: Amount,
    /// What it has given back to the order that sold it.
    pub given_back: Amount,
    /// Seconds one hold may last.
    pub hold_seconds_max: u32,
    /// Days by which a refund prolongs it after it expired.
    pub refund_extension_days: u16,
    /// Open holds and when they lapse, in order of creation.
    pub open_holds: Vec<(HoldId, Instant)>,
    /// Behaviour in test books.
    pub sandbox: Sandbox,
    /// When it was issued.
    pub created_at: Instant,
    /// What most cards do not have.
    pub details: Option<Box<Details>>,
    /// How it reaches the person it is for; `None` while nothing is known of that.
    pub gift: Option<Box<Gift>>,
}

impl Card {
    /// Money of this card's currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency }
    }

    /// True from the expiry date on, whether or not it was booked.
    pub fn is_past_expiry(&self, now: Instant) -> bool {
        self.state == CardState::Expired || self.expires_at.is_some_and(|at| at <= now)
    }

    /// True unless it is canceled: only then there is nowhere for money to go back to.
    pub fn takes_refunds(&self) -> bool {
        self.state != CardState::Canceled
    }

    /// True before the instant from which on it may be spent.
    pub fn is_before_activation(&self, now: Instant) -> bool {
        self.activates_at.is_some_and(|at| now < at)
    }

    /// Holds that have lapsed by `now` but are still listed as open.
    pub fn lapsed_holds(&self, now: Instant) -> impl Iterator<Item = HoldId> {
        self.open_holds.iter().filter(move |(_, at)| *at <= now).map(|(id, _)| *id)
    }
}

/// The ledger account of a card.
pub fn account_of(card: CardId) -> AccountId {
    AccountId::from_bits(card.bits())
}

/// What the card is shown as at `now`.
pub fn status(card: &Card, account: &Account, now: Instant) -> CardStatus {
    match card.state {
        CardState::Canceled => CardStatus::Canceled,
        CardState::Expired => CardStatus::Expired,
        CardState::Active if card.is_past_expiry(now) => CardStatus::Expired,
        CardState::Active if card.is_before_activation(now) => CardStatus::Pending,
        CardState::Active if account.balance() == 0 => CardStatus::Depleted,
        CardState::Active => CardStatus::Active,
    }
}

impl CardState {
    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<CardState> {
        match number {
            1 => Some(CardState::Active),
            2 => Some(CardState::Expired),
            3 => Some(CardState::Canceled),
            _ => None,
        }
    }
}

impl CardStatus {
    /// Every status.
    pub const ALL: [CardStatus; 5] = [
        CardStatus::Pending,
        CardStatus::Active,
        CardStatus::Depleted,
        CardStatus::Expired,
        CardStatus::Canceled,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            CardStatus::Pending => "pending",
            CardStatus::Active => "active",
            CardStatus::Depleted => "depleted",
            CardStatus::Expired => "expired",
            CardStatus::Canceled => "canceled",
        }
    }
}
