//! Who gives cards: how many strangers they write to a day, who has reported them, and who wants
//! nothing more from them.

use base::{CardId, ContactId, Instant, PersonId};
use sha2::{Digest, Sha256};

use crate::card::Details;
use crate::{
    Block, Card, Channel, Context, Delivery, DeliveryState, NewDelivery, Outcome, Refusal,
};
use crate::{limits, report::ReportReason};

/// Somebody who gives cards to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The person.
    pub id: PersonId,
    /// Set while the shop keeps them from sending.
    pub blocked: Option<Block>,
    /// Recipients who have reported them.
    pub reporters: u32,
    /// To how many recipients their gifts are mailed on which day.
    pub recipients: Days,
    /// When they first sent something, or were blocked.
    pub created_at: Instant,
}

/// What one sender may still send to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Follows from the two persons: [`contact_of`].
    pub id: ContactId,
    /// Who gives.
    pub sender: PersonId,
    /// Who is given to.
    pub recipient: PersonId,
    /// Since when the recipient wants nothing more by mail.
    pub blocked_since: Option<Instant>,
    /// The last report of the recipient.
    pub report: Option<Report>,
    /// How many gifts are mailed on which day.
    pub gifts: Days,
    /// When they first met.
    pub created_at: Instant,
}

/// What a recipient says about a gift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The gift.
    pub card: CardId,
    /// What is wrong with it.
    pub reason: ReportReason,
    /// When it was reported.
    pub at: Instant,
}

/// How many of something fall on a day of UTC. Days that are over are forgotten with the next
/// change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(Vec<DayCount>);

/// A day and how many fall on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// How many, above zero.
    pub count: u32,
}

/// How much one sender may have mailed a day. The operator sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingLimits {
    /// Recipients of one sender.
    pub recipients_per_day: u32,
    /// Gifts of one sender to one recipient.
    pub gifts_per_recipient_day: u32,
}

/// A gift that is about to be handed over, now or at its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Who gives.
    pub sender: PersonId,
    /// Whom we write to; `None` when the shop hands the gift over, and when it is the sender.
    pub mailed_to: Option<PersonId>,
    /// When.
    pub at: Instant,
}

/// Rows a sending is decided on.
#[derive(Clone, Copy, Debug)]
pub struct SendingRows<'a> {
    /// The sender, if anything is known of them.
    pub sender: Option<&'a Sender>,
    /// Sender and recipient, if anything is known of both.
    pub contact: Option<&'a Contact>,
}

/// Counts a gift among those of its sender, on the day on which it is handed over.
///
/// # Errors
///
/// In this order: `SenderBlocked` when the shop has blocked the sender; when we are to mail it,
/// `GiftNotAccepted` when the recipient has, and `SendingLimit` when the sender has reached that
/// day's limit of gifts to this recipient, or of recipients.
pub fn send(
    sending: Sending,
    rows: SendingRows<'_>,
    limits: SendingLimits,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.sender.is_some_and(|sender| sender.blocked.is_some()) {
        return Err(Refusal::SenderBlocked);
    }
    let Some(recipient) = sending.mailed_to else { return Ok(Outcome::default()) };
    let now = context.now;
    let mut contact =
        rows.contact.cloned().unwrap_or_else(|| Contact::new(sending.sender, recipient, now));
    if contact.blocked_since.is_some() {
        return Err(Refusal::GiftNotAccepted);
    }
    let day = day_of(sending.at.max(now));
    let is_first = contact.gifts.on(day) == 0;
    contact.gifts.add(day, limits.gifts_per_recipient_day, now)?;
    let mut outcome = Outcome { contacts: vec![contact], ..Outcome::default() };
    if is_first && sending.sender != Sender::UNKNOWN {
        let mut sender = rows.sender.cloned().unwrap_or_else(|| Sender::new(sending.sender, now));
        sender.recipients.add(day, limits.recipients_per_day, now)?;
        outcome.senders.push(sender);
    }
    Ok(outcome)
}

/// The contact of two persons: either way to it gives the same id, without a look-up.
pub fn contact_of(sender: PersonId, recipient: PersonId) -> ContactId {
    let mut hash = Sha256::new();
    hash.update(sender.to_bytes());
    hash.update(recipient.to_bytes());
    let hash = hash.finalize();
    ContactId::from_bytes(std::array::from_fn(|place| hash[place]))
}

