//! Payments over rails.

use base::{CheckoutId, MethodId, PaymentId, Text};
use payments::{FailureCode, Payment, PaymentState, Step};
use serde::Serialize;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// An amount taken, or to be taken, by one payment method over its rail.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentView<'a> {
    /// Always `payment`.
    #[schema(pattern = "^payment$")]
    object: &'static str,
    #[schema(value_type = String, example = "pay_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<PaymentId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// `authorizing`, `requires_action`, `authorized`, `capturing`, `captured`, `voiding`, `voided`
    /// or `failed`.
    #[schema(example = "captured")]
    status: &'static str,
    /// What was asked for.
    amount: MoneyView,
    /// What the rail has taken.
    captured: MoneyView,
    /// What has gone back over a rail and stayed there.
    refunded: MoneyView,
    /// What is on its way back.
    refunding: MoneyView,
    /// What disputes take that are open or lost; it may be more than is left.
    disputed: MoneyView,
    /// What was given back in another form.
    credited: MoneyView,
    /// What may still be given back.
    refundable: MoneyView,
    /// What the rail keeps for its service; `null` until it has told.
    fee: Option<MoneyView>,
    #[schema(value_type = String)]
    checkout: Id<CheckoutId>,
    #[schema(value_type = String)]
    payment_method: Id<MethodId>,
    #[schema(example = "sandbox")]
    rail: &'a str,
    /// The rail's own name for it; `null` until it has told.
    rail_reference: Option<&'a str>,
    /// Why the rail refused; `null` for every status but `failed`.
    failure: Option<PaymentFailureView<'a>>,
    /// True while the rail's answer to the last call was not heard. It is asked until it is known.
    outcome_unknown: bool,
}

/// What a rail refused, and why.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PaymentFailure)]
struct PaymentFailureView<'a> {
    /// `authorize` or `capture`.
    step: &'static str,
    #[schema(example = "declined")]
    code: &'a str,
}

impl<'a> PaymentView<'a> {
    pub(crate) fn new(payment: &'a Payment) -> PaymentView<'a> {
        let money = |amount| MoneyView::new(amount, payment.amount.currency);
        let checkout = payment.purpose.checkout();
        PaymentView {
            object: "payment",
            id: Id(payment.id),
            created_at: Time(payment.created_at),
            metadata: MetadataView(None),
            status: payment.state.as_str(),
            amount: payment.amount.into(),
            captured: money(payment.captured),
            refunded: money(payment.refunded),
            refunding: money(payment.refunding),
            disputed: money(payment.disputed),
            credited: money(payment.credited),
            refundable: money(payment.refundable()),
            fee: payment.fee.map(money),
            checkout: Id(checkout),
            payment_method: Id(payment.method),
            rail: payment.rail.as_str(),
            rail_reference: payment.rail_reference.as_ref().map(Text::as_str),
            failure: failure(&payment.state),
            outcome_unknown: payment.is_unknown,
        }
    }
}

fn failure(state: &PaymentState) -> Option<PaymentFailureView<'_>> {
    let view = |step: Step, code| PaymentFailureView { step: step.as_str(), code };
    match state {
        PaymentState::Failed { step, code } => Some(view(*step, FailureCode::as_str(code))),
        _ => None,
    }
}
