//! The statement of reasons: all that a claimant is owed to be told of a decision.
//!
//! Its shape follows what Article 17 of Regulation (EU) 2022/2065 asks of restrictions: facts,
//! grounds, whether it was automated, and redress.

mod text;
mod told;

pub use told::{state_person, state_restitution};

use base::{Currency, Instant, Money};

use crate::expression::{Expression, Name};
use crate::fact::show;
use crate::{
    Act, Code, Decision, Evidence, FactName, Facts, Finding, Messages, Outcome, Source, TableRow,
    Tables,
};

/// A decision with everything that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What is decided.
    pub outcome: Outcome,
    /// The same in words.
    pub outcome_text: String,
    /// What goes back, without tax.
    pub amount: Money,
    /// What comes back beside that without the claim, without tax.
    pub elsewhere: Money,
    /// How the amount was computed: named values in their order, then the amount itself. Empty
    /// when nothing was computed.
    pub arithmetic: Vec<Arithmetic>,
    /// Why, the main reason first.
    pub reasons: Vec<Reason>,
    /// The facts that were looked at.
    pub facts: Vec<StatedFact>,
    /// Where everything went that was planned, by cause, in sentences. Told of now; empty when
    /// nobody asked for it.
    pub delivery: Vec<String>,
    /// Table, version and row; `None` when a person has decided, or nobody had to.
    pub table: Option<TableRow>,
    /// What that row says, in plain words. Empty when it is not there any more.
    pub rule: String,
    /// True when nobody has looked.
    pub automated: bool,
    /// What is done beside paying, each with its text.
    pub acts: Vec<(Act, String)>,
    /// What would have led to a better result.
    pub would_change: Vec<StatedChange>,
    /// When it was decided.
    pub decided_at: Instant,
    /// Where the money goes. Empty while that is not known, or when there is none.
    pub destinations: Vec<Destination>,
    /// How to have somebody else decide; none when that is not possible any more.
    pub appeal: Option<HowToAppeal>,
}

/// One step of the arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// What is computed: the name of a value, `amount`, or `elsewhere`.
    pub name: String,
    /// From what.
    pub expression: String,
    /// The same with numbers in place of names.
    pub numbers: String,
    /// What it comes to.
    pub result: String,
}

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// For machines.
    pub code: Code,
    /// For people.
    pub text: String,
}

/// A fact as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedFact {
    /// Which.
    pub name: FactName,
    /// What it is called.
    pub title: String,
    /// What is known; nothing when nobody has looked.
    pub finding: Option<Finding>,
    /// What is known, in words.
    pub value: String,
    /// Who keeps it.
    pub source: Source,
    /// The record it was read from.
    pub evidence: Evidence,
    /// When it was so.
    pub at: Option<Instant>,
}

/// A better result, and what it would have taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedChange {
    /// What would have been decided; nothing when the claim would only have been looked into.
    pub outcome: Option<Outcome>,
    /// Its reason.
    pub reason: Option<Reason>,
    /// Each thing that would have to be different: what it is called, and what it would have to
    /// be.
    pub needed: Vec<(String, String)>,
}

/// What follows a decision; it is known to whoever carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// When it was decided.
    pub decided_at: Instant,
    /// Where the money goes.
    pub destinations: Vec<Destination>,
    /// How to have somebody else decide.
    pub appeal: Option<HowToAppeal>,
}

/// Where a part of the money goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// To what: `card ending in 4242`, `gift card gc_…`.
    pub to: String,
    /// How much, tax included.
    pub amount: Money,
    /// By when it should have arrived.
    pub by: Option<Instant>,
    /// By which number a bank finds it, once that is known.
    pub reference: Option<String>,
}

/// How to have somebody else decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowToAppeal {
    /// What to do for it.
    pub how: String,
    /// Until when.
    pub until: Instant,
}

/// Makes the statement of a decision that these tables made from these facts.
pub fn state(
    decision: &Decision,
    facts: &Facts,
    tables: Tables,
    currency: Currency,
    messages: &Messages,
    next: FollowUp,
) -> Statement {
    let (arithmetic, rule) = explain(decision, facts, tables, currency);
    let reason =
        |code: &Code| Reason { code: code.clone(), text: messages.code(code.as_str()).to_owned() };
    let stated = |name: &FactName| stated_fact(*name, facts, currency, messages);
    let change = |change: &crate::Change| StatedChange {
        outcome: change.outcome,
        reason: change.code.as_ref().map(reason),
        needed: change
            .needed
            .iter()
            .map(|needed| {
                let title = needed.fact.map_or(needed.name.as_str(), |fact| messages.fact(fact));
                (title.to_owned(), needed.words(currency))
            })
            .collect(),
    };
    Statement {
        outcome: decision.outcome,
        outcome_text: messages.outcome(decision.outcome).to_owned(),
        amount: Money { amount: decision.amount, currency },
        elsewhere: Money { amount: decision.elsewhere, currency },
        arithmetic,
        reasons: decision.reasons.iter().map(reason).collect(),
        facts: decision.facts_used.iter().map(stated).collect(),
        delivery: Vec::new(),
        table: Some(decision.table.clone()),
        rule,
        automated: decision.automated,
        acts: decision.acts.iter().map(|act| (*act, messages.act(*act).to_owned())).collect(),
        would_change: decision.would_change.iter().map(change).collect(),
        decided_at: next.decided_at,
        destinations: next.destinations,
        appeal: next.appeal,
    }
}

/// One fact as it is shown; of one that nobody has looked for, that it is unknown.
pub fn stated_fact(
    name: FactName,
    facts: &Facts,
    currency: Currency,
    messages: &Messages,
) -> StatedFact {
    let fact = facts.get(name);
    let value = match facts.number(name) {
        Some(number) => show(number, name.kind(), Some(currency)),
        None => "unknown".to_owned(),
    };
    StatedFact {
        name,
        title: messages.fact(name).to_owned(),
        finding: fact.map(|fact| fact.finding),
        value,
        source: name.source(),
        evidence: fact.map_or(Evidence::None, |fact| fact.evidence.clone()),
        at: fact.map(|fact| fact.at),
    }
}

/// The arithmetic of the row that decided, and what it says.
fn explain(
    decision: &Decision,
    facts: &Facts,
    tables: Tables,
    currency: Currency,
) -> (Vec<Arithmetic>, String) {
    let of = [tables.gate, tables.ground].into_iter();
    let table = of.into_iter().find(|table| table.name == decision.table.name);
    let Some(table) = table else { return Default::default() };
    let Some(row) = table.rows.iter().find(|row| row.id == decision.table.row) else {
        return Default::default();
    };
    let numbers = table.numbers(facts, currency);
    let step = |name: &str, expression: &Expression, number: Option<i128>| Arithmetic {
        name: name.to_owned(),
        expression: expression.to_string(),
        numbers: numbers.with(|read| expression.with_numbers(read, currency)),
        result: match number {
            Some(number) => show(number, expression.kind(), Some(currency)),
            None => "unknown".to_owned(),
        },
    };
    let lets = table.lets_behind(&row.names_behind_money());
    let mut steps: Vec<Arithmetic> = lets
        .into_iter()
        .map(|place| {
            let named = &table.lets[place];
            step(&named.name, &named.expression, numbers.read(Name::Let(place)))
        })
        .collect();
    for (name, money) in [("amount", &row.amount), ("elsewhere", &row.elsewhere)] {
        let step = |it: &Expression| step(name, it, numbers.with(|read| it.evaluate(read)));
        steps.extend(money.as_ref().map(step));
    }
    (steps, row.says.clone())
}
