//! `POST /v1/claims/{id}/match`: tells what a claim without an account is about.

use claims::Named;
use engine::ClaimCommand;
use serde::{Deserialize, Serialize};

use super::act;
use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::claim::ClaimView;

/// What was found, and by whom.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimMatch)]
pub(crate) struct MatchBody {
    /// The promotion; this or `charge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^promo_[0-9a-hjkmnp-tv-z]{26}$")]
    promotion: Option<String>,
    /// The payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^pay_[0-9a-hjkmnp-tv-z]{26}$")]
    charge: Option<String>,
    /// Who has found it.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: String,
}

impl MatchBody {
    fn found(&self) -> Checked<Named> {
        let promotion = fields::optional_id("/promotion", self.promotion.as_deref())?;
        let charge = fields::optional_id("/charge", self.charge.as_deref())?;
        match (promotion, charge) {
            (Some(promotion), None) => Ok(Named::Promotion(promotion)),
            (None, Some(charge)) => Ok(Named::Charge(charge)),
            (None, None) => Err(refuse("/promotion", "is required, unless `charge` is given")),
            (Some(_), Some(_)) => Err(refuse("/charge", "must stand alone")),
        }
    }
}

/// Match a claim
///
/// Somebody without an account has told what they know of a charge; it was found now. The facts are
/// gathered from here on.
#[utoipa::path(post, path = "/v1/claims/{id}/match", operation_id = "match_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = MatchBody,
    responses((status = 200, description = "Matched", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: MatchBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let (found, by) = (body.found()?, fields::id("/by", &body.by)?);
    act(&call.caller, ClaimCommand::Match { claim, found, by }, operation).await
}
