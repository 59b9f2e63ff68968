//! A request for a page: who asks, what they sent, and how the API is asked for them.

mod kept;
mod looked_at;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use outside::random::{Randomness, SystemRandomness};
use pages::customer::{RefusedView, refused_page};
use pages::{Language, Visit, Words, Zone};
use people::{Permission, Role};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::address::{local, pairs, with};
use crate::inside::{Inside, Refused, read};
use crate::shown::Shown;
use crate::{Shop, inside};

pub(crate) use looked_at::astray;
use looked_at::looked_at;

/// Bytes of a form.
const FORM_BYTES_MAX: usize = 64 << 10;

/// Time in which a form must arrive.
const FORM_TIME_MAX: Duration = Duration::from_secs(10);

/// What all pages share.
pub(crate) struct Site {
    pub(crate) shop: Shop,
    inside: Inside,
}

impl Site {
    pub(crate) fn new(api: axum::Router, shop: Shop) -> Site {
        Site { inside: Inside::new(api, &shop.key), shop }
    }
}

/// Somebody who has signed in, as `GET /account/session` tells.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Who {
    pub(crate) person: String,
    pub(crate) roles: Vec<String>,
    pub(crate) permissions: Vec<String>,
    /// By what they have signed in.
    pub(crate) ways: Vec<String>,
    pub(crate) csrf: String,
}

impl Who {
    /// Whether they may do this.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.permissions.iter().any(|name| name == permission.as_str())
    }

    /// Why they may not, as the endpoints for browsers say it: whoever has the role needs a
    /// passkey that counts for it, and nobody can help them by giving roles.
    fn why_not(&self, permission: Permission) -> &'static str {
        let mut roles = self.roles.iter().filter_map(|name| Role::from_name(name));
        let has_role = roles.any(|role| role.permissions().allows(permission));
        match (has_role, self.ways.iter().any(|way| way == "passkey")) {
            (false, _) => "not_permitted",
            (true, true) => "passkey_not_confirmed",
            (true, false) => "stronger_sign_in_needed",
        }
    }
}

/// Who may see a page, as a type: a handler takes a `Page<P>`, so it cannot forget.
pub(crate) trait Guest: Send + Sync + 'static {
    /// What whoever asks must be permitted; `None` when nobody needs to be signed in.
    const PERMISSION: Option<Permission>;
}

