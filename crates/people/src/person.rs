use base::{Instant, PersonId, Span};

use crate::{Refusal, Roles, Way, Ways};

/// Whether an account can be used. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PersonState {
    /// Yes.
    Active = 1,
    /// Not now: an administrator has frozen it.
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
    /// Since when they are of staff, if they are.
    pub staff_since: Option<Instant>,
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
            staff_since: None,
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
        let (enrol_until, staff_since) = match becomes_staff {
            true => (Some(now.saturating_add(Self::ENROLMENT)), Some(now)),
            false => (self.enrol_until, self.staff_since),
        };
        let (enrol_until, staff_since) = match roles.has_staff() {
            true => (enrol_until, staff_since),
            false => (None, None),
        };
        Person { roles, enrol_until, staff_since, ..self.clone() }
    }

    /// The same, open for a first passkey anew; for somebody who has lost what they had.
    #[must_use]
    pub fn open_for_passkey(&self, now: Instant) -> Person {
        let enrol_until = Some(now.saturating_add(Self::ENROLMENT));
        Person { enrol_until: enrol_until.filter(|_| self.roles.has_staff()), ..self.clone() }
    }

    /// The same frozen, or no longer.
    ///
    /// # Errors
    ///
    /// `AccountClosed` for somebody who was erased.
    pub fn with_frozen(&self, is_frozen: bool) -> Result<Person, Refusal> {
        let state = match (self.state, is_frozen) {
            (PersonState::Erased, _) => return Err(Refusal::AccountClosed),
            (_, true) => PersonState::Frozen,
            (_, false) => PersonState::Active,
        };
        Ok(Person { state, ..self.clone() })
    }

    /// Whether a passkey opens what staff may do. One from before the roles does not: whoever had
    /// taken over the account of a customer would have it. It does once an administrator has
    /// confirmed it by name since then.
    pub fn counts_for_staff(&self, added_at: Instant, confirmed_at: Option<Instant>) -> bool {
        self.staff_since.is_some_and(|since| {
            added_at >= since || confirmed_at.is_some_and(|confirmed| confirmed >= since)
        })
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

    /// Whether a passkey may be added in a session.
    ///
    /// Whoever reads the mailbox of somebody of staff must not get their permissions by adding a
    /// passkey, and whoever has an older passkey of theirs neither: that takes a passkey that
    /// counts, or, in the days after an administrator has given the role, the mailbox and whatever
    /// second factor there is. Customers who have a passkey, too, need it to add another one.
    ///
    /// # Errors
    ///
    /// In this order: `AccountClosed`, `TooManyPasskeys`; of staff `EnrolmentClosed`,
    /// `MailCodeNeeded`; of others `StrongerSignInNeeded`.
    pub fn check_enrolment(&self, of: Enrolling, now: Instant) -> Result<(), Refusal> {
        self.check_active()?;
        if of.passkeys >= Self::PASSKEYS_MAX {
            return Err(Refusal::TooManyPasskeys);
        }
        if !self.roles.has_staff() {
            return match of.passkeys == 0 || of.ways.has(Way::Passkey) {
                true => Ok(()),
                false => Err(Refusal::StrongerSignInNeeded),
            };
        }
        let is_open = self.enrol_until.is_some_and(|until| now < until);
        match (of.by_staff_key, is_open, of.ways.has(Way::MailCode)) {
            (true, ..) | (false, true, true) => Ok(()),
            (false, true, false) => Err(Refusal::MailCodeNeeded),
            (false, false, _) => Err(Refusal::EnrolmentClosed),
        }
    }
}

/// In what session somebody wants to add a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Enrolling {
    /// How many passkeys there are.
    pub passkeys: usize,
    /// What was shown to open the session.
    pub ways: Ways,
    /// Whether a passkey opened it that counts for staff.
    pub by_staff_key: bool,
}
