//! A gift is opened, kept, looked after and spent.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Browser, Shop};

#[test]
fn a_gift_is_opened_without_an_account_as_often_as_one_likes() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut browser = shop.browser();
    for _ in 0..2 {
        browser.open_gift(&gift.token).expect(200);
        for said in ["Charles gives you 50.00 USD", "For your garden", "Anything in the shop"] {
            browser.sees(said);
        }
        assert!(!browser.page.contains("Babbage") && !browser.page.contains(&gift.code));
    }
    // What opens it is in no address; whole links are taken too.
    assert_eq!(browser.path, "/gift");
    let link = format!("http://localhost/gift#{}", gift.token);
    shop.browser().open_gift(&link).expect(200).sees("Charles gives you");
    assert_eq!(shop.read(&format!("/v1/gift-cards/{}", gift.id)).json()["claimed"], false);
}

#[test]
fn a_mail_scanner_that_opens_and_sends_everything_claims_nothing() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut scanner = shop.browser();
    scanner.open_gift(&gift.token).expect(200);
    let forms: Vec<String> = actions(&scanner);
    assert!(forms.contains(&"/gift/claim".to_owned()), "{forms:?}");
    for action in &forms {
        scanner.go("/gift").expect(200).send(action, &[("email", "scanner@example.org")]);
        assert!(scanner.status < 500, "{action}: {}", scanner.text());
    }
    for action in ["/gift/claim", "/gift/code", "/gift/report", "/gift/unblock"] {
        let body = format!("token={}&email=scanner%40example.org&code=12345678", gift.token);
        scanner.send_raw(action, &body);
        assert!(scanner.status < 500, "{action}: {}", scanner.text());
    }
    let card = shop.read(&format!("/v1/gift-cards/{}", gift.id)).json();
    assert_eq!((&card["claimed"], &card["owner"]), (&json!(false), &json!(null)));
    let reports = shop.read("/v1/gift-senders/reports").json();
    assert_eq!(reports["data"], json!([]), "a program has said something");
}

/// Where the forms of a page are sent.
fn actions(browser: &Browser<'_>) -> Vec<String> {
    let forms = browser.page.split("<form method=\"post\" action=\"").skip(1);
    forms.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_gift_is_kept_by_one_code_that_comes_by_mail() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut browser = shop.browser();
    browser.open_gift(&gift.token).send("/gift/claim", &[("email", "ann@example.org")]);
    browser.expect(200).sees("One code, and it is yours");
    browser.send("/gift/code", &[("code", "00000000")]).sees("The code is not right");
    let code = browser.code_sent_to("ann@example.org");
    browser.send("/gift/code", &[("code", &code)]).expect(200).sees("The gift is yours");
    assert_eq!(browser.path, format!("/wallet/{}?done=claimed", gift.id));
    // It is theirs, and their browser has forgotten the link.
    browser.go("/wallet").expect(200).sees("50.00 USD").sees(&gift.code[gift.code.len() - 4..]);
    browser.go("/gift").expect(200).sees("The link from the mail");
    browser.open_gift(&gift.token).expect(200).sees("This gift has an owner");
}

#[test]
fn links_that_cannot_be_used_say_why_in_plain_words() {
    let shop = Shop::open();
    let (taken, frozen, canceled) = (shop.give(1_000), shop.give(1_000), shop.give(1_000));
    shop.signed_in("ann@example.org").keep_gift(&taken).sees("The gift is yours");
    let mut ben = shop.signed_in("ben@example.org");
    // They were open on the screen when it happened.
    for (gift, act, said) in [
        (&frozen, "freeze", "This gift card is frozen"),
        (&canceled, "cancel", "This gift was taken back"),
    ] {
        ben.open_gift(&gift.token).expect(200);
        shop.post(&format!("/v1/gift-cards/{}/{act}", gift.id), &json!({})).expect(200);
        ben.send("/gift/claim", &[]).expect(422).sees(said);
    }
    let body = format!("token={}&csrf={}", taken.token, csrf(&mut ben));
    ben.send_raw("/gift/claim", &body).expect(422).sees("Somebody else keeps this gift already");
    ben.open_gift(&canceled.token).expect(404).sees("This link opens no gift");
    ben.open_gift("clm_0000000000000000000000000000000000000000000000000000").expect(404);
    ben.open_gift("nonsense").expect(422).sees("This link opens no gift");
}

