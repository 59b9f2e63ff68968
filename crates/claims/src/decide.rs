//! Deciding: facts × tables → a decision. The same input gives the same bytes, for ever.

mod change;

use base::{Amount, Currency, Token};

use crate::expression::Name;
use crate::rules::Tables;
use crate::table::{Alternative, Numbers, Row, Table};
use crate::{Act, Code, FactName, Facts, Outcome, RowId};

/// Reasons of one decision, the main one first.
///
/// Source: at most four principal reasons are told by Regulation B, comment 9(b)(2)-1 of 12 CFR
/// 1002; more explain less.
pub const REASONS_MAX: usize = 4;

/// The reason when a row would pay, and how much cannot be told: a person decides.
pub const AMOUNT_UNCERTAIN: &str = "amount_uncertain";

/// Results that were near, told with a decision.
pub const CHANGES_MAX: usize = 3;

/// What the rules say of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is decided.
    pub outcome: Outcome,
    /// What goes back, without tax: minor units of the claim's currency. Zero unless the outcome
    /// pays.
    pub amount: Amount,
    /// What decided it.
    pub table: TableRow,
    /// Why, the main reason first; at most [`REASONS_MAX`].
    pub reasons: Vec<Code>,
    /// The facts that were looked at, by their numbers.
    pub facts_used: Vec<FactName>,
    /// True when nobody needs to look.
    pub automated: bool,
    /// What is done beside paying.
    pub acts: Vec<Act>,
    /// What would have led to a better result, the nearest first; at most [`CHANGES_MAX`].
    pub would_change: Vec<Change>,
}

/// A row of a table, of the version that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The table.
    pub name: Token<40>,
    /// SHA-256 of what gate and table of the claim say ([`Tables::version`]).
    pub version: [u8; 32],
    /// The row.
    pub row: RowId,
}

/// A better result, and what would have to be different for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row that would have decided. None when the claim would have gone on from the gate to
    /// the table of its ground.
    pub row: Option<RowId>,
    /// What it would have decided.
    pub outcome: Option<Outcome>,
    /// Its reason.
    pub code: Option<Code>,
    /// All that would have to be different, and how.
    pub needed: Vec<Needed>,
}

/// A fact, or a named value of the table, that would have to be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The fact; none for a named value.
    pub fact: Option<FactName>,
    /// The name, as tables write it.
    pub name: String,
    /// What it would have to be: `none or won`, `at least 1`.
    pub values: String,
}

/// Decides a claim. The gate is asked first, then the table of the ground; the first row that
/// fits decides. When a row would pay and the amount is unknown, not above zero, or more than
/// [`FactName::LeftRefundable`], a person decides instead. Nothing at all may be paid by a row
/// that stops the promotion ([`Act::StopPromotion`]): then settlement gives the money back.
pub fn decide(facts: &Facts, tables: Tables, currency: Currency) -> Decision {
    let version = tables.version();
    if let Some(decision) = decide_by(tables.gate, tables, version, facts, currency) {
        return decision;
    }
    decide_by(tables.ground, tables, version, facts, currency)
        .expect("a table without gaps has a row for any facts")
}

fn decide_by(
    table: &Table,
    tables: Tables,
    version: [u8; 32],
    facts: &Facts,
    currency: Currency,
) -> Option<Decision> {
    let numbers = table.numbers(facts, currency);
    let point = table.grid.point(|name| numbers.read(name));
    let (row, alternative) = table.find(&point)?;
    let fits = |condition: &Alternative| crate::table::fits(&condition.cell, &point);
    let also = row.also.iter().filter(|(_, condition)| fits(condition)).map(|(code, _)| code);
    let mut decision = Decision {
        outcome: row.outcome,
        amount: Amount::ZERO,
        table: TableRow { name: table.name.clone(), version, row: row.id.clone() },
        reasons: [&row.code].into_iter().chain(also).take(REASONS_MAX).cloned().collect(),
        facts_used: facts_used(table, row, alternative, &fits),
        automated: row.outcome != Outcome::Review,
        acts: row.acts.clone(),
        would_change: Vec::new(),
    };
    match amount(row, &numbers) {
        Some(amount) => {
            decision.amount = amount;
            decision.would_change = change::nearest(table, tables, &numbers, row);
        }
        None => {
            decision.outcome = Outcome::Review;
            decision.automated = false;
            // What the row would do follows from paying, so it waits for a person as well.
            decision.acts.clear();
            let uncertain = Token::new(AMOUNT_UNCERTAIN).expect("a lower-case word");
            decision.reasons.insert(0, uncertain);
            decision.reasons.truncate(REASONS_MAX);
            decision.would_change = change::of_amount(table, row, &numbers);
        }
    }
    Some(decision)
}

