//! Where people sign in, and the pages beside the API.

use std::sync::Arc;

use base::{Currency, PersonId};
use http::{App, KeySecret, NewKey, Scopes, SignInPost, Site};
use mail::Name;
use outside::people::{Accounts, KnownPerson, PeopleError};
use people::{Person, Role, Roles};
use site::Shop;
use store::KeyKind;

use super::Installation;
use crate::config::Settings;
use crate::failure::{Done, Failure};

/// Somebody of a demonstration, whom anybody there can be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DemoPerson {
    /// Names them.
    pub(crate) key: &'static str,
    /// What they are called.
    pub(crate) name: &'static str,
    /// What they do there: which page of the site they begin with.
    pub(crate) does: &'static str,
    /// What they may do.
    pub(crate) roles: &'static [Role],
}

impl Installation {
    /// Where people sign in; `None` when nobody can. `port` is where the server listens.
    ///
    /// # Errors
    ///
    /// A setting does not fit, there is no such book, or accounts cannot be opened.
    pub(crate) fn site(&self, settings: &Settings, port: u16) -> Done<Option<Site>> {
        let Some(place) = settings.site_place(port)? else { return Ok(None) };
        let book = self.book(&place.book)?;
        let accounts = Accounts::open_or_create(&settings.keys_folder(), &self.ring)?;
        let post = self.post.as_ref().map(|post| SignInPost {
            mailer: post.mailer(book.is_test),
            from: post.letterhead.from.clone(),
            return_paths: post.letterhead.return_paths.clone(),
        });
        if post.is_none() {
            tracing::warn!("no mail is sent, so people sign in by passkey only");
        }
        let demo = self.demo.iter().map(|one| (one.key.to_owned(), self.demo_person(one.key)));
        let demo: Vec<(String, PersonId)> = demo.collect();
        if !self.demo.is_empty() {
            let made = accounts.transact(book.name.as_str(), |rows| self.make_demo_people(rows));
            made?;
        }
        let shop = self.shop_name(settings)?;
        let (origin, rp_id) = (place.origin, place.rp_id);
        let accounts = Arc::new(accounts);
        Ok(Some(Site { book: book.name, origin, rp_id, shop, post, accounts, demo }))
    }

    /// The API with the pages of the shop beside it.
    ///
    /// # Errors
    ///
    /// As [`Installation::site`]; or the key of the pages cannot be kept.
    pub(crate) fn routes(
        &self,
        app: Arc<App>,
        settings: &Settings,
        port: u16,
    ) -> Done<axum::Router> {
        let shop = self.shop(settings, port)?;
        Ok(site::router(http::router(app), shop))
    }

    fn shop(&self, settings: &Settings, port: u16) -> Done<Shop> {
        let currency = Currency::parse(&settings.site_currency).map_err(|error| {
            Failure::new(format!("site_currency: {error}")).next("name one of ISO 4217, as USD")
        })?;
        let mut shop = Shop {
            name: self.shop_name(settings)?.as_str().to_owned(),
            origin: String::new(),
            key: String::new(),
            currency,
            step_up_above: settings.site_step_up_above()?,
            region: settings.site_region.clone(),
            is_test: false,
            demo: Vec::new(),
        };
        let Some(place) = settings.site_place(port)? else { return Ok(shop) };
        let book = self.book(&place.book)?;
        // It follows from the ring, so every process over these books has the same, and a restart
        // makes no other.
        let hash = self.ring.short_hash("key of pages", book.name.as_str().as_bytes());
        let prefix = if book.is_test { "mg_test_" } else { "mg_live_" };
        let text = format!("{prefix}{:032x}", u128::from_be_bytes(hash));
        let (secret, kind) = KeySecret::chosen(&text).expect("prefix and digits make a key");
        debug_assert_eq!(kind, KeyKind::Secret, "pages may do more than look up");
        self.keep_key(&book, &NewKey { secret: &secret, kind, scopes: Scopes::ALL })?;
        shop.origin = place.origin;
        shop.key = secret.reveal().to_owned();
        shop.is_test = book.is_test;
        shop.demo = self.demo.iter().map(demo_person).collect();
        Ok(shop)
    }

    fn shop_name(&self, settings: &Settings) -> Done<Name> {
        match &self.post {
            _ if !settings.site_name.is_empty() => {
                Name::new(&settings.site_name).map_err(Failure::new)
            }
            Some(post) => Ok(post.letterhead.shop.clone()),
            None => Name::new("Makegood").map_err(Failure::new),
        }
    }

    /// The id of somebody of a demonstration: the same at every start.
    pub(crate) fn demo_person(&self, key: &str) -> PersonId {
        PersonId::from_bytes(self.ring.short_hash("demo person", key.as_bytes()))
    }

    fn make_demo_people(&self, rows: &outside::people::AccountRows<'_>) -> Result<(), PeopleError> {
        for one in &self.demo {
            let id = self.demo_person(one.key);
            if rows.person(id)?.is_some() {
                continue;
            }
            let roles = one.roles.iter().fold(Roles::of_everybody(), |all, role| all.with(*role));
            let person = Person::new(id, self.now()).with_roles(roles, self.now());
            rows.put_person(&KnownPerson {
                person,
                address: None,
                address_key: None,
                sealed_address: None,
            })?;
        }
        Ok(())
    }
}

fn demo_person(one: &DemoPerson) -> site::DemoPerson {
    let DemoPerson { key, name, does, .. } = *one;
    site::DemoPerson { key: key.to_owned(), name: name.to_owned(), does: does.to_owned() }
}
