//! The thing that a request is about.

use std::fmt;

use base::{CardId, ClaimId, OrderId, PaymentId, PromotionId, PurchaseId};

/// Bytes of a part of a path that is a name, as those of articles are.
const NAME_MAX: usize = 24;

/// Bytes of a path that is remembered.
const PATH_MAX: usize = 200;

/// A reference to a thing of the book, by its id.
///
/// It is what somebody says, or where they came from; whether it is theirs is looked up by whoever
/// shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A gift card.
    Card(CardId),
    /// Gift cards that were bought together.
    Purchase(PurchaseId),
    /// An order.
    Order(OrderId),
    /// A promotion.
    Promotion(PromotionId),
    /// A claim.
    Claim(ClaimId),
    /// A charge.
    Charge(PaymentId),
}

impl About {
    /// The thing of this id.
    pub fn parse(id: &str) -> Option<About> {
        let (prefix, _) = id.split_once('_')?;
        match prefix {
            CardId::PREFIX => id.parse().ok().map(About::Card),
            PurchaseId::PREFIX => id.parse().ok().map(About::Purchase),
            OrderId::PREFIX => id.parse().ok().map(About::Order),
            PromotionId::PREFIX => id.parse().ok().map(About::Promotion),
            ClaimId::PREFIX => id.parse().ok().map(About::Claim),
            PaymentId::PREFIX => id.parse().ok().map(About::Charge),
            _ => None,
        }
    }

    /// The thing that a page of ours is about: the first id in its path.
    pub fn of_path(path: &str) -> Option<About> {
        let path = path.split(['?', '#']).next()?;
        path.split('/').find_map(About::parse)
    }

    /// A path from which somebody came, as it may be shown to staff: without what follows a `?` or
    /// `#`, and `None` when a part of it is longer than a name and is no id, for it may be a secret
    /// that opens something.
    pub fn shown_path(path: &str) -> Option<&str> {
        let path = path.split(['?', '#']).next()?;
        let is_plain = |part: &str| {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            part.bytes().all(is_word) && (part.len() <= NAME_MAX || About::parse(part).is_some())
        };
        let parts = path.strip_prefix('/')?;
        (path.len() <= PATH_MAX && parts.split('/').all(is_plain)).then_some(path)
    }

    /// Stable lower-case name of the kind of thing.
    pub fn kind(self) -> &'static str {
        match self {
            About::Card(_) => "gift_card",
            About::Purchase(_) => "purchase",
            About::Order(_) => "order",
            About::Promotion(_) => "promotion",
            About::Claim(_) => "claim",
            About::Charge(_) => "charge",
        }
    }
}

/// Its id.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Card(id) => id.fmt(f),
            About::Purchase(id) => id.fmt(f),
            About::Order(id) => id.fmt(f),
            About::Promotion(id) => id.fmt(f),
            About::Claim(id) => id.fmt(f),
            About::Charge(id) => id.fmt(f),
        }
    }
}
