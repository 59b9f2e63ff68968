//! Which request does what.

use serde_json::{Value, json};

use super::form;
use super::render::{self, Depth};
use super::requests::{self, Parameters, check_step, currency_and_amount, missing};
use crate::FailureCode;
use crate::provider::model::{Method, NewPayment, Object, Payment, Refusal};
use crate::provider::{Answered, Trouble};
use crate::sandbox::{Message, Sandbox};
use crate::{signature, stripe};

/// A request, as far as it matters.
pub(super) struct Asked {
    pub(super) is_post: bool,
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) authorization: Option<String>,
    pub(super) key: Option<String>,
}

/// An answer to be sent, or to be lost.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) is_lost: bool,
}

type Answering = Result<Value, Answer>;

pub(super) fn answer(sandbox: &Sandbox, asked: &Asked) -> Answer {
    match route(sandbox, asked) {
        Ok(body) => Answer { status: 200, body, is_lost: false },
        Err(answer) => answer,
    }
}

fn route(sandbox: &Sandbox, asked: &Asked) -> Answering {
    let path: Vec<&str> = asked.path.split('/').skip(1).collect();
    if path.first() == Some(&"v1") && !is_permitted(asked.authorization.as_deref()) {
        return Err(error(401, "", "Invalid API Key provided"));
    }
    let desk = Desk { sandbox, asked };
    match (asked.is_post, &path[..]) {
        (true, ["v1", "payment_methods"]) => desk.make_method(),
        (false, ["v1", "payment_methods", id]) => {
            desk.parameters(&["expand[]"])?;
            Ok(render::method(requests::method_at(id)?))
        }
        (true, ["v1", "payment_intents"]) => desk.create(),
        (false, ["v1", "payment_intents"]) => desk.payments(),
        (false, ["v1", "payment_intents", id]) => {
            let depth = desk.depth(&desk.parameters(&["expand[]"])?);
            Ok(desk.show(&desk.payment(id)?, depth))
        }
        (true, ["v1", "payment_intents", id, "confirm"]) => desk.confirm(id),
        (true, ["v1", "payment_intents", id, "capture"]) => desk.capture(id),
        (true, ["v1", "payment_intents", id, "cancel"]) => desk.cancel(id),
        (true, ["v1", "refunds"]) => desk.refund(),
        (false, ["v1", "refunds"]) => desk.refunds(),
        (false, ["v1", "refunds", id]) => desk.show_refund(id),
        (false, ["v1", "disputes"]) => desk.disputes(),
        (false, ["v1", "disputes", id]) => desk.show_dispute(id),
        (false, ["v1", "events"]) => desk.events(),
        (true, ["sandbox", "challenges", id]) => {
            let passed = desk.parameters(&["passed"])?.flag("passed")?.unwrap_or(true);
            done(sandbox.provider.finish_challenge(id, passed))
        }
        (true, ["sandbox", "disputes", id]) => {
            let won = desk.parameters(&["won"])?.flag("won")?.unwrap_or(false);
            done(sandbox.provider.decide_dispute(id, won))
        }
        (true, ["sandbox", "messages"]) => Ok(shown(&messages(sandbox))),
        _ => Err(error(404, "", "Unrecognized request URL")),
    }
}

/// Stripe's clients send the key as a bearer or as the user of basic authentication; a server for
/// tests takes keys for tests only.
fn is_permitted(authorization: Option<&str>) -> bool {
    let key = authorization.and_then(|header| header.strip_prefix("Bearer "));
    key.is_some_and(|key| key.starts_with("sk_test_") || key.starts_with("rk_test_"))
}

/// One request in front of the sandbox.
struct Desk<'a> {
    sandbox: &'a Sandbox,
    asked: &'a Asked,
}

