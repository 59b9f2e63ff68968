//! `POST /v1/suspects/{id}/review`: tells that somebody has looked at a suspect.

use engine::{ClaimCommand, Command};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::account_freezes::lift::ByBody;
use crate::scope::ReviewClaims;
use crate::views::account_freeze::SuspectView;

/// Tell that a suspect was looked at
///
/// It leaves the list of those to look at. Nothing else follows from it here.
#[utoipa::path(post, path = "/v1/suspects/{id}/review", operation_id = "review_suspect",
    tag = "Claims",
    params(("id" = String, Path, description = "The suspect")),
    request_body = ByBody,
    responses((status = 200, description = "Looked at", body = SuspectView<'static>)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let suspect = call.path_id(&catalog::SUSPECT_NOT_FOUND)?;
    let body: ByBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let by = fields::id("/by", &body.by)?;
    let command = Command::Claims(Box::new(ClaimCommand::LookAtSuspect { suspect, by }));
    Prepared::changing(command, operation).decide(&call.caller).await
}
