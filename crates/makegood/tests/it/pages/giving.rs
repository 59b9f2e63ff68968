//! Gifts and things to buy, made by the shop's own program, for tests of pages.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::{Browser, Shop};
use crate::client::Answer;

static KEYS: AtomicU32 = AtomicU32::new(0);

/// A gift card that was given away.
pub struct Gift {
    pub id: String,
    pub code: String,
    /// What opens and claims it.
    pub token: String,
}

impl Shop {
    /// Asks the API as the shop's own program.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let key = format!("giving-{}", KEYS.fetch_add(1, Ordering::Relaxed));
        self.server.client().post(path, &key, body).unwrap()
    }

    #[track_caller]
    pub fn read(&self, path: &str) -> Answer {
        self.server.client().get(path).unwrap().expect(200)
    }

    /// A gift of so many cents, by a link.
    #[track_caller]
    pub fn give(&self, cents: i64) -> Gift {
        self.give_with(cents, json!({}))
    }

    /// The same with other members.
    #[track_caller]
    pub fn give_with(&self, cents: i64, more: Value) -> Gift {
        let mut body = json!({
            "value": {"amount": cents, "currency": "USD"},
            "funding": {"kind": "external", "reference": "order-1"},
            "recipient": {"name": "Ann"},
            "sender": {"name": "Charles Babbage", "email": "charles@example.org"},
            "message": "For your garden", "design": "blossom",
            "delivery": {"channel": "link"},
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let card = self.post("/v1/gift-cards", &body).expect(201);
        let (id, code) = (card.text("/id"), card.text("/code"));
        let shown = self.post(&format!("/v1/gift-cards/{id}/reveal"), &json!({})).expect(200);
        Gift { id, code, token: shown.text("/claim_token") }
    }

    /// Two things to buy, of 20.00 and 35.00.
    #[track_caller]
    pub fn stock(&self) {
        let seller = json!({"name": "Lamps & Co", "commission_basis_points": 1_000});
        let seller = self.post("/v1/sellers", &seller).expect(201).text("/id");
        for (name, price) in [("A lamp", 2_000), ("A large lamp", 3_500)] {
            let product = json!({
                "name": name, "seller": seller, "kind": "goods", "category": "light",
                "price": {"amount": price, "currency": "USD"},
            });
            self.post("/v1/products", &product).expect(201);
        }
    }
}

impl Browser<'_> {
    /// Opens a gift as the script of its page does.
    #[track_caller]
    pub fn open_gift(&mut self, token: &str) -> &mut Self {
        self.go("/gift").send("/gift", &[("token", token)])
    }

    /// Keeps a gift: whoever has signed in needs one button.
    #[track_caller]
    pub fn keep_gift(&mut self, gift: &Gift) -> &mut Self {
        self.open_gift(&gift.token).expect(200).send("/gift/claim", &[]).expect(200)
    }

    /// Puts one of the first thing in the shop into a checkout.
    #[track_caller]
    pub fn buy(&mut self, name: &str) -> &mut Self {
        self.go("/shop").expect(200);
        let before = self.page.split(name).nth(1).unwrap_or_else(|| panic!("no {name}"));
        let id = before.split("value=\"prd_").nth(1).unwrap()[..26].to_owned();
        let product = format!("prd_{id}");
        self.send("/shop", &[("product", &product), ("quantity", "1")]).expect(200)
    }
}
