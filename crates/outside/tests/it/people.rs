//! Personal text under a key per person.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base::PersonId;
use outside::keyring::KeyRing;
use outside::people::{Opened, PEOPLE_FILE, PeopleError, PeopleKeys, PlainText};
use outside::random::SeededRandomness;

use crate::{now, ring};

const ANN: PersonId = PersonId::from_bits(1);
const BOB: PersonId = PersonId::from_bits(2);

fn text(opened: Opened) -> String {
    match opened {
        Opened::Text(text) => text,
        Opened::Erased => "<erased>".to_owned(),
    }
}

/// A folder of mode 0700 that vanishes with the test.
fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn contains(folder: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

#[test]
fn sealed_text_opens_for_its_person_and_purpose_only() {
    let folder = folder();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    for plain in ["", "Ann", "Grüße, 朋友 🎁", &"x".repeat(10_000)] {
        let sealed = keys.seal(ANN, "name", plain).unwrap();
        assert_eq!(text(keys.open(ANN, "name", &sealed).unwrap()), plain);
        assert_ne!(sealed, keys.seal(ANN, "name", plain).unwrap(), "never twice the same");
    }
    keys.seal(BOB, "name", "Bob").unwrap();
    let sealed = keys.seal(ANN, "name", "Ann").unwrap();
    let mut changed = sealed.clone();
    *changed.last_mut().unwrap() ^= 1;
    let mut other_format = sealed.clone();
    other_format[0] = 2;
    for (person, purpose, bytes) in [
        (BOB, "name", sealed.as_slice()),
        (ANN, "message", &sealed),
        (ANN, "name", &changed),
        (ANN, "name", &other_format),
        (ANN, "name", &sealed[..20]),
        (ANN, "name", &[]),
    ] {
        let answer = keys.open(person, purpose, bytes);
        assert!(matches!(answer, Err(PeopleError::Damaged(_))), "{answer:?}");
    }
}

#[test]
fn many_texts_are_sealed_in_order() {
    let folder = folder();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    let names: Vec<String> = (0..3_000).map(|number| format!("person {number}")).collect();
    let person = |place: usize| PersonId::from_bits(u128::try_from(place / 3).unwrap());
    let texts: Vec<PlainText<'_>> = (names.iter().enumerate())
        .map(|(place, plain)| PlainText { person: person(place), purpose: "name", plain })
        .collect();
    let sealed = keys.seal_many(&texts).unwrap();
    let reopened = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    for (place, sealed) in sealed.iter().enumerate() {
        let opened = reopened.open(person(place), "name", sealed).unwrap();
        assert_eq!(text(opened), names[place]);
    }
    assert_eq!(keys.seal_many(&[]).unwrap(), Vec::<Vec<u8>>::new());
}

#[test]
fn erasure_leaves_text_unreadable_for_good() {
    let folder = folder();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    let of_ann = keys.seal(ANN, "name", "Ann").unwrap();
    let of_bob = keys.seal(BOB, "name", "Bob").unwrap();
    keys.erase(ANN).unwrap();
    keys.erase(ANN).unwrap();
    let never_seen = PersonId::from_bits(3);
    keys.erase(never_seen).unwrap();
    for keys in [&keys, &PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap()] {
        assert_eq!(text(keys.open(ANN, "name", &of_ann).unwrap()), "<erased>");
        assert_eq!(text(keys.open(BOB, "name", &of_bob).unwrap()), "Bob");
        for gone in [ANN, never_seen] {
            let again = keys.seal(gone, "name", "Ann");
            assert!(matches!(again, Err(PeopleError::Erased(_))), "{again:?}");
        }
        let both = [
            PlainText { person: PersonId::from_bits(4), purpose: "name", plain: "Dan" },
            PlainText { person: ANN, purpose: "name", plain: "Ann" },
        ];
        assert!(keys.seal_many(&both).is_err());
        let lost = keys.open(both[0].person, "name", &of_bob);
        assert!(matches!(lost, Err(PeopleError::KeyMissing(_))), "lost is not erased: {lost:?}");
    }
}

#[test]
fn the_destroyed_key_is_not_left_in_the_file() {
    let folder = folder();
    let path = folder.path().join(PEOPLE_FILE);
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    keys.seal(BOB, "name", "Bob").unwrap();
    let before = fs::read(&path).unwrap();
    keys.seal(ANN, "name", "Ann").unwrap();
    let with_ann = fs::read(&path).unwrap();
    // What the file has only since Ann: her row. Pieces of eight bytes of it must vanish.
    let pieces = |bytes: &[u8]| -> std::collections::HashSet<Vec<u8>> {
        bytes.windows(8).map(<[u8]>::to_vec).collect()
    };
    let random_looking = |piece: &Vec<u8>| piece.iter().filter(|byte| **byte == 0).count() < 2;
    let of_ann: Vec<_> = pieces(&with_ann)
        .difference(&pieces(&before))
        .filter(|piece| random_looking(piece))
        .cloned()
        .collect();
    assert!(of_ann.len() > 48, "a wrapped key has 72 bytes: {}", of_ann.len());
    keys.erase(ANN).unwrap();
    let left = pieces(&fs::read(&path).unwrap());
    let surviving = of_ann.iter().filter(|piece| left.contains(*piece)).count();
    assert!(surviving < 8, "{surviving} of {} pieces survive", of_ann.len());
}

#[test]
fn rotation_rewraps_keys_and_leaves_sealed_text_alone() {
    let folder = folder();
    let old = ring(1);
    let keys = PeopleKeys::open_or_create(folder.path(), &old).unwrap();
    let person = |number: u128| PersonId::from_bits(number);
    let names: Vec<String> = (0..2_500).map(|number| number.to_string()).collect();
    let texts: Vec<_> = (0..)
        .zip(&names)
        .map(|(number, plain)| PlainText { person: person(number), purpose: "name", plain })
        .collect();
    let sealed = keys.seal_many(&texts).unwrap();
    keys.erase(person(0)).unwrap();

    let new = old.rotate(now(), &mut SeededRandomness::new(2)).unwrap();
    assert_eq!(keys.rewrap(&new).unwrap(), 2_499);
    assert_eq!(keys.rewrap(&new).unwrap(), 0);
    let without_old = new.retire(old.current()).unwrap();
    let reopened = PeopleKeys::open_or_create(folder.path(), &without_old).unwrap();
    for (place, number) in [(1, 1), (2_499, 2_499)] {
        let opened = reopened.open(person(number), "name", &sealed[place]).unwrap();
        assert_eq!(text(opened), names[place]);
    }
    assert_eq!(text(reopened.open(person(0), "name", &sealed[0]).unwrap()), "<erased>");

    let too_old = PeopleKeys::open_or_create(folder.path(), &old).unwrap_err().to_string();
    assert!(too_old.contains("too old"), "{too_old}");
    let wrong = PeopleKeys::open_or_create(folder.path(), &ring(7)).unwrap_err().to_string();
    assert!(wrong.contains("another key ring"), "{wrong}");
    assert!(keys.rewrap(&ring(7)).is_err());
}

#[test]
fn no_plain_text_in_files_or_debug_output() {
    let folder = folder();
    let ring = KeyRing::open_or_create(&folder.path().join("ring.toml")).unwrap();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring).unwrap();
    let secret = "Happy birthday dear Rosalind";
    let sealed = keys.seal(ANN, "gift_card.message", secret).unwrap();
    let opened = keys.open(ANN, "gift_card.message", &sealed).unwrap();
    let shown = format!("{keys:?} {opened:?} {ring:?}");
    assert!(!shown.contains("Rosalind") && !shown.contains("birthday"), "{shown}");
    assert!(!contains(folder.path(), b"Rosalind"));
    assert!(!sealed.windows(8).any(|window| window == b"Rosalind"));
    assert!(contains(folder.path(), &ANN.to_bytes()), "the search does find what is there");
}

