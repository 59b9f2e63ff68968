//! The one way in for browsers: who may pass, and what every answer carries.

use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use outside::people::{AccountRows, KnownPerson, PeopleError};
use people::{Permission, Refusal, Session};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::cookies::{BrowserToken, Cookie};
use super::reading::Sent;
use super::site::Site;
use crate::app::App;
use crate::browsers;
use crate::call::Arrival;
use crate::endpoint::{About, arrive, finish_here, span};
use crate::problem::{Problem, catalog};
use crate::query::{self, Query};
use crate::reply::{Reply, respond};
use crate::version::Version;
use crate::{blocking, body, client_address};

/// The header by which scripts of our pages show that a request is theirs.
const CSRF_HEADER: &str = "x-csrf-token";

/// Nothing is loaded from anywhere, and nobody frames us.
const POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// An answer to a browser.
pub(crate) struct Answer {
    reply: Reply,
    cookies: Vec<HeaderValue>,
}

impl Answer {
    /// JSON of a view.
    pub(crate) fn view(status: StatusCode, view: &impl Serialize) -> Answer {
        Answer { reply: Reply::view(status, view), cookies: Vec::new() }
    }

    /// The same with a cookie.
    pub(crate) fn with(mut self, cookie: HeaderValue) -> Answer {
        self.cookies.push(cookie);
        self
    }
}

/// What a handler can take: it says who may call.
pub(crate) trait Entrance: Sized + Send + 'static {
    /// What whoever calls must be permitted; `None` when nobody needs to be signed in.
    const PERMISSION: Option<Permission>;

    /// Lets a visitor in or says why not.
    fn enter(visitor: Visitor) -> impl Future<Output = Result<Self, Problem>> + Send;
}

/// A browser of which nothing is known but that it shows our pages.
pub(crate) struct Visitor {
    pub(crate) app: Arc<App>,
    head: Parts,
    sent: Sent,
}

impl Entrance for Visitor {
    const PERMISSION: Option<Permission> = None;

    async fn enter(visitor: Visitor) -> Result<Visitor, Problem> {
        Ok(visitor)
    }
}

impl Visitor {
    /// Reads a request; one that changes something must come from our own pages.
    async fn arrive(arrival: Arrival) -> Result<Visitor, Problem> {
        let Arrival { app, head, body, .. } = arrival;
        let Some(site) = app.site() else {
            return Err(Problem::new(&catalog::NOT_FOUND));
        };
        if head.method != Method::GET && !browsers::is_of_our_page(&head.headers, &site.origin) {
            return Err(Problem::new(&catalog::FOREIGN_REQUEST));
        }
        let limits = &app.limits;
        let bytes = body::collect_in_time(body, limits.body_bytes_max, limits.body_time_max);
        let sent = Sent::read(&head.headers, &bytes.await?)?;
        Ok(Visitor { app, head, sent })
    }

    pub(crate) fn site(&self) -> &Site {
        site_of(&self.app)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Where the browser is, as far as can be told.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        client_address::of(&self.head)
    }

    /// The token of a cookie of ours.
    pub(crate) fn token(&self, cookie: Cookie) -> Option<BrowserToken> {
        cookie.read(self.headers(), self.site())
    }

    /// A part of the path, counted from 1 behind the first slash; empty when there is none.
    pub(crate) fn part(&self, number: usize) -> &str {
        self.head.uri.path().split('/').nth(number).unwrap_or("")
    }

    /// The parameters of the query.
    ///
    /// # Errors
    ///
    /// `invalid_request` with the name of one that does not exist or appears twice.
    pub(crate) fn query<Q: Query>(&self) -> Result<Q, Problem> {
        query::read(&self.head.uri)
    }

    /// The members of the body.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.sent.parse()
    }

    /// What the form or script shows to be of a page that knows the session.
    fn csrf(&self) -> Option<&str> {
        let header = self.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        header.or(self.sent.csrf.as_deref())
    }
}

