//! `GET /v1/claims/{id}`.

use axum::http::StatusCode;
use base::ClaimId;
use claims::Words;
use engine::Query;
use giftcards::Sealed;

use super::evidence;
use crate::call::{Call, Caller};
use crate::personal;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::{Read, Scopes};
use crate::views::claim::ClaimView;

/// Read a claim
///
/// Never stale: it shows every answer that anybody was given before. With the scope `claims:review`
/// also what was written, unless its person was erased.
#[utoipa::path(get, path = "/v1/claims/{id}", operation_id = "read_claim", tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    responses((status = 200, description = "The claim as it is now", body = ClaimView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: ClaimId = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let caller = &call.caller;
    if !caller.key.scopes.contains(Scopes::CLAIMS_REVIEW) {
        return reading::one(caller, Query::Claim(id), &catalog::CLAIM_NOT_FOUND).await;
    }
    let evidence = evidence(caller, id).await?;
    let description = match &evidence.words {
        Some(words) => opened(caller, words).await?,
        None => None,
    };
    let view = ClaimView::new(&evidence.claim, evidence.now);
    let view = view.with_description(description.as_deref());
    Ok(Reply::view(StatusCode::OK, &view))
}

/// What was written; `None` when its person was erased.
async fn opened(caller: &Caller, words: &Words) -> Result<Option<String>, Problem> {
    let sealed = Sealed { person: words.person, bytes: words.sealed.clone() };
    personal::open(&caller.app, personal::CLAIM, &sealed).await
}
