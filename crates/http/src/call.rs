//! Admitted requests: what a handler is given.

use std::future::Future;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base::{RequestId, TypedId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use writer::{Operation, Trouble};

use crate::app::App;
use crate::body;
use crate::book::Book;
use crate::guesses::Peer;
use crate::idempotency::{self, IdempotencyKey};
use crate::keys::ApiKey;
use crate::problem::catalog::Entry;
use crate::problem::{Problem, catalog};
use crate::query::{self, Query};
use crate::scope::Scope;
use crate::version::Version;

/// A request that has just come in.
pub(crate) struct Arrival {
    pub(crate) app: Arc<App>,
    pub(crate) request_id: RequestId,
    pub(crate) arrived: Instant,
    pub(crate) head: Parts,
    pub(crate) body: Body,
}

/// Mark of a request whose key was found not to be valid, which takes a moment: it is not looked
/// for again.
#[derive(Clone, Copy)]
pub(crate) struct Unauthorized;

/// What a handler can take: it says who may call.
pub(crate) trait Admission: Sized + Send + 'static {
    /// The scope to name in the documentation; `None` when no key is needed.
    const SCOPE: Option<&'static str>;

    /// Whether a process answers it that does not own the book.
    const IS_ANYWHERE: bool;

    /// Whether the path names the book, at [`BOOK_PART`], since there is no key that does.
    const NAMES_BOOK: bool = false;

    /// Admits the request or answers why not, with the version to answer in.
    fn admit(arrival: Arrival) -> impl Future<Output = Result<(Self, Version), Problem>> + Send;
}

/// A request without key, for pages about the server itself.
pub(crate) struct Visit {
    pub(crate) app: Arc<App>,
}

impl Admission for Visit {
    const SCOPE: Option<&'static str> = None;
    const IS_ANYWHERE: bool = true;

    async fn admit(arrival: Arrival) -> Result<(Visit, Version), Problem> {
        Ok((Visit { app: arrival.app }, Version::NEWEST))
    }
}

/// The part of a path that names a book, where one does: `/v1/rails/{rail}/webhooks/{book}`.
pub(crate) const BOOK_PART: usize = 5;

/// A message of somebody who has no key, but signs what is sent. Whoever handles it checks that.
pub(crate) struct Told {
    pub(crate) app: Arc<App>,
    head: Parts,
    body: Body,
}

impl Admission for Told {
    const SCOPE: Option<&'static str> = None;
    const IS_ANYWHERE: bool = false;
    const NAMES_BOOK: bool = true;

    async fn admit(arrival: Arrival) -> Result<(Told, Version), Problem> {
        let Arrival { app, head, body, .. } = arrival;
        Ok((Told { app, head, body }, Version::NEWEST))
    }
}

impl Told {
    /// A part of the path, as in [`Call::path_id_at`].
    pub(crate) fn path_part(&self, part: usize) -> &str {
        path_part(&self.head, part)
    }

    /// What came with it.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The body as it came, which is what was signed.
    pub(crate) async fn body(&mut self) -> Result<Bytes, Problem> {
        let body = std::mem::take(&mut self.body);
        let limits = &self.app.limits;
        body::collect_in_time(body, limits.body_bytes_max, limits.body_time_max).await
    }

    /// Why a book is not here: there is none of this name, or it changes hands.
    pub(crate) fn missing(&self, name: &str) -> Problem {
        match self.app.has_place(name) {
            true => Problem::from(Trouble::Moved),
            false => Problem::new(&catalog::NOT_FOUND),
        }
    }
}

/// A part of a path, counted from 1 behind the first slash; nothing when there is none.
pub(crate) fn path_part(head: &Parts, part: usize) -> &str {
    head.uri.path().split('/').nth(part).unwrap_or("")
}

/// A request whose key is valid.
pub(crate) struct Asked {
    pub(crate) app: Arc<App>,
    pub(crate) key: Arc<ApiKey>,
    pub(crate) request_id: RequestId,
    pub(crate) arrived: Instant,
    /// Where the connection comes from; `None` without a socket.
    pub(crate) peer: Option<Peer>,
}

/// What a caller wants of the book: to use it, or to read it.
pub(crate) trait Role: Sized + Send + 'static {
    /// Whether a process answers that does not own the book.
    const IS_ANYWHERE: bool;

    /// Finds what it takes.
    ///
    /// # Errors
    ///
    /// `unavailable` where the book is not.
    fn of(asked: Asked) -> Result<Self, Problem>;
}

/// Who calls, and on whose behalf.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) app: Arc<App>,
    pub(crate) key: Arc<ApiKey>,
    book: Arc<Book>,
    pub(crate) request_id: RequestId,
    pub(crate) arrived: Instant,
    /// Where the connection comes from; `None` without a socket.
    pub(crate) peer: Option<Peer>,
}

impl Role for Caller {
    const IS_ANYWHERE: bool = false;

    fn of(asked: Asked) -> Result<Caller, Problem> {
        let Asked { app, key, request_id, arrived, peer } = asked;
        // It may have moved away since somebody looked.
        let book = key.place.book().ok_or(Trouble::Moved)?;
        Ok(Caller { app, key, book, request_id, arrived, peer })
    }
}

impl Caller {
    /// The book of the key: the only one that exists for this caller.
    pub(crate) fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// Refuses a caller without the scope `S`.
    pub(crate) fn require<S: Scope>(&self) -> Result<(), Problem> {
        require::<S>(&self.key)
    }

    /// The operation of a request of this caller.
    pub(crate) fn operation(
        &self,
        key: IdempotencyKey<'_>,
        (method, path): (&str, &str),
        body: &impl Serialize,
    ) -> Operation {
        let (ring, book) = (&self.app.ring, self.book().name());
        idempotency::operation(ring, book, key, (method, path), body)
    }
}

