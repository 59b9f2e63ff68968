//! `POST /v1/restitutions/{id}/store-credit`: gives a gift card instead of a stuck restitution.

use base::{CardId, PersonId, ProgramId, RestitutionId};
use engine::{ClaimCommand, Command, NewCredit, ResolveBy, credit_for};
use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller};
use crate::fields::{self, Checked};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::new_code;
use crate::scope::ReviewClaims;
use crate::views::gift_card::GiftCardView;

/// Who gives it, and what the card will be like.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestitutionCreditInput)]
pub(crate) struct CreditBody {
    /// Who: never whoever has bought the promotion.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: String,
    /// The program that says how long it lives and where it may be spent; its range of values does
    /// not matter. Without one it lives for ever and may be spent everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^prog_[0-9a-hjkmnp-tv-z]{26}$")]
    program: Option<String>,
}

impl CreditBody {
    /// Who, and under which program.
    pub(crate) fn checked(&self) -> Checked<(PersonId, Option<ProgramId>)> {
        let by = fields::id("/by", &self.by)?;
        Ok((by, fields::optional_id("/program", self.program.as_deref())?))
    }
}

/// A card of this id with a new code.
pub(crate) fn new_credit(
    caller: &Caller,
    card: CardId,
    program: Option<ProgramId>,
) -> Result<ResolveBy, Problem> {
    let code = new_code(&caller.app, caller.book().name(), card)?;
    Ok(ResolveBy::StoreCredit(Box::new(NewCredit { code, program })))
}

/// Give store credit instead of a restitution
///
/// For one that is `stuck`, when the payer agrees to a gift card worth what is owed, tax included;
/// that they have is for the shop to see to. The card is that of whoever has bought the promotion,
/// and can be spent at once. The restitution is paid with that.
#[utoipa::path(post, path = "/v1/restitutions/{id}/store-credit",
    operation_id = "credit_restitution", tag = "Claims",
    params(("id" = String, Path, description = "The restitution")),
    request_body = CreditBody,
    responses((status = 201, description = "The gift card", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let restitution: RestitutionId = call.path_id(&catalog::RESTITUTION_NOT_FOUND)?;
    let body: CreditBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let (by, program) = body.checked()?;
    let way = new_credit(caller, credit_for(restitution), program)?;
    let command = ClaimCommand::ResolveRestitution { restitution, by, way };
    Prepared::creating(Command::Claims(Box::new(command)), operation).decide(caller).await
}
