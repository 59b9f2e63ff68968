//! What an app store has made of refunds by itself. Nobody calls a store, so its refunds never say
//! which of ours they are: one belongs to the oldest of ours that waits for just its sum, and what
//! belongs to none was made without us.
//!
//! Each refund of a store gets a home once and keeps it: the row of ours that has its name, or the
//! dispute as which a refund made at the rail is kept. So it is counted once however often it is
//! told, and another one of the same sum is another one.

use base::Instant;
use payments::{Destination, Payment, RailRefund, RefundNotice};
use rails::{Outcome, RefundStage, RefundState};

use super::caller::Verdict;
use super::refund_words::after_question;
use super::taken_back::{Heard, is_unnamed};
use super::visit::Visit;
use crate::JobError;

/// One of ours that a store was not heard of yet.
#[derive(Clone, Debug)]
struct Waiting {
    refund: RailRefund,
    /// When it was made, as the store's clock shows it.
    since: Instant,
}

impl Visit<'_> {
    /// Notes what the store has done about refunds of ours that wait for it. `others` carry neither
    /// an operation nor a name of ours; returns those that were made without us.
    pub(super) fn by_store(
        &self,
        payment: &Payment,
        mut others: Vec<RefundState>,
    ) -> Result<(Heard, Vec<RefundState>), JobError> {
        let (mut heard, mut foreign) = (Heard::NOTHING, Vec::new());
        let mut waiting = self.waiting_at_store(payment)?;
        others.sort_by_key(in_order);
        for state in others {
            let is_new = self.kept_dispute(payment, &state.reference)?.is_none();
            match is_new.then(|| take_fitting(&mut waiting, &state)).flatten() {
                Some(refund) => heard = heard.and(self.conclude(&refund, state)?),
                None => foreign.push(state),
            }
        }
        Ok((heard, foreign))
    }

    /// Refunds of a payment that the store has not been heard of, the oldest first.
    fn waiting_at_store(&self, payment: &Payment) -> Result<Vec<Waiting>, JobError> {
        let mut waiting = Vec::new();
        for refund in self.open_refunds(payment)? {
            let is_original = refund.destination == Destination::Original;
            if is_original && is_unnamed(&refund) {
                let since = self.at_the_rail(refund.created_at)?;
                waiting.push(Waiting { refund: refund.as_ref().clone(), since });
            }
        }
        waiting.sort_by_key(|one| (one.refund.created_at, one.refund.id));
        Ok(waiting)
    }

    /// Notes what the store has made of one of ours. What it has declined gets its name first: a
    /// failure does not carry one, and must not be taken for that of the refund which follows.
    fn conclude(&self, refund: &RailRefund, state: RefundState) -> Result<Heard, JobError> {
        let is_failed = matches!(state.stage, RefundStage::Failed(_));
        let reference = Some(state.reference.clone());
        let named = is_failed.then_some(RefundNotice::Pending { reference });
        let ended = after_question(refund, refund.attempt, Outcome::Succeeded(Some(state)));
        for notice in named.into_iter().chain(ended) {
            if self.note_refund(refund, refund.attempt, notice)? != Verdict::Done {
                return Ok(Heard::SILENCE);
            }
        }
        Ok(Heard { has_news: true, ..Heard::NOTHING })
    }
}

/// What was made before what was not, so that none of ours is given up while the store has made it;
/// each the oldest first.
fn in_order(state: &RefundState) -> (bool, Option<Instant>) {
    (matches!(state.stage, RefundStage::Failed(_)), state.created_at)
}

/// Takes out the oldest of ours that a refund of the store fits. One that has failed says nothing
/// of what was asked for later: the payer may have asked the store without us before.
fn take_fitting(waiting: &mut Vec<Waiting>, told: &RefundState) -> Option<RailRefund> {
    let is_failed = matches!(told.stage, RefundStage::Failed(_));
    let fits = |one: &Waiting| {
        let is_later = told.created_at.is_some_and(|at| one.since <= at);
        one.refund.amount == told.amount && (is_later || !is_failed)
    };
    let place = waiting.iter().position(fits)?;
    Some(waiting.remove(place).refund)
}

#[cfg(test)]
mod tests {
    use base::{Currency, Money, RailRefundId, Text};
    use rails::FailureCode;

    use super::*;
    use crate::rails::refund_words::tests::known;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).unwrap()
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    const DECLINED: RefundStage = RefundStage::Failed(FailureCode::Declined);

    fn told(name: &str, minor: i64, seconds: i64, stage: RefundStage) -> RefundState {
        RefundState {
            reference: Text::new(name).unwrap(),
            payment: Text::new("pi_1").unwrap(),
            operation: None,
            amount: usd(minor),
            created_at: Some(at(seconds)),
            stage,
        }
    }

    /// Waiting ones of these sums, made at 10, 11, … seconds: which of them each refund of the
    /// store concludes, in the order in which they are looked at.
    #[track_caller]
    fn check(sums: &[i64], mut store: Vec<RefundState>, expected: &str) {
        let row = |(place, sum): (usize, &i64)| Waiting {
            refund: RailRefund {
                id: RailRefundId::from_bits(place as u128 + 1),
                amount: usd(*sum),
                ..known("sent")
            },
            since: at(10 + i64::try_from(place).unwrap()),
        };
        let mut waiting: Vec<Waiting> = sums.iter().enumerate().map(row).collect();
        store.sort_by_key(in_order);
        let words: Vec<String> = store
            .iter()
            .map(|state| {
                let found = take_fitting(&mut waiting, state);
                let which = found.map_or(0, |refund| refund.id.bits());
                format!("{} {which}", state.reference.as_str())
            })
            .collect();
        assert_eq!(words.join(", "), expected);
    }

    #[test]
    fn each_refund_of_the_store_concludes_the_oldest_of_its_sum() {
        use RefundStage::{Pending, Succeeded};
        check(&[30, 30, 50], vec![told("a", 30, 20, Succeeded)], "a 1");
        let both = |one, other| vec![told("a", 30, one, Succeeded), told("b", 30, other, Pending)];
        check(&[30, 30], both(20, 21), "a 1, b 2");
        check(&[30, 30], both(21, 20), "b 1, a 2");
        check(&[30], both(21, 20), "b 1, a 0");
        check(&[50, 30], vec![told("a", 30, 20, Succeeded)], "a 2");
        // Neither a part of one nor several together.
        let others = vec![told("a", 80, 20, Succeeded), told("b", 20, 21, Succeeded)];
        check(&[50, 30], others, "a 0, b 0");
        // One that the store has made before it is that one all the same.
        check(&[30], vec![told("a", 30, 1, Succeeded)], "a 1");
    }

    #[test]
    fn what_the_store_declined_is_none_that_came_later_and_none_that_it_has_made() {
        use RefundStage::Succeeded;
        check(&[30], vec![told("a", 30, 9, DECLINED)], "a 0");
        check(&[30], vec![told("a", 30, 10, DECLINED)], "a 1");
        let both = vec![told("a", 30, 20, DECLINED), told("b", 30, 21, Succeeded)];
        check(&[30], both.clone(), "b 1, a 0");
        check(&[30, 30], both, "b 1, a 2");
        let undated = RefundState { created_at: None, ..told("a", 30, 20, DECLINED) };
        check(&[30], vec![undated], "a 0");
    }
}
