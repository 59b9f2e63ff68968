//! Leading claims on: facts are gathered, rules decide, money sets out, what has left is noted, and
//! what is late is told.

mod clerk;
mod told;

use base::{ClaimId, Instant, OrderId, PromotionId};
use claims::{Awaited, Claim, Refusal as ClaimRefusal, Status, next};
use engine::{Answer, ClaimCommand, Command, Query, Refusal, Row, WayBack};
use outside::random::{SystemRandomness, new_id};
use serving::Feed;
use store::{List, Page, Reader};
use writer::{Handle, Request};

use crate::due::{order_by, refund_ids};
use crate::{JobError, SYSTEM_ACTOR};

pub use clerk::ClaimClerk;
pub use told::{deeds_of, told_facts};

/// Claims in one page of a list.
const PAGE: u32 = 100;

/// What was done for claims in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsLed {
    /// Claims of which facts were put together.
    pub gathered: u64,
    /// Claims that the rules have decided, or left to a person.
    pub decided: u64,
    /// Claims whose money has set out.
    pub sent: u64,
    /// Claims whose money has left.
    pub paid: u64,
    /// Claims of which a step was told to be late.
    pub late: u64,
    /// What could not be done for a reason that time does not cure, with the reason.
    pub refused: Vec<(ClaimId, Refusal)>,
}

impl ClaimsLed {
    /// Whether nothing was done, and nothing refused.
    pub fn is_empty(&self) -> bool {
        *self == ClaimsLed::default()
    }
}

/// What tells how promotions were delivered.
#[derive(Clone, Copy)]
pub enum Teller<'a> {
    /// The feed.
    Feed(&'a Feed),
    /// The feed is being opened: claims on promotions that were shown wait for it.
    Opening,
    /// Nobody: nothing was ever promoted here.
    Nobody,
}

/// Leads every claim on that waits for the platform, as far as it goes.
///
/// Safe at any time and as often as wanted: a claim that has gone on is passed over.
///
/// # Errors
///
/// [`JobError::Store`] and [`JobError::Writer`]. What was done stays done.
pub fn lead_claims(
    handle: &Handle,
    reader: &mut dyn Reader,
    teller: Teller<'_>,
) -> Result<ClaimsLed, JobError> {
    lead_while(handle, reader, teller, &mut || true)
}

/// As [`lead_claims`], for as long as `goes_on` says so.
pub(crate) fn lead_while(
    handle: &Handle,
    reader: &mut dyn Reader,
    teller: Teller<'_>,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<ClaimsLed, JobError> {
    let mut round = Round { handle, teller, led: ClaimsLed::default() };
    for status in Status::ALL.into_iter().filter(|status| status.is_open()) {
        for id in found(reader, status)? {
            if !goes_on() {
                return Ok(round.led);
            }
            round.lead(id, reader)?;
        }
    }
    Ok(round.led)
}

/// Claims that stand there, as far as the tables know.
fn found(reader: &mut dyn Reader, status: Status) -> Result<Vec<ClaimId>, JobError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let list = List::Claims { promotion: None, status: Some(status) };
        let rows = reader.list(list, Page::after(after, PAGE))?;
        let is_last = rows.len() < PAGE as usize;
        for row in rows {
            let Row::Claim(claim) = row else { continue };
            after = Some(claim.id.bits());
            found.push(claim.id);
        }
        if is_last {
            return Ok(found);
        }
    }
}

struct Round<'a> {
    handle: &'a Handle,
    teller: Teller<'a>,
    led: ClaimsLed,
}

/// What became of one step.
enum Step {
    /// It was done; perhaps another one follows.
    Done,
    /// It waits for somebody else, or for its time.
    Waits,
}

impl Round<'_> {
    /// Does what is to be done for a claim now, step by step.
    fn lead(&mut self, id: ClaimId, reader: &mut dyn Reader) -> Result<(), JobError> {
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
        let was_shown = promotion.slices.ever > 0;
        let feed = match self.teller {
            Teller::Feed(feed) => Some(feed),
            Teller::Opening if was_shown => return Ok(Step::Waits),
            Teller::Opening | Teller::Nobody => None,
        };
        // What a guarantee lacks is known once all bills of it are there, if it was shown at all.
        let is_over = promotion.state.is_ended() || promotion.terms.ends_at <= now;
        let is_billed = promotion.slices.open > 0 && promotion.delivery.delivered() > 0;
        if is_over && is_billed && promotion.guarantee().is_some() {
            return Ok(Step::Waits);
        }
        let deeds = deeds_of(reader, promotion.id)?;
        if u32::try_from(deeds.len()).is_ok_and(|count| count < promotion.deeds) {
            // The tables follow after a moment.
            return Ok(Step::Waits);
        }
        let told = Box::new(told_facts(feed, &promotion, &deeds, now));
        let gathered =
            self.submit(claim.id, ClaimCommand::FreezeFacts { claim: claim.id, told })?;
        self.led.gathered += u64::from(matches!(gathered, Step::Done));
        Ok(gathered)
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
        self.led.sent += u64::from(matches!(sent, Step::Done));
        Ok(sent)
    }

    fn note(&mut self, claim: &Claim) -> Result<Step, JobError> {
        let noted = self.submit(claim.id, ClaimCommand::NotePaid { claim: claim.id })?;
        self.led.paid += u64::from(matches!(noted, Step::Done));
        Ok(noted)
    }

    /// The order that has paid a promotion.
    fn order_of(&self, promotion: PromotionId) -> Result<Option<OrderId>, JobError> {
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
        if !has_gone_on(&refusal) {
            self.led.refused.push((claim, refusal));
        }
        Step::Waits
    }

    fn try_once(&self, command: ClaimCommand) -> Result<Result<(), Refusal>, JobError> {
        let command = Command::Claims(Box::new(command));
        let request = Request { command, actor: SYSTEM_ACTOR, operation: None };
        let outcome = self.handle.decide(vec![request], false)?.pop();
        let outcome = outcome.expect("one outcome for one request")?;
        Ok(outcome.result.map(drop))
    }
}

/// Whether a claim waits, or somebody was faster: nothing is wrong.
fn has_gone_on(refusal: &Refusal) -> bool {
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
