//! What buyers of gift cards are told by e-mail: that they have paid, that a gift did not arrive,
//! and that money goes back.

use std::sync::Arc;
use std::time::Duration;

use base::Span;
use http::Scopes;
use mail::{Mailer, Outcome};
use serde_json::{Value, json};

use crate::mailer::{
    Fate, GONE, LATER, Mail, mail_server, next, nothing_more, recorder, recorder_with, report,
};
use crate::shop::{Shop, id, purchase};
use crate::world::{World, usd};

const ADA: &str = "per_00000000000000000000000007";

const BUYER: &str = "cb@example.com";

/// Buys cards that the shop hands over itself, in the name of somebody with an address.
async fn bought(shop: &Shop<'_>, more: Value) -> Value {
    let mut said = json!({"sender": {"name": "Charles Babbage", "email": BUYER}});
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.buy(2_500, "tok_ok", said).await
}

/// Buys a card that is sent by e-mail.
async fn sent(shop: &Shop<'_>, to: &str) -> Value {
    let recipient = json!({"name": "Ada L", "email": to});
    bought(shop, json!({"recipient": recipient, "delivery": {"channel": "email"}})).await
}

/// The one card of a purchase.
fn card_of(bought: &Value) -> String {
    bought["gift_cards"][0]["id"].as_str().unwrap().to_owned()
}

async fn undo(world: &World, bought: &Value) {
    let path = format!("/v1/gift-card-purchases/{}/undo", id(bought));
    world.post(&path, json!({})).fresh().await_status(200).await;
}

async fn act(world: &World, card: &str, action: &str, body: Value) {
    let ask = world.post(&format!("/v1/gift-cards/{card}/{action}"), body).fresh();
    ask.await_status(200).await;
}

/// Asks until the delivery of a card has this state.
async fn becomes(world: &World, card: &str, state: &str) {
    let mut read = Value::Null;
    for _ in 0..1_000 {
        let path = format!("/v1/gift-cards/{card}");
        read = world.get(&path).await_status(200).await.json["delivery"].clone();
        if read["state"] == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{state} does not come: {read}");
}

#[track_caller]
fn check(mail: &Mail, bought: &Value, words: &[&str]) {
    assert_eq!(mail.to, BUYER);
    let link = format!("https://shop.example/purchase#{}", id(bought));
    for words in words.iter().copied().chain([link.as_str()]) {
        assert!(mail.text.contains(words), "{words} in {}", mail.text);
    }
}

#[tokio::test]
async fn whoever_has_paid_gets_one_receipt_that_says_how_long_it_can_be_undone() {
    let (server, mailer) = mail_server();
    let world = World::new();
    let shop = Shop::open(&world).await;
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let paid = bought(&shop, json!({"quantity": 2})).await;
    let mail: Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(mail["to"], json!([["Charles Babbage", BUYER]]));
    assert_eq!(mail["subject"], "Your receipt from Corner Shop: 1");
    let order = paid["order"].as_str().unwrap();
    assert_eq!(mail["message_id"], format!("<{order}-receipt@shop.example>"));
    let text = mail["text"].as_str().unwrap();
    let link = format!("https://shop.example/purchase#{}", id(&paid));
    for words in [
        "2 gift cards worth 25.00 USD each at Corner Shop",
        "Paid: 50.00 USD. Receipt number: 1.",
        "within 10 minutes of paying, until 2026-11-20 10:10 (UTC)",
        &link,
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    for card in paid["gift_cards"].as_array().unwrap() {
        assert!(!text.contains(card["code"].as_str().unwrap()), "no code is in a mail");
    }
    postman.stop();
    let _postman = world.postman(mailer);
    // A later mail is the next, so nothing came twice.
    let mixed = shop.checkout_with(
        json!([shop.line(500), {
            "name": "Gift card", "kind": "gift_card", "quantity": 1, "unit_price": usd(1_000),
            "gift_cards": [{"sender": {"email": BUYER}}],
        }]),
        json!({}),
    );
    let mixed = mixed.await;
    shop.method_pays(&mixed, "tok_ok").await;
    shop.pay(&mixed).await;
    let mail: Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(mail["subject"], "Your receipt from Corner Shop: 2");
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("Paid: 10.00 USD. With all else of the order: 15.00 USD."), "{text}");
}

#[tokio::test]
async fn nobody_is_told_of_orders_without_cards_and_without_an_address() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    let order = shop.order(700, 0, "tok_ok").await;
    assert_eq!(shop.refund(&order, json!({"reason": "broken"})).await.status, 201);
    for sender in [json!({}), json!({"sender": {"name": "Charles"}})] {
        let paid = shop.buy(2_500, "tok_ok", sender).await;
        undo(&world, &paid).await;
    }
    let (last, key) = (bought(&shop, json!({})).await, next(&mails).key);
    assert_eq!(key, format!("{}-receipt", last["order"].as_str().unwrap()));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_buyer_who_was_erased_gets_nothing() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[LATER]));
    let shop = Shop::open(&world).await;
    let paid = bought(&shop, json!({})).await;
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    next(&mails);
    nothing_more(&mails);
    postman.stop();
    let card = shop.read("gift-cards", &card_of(&paid)).await;
    world.people.erase(card["sender"]["id"].as_str().unwrap().parse().unwrap()).unwrap();
    let _postman = world.postman(mailer);
    world.pass(Span::minutes(2));
    undo(&world, &paid).await;
    nothing_more(&mails);
}

