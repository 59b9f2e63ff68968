//! Accounts in `people.db`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use ::people::passkey::{Assertion, PublicKey};
use ::people::totp::Totp;
use ::people::{
    AddressLog, CodeSent, Person, RecoveryCodes, Role, SESSIONS_PER_PERSON_MAX, SecretHash,
    Session, SessionEnd, SignIn, Tries, Way, Ways,
};
use base::{
    AccountId, Currency, Instant, Money, PasskeyId, PersonId, SessionId, SignInId, Span, Text,
};
use outside::people::{
    Accounts, Agreed, KnownAct, KnownPasskey, KnownPerson, KnownSignIn, KnownTotp, PEOPLE_FILE,
    PasskeyFound, PeopleError, PeopleKeys,
};

use crate::ring;

const ANN: PersonId = PersonId::from_bits(1);
const BOB: PersonId = PersonId::from_bits(2);
const NOW: Instant = Instant::from_micros(1_800_000_000_000_000);
const BOOK: &str = "shop";

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn hash(byte: u8) -> SecretHash {
    SecretHash([byte; 16])
}

fn ann() -> KnownPerson {
    let person = Person::new(ANN, NOW);
    let person = person.with_roles(person.roles.with(Role::Finance), NOW);
    KnownPerson { person, address: Some(hash(1)), sealed_address: Some(vec![1, 2, 3]) }
}

fn session(number: u8) -> Session {
    let (id, device) = (SessionId::from_bits(number.into()), Text::new("Firefox on Linux").ok());
    let now = NOW.saturating_add(Span::seconds(number.into()));
    let ways = Ways::of(Way::MailCode).with(Way::Totp);
    Session::open(id, &ann().person, hash(number), ways, device, now).unwrap()
}

/// A passkey of Ann's.
fn passkey() -> KnownPasskey {
    // Kind 1, algorithm -8, curve 6, a point.
    let key = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], &[9; 32][..]].concat();
    KnownPasskey {
        id: PasskeyId::from_bits(5),
        person: ANN,
        credential_id: [7; 40].into(),
        key: PublicKey::read(&key).unwrap(),
        counter: u32::MAX,
        backup_eligible: true,
        backed_up: false,
        created_at: NOW,
        used_at: None,
    }
}

#[test]
fn what_is_kept_is_read_back_and_belongs_to_its_book() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let passkey = passkey();
    let tries = Tries { failures: 6, wait_until: Some(NOW) };
    let totp = Totp { last_step: Some(-1), tries, confirmed_at: Some(NOW), ..Totp::offered(NOW) };
    let totp = KnownTotp { totp, sealed: vec![4; 30] };
    let codes = RecoveryCodes { left: vec![hash(1), hash(2)], tries };
    let log = AddressLog { sent: vec![NOW, Instant::MIN], tries };
    let sign_in = SignIn {
        code: Some(CodeSent::new(hash(8), NOW)),
        person: Some(BOB),
        ways: Ways::of(Way::HandOver),
        challenge: Some([3; 32]),
        ..SignIn::begin(SignInId::from_bits(1), hash(9), NOW)
    };
    let sign_in = KnownSignIn { sign_in, address: Some(hash(1)), sealed_address: Some(vec![5; 9]) };
    let write = accounts.transact(BOOK, |rows| {
        rows.put_person(&ann())?;
        assert_eq!(rows.add_passkey(&passkey)?, PasskeyFound::New);
        let other = KnownPasskey { id: PasskeyId::from_bits(6), person: BOB, ..passkey.clone() };
        assert_eq!(rows.add_passkey(&other)?, PasskeyFound::Known);
        rows.put_totp(ANN, &totp)?;
        rows.put_recovery_codes(ANN, &codes)?;
        rows.put_address(hash(1), &log)?;
        rows.put_sign_in(&sign_in, NOW)?;
        rows.put_session(&session(1))
    });
    write.unwrap();
    // Another process reads the same.
    let again = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let read = again.transact(BOOK, |rows| {
        assert_eq!(rows.person(ANN)?, Some(ann()));
        assert_eq!(rows.person_at(hash(1))?, Some(ann()));
        assert_eq!(rows.passkeys_of(ANN)?, std::slice::from_ref(&passkey));
        assert_eq!(rows.passkey(&[7; 40])?, Some(passkey.clone()));
        assert_eq!(rows.totp(ANN)?, Some(totp.clone()));
        assert_eq!(rows.recovery_codes(ANN)?, codes);
        assert_eq!(rows.address(hash(1))?, log);
        assert_eq!(rows.sign_in(hash(9))?, Some(sign_in.clone()));
        assert_eq!(rows.session(hash(1))?, Some(session(1)));
        rows.passkey_used(passkey.id, (9, true), NOW)?;
        let used = rows.passkey(&[7; 40])?.unwrap();
        assert_eq!((used.counter, used.backed_up, used.used_at), (9, true, Some(NOW)));
        assert!(!rows.remove_passkey(BOB, passkey.id)?, "it is somebody else's");
        assert!(rows.remove_passkey(ANN, passkey.id)?);
        rows.remove_totp(ANN)?;
        assert_eq!(rows.totp(ANN)?, None);
        rows.remove_sign_in(hash(9))?;
        rows.sign_in(hash(9))
    });
    assert_eq!(read.unwrap(), None);
    let elsewhere = accounts.transact("other", |rows| {
        let nothing = rows.address(hash(1))? == AddressLog::default()
            && rows.recovery_codes(ANN)? == RecoveryCodes::default();
        Ok((rows.person(ANN)?, rows.person_at(hash(1))?, rows.session(hash(1))?, nothing))
    });
    assert_eq!(elsewhere.unwrap(), (None, None, None, true));
}

