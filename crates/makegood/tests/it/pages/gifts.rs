//! A gift from the first step to the wallet of whoever gets it, and what goes wrong on the way.

use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use serde_json::json;

use super::{Browser, Shop};
use crate::kill::let_run;

const TO: [(&str, &str); 5] = [
    ("go", "pay"),
    ("to", "Ann Okafor"),
    ("email", "ann@example.org"),
    ("from", "Ben Berg"),
    ("message", "For your garden.\r\nSee www.evil.example"),
];

impl Browser<'_> {
    /// Goes to the third step with a gift of 50.00 for Ann, and these fields.
    #[track_caller]
    fn compose(&mut self, fields: &[(&str, &str)]) -> &mut Self {
        self.go("/gifts/new").expect(200).send("/gifts/new", &[("go", "whom")]).expect(200);
        let given = |name: &str| fields.iter().any(|(known, _)| *known == name);
        let mut all: Vec<(&str, &str)> =
            TO.iter().copied().filter(|(name, _)| !given(name)).collect();
        all.extend(fields);
        self.send("/gifts/new", &all)
    }

    /// Buys it with a card of this kind.
    #[track_caller]
    fn give(&mut self, fields: &[(&str, &str)], token: &str) -> &mut Self {
        self.compose(fields).expect(200).sees("Look once more, and pay");
        self.send("/gifts/new", &[("go", "buy"), ("method", token)]).expect(200)
    }

    /// Loads the page of the gift until it shows this.
    #[track_caller]
    fn waits_for(&mut self, text: &str) -> &mut Self {
        let (clock, path) = (SystemClock::new(), self.gift());
        while !self.go(&path).expect(200).text().contains(text) {
            assert!(clock.monotonic() < Duration::from_secs(60), "no {text:?}: {}", self.text());
            let_run(100);
        }
        self
    }

    /// The path of the gift that is shown.
    fn gift(&self) -> String {
        format!("/gifts/{}", self.id(2))
    }

    /// Does something on the page of the gift.
    #[track_caller]
    fn does(&mut self, act: &str, fields: &[(&str, &str)]) -> &mut Self {
        let path = format!("{}/{act}", self.gift());
        self.send(&path, fields)
    }
}

/// What was taken over the rail, newest first.
fn taken(shop: &Shop) -> Vec<i64> {
    let payments = shop.read("/v1/payments").json();
    let all = payments["data"].as_array().expect("a list").iter();
    let taken = all.map(|payment| payment["captured"]["amount"].as_i64().expect("cents"));
    taken.filter(|amount| *amount > 0).collect()
}

/// The newest mail to somebody that has a gift in it, with its lines whole.
fn letter(shop: &Shop, email: &str) -> Option<String> {
    let files = std::fs::read_dir(&shop.mails).ok()?.map(|entry| entry.expect("a mail").path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
    files.sort_by_key(|path| {
        std::fs::metadata(path).and_then(|it| it.modified()).expect("its time")
    });
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("a mail");
    let mails = files.iter().rev().map(|path| read(path).replace("=\r\n", ""));
    let is_theirs =
        |mail: &String| mail.lines().any(|line| line.starts_with("To:") && line.contains(email));
    mails.filter(is_theirs).find(|mail| mail.contains("#clm_"))
}

fn bought(shop: &Shop) -> usize {
    shop.read("/v1/gift-card-purchases").json()["data"].as_array().expect("a list").len()
}

fn card_of(shop: &Shop, ben: &Browser<'_>) -> String {
    shop.read(&format!("/v1/gift-card-purchases/{}", ben.id(2))).text("/gift_cards/0/id")
}

#[test]
fn a_gift_is_made_in_three_steps_paid_mailed_and_accepted() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.go("/gifts").expect(200).sees("The first takes three steps");
    ben.go("/gifts/new")
        .expect(200)
        .sees("It never expires")
        .sees("Between 5.00 USD and 500.00 USD");
    ben.send("/gifts/new", &[("go", "whom"), ("amount", "other"), ("other", "30.50")]).expect(200);
    ben.sees("You pay 30.50 USD");
    let mut fields = TO.to_vec();
    fields[0] = ("go", "look");
    ben.send("/gifts/new", &fields).expect(200).sees("This is what they will see");
    ben.send("/gifts/new", &TO).expect(200).sees("Pay 30.50 USD").sees("See …");
    assert!(!ben.page.contains("evil.example</p>"));
    // Nothing personal is in an address.
    assert_eq!(ben.path, "/gifts/new");
    ben.send("/gifts/new", &[("go", "buy"), ("method", "tok_ok")]).expect(200);
    ben.sees("Your gift is paid").sees("A gift for Ann Okafor").sees("minutes are left");
    assert_eq!(taken(&shop), [3_050]);
    ben.waits_for("Send it again");
    let mail = letter(&shop, "ann@example.org").expect("a mail to Ann");
    for part in ["src=3D\"cid:design-gc_", "Content-ID: <design-gc_", "Content-Type: image/png"] {
        assert_eq!(mail.matches(part).count(), 1, "{part} in {mail}");
    }
    let token = format!("clm_{}", &mail.split("#clm_").nth(1).unwrap()[..52]);
    let mut ann = shop.signed_in("ann@example.org");
    ann.open_gift(&token).expect(200).sees("Ben gives you 30.50 USD").sees("See …");
    ann.send("/gift/claim", &[]).expect(200);
    ben.waits_for("It has been accepted");
    ben.go("/gifts").sees("Ann Okafor").sees("Accepted").sees("30.50 USD");
}

