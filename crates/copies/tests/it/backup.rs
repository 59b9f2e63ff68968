//! Backups: whole, damaged, of a book that is being written.

use base::Instant;
use copies::{Chunks, CopyError, Moved, Place, TargetPlace, check_backup, restore, write_backup};
use store::{ControlStore, EndpointState};

use crate::places::{FilePlace, MemoryPlace, everything, lived_place, place_after};

const SMALL: Chunks = Chunks { block_bytes: 30_000, rows: 300 };

fn backup(place: &mut dyn Place) -> Vec<u8> {
    let said = ("1.2.3", Instant::from_micros(11));
    let (bytes, books) = write_backup(place, Vec::new(), said, SMALL, &mut |_| {}).unwrap();
    assert!(!books.is_empty());
    bytes
}

fn restored(bytes: &[u8], target: &mut dyn TargetPlace) -> Result<Vec<Moved>, CopyError> {
    let mut next = 10;
    let mut draw = || {
        next += 1;
        next
    };
    restore(bytes, target, &mut draw, &mut |_, _| {}).map(|(_, moved)| moved)
}

/// Books are equal, and so are keys and what leaves the books. Only the incarnations differ, and
/// endpoints that were on wait for a word.
#[track_caller]
fn check_restored(original: &mut dyn Place, restored: &mut dyn Place) {
    let (one, other) = (original.contents().unwrap(), restored.contents().unwrap());
    assert_eq!(one.keys, other.keys);
    let mut expected = one.outgoing;
    let told = expected.iter_mut().flat_map(|outgoing| &mut outgoing.endpoints);
    for told in told.filter(|told| told.endpoint.state == EndpointState::On) {
        told.endpoint.state = EndpointState::Restored;
    }
    assert_eq!(expected, other.outgoing);
    assert_eq!((expected[1].endpoints.len(), expected[1].mails.len()), (3, 2));
    assert_eq!(one.books.len(), other.books.len());
    for (one, other) in one.books.iter().zip(&other.books) {
        assert_ne!(one.incarnation, other.incarnation);
        assert_eq!((&one.name, one.is_test), (&other.name, other.is_test));
        let mut left = original.reader(&one.name).unwrap();
        let mut right = restored.reader(&one.name).unwrap();
        assert!(everything(left.as_mut()) == everything(right.as_mut()), "{} differs", one.name);
    }
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    let mut original = lived_place();
    let bytes = backup(&mut original);
    let (manifest, books) = check_backup(&*bytes, &mut |_, _| {}).unwrap();
    assert_eq!((&*manifest.release, manifest.made_at), ("1.2.3", Instant::from_micros(11)));
    assert_eq!((manifest.keys, books.len()), (3, 2));
    let mut files = FilePlace::new();
    let moved = restored(&bytes, &mut files).unwrap();
    check_restored(&mut original, &mut files);
    assert!(moved.iter().zip(&books).all(|(moved, (_, summary))| moved.summary == *summary));
    let endpoints: Vec<u64> = moved.iter().map(|moved| moved.endpoints).collect();
    assert_eq!(endpoints, [0, 3]);
    // A backup of what was restored differs only in the incarnations and in what it is told of
    // one endpoint: "restored" is longer than "on".
    assert_eq!(backup(&mut files).len(), bytes.len() + 6);
}

#[test]
fn a_restore_can_be_repeated_until_the_books_are_used() {
    let mut original = lived_place();
    let bytes = backup(&mut original);
    let mut target = MemoryPlace::default();
    for cut in [3, 5, 8, 11, 14] {
        let part = &bytes[..bytes.len() * cut / 16];
        assert!(restored(part, &mut target).is_err());
        assert_eq!(target.control.books().unwrap(), []);
    }
    let first = restored(&bytes, &mut target).unwrap();
    check_restored(&mut original, &mut target);
    let second = restored(&bytes, &mut target).unwrap();
    let incarnations = |moved: &[Moved]| -> Vec<u64> {
        moved.iter().map(|moved| moved.record.incarnation).collect()
    };
    assert_eq!(incarnations(&first), incarnations(&second));
    assert!(second.iter().all(|moved| moved.was_there));

    target.store(&first[0].record.name).unwrap().take_over().unwrap();
    let refused = restored(&bytes, &mut target).unwrap_err().bare();
    assert!(matches!(refused, CopyError::InUse(_)), "{refused}");
}

#[test]
fn slow_every_changed_byte_is_refused_at_its_place() {
    let bytes = backup(&mut place_after(60));
    // Every byte at both ends, and samples between.
    let (ends, step) = (300, bytes.len() / 150);
    let places = (0..ends).chain((ends..bytes.len() - ends).step_by(step));
    for place in places.chain(bytes.len() - ends..bytes.len()) {
        let mut bent = bytes.clone();
        bent[place] ^= 1 << (place % 8);
        match check_backup(&*bent, &mut |_, _| {}).unwrap_err().bare() {
            CopyError::Backup { offset, .. } => assert!(offset <= place as u64, "{place}"),
            CopyError::NewerBackup { .. } => assert_eq!(place, 16),
            other => panic!("{place}: {other}"),
        }
    }
}

#[test]
fn every_truncated_or_longer_file_is_refused() {
    let bytes = backup(&mut place_after(60));
    for length in (0..200).chain((200..bytes.len()).step_by(bytes.len() / 60)) {
        let refused = check_backup(&bytes[..length], &mut |_, _| {}).unwrap_err().bare();
        assert!(matches!(refused, CopyError::Backup { .. }), "{length}: {refused}");
    }
    check_backup(&bytes[..bytes.len() - 1], &mut |_, _| {}).unwrap_err();
    let longer = [&bytes[..], &[0]].concat();
    check_backup(&*longer, &mut |_, _| {}).unwrap_err();
}

#[test]
fn nothing_can_be_served_from_a_damaged_backup() {
    let bytes = backup(&mut lived_place());
    for sixteenth in 1..16 {
        let mut bent = bytes.clone();
        bent[bytes.len() * sixteenth / 16] ^= 0x40;
        let mut target = MemoryPlace::default();
        restored(&bent, &mut target).unwrap_err();
        assert_eq!(target.control.books().unwrap(), []);
        assert_eq!(target.control.find_all_keys().unwrap(), []);
    }
}

#[test]
fn a_place_with_other_books_is_no_place_for_a_restore() {
    let bytes = backup(&mut lived_place());
    let mut target = MemoryPlace::default();
    let record = store::BookRecord {
        name: crate::places::name("other"),
        is_test: true,
        created_at: Instant::from_micros(1),
        incarnation: 5,
    };
    target.control.create_book(&record).unwrap();
    let refused = restored(&bytes, &mut target).unwrap_err().bare();
    assert!(matches!(refused, CopyError::InUse(_)), "{refused}");
}
