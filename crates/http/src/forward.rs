//! Finding the process that owns a book, trying again while the book changes hands.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{Method, Response};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::answered::{self, Elsewhere};
use crate::app::App;
use crate::body;
use crate::call::{Arrival, BOOK_PART, Unauthorized, bearer, path_part};
use crate::idempotency;
use crate::neighbors::{Miss, Neighbors, misdirected};
use crate::place::{Place, Whereabouts};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::batch;
use crate::seldom::{OncePerSecond, process_time};
use crate::version::Version;

/// While nobody owns a book every request of it fails; one line a second tells as much.
static WARNINGS: OncePerSecond = OncePerSecond::new();

/// Time between two attempts while nothing is heard of a move.
const PAUSE: Duration = Duration::from_millis(50);

/// The longest of them: each is twice as long as the one before, so that those who wait do not keep
/// a database busy that has no room.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Time that the owner of a book may take to answer: longer than the longest report.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(35);

/// How long a request that must not be repeated is still waited for when the book has moved.
const LATE_ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// How a request was answered.
pub(crate) enum Answered {
    /// By a handler of this process.
    Here(Version, Result<Reply, Problem>),
    /// By another process, or for one.
    There(Response<Body>),
}

/// What is known of a request from its route.
#[derive(Clone, Copy)]
pub(crate) struct Forwarded {
    /// The path as documented.
    pub(crate) route: &'static str,
    /// A process answers it that does not own the book.
    pub(crate) is_anywhere: bool,
    /// The path names the book, and not a key. Such a request is a hint that may come twice.
    pub(crate) names_book: bool,
}

/// Has a request answered by whichever process owns its book. `attempt` answers it here; when it
/// `is_anywhere`, that is tried also where the book is not.
///
/// It is tried again until [`forward_time_max`](crate::Limits::forward_time_max): always when
/// nothing was done, and otherwise when repeating it is safe.
pub(crate) async fn answer<F>(
    arrival: Arrival,
    neighbors: &Neighbors,
    Forwarded { route, is_anywhere, names_book }: Forwarded,
    attempt: impl Fn(Arrival) -> F,
) -> Answered
where
    F: Future<Output = (Version, Result<Reply, Problem>)>,
{
    let Arrival { app, request_id, arrived, mut head, body } = arrival;
    let is_forwarded = neighbors.recognize(&mut head);
    let rebuilt = |head, body| Arrival { app: Arc::clone(&app), request_id, arrived, head, body };
    let Some(place) = place(&app, &mut head, names_book).await else {
        // Without a valid key, or a name, there is no book: it is refused here.
        let (version, outcome) = attempt(rebuilt(head, body)).await;
        return Answered::Here(version, outcome);
    };
    let limits = &app.limits;
    let is_batch = route == batch::PATH;
    let bytes_max = if is_batch { limits.batch_body_bytes_max } else { limits.body_bytes_max };
    let body = match body::collect_in_time(body, bytes_max, limits.body_time_max).await {
        Ok(body) => body,
        Err(problem) => return Answered::Here(Version::NEWEST, Err(problem)),
    };
    let try_here = || attempt(rebuilt(head.clone(), Body::from(body.clone())));
    let mut way = Way {
        counts: &app.answered,
        neighbors,
        head: &head,
        body: &body,
        is_forwarded,
        is_anywhere,
        may_repeat: is_batch || names_book || may_repeat(&head),
        changes: place.watch(),
        pause: PAUSE,
    };
    let deadline = arrived + limits.forward_time_max;
    let mut worst = Miss::NothingDone;
    loop {
        let miss = match way.try_once(&try_here).await {
            Ok(answered) => return answered,
            Err(miss) => miss,
        };
        if is_forwarded {
            return Answered::There(misdirected(miss));
        }
        if miss == Miss::Unknown {
            worst = miss;
        }
        if (miss == Miss::Unknown && !way.may_repeat) || !way.wait(deadline).await {
            let entry = match worst {
                Miss::NothingDone => &catalog::UNAVAILABLE,
                Miss::Unknown => &catalog::OUTCOME_UNKNOWN,
            };
            if WARNINGS.passes(process_time()) {
                let book = place.name();
                tracing::warn!(%book, route, "the owner of a book did not answer");
            }
            return Answered::Here(Version::NEWEST, Err(Problem::new(entry)));
        }
    }
}

