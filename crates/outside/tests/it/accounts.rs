//! Accounts in `people.db`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use ::people::passkey::{Assertion, PublicKey};
use ::people::totp::Totp;
use ::people::{
    AccountChange, AccountEvent, AddressLog, Approval, ApprovalState, CodeSent, KnownBrowser,
    NetworkLog, Permission, Person, RecoveryCodes, Role, SESSIONS_PER_PERSON_MAX, SecretHash,
    SentToStranger, Session, SessionEnd, SignIn, Tries, Used, Way, Ways,
};
use base::{
    AccountId, ApprovalId, Currency, Instant, Money, PasskeyId, PersonId, SessionId, SignInId,
    Span, Text, Token,
};
use outside::keyring::KeyNumber;
use outside::people::{
    Accounts, ActDone, Agreed, KnownAct, KnownApproval, KnownPasskey, KnownPerson, KnownSignIn,
    KnownTotp, PEOPLE_FILE, PasskeyFound, PeopleError, PeopleKeys,
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
    let (address, address_key) = (Some(hash(1)), Some(KeyNumber::FIRST));
    KnownPerson { person, address, address_key, sealed_address: Some(vec![1, 2, 3]) }
}

fn session(number: u8) -> Session {
    let (id, device) = (SessionId::from_bits(number.into()), Text::new("Firefox on Linux").ok());
    let now = NOW.saturating_add(Span::seconds(number.into()));
    let ways = Ways::of(Way::MailCode).with(Way::Totp);
    let session = Session::open(id, &ann().person, hash(number), ways, device, now).unwrap();
    session.by_staff_key(number.is_multiple_of(2))
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
        confirmed_at: None,
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
    let strangers = [None, Some(hash(3))].map(|network| SentToStranger { at: NOW, network });
    let doubt = Used { full_at: NOW.saturating_add(Span::days(1)) };
    let log = AddressLog { sent: strangers.into(), doubt };
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
        rows.put_address(hash(1), &log, NOW)?;
        rows.put_sign_in(&sign_in, NOW)?;
        rows.put_session(&session(1))?;
        rows.put_session(&session(2))
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
        assert_eq!(rows.session(hash(2))?, Some(session(2)));
        rows.passkey_used(passkey.id, (9, true), NOW)?;
        let used = rows.passkey(&[7; 40])?.unwrap();
        assert_eq!((used.counter, used.backed_up, used.used_at), (9, true, Some(NOW)));
        assert!(!rows.confirm_passkey(BOB, passkey.id, NOW)?, "it is somebody else's");
        assert!(rows.confirm_passkey(ANN, passkey.id, NOW)?);
        assert_eq!(rows.passkey(&[7; 40])?.unwrap().confirmed_at, Some(NOW));
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
    let names: Vec<String> = file
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for table in names.iter().filter(|name| !matches!(name.as_str(), "ring" | "person_keys")) {
        file.execute(&format!("DROP TABLE {table}"), []).unwrap();
    }
    file.pragma_update(None, "user_version", 1).unwrap();
    drop(file);
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    accounts.transact(BOOK, |rows| rows.put_person(&ann())).unwrap();
    let keys = PeopleKeys::open_or_create(folder.path(), &ring(1)).unwrap();
    assert!(keys.open(ANN, "name", &sealed).is_ok(), "keys are as they were");
}

/// The file of a version that did not know since when somebody is of staff.
#[test]
fn staff_of_an_older_file_is_staff_since_its_invitation() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    accounts.transact(BOOK, |rows| rows.put_person(&ann())).unwrap();
    drop(accounts);
    let file = rusqlite::Connection::open(folder.path().join(PEOPLE_FILE)).unwrap();
    let back = "ALTER TABLE persons DROP COLUMN staff_since;
        ALTER TABLE persons DROP COLUMN address_key;
        ALTER TABLE passkeys DROP COLUMN confirmed_at;
        ALTER TABLE sessions DROP COLUMN by_staff_key;
        DROP TABLE networks; DROP TABLE browsers; DROP TABLE account_events; DROP TABLE approvals;
        DROP TABLE conversations; DROP TABLE messages; DROP TABLE hand_overs;
        ALTER TABLE acts DROP COLUMN done_call;
        DROP INDEX addresses_by_age; DROP INDEX acts_unsigned; DROP INDEX acts_unsigned_of_person;
        DROP INDEX acts_undone; DROP INDEX acts_undone_of_person;
        PRAGMA user_version = 2;";
    file.execute_batch(back).unwrap();
    drop(file);
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let found = accounts.transact(BOOK, |rows| rows.person(ANN)).unwrap().unwrap();
    assert_eq!((found.person.staff_since, found.address_key), (Some(NOW), None));
    assert!(found.person.roles.has(Role::Finance));
}

