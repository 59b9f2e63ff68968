//! `POST /v1/restitutions/{id}/paid-by-hand`: notes that a stuck restitution was paid outside.

use base::{PersonId, RestitutionId};
use engine::{ClaimCommand, Command, ResolveBy};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::claim::RestitutionView;

/// Who has seen to it, and how it was paid.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestitutionPaidByHandInput)]
pub(crate) struct PaidByHandBody {
    /// Who: never whoever has bought the promotion.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: String,
    /// Where the money left, as the ledger shall name it: its account is `rail/{rail}/clearing`.
    #[schema(min_length = 1, max_length = 32, example = "bank_transfer")]
    rail: String,
    /// What names the payment there.
    #[schema(min_length = 1, max_length = 64)]
    reference: String,
}

impl PaidByHandBody {
    /// Who, and how it was paid.
    pub(crate) fn way(&self) -> Result<(PersonId, ResolveBy), Problem> {
        let by = fields::id("/by", &self.by)?;
        let rail = fields::token("/rail", &self.rail)?;
        let reference = fields::label("/reference", &self.reference)?;
        Ok((by, ResolveBy::PaidByHand { rail, reference }))
    }
}

/// Note that a restitution was paid by hand
///
/// For one that is `stuck`: what is owed, tax included, was paid another way. It is paid with that,
/// and never sent again.
#[utoipa::path(post, path = "/v1/restitutions/{id}/paid-by-hand",
    operation_id = "note_restitution_paid_by_hand", tag = "Claims",
    params(("id" = String, Path, description = "The restitution")),
    request_body = PaidByHandBody,
    responses((status = 200, description = "Paid", body = RestitutionView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let restitution: RestitutionId = call.path_id(&catalog::RESTITUTION_NOT_FOUND)?;
    let body: PaidByHandBody = call.json().await?;
    let operation = call.operation(&body)?;
    let (by, way) = body.way()?;
    let command = ClaimCommand::ResolveRestitution { restitution, by, way };
    Prepared::changing(Command::Claims(Box::new(command)), operation).decide(&call.caller).await
}
