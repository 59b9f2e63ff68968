//! Ids that follow from what they are of, so that whoever knows that finds the row without a
//! look-up.

use base::{ClaimId, PromotionId, RestitutionId, StatementId};
use sha2::{Digest as _, Sha256};

use crate::{Fingerprint, RestitutionKind};

/// The statement of the how manyth decision on a claim.
pub fn statement_id(claim: ClaimId, number: u32) -> StatementId {
    StatementId::from_bytes(hashed(b"claim", &claim.to_bytes(), &number.to_be_bytes()))
}

/// The statement of a restitution.
pub fn restitution_statement_id(restitution: RestitutionId) -> StatementId {
    StatementId::from_bytes(hashed(b"restitution", &restitution.to_bytes(), &[]))
}

/// What is repaid for a promotion for one cause: the same cause is the same restitution, however
/// often it is found.
pub fn restitution_id(
    promotion: PromotionId,
    kind: RestitutionKind,
    cause: Fingerprint,
) -> RestitutionId {
    let mut of = [kind as u8; 17];
    of[1..].copy_from_slice(&cause.0);
    RestitutionId::from_bytes(hashed(b"promotion", &promotion.to_bytes(), &of))
}

/// Half of SHA-256. The first part has one length for each kind of the second.
fn hashed(kind: &[u8], of: &[u8; 16], which: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] =
        Sha256::new().chain_update(kind).chain_update(of).chain_update(which).finalize().into();
    std::array::from_fn(|place| digest[place])
}
