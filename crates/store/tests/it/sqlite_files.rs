//! What concerns files only: who may use a folder, and disks without room.

use std::fs;
use std::path::Path;

use engine::Row;
use store::sqlite::{Options, open_folder, open_folder_with, open_reader};
use store::{BookName, CommitError, Head, Reader, Store, StoreError, SweptRow};

use crate::support::{Scribe, SqlitePlace, Writes, book_name, card_account};

#[test]
fn a_folder_in_use_is_refused_in_plain_words() {
    let place = SqlitePlace::new();
    let path = place.folder.path().to_owned();
    let refused = open_folder(&path).unwrap_err();
    assert_eq!(refused, StoreError::InUse { folder: path.clone() });
    assert!(refused.to_string().contains(&*path.to_string_lossy()), "{refused}");
    assert!(!refused.is_transient());

    // A store keeps the folder when the folder itself is let go.
    let store = place.folder.book(&book_name()).unwrap();
    let directory = place.directory;
    drop(place.folder);
    assert!(open_folder(&path).is_err());
    drop(store);
    open_folder(&path).unwrap();
    drop(directory);
}

#[test]
fn readers_need_no_folder_but_a_book() {
    let place = SqlitePlace::new();
    let missing = BookName::new("missing").unwrap();
    let refused = open_reader(place.folder.path(), &missing).unwrap_err();
    assert_eq!(refused, StoreError::NoSuchBook("missing".to_owned()));
    let mut reader = open_reader(place.folder.path(), &book_name()).unwrap();
    assert_eq!(reader.head().unwrap(), Head::EMPTY);
}

#[test]
fn a_copy_under_another_name_is_refused() {
    let place = SqlitePlace::new();
    drop(Scribe { store: Box::new(place.folder.book(&book_name()).unwrap()), head: Head::EMPTY });
    let books = place.folder.path().join("books");
    fs::copy(books.join("test.db"), books.join("live.db")).unwrap();
    let refused = place.folder.book(&BookName::new("live").unwrap()).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let place = SqlitePlace::new();
    fs::write(place.folder.path().join("books/other.db"), [7; 8_192]).unwrap();
    let refused = place.folder.book(&BookName::new("other").unwrap()).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_enter_the_folder() {
    use std::os::unix::fs::PermissionsExt;

    let place = SqlitePlace::new();
    let mode = fs::metadata(place.folder.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Bytes of a page, which no setting changes.
const PAGE_SIZE: u64 = 4_096;

/// Enough rows to outgrow a small file.
fn many_rows(applied_seq: u64) -> Writes<'static> {
    let row = |number| SweptRow { row: Row::Account(card_account(number, 5)), applied_seq };
    Writes { rows: (1..5_000).map(row).collect(), ..Writes::default() }
}

/// How many pages the tables alone take.
fn pages_of_an_empty_book(path: &Path) -> u32 {
    let folder = open_folder(path).unwrap();
    let mut store = folder.book(&book_name()).unwrap();
    store.take_over().unwrap();
    // A store that is let go copies its log into the file.
    drop(store);
    let bytes = fs::metadata(path.join("books/test.db")).unwrap().len();
    u32::try_from(bytes / PAGE_SIZE).unwrap()
}

#[test]
fn a_full_disk_writes_nothing_and_is_survived() {
    let directory = tempfile::tempdir().unwrap();
    let room = pages_of_an_empty_book(&directory.path().join("empty")) + 20;
    let options = Options { max_page_count: Some(room) };
    let folder = open_folder_with(&directory.path().join("data"), options).unwrap();
    let mut store = folder.book(&book_name()).unwrap();
    let head = store.take_over().unwrap();
    let mut scribe = Scribe { store: Box::new(store), head };
    for _ in 0..2 {
        let refused = scribe.write(&many_rows(1));
        let full = matches!(refused, Err(CommitError::NotCommitted(StoreError::Full)));
        assert!(full, "{refused:?}");
        assert!(StoreError::Full.is_transient());
        assert_eq!(scribe.store.head().unwrap(), head);
        let mut reader = folder.reader(&book_name()).unwrap();
        reader.all_rows(&mut |row| panic!("{row:?} was not committed")).unwrap();
    }
    // Something small still fits.
    scribe.write(&Writes::default()).unwrap();

    let mut store = folder.book(&book_name()).unwrap();
    store.limit_pages(100_000).unwrap();
    let head = store.head().unwrap();
    let mut scribe = Scribe { store: Box::new(store), head };
    scribe.write(&many_rows(1)).unwrap();
    let mut count = 0;
    let mut reader = folder.reader(&book_name()).unwrap();
    reader.all_rows(&mut |_| count += 1).unwrap();
    assert_eq!(count, 4_999);
}

#[test]
fn a_reader_neither_blocks_the_writer_nor_sees_half_of_a_commit() {
    let place = SqlitePlace::new();
    let mut scribe = Scribe::of(&place);
    scribe.write(&many_rows(1)).unwrap();
    let mut reader = place.folder.reader(&book_name()).unwrap();
    let mut balances = Vec::new();
    let mut each = |row: SweptRow| {
        if balances.len() == 10 {
            // In the middle of the list, everything is written anew.
            let row =
                |number| SweptRow { row: Row::Account(card_account(number, 6)), applied_seq: 2 };
            let rows = (1..5_000).map(row).collect();
            scribe.write(&Writes { rows, ..Writes::default() }).unwrap();
        }
        let Row::Account(account) = row.row else { panic!("only accounts were written") };
        balances.push(account.balance());
    };
    reader.all_rows(&mut each).unwrap();
    assert_eq!(balances, [5; 4_999]);
    assert_eq!(reader.head().unwrap().seq, 2);
}

#[test]
fn slow_the_log_starts_over_while_commits_go_on() {
    let place = SqlitePlace::new();
    let log = place.directory.path().join("data/books/test.db-wal");
    let mut scribe = Scribe::of(&place);
    let mut longest = 0;
    // About 56 MB through a log that is copied from 4 MB on, and would be from 64 MB on anyway.
    for at in 1..=2_000 {
        scribe.write_at(at, 200, &Writes::default()).unwrap();
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    let megabytes = longest >> 20;
    assert!((4..24).contains(&megabytes), "the log grew to {megabytes} MB");
    drop(scribe);
    assert!(!log.exists(), "the last connection tidies up, the copying one included");
}
