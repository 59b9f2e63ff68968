//! Books and API keys in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{Instant, KeyId};

use super::endpoints::Endpoints;
use super::mails::Mails;
use crate::{ApiKey, BookName, BookRecord, ControlStore, KeyCreation, KeyOperation, StoreError};

/// A control store in memory; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryControl {
    contents: Arc<Mutex<Contents>>,
}

#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) endpoints: Endpoints,
    pub(super) mails: Mails,
    books: BTreeMap<BookName, BookRecord>,
    keys: BTreeMap<KeyId, ApiKey>,
    operations: BTreeMap<(BookName, [u8; 16]), Noted>,
}

#[derive(Debug)]
struct Noted {
    fingerprint: [u8; 16],
    key: KeyId,
    at: Instant,
}

impl MemoryControl {
    /// A control store without books.
    pub fn new() -> MemoryControl {
        MemoryControl::default()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ControlStore for MemoryControl {
    fn create_book(&mut self, book: &BookRecord) -> Result<(), StoreError> {
        let mut contents = self.lock();
        if contents.books.contains_key(&book.name) {
            return Err(StoreError::BookExists(book.name.as_str().to_owned()));
        }
        contents.books.insert(book.name.clone(), book.clone());
        Ok(())
    }

    fn books(&mut self) -> Result<Vec<BookRecord>, StoreError> {
        Ok(self.lock().books.values().cloned().collect())
    }

    fn create_key(
        &mut self,
        key: &ApiKey,
        operation: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError> {
        let mut contents = self.lock();
        if !contents.books.contains_key(&key.book) {
            return Err(StoreError::NoSuchBook(key.book.as_str().to_owned()));
        }
        if let Some(operation) = operation
            && let Some(noted) = contents.operations.get(&(key.book.clone(), operation.operation))
        {
            if noted.fingerprint != operation.fingerprint {
                return Ok(KeyCreation::Mismatch);
            }
            let made = contents.keys.get(&noted.key).cloned();
            let gone = || StoreError::Corrupt("the key of an operation is gone".to_owned());
            return made.map(KeyCreation::Replayed).ok_or_else(gone);
        }
        let same = |other: &&ApiKey| other.hash == key.hash || other.id == key.id;
        if let Some(existing) = contents.keys.values().find(same) {
            return Ok(KeyCreation::Exists(existing.clone()));
        }
        contents.keys.insert(key.id, key.clone());
        if let Some(operation) = operation {
            let noted =
                Noted { fingerprint: operation.fingerprint, key: key.id, at: key.created_at };
            contents.operations.insert((key.book.clone(), operation.operation), noted);
        }
        Ok(KeyCreation::Created)
    }

    fn find_all_keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        Ok(self.lock().keys.values().cloned().collect())
    }

    fn keys_of(&mut self, book: &BookName) -> Result<Vec<ApiKey>, StoreError> {
        let contents = self.lock();
        Ok(contents.keys.values().rev().filter(|key| key.book == *book).cloned().collect())
    }

    fn revoke_key(
        &mut self,
        book: &BookName,
        id: KeyId,
        at: Instant,
    ) -> Result<Option<ApiKey>, StoreError> {
        let mut contents = self.lock();
        let Some(key) = contents.keys.get_mut(&id).filter(|key| key.book == *book) else {
            return Ok(None);
        };
        key.revoked_at.get_or_insert(at);
        Ok(Some(key.clone()))
    }

    fn forget_key_operations(&mut self, before: Instant) -> Result<u64, StoreError> {
        let mut contents = self.lock();
        let all = contents.operations.len();
        contents.operations.retain(|_, noted| before <= noted.at);
        Ok(u64::try_from(all - contents.operations.len()).unwrap_or(u64::MAX))
    }
}
