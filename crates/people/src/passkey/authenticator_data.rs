//! What the device says: Level 2, section 6.1.

use sha2::{Digest, Sha256};

use super::cbor;
use super::{CREDENTIAL_ID_BYTES_MAX, Expected};

/// Bytes before whatever is attached: hash of the RP ID, flags, counter.
const HEAD_BYTES: usize = 37;

/// What a device claims, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// Somebody was there and agreed.
    pub fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The device knows who, by PIN or body.
    pub fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The passkey may be synchronized to other devices; that never changes.
    pub fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// It is synchronized now.
    pub fn backed_up(self) -> bool {
        self.0 & 0x10 != 0
    }

    fn has_credential(self) -> bool {
        self.0 & 0x40 != 0
    }

    fn has_extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// The head of what a device signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// What it claims.
    pub flags: Flags,
    /// How often it has signed, by its own count; zero when it does not count.
    pub counter: u32,
}

/// A passkey that is attached to it when it was just made.
pub(super) struct Attached<'a> {
    pub(super) credential_id: &'a [u8],
    /// The bytes of the public key.
    pub(super) key_bytes: &'a [u8],
}

/// Reads authenticator data. `None` when it is none.
pub(super) fn read(bytes: &[u8]) -> Option<(AuthenticatorData, Option<Attached<'_>>)> {
    let (head, mut rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let counter = u32::from_be_bytes(*head[33..].first_chunk()?);
    let flags = Flags(head[32]);
    let mut attached = None;
    if flags.has_credential() {
        // The kind of device, 16 bytes, is not looked at.
        let (_, after) = rest.split_at_checked(16)?;
        let (length, after) = after.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (credential_id, key_on) = after.split_at_checked(length)?;
        if length == 0 || length > CREDENTIAL_ID_BYTES_MAX {
            return None;
        }
        let (_, after) = cbor::read(key_on)?;
        let key_bytes = &key_on[..key_on.len() - after.len()];
        attached = Some(Attached { credential_id, key_bytes });
        rest = after;
    }
    if flags.has_extensions() {
        let (_, after) = cbor::read(rest)?;
        rest = after;
    }
    rest.is_empty().then_some((AuthenticatorData { flags, counter }, attached))
}

/// Whether it is for us, and whether its user did what was asked for.
pub(super) fn fits(bytes: &[u8], data: AuthenticatorData, expected: &Expected<'_>) -> bool {
    let rp_id_hash = Sha256::digest(expected.rp_id.as_bytes());
    let flags = data.flags;
    bytes.starts_with(&rp_id_hash)
        && flags.user_present()
        && (flags.user_verified() || !expected.must_verify_user)
        // Level 3, section 6.1.3: what is backed up must be eligible for it.
        && (flags.backup_eligible() || !flags.backed_up())
}
