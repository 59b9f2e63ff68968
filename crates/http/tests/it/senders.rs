//! Senders of gifts over HTTP: limits, reports, blocks.

use std::sync::Arc;
use std::task::Poll;

use base::{PersonId, Span};
use http::Scopes;
use mail::Mailer;
use serde_json::{Value, json};

use crate::mailer::{next, nothing_more, recorder};
use crate::shop::{Shop, id, purchase};
use crate::world::{World, all_pages, check_members};

const ADA: &str = "per_00000000000000000000000007";

const BUYER: &str = "cb@example.com";

/// A card that is mailed to somebody, from Charles unless told otherwise.
fn mailed(to: &str, more: Value) -> Value {
    let mut said = json!({
        "delivery": {"channel": "email"}, "recipient": {"name": "Grace", "email": to},
        "sender": {"name": "Charles Babbage", "email": BUYER}, "message": "Enjoy!",
    });
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    said
}

async fn token_of(world: &World, card: &Value) -> Value {
    let path = format!("/v1/gift-cards/{}/reveal", id(card));
    world.post(&path, json!({})).await_status(200).await.json["claim_token"].clone()
}

impl World {
    /// The recipient token in the mail of a card.
    pub fn recipient_token(&self, card: &Value) -> String {
        let person = |side: &str| card[side]["id"].as_str().unwrap().parse().unwrap();
        self.recipient_token_of(card, person("sender"), person("recipient"))
    }

    /// The recipient token in the mail of a card from a sender to a recipient.
    pub fn recipient_token_of(&self, card: &Value, from: PersonId, to: PersonId) -> String {
        let contact = giftcards::contact_of(from, to);
        let card = card["id"].as_str().unwrap().parse().unwrap();
        let token = self.ring.recipient_token("test", card, contact, self.ring.current());
        token.unwrap().reveal()
    }
}

/// The same, of a card as a purchase shows it.
async fn letter_of(world: &World, card: &Value) -> String {
    let read = world.get(&format!("/v1/gift-cards/{}", id(card))).await_status(200).await.json;
    world.recipient_token(&read)
}

/// What is answered to whoever has link or letter.
async fn by_link(world: &World, action: &str, body: Value) -> crate::world::Answer {
    world.post(&format!("/v1/gift-cards/claim/{action}"), body).send().await
}

/// A purchase of one card, whatever comes of it.
async fn try_to_buy(shop: &Shop<'_>, method: &str, said: Value) -> crate::world::Answer {
    let ask = shop.world.post("/v1/gift-card-purchases", purchase(2_500, method, said));
    ask.fresh().send().await
}

/// Asks everything at the same time.
async fn at_once<T>(asks: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = asks.into_iter().map(Box::pin).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|ask| match ask.as_mut().poll(context) {
            Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            Poll::Pending => true,
        });
        if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers
}

