//! Sets of values that a test admits: ranges of whole numbers, and perhaps "unknown".

use base::Currency;

use crate::fact::{Kind, NUMBER_MAX, show};

/// The values of one fact or named value that something admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Values {
    /// Whether not knowing fits.
    pub unknown: bool,
    /// First and last of each range; ascending, and neither overlapping nor touching.
    ranges: Vec<(i128, i128)>,
}

/// Beyond any number that an expression of facts comes to.
const SIGNED_MAX: i128 = 1 << 126;

/// The first and the last number that a fact of this kind can be.
pub(crate) fn domain(kind: Kind, is_computed: bool) -> (i128, i128) {
    match kind {
        Kind::Flag => (0, 1),
        Kind::Word(words) => (0, i128::try_from(words.len()).unwrap_or(1) - 1),
        _ if is_computed => (-SIGNED_MAX, SIGNED_MAX),
        Kind::Count | Kind::Money | Kind::Span => (0, NUMBER_MAX),
    }
}

impl Values {
    /// No value at all.
    pub const EMPTY: Values = Values { unknown: false, ranges: Vec::new() };
    /// Only not knowing.
    pub const UNKNOWN: Values = Values { unknown: true, ranges: Vec::new() };

    /// Whatever a fact of this kind can be, as long as it is known.
    pub fn known(kind: Kind) -> Values {
        let domain = domain(kind, false);
        Values::range(domain.0, domain.1, domain)
    }

    /// The numbers from `first` to `last`, inside of `within`.
    pub fn range(first: i128, last: i128, within: (i128, i128)) -> Values {
        let (first, last) = (first.max(within.0), last.min(within.1));
        let ranges = if first <= last { vec![(first, last)] } else { Vec::new() };
        Values { unknown: false, ranges }
    }

    /// What either admits.
    pub fn or(mut self, other: &Values) -> Values {
        self.unknown |= other.unknown;
        self.ranges.extend(&other.ranges);
        self.ranges.sort_unstable();
        let mut merged: Vec<(i128, i128)> = Vec::new();
        for (first, last) in self.ranges {
            match merged.last_mut() {
                Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        Values { unknown: self.unknown, ranges: merged }
    }

    /// What this one does not admit.
    pub fn complement(&self, within: (i128, i128)) -> Values {
        let mut ranges = Vec::new();
        let mut next = within.0;
        for (first, last) in &self.ranges {
            if next < *first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= within.1 {
            ranges.push((next, within.1));
        }
        Values { unknown: !self.unknown, ranges }
    }

    pub fn is_empty(&self) -> bool {
        !self.unknown && self.ranges.is_empty()
    }

    pub fn contains(&self, number: Option<i128>) -> bool {
        match number {
            None => self.unknown,
            Some(number) => {
                self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&number))
            }
        }
    }

    /// True when `other` admits all of it.
    pub fn is_within(&self, other: &Values, domain: (i128, i128)) -> bool {
        let outside = other.complement(domain);
        let meets = |(first, last): &(i128, i128)| {
            outside.ranges.iter().any(|(low, high)| first <= high && low <= last)
        };
        !(self.unknown && outside.unknown || self.ranges.iter().any(meets))
    }

    /// Where admitting and not admitting change places.
    pub fn edges(&self) -> impl Iterator<Item = i128> {
        self.ranges.iter().flat_map(|(first, last)| [*first, *last + 1])
    }

    /// The set in its one written form, which versions and decisions are made of: it never
    /// changes.
    pub fn canonical(&self) -> String {
        let ranges = self.ranges.iter().map(|(first, last)| format!("{first}..{last}"));
        let unknown = self.unknown.then(|| "unknown".to_owned());
        ranges.chain(unknown).collect::<Vec<_>>().join(" ")
    }

    /// In words: `open or won`, `at most 7 days`, `unknown`; money with its decimals when the
    /// currency is told.
    pub fn describe(&self, kind: Kind, domain: (i128, i128), currency: Option<Currency>) -> String {
        let show = |number| show(number, kind, currency);
        let mut parts: Vec<String> = match kind {
            Kind::Flag | Kind::Word(_) => {
                let numbers = self.ranges.iter().flat_map(|(first, last)| *first..=*last);
                numbers.map(show).collect()
            }
            _ => {
                let of = |range: &_| describe_range(*range, kind, domain, &show);
                self.ranges.iter().map(of).collect()
            }
        };
        if self.unknown {
            parts.push("unknown".to_owned());
        }
        parts.join(" or ")
    }
}

fn describe_range(
    (first, last): (i128, i128),
    kind: Kind,
    (low, high): (i128, i128),
    show: &dyn Fn(i128) -> String,
) -> String {
    const SECOND: i128 = 1_000_000;
    let is_span = kind == Kind::Span;
    if first == last {
        return show(first);
    }
    // Spans are counted in millionths of a second, which nobody wants to read.
    let from = (first != low).then(|| match is_span && first % SECOND == 1 {
        true => format!("more than {}", show(first - 1)),
        false if first == 1 => format!("above {}", show(0)),
        false => format!("at least {}", show(first)),
    });
    let to = (last != high).then(|| match last + 1 {
        NUMBER_MAX if is_span => "at some time".to_owned(),
        next if is_span && next % SECOND == 0 => format!("less than {}", show(next)),
        0 => format!("below {}", show(0)),
        _ => format!("at most {}", show(last)),
    });
    match (from, to) {
        (None, None) => "known".to_owned(),
        (Some(bound), None) | (None, Some(bound)) => bound,
        (Some(from), Some(to)) => format!("{from} and {to}"),
    }
}
