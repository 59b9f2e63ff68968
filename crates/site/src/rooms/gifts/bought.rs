//! Gifts that were bought, as the API tells them, and only to whoever bought them.

use pages::customer::{BoughtGift, GiftCardState, GiftStatus, Received};
use pages::gift::Design;
use serde::Deserialize;

use super::draft::{There, first_name};
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::rooms::wallet::{Block, may_be_unfrozen};
use crate::values::{Amount, Time};

/// A purchase.
#[derive(Deserialize)]
pub(super) struct Purchase {
    pub(super) id: String,
    pub(super) created_at: Time,
    pub(super) status: String,
    #[serde(default)]
    pub(super) failure: Option<String>,
    pub(super) buyer: Option<String>,
    pub(super) total: Amount,
    pub(super) quantity: u64,
    pub(super) checkout: String,
    pub(super) order: Option<String>,
    pub(super) gift_cards: Vec<SoldCard>,
    pub(super) undo_until: Option<Time>,
    pub(super) undo_left_s: Option<u64>,
    #[serde(default)]
    pub(super) next_action: Option<NextAction>,
}

/// A card of a purchase.
#[derive(Deserialize)]
pub(super) struct SoldCard {
    pub(super) id: String,
    /// The line that sold it: an order may have sold other things too.
    pub(super) line: String,
    pub(super) claimed: bool,
}

/// Where the payer goes on.
#[derive(Deserialize)]
pub(super) struct NextAction {
    pub(super) url: String,
}

impl Purchase {
    /// The purchase that the path names, when it is that of whoever asks.
    ///
    /// # Errors
    ///
    /// `not_found`, also for what is somebody else's.
    pub(super) async fn of(page: &Page<OwnCards>) -> Result<Purchase, Refused> {
        let id = page.part(2);
        if id.is_empty() {
            return Err(Refused::not_found());
        }
        let path = format!("/v1/gift-card-purchases/{id}");
        let found: Purchase = page.get(&path).await.map_err(hidden)?;
        match found.buyer.as_deref() == Some(&page.me().person) {
            true => Ok(found),
            false => Err(Refused::not_found()),
        }
    }

    /// Where it stands.
    pub(super) fn status(&self) -> GiftStatus {
        match &*self.status {
            "paid" => GiftStatus::Paid,
            "requires_action" => GiftStatus::RequiresAction,
            "failed" => GiftStatus::Failed,
            "expired" => GiftStatus::Expired,
            "undone" => GiftStatus::Undone,
            _ => GiftStatus::Pending,
        }
    }

    /// The card that form or address name, if it is one of these; else the only one.
    pub(super) fn chosen(&self, page: &Page<OwnCards>) -> Option<&SoldCard> {
        let named = match page.field("card") {
            "" => page.query("card").unwrap_or(""),
            named => named,
        };
        match (named, &*self.gift_cards) {
            ("", [only]) => Some(only),
            ("", _) => None,
            (named, cards) => cards.iter().find(|card| card.id == named),
        }
    }

    /// The same, for what needs one.
    ///
    /// # Errors
    ///
    /// `not_found`.
    pub(super) async fn card(&self, page: &Page<OwnCards>) -> Result<Card, Refused> {
        let card = self.chosen(page).ok_or_else(Refused::not_found)?;
        Card::read(page, &card.id).await
    }
}

/// What is not there, and what is somebody else's, look the same.
fn hidden(refused: Refused) -> Refused {
    let is_no_id = refused.status.as_u16() == 404 || refused.status.as_u16() == 400;
    if is_no_id { Refused::not_found() } else { refused }
}

/// A card with what its giver has written.
#[derive(Deserialize)]
pub(super) struct Card {
    pub(super) id: String,
    status: String,
    blocks: Vec<Block>,
    delivery: Delivery,
    pub(super) claimed: bool,
    unclaimed: Option<Unclaimed>,
    pub(super) value: Amount,
    last4: String,
    pub(super) expires_at: Option<Time>,
    design: Option<String>,
    pub(super) recipient: Option<Person>,
    pub(super) sender: Option<Person>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
struct Delivery {
    channel: Option<String>,
    state: String,
    at: Option<Time>,
    #[serde(default)]
    deliver_at: Option<Time>,
}

#[derive(Deserialize)]
struct Unclaimed {
    at: Time,
}

/// Somebody of a gift.
#[derive(Default, Deserialize)]
pub(super) struct Person {
    #[serde(default)]
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) time_zone: Option<String>,
}