macro_rules! guests {
    ($($(#[doc = $doc:literal])+ $name:ident = $permission:expr;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) enum $name {}

        impl Guest for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )+};
}

guests! {
    /// Anybody, signed in or not.
    Anybody = None;
    /// Whoever is signed in.
    OwnAccount = Some(Permission::OwnAccount);
    /// Customers, with what is theirs.
    OwnCards = Some(Permission::OwnCards);
    /// Advertisers, with what is theirs.
    OwnPromotions = Some(Permission::OwnPromotions);
    /// Support: finding customers and what is theirs.
    FindPersons = Some(Permission::FindPersons);
    /// Support: changing cards of customers.
    HelpWithCards = Some(Permission::HelpWithCards);
    /// Support: answering requests.
    AnswerRequests = Some(Permission::AnswerRequests);
    /// Reading claims.
    ReadClaims = Some(Permission::ReadClaims);
    /// Deciding claims.
    DecideClaims = Some(Permission::DecideClaims);
    /// Being the second person of a decision.
    ApproveClaims = Some(Permission::ApproveClaims);
    /// Reading the ledger and reports.
    ReadMoney = Some(Permission::ReadMoney);
}

/// A request for a page by somebody who may see it.
pub(crate) struct Page<P> {
    /// The texts.
    pub(crate) words: Words,
    /// Who asks, when they are signed in.
    pub(crate) who: Option<Who>,
    site: Arc<Site>,
    head: Parts,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    /// What the forms of this page send along.
    once: String,
    /// What the browser is to remember.
    cookies: Mutex<Vec<HeaderValue>>,
    guest: PhantomData<fn() -> P>,
}

impl<P: Guest> Page<P> {
    pub(crate) fn shop(&self) -> &Shop {
        &self.site.shop
    }

    /// What every page knows.
    pub(crate) fn visit(&self) -> Visit<'_> {
        let path = looked_at(self.path());
        let is_console = path == "/console" || path.starts_with("/console/");
        Visit {
            words: self.words,
            shop: &self.site.shop.name,
            zone: match &self.who {
                None => Zone::Open,
                Some(who) if is_console => Zone::Console {
                    requests: who.may(Permission::AnswerRequests),
                    claims: who.may(Permission::ReadClaims),
                    finance: who.may(Permission::ReadMoney),
                },
                Some(_) => Zone::Customer,
            },
            path,
            csrf: self.who.as_ref().map_or("", |who| &who.csrf),
            once: &self.once,
        }
    }

    /// The path of the request.
    pub(crate) fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// A part of the path, counted from 1 behind the first slash. What cannot be part of an id is
    /// nothing, so that it can stand in a path of the API.
    pub(crate) fn part(&self, number: usize) -> &str {
        let part = self.path().split('/').nth(number).unwrap_or("");
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if part.bytes().all(is_plain) && !part.contains("..") { part } else { "" }
    }

    /// A text of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A field of the form, without blanks around it; empty when it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        find(&self.form, name).unwrap_or("").trim()
    }

    /// Every text of the form under a name, for what may be chosen together.
    pub(crate) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.form.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Every text of the query under a name.
    pub(crate) fn queries<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// What is ticked in the form, of fields whose names begin like that: the rest of their names.
    pub(crate) fn ticked<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = &'a str> {
        let ticked = self.form.iter().filter(|(_, value)| value == "yes");
        ticked.filter_map(move |(name, _)| name.strip_prefix(beginning))
    }

    /// Where to go on afterwards: a path of this site that form or query name.
    pub(crate) fn next(&self) -> &str {
        let asked = find(&self.form, "next").or_else(|| self.query("next"));
        asked.and_then(local).unwrap_or("/")
    }

    /// The address of whoever asks; `None` where nothing tells it, such as behind a proxy that does
    /// not write it down.
    pub(crate) fn address(&self) -> Option<String> {
        http::client_address(&self.head).map(|ip| ip.to_string())
    }

    /// Whoever asks, for budgets that the API keeps of clients: by their address. Where that is not
    /// known, everybody who has signed in has a budget of their own, and all others share one.
    pub(crate) fn client(&self) -> Value {
        let agent = self.head.headers.get("user-agent").and_then(|value| value.to_str().ok());
        let agent: String = agent.unwrap_or("").chars().take(200).collect();
        let mut client = match self.address() {
            Some(ip) => serde_json::json!({"ip": ip}),
            None => {
                let person = self.who.as_ref().map(|who| &*who.person);
                serde_json::json!({"session": person.unwrap_or("nobody is known")})
            }
        };
        if !agent.is_empty() {
            client["user_agent"] = Value::from(agent);
        }
        client
    }

    /// Asks the API for something.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refused> {
        read(self.site.inside.call(Method::GET, path, None, None).await?)
    }

    /// Has the API do something, once for the form that was sent, however often it is sent.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Refused> {
        self.change(Method::POST, path, body).await
    }

    /// The same, once for something that several forms are about, by a name of its own.
    pub(crate) async fn post_once<T: DeserializeOwned>(
        &self,
        once: &str,
        path: &str,
        body: &Value,
    ) -> Result<T, Refused> {
        read(self.site.inside.call(Method::POST, path, Some(body), Some(&key(once, path))).await?)
    }

    /// The same where a form makes several calls to one path: `which` tells them apart.
    pub(crate) async fn post_one_of<T: DeserializeOwned>(
        &self,
        path: &str,
        which: &str,
        body: &Value,
    ) -> Result<T, Refused> {
        let key = self.key(&format!("{path}/{which}"));
        read(self.site.inside.call(Method::POST, path, Some(body), Some(&key)).await?)
    }

    /// The same for changes of what is there.
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Refused> {
        self.change(Method::PATCH, path, body).await
    }

    /// The same for what is taken away.
    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refused> {
        let key = self.key(path);
        read(self.site.inside.call(Method::DELETE, path, None, Some(&key)).await?)
    }

    async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, Refused> {
        let key = self.key(path);
        read(self.site.inside.call(method, path, Some(body), Some(&key)).await?)
    }

    /// The key of a call that this form makes: other for each path, so that a form can make
    /// several.
    pub(crate) fn key(&self, path: &str) -> String {
        let once = self.field("once");
        key(if once.is_empty() { &self.once } else { once }, path)
    }

    /// Asks an endpoint for browsers as the browser itself; cookies go on to it.
    pub(crate) async fn as_browser(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Refused> {
        let browser = (&self.head.headers, &self.head.extensions);
        let csrf = self.who.as_ref().map(|who| &*who.csrf);
        let answered = self.site.inside.as_browser(method, path, body, browser, csrf).await?;
        self.lock_cookies().extend(answered.headers.get_all(SET_COOKIE).into_iter().cloned());
        Ok(answered.json)
    }

    /// What the browser is to remember.
    fn lock_cookies(&self) -> MutexGuard<'_, Vec<HeaderValue>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: Guest> Page<P> {
    /// The person who asks.
    ///
    /// # Panics
    ///
    /// On a page for [`Anybody`]: whoever may see another page is signed in.
    pub(crate) fn me(&self) -> &Who {
        self.who.as_ref().expect("only pages for anybody are seen by nobody")
    }
}

