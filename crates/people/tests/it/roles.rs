//! Who may do what.

use std::collections::BTreeSet;

use base::{PersonId, Span};
use people::{Permission, Person, PersonState, Refusal, Role, Roles, Strength, Way, Ways};

use crate::{NOW, later, person};

#[test]
fn staff_needs_a_passkey_and_customers_do_not() {
    for role in Role::ALL {
        let roles = Roles::of_everybody().with(role);
        let weak = roles.permissions_at(Strength::TwoFactors);
        let strong = roles.permissions_at(Strength::PhishingResistant);
        assert_eq!(strong, roles.permissions());
        match role.is_staff() {
            true => assert_eq!(weak, Role::Customer.permissions(), "{role:?}"),
            false => assert_eq!(weak, strong, "{role:?}"),
        }
        let nothing = roles.permissions_at(Strength::Nothing);
        assert_eq!(nothing.iter().count(), 0);
    }
}

#[test]
fn no_role_does_everything_and_each_permission_has_a_role() {
    let mut given = BTreeSet::new();
    for role in Role::ALL {
        let permissions = role.permissions();
        given.extend(permissions.iter());
        assert!(permissions.allows(Permission::OwnAccount));
        let rules = permissions.allows(Permission::ManagePeople);
        let pays = permissions.allows(Permission::MoveMoney);
        let decides = permissions.allows(Permission::DecideClaims);
        assert!(u8::from(rules) + u8::from(pays) + u8::from(decides) <= 1, "{role:?}");
    }
    assert_eq!(given.len(), Permission::ALL.len());
}

#[test]
fn names_and_numbers_are_unique_and_read_back() {
    let codes: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    let numbers: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.number()).collect();
    assert_eq!((codes.len(), numbers.len()), (Refusal::ALL.len(), Refusal::ALL.len()));
    let transient = Refusal::ALL.iter().filter(|refusal| refusal.is_transient());
    assert_eq!(transient.count(), 1);
    for role in Role::ALL {
        assert_eq!(Role::from_name(role.as_str()), Some(role));
    }
    let roles = Roles::of_everybody().with(Role::Admin);
    assert_eq!(Roles::from_number(roles.number()), Some(roles));
    assert_eq!(Roles::from_number(1), None);
    assert_eq!(roles.without(Role::Admin), Roles::of_everybody());
    let ways = Ways::of(Way::MailCode).with(Way::Totp);
    assert_eq!(Ways::from_number(ways.number()), Some(ways));
    assert_eq!(Ways::from_number(1), None);
}

#[test]
fn strength_of_ways() {
    let of = |ways: &[Way]| ways.iter().fold(Ways::default(), |all, one| all.with(*one)).strength();
    assert_eq!(of(&[]), Strength::Nothing);
    assert_eq!(of(&[Way::Totp]), Strength::Nothing);
    assert_eq!(of(&[Way::Totp, Way::RecoveryCode]), Strength::Nothing);
    assert_eq!(of(&[Way::MailCode]), Strength::OneFactor);
    assert_eq!(of(&[Way::HandOver]), Strength::OneFactor);
    assert_eq!(of(&[Way::MailCode, Way::HandOver]), Strength::OneFactor);
    assert_eq!(of(&[Way::MailCode, Way::RecoveryCode]), Strength::TwoFactors);
    assert_eq!(of(&[Way::HandOver, Way::Totp]), Strength::TwoFactors);
    assert_eq!(of(&[Way::Passkey]), Strength::PhishingResistant);
}

#[test]
fn who_may_add_a_passkey() {
    let customer = person(&[]);
    assert_eq!(customer.check_enrolment(0, false, NOW), Ok(()));
    let needs_other = Err(Refusal::StrongerSignInNeeded);
    assert_eq!(customer.check_enrolment(1, false, NOW), needs_other);
    assert_eq!(customer.check_enrolment(1, true, NOW), Ok(()));
    let full = Person::PASSKEYS_MAX;
    assert_eq!(customer.check_enrolment(full, true, NOW), Err(Refusal::TooManyPasskeys));

    // Reading the mailbox of somebody of staff is not enough.
    let staff = person(&[Role::Finance]);
    assert_eq!(staff.check_enrolment(0, false, NOW), Err(Refusal::EnrolmentClosed));
    // The days after the role was given.
    let invited = customer.with_roles(staff.roles, NOW);
    let end = later(Person::ENROLMENT);
    assert_eq!(invited.check_enrolment(0, false, NOW), Ok(()));
    assert_eq!(invited.check_enrolment(0, false, end), Err(Refusal::EnrolmentClosed));
    assert_eq!(invited.check_enrolment(1, false, NOW), needs_other);
    // Another role does not open it again.
    let more = invited.with_roles(invited.roles.with(Role::Admin), later(Span::days(2)));
    assert_eq!(more.enrol_until, Some(end));
    assert_eq!(more.with_roles(Roles::of_everybody(), NOW).enrol_until, None);

    for state in [PersonState::Frozen, PersonState::Erased] {
        let closed = Person { state, ..customer.clone() };
        assert_eq!(closed.check_enrolment(0, true, NOW), Err(Refusal::AccountClosed));
        assert_eq!(PersonState::from_number(state as u8), Some(state));
    }
    assert_eq!(customer.id, PersonId::from_bits(1));
}
