//! How long sessions live, and what they let people do.

use base::{Instant, SessionId, Span};
use people::{
    Factors, Permission, Person, PersonState, Refusal, Role, Session, SessionEnd, Way, Ways,
};

use crate::{NOW, hash, later, person};

fn session(person: &Person, way: Way) -> Session {
    Session::open(SessionId::from_bits(1), person, hash(1), Ways::of(way), None, NOW).unwrap()
}

#[test]
fn a_session_ends_without_use_and_at_its_age() {
    #[track_caller]
    fn check(roles: &[Role], idle: Span, whole: Span) {
        let person = person(roles);
        let mut session = session(&person, Way::Passkey);
        let moment = Span::from_micros(1);
        assert_eq!(session.check(&person, later(idle).saturating_sub(moment)), Ok(()));
        assert_eq!(session.check(&person, later(idle)), Err(Refusal::SessionEnded));
        // Used all the time it still grows old.
        let mut now = NOW;
        while now < later(whole).saturating_sub(idle) {
            now = now.saturating_add(Span::from_micros(idle.micros() / 2));
            session = session.touched(now).unwrap();
        }
        assert_eq!(session.expires_at(), later(whole));
        assert_eq!(session.check(&person, later(whole)), Err(Refusal::SessionEnded));
    }
    check(&[], Span::days(14), Span::days(30));
    check(&[Role::Support], Span::hours(1), Span::hours(12));
}

#[test]
fn what_is_used_often_is_seldom_written() {
    let session = session(&person(&[]), Way::MailCode);
    assert_eq!(session.touched(later(Span::seconds(59))), None);
    assert!(session.touched(later(Span::seconds(60))).is_some());
}

#[test]
fn staff_reaches_nothing_of_others_by_mail() {
    let finance = person(&[Role::Finance]);
    let weak = session(&finance, Way::MailCode);
    let need = |session: &Session, one| session.require(&finance, one, NOW);
    assert_eq!(need(&weak, Permission::OwnAccount), Ok(()));
    assert_eq!(need(&weak, Permission::MoveMoney), Err(Refusal::StrongerSignInNeeded));
    assert_eq!(need(&weak, Permission::ManagePeople), Err(Refusal::NotPermitted));
    let strong = weak.strengthened(Ways::of(Way::Passkey), hash(2), NOW);
    let older = need(&strong, Permission::MoveMoney);
    assert_eq!(older, Err(Refusal::PasskeyNotConfirmed), "the passkey is older than the role");
    let strong = strong.by_staff_key(true);
    assert_eq!(need(&strong, Permission::MoveMoney), Ok(()));
    assert_eq!(need(&strong, Permission::ManagePeople), Err(Refusal::NotPermitted));
    assert!(strong.token == hash(2) && strong.token != weak.token, "it gets a new token");
    assert_eq!(strong.created_at, weak.created_at, "and grows no younger");
}

#[test]
fn a_new_role_ends_what_was_opened_before() {
    let customer = person(&[]);
    let session = session(&customer, Way::Passkey);
    let staff = customer.with_roles(customer.roles.with(Role::Admin), NOW);
    assert_eq!(session.check(&staff, NOW), Err(Refusal::SessionEnded));
    assert_eq!(session.check(&customer, NOW), Ok(()));
}

#[test]
fn what_has_ended_stays_ended() {
    let owner = person(&[]);
    let ended = session(&owner, Way::MailCode).end(SessionEnd::SignedOut, NOW);
    assert_eq!(ended.check(&owner, NOW), Err(Refusal::SessionEnded));
    let again = ended.end(SessionEnd::Revoked, later(Span::seconds(1)));
    assert_eq!(again.ended, Some((SessionEnd::SignedOut, NOW)));
    for end in SessionEnd::ALL {
        assert_eq!(SessionEnd::from_number(end as u8), Some(end));
    }
}

#[test]
fn a_closed_account_has_no_sessions() {
    let closed = Person { state: PersonState::Frozen, ..person(&[]) };
    let open = |ways| Session::open(SessionId::from_bits(1), &closed, hash(1), ways, None, NOW);
    assert_eq!(open(Ways::of(Way::Passkey)).unwrap_err(), Refusal::AccountClosed);
    let session = session(&person(&[]), Way::Passkey);
    assert_eq!(session.check(&closed, NOW), Err(Refusal::AccountClosed));
    let nobody = Session::open(
        SessionId::from_bits(1),
        &person(&[]),
        hash(1),
        Ways::of(Way::Totp),
        None,
        NOW,
    );
    assert_eq!(nobody.unwrap_err(), Refusal::SecondFactorMissing);
}

#[test]
fn changes_of_ways_in_want_a_fresh_proof() {
    let session = session(&person(&[]), Way::MailCode);
    let end: Instant = later(Session::FRESH);
    assert_eq!(session.require_fresh(end.saturating_sub(Span::from_micros(1))), Ok(()));
    assert_eq!(session.require_fresh(end), Err(Refusal::StrongerSignInNeeded));
    let proven = session.strengthened(Ways::of(Way::Totp), hash(2), end);
    assert_eq!(proven.require_fresh(end), Ok(()));
}

#[test]
fn a_mailbox_alone_takes_no_second_factor_away() {
    let by_mail = session(&person(&[]), Way::MailCode);
    let (none, some) = (Factors::default(), Factors { totp: true, ..Factors::default() });
    let refused = Err(Refusal::StrongerSignInNeeded);
    assert_eq!(by_mail.require_removal(none, NOW), Ok(()));
    assert_eq!(by_mail.require_removal(some, NOW), refused);
    let both = by_mail.strengthened(Ways::of(Way::Totp), hash(2), NOW);
    assert_eq!(both.require_removal(some, NOW), Ok(()));
    assert_eq!(both.require_removal(some, later(Session::FRESH)), refused);
}
