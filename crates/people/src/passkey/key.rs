//! Public keys in the form of COSE (RFC 9053), and their signatures.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use super::cbor::{self, Value};

/// Bytes of a key; the largest RSA modulus that is read has 512.
const KEY_BYTES_MAX: usize = 1_100;

/// How a passkey signs. The numbers are those of the COSE registry of IANA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: what every device can do.
    Es256 = -7,
    /// Ed25519.
    EdDsa = -8,
    /// RSA (PKCS #1 v1.5) with SHA-256, 2,048 bits at least: Windows without a newer chip.
    Rs256 = -257,
}

impl Algorithm {
    /// Those that are accepted, in order of preference: what options offer.
    pub const ALL: [Algorithm; 3] = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

    /// The registered number.
    pub fn number(self) -> i32 {
        self as i32
    }

    fn from_number(number: i64) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|known| i64::from(known.number()) == number)
    }
}

/// A public key as the device wrote it: its bytes are what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    bytes: Box<[u8]>,
    algorithm: Algorithm,
}

impl PublicKey {
    /// The key in these bytes. `None` for any other kind of key than those of [`Algorithm`], and
    /// for one whose parts have the wrong size.
    pub fn read(bytes: &[u8]) -> Option<PublicKey> {
        let value = cbor::read_whole(bytes).filter(|_| bytes.len() <= KEY_BYTES_MAX)?;
        let algorithm = Algorithm::from_number(value.numbered(3)?.integer()?)?;
        Parts::of(algorithm, &value)?;
        Some(PublicKey { bytes: bytes.into(), algorithm })
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature of these bytes is this key's.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let value = cbor::read_whole(&self.bytes);
        let parts = value.as_ref().and_then(|value| Parts::of(self.algorithm, value));
        match parts {
            Some(Parts::P256 { x, y }) => {
                // SEC 1, section 2.3.3: a point in full begins with 4.
                let point = [&[4], x.as_slice(), y].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
                key.verify(message, signature).is_ok()
            }
            Some(Parts::Ed25519 { x }) => {
                UnparsedPublicKey::new(&ED25519, x).verify(message, signature).is_ok()
            }
            Some(Parts::Rsa { n, e }) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            None => false,
        }
    }
}

/// The numbers of a key.
enum Parts<'a> {
    P256 { x: &'a [u8; 32], y: &'a [u8; 32] },
    Ed25519 { x: &'a [u8; 32] },
    Rsa { n: &'a [u8], e: &'a [u8] },
}

impl<'a> Parts<'a> {
    /// RFC 9053, section 7, and RFC 8230, section 4, for RSA.
    fn of(algorithm: Algorithm, key: &Value<'a>) -> Option<Parts<'a>> {
        const OKP: i64 = 1;
        const EC2: i64 = 2;
        const RSA: i64 = 3;
        let kind = key.numbered(1)?.integer()?;
        let curve = || key.numbered(-1).and_then(Value::integer);
        let bytes = |label| key.numbered(label).and_then(Value::bytes);
        let exactly = |label| bytes(label).and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok());
        match algorithm {
            Algorithm::Es256 if kind == EC2 && curve() == Some(1) => {
                Some(Parts::P256 { x: exactly(-2)?, y: exactly(-3)? })
            }
            Algorithm::EdDsa if kind == OKP && curve() == Some(6) => {
                Some(Parts::Ed25519 { x: exactly(-2)? })
            }
            Algorithm::Rs256 if kind == RSA => {
                let (n, e) = (without_zeros(bytes(-1)?), without_zeros(bytes(-2)?));
                (n.len() >= 256 && !e.is_empty()).then_some(Parts::Rsa { n, e })
            }
            _ => None,
        }
    }
}

/// Numbers are kept without zeros in front; some devices write one.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}