#[tokio::test]
async fn looking_reports_nothing_and_whoever_has_the_letter_may_report() {
    let world = World::new();
    let card = world.issue_with(2_500, mailed("grace@example.com", json!({}))).await;
    let token = world.recipient_token(&card);
    let preview = || async {
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": token}));
        ask.with(&world.publishable()).await_status(200).await.json
    };
    check_members(&preview().await, json!({"reported": false, "sender_blocked": false}));
    let sender = card["sender"]["id"].as_str().unwrap();
    let said = json!({"token": token, "reason": "scam"});
    let reported = by_link(&world, "report", said.clone()).await;
    assert_eq!(reported.status, 200, "{}", reported.text());
    check_members(
        &reported.json,
        json!({
            "object": "gift_contact", "sender": sender, "recipient": card["recipient"]["id"],
            "blocked_since": null,
            "report": {"gift_card": card["id"], "reason": "scam", "at": "2026-11-20T10:00:00Z"},
        }),
    );
    check_members(&preview().await, json!({"reported": true, "sender_blocked": false}));
    // Twice: the same again by its key, and nothing more without one.
    let again = world.post("/v1/gift-cards/claim/report", said.clone());
    again.await_problem(422, "nothing_to_change", None).await;
    let other = json!({"token": token, "reason": "harassment", "block": true});
    let ask = || world.post("/v1/gift-cards/claim/report", other.clone()).key("k");
    let first = ask().await_status(200).await;
    let second = ask().await_status(200).await;
    assert!(!first.is_replayed() && second.is_replayed());
    assert_eq!(first.json, second.json);
    check_members(&preview().await, json!({"reported": true, "sender_blocked": true}));
    let read = world.get(&format!("/v1/gift-senders/{sender}")).await_status(200).await.json;
    check_members(
        &read,
        json!({"object": "gift_sender", "id": sender, "blocked": null, "reporters": 1}),
    );
    let all = all_pages(&world, "/v1/gift-senders/reports", 100).await;
    assert_eq!(all, std::slice::from_ref(&first.json));
    let of_them = format!("/v1/gift-senders/reports?sender={sender}");
    assert_eq!(all_pages(&world, &of_them, 100).await, all);
    let of_nobody = format!("/v1/gift-senders/reports?sender={ADA}");
    assert_eq!(all_pages(&world, &of_nobody, 100).await, [] as [Value; 0]);
    // The card is as it was, and the letter's token claims nothing.
    let claim = |token: Value| json!({"token": token, "person": ADA});
    let by_letter = world.post("/v1/gift-cards/claim", claim(json!(token)));
    by_letter.await_problem(400, "invalid_request", Some("/token")).await;
    let link = token_of(&world, &card).await;
    world.post("/v1/gift-cards/claim", claim(link)).await_status(200).await;
}

#[tokio::test]
async fn who_guesses_a_token_or_says_nonsense_reports_nobody() {
    let world = World::new();
    let card = world.issue_with(2_500, mailed("grace@example.com", json!({}))).await;
    let token = world.recipient_token(&card);
    // The ids of a letter and the seal of another.
    let other = world.issue_with(2_500, mailed("alan@example.com", json!({}))).await;
    let forged = format!("{}{}", &token[..56], &world.recipient_token(&other)[56..]);
    for wrong in [forged, format!("clm_{}", "0".repeat(52)), format!("rcp_{}", "0".repeat(78))] {
        for action in ["report", "block-sender", "unblock-sender"] {
            let path = format!("/v1/gift-cards/claim/{action}");
            let mut said = json!({"token": wrong});
            if action == "report" {
                said["reason"] = json!("scam");
            }
            let ask = world.post(&path, said.clone());
            ask.await_problem(422, "gift_card_not_usable", None).await;
            for nonsense in ["clm_1", "rcp_1", &token[..81]] {
                said["token"] = json!(nonsense);
                let ask = world.post(&path, said.clone());
                ask.await_problem(400, "invalid_request", Some("/token")).await;
            }
        }
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": wrong}));
        ask.await_problem(404, "gift_card_not_usable", None).await;
    }
    let said = json!({"token": token, "reason": "rude"});
    let ask = world.post("/v1/gift-cards/claim/report", said);
    ask.await_problem(400, "invalid_request", Some("/reason")).await;
    let gift = json!({"delivery": {"channel": "link"}});
    let own = world.issue_with(2_500, gift).await;
    let said = json!({"token": token_of(&world, &own).await, "reason": "scam"});
    let ask = world.post("/v1/gift-cards/claim/report", said);
    ask.await_problem(404, "sender_not_found", None).await;
    assert_eq!(all_pages(&world, "/v1/gift-senders/reports", 100).await, [] as [Value; 0]);
    let nobody = format!("/v1/gift-senders/{ADA}");
    world.get(&nobody).await_problem(404, "sender_not_found", None).await;
    let unblock = world.post(&format!("{nobody}/unblock"), json!({}));
    unblock.await_problem(404, "sender_not_found", None).await;
}

