use base::{Instant, PersonId, Span};

use crate::{Refusal, Roles};

/// Whether an account can be used. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PersonState {
    /// Yes.
    Active = 1,
    /// Not now: support has frozen it.
    Frozen = 2,
    /// Never again: the person was erased.
    Erased = 3,
}

impl PersonState {
    /// Every state.
    pub const ALL: [PersonState; 3] =
        [PersonState::Active, PersonState::Frozen, PersonState::Erased];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonState::Active => "active",
            PersonState::Frozen => "frozen",
            PersonState::Erased => "erased",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<PersonState> {
        PersonState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

/// Somebody with an account of one book. Name and address are sealed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which person.
    pub id: PersonId,
    /// Whether the account can be used.
    pub state: PersonState,
    /// What they are here for.
    pub roles: Roles,
    /// Until when somebody of staff who has no passkey yet may add the first one.
    pub enrol_until: Option<Instant>,
    /// When the account was made.
    pub created_at: Instant,
}

impl Person {
    /// How long somebody who got a role of staff has to add a first passkey.
    pub const ENROLMENT: Span = Span::days(3);

    /// Passkeys of one account.
    pub const PASSKEYS_MAX: usize = 20;

    /// Somebody who has just shown an address to be theirs.
    pub fn new(id: PersonId, now: Instant) -> Person {
        Person {
            id,
            state: PersonState::Active,
            roles: Roles::of_everybody(),
            enrol_until: None,
            created_at: now,
        }
    }

    /// The same with other roles. Who gets a first role of staff may add a passkey for three days.
    ///
    /// The one who does it must have been approved by a second person where the book says so; all
    /// sessions of the account have to get new secrets afterwards (ASVS 5.0, 7.2.4), which is why
    /// they are ended.
    #[must_use]
    pub fn with_roles(&self, roles: Roles, now: Instant) -> Person {
        let becomes_staff = roles.has_staff() && !self.roles.has_staff();
        let enrol_until = match becomes_staff {
            true => Some(now.saturating_add(Self::ENROLMENT)),
            false => self.enrol_until.filter(|_| roles.has_staff()),
        };
        Person { roles, enrol_until, ..self.clone() }
    }

    /// Whether the account can be used.
    ///
    /// # Errors
    ///
    /// `AccountClosed`.
    pub fn check_active(&self) -> Result<(), Refusal> {
        match self.state {
            PersonState::Active => Ok(()),
            PersonState::Frozen | PersonState::Erased => Err(Refusal::AccountClosed),
        }
    }

    /// Whether a passkey may be added in a session. `passkeys` is how many there are, and
    /// `by_passkey` whether one of them opened the session.
    ///
    /// Whoever reads the mailbox of somebody of staff must not get their permissions by adding a
    /// passkey: that takes a passkey, or the days after an administrator has given the role.
    /// Customers who have a passkey, too, need it to add another one.
    ///
    /// # Errors
    ///
    /// In this order: `AccountClosed`, `TooManyPasskeys`, `EnrolmentClosed`,
    /// `StrongerSignInNeeded`.
    pub fn check_enrolment(
        &self,
        passkeys: usize,
        by_passkey: bool,
        now: Instant,
    ) -> Result<(), Refusal> {
        self.check_active()?;
        if passkeys >= Self::PASSKEYS_MAX {
            return Err(Refusal::TooManyPasskeys);
        }
        let is_open = self.enrol_until.is_some_and(|until| now < until);
        match (by_passkey, passkeys, self.roles.has_staff()) {
            (true, ..) | (false, 0, false) => Ok(()),
            (false, 0, true) if is_open => Ok(()),
            (false, 0, true) => Err(Refusal::EnrolmentClosed),
            (false, ..) => Err(Refusal::StrongerSignInNeeded),
        }
    }
}
