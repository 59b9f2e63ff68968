//! What was taken back of a payment past us, as the rail shows it now: disputes, refunds that
//! somebody has made at the rail itself, and refunds of ours that came back without a word.

use std::sync::Arc;

use base::{Amount, Money};
use engine::{PaymentCommand, Refusal, Row};
use payments::{
    Destination, Dispute, Payment, REFUNDED_AT_RAIL, RailRefund, RefundState as Known,
    Refusal as PaymentRefusal,
};
use rails::{
    DisputeStage, DisputeState, Outcome, PaymentStage, PaymentState, Reference, RefundStage,
    RefundState,
};

use super::caller::Verdict;
use super::dispute_words::commands;
use super::operation::{DoneFor, dispute_id, done_for};
use super::refund_words::after_question;
use super::report::RailReport;
use super::visit::Visit;
use crate::JobError;

/// How it went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    /// Everything that the rail says is in the book.
    pub(super) is_noted: bool,
    /// Something of it is new, so that refunds may go on, or not any more.
    pub(super) has_news: bool,
}

impl Heard {
    pub(super) const NOTHING: Heard = Heard { is_noted: true, has_news: false };
    /// The rail did not say.
    pub(super) const SILENCE: Heard = Heard { is_noted: false, has_news: false };

    pub(super) fn and(self, other: Heard) -> Heard {
        Heard {
            is_noted: self.is_noted && other.is_noted,
            has_news: self.has_news || other.has_news,
        }
    }
}

/// Refunds that somebody has made at the rail itself.
#[derive(Debug, Default)]
struct Made {
    /// Past us.
    foreign: Vec<RefundState>,
    /// In the place of refunds of ours, whose rows have their names.
    for_ours: Vec<RefundState>,
}