#[tokio::test]
async fn a_recipient_who_blocks_a_sender_costs_nobody_money() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let bought = shop.buy(2_500, "tok_ok", mailed("grace@example.com", json!({}))).await;
    let token = letter_of(&world, &bought["gift_cards"][0]).await;
    let blocked = by_link(&world, "block-sender", json!({"token": token})).await;
    assert_eq!(blocked.json["blocked_since"], "2026-11-20T10:00:00Z");
    assert_eq!(blocked.json["report"], Value::Null);
    // One address in any spelling is one person.
    let method = shop.method("tok_ok").await;
    let said = mailed("GRACE@example.com", json!({}));
    let refused = try_to_buy(&shop, &method, said.clone()).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json["code"]),
        (422, &json!("gift_not_accepted"))
    );
    let payments = all_pages(&world, "/v1/payments", 100).await;
    assert_eq!(payments.len(), 1, "nothing was paid");
    let issue = world.post(
        "/v1/gift-cards",
        json!({"value": {"amount": 100, "currency": "USD"}, "funding": {"kind": "external"},
            "delivery": {"channel": "email"}, "recipient": {"email": "grace@example.com"},
            "sender": {"email": BUYER}}),
    );
    issue.fresh().await_problem(422, "gift_not_accepted", None).await;
    // Somebody else may, and the buyer may hand it over.
    let mut by_link_instead = said.clone();
    by_link_instead["delivery"]["channel"] = json!("link");
    assert_eq!(try_to_buy(&shop, &method, by_link_instead).await.json["status"], "paid");
    let another = mailed("grace@example.com", json!({"sender": {"email": "alan@example.com"}}));
    assert_eq!(try_to_buy(&shop, &method, another).await.json["status"], "paid");
    let unblocked = by_link(&world, "unblock-sender", json!({"token": token})).await;
    assert_eq!(unblocked.json["blocked_since"], Value::Null);
    let twice = by_link(&world, "unblock-sender", json!({"token": token})).await;
    assert_eq!(twice.json["code"], "nothing_to_change");
    assert_eq!(try_to_buy(&shop, &method, said).await.json["status"], "paid");
    assert_eq!(shop.balance("order/clearing").await, 0);
}

#[tokio::test]
async fn parallel_purchases_stop_at_the_limit() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let method = shop.method("tok_ok").await;
    let buyer = json!({"buyer": ADA});
    let said = |number: usize| {
        // Whatever address is typed for the sender: it is the buyer who is counted.
        let mut said = mailed("grace@example.com", buyer.clone());
        said["sender"]["email"] = json!(format!("a{number}@example.com"));
        said
    };
    let asks = (0..12).map(|number| try_to_buy(&shop, &method, said(number)));
    let answers = at_once(asks).await;
    let paid = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(paid, 5);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(refused.json["code"], "sending_limit_reached");
        assert!(refused.json["detail"].as_str().unwrap().contains("deliver_at"));
    }
    assert_eq!(all_pages(&world, "/v1/payments", 100).await.len(), 5);
    // The next day there is room again, and a checkout is counted as one purchase is.
    world.pass(Span::days(1));
    let line = json!({
        "name": "Gift card", "kind": "gift_card", "quantity": 6,
        "unit_price": {"amount": 100, "currency": "USD"},
        "gift_cards": [mailed("g@example.com", json!({}))],
    });
    let checkout = json!({"currency": "USD", "region": "US", "buyer": ADA, "lines": [line]});
    let ask = |body: &Value| world.post("/v1/checkouts", body.clone()).fresh();
    ask(&checkout).await_problem(422, "sending_limit_reached", None).await;
    let mut smaller = checkout.clone();
    smaller["lines"][0]["quantity"] = json!(5);
    ask(&smaller).await_status(201).await;
}

