//! What a decision leaves behind.

use base::{Amount, PaymentId};
use ledger::{Posted, Subject};

use crate::{
    Dispute, EventKind, Method, Payment, RailRefund, Settlement, SettlementLine, Standing,
};

/// Rows after a decision, what was posted, and what happened in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Methods after the decision.
    pub methods: Vec<Method>,
    /// Payments after the decision.
    pub payments: Vec<Payment>,
    /// Refunds after the decision, those it cancelled among them.
    pub refunds: Vec<RailRefund>,
    /// Disputes after the decision.
    pub disputes: Vec<Dispute>,
    /// Standings after the decision.
    pub standings: Vec<Standing>,
    /// Settlement files after the decision.
    pub settlements: Vec<Settlement>,
    /// Lines of settlement files after the decision.
    pub settlement_lines: Vec<SettlementLine>,
    /// Payments of which more, or less, may be given back than before.
    pub caps: Vec<CapChange>,
    /// Accounts, transfers and entries.
    pub posted: Posted,
    /// Events, each with the object it is about.
    pub events: Vec<(EventKind, Subject)>,
}

/// What may be given back of a payment has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapChange {
    /// The payment.
    pub payment: PaymentId,
    /// What could be given back before, in minor units.
    pub before: Amount,
    /// What can be given back now, in minor units.
    pub after: Amount,
}

impl Outcome {
    /// An outcome in which `before` became `after`.
    pub(crate) fn of_payment(before: &Payment, after: Payment) -> Outcome {
        let (was, is) = (before.refundable(), after.refundable());
        let change = CapChange { payment: after.id, before: was, after: is };
        let caps = if was == is { Vec::new() } else { vec![change] };
        Outcome { payments: vec![after], caps, ..Outcome::default() }
    }

    pub(crate) fn with_refund(mut self, refund: RailRefund) -> Outcome {
        self.refunds.push(refund);
        self
    }

    pub(crate) fn with_event(mut self, kind: EventKind, subject: Subject) -> Outcome {
        self.events.push((kind, subject));
        self
    }

    /// An outcome in which a line is new.
    pub(crate) fn of_line(line: SettlementLine) -> Outcome {
        Outcome { settlement_lines: vec![line], ..Outcome::default() }
    }

    /// A line after the decision, unless it is as it was.
    pub(crate) fn with_line(mut self, before: &SettlementLine, after: SettlementLine) -> Outcome {
        if *before != after {
            self.settlement_lines.push(after);
        }
        self
    }

    pub(crate) fn with_settlement(mut self, settlement: Settlement) -> Outcome {
        self.settlements.push(settlement);
        self
    }

    pub(crate) fn with_standing(mut self, standing: Standing) -> Outcome {
        self.standings.push(standing);
        self
    }

    pub(crate) fn with_posted(self, posted: Posted) -> Outcome {
        Outcome { posted, ..self }
    }
}