/// A request on its way to the owner of its book.
struct Way<'a> {
    counts: &'a answered::Answered,
    neighbors: &'a Neighbors,
    head: &'a Parts,
    body: &'a Bytes,
    is_forwarded: bool,
    is_anywhere: bool,
    may_repeat: bool,
    changes: watch::Receiver<Whereabouts>,
    /// How long the next pause is, when nothing is heard.
    pause: Duration,
}

impl Way<'_> {
    async fn try_once<F>(&mut self, try_here: &impl Fn() -> F) -> Result<Answered, Miss>
    where
        F: Future<Output = (Version, Result<Reply, Problem>)>,
    {
        let whereabouts = self.changes.borrow_and_update().clone();
        match whereabouts {
            Whereabouts::Here(_) => {
                let answer = async {
                    let (version, outcome) = try_here().await;
                    match outcome.as_ref().err().and_then(Problem::miss) {
                        Some(miss) => Err(miss),
                        None => Ok(Answered::Here(version, outcome)),
                    }
                };
                self.unless_moved(answer).await
            }
            Whereabouts::Elsewhere(address) if !self.is_forwarded => {
                let (neighbors, head, body) = (self.neighbors, self.head, self.body);
                let (is_anywhere, counts) = (self.is_anywhere, self.counts);
                let answer = async {
                    if is_anywhere && let Some(answered) = read_here(try_here).await {
                        counts.count_elsewhere(Elsewhere::ReadHere);
                        return Ok(answered);
                    }
                    let answered = neighbors.pass_on(&address, head, body.clone()).await?;
                    counts.count_elsewhere(Elsewhere::PassedOn);
                    Ok(Answered::There(answered))
                };
                let in_time = async {
                    let answer = timeout(ANSWER_TIME_MAX, answer).await;
                    answer.map_err(|_| Miss::Unknown)?
                };
                self.unless_moved(in_time).await
            }
            Whereabouts::Elsewhere(_) | Whereabouts::Nowhere => Err(Miss::NothingDone),
        }
    }

    /// Waits for an answer, but not from a process that has lost the book: it may be asleep.
    async fn unless_moved(
        &mut self,
        answer: impl Future<Output = Result<Answered, Miss>>,
    ) -> Result<Answered, Miss> {
        let mut answer = std::pin::pin!(answer);
        tokio::select! {
            biased;
            answered = &mut answer => return answered,
            _ = self.changes.changed() => self.changes.mark_changed(),
        }
        // One that moves its book away answers first what it has.
        let late = timeout(LATE_ANSWER_TIME_MAX, answer).await;
        late.unwrap_or(Err(Miss::Unknown))
    }

    /// Waits for news of the book, or for a moment; false when the time is up.
    async fn wait(&mut self, deadline: Instant) -> bool {
        let is_nowhere = matches!(*self.changes.borrow(), Whereabouts::Nowhere);
        let until = if is_nowhere { deadline } else { deadline.min(Instant::now() + self.pause) };
        self.pause = PAUSE_MAX.min(2 * self.pause);
        let _ = timeout_at(until, self.changes.changed()).await;
        Instant::now() < deadline
    }
}

/// Answers a list or a report of a book that another process owns. Whatever is odd, that one is to
/// answer itself.
async fn read_here<F>(try_here: &impl Fn() -> F) -> Option<Answered>
where
    F: Future<Output = (Version, Result<Reply, Problem>)>,
{
    let (version, outcome) = try_here().await;
    let is_odd = outcome.as_ref().is_err_and(|problem| problem.status().is_server_error());
    (!is_odd).then_some(Answered::Here(version, outcome))
}

/// The place of the book that the key of a request opens, or opened when keys could be read last,
/// or that its path names.
async fn place(app: &Arc<App>, head: &mut Parts, names_book: bool) -> Option<Arc<Place>> {
    if names_book {
        return app.place(path_part(head, BOOK_PART));
    }
    let text = bearer(&head.headers)?;
    match app.key(text).await {
        Ok(key) => Some(Arc::clone(&key.place)),
        // Whoever answers reads the keys first.
        Err(problem) if problem.miss().is_some() => app.last_place(text),
        Err(_) => {
            head.extensions.insert(Unauthorized);
            None
        }
    }
}

/// Whether a request has one effect at most however often it is sent.
fn may_repeat(head: &Parts) -> bool {
    head.method == Method::GET || head.headers.contains_key(idempotency::HEADER)
}
