//! What is owed unasked: it is looked for when a promotion was settled, or a payment for it was
//! made in vain, and told or repaid once.
//!
//! Whatever breaks off is begun again: each part has an id of its own that follows from what it was
//! found by, and the sums of the promotion say what was paid or told before.

use base::Token;
use base::{Amount, Instant, PromotionId, RestitutionId};
use claims::{FactName, Facts, Finding, Fingerprint, RestitutionKind, ToldBack, Value};
use claims::{Refusal as ClaimRefusal, TRIED_LONGER_FOR, Way, tried_until};
use engine::{Answer, ClaimCommand, FoundLoss, Query, Refusal, Row, WayBack, is_of_settlement};
use outside::random::{SystemRandomness, new_id};
use payments::PaymentState;
use promotions::Promotion;
use shop::{TenderKind, TenderStatus};
use store::{DueObject, List, Page, Reader};

use super::PAGE;
use super::round::{Round, Step, has_gone_on};
use crate::JobError;
use crate::due::{book_time, refund_ids};

/// A part of what is owed.
struct Part {
    kind: RestitutionKind,
    /// What it was found by.
    cause: Fingerprint,
    loss: Amount,
    /// All of its kind, this one included.
    loss_so_far: Amount,
}

/// What is known about a promotion for which something may be owed.
struct Searched<'a> {
    promotion: &'a Promotion,
    told: Facts,
    now: Instant,
    /// When the reason for looking came up.
    since: Instant,
}

impl Round<'_> {
    /// Repays what is owed for a promotion, for the reason that came up at `since`.
    pub(super) fn search(
        &mut self,
        id: PromotionId,
        since: Instant,
        reader: &mut dyn Reader,
    ) -> Result<(), JobError> {
        // The same has been the reason why its claims wait, perhaps.
        self.to_refresh.insert(id);
        let asked = self.handle.ask(Query::Promotion(id))?;
        let Some(Answer::Promotion { promotion, now }) = asked else { return Ok(()) };
        let Some(told) = self.told_of(&promotion, now, reader)? else { return Ok(()) };
        // What was told before is read from the tables, and is to be all of it.
        let seq = reader.head()?.seq;
        self.handle.flush_and_wait(seq)?;
        let searched = Searched { promotion: &promotion, told, now, since };
        let mut parts = in_vain(&promotion, reader)?;
        parts.extend(returned(&searched, told_before(id, reader)?));
        parts.extend(charged(&searched));
        // One that waits, for its order refuses it, keeps none of the others from going on. Of
        // what is refused the first is told.
        let (told, mut waits) = (self.led.refused.len(), false);
        for part in parts {
            waits |= matches!(self.restitute(&searched, &part, reader)?, Step::Waits);
        }
        self.led.refused.truncate(told + 1);
        if waits {
            return Ok(());
        }
        let noted = self.try_once(ClaimCommand::NoteSearched { promotion: id, since })?;
        self.led.searched += u64::from(noted.is_ok());
        if let Err(refusal) = noted {
            self.refuse(DueObject::Search(id), refusal);
        }
        Ok(())
    }

    fn restitute(
        &mut self,
        searched: &Searched<'_>,
        part: &Part,
        reader: &mut dyn Reader,
    ) -> Result<Step, JobError> {
        let (promotion, now) = (searched.promotion, searched.now);
        let order = self.order_of(promotion.id)?;
        // A payment that went back may have left nothing to name: its own way back is enough.
        let fresh = |now| new_id(now, &mut SystemRandomness);
        let refund = match (part.kind.way(), order) {
            (Way::Settlement, Some(order)) => match settled_by(order, reader)? {
                Some(refund) => refund,
                None => return Ok(Step::Waits),
            },
            _ => new_id(now, &mut SystemRandomness),
        };
        let order = order.unwrap_or_else(|| fresh(now));
        let back = Box::new(WayBack { order, refund, ids: refund_ids(now) });
        let loss = Box::new(FoundLoss {
            promotion: promotion.id,
            kind: part.kind,
            cause: part.cause,
            loss: part.loss,
            loss_so_far: part.loss_so_far,
            told: searched.told.clone(),
        });
        let refused = self.try_once(ClaimCommand::Restitute { loss: loss.clone(), back })?;
        match refused {
            Ok(()) => {
                self.led.restituted += 1;
                Ok(Step::Done)
            }
            Err(Refusal::Claims(ClaimRefusal::AlreadyRepaid | ClaimRefusal::NothingToRepay)) => {
                Ok(Step::Done)
            }
            Err(refusal) if is_tried_enough(searched, part, &refusal) => {
                self.set_aside(loss, refund, refusal)
            }
            Err(refusal) => Ok(self.refuse(DueObject::Search(promotion.id), refusal)),
        }
    }

    /// Keeps what its order has refused to send for so long: a person is to see to it.
    fn set_aside(
        &mut self,
        loss: Box<FoundLoss>,
        refund: base::RefundId,
        refusal: Refusal,
    ) -> Result<Step, JobError> {
        let promotion = loss.promotion;
        let code = Token::new(refusal.code()).expect("codes of refusals are short words");
        let set_aside = ClaimCommand::SetRestitutionAside { loss, refund, refusal: code };
        match self.try_once(set_aside)? {
            Ok(()) => {
                self.led.stuck += 1;
                Ok(Step::Done)
            }
            Err(_) => Ok(self.refuse(DueObject::Search(promotion), refusal)),
        }
    }

    /// Notes that the money of a restitution has left, if it has; else tells once that it is late.
    pub(super) fn note_repaid(&mut self, id: RestitutionId) -> Result<(), JobError> {
        match self.try_once(ClaimCommand::NoteRestitutionPaid { restitution: id })? {
            Ok(()) => {
                self.led.repaid += 1;
                return Ok(());
            }
            Err(refusal) => drop(self.refuse(DueObject::Restitution(id), refusal)),
        }
        let asked = self.handle.ask(Query::Restitution(id))?;
        let Some(Answer::Restitution(restitution)) = asked else { return Ok(()) };
        let (now, _) = book_time(self.handle)?;
        if restitution.is_late(now) && restitution.escalated_at.is_none() {
            let told = self.try_once(ClaimCommand::EscalateRestitution { restitution: id })?;
            self.led.late_restitutions += u64::from(told.is_ok());
        }
        Ok(())
    }
}

