//! Senders, recipients, and what may pass between them.

use std::sync::Arc;

use base::{CardId, ContactId, PersonId, Token};
use engine::{Answer, Refusal};
use giftcards::{Block, Card, Channel, Contact, DayCount, Days, DeliveryState, Gift};
use giftcards::{NewReport, Refusal as No, Report, Sender, Voice, Why, contact_of};

use super::{Oracle, Said};
use crate::Sight;

/// Gifts of one sender to one recipient on a day.
const GIFTS_A_DAY: u32 = 5;
/// Recipients of one sender on a day.
const RECIPIENTS_A_DAY: u32 = 20;
const DAYS_AHEAD: usize = 400;

impl Oracle {
    /// A card is handed over, now or at its date.
    pub(super) fn count_gift(&mut self, card: &Card) -> Result<(), Refusal> {
        let Some(Gift { delivery: Some(delivery), .. }) = card.gift.as_deref() else {
            return Ok(());
        };
        let (Some(sender), false) = (sender_of(card), delivery.channel == Channel::Print) else {
            return Ok(());
        };
        if self.senders.get(sender).is_some_and(|row| row.blocked.is_some()) {
            return Err(No::SenderBlocked.into());
        }
        let recipient = recipient_of(card).filter(|recipient| *recipient != sender);
        let (Some(recipient), Channel::Email) = (recipient, delivery.channel) else {
            return Ok(());
        };
        let mut contact = self.contact(sender, recipient);
        if contact.blocked_since.is_some() {
            return Err(No::GiftNotAccepted.into());
        }
        let waits = delivery.state == DeliveryState::Scheduled;
        let at = if waits { delivery.deliver_at.unwrap_or(self.now) } else { self.now };
        let day = self.day(at.micros());
        let is_known = contact.gifts.as_slice().iter().any(|known| known.day == day);
        contact.gifts = self.one_more(&contact.gifts, day, GIFTS_A_DAY)?;
        self.contacts.put(contact.id, Arc::new(contact));
        if !is_known {
            let mut row = self.sender(sender);
            row.recipients = self.one_more(&row.recipients, day, RECIPIENTS_A_DAY)?;
            self.senders.put(sender, Arc::new(row));
        }
        Ok(())
    }

    pub(super) fn report(&mut self, card: CardId, voice: &Voice, new: NewReport) -> Said {
        let mut contact = self.heard(card, voice)?;
        let is_letter = matches!(voice, Voice::Letter(_));
        if new.blocks && !is_letter {
            return Err(No::NotMailed.into());
        }
        let same =
            contact.report.is_some_and(|known| (known.card, known.reason) == (card, new.reason));
        if same && !(new.blocks && contact.blocked_since.is_none()) {
            return Err(No::NothingToChange.into());
        }
        if is_letter && contact.report.is_none() {
            let row = self.sender(contact.sender);
            self.senders.put(row.id, Arc::new(Sender { reporters: row.reporters + 1, ..row }));
        }
        contact.report = Some(Report { card, reason: new.reason, at: self.now });
        if new.blocks {
            contact.blocked_since = contact.blocked_since.or(Some(self.now));
        }
        self.put_contact(contact)
    }

    pub(super) fn block_contact(&mut self, card: CardId, voice: &Voice, on: bool) -> Said {
        let mut contact = self.heard(card, voice)?;
        if matches!(voice, Voice::Link(_)) {
            return Err(No::NotMailed.into());
        }
        if on == contact.blocked_since.is_some() {
            return Err(No::NothingToChange.into());
        }
        contact.blocked_since = if on { Some(self.now) } else { None };
        self.put_contact(contact)
    }

    pub(super) fn block_sender(&mut self, id: PersonId, reason: &Token<40>) -> Said {
        let row = self.sender(id);
        if row.blocked.as_ref().is_some_and(|block| block.reason == *reason) {
            return Err(No::NothingToChange.into());
        }
        let block = Block { since: self.now, reason: reason.clone() };
        self.put_sender(Sender { blocked: Some(block), ..row })
    }

