use maud::{Markup, html};

/// Names and values under each other; the last one is their sum where there is one.
pub fn rows(all: &[(&str, Markup)], total: Option<(&str, Markup)>) -> Markup {
    html! {
        dl class="rows" {
            @for (name, value) in all { dt { (name) } dd { (value) } }
            @if let Some((name, value)) = total {
                dt class="total" { (name) }
                dd class="total" { (value) }
            }
        }
    }
}

/// Something that stands for itself, with a title.
pub fn panel(title: &str, content: &Markup) -> Markup {
    html! { section class="panel" { h2 { (title) } (content) } }
}

/// A way that is a panel: its name, and what one finds there.
pub fn panel_link(href: &str, title: &str, text: &str) -> Markup {
    html! {
        li class="panel" { h2 { a href=(href) { (title) } } p { (text) } }
    }
}
