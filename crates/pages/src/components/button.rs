use maud::{Markup, html};

use super::{Icon, icon};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The one thing that the page is for.
    Main,
    /// Anything else.
    Plain,
    /// It cannot be undone, or takes something away.
    Grave,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Weight::Main => "button main-act",
            Weight::Plain => "button",
            Weight::Grave => "button grave",
        }
    }
}

/// A button that sends its form.
#[derive(Clone, Copy, Debug)]
pub struct Button<'a> {
    /// What happens.
    pub text: &'a str,
    /// How much it asks for attention.
    pub weight: Weight,
    /// A picture before the text.
    pub icon: Option<Icon>,
    /// What is sent beside the form when this one is pressed: name and value.
    pub sends: Option<(&'a str, &'a str)>,
    /// Whether it does nothing now. The page then says why.
    pub is_off: bool,
}

impl Button<'_> {
    /// The button.
    pub fn show(&self) -> Markup {
        html! {
            button type="submit" class=(self.weight.class()) disabled[self.is_off]
                name=[self.sends.map(|(name, _)| name)]
                value=[self.sends.map(|(_, value)| value)] {
                @if let Some(picture) = self.icon { (icon(picture)) }
                (self.text)
            }
        }
    }
}

/// A button that sends its form as it is, filled in or not: back, or only to look.
pub fn loose_button(text: &str, sends: (&str, &str)) -> Markup {
    html! {
        button type="submit" class=(Weight::Plain.class()) formnovalidate name=(sends.0)
            value=(sends.1) { (text) }
    }
}

/// A button that sends its form elsewhere, filled in or not: what stands in it comes back with the
/// answer.
pub fn aside_button(text: &str, action: &str, sends: Option<(&str, &str)>) -> Markup {
    html! {
        button type="submit" class=(Weight::Plain.class()) formnovalidate formaction=(action)
            name=[sends.map(|(name, _)| name)] value=[sends.map(|(_, value)| value)] { (text) }
    }
}

/// A way to another page that looks like a button. It changes nothing.
pub fn link_button(href: &str, text: &str, weight: Weight) -> Markup {
    html! { a class=(weight.class()) href=(href) { (text) } }
}

/// What can be done here, the main act first.
pub fn acts(acts: &[Markup]) -> Markup {
    html! { div class="acts" { @for act in acts { (act) } } }
}
