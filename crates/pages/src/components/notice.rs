use maud::{Markup, html};

use super::{Icon, icon};

/// Whether something is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Plain,
    /// It is done.
    Good,
    /// It takes time, or needs care.
    Wait,
    /// It failed, or is refused.
    Bad,
}

impl Tone {
    /// Every one.
    pub const ALL: [Tone; 4] = [Tone::Plain, Tone::Good, Tone::Wait, Tone::Bad];

    pub(super) fn class(self, of: &str) -> String {
        match self {
            Tone::Plain => of.to_owned(),
            Tone::Good => format!("{of} good"),
            Tone::Wait => format!("{of} wait"),
            Tone::Bad => format!("{of} bad"),
        }
    }

    pub(super) fn icon(self) -> Icon {
        match self {
            Tone::Plain => Icon::Info,
            Tone::Good => Icon::Check,
            Tone::Wait => Icon::Clock,
            Tone::Bad => Icon::Warning,
        }
    }
}

/// What happened, what that means for the money, and what to do next. A failure is read out at
/// once (`role=alert`), anything else when there is time (WCAG 2.2, 4.1.3).
pub fn notice(tone: Tone, what: &str, money: &str, next: Option<&Markup>) -> Markup {
    notice_of(tone, &html! { (what) }, &html! { (money) }, next)
}

/// The same of texts that say in which language they are.
pub(crate) fn notice_of(
    tone: Tone,
    what: &Markup,
    money: &Markup,
    next: Option<&Markup>,
) -> Markup {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    html! {
        div class=(tone.class("notice")) role=(role) {
            (icon(tone.icon()))
            strong { (what) }
            p { (money) }
            @if let Some(next) = next { p { (next) } }
        }
    }
}
