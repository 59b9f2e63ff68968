//! `POST /v1/promotions/{id}/suggestions/{n}/apply`: does what was suggested.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::{Role, SuggestionNumber};

use crate::call::Call;
use crate::inventory::quote_for;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::report::deeds_of;
use crate::routes::promotions::{ActorBody, actor, decide, details, shown};
use crate::scope::Promote;
use crate::views::promotion::PromotionView;

/// Apply a suggestion
///
/// Changes the one setting that the suggestion of a report names, exactly as it was shown: its
/// number says which terms it was made for. When they have changed since, it is refused
/// (`terms_changed`); when they are already as it would have them, nothing changes.
#[utoipa::path(post, path = "/v1/promotions/{id}/suggestions/{n}/apply",
    operation_id = "apply_suggestion", tag = "Promotions",
    params(("id" = String, Path, description = "The promotion"),
        ("n" = String, Path, description = "The number of the suggestion, from the report")),
    request_body = ActorBody,
    responses((status = 200, description = "Changed", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let number: u64 = call.path_name(5, &catalog::SUGGESTION_NOT_FOUND)?;
    let body: ActorBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let actor = actor(Role::Advertiser, body.by.as_deref())?;
    let caller = &call.caller;
    let known = details(caller, promotion).await?;
    let deeds = deeds_of(caller, promotion).await?;
    let suggested = SuggestionNumber::from_number(number);
    let change = suggested.and_then(|suggested| suggested.change_of(&deeds));
    let Some(change) = change else { return Err(Problem::new(&catalog::SUGGESTION_NOT_FOUND)) };
    let terms = change.apply(&known.promotion.terms);
    let quote = Box::new(quote_for(caller, &terms, known.promotion.spend.due, known.now).await?);
    let change = Box::new(change);
    let command = PromotionCommand::Edit { promotion, change, quote, actor };
    match decide(caller, command, operation, StatusCode::OK).await {
        // Applied before, in another request.
        Err(problem) if problem.is(&catalog::NOTHING_TO_CHANGE) => {
            let now = details(caller, promotion).await?;
            Ok(Reply::json(StatusCode::OK, shown(caller, &now.promotion, now.now).await?))
        }
        outcome => outcome,
    }
}
