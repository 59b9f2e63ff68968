//! What a card is like, as bodies say it: of cards that are issued, and of cards that are sold.

use std::collections::BTreeMap;

use base::{CardId, Instant, PersonId, ProgramId};
use giftcards::{Channel, Details, NewDelivery, Sender, Source, limits};
use outside::local_time::{LocalTime, NoInstant};
use serde::{Deserialize, Serialize};

use crate::call::Caller;
use crate::fields::{self, Checked, refuse};
use crate::personal::{self, PersonalText};
use crate::problem::Problem;
use crate::routes::gift_cards::issue::people::{self, RecipientBody, SenderBody};
use crate::routes::gift_cards::new_link;
use crate::routes::scope_body::{ScopeBody, scope};

/// Defines a body with members of its own and, behind them, those that say what a card is like.
///
/// They are no struct inside the body: flattened into it, that would let unknown members pass, and
/// no error could name its field.
macro_rules! card_body {
    ($(#[$meta:meta])* pub(crate) struct $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        pub(crate) struct $name {
            $($own)*
            /// The program to issue under.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            program: Option<String>,
            #[serde(
                default,
                deserialize_with = "crate::wire::object_option",
                skip_serializing_if = "Option::is_none"
            )]
            recipient: Option<crate::routes::gift_cards::issue::people::RecipientBody>,
            #[serde(
                default,
                deserialize_with = "crate::wire::object_option",
                skip_serializing_if = "Option::is_none"
            )]
            sender: Option<crate::routes::gift_cards::issue::people::SenderBody>,
            /// What the recipient is told.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(min_length = 1, max_length = 2000)]
            message: Option<String>,
            /// Name of the design.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(min_length = 1, max_length = 40)]
            design: Option<String>,
            /// How it reaches its recipient; left to the shop when left out.
            #[serde(
                default,
                deserialize_with = "crate::wire::object_option",
                skip_serializing_if = "Option::is_none"
            )]
            delivery: Option<crate::routes::gift_cards::card_body::DeliveryBody>,
            /// When it is sent; at once when left out. A date (`2026-12-24`, meaning nine o'clock
            /// in the morning), or a date and time without offset, is the recipient's own: it needs
            /// `recipient.time_zone`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(max_length = 35, example = "2026-12-24T18:30",
                pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?$")]
            deliver_at: Option<String>,
            /// From then on it cannot be spent; left to the program when left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(format = DateTime)]
            expires_at: Option<String>,
            /// Where it may be spent; left to the program when empty.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[schema(max_items = 100, example = json!(["US"]))]
            regions: Vec<String>,
            /// On what it may be spent; left to the program when left out.
            #[serde(
                default,
                deserialize_with = "crate::wire::object_option",
                skip_serializing_if = "Option::is_none"
            )]
            scope: Option<crate::routes::scope_body::ScopeBody>,
            #[serde(
                default,
                deserialize_with = "crate::wire::object_option",
                skip_serializing_if = "Option::is_none"
            )]
            source: Option<crate::routes::gift_cards::card_body::SourceBody>,
            /// Strings of the shop; no personal text, for it is stored readable.
            #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
            metadata: std::collections::BTreeMap<String, String>,
            /// The shop's own reference, such as its order.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(min_length = 1, max_length = 255)]
            reference: Option<String>,
        }

        impl $name {
            /// What the card is like.
            pub(crate) fn card(&self) -> crate::routes::gift_cards::card_body::CardFields<'_> {
                crate::routes::gift_cards::card_body::CardFields {
                    program: self.program.as_deref(),
                    recipient: self.recipient.as_ref(),
                    sender: self.sender.as_ref(),
                    message: self.message.as_deref(),
                    design: self.design.as_deref(),
                    delivery: self.delivery.as_ref(),
                    deliver_at: self.deliver_at.as_deref(),
                    expires_at: self.expires_at.as_deref(),
                    regions: &self.regions,
                    scope: self.scope.as_ref(),
                    source: self.source.as_ref(),
                    metadata: &self.metadata,
                    reference: self.reference.as_deref(),
                }
            }
        }
    };
}

pub(crate) use card_body;

