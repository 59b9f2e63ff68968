//! Pages of one's own account, of signing in, and of what is refused there.

use pages::Language;
use pages::customer::{
    DeviceView, MeView, RefusedView, SignInView, me_page, refused_page, sign_in_page,
};

use crate::whole::{at, check, visit};

fn me<'a>(device: Option<&'a str>, refused: Option<(&'a str, &'a str)>) -> MeView<'a> {
    let device =
        DeviceView { id: "ses_1", device, is_current: true, used_at: at("2026-12-05T10:00:00Z") };
    MeView {
        person: "per_1",
        roles: vec!["customer"],
        passkeys: Vec::new(),
        devices: vec![device],
        totp: None,
        refused,
        done: None,
    }
}

#[test]
fn whoever_has_to_show_again_who_they_are_is_led_there_and_back() {
    for language in Language::ALL {
        let refused = Some(("stronger_sign_in_needed", "Use a passkey."));
        let page = me_page(&visit(language, "/me"), &me(None, refused)).into_string();
        check(&page);
        assert!(page.contains("href=\"/sign-in?next=/me&amp;why=again\""), "{page}");
        assert!(!page.contains("Use a passkey."), "a code by mail is enough: {page}");
        // The script of the passkey goes the same way.
        assert!(page.contains("data-again=\"/sign-in?next=/me&amp;why=again\""), "{page}");
        let view = SignInView { next: "/me", email: "", is_again: true, refused: None };
        let page = sign_in_page(&visit(language, "/sign-in"), &view).into_string();
        check(&page);
        assert!(page.contains("name=\"next\" value=\"/me\""), "{page}");
    }
    let view = SignInView { next: "/me", email: "", is_again: true, refused: None };
    let page = sign_in_page(&visit(Language::English, "/sign-in"), &view).into_string();
    assert!(page.contains("Show once more who you are") && !page.contains("makes your account"));
}

#[test]
fn staff_are_told_that_it_is_the_passkey_and_not_the_role() {
    let view = |code| RefusedView {
        code,
        detail: "",
        back: "/",
        request: None,
        again: "/sign-in?next=/console/queue&why=again",
    };
    let visit = visit(Language::English, "/console/queue");
    let page = refused_page(&visit, &view("stronger_sign_in_needed")).into_string();
    check(&page);
    assert!(page.contains("You have the role"), "{page}");
    assert!(page.contains("next=/console/queue&amp;why=again") && page.contains("href=\"/me\""));
    let page = refused_page(&visit, &view("not_permitted")).into_string();
    assert!(!page.contains("why=again"), "{page}");
}

#[test]
fn english_on_other_pages_says_that_it_is() {
    let visit = visit(Language::Arabic, "/me");
    let refused = Some(("no_such_code", "Do it <b> so."));
    let page = me_page(&visit, &me(Some("Firefox on Linux"), refused)).into_string();
    let marked = "<span lang=\"en\" dir=\"ltr\">Do it &lt;b&gt; so.</span>";
    assert!(page.contains(marked), "{page}");
    assert!(
        page.contains("\u{2068}Firefox\u{2069} على \u{2068}Linux\u{2069}"),
        "names stay, what joins them does not: {page}"
    );
}
