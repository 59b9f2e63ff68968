//! How large a number an expression can come to, whatever the facts are.

use crate::expression::{Expression, Function, Name, Part, Range};

/// No sum is larger. A named value that only adds is taken to be known whenever its facts are, so
/// it must not leave what a number can hold.
const SUM_MAX: i128 = 1 << 126;

impl Expression {
    /// The range of its numbers when each name is in its own; nothing when a sum in it may be
    /// beyond 2¹²⁶ on either side.
    pub(crate) fn range(&self, of: &dyn Fn(Name) -> Range) -> Option<Range> {
        match &self.part {
            Part::Number(number) => Some((*number, *number)),
            Part::Read(name, _) => Some(of(*name)),
            Part::Sum(first, rest) => {
                let mut sum = first.range(of)?;
                for (is_taken_off, term) in rest {
                    let (low, high) = term.range(of)?;
                    let (low, high) = match is_taken_off {
                        true => (high.checked_neg()?, low.checked_neg()?),
                        false => (low, high),
                    };
                    sum = (sum.0.checked_add(low)?, sum.1.checked_add(high)?);
                    if sum.0 < -SUM_MAX || SUM_MAX < sum.1 {
                        return None;
                    }
                }
                Some(sum)
            }
            Part::Call(function, arguments) => {
                let ranges: Option<Vec<Range>> = arguments.iter().map(|it| it.range(of)).collect();
                called(*function, arguments, &ranges?)
            }
        }
    }
}

fn called(function: Function, arguments: &[Expression], ranges: &[Range]) -> Option<Range> {
    let lows = || ranges.iter().map(|range| range.0);
    let highs = || ranges.iter().map(|range| range.1);
    match function {
        Function::Min => lows().min().zip(highs().min()),
        Function::Max => lows().max().zip(highs().max()),
        Function::Otherwise => lows().min().zip(highs().max()),
        Function::Share => {
            let ([_, part, whole], [amount, portion, _]) = (arguments, ranges) else { return None };
            // What is beyond 128 bits is unknown, so it needs no number.
            let product = amount.1.max(0).saturating_mul(portion.1.max(0));
            let most = if part.is_never_above(whole) { amount.1.max(0) } else { product };
            Some((0, most))
        }
    }
}

impl Expression {
    /// Whether it is the other one, or a smallest that the other one takes part in.
    fn is_never_above(&self, other: &Expression) -> bool {
        match &self.part {
            Part::Call(Function::Min, arguments) => arguments.contains(other),
            _ => self == other,
        }
    }
}
