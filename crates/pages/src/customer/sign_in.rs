//! Signing in: by mail, then perhaps by something else.

use maud::{Markup, html};

use super::refused::trouble;
use crate::components::{Button, Field, Icon, Input, Tone, Weight, form, notice};
use crate::{Asset, Visit, Width, Words};

/// What every step of signing in knows.
#[derive(Clone, Copy, Debug)]
pub struct SignInView<'a> {
    /// Where to go on afterwards.
    pub next: &'a str,
    /// The address that was typed.
    pub email: &'a str,
    /// Whether somebody who is signed in has to show again who they are.
    pub is_again: bool,
    /// Why the last try failed: code and detail.
    pub refused: Option<(&'a str, &'a str)>,
}

/// The code that was sent.
pub type CodeView<'a> = SignInView<'a>;

/// What may be shown second.
#[derive(Clone, Debug)]
pub struct SecondView<'a> {
    /// Where to go on afterwards.
    pub next: &'a str,
    /// Whether there is a passkey, an authenticator program, recovery codes.
    pub ways: [bool; 3],
    /// Why the last try failed.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /sign-in`.
pub fn sign_in_page(visit: &Visit<'_>, view: &SignInView<'_>) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text("sign_in.email_hint")),
        value: view.email,
        characters_max: Some(254),
        ..Field::new("email", words.text("sign_in.email"), Input::Mail)
    };
    page(
        visit,
        "sign_in.title",
        view.refused,
        &html! {
            @if view.is_again {
                (notice(Tone::Wait, words.text("sign_in.why_again"),
                    words.text("sign_in.why_again_next"), None))
            } @else {
                p class="lead" { (words.text("sign_in.lead")) }
            }
            (passkey(words, "sign_in", "", view.next, words.text("sign_in.passkey")))
            (form(visit, "/sign-in", &html! {
                input type="hidden" name="next" value=(view.next);
                (field.show())
                (go(words.text("sign_in.send")))
            }))
        },
    )
}

/// `GET /sign-in/code`.
pub fn code_page(visit: &Visit<'_>, view: &CodeView<'_>) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text("sign_in.code_hint")),
        characters_max: Some(24),
        ..Field::new("code", words.text("sign_in.code"), Input::OneTimeCode)
    };
    page(
        visit,
        "sign_in.code_title",
        view.refused,
        &html! {
            p { (words.text("sign_in.code_sent")) }
            (form(visit, "/sign-in/code", &html! {
                input type="hidden" name="next" value=(view.next);
                (field.show())
                (go(words.text("sign_in.enter")))
            }))
            p { a href=(format!("/sign-in?next={}", crate::components::escaped(view.next))) {
                (words.text("sign_in.again"))
            } }
        },
    )
}

/// `GET /sign-in/second`.
pub fn second_page(visit: &Visit<'_>, view: &SecondView<'_>) -> Markup {
    let words = visit.words;
    let [has_passkey, has_totp, has_recovery] = view.ways;
    let typed = |name: &str, way: &str, label: &str| {
        form(
            visit,
            "/sign-in/second",
            &html! {
                input type="hidden" name="next" value=(view.next);
                input type="hidden" name="way" value=(way);
                (Field {
                    characters_max: Some(32),
                    ..Field::new(name, words.text(label), Input::OneTimeCode)
                }.show())
                (go(words.text("sign_in.enter")))
            },
        )
    };
    page(
        visit,
        "sign_in.second_title",
        view.refused,
        &html! {
            p { (words.text("sign_in.second")) }
            @if has_passkey {
                (passkey(words, "sign_in", "", view.next, words.text("sign_in.passkey")))
            }
            @if has_totp { (typed("code", "totp", "sign_in.totp")) }
            @if has_recovery {
                h2 { (words.text("sign_in.lost")) }
                (typed("recovery", "recovery", "sign_in.recovery"))
            }
            @if has_passkey && !has_totp && !has_recovery {
                noscript { p { (words.text("sign_in.needs_script")) } }
            }
        },
    )
}

fn page(visit: &Visit<'_>, title: &str, refused: Option<(&str, &str)>, content: &Markup) -> Markup {
    let words = visit.words;
    visit.frame(words.text(title), Width::Narrow).page(&html! {
        h1 { (words.text(title)) }
        @if let Some((code, detail)) = refused { (trouble(words, code, detail)) }
        (content)
    })
}

fn go(text: &str) -> Markup {
    Button { text, weight: Weight::Main, icon: None, sends: None, is_off: false }.show()
}

/// A button for a passkey, shown by its script where the browser has passkeys at all.
pub(super) fn passkey(words: Words, act: &str, csrf: &str, next: &str, text: &str) -> Markup {
    let button =
        Button { text, weight: Weight::Plain, icon: Some(Icon::Lock), sends: None, is_off: false };
    html! {
        div data-passkey=(act) data-csrf=(csrf) data-next=(next) data-again=(super::me::AGAIN)
            data-closed=(words.text("sign_in.closed")) hidden {
            p { (button.show()) }
            p role="alert" {}
        }
        script src=(Asset::passkeys()) defer {}
    }
}