/// A request whose key has the scope `S`.
pub(crate) struct Call<S, C = Caller> {
    pub(crate) caller: C,
    head: Parts,
    body: Body,
    scope: PhantomData<fn() -> S>,
}

impl<S: Scope, C: Role> Admission for Call<S, C> {
    const SCOPE: Option<&'static str> = Some(S::NAME);
    const IS_ANYWHERE: bool = C::IS_ANYWHERE;

    async fn admit(arrival: Arrival) -> Result<(Self, Version), Problem> {
        let Arrival { app, request_id, arrived, head, body } = arrival;
        let requested = Version::requested(&head.headers)?;
        let unauthorized = || Problem::new(&catalog::UNAUTHORIZED);
        let text = bearer(&head.headers).ok_or_else(unauthorized)?;
        if head.extensions.get::<Unauthorized>().is_some() {
            return Err(unauthorized());
        }
        let key = app.key(text).await?;
        let version = requested.unwrap_or(key.version);
        let peer = head.extensions.get().copied();
        require::<S>(&key)?;
        let caller = C::of(Asked { app, key, request_id, arrived, peer })?;
        Ok((Call { caller, head, body, scope: PhantomData }, version))
    }
}

impl<S, C> Call<S, C> {
    /// The id in the path, which is always the third part: `/v1/holds/{id}/capture`. Text that is
    /// no such id names nothing, so the answer is `missing` too.
    pub(crate) fn path_id<Id: TypedId>(&self, missing: &'static Entry) -> Result<Id, Problem> {
        self.path_id_at(3, missing)
    }

    /// The same for paths whose id is another part.
    pub(crate) fn path_id_at<Id: TypedId>(
        &self,
        part: usize,
        missing: &'static Entry,
    ) -> Result<Id, Problem> {
        path_part(&self.head, part).parse().map_err(|_| Problem::new(missing))
    }

    /// A part of the path as it was sent.
    pub(crate) fn path_text(&self, part: usize) -> &str {
        path_part(&self.head, part)
    }

    /// A short name in the path, such as that of a tender.
    pub(crate) fn path_name<T: FromStr>(
        &self,
        part: usize,
        missing: &'static Entry,
    ) -> Result<T, Problem> {
        let text = self.head.uri.path().split('/').nth(part).unwrap_or("");
        text.parse().map_err(|_| Problem::new(missing))
    }

    /// Whether the caller would rather read plain text than JSON.
    pub(crate) fn wants_text(&self) -> bool {
        self.prefers("text/plain")
    }

    /// Whether the caller would rather have a sheet than JSON.
    pub(crate) fn wants_sheet(&self) -> bool {
        self.prefers("text/csv")
    }

    fn prefers(&self, text: &str) -> bool {
        let wanted = self.head.headers.get_all(header::ACCEPT).iter();
        let wanted = wanted.filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(','));
        // The first that we can make decides; nobody needs weights for two forms.
        let form = |range: &str| match range.split(';').next().unwrap_or("").trim() {
            range if range == text || range == "text/*" => Some(true),
            "application/json" | "application/*" | "*/*" => Some(false),
            _ => None,
        };
        wanted.filter_map(form).next().unwrap_or(false)
    }

    /// The parameters of the query string.
    ///
    /// # Errors
    ///
    /// `invalid_request` with the name of the parameter at fault.
    pub(crate) fn query<Q: Query>(&self) -> Result<Q, Problem> {
        query::read(&self.head.uri)
    }
}

impl<S> Call<S> {
    /// The JSON body as `T`.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let bytes_max = self.caller.app.limits.body_bytes_max;
        body::parse(&self.bytes(bytes_max).await?)
    }

    /// The body as it came.
    pub(crate) async fn bytes(&mut self, bytes_max: usize) -> Result<Bytes, Problem> {
        let body = std::mem::take(&mut self.body);
        let time_max = self.caller.app.limits.body_time_max;
        body::read(&self.head.headers, body, bytes_max, time_max).await
    }

    /// The operation of a call that moves money.
    ///
    /// # Errors
    ///
    /// `idempotency_key_required`, `invalid_idempotency_key`.
    pub(crate) fn operation(&self, body: &impl Serialize) -> Result<Operation, Problem> {
        let operation = self.operation_if_any(body)?;
        let required = || Problem::new(&catalog::IDEMPOTENCY_KEY_REQUIRED).param("Idempotency-Key");
        operation.ok_or_else(required)
    }

    /// The operation of a call that is harmless to repeat, when it has a key.
    ///
    /// # Errors
    ///
    /// `invalid_idempotency_key`.
    pub(crate) fn operation_if_any(
        &self,
        body: &impl Serialize,
    ) -> Result<Option<Operation>, Problem> {
        let key = IdempotencyKey::of(&self.head.headers)?;
        let place = (self.head.method.as_str(), self.head.uri.path());
        Ok(key.map(|key| self.caller.operation(key, place, body)))
    }

    /// The idempotency key itself.
    pub(crate) fn idempotency_key(&self) -> Result<Option<IdempotencyKey<'_>>, Problem> {
        IdempotencyKey::of(&self.head.headers)
    }
}

/// Refuses a key without the scope `S`.
fn require<S: Scope>(key: &ApiKey) -> Result<(), Problem> {
    if S::allows(key.scopes) {
        return Ok(());
    }
    let detail = format!("Use a key with the scope {}.", S::NAME);
    Err(Problem::new(&catalog::INSUFFICIENT_SCOPE).detail(detail))
}

/// The token of RFC 6750, section 2.1.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim_start())
}
