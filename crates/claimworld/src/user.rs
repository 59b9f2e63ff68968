//! Who claims, and what they want.

use crate::Params;

/// What kind of user somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserKind {
    /// Tells what is so.
    Honest,
    /// Tells what they believe, and is wrong.
    Mistaken,
    /// Tells what they know not to be so.
    Dishonest,
}

impl UserKind {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            UserKind::Honest => "honest",
            UserKind::Mistaken => "mistaken",
            UserKind::Dishonest => "dishonest",
        }
    }
}

/// Defines the users: name, kind, text and parameter.
macro_rules! users {
    ($($variant:ident $kind:ident $name:literal $weight:ident $meaning:literal;)+) => {
        /// Why somebody claims.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum User {
            $(#[doc = $meaning] $variant,)+
        }

        impl User {
            /// Every one.
            pub const ALL: &[User] = &[$(User::$variant,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(User::$variant => $name,)+
                }
            }

            /// What kind of user that is.
            pub fn kind(self) -> UserKind {
                match self {
                    $(User::$variant => UserKind::$kind,)+
                }
            }

            /// How common they are among others.
            pub(crate) fn weight(self, params: &Params) -> u32 {
                match self {
                    $(User::$variant => params.$weight,)+
                }
            }
        }
    };
}

users! {
    Honest Honest "honest" user_honest "Something went wrong, and they say so.";
    PoorOutcome Mistaken "poor_outcome" user_poor_outcome "It was delivered, and brought little.";
    OwnDoing Mistaken "own_doing" user_own_doing "They lost it themselves, and do not see it.";
    WrongDates Mistaken "wrong_dates" user_wrong_dates "They are right, but not about the days.";
    WrongGround Mistaken "wrong_ground" user_wrong_ground
        "They are right, but not about what it is called.";
    Forgot Mistaken "forgot" user_forgot "They, or a colleague, agreed, and they do not remember.";
    Household Honest "household" user_household "Somebody in their home paid on their device.";
    Denies Dishonest "denies" user_denies "They agreed, and know it.";
    ClaimsAgain Dishonest "claims_again" user_claims_again "It is paid, or about to be.";
    SelfMade Dishonest "self_made" user_self_made "They made the failure.";
    Invents Dishonest "invents" user_invents "Nothing went wrong, and they know it.";
}