/// Whether an order has refused to send it for so long that a person is to see to it. What may
/// succeed later by itself is tried for longer.
fn is_tried_enough(searched: &Searched<'_>, part: &Part, refusal: &Refusal) -> bool {
    let until = match refusal.is_transient() {
        true => searched.since.saturating_add(TRIED_LONGER_FOR),
        false => tried_until(searched.since),
    };
    let is_refund = matches!(part.kind.way(), Way::Refund(_));
    is_refund && !has_gone_on(refusal) && until <= searched.now
}

/// The refund by which the last settlement has returned something.
fn settled_by(
    order: base::OrderId,
    reader: &mut dyn Reader,
) -> Result<Option<base::RefundId>, JobError> {
    let rows = reader.list(List::OrderRefunds { order }, Page::after(None, PAGE))?;
    Ok(rows.into_iter().find_map(|row| match row {
        Row::OrderRefund(row) if is_of_settlement(&row) => Some(row.id),
        _ => None,
    }))
}

/// What restitutions have told of the settlements of a promotion.
fn told_before(promotion: PromotionId, reader: &mut dyn Reader) -> Result<ToldBack, JobError> {
    let (mut told, mut after) = (ToldBack::default(), None);
    loop {
        let list = List::Restitutions { promotion: Some(promotion), only_stuck: false };
        let rows = reader.list(list, Page::after(after, PAGE))?;
        let is_last = rows.len() < PAGE as usize;
        for row in rows {
            let Row::Restitution(row) = row else { continue };
            after = Some(row.id.bits());
            told = told.plus(row.kind, row.net);
        }
        if is_last {
            return Ok(told);
        }
    }
}