impl<'a> Desk<'a> {
    fn parameters(&self, known: &[&str]) -> Result<Parameters<'a>, Answer> {
        Parameters::new(&self.asked.fields, known)
    }

    fn key(&self) -> Option<&str> {
        self.asked.key.as_deref()
    }

    fn depth(&self, parameters: &Parameters<'_>) -> Depth {
        Depth {
            charge: parameters.expands("latest_charge"),
            balance_transaction: parameters.expands("latest_charge.balance_transaction"),
        }
    }

    fn show(&self, payment: &Payment, depth: Depth) -> Value {
        render::payment(payment, depth, &self.sandbox.challenge_url)
    }

    fn make_method(&self) -> Answering {
        let known = ["type", "card[", "metadata[", "billing_details[", "expand[]"];
        let parameters = self.parameters(&known)?;
        if parameters.needed("type")? != "card" {
            return Err(parameter_error("parameter_invalid", "type", "Only cards are simulated"));
        }
        Ok(render::method(requests::method_of_card(&parameters)?))
    }

    fn create(&self) -> Answering {
        let parameters = self.parameters(&[
            "amount",
            "capture_method",
            "confirm",
            "currency",
            "expand[]",
            "metadata[",
            "off_session",
            "payment_method",
            "payment_method_types[]",
            "return_url",
        ])?;
        let amount = parameters.number("amount")?;
        let amount = amount.ok_or_else(|| {
            parameter_error("parameter_missing", "amount", "Missing required param")
        })?;
        let currency = currency_and_amount(parameters.needed("currency")?, amount)?;
        let is_manual = match parameters.text("capture_method") {
            Some("manual") => true,
            None | Some("automatic" | "automatic_async") => false,
            Some(_) => {
                return Err(parameter_error("parameter_invalid", "capture_method", "Invalid"));
            }
        };
        let is_confirmed = parameters.flag("confirm")?.unwrap_or(false);
        let return_url = parameters.text("return_url").map(str::to_owned);
        if return_url.is_some() && !is_confirmed {
            return Err(parameter_error("parameter_invalid", "return_url", "Needs confirm"));
        }
        let new = NewPayment {
            metadata: form::map(&self.asked.fields, "metadata"),
            method: parameters.method("payment_method")?,
            amount,
            currency,
            is_manual,
            is_confirmed,
            return_url,
        };
        self.paid(self.sandbox.provider.create(self.key(), new), self.depth(&parameters))
    }

    fn confirm(&self, id: &str) -> Answering {
        let parameters = self.parameters(&["expand[]", "payment_method", "return_url"])?;
        let method = parameters.method("payment_method")?;
        let return_url = parameters.text("return_url").map(str::to_owned);
        let answer = self.sandbox.provider.confirm(self.key(), id, method, return_url);
        self.paid(answer, self.depth(&parameters))
    }

    fn capture(&self, id: &str) -> Answering {
        let parameters = self.parameters(&["amount_to_capture", "expand[]"])?;
        let amount = parameters.number("amount_to_capture")?;
        if let Some(amount) = amount {
            check_step(&self.payment(id)?.currency, amount)?;
        }
        let answer = self.sandbox.provider.capture(self.key(), id, amount);
        self.paid(answer, self.depth(&parameters))
    }

    fn cancel(&self, id: &str) -> Answering {
        let parameters = self.parameters(&["cancellation_reason", "expand[]"])?;
        let answer = self.sandbox.provider.cancel(self.key(), id);
        self.paid(answer, self.depth(&parameters))
    }

    fn refund(&self) -> Answering {
        let known = ["amount", "expand[]", "metadata[", "payment_intent", "reason"];
        let parameters = self.parameters(&known)?;
        let payment = parameters.needed("payment_intent")?;
        let amount = parameters.number("amount")?;
        if let Some(amount) = amount {
            check_step(&self.payment(payment)?.currency, amount)?;
        }
        let metadata = form::map(&self.asked.fields, "metadata");
        let answer = self.sandbox.provider.refund(self.key(), payment, amount, metadata);
        match answer {
            Ok(Answered { object: Object::Refund(refund), .. }) => Ok(render::refund(&refund)),
            Ok(_) => Err(error(500, "", "wrong object")),
            Err(Trouble::Refused(Refusal { code: FailureCode::AmountTooLarge, .. })) => {
                // Stripe names the parameter at fault and gives no code.
                Err(parameter_error("", "amount", "Refund amount is greater than unrefunded"))
            }
            Err(trouble) => Err(self.refused(trouble)),
        }
    }

    fn payment(&self, id: &str) -> Result<Payment, Answer> {
        let found = self.sandbox.provider.payment(id).map_err(|trouble| self.refused(trouble))?;
        found.ok_or_else(|| missing("payment_intent", "intent"))
    }

    fn payments(&self) -> Answering {
        let parameters =
            self.parameters(&["created[gte]", "expand[]", "limit", "starting_after"])?;
        let since = parameters.number("created[gte]")?.unwrap_or(0);
        let found = self.sandbox.provider.payments().map_err(|trouble| self.refused(trouble))?;
        let all: Vec<Value> = found
            .iter()
            .filter(|payment| payment.created_at.div_euclid(1_000_000) >= since)
            .map(|payment| self.show(payment, Depth::FLAT))
            .collect();
        page("/v1/payment_intents", &all, &parameters)
    }

    fn refunds(&self) -> Answering {
        let parameters =
            self.parameters(&["expand[]", "limit", "payment_intent", "starting_after"])?;
        let payment = parameters.text("payment_intent");
        let found = self.sandbox.provider.refunds(payment);
        let found = found.map_err(|trouble| self.refused(trouble))?;
        let paid = payment.map(|id| self.sandbox.provider.payment(id)).transpose();
        let paid = paid.map_err(|trouble| self.refused(trouble))?.flatten();
        let release = paid.as_ref().and_then(render::release);
        let all: Vec<Value> = found.iter().map(render::refund).chain(release).collect();
        page("/v1/refunds", &all, &parameters)
    }

    fn show_refund(&self, id: &str) -> Answering {
        self.parameters(&["expand[]"])?;
        let found = self.sandbox.provider.refund_by_id(id);
        let found = found.map_err(|trouble| self.refused(trouble))?;
        Ok(render::refund(&found.ok_or_else(|| missing("refund", "refund"))?))
    }

    fn disputes(&self) -> Answering {
        let parameters =
            self.parameters(&["expand[]", "limit", "payment_intent", "starting_after"])?;
        let found = self.sandbox.provider.disputes(parameters.text("payment_intent"));
        let found = found.map_err(|trouble| self.refused(trouble))?;
        let all: Vec<Value> = found.iter().map(render::dispute).collect();
        page("/v1/disputes", &all, &parameters)
    }

    fn show_dispute(&self, id: &str) -> Answering {
        self.parameters(&["expand[]"])?;
        let found = self.sandbox.provider.disputes(None);
        let found = found.map_err(|trouble| self.refused(trouble))?;
        let dispute = found.iter().find(|dispute| dispute.id == id);
        Ok(render::dispute(dispute.ok_or_else(|| missing("dispute", "dispute"))?))
    }

    fn events(&self) -> Answering {
        let parameters = self.parameters(&["expand[]", "limit", "starting_after", "type"])?;
        let found = self.sandbox.provider.events().map_err(|trouble| self.refused(trouble))?;
        let kind = parameters.text("type");
        let all: Vec<Value> = found
            .iter()
            .filter(|event| kind.is_none_or(|kind| kind == event.kind))
            .map(|event| render::event(event, &self.sandbox.challenge_url))
            .collect();
        page("/v1/events", &all, &parameters)
    }

    fn paid(&self, answer: Result<Answered, Trouble>, depth: Depth) -> Answering {
        match answer {
            Ok(Answered { object: Object::Payment(payment), is_replay }) => {
                let body = self.show(&payment, depth);
                let is_lost = payment.method == Some(Method::Timeout)
                    && !is_replay
                    && payment.status == crate::provider::model::PaymentStatus::Processing;
                if is_lost { Err(Answer { status: 200, body, is_lost }) } else { Ok(body) }
            }
            Ok(_) => Err(error(500, "", "wrong object")),
            Err(trouble) => Err(self.refused(trouble)),
        }
    }

    fn refused(&self, trouble: Trouble) -> Answer {
        let refusal = match trouble {
            Trouble::Refused(refusal) => refusal,
            Trouble::Broken => return error(500, "", "The state cannot be kept"),
            Trouble::KeyReused => {
                let message = "Keys for idempotent requests can only be used with the same \
                               parameters they were first used with";
                let mut answer = error(400, "", message);
                answer.body["error"]["type"] = "idempotency_error".into();
                return answer;
            }
        };
        if let Some(payment) = refusal.payment {
            let mut body = json!({ "error": render::card_error(refusal.code) });
            body["error"]["payment_intent"] = self.show(&payment, Depth::FLAT);
            return Answer { status: 402, body, is_lost: false };
        }
        let (code, parameter) = match refusal.code {
            FailureCode::NotFound => return missing("payment_intent", "intent"),
            FailureCode::AlreadyRefunded => ("charge_already_refunded", ""),
            FailureCode::Disputed => ("charge_disputed", ""),
            FailureCode::RefundWindowClosed => ("charge_not_refundable", ""),
            FailureCode::AuthorizationLapsed => ("charge_expired_for_capture", ""),
            FailureCode::AmountTooSmall => ("amount_too_small", "amount"),
            FailureCode::AmountTooLarge => ("amount_too_large", "amount_to_capture"),
            _ => ("payment_intent_unexpected_state", ""),
        };
        parameter_error(code, parameter, "The request cannot be done")
    }
}

