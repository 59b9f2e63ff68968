//! Owners, links and deliveries.

use base::{CardId, Instant, PersonId, Span};
use engine::{CardRef, ClaimBy, Refusal};
use giftcards::{Card, CardState, Channel, ClaimLink, Delivery, DeliveryNews, DeliveryState, Gift};
use giftcards::{Funding, Issue, Owner, Program, Refusal as No, ReturnTerm, Sealed, Why};

use super::cards::is_past;
use super::{Oracle, Said};
use crate::Sight;

/// A card is sent once and five times again.
const SENDINGS: u16 = 6;

impl Oracle {
    pub(super) fn gift_to_issue(
        &self,
        new: &Issue,
        program: Option<&Program>,
        expires_at: Option<Instant>,
    ) -> Option<Box<Gift>> {
        let wanted = new.delivery?;
        let later = wanted.deliver_at.filter(|at| *at > self.now);
        let (state, sendings) = match (later, wanted.channel) {
            (Some(_), _) => (DeliveryState::Scheduled, 0),
            (None, Channel::Print) => (DeliveryState::None, 0),
            (None, Channel::Email) => (DeliveryState::Due, 1),
            (None, Channel::Link | Channel::InApp) => (DeliveryState::Sent, 1),
        };
        let (channel, at, deliver_at) = (wanted.channel, self.now, later);
        let delivery = Delivery { channel, state, at, deliver_at, sendings };
        // What was bought here and is sent goes back some time after it can be spent.
        let goes_back = matches!(new.funding, Funding::Payment { .. });
        let goes_back = goes_back && channel != Channel::Print && program.is_some();
        let days = program.and_then(|program| program.return_after_days).filter(|_| goes_back);
        let dates = [Some(new.created_at.unwrap_or(self.now)), new.activates_at, later];
        let first = dates.into_iter().flatten().max().expect("the first is there");
        let return_term = days.map(|days| term(days, first, expires_at));
        let (owner, delivery) = (None, Some(delivery));
        let (link, sender) = (wanted.link, wanted.sender);
        Some(Box::new(Gift { owner, link, delivery, return_term, sender }))
    }

    /// Before the claim a card is the sender's, afterwards the owner's.
    pub(super) fn check_side(&self, id: CardId, by: Option<PersonId>) -> Result<(), Refusal> {
        let card = self.known_card(id)?;
        let Some(by) = by else { return Ok(()) };
        let sender = card.details.as_ref().and_then(|details| details.sender.as_ref());
        let side = match owner_of(&card) {
            Some(owner) => Some(owner),
            None => sender.map(|sender| sender.person),
        };
        if side == Some(by) { Ok(()) } else { Err(No::NotTheOwner.into()) }
    }

    pub(super) fn claim(&mut self, by: &ClaimBy, wanted: Option<CardId>, person: PersonId) -> Said {
        let unknown: Refusal = No::NotUsable(Why::Unknown).into();
        let card = match by {
            ClaimBy::Code(hashes) => self.named_card(&CardRef::Code(hashes.clone()))?,
            ClaimBy::Link { card, .. } => self.card(*card).ok_or(unknown)?.clone(),
        };
        let mut gift = gift_of(&card);
        if wanted.is_some_and(|wanted| wanted != card.id) {
            return Err(unknown);
        }
        if let ClaimBy::Link { hashes, .. } = by {
            let Some(link) = gift.link else { return Err(unknown) };
            if !hashes.contains(&link.hash) {
                return Err(unknown);
            }
        }
        match gift.owner {
            Some(owner) if owner.person == person => return Err(No::NothingToChange.into()),
            Some(_) => return Err(No::AlreadyClaimed.into()),
            None => {}
        }
        let will_be_active = Card { activates_at: None, ..card.clone() };
        self.check_usable(&will_be_active)?;
        gift.owner = Some(Owner { person, since: self.now });
        self.put_card(kept_for_good(Card { gift: Some(Box::new(gift)), ..card }), false)
    }

    pub(super) fn deliver(&mut self, id: CardId) -> Said {
        let card = self.known_card(id)?;
        let mut gift = gift_of(&card);
        match &mut gift.delivery {
            Some(delivery)
                if card.state == CardState::Active
                    && delivery.state == DeliveryState::Scheduled
                    && delivery.deliver_at <= Some(self.now) =>
            {
                self.send(delivery);
            }
            _ => return Err(No::NotDue.into()),
        }
        self.put_off_return(&card, &mut gift);
        self.put_card(Card { gift: Some(Box::new(gift)), ..card }, false)
    }

    fn send(&self, delivery: &mut Delivery) {
        match delivery.channel {
            Channel::Print => return,
            Channel::Email => delivery.state = DeliveryState::Due,
            Channel::Link | Channel::InApp => delivery.state = DeliveryState::Sent,
        }
        delivery.sendings += 1;
        delivery.at = self.now;
    }

