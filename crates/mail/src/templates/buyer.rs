//! Mails to whoever bought gift cards.
//!
//! They have no words that a buyer may choose but a first name and an address, for the buyer's own
//! address is what somebody typed as well.

use base::{Instant, Money};

use super::blocks::Block;
use super::content;
use super::words::{Clean, first_name};
use crate::{Content, Name, SecretLink};

/// To the buyer: what was bought, what it cost, and until when it can be undone.
#[derive(Clone, Copy, Debug)]
pub struct GiftReceipt<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// The number of the receipt.
    pub number: &'a Name,
    /// What each card is worth.
    pub cards: &'a [Money],
    /// What was paid for the cards.
    pub paid: Money,
    /// What was paid in all, for other things too.
    pub total: Money,
    /// Minutes from paying until it can no longer be undone.
    pub undo_minutes: u64,
    /// Until then it can be undone.
    pub undo_until: Instant,
    /// The buyer's page of this purchase.
    pub link: Option<&'a SecretLink>,
}

/// The mail of a [`GiftReceipt`].
pub fn gift_receipt(receipt: &GiftReceipt<'_>) -> Content {
    let (shop, number) = (Clean::name(receipt.shop), Clean::name(receipt.number));
    let mut paid = format!("Paid: {}.", receipt.paid);
    if receipt.total != receipt.paid {
        paid += &format!(" With all else of the order: {}.", receipt.total);
    }
    let mut blocks = vec![
        Block::Heading("Thank you".to_owned()),
        Block::Words(format!("You bought {} at {shop}.", worth(receipt.cards))),
        Block::Words(format!("{paid} Receipt number: {number}.")),
        Block::Words(format!(
            "A wrong address, a wrong amount? You can undo the purchase within {} minutes of \
             paying, until {}, as long as nobody has claimed or spent a card of it. The money goes \
             back the way it came.",
            receipt.undo_minutes,
            minute(receipt.undo_until)
        )),
    ];
    match receipt.link {
        Some(link) => blocks.extend([
            Block::Button("See or undo your purchase", link),
            Block::Note("There you see whether a gift has arrived and was claimed.".to_owned()),
        ]),
        None => blocks.push(ask(&shop, "To undo it", &number)),
    }
    content(&format!("Your receipt from {shop}: {number}"), &blocks)
}

/// To the buyer: the recipient's address does not work, or takes no gifts from them, which is for
/// the recipient to say.
#[derive(Clone, Copy, Debug)]
pub struct GiftNotDelivered<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// The recipient's name as the buyer gave it.
    pub recipient: Option<&'a Name>,
    /// The recipient's address as the buyer gave it; it is shown so that no mail program makes a
    /// link of it.
    pub address: Option<&'a Name>,
    /// What the card is worth.
    pub value: Money,
    /// The buyer's page of this purchase, where the address is corrected.
    pub link: Option<&'a SecretLink>,
}

/// The mail of a [`GiftNotDelivered`].
pub fn gift_not_delivered(gift: &GiftNotDelivered<'_>) -> Content {
    let shop = Clean::name(gift.shop);
    let to_whom =
        gift.recipient.map(|name| format!(" to {}", first_name(name))).unwrap_or_default();
    let mut blocks = vec![
        Block::Heading(format!("Your gift{to_whom} could not be delivered")),
        Block::Words(format!(
            "Our mail does not reach the address. The gift card worth {} is safe: nobody has \
             claimed it, and nothing is lost.",
            gift.value
        )),
    ];
    if let Some(address) = gift.address {
        let address = Clean::name(address);
        blocks.push(Block::Words(format!("This is the address that you gave us: {address}")));
    }
    match gift.link {
        Some(link) => blocks.extend([
            Block::Button("Correct the address", link),
            Block::Note("There you can also take the link yourself and pass it on.".to_owned()),
        ]),
        None => blocks.push(Block::Note(format!(
            "Tell {shop} the right address, and the gift is sent again."
        ))),
    }
    content(&format!("{shop}: your gift{to_whom} could not be delivered"), &blocks)
}

