//! Scopes: where a card may be spent.

use base::{Label, LineKind};

use crate::limits;

/// A line to be paid, as far as scopes look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is sold.
    pub kind: LineKind,
    /// Category, when the shop has one.
    pub category: Option<Label>,
    /// Who sells it.
    pub seller: Option<Label>,
    /// Who is credited with the sale.
    pub creator: Option<Label>,
    /// The product.
    pub product: Option<Label>,
}

/// Five lists; what each means depends on whether it includes or excludes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeLists {
    /// Kinds of line.
    pub kinds: Vec<LineKind>,
    /// Categories.
    pub categories: Vec<Label>,
    /// Sellers.
    pub sellers: Vec<Label>,
    /// Creators.
    pub creators: Vec<Label>,
    /// Products.
    pub products: Vec<Label>,
}

/// Where a card may be spent: every non-empty list of `include` must name the line, and no list
/// of `exclude` may. The default allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// What a line must match, list by list.
    pub include: ScopeLists,
    /// What a line must not match in any list.
    pub exclude: ScopeLists,
}

impl Scope {
    /// True when the scope allows everything, so that no lines need to be named.
    pub fn is_unrestricted(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// How many things it lets a card be spent on, roughly; narrower scopes have smaller numbers.
    ///
    /// A list of products is narrower than one of creators, sellers, categories or kinds, in this
    /// order; of two lists of the same sort, the shorter one is. One that only excludes is wide.
    pub fn breadth(&self) -> u32 {
        let include = &self.include;
        let lists = [
            include.products.len(),
            include.creators.len(),
            include.sellers.len(),
            include.categories.len(),
            include.kinds.len(),
        ];
        let ranked = (0..).zip(lists).find(|(_, length)| *length > 0);
        match ranked {
            Some((rank, length)) => rank * 1_000 + u32::try_from(length).unwrap_or(999).min(999),
            None if self.exclude.is_empty() => u32::MAX,
            None => u32::MAX - 1,
        }
    }

    /// True when no list is longer than [`limits::SCOPE_LIST_MAX`].
    pub(crate) fn within_limits(&self) -> bool {
        self.include.longest().max(self.exclude.longest()) <= limits::SCOPE_LIST_MAX
    }

    /// True when a card of this scope may pay for `line`. Gift cards are never payable by card.
    pub fn allows(&self, line: &Line) -> bool {
        line.kind != LineKind::GiftCard
            && self.include.names_in_every_list(line)
            && !self.exclude.names_in_any_list(line)
    }
}

/// What a list of labels looks at in a line.
type Pick = fn(&Line) -> Option<&Label>;

impl ScopeLists {
    /// True when no list names anything.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.labels().iter().all(|(list, _)| list.is_empty())
    }

    /// The longest list, for limits.
    pub fn longest(&self) -> usize {
        let labels = self.labels().iter().map(|(list, _)| list.len()).max().unwrap_or(0);
        labels.max(self.kinds.len())
    }

    fn names_in_every_list(&self, line: &Line) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&line.kind))
            && self.labels().iter().all(|(list, pick)| {
                list.is_empty() || pick(line).is_some_and(|label| list.contains(label))
            })
    }

    fn names_in_any_list(&self, line: &Line) -> bool {
        self.kinds.contains(&line.kind)
            || self
                .labels()
                .iter()
                .any(|(list, pick)| pick(line).is_some_and(|label| list.contains(label)))
    }

    /// The four lists of labels, each with what it looks at in a line.
    fn labels(&self) -> [(&Vec<Label>, Pick); 4] {
        [
            (&self.categories, |line| line.category.as_ref()),
            (&self.sellers, |line| line.seller.as_ref()),
            (&self.creators, |line| line.creator.as_ref()),
            (&self.products, |line| line.product.as_ref()),
        ]
    }
}
