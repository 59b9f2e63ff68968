//! Who may do what.

use std::collections::BTreeSet;

use base::Span;
use people::{
    AccountChange, Enrolling, Permission, Person, PersonState, Refusal, Role, Roles, Strength, Way,
    Ways,
};

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

fn enrolling(passkeys: usize, ways: &[Way]) -> Enrolling {
    let ways = ways.iter().fold(Ways::default(), |all, one| all.with(*one));
    Enrolling { passkeys, ways, by_staff_key: false }
}

#[test]
fn customers_add_passkeys_by_what_they_have() {
    let customer = person(&[]);
    let check = |passkeys, way| customer.check_enrolment(enrolling(passkeys, &[way]), NOW);
    assert_eq!(check(0, Way::MailCode), Ok(()));
    assert_eq!(check(1, Way::MailCode), Err(Refusal::StrongerSignInNeeded));
    assert_eq!(check(1, Way::Passkey), Ok(()));
    assert_eq!(check(Person::PASSKEYS_MAX, Way::Passkey), Err(Refusal::TooManyPasskeys));
    for state in [PersonState::Frozen, PersonState::Erased] {
        let closed = Person { state, ..customer.clone() };
        let refused = closed.check_enrolment(enrolling(0, &[Way::Passkey]), NOW);
        assert_eq!(refused, Err(Refusal::AccountClosed));
        assert_eq!(PersonState::from_number(state as u8), Some(state));
    }
}

/// Neither the mailbox of somebody of staff nor a passkey that is older than their roles is enough.
#[test]
fn staff_adds_passkeys_by_one_that_counts_or_when_invited() {
    let finance = person(&[Role::Finance]);
    let closed = Err(Refusal::EnrolmentClosed);
    let by = |of: &Person, ways: &[Way], now| of.check_enrolment(enrolling(1, ways), now);
    assert_eq!(by(&finance, &[Way::MailCode], NOW), closed);
    assert_eq!(by(&finance, &[Way::Passkey], NOW), closed, "it may be older than the role");
    let with_staff_key = Enrolling { by_staff_key: true, ..enrolling(1, &[Way::Passkey]) };
    assert_eq!(finance.check_enrolment(with_staff_key, NOW), Ok(()));
    // The days after the role was given.
    let invited = person(&[]).with_roles(finance.roles, NOW);
    let end = later(Person::ENROLMENT);
    assert_eq!(invited.check_enrolment(enrolling(0, &[Way::MailCode]), NOW), Ok(()));
    assert_eq!(by(&invited, &[Way::MailCode, Way::Passkey], NOW), Ok(()), "the mailbox and it");
    assert_eq!(by(&invited, &[Way::Passkey], NOW), Err(Refusal::MailCodeNeeded), "not it alone");
    assert_eq!(by(&invited, &[Way::MailCode], end), closed);
    // Another role does not open it again, but an administrator can.
    let more = invited.with_roles(invited.roles.with(Role::Admin), later(Span::days(2)));
    assert_eq!((more.enrol_until, more.staff_since), (Some(end), Some(NOW)));
    assert_eq!(by(&more.open_for_passkey(end), &[Way::MailCode], end), Ok(()));
    let left = more.with_roles(Roles::of_everybody(), NOW);
    assert_eq!((left.enrol_until, left.staff_since), (None, None));
    assert_eq!(left.open_for_passkey(NOW).enrol_until, None, "customers need no invitation");
}

#[test]
fn a_passkey_counts_for_staff_when_it_is_younger_than_the_role_or_confirmed() {
    let moment = Span::from_micros(1);
    let hired = later(Span::days(9));
    let staff = person(&[]).with_roles(person(&[Role::Support]).roles, hired);
    let before = hired.saturating_sub(moment);
    assert!(staff.counts_for_staff(hired, None));
    assert!(!staff.counts_for_staff(before, None));
    assert!(staff.counts_for_staff(before, Some(hired)), "confirmed");
    assert!(!staff.counts_for_staff(before, Some(before)), "for a role that they had earlier");
    // Somebody who left and came back is new.
    let back = staff.with_roles(Roles::of_everybody(), hired);
    let back = back.with_roles(staff.roles, later(Span::days(20)));
    assert!(!back.counts_for_staff(hired, Some(hired)));
    assert!(!person(&[]).counts_for_staff(NOW, Some(NOW)), "customers are no staff");
}

#[test]
fn an_account_is_frozen_and_thawed_but_not_once_erased() {
    let frozen = person(&[]).with_frozen(true).unwrap();
    assert_eq!(frozen.check_active(), Err(Refusal::AccountClosed));
    assert_eq!(frozen.with_frozen(false).unwrap(), person(&[]));
    let erased = Person { state: PersonState::Erased, ..person(&[]) };
    assert_eq!(erased.with_frozen(false), Err(Refusal::AccountClosed));
}

#[test]
fn changes_of_accounts_are_read_back() {
    let names: BTreeSet<_> = AccountChange::ALL.iter().map(|change| change.as_str()).collect();
    assert_eq!(names.len(), AccountChange::ALL.len());
    for change in AccountChange::ALL {
        assert_eq!(AccountChange::from_number(*change as u8), Some(*change));
    }
    assert_eq!(AccountChange::from_number(0), None);
}
