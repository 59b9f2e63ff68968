//! What our mails say.
//!
//! Each mail is a function from what it is about to its [`Content`]; the same input gives the same
//! words. Text and HTML are made from one list of blocks, so they cannot say different things.
//!
//! Words of people are treated as what they are: a stranger may have written them to make our mail
//! say something of theirs. See [`first_name`] and the private module `words`. What may be said,
//! how often, and by whom is decided before a mail is written.

mod blocks;
mod words;

use base::{Money, Text};

use crate::{Content, Name, SecretLink, Subject};
use blocks::{Block, page};
pub use words::first_name;
use words::{Clean, clean_lines};

/// Most bytes of what a giver writes to go with a gift.
pub const GREETING_BYTES_MAX: usize = 2000;

/// What a giver writes to go with a gift: may have several lines.
pub type Greeting = Text<GREETING_BYTES_MAX>;

/// To the recipient of a gift: somebody sent you a card, and here is where to get it.
///
/// The link shows the gift; only a button on its page claims it, because mail scanners open links.
#[derive(Clone, Copy, Debug)]
pub struct Gift<'a> {
    /// The shop whose card it is.
    pub shop: &'a Name,
    /// The giver's name as given; the mail shows the first name only.
    pub sender: &'a Name,
    /// What the card is worth.
    pub value: Money,
    /// The name of the design, such as "Birthday".
    pub design: &'a Name,
    /// What the giver wrote.
    pub greeting: Option<&'a Greeting>,
    /// Where the gift is claimed.
    pub link: &'a SecretLink,
}

/// The mail of a [`Gift`].
pub fn gift(gift: &Gift<'_>) -> Content {
    let (shop, sender) = (Clean::name(gift.shop), first_name(gift.sender));
    let mut blocks = vec![
        Block::Heading(format!("{sender} sent you a gift card")),
        Block::Words(format!(
            "It is worth {} at {shop}. Design: {}.",
            gift.value,
            Clean::name(gift.design)
        )),
    ];
    if let Some(greeting) = gift.greeting {
        blocks.push(Block::Words(format!("{sender} wrote:")));
        blocks.push(Block::Quote(clean_lines(greeting.as_str())));
    }
    blocks.extend([
        Block::Button("See your gift", gift.link),
        Block::Note(
            "Only this mail has the link, and whoever has the link can claim the gift: do not \
             pass it on."
                .to_owned(),
        ),
        Block::Note(format!(
            "You did not expect this? You need not do anything. The page behind the link also has \
             a way to report it to {shop}."
        )),
    ]);
    content(&format!("{sender} sent you a gift card for {shop}"), &blocks)
}

/// To the buyer: what was bought, and what it cost.
#[derive(Clone, Copy, Debug)]
pub struct GiftReceipt<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// The number of the receipt.
    pub number: &'a Name,
    /// How many cards.
    pub cards: u32,
    /// What each is worth.
    pub value: Money,
    /// What was paid in all.
    pub paid: Money,
    /// The buyer's page of this purchase.
    pub link: &'a SecretLink,
}

/// The mail of a [`GiftReceipt`].
pub fn gift_receipt(receipt: &GiftReceipt<'_>) -> Content {
    let (shop, number) = (Clean::name(receipt.shop), Clean::name(receipt.number));
    let cards = counted(receipt.cards);
    let blocks = [
        Block::Heading("Thank you".to_owned()),
        Block::Words(format!("You bought {cards} worth {} at {shop}.", each(receipt))),
        Block::Words(format!("Paid: {}. Receipt number: {number}.", receipt.paid)),
        Block::Button("See your purchase", receipt.link),
        Block::Note("There you see whether a gift has arrived and was claimed.".to_owned()),
    ];
    content(&format!("Your receipt from {shop}: {number}"), &blocks)
}

/// To the buyer, right after paying: it can still be undone.
#[derive(Clone, Copy, Debug)]
pub struct UndoPossible<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// How many cards.
    pub cards: u32,
    /// What was paid in all.
    pub paid: Money,
    /// Minutes from paying until it can no longer be undone.
    pub minutes: u32,
    /// The buyer's page of this purchase.
    pub link: &'a SecretLink,
}

/// The mail of an [`UndoPossible`].
pub fn undo_possible(undo: &UndoPossible<'_>) -> Content {
    let shop = Clean::name(undo.shop);
    let minutes = undo.minutes;
    let blocks = [
        Block::Heading("A wrong address, a wrong amount?".to_owned()),
        Block::Words(format!(
            "You bought {} for {} at {shop}. For {minutes} minutes after paying you can undo it: \
             nothing is sent then, and the money goes back the way it came.",
            counted(undo.cards),
            undo.paid
        )),
        Block::Button("See or undo your purchase", undo.link),
        Block::Note("All is well? You need not do anything.".to_owned()),
    ];
    content(&format!("{shop}: you can undo your purchase for {minutes} minutes"), &blocks)
}

/// To the buyer: the recipient's address does not work.
#[derive(Clone, Copy, Debug)]
pub struct GiftNotDelivered<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// The recipient's name as the buyer gave it.
    pub recipient: Option<&'a Name>,
    /// What the card is worth.
    pub value: Money,
    /// The buyer's page of this purchase, where the address is corrected.
    pub link: &'a SecretLink,
}

/// The mail of a [`GiftNotDelivered`].
pub fn gift_not_delivered(gift: &GiftNotDelivered<'_>) -> Content {
    let shop = Clean::name(gift.shop);
    let to_whom =
        gift.recipient.map(|name| format!(" to {}", first_name(name))).unwrap_or_default();
    let blocks = [
        Block::Heading(format!("Your gift{to_whom} could not be delivered")),
        Block::Words(format!(
            "The address does not take mail. The gift card worth {} is safe: nobody has claimed \
             it, and nothing is lost.",
            gift.value
        )),
        Block::Button("Correct the address", gift.link),
        Block::Note("There you can also take the link yourself and pass it on.".to_owned()),
    ];
    content(&format!("{shop}: your gift{to_whom} could not be delivered"), &blocks)
}

fn each(receipt: &GiftReceipt<'_>) -> String {
    if receipt.cards == 1 { receipt.value.to_string() } else { format!("{} each", receipt.value) }
}

fn counted(cards: u32) -> String {
    if cards == 1 { "a gift card".to_owned() } else { format!("{cards} gift cards") }
}

fn content(subject: &str, blocks: &[Block<'_>]) -> Content {
    let subject = Subject::new(subject).expect("one line, of names that fit with room to spare");
    let (text, html) = page(subject.as_str(), blocks);
    Content { subject, text, html }
}

#[cfg(test)]
mod tests {
    use base::Currency;

    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn the_longest_names_fit_a_subject() {
        let long = name(&"é".repeat(crate::NAME_BYTES_MAX / 2));
        let link = SecretLink::new("https://shop.example/g").unwrap();
        let money = Money::parse_decimal("25.00", Currency::parse("USD").unwrap()).unwrap();
        let hebrew = name(&"א".repeat(crate::NAME_BYTES_MAX / 2));
        for long in [long, hebrew] {
            let written = gift(&Gift {
                shop: &long,
                sender: &long,
                value: money,
                design: &long,
                greeting: None,
                link: &link,
            });
            assert!(written.subject.as_str().contains("sent you a gift card for"));
        }
    }
}
