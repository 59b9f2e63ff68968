//! Help that reaches a person: a customer writes, staff answer with the customer's money in view.

use base::Span;
use outside::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{Browser, Shop};

const ANN: &str = "ann@example.org";

/// A card that was sent to Ann, as the API tells it.
fn card(shop: &Shop) -> Value {
    let body = json!({
        "value": {"amount": 2_500, "currency": "USD"},
        "funding": {"kind": "promotional"},
        "reference": "order 77",
        "recipient": {"name": "Ann", "email": ANN},
        "sender": {"name": "Bob"},
        "delivery": {"channel": "email"},
    });
    let mut client = shop.server.client();
    client.post("/v1/gift-cards", "card", &body).unwrap().expect(201).json()
}

/// Writes to us from a page, and comes to the request.
fn write(browser: &mut Browser<'_>, from: &str, text: &str) -> String {
    browser.go(&format!("/contact?from={from}")).expect(200);
    browser.send("/contact", &[("text", text)]).expect(200).sees(text);
    browser.path.split('?').next().unwrap().to_owned()
}

#[test]
fn a_customer_writes_and_a_person_answers() {
    let shop = Shop::open();
    let mut ann = shop.browser();
    // From an article: signing in leads back to the form.
    ann.go("/help/lost-card").expect(200).sees("Write to us");
    ann.go("/contact?from=/help/lost-card").expect(200).sees("Continue with my e-mail address");
    ann.go("/sign-in?next=/contact%3Ffrom%3D/help/lost-card");
    ann.enter_mail_code(ANN).sees("What happened?");
    let form = ann.form("/contact");
    assert!(ann.page.contains("<option value=\"safety\" selected>"), "{}", ann.page);
    assert_eq!(form.value("from"), Some("/help/lost-card"));
    ann.send("/contact", &[("text", "I have lost it.\r\nPlease help")]).expect(200);
    ann.sees("We have got your request").sees("Please help").sees("We answer by");
    let path = ann.path.split('?').next().unwrap().to_owned();
    let mail = ann.mail_with(ANN, "We answer by");
    assert!(mail.contains(&path) && !mail.contains("lost it"), "{mail}");
    ann.go("/requests").sees("I have lost it.");

    let mut meg = shop.staff("meg@example.org", "support");
    meg.go("/console/queue").expect(200).sees("I have lost it.").sees("first answer");
    let staff_path = path.replace("/requests/", "/console/queue/");
    meg.go(&staff_path).expect(200).sees(ANN).sees("/help/lost-card");
    meg.send(&format!("{staff_path}/assign"), &[]).sees("Give it back");
    meg.go("/console/queue?assigned=me").sees("I have lost it.");
    meg.go(&staff_path).send(&format!("{staff_path}/note"), &[("note", "Sounds honest")]);
    meg.sees("The note is kept").sees("Sounds honest");
    // A ready answer is looked at, changed, and sent.
    let ready = [("text", "Dear Ann"), ("reply", "which-card")];
    meg.send(&format!("{staff_path}/find"), &ready).sees("last four letters").sees("Dear Ann");
    meg.send(&format!("{staff_path}/answer"), &[("text", "Which card is it?")]).expect(200);
    meg.sees("The answer is sent");
    let mail = ann.mail_with(ANN, "has answered your request");
    assert!(!mail.contains("Which card"), "{mail}");

    ann.go(&path).sees("Which card is it?");
    assert!(!ann.text().contains("honest"), "a note is for staff");
    ann.send(&format!("{path}/reply"), &[("text", "The one for books")]).sees("With us");
    meg.go(&staff_path).send(&format!("{staff_path}/answer"), &[("text", "Found, and frozen.")]);
    meg.send(&format!("{staff_path}/solve"), &[]).sees("The request is solved");
    ann.go(&path).sees("Did we help?");
    ann.send(&format!("{path}/rate"), &[("rating", "helped")]).sees("You said that we helped: Yes");
    meg.go("/console/queue?state=solved").sees("I have lost it.");
    // A reply opens it again.
    ann.go(&path).send(&format!("{path}/reply"), &[("text", "Lost again")]).sees("With us");
    // Too much at once is told above the form, which keeps what was written.
    let long = "x".repeat(4_001);
    ann.send(&format!("{path}/reply"), &[("text", &long)]).expect(400);
    ann.sees("not more than 4,000 letters");
    assert!(ann.page.contains(&long), "what was written is still there");
}

