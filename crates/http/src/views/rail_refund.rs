//! Refunds over rails.

use base::{CardId, MethodId, PaymentId, RailRefundId, RefundId, Text, Token};
use engine::credit_of;
use payments::{Destination, RailRefund, RefundState};
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// A part of a payment on its way back over a rail.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RailRefund)]
pub(crate) struct RailRefundView<'a> {
    /// Always `rail_refund`.
    #[schema(pattern = "^rail_refund$")]
    object: &'static str,
    #[schema(value_type = String, example = "rrf_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<RailRefundId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `pending`, `succeeded`, `failed` or `needs_consent`.
    #[schema(example = "pending")]
    status: &'static str,
    amount: MoneyView,
    #[schema(value_type = String)]
    payment: Id<PaymentId>,
    /// The refund of an order that it is a part of; `null` for a payment that was in vain.
    #[schema(value_type = Option<String>)]
    refund: Option<Id<RefundId>>,
    /// The rail it goes over.
    #[schema(example = "sandbox")]
    rail: &'a str,
    /// The other payment method that the payer named; `null` goes back the way the money came.
    #[schema(value_type = Option<String>)]
    payment_method: Option<Id<MethodId>>,
    /// When the payer named it.
    #[schema(value_type = Option<String>, format = DateTime)]
    consented_at: Option<Time>,
    /// The gift card that was given instead, when the payer has agreed to store credit.
    #[schema(value_type = Option<String>)]
    gift_card: Option<Id<CardId>>,
    /// True when the shop has paid it outside of this refund; `rail` says where.
    paid_by_hand: bool,
    /// Why it needs consent: `method_expired`, `method_gone`, `came_back` or `held_by_store`.
    consent_reason: Option<&'static str>,
    /// Why it has failed.
    #[schema(example = "declined")]
    failure: Option<&'a str>,
    /// The refund that took its place after it had failed.
    #[schema(value_type = Option<String>)]
    replaced_by: Option<Id<RailRefundId>>,
    /// Counted from 1; each is another operation for the rail.
    attempt: u32,
    /// The rail's own name for this attempt.
    rail_reference: Option<&'a str>,
    /// True while the rail's answer to the last call was not heard. It is asked until it is known.
    outcome_unknown: bool,
}

impl<'a> RailRefundView<'a> {
    pub(crate) fn new(refund: &'a RailRefund) -> RailRefundView<'a> {
        let (method, consented_at) = match refund.destination {
            Destination::Original => (None, None),
            Destination::Other { method, consented_at } => (Some(method), Some(consented_at)),
        };
        let (consent_reason, failure) = match &refund.state {
            RefundState::NeedsConsent { reason } => (Some(reason.as_str()), None),
            RefundState::Failed { code } => (None, Some(Token::as_str(code))),
            _ => (None, None),
        };
        RailRefundView {
            object: "rail_refund",
            id: Id(refund.id),
            created_at: Time(refund.created_at),
            metadata: MetadataView(None),
            status: refund.state.as_str(),
            amount: refund.amount.into(),
            payment: Id(refund.payment),
            refund: refund.order_refund.map(Id),
            rail: refund.rail.as_str(),
            payment_method: method.map(Id),
            consented_at: consented_at.map(Time),
            gift_card: (refund.state == RefundState::Credited).then(|| Id(credit_of(refund.id))),
            paid_by_hand: refund.state == RefundState::PaidByHand,
            consent_reason,
            failure,
            replaced_by: refund.replaced_by.map(Id),
            attempt: refund.attempt,
            rail_reference: refund.rail_reference.as_ref().map(Text::as_str),
            outcome_unknown: refund.is_unknown,
        }
    }
}
