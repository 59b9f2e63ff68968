//! Statements of what no rule has decided: what a person has, and what nobody had to ask for.

use base::{Currency, Money};

use crate::statement::{Arithmetic, FollowUp, Reason, Statement, stated_fact};
use crate::{Code, Way};
use crate::{DecisionRecord, FactName, Facts, Messages, Outcome, Restitution, RestitutionKind};

/// Makes the statement of what a person has decided. All facts that they could see are in it.
pub fn state_person(
    record: &DecisionRecord,
    facts: Option<&Facts>,
    currency: Currency,
    messages: &Messages,
    next: FollowUp,
) -> Statement {
    let reason =
        |code: &Code| Reason { code: code.clone(), text: messages.code(code.as_str()).to_owned() };
    let names = facts.into_iter().flat_map(|facts| facts.iter().map(|fact| fact.name));
    let none = Facts::new();
    let stated = |name| stated_fact(name, facts.unwrap_or(&none), currency, messages);
    Statement {
        outcome: record.outcome,
        outcome_text: messages.outcome(record.outcome).to_owned(),
        amount: Money { amount: record.award.refund, currency },
        elsewhere: Money { amount: record.award.elsewhere, currency },
        arithmetic: Vec::new(),
        reasons: record.codes.iter().map(reason).collect(),
        facts: names.map(stated).collect(),
        delivery: Vec::new(),
        table: None,
        rule: String::new(),
        automated: false,
        acts: Vec::new(),
        would_change: Vec::new(),
        decided_at: next.decided_at,
        destinations: next.destinations,
        appeal: next.appeal,
    }
}

/// Makes the statement of what was repaid without a claim. What goes back by settlement or by the
/// payment itself is told like what goes back by a refund: it is one sum for whoever paid.
pub fn state_restitution(
    restitution: &Restitution,
    facts: Option<&Facts>,
    messages: &Messages,
    next: FollowUp,
) -> Statement {
    let Restitution { kind, currency, loss, net, .. } = *restitution;
    let money = |amount| Money { amount, currency };
    let outcome = if net < loss { Outcome::PartlyApprove } else { Outcome::Approve };
    let code = Code::new(kind.as_str()).expect("names of kinds are codes");
    let text = messages.restitution(kind).to_owned();
    let none = Facts::new();
    let facts = facts.unwrap_or(&none);
    let stated = |name: &FactName| stated_fact(*name, facts, currency, messages);
    let arithmetic = Arithmetic {
        name: "amount".to_owned(),
        expression: "the loss, at most what was left to go back for it".to_owned(),
        numbers: money(loss).to_string(),
        result: money(net).to_string(),
    };
    Statement {
        outcome,
        outcome_text: messages.outcome(outcome).to_owned(),
        amount: money(net),
        elsewhere: money(base::Amount::ZERO),
        arithmetic: vec![arithmetic],
        reasons: vec![Reason { code, text }],
        facts: looked_at(kind).iter().map(stated).collect(),
        delivery: Vec::new(),
        table: None,
        rule: String::new(),
        automated: true,
        acts: Vec::new(),
        would_change: Vec::new(),
        decided_at: next.decided_at,
        destinations: next.destinations,
        appeal: next.appeal,
    }
}

/// The facts that a restitution rests on.
fn looked_at(kind: RestitutionKind) -> &'static [FactName] {
    match (kind, kind.way()) {
        (RestitutionKind::Incident, _) => &[
            FactName::Promise,
            FactName::GuaranteedUnits,
            FactName::DeliveredUnits,
            FactName::IncidentLoss,
            FactName::SettledBack,
        ],
        (RestitutionKind::Overspend, _) => {
            &[FactName::Captured, FactName::Spent, FactName::OverBudget, FactName::LeftRefundable]
        }
        (RestitutionKind::WrongDelivery, _) => {
            &[FactName::Spent, FactName::WrongDelivery, FactName::LeftRefundable]
        }
        (_, Way::Capture) => &[FactName::Captured],
        _ => {
            &[FactName::Captured, FactName::Spent, FactName::DeliveredUnits, FactName::SettledBack]
        }
    }
}