/// The idempotency key of a call, for something that has a name of its own.
pub(crate) fn key(once: &str, path: &str) -> String {
    let is_plain = |one: &char| one.is_ascii_alphanumeric();
    let once: String = once.chars().filter(is_plain).take(64).collect();
    format!("page-{once}-{}", path.split('?').next().unwrap_or(""))
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
}

/// A page and what it answers to.
pub struct PageRoute {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What whoever calls must be permitted; `None` when nobody needs to be signed in.
    pub permission: Option<Permission>,
    pub(crate) service: MethodRouter<Arc<Site>>,
}

/// A page that is looked at: it changes nothing.
pub(crate) fn get<P, H, F>(path: &'static str, handler: H) -> PageRoute
where
    P: Guest,
    H: Fn(Arc<Page<P>>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Shown, Refused>> + Send + 'static,
{
    let service = serve(MethodFilter::GET, path, handler);
    PageRoute { method: "GET", path, permission: P::PERMISSION, service }
}

/// A form that is sent.
pub(crate) fn post<P, H, F>(path: &'static str, handler: H) -> PageRoute
where
    P: Guest,
    H: Fn(Arc<Page<P>>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Shown, Refused>> + Send + 'static,
{
    let service = serve(MethodFilter::POST, path, handler);
    PageRoute { method: "POST", path, permission: P::PERMISSION, service }
}

fn serve<P, H, F>(method: MethodFilter, route: &'static str, handler: H) -> MethodRouter<Arc<Site>>
where
    P: Guest,
    H: Fn(Arc<Page<P>>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Shown, Refused>> + Send + 'static,
{
    on(method, move |State(site): State<Arc<Site>>, request: Request| {
        let handler = handler.clone();
        async move {
            let began = tokio::time::Instant::now();
            let response = answer(site, request, handler).await;
            let (status, took) = (response.status().as_u16(), began.elapsed());
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            tracing::debug!(route, status, micros, "a page");
            response
        }
    })
}

async fn answer<P, H, F>(site: Arc<Site>, request: Request, handler: H) -> Response<Body>
where
    P: Guest,
    H: Fn(Arc<Page<P>>) -> F,
    F: Future<Output = Result<Shown, Refused>>,
{
    if let Some(elsewhere) = elsewhere(&site.shop.origin, &request) {
        return Shown::To(elsewhere).respond(Language::English.words(), &[]);
    }
    let (page, entered) = enter::<P>(site, request).await;
    let page = Arc::new(page);
    let outcome = match entered {
        Ok(()) => handler(Arc::clone(&page)).await,
        Err(refused) => Err(refused),
    };
    let shown = outcome.unwrap_or_else(|refused| refusal(&page, &refused));
    match &shown {
        Shown::To(path) if page.head.method == Method::POST => page.keep_done(path),
        _ => {}
    }
    let cookies = page.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut response = shown.respond(page.words, &cookies);
    if page.site.shop.origin.starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// Whoever comes to a server of this machine by its number is sent to its name, since cookies and
/// passkeys are of names.
fn elsewhere(origin: &str, request: &Request) -> Option<String> {
    let host = request.headers().get("host")?.to_str().ok()?;
    let number = host.rsplit_once(':').map_or(host, |(number, _)| number);
    let is_by_number = matches!(number, "127.0.0.1" | "[::1]");
    let is_named = origin.starts_with("http://localhost");
    let path = request.uri().path_and_query()?.as_str();
    (is_by_number && is_named && request.method() == Method::GET).then(|| format!("{origin}{path}"))
}

/// Reads a request and says whether it may go on.
async fn enter<P: Guest>(site: Arc<Site>, request: Request) -> (Page<P>, Result<(), Refused>) {
    let (head, body) = request.into_parts();
    let query = pairs(head.uri.query().unwrap_or(""));
    let mut page = Page {
        words: Language::English.words(),
        who: None,
        site,
        head,
        query,
        form: Vec::new(),
        once: draw_once(),
        cookies: Mutex::default(),
        guest: PhantomData,
    };
    page.words = page.choose_language().words();
    let entered = admit(&mut page, body).await;
    (page, entered)
}

async fn admit<P: Guest>(page: &mut Page<P>, body: Body) -> Result<(), Refused> {
    let foreign = || Refused::of(StatusCode::FORBIDDEN, "foreign_request", "");
    let sends = page.head.method != Method::GET;
    if sends {
        if !http::is_of_our_page(&page.head.headers, &page.site.shop.origin) {
            return Err(foreign());
        }
        page.form = form(body).await?;
    }
    page.who = who(page).await?;
    if let Some(permission) = P::PERMISSION {
        let Some(who) = &page.who else {
            return Err(Refused::of(StatusCode::UNAUTHORIZED, "session_ended", ""));
        };
        if !who.may(permission) {
            return Err(Refused::of(StatusCode::FORBIDDEN, who.why_not(permission), ""));
        }
    }
    match &page.who {
        Some(who) if sends && find(&page.form, "csrf") != Some(&who.csrf) => Err(foreign()),
        _ => Ok(()),
    }
}

async fn form(body: Body) -> Result<Vec<(String, String)>, Refused> {
    let too_large = || Refused::of(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "");
    let too_slow = || Refused::of(StatusCode::REQUEST_TIMEOUT, "request_timeout", "");
    let bytes = tokio::time::timeout(FORM_TIME_MAX, to_bytes(body, FORM_BYTES_MAX)).await;
    let bytes = bytes.map_err(|_| too_slow())?.map_err(|_| too_large())?;
    Ok(pairs(&String::from_utf8_lossy(&bytes)))
}

/// Who has signed in. Without a cookie nobody is asked.
async fn who<P: Guest>(page: &Page<P>) -> Result<Option<Who>, Refused> {
    if !page.head.headers.contains_key("cookie") || page.site.shop.origin.is_empty() {
        return Ok(None);
    }
    let session = page.as_browser(Method::GET, "/account/session", None).await;
    inside::if_told(session)?.map(inside::read).transpose()
}

/// What a refusal looks like that the page itself does not show.
fn refusal<P: Guest>(page: &Page<P>, refused: &Refused) -> Shown {
    let visit = page.visit();
    if refused.code() == "session_ended" {
        // A form is not sent again behind somebody's back: they go back to where it stood.
        let back = match page.head.method {
            Method::GET => page.head.uri.path_and_query().map_or("/", |path| path.as_str()),
            _ => page.came_from().unwrap_or(looked_at(page.path())),
        };
        return Shown::To(with("/sign-in", &[("next", back)]));
    }
    let is_here = |back: &str| page.head.method == Method::GET && back == page.path();
    let back = page.came_from().filter(|back| !is_here(back)).unwrap_or("/");
    let request = refused.problem["request_id"].as_str();
    // Whoever signs in again comes back to what they wanted to see.
    let wanted = match page.head.method {
        Method::GET => page.head.uri.path_and_query().map_or("/", |path| path.as_str()),
        _ => back,
    };
    let again = with("/sign-in", &[("next", wanted), ("why", "again")]);
    let (code, detail) = (refused.code(), refused.detail());
    let view = RefusedView { code, detail, back, request, again: &again };
    Shown::Html(refused.status, refused_page(&visit, &view))
}

impl<P: Guest> Page<P> {
    /// In which language somebody reads: the one that the address asks for, which the browser then
    /// keeps, the one that it has kept, or one that it prefers. The console speaks English alone.
    fn choose_language(&self) -> Language {
        let asked = self.query("lang").and_then(Language::of_tag);
        if let Some(asked) = asked {
            self.keep_language(asked);
        }
        if self.path().starts_with("/console") {
            return Language::English;
        }
        asked.or_else(|| self.kept_language()).unwrap_or_else(|| {
            let header = self.head.headers.get(ACCEPT_LANGUAGE);
            Language::accepted(header.and_then(|value| value.to_str().ok()).unwrap_or(""))
        })
    }

    /// The page of ours from which the browser came, when it tells: one that can be looked at.
    fn came_from(&self) -> Option<&str> {
        let referrer = self.head.headers.get("referer")?.to_str().ok()?;
        local(referrer.strip_prefix(&self.site.shop.origin)?).map(looked_at)
    }
}

/// What a form sends along: 128 random bits.
fn draw_once() -> String {
    let mut bytes = [0; 16];
    SystemRandomness.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
