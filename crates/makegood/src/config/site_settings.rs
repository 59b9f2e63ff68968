//! Settings of accounts: where people sign in.

use base::Money;
use store::BookName;

use super::Settings;
use super::promotion_settings::limits;
use crate::failure::{Done, Failure};

/// Where people sign in, as it was set and checked.
#[derive(Debug, PartialEq)]
pub(crate) struct SitePlace {
    /// The origin, without a slash at its end.
    pub(crate) origin: String,
    /// The domain of passkeys.
    pub(crate) rp_id: String,
    /// The book of the accounts.
    pub(crate) book: BookName,
}

impl Settings {
    /// From now on people sign in where the server listens, on this machine: for demonstrations.
    pub(crate) fn site_here(&mut self, book: &str) {
        self.site_origin = "http://localhost:0".to_owned();
        self.site_book = book.to_owned();
    }

    /// Above which amounts a passkey confirms what is paid.
    ///
    /// # Errors
    ///
    /// A text that is no list of limits.
    pub(crate) fn site_step_up_above(&self) -> Done<Vec<Money>> {
        let limits = limits("site_step_up_above", &self.site_step_up_above)?;
        Ok(limits.into_iter().map(|(currency, amount)| Money { amount, currency }).collect())
    }

    /// Where people sign in; `None` when nobody can. `port` is where the server listens, which is
    /// what port 0 of the origin stands for.
    ///
    /// # Errors
    ///
    /// A setting is missing, or does not fit.
    pub(crate) fn site_place(&self, port: u16) -> Done<Option<SitePlace>> {
        if self.site_origin.is_empty() {
            return Ok(None);
        }
        let host = host_of(&self.site_origin).ok_or_else(|| {
            Failure::new("site_origin is no origin that browsers take for safe").next(
                "set it to https:// and a host, such as https://shop.example, without a slash at \
                 its end; on this machine to http://localhost and a port",
            )
        })?;
        let rp_id = if self.site_rp_id.is_empty() { host } else { &self.site_rp_id };
        let is_above = host == rp_id || host.ends_with(&format!(".{rp_id}"));
        // A registrable domain has a dot; browsers know which are registrable.
        if !is_above || (host != rp_id && !rp_id.contains('.')) {
            let what = "site_rp_id is neither the host of site_origin nor a domain above it";
            return Err(Failure::new(what).next("leave it empty"));
        }
        let book = BookName::new(&self.site_book).map_err(|_| {
            Failure::new("site_book names no book")
                .next("set it to the book to which the accounts belong")
        })?;
        let origin = match self.site_origin.strip_suffix(":0") {
            Some(origin) => format!("{origin}:{port}"),
            None => self.site_origin.clone(),
        };
        Ok(Some(SitePlace { origin, rp_id: rp_id.to_owned(), book }))
    }
}

/// The host of an origin that browsers take for safe (W3C Secure Contexts, section 3.1), written
/// as they write it (RFC 6454, section 6.1). An address of numbers has no passkeys.
fn host_of(origin: &str) -> Option<&str> {
    let (rest, is_plain) = match origin.strip_prefix("https://") {
        Some(rest) => (rest, false),
        None => (origin.strip_prefix("http://")?, true),
    };
    let (host, port) = rest.split_once(':').unwrap_or((rest, "1"));
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let has_letter = host.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_named = has_letter && host.bytes().all(is_host) && !host.starts_with('.');
    let fits = is_named && port.parse::<u16>().is_ok() && (!is_plain || host == "localhost");
    fits.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, PlaceArgs};

    #[track_caller]
    fn check(origin: &str, rp_id: &str, book: &str, expected: Result<&str, &str>) {
        let variables = [("SITE_ORIGIN", origin), ("SITE_RP_ID", rp_id), ("SITE_BOOK", book)];
        let environment = Environment::of(&variables);
        let settings = Settings::load(&PlaceArgs::default(), None, &environment).unwrap();
        match (settings.site_place(8080), expected) {
            (Ok(place), Ok(rp_id)) => assert_eq!(place.unwrap().rp_id, rp_id, "{origin}"),
            (Err(failure), Err(named)) => {
                assert!(failure.to_string().contains(named), "{failure}");
            }
            (found, _) => panic!("{origin} {rp_id} {book}: {found:?}"),
        }
    }

    #[test]
    fn an_origin_is_one_that_browsers_take_for_safe() {
        check("https://shop.example", "", "shop", Ok("shop.example"));
        check("https://pay.shop.example:8443", "shop.example", "shop", Ok("shop.example"));
        check("http://localhost:8080", "", "shop", Ok("localhost"));
        for origin in [
            "http://shop.example",
            "https://shop.example/",
            "https://Shop.example",
            "https://127.0.0.1",
            "https://shop.example:port",
            "shop.example",
            "https://",
        ] {
            check(origin, "", "shop", Err("site_origin"));
        }
        check("https://shop.example", "example", "shop", Err("site_rp_id"));
        check("https://shop.example", "hop.example", "shop", Err("site_rp_id"));
        check("https://shop.example", "", "", Err("site_book"));
    }
}
