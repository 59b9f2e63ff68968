//! Mails that wait to be sent: why each is sent, and what was tried.

use base::{CardId, Instant, OrderId, RefundId};

use crate::{BookName, EventPlace, StoreError};

/// Why a mail is sent: in a book, one cause is one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailCause {
    /// To its recipient: a card is handed over.
    Gift {
        /// The card.
        card: CardId,
        /// Which of its sendings.
        sending: u16,
    },
    /// To the buyer: gift cards were paid.
    Receipt {
        /// The order that sold them.
        order: OrderId,
    },
    /// To the buyer: a gift did not arrive.
    NotDelivered {
        /// The card.
        card: CardId,
        /// Which of its sendings.
        sending: u16,
    },
    /// To the buyer: what was paid for gift cards goes back.
    Returned {
        /// The refund.
        refund: RefundId,
    },
}

/// How far a mail that waits has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailStage {
    /// Nobody hands it over now.
    #[default]
    Waiting,
    /// An attempt is being made; of one that is found so after a start nobody knows how it ended.
    Begun,
    /// It was sent, and the card that it is about does not know it yet.
    Sent,
    /// It came back, and the card that it is about does not know it yet.
    Bounced,
}

impl MailStage {
    /// The number that is kept; none changes its meaning.
    pub fn number(self) -> u8 {
        match self {
            MailStage::Waiting => 0,
            MailStage::Begun => 1,
            MailStage::Sent => 2,
            MailStage::Bounced => 3,
        }
    }

    /// The stage of a number.
    pub fn from_number(number: u8) -> Option<MailStage> {
        [MailStage::Waiting, MailStage::Begun, MailStage::Sent, MailStage::Bounced]
            .into_iter()
            .find(|stage| stage.number() == number)
    }
}

/// A mail that is to be sent, or sent again. Its text is nowhere: it is made anew each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMail {
    /// The book that wants it.
    pub book: BookName,
    /// Why.
    pub cause: MailCause,
    /// Attempts that ended.
    pub made: u32,
    /// Those of them of which nobody knows how they ended.
    pub unknown: u32,
    /// How far it has come.
    pub stage: MailStage,
    /// When the next attempt is due, by the wall clock.
    pub next_at: Instant,
    /// When it was first to be sent, by the wall clock.
    pub written_at: Instant,
}

/// Mails of every book that wait, and how far the events that ask for them were read.
pub trait MailStore: Send {
    /// Where in a book's events to go on; `None` before the first.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as for every method here.
    fn mail_place(&mut self, book: &BookName) -> Result<Option<EventPlace>, StoreError>;

    /// Takes mails in and goes on behind their events. One that waits already stays as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn take_mails(
        &mut self,
        book: &BookName,
        next: EventPlace,
        mails: &[WaitingMail],
    ) -> Result<(), StoreError>;

    /// Mails of a book that are due by `until`, the longest due first, `limit` at most.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn due_mails(
        &mut self,
        book: &BookName,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WaitingMail>, StoreError>;

    /// Claims the next attempt at a mail that was found waiting. False when it is not as it was
    /// found: somebody else has begun, ended or forgotten it, and it must not be handed over.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn begin_mail(&mut self, found: &WaitingMail) -> Result<bool, StoreError>;

    /// How many mails of a book wait, and when the first of them was asked for.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn count_mails(&mut self, book: &BookName) -> Result<(u64, Option<Instant>), StoreError>;

    /// Keeps how a mail that waits went on.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn keep_mail(&mut self, mail: &WaitingMail) -> Result<(), StoreError>;

    /// Forgets a mail that waits no more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn forget_mail(&mut self, book: &BookName, cause: MailCause) -> Result<(), StoreError>;
}

impl MailCause {
    /// The kind, the id of what it is about, and which of several it is: numbers that are stored
    /// and never change.
    pub fn to_parts(self) -> (u8, [u8; 16], u16) {
        match self {
            MailCause::Gift { card, sending } => (1, card.to_bytes(), sending),
            MailCause::Receipt { order } => (2, order.to_bytes(), 0),
            MailCause::NotDelivered { card, sending } => (3, card.to_bytes(), sending),
            MailCause::Returned { refund } => (4, refund.to_bytes(), 0),
        }
    }

    /// Reads the parts back.
    pub fn from_parts(kind: u8, subject: [u8; 16], number: u16) -> Option<MailCause> {
        let card = CardId::from_bytes(subject);
        match (kind, number) {
            (1, sending) => Some(MailCause::Gift { card, sending }),
            (2, 0) => Some(MailCause::Receipt { order: OrderId::from_bytes(subject) }),
            (3, sending) => Some(MailCause::NotDelivered { card, sending }),
            (4, 0) => Some(MailCause::Returned { refund: RefundId::from_bytes(subject) }),
            _ => None,
        }
    }
}