#[test]
fn the_file_is_closed_to_others() {
    let folder = folder();
    let path = folder.path().join(PEOPLE_FILE);
    PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let error = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap_err().to_string();
    assert!(error.contains(&format!("chmod 600 {}", path.display())), "{error}");
}

#[test]
fn threads_share_one_and_agree_on_keys() {
    let folder = folder();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    let sealed: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| keys.seal(ANN, "name", "Ann").unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for sealed in &sealed {
        assert_eq!(text(keys.open(ANN, "name", sealed).unwrap()), "Ann");
    }
}

#[test]
fn two_processes_may_use_one_file() {
    let folder = folder();
    let rounds = 40;
    // Opened at the same time, so that one of them lays the file out.
    let opened = std::thread::scope(|scope| {
        let threads = [0, 1]
            .map(|_| scope.spawn(|| PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap()));
        threads.map(|thread| thread.join().unwrap())
    });
    let sealed = std::thread::scope(|scope| {
        let threads = opened.each_ref().map(|keys| {
            scope.spawn(move || -> Vec<Vec<u8>> {
                // New persons, the same ones for both: each must get one key.
                let persons = (1..=rounds).map(PersonId::from_bits);
                persons.map(|person| keys.seal(person, "name", "Ann").unwrap()).collect()
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    for (keys, theirs) in opened.iter().zip([&sealed[1], &sealed[0]]) {
        for (number, sealed) in (1..=rounds).zip(theirs) {
            let person = PersonId::from_bits(number);
            assert_eq!(text(keys.open(person, "name", sealed).unwrap()), "Ann");
        }
    }
    // One process erases; another one that never held the key knows at once.
    opened[0].erase(ANN).unwrap();
    let third = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    assert_eq!(text(third.open(ANN, "name", &sealed[1][0]).unwrap()), "<erased>");
    assert!(matches!(third.seal(ANN, "name", "Ann"), Err(PeopleError::Erased(_))));
}
