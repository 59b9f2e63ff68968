//! Scopes as callers write them.

use giftcards::{Scope, ScopeLists, limits};
use serde::{Deserialize, Serialize};

use crate::fields::{self, Checked, FieldError};
use crate::routes::spending::line_kind;
use crate::wire;

/// On what a card may be spent. Every list that is there must name a line.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ScopeInput)]
pub(crate) struct ScopeBody {
    /// `goods`, `service`, `digital` or `promotion`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    kinds: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    sellers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    creators: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    products: Vec<String>,
    /// No list of these may name a line.
    #[serde(deserialize_with = "wire::object_option", skip_serializing_if = "Option::is_none")]
    exclude: Option<ExcludeBody>,
}

/// On what a card may not be spent.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ScopeExclusion)]
pub(crate) struct ExcludeBody {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    kinds: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    sellers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    creators: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    products: Vec<String>,
}

/// Checks every list; pointers begin with `pointer`.
pub(crate) fn scope(pointer: &str, body: &ScopeBody) -> Checked<Scope> {
    let within = |place: &str, error: FieldError| FieldError {
        pointer: format!("{pointer}{place}{}", error.pointer),
        ..error
    };
    let ScopeBody { kinds, categories, sellers, creators, products, exclude } = body;
    let include = lists([kinds, categories, sellers, creators, products])
        .map_err(|error| within("", error))?;
    let exclude = match exclude {
        None => ScopeLists::default(),
        Some(ExcludeBody { kinds, categories, sellers, creators, products }) => {
            lists([kinds, categories, sellers, creators, products])
                .map_err(|error| within("/exclude", error))?
        }
    };
    Ok(Scope { include, exclude })
}

fn lists(lists: [&Vec<String>; 5]) -> Checked<ScopeLists> {
    let [kinds, categories, sellers, creators, products] = lists;
    let labels = |pointer: &str, list: &[String]| {
        fields::each(pointer, list, limits::SCOPE_LIST_MAX, |at, text| fields::label(at, text))
    };
    Ok(ScopeLists {
        kinds: fields::each("/kinds", kinds, limits::SCOPE_LIST_MAX, |at, name| {
            line_kind(at, name)
        })?,
        categories: labels("/categories", categories)?,
        sellers: labels("/sellers", sellers)?,
        creators: labels("/creators", creators)?,
        products: labels("/products", products)?,
    })
}
