//! What our mails say.
//!
//! Each mail is a function from what it is about to its [`Content`]; the same input gives the same
//! words. Text and HTML are made from one list of blocks, so they cannot say different things.
//!
//! Words of people are treated as what they are: a stranger may have written them to make our mail
//! say something of theirs. See [`first_name`] and the private module `words`. What may be said,
//! how often, and by whom is decided before a mail is written.

mod account_news;
mod blocks;
mod buyer;
mod request;
mod sign_in;
mod words;

use base::{Money, Text};

use crate::{Content, Name, Picture, SecretLink, Subject};
pub use account_news::{AccountChanged, AccountNews, account_changed};
use blocks::{Block, page};
pub use buyer::{
    GiftNotDelivered, GiftReceipt, MoneyBack, WhyBack, gift_not_delivered, gift_receipt, money_back,
};
pub use request::{
    RequestAnswered, RequestAnsweredInFull, RequestReceived, request_answered,
    request_answered_in_full, request_received,
};
pub use sign_in::{SignInCode, sign_in_code};
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
    /// The design as a picture, if it is one of ours.
    pub picture: Option<&'a Picture>,
    /// What the giver wrote.
    pub greeting: Option<&'a Greeting>,
    /// Where the gift is claimed.
    pub link: &'a SecretLink,
    /// Where the sender is reported or blocked; `None` when there is nobody to report.
    pub about_sender: Option<&'a SecretLink>,
}

/// The mail of a [`Gift`].
pub fn gift(gift: &Gift<'_>) -> Content {
    let (shop, sender) = (Clean::name(gift.shop), first_name(gift.sender));
    let mut blocks = vec![Block::Heading(format!("{sender} sent you a gift card"))];
    blocks.extend(gift.picture.map(Block::Picture));
    blocks.push(Block::Words(format!(
        "It is worth {} at {shop}. Design: {}.",
        gift.value,
        Clean::name(gift.design)
    )));
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
        Block::Note("You did not expect this? You need not do anything.".to_owned()),
    ]);
    if let Some(link) = gift.about_sender {
        let says = format!("Report who sent it to {shop}, or get no more gifts from them");
        blocks.push(Block::Link(says, link));
    }
    let content = content(&format!("{sender} sent you a gift card for {shop}"), &blocks);
    Content { picture: gift.picture.cloned(), ..content }
}

fn content(subject: &str, blocks: &[Block<'_>]) -> Content {
    let subject = Subject::new(subject).expect("one line, of names that fit with room to spare");
    let (text, html) = page(subject.as_str(), blocks);
    Content { subject, text, html, picture: None }
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
                picture: None,
                greeting: None,
                link: &link,
                about_sender: Some(&link),
            });
            assert!(written.subject.as_str().contains("sent you a gift card for"));
        }
    }
}
