//! `GET /v1/account-freezes/{person}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::account_freeze::AccountFreezeView;

/// Read the freeze of an account
///
/// Never stale. There is none of an account that never was frozen.
#[utoipa::path(get, path = "/v1/account-freezes/{person}", operation_id = "read_account_freeze",
    tag = "Claims",
    params(("person" = String, Path, description = "Whose account it is")),
    responses((status = 200, description = "The freeze as it is now",
        body = AccountFreezeView<'static>)))]
pub(crate) async fn handle(call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let person = call.path_id(&catalog::ACCOUNT_FREEZE_NOT_FOUND)?;
    let question = Query::AccountFreeze(person);
    reading::one(&call.caller, question, &catalog::ACCOUNT_FREEZE_NOT_FOUND).await
}