impl Sending {
    /// The sending of a card that is to be made. `None` when nobody gives it, or nothing is sent.
    pub fn of_new(
        delivery: Option<&NewDelivery>,
        details: Option<&Details>,
        now: Instant,
    ) -> Option<Sending> {
        let delivery = delivery?;
        let named = details.and_then(|details| details.sender.as_ref()).map(|text| text.person);
        let recipient = details.and_then(|details| details.recipient.as_ref());
        let recipient = recipient.map(|text| text.person);
        let at = delivery.deliver_at.unwrap_or(now);
        Sending::by(delivery.sender.or(named)?, delivery.channel, recipient, at)
    }

    /// The next sending of a card, to `recipient` or whoever it is for. `None` when nobody gave it,
    /// or nothing is sent.
    pub fn of_card(card: &Card, recipient: Option<PersonId>, now: Instant) -> Option<Sending> {
        let Delivery { channel, state, deliver_at, .. } = card.gift.as_ref()?.delivery?;
        let waits = state == DeliveryState::Scheduled;
        let at = deliver_at.filter(|_| waits).unwrap_or(now);
        Sending::by(card.sender()?, channel, recipient.or_else(|| card.recipient()), at)
    }

    /// The row that is needed beside that of the sender.
    pub fn contact(&self) -> Option<ContactId> {
        self.mailed_to.map(|recipient| contact_of(self.sender, recipient))
    }

    fn by(
        sender: PersonId,
        channel: Channel,
        recipient: Option<PersonId>,
        at: Instant,
    ) -> Option<Sending> {
        let mailed_to = match channel {
            // Whoever sends a gift to themselves writes to no stranger.
            Channel::Email => recipient.filter(|recipient| *recipient != sender),
            Channel::Link | Channel::InApp => None,
            Channel::Print => return None,
        };
        Some(Sending { sender, mailed_to, at })
    }
}

impl Card {
    /// Who gave it: whoever bought it, else the sender that it names.
    pub fn sender(&self) -> Option<PersonId> {
        let bought_by = self.gift.as_ref().and_then(|gift| gift.sender);
        let named = || self.details.as_ref()?.sender.as_ref().map(|text| text.person);
        bought_by.or_else(named)
    }

    /// Who it is for, as far as it was said.
    pub fn recipient(&self) -> Option<PersonId> {
        self.details.as_ref()?.recipient.as_ref().map(|text| text.person)
    }
}

impl Sender {
    /// Whoever gives without saying anything about themselves. They are many, so their recipients
    /// a day are not limited; what one recipient gets of all of them is, and one block holds them.
    pub const UNKNOWN: PersonId = PersonId::from_bits(u128::MAX);

    pub(crate) fn new(id: PersonId, now: Instant) -> Sender {
        let recipients = Days::default();
        Sender { id, blocked: None, reporters: 0, recipients, created_at: now }
    }
}

impl Contact {
    pub(crate) fn new(sender: PersonId, recipient: PersonId, now: Instant) -> Contact {
        Contact {
            id: contact_of(sender, recipient),
            sender,
            recipient,
            blocked_since: None,
            report: None,
            gifts: Days::default(),
            created_at: now,
        }
    }
}

impl Days {
    /// Reads stored days back; `None` unless they are in order, each once and with something on it.
    pub fn of(days: Vec<DayCount>) -> Option<Days> {
        let in_order = days.is_sorted_by(|earlier, later| earlier.day < later.day);
        let is_kept = in_order && days.iter().all(|day| day.count > 0);
        is_kept.then_some(Days(days))
    }

    /// In their order.
    pub fn as_slice(&self) -> &[DayCount] {
        &self.0
    }

    /// How many fall on a day.
    pub fn on(&self, day: i32) -> u32 {
        self.0.iter().find(|known| known.day == day).map_or(0, |known| known.count)
    }

    /// One more on this day.
    fn add(&mut self, day: i32, max: u32, now: Instant) -> Result<(), Refusal> {
        let today = day_of(now);
        self.0.retain(|known| today <= known.day);
        match self.0.binary_search_by_key(&day, |known| known.day) {
            Ok(place) if self.0[place].count < max => self.0[place].count += 1,
            Err(place) if max > 0 && self.0.len() < limits::SENDING_DAYS_MAX => {
                self.0.insert(place, DayCount { day, count: 1 });
            }
            _ => return Err(Refusal::SendingLimit),
        }
        Ok(())
    }
}

impl Default for SendingLimits {
    fn default() -> SendingLimits {
        SendingLimits { recipients_per_day: 20, gifts_per_recipient_day: 5 }
    }
}

/// The day of UTC, counted from 1970-01-01.
pub fn day_of(at: Instant) -> i32 {
    const DAY_MICROS: i64 = 86_400_000_000;
    let day = at.micros().div_euclid(DAY_MICROS);
    i32::try_from(day).expect("the years of an instant have four digits")
}
