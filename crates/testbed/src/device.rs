//! A device with one passkey, as far as a server can tell.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A device that makes and uses one passkey: an independent half of Web Authentication, for tests.
pub struct Device {
    pair: Ed25519KeyPair,
    id: [u8; 16],
    rp_id: String,
    /// The origin of the page that asks, as the browser tells it.
    pub origin: String,
}

impl Device {
    /// A device whose key follows from a seed, for a site.
    ///
    /// # Panics
    ///
    /// Never: any 32 bytes make a key.
    pub fn new(seed: u8, origin: &str, rp_id: &str) -> Device {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Device { pair, id: [seed; 16], rp_id: rp_id.to_owned(), origin: origin.to_owned() }
    }

    /// The id of its passkey.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// RFC 9053: kind 1 (OKP), algorithm -8, curve 6 (Ed25519) and the point.
    pub fn key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], point].concat()
    }

    /// User present and verified, eligible for backup.
    fn head(&self, more: u8) -> Vec<u8> {
        let hash = Sha256::digest(&self.rp_id);
        [&hash[..], &[0b0_1101 | more], &[0; 4]].concat()
    }

    fn client_data(&self, ceremony: &str, options: &Value) -> Vec<u8> {
        let (challenge, origin) = (options["challenge"].as_str().unwrap(), &self.origin);
        let data = json!({
            "type": format!("webauthn.{ceremony}"), "challenge": challenge, "origin": origin,
            "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    /// What `navigator.credentials.create` answers.
    pub fn create(&self, options: &Value) -> Value {
        let key = self.key();
        let data = [&self.head(0x40)[..], &[0; 16], &16_u16.to_be_bytes(), &self.id, &key].concat();
        let length = u8::try_from(data.len()).unwrap();
        let object =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[length], &data];
        self.credential(json!({
            "clientDataJSON": encode(&self.client_data("create", options)),
            "attestationObject": encode(&object.concat()),
        }))
    }

    /// What `navigator.credentials.get` answers.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("get", options);
        let head = self.head(0);
        let signed = [&head[..], &Sha256::digest(&client_data)].concat();
        self.credential(json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&head),
            "signature": encode(self.pair.sign(&signed).as_ref()),
            "userHandle": null,
        }))
    }

    fn credential(&self, response: Value) -> Value {
        json!({
            "id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": response,
        })
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
