//! The key ring: derivation, rotation, its file.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base::{CardId, Span};
use outside::codes::ParsedCode;
use outside::keyring::{KeyNumber, KeyRing, KeyState, RingError, refuse_inside};
use outside::random::SeededRandomness;

use crate::{hex, now, ring};

const CARD: CardId = CardId::from_bits(0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF);

fn rotated(ring: &KeyRing) -> KeyRing {
    ring.rotate(now().saturating_add(Span::days(365)), &mut SeededRandomness::new(99)).unwrap()
}

fn number(number: u32) -> KeyNumber {
    KeyNumber::new(number).unwrap()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn codes_are_recreated_and_differ_by_card_nonce_and_key() {
    let ring = rotated(&ring(1));
    let code = |card, nonce, key| ring.code_for(card, nonce, number(key)).unwrap();
    let other_card = CardId::from_bits(CARD.bits() + 1);
    assert_eq!(code(CARD, 0, 1), code(CARD, 0, 1));
    for other in [code(other_card, 0, 1), code(CARD, 1, 1), code(CARD, 0, 2)] {
        assert_ne!(code(CARD, 0, 1), other);
    }
    for nonce in 0..1_000 {
        let code = code(CARD, nonce, 1);
        assert_eq!(ParsedCode::parse(&code.reveal()), Ok(ParsedCode::Ours(code)));
    }
}

/// 31 letters, 160,000 draws: χ² with 30 degrees of freedom exceeds 59.7 once in a thousand; the
/// seed is fixed, so this passes always or never. Drawing by remainder alone would give some 870.
#[test]
fn letters_are_drawn_evenly() {
    let ring = ring(5);
    let mut counts = std::collections::BTreeMap::<char, i64>::new();
    for nonce in 0..10_000 {
        let text = ring.code_for(CARD, nonce, KeyNumber::FIRST).unwrap().reveal();
        for letter in text.replace('-', "").chars().take(16) {
            *counts.entry(letter).or_default() += 1;
        }
    }
    // Scaled by 31 to stay in whole numbers: Σ (31·count − n)² / (31·n).
    let n = 160_000;
    let squares: i64 = counts.values().map(|count| (31 * count - n).pow(2)).sum();
    assert_eq!(counts.len(), 31);
    assert!(squares / (31 * n) < 60, "χ² is {}", squares / (31 * n));
}

/// These values are in books: if one changes, existing cards are no longer found.
#[test]
fn derived_values_never_change() {
    let ring = ring(1);
    let code = ring.code_for(CARD, 42, KeyNumber::FIRST).unwrap();
    let custom = ParsedCode::parse("LEGACY-0001").unwrap();
    let lines = [
        ring.fingerprint(),
        code.reveal(),
        hex(&ring.hash_code("shop", &code, KeyNumber::FIRST).unwrap()),
        hex(&ring.hash_code("shop", &custom, KeyNumber::FIRST).unwrap()),
        hex(&ring.hash_email("shop", "ann@example.com", KeyNumber::FIRST).unwrap()),
        hex(&ring.short_hash("operation", b"key-1")),
    ];
    assert_eq!(lines, GOLDEN);
}

/// Computed by a second, independent program from the description in `docs/keys.md`.
const GOLDEN: [&str; 6] = [
    "89e7cd7b0819fa63",
    "WC8Z-P3CU-2RVJ-5JU8A",
    "a93aaf05862795213dd3ecd622dfe438",
    "916b313ab392f5bd7817c604794698ea",
    "96034d538023003c2db66180d73c6c71",
    "5ab74aad8a92ff593a11eec5db9c34a3",
];

#[test]
fn hashes_depend_on_book_key_label_and_ring() {
    let ring_one = rotated(&ring(1));
    let code = ring_one.code_for(CARD, 0, number(1)).unwrap();
    let hash = |ring: &KeyRing, book, key| ring.hash_code(book, &code, number(key)).unwrap();
    let first = hash(&ring_one, "shop", 1);
    for other in
        [hash(&ring_one, "other", 1), hash(&ring_one, "shop", 2), hash(&ring(2), "shop", 1)]
    {
        assert_ne!(first, other);
    }
    let short = |label, bytes: &[u8]| ring_one.short_hash(label, bytes);
    assert_ne!(short("a", b"bc"), short("ab", b"c"), "the label cannot run into the bytes");
    assert_ne!(short("a", b"x"), short("b", b"x"));
}

#[test]
fn rotation_keeps_old_codes_valid_and_repeated_operations_known() {
    let old = ring(1);
    let card_code = old.code_for(CARD, 0, old.current()).unwrap();
    let stored = old.hash_code("shop", &card_code, old.current()).unwrap();
    let email = old.hash_email("shop", "ann@example.com", number(1)).unwrap();

    let new = rotated(&old);
    assert_eq!(new.current(), number(2));
    let typed = ParsedCode::parse(&card_code.reveal().to_lowercase()).unwrap();
    let candidates: Vec<_> = new.hash_candidates("shop", &typed).collect();
    assert_eq!(candidates.iter().map(|(key, _)| key.get()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(candidates[1].1, stored);
    assert_eq!(new.code_for(CARD, 0, number(1)).unwrap(), card_code, "can still be shown");
    assert_eq!(new.hash_email("shop", "ann@example.com", number(1)).unwrap(), email);
    let found: Vec<_> = new.email_hash_candidates("shop", "ann@example.com").collect();
    assert_eq!((found.len(), found[0].0, found[1]), (2, number(2), (number(1), email)));
    assert_eq!(new.short_hash("operation", b"key"), old.short_hash("operation", b"key"));
    assert_eq!(new.fingerprint(), old.fingerprint());

    let retired = new.retire(number(1)).unwrap();
    assert_eq!(retired.hash_candidates("shop", &typed).count(), 1);
    let refused = retired.code_for(CARD, 0, number(1));
    assert!(matches!(refused, Err(RingError::RetiredKey(key)) if key == number(1)));
    let states: Vec<_> = retired.versions().map(|(_, state, _)| state).collect();
    assert_eq!(states, [KeyState::Retired, KeyState::Current]);
    assert!(matches!(new.retire(number(2)), Err(RingError::RetiresCurrent)));
    assert!(matches!(new.retire(number(3)), Err(RingError::UnknownKey(_))));
    assert!(matches!(new.code_for(CARD, 0, number(3)), Err(RingError::UnknownKey(_))));
}

#[test]
fn data_recognizes_its_ring() {
    let old = ring(1);
    let new = rotated(&old);
    new.check_belongs(&old.fingerprint(), number(2)).unwrap();
    old.check_belongs(&new.fingerprint(), number(1)).unwrap();
    let too_old = old.check_belongs(&new.fingerprint(), number(2)).unwrap_err();
    assert!(too_old.to_string().contains("too old"), "{too_old}");
    let wrong = ring(2).check_belongs(&old.fingerprint(), number(1)).unwrap_err();
    assert!(wrong.to_string().contains("another key ring"), "{wrong}");
}

#[test]
fn the_text_form_brings_everything_back() {
    let ring = rotated(&rotated(&ring(1))).retire(number(1)).unwrap();
    let again = KeyRing::from_text(&ring.reveal_text()).unwrap();
    assert_eq!(again.reveal_text(), ring.reveal_text());
    assert_eq!(again.current(), number(3));
    assert!(again.versions().eq(ring.versions()));
}

#[test]
fn damaged_text_is_refused_without_quoting_it() {
    let good = ring(1).reveal_text();
    let secret = good.split('"').find(|part| part.len() == 64).unwrap().to_owned();
    for (what, text) in [
        ("not understood", String::new()),
        ("not understood near line 4", good.replace("format", "layout")),
        ("not understood", good.replacen('"', "", 1)),
        ("format 2", good.replace("format = 1", "format = 2")),
        ("the anchor", good.replacen(&secret, &secret[1..], 1)),
        ("the anchor", good.replacen(&secret, &format!("+{}", &secret[1..]), 1)),
        ("the secret of key 1", good.replace("secret = \"", "secret = \"zz")),
        ("the state of key 1", good.replace("current", "best")),
        ("exactly one key must be current", good.replace("current", "readable")),
        ("key 1 is missing", good.replace("number = 1", "number = 2")),
        ("the created_at of key 1", good.replace("2026-11-20T", "yesterday ")),
    ] {
        let error = KeyRing::from_text(&text).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(what), "expected {what}: {shown}");
        assert!(!shown.contains(&secret[..8]), "quotes a secret: {shown}");
    }
}

#[test]
fn the_file_is_created_closed_and_refused_when_open_to_others() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("keys");
    let path = folder.join("ring.toml");
    let missing = KeyRing::open(&path).unwrap_err();
    assert!(matches!(missing, RingError::Missing(_)), "{missing}");

    let created = KeyRing::open_or_create(&path).unwrap();
    assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no draft is left behind");
    let opened = KeyRing::open_or_create(&path).unwrap();
    assert_eq!(opened.reveal_text(), created.reveal_text());

    for (changed, open_mode, advice) in [
        (&path, 0o640, format!("chmod 600 {}", path.display())),
        (&path, 0o604, format!("chmod 600 {}", path.display())),
        (&folder, 0o755, format!("chmod 700 {}", folder.display())),
        (&folder, 0o710, format!("chmod 700 {}", folder.display())),
    ] {
        let closed_mode = mode(changed);
        set_mode(changed, open_mode);
        let error = KeyRing::open_or_create(&path).unwrap_err().to_string();
        assert!(error.contains(&advice), "{error}");
        set_mode(changed, closed_mode);
        KeyRing::open_or_create(&path).unwrap();
    }

    let later = now().saturating_add(Span::days(1));
    let rotated = KeyRing::rotate_file(&path, later, &mut SeededRandomness::new(3)).unwrap();
    assert_eq!(KeyRing::open(&path).unwrap().reveal_text(), rotated.reveal_text());
    assert_eq!((rotated.current(), mode(&path)), (number(2), 0o600));
}

#[test]
fn threads_that_start_together_get_one_ring() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("keys/ring.toml");
    let texts: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| KeyRing::open_or_create(&path).unwrap().reveal_text()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| *text == texts[0]));
}

