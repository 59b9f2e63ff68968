//! `/g/{card}`, `/pictures/{design}`: what a link shows that a giver shares.

use std::sync::Arc;

use pages::customer::{SharedView, shared_page};
use pages::gift::{Design, Written};
use serde::Deserialize;

use super::draft::first_name;
use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

/// What may be told of a card to whoever knows its id.
#[derive(Deserialize)]
struct Card {
    status: String,
    design: Option<String>,
    sender: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
}

/// `GET /g/{card}`.
pub(in crate::rooms) async fn shared(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let id = page.part(2);
    if !id.starts_with("gc_") {
        return Err(Refused::not_found());
    }
    let found = page.get::<Card>(&format!("/v1/gift-cards/{id}")).await;
    let card = found.map_err(|refused| match refused.status.is_client_error() {
        true => Refused::not_found(),
        false => refused,
    })?;
    // Only what was given by somebody, and is a gift still.
    let Some(giver) = card.sender.filter(|_| card.status != "canceled") else {
        return Err(Refused::not_found());
    };
    let from = first_name(giver.name.as_deref().unwrap_or(""));
    let design = card.design.as_deref().and_then(Design::parse).unwrap_or(Design::ALL[0]);
    let picture = format!("{}/pictures/{}.png", page.shop().origin, design.name());
    let view = SharedView { from: &from, design, picture: &picture };
    Ok(Shown::page(shared_page(&page.visit(), &view)))
}

/// `GET /pictures/{design}`: the design alone, as `.svg`, or as `.png` where SVG is not shown.
pub(in crate::rooms) async fn picture(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let (name, kind) = page.part(2).split_once('.').ok_or_else(Refused::not_found)?;
    let design = Design::parse(name).ok_or_else(Refused::not_found)?;
    match kind {
        "png" => return Ok(Shown::Picture("image/png", design.png())),
        "svg" => {}
        _ => return Err(Refused::not_found()),
    }
    let written = Written { shop: &page.shop().name, value: None, to: "", from: "" };
    let picture = pages::gift::picture(page.words, design, written);
    Ok(Shown::Made("image/svg+xml", picture.into_string().into_bytes()))
}
