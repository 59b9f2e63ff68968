//! Holds a decision against the truth.

use claims::{Decision, Outcome};
use claimworld::{Case, Deserves, Truth};

/// A case, what was decided, and how right that is.
pub(super) struct Judged<'a> {
    pub(super) case: &'a Case,
    pub(super) decision: &'a Decision,
    pub(super) ruling: Ruling,
}

/// In which way a decision is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It pays, or says that something comes back, where nothing is due; or it pays what has to
    /// wait for somebody else.
    Approval,
    /// It says no where something is due.
    Denial,
    /// It waits for what does not come.
    Hold,
}

impl Wrong {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Wrong::Approval => "wrong approval",
            Wrong::Denial => "wrong denial",
            Wrong::Hold => "wrong hold",
        }
    }
}

/// How right a decision is. Money is in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ruling {
    /// Whether no person has to look.
    pub(super) is_automatic: bool,
    pub(super) wrong: Option<Wrong>,
    /// What the wrong decision costs whoever it is at the expense of.
    pub(super) cost: u64,
    /// What is paid is so far from what is owed.
    pub(super) paid_error: u64,
    /// What is said to come back is so far from what does.
    pub(super) told_error: u64,
}

/// Judges what was decided without a person.
pub(super) fn judge(truth: &Truth, decision: &Decision) -> Ruling {
    if !decision.automated || decision.outcome == Outcome::Review {
        return Ruling::default();
    }
    let pays = decision.outcome.pays();
    let paid = if pays { decision.amount.minor() } else { 0 };
    let told = if pays { decision.elsewhere.minor() } else { 0 };
    let waits = truth.deserves == Deserves::Wait;
    // What is not due on this ground may come back all the same, and may be told so.
    let told_most = truth.comes_back.max(truth.returning);
    let wrong = match decision.outcome {
        Outcome::Approve | Outcome::PartlyApprove => {
            let unowed = paid > 0 && truth.owed == 0;
            let untrue = paid == 0 && told > told_most;
            (unowed || untrue || waits).then_some(Wrong::Approval)
        }
        Outcome::Deny => (truth.loss() > 0).then_some(Wrong::Denial),
        Outcome::Link => (truth.loss() > 0 && !waits).then_some(Wrong::Denial),
        Outcome::Hold => (!truth.may_wait).then_some(Wrong::Hold),
        Outcome::Review => None,
    };
    // A loss that waits is settled later, by whoever is waited for.
    let holds = decision.outcome == Outcome::Hold && truth.may_wait;
    let is_over = !(holds || waits && paid == 0);
    let paid_error = if is_over { paid.abs_diff(truth.owed) } else { 0 };
    let told_error = if told > told_most {
        told.abs_diff(told_most)
    } else if told < truth.returning && is_over {
        told.abs_diff(truth.returning)
    } else {
        0
    };
    let cost = match wrong {
        Some(Wrong::Approval) => paid.unsigned_abs(),
        Some(Wrong::Denial | Wrong::Hold) => truth.owed.unsigned_abs(),
        None => 0,
    };
    Ruling { is_automatic: true, wrong, cost, paid_error, told_error }
}
