//! The tour: requests that work exactly as printed, in this order, at every start.

mod journey;
mod promotions;

use base::Span;
use serde_json::{Value, json};

use super::Keys;
use super::shop::Opened;

/// One request and what it shows.
pub(super) struct Step {
    title: &'static str,
    method: &'static str,
    path: String,
    /// The key to use, unless the call needs none.
    key: Option<String>,
    idempotency_key: Option<String>,
    body: Option<Value>,
    /// Ids that are known only after the steps before.
    finds: Vec<Find>,
    expect: u16,
}

/// The id of the newest object of a list, for the place where path or body have `$` and the name.
struct Find {
    variable: &'static str,
    /// How the id begins.
    prefix: &'static str,
    path: String,
}

impl Step {
    /// As text: what it shows, and the command.
    pub(super) fn text(&self, number: u32, address: &str) -> String {
        let mut text = format!("# {number}. {} → {}\n", self.title, self.expect);
        for Find { variable, prefix, path } in &self.finds {
            text += &format!("{variable}=$(curl -sS '{address}{path}'");
            for (name, value) in self.key_header() {
                text += &format!(" \\\n  -H '{name}: {value}'");
            }
            text += &format!(" | grep -o '{prefix}_[0-9a-z]*' | head -n 1)\n");
        }
        text += "curl -sS -i";
        if self.method != "GET" {
            text += &format!(" -X {}", self.method);
        }
        text += &format!(" '{address}{}'", self.quoted(&self.path));
        for (name, value) in self.headers() {
            text += &format!(" \\\n  -H '{name}: {value}'");
        }
        if let Some(body) = &self.body {
            text += &format!(" \\\n  -d '{}'", self.quoted(&body.to_string()));
        }
        text + "\n\n"
    }

    /// Inside single quotes, where the shell puts nothing in the place of a variable.
    fn quoted(&self, text: &str) -> String {
        self.finds.iter().fold(text.to_owned(), |text, Find { variable, .. }| {
            text.replace(&format!("${variable}"), &format!("'\"${variable}\"'"))
        })
    }

    /// As JSON. Whoever follows it asks for what `finds` names, with the same key, and puts the id
    /// of the first object for `$` and the variable.
    pub(super) fn json(&self, address: &str) -> Value {
        let find = |Find { variable, path, .. }: &Find| {
            let url = format!("{address}{path}");
            json!({ "variable": variable, "url": url })
        };
        let finds: Vec<Value> = self.finds.iter().map(find).collect();
        let headers: serde_json::Map<String, Value> =
            self.headers().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        json!({
            "title": self.title, "method": self.method, "url": format!("{address}{}", self.path),
            "headers": headers, "body": self.body, "finds": finds, "expect": self.expect,
        })
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.key_header();
        headers.extend(self.idempotency_key.iter().map(|key| ("Idempotency-Key", key.clone())));
        if self.body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        headers
    }

    fn key_header(&self) -> Vec<(&'static str, String)> {
        self.key.iter().map(|key| ("Authorization", format!("Bearer {key}"))).collect()
    }
}

/// The whole tour.
pub(super) fn steps(keys: &Keys, opened: &Opened) -> Vec<Step> {
    let guide = Guide {
        secret: keys.secret.reveal(),
        publishable: keys.publishable.reveal(),
        card: opened.card.to_string(),
        opened,
    };
    let mut steps = vec![guide.get("The server is up.", "/healthz")];
    steps[0].key = None;
    steps.extend(guide.issuing());
    steps.extend(guide.looking());
    steps.extend(guide.spending());
    steps.extend(guide.journey());
    steps.extend(guide.promotions());
    steps.extend(guide.accounting());
    steps
}

struct Guide<'a> {
    secret: &'a str,
    publishable: &'a str,
    card: String,
    opened: &'a Opened,
}

