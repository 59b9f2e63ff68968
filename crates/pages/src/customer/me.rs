//! One's own account: how one signs in, and where one is signed in.

use maud::{Markup, html};

use super::refused::trouble;
use super::sign_in::passkey;
use crate::components::{
    Button, Column, Field, Icon, Input, Table, Tone, Weight, form, link_button, notice, status,
};
use crate::{Moment, Visit, Width, Words, moment};

/// Where whoever has to show again who they are does so, and comes back.
pub(super) const AGAIN: &str = "/sign-in?next=/me&why=again";

/// A device on which somebody is signed in.
#[derive(Clone, Debug)]
pub struct DeviceView<'a> {
    /// Names the session.
    pub id: &'a str,
    /// What it is, as far as it says.
    pub device: Option<&'a str>,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// When it was used last.
    pub used_at: Moment<'a>,
}

/// A passkey.
#[derive(Clone, Debug)]
pub struct PasskeyView<'a> {
    /// Names it.
    pub id: &'a str,
    /// Since when.
    pub created_at: Moment<'a>,
    /// When it was used last.
    pub used_at: Option<Moment<'a>>,
}

/// One's own account.
#[derive(Clone, Debug)]
pub struct MeView<'a> {
    /// The id of the person.
    pub person: &'a str,
    /// What they may be here.
    pub roles: Vec<&'a str>,
    /// Their passkeys.
    pub passkeys: Vec<PasskeyView<'a>>,
    /// Where they are signed in.
    pub devices: Vec<DeviceView<'a>>,
    /// The secret that is offered to an authenticator program.
    pub totp: Option<&'a str>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done: the end of a name, `me.done_…`.
    pub done: Option<&'a str>,
}

/// `GET /me`.
pub fn me_page(visit: &Visit<'_>, view: &MeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("me.title"), Width::Narrow).page(&html! {
        h1 { (text("me.title")) }
        @match view.refused {
            Some(("stronger_sign_in_needed", _)) => (again(words)),
            Some((code, detail)) => (trouble(words, code, detail)),
            None => {}
        }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, text(done), text("me.done_next"), None))
        }
        p { (text("me.id")) " " span class="code" { (view.person) } }
        @if view.roles.len() > 1 { p { (text("me.roles")) " " (view.roles.join(", ")) } }
        h2 { (text("me.passkeys")) }
        p { (text("me.passkeys_text")) }
        @if !view.passkeys.is_empty() { (passkeys(visit, view)) }
        (passkey(words, "add", visit.csrf, "/me?done=passkey", text("me.add_passkey")))
        h2 { (text("me.totp")) }
        (totp(visit, view.totp))
        h2 { (text("me.recovery")) }
        p { (text("me.recovery_text")) }
        (act(visit, "/me/recovery-codes", &html! {}, text("me.recovery_make"), Weight::Plain))
        h2 { (text("me.devices")) }
        (devices(visit, view))
        (act(visit, "/sign-out", &html! {}, text("me.sign_out"), Weight::Plain))
    })
}

/// Ways in are changed soon after signing in only. Signing in again is all it takes, by whatever
/// way one has, and leads back here.
fn again(words: Words) -> Markup {
    let way = link_button(AGAIN, words.text("me.again_go"), Weight::Main);
    notice(Tone::Bad, words.text("me.again"), words.text("me.again_next"), Some(&way))
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "passkey" => Some("me.done_passkey"),
        "removed" => Some("me.done_removed"),
        "totp" => Some("me.done_totp"),
        "ended" => Some("me.done_ended"),
        _ => None,
    }
}

fn act(visit: &Visit<'_>, path: &str, hidden: &Markup, text: &str, weight: Weight) -> Markup {
    let button = Button { text, weight, icon: None, sends: None, is_off: false };
    form(visit, path, &html! { (hidden) (button.show()) })
}

fn passkeys(visit: &Visit<'_>, view: &MeView<'_>) -> Markup {
    let words = visit.words;
    let columns = [
        Column::words(words.text("me.passkey_since")),
        Column::words(words.text("me.used")),
        Column::words(words.text("me.change")),
    ];
    let row = |one: &PasskeyView<'_>| {
        let hidden = html! { input type="hidden" name="passkey" value=(one.id); };
        vec![
            moment(words, one.created_at),
            match one.used_at {
                Some(used) => moment(words, used),
                None => html! { (words.text("me.never")) },
            },
            act(visit, "/me/passkeys/remove", &hidden, words.text("me.remove"), Weight::Grave),
        ]
    };
    Table {
        caption: words.text("me.passkeys"),
        columns: &columns,
        rows: view.passkeys.iter().map(row).collect(),
        foot: None,
        nothing: "",
    }
    .show_titled_list()
}

fn totp(visit: &Visit<'_>, offered: Option<&str>) -> Markup {
    let words = visit.words;
    let Some(secret) = offered else {
        return html! {
            p { (words.text("me.totp_text")) }
            (act(visit, "/me/totp", &html! {}, words.text("me.totp_begin"), Weight::Plain))
        };
    };
    let field = Field {
        hint: Some(words.text("me.totp_code_hint")),
        characters_max: Some(12),
        ..Field::new("code", words.text("sign_in.totp"), Input::OneTimeCode)
    };
    html! {
        p { (words.text("me.totp_secret")) }
        p { span class="code" { (secret) } }
        (form(visit, "/me/totp/confirm", &html! {
            (field.show())
            (Button {
                text: words.text("me.totp_confirm"),
                weight: Weight::Main,
                icon: Some(Icon::Lock),
                sends: None,
                is_off: false,
            }.show())
        }))
    }
}

fn devices(visit: &Visit<'_>, view: &MeView<'_>) -> Markup {
    let words = visit.words;
    let columns = [
        Column::words(words.text("me.device")),
        Column::words(words.text("me.used")),
        Column::words(words.text("me.change")),
    ];
    let row = |one: &DeviceView<'_>| {
        let hidden = html! { input type="hidden" name="session" value=(one.id); };
        let change = match one.is_current {
            true => status(Tone::Good, words.text("me.this")),
            false => act(visit, "/me/devices/end", &hidden, words.text("me.end"), Weight::Plain),
        };
        vec![device_name(words, one.device), moment(words, one.used_at), change]
    };
    Table {
        caption: words.text("me.devices"),
        columns: &columns,
        rows: view.devices.iter().map(row).collect(),
        foot: None,
        nothing: "",
    }
    .show_titled_list()
}

fn device_name(words: Words, device: Option<&str>) -> Markup {
    match device {
        // Browsers and systems have names; what stands between them is ours to say.
        Some(device) => match device.split_once(" on ") {
            Some((browser, system)) => {
                let names = [("browser", browser), ("system", system)];
                html! { bdi { (words.with("me.browser_on", &names)) } }
            }
            None => html! { bdi { (device) } },
        },
        None => html! { (words.text("me.some_device")) },
    }
}

/// Codes that open the account when everything else is lost, shown once.
#[derive(Clone, Debug)]
pub struct RecoveryCodesView<'a> {
    /// The codes.
    pub codes: Vec<&'a str>,
}

/// The answer to `POST /me/recovery-codes`.
pub fn recovery_codes_page(visit: &Visit<'_>, view: &RecoveryCodesView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("me.recovery"), Width::Narrow).page(&html! {
        h1 { (words.text("me.recovery")) }
        p { (words.text("me.recovery_once")) }
        ul { @for code in &view.codes { li { span class="code" { (code) } } } }
        p { a href="/me" { (words.text("me.recovery_kept")) } }
    })
}
