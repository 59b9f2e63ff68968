//! A post is promoted from its page to the report, and money is claimed back, without scripts.

use std::time::Duration;

use base::Day;
use outside::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{Browser, Shop};
use crate::client::Client;
use crate::shop::{list, usd};

/// A post that nobody has told of before.
const URL: &str = "https://shop.example/watch?v=1";

/// Somebody of staff.
const STAFF: &str = "per_01jd3q8v9ec4y8s5k1m0t2n7yz";

/// Days on which a promotion runs that begins at once.
fn days() -> [String; 2] {
    let today = Day::of(SystemClock::new().now());
    [today.to_string(), today.plus_days(2).to_string()]
}

/// Somebody with a creator to promote and a way to pay.
pub struct Advertiser<'a> {
    pub browser: Browser<'a>,
    pub client: Client,
    person: String,
    creator: String,
    pub method: String,
}

impl<'a> Advertiser<'a> {
    pub fn of(shop: &'a Shop, email: &str, token: &str) -> Advertiser<'a> {
        let (mut browser, mut client) = (shop.signed_in(email), shop.server.client());
        let person = browser.person();
        let body = json!({"name": "Ada", "handle": "ada"});
        let made = client.post("/v1/creators", &format!("creator-{email}"), &body).unwrap();
        let creator = made.expect(201).text("/id");
        let body = json!({"person": person, "rail": "sandbox", "token": token});
        let made = client.post("/v1/payment-methods", &format!("method-{email}"), &body).unwrap();
        let method = made.expect(201).text("/id");
        Advertiser { browser, client, person, creator, method }
    }

    /// Fills in the form, and lands on the quote.
    pub fn composes(&mut self, more: &[(&str, &str)]) -> String {
        let [first, last] = days();
        let mut fields = vec![
            ("url", URL),
            ("creator", &self.creator),
            ("kind", "video"),
            ("goal", "views"),
            ("budget", "2000"),
            ("promise", "estimate"),
            ("starts_on", &first),
            ("ends_on", &last),
            ("audience", "automatic"),
        ];
        fields.retain(|(name, _)| more.iter().all(|(known, _)| known != name));
        fields.extend(more);
        self.browser.go("/promotions/new").expect(200);
        self.browser.send("/promotions/new", &fields);
        let path = self.browser.path.clone();
        path.strip_prefix("/promotions/").unwrap_or("").to_owned()
    }

    pub fn pays(&mut self, promotion: &str) -> &mut Browser<'a> {
        let fields = [("method", &*self.method), ("agree", "yes")];
        self.browser.send(&format!("/promotions/{promotion}/pay"), &fields)
    }

    /// Everything that was written so far, by pages too: a list shows what its key has written, and
    /// what came before.
    fn all(&mut self, path: &str) -> Vec<Value> {
        let body = json!({"name": "Last", "handle": "last"});
        self.client.post_once("/v1/creators", &body).unwrap().expect(201);
        list(&mut self.client, path)
    }

    fn calls(&mut self, path: &str, body: &Value) -> Value {
        self.client.post(path, path, body).unwrap().expect(200).json()
    }
}

