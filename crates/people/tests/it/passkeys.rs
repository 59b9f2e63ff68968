//! Web Authentication: the vectors of its third level, and a device of our own.

use std::collections::BTreeMap;

use people::Refusal;
use people::passkey::{
    Algorithm, Assertion, Expected, PublicKey, Registration, verify_assertion, verify_registration,
};
use proptest::prelude::*;

use crate::value_acts::Device;

const VECTORS: &str = include_str!("golden/webauthn.txt");

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

struct Vector {
    name: &'static str,
    parts: BTreeMap<&'static str, Vec<u8>>,
}

impl Vector {
    fn challenge(&self, of: &str) -> [u8; 32] {
        self.parts[of].clone().try_into().unwrap()
    }

    fn registration(&self) -> Registration {
        Registration {
            client_data: self.parts["registration.client_data"].clone(),
            attestation_object: self.parts["registration.attestation_object"].clone(),
        }
    }

    fn assertion(&self) -> Assertion {
        Assertion {
            client_data: self.parts["authentication.client_data"].clone(),
            authenticator_data: self.parts["authentication.authenticator_data"].clone(),
            signature: self.parts["authentication.signature"].clone(),
        }
    }
}

fn vectors() -> Vec<Vector> {
    let mut all: Vec<Vector> = Vec::new();
    for line in VECTORS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match line.strip_prefix('[') {
            Some(name) => {
                let name = name.strip_suffix(']').unwrap();
                all.push(Vector { name, parts: BTreeMap::new() });
            }
            None => {
                let (part, hex) = line.split_once(' ').unwrap();
                all.last_mut().unwrap().parts.insert(part, bytes(hex));
            }
        }
    }
    all
}

fn expected(challenge: &[u8; 32]) -> Expected<'_> {
    Expected {
        challenge,
        origin: "https://example.org",
        rp_id: "example.org",
        must_verify_user: false,
    }
}

#[test]
fn the_vectors_of_the_standard() {
    let mut accepted = Vec::new();
    for vector in vectors() {
        let challenge = vector.challenge("registration.challenge");
        let registered = match verify_registration(&vector.registration(), &expected(&challenge)) {
            Ok(registered) => registered,
            Err(refusal) => {
                assert_eq!(refusal, Refusal::PasskeyRefused);
                // A page of others frames ours; a curve we do not offer.
                let odd = ["none-es256-crossOrigin", "none-es256-topOrigin", "packed-es384"];
                assert!(odd.contains(&vector.name), "{} is refused", vector.name);
                continue;
            }
        };
        assert_eq!(*registered.credential_id, vector.parts["registration.credential_id"][..]);
        let kept = PublicKey::read(registered.key.as_bytes()).unwrap();
        assert_eq!(kept, registered.key);
        let challenge = vector.challenge("authentication.challenge");
        let seen = verify_assertion(&vector.assertion(), &kept, &expected(&challenge)).unwrap();
        assert_eq!(seen.backup_eligible, registered.backup_eligible, "{}", vector.name);
        seen.check_against(registered.counter, registered.backup_eligible).unwrap();
        accepted.push((vector.name, kept.algorithm()));
    }
    let by = |algorithm| accepted.iter().filter(|(_, one)| *one == algorithm).count();
    let counts = Algorithm::ALL.map(by);
    assert_eq!(counts, [1, 6, 1], "EdDSA, ES256, RS256: {accepted:?}");
}

/// Every part that is signed, and every part that is compared, matters.
#[test]
fn a_changed_vector_is_refused() {
    for vector in
        vectors().iter().filter(|one| one.name == "packed-rs256" || one.name == "none-es256")
    {
        let challenge = vector.challenge("registration.challenge");
        let registration = vector.registration();
        let registered = verify_registration(&registration, &expected(&challenge)).unwrap();
        let challenge = vector.challenge("authentication.challenge");
        let right = vector.assertion();
        let refused = |assertion: &Assertion, expected: &Expected<'_>| {
            let outcome = verify_assertion(assertion, &registered.key, expected);
            assert_eq!(outcome, Err(Refusal::PasskeyRefused));
        };
        for place in 0..right.authenticator_data.len() {
            let mut changed = right.clone();
            changed.authenticator_data[place] ^= 0x20;
            refused(&changed, &expected(&challenge));
        }
        for place in 0..right.signature.len() {
            let mut changed = right.clone();
            changed.signature[place] ^= 1;
            refused(&changed, &expected(&challenge));
        }
        let mut blank = right.clone();
        blank.client_data.push(b' ');
        refused(&blank, &expected(&challenge));
        refused(&right, &expected(&[0; 32]));
        let right_place = expected(&challenge);
        refused(&right, &Expected { origin: "https://example.com", ..right_place });
        refused(&right, &Expected { rp_id: "example.com", ..right_place });
        // What was made is not what is used.
        let swapped = Assertion { client_data: registration.client_data.clone(), ..right.clone() };
        let first = vector.challenge("registration.challenge");
        refused(&swapped, &expected(&first));
    }
}

