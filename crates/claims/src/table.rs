//! Rule tables: dated data that turns facts into a decision.

mod check;
mod describe;
mod document;
mod grid;
mod load;
mod test;
mod values;

pub use describe::RowDescription;
pub(crate) use document::{Document, Section};
pub use document::{FILE_BYTES_MAX, LoadError};
pub(crate) use grid::{Cell, Grid};
pub use load::{ALTERNATIVES_MAX, COLUMNS_MAX, LETS_MAX, ROWS_MAX, TESTS_MAX};
pub(crate) use values::{Values, domain};

use base::{Currency, Instant, Token};
use sha2::{Digest, Sha256};

use crate::expression::{Expression, Name, Range, Read};
use crate::{Act, Fact, FactName, Facts, Ground, Kind, Outcome};

/// A reason in the words of machines; its text stands in a message file.
pub type Code = Token<40>;
/// What a row of a table is called.
pub type RowId = Token<20>;

/// For which claims a table speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// All of them, before the table of their ground. It may have nothing to say.
    Gate,
    /// Those of this ground that the gate has let pass. It always has something to say.
    Ground(Ground),
}

/// A table that was read and checked: every combination of facts has exactly one row that
/// decides, but for a gate, which may have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub(crate) file: String,
    pub(crate) name: Token<40>,
    pub(crate) about: About,
    pub(crate) effective_from: Instant,
    pub(crate) per_currency: Vec<PerCurrency>,
    pub(crate) lets: Vec<Let>,
    pub(crate) rows: Vec<Row>,
    pub(crate) grid: Grid,
    pub(crate) version: [u8; 32],
}

/// An amount that depends on the currency of the claim; unknown in others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PerCurrency {
    pub name: String,
    pub amounts: Vec<(Currency, i64)>,
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Let {
    pub name: String,
    pub expression: Expression,
    /// The smallest and the largest number it can come to.
    pub range: Range,
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub line: usize,
    pub id: RowId,
    /// In plain words, for whoever explains it.
    pub says: String,
    pub code: Code,
    pub when: Vec<Alternative>,
    pub outcome: Outcome,
    /// What the claim pays.
    pub amount: Option<Expression>,
    /// What comes back beside that without the claim.
    pub elsewhere: Option<Expression>,
    /// Facts to show beside those that were tested.
    pub evidence: Vec<FactName>,
    /// More reasons, if their condition fits too.
    pub also: Vec<(Code, Alternative)>,
    pub acts: Vec<Act>,
    /// Places of later rows that fit some of the same facts, and give way.
    pub over: Vec<usize>,
}

/// Tests that must all fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub line: usize,
    pub tests: Vec<Test>,
    /// The tests as a box of the table's grid.
    pub cell: Cell,
}

/// A test of one fact or named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    pub name: Name,
    pub title: String,
    pub kind: Kind,
    pub values: Values,
}

impl Table {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// For which claims it speaks.
    pub fn about(&self) -> About {
        self.about
    }

    /// Whether it has a part in deciding claims on this ground: it is of that ground, or a gate.
    pub fn decides(&self, ground: Ground) -> bool {
        self.about == About::Gate || self.about == About::Ground(ground)
    }

    /// It decides on claims that were filed from then on, until another table takes its place.
    pub fn effective_from(&self) -> Instant {
        self.effective_from
    }