#[tokio::test]
async fn what_is_undone_before_it_was_told_is_told_once() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let paid = bought(&shop, json!({"quantity": 2})).await;
    undo(&world, &paid).await;
    let _postman = world.postman(mailer);
    let mail = next(&mails);
    let words = ["Your purchase was undone", "50.00 USD goes back to", "Receipt number: 1."];
    check(&mail, &paid, &words);
    let order = paid["order"].as_str().unwrap();
    let refund = &shop.list(&format!("/v1/orders/{order}/refunds")).await[0];
    assert_eq!(mail.key, format!("{}-refund", id(refund)));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_refund_says_how_much_goes_where() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    let paid = bought(&shop, json!({"quantity": 2})).await;
    check(&next(&mails), &paid, &["Thank you"]);
    let order = shop.read("orders", paid["order"].as_str().unwrap()).await;
    let body = json!({"lines": [{"line": "l1", "quantity": 1}], "reason": "not_wanted"});
    let refunded = shop.refund(&order, body).await;
    assert_eq!(refunded.status, 201, "{}", refunded.text());
    let mail = next(&mails);
    let credit_note = format!("Credit note: {}.", refunded.json["credit_note"]);
    check(&mail, &paid, &["Money comes back to you", "25.00 USD goes back to", &credit_note]);
    assert!(!mail.text.contains("undone"), "{}", mail.text);
    assert_eq!(mail.key, format!("{}-refund", id(&refunded.json)));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_gift_that_came_back_is_told_with_the_address_to_correct() {
    let (server, mailer) = mail_server();
    let world = World::new();
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    let paid = sent(&shop, "gone@example.org").await;
    let mails: Vec<Value> = (0..2).map(|_| serde_json::from_str(&server.line()).unwrap()).collect();
    let card = card_of(&paid);
    becomes(&world, &card, "bounced").await;
    let told = |mail: &&Value| mail["message_id"] == format!("<{card}-1-back@shop.example>");
    let mail = mails.iter().find(told).expect("the buyer is told");
    assert_eq!(mail["recipients"], json!([BUYER]));
    assert_eq!(mail["subject"], "Corner Shop: your gift to Ada could not be delivered");
    let text = mail["text"].as_str().unwrap();
    // So written, no mail program makes a link of it.
    assert!(text.contains("gone@example. org") && text.contains("25.00 USD"), "{text}");
    // So say the card and the purchase.
    let delivery = &shop.read("gift-cards", &card).await["delivery"];
    assert_eq!(delivery["state"], "bounced");
    let purchase = shop.read("gift-card-purchases", &id(&paid)).await;
    assert_eq!(purchase["gift_cards"][0]["delivery"], *delivery);
}

#[tokio::test]
async fn each_sending_that_came_back_is_told_once() {
    let fates = [GONE, Outcome::Sent, Outcome::Sent, GONE];
    let (world, (mailer, mails)) = (World::new(), recorder(&fates));
    let shop = Shop::open(&world).await;
    let paid = sent(&shop, "ada@example.org").await;
    let card = card_of(&paid);
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let mut keys: Vec<String> = (0..3).map(|_| next(&mails).key).collect();
    keys.sort();
    let receipt = format!("{}-receipt", paid["order"].as_str().unwrap());
    assert_eq!(keys, [format!("{card}-1"), format!("{card}-1-back"), receipt]);
    nothing_more(&mails);
    world.pass(Span::seconds(61));
    act(&world, &card, "resend", json!({})).await;
    assert_eq!(next(&mails).key, format!("{card}-2"));
    let again = next(&mails);
    assert_eq!(again.key, format!("{card}-2-back"));
    check(&again, &paid, &["could not be delivered", "ada@example. org"]);
    postman.stop();
    let _postman = world.postman(mailer);
    nothing_more(&mails);
}

#[tokio::test]
async fn slow_a_gift_that_was_given_up_is_told() {
    // The gift, the receipt, and the gift again for three days.
    let mut fates = vec![LATER, Outcome::Sent];
    fates.extend([LATER; 11]);
    let (world, (mailer, mails)) = (World::new(), recorder(&fates));
    let shop = Shop::open(&world).await;
    let paid = sent(&shop, "ada@example.org").await;
    let _postman = world.postman(mailer);
    assert_eq!([next(&mails).to.as_str(), next(&mails).to.as_str()], ["ada@example.org", BUYER]);
    for _ in 0..11 {
        nothing_more(&mails);
        world.pass(Span::days(1));
        assert_eq!(next(&mails).to, "ada@example.org");
    }
    check(&next(&mails), &paid, &["could not be delivered", "ada@example. org"]);
    nothing_more(&mails);
}

