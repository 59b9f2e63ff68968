//! The rows that are asked for, one at a time.

use std::sync::Arc;

use base::{CheckoutId, DisputeId, MethodId, PaymentId, RailRefundId};
use engine::{Answer, Query};
use payments::{Dispute, Method, Payment, RailRefund};
use shop::{Checkout, TenderKind};
use writer::Trouble;

use super::caller::Shared;

/// The payments of a checkout, also those of an attempt that is over.
pub(super) fn payments_of(checkout: &Checkout) -> impl Iterator<Item = PaymentId> + '_ {
    checkout.tenders.iter().filter_map(|tender| match tender.kind {
        TenderKind::PaymentMethod { payment, .. } => payment,
        TenderKind::GiftCard { .. } => None,
    })
}

impl Shared {
    pub(super) fn payment(&self, id: PaymentId) -> Result<Option<Arc<Payment>>, Trouble> {
        Ok(match self.handle.ask(Query::Payment(id))? {
            Some(Answer::Payment(payment)) => Some(payment),
            _ => None,
        })
    }

    pub(super) fn refund(&self, id: RailRefundId) -> Result<Option<Arc<RailRefund>>, Trouble> {
        Ok(match self.handle.ask(Query::RailRefund(id))? {
            Some(Answer::RailRefund(refund)) => Some(refund),
            _ => None,
        })
    }

    pub(super) fn method(&self, id: MethodId) -> Result<Option<Arc<Method>>, Trouble> {
        Ok(match self.handle.ask(Query::Method(id))? {
            Some(Answer::Method(method)) => Some(method),
            _ => None,
        })
    }

    pub(super) fn checkout(&self, id: CheckoutId) -> Result<Option<Arc<Checkout>>, Trouble> {
        Ok(match self.handle.ask(Query::Checkout(id))? {
            Some(Answer::Checkout { checkout, .. }) => Some(checkout),
            _ => None,
        })
    }

    pub(super) fn dispute(&self, id: DisputeId) -> Result<Option<Arc<Dispute>>, Trouble> {
        Ok(match self.handle.ask(Query::Dispute(id))? {
            Some(Answer::Dispute(dispute)) => Some(dispute),
            _ => None,
        })
    }
}