/// What forms of this browser's person send along.
pub(super) fn csrf(browser: &mut Browser<'_>) -> String {
    let form = browser.go("/me").form("/sign-out");
    form.fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone()
}

#[test]
fn the_second_link_of_a_mail_reports_its_sender_and_takes_a_choice() {
    let shop = Shop::open();
    let more = json!({
        "recipient": {"name": "Ann", "email": "ann@example.org"},
        "delivery": {"channel": "email"},
    });
    shop.give_with(2_000, more);
    let mut browser = shop.browser();
    let token = browser.token_mailed_to("ann@example.org", "rcp_");
    browser.open_gift(&token).expect(200).sees("Charles gives you 20.00 USD");
    assert!(!browser.page.contains("action=\"/gift/claim\""));
    browser.send("/gift/report", &[]);
    assert_eq!(browser.status, 400, "nothing was chosen");
    browser.open_gift(&token);
    browser.send("/gift/report", &[("reason", "unwanted"), ("block", "yes")]).expect(200);
    browser.sees("Thank you for telling us").sees("You get no more mail of this sender");
    browser.send("/gift/unblock", &[]).expect(422).sees("Nothing was changed");
    browser.send("/gift/unblock", &[("sure", "yes")]).expect(200);
    browser.sees("You get gifts of this sender again");
}

#[test]
fn a_card_in_the_hand_is_added_by_its_code_and_refused_alike() {
    let shop = Shop::open();
    let (mine, theirs, canceled) = (shop.give(1_000), shop.give(1_000), shop.give(1_000));
    shop.signed_in("ben@example.org").keep_gift(&theirs);
    shop.post(&format!("/v1/gift-cards/{}/cancel", canceled.id), &json!({})).expect(200);
    let unknown = shop.give(1_000);
    shop.post(&format!("/v1/gift-cards/{}/replace-code", unknown.id), &json!({})).expect(200);
    let mut ann = shop.signed_in("ann@example.org");
    let mut answers = BTreeSet::new();
    for code in [&theirs.code, &canceled.code, &unknown.code] {
        ann.go("/wallet").send("/wallet/add", &[("code", code)]).expect(422);
        answers.insert(ann.text());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    ann.sees("No card was added with this code");
    ann.send("/wallet/add", &[("code", "2345-6789-0000-0000")]);
    assert_eq!(ann.status, 422);
    ann.go("/wallet").send("/wallet/add", &[("code", &mine.code.to_lowercase())]).expect(200);
    ann.sees("The card is yours");
    ann.go("/wallet").send("/wallet/add", &[("code", &mine.code)]).sees("yours already");
}

#[test]
fn a_lost_card_is_frozen_in_two_taps_and_gets_another_code() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut ann = shop.signed_in("ann@example.org");
    ann.keep_gift(&gift);
    let path = format!("/wallet/{}", gift.id);
    let act = |what: &str| format!("{path}/{what}");
    // One tap opens the card, one freezes it.
    ann.go(&path).send(&act("freeze"), &[]).expect(200).sees("The card is frozen");
    ann.sees("Nobody can spend it");
    ann.send(&act("replace"), &[]).expect(200).sees("The card has a new code");
    assert!(!ann.page.contains(&gift.code[..14]), "an old code is shown");
    let fresh = shop.post(&format!("/v1/gift-cards/{}/reveal", gift.id), &json!({})).expect(200);
    let fresh = fresh.text("/code");
    assert!(!ann.page.contains(&fresh), "a code is shown that nobody asked for");
    ann.send(&act("reveal"), &[]).expect(200).sees(&fresh);
    assert_eq!(ann.header("cache-control").as_deref(), Some("no-store"));
    let old = json!({"code": gift.code});
    shop.post("/v1/gift-cards/lookup", &old).expect(404);
    ann.go(&path).send(&act("unfreeze"), &[]).expect(200).sees("can be spent again");
}

