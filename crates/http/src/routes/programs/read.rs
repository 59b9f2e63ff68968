//! `GET /v1/programs/{id}`.

use axum::http::StatusCode;
use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views;
use crate::views::program::ProgramView;

/// Read a program
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/programs/{id}", operation_id = "read_program", tag = "Programs",
    params(("id" = String, Path, description = "The program")),
    responses((status = 200, description = "The program", body = ProgramView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PROGRAM_NOT_FOUND)?;
    let answer = call.caller.book().ask(Query::Program(id)).await?;
    let answer = answer.ok_or_else(|| Problem::new(&catalog::PROGRAM_NOT_FOUND))?;
    let mut body = Vec::with_capacity(768);
    views::write_answer(&answer, None, &mut body);
    Ok(Reply::json(StatusCode::OK, body))
}
