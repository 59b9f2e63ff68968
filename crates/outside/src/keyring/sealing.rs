//! Sealing secrets that must be used again, and so cannot be kept as hashes.

use super::{KeyNumber, KeyRing, RingError};
use crate::cipher::{cipher, decrypt, encrypt};

/// First byte of every sealed secret.
const SEALED_FORMAT: u8 = 1;

impl KeyRing {
    /// Seals a secret of ours, such as what webhooks are signed with, under the current key. The
    /// same context must be named to open it, so it cannot be moved to another place.
    pub fn seal_secret(&self, context: &str, plain: &str) -> Vec<u8> {
        let version = self.usable(self.current).expect("the current key is usable");
        let key = cipher(version.keys.secret_sealing);
        let mut sealed = vec![SEALED_FORMAT];
        sealed.extend(self.current.get().to_be_bytes());
        sealed.extend(encrypt(&key, plain.as_bytes(), context.as_bytes()));
        sealed
    }

    /// Opens what [`KeyRing::seal_secret`] sealed.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`]; [`RingError::Damaged`] when the
    /// bytes were changed, or sealed for another context.
    pub fn open_secret(&self, context: &str, sealed: &[u8]) -> Result<String, RingError> {
        let Some((&SEALED_FORMAT, rest)) = sealed.split_first() else {
            return Err(RingError::Damaged);
        };
        let (number, sealed) = rest.split_first_chunk().ok_or(RingError::Damaged)?;
        let number = KeyNumber::new(u32::from_be_bytes(*number)).ok_or(RingError::Damaged)?;
        let key = cipher(self.usable(number)?.keys.secret_sealing);
        let plain = decrypt(&key, sealed, context.as_bytes()).ok_or(RingError::Damaged)?;
        String::from_utf8(plain).map_err(|_| RingError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use base::Instant;

    use super::*;
    use crate::random::SeededRandomness;

    fn ring(seed: u64) -> KeyRing {
        KeyRing::generate(Instant::MIN, &mut SeededRandomness::new(seed))
    }

    #[test]
    fn a_secret_is_opened_where_it_was_sealed_and_nowhere_else() {
        let old = ring(1);
        let sealed = old.seal_secret("endpoint 1", "whsec_x");
        assert!(!sealed.windows(5).any(|part| part == b"whsec"));
        let rotated = old.rotate(Instant::MIN, &mut SeededRandomness::new(2)).unwrap();
        assert_eq!(rotated.open_secret("endpoint 1", &sealed).unwrap(), "whsec_x");
        let newer = rotated.seal_secret("endpoint 1", "whsec_x");
        assert_eq!(rotated.open_secret("endpoint 1", &newer).unwrap(), "whsec_x");
        assert!(matches!(old.open_secret("endpoint 1", &newer), Err(RingError::UnknownKey(_))));
        let retired = rotated.retire(KeyNumber::FIRST).unwrap();
        assert!(matches!(
            retired.open_secret("endpoint 1", &sealed),
            Err(RingError::RetiredKey(_))
        ));
        let damaged = |ring: &KeyRing, context, sealed: &[u8]| {
            assert!(matches!(ring.open_secret(context, sealed), Err(RingError::Damaged)));
        };
        damaged(&old, "endpoint 2", &sealed);
        damaged(&ring(3), "endpoint 1", &sealed);
        for place in [0, 4, 5, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(old.open_secret("endpoint 1", &changed).is_err(), "{place}");
        }
        for length in 0..sealed.len() {
            assert!(old.open_secret("endpoint 1", &sealed[..length]).is_err(), "{length}");
        }
    }
}