#[test]
fn a_post_is_composed_quoted_paid_shown_and_told_of() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    let id = ada.composes(&[]);
    let quoted = ada.browser.expect(200);
    quoted.sees("Before you pay").sees("You pay at most 2,000.00 USD").sees("Expected");
    quoted.sees("at least two seconds").sees("within 4 days after the end");
    quoted.sees("Its start has passed").sees("Good to know");
    // Whoever has not agreed has not paid.
    let form = [("method", &*ada.method)];
    ada.browser.send(&format!("/promotions/{id}/pay"), &form).expect(422);
    ada.browser.sees("You have not agreed yet").sees("Nothing was taken");
    let path = format!("/promotions/{id}/pay");
    let sent = ada.browser.form(&path).body(&[("method", &ada.method), ("agree", "yes")]);
    ada.browser.send_raw(&path, &sent).expect(200).sees("It is paid").sees("In review");
    assert_eq!(ada.browser.path, format!("/promotions/{id}?done=paid"));
    // Sent twice, it is paid once.
    ada.browser.send_raw(&path, &sent).expect(200);
    assert_eq!(ada.all("/v1/payments").len(), 1);
    let promotion = ada.client.get(&format!("/v1/promotions/{id}")).unwrap().expect(200).json();
    assert_eq!(promotion["authorization"]["factor"], "mail_code");
    assert_eq!(promotion["advertiser"], json!(ada.person));
    ada.calls(&format!("/v1/promotions/{id}/approve"), &json!({}));
    watch(&mut ada.client, 3);
    let clock = SystemClock::new();
    loop {
        ada.browser.go(&format!("/promotions/{id}")).expect(200);
        if ada.browser.text().contains("Delivered 3 views") {
            break;
        }
        assert!(clock.monotonic() < Duration::from_secs(30), "{}", ada.browser.text());
    }
    let report = &mut ada.browser;
    report.sees("Running").sees("Delivered against what was to be expected");
    report.sees("Why less came than was planned").sees("Who was reached");
    report.sees("Times it was put on a page").sees("Views, of a thousand times");
    assert!(report.page.contains("<polygon class=\"band\""));
    for (act, said) in [("pause", "You have paused it"), ("resume", "It goes on")] {
        report.send(&format!("/promotions/{id}/{act}"), &[]).expect(200).sees(said);
    }
    report.go(&format!("/promotions/{id}/edit")).expect(200);
    let (daily, edit) = ([("daily_budget", "1000")], format!("/promotions/{id}/edit"));
    report.send(&edit, &daily).expect(200).sees("At most a day 1,000.00 USD");
    report.send(&format!("/promotions/{id}/stop"), &[]).expect(200).sees("It was stopped for good");
    report.go("/promotions").expect(200).sees("shop.example/watch?v=1").sees("Stopped");
}

/// So many viewers watch what they are shown.
fn watch(client: &mut Client, viewers: u32) {
    let clock = SystemClock::new();
    for viewer in 0..viewers {
        let token = loop {
            assert!(clock.monotonic() < Duration::from_secs(30), "nothing is shown");
            let body =
                json!({"viewer": {"id": format!("guest-{viewer}"), "country": "US"}, "slots": 1});
            let key = format!("page-{viewer}-{}", clock.monotonic().as_nanos());
            let page = client.post("/v1/feed/select", &key, &body).unwrap().expect(200).json();
            if let Some(token) = page["offers"][0]["token"].as_str() {
                break token.to_owned();
            }
        };
        let body = json!({"events": [{"token": token, "kind": "view", "dwell_ms": 5_000}]});
        let told = client.post("/v1/feed/events", &format!("view-{viewer}"), &body).unwrap();
        assert_eq!(told.expect(200).json()["results"][0]["verdict"], "billed");
    }
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_findings_say_what_to_change() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    ada.composes(&[("budget", "a lot")]);
    ada.browser.expect(400).sees("This is not an amount");
    assert_eq!(
        ada.browser.form("/promotions/new").fields.iter().find(|it| it.0 == "url").unwrap().1,
        URL
    );
    ada.composes(&[("url", "http://shop.example/1")]);
    ada.browser.expect(400).sees("https://");
    // Too little, in vain: it has to be changed before it can be paid.
    let id = ada.composes(&[("budget", "0.01")]);
    ada.browser.expect(200).sees("Has to change").sees("Choose a larger budget.");
    assert!(ada.browser.page.contains(" disabled"));
    ada.browser.go(&format!("/promotions/{id}/edit")).expect(200);
    ada.browser.send(&format!("/promotions/{id}/edit"), &[("budget", "100,50")]).expect(200);
    ada.browser.sees("You pay at most 100.50 USD");
    ada.browser.send(&format!("/promotions/{id}/discard"), &[]).expect(200);
    ada.browser.sees("The draft is thrown away");
}

#[test]
fn paying_that_fails_takes_nothing_and_can_be_tried_again() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_declined");
    let id = ada.composes(&[]);
    ada.pays(&id).expect(422).sees("Your bank has declined it. Nothing was taken");
    let nothing = [("method", "none"), ("agree", "yes")];
    ada.browser
        .send(&format!("/promotions/{id}/pay"), &nothing)
        .expect(422)
        .sees("Not everything is paid for yet");
    let mut eve = Advertiser::of(&shop, "eve@example.org", "tok_challenge");
    let theirs = eve.composes(&[]);
    eve.pays(&theirs).expect(200).sees("Your bank wants to hear from you");
    assert!(eve.browser.page.contains("http-equiv=\"refresh\""));
    // A method of somebody else is as if it was not there.
    let of_eve = [("method", &*eve.method), ("agree", "yes")];
    ada.browser.go(&format!("/promotions/{id}"));
    ada.browser
        .send(&format!("/promotions/{id}/pay"), &of_eve)
        .expect(400)
        .sees("Something in the form needs another look");
}