#[test]
fn an_error_takes_everything_back() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let failed = accounts.transact(BOOK, |rows| {
        rows.put_person(&ann())?;
        Err::<(), _>(PeopleError::DamagedRow("persons"))
    });
    assert!(failed.is_err());
    assert_eq!(accounts.transact(BOOK, |rows| rows.person(ANN)).unwrap(), None);
    // Two persons at one address are one too many.
    let twice = accounts.transact(BOOK, |rows| {
        rows.put_person(&ann())?;
        rows.put_person(&KnownPerson { person: Person::new(BOB, NOW), ..ann() })
    });
    assert!(matches!(twice, Err(PeopleError::Database(_))), "{twice:?}");
}

#[test]
fn sessions_are_listed_ended_and_bounded() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let many = u8::try_from(SESSIONS_PER_PERSON_MAX).unwrap() + 3;
    let listed = accounts.transact(BOOK, |rows| {
        for number in 1..=many {
            rows.make_room(ANN, NOW)?;
            rows.put_session(&session(number))?;
        }
        rows.sessions_of(ANN)
    });
    let listed = listed.unwrap();
    let newest: Vec<u128> = listed.iter().map(|session| session.id.bits()).collect();
    let expected: Vec<u128> = (4..=many).rev().map(u128::from).collect();
    assert_eq!(newest, expected, "the oldest have made room");
    let left = accounts.transact(BOOK, |rows| {
        let ended = rows.end_sessions(ANN, Some(listed[0].id), SessionEnd::Revoked, NOW)?;
        assert_eq!(ended, SESSIONS_PER_PERSON_MAX - 1);
        let revoked = rows.session(hash(4))?.unwrap();
        assert_eq!(revoked.ended, Some((SessionEnd::Revoked, NOW)));
        rows.put_challenge(listed[0].id, Some([1; 32]))?;
        assert_eq!(rows.take_challenge(listed[0].id)?, Some([1; 32]));
        assert_eq!(rows.take_challenge(listed[0].id)?, None, "it works once");
        // Long after, what ended is forgotten.
        rows.make_room(ANN, NOW.saturating_add(Span::days(31)))?;
        assert_eq!(rows.session(hash(4))?, None);
        rows.sessions_of(ANN)
    });
    assert_eq!(left.unwrap().len(), 1);
}

#[test]
fn sign_ins_that_are_over_are_forgotten() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let known = |number: u8, at| KnownSignIn {
        sign_in: SignIn::begin(SignInId::from_bits(number.into()), hash(number), at),
        address: None,
        sealed_address: None,
    };
    let later = NOW.saturating_add(SignIn::LIFETIME);
    let found = accounts.transact(BOOK, |rows| {
        rows.put_sign_in(&known(1, NOW), NOW)?;
        rows.put_sign_in(&known(2, later), later)?;
        Ok((rows.sign_in(hash(1))?.is_some(), rows.sign_in(hash(2))?.is_some()))
    });
    assert_eq!(found.unwrap(), (false, true));
}

/// The file of a version that knew no accounts.
#[test]
fn an_older_file_gets_its_tables() {
    let folder = folder();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    let sealed = keys.seal(ANN, "name", "Ann").unwrap();
    drop(keys);
    let file = rusqlite::Connection::open(folder.path().join(PEOPLE_FILE)).unwrap();
    let tables = ["persons", "passkeys", "totps", "recovery_codes", "addresses", "sign_ins"];
    for table in tables.into_iter().chain(["sessions", "acts"]) {
        file.execute(&format!("DROP TABLE {table}"), []).unwrap();
    }
    file.pragma_update(None, "user_version", 1).unwrap();
    drop(file);
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    accounts.transact(BOOK, |rows| rows.put_person(&ann())).unwrap();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    assert!(keys.open(ANN, "name", &sealed).is_ok(), "keys are as they were");
}

/// What somebody has signed can be checked again as long as it is kept.
#[test]
fn signed_acts_stay_and_others_are_forgotten() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let key = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], &[9; 32][..]].concat();
    let act = |nonce: u8, agreed| KnownAct {
        nonce: [nonce; 16],
        session: SessionId::from_bits(1),
        person: ANN,
        account: AccountId::from_bits(2),
        amount: Money::new(2_500, Currency::JPY).unwrap(),
        sealed_payee: vec![1, 2],
        expires_at: NOW,
        agreed,
        done_at: None,
    };
    let signed = act(
        1,
        Some(Agreed {
            passkey: PasskeyId::from_bits(5),
            key: PublicKey::read(&key).unwrap(),
            assertion: Assertion {
                client_data: b"client".to_vec(),
                authenticator_data: b"data".to_vec(),
                signature: b"signature".to_vec(),
            },
            at: NOW,
        }),
    );
    let later = NOW.saturating_add(Span::days(2));
    let found = accounts.transact(BOOK, |rows| {
        rows.put_act(&act(1, None), NOW)?;
        assert_eq!(rows.act([1; 16])?, Some(act(1, None)));
        rows.put_act(&signed, NOW)?;
        rows.put_act(&act(2, None), NOW)?;
        rows.put_act(&KnownAct { done_at: Some(later), ..signed.clone() }, later)?;
        Ok((rows.act([1; 16])?, rows.act([2; 16])?))
    });
    let (kept, forgotten) = found.unwrap();
    assert_eq!(kept, Some(KnownAct { done_at: Some(later), ..signed }));
    assert_eq!(forgotten, None);
    let evidence = kept.unwrap().evidence(Text::new("Luna").unwrap()).unwrap();
    assert_eq!((evidence.act.payee.as_str(), evidence.act.nonce), ("Luna", [1; 16]));
}