/// Why the settlements of a promotion have returned what they have, as far as nobody was told: for
/// events that turned out to be invalid, for units of a guarantee that an outage has kept back, and
/// else because it was not spent.
fn returned(searched: &Searched<'_>, before: ToldBack) -> Vec<Part> {
    let Searched { promotion, told, .. } = searched;
    let incident = match promotion.guarantee() {
        Some(_) => known_loss(told, FactName::IncidentLoss),
        None => Amount::ZERO,
    };
    let mut left = promotion.returned.saturating_sub(before.total());
    let lost = [
        (RestitutionKind::LateInvalid, promotion.spend.repaid),
        (RestitutionKind::Incident, incident),
        (RestitutionKind::Unspent, Amount::MAX),
    ];
    let mut parts = Vec::new();
    for (kind, lost) in lost {
        let told = before.of(kind);
        let loss = left.min(lost.saturating_sub(told));
        left = left.saturating_sub(loss);
        let loss_so_far = told.checked_add(loss).unwrap_or(Amount::MAX);
        parts.push(Part { kind, cause: settlement(promotion), loss, loss_so_far });
    }
    parts.retain(|part| !part.loss.is_zero());
    parts
}

/// What was charged and should not have been: the platform bears it.
fn charged(searched: &Searched<'_>) -> Vec<Part> {
    let Searched { promotion, told, .. } = searched;
    if promotion.settlements == 0 {
        // Until it is settled, more may be found.
        return Vec::new();
    }
    let lost = [
        (RestitutionKind::Overspend, FactName::OverBudget),
        (RestitutionKind::WrongDelivery, FactName::WrongDelivery),
    ];
    let parts = lost.map(|(kind, fact)| (kind, known_loss(told, fact)));
    let parts = parts.into_iter().filter(|(_, loss)| !loss.is_zero());
    let cause = settlement(promotion);
    parts.map(|(kind, loss)| Part { kind, cause, loss, loss_so_far: loss }).collect()
}

/// Payments for a promotion that were made in vain: their attempt was over. They go back by
/// themselves, and this says why.
fn in_vain(promotion: &Promotion, reader: &mut dyn Reader) -> Result<Vec<Part>, JobError> {
    let (mut parts, mut after) = (Vec::new(), None);
    loop {
        let list = List::Checkouts { buyer: Some(promotion.advertiser) };
        let rows = reader.list(list, Page::after(after, PAGE))?;
        let is_last = rows.len() < PAGE as usize;
        for row in rows {
            let Row::Checkout(checkout) = row else { continue };
            after = Some(checkout.id.bits());
            // None was made for it before there was one.
            if checkout.created_at < promotion.created_at {
                return Ok(parts);
            }
            if checkout.promotion != Some(promotion.id) {
                continue;
            }
            let is_paid = |wanted| {
                checkout.tenders.iter().any(|tender| match tender.kind {
                    TenderKind::PaymentMethod { payment, .. } => {
                        payment == Some(wanted) && tender.status == TenderStatus::Paid
                    }
                    TenderKind::GiftCard { .. } => false,
                })
            };
            let list = List::Payments { checkout: Some(checkout.id) };
            for row in reader.list(list, Page::after(None, PAGE))? {
                let Row::Payment(payment) = row else { continue };
                let is_taken = payment.state == PaymentState::Captured;
                if is_taken && !payment.captured.is_zero() && !is_paid(payment.id) {
                    parts.push(Part {
                        kind: RestitutionKind::DoubleCapture,
                        cause: Fingerprint(payment.id.to_bytes()),
                        loss: payment.captured,
                        loss_so_far: payment.captured,
                    });
                }
            }
        }
        if is_last {
            return Ok(parts);
        }
    }
}

/// What was found after the last settlement of a promotion is found once.
fn settlement(promotion: &Promotion) -> Fingerprint {
    Fingerprint(u128::from(promotion.settlements).to_be_bytes())
}

fn known_loss(told: &Facts, name: FactName) -> Amount {
    match told.get(name).map(|fact| fact.finding) {
        Some(Finding::Known(Value::Money(loss))) => loss,
        _ => Amount::ZERO,
    }
}
