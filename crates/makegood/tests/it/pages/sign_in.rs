//! Signing in by mail, one's own account, and what is refused on the way.

use super::Shop;

#[test]
fn somebody_signs_in_by_mail_and_comes_back_to_where_they_were() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    browser.go("/").expect(200).sees("Corner Shop").sees("Sign in");
    browser.go("/me").expect(200).sees("we send you a code");
    assert_eq!(browser.path, "/sign-in?next=/me");
    browser.enter_mail_code("ann@example.org").sees("My account").sees("per_");
    assert_eq!(browser.path, "/me");
    let person = browser.text().split("per_").nth(1).unwrap()[..26].to_owned();
    browser.send("/sign-out", &[]).expect(200);
    browser.go("/me").sees("we send you a code");
    browser.enter_mail_code("ann@example.org").sees(&person);
}

#[test]
fn a_wrong_code_is_told_above_the_form_and_can_be_tried_again() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    browser.go("/sign-in").send("/sign-in", &[("email", "not an address")]).expect(400);
    browser.sees("needs another look");
    browser.send("/sign-in", &[("email", "ben@example.org")]).expect(200);
    browser.send("/sign-in/code", &[("code", "00000000")]).sees("The code is not right");
    assert!(browser.status >= 400);
    assert!(!browser.form("/sign-in/code").fields.is_empty());
}

#[test]
fn forms_of_others_and_old_forms_do_nothing() {
    let shop = Shop::open();
    let mut browser = shop.signed_in("cy@example.org");
    browser.go("/me");
    let body = browser.form("/sign-out").body(&[("csrf", "00")]);
    browser.send_raw("/sign-out", &body).expect(403).sees("Nothing was done");
    browser.go("/me").expect(200).sees("per_");
    // Another person's form is no use either.
    let mut other = shop.signed_in("di@example.org");
    other.go("/me");
    let theirs = other.form("/sign-out").body(&[]);
    browser.send_raw("/sign-out", &theirs).expect(403);
}

#[test]
fn pages_that_are_not_there_say_so() {
    let shop = Shop::open();
    let mut browser = shop.browser();
    browser.go("/help/no-such-thing").expect(404);
    browser.go("/assets/none.css").expect(404);
    browser.go("/sign-in?next=//evil.example").expect(200);
    assert!(!browser.page.contains("evil"));
    // What takes forms only leads to where somebody can look.
    assert_eq!(browser.go("/demo/be").expect(200).path, "/");
}
