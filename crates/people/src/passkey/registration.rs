//! A passkey is made: Level 2, section 7.1.

use super::client_data::{self, Ceremony};
use super::key::PublicKey;
use super::{Expected, PART_BYTES_MAX, authenticator_data, cbor};
use crate::Refusal;

/// What a browser brings when a passkey was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// `clientDataJSON` as it came.
    pub client_data: Vec<u8>,
    /// `attestationObject` as it came.
    pub attestation_object: Vec<u8>,
}

/// The passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// By what devices find it.
    pub credential_id: Box<[u8]>,
    /// What its signatures are checked with.
    pub key: PublicKey,
    /// How often it has signed, by its own count.
    pub counter: u32,
    /// Whether it may be on several devices.
    pub backup_eligible: bool,
    /// Whether it is now.
    pub backed_up: bool,
    /// Whether the device has verified its user.
    pub user_verified: bool,
}

/// Checks a registration. Whether the credential id is new is for whoever keeps them to say.
///
/// # Errors
///
/// `PasskeyRefused`, without saying why.
pub fn verify_registration(
    registration: &Registration,
    expected: &Expected<'_>,
) -> Result<Registered, Refusal> {
    verify(registration, expected).ok_or(Refusal::PasskeyRefused)
}

fn verify(registration: &Registration, expected: &Expected<'_>) -> Option<Registered> {
    let object = registration.attestation_object.as_slice();
    let is_short = object.len() <= PART_BYTES_MAX;
    if !is_short || !client_data::fits(&registration.client_data, Ceremony::Create, expected) {
        return None;
    }
    let object = cbor::read_whole(object)?;
    let bytes = object.named("authData")?.bytes()?;
    let (data, attached) = authenticator_data::read(bytes)?;
    if !authenticator_data::fits(bytes, data, expected) {
        return None;
    }
    let attached = attached?;
    let key = PublicKey::read(attached.key_bytes)?;
    Some(Registered {
        credential_id: attached.credential_id.into(),
        key,
        counter: data.counter,
        backup_eligible: data.flags.backup_eligible(),
        backed_up: data.flags.backed_up(),
        user_verified: data.flags.user_verified(),
    })
}
