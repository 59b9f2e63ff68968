//! Coming from the shop around: it has said who somebody is.

use maud::{Markup, html};

use super::refused::trouble;
use crate::components::{Button, Field, Icon, Input, Weight, form};
use crate::{Asset, Visit, Width};

/// Somebody who comes from the shop.
#[derive(Clone, Copy, Debug)]
pub struct HandOverView<'a> {
    /// Where to go on afterwards.
    pub next: &'a str,
    /// Whether somebody has signed in here already, who may be somebody else.
    pub is_somebody_here: bool,
    /// Why it did not work.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /hand-over`. What the shop says stands behind the `#`; the script sends it on, unless
/// somebody has signed in here: a link of a stranger must not make them somebody else unasked.
pub fn hand_over_page(visit: &Visit<'_>, view: &HandOverView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let field = Field {
        hint: Some(text("sign_in.over_link_hint")),
        characters_max: Some(1_600),
        ..Field::new("token", text("sign_in.over_link"), Input::Line)
    };
    let button = Button {
        text: text("sign_in.over_go"),
        weight: Weight::Main,
        icon: Some(Icon::Lock),
        sends: None,
        is_off: false,
    };
    let asks = view.is_somebody_here || view.refused.is_some();
    visit.frame(text("sign_in.over_title"), Width::Narrow).page(&html! {
        h1 { (text("sign_in.over_title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        p { (text(if view.is_somebody_here { "sign_in.over_wait" } else { "sign_in.over_text" })) }
        (form(visit, "/hand-over", &html! {
            input type="hidden" name="next" value=(view.next);
            div data-token=(if asks { "asks" } else { "goes" }) {
                (field.show())
                (button.show())
            }
        }))
        p { a href=(format!("/sign-in?next={}", crate::components::escaped(view.next))) {
            (text("sign_in.over_here"))
        } }
        script src=(Asset::gift()) defer {}
    })
}