/// To the buyer: what was paid for gift cards goes back.
#[derive(Clone, Copy, Debug)]
pub struct MoneyBack<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// Why.
    pub why: WhyBack,
    /// How much goes where: to a method by the name that payers know, or the way it came.
    pub ways: &'a [(Money, Option<Name>)],
    /// The number of the receipt.
    pub receipt: &'a Name,
    /// The number of the credit note.
    pub credit_note: &'a Name,
    /// The buyer's page of this purchase.
    pub link: Option<&'a SecretLink>,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyBack {
    /// The purchase was undone.
    Undone,
    /// Nobody has claimed a gift in time.
    Unclaimed,
    /// It is any other refund.
    Refunded,
}

/// The mail of a [`MoneyBack`].
pub fn money_back(back: &MoneyBack<'_>) -> Content {
    let shop = Clean::name(back.shop);
    let (receipt, credit_note) = (Clean::name(back.receipt), Clean::name(back.credit_note));
    let (subject, heading, first) = match back.why {
        WhyBack::Undone => (
            "your purchase was undone",
            "Your purchase was undone",
            format!("The gift cards that you bought at {shop} are canceled."),
        ),
        WhyBack::Unclaimed => (
            "a gift of yours was not claimed",
            "A gift of yours was not claimed",
            format!("Nobody has claimed it in time, so {shop} gives back what you paid for it."),
        ),
        WhyBack::Refunded => (
            "money comes back to you",
            "Money comes back to you",
            format!("It is what {shop} gives back of what you paid for gift cards."),
        ),
    };
    let mut blocks = vec![Block::Heading(heading.to_owned()), Block::Words(first)];
    blocks.extend(back.ways.iter().map(|(amount, method)| {
        let to = method.as_ref().map(Clean::name);
        let to = to.map_or_else(|| "the way you paid".to_owned(), |method| method.to_string());
        Block::Words(format!("{amount} goes back to: {to}."))
    }));
    blocks.push(Block::Words(format!("Receipt number: {receipt}. Credit note: {credit_note}.")));
    blocks.push(Block::Note("It may take some days until your bank shows it.".to_owned()));
    match back.link {
        Some(link) => blocks.push(Block::Button("See your purchase", link)),
        None => blocks.push(ask(&shop, "If you have a question", &receipt)),
    }
    content(&format!("{shop}: {subject}"), &blocks)
}

/// What to do where there is no page to do it on.
fn ask(shop: &Clean, why: &str, receipt: &Clean) -> Block<'static> {
    Block::Note(format!("{why}, turn to {shop} with the number of your receipt, {receipt}."))
}

/// The cards and their values, those of one value together.
fn worth(cards: &[Money]) -> String {
    let mut groups: Vec<(Money, usize)> = Vec::new();
    for value in cards {
        match groups.iter_mut().find(|(known, _)| known == value) {
            Some((_, count)) => *count += 1,
            None => groups.push((*value, 1)),
        }
    }
    let named = groups.iter().map(|(value, count)| match count {
        1 => format!("a gift card worth {value}"),
        count => format!("{count} gift cards worth {value} each"),
    });
    named.collect::<Vec<_>>().join(", ")
}

/// An instant to the minute, as people read it: 2026-11-20 10:10 (UTC).
pub(super) fn minute(at: Instant) -> String {
    let text = at.to_string();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    let time: String = time.chars().take(5).collect();
    format!("{date} {time} (UTC)")
}

#[cfg(test)]
mod tests {
    use base::Currency;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse_decimal(text, Currency::parse("USD").unwrap()).unwrap()
    }

    #[test]
    fn cards_of_one_value_are_told_together() {
        let (less, more) = (money("10.00"), money("25.00"));
        for (cards, expected) in [
            (vec![more], "a gift card worth 25.00 USD"),
            (vec![more, more], "2 gift cards worth 25.00 USD each"),
            (
                vec![more, less, more],
                "2 gift cards worth 25.00 USD each, a gift card worth 10.00 USD",
            ),
        ] {
            assert_eq!(worth(&cards), expected);
        }
    }

    #[test]
    fn a_time_is_told_to_the_minute() {
        for (at, expected) in [
            ("2026-11-20T10:10:00Z", "2026-11-20 10:10 (UTC)"),
            ("2026-11-20T10:10:59.999999Z", "2026-11-20 10:10 (UTC)"),
        ] {
            assert_eq!(minute(Instant::parse(at).unwrap()), expected);
        }
    }
}
