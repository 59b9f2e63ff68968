//! Making API keys without a server.

use base::KeyId;
use http::{KeySecret, NewKey, Scopes};
use outside::random::{SystemRandomness, new_id};
use store::{ApiKey, BookRecord, KeyCreation};

use super::Installation;
use crate::failure::{Done, Failure};

impl Installation {
    /// Keeps a key of a book; one that exists already keeps its scopes. Returns its record.
    ///
    /// # Errors
    ///
    /// The very key belongs to another book.
    pub(crate) fn keep_key(&self, book: &BookRecord, new: &NewKey<'_>) -> Done<ApiKey> {
        let id: KeyId = new_id(self.now(), &mut SystemRandomness);
        let key = new.row(&self.ring, &book.name, id, self.now());
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
        let hash = secret.hash(&self.ring);
        Ok(!keys.is_empty() && keys.iter().all(|key| key.hash != hash))
    }
}

/// Scopes as people type them: names with commas between them.
pub(crate) fn parse_scopes(text: &str) -> Option<Scopes> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut scopes = names.map(Scopes::parse);
    scopes.try_fold(Scopes::default(), |all, scope| Some(all.with(scope?)))
}
