//! An order is paid by gift cards and something else, and what goes wrong on the way.

use serde_json::json;

use super::{Browser, Shop};

/// A shop with stock, and somebody with a gift card of 12.00.
fn opened() -> (Shop, String) {
    let shop = Shop::open();
    shop.stock();
    let gift = shop.give(1_200);
    shop.signed_in("ann@example.org").keep_gift(&gift);
    (shop, gift.id)
}

/// Ann with a lamp of 20.00 in a checkout that her gift card pays a part of.
fn half_paid<'a>(shop: &'a Shop, card: &str) -> Browser<'a> {
    let mut ann = shop.signed_in("ann@example.org");
    ann.buy("A lamp").sees("Pay 20.00 USD");
    let cards = format!("{}/cards", ann.path);
    ann.send(&cards, &[("card", card)]).expect(200);
    // What is left is told before anything is taken.
    ann.sees("Left to pay 8.00 USD").sees("Pay 8.00 USD");
    ann
}

fn available(shop: &Shop, card: &str) -> i64 {
    shop.read(&format!("/v1/gift-cards/{card}")).number("/available/amount")
}

#[test]
fn a_gift_card_pays_first_and_something_else_the_rest() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let checkout = ann.path.clone();
    let wallet = format!("/wallet/{card}");
    ann.go(&wallet).sees("We are holding 12.00 USD for your order").sees("Held until");
    // One is taken away again, and used once more.
    ann.go(&checkout).send(&format!("{checkout}/remove"), &[]).sees("Pay 20.00 USD");
    assert_eq!(available(&shop, &card), 1_200);
    ann.send(&format!("{checkout}/cards"), &[("card", &card)]).sees("Pay 8.00 USD");
    ann.send(&format!("{checkout}/pay"), &[("method", "tok_ok")]).expect(200).sees("It is paid");
    let order = ann.path_of_order();
    ann.go(&order).expect(200).sees("Receipt 1").sees("12.00 USD").sees("8.00 USD");
    ann.sees("A card that works (4242)");
    // The card tells where its twelve went.
    ann.go(&wallet).sees("Spent Order 1").sees("−12.00 USD").sees("0.00 USD");
    assert!(ann.page.contains(&format!("href=\"{order}\"")));
    let refund = json!({"reason": "damaged"});
    shop.post(&format!("/v1{order}/refunds"), &refund).expect(201);
    ann.go(&order).sees("Given back");
    ann.go_until(&order, "Credit note 1").sees("it is back");
    ann.go_until(&wallet, "Money back Order 1").sees("+12.00 USD");
}

#[test]
fn a_card_that_pays_everything_needs_nothing_else() {
    let shop = Shop::open();
    shop.stock();
    let gift = shop.give(5_000);
    let mut ann = shop.signed_in("ann@example.org");
    ann.buy("A lamp");
    let checkout = ann.path.clone();
    // By its typed code, without being kept.
    ann.send(&format!("{checkout}/cards"), &[("code", &gift.code), ("card", "")]).expect(200);
    ann.sees("Nothing else is needed");
    assert!(!ann.page.contains("name=\"method\""));
    ann.send(&format!("{checkout}/pay"), &[]).expect(200).sees("It is paid");
    assert_eq!(available(&shop, &gift.id), 3_000);
}

