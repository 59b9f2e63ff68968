//! People: who somebody is, how that was shown, and what they may do.
//!
//! Everything here is a function of what is passed in: rows as they are, the time, random bytes,
//! hashes. What a function returns is what is to be kept, also when the answer is no, for a wrong
//! code has to be counted.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Person`] | somebody with an account of one book |
//! | [`Role`], [`Permission`] | what a person is here for; what that lets them do |
//! | [`Way`] | something that shows who somebody is: mail code, TOTP, passkey, … |
//! | [`Strength`] | how hard the ways of a session are to steal together |
//! | [`SignIn`] | a way in that a browser has begun |
//! | [`Session`] | what a browser may do after it |
//! | [`Approval`] | an act that waits for a second person |
//! | [`HandOver`] | what an embedding shop says of somebody it has signed in |
//! | [`ValueAct`] | an act that moves value, as its person is shown it and signs it |
//! | [`passkey`] | Web Authentication: registration and assertion |
//! | [`Asker`] | who asks for a code by mail: a browser that is known, or a stranger |
//! | [`AccountEvent`] | something that happened to an account, and who did it |
//! | [`Tried`] | what is to be kept after a try, and its outcome |
//!
//! # Invariants
//!
//! - No secret is a field of anything that is kept, but for the shared secret of TOTP, which the
//!   keeper seals. Of all others a keyed hash is kept, made outside: [`SecretHash`].
//! - Secrets and their hashes are compared in constant time, and none is in a `Debug` form.
//! - A code, a step of TOTP, a recovery code, a hand-over and a challenge each work once.
//! - Roles of staff count for nothing in a session that could have been phished, nor in one of a
//!   passkey that is older than the roles and that no administrator has confirmed.
//! - What strangers do with an address shuts nobody out of their account.
//! - Nobody approves what they asked for.
//!
//! # Sources
//!
//! NIST SP 800-63B-4 (authenticators and sessions), OWASP ASVS 5.0 chapters 6 and 7, RFC 4226 and
//! RFC 6238 (one-time passwords), Web Authentication Level 2 and 3 (W3C). Where a limit follows
//! one of them, its constant says so.

mod account_event;
mod approval;
mod asker;
mod base32;
mod hand_over;
mod hash;
mod mail_code;
pub mod passkey;
mod person;
mod rate;
mod recovery;
mod refusal;
mod role;
mod session;
mod sign_in;
pub mod totp;
mod tries;
mod value_act;
mod way;

pub use account_event::{AccountChange, AccountEvent};
pub use approval::{ACT_KIND_BYTES_MAX, Approval, ApprovalState};
pub use asker::{
    ASKED_BY_NETWORK, AddressLog, Asker, CODES_PER_HOUR_AND_BROWSER_MAX,
    CODES_PER_HOUR_AND_NETWORK_MAX, CODES_PER_HOUR_MAX, DOUBT, KnownBrowser, NetworkLog,
    SentToStranger, WRONG_BY_NETWORK,
};
pub use hand_over::{HandOver, HandOverKey, NONCE_BYTES};
pub use hash::{HASH_BYTES, SecretHash};
pub use mail_code::{CodeLength, CodeSent, MailCode};
pub use person::{Enrolling, Person, PersonState};
pub use rate::{Rate, Used};
pub use recovery::{Recovery, RecoveryCode, RecoveryCodes};
pub use refusal::Refusal;
pub use role::{Permission, Permissions, Role, Roles};
pub use session::{DEVICE_BYTES_MAX, SESSIONS_PER_PERSON_MAX, Session, SessionEnd};
pub use sign_in::{Factors, NextStep, SignIn};
pub use tries::{Tried, Tries};
pub use value_act::{Evidence, ValueAct};
pub use way::{Strength, Way, Ways};
