//! Disputes.

use base::{DisputeId, PaymentId, Text};
use payments::Dispute;
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// Money that a payer's bank takes back.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Dispute)]
pub(crate) struct DisputeView<'a> {
    /// Always `dispute`.
    #[schema(pattern = "^dispute$")]
    object: &'static str,
    #[schema(value_type = String, example = "dp_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<DisputeId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `open`, `won` or `lost`.
    #[schema(example = "open")]
    status: &'static str,
    /// What the bank takes; it may be more or less than the payment.
    amount: MoneyView,
    #[schema(value_type = String)]
    payment: Id<PaymentId>,
    /// Why, in a machine word of the bank or the rail.
    #[schema(example = "fraudulent")]
    reason: &'a str,
    /// Until when it can be answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_by: Option<Time>,
    /// Counted from 1. A decided dispute may go on in a later stage.
    stage: u8,
    /// The rail's own name for it.
    rail_reference: Option<&'a str>,
}

impl<'a> DisputeView<'a> {
    pub(crate) fn new(dispute: &'a Dispute) -> DisputeView<'a> {
        DisputeView {
            object: "dispute",
            id: Id(dispute.id),
            created_at: Time(dispute.created_at),
            metadata: MetadataView(None),
            status: dispute.state.as_str(),
            amount: dispute.amount.into(),
            payment: Id(dispute.payment),
            reason: dispute.reason.as_str(),
            due_by: dispute.due_by.map(Time),
            stage: dispute.stage,
            rail_reference: dispute.rail_reference.as_ref().map(Text::as_str),
        }
    }
}