fn page(url: &str, all: &[Value], parameters: &Parameters<'_>) -> Answering {
    let limit = parameters.number("limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(parameter_error("parameter_invalid_integer", "limit", "1 to 100"));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    Ok(render::list(url, all, parameters.text("starting_after"), limit))
}

fn done(result: Result<(), Trouble>) -> Answering {
    match result {
        Ok(()) => Ok(json!({ "done": true })),
        Err(_) => Err(error(400, "", "There is nothing open under this id")),
    }
}

/// An error of the kind `invalid_request_error`.
pub(super) fn error(status: u16, code: &str, message: &str) -> Answer {
    let mut body = json!({ "error": { "type": "invalid_request_error", "message": message } });
    if !code.is_empty() {
        body["error"]["code"] = code.into();
    }
    Answer { status, body, is_lost: false }
}

/// The same about one parameter.
pub(super) fn parameter_error(code: &str, parameter: &str, message: &str) -> Answer {
    let mut answer = error(400, code, message);
    if !parameter.is_empty() {
        answer.body["error"]["param"] = parameter.into();
    }
    answer
}

/// The messages that are due, as Stripe would send them.
pub(super) fn messages(sandbox: &Sandbox) -> Vec<Message> {
    let deliveries = sandbox.provider.arrived(usize::MAX).unwrap_or_default();
    let now = sandbox.provider.clock().now();
    let messages: Vec<Message> = deliveries
        .iter()
        .map(|delivery| {
            let body = render::event(&delivery.event, &sandbox.challenge_url).to_string();
            let foreign = crate::Secret::new("somebody else's");
            let secret = if delivery.is_forged { &foreign } else { &sandbox.webhook_secret };
            let signed = signature::sign(secret, now, body.as_bytes());
            let headers = vec![
                ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
                (stripe::SIGNATURE_HEADER.to_owned(), signed),
            ];
            let place = (delivery.at, delivery.number);
            Message { headers, body: body.into_bytes(), place }
        })
        .collect();
    for message in &messages {
        sandbox.received(message);
    }
    messages
}

fn shown(messages: &[Message]) -> Value {
    let all: Vec<Value> = messages
        .iter()
        .map(|message| {
            let body = String::from_utf8_lossy(&message.body);
            let signature = &message.headers[1].1;
            json!({ "signature": signature, "body": body })
        })
        .collect();
    json!({ "messages": all })
}
