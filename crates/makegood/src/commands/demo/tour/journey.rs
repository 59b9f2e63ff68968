//! The part of the tour about a checkout: two cards and a method pay it, and get it back.

use serde_json::{Value, json};

use super::{Find, Guide, Step, TRIAL_BALANCE, usd};

impl Guide<'_> {
    pub(super) fn journey(&self) -> Vec<Step> {
        let mut steps = self.buying();
        steps.extend(self.paying());
        steps.extend(self.going_back());
        steps
    }

    fn buying(&self) -> Vec<Step> {
        let journey = &self.opened.journey;
        let method = json!({
            "person": journey.buyer.to_string(), "rail": "sandbox", "token": "tok_ok",
        });
        let line = |name, seller: base::SellerId, kind, quantity, price: Value, tax: Value| {
            json!({
                "name": name, "seller": seller.to_string(), "kind": kind, "quantity": quantity,
                "unit_price": price, "tax": tax,
            })
        };
        let (pottery, coffee) = (journey.pottery, journey.coffee);
        let cups = line("Espresso cup, speckled", pottery, "goods", 2, usd(2_400), usd(348));
        let class = line("Brewing class, one evening", coffee, "service", 1, usd(5_500), usd(0));
        let checkout = json!({
            "currency": "USD", "region": "US-CA", "buyer": journey.buyer.to_string(),
            "lines": [cups, class], "shipping": usd(595),
        });
        vec![
            self.making(
                "Keep a way to pay: tok_ok is a test token that always pays, tok_declined never.",
                "/v1/payment-methods",
                "method",
                method,
            ),
            self.making(
                "Two cups, a class and shipping, from two sellers: 112.43 USD.",
                "/v1/checkouts",
                "checkout",
                checkout,
            ),
        ]
    }

    fn paying(&self) -> Vec<Step> {
        let journey = &self.opened.journey;
        let card =
            |card: base::CardId| json!({ "kind": "gift_card", "gift_card": card.to_string() });
        let by_method = json!({ "kind": "payment_method", "payment_method": "$METHOD" });
        let adding = |title, name: &str, body| Step {
            finds: vec![self.find_checkout()],
            ..self.making(title, "/v1/checkouts/$CHECKOUT/tenders", name, body)
        };
        let mut by_method = adding("The method pays the other 42.43.", "by-method", by_method);
        by_method.finds.push(self.find_method());
        vec![
            adding(
                "A card of 30.00 that pays for goods only: it goes to the cups.",
                "goods-card",
                card(journey.goods_card),
            ),
            adding("A card of 40.00 that pays for anything.", "any-card", card(journey.any_card)),
            by_method,
            Step {
                finds: vec![self.find_checkout()],
                ..self.post(
                    "Pay. All pay or none does; the answer has the order.",
                    "/v1/checkouts/$CHECKOUT/pay",
                    "pay",
                    json!({}),
                )
            },
        ]
    }

    fn going_back(&self) -> Vec<Step> {
        let refunds = "/v1/orders/$ORDER/refunds";
        let at_order = |step: Step| Step { finds: vec![self.find_order()], ..step };
        let one_cup = json!([{ "line": "l1", "quantity": 1 }]);
        vec![
            at_order(self.post(
                "What would go back for one cup, to whom and from whom. Nothing moves yet.",
                "/v1/orders/$ORDER/refunds/preview",
                "preview",
                json!({ "lines": one_cup }),
            )),
            at_order(self.making(
                "Refund one cup: to the tenders that paid for it.",
                refunds,
                "refund-cup",
                json!({ "lines": one_cup, "reason": "damaged" }),
            )),
            at_order(self.making(
                "Refund the rest. Every part is what was not given back before.",
                refunds,
                "refund-rest",
                json!({ "reason": "changed_mind" }),
            )),
            self.get(
                "The card has its 30.00 again.",
                &format!("/v1/gift-cards/{}", self.opened.journey.goods_card),
            ),
            self.get(
                "order/clearing is as before the checkout: what is on it was redeemed without one.",
                TRIAL_BALANCE,
            ),
        ]
    }

    fn making(&self, title: &'static str, path: &str, name: &str, body: Value) -> Step {
        Step { expect: 201, ..self.post(title, path, name, body) }
    }

    fn find_checkout(&self) -> Find {
        self.find("CHECKOUT", "chk", "/v1/checkouts?buyer=")
    }

    fn find_method(&self) -> Find {
        self.find("METHOD", "pm", "/v1/payment-methods?person=")
    }

    fn find_order(&self) -> Find {
        self.find("ORDER", "ord", "/v1/orders?buyer=")
    }

    fn find(&self, variable: &'static str, prefix: &'static str, list: &str) -> Find {
        let path = format!("{list}{}&limit=1", self.opened.journey.buyer);
        Find { variable, prefix, path }
    }
}
