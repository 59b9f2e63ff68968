//! `POST /v1/restitutions/{id}/send-again`: has the order refund what it had refused to.

use base::{PromotionId, RestitutionId};
use engine::{Answer, ClaimCommand, Command, Query, ResolveBy, WayBack};

use crate::call::{Call, Caller};
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::account_freezes::lift::ByBody;
use crate::routes::orders::refunds::create::{nudge, refund_ids};
use crate::routes::promotions::details;
use crate::scope::ReviewClaims;
use crate::views::claim::RestitutionView;

/// Send a restitution again
///
/// For one that is `stuck`: its order refuses it still, with a problem that says why, or refunds it
/// now.
#[utoipa::path(post, path = "/v1/restitutions/{id}/send-again",
    operation_id = "send_restitution_again", tag = "Claims",
    params(("id" = String, Path, description = "The restitution")),
    request_body = ByBody,
    responses((status = 200, description = "On its way", body = RestitutionView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let restitution: RestitutionId = call.path_id(&catalog::RESTITUTION_NOT_FOUND)?;
    let body: ByBody = call.json().await?;
    let operation = call.operation(&body)?;
    let by = fields::id("/by", &body.by)?;
    let caller = &call.caller;
    let asked = caller.book().ask(Query::Restitution(restitution)).await?;
    let Some(Answer::Restitution(row)) = asked else {
        return Err(Problem::new(&catalog::RESTITUTION_NOT_FOUND));
    };
    let back = way_back(caller, row.promotion).await?;
    let ids = back.ids;
    let way = ResolveBy::SendAgain(Box::new(back));
    let command = ClaimCommand::ResolveRestitution { restitution, by, way };
    let command = Command::Claims(Box::new(command));
    let reply = Prepared::changing(command, operation).decide(caller).await?;
    nudge(caller, &ids).await;
    Ok(reply)
}

/// By what the order of a promotion would send something now.
///
/// # Errors
///
/// `promotion_not_found`, `order_not_found`; `unavailable`, `busy`.
pub(crate) async fn way_back(caller: &Caller, promotion: PromotionId) -> Result<WayBack, Problem> {
    let order = details(caller, promotion).await?.order;
    let order = order.ok_or_else(|| Problem::new(&catalog::ORDER_NOT_FOUND))?;
    let ids = *refund_ids(&caller.app);
    Ok(WayBack { order, refund: caller.app.new_id(), ids })
}