/// How a card is delivered.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeliveryInput)]
pub(crate) struct DeliveryBody {
    /// `email` needs the recipient's address; `link` and `in_app` are handed over by the shop,
    /// which reveals the link; `print` has no link.
    #[schema(pattern = "^(link|email|in_app|print|none)$")]
    channel: String,
}

/// Where in the shop the card was bought.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceInput)]
pub(crate) struct SourceBody {
    /// `shop`, `post`, `profile` or `live`.
    #[schema(pattern = "^(shop|post|profile|live)$")]
    kind: String,
    #[schema(min_length = 1, max_length = 64)]
    id: String,
}

/// What a body says about a card.
pub(crate) struct CardFields<'a> {
    pub(crate) program: Option<&'a str>,
    pub(crate) recipient: Option<&'a RecipientBody>,
    pub(crate) sender: Option<&'a SenderBody>,
    pub(crate) message: Option<&'a str>,
    pub(crate) design: Option<&'a str>,
    pub(crate) delivery: Option<&'a DeliveryBody>,
    pub(crate) deliver_at: Option<&'a str>,
    pub(crate) expires_at: Option<&'a str>,
    pub(crate) regions: &'a [String],
    pub(crate) scope: Option<&'a ScopeBody>,
    pub(crate) source: Option<&'a SourceBody>,
    pub(crate) metadata: &'a BTreeMap<String, String>,
    pub(crate) reference: Option<&'a str>,
}

/// The same, checked: it lacks only the seals on its personal text.
#[derive(Default)]
pub(crate) struct CardDraft {
    program: Option<ProgramId>,
    expires_at: Option<Instant>,
    pub(crate) details: Details,
    delivery: Option<DeliveryWish>,
    recipient: Option<PersonalText>,
    sender: Option<PersonalText>,
    has_address_of_sender: bool,
}

/// How a card is to be delivered; its link is made with the card.
#[derive(Clone, Copy)]
struct DeliveryWish {
    channel: Channel,
    deliver_at: Option<Instant>,
}

/// What a card is like, and any number of cards that are alike.
#[derive(Clone)]
pub(crate) struct CardTerms {
    pub(crate) program: Option<ProgramId>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) details: Option<Box<Details>>,
    delivery: Option<DeliveryWish>,
    has_address_of_sender: bool,
}

/// Who buys a card for somebody else, as limits and blocks know them.
#[derive(Clone, Copy)]
pub(crate) struct Giver {
    /// The buyer, when the shop knows them.
    pub(crate) buyer: Option<PersonId>,
}

impl CardFields<'_> {
    /// Checks them. `card` stands for somebody without an address: it tells whose text is whose.
    pub(crate) fn check(&self, caller: &Caller, card: [u8; 16]) -> Checked<CardDraft> {
        let program = self.program.map(|text| fields::id("/program", text)).transpose()?;
        let context = (&*caller.app.ring, caller.book().name(), card);
        Ok(CardDraft {
            program,
            expires_at: optional_instant("/expires_at", self.expires_at)?,
            details: self.details()?,
            recipient: people::recipient(context, self.recipient, self.message)?,
            sender: people::sender(context, self.sender)?,
            has_address_of_sender: self.sender.is_some_and(SenderBody::has_email),
            delivery: self.delivery()?,
        })
    }

    fn details(&self) -> Checked<Details> {
        let region = |at: &str, code: &String| fields::region(at, code);
        let scope = self.scope.map(|body| scope("/scope", body)).transpose()?;
        Ok(Details {
            scope: scope.unwrap_or_default(),
            regions: fields::each("/regions", self.regions, limits::SCOPE_LIST_MAX, region)?,
            metadata: fields::metadata("/metadata", self.metadata)?,
            reference: self.reference.map(|own| fields::text("/reference", own)).transpose()?,
            recipient: None,
            sender: None,
            design: self.design.map(|name| fields::token("/design", name)).transpose()?,
            source: self.source.map(source).transpose()?,
        })
    }

    fn delivery(&self) -> Checked<Option<DeliveryWish>> {
        let deliver_at = self.deliver_at.map(|text| self.when_delivered(text)).transpose()?;
        let word = self.delivery.map_or("none", |delivery| &delivery.channel);
        let channel = Channel::ALL.into_iter().find(|channel| channel.as_str() == word);
        if channel.is_none() && word != "none" {
            let words = "must be one of email, link, print, in_app, none";
            return Err(refuse("/delivery/channel", words));
        }
        if deliver_at.is_some() && !channel.is_some_and(is_sent) {
            return Err(refuse("/deliver_at", "needs a delivery by email, link or in_app"));
        }
        let has_email = self.recipient.is_some_and(RecipientBody::has_email);
        if channel == Some(Channel::Email) && !has_email {
            return Err(refuse("/recipient/email", "is required to send the card by e-mail"));
        }
        Ok(channel.map(|channel| DeliveryWish { channel, deliver_at }))
    }

    /// A time with an offset, or one as the recipient's clock shows it.
    fn when_delivered(&self, text: &str) -> Checked<Instant> {
        const AT: &str = "/deliver_at";
        let Some(local) = LocalTime::parse(text) else { return fields::instant(AT, text) };
        let zone = self.recipient.and_then(RecipientBody::time_zone);
        let zone = zone.ok_or_else(|| {
            refuse(AT, "needs an offset such as Z, or else /recipient/time_zone, whose time it is")
        })?;
        local.instant_in(zone).map_err(|why| {
            let at = if why == NoInstant::UnknownZone { "/recipient/time_zone" } else { AT };
            refuse(at, why.to_string())
        })
    }
}

