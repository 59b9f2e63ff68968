//! Mails that wait, in memory.

use std::collections::BTreeMap;

use base::Instant;

use super::MemoryControl;
use crate::{BookName, EventPlace, MailCause, MailStage, MailStore, StoreError, WaitingMail};

/// Every mail that waits, and how far events were read.
#[derive(Debug, Default)]
pub(super) struct Mails {
    places: BTreeMap<BookName, EventPlace>,
    waiting: BTreeMap<(BookName, MailCause), WaitingMail>,
}

impl MailStore for MemoryControl {
    fn mail_place(&mut self, book: &BookName) -> Result<Option<EventPlace>, StoreError> {
        Ok(self.lock().mails.places.get(book).copied())
    }

    fn take_mails(
        &mut self,
        book: &BookName,
        next: EventPlace,
        mails: &[WaitingMail],
    ) -> Result<(), StoreError> {
        let kept = &mut self.lock().mails;
        for mail in mails {
            let key = (mail.book.clone(), mail.cause);
            kept.waiting.entry(key).or_insert_with(|| mail.clone());
        }
        kept.places.insert(book.clone(), next);
        Ok(())
    }

    fn due_mails(
        &mut self,
        book: &BookName,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        let contents = self.lock();
        let all = contents.mails.waiting.values();
        let mut due: Vec<WaitingMail> =
            all.filter(|mail| mail.book == *book && mail.next_at <= until).cloned().collect();
        due.sort_by_key(|mail| (mail.next_at, mail.cause));
        due.truncate(limit as usize);
        Ok(due)
    }

    fn begin_mail(&mut self, found: &WaitingMail) -> Result<bool, StoreError> {
        let kept = &mut self.lock().mails;
        let key = (found.book.clone(), found.cause);
        let is_as_found =
            |mail: &&mut WaitingMail| mail.stage == MailStage::Waiting && mail.made == found.made;
        let Some(mail) = kept.waiting.get_mut(&key).filter(is_as_found) else { return Ok(false) };
        mail.stage = MailStage::Begun;
        Ok(true)
    }

    fn count_mails(&mut self, book: &BookName) -> Result<(u64, Option<Instant>), StoreError> {
        let contents = self.lock();
        let waiting = contents.mails.waiting.values().filter(|mail| mail.book == *book);
        Ok((waiting.clone().count() as u64, waiting.map(|mail| mail.written_at).min()))
    }

    fn keep_mail(&mut self, mail: &WaitingMail) -> Result<(), StoreError> {
        let kept = &mut self.lock().mails;
        if let Some(waiting) = kept.waiting.get_mut(&(mail.book.clone(), mail.cause)) {
            let written_at = waiting.written_at;
            *waiting = WaitingMail { written_at, ..mail.clone() };
        }
        Ok(())
    }

    fn forget_mail(&mut self, book: &BookName, cause: MailCause) -> Result<(), StoreError> {
        self.lock().mails.waiting.remove(&(book.clone(), cause));
        Ok(())
    }
}