#[test]
fn whoever_is_not_signed_in_signs_in_first_and_comes_back() {
    let shop = Shop::open();
    let mut ben = shop.browser();
    ben.go("/gifts/new?creator=cre_1");
    ben.enter_mail_code("ben@example.org").expect(200).sees("Send a gift card");
    assert_eq!(ben.path, "/gifts/new?creator=cre_1");
}

#[test]
fn what_is_wrong_is_told_beside_the_field_and_nothing_is_lost() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.go("/gifts/new");
    for (typed, said) in [("", "This is no amount"), ("0.50", "within the limits")] {
        ben.send("/gifts/new", &[("go", "whom"), ("amount", "other"), ("other", typed)]);
        ben.expect(422).sees(said);
    }
    for (email, said) in
        [("ann.example.org", "has no @"), ("ann@example", "has no dot"), ("", "Fill this in")]
    {
        ben.compose(&[("email", email)]).expect(422).sees(said).sees("For your garden.");
    }
    ben.compose(&[("when", "later"), ("at", "")]).expect(422).sees("Choose a day and a time");
    ben.compose(&[("when", "later"), ("at", "2020-01-01T10:00")]).expect(422).sees("is over");
    // A typo is asked about. The address may be right all the same.
    ben.compose(&[("email", "ann@gmial.com")]).expect(422).sees("Did you mean ann@gmail.com?");
    ben.send("/gifts/new", &[("go", "pay")]).expect(200).sees("ann@gmial.com");
    ben.compose(&[("email", "ann@gmial.com")]).expect(422);
    ben.send("/gifts/new", &[("go", "use")])
        .expect(200)
        .sees("ann@gmail.com")
        .sees("For your garden.");
    // Back to the first step, and on again.
    ben.send("/gifts/new", &[("go", "amount")]).expect(200);
    ben.send("/gifts/new", &[("go", "whom")]).expect(200).sees("For your garden.");
    assert_eq!(bought(&shop), 0);
}

#[test]
fn what_was_filled_in_and_not_chosen_is_asked_about() {
    let shop = Shop::open();
    shop.stock();
    let mut ben = shop.signed_in("ben@example.org");
    ben.go("/gifts/new").expect(200);
    ben.send("/gifts/new", &[("go", "whom"), ("amount", "5000"), ("other", "75")]).expect(422);
    ben.sees("You filled this in and chose something else").sees("needs another look");
    // What was typed is chosen now, so one more press goes on with it.
    ben.send("/gifts/new", &[("go", "whom")]).expect(200).sees("You pay 75.00 USD");
    let product = shop.read("/v1/products").text("/data/0/id");
    ben.go("/gifts/new").expect(200);
    ben.send("/gifts/new", &[("go", "whom"), ("good", "any"), ("product", &product)]).expect(422);
    ben.send("/gifts/new", &[("go", "whom")]).expect(200);
    ben.compose(&[("when", "now"), ("at", "2030-12-24T18:30"), ("zone", "Africa/Cairo")]);
    ben.expect(422).sees("You filled this in and chose something else");
    ben.send("/gifts/new", &[("go", "pay")]).expect(200).sees("24 December 2030, 18:30 Cairo");
    assert_eq!(bought(&shop), 0);
}

