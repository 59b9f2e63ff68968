//! Passkeys: what a relying party checks of Web Authentication.
//!
//! Written against Web Authentication Level 2 (W3C Recommendation, 8 April 2021), sections 7.1 and
//! 7.2, and Level 3; the vectors of Level 3 are among the tests. Signatures are checked by `ring`.
//!
//! What is checked: type, challenge, origin, that no foreign page frames ours, the hash of the RP
//! ID, user present, user verified where asked for, backup flags that fit together and stay as
//! they were, the counter, the signature. Keys are ES256, EdDSA (Ed25519) and RS256.
//!
//! What is not: attestation. It tells the maker of a device, not who holds it, and asking for it
//! costs privacy; options ask for `none`, and statements that come anyhow are not looked at, as
//! section 7.1 allows by the relying party's policy. Token binding and extensions neither.

mod assertion;
mod authenticator_data;
mod cbor;
mod client_data;
mod key;
mod registration;

pub use assertion::{Assertion, Seen, verify_assertion};
pub use authenticator_data::{AuthenticatorData, Flags};
pub use client_data::{CHALLENGE_BYTES, Ceremony};
pub use key::{Algorithm, PublicKey};
pub use registration::{Registered, Registration, verify_registration};

/// Bytes of a credential id (section 7.1, step 25 of Level 3: at most 1,023).
pub const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;

/// Bytes of client data, attestation object or signature; longer ones are not looked at.
pub const PART_BYTES_MAX: usize = 16_384;

/// What a ceremony must have been about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The challenge that was given out, once.
    pub challenge: &'a [u8; CHALLENGE_BYTES],
    /// The origin of our pages, such as `https://shop.example`.
    pub origin: &'a str,
    /// The RP ID: the host of the origin, or a domain above it.
    pub rp_id: &'a str,
    /// Whether the device must have verified its user by PIN or body.
    pub must_verify_user: bool,
}
