//! Cookies: one with the token of the session, one with that of a sign-in under way, and one by
//! which a browser is known in which somebody has signed in before.

use axum::http::{HeaderMap, HeaderValue, header};
use outside::random::{Randomness, SystemRandomness};
use people::SecretHash;

use super::site::Site;
use crate::app::App;

/// 256 random bits that only the browser has.
#[derive(Clone, Copy)]
pub(crate) struct BrowserToken([u8; 32]);

impl BrowserToken {
    pub(crate) fn draw() -> BrowserToken {
        let mut bytes = [0; 32];
        SystemRandomness.fill(&mut bytes);
        BrowserToken(bytes)
    }

    /// What is kept of it.
    pub(crate) fn hash(self, app: &App, site: &Site, cookie: Cookie) -> SecretHash {
        site.hash(app, cookie.hashed_as(), &[&self.0])
    }

    /// What forms send along to show that they are of our page (OWASP: signed double submit). It
    /// hangs on the session's token, which pages of others cannot read.
    pub(crate) fn csrf(self, app: &App, site: &Site) -> SecretHash {
        site.hash(app, "csrf token", &[&self.0])
    }
}

/// A cookie of ours.
#[derive(Clone, Copy)]
pub(crate) enum Cookie {
    Session,
    SignIn,
    Browser,
}

impl Cookie {
    /// The prefix makes browsers refuse it from other hosts, for other paths, and unencrypted
    /// (RFC 6265bis, section 4.1.3.2).
    fn name(self, site: &Site) -> &'static str {
        match (self, site.is_secure()) {
            (Cookie::Session, true) => "__Host-mg_session",
            (Cookie::Session, false) => "mg_session",
            (Cookie::SignIn, true) => "__Host-mg_sign_in",
            (Cookie::SignIn, false) => "mg_sign_in",
            (Cookie::Browser, true) => "__Host-mg_browser",
            (Cookie::Browser, false) => "mg_browser",
        }
    }

    fn hashed_as(self) -> &'static str {
        match self {
            Cookie::Session => "session token",
            Cookie::SignIn => "sign-in token",
            Cookie::Browser => "browser token",
        }
    }

    /// Seconds after which the browser forgets it; the server knows better and ends it earlier.
    fn seconds(self) -> u32 {
        match self {
            Cookie::Session => 30 * 24 * 3600,
            Cookie::SignIn => 15 * 60,
            Cookie::Browser => 400 * 24 * 3600,
        }
    }

    /// What the browser sent. Of two cookies of one name neither is believed.
    pub(crate) fn read(self, headers: &HeaderMap, site: &Site) -> Option<BrowserToken> {
        let name = self.name(site);
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|one| one.to_str().ok());
        let pairs =
            all.flat_map(|one| one.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then(|| token(value))?
    }

    pub(crate) fn set(self, site: &Site, token: BrowserToken) -> HeaderValue {
        let value: String = token.0.iter().map(|byte| format!("{byte:02x}")).collect();
        self.header(site, &value, self.seconds())
    }

    pub(crate) fn clear(self, site: &Site) -> HeaderValue {
        self.header(site, "", 0)
    }

    fn header(self, site: &Site, value: &str, seconds: u32) -> HeaderValue {
        let secure = if site.is_secure() { "; Secure" } else { "" };
        let name = self.name(site);
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::try_from(text).expect("letters, digits and signs");
        header.set_sensitive(true);
        header
    }
}

/// Sixty-four hexadecimal digits.
fn token(text: &str) -> Option<BrowserToken> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = crate::query::hex_digit(pair[0])? << 4 | crate::query::hex_digit(pair[1])?;
    }
    Some(BrowserToken(bytes))
}
