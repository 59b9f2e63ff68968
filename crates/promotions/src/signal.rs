//! Signals: what happened to the account of a person, as the platform tells. They are evidence for
//! or against an [`Authorization`](crate::Authorization) that this person is said to have given.

use base::{Instant, PersonId};
use ledger::Context;

use crate::incident::check_past;
use crate::{Fingerprint, Outcome, Refusal, limits};

/// What happened. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum SignalKind {
    /// A device was used that was never used before.
    NewDevice = 1,
    /// The mail address was changed.
    EmailChanged = 2,
    /// Somebody else may act for the account now.
    NewAdmin = 3,
    /// More may be spent than before.
    LimitRaised = 4,
    /// The password was changed.
    PasswordChanged = 5,
    /// It was used again after a long time without use.
    Dormant = 6,
    /// The telephone number was changed.
    PhoneChanged = 7,
    /// A second factor was taken away.
    FactorRemoved = 8,
    /// It was used from a country where it was never used before.
    NewCountry = 9,
    /// A passkey was enrolled.
    PasskeyEnrolled = 10,
    /// A second factor of codes by time was enrolled.
    TotpEnrolled = 11,
    /// There were marks of a stolen session: it came from elsewhere in the middle of its life.
    SessionStolen = 12,
    /// A report of a promotion was looked at, or a promotion was edited.
    PromotionUsed = 13,
    /// A request about a promotion, to pause, stop or edit it, failed for a reason of the platform.
    CallFailed = 14,
}

impl SignalKind {
    /// Every kind.
    pub const ALL: [SignalKind; 14] = [
        SignalKind::NewDevice,
        SignalKind::EmailChanged,
        SignalKind::NewAdmin,
        SignalKind::LimitRaised,
        SignalKind::PasswordChanged,
        SignalKind::Dormant,
        SignalKind::PhoneChanged,
        SignalKind::FactorRemoved,
        SignalKind::NewCountry,
        SignalKind::PasskeyEnrolled,
        SignalKind::TotpEnrolled,
        SignalKind::SessionStolen,
        SignalKind::PromotionUsed,
        SignalKind::CallFailed,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            SignalKind::NewDevice => "new_device",
            SignalKind::EmailChanged => "email_changed",
            SignalKind::NewAdmin => "new_admin",
            SignalKind::LimitRaised => "limit_raised",
            SignalKind::PasswordChanged => "password_changed",
            SignalKind::Dormant => "dormant",
            SignalKind::PhoneChanged => "phone_changed",
            SignalKind::FactorRemoved => "factor_removed",
            SignalKind::NewCountry => "new_country",
            SignalKind::PasskeyEnrolled => "passkey_enrolled",
            SignalKind::TotpEnrolled => "totp_enrolled",
            SignalKind::SessionStolen => "session_stolen",
            SignalKind::PromotionUsed => "promotion_used",
            SignalKind::CallFailed => "call_failed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<SignalKind> {
        SignalKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// What happened, when, and on which device. Two that are equal are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: SignalKind,
    /// On which device, or from which.
    pub device: Option<Fingerprint>,
}

/// Something that happened to an account. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// What happened.
    pub happened: Happening,
    /// When it was told.
    pub told_at: Instant,
}

/// The signals of a person that are kept: one row, so that a decision finds them by the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signals {
    /// Whose.
    pub person: PersonId,
    /// In order of [`Happening`], each once; at most [`limits::SIGNALS_PER_PERSON_MAX`].
    pub kept: Vec<Signal>,
    /// How many older ones had to leave.
    pub dropped: u64,
    /// When the first was told.
    pub created_at: Instant,
}

impl Signals {
    /// The signal of this happening.
    pub fn of(&self, happened: &Happening) -> Option<&Signal> {
        self.kept.iter().find(|signal| signal.happened == *happened)
    }
}

/// Keeps a signal. One that was told before is kept as it was. When a person has as many as are
/// kept, the oldest leaves.
///
/// # Errors
///
/// In this order: `InFuture`; `SignalTooOld` when it would be the one that leaves.
pub fn note_signal(
    person: PersonId,
    happened: Happening,
    existing: Option<&Signals>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_past(happened.at, context.now)?;
    let none = || Signals { person, kept: Vec::new(), dropped: 0, created_at: context.now };
    let mut signals = existing.cloned().unwrap_or_else(none);
    if let Err(place) = signals.kept.binary_search_by_key(&happened, |signal| signal.happened) {
        let is_full = signals.kept.len() >= limits::SIGNALS_PER_PERSON_MAX;
        if is_full && place == 0 {
            return Err(Refusal::SignalTooOld);
        }
        signals.kept.insert(place, Signal { happened, told_at: context.now });
        if is_full {
            signals.kept.remove(0);
            signals.dropped += 1;
        }
    }
    Ok(Outcome { signals: vec![signals], ..Outcome::default() })
}
