//! The product's side of the outside world: keys and secrets, clocks, randomness, time zones.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`codes::Code`] | a gift card code made by us; [`codes::CustomCode`] comes from elsewhere |
//! | [`claim_links::ClaimLink`] | the secret by which a recipient claims a card |
//! | [`recipient_tokens::RecipientToken`] | by which a recipient speaks about a sender |
//! | [`keyring::KeyRing`] | every long-lived secret of an installation, in one file |
//! | [`people::PeopleKeys`] | one key per person; destroying it erases their text everywhere |
//! | [`clock::Clock`] | where the time comes from |
//! | [`random::Randomness`] | where random bytes come from |
//! | [`local_time::LocalTime`] | a date and time of day somewhere, without an offset |
//!
//! # Invariants
//!
//! - Keys are never in the data folder: ring and `people.db` lie together in a folder of their own,
//!   closed to everybody but the owner.
//! - Codes, secrets and opened personal text have redacted `Debug` forms, and errors never
//!   quote them. Where a secret leaves a type the method says `reveal`.
//! - Errors of this crate are for operators: plain words that say what to do.
//! - Freed memory is not overwritten: that takes unsafe code, and whoever reads the memory of the
//!   process has the ring anyway.

mod cipher;
pub mod claim_links;
pub mod clock;
pub mod codes;
pub mod keyring;
pub mod local_time;
pub mod people;
pub mod random;
pub mod recipient_tokens;
mod strict_files;
