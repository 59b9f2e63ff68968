//! A gift as its recipient opens it. Opening shows it and changes nothing; keeping it takes
//! somebody who has signed in, for programs open mails and press buttons too.

use base::Money;
use maud::{Markup, html};

use super::buys::{BuysView, buys};
use super::gifts::said;
use super::refused::trouble;
use crate::components::{
    Button, Choice, Field, Icon, Input, Tone, Weight, acts, choices, escaped, form, notice, rows,
    tick,
};
use crate::gift::{Design, Written, picture};
use crate::show::money_text;
use crate::{Asset, Moment, Visit, Width, date, money};

/// A gift that was opened.
#[derive(Clone, Debug)]
pub struct RevealView<'a> {
    /// What opens it: the claim token, or the recipient token of its mail. Forms send it along.
    pub token: &'a str,
    /// The name of the design.
    pub design: Option<&'a str>,
    /// First name of whoever gives it.
    pub from: Option<&'a str>,
    /// What they write.
    pub message: Option<&'a str>,
    /// What it is worth.
    pub value: Money,
    /// Until when it can be spent.
    pub expires_at: Option<Moment<'a>>,
    /// What it buys.
    pub buys: BuysView<'a>,
    /// Whether somebody keeps it already.
    pub is_claimed: bool,
    /// Whether the token speaks for the recipient: of their mail, and not a claim link.
    pub is_letter: bool,
    /// Whether whoever looks has signed in.
    pub is_known: bool,
    /// Whether the sender was reported.
    pub is_reported: bool,
    /// Whether the recipient wants no more mail of the sender.
    pub is_blocked: bool,
    /// The address that was typed.
    pub email: &'a str,
    /// What was just refused: code and detail.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done: the end of a name, `reveal.done_…`.
    pub done: Option<&'a str>,
}

/// `GET /gift` before anything is opened: where the script, or whoever has none, puts the link.
pub fn open_gift_page(visit: &Visit<'_>, refused: Option<(&str, &str)>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("reveal.open_title"), Width::Narrow).page(&html! {
        h1 { (words.text("reveal.open_title")) }
        @if let Some((code, detail)) = refused { (trouble(words, code, detail)) }
        (open_form(visit, Weight::Main))
    })
}

fn open_form(visit: &Visit<'_>, weight: Weight) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text("reveal.link_hint")),
        characters_max: Some(600),
        ..Field::new("token", words.text("reveal.link"), Input::CardCode)
    };
    html! {
        (form(visit, "/gift", &html! {
            (field.show())
            (button(words.text("reveal.open"), weight, Some(Icon::Gift)))
        }))
        script src=(Asset::gift()) defer {}
    }
}

/// `GET /gift` with a gift, and the answer to `POST /gift`.
pub fn reveal_page(visit: &Visit<'_>, view: &RevealView<'_>) -> Markup {
    let words = visit.words;
    let from = view.from.unwrap_or_else(|| words.text("reveal.somebody"));
    let amount = money_text(words, view.value);
    let title = words.with("reveal.title", &[("from", from), ("amount", &amount)]);
    let design = view.design.and_then(Design::parse).unwrap_or(Design::Ribbons);
    let written = Written {
        shop: visit.shop,
        value: Some(view.value),
        to: words.text("reveal.you"),
        from: view.from.unwrap_or(""),
    };
    visit.frame(&title, Width::Narrow).page(&html! {
        h1 {
            (words.with_markup("reveal.title", &[
                ("from", html! { bdi { (from) } }),
                ("amount", money(words, view.value)),
            ]))
        }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), words.text("reveal.done_next"), None))
        }
        div class="gift opens" { (picture(words, design, written)) }
        (said(view.message.unwrap_or("")))
        (facts(visit, view))
        @if view.is_claimed {
            (notice(Tone::Plain, words.text("reveal.claimed"), words.text("reveal.claimed_next"),
                Some(&html! { a href="/wallet" { (words.text("reveal.to_wallet")) } })))
        } @else if view.is_letter {
            p { (words.text("reveal.letter")) }
        } @else {
            (keep(visit, view))
        }
        (about_sender(visit, view))
        details {
            summary { (words.text("reveal.another")) }
            (open_form(visit, Weight::Plain))
        }
    })
}