#[tokio::test]
async fn what_is_reported_later_is_told_unless_the_gift_was_claimed_meanwhile() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let paid = sent(&shop, "ada@example.org").await;
    let postman = world.postman(mailer);
    let first = [next(&mails), next(&mails)];
    let card = card_of(&paid);
    becomes(&world, &card, "sent").await;
    postman.stop();
    // Its server took it, and reports days later that it did not arrive.
    let gift = first.iter().find(|mail| mail.to == "ada@example.org").unwrap();
    let key = world.secret(Scopes::MAIL_REPORTS);
    let body = json!({"recipient": gift.return_path, "report": report("failed")});
    world.post("/v1/mail/reports", body).with(&key).await_status(200).await;
    let (mailer, mails) = recorder(&[LATER]);
    let _postman = world.postman(mailer);
    check(&next(&mails), &paid, &["could not be delivered"]);
    nothing_more(&mails);
    let code = &paid["gift_cards"][0]["code"];
    act(&world, &card, "claim", json!({"code": code, "person": ADA})).await;
    world.pass(Span::minutes(2));
    nothing_more(&mails);
}

#[tokio::test]
async fn a_mail_to_a_buyer_is_the_same_one_after_a_kill() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (mailer, mails) = recorder_with([Fate::Kills].into());
    let paid = bought(&shop, json!({})).await;
    let killed = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let first = next(&mails);
    killed.stop();
    let _postman = world.postman(mailer);
    nothing_more(&mails);
    world.pass(Span::minutes(16));
    let second = next(&mails);
    assert_eq!(second.bytes, first.bytes);
    check(&second, &paid, &["Thank you"]);
    nothing_more(&mails);
}

#[tokio::test]
async fn of_unknown_fate_a_mail_to_a_buyer_is_sent_once_more() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[Outcome::Unknown, Outcome::Unknown]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    bought(&shop, json!({})).await;
    let first = next(&mails);
    nothing_more(&mails);
    world.pass(Span::minutes(16));
    assert_eq!(next(&mails).bytes, first.bytes);
    nothing_more(&mails);
    world.pass(Span::days(9));
    nothing_more(&mails);
}

#[tokio::test]
async fn whoever_sets_mail_up_later_writes_to_nobody_about_what_is_long_past() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    bought(&shop, json!({})).await;
    world.pass(Span::days(4));
    let gift = sent(&shop, "ada@example.org").await;
    world.pass(Span::days(2));
    let _postman = world.postman(mailer);
    let mut keys = [next(&mails).key, next(&mails).key];
    keys.sort();
    let receipt = format!("{}-receipt", gift["order"].as_str().unwrap());
    assert_eq!(keys, [format!("{}-1", card_of(&gift)), receipt]);
    nothing_more(&mails);
}

#[tokio::test]
async fn a_report_about_a_mail_to_a_buyer_changes_nothing() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    bought(&shop, json!({})).await;
    let key = world.secret(Scopes::MAIL_REPORTS);
    let body = json!({"recipient": next(&mails).return_path, "report": report("failed")});
    let answer = world.post("/v1/mail/reports", body).with(&key).await_status(200).await.json;
    let expected = json!({"object": "mail_report", "gift_card": null, "outcome": "ignored"});
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_repeated_purchase_is_told_once() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    let method = shop.method("tok_ok").await;
    let body = purchase(2_500, &method, json!({"sender": {"email": BUYER}}));
    for _ in 0..2 {
        world.post("/v1/gift-card-purchases", body.clone()).key("buy").await_status(201).await;
    }
    next(&mails);
    nothing_more(&mails);
}

/// Asks until these figures of mails have these values.
async fn figures(world: &World, expected: &[(&str, &str)]) {
    let lines: Vec<String> = expected
        .iter()
        .map(|(name, value)| format!("\nmakegood_mail_{name}{{book=\"test\"}} {value}\n"))
        .collect();
    let mut text = String::new();
    for _ in 0..1_000 {
        text = world.get("/metrics").await_status(200).await.text();
        if lines.iter().all(|line| text.contains(line)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected:?} does not come: {text}");
}

#[tokio::test]
async fn figures_tell_how_mails_go() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[LATER, GONE, Outcome::Unknown]));
    let shop = Shop::open(&world).await;
    let _postman = world.postman(mailer);
    bought(&shop, json!({})).await;
    next(&mails);
    figures(&world, &[("deferred_total", "1"), ("waiting", "1"), ("sent_total", "0")]).await;
    world.pass(Span::minutes(2));
    next(&mails);
    figures(&world, &[("bounced_total", "1"), ("waiting", "0")]).await;
    figures(&world, &[("waiting_seconds", "0.000000")]).await;
    bought(&shop, json!({})).await;
    next(&mails);
    figures(&world, &[("unknown_total", "1"), ("deferred_total", "1"), ("waiting", "1")]).await;
    world.pass(Span::minutes(14));
    figures(&world, &[("waiting_seconds", "840.000000")]).await;
    world.pass(Span::minutes(2));
    next(&mails);
    figures(&world, &[("sent_total", "1"), ("waiting", "0"), ("unknown_total", "1")]).await;
}