    /// The ids of its rows, in their order.
    pub fn row_ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.id.as_str())
    }

    /// SHA-256 of what the table says: neither spaces, comments nor the order of keys count.
    pub fn version(&self) -> [u8; 32] {
        self.version
    }

    /// Gives it the version that it says.
    fn seal(&mut self) {
        self.version = Sha256::digest(self.canonical()).into();
    }

    /// Numbers of the facts and of all that is computed from them.
    pub(crate) fn numbers(&self, facts: &Facts, currency: Currency) -> Numbers<'_> {
        let number = |fact: &Fact| (fact.name, facts.number(fact.name));
        self.compute(facts.iter().map(number).collect(), currency)
    }

    fn compute(&self, facts: FactNumbers, currency: Currency) -> Numbers<'_> {
        let mut numbers = Numbers { table: self, lets: Vec::new(), facts, currency };
        for named in &self.lets {
            let number = named.expression.evaluate(&|name| numbers.read(name));
            numbers.lets.push(number);
        }
        numbers
    }

    /// The first row that fits, with the alternative of it that does.
    pub(crate) fn find(&self, point: &Cell) -> Option<(&Row, &Alternative)> {
        let fits = |alternative: &&Alternative| fits(&alternative.cell, point);
        self.rows.iter().find_map(|row| Some((row, row.when.iter().find(fits)?)))
    }

    /// The table in its one written form: what its version is the hash of. It never changes.
    fn canonical(&self) -> String {
        let about = match self.about {
            About::Gate => "gate",
            About::Ground(ground) => ground.as_str(),
        };
        let mut text = format!("table {} {about} {}\n", self.name(), self.effective_from);
        for amounts in &self.per_currency {
            text.push_str(&format!("per_currency {}", amounts.name));
            for (currency, amount) in &amounts.amounts {
                text.push_str(&format!(" {currency} {amount}"));
            }
            text.push('\n');
        }
        for named in &self.lets {
            text.push_str(&format!("let {} = {}\n", named.name, named.expression));
        }
        self.rows.iter().for_each(|row| self.write_row(&mut text, row));
        text
    }

    fn write_row(&self, text: &mut String, row: &Row) {
        let (id, code, outcome) = (row.id.as_str(), row.code.as_str(), row.outcome.as_str());
        let (length, says) = (row.says.len(), &row.says);
        text.push_str(&format!("row {id} {code} {outcome}\nsays {length} {says}\n"));
        for alternative in &row.when {
            text.push_str(&format!("when {}\n", alternative.canonical()));
        }
        for (word, expression) in [("amount", &row.amount), ("elsewhere", &row.elsewhere)] {
            if let Some(expression) = expression {
                text.push_str(&format!("{word} {expression}\n"));
            }
        }
        for (code, condition) in &row.also {
            text.push_str(&format!("also {} when {}\n", code.as_str(), condition.canonical()));
        }
        let evidence = row.evidence.iter().map(|fact| ("evidence", fact.as_str()));
        let acts = row.acts.iter().map(|act| ("act", act.as_str()));
        let over = row.over.iter().map(|place| ("over", self.rows[*place].id.as_str()));
        for (word, name) in evidence.chain(acts).chain(over) {
            text.push_str(&format!("{word} {name}\n"));
        }
    }
}

impl Alternative {
    fn canonical(&self) -> String {
        let test = |test: &Test| format!("{} {}", test.title, test.values.canonical());
        self.tests.iter().map(test).collect::<Vec<_>>().join("; ")
    }
}

/// Whether a point lies in a box.
pub(crate) fn fits(cell: &Cell, point: &Cell) -> bool {
    cell.iter().zip(point).all(|(mask, atom)| mask & atom != 0)
}

/// Facts as numbers, by their names; nothing for what is unknown.
type FactNumbers = Vec<(FactName, Option<i128>)>;

/// What names of a table stand for in one claim.
pub(crate) struct Numbers<'t> {
    table: &'t Table,
    facts: FactNumbers,
    lets: Vec<Option<i128>>,
    currency: Currency,
}

impl Numbers<'_> {
    /// The numbers that `table` would see if these facts were different.
    pub fn changed<'t>(&self, table: &'t Table, changes: &FactNumbers) -> Numbers<'t> {
        let mut facts = self.facts.clone();
        for (name, number) in changes {
            match facts.binary_search_by_key(name, |(known, _)| *known) {
                Ok(place) => facts[place].1 = *number,
                Err(place) => facts.insert(place, (*name, *number)),
            }
        }
        table.compute(facts, self.currency)
    }

    /// The row of the table that these numbers fit first.
    pub fn row(&self) -> Option<&Row> {
        let point = self.table.grid.point(|name| self.read(name));
        self.table.find(&point).map(|(row, _)| row)
    }

    /// The number of a name, if it is known.
    pub fn read(&self, name: Name) -> Option<i128> {
        match name {
            Name::Fact(fact) => {
                let place = self.facts.binary_search_by_key(&fact, |(known, _)| *known).ok()?;
                self.facts[place].1
            }
            Name::Let(place) => *self.lets.get(place)?,
            Name::PerCurrency(place) => {
                let amounts = &self.table.per_currency.get(place)?.amounts;
                let found = amounts.iter().find(|(currency, _)| *currency == self.currency)?;
                Some(i128::from(found.1))
            }
        }
    }

    /// The same for expressions.
    pub fn with<T>(&self, compute: impl FnOnce(Read) -> T) -> T {
        compute(&|name| self.read(name))
    }
}