#[test]
fn whoever_cannot_sign_in_writes_all_the_same() {
    let shop = Shop::open();
    let mut ann = shop.browser();
    let typed = [("email", "ann@nowhere"), ("text", "I am locked out")];
    ann.go("/contact").expect(200).send("/contact", &typed).expect(400);
    ann.sees("This is no e-mail address");
    assert_eq!(ann.form("/contact").value("email"), Some("ann@nowhere"));
    let typed = [("email", ANN), ("text", "I am locked out")];
    ann.send("/contact", &typed).expect(200).sees("We have got your request").sees("We answer by");
    let text = ann.text();
    let number = text.split_whitespace().find(|word| word.len() == 9 && word.as_bytes()[4] == b'-');
    let number = number.unwrap().to_owned();

    let mut meg = shop.staff("meg@example.org", "support");
    meg.go("/console/queue").expect(200).sees("I am locked out").sees("not signed in");
    let path = meg.page.split("href=\"").find(|rest| rest.starts_with("/console/queue/conv_"));
    let path = path.unwrap().split('"').next().unwrap().to_owned();
    meg.go(&path).expect(200).sees(ANN).sees("Nobody has shown that this address is theirs");
    meg.send(&format!("{path}/answer"), &[("text", "Which card did you buy?")]).expect(200);
    let mail = ann.mail_with(ANN, "has answered your request");
    assert!(mail.contains("Which card did you buy?") && mail.contains(&number), "{mail}");
}

#[test]
fn staff_help_with_a_card_without_seeing_its_code() {
    let shop = Shop::open();
    let card = card(&shop);
    let (id, end) = (card["id"].as_str().unwrap(), card["last4"].as_str().unwrap());
    let mut ann = shop.signed_in(ANN);
    let from = format!("/wallet/{id}");
    ann.go(&format!("/contact?from={from}")).sees("You write about:").sees(id);
    let path =
        write(&mut ann, &from, "Somebody took my card").replace("/requests/", "/console/queue/");
    let mut meg = shop.staff("meg@example.org", "support");
    // The card was sent to Ann's address, and Bob finds it by what he knows.
    meg.go(&path).expect(200).sees(&format!("…{end}")).sees("25.00 USD");
    assert!(!meg.text().contains("not known to be theirs"));
    let mut eve = shop.signed_in("eve@example.org");
    let hers = write(&mut eve, &from, "My card").replace("/requests/", "/console/queue/");
    meg.go(&hers).sees("not known to be theirs");
    for asked in [end, "order 77", id, ANN] {
        meg.go(&path).send(&format!("{path}/find"), &[("find", asked)]).expect(200);
        let text = meg.text();
        let found = text.split("Found").nth(1).unwrap().split("Gift cards").next().unwrap();
        assert!(found.contains(end), "{asked}: {found}");
        assert!(!meg.path.contains(ANN), "no address of a person in an address of a page");
    }
    meg.go(&path).send(&format!("{path}/find"), &[("find", "ZZZZ")]).sees("Nothing was found");

    let request = path.rsplit('/').next().unwrap();
    let page = format!("/console/cards/{id}");
    meg.go(&format!("{page}?request={request}")).sees("can be spent").sees("issued");
    let client = |path: &str| {
        let mut client = shop.server.client();
        client.post_once(path, &json!({})).unwrap().expect(200).json()
    };
    let code = client(&format!("/v1/gift-cards/{id}/reveal"))["code"].as_str().unwrap().to_owned();
    for (act, sees, reason) in [
        ("freeze", "The card is frozen", "stolen"),
        ("replace-code", "The code is replaced", "stolen"),
        ("unfreeze", "The card can be spent again", "asked_for"),
    ] {
        meg.go(&format!("{page}/{act}?request={request}")).expect(200).sees("The balance stays:");
        meg.send(&format!("{page}/{act}"), &[("reason", reason)]).expect(200).sees(sees);
    }
    let new = client(&format!("/v1/gift-cards/{id}/reveal"))["code"].as_str().unwrap().to_owned();
    assert_ne!(code, new);
    assert!(!meg.page.contains(&new) && !meg.page.contains(&code), "nobody of staff sees a code");
    meg.go(&path).sees("freeze. Reason: stolen.").sees("replace-code. Reason: stolen.");
    // The gift goes to another address; a gift is mailed once a minute at most.
    let later = SystemClock::new().now().saturating_add(Span::minutes(10)).to_string();
    let mut api = shop.server.client();
    api.post("/v1/test/clock", "later", &json!({"now": later})).unwrap().expect(200);
    meg.go(&format!("{page}/change-recipient?request={request}")).sees("Ann");
    let fields = [("email", "annie@example.org"), ("reason", "wrong_address")];
    meg.send(&format!("{page}/change-recipient"), &fields).expect(200);
    meg.sees("The gift goes to the new recipient").sees("annie@example.org");
    // What cannot be done says so, and nothing was done.
    meg.go(&format!("{page}/resend?request={request}"));
    meg.send(&format!("{page}/resend"), &[("reason", "asked_for")]);
    assert!(meg.status >= 400, "{}", meg.text());
    let none = "/console/cards/gc_00000000000000000000000001";
    meg.go(none).expect(404);
    meg.go(&format!("{page}/destroy")).expect(404);
    let body =
        meg.go(&format!("{page}/freeze")).form(&format!("{page}/freeze")).body(&[("reason", "x")]);
    meg.send_raw(&format!("{page}/freeze"), &body).expect(400);
}

