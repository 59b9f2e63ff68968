//! What the owner of a book tells whoever is about to read its tables: how far they are, proven
//! after the request came in. A reader that does not show as much reads something else.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use base::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Head, Reader};
use writer::Trouble;

use crate::app::App;
use crate::book::Book;
use crate::endpoint::not_found;
use crate::neighbors::{Miss, Neighbors, misdirected};
use crate::problem::{Problem, catalog};
use crate::seldom::{OncePerSecond, process_time};

/// Where a process asks the owner of a book. It is no part of the documented API: without the
/// secret of the installation there is nothing here.
pub(crate) const PATH: &str = "/internal/v1/flush";

/// Bytes of a question; a name and a number.
const QUESTION_BYTES_MAX: usize = 1 << 10;

/// A reader behind another server fails every list; one line a second tells as much.
static WARNINGS: OncePerSecond = OncePerSecond::new();

/// Where a book stood when its owner was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    epoch: u64,
    seq: u64,
    watermark: u64,
    /// The book's time.
    pub(crate) now: Instant,
}

/// What is asked: every change of `book` up to `seq` is to be in the tables.
#[derive(Deserialize, Serialize)]
struct Question {
    book: String,
    seq: u64,
}

/// A [`Sight`] on its way from one process to another.
#[derive(Deserialize, Serialize)]
struct SightBody {
    epoch: u64,
    seq: u64,
    watermark: u64,
    now_micros: i64,
}

impl Sight {
    /// Has every change up to `seq` brought to the tables, by the writer of a book that is here.
    /// It answers within its lease only.
    ///
    /// # Errors
    ///
    /// Those of [`Trouble`].
    pub(crate) async fn of_book(book: &Book, seq: u64) -> Result<Sight, Problem> {
        let Head { epoch, seq, watermark, .. } = book.flush(seq).await?;
        Ok(Sight { epoch, seq, watermark, now: book.time().await? })
    }

    /// The same for a book whose owner is the process at `address`; `None` when it does not say.
    pub(crate) async fn of_neighbor(
        neighbors: &Neighbors,
        address: &str,
        book: &str,
        seq: u64,
    ) -> Option<Sight> {
        let question = serde_json::to_vec(&Question { book: book.to_owned(), seq }).ok()?;
        let answer = neighbors.ask(address, PATH, question).await?;
        let SightBody { epoch, seq, watermark, now_micros } =
            serde_json::from_slice(&answer).ok()?;
        Some(Sight { epoch, seq, watermark, now: Instant::from_micros(now_micros) })
    }

    /// Reads from one state of the tables, which shows at least this.
    ///
    /// # Errors
    ///
    /// `unavailable` when it shows less, or belongs to another owner; nothing was read then.
    pub(crate) fn shown_by<T>(
        self,
        reader: &mut dyn Reader,
        read: impl FnOnce(&mut dyn Reader) -> T,
    ) -> Result<T, Problem> {
        let (mut read, mut outcome) = (Some(read), None);
        let shown = reader.snapshot(&mut |reader| {
            outcome = read.take().map(|read| {
                let head = reader.head()?;
                Ok(self.is_within(&head).then(|| read(reader)))
            });
        });
        match shown.and_then(|()| outcome.unwrap_or(Ok(None))) {
            Ok(Some(read)) => Ok(read),
            Ok(None) => {
                if WARNINGS.passes(process_time()) {
                    tracing::warn!("a reader shows another state than the owner of the book");
                }
                Err(Trouble::Moved.into())
            }
            Err(error) => {
                tracing::warn!(%error, "a reader failed");
                Err(Problem::new(&catalog::UNAVAILABLE).missed(Miss::NothingDone))
            }
        }
    }

    fn is_within(self, head: &Head) -> bool {
        let Sight { epoch, seq, watermark, .. } = self;
        head.epoch == epoch && head.seq >= seq && head.watermark >= watermark
    }
}

/// Answers another process that is about to read the tables of a book which is here. Whatever is
/// odd, that process passes the request on instead.
pub(crate) async fn answer(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    if !app.neighbors().is_some_and(|neighbors| neighbors.recognize(&mut head)) {
        return not_found(State(app), Request::from_parts(head, body)).await;
    }
    match told(&app, body).await {
        Ok(body) => Response::new(Body::from(body)),
        Err(_) => misdirected(Miss::NothingDone),
    }
}

async fn told(app: &App, body: Body) -> Result<Vec<u8>, Problem> {
    let not_understood = || Problem::new(&catalog::INVALID_REQUEST);
    let bytes = axum::body::to_bytes(body, QUESTION_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| not_understood())?;
    let question: Question = serde_json::from_slice(&bytes).map_err(|_| not_understood())?;
    let book = app.book(&question.book).ok_or(Trouble::Moved)?;
    let Sight { epoch, seq, watermark, now } = Sight::of_book(&book, question.seq).await?;
    let body = SightBody { epoch, seq, watermark, now_micros: now.micros() };
    serde_json::to_vec(&body).map_err(|_| not_understood())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::MemoryBook;

    #[test]
    fn a_reader_must_show_what_the_owner_told() {
        let sight = Sight { epoch: 3, seq: 20, watermark: 10, now: Instant::MIN };
        let check = |epoch, seq, watermark, expected| {
            let head = Head { epoch, seq, watermark, ..Head::EMPTY };
            assert_eq!(sight.is_within(&head), expected, "{head:?}");
        };
        check(3, 20, 10, true);
        check(3, 21, 20, true);
        check(3, 19, 10, false);
        check(3, 20, 9, false);
        check(2, 20, 10, false);
        check(4, 30, 30, false);
    }

    #[test]
    fn nothing_is_read_where_less_is_shown() {
        let mut reader = MemoryBook::new().reader();
        let empty = Sight { epoch: 0, seq: 0, watermark: 0, now: Instant::MIN };
        assert_eq!(empty.shown_by(&mut reader, |_| 7).unwrap(), 7);
        let more = Sight { seq: 1, ..empty };
        let problem = more.shown_by::<()>(&mut reader, |_| panic!("it was read"));
        assert_eq!(problem.unwrap_err().miss(), Some(Miss::NothingDone));
    }
}
