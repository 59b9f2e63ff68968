//! Where people sign in.

use std::sync::Arc;

use http::{SignInPost, Site};
use mail::Name;
use outside::people::Accounts;

use super::Installation;
use crate::config::Settings;
use crate::failure::{Done, Failure};

impl Installation {
    /// Where people sign in; `None` when nobody can.
    ///
    /// # Errors
    ///
    /// A setting does not fit, there is no such book, or accounts cannot be opened.
    pub(crate) fn site(&self, settings: &Settings) -> Done<Option<Site>> {
        let Some(place) = settings.site_place()? else { return Ok(None) };
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
        let shop = match &self.post {
            Some(post) => post.letterhead.shop.clone(),
            None => Name::new("Makegood").map_err(Failure::new)?,
        };
        let (origin, rp_id) = (place.origin, place.rp_id);
        let accounts = Arc::new(accounts);
        Ok(Some(Site { book: book.name, origin, rp_id, shop, post, accounts }))
    }
}
