//! Who has said that they did not agree to a charge, by what it was paid with and by the device on
//! which somebody agreed to it: members of a ring share these. A sign for people, never a reason to
//! deny.

use std::collections::BTreeSet;

use base::{CardId, ClaimId, ClaimantId, Instant, InstrumentId, MethodId, Span};
use sha2::{Digest as _, Sha256};

use crate::limits::{INSTRUMENT_CLAIMS_MAX, INSTRUMENT_CLAIMS_OF_ONE_MAX};
use crate::rows::changed_rows;
use crate::{Claim, Finding, Fingerprint, Ground, Status, Value, WhyUnknown};

/// What several claimants may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Instrument {
    /// A payment method with which it was paid.
    Method(MethodId),
    /// A gift card with which it was paid.
    Card(CardId),
    /// The device on which somebody agreed to pay: the keyed hash of its name.
    Device(Fingerprint),
}

impl Instrument {
    /// The id of its row: it follows from what it is, and does not tell it.
    pub fn id(&self) -> InstrumentId {
        let (kind, bytes) = match self {
            Instrument::Method(method) => (b'm', method.to_bytes()),
            Instrument::Card(card) => (b'c', card.to_bytes()),
            Instrument::Device(device) => (b'd', device.0),
        };
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"instrument")
            .chain_update([kind])
            .chain_update(bytes)
            .finalize()
            .into();
        InstrumentId::from_bytes(std::array::from_fn(|place| digest[place]))
    }
}

/// One claim about a charge over an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentClaim {
    /// Which claim.
    pub claim: ClaimId,
    /// Who has made it.
    pub claimant: ClaimantId,
    /// When it was made.
    pub at: Instant,
}

/// Who has claimed, within a year, that they did not agree to a charge over one instrument. It
/// changes in the record in which a claim is made, granted or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentClaims {
    /// The instrument ([`Instrument::id`]).
    pub id: InstrumentId,
    /// By the time at which they were made, each claim once; at most [`INSTRUMENT_CLAIMS_MAX`], of
    /// one claimant at most [`INSTRUMENT_CLAIMS_OF_ONE_MAX`]: the newest. What is older than a year
    /// leaves when another one comes.
    pub claims: Vec<InstrumentClaim>,
}

/// An instrument, with its row if it has one.
pub type InstrumentRow<'a> = (Instrument, Option<&'a InstrumentClaims>);

/// How long a claim counts.
const COUNTS: Span = Span::days(365);

/// How many others have claimed, in the year before `now`, that they did not agree to a charge over
/// one of these instruments; each once, over how many they may have claimed. Rows that are not
/// there know of nobody. Unknown when nobody knows what it was paid with, nor on which device.
pub fn ring_marks(rows: &[InstrumentRow<'_>], claim: &Claim, now: Instant) -> Finding {
    if rows.is_empty() {
        return Finding::Unknown(WhyUnknown::NotRecorded);
    }
    let this = claim.claimant.id();
    let claims = rows.iter().filter_map(|(_, row)| *row).flat_map(|row| &row.claims);
    let others = claims.filter(|entry| entry.claimant != this && is_counted(entry.at, now));
    let others: BTreeSet<ClaimantId> = others.map(|entry| entry.claimant).collect();
    Finding::Known(Value::Count(u64::try_from(others.len()).unwrap_or(u64::MAX)))
}

/// The rows of the instruments after a claim has changed, as far as they did.
///
/// A claim counts however it was decided: that others have looked through it, or believed it, says
/// nothing against what it shares with the next. One that was taken back does not count: nobody
/// says any more that it was somebody else. What somebody else claims than who bought it, with an
/// account or without, counts once it is granted: whoever knows a charge could otherwise make its
/// owner look like one of a ring.
pub fn follow_instruments(
    claim: &Claim,
    rows: &[InstrumentRow<'_>],
    now: Instant,
) -> Vec<InstrumentClaims> {
    let new = |it: &Instrument| InstrumentClaims { id: it.id(), claims: Vec::new() };
    changed_rows(rows, new, |row| row.follow(claim, now))
}

impl InstrumentClaims {
    fn follow(&mut self, claim: &Claim, now: Instant) {
        let place = self.claims.iter().position(|entry| entry.claim == claim.id);
        let stands = claim.ground == Ground::UnauthorizedCharge
            && claim.promotion.is_some()
            && claim.status != Status::Withdrawn;
        let is_heard = claim.is_by_owner() || claim.status.is_promised();
        match place {
            Some(place) if !stands => {
                self.claims.remove(place);
            }
            None if stands && is_heard && is_counted(claim.filed_at, now) => self.add(claim, now),
            _ => {}
        }
    }

    fn add(&mut self, claim: &Claim, now: Instant) {
        let (claimant, at) = (claim.claimant.id(), claim.filed_at);
        self.claims.retain(|entry| is_counted(entry.at, now));
        let place = self.claims.partition_point(|entry| entry.at <= at);
        self.claims.insert(place, InstrumentClaim { claim: claim.id, claimant, at });
        // Whoever claims often leaves room for others.
        let is_theirs = |entry: &InstrumentClaim| entry.claimant == claimant;
        let theirs = self.claims.iter().filter(|entry| is_theirs(entry)).count();
        let oldest = if theirs > INSTRUMENT_CLAIMS_OF_ONE_MAX {
            self.claims.iter().position(is_theirs)
        } else {
            (self.claims.len() > INSTRUMENT_CLAIMS_MAX).then_some(0)
        };
        if let Some(oldest) = oldest {
            self.claims.remove(oldest);
        }
    }
}

fn is_counted(at: Instant, now: Instant) -> bool {
    now.since(at).is_none_or(|age| age < COUNTS)
}