#[tokio::test]
async fn whoever_says_nothing_about_themselves_is_one_of_many() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let method = shop.method("tok_ok").await;
    let anonymous = |quantity: u32| {
        let mut said = mailed("grace@example.com", json!({"quantity": quantity}));
        said.as_object_mut().unwrap().remove("sender");
        said
    };
    let refused = try_to_buy(&shop, &method, anonymous(6)).await;
    assert_eq!(refused.json["code"], "sending_limit_reached", "{}", refused.text());
    let bought = try_to_buy(&shop, &method, anonymous(5)).await;
    assert_eq!(bought.json["status"], "paid");
    let card = format!("/v1/gift-cards/{}", id(&bought.json["gift_cards"][0]));
    let card = world.get(&card).await_status(200).await.json;
    let recipient = card["recipient"]["id"].as_str().unwrap().parse().unwrap();
    let token = world.recipient_token_of(&card, giftcards::Sender::UNKNOWN, recipient);
    // Another purchase is no other sender.
    let another = try_to_buy(&shop, &method, anonymous(1)).await;
    assert_eq!(another.json["code"], "sending_limit_reached", "{}", another.text());
    let said = json!({"token": token, "reason": "unwanted", "block": true});
    let sender = by_link(&world, "report", said).await.json["sender"].clone();
    let read = format!("/v1/gift-senders/{}", sender.as_str().unwrap());
    let read = world.get(&read).await_status(200).await.json;
    check_members(&read, json!({"reporters": 1}));
    world.pass(Span::days(1));
    let refused = try_to_buy(&shop, &method, anonymous(1)).await;
    assert_eq!(refused.json["code"], "gift_not_accepted", "{}", refused.text());
}

#[tokio::test]
async fn a_claim_link_does_not_speak_for_the_recipient() {
    let world = World::new();
    let gift =
        |channel: &str| mailed("grace@example.com", json!({"delivery": {"channel": channel}}));
    let mailed = world.issue_with(2_500, gift("email")).await;
    let letter = json!({"token": world.recipient_token(&mailed)});
    let blocked = by_link(&world, "block-sender", letter).await;
    assert_eq!(blocked.status, 200, "{}", blocked.text());
    let own = world.issue_with(2_500, gift("link")).await;
    let mut sender = String::new();
    for card in [&mailed, &own] {
        // Who gave it can have this link shown.
        let given = token_of(&world, card).await;
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": given}));
        let seen = ask.with(&world.publishable()).await_status(200).await.json;
        check_members(&seen, json!({"reported": false, "sender_blocked": false}));
        for action in ["block-sender", "unblock-sender"] {
            let path = format!("/v1/gift-cards/claim/{action}");
            let ask = world.post(&path, json!({"token": given}));
            ask.await_problem(422, "gift_not_mailed", None).await;
        }
        let said = json!({"token": given, "reason": "scam"});
        let reported = by_link(&world, "report", said).await;
        assert_eq!(reported.status, 200, "{}", reported.text());
        check_members(&reported.json, json!({"blocked_since": null}));
        sender = reported.json["sender"].as_str().unwrap().to_owned();
    }
    // Neither report counts, and the block is still there.
    let read = world.get(&format!("/v1/gift-senders/{sender}")).await_status(200).await;
    assert_eq!(read.json["reporters"], 0);
    let again = json!({"token": world.recipient_token(&mailed)});
    let lifted = by_link(&world, "unblock-sender", again).await;
    assert_eq!(lifted.status, 200, "{}", lifted.text());
}

