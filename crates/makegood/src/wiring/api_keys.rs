//! Making API keys without a server.

use base::KeyId;
use http::{KeySecret, Scopes};
use outside::random::{SystemRandomness, new_id};
use store::{ApiKey, BookRecord, ControlStore, KeyCreation, KeyKind};

use super::Installation;
use crate::failure::{Done, Failure};

/// The version that keys made here are pinned to.
const API_VERSION: &str = "2026-11-20";

/// A key to be made.
pub(crate) struct NewKey<'a> {
    /// Its text; fresh, or chosen by the operator.
    pub(crate) secret: &'a KeySecret,
    /// Its kind.
    pub(crate) kind: KeyKind,
    /// What it may do; ignored for publishable keys.
    pub(crate) scopes: Scopes,
}

impl Installation {
    /// Keeps a key of a book; one that exists already keeps its scopes. Returns its record.
    ///
    /// # Errors
    ///
    /// The very key belongs to another book.
    pub(crate) fn keep_key(&self, book: &BookRecord, new: &NewKey<'_>) -> Done<ApiKey> {
        let id: KeyId = new_id(self.now(), &mut SystemRandomness);
        let key = ApiKey {
            id,
            book: book.name.clone(),
            kind: new.kind,
            hash: self.key_hash(new.secret),
            scopes: match new.kind {
                KeyKind::Secret => new.scopes.names().collect::<Vec<_>>().join(" "),
                KeyKind::Publishable => String::new(),
            },
            version: API_VERSION.to_owned(),
            last4: new.secret.last4(),
            created_at: self.now(),
            revoked_at: None,
        };
        match self.control()?.create_key(&key, None)? {
            KeyCreation::Created => Ok(key),
            KeyCreation::Exists(key) if key.book == book.name => Ok(key),
            KeyCreation::Exists(_) | KeyCreation::Replayed(_) | KeyCreation::Mismatch => {
                Err(Failure::new("this very key belongs to another book").next("choose another"))
            }
        }
    }

    /// True when the book has keys, and this is none of them.
    ///
    /// # Errors
    ///
    /// The control store cannot be read.
    pub(crate) fn has_other_keys(&self, book: &BookRecord, secret: &KeySecret) -> Done<bool> {
        let keys = self.control()?.keys_of(&book.name)?;
        let hash = self.key_hash(secret);
        Ok(!keys.is_empty() && keys.iter().all(|key| key.hash != hash))
    }

    /// The hash under which the server looks a key up.
    fn key_hash(&self, secret: &KeySecret) -> [u8; 16] {
        self.ring.short_hash("api key", secret.reveal().as_bytes())
    }
}

/// Scopes as people type them: names with commas between them.
pub(crate) fn parse_scopes(text: &str) -> Option<Scopes> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut scopes = names.map(Scopes::parse);
    scopes.try_fold(Scopes::default(), |all, scope| Some(all.with(scope?)))
}
