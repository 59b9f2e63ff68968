//! Every named no of this crate.

use base::Instant;

macro_rules! refusals {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $number:literal, $code:literal, $text:literal;
    )+) => {
        /// Why something was not done. The text is for whoever asked; it never says which of
        /// several things was wrong where that would help to guess.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum Refusal {
            $($(#[doc = $doc])+ #[error($text)] $name,)+
            /// Too many tries: the next one is allowed then. Transient.
            #[error("there were too many tries; try again later")]
            Wait(Instant),
        }

        impl Refusal {
            /// Every refusal, the one that waits with some time.
            pub const ALL: &[Refusal] = &[$(Refusal::$name,)+ Refusal::Wait(Instant::MIN)];

            /// Stable lower-case name.
            pub fn code(self) -> &'static str {
                match self {
                    $(Refusal::$name => $code,)+
                    Refusal::Wait(_) => "too_many_tries",
                }
            }

            /// Stable number, never used for another.
            pub fn number(self) -> u16 {
                match self {
                    $(Refusal::$name => $number,)+
                    Refusal::Wait(_) => 1,
                }
            }
        }
    };
}

impl Refusal {
    /// Whether the same may succeed later without anything else changing.
    pub fn is_transient(self) -> bool {
        matches!(self, Refusal::Wait(_))
    }
}

refusals! {
    /// A hundred wrong tries in a row (NIST SP 800-63B-4, section 3.2.2): another way in is needed,
    /// or an administrator.
    WayClosed = 2, "way_closed",
        "this way to sign in is closed after too many wrong tries; use another one";
    /// The code is wrong, was used, or is too old: which of them is not said.
    WrongCode = 3, "wrong_code",
        "this code does not work; ask for a new one or check what you typed";
    /// The sign-in is over, unknown, or was begun in another browser.
    SignInGone = 4, "sign_in_gone", "this sign-in is over; begin again";
    /// More proof is needed before the session opens.
    SecondFactorMissing = 5, "second_factor_missing", "show a second factor to go on";
    /// The session has ended.
    SessionEnded = 6, "session_ended", "you were signed out; sign in again";
    /// The roles do not allow it.
    NotPermitted = 7, "not_permitted", "your account may not do this";
    /// The account would allow it, but the session must be shown to be theirs in a stronger way.
    StrongerSignInNeeded = 8, "stronger_sign_in_needed", "sign in with a passkey to do this";
    /// The account is frozen or erased.
    AccountClosed = 9, "account_closed", "this account is closed; turn to support";
    /// What a passkey said does not fit what was asked, or its signature is not right.
    PasskeyRefused = 10, "passkey_refused", "this passkey could not be checked; try again";
    /// A counter of a passkey went back: there may be a copy of it.
    PasskeyCloned = 11, "passkey_cloned",
        "this passkey may have been copied; use another way to sign in and remove it";
    /// There are as many passkeys as an account may have.
    TooManyPasskeys = 12, "too_many_passkeys", "remove a passkey before adding another one";
    /// The passkey is registered already.
    PasskeyKnown = 13, "passkey_known", "this passkey is registered already";
    /// The account may not be given a stronger way in now.
    EnrolmentClosed = 14, "enrolment_closed",
        "ask an administrator to open the account for a passkey";
    /// What is approved must be approved by somebody else.
    SamePerson = 15, "same_person", "somebody else has to approve this";
    /// The approval is over, withdrawn, declined or used.
    ApprovalNotOpen = 16, "approval_not_open", "this is not waiting for approval any more";
    /// What is to be done is not what was approved.
    ActChanged = 17, "act_changed", "what was approved has changed; ask again";
    /// The hand-over is not ours, too old, for another book, or was used.
    HandOverRefused = 18, "hand_over_refused",
        "the way from the shop does not work any more; sign in here";
    /// The act was not confirmed in time.
    ActExpired = 19, "act_expired", "it was not confirmed in time; begin again";
    /// Recovery has begun and its waiting time is not over.
    RecoveryNotRipe = 20, "recovery_not_ripe", "the waiting time of the recovery is not over";
    /// There is no recovery under way.
    RecoveryGone = 21, "recovery_gone", "there is no recovery under way; begin again";
    /// The last way in of an account cannot be taken away.
    LastWayIn = 22, "last_way_in", "add another passkey before removing this one";
    /// The passkey is older than the roles of staff, and no administrator has confirmed it.
    PasskeyNotConfirmed = 23, "passkey_not_confirmed",
        "this passkey does not count for staff; add a new one or have an administrator confirm it";
    /// The mailbox has to be shown for this.
    MailCodeNeeded = 24, "mail_code_needed", "sign in by mail, and then with your passkey";
    /// What a passkey has signed was done with before: each signature does one thing.
    ActUsed = 25, "act_used", "this confirmation was used before; confirm it again";
}
