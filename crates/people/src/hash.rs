use std::fmt;

use subtle::ConstantTimeEq;

/// Bytes of a keyed hash.
pub const HASH_BYTES: usize = 16;

/// A keyed hash of a secret, made by whoever holds the key: all that is kept of the secret.
///
/// Equality takes the same time whatever the bytes (ASVS 5.0, 11.2.4).
#[derive(Clone, Copy)]
pub struct SecretHash(pub [u8; HASH_BYTES]);

impl PartialEq for SecretHash {
    fn eq(&self, other: &SecretHash) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}
