//! What a browser keeps for us between two pages, beside its session.

use axum::http::{HeaderValue, Method};
use pages::Language;

use super::{Guest, Page, Who};
use crate::inside::{Refused, if_told, read};

/// How long a browser keeps a text, in seconds: longer than signing in takes.
const KEPT_SECONDS: u32 = 3_600;

/// Under which name it keeps what a form has just done, and for how long: a page that waits for a
/// bank may load itself a few times before it shows that.
const DONE: &str = "mg_done";
const DONE_SECONDS: u32 = 120;

/// How long it keeps what somebody has chosen, in seconds: a year.
const YEAR_SECONDS: u32 = 31_536_000;

/// Under which name it keeps the language.
const LANGUAGE: &str = "mg_lang";

impl<P: Guest> Page<P> {
    /// The text that the browser keeps under this name.
    pub(crate) fn kept(&self, name: &str) -> Option<&str> {
        let all = self.head.headers.get_all("cookie").into_iter();
        let all = all.filter_map(|one| one.to_str().ok()).flat_map(|one| one.split(';'));
        let mut pairs = all.filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Has the browser keep a text for an hour and send it to pages under `path` only. It stands in
    /// no address, so nobody writes it down on its way.
    pub(crate) fn keep(&self, name: &str, value: &str, path: &str) {
        self.give_cookie(name, value, path, KEPT_SECONDS);
    }

    /// What was just done, of what the address says: a form of ours has led here with it, in this
    /// browser. A link of somebody else can say anything, and is not believed.
    pub(crate) fn done(&self) -> Option<&str> {
        let told = self.query("done")?;
        let kept = format!("{told}@{}", self.path());
        (self.kept(DONE) == Some(&*kept)).then_some(told)
    }

    /// Has the browser keep what a form has done, where it leads on with that.
    pub(super) fn keep_done(&self, to: &str) {
        let Some((path, query)) = to.split_once('?') else { return };
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        if let Some((_, done)) = pairs.find(|(name, _)| *name == "done") {
            self.give_cookie(DONE, &format!("{done}@{path}"), path, DONE_SECONDS);
        }
    }

    /// Has the browser forget it.
    pub(crate) fn forget(&self, name: &str, path: &str) {
        self.give_cookie(name, "", path, 0);
    }

    /// Has the browser keep the language that was chosen, for all pages.
    pub(super) fn keep_language(&self, language: Language) {
        self.give_cookie(LANGUAGE, language.tag(), "/", YEAR_SECONDS);
    }

    /// The language that was chosen in this browser before.
    pub(super) fn kept_language(&self) -> Option<Language> {
        self.kept(LANGUAGE).and_then(Language::of_tag)
    }

    fn give_cookie(&self, name: &str, value: &str, path: &str, seconds: u32) {
        // Browsers take unencrypted connections to this machine for safe, so a test needs none.
        let secure = if self.shop().origin.starts_with("https://") { "; Secure" } else { "" };
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
        );
        // What no header may have is nothing that we have given out.
        if let Ok(mut cookie) = HeaderValue::try_from(text) {
            cookie.set_sensitive(true);
            self.lock_cookies().push(cookie);
        }
    }

    /// Who has signed in by what was asked as the browser just now, whose cookie it gets with this
    /// answer only.
    ///
    /// # Errors
    ///
    /// Whatever keeps the API from answering.
    pub(crate) async fn who_now(&self) -> Result<Option<Who>, Refused> {
        let given: Vec<String> = self
            .lock_cookies()
            .iter()
            .filter_map(|cookie| Some(cookie.to_str().ok()?.split(';').next()?.to_owned()))
            .filter(|pair| !pair.ends_with('='))
            .collect();
        let Ok(cookie) = HeaderValue::try_from(given.join("; ")) else { return Ok(None) };
        let mut headers = self.head.headers.clone();
        headers.insert("cookie", cookie);
        let browser = (&headers, &self.head.extensions);
        let asked =
            self.site.inside.as_browser(Method::GET, "/account/session", None, browser, None);
        if_told(asked.await)?.map(|answered| read(answered.json)).transpose()
    }
}