impl Visit<'_> {
    /// Asks what was taken back of a payment, and brings our rows there. `told` is what the rail
    /// has just said of the payment.
    ///
    /// What has come back to us is noted first, and refunds that somebody has sent from there
    /// before what a bank disputes: it may dispute what they have given back already. Disputes are
    /// heard also when nothing can be learned of refunds.
    pub(super) fn taken_back(
        &self,
        payment: &Payment,
        told: Option<&PaymentState>,
    ) -> Result<Heard, JobError> {
        let named = payment.rail_reference.as_ref();
        let Some(reference) = named.or(told.map(|told| &told.reference)) else {
            return Ok(Heard::SILENCE);
        };
        let (mut heard, made) = self.refunds_at(payment, reference, told)?;
        let outcome = self.desk.called().disputes(reference);
        self.notice(&outcome, &payment.id.to_string());
        let mut disputes = Vec::new();
        match outcome {
            Outcome::Succeeded(told) => disputes = told,
            _ => heard = heard.and(Heard::SILENCE),
        }
        let is_won = |told: &DisputeState| told.stage == DisputeStage::Won;
        let (won, mut others): (Vec<_>, Vec<_>) = disputes.into_iter().partition(is_won);
        // A refund covers one of them, and is in the book before that is over: what the dispute
        // held back would be sent meanwhile.
        let mut covering: Vec<&RefundState> = made.foreign.iter().chain(&made.for_ours).collect();
        for dispute in &mut others {
            self.clear_up(payment, dispute, &mut covering)?;
        }
        let at_rail: Vec<_> = made.foreign.into_iter().map(as_dispute).collect();
        for told in won.iter().chain(&at_rail).chain(&others) {
            heard = heard.and(self.bring(payment, told)?);
        }
        Ok(heard)
    }

    /// Notes refunds of ours. Returns those that somebody has made there, what has come back first.
    fn refunds_at(
        &self,
        payment: &Payment,
        reference: &Reference,
        told: Option<&PaymentState>,
    ) -> Result<(Heard, Made), JobError> {
        if is_untouched(payment, told) {
            return Ok((Heard::NOTHING, Made::default()));
        }
        let outcome = self.desk.called().refunds(reference);
        self.notice(&outcome, &payment.id.to_string());
        let Outcome::Succeeded(all) = outcome else {
            return Ok((Heard::SILENCE, Made::default()));
        };
        // What was released can be told from a refund only beside what was captured.
        let Some(all) = told.and_then(|told| without_release(all, told)) else {
            return Ok((Heard::SILENCE, Made::default()));
        };
        let (heard, mut made) = self.refunds(payment, all)?;
        made.foreign.sort_by_key(|state| !matches!(state.stage, RefundStage::Failed(_)));
        Ok((heard, made))
    }

    /// A dispute of which its rail says that it was prevented, and not who has the money: where a
    /// refund was made there that covers it, the payer has that, and the dispute takes nothing.
    fn clear_up(
        &self,
        payment: &Payment,
        told: &mut DisputeState,
        covering: &mut Vec<&RefundState>,
    ) -> Result<(), JobError> {
        let covers = |refund: &&RefundState| {
            !matches!(refund.stage, RefundStage::Failed(_)) && refund.amount == told.amount
        };
        if told.stage == DisputeStage::Unclear
            && let Some(place) = covering.iter().position(covers)
        {
            covering.remove(place);
            let known = self.kept_dispute(payment, &told.reference)?;
            if known.is_none_or(|known| known.state != payments::DisputeState::Lost) {
                told.stage = DisputeStage::Won;
            }
        }
        Ok(())
    }

    /// Brings a dispute to where the rail shows it.
    fn bring(&self, payment: &Payment, told: &DisputeState) -> Result<Heard, JobError> {
        let mut heard = Heard::NOTHING;
        let id = dispute_id(payment.id, self.desk.name(), &told.reference);
        if told.stage == DisputeStage::Unclear {
            let (rail, about) = (self.desk.name().to_owned(), id.to_string());
            self.shared.report_once(&about.clone(), RailReport::Unclear { rail, about });
        }
        let known = self.shared.dispute(id)?;
        let draw = || self.shared.ids.draw().refunds[0];
        for command in commands(known.as_deref(), told, payment.id, id, draw) {
            match self.shared.decide(command, self.desk.name(), id)? {
                Verdict::Done => heard.has_news = true,
                Verdict::Known => {}
                Verdict::Refused(refusal) => {
                    // A contradiction was reported, and hearing of it again would not solve it.
                    heard.is_noted &= is_final(refusal);
                    break;
                }
            }
        }
        Ok(heard)
    }

    /// Notes what the rail says of refunds of ours. Returns those that somebody has made there.
    fn refunds(
        &self,
        payment: &Payment,
        told: Vec<RefundState>,
    ) -> Result<(Heard, Made), JobError> {
        let (mut heard, mut nameless) = (Heard::NOTHING, Vec::new());
        for state in told {
            match state.operation.as_ref().and_then(done_for) {
                Some(DoneFor::Refund(id, attempt)) => {
                    let refund = self.shared.refund(id)?.filter(|row| row.payment == payment.id);
                    match refund {
                        Some(refund) => {
                            heard = heard.and(self.of_ours(&refund, attempt, state)?);
                        }
                        // Named as ours are, perhaps by a copy of this book.
                        None => self.report_foreign(&state),
                    }
                }
                Some(DoneFor::Payment(_)) | None => nameless.push(state),
            }
        }
        let mut made = Made::default();
        let (named, mut others) = self.by_name(payment, nameless, &mut made)?;
        heard = heard.and(named);
        if self.desk.is_store() {
            let (concluded, foreign) = self.by_store(payment, others)?;
            (heard, others) = (heard.and(concluded), foreign);
        }
        for state in others {
            if self.in_place_of(payment, &state)? {
                heard.has_news = true;
                made.for_ours.push(state);
            } else {
                made.foreign.push(state);
            }
        }
        Ok((heard, made))
    }

    /// Notes those of ours that the rail calls so. Returns those that are not known by their name.
    fn by_name(
        &self,
        payment: &Payment,
        told: Vec<RefundState>,
        made: &mut Made,
    ) -> Result<(Heard, Vec<RefundState>), JobError> {
        // Before names are read: one of ours that gets its name meanwhile is in one of the two.
        // A store names none of ours by itself: sums tell which it has made.
        let has_none = told.is_empty() || self.desk.is_store();
        let unnamed = if has_none { Vec::new() } else { self.unnamed(payment)? };
        let (mut heard, mut others) = (Heard::NOTHING, Vec::new());
        for (state, refund) in self.with_ours(payment, told)? {
            match refund {
                Some(refund) => {
                    made.for_ours.push(state.clone());
                    heard = heard.and(self.of_ours(&refund, refund.attempt, state)?);
                }
                // It may be ours, and our own question about that will tell.
                None if unnamed.contains(&state.amount) => heard = heard.and(Heard::SILENCE),
                None => others.push(state),
            }
        }
        Ok((heard, others))
    }

    /// Whether somebody has made it there in the place of a refund of ours that is stuck: of just
    /// that amount. Then that one is noted as made, and nothing is taken beside it.
    fn in_place_of(&self, payment: &Payment, state: &RefundState) -> Result<bool, JobError> {
        let has_failed = matches!(state.stage, RefundStage::Failed(_));
        if has_failed || self.kept_dispute(payment, &state.reference)?.is_some() {
            return Ok(false);
        }
        for refund in self.open_refunds(payment)? {
            if is_stuck(&refund) && refund.amount == state.amount {
                let (rail_refund, reference) = (refund.id, state.reference.clone());
                let command = PaymentCommand::NoteRefundAtRail { rail_refund, reference };
                if self.shared.decide(command, self.desk.name(), refund.id)? == Verdict::Done {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Our refunds of a payment at this rail that are not settled, as they are by now.
    pub(super) fn open_refunds(&self, payment: &Payment) -> Result<Vec<Arc<RailRefund>>, JobError> {
        let ids = self.shared.payment(payment.id)?.map(|payment| payment.open_refunds.clone());
        let mut rows = Vec::new();
        for id in ids.unwrap_or_default() {
            rows.extend(self.shared.refund(id)?);
        }
        rows.retain(|row| row.rail.as_str() == self.desk.name());
        Ok(rows)
    }

    /// The amounts of our refunds of a payment that the rail may have made without our knowing
    /// what it calls them, because its answer was lost or is still on its way.
    fn unnamed(&self, payment: &Payment) -> Result<Vec<Money>, JobError> {
        let open = self.open_refunds(payment)?;
        Ok(open.iter().filter(|row| is_unnamed(row)).map(|row| row.amount).collect())
    }

    /// Notes what the rail says of a refund of ours, when it is news.
    fn of_ours(
        &self,
        refund: &RailRefund,
        attempt: u32,
        state: RefundState,
    ) -> Result<Heard, JobError> {
        // One that goes by another method is not this rail's any more.
        let is_here = refund.rail.as_str() == self.desk.name();
        let told = Outcome::Succeeded(Some(state));
        let notice = after_question(refund, attempt, told).filter(|_| is_here);
        let Some(notice) = notice else { return Ok(Heard::NOTHING) };
        let verdict = self.note_refund(refund, attempt, notice)?;
        Ok(Heard { has_news: verdict == Verdict::Done, ..Heard::NOTHING })
    }

    /// Refunds that do not say whose they are, each with that of ours which the rail calls so: its
    /// operation was taken away at the rail. Those that are kept as made there are none of ours.
    fn with_ours(
        &self,
        payment: &Payment,
        told: Vec<RefundState>,
    ) -> Result<Vec<(RefundState, Option<RailRefund>)>, JobError> {
        let mut unknown = Vec::new();
        for state in &told {
            if self.kept_dispute(payment, &state.reference)?.is_none() {
                unknown.push(state.reference.clone());
            }
        }
        if unknown.is_empty() {
            return Ok(told.into_iter().map(|state| (state, None)).collect());
        }
        // What was noted a moment ago counts: money would be booked twice.
        let mut reader = self.shared.reader()?;
        let seq = self.shared.handle.figures().seq();
        self.shared.handle.flush_and_wait(seq)?;
        let rows = reader.named_by_rail(&unknown)?;
        let ours = |state: &RefundState| {
            rows.iter().find_map(|row| match row {
                Row::RailRefund(row)
                    if row.payment == payment.id
                        && row.rail == payment.rail
                        && row.rail_reference.as_ref() == Some(&state.reference) =>
                {
                    Some(row.as_ref().clone())
                }
                _ => None,
            })
        };
        Ok(told
            .into_iter()
            .map(|state| {
                let ours = ours(&state);
                (state, ours)
            })
            .collect())
    }

    /// The dispute of ours that the rail calls so, if we keep one.
    pub(super) fn kept_dispute(
        &self,
        payment: &Payment,
        name: &Reference,
    ) -> Result<Option<Arc<Dispute>>, JobError> {
        Ok(self.shared.dispute(dispute_id(payment.id, self.desk.name(), name))?)
    }

    fn report_foreign(&self, state: &RefundState) {
        let (rail, about) = (self.desk.name().to_owned(), state.reference.as_str().to_owned());
        self.shared.report_once(&about.clone(), RailReport::Foreign { rail, about });
    }
}

/// Whether the rail may have made it without our knowing its name.
pub(super) fn is_unnamed(refund: &RailRefund) -> bool {
    refund.state == Known::Sent && refund.rail_reference.is_none()
}

fn is_stuck(refund: &RailRefund) -> bool {
    let is_stuck = matches!(refund.state, Known::NeedsConsent { .. } | Known::Failed { .. });
    is_stuck && refund.destination == Destination::Original
}

/// Whether nothing of a payment was refunded, by the rail and by us. That it was disputed says
/// nothing.
fn is_untouched(payment: &Payment, told: Option<&PaymentState>) -> bool {
    let is_untouched_there = told.is_some_and(|told| told.refunded == Some(Amount::ZERO));
    let is_untouched_here = payment.refunded.is_zero() && payment.open_refunds.is_empty();
    // A refund that was made at the rail may have come back.
    is_untouched_there && is_untouched_here && payment.disputed.is_zero()
}

/// The same without what was released because it was never captured: rails tell that as a refund as
/// well, though not among what was refunded of the payment. `None` where the two cannot be told
/// apart, because something was refunded between two questions.
fn without_release(mut all: Vec<RefundState>, told: &PaymentState) -> Option<Vec<RefundState>> {
    if told.stage != PaymentStage::Captured {
        return Some(all);
    }
    let released = told.amount.amount.saturating_sub(told.captured);
    if released.is_zero() {
        return Some(all);
    }
    let refunded = i128::from(told.refunded?.minor());
    let counts = |state: &&RefundState| !matches!(state.stage, RefundStage::Failed(_));
    let sum: i128 =
        all.iter().filter(counts).map(|state| i128::from(state.amount.amount.minor())).sum();
    if sum == refunded {
        return Some(all);
    }
    let is_it = |state: &RefundState| {
        state.operation.is_none() && state.amount.amount == released && counts(&state)
    };
    let place = all.iter().rposition(is_it)?;
    all.remove(place);
    (sum == refunded + i128::from(released.minor())).then_some(all)
}

/// A refund that was made at the rail: the payer has it, unless it came back.
fn as_dispute(state: RefundState) -> DisputeState {
    DisputeState {
        reference: state.reference,
        payment: state.payment,
        amount: state.amount,
        ground: base::Text::new(REFUNDED_AT_RAIL).expect("a word is a text"),
        due_at: None,
        stage: match state.stage {
            RefundStage::Pending | RefundStage::Succeeded => DisputeStage::Lost,
            RefundStage::Failed(_) => DisputeStage::Won,
        },
    }
}

/// Whether a refusal stays as it is however often the rail tells the same.
fn is_final(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Payments(PaymentRefusal::Contradiction { .. }))
}
