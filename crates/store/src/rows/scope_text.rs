//! Scopes as text; absent when everything is allowed.
//!
//! Non-empty lists in a fixed order, joined by semicolons. A list is its name, `=` and its
//! members joined by commas; the name of an excluding list begins with `!`. Labels contain none
//! of these characters. Example: `kinds=goods,service;sellers=acme;!categories=toys`.

use giftcards::{Label, LineKind, Scope, ScopeLists};
use journal::ReadError;

use super::fields::invalid;

pub(super) fn write(scope: &Scope) -> Option<String> {
    let mut parts = Vec::new();
    write_lists("", &scope.include, &mut parts);
    write_lists("!", &scope.exclude, &mut parts);
    if parts.is_empty() { None } else { Some(parts.join(";")) }
}

pub(super) fn read(text: Option<&str>) -> Result<Scope, ReadError> {
    let Some(text) = text else { return Ok(Scope::default()) };
    let mut scope = Scope::default();
    for part in text.split(';') {
        let (name, members) = part.split_once('=').ok_or(invalid("scope: list without a name"))?;
        match name.strip_prefix('!') {
            Some(name) => read_list(name, members, &mut scope.exclude)?,
            None => read_list(name, members, &mut scope.include)?,
        }
    }
    // One scope has one text: comparing refuses repeated lists and another order of them.
    if write(&scope).as_deref() == Some(text) {
        Ok(scope)
    } else {
        Err(invalid("scope: not in the form written"))
    }
}

fn write_lists(mark: &str, lists: &ScopeLists, parts: &mut Vec<String>) {
    let mut push = |name: &str, members: Vec<&str>| {
        if !members.is_empty() {
            parts.push(format!("{mark}{name}={}", members.join(",")));
        }
    };
    push("kinds", lists.kinds.iter().map(|kind| kind.as_str()).collect());
    push("categories", lists.categories.iter().map(Label::as_str).collect());
    push("sellers", lists.sellers.iter().map(Label::as_str).collect());
    push("creators", lists.creators.iter().map(Label::as_str).collect());
    push("products", lists.products.iter().map(Label::as_str).collect());
}

fn read_list(name: &str, members: &str, lists: &mut ScopeLists) -> Result<(), ReadError> {
    let labels = || members.split(',').map(|label| Label::new(label).map_err(|_| invalid("label")));
    match name {
        "kinds" => {
            let kinds = members.split(',').map(|kind| LineKind::parse(kind).ok_or("kind of line"));
            lists.kinds = kinds.collect::<Result<_, _>>().map_err(invalid)?;
        }
        "categories" => lists.categories = labels().collect::<Result<_, _>>()?,
        "sellers" => lists.sellers = labels().collect::<Result<_, _>>()?,
        "creators" => lists.creators = labels().collect::<Result<_, _>>()?,
        "products" => lists.products = labels().collect::<Result<_, _>>()?,
        _ => return Err(invalid("scope: unknown list")),
    }
    Ok(())
}
