//! Events: one enum a capability, combined in one.

use ledger::Subject;

/// Kind of an event. The numbers are stored and never change or get reused; each capability has a
/// range of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// About gift cards: 100 to 199.
    GiftCards(giftcards::EventKind),
    /// About payments: 200 to 299.
    Payments(payments::EventKind),
    /// About the shop: 300 to 399.
    Shop(shop::EventKind),
    /// About promotions: 400 to 499.
    Promotions(promotions::PromotionEvent),
    /// About claims: 500 to 599.
    Claims(claims::ClaimEvent),
}

impl EventKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = EventKind> {
        let cards = giftcards::EventKind::ALL.into_iter().map(EventKind::GiftCards);
        let payments = payments::EventKind::ALL.into_iter().map(EventKind::Payments);
        let shop = shop::EventKind::ALL.into_iter().map(EventKind::Shop);
        let promotions = promotions::PromotionEvent::ALL.into_iter().map(EventKind::Promotions);
        let claims = claims::ClaimEvent::ALL.into_iter().map(EventKind::Claims);
        cards.chain(payments).chain(shop).chain(promotions).chain(claims)
    }

    /// Stable name: `noun.past_participle`.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::GiftCards(kind) => kind.as_str(),
            EventKind::Payments(kind) => kind.as_str(),
            EventKind::Shop(kind) => kind.as_str(),
            EventKind::Promotions(kind) => kind.as_str(),
            EventKind::Claims(kind) => kind.as_str(),
        }
    }

    /// The stored number.
    pub fn number(self) -> u16 {
        match self {
            EventKind::GiftCards(kind) => kind as u16,
            EventKind::Payments(kind) => kind as u16,
            EventKind::Shop(kind) => kind as u16,
            EventKind::Promotions(kind) => kind as u16,
            EventKind::Claims(kind) => kind as u16,
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<EventKind> {
        giftcards::EventKind::from_number(number)
            .map(EventKind::GiftCards)
            .or_else(|| payments::EventKind::from_number(number).map(EventKind::Payments))
            .or_else(|| shop::EventKind::from_number(number).map(EventKind::Shop))
            .or_else(|| promotions::PromotionEvent::from_number(number).map(EventKind::Promotions))
            .or_else(|| claims::ClaimEvent::from_number(number).map(EventKind::Claims))
    }
}

/// Something that happened, for those who subscribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The object it happened to.
    pub subject: Subject,
}
