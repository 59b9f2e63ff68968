//! Expressions: what an amount is computed from.
//!
//! They are whole numbers with a kind (count, money, span), names, `+`, `-`, and four functions.
//! There is neither a loop nor a variable, so an expression takes as many steps as it has parts.
//!
//! | written | is |
//! | --- | --- |
//! | `12`, `7 days`, `48 hours`, `never` | a number; a bare one takes the kind of what it meets |
//! | `captured` | a fact, a named value of the table, or an amount by currency |
//! | `a + b`, `a - b` | of one kind; may be below zero |
//! | `min(a, b, …)`, `max(a, b, …)` | of one kind |
//! | `share(a, part, whole)` | `a` × `part` ÷ `whole`, rounded down |
//! | `2 % of a` | `share(a, 2, 100)` |
//! | `otherwise(a, b)` | `a` if it is known, else `b` |
//!
//! What reads something unknown, divides by nothing, or multiplies beyond 128 bits is unknown
//! itself. Sums that could leave their range are refused when a table is read.

mod parse;
mod range;

pub use parse::ExpressionError;

use std::fmt;

use base::Currency;

use crate::fact::{FactName, Kind, show};

/// Bytes of an expression.
pub const EXPRESSION_BYTES_MAX: usize = 400;
/// Brackets inside brackets.
pub const EXPRESSION_DEPTH_MAX: usize = 12;

/// Something with a number that an expression or a test can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Name {
    /// A fact.
    Fact(FactName),
    /// A named value of the table, by its place.
    Let(usize),
    /// An amount of the table that depends on the currency, by its place.
    PerCurrency(usize),
}

/// The smallest and the largest number that something can come to.
pub(crate) type Range = (i128, i128);
/// Finds a name, and its kind.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<(Name, Kind)>;
/// Tells the number of a name, if it is known.
pub(crate) type Read<'a> = &'a dyn Fn(Name) -> Option<i128>;

/// A checked expression with its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    part: Part,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Number(i128),
    Read(Name, Box<str>),
    /// The first, and others that are added, or taken off where it says `true`.
    Sum(Box<Expression>, Vec<(bool, Expression)>),
    Call(Function, Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    Share,
    Otherwise,
}

impl Function {
    const ALL: [Function; 4] = [Function::Min, Function::Max, Function::Share, Function::Otherwise];

    fn as_str(self) -> &'static str {
        match self {
            Function::Min => "min",
            Function::Max => "max",
            Function::Share => "share",
            Function::Otherwise => "otherwise",
        }
    }
}

impl Expression {
    /// Reads an expression; every name must be known, and kinds must fit.
    pub(crate) fn parse(text: &str, lookup: Lookup) -> Result<Expression, ExpressionError> {
        parse::parse(text, lookup)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What it comes to; nothing when that is unknown.
    pub(crate) fn evaluate(&self, read: Read) -> Option<i128> {
        match &self.part {
            Part::Number(number) => Some(*number),
            Part::Read(name, _) => read(*name),
            Part::Sum(first, rest) => {
                rest.iter().try_fold(first.evaluate(read)?, |sum, (is_taken_off, term)| {
                    let term = term.evaluate(read)?;
                    if *is_taken_off { sum.checked_sub(term) } else { sum.checked_add(term) }
                })
            }
            Part::Call(function, arguments) => call(*function, arguments, read),
        }
    }

    /// All names it reads. With `strictly` only those without which it is unknown.
    pub(crate) fn names(&self, strictly: bool) -> Vec<Name> {
        let mut names = Vec::new();
        self.collect_names(strictly, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    fn collect_names(&self, strictly: bool, names: &mut Vec<Name>) {
        match &self.part {
            Part::Number(_) => {}
            Part::Read(name, _) => names.push(*name),
            Part::Call(Function::Otherwise, _) if strictly => {}
            Part::Call(_, parts) => {
                parts.iter().for_each(|part| part.collect_names(strictly, names));
            }
            Part::Sum(first, rest) => {
                first.collect_names(strictly, names);
                rest.iter().for_each(|(_, term)| term.collect_names(strictly, names));
            }
        }
    }

    /// True when it is known whenever all it reads is: it neither divides nor can leave its range.
    pub(crate) fn is_known_when_names_are(&self) -> bool {
        match &self.part {
            Part::Number(_) | Part::Read(..) => true,
            Part::Call(Function::Share | Function::Otherwise, _) => false,
            Part::Call(_, parts) => parts.iter().all(Expression::is_known_when_names_are),
            Part::Sum(first, rest) => {
                let is_term_known = |(_, term): &(_, Expression)| term.is_known_when_names_are();
                first.is_known_when_names_are() && rest.iter().all(is_term_known)
            }
        }
    }

    /// The expression with numbers in place of names: the arithmetic.
    pub(crate) fn with_numbers(&self, read: Read, currency: Currency) -> String {
        let mut text = String::new();
        self.write(&mut text, &|name, _, kind| match read(name) {
            Some(number) => show(number, kind, Some(currency)),
            None => "unknown".to_owned(),
        });
        text
    }

    fn write(&self, text: &mut String, named: &dyn Fn(Name, &str, Kind) -> String) {
        match &self.part {
            Part::Number(number) => text.push_str(&show(*number, self.kind, None)),
            Part::Read(name, written) => text.push_str(&named(*name, written, self.kind)),
            Part::Sum(first, rest) => {
                first.write(text, named);
                for (is_taken_off, term) in rest {
                    text.push_str(if *is_taken_off { " - " } else { " + " });
                    let is_sum = matches!(term.part, Part::Sum(..));
                    text.push_str(if is_sum { "(" } else { "" });
                    term.write(text, named);
                    text.push_str(if is_sum { ")" } else { "" });
                }
            }
            Part::Call(function, arguments) => {
                text.push_str(function.as_str());
                for (place, argument) in arguments.iter().enumerate() {
                    text.push_str(if place == 0 { "(" } else { ", " });
                    argument.write(text, named);
                }
                text.push(')');
            }
        }
    }
}

fn call(function: Function, arguments: &[Expression], read: Read) -> Option<i128> {
    if let (Function::Otherwise, [first, second]) = (function, arguments) {
        return first.evaluate(read).or_else(|| second.evaluate(read));
    }
    let numbers: Option<Vec<i128>> = arguments.iter().map(|it| it.evaluate(read)).collect();
    let numbers = numbers?;
    match (function, numbers.as_slice()) {
        (Function::Min, numbers) => numbers.iter().copied().min(),
        (Function::Max, numbers) => numbers.iter().copied().max(),
        (_, &[amount, part, whole]) if amount >= 0 && part >= 0 && whole > 0 => {
            Some(amount.checked_mul(part)? / whole)
        }
        _ => None,
    }
}

/// In its one written form, whatever spaces and brackets it was read with.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, &|_, written, _| written.to_owned());
        f.write_str(&text)
    }
}
