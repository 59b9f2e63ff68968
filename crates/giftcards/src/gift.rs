//! A card as a gift: who has it now, the link by which it is claimed, and how it gets there.

use base::{Instant, PersonId};

use crate::ReturnTerm;

/// What is known of a card's way to its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gift {
    /// Who claimed it.
    pub owner: Option<Owner>,
    /// The link by which it is claimed.
    pub link: Option<ClaimLink>,
    /// How it is delivered.
    pub delivery: Option<Delivery>,
    /// When its value goes back to its buyer, when the program says so and nobody has it yet.
    pub return_term: Option<ReturnTerm>,
    /// Who bought it for somebody; `None` when that is whoever the card names.
    pub sender: Option<PersonId>,
}

/// Whose card it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The person.
    pub person: PersonId,
    /// Since when.
    pub since: Instant,
}

/// Keyed hash of the secret of a claim link; the key is outside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkHash(pub [u8; 16]);

/// What is known about the claim link that works now. Neither its secret nor anything that yields
/// it without the key ring. The link names its card, so no row is needed to find one by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimLink {
    /// What the secret of a link is compared with.
    pub hash: LinkHash,
    /// Number of the ring key that made secret and hash.
    pub key: u16,
    /// Together with the card id and the ring key, re-creates the secret. A new link has another
    /// nonce, and the old one is dead.
    pub nonce: u64,
}

/// How a card travels to its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// By which way.
    pub channel: Channel,
    /// How far it got.
    pub state: DeliveryState,
    /// Since when.
    pub at: Instant,
    /// When it is to be sent; `None` was at once.
    pub deliver_at: Option<Instant>,
    /// How often it was handed over to be sent. It numbers the sendings, so that what is reported
    /// of an earlier one is not taken for news of the last.
    pub sendings: u16,
}

/// How a card to be issued is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// By which way.
    pub channel: Channel,
    /// When to send it; `None`, or what is past, is at once.
    pub deliver_at: Option<Instant>,
    /// The link by which it is claimed, made by the caller who holds the key ring.
    pub link: Option<ClaimLink>,
    /// Who buys it, as limits and blocks know them; `None` when that is whoever the card names.
    pub sender: Option<PersonId>,
}

/// The way a card is delivered. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Channel {
    /// By e-mail, sent by us.
    Email = 1,
    /// By a link that the shop hands over.
    Link = 2,
    /// On paper, with its code.
    Print = 3,
    /// In the app of the shop.
    InApp = 4,
}

/// How far a delivery got. The numbers are stored and never change.
///
/// Later states have higher ranks, and a delivery never goes back: mail servers report in any
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum DeliveryState {
    /// Nothing is sent.
    None = 0,
    /// Waits for its date.
    Scheduled = 1,
    /// Handed over to whoever sends our mail.
    Due = 2,
    /// Sent.
    Sent = 3,
    /// Taken by the recipient's mail server.
    Accepted = 4,
    /// Came back.
    Bounced = 5,
    /// The recipient has seen it.
    Opened = 6,
}

impl NewDelivery {
    pub(crate) fn begin(self, now: Instant) -> Option<Box<Gift>> {
        let NewDelivery { channel, deliver_at, link, sender } = self;
        let deliver_at = deliver_at.filter(|at| now < *at);
        let state = DeliveryState::None;
        let mut delivery = Delivery { channel, state, at: now, deliver_at, sendings: 0 };
        match deliver_at {
            Some(_) => delivery.state = DeliveryState::Scheduled,
            None => delivery.hand_over(now),
        }
        Gift { link, delivery: Some(delivery), sender, ..Gift::default() }.kept()
    }
}

impl Delivery {
    /// Gives it to whoever sends it: our mail is yet to be sent, while a shop that delivers by
    /// itself has the link with the answer or the event. A printed card is not sent at all.
    pub(crate) fn hand_over(&mut self, now: Instant) {
        self.state = match self.channel {
            Channel::Email => DeliveryState::Due,
            Channel::Link | Channel::InApp => DeliveryState::Sent,
            Channel::Print => return,
        };
        self.at = now;
        self.sendings = self.sendings.saturating_add(1);
    }

    /// True once it was handed over.
    pub(crate) fn is_handed_over(&self) -> bool {
        self.sendings > 0
    }
}

impl Gift {
    /// As a card keeps it: a gift of which nothing is known is none.
    pub(crate) fn kept(self) -> Option<Box<Gift>> {
        (self != Gift::default()).then(|| Box::new(self))
    }
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 4] = [Channel::Email, Channel::Link, Channel::Print, Channel::InApp];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Link => "link",
            Channel::Print => "print",
            Channel::InApp => "in_app",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| *channel as u8 == number)
    }
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [DeliveryState; 7] = [
        DeliveryState::None,
        DeliveryState::Scheduled,
        DeliveryState::Due,
        DeliveryState::Sent,
        DeliveryState::Accepted,
        DeliveryState::Bounced,
        DeliveryState::Opened,
    ];

    /// Stable lower-case name. A delivery that was handed over but is not sent yet is still shown
    /// as scheduled.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::None => "none",
            DeliveryState::Scheduled | DeliveryState::Due => "scheduled",
            DeliveryState::Sent => "sent",
            DeliveryState::Accepted => "accepted",
            DeliveryState::Bounced => "bounced",
            DeliveryState::Opened => "opened",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<DeliveryState> {
        DeliveryState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}
