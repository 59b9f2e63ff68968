//! Requests with and without a key, alone and in atomic groups.

use base::{HoldId, Instant, RefundId};
use engine::ReversalStatus;
use engine::{Answer, Command, GiftCardCommand, OperationKey, OperationRefusal, Refusal};
use giftcards::Refusal as No;
use writer::{Decided, Operation, Outcome, Request, Trouble};

use super::NO_SHOP;
use super::Oracle;
use super::money::balance;

/// What is known about a key.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// What was asked under it; `None` when whatever is asked gets the same answer.
    fingerprint: Option<[u8; 16]>,
    pub(super) did: Did,
    result: Result<Answer, Refusal>,
    seq: u64,
    at: Instant,
}

/// What there is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    /// It was refused, reversed, or barred.
    Nothing,
    /// Something that cannot be undone by key.
    Other,
    Hold(HoldId),
    Capture(HoldId, i64),
    Redemption(HoldId),
    Refund(RefundId),
}

impl Oracle {
    /// Decides the requests of one call in order and says what its caller must be told.
    pub fn decide(&mut self, requests: &[Request], atomic: bool) -> Vec<Outcome> {
        if !atomic {
            return requests.iter().map(|request| self.decide_one(request, false)).collect();
        }
        let mark = self.mark();
        let mut outcomes = Vec::new();
        for request in requests {
            let outcome = self.decide_one(request, true);
            let succeeded = outcome.as_ref().is_ok_and(|decided| decided.result.is_ok());
            outcomes.push(outcome);
            if !succeeded {
                self.roll_back(&mark);
                return self.aborted(requests.len(), outcomes);
            }
        }
        outcomes
    }

    /// What a request would be told now; nothing happens.
    pub fn would_decide(&mut self, request: &Request) -> Outcome {
        let mark = self.mark();
        let outcome = self.decide_one(request, false);
        self.roll_back(&mark);
        outcome
    }

    fn aborted(&self, count: usize, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let culprit = outcomes.len() - 1;
        let refusal = Refusal::Operation(OperationRefusal::BatchAborted);
        let own = outcomes.pop().expect("the culprit was just decided");
        let mut all: Vec<Outcome> = (0..count).map(|_| Ok(self.passing(Err(refusal)))).collect();
        all[culprit] = own;
        all
    }

    fn decide_one(&mut self, request: &Request, atomic: bool) -> Outcome {
        if let Some(operation) = request.operation
            && let Some(known) = self.operations.get(operation.key)
        {
            if known.fingerprint.is_some_and(|print| print != operation.fingerprint) {
                return Err(Trouble::Mismatch);
            }
            let Known { result, seq, at, .. } = known.clone();
            return Ok(Decided { result, replayed: true, seq, at });
        }
        let before = self.captured_so_far(&request.command);
        let result = self.carry_out(&request.command);
        let is_final = match &result {
            Ok(_) => true,
            Err(refusal) => !atomic && request.operation.is_some() && !may_change(refusal),
        };
        if !is_final {
            return Ok(self.passing(result));
        }
        self.seq += 1;
        let decided = Decided { result, replayed: false, seq: self.seq, at: self.now };
        if let Some(operation) = request.operation {
            let captured = self.captured_so_far(&request.command) - before;
            let did = what_it_did(&request.command, decided.result.is_ok(), captured);
            self.know(operation.key, Some(operation.fingerprint), did, &decided);
        }
        self.note_reversed(&request.command, request.operation, &decided);
        Ok(decided)
    }

    /// A reversed key answers from now on that it was reversed.
    fn note_reversed(&mut self, command: &Command, own: Option<Operation>, decided: &Decided) {
        let Command::Reverse { operation } = command else { return };
        let Ok(Answer::Reversal { status, .. }) = &decided.result else { return };
        let is_own = own.is_some_and(|own| own.key == *operation);
        if *status != ReversalStatus::NothingToUndo && !is_own {
            let refusal = Refusal::Operation(OperationRefusal::Reversed);
            let decided = Decided { result: Err(refusal), ..decided.clone() };
            self.know(*operation, None, Did::Nothing, &decided);
        }
    }

    fn know(
        &mut self,
        key: OperationKey,
        fingerprint: Option<[u8; 16]>,
        did: Did,
        decided: &Decided,
    ) {
        let Decided { result, seq, at, .. } = decided.clone();
        self.operations.put(key, Known { fingerprint, did, result, seq, at });
    }

    /// A decision that nobody remembers.
    fn passing(&self, result: Result<Answer, Refusal>) -> Decided {
        Decided { result, replayed: false, seq: 0, at: self.now }
    }

    /// What the hold of a capture had captured; zero for other commands.
    fn captured_so_far(&self, command: &Command) -> i64 {
        match command {
            Command::GiftCards(GiftCardCommand::Capture { hold, .. }) => {
                self.hold(*hold).map_or(0, |hold| hold.pending.posted.minor())
            }
            _ => 0,
        }
    }

    /// The sum of all balances of each currency, debit balances negative, in order of currency;
    /// each must be zero.
    pub fn sums(&self) -> Vec<(&'static str, i64)> {
        let mut sums = std::collections::BTreeMap::new();
        for (_, account) in self.accounts.iter() {
            let credits = account.credits_posted.minor() - account.debits_posted.minor();
            debug_assert_eq!(credits.abs(), balance(account).abs(), "a balance has two sides");
            *sums.entry(account.currency.code()).or_insert(0) += credits;
        }
        sums.into_iter().collect()
    }
}

/// True for refusals that the same request may not meet again.
fn may_change(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Operation(refusal) => *refusal == OperationRefusal::BatchAborted,
        Refusal::GiftCards(refusal) => {
            matches!(refusal, No::HoldsOpen | No::NotDue | No::IdTaken)
        }
        Refusal::Book(_) => false,
        Refusal::Payments(_) | Refusal::Shop(_) => unreachable!("{NO_SHOP}"),
    }
}

fn what_it_did(command: &Command, succeeded: bool, captured: i64) -> Did {
    use GiftCardCommand as C;
    let Command::GiftCards(command) = command else {
        return if succeeded { Did::Other } else { Did::Nothing };
    };
    match command {
        _ if !succeeded => Did::Nothing,
        C::Hold { place, .. } => Did::Hold(place.id),
        C::Redeem { place, .. } => Did::Redemption(place.id),
        C::Capture { hold, .. } => Did::Capture(*hold, captured),
        C::Refund { refund, .. } => Did::Refund(refund.id),
        _ => Did::Other,
    }
}
