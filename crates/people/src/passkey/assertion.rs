//! A passkey is used: Level 2, section 7.2.

use sha2::{Digest, Sha256};

use super::client_data::{self, Ceremony};
use super::key::PublicKey;
use super::{Expected, PART_BYTES_MAX, authenticator_data};
use crate::Refusal;

/// What a browser brings when a passkey was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `clientDataJSON` as it came.
    pub client_data: Vec<u8>,
    /// `authenticatorData` as it came.
    pub authenticator_data: Vec<u8>,
    /// The signature over both.
    pub signature: Vec<u8>,
}

/// What a valid assertion says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How often the passkey has signed, by its own count.
    pub counter: u32,
    /// Whether it may be on several devices.
    pub backup_eligible: bool,
    /// Whether it is now.
    pub backed_up: bool,
    /// Whether the device has verified its user.
    pub user_verified: bool,
}

impl Seen {
    /// Checks what it says against what was known of the passkey.
    ///
    /// A counter that does not grow means that two devices have one key (section 6.1.1). Passkeys
    /// that are synchronized do not count: theirs stays zero.
    ///
    /// # Errors
    ///
    /// In this order: `PasskeyRefused` when its eligibility for backups has changed, which it
    /// cannot; `PasskeyCloned`.
    pub fn check_against(&self, counter: u32, backup_eligible: bool) -> Result<(), Refusal> {
        if self.backup_eligible != backup_eligible {
            return Err(Refusal::PasskeyRefused);
        }
        let counts = self.counter != 0 || counter != 0;
        match counts && self.counter <= counter {
            true => Err(Refusal::PasskeyCloned),
            false => Ok(()),
        }
    }
}

/// Checks an assertion against the public key of the passkey that it names. What it says has to be
/// checked against what is known: [`Seen::check_against`].
///
/// # Errors
///
/// `PasskeyRefused`, without saying why.
pub fn verify_assertion(
    assertion: &Assertion,
    key: &PublicKey,
    expected: &Expected<'_>,
) -> Result<Seen, Refusal> {
    verify(assertion, key, expected).ok_or(Refusal::PasskeyRefused)
}

fn verify(assertion: &Assertion, key: &PublicKey, expected: &Expected<'_>) -> Option<Seen> {
    let Assertion { client_data, authenticator_data: bytes, signature } = assertion;
    let are_short = [client_data, bytes, signature].iter().all(|one| one.len() <= PART_BYTES_MAX);
    if !are_short || !client_data::fits(client_data, Ceremony::Get, expected) {
        return None;
    }
    let (data, _) = authenticator_data::read(bytes)?;
    if !authenticator_data::fits(bytes, data, expected) {
        return None;
    }
    let signed = [bytes.as_slice(), &Sha256::digest(client_data)].concat();
    key.has_signed(&signed, signature).then_some(Seen {
        counter: data.counter,
        backup_eligible: data.flags.backup_eligible(),
        backed_up: data.flags.backed_up(),
        user_verified: data.flags.user_verified(),
    })
}