impl Guide<'_> {
    fn issuing(&self) -> Vec<Step> {
        let body = json!({
            "value": usd(2_500),
            "funding": { "kind": "promotional" },
            "recipient": { "name": "Sam", "email": "sam@example.com" },
            "message": "Thank you!",
        });
        let issue = |title, expect| Step {
            expect,
            ..self.post(title, "/v1/gift-cards", "issue", body.clone())
        };
        vec![
            issue("Issue a card of 25.00 USD; the code is in the answer, this once.", 201),
            issue("The same again, as after a lost answer: no second card, the same bytes.", 201),
            Step {
                expect: 422,
                ..self.post(
                    "The same key for something else is refused: idempotency_mismatch.",
                    "/v1/gift-cards",
                    "issue",
                    json!({ "value": usd(9_900), "funding": { "kind": "promotional" } }),
                )
            },
        ]
    }

    fn looking(&self) -> Vec<Step> {
        let lookup = self.post(
            "An app with a publishable key may ask whether a code can be spent, nothing else.",
            "/v1/gift-cards/lookup",
            "lookup",
            json!({ "code": self.opened.code }),
        );
        vec![
            self.get("A card made for this tour: 50.00 USD, 10.00 of it held.", &self.of_card("")),
            Step { key: Some(self.publishable.to_owned()), idempotency_key: None, ..lookup },
        ]
    }

    fn spending(&self) -> Vec<Step> {
        let hold = json!({
            "code": self.opened.code, "amount": usd(1_500), "reference": "order-2002",
        });
        let redeem = |title, name: &'static str, code: &str, amount, expect| {
            let body = json!({ "code": code, "amount": usd(amount), "reference": "order-2003" });
            Step { expect, ..self.post(title, "/v1/redemptions", name, body) }
        };
        let at_hold = |what: &str| format!("/v1/holds/{}/{what}", self.opened.hold);
        vec![
            Step {
                expect: 201,
                ..self.post("Hold 15.00 USD for a checkout.", "/v1/holds", "hold", hold)
            },
            self.post(
                "Capture 8.00 USD of the hold of 10.00 that was there; the rest is free again.",
                &at_hold("capture"),
                "capture",
                json!({ "amount": usd(800) }),
            ),
            Step {
                expect: 201,
                ..self.post(
                    "Refund 3.00 USD of it to the card it came from.",
                    &at_hold("refund"),
                    "refund",
                    json!({ "amount": usd(300) }),
                )
            },
            redeem(
                "More than the card has is refused, and the answer tells what it has: \
                 insufficient_balance.",
                "too-much",
                &self.opened.code,
                999_900,
                422,
            ),
            redeem(
                "A magic code of test books: a frozen card, gift_card_not_usable.",
                "frozen",
                "TEST-FROZEN-0001",
                100,
                422,
            ),
            redeem("What is free can be taken in one step.", "redeem", &self.opened.code, 500, 201),
        ]
    }

    fn accounting(&self) -> Vec<Step> {
        let later = self.opened.now.saturating_add(Span::days(2));
        vec![
            self.get("What happened to the card.", &self.of_card("/activities")),
            self.get("Every account of the book; each currency adds up.", TRIAL_BALANCE),
            self.get("What is owed to holders of cards.", "/v1/reports/liability?by=currency"),
            self.post(
                "Move the clock of the test book by two days: the hold of 15.00 lapses.",
                "/v1/test/clock",
                "clock",
                json!({ "now": later.to_string() }),
            ),
        ]
    }

    fn of_card(&self, rest: &str) -> String {
        format!("/v1/gift-cards/{}{rest}", self.card)
    }

    fn get(&self, title: &'static str, path: &str) -> Step {
        Step {
            title,
            method: "GET",
            path: path.to_owned(),
            key: Some(self.secret.to_owned()),
            idempotency_key: None,
            body: None,
            finds: Vec::new(),
            expect: 200,
        }
    }

    /// The idempotency key is the card's, so that a step that is repeated is answered alike, and
    /// the next start has a tour of its own.
    fn post(&self, title: &'static str, path: &str, name: &str, body: Value) -> Step {
        let own = &self.card[self.card.len() - 8..];
        Step {
            method: "POST",
            idempotency_key: Some(format!("tour-{own}-{name}")),
            body: Some(body),
            ..self.get(title, path)
        }
    }
}

const TRIAL_BALANCE: &str = "/v1/ledger/trial-balance";

fn usd(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "USD" })
}
