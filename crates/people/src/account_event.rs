use base::{Instant, PersonId, Text};

macro_rules! changes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $code:literal;)+) => {
        /// What happened to an account. The numbers are stored and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum AccountChange { $($(#[doc = $doc])+ $name = $number,)+ }

        impl AccountChange {
            /// Every change.
            pub const ALL: &[AccountChange] = &[$(AccountChange::$name,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self { $(AccountChange::$name => $code,)+ }
            }

            /// Reads the stored number back.
            pub fn from_number(number: u8) -> Option<AccountChange> {
                AccountChange::ALL.iter().copied().find(|change| *change as u8 == number)
            }
        }
    };
}

changes! {
    /// A passkey was added.
    PasskeyAdded = 1, "passkey_added";
    /// A passkey was taken away.
    PasskeyRemoved = 2, "passkey_removed";
    /// An authenticator program was added.
    TotpAdded = 3, "totp_added";
    /// The authenticator program was taken away, with the recovery codes.
    TotpRemoved = 4, "totp_removed";
    /// New recovery codes were made; former ones no longer work.
    RecoveryCodesMade = 5, "recovery_codes_made";
    /// Other roles were given.
    RolesGiven = 6, "roles_given";
    /// The account was frozen.
    Frozen = 7, "frozen";
    /// It is no longer frozen.
    Unfrozen = 8, "unfrozen";
    /// It was signed out everywhere.
    SignedOut = 9, "signed_out_everywhere";
    /// A way in was opened again.
    WayReopened = 10, "way_reopened";
    /// A passkey from before the roles was confirmed for staff.
    PasskeyConfirmed = 11, "passkey_confirmed";
    /// Somebody asked for all second factors to be taken away.
    LossReported = 12, "loss_reported";
    /// All second factors were taken away, so that a new passkey can be added.
    OpenedForPasskey = 13, "opened_for_passkey";
}

impl AccountChange {
    /// Whether the owner is told by mail. That somebody asked for something is told too: what is
    /// asked for can still be stopped.
    pub fn is_told(self) -> bool {
        // What opens nothing and closes nothing is no news.
        !matches!(self, AccountChange::WayReopened)
    }
}

/// Something that happened to an account, and who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEvent {
    /// Whose account.
    pub person: PersonId,
    /// Who did it; `None` for somebody on the machine.
    pub by: Option<PersonId>,
    /// What.
    pub change: AccountChange,
    /// What of: a passkey, a way, names of roles. No secret and no text of people.
    pub subject: Option<Text<{ AccountEvent::SUBJECT_BYTES_MAX }>>,
    /// When.
    pub at: Instant,
}

impl AccountEvent {
    /// Bytes of what it is about.
    pub const SUBJECT_BYTES_MAX: usize = 120;

    /// Events kept of what somebody did to their own account; what others did is kept for as long
    /// as the account.
    pub const OWN_KEPT_MAX: u32 = 200;

    /// Whether the person did it themselves.
    pub fn is_own(&self) -> bool {
        self.by == Some(self.person)
    }
}