    pub(super) fn note_delivery(&mut self, id: CardId, news: DeliveryNews) -> Said {
        let card = self.known_card(id)?;
        let mut gift = gift_of(&card);
        let nothing = Err(No::NothingToChange.into());
        let Some(delivery) = &mut gift.delivery else { return nothing };
        let is_of_this = delivery.sendings > 0 && delivery.sendings == news.sending;
        let rank = |state| match state {
            DeliveryState::None | DeliveryState::Scheduled | DeliveryState::Due => 0,
            DeliveryState::Sent => 1,
            DeliveryState::Accepted => 2,
            DeliveryState::Bounced => 3,
            DeliveryState::Opened => 4,
        };
        if !is_of_this || rank(news.state) <= rank(delivery.state) {
            return nothing;
        }
        delivery.state = news.state;
        delivery.at = self.now;
        self.put_card(Card { gift: Some(Box::new(gift)), ..card }, false)
    }

    pub(super) fn resend(&mut self, id: CardId, link: Option<ClaimLink>) -> Said {
        let card = self.card_to_give(id)?;
        let mut gift = gift_of(&card);
        match &mut gift.delivery {
            Some(delivery) if delivery.state == DeliveryState::Scheduled => {
                return Err(No::NotDue.into());
            }
            Some(delivery) if delivery.sendings > 0 => self.send_again(delivery)?,
            _ => return Err(No::NothingToChange.into()),
        }
        self.put_off_return(&card, &mut gift);
        if link.is_some() {
            gift.link = link;
        }
        let card = Card { gift: Some(Box::new(gift)), ..card };
        self.count_gift(&card)?;
        self.put_card(card, false)
    }

    pub(super) fn change_recipient(
        &mut self,
        id: CardId,
        recipient: &Sealed,
        link: Option<ClaimLink>,
    ) -> Said {
        let mut card = self.card_to_give(id)?;
        if recipient.bytes.len() > 8_192 {
            return Err(No::LimitExceeded.into());
        }
        let mut gift = gift_of(&card);
        if let Some(delivery) = gift.delivery.as_mut().filter(|delivery| delivery.sendings > 0) {
            self.send_again(delivery)?;
            self.put_off_return(&card, &mut gift);
        }
        if link.is_some() {
            gift.link = link;
        }
        let mut details = card.details.take().unwrap_or_default();
        details.recipient = Some(recipient.clone());
        let gift = (gift != Gift::default()).then(|| Box::new(gift));
        let card = Card { details: Some(details), gift, ..card };
        self.count_gift(&card)?;
        self.put_card(card, false)
    }

    /// There are as many days from now on as there were from the first sending.
    fn put_off_return(&self, card: &Card, gift: &mut Gift) {
        let first = card.activates_at.unwrap_or(self.now).max(self.now);
        gift.return_term = gift.return_term.map(|it| term(it.after_days, first, card.expires_at));
    }

    fn send_again(&self, delivery: &mut Delivery) -> Result<(), Refusal> {
        let pause = Span::seconds(60);
        if delivery.sendings >= SENDINGS {
            return Err(No::LimitExceeded.into());
        }
        let soonest = delivery.at.saturating_add(pause);
        if soonest > self.now {
            let micros = soonest.micros() - self.now.micros();
            return Err(No::TooSoon { wait_s: micros.unsigned_abs().div_ceil(1_000_000) }.into());
        }
        self.send(delivery);
        Ok(())
    }

    /// A card that still can be sent to somebody.
    fn card_to_give(&self, id: CardId) -> Result<Card, Refusal> {
        let card = self.known_card(id)?;
        if card.state == CardState::Canceled {
            Err(No::NotUsable(Why::Canceled).into())
        } else if is_past(&card, self.now) {
            Err(No::NotUsable(Why::Expired).into())
        } else if owner_of(&card).is_some() {
            Err(No::AlreadyClaimed.into())
        } else {
            Ok(card)
        }
    }
}

/// Rather a moment before the card's date than never.
fn term(after_days: u16, first: Instant, expires_at: Option<Instant>) -> ReturnTerm {
    let at = first.saturating_add(Span::seconds(u64::from(after_days) * 24 * 3600));
    let at = match expires_at {
        Some(end) if at >= end => Instant::from_micros(end.micros() - 1),
        _ => at,
    };
    ReturnTerm { after_days, at: Some(at) }
}

/// A card whose value does not go back any more: somebody has it, or it has none.
pub(super) fn kept_for_good(mut card: Card) -> Card {
    if let Some(gift) = &mut card.gift {
        gift.return_term = None;
    }
    card
}

fn gift_of(card: &Card) -> Gift {
    card.gift.as_deref().cloned().unwrap_or_default()
}

fn owner_of(card: &Card) -> Option<PersonId> {
    Some(card.gift.as_ref()?.owner?.person)
}