/// What the row pays; nothing when that cannot be told or must not be.
fn amount(row: &Row, numbers: &Numbers) -> Option<Amount> {
    let Some(expression) = &row.amount else { return Some(Amount::ZERO) };
    let amount = numbers.with(|read| expression.evaluate(read))?;
    let left = numbers.read(Name::Fact(FactName::LeftRefundable))?;
    let gives_back_anyway = row.acts.contains(&Act::StopPromotion);
    let is_payable = (0 < amount || (amount == 0 && gives_back_anyway)) && amount <= left;
    i64::try_from(amount).ok().filter(|_| is_payable).and_then(Amount::new)
}

/// The facts that a row rests on: those it tests, computes with, and shows.
fn facts_used(
    table: &Table,
    row: &Row,
    alternative: &Alternative,
    fits: &dyn Fn(&Alternative) -> bool,
) -> Vec<FactName> {
    let also = row.also.iter().map(|(_, condition)| condition).filter(|it| fits(it));
    let conditions = also.chain([alternative]);
    let mut names: Vec<Name> =
        conditions.flat_map(|condition| &condition.tests).map(|test| test.name).collect();
    if let Some(amount) = &row.amount {
        names.extend(amount.names(false));
        names.push(Name::Fact(FactName::LeftRefundable));
    }
    let mut facts = table.facts_behind(&names);
    facts.extend(&row.evidence);
    facts.sort_unstable();
    facts.dedup();
    facts
}

impl Table {
    /// The named values among these and behind them, in the order of the table.
    pub(crate) fn lets_behind(&self, names: &[Name]) -> Vec<usize> {
        let mut is_used = vec![false; self.lets.len()];
        let mark = |is_used: &mut Vec<bool>, names: &[Name]| {
            for name in names {
                if let Name::Let(place) = name {
                    is_used[*place] = true;
                }
            }
        };
        mark(&mut is_used, names);
        // A named value only reads those before it.
        for place in (0..self.lets.len()).rev() {
            if is_used[place] {
                mark(&mut is_used, &self.lets[place].expression.names(false));
            }
        }
        (0..self.lets.len()).filter(|place| is_used[*place]).collect()
    }

    /// The facts among these names and behind them.
    pub(crate) fn facts_behind(&self, names: &[Name]) -> Vec<FactName> {
        let lets = self.lets_behind(names);
        let read = lets.iter().flat_map(|place| self.lets[*place].expression.names(false));
        let all = names.iter().copied().chain(read);
        all.filter_map(|name| if let Name::Fact(fact) = name { Some(fact) } else { None }).collect()
    }
}

impl Decision {
    /// The decision in its one form in bytes: lines of text. Equal decisions are equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let version: String = self.table.version.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut text = format!(
            "decision 1\noutcome {}\namount {}\ntable {} {version} {}\nautomated {}\n",
            self.outcome.as_str(),
            self.amount,
            self.table.name.as_str(),
            self.table.row.as_str(),
            self.automated,
        );
        let reasons = self.reasons.iter().map(|code| ("reason", code.as_str()));
        let facts = self.facts_used.iter().map(|fact| ("fact", fact.as_str()));
        let acts = self.acts.iter().map(|act| ("act", act.as_str()));
        for (word, name) in reasons.chain(facts).chain(acts) {
            text.push_str(&format!("{word} {name}\n"));
        }
        for change in &self.would_change {
            let row = change.row.as_ref().map_or("-", RowId::as_str);
            let outcome = change.outcome.map_or("-", Outcome::as_str);
            let code = change.code.as_ref().map_or("-", Code::as_str);
            text.push_str(&format!("change {row} {outcome} {code}\n"));
            for needed in &change.needed {
                text.push_str(&format!("needed {} {}\n", needed.name, needed.values));
            }
        }
        text.into_bytes()
    }
}