#[test]
fn what_is_of_others_is_not_there() {
    let shop = Shop::open();
    let mut ann = shop.signed_in(ANN);
    let path = write(&mut ann, "", "Only for you");
    let mut bob = shop.signed_in("bob@example.org");
    bob.go(&path).expect(404);
    assert!(!bob.text().contains("Only for you"));
    bob.go("/requests").sees("You have not asked for anything yet");
    for path in [path.replace("/requests/", "/console/queue/"), "/console/queue".to_owned()] {
        bob.go(&path).expect(403);
    }
    bob.go("/console/cards/gc_00000000000000000000000001").expect(403);
    bob.go("/requests/conv_1").expect(404);
    // A page of another place is not gone on to, and markup is shown, not obeyed.
    bob.go("/contact?from=//evil.example").expect(200);
    assert!(!bob.page.contains("evil"));
    let path = write(&mut bob, "", "<script>alert(1)</script>");
    bob.go(&path);
    assert!(!bob.page.contains("<script>alert"), "{}", bob.page);
    bob.go("/contact?lang=ar").expect(200);
    assert!(bob.page.contains("dir=\"rtl\"") && bob.page.contains("ماذا حدث؟"));
}

#[test]
fn staff_lift_what_staff_have_frozen_and_leave_their_own_cards_alone() {
    let shop = Shop::open();
    let (hers, own) = (shop.give(2_500), shop.give(2_500));
    let mut ann = shop.signed_in(ANN);
    ann.keep_gift(&hers);
    let mut meg = shop.staff("meg@example.org", "support");
    let page = format!("/console/cards/{}", hers.id);
    meg.go(&format!("{page}/freeze")).expect(200);
    meg.send(&format!("{page}/freeze"), &[("reason", "lost")]).expect(200);
    meg.sees("The card is frozen").sees("staff:lost");
    let card = format!("/wallet/{}", hers.id);
    let body = format!("csrf={}&once=0123456789", super::wallet::csrf(&mut ann));
    ann.send_raw(&format!("{card}/unfreeze"), &body);
    ann.expect(409).sees("The shop has frozen this card");
    meg.go(&format!("{page}/unfreeze")).expect(200);
    meg.send(&format!("{page}/unfreeze"), &[("reason", "asked_for")]).expect(200);
    // What owners freeze they lift themselves.
    ann.go(&card).send(&format!("{card}/freeze"), &[]).expect(200);
    ann.send(&format!("{card}/unfreeze"), &[]).expect(200).sees("can be spent again");

    meg.keep_gift(&own);
    let page = format!("/console/cards/{}", own.id);
    meg.go(&format!("{page}/freeze")).expect(200);
    meg.send(&format!("{page}/freeze"), &[("reason", "lost")]).expect(403);
    meg.sees("This card is your own").sees("Nothing was done to it");
    let kept = shop.read(&format!("/v1/gift-cards/{}", own.id)).json();
    assert_eq!(kept["blocks"], json!([]));
}
