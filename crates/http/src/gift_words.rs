//! Opening what people wrote about a gift, for whoever writes the mail.

use std::sync::Arc;

use giftcards::{Card, Sealed};
use jobs::mail::{GiftWords, Giver, ReadWords, Words};
use outside::people::{Opened, PeopleError, PeopleKeys};
use serde::de::DeserializeOwned;

use crate::personal::{RECIPIENT, SENDER};
use crate::routes::gift_cards::issue::people::SealedRecipient;
use crate::views::gift_card::PersonText;

/// Opens the words of cards, in the form in which the API seals them.
#[derive(Clone, Debug)]
pub struct GiftWordsReader {
    people: Arc<PeopleKeys>,
}

impl GiftWordsReader {
    /// With these keys.
    pub fn new(people: Arc<PeopleKeys>) -> GiftWordsReader {
        GiftWordsReader { people }
    }

    /// What was sealed; `None` when its person was erased. Text that is not understood says
    /// nothing.
    fn open<T: Default + DeserializeOwned>(
        &self,
        purpose: &str,
        sealed: Option<&Sealed>,
    ) -> Result<Option<T>, PeopleError> {
        let Some(sealed) = sealed else { return Ok(Some(T::default())) };
        Ok(match self.people.open(sealed.person, purpose, &sealed.bytes)? {
            Opened::Text(text) => Some(serde_json::from_str(&text).unwrap_or_default()),
            Opened::Erased => None,
        })
    }
}

impl ReadWords for GiftWordsReader {
    fn of_card(&self, card: &Card) -> Result<Words, PeopleError> {
        let details = card.details.as_deref();
        let recipient = details.and_then(|details| details.recipient.as_ref());
        let Some(recipient) = self.open::<SealedRecipient>(RECIPIENT, recipient)? else {
            return Ok(Words::Erased);
        };
        let sender = details.and_then(|details| details.sender.as_ref());
        // A gift of somebody who was erased is still a gift.
        let sender = self.open::<PersonText>(SENDER, sender)?.unwrap_or_default();
        Ok(Words::Known(Box::new(GiftWords {
            email: recipient.person.email,
            recipient: recipient.person.name,
            sender: sender.name,
            message: recipient.message,
        })))
    }

    fn giver_of(&self, card: &Card) -> Result<Option<Giver>, PeopleError> {
        let sender = card.details.as_deref().and_then(|details| details.sender.as_ref());
        if sender.is_none() {
            return Ok(None);
        }
        let sender = self.open::<PersonText>(SENDER, sender)?;
        Ok(sender.map(|sender| Giver { name: sender.name, email: sender.email }))
    }
}
