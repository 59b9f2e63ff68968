//! Reading expressions.

use crate::expression::{
    EXPRESSION_BYTES_MAX, EXPRESSION_DEPTH_MAX, Expression, Function, Lookup, Part,
};
use crate::fact::{Kind, NUMBER_MAX, UNITS};

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// More than [`EXPRESSION_BYTES_MAX`] bytes.
    #[error("the expression is longer than {EXPRESSION_BYTES_MAX} bytes")]
    TooLong,
    /// More than [`EXPRESSION_DEPTH_MAX`] brackets inside each other.
    #[error("brackets are nested deeper than {EXPRESSION_DEPTH_MAX}")]
    TooDeep,
    /// A number above 2⁶³ − 1.
    #[error("`{0}` is too large a number")]
    TooLarge(String),
    /// Something else should stand there.
    #[error("{wanted} is missing before `{found}`")]
    Unexpected {
        /// What should stand there.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// Neither a fact nor a named value.
    #[error("nothing is called `{0}`; see the facts in docs/claims.md and [let] above")]
    NoSuchName(String),
    /// Flags and words cannot be computed with.
    #[error("`{0}` is no number: test it in `when`")]
    NoNumber(String),
    /// Money with days, and the like.
    #[error("{left} and {right} do not go together")]
    KindsDiffer {
        /// A kind.
        left: &'static str,
        /// Another one.
        right: &'static str,
    },
}

/// An expression whose kind may still be open, because it is made of bare numbers.
type Open = (Part, Option<Kind>);

pub(super) fn parse(text: &str, lookup: Lookup) -> Result<Expression, ExpressionError> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return Err(ExpressionError::TooLong);
    }
    let mut parser = Parser { rest: text.trim(), depth: 0, lookup };
    let open = parser.sum()?;
    match parser.rest {
        "" => Ok(close(open, Kind::Count)),
        _ => Err(parser.unexpected("the end, `+` or `-`")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    lookup: Lookup<'a>,
}

impl<'a> Parser<'a> {
    fn sum(&mut self) -> Result<Open, ExpressionError> {
        let first = self.term()?;
        let mut terms = vec![first];
        let mut signs = Vec::new();
        loop {
            let is_taken_off = if self.accept("+") {
                false
            } else if self.accept("-") {
                true
            } else {
                break;
            };
            signs.push(is_taken_off);
            terms.push(self.term()?);
        }
        if signs.is_empty() {
            return terms.pop().ok_or_else(|| self.unexpected("a number or a name"));
        }
        let (mut terms, kind) = unite(terms)?;
        let first = Box::new(terms.remove(0));
        Ok((Part::Sum(first, signs.into_iter().zip(terms).collect()), kind))
    }

    fn term(&mut self) -> Result<Open, ExpressionError> {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(ExpressionError::TooDeep);
        }
        let term = if self.accept("(") {
            let inner = self.sum()?;
            self.expect(")", "`)`")?;
            inner
        } else if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.number()?
        } else {
            self.name()?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn number(&mut self) -> Result<Open, ExpressionError> {
        let digits = self.take(|c| c.is_ascii_digit());
        let number: i128 =
            digits.parse().map_err(|_| ExpressionError::TooLarge(digits.to_owned()))?;
        let unit = UNITS.iter().find(|(unit, _)| self.next_word() == *unit);
        let scaled = number.checked_mul(unit.map_or(1, |(_, micros)| *micros));
        let Some(scaled) = scaled.filter(|scaled| *scaled <= NUMBER_MAX) else {
            return Err(ExpressionError::TooLarge(digits.to_owned()));
        };
        if unit.is_some() {
            self.take(is_word);
            return Ok((Part::Number(scaled), Some(Kind::Span)));
        }
        if !self.accept("%") {
            return Ok((Part::Number(number), None));
        }
        if self.next_word() != "of" {
            return Err(self.unexpected("`of` after `%`"));
        }
        self.take(is_word);
        let (whole, kind) = self.term()?;
        let count = |number| close((Part::Number(number), None), Kind::Count);
        let whole = close((whole, kind), Kind::Count);
        Ok((Part::Call(Function::Share, vec![whole, count(number), count(100)]), kind))
    }

    fn name(&mut self) -> Result<Open, ExpressionError> {
        if self.next_word().is_empty() {
            return Err(self.unexpected("a number or a name"));
        }
        let word = self.take(is_word);
        if word == "never" {
            return Ok((Part::Number(NUMBER_MAX), Some(Kind::Span)));
        }
        if let Some(function) = Function::ALL.into_iter().find(|known| known.as_str() == word) {
            return self.call(function);
        }
        match (self.lookup)(word) {
            None => Err(ExpressionError::NoSuchName(word.to_owned())),
            Some((_, Kind::Flag | Kind::Word(_))) => {
                Err(ExpressionError::NoNumber(word.to_owned()))
            }
            Some((name, kind)) => Ok((Part::Read(name, word.into()), Some(kind))),
        }
    }

    fn call(&mut self, function: Function) -> Result<Open, ExpressionError> {
        self.expect("(", "`(`")?;
        let mut arguments = vec![self.sum()?];
        while self.accept(",") {
            arguments.push(self.sum()?);
        }
        match (function, arguments.len()) {
            (Function::Min | Function::Max, 2..)
            | (Function::Share, 3)
            | (Function::Otherwise, 2) => {}
            (Function::Share, 0..3) => return Err(self.unexpected("another argument")),
            (_, 0..2) => return Err(self.unexpected("another argument")),
            _ => return Err(self.unexpected("one argument less")),
        }
        self.expect(")", "`)`")?;
        if function == Function::Share {
            let ratio = arguments.split_off(1);
            let (ratio, _) = unite(ratio)?;
            let (mut all, kind) = unite(arguments)?;
            all.extend(ratio);
            return Ok((Part::Call(function, all), kind));
        }
        let (arguments, kind) = unite(arguments)?;
        Ok((Part::Call(function, arguments), kind))
    }

    /// Takes a sign if it comes next.
    fn accept(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, sign: &str, wanted: &'static str) -> Result<(), ExpressionError> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn next_word(&self) -> &'a str {
        let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        &self.rest[..length]
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest.trim_start();
        taken
    }

    fn unexpected(&self, wanted: &'static str) -> ExpressionError {
        let found = match self.rest.chars().take(20).collect::<String>() {
            rest if rest.is_empty() => "the end".to_owned(),
            rest => rest,
        };
        ExpressionError::Unexpected { wanted, found }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// Gives all of them one kind; bare numbers take that of the others.
fn unite(open: Vec<Open>) -> Result<(Vec<Expression>, Option<Kind>), ExpressionError> {
    let mut kinds = open.iter().filter_map(|(_, kind)| *kind);
    let kind = kinds.next();
    if let (Some(left), Some(right)) = (kind, kinds.find(|other| Some(*other) != kind)) {
        return Err(ExpressionError::KindsDiffer { left: left.name(), right: right.name() });
    }
    let closed = open.into_iter().map(|part| close(part, kind.unwrap_or(Kind::Count))).collect();
    Ok((closed, kind))
}

fn close((part, kind): Open, otherwise: Kind) -> Expression {
    Expression { part, kind: kind.unwrap_or(otherwise) }
}