#[test]
fn what_is_somebody_elses_is_not_there() {
    let shop = Shop::open();
    shop.stock();
    let gift = shop.give(5_000);
    let mut ann = shop.signed_in("ann@example.org");
    ann.keep_gift(&gift);
    ann.buy("A lamp");
    let (checkout, card) = (ann.path.clone(), format!("/wallet/{}", gift.id));
    ann.send(&format!("{checkout}/cards"), &[("card", &gift.id)]).expect(200);
    ann.send(&format!("{checkout}/pay"), &[]).expect(200).sees("It is paid");
    let order = ann.path_of_order();
    ann.go(&order).expect(200).sees("Receipt");
    let mut eve = shop.signed_in("eve@example.org");
    let csrf = csrf(&mut eve);
    let nothing = eve.go("/wallet/gc_00000000000000000000000000").expect(404).text();
    for path in [&card, &checkout, &order] {
        assert_eq!(eve.go(path).expect(404).text(), nothing, "{path}");
    }
    for (path, acts) in [
        (&card, &["freeze", "unfreeze", "replace", "reveal"][..]),
        (&checkout, &["cards", "remove", "again", "pay", "give-up", "bank"][..]),
    ] {
        for act in acts {
            let body = format!("csrf={csrf}&method=tok_ok");
            eve.send_raw(&format!("{path}/{act}"), &body).expect(404);
        }
    }
    // Nor does another's card pay by its id.
    eve.buy("A lamp");
    let mine = eve.path.clone();
    let body = format!("csrf={csrf}&card={}", gift.id);
    eve.send_raw(&format!("{mine}/cards"), &body).expect(404);
    // Whoever is signed out is asked who they are.
    assert!(shop.browser().go(&card).path.starts_with("/sign-in?next=/wallet/"));
}

#[test]
fn what_the_shop_has_frozen_the_shop_alone_lets_go() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut ann = shop.signed_in("ann@example.org");
    ann.keep_gift(&gift);
    let card = format!("/v1/gift-cards/{}", gift.id);
    shop.post(&format!("{card}/freeze"), &json!({"reason": "stolen"})).expect(200);
    let path = format!("/wallet/{}", gift.id);
    // It is not offered, and refused to whoever asks all the same.
    ann.go(&path).sees("only the shop lifts that");
    let body = format!("csrf={}&once=0123456789", csrf(&mut ann));
    ann.send_raw(&format!("{path}/unfreeze"), &body).expect(409);
    ann.sees("The shop has frozen this card");
    assert_eq!(shop.read(&card).text("/blocks/0/kind"), "frozen");
}

#[test]
fn what_an_address_says_was_done_is_believed_of_nobody_else() {
    let shop = Shop::open();
    let gift = shop.give(5_000);
    let mut ann = shop.signed_in("ann@example.org");
    ann.keep_gift(&gift);
    let path = format!("/wallet/{}", gift.id);
    ann.go(&format!("{path}?done=replaced")).expect(200);
    assert!(!ann.text().contains("has a new code"), "{}", ann.text());
    ann.send(&format!("{path}/freeze"), &[]).expect(200).sees("The card is frozen");
    // Loaded again it still says so; of anything else, or elsewhere, it says nothing.
    ann.go(&format!("{path}?done=frozen")).sees("The card is frozen");
    ann.go(&format!("{path}?done=replaced"));
    assert!(!ann.text().contains("has a new code"), "{}", ann.text());
}