fn facts(visit: &Visit<'_>, view: &RevealView<'_>) -> Markup {
    let words = visit.words;
    let until = match view.expires_at {
        Some(at) => date(words, at),
        None => html! { (words.text("reveal.for_ever")) },
    };
    let all = [
        (words.text("reveal.worth"), money(words, view.value)),
        (words.text("reveal.buys"), buys(words, &view.buys)),
        (words.text("reveal.until"), until),
    ];
    rows(&all, None)
}

/// The one act of the page. Whoever has not signed in does so on the way: by a code, without a
/// page in between.
fn keep(visit: &Visit<'_>, view: &RevealView<'_>) -> Markup {
    let words = visit.words;
    let token = html! { input type="hidden" name="token" value=(view.token); };
    let go = button(words.text("reveal.keep"), Weight::Main, Some(Icon::Wallet));
    if view.is_known {
        return form(visit, "/gift/claim", &html! { (token) (acts(&[go])) });
    }
    let field = Field {
        hint: Some(words.text("reveal.email_hint")),
        value: view.email,
        characters_max: Some(254),
        ..Field::new("email", words.text("sign_in.email"), Input::Mail)
    };
    let other = format!("/sign-in?next={}", escaped("/gift"));
    html! {
        (form(visit, "/gift/claim", &html! { (token) (field.show()) (acts(&[go])) }))
        p { small { a href=(other) { (words.text("reveal.other_way")) } } }
    }
}

/// `GET /gift/code`: the code that was sent to whoever wants to keep the gift.
pub fn gift_code_page(visit: &Visit<'_>, refused: Option<(&str, &str)>) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text("sign_in.code_hint")),
        characters_max: Some(24),
        ..Field::new("code", words.text("sign_in.code"), Input::OneTimeCode)
    };
    visit.frame(words.text("reveal.code_title"), Width::Narrow).page(&html! {
        h1 { (words.text("reveal.code_title")) }
        @if let Some((code, detail)) = refused { (trouble(words, code, detail)) }
        p { (words.text("sign_in.code_sent")) }
        (form(visit, "/gift/code", &html! {
            (field.show())
            (button(words.text("reveal.keep"), Weight::Main, Some(Icon::Wallet)))
        }))
        p { a href="/gift" { (words.text("reveal.back")) } }
    })
}

/// What a recipient may say about the sender, out of the way of the gift. Nothing is chosen
/// beforehand, so a program that presses buttons says nothing.
fn about_sender(visit: &Visit<'_>, view: &RevealView<'_>) -> Markup {
    let words = visit.words;
    let token = html! { input type="hidden" name="token" value=(view.token); };
    let reasons = [
        ("unwanted", "reveal.unwanted"),
        ("harassment", "reveal.harassment"),
        ("scam", "reveal.scam"),
        ("other", "reveal.other"),
    ];
    let reasons =
        reasons.map(|(value, name)| Choice { value, text: words.text(name), is_chosen: false });
    html! {
        details {
            summary { (words.text("reveal.report")) }
            p { (words.text("reveal.report_text")) }
            @if view.is_reported { p { (words.text("reveal.reported")) } }
            (form(visit, "/gift/report", &html! {
                (token)
                (choices("reason", words.text("reveal.reason"), None, &reasons))
                @if view.is_letter && !view.is_blocked {
                    (tick("block", words.text("reveal.block"), false))
                }
                (button(words.text("reveal.send_report"), Weight::Plain, None))
            }))
            @if view.is_letter && view.is_blocked {
                p { (words.text("reveal.blocked")) }
                (form(visit, "/gift/unblock", &html! {
                    (token)
                    (tick("sure", words.text("reveal.unblock_sure"), false))
                    (button(words.text("reveal.unblock"), Weight::Plain, None))
                }))
            }
        }
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "reported" => Some("reveal.done_reported"),
        "unblocked" => Some("reveal.done_unblocked"),
        _ => None,
    }
}

fn button(text: &str, weight: Weight, icon: Option<Icon>) -> Markup {
    Button { text, weight, icon, sends: None, is_off: false }.show()
}