#[test]
fn a_gift_card_of_the_wallet_pays_first() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    let body = json!({"value": usd(5_000), "funding": {"kind": "external"}});
    let made = ada.client.post("/v1/gift-cards", "card", &body).unwrap().expect(201).json();
    let claim = json!({"code": made["code"], "person": ada.person});
    ada.calls("/v1/gift-cards/claim", &claim);
    let id = ada.composes(&[("budget", "60")]);
    ada.browser.expect(200).sees("50.00 USD left");
    let card = format!("card_{}", made["id"].as_str().unwrap());
    let fields = [(&*card, "yes"), ("method", &*ada.method), ("agree", "yes")];
    ada.browser.send(&format!("/promotions/{id}/pay"), &fields).expect(200).sees("It is paid");
    let payments = ada.all("/v1/payments");
    assert_eq!(payments[0]["captured"], usd(1_000), "{payments:#?}");
}

#[test]
fn a_claim_gets_the_decision_that_was_shown_before_it_was_sent() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    let id = ada.composes(&[]);
    ada.pays(&id).expect(200);
    ada.browser.send(&format!("/promotions/{id}/stop"), &[]).expect(200);
    let clock = SystemClock::new();
    while !ada.browser.go(&format!("/promotions/{id}")).text().contains("Settled") {
        assert!(clock.monotonic() < Duration::from_secs(30), "{}", ada.browser.text());
    }
    ada.browser.sees("2,000.00 USD that you paid, 0.00 USD was spent, and 2,000.00 USD went back");
    ada.browser.go("/claims").expect(200).sees("You have claimed nothing");
    ada.browser.go("/claims/new").expect(200).sees("Which promotion is it about?");
    ada.browser.go(&format!("/claims/new?promotion={id}")).expect(200).sees("Paid 2,000.00 USD");
    let claim = [
        ("ground", "poor_outcome"),
        ("description", "It brought me\r\nlittle."),
        ("act", "preview"),
    ];
    // What was not shown has gone back by then, and nothing else is owed.
    let clock = SystemClock::new();
    let shown = loop {
        ada.browser.send("/claims/new", &claim).expect(200).sees("What would be decided now");
        let shown = decision(&ada.browser.text());
        if shown.contains("has gone back, or is on its way.") {
            break shown;
        }
        assert!(clock.monotonic() < Duration::from_secs(30), "{}", ada.browser.text());
    };
    // Nothing was sent yet, and what was typed stands there still.
    assert_eq!(ada.all("/v1/claims").len(), 0);
    let sent = ada.browser.form("/claims/new").body(&[("act", "file")]);
    ada.browser.send_raw("/claims/new", &sent).expect(200).sees("We have your claim");
    let path = ada.browser.path.replace("?done=filed", "");
    // Sent twice, it is one.
    ada.browser.send_raw("/claims/new", &sent).expect(200);
    assert_eq!(ada.all("/v1/claims").len(), 1);
    let clock = SystemClock::new();
    while !ada.browser.go(&path).text().contains("The decision") {
        assert!(clock.monotonic() < Duration::from_secs(30), "{}", ada.browser.text());
    }
    assert_eq!(decision(&ada.browser.text()), shown);
    assert!(shown.contains("Where it went, as far as is known by now"), "{shown}");
    ada.browser.sees("Denied").sees("Have somebody else decide");
    ada.browser.go("/claims").expect(200).sees("It brought me little");
    let mut eve = shop.signed_in("eve@example.org");
    eve.go(&path).expect(404).sees("There is nothing here");
    eve.go("/claims/claim_01jd3q8v9ec4y8s5k1m0t2n7xz").expect(404).sees("There is nothing here");
    eve.go(&format!("/claims/new?promotion={id}")).expect(404);

    // Somebody else looks at it, chooses a reason of the tables, and loses nothing on the way.
    ada.browser.go(&path).send(&format!("{path}/appeal"), &[]).expect(200);
    let mut cal = shop.staff("cal@example.org", "claims");
    let (desk, decide) = (format!("/console{path}"), format!("/console{path}/decide"));
    cal.go(&desk).expect(200).sees("Main reason");
    let typed = [("outcome", "partly_approve"), ("amount", "12,5x"), ("reason", "outcome_only")];
    cal.send(&decide, &typed).expect(400).sees("This is no amount");
    let form = cal.form(&decide);
    let kept = ["outcome", "amount", "reason"].map(|name| form.value(name));
    assert_eq!(kept, [Some("partly_approve"), Some("12,5x"), Some("outcome_only")]);
    cal.send(&decide, &[("amount", ""), ("reason", "")]).expect(400).sees("a decision says why");
    let denied = [("outcome", "deny"), ("reason", "outcome_only")];
    cal.send(&decide, &denied).expect(200).sees("Denied");
}