#[test]
fn a_form_that_is_sent_twice_buys_once_also_from_a_page_that_was_kept() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.compose(&[]).expect(200);
    let body = ben.form("/gifts/new").body(&[("go", "buy"), ("method", "tok_ok")]);
    let other = ben.form("/gifts/new").body(&[
        ("go", "buy"),
        ("method", "tok_ok"),
        ("message", "Something else"),
    ]);
    ben.send_raw("/gifts/new", &body).expect(200).sees("Your gift is paid");
    let first = ben.id(2);
    ben.send_raw("/gifts/new", &body).expect(200).sees("Your gift is paid");
    assert_eq!((ben.id(2), bought(&shop)), (first, 1));
    // With other details it would be one more gift, and that is said before anybody pays.
    ben.send_raw("/gifts/new", &other).expect(422).sees("Look at your gifts first");
    assert_eq!((bought(&shop), taken(&shop)), (1, vec![5_000]));
    ben.send("/gifts/new", &[("go", "buy"), ("method", "tok_ok")]).expect(200);
    assert_eq!((bought(&shop), taken(&shop)), (2, vec![5_000, 5_000]));
}

#[test]
fn a_decline_takes_nothing_and_keeps_the_gift() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[], "tok_declined").sees("Your card was declined").sees("Nothing was taken");
    let gift = ben.gift();
    ben.does("pay", &[("method", "tok_insufficient")]).expect(200).sees("not enough on your card");
    assert_eq!(ben.gift(), gift);
    let body = ben.form(&format!("{gift}/pay")).body(&[("method", "tok_ok")]);
    ben.does("pay", &[("method", "tok_ok")]).expect(200).sees("A gift for Ann Okafor");
    ben.send_raw(&format!("{gift}/pay"), &body).expect(200).sees("A gift for Ann Okafor");
    assert_eq!((bought(&shop), taken(&shop)), (1, vec![5_000]));
    ben.waits_for("Send it again");
    assert!(letter(&shop, "ann@example.org").is_some());
}

#[test]
fn a_bank_that_asks_is_answered_and_one_that_is_late_is_waited_for() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[], "tok_challenge").sees("Your bank wants you to confirm").sees("Do not pay again");
    assert!(!ben.page.contains("http-equiv=\"refresh\""), "the payer is answering");
    ben.does("bank", &[("passed", "no")]).expect(200).sees("The payment was not confirmed");
    ben.does("pay", &[("method", "tok_challenge")]).expect(200).sees("wants you to confirm");
    ben.go("/gifts/latest").sees("wants you to confirm");
    ben.does("bank", &[("passed", "yes")]).expect(200).sees("A gift for Ann Okafor");
    ben.give(&[("to", "Cy"), ("email", "cy@example.org")], "tok_timeout");
    ben.sees("Your bank is still thinking");
    ben.waits_for("A gift for Cy");
    assert_eq!(taken(&shop), [5_000, 5_000]);
}

#[test]
fn a_gift_that_waits_for_its_day_is_sent_by_the_clock_of_its_recipient() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    let later = [("when", "later"), ("at", "2030-12-24T18:30"), ("zone", "Africa/Cairo")];
    ben.compose(&later).expect(200).sees("24 December 2030, 18:30 Cairo");
    ben.send("/gifts/new", &[("go", "buy"), ("method", "tok_ok")]).expect(200);
    ben.sees("Waits to be sent").sees("24 December 2030, 18:30 Cairo");
    let card = shop.read(&format!("/v1/gift-cards/{}", card_of(&shop, &ben)));
    assert_eq!(card.text("/delivery/deliver_at"), "2030-12-24T16:30:00Z");
    assert!(letter(&shop, "ann@example.org").is_none());
}