/// Sender and recipient may have met long before.
#[tokio::test]
async fn new_reports_are_asked_for_by_their_time() {
    let world = World::new();
    let mut tokens = Vec::new();
    for to in ["grace@example.com", "alan@example.com"] {
        let card = world.issue_with(2_500, mailed(to, json!({}))).await;
        tokens.push(world.recipient_token(&card));
    }
    let report = async |token: &str, reason: &str| {
        let said = json!({"token": token, "reason": reason});
        let answer = by_link(&world, "report", said).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json
    };
    world.pass(Span::days(3));
    let first = report(&tokens[0], "scam").await;
    world.pass(Span::seconds(60));
    let second = report(&tokens[1], "scam").await;
    let times = [&first, &second].map(|it| it["report"]["at"].as_str().unwrap().to_owned());
    let listed = async |filter: String| {
        all_pages(&world, &format!("/v1/gift-senders/reports?{filter}"), 100).await
    };
    let since = |time: &str| format!("reported_after={time}");
    assert_eq!(listed(since(&times[0])).await.len(), 2);
    assert_eq!(listed(since(&times[1])).await, std::slice::from_ref(&second));
    let before = format!("reported_before={}", times[1]);
    assert_eq!(listed(before).await, std::slice::from_ref(&first));
    assert_eq!(listed(format!("created_after={}", times[0])).await, [] as [Value; 0]);
    // Who says something else has reported anew.
    world.pass(Span::seconds(60));
    let changed = report(&tokens[0], "harassment").await;
    let time = changed["report"]["at"].as_str().unwrap();
    assert_eq!(listed(since(time)).await, std::slice::from_ref(&changed));
    let nonsense = world.get("/v1/gift-senders/reports?reported_after=yesterday");
    nonsense.await_problem(400, "invalid_request", Some("reported_after")).await;
}

/// Otherwise whoever writes an ugly letter would only have to send the card to somebody else.
#[tokio::test]
async fn a_mail_lets_its_recipient_report_also_once_the_gift_is_for_somebody_else() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let _postman = world.postman(mailer);
    let card = world.issue_with(2_500, mailed("grace@example.com", json!({}))).await;
    let path = format!("/v1/gift-cards/{}", id(&card));
    let tokens = |text: &str| -> Vec<String> {
        let links = text.split("https://shop.example/gift#").skip(1);
        links.map(|rest| rest.split_whitespace().next().unwrap().to_owned()).collect()
    };
    let first = tokens(&next(&mails).text);
    let [claim, letter] = first.as_slice() else { panic!("{first:?}") };
    assert!(claim.starts_with("clm_") && *letter == world.recipient_token(&card), "{first:?}");
    let preview = |token: &str| {
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": token}));
        ask.with(&world.publishable())
    };
    check_members(&preview(letter).await_status(200).await.json, json!({"message": "Enjoy!"}));
    world.pass(Span::seconds(61));
    let other = json!({"recipient": {"email": "alan@example.com"}, "message": "For Alan"});
    world.post(&format!("{path}/change-recipient"), other).fresh().await_status(200).await;
    let second = tokens(&next(&mails).text);
    assert_ne!(second[1], *letter);
    // What is for somebody else is not shown to her, but she may say what she thinks of it.
    preview(letter).await_problem(404, "gift_card_not_usable", None).await;
    check_members(
        &preview(&second[1]).await_status(200).await.json,
        json!({"message": "For Alan"}),
    );
    let said = json!({"token": letter, "reason": "harassment", "block": true});
    let reported = by_link(&world, "report", said).await;
    assert_eq!(reported.status, 200, "{}", reported.text());
    assert_eq!(reported.json["recipient"], card["recipient"]["id"]);
    let seen = preview(&second[1]).await_status(200).await.json;
    check_members(&seen, json!({"reported": false, "sender_blocked": false}));
    world.post(&format!("{path}/cancel"), json!({})).fresh().await_status(200).await;
    let lifted = by_link(&world, "unblock-sender", json!({"token": letter})).await;
    assert_eq!((lifted.status.as_u16(), &lifted.json["blocked_since"]), (200, &Value::Null));
}

#[tokio::test]
async fn a_mail_says_how_to_report_a_stranger_and_nobody_else() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let _postman = world.postman(mailer);
    world.issue_with(2_500, mailed("grace@example.com", json!({}))).await;
    let stranger = next(&mails).text;
    assert_eq!(stranger.matches("#rcp_").count(), 1, "{stranger}");
    assert!(stranger.contains("Report who sent it to Corner Shop"), "{stranger}");
    // To themselves, and by the shop.
    world.issue_with(2_500, mailed(BUYER, json!({}))).await;
    let mut of_the_shop = mailed("grace@example.com", json!({}));
    of_the_shop.as_object_mut().unwrap().remove("sender");
    world.issue_with(2_500, of_the_shop).await;
    for _ in 0..2 {
        let text = next(&mails).text;
        assert!(text.contains("#clm_") && !text.contains("rcp_"), "{text}");
    }
}

