//! Scopes of cards and programs.

use giftcards::{Label, LineKind, Scope, ScopeLists};
use serde::{Serialize, Serializer};

/// Where a card may be spent: every list that is there must name a line, and no list of `exclude`
/// may.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Scope)]
pub(crate) struct ScopeView<'a> {
    #[serde(flatten)]
    include: ScopeListsView<'a>,
    exclude: ScopeListsView<'a>,
}

/// Kinds of line, and names that the shop gave to its things.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ScopeLists)]
struct ScopeListsView<'a> {
    #[schema(value_type = Vec<String>)]
    kinds: Kinds<'a>,
    #[schema(value_type = Vec<String>)]
    categories: Labels<'a>,
    #[schema(value_type = Vec<String>)]
    sellers: Labels<'a>,
    #[schema(value_type = Vec<String>)]
    creators: Labels<'a>,
    #[schema(value_type = Vec<String>)]
    products: Labels<'a>,
}

impl<'a> ScopeView<'a> {
    /// `None` when the scope allows everything.
    pub(crate) fn new(scope: &'a Scope) -> Option<ScopeView<'a>> {
        let lists = |lists: &'a ScopeLists| ScopeListsView {
            kinds: Kinds(&lists.kinds),
            categories: Labels(&lists.categories),
            sellers: Labels(&lists.sellers),
            creators: Labels(&lists.creators),
            products: Labels(&lists.products),
        };
        let view = || ScopeView { include: lists(&scope.include), exclude: lists(&scope.exclude) };
        (!scope.is_unrestricted()).then(view)
    }
}

struct Kinds<'a>(&'a [LineKind]);

impl Serialize for Kinds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|kind| kind.as_str()))
    }
}

struct Labels<'a>(&'a [Label]);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Label::as_str))
    }
}
