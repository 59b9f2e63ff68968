//! The first page: what one can do here.

use maud::{Markup, html};

use crate::components::{Button, Weight, form, panel_link};
use crate::{Visit, Width};

/// The first page.
#[derive(Clone, Debug)]
pub struct HomeView<'a> {
    /// Ways of the console that whoever looks may go.
    pub console: Vec<(&'a str, &'a str)>,
    /// Whom one can be, where the shop is a demonstration.
    pub demo: Vec<DemoPersonView<'a>>,
}

/// Somebody of the demonstration.
#[derive(Clone, Debug)]
pub struct DemoPersonView<'a> {
    /// Names them in the form.
    pub key: &'a str,
    /// What they are called.
    pub name: &'a str,
    /// What they do here: the end of a name of a message, `home.demo_…`.
    pub does: &'a str,
}

/// `GET /`.
pub fn home_page(visit: &Visit<'_>, view: &HomeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("home.title"), Width::Wide).page(&html! {
        h1 { (text("home.title")) }
        p class="lead" { (text("home.lead")) }
        ul class="panels ways" {
            (panel_link("/gifts/new", text("home.give"), text("home.give_text")))
            (panel_link("/wallet", text("home.wallet"), text("home.wallet_text")))
            (panel_link("/promotions/new", text("home.boost"), text("home.boost_text")))
            (panel_link("/claims", text("home.claim"), text("home.claim_text")))
        }
        @if !view.console.is_empty() {
            h2 { (text("home.console")) }
            ul { @for (path, name) in &view.console { li { a href=(path) { (text(name)) } } } }
        }
        @if !view.demo.is_empty() { (demo(visit, view)) }
    })
}

/// A demonstration has nobody's mail, so one chooses who to be.
fn demo(visit: &Visit<'_>, view: &HomeView<'_>) -> Markup {
    let words = visit.words;
    html! {
        h2 { (words.text("home.demo")) }
        p { (words.text("home.demo_text")) }
        ul class="panels" {
            @for one in &view.demo {
                li class="panel" {
                    h3 { (one.name) }
                    p { (words.text(demo_text(one.does))) }
                    (form(visit, "/demo/be", &html! {
                        input type="hidden" name="person" value=(one.key);
                        (Button {
                            text: &words.with("home.be", &[("name", one.name)]),
                            weight: Weight::Plain,
                            icon: None,
                            sends: None,
                            is_off: false,
                        }.show())
                    }))
                }
            }
        }
    }
}

fn demo_text(does: &str) -> &'static str {
    match does {
        "creator" => "home.demo_creator",
        "support" => "home.demo_support",
        "claims" => "home.demo_claims",
        "approves" => "home.demo_approves",
        "finance" => "home.demo_finance",
        _ => "home.demo_customer",
    }
}