    pub(super) fn unblock_sender(&mut self, id: PersonId) -> Said {
        let Some(row) = self.senders.get(id) else { return Err(No::SenderNotFound.into()) };
        let row = Sender::clone(row);
        if row.blocked.is_none() {
            return Err(No::NothingToChange.into());
        }
        self.put_sender(Sender { blocked: None, ..row })
    }

    fn put_sender(&mut self, row: Sender) -> Said {
        let row = Arc::new(row);
        self.senders.put(row.id, row.clone());
        Ok(Answer::Sender(row))
    }

    fn put_contact(&mut self, row: Contact) -> Said {
        let row = Arc::new(row);
        self.contacts.put(row.id, row.clone());
        Ok(Answer::Contact(row))
    }

    /// What is between whoever speaks and the sender of a card.
    fn heard(&self, id: CardId, voice: &Voice) -> Result<Contact, Refusal> {
        let unknown = || Refusal::from(No::NotUsable(Why::Unknown));
        let card = self.card(id).ok_or_else(unknown)?;
        match voice {
            Voice::Letter(contact) => {
                self.contacts.get(*contact).map(|row| Contact::clone(row)).ok_or_else(unknown)
            }
            Voice::Link(hashes) => {
                let link = card.gift.as_ref().and_then(|gift| gift.link);
                link.filter(|link| hashes.contains(&link.hash)).ok_or_else(unknown)?;
                let sender = sender_of(card).ok_or(No::SenderNotFound)?;
                Ok(self.contact(sender, own(id)))
            }
        }
    }

    fn sender(&self, id: PersonId) -> Sender {
        let empty = || Sender {
            id,
            blocked: None,
            reporters: 0,
            recipients: Days::default(),
            created_at: self.now,
        };
        self.senders.get(id).map_or_else(empty, |row| Sender::clone(row))
    }

    fn contact(&self, sender: PersonId, recipient: PersonId) -> Contact {
        let id: ContactId = contact_of(sender, recipient);
        let empty = || Contact {
            id,
            sender,
            recipient,
            blocked_since: None,
            report: None,
            gifts: Days::default(),
            created_at: self.now,
        };
        self.contacts.get(id).map_or_else(empty, |row| Contact::clone(row))
    }

    /// Days that are over are forgotten.
    fn one_more(&self, days: &Days, day: i32, max: u32) -> Result<Days, Refusal> {
        let today = self.day(self.now.micros());
        let mut kept: Vec<DayCount> = days.as_slice().to_vec();
        kept.retain(|known| known.day >= today);
        let is_full = kept.len() >= DAYS_AHEAD;
        match kept.iter_mut().find(|known| known.day == day) {
            Some(known) if known.count >= max => return Err(No::SendingLimit.into()),
            Some(known) => known.count += 1,
            None if is_full => return Err(No::SendingLimit.into()),
            None => kept.push(DayCount { day, count: 1 }),
        }
        kept.sort_by_key(|known| known.day);
        Ok(Days::of(kept).expect("they are in order"))
    }

    /// The day of a time that has come or will come.
    fn day(&self, micros: i64) -> i32 {
        let micros = micros.max(self.now.micros());
        i32::try_from(micros.div_euclid(86_400 * 1_000_000)).expect("it is a day")
    }
}

fn sender_of(card: &Card) -> Option<PersonId> {
    let bought_by = card.gift.as_ref().and_then(|gift| gift.sender);
    let details = card.details.as_deref();
    bought_by.or(details.and_then(|details| details.sender.as_ref()).map(|text| text.person))
}

/// Whoever has the claim link of a card.
fn own(card: CardId) -> PersonId {
    PersonId::from_bytes(card.to_bytes())
}

fn recipient_of(card: &Card) -> Option<PersonId> {
    card.details.as_deref().and_then(|details| details.recipient.as_ref()).map(|text| text.person)
}
