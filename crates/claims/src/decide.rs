//! Deciding: facts × tables → a decision. The same input gives the same bytes, for ever.

mod change;

use base::{Amount, Currency, Token};

use crate::expression::Name;
use crate::rules::Tables;
use crate::table::{Alternative, Numbers, Row, Table, Values, domain};
use crate::{Act, Code, FactName, Facts, Kind, Outcome, RowId, limits};

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
    /// What comes back beside that without the claim: a settlement returns what was not spent and
    /// what was billed for invalid events, a restitution what was captured twice. Zero unless the
    /// outcome pays.
    pub elsewhere: Amount,
    /// What decided it.
    pub table: TableRow,
    /// Why, the main reason first; at most [`CODES_MAX`](crate::limits::CODES_MAX).
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
    pub(crate) kind: Kind,
    pub(crate) values: Values,
}

impl Needed {
    /// What it would have to be, in words: `none or won`, `at least 0.01 USD`.
    pub fn words(&self, currency: Currency) -> String {
        self.values.describe(self.kind, domain(self.kind, self.fact.is_none()), Some(currency))
    }
}

impl Tables<'_> {
    /// Decides a claim. The gate is asked first, then the table of the ground; the first row that
    /// fits decides. A person decides instead when a row would pay and it is unknown how much, or
    /// it is more than [`FactName::LeftRefundable`], or nothing comes back at all; and when more
    /// is said to come back elsewhere than was not spent or captured twice.
    ///
    /// # Panics
    ///
    /// When `gate` and `ground` are not what they are called: a gate has no row for many claims.
    pub fn decide(self, facts: &Facts, currency: Currency) -> Decision {
        let version = self.version();
        decide_by(self.gate, self, version, facts, currency)
            .or_else(|| decide_by(self.ground, self, version, facts, currency))
            .expect("a table without gaps has a row for any facts")
    }
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
        elsewhere: Amount::ZERO,
        table: TableRow { name: table.name.clone(), version, row: row.id.clone() },
        reasons: [&row.code].into_iter().chain(also).take(limits::CODES_MAX).cloned().collect(),
        facts_used: facts_used(table, row, alternative, &fits),
        automated: row.outcome != Outcome::Review,
        acts: row.acts.clone(),
        would_change: Vec::new(),
    };
    match amounts(row, &numbers) {
        Some((amount, elsewhere)) => {
            decision.amount = amount;
            decision.elsewhere = elsewhere;
            decision.would_change = change::nearest(table, tables, &numbers, row);
        }
        None => {
            decision.outcome = Outcome::Review;
            decision.automated = false;
            // What the row would do follows from paying, so it waits for a person as well.
            decision.acts.clear();
            let uncertain = Token::new(AMOUNT_UNCERTAIN).expect("a lower-case word");
            decision.reasons.insert(0, uncertain);
            decision.reasons.truncate(limits::CODES_MAX);
            decision.would_change = change::of_amount(table, row, &numbers);
        }
    }
    Some(decision)
}

/// What the row pays, and what comes back elsewhere; nothing when that cannot be told or must not
/// be.
fn amounts(row: &Row, numbers: &Numbers) -> Option<(Amount, Amount)> {
    let Some(expression) = &row.amount else { return Some((Amount::ZERO, Amount::ZERO)) };
    let amount = numbers.with(|read| expression.evaluate(read))?;
    let elsewhere = match &row.elsewhere {
        Some(expression) => numbers.with(|read| expression.evaluate(read))?,
        None => 0,
    };
    let known = |fact| numbers.read(Name::Fact(fact));
    let left = known(FactName::LeftRefundable)?;
    let by_itself = known(FactName::Unspent).unwrap_or(0);
    let captured_twice = known(FactName::DuplicateCapture).unwrap_or(0);
    let late_invalid = known(FactName::LateInvalid).unwrap_or(0);
    let is_sound = (0..=left).contains(&amount)
        && (0..=by_itself + captured_twice + late_invalid).contains(&elsewhere)
        && amount + elsewhere > 0;
    let minor = |number| i64::try_from(number).ok().and_then(Amount::new);
    minor(amount).zip(minor(elsewhere)).filter(|_| is_sound)
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
    names.extend(row.names_behind_money());
    let mut facts = table.facts_behind(&names);
    facts.extend(&row.evidence);
    facts.sort_unstable();
    facts.dedup();
    facts
}

impl Row {
    /// What its amounts are computed from, and the fact that limits them.
    pub(crate) fn names_behind_money(&self) -> Vec<Name> {
        let money = self.amount.iter().chain(&self.elsewhere);
        let mut names: Vec<Name> = money.flat_map(|expression| expression.names(false)).collect();
        if self.amount.is_some() {
            names.push(Name::Fact(FactName::LeftRefundable));
        }
        names
    }
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
            "decision 1\noutcome {}\namount {}\nelsewhere {}\ntable {} {version} {}\n\
             automated {}\n",
            self.outcome.as_str(),
            self.amount,
            self.elsewhere,
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
                let values = needed.values.canonical();
                text.push_str(&format!("needed {} {values}\n", needed.name));
            }
        }
        text.into_bytes()
    }
}