#[test]
fn a_device_of_our_own_registers_and_signs() {
    let device = Device::new(3);
    let (challenge, place) = ([5; 32], Device::expected);
    let registered = verify_registration(&device.register(&challenge), &place(&challenge)).unwrap();
    assert!(registered.user_verified && registered.backup_eligible && !registered.backed_up);
    assert_eq!(registered.key, device.key());
    let seen = verify_assertion(&device.sign(&challenge), &device.key(), &place(&challenge));
    assert_eq!(seen.unwrap().counter, 0);
    let other = Device::new(4);
    let refused = verify_assertion(&device.sign(&challenge), &other.key(), &place(&challenge));
    assert_eq!(refused, Err(Refusal::PasskeyRefused));
}

#[test]
fn flags_are_looked_at() {
    let challenge = [5; 32];
    #[track_caller]
    fn check(flags: u8, must_verify_user: bool, is_accepted: bool) {
        let device = Device { flags, ..Device::new(3) };
        let challenge = [5; 32];
        let expected = Expected { must_verify_user, ..Device::expected(&challenge) };
        let registered = verify_registration(&device.register(&challenge), &expected);
        assert_eq!(registered.is_ok(), is_accepted, "{flags:08b}");
        let seen = verify_assertion(&device.sign(&challenge), &device.key(), &expected);
        assert_eq!(seen.is_ok(), is_accepted, "{flags:08b}");
    }
    check(0b0_0101, true, true);
    check(0b0_0001, false, true);
    check(0b0_0001, true, false); // not verified
    check(0b0_0100, false, false); // nobody there
    check(0b1_0101, true, false); // backed up without being eligible
    check(0b1_1101, true, true);
    let seen = verify_assertion(
        &Device { flags: 0b1_1101, ..Device::new(3) }.sign(&challenge),
        &Device::new(3).key(),
        &Device::expected(&challenge),
    );
    let eligible = seen.unwrap();
    assert_eq!(eligible.check_against(0, false), Err(Refusal::PasskeyRefused));
    assert_eq!(eligible.check_against(0, true), Ok(()));
}

#[test]
fn a_counter_grows_or_there_is_none() {
    let challenge = [5; 32];
    #[track_caller]
    fn check(known: u32, now: u32, outcome: Result<(), Refusal>) {
        let challenge = [5; 32];
        let device = Device { counter: now, ..Device::new(3) };
        let expected = Device::expected(&challenge);
        let seen = verify_assertion(&device.sign(&challenge), &device.key(), &expected).unwrap();
        assert_eq!(seen.check_against(known, true), outcome, "{known} then {now}");
    }
    check(0, 0, Ok(()));
    check(0, 1, Ok(()));
    check(7, 8, Ok(()));
    check(7, 7, Err(Refusal::PasskeyCloned));
    check(7, 6, Err(Refusal::PasskeyCloned));
    check(7, 0, Err(Refusal::PasskeyCloned));
    assert_eq!(challenge.len(), people::passkey::CHALLENGE_BYTES);
}

#[test]
fn keys_of_other_kinds_are_not_read() {
    let key = Device::new(3).key();
    let mut with_other_number = key.as_bytes().to_vec();
    // Label 3 (the algorithm) holds -8, which is 0x27; -7 would be ES256 on a curve of EdDSA.
    let place = with_other_number.iter().position(|byte| *byte == 0x27).unwrap();
    with_other_number[place] = 0x26;
    assert_eq!(PublicKey::read(&with_other_number), None);
    assert_eq!(PublicKey::read(&[]), None);
    assert_eq!(PublicKey::read(&key.as_bytes()[1..]), None);
    let longer = [key.as_bytes(), &[0]].concat();
    assert_eq!(PublicKey::read(&longer), None);
}

proptest! {
    /// Nothing that is sent breaks the readers, and none of it is accepted.
    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        let challenge = [5; 32];
        let expected = Device::expected(&challenge);
        let right = Device::new(3).register(&challenge);
        let registration = Registration { attestation_object: noise.clone(), ..right.clone() };
        prop_assert!(verify_registration(&registration, &expected).is_err());
        let registration = Registration { client_data: noise.clone(), ..right };
        prop_assert!(verify_registration(&registration, &expected).is_err());
        let right = Device::new(3).sign(&challenge);
        for changed in [
            Assertion { client_data: noise.clone(), ..right.clone() },
            Assertion { authenticator_data: noise.clone(), ..right.clone() },
            Assertion { signature: noise, ..right },
        ] {
            prop_assert!(verify_assertion(&changed, &Device::new(3).key(), &expected).is_err());
        }
    }

    /// A registration cut off, or with one byte changed, is never another passkey of ours.
    #[test]
    fn damaged_registrations(place in 0_usize..400, change in 1_u8..=255, cut in any::<bool>()) {
        let challenge = [5; 32];
        let right = Device::new(3).register(&challenge);
        let mut object = right.attestation_object.clone();
        let place = place % object.len();
        if cut { object.truncate(place) } else { object[place] ^= change }
        let registration = Registration { attestation_object: object, ..right };
        if let Ok(registered) = verify_registration(&registration, &Device::expected(&challenge)) {
            prop_assert!(!cut);
            prop_assert!(registered.user_verified);
        }
    }
}
