//! A table in words, for pages that show it.

use crate::expression::Name;
use crate::table::{Alternative, Row, Table, domain};
use crate::{Act, Code, FactName, Outcome};

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDescription {
    /// What it is called.
    pub id: String,
    /// What it says, in plain words.
    pub says: String,
    /// Its reason.
    pub code: Code,
    /// Alternatives, each a list of names and what they must be. An empty one always fits.
    pub when: Vec<Vec<(String, String)>>,
    /// What it decides.
    pub outcome: Outcome,
    /// What it pays, as an expression.
    pub amount: Option<String>,
    /// What comes back beside that without the claim, as an expression.
    pub elsewhere: Option<String>,
    /// More reasons, each with its condition.
    pub also: Vec<(Code, Vec<(String, String)>)>,
    /// Facts that are shown beside those that are tested.
    pub evidence: Vec<FactName>,
    /// What is done beside paying.
    pub acts: Vec<Act>,
    /// Rows below that give way to it where both fit.
    pub over: Vec<String>,
}

impl Table {
    /// All rows, in their order.
    pub fn describe(&self) -> Vec<RowDescription> {
        self.rows.iter().map(|row| self.describe_row(row)).collect()
    }

    /// Named values: amounts by currency, then expressions.
    pub fn named_values(&self) -> Vec<(String, String)> {
        let amounts = self.per_currency.iter().map(|named| {
            let amounts = named.amounts.iter().map(|(currency, minor)| {
                base::Money::new(*minor, *currency).map_or_else(String::new, |it| it.to_string())
            });
            (named.name.clone(), amounts.collect::<Vec<_>>().join(", "))
        });
        let lets = self.lets.iter().map(|it| (it.name.clone(), it.expression.to_string()));
        amounts.chain(lets).collect()
    }

    fn describe_row(&self, row: &Row) -> RowDescription {
        let also = |(code, condition): &(Code, Alternative)| (code.clone(), describe(condition));
        RowDescription {
            id: row.id.as_str().to_owned(),
            says: row.says.clone(),
            code: row.code.clone(),
            when: row.when.iter().map(describe).collect(),
            outcome: row.outcome,
            amount: row.amount.as_ref().map(ToString::to_string),
            elsewhere: row.elsewhere.as_ref().map(ToString::to_string),
            also: row.also.iter().map(also).collect(),
            evidence: row.evidence.clone(),
            acts: row.acts.clone(),
            over: row.over.iter().map(|at| self.rows[*at].id.as_str().to_owned()).collect(),
        }
    }
}

fn describe(condition: &Alternative) -> Vec<(String, String)> {
    let tests = condition.tests.iter().map(|test| {
        let domain = domain(test.kind, matches!(test.name, Name::Let(_)));
        (test.title.clone(), test.values.describe(test.kind, domain, None))
    });
    tests.collect()
}
