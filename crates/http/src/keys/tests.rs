//! A control store that does not answer.

use std::sync::atomic::AtomicU32;

use base::{EndpointId, Instant};
use store::{
    BookName, BookRecord, EndpointCreation, EndpointProgress, EndpointStore, EventPlace, MailStore,
    WaitingMail, WebhookEndpoint, WebhookRetry,
};

use super::*;
use crate::place::Whereabouts;

/// Tells one key the first time, and nothing afterwards.
struct Failing(Arc<AtomicU32>);

impl ControlStore for Failing {
    fn find_all_keys(&mut self) -> Result<Vec<store::ApiKey>, StoreError> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(vec![store::ApiKey {
                id: KeyId::from_bits(1),
                book: BookName::new("test").unwrap(),
                hash: [7; 16],
                kind: KeyKind::Secret,
                scopes: "all".to_owned(),
                version: "2026-11-20".to_owned(),
                last4: *b"abcd",
                created_at: Instant::MIN,
                revoked_at: None,
            }]),
            _ => Err(StoreError::Unavailable("silent".to_owned())),
        }
    }

    fn create_book(&mut self, _: &BookRecord) -> Result<(), StoreError> {
        unreachable!()
    }

    fn books(&mut self) -> Result<Vec<BookRecord>, StoreError> {
        unreachable!()
    }

    fn create_key(
        &mut self,
        _: &store::ApiKey,
        _: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError> {
        unreachable!()
    }

    fn keys_of(&mut self, _: &BookName) -> Result<Vec<store::ApiKey>, StoreError> {
        unreachable!()
    }

    fn revoke_key(
        &mut self,
        _: &BookName,
        _: KeyId,
        _: Instant,
    ) -> Result<Option<store::ApiKey>, StoreError> {
        unreachable!()
    }

    fn forget_key_operations(&mut self, _: Instant) -> Result<u64, StoreError> {
        unreachable!()
    }
}

/// Nobody asks it about anything but keys.
impl EndpointStore for Failing {
    fn create_endpoint(
        &mut self,
        _: &WebhookEndpoint,
        _: Option<&KeyOperation>,
        _: usize,
    ) -> Result<EndpointCreation, StoreError> {
        unreachable!()
    }

    fn endpoints_of(&mut self, _: &BookName) -> Result<Vec<WebhookEndpoint>, StoreError> {
        unreachable!()
    }

    fn change_endpoint(&mut self, _: &WebhookEndpoint) -> Result<bool, StoreError> {
        unreachable!()
    }

    fn delete_endpoint(&mut self, _: &BookName, _: EndpointId) -> Result<bool, StoreError> {
        unreachable!()
    }

    fn keep_progress(&mut self, _: &BookName, _: &EndpointProgress) -> Result<bool, StoreError> {
        unreachable!()
    }

    fn want_again(&mut self, _: EndpointId, _: &WebhookRetry) -> Result<(), StoreError> {
        unreachable!()
    }

    fn due_retries(
        &mut self,
        _: EndpointId,
        _: Instant,
        _: u32,
    ) -> Result<Vec<WebhookRetry>, StoreError> {
        unreachable!()
    }

    fn count_retries(&mut self, _: EndpointId) -> Result<u64, StoreError> {
        unreachable!()
    }
}

/// Nor about mails.
impl MailStore for Failing {
    fn mail_place(&mut self, _: &BookName) -> Result<Option<EventPlace>, StoreError> {
        unreachable!()
    }

    fn take_mails(
        &mut self,
        _: &BookName,
        _: EventPlace,
        _: &[WaitingMail],
    ) -> Result<(), StoreError> {
        unreachable!()
    }

    fn due_mails(
        &mut self,
        _: &BookName,
        _: Instant,
        _: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        unreachable!()
    }

    fn begin_mail(&mut self, _: &WaitingMail) -> Result<bool, StoreError> {
        unreachable!()
    }

    fn count_mails(&mut self, _: &BookName) -> Result<(u64, Option<Instant>), StoreError> {
        unreachable!("no keys are here")
    }

    fn keep_mail(&mut self, _: &WaitingMail) -> Result<(), StoreError> {
        unreachable!()
    }

    fn forget_mail(&mut self, _: &BookName, _: store::MailCause) -> Result<(), StoreError> {
        unreachable!()
    }
}

#[test]
fn a_store_that_is_silent_is_asked_once_and_the_book_of_a_key_is_still_known() {
    let asked = Arc::new(AtomicU32::new(0));
    let table = KeyTable::new(Box::new(Failing(Arc::clone(&asked))));
    let place =
        |_: &str| Some(Arc::new(Place::new(BookName::new("test").unwrap(), Whereabouts::Nowhere)));
    let second = Duration::from_secs(1);
    table.read_again(second, || second, place).unwrap();
    assert!(matches!(table.find("mg_test_a", second, || [7; 16]), Known::Valid(_)));
    let late = second + BELIEVED_FOR + second;
    assert!(matches!(table.find("mg_test_a", late, || [7; 16]), Known::ReadAgain));
    for asked_at in [late, late + second / 2] {
        table.read_again(asked_at, || late + second, place).unwrap_err();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2, "the second one had waited for the first");
    table.read_again(late + second, || late + second, place).unwrap_err();
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    let found = table.last_place("mg_test_a", || [7; 16]).unwrap();
    assert_eq!(found.name().as_str(), "test");
    assert!(table.last_place("mg_test_b", || [8; 16]).is_none());
}
