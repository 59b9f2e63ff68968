//! `POST /v1/gift-cards/{id}/reveal`: shows the code of a card.

use axum::http::StatusCode;
use base::CardId;
use engine::{Answer, Query};
use serde::Serialize;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::Reveal;
use crate::shown_code;
use crate::views::Id;

/// The present code of a card.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GiftCardCode)]
pub(crate) struct CodeView {
    /// Always `gift_card_code`.
    object: &'static str,
    #[schema(value_type = String)]
    gift_card: Id<CardId>,
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: String,
    /// The claim link that works now, if the card has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_token: Option<String>,
}

/// Reveal the code of a gift card
///
/// For printing and sending a card later, and for handing over its claim link. Codes that another
/// system made are not kept here.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/reveal", operation_id = "reveal_code",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = EmptyBody,
    responses((status = 200, description = "The code", body = CodeView)))]
pub(crate) async fn handle(mut call: Call<Reveal>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CARD_NOT_FOUND)?;
    call.idempotency_key()?;
    let _: EmptyBody = call.json().await?;
    let answer = call.caller.book().ask(Query::Card(id)).await?;
    let Some(Answer::Card { card, .. }) = answer else {
        return Err(Problem::new(&catalog::CARD_NOT_FOUND));
    };
    let code = shown_code::reveal(&call.caller, &card)?;
    // Whoever sees codes can spend them, so it is always on record who did.
    let key = call.caller.key.id;
    tracing::info!(card = %id, %key, "a code was revealed");
    let claim_token = shown_code::claim_token(&call.caller, &card)?;
    let view = CodeView { object: "gift_card_code", gift_card: Id(id), code, claim_token };
    Ok(Reply::view(StatusCode::OK, &view))
}
