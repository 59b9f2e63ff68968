//! `GET /v1/restitutions/{id}/statement`: why something was repaid without a claim.

use base::RestitutionId;
use engine::{Answer, Query};

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::claims::ways::ways_of;
use crate::scope::Read;
use crate::views::claim_statement::{Stated, StatementView};

/// Read the statement of a restitution
///
/// Why something was repaid, from which facts, how much, and by when it arrives: the same statement
/// as that of a claim, as JSON, or with `Accept: text/plain` as text.
#[utoipa::path(get, path = "/v1/restitutions/{id}/statement",
    operation_id = "read_restitution_statement", tag = "Claims",
    params(("id" = String, Path, description = "The restitution")),
    responses((status = 200, description = "The statement", body = StatementView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: RestitutionId = call.path_id(&catalog::RESTITUTION_NOT_FOUND)?;
    let asked = call.caller.book().ask(Query::RestitutionEvidence(id)).await?;
    let Some(Answer::RestitutionEvidence { restitution, facts }) = asked else {
        return Err(Problem::new(&catalog::RESTITUTION_NOT_FOUND));
    };
    let facts = facts.as_ref().map(|row| &row.facts);
    let ways = ways_of(&call.caller, &restitution).await?;
    Ok(Stated::of_restitution(&restitution, facts, ways).reply(call.wants_text()))
}
