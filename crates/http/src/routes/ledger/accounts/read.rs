//! `GET /v1/ledger/accounts/{id}`.

use axum::http::StatusCode;
use engine::{Answer, Query};

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::account::AccountView;

/// Read a ledger account
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/ledger/accounts/{id}", operation_id = "read_ledger_account",
    tag = "Ledger",
    params(("id" = String, Path, description = "The account")),
    responses((status = 200, description = "The account", body = AccountView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id_at(4, &catalog::ACCOUNT_NOT_FOUND)?;
    match call.caller.book().ask(Query::Account(id)).await? {
        Some(Answer::Account(account)) => {
            Ok(Reply::view(StatusCode::OK, &AccountView::new(&account)))
        }
        _ => Err(Problem::new(&catalog::ACCOUNT_NOT_FOUND)),
    }
}