/// Logs of addresses and networks go once nothing in them is worth remembering.
#[test]
fn what_strangers_did_is_forgotten() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let until = |span| Used { full_at: NOW.saturating_add(span) };
    let (hour, two) = (Span::hours(1), Span::hours(2));
    let network = NetworkLog { asked: until(hour), wrong: until(two) };
    let at = SentToStranger { at: NOW, network: Some(hash(4)) };
    let log = AddressLog { sent: vec![at], doubt: Used::default() };
    let check = |now: Instant| {
        let read = accounts.transact(BOOK, |rows| {
            // Somebody else comes, and what is over goes.
            rows.put_address(hash(9), &AddressLog::default(), now)?;
            rows.put_network(hash(9), &NetworkLog::default(), now)?;
            Ok((rows.address(hash(1))?, rows.network(hash(2))?))
        });
        read.unwrap()
    };
    let write = accounts.transact(BOOK, |rows| {
        rows.put_address(hash(1), &log, NOW)?;
        rows.put_network(hash(2), &network, NOW)
    });
    write.unwrap();
    assert_eq!(check(NOW), (log, network));
    let after = NOW.saturating_add(hour);
    assert_eq!(check(after), (AddressLog::default(), network));
    assert_eq!(check(NOW.saturating_add(two)).1, NetworkLog::default());
}

#[test]
fn browsers_are_known_for_whom_they_were_used() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let bob = KnownPerson {
        person: Person::new(BOB, NOW),
        address: Some(hash(2)),
        address_key: None,
        sealed_address: None,
    };
    let tries = Tries { failures: 3, wait_until: Some(NOW) };
    let known = KnownBrowser { sent: vec![NOW], tries, ..KnownBrowser::new(NOW) };
    let done = accounts.transact(BOOK, |rows| {
        rows.put_person(&ann())?;
        rows.put_person(&bob)?;
        rows.put_browser(hash(7), ANN, &known, NOW)?;
        rows.put_browser(hash(7), BOB, &KnownBrowser::new(NOW), NOW)?;
        assert_eq!(rows.browser_at(hash(7), &[hash(1)])?, Some((ANN, known.clone())));
        assert_eq!(rows.browser_at(hash(7), &[hash(9), hash(2)])?.unwrap().0, BOB);
        assert_eq!(rows.browser_at(hash(7), &[hash(9)])?, None);
        assert_eq!(rows.browser_at(hash(8), &[hash(1)])?, None);
        // The ones that rested longest make room.
        for number in 0..KnownBrowser::PER_PERSON_MAX {
            let later = NOW.saturating_add(Span::hours(1 + u64::from(number)));
            let byte = 100 + u8::try_from(number).unwrap();
            rows.put_browser(hash(byte), ANN, &KnownBrowser::new(later), later)?;
        }
        assert_eq!(rows.browser_at(hash(7), &[hash(1)])?, None, "it rested longest");
        assert!(rows.browser_at(hash(7), &[hash(2)])?.is_some(), "for others it is known");
        rows.forget_browsers(ANN, Some(hash(103)))?;
        assert!(rows.browser_at(hash(103), &[hash(1)])?.is_some());
        assert_eq!(rows.browser_at(hash(104), &[hash(1)])?, None);
        // After 400 days it is too old for anybody.
        let late = NOW.saturating_add(KnownBrowser::LIFETIME);
        rows.put_browser(hash(103), ANN, &KnownBrowser::new(late), late)?;
        rows.browser_at(hash(7), &[hash(2)])
    });
    assert_eq!(done.unwrap(), None);
}

#[test]
fn events_of_accounts_are_kept_and_own_ones_bounded() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let event = |by, change| AccountEvent {
        person: ANN,
        by,
        change,
        subject: Text::new("support").ok(),
        at: NOW,
    };
    let most = AccountEvent::OWN_KEPT_MAX;
    let kept = accounts.transact(BOOK, |rows| {
        rows.add_event(&event(Some(BOB), AccountChange::Frozen))?;
        rows.add_event(&AccountEvent { subject: None, ..event(None, AccountChange::RolesGiven) })?;
        for _ in 0..most + 5 {
            rows.add_event(&event(Some(ANN), AccountChange::PasskeyAdded))?;
        }
        assert_eq!(rows.events_of(BOB, 10)?, []);
        rows.events_of(ANN, 10_000)
    });
    let kept = kept.unwrap();
    assert_eq!(kept.len(), most as usize + 2);
    assert_eq!(kept.last(), Some(&event(Some(BOB), AccountChange::Frozen)), "nobody flushes it");
    assert_eq!(kept[most as usize].by, None);
}

