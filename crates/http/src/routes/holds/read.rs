//! `GET /v1/holds/{id}`.

use axum::http::StatusCode;
use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views;
use crate::views::hold::HoldView;

/// Read a hold
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/holds/{id}", operation_id = "read_hold", tag = "Spending",
    params(("id" = String, Path, description = "The hold")),
    responses((status = 200, description = "The hold", body = HoldView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::HOLD_NOT_FOUND)?;
    let answer = call.caller.book().ask(Query::Hold(id)).await?;
    let answer = answer.ok_or_else(|| Problem::new(&catalog::HOLD_NOT_FOUND))?;
    let mut body = Vec::with_capacity(768);
    views::write_answer(&answer, None, &mut body);
    Ok(Reply::json(StatusCode::OK, body))
}
