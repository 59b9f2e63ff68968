//! Acts that move value: what was signed, and nothing else.

use std::collections::BTreeSet;

use base::{AccountId, Currency, Instant, Money, PasskeyId, PersonId, Span, Text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use people::passkey::{Assertion, Expected, PublicKey, Registration};
use people::{Evidence, Refusal, ValueAct};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

use crate::{NOW, later};

/// A device with one passkey.
pub(crate) struct Device {
    pub(crate) pair: Ed25519KeyPair,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
}

impl Device {
    pub(crate) const ORIGIN: &str = "https://shop.example";

    /// User present, user verified, eligible for backup.
    pub(crate) fn new(seed: u8) -> Device {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Device { pair, flags: 0b0_1101, counter: 0 }
    }

    pub(crate) fn expected(challenge: &[u8; 32]) -> Expected<'_> {
        Expected {
            challenge,
            origin: Device::ORIGIN,
            rp_id: "shop.example",
            must_verify_user: true,
        }
    }

    /// The map of RFC 9053 with kind 1 (OKP), algorithm -8, curve 6 (Ed25519) and the point.
    fn key_bytes(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 32], point].concat()
    }

    pub(crate) fn key(&self) -> PublicKey {
        PublicKey::read(&self.key_bytes()).unwrap()
    }

    fn client_data(ceremony: &str, challenge: &[u8; 32]) -> Vec<u8> {
        let (challenge, origin) = (URL_SAFE_NO_PAD.encode(challenge), Device::ORIGIN);
        let text = format!(
            "{{\"type\":\"webauthn.{ceremony}\",\"challenge\":\"{challenge}\",\
             \"origin\":\"{origin}\",\"crossOrigin\":false}}"
        );
        text.into_bytes()
    }

    fn head(&self, more: u8) -> Vec<u8> {
        let hash = Sha256::digest(b"shop.example");
        [&hash[..], &[self.flags | more], &self.counter.to_be_bytes()].concat()
    }

    pub(crate) fn register(&self, challenge: &[u8; 32]) -> Registration {
        let key = self.key_bytes();
        let data = [&self.head(0x40)[..], &[0; 16], &16_u16.to_be_bytes(), &[9; 16], &key].concat();
        let length = u8::try_from(data.len()).unwrap();
        let object =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[length], &data];
        Registration {
            client_data: Device::client_data("create", challenge),
            attestation_object: object.concat(),
        }
    }

    pub(crate) fn sign(&self, challenge: &[u8; 32]) -> Assertion {
        let client_data = Device::client_data("get", challenge);
        let authenticator_data = self.head(0);
        let signed = [&authenticator_data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.pair.sign(&signed).as_ref().to_vec();
        Assertion { client_data, authenticator_data, signature }
    }
}

fn act() -> ValueAct {
    ValueAct {
        person: PersonId::from_bits(1),
        account: AccountId::from_bits(2),
        amount: Money::new(2_500, Currency::USD).unwrap(),
        payee: Text::new("Luna Ceramics").unwrap(),
        nonce: [3; 16],
        expires_at: later(ValueAct::LIFETIME),
    }
}

fn others() -> Vec<ValueAct> {
    let money = |minor, currency| Money::new(minor, currency).unwrap();
    vec![
        ValueAct { person: PersonId::from_bits(9), ..act() },
        ValueAct { account: AccountId::from_bits(9), ..act() },
        ValueAct { amount: money(2_501, Currency::USD), ..act() },
        ValueAct { amount: money(2_500, Currency::EUR), ..act() },
        ValueAct { payee: Text::new("Luna Ceramic").unwrap(), ..act() },
        ValueAct { payee: Text::new("Luna Ceramicss").unwrap(), ..act() },
        ValueAct { nonce: [4; 16], ..act() },
        ValueAct { expires_at: later(Span::days(1)), ..act() },
    ]
}

fn evidence(act: ValueAct, at: Instant) -> Evidence {
    let device = Device::new(3);
    let assertion = device.sign(&act.challenge());
    Evidence { act, passkey: PasskeyId::from_bits(4), key: device.key(), assertion, at }
}

#[test]
fn every_field_changes_the_challenge() {
    let mut challenges: BTreeSet<_> = others().iter().map(ValueAct::challenge).collect();
    challenges.insert(act().challenge());
    assert_eq!(challenges.len(), others().len() + 1);
}

/// Records that are kept must be checked in years to come, so the bytes never change.
#[test]
fn the_challenge_is_as_it_was() {
    let hex: String = act().challenge().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("golden/value_act.txt").trim());
}

#[test]
fn evidence_stands_and_changed_evidence_falls() {
    let signed = evidence(act(), NOW);
    let nothing = [0; 32];
    let expected = Device::expected(&nothing);
    assert_eq!(signed.check(&expected), Ok(()));
    for act in others() {
        let changed = Evidence { act, ..signed.clone() };
        assert_eq!(changed.check(&expected), Err(Refusal::PasskeyRefused));
    }
    let other_key = Evidence { key: Device::new(4).key(), ..signed.clone() };
    assert_eq!(other_key.check(&expected), Err(Refusal::PasskeyRefused));
    let late = evidence(act(), act().expires_at);
    assert_eq!(late.check(&expected), Err(Refusal::ActExpired));
}

#[test]
fn somebody_must_have_been_verified() {
    let device = Device { flags: 0b0_1001, ..Device::new(3) };
    let assertion = device.sign(&act().challenge());
    let evidence = Evidence { assertion, ..evidence(act(), NOW) };
    let nothing = [0; 32];
    let lax = Expected { must_verify_user: false, ..Device::expected(&nothing) };
    assert_eq!(evidence.check(&lax), Err(Refusal::PasskeyRefused));
}

#[test]
fn an_agreement_covers_what_was_shown_for_as_long_as_it_lasts() {
    let check = |(minor, payee, after): (i64, &str, Span), expected| {
        let doing = (AccountId::from_bits(2), Money::new(minor, Currency::USD).unwrap(), payee);
        let covers = evidence(act(), NOW).covers(doing, later(after));
        assert_eq!(covers, expected, "{minor} {payee} {after:?}");
    };
    let almost = Span::seconds(299);
    check((2_500, "Luna Ceramics", almost), Ok(()));
    check((2_500, "Luna Ceramics", ValueAct::LIFETIME), Err(Refusal::ActExpired));
    check((2_499, "Luna Ceramics", almost), Err(Refusal::ActChanged));
    check((2_500, "Luna Ceramic", almost), Err(Refusal::ActChanged));
    check((2_501, "Luna Ceramics", Span::days(1)), Err(Refusal::ActChanged));
    let doing =
        (AccountId::from_bits(2), Money::new(2_500, Currency::EUR).unwrap(), "Luna Ceramics");
    assert_eq!(evidence(act(), NOW).covers(doing, NOW), Err(Refusal::ActChanged));
    let doing = (AccountId::from_bits(3), act().amount, "Luna Ceramics");
    assert_eq!(evidence(act(), NOW).covers(doing, NOW), Err(Refusal::ActChanged));
}
