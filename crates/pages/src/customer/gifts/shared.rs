//! `/g/{card}`: what a link shows that a giver shares. Programs that make previews of links read
//! it; it tells the first name of the giver and the design, neither amount nor code, and opening it
//! changes nothing. What opens the gift stands behind `#`, which no server sees.

use maud::{Markup, html};

use crate::components::{Button, Field, Icon, Input, Weight, form};
use crate::gift::{Design, Written, picture};
use crate::{Asset, LinkPreview, Visit, Width};

/// A gift that somebody shares by its link.
#[derive(Clone, Copy, Debug)]
pub struct SharedView<'a> {
    /// First name of the giver; empty when nobody was named.
    pub from: &'a str,
    /// How it looks.
    pub design: Design,
    /// The whole address of the design as a PNG.
    pub picture: &'a str,
}

/// `GET /g/{card}`.
pub fn shared_page(visit: &Visit<'_>, view: &SharedView<'_>) -> Markup {
    let words = visit.words;
    let title = match view.from {
        "" => words.text("gifts.shared").to_owned(),
        from => words.with("gifts.shared_from", &[("name", from)]),
    };
    let written = Written { shop: visit.shop, value: None, to: "", from: view.from };
    let field = Field {
        hint: Some(words.text("gifts.shared_hint")),
        characters_max: Some(600),
        ..Field::new("token", words.text("gifts.link"), Input::CardCode)
    };
    let mut frame = visit.frame(&title, Width::Narrow);
    frame.preview = Some(LinkPreview {
        title: &title,
        picture: view.picture,
        picture_of: view.design.title(words),
    });
    frame.page(&html! {
        h1 {
            @if view.from.is_empty() { (title) } @else {
                (words.with_markup("gifts.shared_from", &[("name", html! { bdi { (view.from) } })]))
            }
        }
        div class="gift opens" { (picture(words, view.design, written)) }
        (form(visit, "/gift", &html! {
            (field.show())
            (Button {
                text: words.text("gifts.shared_open"),
                weight: Weight::Main,
                icon: Some(Icon::Gift),
                sends: None,
                is_off: false,
            }.show())
        }))
        script src=(Asset::gift()) defer {}
    })
}
