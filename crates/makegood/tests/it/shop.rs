//! A shop behind the binary: its accounts, and what the sandbox's own file says of its money.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::client::Client;
use crate::process::Place;

/// Money of a body.
pub fn usd(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "USD" })
}

/// A checkout of one unit of one seller.
pub fn checkout_body(seller: &str, minor: i64) -> Value {
    json!({
        "currency": "USD", "region": "US-CA",
        "lines": [{
            "name": "Lamp", "seller": seller, "kind": "goods", "quantity": 1,
            "unit_price": usd(minor),
        }],
    })
}

/// A payment method of the sandbox.
pub fn method_body(token: &str) -> Value {
    json!({ "rail": "sandbox", "token": token })
}

/// A tender of a payment method.
pub fn method_tender(method: &str, minor: i64) -> Value {
    json!({ "kind": "payment_method", "payment_method": method, "amount": usd(minor) })
}

/// All entries of a list that fits on one page.
pub fn list(client: &mut Client, path: &str) -> Vec<Value> {
    let page = client.get(path).unwrap().expect(200).json();
    assert_eq!(page["has_more"], false, "{path} has another page");
    page["data"].as_array().unwrap().clone()
}

/// Debits and credits of every account, by name.
pub fn accounts(client: &mut Client) -> BTreeMap<String, (i64, i64)> {
    let accounts = list(client, "/v1/ledger/accounts?limit=100");
    let read = |account: &Value| {
        let amount = |side: &str| account[side]["amount"].as_i64().unwrap();
        let name = account["account"].as_str().unwrap().to_owned();
        (name, (amount("debits"), amount("credits")))
    };
    accounts.iter().map(read).collect()
}

/// The sandbox's file in the data folder.
const FILE: &str = "rails/sandbox-test.jsonl";

/// What the sandbox's own file says, read without the sandbox. Later lines replace earlier ones.
#[derive(Debug, Default)]
pub struct SandboxFile {
    payments: BTreeMap<String, Value>,
    refunds: BTreeMap<String, Value>,
    disputes: BTreeMap<String, Value>,
}

impl SandboxFile {
    /// Reads the file of book `test`.
    pub fn read(place: &Place) -> SandboxFile {
        let text = std::fs::read_to_string(place.data().join(FILE)).unwrap();
        let mut read = SandboxFile::default();
        // A line that was cut has no end.
        let whole_lines = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole_lines.lines() {
            let changes: Vec<Value> = serde_json::from_str(line).unwrap();
            for change in changes {
                read.apply(&change);
            }
        }
        read.check_operations();
        read
    }

    /// How many lines the file has.
    pub fn lines(place: &Place) -> usize {
        let bytes = std::fs::read(place.data().join(FILE)).unwrap();
        bytes.iter().filter(|byte| **byte == b'\n').count()
    }

    fn apply(&mut self, change: &Value) {
        let kinds = [
            ("payment", &mut self.payments),
            ("refund", &mut self.refunds),
            ("dispute", &mut self.disputes),
        ];
        for (kind, all) in kinds {
            if let Some(object) = change.get(kind) {
                all.insert(object["id"].as_str().unwrap().to_owned(), object.clone());
            }
        }
    }

    /// No operation has made two things.
    fn check_operations(&self) {
        let mut seen = BTreeSet::new();
        for object in self.payments.values().chain(self.refunds.values()) {
            let operation = object["metadata"]["operation"].as_str().unwrap();
            assert!(seen.insert(operation), "{operation} was done twice");
        }
    }

    /// What the sandbox owes us.
    pub fn balance(&self) -> i64 {
        let sum = |all: &BTreeMap<String, Value>, kept: &dyn Fn(&Value) -> i64| {
            all.values().map(kept).sum::<i64>()
        };
        let kept = |payment: &Value| {
            let amount = |name: &str| payment[name].as_i64().unwrap();
            amount("captured") - amount("fee") - amount("refunded")
        };
        let taken = |dispute: &Value| match dispute["status"].as_str() {
            Some("won") => 0,
            _ => dispute["amount"].as_i64().unwrap(),
        };
        sum(&self.payments, &kept) - sum(&self.disputes, &taken)
    }

    /// Captured, fee and refunded of each payment that was captured, in order of amounts.
    pub fn captured(&self) -> Vec<[i64; 3]> {
        let figures = |payment: &Value| {
            ["captured", "fee", "refunded"].map(|name| payment[name].as_i64().unwrap())
        };
        let mut all: Vec<_> = self.payments.values().map(figures).collect();
        all.retain(|[captured, ..]| *captured > 0);
        all.sort_unstable();
        all
    }

    /// Payments that the sandbox was asked for, whatever became of them.
    pub fn payments(&self) -> usize {
        self.payments.len()
    }

    /// Amount and state of each refund, in order of amounts.
    pub fn refunds(&self) -> Vec<(i64, String)> {
        let figures = |refund: &Value| {
            (refund["amount"].as_i64().unwrap(), refund["status"].as_str().unwrap().to_owned())
        };
        let mut all: Vec<_> = self.refunds.values().map(figures).collect();
        all.sort_unstable();
        all
    }
}
