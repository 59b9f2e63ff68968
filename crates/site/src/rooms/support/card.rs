//! `GET /console/cards/{id}`: the whole story of a card, masked.

use std::sync::Arc;

use pages::components::escaped;
use pages::console::{CardPageView, EventRow, card_page};
use people::Permission;
use serde::Deserialize;

use super::panel::Block;
use crate::inside::Refused;
use crate::page::{FindPersons, Guest, Page};
use crate::shown::Shown;
use crate::values::{Amount, List, Signed, Time};

#[derive(Deserialize)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) last4: String,
    pub(super) status: String,
    pub(super) blocks: Vec<Block>,
    value: Amount,
    pub(super) balance: Amount,
    held: Amount,
    expires_at: Option<Time>,
    pub(super) owner: Option<String>,
    pub(super) claimed: bool,
    recipient: Option<Recipient>,
    delivery: Delivery,
    reference: Option<String>,
    funding: Funding,
}

#[derive(Deserialize)]
struct Funding {
    #[serde(default)]
    payment: Option<String>,
}

#[derive(Deserialize)]
struct Recipient {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct Delivery {
    channel: Option<String>,
    state: String,
}

#[derive(Deserialize)]
struct Activity {
    id: String,
    kind: String,
    reason: Option<String>,
    created_at: Time,
    amount: Signed,
    balance: Amount,
}

impl Card {
    /// The card of a page's path, for whoever helps.
    pub(super) async fn of<P: Guest>(page: &Page<P>) -> Result<Card, Refused> {
        page.get(&format!("/v1/gift-cards/{}", escaped(page.part(3)))).await
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.blocks.iter().any(|block| block.kind == "frozen")
    }

    /// For whom it is, as far as is known.
    pub(super) fn recipient(&self) -> Option<String> {
        let one = self.recipient.as_ref()?;
        let known: Vec<&str> =
            [&one.name, &one.email].into_iter().flatten().map(|s| &**s).collect();
        Some(if known.is_empty() { one.id.clone() } else { known.join(", ") })
    }

    /// Under which id the recipient is kept: that of their address.
    pub(super) fn recipient_id(&self) -> Option<&str> {
        self.recipient.as_ref().map(|one| &*one.id)
    }

    /// The payment that bought it.
    pub(super) fn payment(&self) -> Option<&str> {
        self.funding.payment.as_deref()
    }

    pub(super) fn delivery(&self) -> String {
        match &self.delivery.channel {
            Some(channel) => format!("{channel}: {}", self.delivery.state),
            None => "–".to_owned(),
        }
    }

    /// What can be done with it now, for a request or outside of one; the API has the last word.
    pub(super) fn acts(&self, request: Option<&str>) -> Vec<&'static str> {
        let is_over = matches!(&*self.status, "canceled" | "expired");
        let mut acts = Vec::new();
        if is_over {
            return acts;
        }
        acts.push(if self.is_frozen() { "unfreeze" } else { "freeze" });
        acts.push("replace-code");
        if !self.claimed && self.recipient.is_some() {
            acts.push("resend");
            // Somebody has to have asked for it.
            acts.extend(request.map(|_| "change-recipient"));
        }
        acts
    }
}

pub(crate) async fn show(page: Arc<Page<FindPersons>>) -> Result<Shown, Refused> {
    let card = Card::of(&*page).await?;
    let mut path = format!("/v1/gift-cards/{}/activities?limit=50", card.id);
    if let Some(cursor) = page.query("cursor") {
        path.push_str(&format!("&cursor={}", escaped(cursor)));
    }
    let story: List<Activity> = page.get(&path).await?;
    let may_help = page.me().may(Permission::HelpWithCards);
    let view = CardPageView {
        id: &card.id,
        last_four: &card.last4,
        status: &card.status,
        blocks: card.blocks.iter().map(|b| (&*b.kind, &*b.reason, b.since.moment())).collect(),
        value: card.value.0,
        balance: card.balance.0,
        held: card.held.0,
        expires_at: card.expires_at.map(Time::moment),
        owner: card.owner.as_deref(),
        recipient: card.recipient(),
        delivery: card.delivery(),
        reference: card.reference.as_deref(),
        events: story.data.iter().map(event).collect(),
        next: story.next_cursor.as_deref(),
        acts: if may_help { card.acts(request(&page)) } else { Vec::new() },
        request: request(&page),
        done: page.done(),
    };
    Ok(Shown::page(card_page(&page.visit(), &view)))
}

/// The conversation for which somebody looks at the card.
pub(super) fn request<P: Guest>(page: &Page<P>) -> Option<&str> {
    let asked = match page.field("request") {
        "" => page.query("request"),
        sent => Some(sent),
    };
    asked.filter(|id| id.parse::<base::ConversationId>().is_ok())
}

fn event(one: &Activity) -> EventRow<'_> {
    let what = one.kind.replace('_', " ");
    EventRow {
        at: one.created_at.moment(),
        what: match &one.reason {
            Some(reason) => format!("{what}: {reason}"),
            None => what,
        },
        amount: (one.amount.minor, one.amount.currency),
        balance: one.balance.0,
        posting: &one.id,
    }
}
