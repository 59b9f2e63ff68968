//! Who asks for a code or enters one, and under which hashes an address is found.

use std::sync::Arc;

use outside::keyring::KeyNumber;
use outside::people::{AccountRows, KnownPerson, Opened, PeopleError};
use people::{Asker, KnownBrowser, SecretHash};

use super::begin::ADDRESS;
use super::cookies::{BrowserToken, Cookie};
use super::door::{Visitor, in_background, transact};
use super::site::Site;
use crate::app::App;
use crate::guesses;
use crate::problem::Problem;

/// The hashes under which an address may be found: of the current key first, of older ones behind,
/// and last of the anchor, as all were once.
pub(crate) struct AddressHashes(Vec<(Option<KeyNumber>, SecretHash)>);

impl AddressHashes {
    pub(crate) fn of(app: &App, site: &Site, normalized: &str) -> AddressHashes {
        let by_version = app.ring.email_hash_candidates(site.book.as_str(), normalized);
        let by_version = by_version.map(|(key, hash)| (Some(key), SecretHash(hash)));
        let by_anchor = site.hash(app, "account address", &[normalized.as_bytes()]);
        AddressHashes(by_version.chain([(None, by_anchor)]).collect())
    }

    /// The one to keep from now on, and its key.
    pub(crate) fn current(&self) -> (Option<KeyNumber>, SecretHash) {
        self.0[0]
    }

    fn all(&self) -> Vec<SecretHash> {
        self.0.iter().map(|(_, hash)| *hash).collect()
    }

    /// The person with the address, found under the current hash from now on.
    ///
    /// # Errors
    ///
    /// Those of the rows.
    pub(crate) fn person(
        &self,
        rows: &AccountRows<'_>,
    ) -> Result<Option<KnownPerson>, PeopleError> {
        for (_, hash) in &self.0 {
            if let Some(known) = rows.person_at(*hash)? {
                return self.renew(rows, known).map(Some);
            }
        }
        Ok(None)
    }

    fn renew(
        &self,
        rows: &AccountRows<'_>,
        known: KnownPerson,
    ) -> Result<KnownPerson, PeopleError> {
        let (key, hash) = self.current();
        if known.address_key == key {
            return Ok(known);
        }
        let renewed = KnownPerson { address: Some(hash), address_key: key, ..known };
        rows.put_person(&renewed)?;
        Ok(renewed)
    }
}

/// Hashes the address of somebody under the current key who has signed in without telling it.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn renew_address(app: &Arc<App>, known: KnownPerson) -> Result<(), Problem> {
    let is_current = known.address_key == Some(app.ring.current());
    let Some(sealed) = known.sealed_address.filter(|_| !is_current) else { return Ok(()) };
    let id = known.person.id;
    let opened = in_background(app, move |app| app.people.open(id, ADDRESS, &sealed)).await?;
    let Opened::Text(address) = opened else { return Ok(()) };
    let renewed = transact(app, move |app, site, rows| {
        let hashes = AddressHashes::of(app, site, &address);
        match rows.person(id)? {
            Some(known) if known.address.is_some() => hashes.renew(rows, known).map(drop),
            _ => Ok(()),
        }
    });
    renewed.await
}

/// What a request tells of who asks.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    /// The token by which the browser may be known.
    browser: Option<SecretHash>,
    /// Where it is.
    network: Option<SecretHash>,
}

impl Asking {
    pub(crate) fn of(visitor: &Visitor) -> Asking {
        let (app, site) = (&visitor.app, visitor.site());
        let browser = visitor.token(Cookie::Browser);
        let network = visitor.address().map(guesses::network);
        let hash =
            |network: u128| site.hash(app, "network of a stranger", &[&network.to_be_bytes()]);
        Asking {
            browser: browser.map(|token: BrowserToken| token.hash(app, site, Cookie::Browser)),
            network: network.map(hash),
        }
    }

    /// Who asks about an address. Whether that has an account is not looked up: a browser that
    /// shows a token is compared with those for whom it was used, and any other is a stranger.
    ///
    /// # Errors
    ///
    /// Those of the rows.
    pub(crate) fn asker(
        self,
        rows: &AccountRows<'_>,
        hashes: &AddressHashes,
        now: base::Instant,
    ) -> Result<Standing, PeopleError> {
        if let Some(browser) = self.browser {
            let found = rows.browser_at(browser, &hashes.all())?;
            if let Some((person, known)) = found.filter(|(_, known)| known.is_known(now)) {
                let place = Kept::Browser(browser, person);
                return Ok(Standing { asker: Asker::Known(known), place });
            }
        }
        let (_, current) = hashes.current();
        let network = match self.network {
            Some(network) => Some((network, rows.network(network)?)),
            None => None,
        };
        let asker = Asker::Stranger { address: rows.address(current)?, network };
        Ok(Standing { asker, place: Kept::Address(current) })
    }
}

/// Who asks, and where that is kept.
pub(crate) struct Standing {
    pub(crate) asker: Asker,
    place: Kept,
}

#[derive(Clone, Copy)]
enum Kept {
    Browser(SecretHash, base::PersonId),
    Address(SecretHash),
}

impl Standing {
    /// Keeps what became of whoever asked.
    ///
    /// # Errors
    ///
    /// Those of the rows.
    pub(crate) fn keep(
        &self,
        rows: &AccountRows<'_>,
        asker: &Asker,
        now: base::Instant,
    ) -> Result<(), PeopleError> {
        match (asker, self.place) {
            (Asker::Known(known), Kept::Browser(browser, person)) => {
                rows.put_browser(browser, person, known, now)
            }
            (Asker::Stranger { address: log, network }, Kept::Address(address)) => {
                if let Some((network, log)) = network {
                    rows.put_network(*network, log, now)?;
                }
                rows.put_address(address, log, now)
            }
            // Nobody becomes the other by asking.
            (Asker::Known(_), Kept::Address(_)) | (Asker::Stranger { .. }, Kept::Browser(..)) => {
                Ok(())
            }
        }
    }
}

/// Remembers that somebody has signed in with a browser.
///
/// # Errors
///
/// Those of the rows.
pub(crate) fn remember(
    rows: &AccountRows<'_>,
    browser: SecretHash,
    known: &KnownPerson,
    now: base::Instant,
) -> Result<(), PeopleError> {
    let found = match known.address {
        Some(address) => rows.browser_at(browser, &[address])?.map(|(_, found)| found),
        None => None,
    };
    let found = found.filter(|found| found.is_known(now)).map(|found| found.used(now));
    let used = found.unwrap_or_else(|| KnownBrowser::new(now));
    rows.put_browser(browser, known.person.id, &used, now)
}
