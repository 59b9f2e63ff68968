//! What a gift card buys: its scope, with names in the place of ids.

use std::collections::BTreeMap;

use pages::customer::{BuysView, NamesView};
use serde::Deserialize;

use crate::address::is_id;
use crate::inside::{Refused, if_told};
use crate::page::{Guest, Page};

/// How many names of one list are looked up and shown.
const NAMES_MAX: usize = 6;

/// A scope as the API tells it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Scope {
    #[serde(flatten)]
    only: Lists,
    exclude: Lists,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Lists {
    kinds: Vec<String>,
    categories: Vec<String>,
    sellers: Vec<String>,
    creators: Vec<String>,
    products: Vec<String>,
}

/// What is to be paid, as far as scopes look at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thing<'a> {
    pub(super) kind: &'a str,
    pub(super) category: Option<&'a str>,
    pub(super) seller: Option<&'a str>,
    pub(super) creator: Option<&'a str>,
    pub(super) product: Option<&'a str>,
}

impl Scope {
    /// Whether a card of this scope could pay for it, so that no card is offered that the book
    /// refuses. The book decides.
    pub(super) fn allows(&self, thing: &Thing<'_>) -> bool {
        let fits = |(list, name): &(&Vec<String>, Option<&str>)| {
            name.is_some_and(|name| list.iter().any(|one| one == name))
        };
        self.only.of(thing).iter().all(|pair| pair.0.is_empty() || fits(pair))
            && !self.exclude.of(thing).iter().any(fits)
    }

    /// How much a card of this scope buys: those that buy less come first.
    pub(super) fn breadth(&self) -> (usize, usize) {
        let Lists { kinds, categories, sellers, creators, products } = &self.only;
        let lists = [products, creators, sellers, categories, kinds];
        let first = lists.iter().enumerate().find(|(_, list)| !list.is_empty());
        first.map_or((lists.len(), 0), |(rank, list)| (rank, list.len()))
    }
}

impl Lists {
    /// Each list with what it looks at.
    fn of<'a>(&'a self, thing: &Thing<'a>) -> [(&'a Vec<String>, Option<&'a str>); 5] {
        [
            (&self.kinds, Some(thing.kind)),
            (&self.categories, thing.category),
            (&self.sellers, thing.seller),
            (&self.creators, thing.creator),
            (&self.products, thing.product),
        ]
    }
}

/// Names that were found, by id.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Names {
    /// Looks up what these scopes name. What is gone keeps its id.
    ///
    /// # Errors
    ///
    /// Whatever keeps the API from answering.
    pub(super) async fn of<P: Guest>(
        page: &Page<P>,
        scopes: impl Iterator<Item = &Scope>,
    ) -> Result<Names, Refused> {
        let mut names = Names::default();
        for scope in scopes {
            for lists in [&scope.only, &scope.exclude] {
                let all = [
                    ("sellers", &lists.sellers),
                    ("creators", &lists.creators),
                    ("products", &lists.products),
                ];
                for (kind, ids) in all {
                    for id in ids.iter().take(NAMES_MAX) {
                        names.look_up(page, kind, id).await?;
                    }
                }
            }
        }
        Ok(names)
    }

    async fn look_up<P: Guest>(
        &mut self,
        page: &Page<P>,
        kind: &str,
        id: &str,
    ) -> Result<(), Refused> {
        if !is_id(id) || self.0.contains_key(id) {
            return Ok(());
        }
        // A shop may name what it does not keep here.
        if let Some(named) = if_told(page.get::<Named>(&format!("/v1/{kind}/{id}")).await)? {
            self.0.insert(id.to_owned(), named.name);
        }
        Ok(())
    }

    fn all<'a>(&'a self, ids: &'a [String]) -> Vec<&'a str> {
        let mut shown: Vec<&str> = ids
            .iter()
            .take(NAMES_MAX)
            .map(|id| self.0.get(id).map_or(id.as_str(), String::as_str))
            .collect();
        if ids.len() > NAMES_MAX {
            shown.push("…");
        }
        shown
    }

    fn lists<'a>(&'a self, lists: &'a Lists) -> NamesView<'a> {
        NamesView {
            kinds: lists.kinds.iter().map(String::as_str).collect(),
            categories: self.all(&lists.categories),
            sellers: self.all(&lists.sellers),
            creators: self.all(&lists.creators),
            products: self.all(&lists.products),
        }
    }

    /// A scope and the regions of its card as pages show them.
    pub(super) fn view<'a>(
        &'a self,
        scope: Option<&'a Scope>,
        regions: &'a [String],
    ) -> BuysView<'a> {
        let (only, not) = match scope {
            Some(scope) => (self.lists(&scope.only), self.lists(&scope.exclude)),
            None => Default::default(),
        };
        BuysView { only, not, regions: regions.iter().map(String::as_str).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_offered_for_what_it_buys() {
        let lamp = Thing {
            kind: "goods",
            category: Some("light"),
            seller: Some("sel_1"),
            creator: None,
            product: Some("prd_1"),
        };
        let check = |scope: serde_json::Value, allows: bool| {
            let mut all = serde_json::json!({
                "kinds": [], "categories": [], "sellers": [], "creators": [], "products": [],
                "exclude": {
                    "kinds": [], "categories": [], "sellers": [], "creators": [], "products": [],
                },
            });
            for (name, value) in scope.as_object().expect("members") {
                match value {
                    serde_json::Value::Object(not) => {
                        not.iter().for_each(|(name, list)| all["exclude"][name] = list.clone());
                    }
                    list => all[name] = list.clone(),
                }
            }
            let read: Scope = serde_json::from_value(all).expect("a scope");
            assert_eq!(read.allows(&lamp), allows, "{scope}");
        };
        check(serde_json::json!({}), true);
        check(serde_json::json!({"kinds": ["goods", "service"]}), true);
        check(serde_json::json!({"kinds": ["promotion"]}), false);
        check(serde_json::json!({"kinds": ["goods"], "sellers": ["sel_2"]}), false);
        check(serde_json::json!({"creators": ["cre_1"]}), false);
        check(serde_json::json!({"exclude": {"categories": ["light"]}}), false);
        check(serde_json::json!({"exclude": {"creators": ["cre_1"]}}), true);
    }
}
