//! Amounts that a passkey confirms: what was signed is what is paid, once.

use serde_json::{Value, json};
use testbed::Device;

use super::promotions::Advertiser;
use super::{Browser, Shop};

/// A shop in which a passkey confirms everything that costs more than 10.00.
fn strict() -> Shop {
    let shop = Shop::with(&[("MAKEGOOD_SITE_STEP_UP_ABOVE", "USD 1000")]);
    shop.stock();
    shop
}

/// What was taken over the rail, payment by payment.
fn captured(shop: &Shop) -> Vec<i64> {
    let payments = shop.read("/v1/payments").json();
    let all = payments["data"].as_array().unwrap().iter();
    let taken = all.map(|payment| payment["captured"]["amount"].as_i64().unwrap());
    taken.filter(|amount| *amount > 0).collect()
}

impl Browser<'_> {
    /// Has a passkey sign an amount, as the script of a page does; the name of the act.
    #[track_caller]
    fn signs(&mut self, device: &Device, cents: i64) -> String {
        let act = json!({"amount": cents, "currency": "USD", "payee": "Corner Shop"});
        let asked = self.ask_account("/account/acts", act);
        let agree: Value =
            json!({"act": asked["act"], "credential": device.get(&asked["options"])});
        self.ask_account("/account/acts/agree", agree);
        asked["act"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_checkout_is_paid_by_the_amount_that_was_signed_and_no_other() {
    let shop = strict();
    let mut ann = shop.signed_in("ann@example.org");
    let device = shop.add_passkey(&mut ann);
    ann.buy("A lamp").sees("Confirm 20.00 USD with your passkey, and pay");
    assert!(ann.page.contains("data-amount=\"2000\" data-currency=\"USD\""));
    assert!(!ann.text().contains("Pay 20.00 USD"), "{}", ann.text());
    let pay = format!("{}/pay", ann.path);
    ann.send(&pay, &[("method", "tok_ok")]).expect(403);
    ann.sees("This amount is confirmed with your passkey").sees("Nothing was taken");
    let act = ann.signs(&device, 1_999);
    ann.send(&pay, &[("method", "tok_ok"), ("act", &act)]).expect(409);
    ann.sees("What you confirmed is not what it costs now").sees("Nothing was taken");
    assert_eq!(captured(&shop), [] as [i64; 0]);

    let act = ann.signs(&device, 2_000);
    let body = ann.form(&pay).body(&[("method", "tok_ok"), ("act", &act)]);
    ann.send_raw(&pay, &body).expect(200).sees("It is paid");
    ann.send_raw(&pay, &body).expect(200).sees("It is paid");
    assert_eq!(captured(&shop), [2_000]);
    // The same signature pays nothing else, not even what costs the same.
    ann.buy("A lamp");
    let pay = format!("{}/pay", ann.path);
    ann.send(&pay, &[("method", "tok_ok"), ("act", &act)]).expect(409);
    ann.sees("This confirmation was used before");
    assert_eq!(captured(&shop), [2_000]);
}

#[test]
fn whoever_has_no_passkey_pays_with_what_they_have() {
    let shop = strict();
    let mut ann = shop.signed_in("ann@example.org");
    ann.buy("A lamp").sees("Pay 20.00 USD");
    assert!(!ann.page.contains("data-passkey"));
    let pay = format!("{}/pay", ann.path);
    ann.send(&pay, &[("method", "tok_ok")]).expect(200).sees("It is paid");
}

#[test]
fn a_small_amount_may_be_signed_and_need_not_be() {
    let shop = Shop::open();
    shop.stock();
    let mut ann = shop.signed_in("ann@example.org");
    let device = shop.add_passkey(&mut ann);
    ann.buy("A lamp").sees("Pay 20.00 USD").sees("Confirm 20.00 USD with your passkey");
    let pay = format!("{}/pay", ann.path);
    // What was signed counts, also where it need not be.
    let act = ann.signs(&device, 3_500);
    ann.send(&pay, &[("method", "tok_ok"), ("act", &act)]).expect(409);
    ann.send(&pay, &[("method", "tok_ok")]).expect(200).sees("It is paid");
    assert_eq!(captured(&shop), [2_000]);
}

#[test]
fn a_promotion_keeps_that_its_amount_was_signed() {
    let shop = Shop::open();
    let mut ada = Advertiser::of(&shop, "ada@example.org", "tok_ok");
    let device = shop.add_passkey(&mut ada.browser);
    let id = ada.composes(&[]);
    let pay = format!("/promotions/{id}/pay");
    ada.pays(&id).expect(403).sees("This amount is confirmed with your passkey");
    let method = ada.method.clone();
    let act = ada.browser.signs(&device, 200_001);
    let fields = [("method", &*method), ("agree", "yes"), ("act", &*act)];
    ada.browser.send(&pay, &fields).expect(409);
    assert_eq!(captured(&shop), [] as [i64; 0]);
    let act = ada.browser.signs(&device, 200_000);
    let fields = [("method", &*method), ("agree", "yes"), ("act", &*act)];
    ada.browser.send(&pay, &fields).expect(200);
    ada.browser.sees("It is paid");
    let promotion = ada.client.get(&format!("/v1/promotions/{id}")).unwrap().expect(200).json();
    let authorization = &promotion["authorization"];
    assert_eq!(
        (&authorization["factor"], &authorization["signed"]),
        (&json!("passkey"), &json!(true))
    );
    let again = ada.composes(&[]);
    ada.browser.send(&format!("/promotions/{again}/pay"), &fields).expect(409);
    ada.browser.sees("This confirmation was used before");
    assert_eq!(captured(&shop), [200_000]);
}
