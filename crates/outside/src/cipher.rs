//! Sealing bytes: XChaCha20-Poly1305 with a random nonce, bound to a context.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::keyring::SECRET_BYTES;
use crate::random::{Randomness, SystemRandomness};

/// Bytes of the random nonce of XChaCha20-Poly1305; at 192 bits it may be drawn at random.
const NONCE_BYTES: usize = 24;

/// A random nonce, then ciphertext and tag.
pub(crate) fn encrypt(key: &XChaCha20Poly1305, plain: &[u8], context: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    SystemRandomness.fill(&mut nonce);
    let payload = Payload { msg: plain, aad: context };
    let ciphertext = key
        .encrypt(&XNonce::from(nonce), payload)
        .expect("the cipher only refuses texts of 256 GB and more");
    [nonce.as_slice(), &ciphertext].concat()
}

/// What was sealed; `None` when the bytes are not what was sealed for this context.
pub(crate) fn decrypt(key: &XChaCha20Poly1305, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    key.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: context }).ok()
}

/// The cipher under a key.
pub(crate) fn cipher(key: [u8; SECRET_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.into())
}
