//! Ids that follow from what they are of, so that whoever knows that finds the row without a
//! look-up.

use base::{DeedId, Label, PostId, PromotionId, PromotionSettlementId, SliceId, StreamId};
use base::{IncidentId, Instant, PersonId, SignalId};
use sha2::{Digest, Sha256};

use crate::{Component, Happening};

/// Bytes of the id of a part that tell its promotion; its number follows.
const PROMOTION_BYTES: usize = 12;

/// The post of this name.
pub fn post_id(name: &Label) -> PostId {
    PostId::from_bytes(named(name))
}

/// The stream of this name.
pub fn stream_id(name: &Label) -> StreamId {
    StreamId::from_bytes(named(name))
}

/// The how manyth slice of a promotion.
pub fn slice_id(promotion: PromotionId, number: u32) -> SliceId {
    SliceId::from_bytes(part(promotion, number))
}

/// The how manyth deed that was done to a promotion.
pub fn deed_id(promotion: PromotionId, number: u32) -> DeedId {
    DeedId::from_bytes(part(promotion, number))
}

/// The how manyth settlement of a promotion.
pub fn settlement_id(promotion: PromotionId, number: u32) -> PromotionSettlementId {
    PromotionSettlementId::from_bytes(part(promotion, number))
}

/// The incident of a component that was detected to have begun then: told again it is the same one.
/// It sorts by that time among those that people tell of.
pub fn detected_incident_id(component: Component, started_at: Instant) -> IncidentId {
    let micros = started_at.micros().to_be_bytes();
    let digest = Sha256::new().chain_update([component as u8]).chain_update(micros).finalize();
    IncidentId::from_parts(started_at, std::array::from_fn(|place| digest[place]))
}

/// The signal of this happening to a person.
pub fn signal_id(person: PersonId, happened: &Happening) -> SignalId {
    let Happening { at, kind, device } = happened;
    let mut hash = Sha256::new().chain_update(person.to_bytes());
    hash.update([*kind as u8]);
    hash.update(device.map_or([0; 16], |device| device.0));
    let digest = hash.chain_update(at.micros().to_be_bytes()).finalize();
    SignalId::from_parts(*at, std::array::from_fn(|place| digest[place]))
}

/// The first half of SHA-256 over the name.
fn named(name: &Label) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(name.as_str().as_bytes()).into();
    std::array::from_fn(|place| digest[place])
}

/// Twelve bytes of SHA-256 over the promotion, then the number, so that ids of the parts of one
/// promotion sort as their numbers do.
fn part(promotion: PromotionId, number: u32) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(promotion.to_bytes()).into();
    let number = number.to_be_bytes();
    std::array::from_fn(|place| match place.checked_sub(PROMOTION_BYTES) {
        None => digest[place],
        Some(place) => number[place],
    })
}