#[test]
fn an_address_that_does_not_work_is_corrected_without_anybody_else() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    // Mail goes to plain letters only, so this address bounces at once.
    ben.give(&[("email", "ann@ex\u{e4}mple.org")], "tok_ok");
    ben.waits_for("Our mail does not reach").sees("Nothing is lost");
    // A gift is sent once a minute at most.
    pass_minutes(&shop, 2);
    let change = format!("{}/change", ben.gift());
    ben.go(&change).expect(200).sees("Change the recipient");
    ben.send(&change, &[("email", "ann")]).expect(422).sees("has no @");
    ben.send(&change, &[("email", "ann@gmial.com")]).expect(422).sees("Did you mean");
    ben.send(&change, &[("email", "ann@example.org")]).expect(200).sees("goes to the new address");
    ben.waits_for("Send it again");
    let mail = letter(&shop, "ann@example.org").unwrap();
    assert!(mail.contains("For your garden."), "the words go along: {mail}");
    ben.does("resend", &[]).expect(422).sees("It was sent a moment ago");
}

#[test]
fn a_gift_is_taken_back_within_ten_minutes_and_once() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[], "tok_ok");
    let undo = format!("{}/undo", ben.gift());
    let body = ben.form(&undo).body(&[]);
    ben.does("undo", &[]).expect(200).sees("You took this gift back").sees("50.00 USD");
    ben.send_raw(&undo, &body).expect(200).sees("You took this gift back");
    let refunds = shop.read("/v1/rail-refunds").json();
    assert_eq!(refunds["data"].as_array().unwrap().len(), 1);
    ben.go("/gifts").sees("Taken back");
}

#[test]
fn a_gift_is_taken_back_later_until_somebody_has_accepted_it() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    let by_link = [("how", "link"), ("email", "")];
    ben.give(&by_link, "tok_ok").sees("Yours to hand over");
    let (card, path) = (card_of(&shop, &ben), ben.gift());
    let cancel = format!("{path}/cancel");
    ben.does("link", &[]).expect(200).sees("Whoever has this link can accept the gift");
    let link = ben.text().split(&format!("/g/{card}#")).nth(1).unwrap()[..56].to_owned();
    pass_minutes(&shop, 11);
    ben.go(&path).sees("Until it is accepted, you can take it back");
    ben.go(&cancel).expect(200).sees("Goes back 50.00 USD");
    let form = ben.form(&cancel).body(&[]);
    shop.signed_in("ann@example.org").open_gift(&link).send("/gift/claim", &[]).expect(200);
    // It was accepted while the giver was looking: nothing is taken from whoever has it.
    ben.send_raw(&cancel, &form).expect(422).sees("it is theirs now");
    assert_eq!(shop.read(&format!("/v1/gift-cards/{card}")).number("/balance/amount"), 5_000);
    ben.give(&by_link, "tok_ok");
    pass_minutes(&shop, 11);
    let cancel = format!("{}/cancel", ben.gift());
    ben.go(&cancel).expect(200).send(&cancel, &[]).expect(200).sees("You took this gift back");
}

/// The clock of the book, for whom minutes pass at once.
fn pass_minutes(shop: &Shop, minutes: u64) {
    let newest = shop.read("/v1/gift-card-purchases?limit=1").text("/data/0/created_at");
    let at = base::Instant::parse(&newest).expect("a time");
    let now = at.saturating_add(base::Span::minutes(minutes)).to_string();
    shop.post("/v1/test/clock", &json!({"now": now})).expect(200);
}

#[test]
fn a_gift_that_went_astray_is_frozen_and_gets_a_new_code() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[("how", "print"), ("email", "")], "tok_ok");
    let print = format!("{}/print", ben.gift());
    ben.go(&print).expect(200);
    assert!(!ben.page.contains("class=\"qr\""));
    ben.send(&print, &[("paper", "card")]).expect(200).sees("Enter the code at");
    assert!(ben.page.contains("class=\"qr\"") && ben.page.contains("sheet card-size"));
    let code = ben.page.split("<p class=\"code\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    let gift = ben.gift();
    ben.go(&gift);
    assert!(!ben.page.contains(&code), "a code is on the printed page only");
    ben.does("freeze", &[]).expect(200).sees("nobody can accept or spend it").sees("Frozen");
    ben.does("replace", &[]).expect(200).sees("the old one is dead");
    ben.does("unfreeze", &[]).expect(200).sees("The gift works again");
    let lookup = shop.post("/v1/gift-cards/lookup", &json!({"code": code}));
    assert_eq!(lookup.status, 404);
}

