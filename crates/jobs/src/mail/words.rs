//! What people wrote and are called, opened for the moment of sending.

use std::fmt;

use giftcards::Card;
use outside::people::PeopleError;

/// What people wrote about a gift, opened.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct GiftWords {
    /// The recipient's address.
    pub email: Option<String>,
    /// The recipient's name.
    pub recipient: Option<String>,
    /// The giver's name.
    pub sender: Option<String>,
    /// What the giver wrote.
    pub message: Option<String>,
}

impl fmt::Debug for GiftWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GiftWords").finish_non_exhaustive()
    }
}

/// What is left of the words of a gift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// They can be read.
    Known(Box<GiftWords>),
    /// The recipient was erased.
    Erased,
}

/// Who gave a card, opened: of a bought card, its buyer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Giver {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

impl fmt::Debug for Giver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Giver").finish_non_exhaustive()
    }
}

/// Opens the words of a card: implemented by whoever knows the form in which they were sealed.
pub trait ReadWords: Send + Sync {
    /// The words of a card.
    ///
    /// # Errors
    ///
    /// [`PeopleError`] when the keys of persons cannot be used.
    fn of_card(&self, card: &Card) -> Result<Words, PeopleError>;

    /// Who gave a card; `None` when nobody said, or they were erased.
    ///
    /// # Errors
    ///
    /// [`PeopleError`].
    fn giver_of(&self, card: &Card) -> Result<Option<Giver>, PeopleError>;
}
