//! `POST /v1/journal/prune`: what is archived leaves the journal.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use writer::{Archived, Removal};

use crate::call::Call;
use crate::fields::{self, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Admin;
use crate::views::journal::JournalView;

/// The end of the archive.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PruneInput)]
pub(crate) struct PruneBody {
    /// The last record that is archived.
    #[schema(minimum = 1, maximum = 9_223_372_036_854_775_807_i64)]
    archived_to: u64,
    /// Hash of the block that ends with it, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
}

/// Remove archived records
///
/// For `makegood archive --prune`. Removes records from the beginning of the journal that are in
/// the archive and older than the retention; some of them are kept longer, for they answer
/// idempotency keys. Balances, entries and reports stay as they are; events of these records can
/// no longer be listed. Send it again while `done` is false.
#[utoipa::path(post, path = "/v1/journal/prune", operation_id = "prune_journal", tag = "Journal",
    request_body = PruneBody,
    responses((status = 200, description = "Removed", body = JournalView)))]
pub(crate) async fn handle(mut call: Call<Admin>) -> Result<Reply, Problem> {
    let body: PruneBody = call.json().await?;
    if body.archived_to == 0 || i64::try_from(body.archived_to).is_err() {
        let text = format!("must be from 1 to {}", i64::MAX);
        return Err(refuse("/archived_to", text).into());
    }
    let archived = Archived { seq: body.archived_to, hash: fields::sha256("/hash", &body.hash)? };
    match call.caller.book().remove(archived).await? {
        Removal::Removed { through, is_done } => {
            Ok(Reply::view(StatusCode::OK, &JournalView::new(through, is_done)))
        }
        Removal::KeptForEver => Err(Problem::new(&catalog::JOURNAL_KEPT)),
        Removal::OtherHistory => {
            Err(Problem::new(&catalog::ARCHIVE_OF_ANOTHER_HISTORY).param("/hash"))
        }
    }
}
