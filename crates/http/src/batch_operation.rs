//! Operations of a batch: which route each one means, and its command.

use base::HoldId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body;
use crate::call::Caller;
use crate::fields::refuse;
use crate::idempotency::IdempotencyKey;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::routes::gift_cards::issue;
use crate::routes::holds::{capture, place, refund, release};
use crate::routes::{redemptions, reverse};
use crate::scope::{Issue, Spend};

/// A route that may appear in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchRoute {
    Redeem,
    PlaceHold,
    Capture(HoldId),
    Release(HoldId),
    Refund(HoldId),
    Issue,
    Reverse,
}

impl BatchRoute {
    /// The route of a path, written exactly as for a single request.
    pub(crate) fn of_path(path: &str) -> Option<BatchRoute> {
        match path {
            redemptions::PATH => return Some(BatchRoute::Redeem),
            place::PATH => return Some(BatchRoute::PlaceHold),
            issue::PATH => return Some(BatchRoute::Issue),
            reverse::PATH => return Some(BatchRoute::Reverse),
            _ => {}
        }
        let (id, action) = path.strip_prefix("/v1/holds/")?.split_once('/')?;
        let hold = id.parse().ok()?;
        match action {
            "capture" => Some(BatchRoute::Capture(hold)),
            "release" => Some(BatchRoute::Release(hold)),
            "refund" => Some(BatchRoute::Refund(hold)),
            _ => None,
        }
    }
}

/// What an operation has become: ready, or a card whose personal text is not sealed yet.
pub(crate) enum Readied {
    Ready(Prepared),
    Draft(issue::Draft),
}

/// One operation of a batch.
pub(crate) struct OperationText<'a> {
    pub(crate) idempotency_key: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: &'a str,
}

/// Checks an operation as its own route would. Pointers are relative to its body.
pub(crate) fn ready(caller: &Caller, text: &OperationText<'_>) -> Result<Readied, Problem> {
    let key = IdempotencyKey::in_field("/idempotency_key", text.idempotency_key)?;
    let Some(route) = BatchRoute::of_path(text.path) else {
        return Err(refuse("/path", "must be a path that a batch can call").into());
    };
    match route {
        BatchRoute::Issue => caller.require::<Issue>()?,
        _ => caller.require::<Spend>()?,
    }
    let read = Reading { caller, key, text };
    Ok(Readied::Ready(match route {
        BatchRoute::Redeem => {
            let (body, operation) = read.body()?;
            redemptions::prepare(caller, &body, operation)?
        }
        BatchRoute::PlaceHold => {
            let (body, operation) = read.body()?;
            place::prepare(caller, &body, operation)?
        }
        BatchRoute::Capture(hold) => {
            let (body, operation) = read.body()?;
            capture::prepare(hold, &body, operation)?
        }
        BatchRoute::Release(hold) => {
            let (body, operation) = read.body()?;
            release::prepare(hold, &body, operation)?
        }
        BatchRoute::Refund(hold) => {
            let (body, operation) = read.body()?;
            refund::prepare(caller, hold, &body, operation)?
        }
        BatchRoute::Reverse => {
            let (body, operation) = read.body()?;
            reverse::prepare(caller, &body, operation)?
        }
        BatchRoute::Issue => {
            let (body, operation) = read.body()?;
            return Ok(Readied::Draft(issue::draft(caller, &body, operation)?));
        }
    }))
}

struct Reading<'a> {
    caller: &'a Caller,
    key: IdempotencyKey<'a>,
    text: &'a OperationText<'a>,
}

impl Reading<'_> {
    /// The body with its operation, which is the same as that of a single request, so that
    /// either may repeat the other.
    fn body<T>(&self) -> Result<(T, writer::Operation), Problem>
    where
        T: DeserializeOwned + Serialize,
    {
        let body = body::parse(self.text.body.as_bytes())?;
        let place = ("POST", self.text.path);
        let operation = self.caller.operation(self.key, place, &body);
        Ok((body, operation))
    }
}