/// A permission as a type: a handler takes a `Signed<P>`, so it cannot forget.
pub(crate) trait Allowed: Send + Sync + 'static {
    const PERMISSION: Permission;
}

/// Their own ways to sign in and sessions.
pub(crate) enum OwnAccount {}

impl Allowed for OwnAccount {
    const PERMISSION: Permission = Permission::OwnAccount;
}

/// Their own cards and what they are worth.
pub(crate) enum OwnCards {}

impl Allowed for OwnCards {
    const PERMISSION: Permission = Permission::OwnCards;
}

/// Finding customers and what is theirs.
pub(crate) enum FindPersons {}

impl Allowed for FindPersons {
    const PERMISSION: Permission = Permission::FindPersons;
}

/// Answering requests of customers.
pub(crate) enum AnswerRequests {}

impl Allowed for AnswerRequests {
    const PERMISSION: Permission = Permission::AnswerRequests;
}

/// Giving and taking roles.
pub(crate) enum ManagePeople {}

impl Allowed for ManagePeople {
    const PERMISSION: Permission = Permission::ManagePeople;
}

/// Being the second person when something is done to the account of somebody.
pub(crate) enum ApprovePeople {}

impl Allowed for ApprovePeople {
    const PERMISSION: Permission = Permission::ApprovePeople;
}

/// Somebody who is signed in and may do `P`, by a request that their own page has sent.
pub(crate) struct Signed<P> {
    pub(crate) visitor: Visitor,
    pub(crate) known: KnownPerson,
    pub(crate) session: Session,
    pub(crate) token: BrowserToken,
    permission: PhantomData<fn() -> P>,
}

impl<P: Allowed> Entrance for Signed<P> {
    const PERMISSION: Option<Permission> = Some(P::PERMISSION);

    async fn enter(visitor: Visitor) -> Result<Signed<P>, Problem> {
        let ended = || refused(Refusal::SessionEnded);
        let token = visitor.token(Cookie::Session).ok_or_else(ended)?;
        let hash = token.hash(&visitor.app, visitor.site(), Cookie::Session);
        let found = transact(&visitor.app, move |app, _, rows| {
            let Some(session) = rows.session(hash)? else { return Ok(Err(Refusal::SessionEnded)) };
            let Some(known) = rows.person(session.person)? else {
                return Ok(Err(Refusal::SessionEnded));
            };
            let now = app.now();
            if let Err(refusal) = session.require(&known.person, P::PERMISSION, now) {
                return Ok(Err(refusal));
            }
            let touched = session.touched(now);
            if let Some(touched) = &touched {
                rows.put_session(touched)?;
            }
            Ok(Ok((known, touched.unwrap_or(session))))
        });
        let (known, session) = found.await?.map_err(refused)?;
        if visitor.head.method != Method::GET {
            let expected = token.csrf(&visitor.app, visitor.site());
            let shown = visitor.csrf().and_then(read_hash);
            if shown != Some(expected) {
                return Err(Problem::new(&catalog::FOREIGN_REQUEST));
            }
        }
        Ok(Signed { visitor, known, session, token, permission: PhantomData })
    }
}

impl<P> Signed<P> {
    /// Refuses a session whose last proof is too long ago to change ways in.
    pub(crate) fn require_fresh(&self) -> Result<(), Problem> {
        self.session.require_fresh(self.visitor.app.now()).map_err(refused)
    }
}

