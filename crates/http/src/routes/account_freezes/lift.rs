//! `POST /v1/account-freezes/{person}/lift`: lets an account pay and promote again.

use engine::{ClaimCommand, Command};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::account_freeze::AccountFreezeView;

/// Who has made sure of it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Looker)]
pub(crate) struct ByBody {
    /// Who: never the person whose account it is.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    pub(crate) by: String,
}

/// Lift the freeze of an account
///
/// Once its owner has signed in again with a second factor, and is known to be its owner. It can
/// pay and promote from then on; what was stopped stays stopped.
#[utoipa::path(post, path = "/v1/account-freezes/{person}/lift",
    operation_id = "lift_account_freeze", tag = "Claims",
    params(("person" = String, Path, description = "Whose account it is")),
    request_body = ByBody,
    responses((status = 200, description = "Lifted", body = AccountFreezeView<'static>)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let person = call.path_id(&catalog::ACCOUNT_FREEZE_NOT_FOUND)?;
    let body: ByBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let by = fields::id("/by", &body.by)?;
    let command = Command::Claims(Box::new(ClaimCommand::LiftFreeze { person, by }));
    Prepared::changing(command, operation).decide(&call.caller).await
}
