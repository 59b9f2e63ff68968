//! Books and API keys, on every control store.

use base::KeyId;
use store::postgres::Database;
use store::{
    ApiKey, BookName, BookRecord, ControlStore, KeyCreation, KeyKind, KeyOperation, MemoryControl,
    StoreError,
};

use crate::support::{SqlitePlace, at};

pub fn on_every_store(test: impl Fn(&mut dyn ControlStore)) {
    println!("on the store in memory");
    test(&mut MemoryControl::new());
    println!("on SQLite");
    test(&mut SqlitePlace::new().folder.control().unwrap());
    println!("on PostgreSQL");
    let own = testbed::OwnDatabase::new();
    test(&mut Database::at(&own.address()).unwrap().control().unwrap());
}

fn book(name: &str) -> BookRecord {
    BookRecord {
        name: BookName::new(name).unwrap(),
        is_test: true,
        created_at: at(5),
        incarnation: u64::MAX - 5,
    }
}

fn key(number: u8, book: &str) -> ApiKey {
    ApiKey {
        id: KeyId::from_bits(u128::from(number)),
        book: BookName::new(book).unwrap(),
        kind: KeyKind::Secret,
        hash: [number; 16],
        scopes: "gift_cards:read,gift_cards:spend".to_owned(),
        version: "2026-11-20".to_owned(),
        last4: *b"9xyz",
        created_at: at(10),
        revoked_at: None,
    }
}

fn operation(number: u8, fingerprint: u8) -> KeyOperation {
    KeyOperation { operation: [number; 16], fingerprint: [fingerprint; 16] }
}

#[test]
fn books_have_one_name_each() {
    on_every_store(|control| {
        control.create_book(&book("test")).unwrap();
        control.create_book(&book("live")).unwrap();
        let refused = control.create_book(&book("test"));
        assert_eq!(refused, Err(StoreError::BookExists("test".to_owned())));
        assert_eq!(control.books().unwrap(), [book("live"), book("test")]);
    });
}

#[test]
fn keys_are_made_listed_and_withdrawn() {
    on_every_store(|control| {
        let refused = control.create_key(&key(1, "test"), None);
        assert_eq!(refused, Err(StoreError::NoSuchBook("test".to_owned())));
        control.create_book(&book("test")).unwrap();
        control.create_book(&book("live")).unwrap();
        let publishable = ApiKey { kind: KeyKind::Publishable, ..key(3, "test") };
        for key in [&key(2, "live"), &key(1, "test"), &publishable] {
            assert_eq!(control.create_key(key, None).unwrap(), KeyCreation::Created);
        }
        let (test, live) = (BookName::new("test").unwrap(), BookName::new("live").unwrap());
        assert_eq!(control.keys_of(&test).unwrap(), [publishable.clone(), key(1, "test")]);
        let all = [key(1, "test"), key(2, "live"), publishable];
        assert_eq!(control.find_all_keys().unwrap(), all);

        let one = KeyId::from_bits(1);
        let revoked = ApiKey { revoked_at: Some(at(20)), ..key(1, "test") };
        assert_eq!(control.revoke_key(&live, one, at(15)).unwrap(), None);
        assert_eq!(control.revoke_key(&test, one, at(20)).unwrap(), Some(revoked.clone()));
        assert_eq!(control.revoke_key(&test, one, at(30)).unwrap(), Some(revoked.clone()));
        assert_eq!(control.find_all_keys().unwrap()[0], revoked);
    });
}

#[test]
fn a_request_for_a_key_has_one_effect() {
    on_every_store(|control| {
        control.create_book(&book("test")).unwrap();
        let request = operation(1, 1);
        let created = control.create_key(&key(1, "test"), Some(&request)).unwrap();
        assert_eq!(created, KeyCreation::Created);
        let repeated = control.create_key(&key(2, "test"), Some(&request)).unwrap();
        assert_eq!(repeated, KeyCreation::Replayed(key(1, "test")));
        let other = control.create_key(&key(2, "test"), Some(&operation(1, 2))).unwrap();
        assert_eq!(other, KeyCreation::Mismatch);
        assert_eq!(control.find_all_keys().unwrap(), [key(1, "test")]);

        assert_eq!(control.forget_key_operations(at(10)).unwrap(), 0);
        assert_eq!(control.forget_key_operations(at(11)).unwrap(), 1);
        let late = control.create_key(&key(2, "test"), Some(&request)).unwrap();
        assert_eq!(late, KeyCreation::Created);
    });
}

#[test]
fn the_same_key_is_not_made_under_two_ids() {
    on_every_store(|control| {
        control.create_book(&book("test")).unwrap();
        control.create_key(&key(1, "test"), None).unwrap();
        let again = ApiKey { id: KeyId::from_bits(9), ..key(1, "test") };
        let exists = control.create_key(&again, None).unwrap();
        assert_eq!(exists, KeyCreation::Exists(key(1, "test")));
        assert_eq!(control.find_all_keys().unwrap().len(), 1);
    });
}
