//! Writing the mail of a gift.

use std::fmt;

use ::mail::bounce::ReturnPaths;
use ::mail::templates::{GREETING_BYTES_MAX, Gift, Greeting, gift};
use ::mail::{Address, Mailbox, Message, NAME_BYTES_MAX, Name, SecretLink};
use base::Money;
use giftcards::Card;
use outside::keyring::{KeyNumber, KeyRing};
use outside::people::PeopleError;
use store::WaitingMail;

use super::key::mail_key;

/// What a gift without a name of a giver is from; the template says the same of odd names.
const NOBODY: &str = "Somebody";

/// The design of a card that has none.
const NO_DESIGN: &str = "Classic";

/// What all mails of an installation have in common.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The shop as mails call it.
    pub shop: Name,
    /// Who they come from.
    pub from: Address,
    /// Where failures are reported to.
    pub return_paths: ReturnPaths,
    /// The page on which gifts are claimed; the link is this, `#`, and the text of the claim link.
    pub claim_page: String,
}

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

/// Opens the words of a card: implemented by whoever knows the form in which they were sealed.
pub trait ReadWords: Send + Sync {
    /// The words of a card.
    ///
    /// # Errors
    ///
    /// [`PeopleError`] when the keys of persons cannot be used.
    fn of_card(&self, card: &Card) -> Result<Words, PeopleError>;
}

/// Why no mail can be written, now or ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// There is no address, or none that mail can go to.
    NoAddress,
    /// The card has no link, or one that the ring cannot make.
    NoLink,
}

impl Letterhead {
    /// The mail of a sending: the same bytes whenever it is written.
    pub(super) fn write(
        &self,
        mail: &WaitingMail,
        card: &Card,
        words: &GiftWords,
        ring: &KeyRing,
    ) -> Result<Message, Unwritable> {
        let address = words.email.as_deref().map(str::trim).map(Address::new);
        let address = address.and_then(Result::ok).ok_or(Unwritable::NoAddress)?;
        let link = self.link(card, ring).ok_or(Unwritable::NoLink)?;
        let sender = words.sender.as_deref().and_then(name).unwrap_or_else(|| known(NOBODY));
        let design = card.details.as_ref().and_then(|details| details.design.as_ref());
        let design = design.and_then(|design| name(design.as_str()));
        let design = design.unwrap_or_else(|| known(NO_DESIGN));
        let greeting = words.message.as_deref().and_then(greeting);
        let key = mail_key(mail.card, mail.sending);
        Ok(Message {
            return_path: self.return_paths.address(&key, ring),
            key,
            from: Mailbox { name: Some(self.shop.clone()), address: self.from.clone() },
            to: Mailbox { name: words.recipient.as_deref().and_then(name), address },
            written_at: mail.written_at,
            content: gift(&Gift {
                shop: &self.shop,
                sender: &sender,
                value: Money { amount: card.value, currency: card.currency },
                design: &design,
                greeting: greeting.as_ref(),
                link: &link,
            }),
        })
    }

    fn link(&self, card: &Card, ring: &KeyRing) -> Option<SecretLink> {
        let link = card.gift.as_ref()?.link?;
        let key = KeyNumber::new(u32::from(link.key))?;
        let link = ring.link_for(card.id, link.nonce, key).ok()?;
        SecretLink::new(&format!("{}#{}", self.claim_page, link.reveal())).ok()
    }
}

fn known(text: &str) -> Name {
    Name::new(text).expect("a word of ours")
}

/// A name on one line, cut where it is too long for a mail.
fn name(text: &str) -> Option<Name> {
    Name::new(cut(text, NAME_BYTES_MAX)).ok()
}

fn greeting(text: &str) -> Option<Greeting> {
    Greeting::multiline(cut(text, GREETING_BYTES_MAX)).ok()
}

/// The beginning of a text, in so many bytes and whole letters.
fn cut(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_letters() {
        for (text, bytes_max, expected) in
            [("abc", 3, "abc"), ("abc", 2, "ab"), ("aé", 2, "a"), ("é", 1, ""), (" a ", 9, "a")]
        {
            assert_eq!(cut(text, bytes_max), expected, "{text}");
        }
        assert_eq!(name(&"é".repeat(200)).unwrap().as_str().len(), NAME_BYTES_MAX);
        assert_eq!(name(""), None);
    }
}
