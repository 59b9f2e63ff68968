//! Claims as the API tells them, with the members that pages need.

use serde::Deserialize;

use crate::values::{Amount, Time};

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Claim {
    pub(in crate::rooms) id: String,
    pub(in crate::rooms) created_at: Time,
    pub(in crate::rooms) status: String,
    pub(in crate::rooms) ground: String,
    pub(in crate::rooms) promotion: Option<String>,
    pub(in crate::rooms) claimant: Option<String>,
    pub(in crate::rooms) starts_on: Option<String>,
    pub(in crate::rooms) ends_on: Option<String>,
    pub(in crate::rooms) held: bool,
    pub(in crate::rooms) next: Next,
    pub(in crate::rooms) steps: Vec<Step>,
    pub(in crate::rooms) decision: Option<Decided>,
    pub(in crate::rooms) proposal: Option<Decided>,
    pub(in crate::rooms) payout: Option<Payout>,
    pub(in crate::rooms) payouts: Vec<Payout>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Next {
    pub(in crate::rooms) awaited: String,
    pub(in crate::rooms) by: Option<Time>,
    pub(in crate::rooms) is_late: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Step {
    pub(in crate::rooms) name: String,
    pub(in crate::rooms) due_at: Time,
    pub(in crate::rooms) done_at: Option<Time>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Decided {
    pub(in crate::rooms) amount: Amount,
    pub(in crate::rooms) appeal_until: Option<Time>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Payout {
    pub(in crate::rooms) amount: Amount,
    pub(in crate::rooms) elsewhere: Amount,
    #[serde(default)]
    pub(in crate::rooms) allocations: Option<Vec<Allocation>>,
    pub(in crate::rooms) expected_by: Option<Time>,
    pub(in crate::rooms) started_at: Time,
    pub(in crate::rooms) paid_at: Option<Time>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Allocation {
    pub(in crate::rooms) amount: Amount,
    pub(in crate::rooms) status: Option<String>,
    pub(in crate::rooms) gift_card: Option<String>,
}

/// A decision with all that explains it.
#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Statement {
    pub(in crate::rooms) outcome: String,
    pub(in crate::rooms) amount: Amount,
    pub(in crate::rooms) elsewhere: Amount,
    pub(in crate::rooms) arithmetic: Vec<Arithmetic>,
    pub(in crate::rooms) reasons: Vec<Reason>,
    pub(in crate::rooms) facts: Vec<Fact>,
    pub(in crate::rooms) delivery: Vec<String>,
    pub(in crate::rooms) rule_table: Option<RuleTable>,
    pub(in crate::rooms) automated: bool,
    pub(in crate::rooms) acts: Vec<Act>,
    pub(in crate::rooms) would_change: Vec<Better>,
    pub(in crate::rooms) decided_at: Time,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Arithmetic {
    pub(in crate::rooms) name: String,
    pub(in crate::rooms) expression: String,
    pub(in crate::rooms) numbers: String,
    pub(in crate::rooms) result: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Reason {
    pub(in crate::rooms) text: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Fact {
    pub(in crate::rooms) title: String,
    pub(in crate::rooms) words: String,
    pub(in crate::rooms) source: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct RuleTable {
    pub(in crate::rooms) name: String,
    pub(in crate::rooms) row: String,
    pub(in crate::rooms) says: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Act {
    pub(in crate::rooms) text: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Better {
    pub(in crate::rooms) outcome: Option<String>,
    pub(in crate::rooms) reason: Option<Reason>,
    pub(in crate::rooms) needed: Vec<Needed>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Needed {
    pub(in crate::rooms) what: String,
    pub(in crate::rooms) value: String,
}

/// What a claim would be.
#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Trial {
    pub(in crate::rooms) decision: Option<Statement>,
    pub(in crate::rooms) leads_to: Option<LeadsTo>,
}

/// Where a claim would stand once it was decided.
#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct LeadsTo {
    pub(in crate::rooms) awaited: String,
}

/// A claim that was just made.
#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Made {
    pub(in crate::rooms) id: String,
    pub(in crate::rooms) next: Next,
}

#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Payment {
    pub(in crate::rooms) checkout: String,
}

/// A checkout is named by its order once that has paid for the promotion.
#[derive(Debug, Deserialize)]
pub(in crate::rooms) struct Checkout {
    pub(in crate::rooms) buyer: Option<String>,
}
