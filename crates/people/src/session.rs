//! Sessions: what a browser may do after somebody has signed in with it.

use base::{Instant, PersonId, SessionId, Span, Text};

use crate::{Factors, Permission, Permissions, Person, Refusal, SecretHash, Strength, Way, Ways};

/// Bytes of the words that tell devices apart in a list.
pub const DEVICE_BYTES_MAX: usize = 120;

/// Sessions of one person at once; with one more, the one that rested longest ends.
pub const SESSIONS_PER_PERSON_MAX: usize = 30;

/// Why a session is over. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SessionEnd {
    /// The person has signed out.
    SignedOut = 1,
    /// The person, or an administrator, has ended it from elsewhere.
    Revoked = 2,
    /// It was not used for too long.
    Idle = 3,
    /// It was as old as a session may be.
    Old = 4,
    /// Roles or ways in have changed.
    Changed = 5,
}

impl SessionEnd {
    /// Every end.
    pub const ALL: [SessionEnd; 5] = [
        SessionEnd::SignedOut,
        SessionEnd::Revoked,
        SessionEnd::Idle,
        SessionEnd::Old,
        SessionEnd::Changed,
    ];

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<SessionEnd> {
        SessionEnd::ALL.into_iter().find(|end| *end as u8 == number)
    }
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    /// Without use.
    idle: Span,
    /// At all.
    whole: Span,
}

/// Customers stay signed in on their own devices, for what they have is worth a step-up anyway
/// (NIST SP 800-63B-4, section 2.1.3: at most 30 days for AAL1).
const OF_CUSTOMERS: Limits = Limits { idle: Span::days(14), whole: Span::days(30) };

/// Staff sign in each day (section 2.2.3: at most 24 hours, an hour without use, for AAL2).
const OF_STAFF: Limits = Limits { idle: Span::hours(1), whole: Span::hours(12) };

/// A session. Its secret is a random token of 256 bits that only the browser has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which session, in the list of a person.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// The hash under which its token is found.
    pub token: SecretHash,
    /// What was shown to open it.
    pub ways: Ways,
    /// Whether the person was of staff when it was opened, which decides how long it lives.
    pub is_of_staff: bool,
    /// Whether a passkey opened it that counts for staff: see [`Person::counts_for_staff`].
    pub by_staff_key: bool,
    /// The device, as it tells itself, in words such as "Firefox on Linux".
    pub device: Option<Text<DEVICE_BYTES_MAX>>,
    /// When somebody signed in with it.
    pub created_at: Instant,
    /// When it was used last, to within [`Session::TOUCH`].
    pub used_at: Instant,
    /// When the strongest of its ways was shown last.
    pub proven_at: Instant,
    /// Why and when it has ended.
    pub ended: Option<(SessionEnd, Instant)>,
}

impl Session {
    /// How exact [`Session::used_at`] is: less often written than pages are read.
    pub const TOUCH: Span = Span::minutes(1);

    /// How long after a proof ways in may be changed without another one (ASVS 5.0, 7.5.1).
    pub const FRESH: Span = Span::minutes(15);

    /// A session that is opened now.
    ///
    /// # Errors
    ///
    /// In this order: `AccountClosed`; `SecondFactorMissing` when the ways prove nothing.
    pub fn open(
        id: SessionId,
        person: &Person,
        token: SecretHash,
        ways: Ways,
        device: Option<Text<DEVICE_BYTES_MAX>>,
        now: Instant,
    ) -> Result<Session, Refusal> {
        person.check_active()?;
        if ways.strength() == Strength::Nothing {
            return Err(Refusal::SecondFactorMissing);
        }
        Ok(Session {
            id,
            person: person.id,
            token,
            ways,
            is_of_staff: person.roles.has_staff(),
            by_staff_key: false,
            device,
            created_at: now,
            used_at: now,
            proven_at: now,
            ended: None,
        })
    }

    /// The same, opened by a passkey that counts for staff, or not.
    #[must_use]
    pub fn by_staff_key(self, by_staff_key: bool) -> Session {
        Session { by_staff_key, ..self }
    }

