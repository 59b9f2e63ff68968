//! Writing mails.

use ::mail::bounce::ReturnPaths;
use ::mail::templates::{GREETING_BYTES_MAX, Gift, Greeting, gift};
use ::mail::{Address, Content, Mailbox, Message, NAME_BYTES_MAX, Name, Picture, SecretLink};
use base::{ContactId, Money, PurchaseId};
use giftcards::Card;
use outside::keyring::{KeyNumber, KeyRing};
use outside::people::PeopleError;
use store::WaitingMail;

use super::key::mail_key;
use super::matter::Matter;
use super::words::{GiftWords, Giver, ReadWords, Words};

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
    /// The page on which gifts are claimed, and their senders reported and blocked; links are this,
    /// `#`, and the text of the claim link or of the recipient token.
    pub claim_page: String,
    /// The page on which buyers see what they bought; the link is this, `#`, and the id of the
    /// purchase. Without one, mails to buyers have no link.
    pub purchase_page: Option<String>,
    /// The picture of a design by its name, a PNG; `None` when it is no design of ours.
    pub pictures: fn(&str) -> Option<&'static [u8]>,
}

impl Letterhead {
    /// A mail: the same bytes whenever it is written. `None` when there is nobody to send it to:
    /// they were erased, have no address that mail can go to, or want none from this sender.
    pub(super) fn write(
        &self,
        mail: &WaitingMail,
        matter: &Matter,
        words: &dyn ReadWords,
        ring: &KeyRing,
    ) -> Result<Option<Message>, PeopleError> {
        let written = match matter {
            Matter::Gift(card, contact) => match words.of_card(card)? {
                Words::Known(words) => {
                    let about_sender =
                        contact.and_then(|it| self.recipient_link(mail, card, it, ring));
                    self.gift(mail, card, &words, about_sender.as_ref(), ring)
                }
                Words::Erased => None,
            },
            Matter::Unwanted => None,
            Matter::Receipt(sale) => {
                let buyer = words.giver_of(&sale.card)?.and_then(|giver| mailbox(&giver));
                buyer.map(|buyer| (buyer, self.receipt(sale)))
            }
            Matter::NotDelivered(card, purchase) => {
                let recipient = match words.of_card(card)? {
                    Words::Known(words) => *words,
                    Words::Erased => GiftWords::default(),
                };
                let buyer = words.giver_of(card)?.and_then(|giver| mailbox(&giver));
                buyer.map(|buyer| (buyer, self.not_delivered(card, *purchase, &recipient)))
            }
            Matter::Returned(sale, back) => {
                let buyer = words.giver_of(&sale.card)?.and_then(|giver| mailbox(&giver));
                buyer.map(|buyer| (buyer, self.returned(sale, back)))
            }
        };
        let key = mail_key(mail.cause);
        Ok(written.map(|(to, content)| Message {
            return_path: self.return_paths.address(&key, ring),
            key,
            from: Mailbox { name: Some(self.shop.clone()), address: self.from.clone() },
            to,
            written_at: mail.written_at,
            content,
        }))
    }

    fn gift(
        &self,
        mail: &WaitingMail,
        card: &Card,
        words: &GiftWords,
        about_sender: Option<&SecretLink>,
        ring: &KeyRing,
    ) -> Option<(Mailbox, Content)> {
        let address = address(words.email.as_deref())?;
        let link = self.claim_link(card, ring)?;
        let sender = words.sender.as_deref().and_then(name).unwrap_or_else(|| known(NOBODY));
        let design = card.details.as_ref().and_then(|details| details.design.as_ref());
        let design = design.and_then(|design| name(design.as_str()));
        let picture = design.as_ref().and_then(|design| self.picture(mail, design));
        let design = design.unwrap_or_else(|| known(NO_DESIGN));
        let greeting = words.message.as_deref().and_then(greeting);
        let content = gift(&Gift {
            shop: &self.shop,
            sender: &sender,
            value: Money { amount: card.value, currency: card.currency },
            design: &design,
            picture: picture.as_ref(),
            greeting: greeting.as_ref(),
            link: &link,
            about_sender,
        });
        Some((Mailbox { name: words.recipient.as_deref().and_then(name), address }, content))
    }

    /// The picture of a design, named in this mail alone.
    fn picture(&self, mail: &WaitingMail, design: &Name) -> Option<Picture> {
        let png = (self.pictures)(design.as_str())?;
        let (key, domain) = (mail_key(mail.cause), self.from.domain());
        Some(Picture { id: format!("design-{}@{domain}", key.as_str()), png })
    }

    /// `None` when the card has no link, or one that the ring cannot make.
    fn claim_link(&self, card: &Card, ring: &KeyRing) -> Option<SecretLink> {
        let link = card.gift.as_ref()?.link?;
        let key = KeyNumber::new(u32::from(link.key))?;
        let link = ring.link_for(card.id, link.nonce, key).ok()?;
        SecretLink::new(&format!("{}#{}", self.claim_page, link.reveal())).ok()
    }

    /// Where the recipient says something about the sender. It is made with the key of the claim
    /// link, so the mail is the same at every attempt, whatever key is current.
    fn recipient_link(
        &self,
        mail: &WaitingMail,
        card: &Card,
        contact: ContactId,
        ring: &KeyRing,
    ) -> Option<SecretLink> {
        let key = KeyNumber::new(u32::from(card.gift.as_ref()?.link?.key))?;
        let token = ring.recipient_token(mail.book.as_str(), card.id, contact, key).ok()?;
        SecretLink::new(&format!("{}#{}", self.claim_page, token.reveal())).ok()
    }

    /// The buyer's page of a purchase.
    pub(super) fn purchase_link(&self, purchase: PurchaseId) -> Option<SecretLink> {
        let page = self.purchase_page.as_ref()?;
        SecretLink::new(&format!("{page}#{purchase}")).ok()
    }
}

fn mailbox(giver: &Giver) -> Option<Mailbox> {
    let address = address(giver.email.as_deref())?;
    Some(Mailbox { name: giver.name.as_deref().and_then(name), address })
}

/// An address that mail can go to.
fn address(text: Option<&str>) -> Option<Address> {
    Address::new(text?.trim()).ok()
}

pub(super) fn known(text: &str) -> Name {
    Name::new(text).expect("a word of ours")
}

/// A name on one line, cut where it is too long for a mail.
pub(super) fn name(text: &str) -> Option<Name> {
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