#[test]
fn requests_for_a_second_person_are_kept_for_a_month() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let (by, at) = (BOB, NOW);
    let states = [
        ApprovalState::Open,
        ApprovalState::Approved { by, at },
        ApprovalState::Declined { by, at },
        ApprovalState::Withdrawn { at },
        ApprovalState::Done { by, at },
    ];
    for (number, state) in (1..).zip(states) {
        let approval = Approval {
            id: ApprovalId::from_bits(number),
            kind: Token::new("passkeys.lost").unwrap(),
            act: [9; 32],
            needs: Permission::ApprovePeople,
            asked_by: ANN,
            asked_at: NOW,
            state,
        };
        let known = KnownApproval { approval, person: BOB };
        let later = NOW.saturating_add(Span::days(30));
        let found = accounts.transact(BOOK, |rows| {
            rows.put_approval(&known, NOW)?;
            assert_eq!(rows.approval(known.approval.id)?, Some(known.clone()));
            // The owner objects: what is open is withdrawn, and nothing else.
            rows.withdraw_approvals(BOB, NOW)?;
            let after = rows.approval(known.approval.id)?.unwrap().approval.state;
            let expected = match state {
                ApprovalState::Open => ApprovalState::Withdrawn { at },
                other => other,
            };
            assert_eq!(after, expected);
            rows.put_approval(&known, later)?;
            rows.approval(known.approval.id)
        });
        assert_eq!(found.unwrap(), None);
    }
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
        done: None,
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
    let later = NOW.saturating_add(Span::days(731));
    let undone = KnownAct { nonce: [3; 16], ..signed.clone() };
    let found = accounts.transact(BOOK, |rows| {
        rows.put_act(&undone, NOW)?;
        rows.put_act(&act(1, None), NOW)?;
        assert_eq!(rows.act([1; 16])?, Some(act(1, None)));
        rows.put_act(&signed, NOW)?;
        rows.put_act(&act(2, None), NOW)?;
        let soon = NOW.saturating_add(Span::days(2));
        let done = ActDone { at: soon, call: Text::new("page-1-/v1/checkouts").unwrap() };
        rows.put_act(&KnownAct { done: Some(done), ..signed.clone() }, soon)?;
        assert_eq!(rows.act([2; 16])?, None, "nobody has signed it");
        assert_eq!(rows.act([3; 16])?, Some(undone.clone()), "it may still be asked for");
        rows.put_act(&KnownAct { expires_at: later, ..act(4, None) }, later)?;
        assert_eq!(rows.act([3; 16])?, None, "it was never done");
        // Asking is bounded, and pushes out what was asked for only.
        for number in 0..30 {
            let expires_at = later.saturating_add(Span::minutes(number.into()));
            rows.put_act(&KnownAct { expires_at, ..act(100 + number, None) }, later)?;
        }
        assert_eq!((rows.act([109; 16])?, rows.act([110; 16])?.is_some()), (None, true));
        rows.act([1; 16])
    });
    let kept = found.unwrap();
    assert!(kept.as_ref().is_some_and(|kept| kept.done.is_some()), "it is evidence");
    let evidence = kept.unwrap().evidence(Text::new("Luna").unwrap()).unwrap();
    assert_eq!((evidence.act.payee.as_str(), evidence.act.nonce), ("Luna", [1; 16]));
}

#[test]
fn a_hand_over_is_used_once_as_long_as_it_could_be() {
    let folder = folder();
    let accounts = Accounts::open_or_create(folder.path(), &ring(1)).unwrap();
    let until = NOW.saturating_add(Span::minutes(1));
    let uses = |book: &str, nonce: u8, now| {
        accounts.transact(book, |rows| rows.use_hand_over([nonce; 16], until, now)).unwrap()
    };
    assert_eq!([uses(BOOK, 1, NOW), uses(BOOK, 1, NOW), uses(BOOK, 2, NOW)], [true, false, true]);
    assert!(uses("another", 1, NOW), "books have hand-overs of their own");
    // What is too old for its seal is forgotten.
    assert!(uses(BOOK, 1, until));
}