#[test]
fn a_code_that_cannot_pay_is_told_without_saying_why() {
    let (shop, _) = opened();
    let (frozen, replaced) = (shop.give(1_000), shop.give(1_000));
    shop.post(&format!("/v1/gift-cards/{}/freeze", frozen.id), &json!({})).expect(200);
    shop.post(&format!("/v1/gift-cards/{}/replace-code", replaced.id), &json!({})).expect(200);
    let mut ann = shop.signed_in("ann@example.org");
    ann.buy("A lamp");
    let cards = format!("{}/cards", ann.path);
    let mut answers = std::collections::BTreeSet::new();
    for gift in [&frozen, &replaced] {
        ann.send(&cards, &[("code", &gift.code), ("card", "")]);
        ann.sees("A card with this code cannot pay here");
        answers.insert((ann.status, ann.text()));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[test]
fn a_decline_lets_everything_go_and_says_so() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let checkout = ann.path.clone();
    let pay = format!("{checkout}/pay");
    for (token, said) in [
        ("tok_declined", "The card was declined"),
        ("tok_insufficient", "There is not enough on the card"),
    ] {
        ann.send(&pay, &[("method", token)]).expect(200).sees(said);
        ann.sees("Nothing was taken, and your gift cards are free again.");
        assert_eq!(available(&shop, &card), 1_200, "{token}");
        ann.send(&format!("{checkout}/again"), &[]).expect(200).sees("Left to pay 8.00 USD");
    }
    ann.send(&pay, &[("method", "tok_ok")]).expect(200).sees("It is paid");
    assert_eq!(available(&shop, &card), 0);
    assert_eq!(captured(&shop), [800]);
}

/// What was taken over the rail, payment by payment.
fn captured(shop: &Shop) -> Vec<i64> {
    let payments = shop.read("/v1/payments").json();
    let all = payments["data"].as_array().unwrap().iter();
    let taken = all.map(|payment| payment["captured"]["amount"].as_i64().unwrap());
    taken.filter(|amount| *amount > 0).collect()
}

#[test]
fn a_form_that_is_sent_twice_pays_once() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let pay = format!("{}/pay", ann.path);
    let body = ann.form(&pay).body(&[("method", "tok_ok")]);
    ann.send_raw(&pay, &body).expect(200).sees("It is paid");
    ann.send_raw(&pay, &body).expect(200).sees("It is paid");
    assert_eq!(captured(&shop), [800]);
    assert_eq!(shop.read("/v1/orders").json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn two_windows_pay_once() {
    let (shop, card) = opened();
    let mut first = half_paid(&shop, &card);
    let path = first.path.clone();
    let pay = format!("{path}/pay");
    let mut second = shop.signed_in("ann@example.org");
    second.go(&path).sees("Pay 8.00 USD");
    first.send(&pay, &[("method", "tok_ok")]).expect(200).sees("It is paid");
    second.send(&pay, &[("method", "tok_ok")]).expect(200).sees("It is paid");
    assert_eq!(captured(&shop), [800]);
}

#[test]
fn a_bank_that_asks_is_answered_and_one_that_refuses_is_told() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let checkout = ann.path.clone();
    let (pay, bank) = (format!("{checkout}/pay"), format!("{checkout}/bank"));
    ann.send(&pay, &[("method", "tok_challenge")]).expect(200).sees("asks you to confirm");
    ann.send(&bank, &[("passed", "no")]).expect(200).sees("was not confirmed");
    ann.send(&format!("{checkout}/again"), &[]).sees("Left to pay 8.00 USD");
    ann.send(&pay, &[("method", "tok_challenge")]).expect(200).sees("asks you to confirm");
    ann.send(&format!("{checkout}/give-up"), &[]).expect(200).sees("You have given up");
    assert_eq!(available(&shop, &card), 1_200);
    ann.send(&format!("{checkout}/again"), &[]);
    ann.send(&pay, &[("method", "tok_challenge")]).expect(200).sees("asks you to confirm");
    ann.send(&bank, &[("passed", "yes")]).expect(200).sees("It is paid");
    assert_eq!(captured(&shop), [800]);
}

#[test]
fn a_bank_that_answers_late_is_waited_for_by_the_page_itself() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let checkout = ann.path.clone();
    ann.send(&format!("{checkout}/pay"), &[("method", "tok_timeout")]).expect(200);
    ann.sees("Your bank is still thinking").sees("Do not pay again");
    assert!(ann.page.contains("http-equiv=\"refresh\""), "the page looks by itself");
    ann.go_until(&checkout, "It is paid");
    assert_eq!(captured(&shop), [800]);
}

#[test]
fn a_checkout_that_the_shop_made_for_nobody_is_for_whoever_has_its_address() {
    let (shop, card) = opened();
    let seller = json!({"name": "Mugs", "commission_basis_points": 0});
    let seller = shop.post("/v1/sellers", &seller).expect(201).text("/id");
    let usd = |amount: i64| json!({"amount": amount, "currency": "USD"});
    let body = json!({
        "currency": "USD", "region": "US-CA", "shipping": usd(300), "shipping_tax": usd(20),
        "lines": [{"name": "A mug", "seller": seller, "kind": "goods", "quantity": 2,
            "unit_price": usd(900), "tax": usd(150), "discount": usd(100)}],
    });
    let id = shop.post("/v1/checkouts", &body).expect(201).text("/id");
    let mut ann = shop.signed_in("ann@example.org");
    let path = format!("/checkout/{id}");
    ann.go(&path).expect(200).sees("A mug").sees("Shipping 3.00 USD").sees("Tax 1.70 USD");
    ann.sees("Goods 17.00 USD").sees("To pay 21.70 USD");
    ann.send(&format!("{path}/cards"), &[("card", &card)]).sees("Pay 9.70 USD");
    ann.send(&format!("{path}/pay"), &[("method", "tok_ok")]).expect(200).sees("It is paid");
    // What she has paid for is hers to see, and nobody else's.
    let order = ann.path_of_order();
    ann.go(&order).expect(200).sees("A mug");
    shop.signed_in("eve@example.org").go(&order).expect(404);
}

#[test]
fn a_card_that_was_used_by_its_code_is_typed_again_after_a_failure() {
    let shop = Shop::open();
    shop.stock();
    let gift = shop.give(1_200);
    let mut eve = shop.signed_in("eve@example.org");
    eve.buy("A lamp");
    let checkout = eve.path.clone();
    let typed = [("code", &*gift.code), ("card", "")];
    eve.send(&format!("{checkout}/cards"), &typed).sees("Left to pay 8.00 USD");
    eve.send(&format!("{checkout}/pay"), &[("method", "tok_declined")]).sees("was declined");
    // Meanwhile it becomes somebody else's, who gets another code.
    let mut ann = shop.signed_in("ann@example.org");
    ann.keep_gift(&gift);
    eve.go(&checkout).send(&format!("{checkout}/again"), &[]).expect(200);
    assert_eq!(available(&shop, &gift.id), 1_200, "a card of somebody else would pay");
}

#[test]
fn no_more_is_taken_than_the_button_said() {
    let (shop, card) = opened();
    let mut ann = half_paid(&shop, &card);
    let checkout = ann.path.clone();
    // In another window the card is taken away, so more is left than this page says.
    let mut other = shop.signed_in("ann@example.org");
    other.go(&checkout).send(&format!("{checkout}/remove"), &[]).sees("Pay 20.00 USD");
    ann.send(&format!("{checkout}/pay"), &[("method", "tok_ok")]);
    assert!(ann.status >= 400 || !ann.text().contains("It is paid"), "{}", ann.text());
    assert_eq!(captured(&shop), [] as [i64; 0]);
}
