//! The sandbox's own settlement file: what it has moved in a time, and one payout of it.

use base::{Currency, Instant, Span, Text, Token};

use super::{OPERATION, Sandbox};
use crate::provider::Behavior;
use crate::provider::model::{Dispute, DisputeStatus, Method, Payment, Refund, RefundStatus};
use crate::{SettledKind, SettledLine};

impl Sandbox {
    /// What was moved in a currency from `since` on and before `until`, in order of time, and its
    /// payout at `until`: all of it, when that is more than nothing. Whoever asks again for the
    /// same time, when it is over, is told the same.
    pub fn settlement(
        &self,
        currency: Currency,
        since: Instant,
        until: Instant,
    ) -> Vec<SettledLine> {
        let payments = self.provider.payments().unwrap_or_default();
        let mut lines = Vec::new();
        for payment in payments.iter().filter(|payment| payment.currency == currency.code()) {
            lines.extend(captured(payment, currency));
            for id in &payment.refunds {
                let refund = self.provider.refund_by_id(id).ok().flatten();
                let behavior = self.provider.behavior();
                lines.extend(
                    refund.iter().flat_map(|refund| refunded(refund, payment, currency, behavior)),
                );
            }
            let disputes = self.provider.disputes(Some(&payment.id)).unwrap_or_default();
            lines.extend(disputes.iter().flat_map(|one| disputed(one, payment, currency)));
        }
        lines.retain(|line| since <= line.at && line.at < until);
        lines.sort_by(|one, other| {
            (one.at, one.reference.as_str()).cmp(&(other.at, other.reference.as_str()))
        });
        let net: i64 = lines.iter().map(|line| line.gross - line.fee).sum();
        if net > 0 {
            lines.push(payout(net, currency, until));
        }
        lines
    }
}

fn captured(payment: &Payment, currency: Currency) -> Option<SettledLine> {
    let at = payment.captured_at?;
    let line = line(&payment.id, "", SettledKind::Capture, currency, at)?;
    let operation = operation(payment.metadata.get(OPERATION));
    Some(SettledLine { gross: payment.captured, fee: payment.fee, operation, ..line })
}

/// A refund that was sent, and one that came back too; nothing of one that a store declined.
fn refunded(
    refund: &Refund,
    payment: &Payment,
    currency: Currency,
    behavior: &Behavior,
) -> Vec<SettledLine> {
    let pends = payment.method == Some(Method::RefundPending);
    let lasts = if pends { behavior.refund_pends } else { Span::ZERO };
    let sent_at = after(refund.created_at, lasts);
    let failed_at = after(refund.created_at, behavior.refund_fails_after);
    let operation = operation(refund.metadata.get(OPERATION));
    let told = |ending, at, gross| {
        let line = line(&refund.id, ending, SettledKind::Refund, currency, at)?;
        Some(SettledLine { gross, operation: operation.clone(), ..line })
    };
    let sent = told("", sent_at, -refund.amount);
    match refund.status {
        RefundStatus::Pending => Vec::new(),
        RefundStatus::Failed if refund.is_declined() => Vec::new(),
        RefundStatus::Succeeded => sent.into_iter().collect(),
        RefundStatus::Failed => {
            sent.into_iter().chain(told("_failed", failed_at, refund.amount)).collect()
        }
    }
}

/// What the bank took, and gave back when the dispute was won.
fn disputed(dispute: &Dispute, payment: &Payment, currency: Currency) -> Vec<SettledLine> {
    let told = |ending, at, gross| {
        let line = line(&dispute.id, ending, SettledKind::Dispute, currency, at)?;
        let operation = operation(payment.metadata.get(OPERATION));
        Some(SettledLine { gross, operation, ..line })
    };
    let is_won = dispute.status == DisputeStatus::Won;
    let won_at = dispute.decided_at.filter(|_| is_won);
    let won = won_at.and_then(|at| told("_won", at, dispute.amount));
    told("", dispute.created_at, -dispute.amount).into_iter().chain(won).collect()
}

fn payout(net: i64, currency: Currency, until: Instant) -> SettledLine {
    let name = format!("po_{}_{}", currency.code(), until.micros());
    let line = line(&name, "", SettledKind::Payout, currency, until.micros());
    SettledLine { gross: -net, ..line.expect("a code and a number make a name") }
}

/// A line without amounts about the object of this id. None for an id that no request can have
/// made.
fn line(
    id: &str,
    ending: &str,
    kind: SettledKind,
    currency: Currency,
    at_micros: i64,
) -> Option<SettledLine> {
    Some(SettledLine {
        reference: Text::new(&format!("txn_{id}{ending}")).ok()?,
        kind,
        currency,
        gross: 0,
        fee: 0,
        at: Instant::from_micros(at_micros),
        operation: None,
        source: Some(Text::new(id).ok()?),
        payment: None,
    })
}

fn operation(text: Option<&String>) -> Option<crate::Operation> {
    text.and_then(|text| Token::new(text).ok())
}

fn after(at: i64, span: Span) -> i64 {
    at.saturating_add_unsigned(span.micros())
}