/// Serves `handler` for a method of a path.
pub(crate) fn door<E, H, F>(
    method: MethodFilter,
    route: &'static str,
    handler: H,
) -> MethodRouter<Arc<App>>
where
    E: Entrance,
    H: Fn(E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    on(method, move |State(app): State<Arc<App>>, request: Request| {
        let handler = handler.clone();
        let request_id = app.new_id();
        let answer = async move {
            let watched = app.watch.keep(request.method(), request.headers());
            let arrival = arrive(Arc::clone(&app), request, request_id);
            let about = About { route, request_id, arrived: arrival.arrived, watched };
            let (outcome, cookies, next) = attempt(&handler, arrival).await;
            finish_here(&app, &about, &outcome);
            let is_success = outcome.is_ok();
            let mut response = respond(outcome, request_id, Version::NEWEST);
            if let Some(next) = next.filter(|_| is_success) {
                go_on(&mut response, &next);
            }
            harden(&mut response, cookies, app.site().is_some_and(Site::is_secure));
            response
        };
        answer.instrument(span(request_id))
    })
}

type Attempted = (Result<Reply, Problem>, Vec<HeaderValue>, Option<String>);

async fn attempt<E, H, F>(handler: &H, arrival: Arrival) -> Attempted
where
    E: Entrance,
    H: Fn(E) -> F,
    F: Future<Output = Result<Answer, Problem>>,
{
    let mut next = None;
    let answered = async {
        let visitor = Visitor::arrive(arrival).await?;
        next.clone_from(&visitor.sent.next);
        handler(E::enter(visitor).await?).await
    };
    match answered.await {
        Ok(Answer { reply, cookies }) => (Ok(reply), cookies, next),
        Err(problem) => (Err(problem), Vec::new(), next),
    }
}

/// A form without scripts is sent on to a page (RFC 9110, section 15.4.4).
fn go_on(response: &mut Response<Body>, next: &str) {
    if let Ok(location) = HeaderValue::try_from(next) {
        *response.status_mut() = StatusCode::SEE_OTHER;
        response.headers_mut().insert(LOCATION, location);
    }
}

fn harden(response: &mut Response<Body>, cookies: Vec<HeaderValue>, is_secure: bool) {
    let headers = response.headers_mut();
    browsers::harden(headers, POLICY);
    let name = HeaderName::from_static("x-frame-options");
    headers.insert(name, HeaderValue::from_static("DENY"));
    if is_secure {
        let name = HeaderName::from_static("strict-transport-security");
        headers.insert(name, HeaderValue::from_static("max-age=31536000"));
    }
    // Browsers are asked for no key.
    headers.remove(WWW_AUTHENTICATE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

/// Does work on the accounts of the site as one step, without blocking the other requests.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn transact<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App, &Site, &AccountRows<'_>) -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, Problem> {
    in_background(app, move |app| {
        let site = site_of(app);
        site.accounts.transact(site.book.as_str(), |rows| work(app, site, rows))
    })
    .await
}

/// Seals and opens texts of persons, without blocking the other requests.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn in_background<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(app);
    let done = blocking::spawn(move || work(&app)).await;
    done.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.map_err(|error| {
        tracing::error!(%error, "accounts cannot be used");
        Problem::new(&catalog::UNAVAILABLE)
    })
}

/// The problem of a refusal.
pub(crate) fn refused(refusal: Refusal) -> Problem {
    Problem::new(catalog::of_people(refusal))
}

/// The same, with how long to wait.
pub(crate) fn refused_at(refusal: Refusal, app: &App) -> Problem {
    let problem = refused(refusal);
    match refusal {
        Refusal::Wait(until) => {
            problem.retry_after(until.since(app.now()).unwrap_or(base::Span::seconds(1)))
        }
        _ => problem,
    }
}

fn site_of(app: &App) -> &Site {
    app.site().expect("nobody gets here without a site")
}

/// Text of a hash, for forms and scripts.
pub(crate) fn write_hash(hash: people::SecretHash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn read_hash(text: &str) -> Option<people::SecretHash> {
    let digits = text.as_bytes();
    if digits.len() != 2 * people::HASH_BYTES {
        return None;
    }
    let mut bytes = [0; people::HASH_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = crate::query::hex_digit(pair[0])? << 4 | crate::query::hex_digit(pair[1])?;
    }
    Some(people::SecretHash(bytes))
}
