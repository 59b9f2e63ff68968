//! `GET /v1/rails/{rail}/settlements/{id}`: a settlement file, and how its lines stand.

use axum::http::StatusCode;
use reports::count_lines;

use super::find;
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::settlement::SettlementView;

/// Read a settlement file
///
/// With how many of its lines are as our books have it, differ, or are about nothing that is known
/// here, as it is now.
#[utoipa::path(get, path = "/v1/rails/{rail}/settlements/{id}", operation_id = "read_settlement",
    tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe"),
        ("id" = String, Path, description = "The settlement file")),
    responses((status = 200, description = "The file", body = SettlementView)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (rail, id) = call.path_settlement()?;
    let caller = &call.caller;
    let sight = caller.look_at_lists().await?;
    let found = caller.report(sight, move |reader| {
        let file = find(reader, &rail, id).map_err(reports::ReportError::from)?;
        let Some(file) = file else { return Ok(None) };
        Ok(Some((file, count_lines(reader, id)?)))
    });
    let (file, counts) =
        found.await?.ok_or_else(|| Problem::new(&catalog::SETTLEMENT_NOT_FOUND))?;
    Ok(Reply::view(StatusCode::OK, &SettlementView::new(&file, Some(counts))))
}
