//! One look at claims and at what is owed unasked: each goes on as far as it can.

use std::collections::BTreeSet;

use base::{ClaimId, Instant, OrderId, PromotionId};
use claims::{Awaited, Claim, Facts, Refusal as ClaimRefusal, next};
use engine::{Answer, ClaimCommand, Command, Query, Refusal, Row, WayBack};
use outside::random::{SystemRandomness, new_id};
use promotions::Promotion;
use store::{Due, DueObject, List, Page, Reader};
use writer::{Handle, Request};

use super::{Account, ClaimsLed, NotYet, PAGE, Teller, deeds_of, told_facts};
use crate::due::{order_by, refund_ids};
use crate::{JobError, SYSTEM_ACTOR};

/// A run.
pub(super) struct Round<'a> {
    pub(super) handle: &'a Handle,
    teller: Teller<'a>,
    pub(super) led: ClaimsLed,
    /// Promotions whose open claims are looked at before the run ends: something was granted for
    /// one of them, which whoever looks at the others has to know, or what they wait for has come.
    pub(super) to_refresh: BTreeSet<PromotionId>,
}

/// What became of one step.
pub(super) enum Step {
    /// It was done; perhaps another one follows.
    Done,
    /// It waits for somebody else, or for its time.
    Waits,
}

impl<'a> Round<'a> {
    pub(super) fn new(handle: &'a Handle, teller: Teller<'a>) -> Round<'a> {
        Round { handle, teller, led: ClaimsLed::default(), to_refresh: BTreeSet::new() }
    }

    /// Does what is to be done about something that is due.
    pub(super) fn see_to(&mut self, due: Due, reader: &mut dyn Reader) -> Result<(), JobError> {
        match due.what {
            DueObject::Claim(id) => self.lead(id, reader),
            DueObject::Restitution(id) => self.note_repaid(id),
            DueObject::Search(id) => self.search(id, due.at, reader),
            _ => Ok(()),
        }
    }

    /// Leads on the open claims of promotions to which something has happened.
    pub(super) fn refresh_others(&mut self, reader: &mut dyn Reader) -> Result<(), JobError> {
        for promotion in std::mem::take(&mut self.to_refresh) {
            let list = List::Claims { promotion: Some(promotion), status: None };
            // A promotion has fewer claims than a page.
            for row in reader.list(list, Page::after(None, PAGE))? {
                let Row::Claim(claim) = row else { continue };
                if claim.status.is_open() {
                    self.lead(claim.id, reader)?;
                }
            }
        }
        Ok(())
    }

    /// Does what is to be done for a claim now, step by step.
    pub(super) fn lead(&mut self, id: ClaimId, reader: &mut dyn Reader) -> Result<(), JobError> {
        // As many as lead from the first to the last, twice: a defect must not go round for ever.
        for _ in 0..8 {
            let answer = self.handle.ask(Query::Claim(id))?;
            let Some(Answer::Claim { claim, now }) = answer else { return Ok(()) };
            self.tell_late(&claim, now)?;
            let step = match next(&claim, now).awaited {
                Awaited::Facts => self.gather(&claim, now, reader)?,
                Awaited::Decision => self.decide(&claim, now, reader)?,
                Awaited::PayoutStart => self.send(&claim, now)?,
                Awaited::PayoutEnd => self.note(&claim)?,
                Awaited::Review | Awaited::AppealDecision => self.refresh(&claim, now, reader)?,
                _ => Step::Waits,
            };
            if matches!(step, Step::Waits) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn tell_late(&mut self, claim: &Claim, now: Instant) -> Result<(), JobError> {
        let is_late = claim.due_at().is_some_and(|due_at| due_at <= now);
        let is_untold = claim.steps.open().any(|step| step.escalated_at.is_none());
        if is_late && is_untold && claim.held_since.is_none() {
            let told = self.submit(claim.id, ClaimCommand::Escalate { claim: claim.id })?;
            self.led.late += u64::from(matches!(told, Step::Done));
        }
        Ok(())
    }

    fn gather(
        &mut self,
        claim: &Claim,
        now: Instant,
        reader: &mut dyn Reader,
    ) -> Result<Step, JobError> {
        let Some(promotion) = claim.promotion else { return Ok(Step::Waits) };
        let Some(Answer::Promotion { promotion, .. }) =
            self.handle.ask(Query::Promotion(promotion))?
        else {
            return Ok(Step::Waits);
        };
        let Some(told) = self.told_of(&promotion, now, reader)? else { return Ok(Step::Waits) };
        let told = Box::new(told);
        let gathered =
            self.submit(claim.id, ClaimCommand::FreezeFacts { claim: claim.id, told })?;
        self.led.gathered += u64::from(matches!(gathered, Step::Done));
        Ok(gathered)
    }

    /// What no row tells of a promotion; `None` when that is not known yet.
    pub(super) fn told_of(
        &self,
        promotion: &Promotion,
        now: Instant,
        reader: &mut dyn Reader,
    ) -> Result<Option<Facts>, JobError> {
        let deeds = deeds_of(reader, promotion.id)?;
        if NotYet::of(promotion, &deeds, self.teller.tells(), now).is_some() {
            return Ok(None);
        }
        let account = Account::of(promotion, reader)?;
        Ok(Some(told_facts(self.teller.feed(), promotion, &deeds, &account, now)))
    }

    /// Whoever looks at a claim is to see what was paid since its facts were put together.
    fn refresh(
        &mut self,
        claim: &Claim,
        now: Instant,
        reader: &mut dyn Reader,
    ) -> Result<Step, JobError> {
        match self.handle.ask(Query::ClaimEvidence(claim.id))? {
            Some(Answer::ClaimEvidence(evidence)) if evidence.is_outdated => {
                self.gather(claim, now, reader)
            }
            _ => Ok(Step::Waits),
        }
    }

    /// Facts that have grown old since they were frozen are put together again first.
    fn decide(
        &mut self,
        claim: &Claim,
        now: Instant,
        reader: &mut dyn Reader,
    ) -> Result<Step, JobError> {
        match self.try_once(ClaimCommand::Decide { claim: claim.id })? {
            Ok(()) => {
                self.led.decided += 1;
                self.to_refresh.extend(claim.promotion);
                Ok(Step::Done)
            }
            Err(Refusal::Claims(ClaimRefusal::FactsOutdated | ClaimRefusal::NothingToWaitFor)) => {
                self.gather(claim, now, reader)
            }
            Err(refusal) => Ok(self.refused(claim.id, refusal)),
        }
    }

    fn send(&mut self, claim: &Claim, now: Instant) -> Result<Step, JobError> {
        let order = match claim.promotion {
            Some(promotion) => self.order_of(promotion)?,
            None => None,
        };
        let Some(order) = order else { return Ok(Step::Waits) };
        let refund = new_id(now, &mut SystemRandomness);
        let back = Box::new(WayBack { order, refund, ids: refund_ids(now) });
        let sent = self.submit(claim.id, ClaimCommand::StartPayout { claim: claim.id, back })?;
        if matches!(sent, Step::Done) {
            self.led.sent += 1;
            self.to_refresh.extend(claim.promotion);
        }
        Ok(sent)
    }

    fn note(&mut self, claim: &Claim) -> Result<Step, JobError> {
        let noted = self.submit(claim.id, ClaimCommand::NotePaid { claim: claim.id })?;
        self.led.paid += u64::from(matches!(noted, Step::Done));
        Ok(noted)
    }

    /// The order that has paid a promotion.
    pub(super) fn order_of(&self, promotion: PromotionId) -> Result<Option<OrderId>, JobError> {
        let answer = self.handle.ask(Query::Promotion(promotion))?;
        let Some(Answer::Promotion { promotion, .. }) = answer else { return Ok(None) };
        let Some(checkout) = promotion.checkout else { return Ok(None) };
        order_by(self.handle, checkout)
    }

    fn submit(&mut self, claim: ClaimId, command: ClaimCommand) -> Result<Step, JobError> {
        match self.try_once(command)? {
            Ok(()) => Ok(Step::Done),
            Err(refusal) => Ok(self.refused(claim, refusal)),
        }
    }

    fn refused(&mut self, claim: ClaimId, refusal: Refusal) -> Step {
        self.refuse(DueObject::Claim(claim), refusal)
    }

    /// Tells of a refusal, unless it says that nothing is to be done now.
    pub(super) fn refuse(&mut self, what: DueObject, refusal: Refusal) -> Step {
        if !has_gone_on(&refusal) {
            self.led.refused.push((what, refusal));
        }
        Step::Waits
    }

    pub(super) fn try_once(&self, command: ClaimCommand) -> Result<Result<(), Refusal>, JobError> {
        let command = Command::Claims(Box::new(command));
        let request = Request { command, actor: SYSTEM_ACTOR, operation: None };
        let outcome = self.handle.decide(vec![request], false)?.pop();
        let outcome = outcome.expect("one outcome for one request")?;
        Ok(outcome.result.map(drop))
    }
}

/// Whether a claim waits, or somebody was faster: nothing is wrong.
pub(super) fn has_gone_on(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        // What is out with those who serve it comes back by itself.
        Refusal::Promotions(promotions::Refusal::SlicesOpen)
            | Refusal::Claims(
                ClaimRefusal::NotGathering
                    | ClaimRefusal::NotMatched
                    | ClaimRefusal::NotApproved
                    | ClaimRefusal::BeingPaid
                    | ClaimRefusal::PaymentDisputed
                    | ClaimRefusal::ProposalWaits
                    | ClaimRefusal::NothingToChange
                    | ClaimRefusal::NothingDue
                    | ClaimRefusal::NotDue { .. }
            )
    )
}
