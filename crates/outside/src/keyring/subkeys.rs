//! Secrets and the keys derived from them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::random::Randomness;

/// Bytes of a root secret and of every derived key.
pub(crate) const SECRET_BYTES: usize = 32;

/// A root secret. It has no `Debug`, so that nothing containing it can print it by derivation.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret([u8; SECRET_BYTES]);

impl Secret {
    pub(super) fn random(random: &mut dyn Randomness) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 2 * SECRET_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; SECRET_BYTES];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub(super) fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// The key for one purpose: HKDF-Expand of RFC 5869, first block (32 bytes are one block).
    ///
    /// The Extract step is left out, as section 3.3 of the RFC allows for a secret that is
    /// already uniformly random.
    pub(super) fn derive(&self, purpose: &str) -> [u8; SECRET_BYTES] {
        Prf::new(&self.0).compute(&[purpose.as_bytes(), &[1]])
    }
}

/// HMAC-SHA-256 under one key, with the work that depends only on the key already done.
#[derive(Clone)]
pub(super) struct Prf(Hmac<Sha256>);

impl Prf {
    pub(super) fn new(key: &[u8; SECRET_BYTES]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// HMAC of the parts, one after the other. The caller sees to it that the boundaries between
    /// the parts cannot be moved, by fixed lengths or length prefixes.
    pub(super) fn compute(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// [`Prf::compute`] cut to its first 128 bits.
    ///
    /// RFC 2104 allows cutting to half the hash; among 10⁹ values two are equal with
    /// probability 1.5 · 10⁻²¹.
    pub(super) fn short(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.compute(parts)[..16]);
        short
    }
}

/// The keys of one key version, each for one purpose only.
#[derive(Clone)]
pub(super) struct SubKeys {
    pub(super) code: Prf,
    pub(super) code_hash: Prf,
    pub(super) claim_link: Prf,
    pub(super) claim_link_hash: Prf,
    pub(super) recipient_token: Prf,
    pub(super) email_hash: Prf,
    pub(super) person_wrapping: [u8; SECRET_BYTES],
    pub(super) secret_sealing: [u8; SECRET_BYTES],
}

impl SubKeys {
    pub(super) fn of(root: &Secret) -> Self {
        let prf = |purpose| Prf::new(&root.derive(purpose));
        Self {
            code: prf("makegood gift card code"),
            code_hash: prf("makegood code hash"),
            claim_link: prf("makegood claim link"),
            claim_link_hash: prf("makegood claim link hash"),
            recipient_token: prf("makegood recipient token"),
            email_hash: prf("makegood e-mail hash"),
            person_wrapping: root.derive("makegood person key wrapping"),
            secret_sealing: root.derive("makegood secret sealing"),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text preceded by its length, so that the next part cannot run into it.
pub(super) fn length_prefix(text: &[u8]) -> [u8; 8] {
    // A length beyond 64 bits cannot exist in memory.
    (text.len() as u64).to_le_bytes()
}
