//! `POST /v1/claims/{id}/decide`: lets a person decide.

use base::{Amount, ClaimId, Money};
use claims::{Award, Outcome, Review, limits};
use engine::{Answer, ClaimCommand, Query};
use serde::{Deserialize, Serialize};

use super::act;
use crate::call::{Call, Caller};
use crate::claim_rules::in_force;
use crate::fields::{self, Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::one_of;
use crate::scope::ReviewClaims;
use crate::views::claim::ClaimView;
use crate::wire::{self, MoneyBody};

/// What a person decides, and why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimDecisionInput)]
pub(crate) struct DecideBody {
    /// On an appeal, `deny` leaves the first decision.
    #[schema(pattern = "^(approve|partly_approve|deny)$")]
    outcome: String,
    /// What the claim pays of what was spent, tax not counted; on an appeal, all of it with what
    /// was granted before.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
    /// What comes back beside that without the claim, as by the settlement of the promotion.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    elsewhere: Option<MoneyBody>,
    /// Machine words, the main reason first: codes of the rule tables, or of people, that have a
    /// text in the message file of the platform.
    #[schema(min_items = 1, max_items = 4, example = json!(["underdelivery"]))]
    reasons: Vec<String>,
    /// Who decides. Nobody does on a claim of their own, nor on an appeal against their decision.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: String,
}

/// What a person can decide.
const OUTCOMES: [Outcome; 3] = [Outcome::Approve, Outcome::PartlyApprove, Outcome::Deny];

/// Decide on a claim
///
/// Where the rules leave it to a person, on an appeal, and to deny what nobody can find. A large
/// sum waits for a second person as `proposal`.
#[utoipa::path(post, path = "/v1/claims/{id}/decide", operation_id = "decide_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = DecideBody,
    responses((status = 200, description = "Decided, or proposed", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: DecideBody = call.json().await?;
    let operation = call.operation(&body)?;
    let sums = [
        ("/amount", fields::optional_money("/amount", body.amount.as_ref())?),
        ("/elsewhere", fields::optional_money("/elsewhere", body.elsewhere.as_ref())?),
    ];
    let review = Box::new(Review {
        by: fields::id("/by", &body.by)?,
        outcome: one_of("/outcome", &body.outcome, &OUTCOMES, Outcome::as_str)?,
        award: award(&sums),
        codes: reasons(fields::each(
            "/reasons",
            &body.reasons,
            limits::CODES_MAX,
            |pointer, text| reason(pointer, text),
        )?)?,
    });
    check_currency(&call.caller, claim, &sums).await?;
    act(&call.caller, ClaimCommand::Review { claim, review }, Some(operation)).await
}

/// A sum by its pointer, if it was given.
type Sum = (&'static str, Option<Money>);

fn award([(_, refund), (_, elsewhere)]: &[Sum; 2]) -> Award {
    let amount = |sum: &Option<Money>| sum.map_or(Amount::ZERO, |money| money.amount);
    Award { refund: amount(refund), elsewhere: amount(elsewhere) }
}

fn reasons(codes: Vec<claims::Code>) -> Checked<Vec<claims::Code>> {
    if codes.is_empty() {
        Err(refuse("/reasons", "must have at least one entry"))
    } else {
        Ok(codes)
    }
}

/// A code that has a text: whoever reads the decision is to know why.
fn reason(pointer: &str, text: &str) -> Checked<claims::Code> {
    let code: claims::Code = fields::token(pointer, text)?;
    let messages = in_force().rules.messages();
    if messages.text(code.as_str()).is_some() {
        return Ok(code);
    }
    let codes: Vec<&str> = messages.of_people().chain(messages.of_tables()).collect();
    Err(refuse(pointer, format!("must be a code that has a text: {}", codes.join(", "))))
}

/// Sums are in the currency of the claim, which never changes.
async fn check_currency(caller: &Caller, id: ClaimId, sums: &[Sum]) -> Result<(), Problem> {
    let Some(Answer::Claim { claim, .. }) = caller.book().ask(Query::Claim(id)).await? else {
        return Err(Problem::new(&catalog::CLAIM_NOT_FOUND));
    };
    let is_other = |(_, sum): &&Sum| sum.is_some_and(|sum| sum.currency != claim.currency);
    match sums.iter().find(is_other) {
        Some((pointer, _)) => {
            let pointer = format!("{pointer}/currency");
            Err(refuse(pointer, "must be that of the claim").into())
        }
        None => Ok(()),
    }
}
