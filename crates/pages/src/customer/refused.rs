//! What was refused: what happened to the money, and what to do next.

use maud::{Markup, html};

use crate::components::{Tone, Weight, acts, english, link_button, notice, notice_of};
use crate::{Visit, Width, Words};

/// A refusal as a page shows it.
#[derive(Clone, Debug)]
pub struct RefusedView<'a> {
    /// Its stable code.
    pub code: &'a str,
    /// What the refusal itself says to do; shown where there are no better words.
    pub detail: &'a str,
    /// Where to go on.
    pub back: &'a str,
    /// Names the request, for whoever helps.
    pub request: Option<&'a str>,
    /// Where one signs in again and comes back.
    pub again: &'a str,
}

/// A whole page for a refusal that no form shows.
pub fn refused_page(visit: &Visit<'_>, view: &RefusedView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("refused.title"), Width::Narrow).page(&html! {
        h1 { (words.text("refused.title")) }
        (said(words, view))
        @if let Some(request) = view.request {
            p { small { (words.text("refused.request")) " " span class="code" { (request) } } }
        }
        @if needs_passkey(view.code) {
            (acts(&[
                link_button(view.again, words.text("sign_in.again_passkey"), Weight::Main),
                link_button("/me", words.text("sign_in.to_passkeys"), Weight::Plain),
                link_button(view.back, words.text("refused.back"), Weight::Plain),
            ]))
        } @else {
            (acts(&[
                link_button(view.back, words.text("refused.back"), Weight::Main),
                link_button("/help", words.text("refused.help"), Weight::Plain),
            ]))
        }
    })
}

/// Refusals of pages of staff that another role would not help.
fn needs_passkey(code: &str) -> bool {
    matches!(code, "stronger_sign_in_needed" | "passkey_not_confirmed")
}

fn said(words: Words, view: &RefusedView<'_>) -> Markup {
    // Whose role is not the matter has to hear what is.
    if view.code == "stronger_sign_in_needed" {
        let (what, next) = ("sign_in.staff_passkey", "sign_in.staff_passkey_next");
        return notice(Tone::Bad, words.text(what), words.text(next), None);
    }
    trouble(words, view.code, view.detail)
}

/// A refusal above the form that was sent: what is wrong, what happened to the money, what next.
pub fn trouble(words: Words, code: &str, detail: &str) -> Markup {
    let what = format!("refused.{code}");
    let next = format!("refused.{code}_next");
    // What only English has words for, and what the rules themselves say, is marked as English.
    let said = |name: &str| match words.says(name) {
        true => html! { (words.text(name)) },
        false => english(words, words.text(name)),
    };
    match words.says(&what) || crate::Language::English.words().says(&what) {
        true => notice_of(Tone::Bad, &said(&what), &said(&next), None),
        false => notice_of(Tone::Bad, &said("refused.any"), &english(words, detail), None),
    }
}
