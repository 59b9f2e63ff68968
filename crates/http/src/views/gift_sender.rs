//! Senders of gifts, and what is known between one and a recipient.

use base::{CardId, ContactId, PersonId};
use giftcards::{Contact, Sender};
use serde::Serialize;

use crate::views::{Id, MetadataView, Time};

/// Somebody who gives gift cards.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftSender)]
pub(crate) struct GiftSenderView<'a> {
    /// Always `gift_sender`.
    #[schema(pattern = "^gift_sender$")]
    object: &'static str,
    /// The buyer of the gifts, or else the person whose address was given as that of the sender.
    #[schema(value_type = String, example = "per_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PersonId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// Set while the shop keeps them from sending gifts.
    blocked: Option<SenderBlockView<'a>>,
    /// Recipients who have reported them.
    reporters: u32,
}

/// That the shop keeps somebody from sending gifts.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftSenderBlock)]
struct SenderBlockView<'a> {
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// A machine word.
    #[schema(example = "spam")]
    reason: &'a str,
}

/// One sender and one recipient of gift cards.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftContact)]
pub(crate) struct GiftContactView<'a> {
    /// Always `gift_contact`.
    #[schema(pattern = "^gift_contact$")]
    object: &'static str,
    #[schema(value_type = String, example = "gct_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<ContactId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    #[schema(value_type = String)]
    sender: Id<PersonId>,
    #[schema(value_type = String)]
    recipient: Id<PersonId>,
    /// Since when the recipient wants no mail about gifts of this sender.
    #[schema(value_type = Option<String>, format = DateTime)]
    blocked_since: Option<Time>,
    /// What the recipient said last about a gift.
    report: Option<GiftReportView>,
}

/// What a recipient says about a gift.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftReport)]
struct GiftReportView {
    #[schema(value_type = String)]
    gift_card: Id<CardId>,
    /// `unwanted`, `harassment`, `scam` or `other`.
    #[schema(example = "unwanted")]
    reason: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

impl<'a> GiftSenderView<'a> {
    pub(crate) fn new(sender: &'a Sender) -> GiftSenderView<'a> {
        let blocked = sender.blocked.as_ref();
        GiftSenderView {
            object: "gift_sender",
            id: Id(sender.id),
            created_at: Time(sender.created_at),
            metadata: MetadataView(None),
            blocked: blocked.map(|block| SenderBlockView {
                since: Time(block.since),
                reason: block.reason.as_str(),
            }),
            reporters: sender.reporters,
        }
    }
}

impl GiftContactView<'_> {
    pub(crate) fn new(contact: &Contact) -> GiftContactView<'static> {
        GiftContactView {
            object: "gift_contact",
            id: Id(contact.id),
            created_at: Time(contact.created_at),
            metadata: MetadataView(None),
            sender: Id(contact.sender),
            recipient: Id(contact.recipient),
            blocked_since: contact.blocked_since.map(Time),
            report: contact.report.map(|report| GiftReportView {
                gift_card: Id(report.card),
                reason: report.reason.as_str(),
                at: Time(report.at),
            }),
        }
    }
}