    /// When it ends if it is not used again.
    pub fn expires_at(&self) -> Instant {
        let limits = self.limits();
        let idle = self.used_at.saturating_add(limits.idle);
        idle.min(self.created_at.saturating_add(limits.whole))
    }

    /// Whether it may be used now.
    ///
    /// # Errors
    ///
    /// In this order: `SessionEnded`; `AccountClosed`.
    pub fn check(&self, person: &Person, now: Instant) -> Result<(), Refusal> {
        // One that was opened as a customer's must not grow old in the hands of staff.
        let is_stale = self.is_of_staff != person.roles.has_staff();
        if self.ended.is_some() || is_stale || now >= self.expires_at() {
            return Err(Refusal::SessionEnded);
        }
        person.check_active()
    }

    /// Whether it may be used for this now.
    ///
    /// # Errors
    ///
    /// As [`Session::check`]; then `NotPermitted` when no sign-in would help,
    /// `PasskeyNotConfirmed` when one with another passkey would, `StrongerSignInNeeded` when one
    /// with a passkey would.
    pub fn require(
        &self,
        person: &Person,
        permission: Permission,
        now: Instant,
    ) -> Result<(), Refusal> {
        self.check(person, now)?;
        if self.permissions(person).allows(permission) {
            Ok(())
        } else if !person.roles.permissions().allows(permission) {
            Err(Refusal::NotPermitted)
        } else if self.ways.has(Way::Passkey) && !self.by_staff_key {
            Err(Refusal::PasskeyNotConfirmed)
        } else {
            Err(Refusal::StrongerSignInNeeded)
        }
    }

    /// Whether ways in may be taken away in it: whoever has a second factor must have shown one.
    ///
    /// # Errors
    ///
    /// As [`Session::require_fresh`]; `StrongerSignInNeeded` for a session of the mailbox alone.
    pub fn require_removal(&self, factors: Factors, now: Instant) -> Result<(), Refusal> {
        self.require_fresh(now)?;
        match factors.has_second() && self.ways.strength() < Strength::TwoFactors {
            true => Err(Refusal::StrongerSignInNeeded),
            false => Ok(()),
        }
    }

    /// Whether the ways in of the account may be changed in it now.
    ///
    /// # Errors
    ///
    /// `StrongerSignInNeeded` when the last proof is too long ago.
    pub fn require_fresh(&self, now: Instant) -> Result<(), Refusal> {
        match now < self.proven_at.saturating_add(Self::FRESH) {
            true => Ok(()),
            false => Err(Refusal::StrongerSignInNeeded),
        }
    }

    /// What it lets the person do.
    pub fn permissions(&self, person: &Person) -> Permissions {
        let shown = self.ways.strength();
        let counted = if self.by_staff_key { shown } else { shown.min(Strength::TwoFactors) };
        person.roles.permissions_at(counted)
    }

    /// The same used now; `None` when that need not be written down yet.
    pub fn touched(&self, now: Instant) -> Option<Session> {
        let is_due = now >= self.used_at.saturating_add(Self::TOUCH);
        is_due.then(|| Session { used_at: now, ..self.clone() })
    }

    /// The same after more was shown. It gets a new token, so that whoever has planted or seen the
    /// former one gains nothing (ASVS 5.0, 7.2.4).
    #[must_use]
    pub fn strengthened(&self, ways: Ways, token: SecretHash, now: Instant) -> Session {
        let all = ways.iter().fold(self.ways, Ways::with);
        Session { token, ways: all, used_at: now, proven_at: now, ..self.clone() }
    }

    /// The same ended. What has ended stays as it ended.
    #[must_use]
    pub fn end(&self, why: SessionEnd, now: Instant) -> Session {
        Session { ended: self.ended.or(Some((why, now))), ..self.clone() }
    }

    fn limits(&self) -> Limits {
        if self.is_of_staff { OF_STAFF } else { OF_CUSTOMERS }
    }
}