#[tokio::test]
async fn gifts_that_wait_when_their_sender_is_blocked_come_back_and_their_buyer_is_told() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let delivery = json!({"deliver_at": "2026-11-21T10:00:00Z"});
    let first = shop.buy(2_500, "tok_ok", mailed("grace@example.com", delivery)).await;
    let second = shop.buy(2_500, "tok_ok", mailed("alan@example.com", json!({}))).await;
    let [first, second] = [first, second].map(|bought| bought["gift_cards"][0].clone());
    let token = letter_of(&world, &first).await;
    let said = json!({"token": token, "reason": "unwanted", "block": true});
    let reported = by_link(&world, "report", said).await;
    assert_eq!(reported.status, 200, "{}", reported.text());
    let sender = world.get(&format!("/v1/gift-cards/{}", id(&second))).await_status(200).await;
    let sender = sender.json["sender"]["id"].as_str().unwrap().to_owned();
    let clock = json!({"now": "2026-11-21T10:00:00Z"});
    world.post("/v1/test/clock", clock).fresh().await_status(200).await;
    let path = format!("/v1/gift-senders/{sender}");
    let block = world.post(&format!("{path}/block"), json!({"reason": "spam"}));
    let block = block.await_status(200).await.json;
    assert_eq!(block["blocked"], json!({"since": "2026-11-21T10:00:00Z", "reason": "spam"}));
    let _postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let mut told = Vec::new();
    for _ in 0..4 {
        let mail = next(&mails);
        assert_eq!(mail.to, BUYER, "nothing goes to a recipient: {}", mail.text);
        told.push(mail.key);
    }
    nothing_more(&mails);
    assert_eq!(told.iter().filter(|key| key.ends_with("-receipt")).count(), 2, "{told:?}");
    assert_eq!(told.iter().filter(|key| key.ends_with("-1-back")).count(), 2, "{told:?}");
    for card in [&first, &second] {
        let read = world.get(&format!("/v1/gift-cards/{}", id(card))).await_status(200).await.json;
        assert_eq!(read["delivery"]["state"], "bounced");
        check_members(&read, json!({"status": "active", "claimed": false}));
        world.pass(Span::seconds(61));
        let resend = world.post(&format!("/v1/gift-cards/{}/resend", id(card)), json!({})).fresh();
        resend.await_problem(422, "sender_blocked", None).await;
    }
    let method = shop.method("tok_ok").await;
    let said = mailed("edsger@example.com", json!({}));
    let refused = try_to_buy(&shop, &method, said.clone()).await;
    assert_eq!(refused.json["code"], "sender_blocked", "{}", refused.text());
    let again = world.post(&format!("{path}/block"), json!({"reason": "spam"}));
    again.await_problem(422, "nothing_to_change", None).await;
    let unblock = world.post(&format!("{path}/unblock"), json!({})).await_status(200).await.json;
    assert_eq!(unblock["blocked"], Value::Null);
    assert_eq!(try_to_buy(&shop, &method, said).await.json["status"], "paid");
    // The one who was reported to stays blocked by her recipient.
    let resend = world.post(&format!("/v1/gift-cards/{}/resend", id(&first)), json!({})).fresh();
    resend.await_problem(422, "gift_not_accepted", None).await;
}

#[tokio::test]
async fn a_publishable_key_reports_and_blocks_nobody() {
    let world = World::new();
    let card = world.issue_with(2_500, mailed("grace@example.com", json!({}))).await;
    let token = world.recipient_token(&card);
    for key in [world.publishable(), world.secret(Scopes::READ)] {
        let said = json!({"token": token, "reason": "scam"});
        let ask = world.post("/v1/gift-cards/claim/report", said).with(&key);
        ask.await_problem(403, "insufficient_scope", None).await;
    }
}
