//! Commands about a card on its way to its owner.

use base::{CardId, Instant, PersonId, Token};
use engine::{ClaimBy, GiftCardCommand};
use giftcards::{Card, CardState, Channel, ClaimLink, Delivery, DeliveryNews, DeliveryState};
use giftcards::{LinkHash, NewDelivery, NewReport, ReportReason, Sealed, Voice, contact_of};

use super::Workload;
use super::commands::Kind;
use crate::Sight;

impl Workload {
    pub(super) fn on_gift(
        &mut self,
        kind: Kind,
        oracle: &dyn Sight,
        now: Instant,
    ) -> GiftCardCommand {
        let card = match kind {
            Kind::Deliver => self.card_that(is_due, oracle, now),
            _ => self.known_card(oracle, now),
        };
        match kind {
            Kind::Claim => self.claim(card, oracle, now),
            Kind::Deliver => GiftCardCommand::Deliver { card },
            Kind::News => {
                let gift = oracle.card(card).and_then(|card| card.gift.as_ref());
                let sendings = gift.and_then(|gift| gift.delivery).map_or(1, |it| it.sendings);
                let earlier = u16::from(self.random.percent(10));
                let state = *self.random.pick(&DeliveryState::ALL).expect("there are some");
                let sending = sendings.saturating_sub(earlier);
                GiftCardCommand::NoteDelivery { card, news: DeliveryNews { sending, state } }
            }
            Kind::Resend => GiftCardCommand::Resend { card, link: self.link() },
            _ => {
                let recipient = Box::new(self.sealed());
                GiftCardCommand::ChangeRecipient { card, recipient, link: self.link() }
            }
        }
    }

    pub(super) fn about_senders(
        &mut self,
        kind: Kind,
        oracle: &dyn Sight,
        now: Instant,
    ) -> GiftCardCommand {
        // Only a letter speaks for somebody.
        let card = self.card_that(is_mailed_to_a_stranger, oracle, now);
        match kind {
            Kind::Report => {
                let reason = *self.random.pick(&ReportReason::ALL).expect("there are some");
                let report = NewReport { reason, blocks: self.random.percent(20) };
                GiftCardCommand::ReportSender { card, voice: self.voice(oracle, card), report }
            }
            Kind::BlockContact => {
                let (voice, blocks) = (self.voice(oracle, card), self.random.percent(40));
                GiftCardCommand::BlockContact { card, voice, blocks }
            }
            Kind::BlockSender => {
                let word = *self.random.pick(&["spam", "fraud"]).expect("there are some");
                let reason = Token::new(word).expect("it is a word");
                GiftCardCommand::BlockSender { sender: self.person(), reason }
            }
            _ => GiftCardCommand::UnblockSender { sender: self.person() },
        }
    }

    /// Mostly a card that is such a one, of which there are few.
    fn card_that(
        &mut self,
        is_wanted: fn(&Card, Instant) -> bool,
        oracle: &dyn Sight,
        now: Instant,
    ) -> CardId {
        let fits = |id: &CardId| oracle.card(*id).is_some_and(|card| is_wanted(card, now));
        let mut card = self.known_card(oracle, now);
        for _ in 0..30 {
            if fits(&card) {
                return card;
            }
            card = self.known_card(oracle, now);
        }
        self.cards.iter().rev().copied().find(fits).unwrap_or(card)
    }

    /// Hashes of a link, mostly that of the card.
    fn hashes(&mut self, oracle: &dyn Sight, id: CardId) -> Box<[LinkHash]> {
        let link = oracle.card(id).and_then(|card| card.gift.as_ref()).and_then(|gift| gift.link);
        let own = link.filter(|_| self.random.percent(90));
        let own = own.map_or_else(|| LinkHash(self.random.bytes16()), |link| link.hash);
        [LinkHash([0; 16]), own].into()
    }

    /// Mostly the letter in which a card was mailed, if it was; now and then its link.
    fn voice(&mut self, oracle: &dyn Sight, id: CardId) -> Voice {
        let persons = oracle.card(id).and_then(|card| Some((card.sender()?, card.recipient()?)));
        match persons {
            Some((sender, recipient)) if self.random.percent(80) => {
                Voice::Letter(contact_of(sender, recipient))
            }
            _ => Voice::Link(self.hashes(oracle, id)),
        }
    }

    fn claim(&mut self, id: CardId, oracle: &dyn Sight, now: Instant) -> GiftCardCommand {
        let row = oracle.card(id);
        let by = match row {
            Some(row) if self.random.percent(40) => ClaimBy::Code([row.code.hash].into()),
            _ => ClaimBy::Link { card: id, hashes: self.hashes(oracle, id) },
        };
        let wanted = if self.random.percent(5) { self.known_card(oracle, now) } else { id };
        let card = self.random.percent(40).then_some(wanted);
        GiftCardCommand::Claim { by, card, person: self.person() }
    }

    /// Mostly the shop itself, now and then a person, and mostly the right one.
    pub(super) fn side(&mut self, oracle: &dyn Sight, id: CardId) -> Option<PersonId> {
        let owner = oracle.card(id).and_then(giftcards::Card::owner);
        match self.random.below(10) {
            0..7 => None,
            7..9 => owner.or_else(|| Some(self.person())),
            _ => Some(self.person()),
        }
    }

    pub(super) fn delivery(&mut self, now: Instant) -> Option<NewDelivery> {
        if self.random.percent(60) {
            return None;
        }
        let channel = *self.random.pick(&Channel::ALL).expect("there are some");
        let deliver_at = if self.random.percent(30) { self.some_date(now) } else { None };
        let sender = self.random.percent(40).then(|| self.person());
        Some(NewDelivery { channel, deliver_at, link: self.link(), sender })
    }

    fn link(&mut self) -> Option<ClaimLink> {
        let hash = LinkHash(self.random.bytes16());
        let nonce = self.random.bits();
        self.random.percent(80).then_some(ClaimLink { hash, key: 1, nonce })
    }

    /// Somebody out of a few, so that people meet.
    pub(super) fn person(&mut self) -> PersonId {
        PersonId::from_bits(u128::from(self.random.below(4)))
    }

    pub(super) fn sealed(&mut self) -> Sealed {
        Sealed { person: self.person(), bytes: self.random.bytes16().into() }
    }
}

fn delivery_of(card: &Card) -> Option<Delivery> {
    card.gift.as_ref()?.delivery
}

/// Whether it is to be handed over by now.
fn is_due(card: &Card, now: Instant) -> bool {
    let waits = |it: Delivery| {
        it.state == DeliveryState::Scheduled && it.deliver_at.is_some_and(|at| at <= now)
    };
    card.state == CardState::Active && delivery_of(card).is_some_and(waits)
}

/// Whether somebody has it mailed to somebody else.
fn is_mailed_to_a_stranger(card: &Card, _: Instant) -> bool {
    let is_mailed = delivery_of(card).is_some_and(|it| it.channel == Channel::Email);
    let persons = card.sender().zip(card.recipient());
    is_mailed && persons.is_some_and(|(sender, recipient)| sender != recipient)
}
