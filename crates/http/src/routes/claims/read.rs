//! `GET /v1/claims/{id}`.

use axum::http::StatusCode;
use base::ClaimId;
use claims::Words;
use engine::{Answer, Query};
use giftcards::Sealed;

use super::evidence;
use super::statement::stated;
use crate::call::{Call, Caller};
use crate::personal;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Read, Scopes};
use crate::views::claim::ClaimView;
use crate::views::order_refund::RefundAllocationView;

/// Read a claim
///
/// Never stale: it shows every answer that anybody was given before. With the scope `claims:review`
/// also what was written, unless its person was erased. Only here, `decision` tells its
/// `rule_table` and `would_change`, and `payout` its `allocations`.
#[utoipa::path(get, path = "/v1/claims/{id}", operation_id = "read_claim", tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    responses((status = 200, description = "The claim as it is now", body = ClaimView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: ClaimId = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let caller = &call.caller;
    let evidence = evidence(caller, id).await?;
    let is_shown = caller.key.scopes.contains(Scopes::CLAIMS_REVIEW);
    let description = match evidence.words.as_ref().filter(|_| is_shown) {
        Some(words) => opened(caller, words).await?,
        None => None,
    };
    let refund = evidence.claim.payouts.last().and_then(|payout| payout.refund);
    let refund = match refund {
        Some(refund) => caller.book().ask(Query::OrderRefund(refund)).await?,
        None => None,
    };
    let view = ClaimView::new(&evidence.claim, evidence.now);
    let mut view = view.with_description(description.as_deref());
    if let Some(stated) = stated(&evidence, Vec::new()) {
        view = view.with_explanation(stated.view().explanation());
    }
    if let Some(Answer::OrderRefund(refund)) = &refund {
        view = view.with_allocations(RefundAllocationView::all(refund));
    }
    Ok(Reply::view(StatusCode::OK, &view))
}

/// What was written; `None` when its person was erased.
async fn opened(caller: &Caller, words: &Words) -> Result<Option<String>, Problem> {
    let sealed = Sealed { person: words.person, bytes: words.sealed.clone() };
    personal::open(&caller.app, personal::CLAIM, &sealed).await
}
