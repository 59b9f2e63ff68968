//! Who makes claims.

use base::{ClaimantId, PersonId};
use sha2::{Digest as _, Sha256};

use crate::Fingerprint;

/// Who makes a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Claimant {
    /// Somebody with an account.
    Person(PersonId),
    /// Somebody without one, or locked out of it: the keyed hash of how to reach them.
    Contact(Fingerprint),
}

impl Claimant {
    /// The id of the row that counts their claims: it follows from who they are.
    pub fn id(&self) -> ClaimantId {
        let (kind, bytes) = match self {
            Claimant::Person(person) => (b'p', person.to_bytes()),
            Claimant::Contact(contact) => (b'c', contact.0),
        };
        let digest: [u8; 32] =
            Sha256::new().chain_update([kind]).chain_update(bytes).finalize().into();
        ClaimantId::from_bytes(std::array::from_fn(|place| digest[place]))
    }

    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Claimant::Person(person) => Some(*person),
            Claimant::Contact(_) => None,
        }
    }
}
