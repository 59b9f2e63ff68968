//! What people promises.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod approvals;
mod askers;
mod codes;
mod hand_over;
mod passkeys;
mod roles;
mod sessions;
mod value_acts;

use base::{Instant, PersonId, Span};
use people::{Person, Role, SecretHash};

const NOW: Instant = Instant::from_micros(1_800_000_000_000_000);

fn later(span: Span) -> Instant {
    NOW.saturating_add(span)
}

fn hash(byte: u8) -> SecretHash {
    SecretHash([byte; 16])
}

fn person(roles: &[Role]) -> Person {
    let person = Person::new(PersonId::from_bits(1), NOW);
    let all = roles.iter().fold(person.roles, |all, role| all.with(*role));
    let staff_since = all.has_staff().then_some(NOW);
    Person { roles: all, staff_since, ..person }
}