#[test]
fn gifts_of_others_are_not_there() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[], "tok_ok");
    let gift = ben.gift();
    let card = card_of(&shop, &ben);
    let mut eve = shop.signed_in("eve@example.org");
    eve.go(&gift).expect(404);
    let foreign = eve.text();
    eve.go("/gifts/gcp_00000000000000000000000000").expect(404);
    assert_eq!(eve.text(), foreign, "what is somebody else's looks like nothing");
    for act in ["change", "cancel", "print"] {
        eve.go(&format!("{gift}/{act}?card={card}")).expect(404);
    }
    eve.go("/gifts/new");
    let marks = eve.form("/gifts/new").body(&[("card", &card)]);
    for act in [
        "undo", "cancel", "change", "resend", "link", "print", "freeze", "unfreeze", "replace",
        "pay",
    ] {
        eve.send_raw(&format!("{gift}/{act}"), &marks).expect(404);
    }
    // A card of somebody else does not become theirs on a gift of their own.
    eve.give(&[("to", "Cy"), ("email", "cy@example.org")], "tok_ok");
    let own = eve.gift();
    let body = eve.form(&format!("{own}/link")).body(&[("card", &card)]);
    eve.send_raw(&format!("{own}/link"), &body).expect(404);
    eve.go("/gifts").sees("Cy");
    assert!(!eve.text().contains("Ann"));
}

#[test]
fn a_shared_link_shows_the_giver_and_the_design_and_nothing_else() {
    let shop = Shop::open();
    let mut ben = shop.signed_in("ben@example.org");
    ben.give(&[("how", "link"), ("email", ""), ("design", "waves")], "tok_ok");
    let card = card_of(&shop, &ben);
    let mut anybody = shop.browser();
    anybody.go(&format!("/g/{card}")).expect(200).sees("A gift from Ben");
    for secret in ["50.00", "Berg", "Ann", "garden", "clm_"] {
        assert!(!anybody.text().contains(secret), "{secret}");
    }
    assert!(anybody.page.contains("og:title") && anybody.page.contains("noindex"));
    for (property, content) in
        [("image:type", "image/png"), ("image:width", "1200"), ("image:height", "630")]
    {
        let tag = format!("<meta property=\"og:{property}\" content=\"{content}\">");
        assert!(anybody.page.contains(&tag), "{tag}");
    }
    let picture = "/pictures/waves.png\"";
    let tag = anybody.page.split("property=\"og:image\" content=\"").nth(1).unwrap();
    assert!(tag.starts_with("http") && tag.contains(picture), "{tag}");
    anybody.go("/pictures/waves.png").expect(200);
    assert_eq!(anybody.header("content-type").as_deref(), Some("image/png"));
    // The whole link is pasted into the form of the page to which it leads.
    let link = ben.does("link", &[]).expect(200).text();
    let link = link.split(&format!("/g/{card}#")).nth(1).expect("a link")[..56].to_owned();
    anybody.go(&format!("/g/{card}"));
    anybody.send("/gift", &[("token", &format!("{}/g/{card}#{link}", ben.origin()))]);
    anybody.expect(200).sees("Ben gives you 50.00 USD");
    anybody.go("/pictures/waves.svg").expect(200);
    assert_eq!(anybody.header("content-type").as_deref(), Some("image/svg+xml"));
    for none in ["none.svg", "none.png", "waves.gif", "waves"] {
        anybody.go(&format!("/pictures/{none}")).expect(404);
    }
    anybody.go("/g/gc_00000000000000000000000000").expect(404);
}

#[test]
fn a_gift_for_a_creator_is_good_there_only() {
    let shop = Shop::open();
    let body = json!({"name": "Ada L.", "handle": "ada", "share_basis_points": 500});
    let creator = shop.post("/v1/creators", &body).expect(201).text("/id");
    let mut ben = shop.signed_in("ben@example.org");
    ben.go(&format!("/gifts/new?creator={creator}")).expect(200).sees("One creator only");
    ben.send("/gifts/new", &[("go", "whom")]).expect(200);
    ben.send("/gifts/new", &TO).expect(200).sees("Good for Ada L.");
    ben.send("/gifts/new", &[("go", "buy"), ("method", "tok_ok")]).expect(200);
    let card = shop.read(&format!("/v1/gift-cards/{}", card_of(&shop, &ben)));
    assert_eq!(card.text("/scope/creators/0"), creator);
}