/// From the outcome to the reasons.
fn decision(text: &str) -> String {
    let (_, rest) = text.split_once("The claim pays").unwrap_or_else(|| panic!("{text}"));
    let (told, _) = rest.split_once("What would have changed it").unwrap();
    told.to_owned()
}

#[test]
fn promotions_of_others_do_not_exist() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    let id = ada.composes(&[]);
    let mut eve = shop.signed_in("eve@example.org");
    eve.go("/promotions").expect(200).sees("You have promoted nothing yet");
    let unknown = "promo_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let of_eve = eve.go("/me").form("/sign-out").body(&[]);
    let mut told = Vec::new();
    for id in [&*id, unknown] {
        for page in ["", "/edit"] {
            eve.go(&format!("/promotions/{id}{page}")).expect(404);
            told.push(eve.text());
        }
        for act in ["edit", "quote", "pay", "discard", "pause", "resume", "stop", "appeal", "apply"]
        {
            let body = format!("{of_eve}&n=1&agree=yes&method=none");
            eve.send_raw(&format!("/promotions/{id}/{act}"), &body).expect(404);
        }
    }
    assert_eq!(told[..2], told[2..]);
    let promotion = ada.client.get(&format!("/v1/promotions/{id}")).unwrap().expect(200).json();
    assert_eq!(promotion["status"], "draft");
    // Nobody sees them without signing in.
    let mut nobody = shop.browser();
    for path in ["/promotions", "/promotions/new", "/claims", "/claims/new"] {
        nobody.go(path).sees("we send you a code");
    }
}

#[test]
fn a_charge_from_a_bank_statement_is_claimed_with_and_without_an_account() {
    let shop = Shop::open();
    let fields = [
        ("descriptor", "MAKEGOOD PROMO"),
        ("last4", "4242"),
        ("amount", "100"),
        ("ground", "unauthorized_charge"),
        ("description", "I never bought this."),
    ];
    let mut nobody = shop.browser();
    nobody.go("/claims/lost").expect(200).sees("If you sign in first");
    let mut wrong = fields.to_vec();
    wrong[1] = ("last4", "42");
    wrong.push(("email", "eve@example.org"));
    nobody.send("/claims/lost", &wrong).expect(400).sees("These are four digits");
    nobody.send("/claims/lost", &[("last4", "4242")]).expect(200).sees("We have your claim");
    nobody.sees("claim_").sees("Somebody looks for the charge by");
    // Ten in ten minutes from one address of the network, and no more.
    let mut stranger = shop.browser();
    let mut theirs = fields.to_vec();
    theirs.push(("email", "eve@example.org"));
    let mut sent = 1;
    while stranger.go("/claims/lost").send("/claims/lost", &theirs).status == 200 {
        sent += 1;
        assert!(sent <= 10, "nothing ends it");
    }
    stranger.expect(429).sees("Too many codes were tried");
    let mut ada = shop.signed_in("ada@example.org");
    ada.go("/claims/lost").expect(200);
    ada.send("/claims/lost", &fields).expect(200).sees("Claim about a charge");
    ada.sees("We look for the charge.");
    let path = ada.path.replace("?done=filed", "");
    // Nobody finds the charge. Somebody else may look, and then it stays as it was.
    let body = json!({"outcome": "deny", "reasons": ["nothing_ties"], "by": STAFF});
    let mut client = shop.server.client();
    client.post(&format!("/v1{path}/decide"), "deny", &body).unwrap().expect(200);
    ada.go(&path).expect(200).sees("Denied Decided by a person.");
    ada.sees("nothing on record ties that to you").sees("Have somebody else decide");
    ada.send(&format!("{path}/appeal"), &[]).expect(200).sees("Somebody else looks at it");
    ada.send(&format!("{path}/withdraw"), &[]).expect(200).sees("It is taken back").sees("Denied");
    ada.go("/claims/lost").send("/claims/lost", &fields).expect(200);
    let path = ada.path.replace("?done=filed", "");
    ada.send(&format!("{path}/withdraw"), &[]).expect(200).sees("Taken back");
}