#[test]
fn the_ring_is_refused_inside_the_data_folder() {
    let root = tempfile::tempdir().unwrap();
    let (data, keys) = (root.path().join("data"), root.path().join("keys"));
    fs::create_dir_all(&data).unwrap();
    std::os::unix::fs::symlink(&data, root.path().join("link")).unwrap();
    for (path, refused) in [
        (data.join("ring.toml"), true),
        (data.join("deep/er/ring.toml"), true),
        (root.path().join("link/ring.toml"), true),
        (keys.join("ring.toml"), false),
        (root.path().join("data-keys/ring.toml"), false),
    ] {
        let answer = refuse_inside(&path, &data);
        assert_eq!(answer.is_err(), refused, "{}", path.display());
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let ring = rotated(&ring(1));
    let shown = format!("{ring:?} {ring:#?}");
    let text = ring.reveal_text();
    let secrets: Vec<&str> = text.split('"').filter(|part| part.len() == 64).collect();
    assert_eq!(secrets.len(), 3, "anchor and two keys");
    for secret in secrets {
        assert!(!shown.contains(&secret[..8]), "{shown}");
    }
    assert!(shown.contains(&ring.fingerprint()));
    assert!(!text.contains(&ring.fingerprint()), "the fingerprint is not part of a secret");
}
