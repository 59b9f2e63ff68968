//! `POST /v1/test/clock`: moves the clock of a test book.

use axum::http::StatusCode;
use base::Instant;
use engine::Answer;
use jobs::{Advanced, JobError, advance_test_clock};
use serde::{Deserialize, Serialize};
use serving::Feed;

use crate::call::Call;
use crate::fields;
use crate::problem::{self, Problem, catalog};
use crate::reply::Reply;
use crate::scope::Admin;
use crate::views::book::BookView;

/// The time to move to.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClockInput)]
pub(crate) struct ClockBody {
    /// Later than the book's present time.
    #[schema(format = DateTime, example = "2027-01-01T00:00:00Z")]
    now: String,
}

/// Move the clock of a test book
///
/// Moves it forward and books everything that falls due on the way, each at its own time, before it
/// answers. The clock runs on from there.
#[utoipa::path(post, path = "/v1/test/clock", operation_id = "move_test_clock", tag = "Test books",
    request_body = ClockBody,
    responses((status = 200, description = "Moved", body = BookView)))]
pub(crate) async fn handle(mut call: Call<Admin>) -> Result<Reply, Problem> {
    let body: ClockBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let to = fields::instant("/now", &body.now)?;
    let caller = &call.caller;
    if !caller.book().is_test() {
        return Err(problem::not_a_test_book());
    }
    let actor = caller.key.id;
    let work = caller.book().rails().cloned();
    let keeper = caller.book().feed().cloned();
    let moved = caller.book().work(move |handle, reader| {
        // What viewers did before is billed before slices lapse by the jump.
        if let Some(Err(error)) = keeper.as_ref().and_then(|keeper| keeper.feed()).map(Feed::run) {
            tracing::warn!(%error, "the feed is not up to date before the clock is moved");
        }
        let rails = work.as_ref().and_then(|work| work.caller());
        advance_test_clock(handle, reader, rails, actor, to, operation).map_err(Problem::from)
    });
    let Advanced { decided, .. } = moved.await?;
    caller.book().nudge_claims(None);
    caller.key.wrote(decided.seq);
    match &decided.result {
        Ok(answer) => Ok(answered(answer, to)?.replayed(decided.replayed)),
        Err(refusal) => Err(Problem::refused(refusal, decided.replayed)),
    }
}

/// The answer tells the time that was asked for, so that a repetition gets the same one.
fn answered(answer: &Answer, to: Instant) -> Result<Reply, Problem> {
    match answer {
        Answer::Book { book, .. } => Ok(Reply::view(StatusCode::OK, &BookView::new(book, to))),
        _ => Err(Problem::new(&catalog::UNAVAILABLE)),
    }
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Problem {
        match error {
            JobError::Writer(trouble) => trouble.into(),
            JobError::TooManySteps { reached, .. } => {
                let detail = format!(
                    "More falls due on the way than one call books. The clock has reached \
                     {reached}: send the request again to go on."
                );
                Problem::new(&catalog::BUSY).detail(detail)
            }
            JobError::Clock(refusal) => Problem::refused(&refusal, false),
            JobError::Store(_) | JobError::NoBook | JobError::Panicked => {
                tracing::warn!(%error, "the test clock could not be moved");
                Problem::new(&catalog::UNAVAILABLE)
            }
        }
    }
}
