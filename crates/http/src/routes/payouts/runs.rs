//! `POST /v1/payouts/runs`: one payout for everybody who is owed something.

mod payees;

use std::sync::Arc;

use axum::http::StatusCode;
use base::{Currency, Instant, Token};
use engine::{Answer, Command, OperationKey, Refusal, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::{NewPayout, Payout as PayoutRow};
use writer::{Decided, Operation, Request};

use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Payout;
use crate::views::payout::PayoutRunView;
use payees::{Payable, payees};

/// Payouts that the writer is given at a time.
const PAYOUTS_AT_ONCE: usize = 500;

/// The rail of test books.
const SANDBOX: &str = "sandbox";

/// Whom to pay.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutRunInput)]
pub(crate) struct RunBody {
    /// What is owed in this currency is paid.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "USD")]
    currency: String,
    /// Sales up to here are paid; in the past, so that it means the same whenever it is asked.
    #[schema(format = DateTime, example = "2026-11-20T00:00:00Z")]
    until: String,
    /// The rail whose clearing account the money leaves from. Test books may leave it out: it is
    /// `sandbox` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 32, example = "sandbox")]
    rail: Option<String>,
}

/// Run payouts
///
/// Makes a payout for every seller and creator who is owed something: what was credited up to
/// `until`, less everything ever debited. The money leaves what they are owed at once; pay it, and
/// note for each payout whether it has arrived. Everybody is paid once under one idempotency key,
/// also when the request broke off half way and is repeated.
#[utoipa::path(post, path = "/v1/payouts/runs", operation_id = "run_payouts", tag = "Payouts",
    request_body = RunBody,
    responses((status = 201, description = "Made", body = PayoutRunView)))]
pub(crate) async fn handle(mut call: Call<Payout>) -> Result<Reply, Problem> {
    let body: RunBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let run = Run::new(caller, &body, operation).await?;
    let owed = payees(caller, run.currency, run.until).await?;
    let mut made = Vec::new();
    let mut replayed = !owed.is_empty();
    // The first one alone: when the key was used for something else, nobody is paid.
    let (first, rest) = owed.split_at(owed.len().min(1));
    for part in std::iter::once(first).chain(rest.chunks(PAYOUTS_AT_ONCE)) {
        for decided in run.pay(caller, part).await? {
            caller.key.wrote(decided.seq);
            replayed &= decided.replayed;
            made.extend(payout_of(decided)?);
        }
    }
    let payouts = made.iter().map(Arc::as_ref);
    let view = PayoutRunView::new(payouts, run.currency, run.until);
    Ok(Reply::view(StatusCode::CREATED, &view).replayed(replayed))
}

/// A run that was asked for, checked.
struct Run {
    currency: Currency,
    until: Instant,
    rail: Token<32>,
    operation: Operation,
}

impl Run {
    async fn new(caller: &Caller, body: &RunBody, operation: Operation) -> Result<Run, Problem> {
        let currency = fields::currency(|| "/currency".to_owned(), &body.currency)?;
        let until = fields::instant("/until", &body.until)?;
        let rail = rail(body.rail.as_deref(), caller.book().is_test())?;
        caller.rail(rail.as_str())?;
        if until >= caller.book().time().await? {
            return Err(refuse("/until", "must be before the book's present time").into());
        }
        Ok(Run { currency, until, rail, operation })
    }

    /// Has payouts decided, one outcome each. The first payee of all has the key of the run.
    async fn pay(&self, caller: &Caller, payees: &[Payable]) -> Result<Vec<Decided>, Problem> {
        if payees.is_empty() {
            return Ok(Vec::new());
        }
        let request = |payable: &Payable| Request {
            command: Command::Shop(ShopCommand::CreatePayout(Box::new(NewPayout {
                id: caller.app.new_id(),
                payee: payable.payee,
                currency: self.currency,
                rail: self.rail.clone(),
                until: self.until,
                credited: payable.credited,
            }))),
            actor: caller.key.id,
            operation: Some(self.operation_of(payable, caller)),
        };
        let is_first = payees.iter().any(|payable| payable.is_first);
        let outcomes = caller.book().decide(payees.iter().map(request).collect(), false).await;
        // Somebody may have been paid before: the same request goes on from there.
        let told = |trouble| match trouble {
            trouble if is_first => Problem::from(trouble),
            _ => Problem::new(&catalog::OUTCOME_UNKNOWN),
        };
        outcomes.map_err(told)?.into_iter().map(|outcome| outcome.map_err(told)).collect()
    }

    /// The key of one payee. It follows from that of the run, so a repetition has the same ones.
    fn operation_of(&self, payable: &Payable, caller: &Caller) -> Operation {
        if payable.is_first {
            return self.operation;
        }
        let account = payable.payee.account().id(self.currency);
        let text = [self.operation.key.0, account.to_bytes()].concat();
        let key = OperationKey(caller.app.ring.short_hash("payout of a run", &text));
        Operation { key, ..self.operation }
    }
}

fn rail(name: Option<&str>, is_test: bool) -> Checked<Token<32>> {
    match name {
        Some(name) => fields::token("/rail", name),
        None if is_test => fields::token("/rail", SANDBOX),
        None => Err(refuse("/rail", "name the rail that the money leaves from")),
    }
}

/// The payout that was made; none where nothing was owed.
fn payout_of(decided: Decided) -> Result<Option<Arc<PayoutRow>>, Problem> {
    match decided.result {
        Ok(Answer::Payout(payout)) => Ok(Some(payout)),
        Err(Refusal::Shop(shop::Refusal::NothingOwed)) => Ok(None),
        Err(refusal) => Err(Problem::refused(&refusal, decided.replayed)),
        Ok(_) => Err(Problem::new(&catalog::OUTCOME_UNKNOWN)),
    }
}