impl CardTerms {
    /// How a card of these terms is delivered, with the link that goes with it. Without a giver it
    /// is from whom it names, or from the shop.
    ///
    /// # Errors
    ///
    /// `unavailable` when no link can be made.
    pub(crate) fn delivery_of(
        &self,
        caller: &Caller,
        card: CardId,
        giver: Option<Giver>,
    ) -> Result<Option<NewDelivery>, Problem> {
        let Some(DeliveryWish { channel, deliver_at }) = self.delivery else { return Ok(None) };
        let link = || new_link(&caller.app, caller.book().name(), card);
        let link = is_sent(channel).then(link).transpose()?;
        let sender = giver.and_then(|Giver { buyer }| {
            // An address that is named is a person by itself.
            buyer.or((!self.has_address_of_sender).then_some(Sender::UNKNOWN))
        });
        Ok(Some(NewDelivery { channel, deliver_at, link, sender }))
    }
}

/// Seals the personal text of all drafts at once, in order.
///
/// # Errors
///
/// `unavailable` when the keys of persons cannot be used now.
pub(crate) async fn seal(
    caller: &Caller,
    mut drafts: Vec<CardDraft>,
) -> Result<Vec<CardTerms>, Problem> {
    let mut texts = Vec::new();
    let mut owners = Vec::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        for text in [draft.recipient.take(), draft.sender.take()].into_iter().flatten() {
            owners.push((index, text.purpose));
            texts.push(text);
        }
    }
    let sealed = personal::seal(&caller.app, texts).await?;
    for ((index, purpose), sealed) in owners.into_iter().zip(sealed) {
        let details = &mut drafts[index].details;
        let place = match purpose {
            personal::SENDER => &mut details.sender,
            _ => &mut details.recipient,
        };
        *place = Some(sealed);
    }
    let terms = |draft: CardDraft| CardTerms {
        program: draft.program,
        expires_at: draft.expires_at,
        details: (draft.details != Details::default()).then(|| Box::new(draft.details)),
        delivery: draft.delivery,
        has_address_of_sender: draft.has_address_of_sender,
    };
    Ok(drafts.into_iter().map(terms).collect())
}

/// Whether the recipient gets something, with a link in it.
fn is_sent(channel: Channel) -> bool {
    channel != Channel::Print
}

/// A point in time that may be left out.
pub(crate) fn optional_instant(pointer: &str, text: Option<&str>) -> Checked<Option<Instant>> {
    text.map(|text| fields::instant(pointer, text)).transpose()
}

fn source(body: &SourceBody) -> Checked<Source> {
    if !["shop", "post", "profile", "live"].contains(&body.kind.as_str()) {
        return Err(refuse("/source/kind", "must be one of shop, post, profile, live"));
    }
    Ok(Source {
        kind: fields::token("/source/kind", &body.kind)?,
        id: fields::label("/source/id", &body.id)?,
    })
}