impl Card {
    /// A card by its id, which was looked up before.
    pub(super) async fn read(page: &Page<OwnCards>, id: &str) -> Result<Card, Refused> {
        page.get(&format!("/v1/gift-cards/{id}")).await
    }

    /// How it is handed over.
    pub(super) fn channel(&self) -> &str {
        self.delivery.channel.as_deref().unwrap_or("")
    }

    /// Whether it is frozen.
    pub(super) fn is_frozen(&self) -> bool {
        self.blocks.iter().any(|block| block.kind == "frozen")
    }

    /// Whether its giver may lift the freeze: not what the shop has frozen.
    pub(super) fn may_be_unfrozen(&self) -> bool {
        may_be_unfrozen(&self.blocks)
    }

    /// Name of whoever gets it.
    pub(super) fn to(&self) -> &str {
        self.recipient.as_ref().and_then(|person| person.name.as_deref()).unwrap_or("")
    }

    /// Where it stands.
    pub(super) fn state(&self) -> GiftCardState {
        if self.claimed {
            return GiftCardState::Claimed;
        }
        if matches!(&*self.status, "canceled" | "expired" | "depleted") {
            return GiftCardState::Over;
        }
        match (self.channel(), &*self.delivery.state) {
            (_, "opened") => GiftCardState::Opened,
            ("email", "sent") => GiftCardState::Sent,
            ("email", "accepted") => GiftCardState::Arrived,
            ("email", "bounced") => GiftCardState::Bounced,
            ("email", _) => GiftCardState::Scheduled,
            _ => GiftCardState::ByHand,
        }
    }

    /// How it looks.
    pub(super) fn design(&self) -> Design {
        self.design.as_deref().and_then(Design::parse).unwrap_or(Design::ALL[0])
    }

    /// First name of its giver.
    pub(super) fn from(&self) -> String {
        let name = self.sender.as_ref().and_then(|person| person.name.as_deref());
        first_name(name.unwrap_or(""))
    }
}

/// A card with what is made of it for a page.
pub(super) struct Told {
    pub(super) card: Card,
    from: String,
    deliver_at: Option<There>,
}

impl Told {
    pub(super) fn of(card: Card) -> Told {
        let zone = card.recipient.as_ref().and_then(|person| person.time_zone.as_deref());
        let deliver_at = card.delivery.deliver_at.map(|at| There::of(at.0, zone.unwrap_or("UTC")));
        Told { from: card.from(), deliver_at, card }
    }

    /// What its recipient sees.
    pub(super) fn received<'a>(&'a self, shop: &'a str) -> Received<'a> {
        Received {
            shop,
            design: self.card.design(),
            value: self.card.value.0,
            to: self.card.to(),
            from: &self.from,
            message: self.card.message.as_deref().unwrap_or(""),
            expires_at: self.card.expires_at.map(Time::moment),
        }
    }

    /// What its giver sees.
    pub(super) fn view<'a>(&'a self, shop: &'a str) -> BoughtGift<'a> {
        let card = &self.card;
        let email = card.recipient.as_ref().and_then(|person| person.email.as_deref());
        BoughtGift {
            id: &card.id,
            gift: self.received(shop),
            email: email.unwrap_or(""),
            channel: card.channel(),
            state: card.state(),
            // Of a claim, when that was is not told.
            at: card.delivery.at.filter(|_| !card.claimed).map(Time::moment),
            deliver_at: self.deliver_at.as_ref().map(There::moment),
            returns_at: card.unclaimed.as_ref().map(|unclaimed| unclaimed.at.moment()),
            last4: &card.last4,
            is_frozen: card.is_frozen(),
            is_of_shop: !card.may_be_unfrozen(),
        }
    }
}
