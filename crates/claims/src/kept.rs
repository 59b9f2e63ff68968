//! What is kept with a claim as evidence, in rows of its own: words, facts, and what was decided.
//! None of them ever changes.

use base::{ClaimId, FactsId, Instant, PersonId, StatementId};
use sha2::{Digest as _, Sha256};

use crate::{Decision, Description, Digest, Facts, Subject};

/// Words of a claimant on their way into a book: ciphertext alone gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWords {
    /// Under whose key they are sealed.
    pub person: PersonId,
    /// The ciphertext.
    pub sealed: Box<[u8]>,
    /// How many bytes the words have.
    pub bytes: u32,
}

impl NewWords {
    /// What the row of the claim says of them.
    pub(crate) fn description(&self) -> Description {
        Description { sealed: Digest(Sha256::digest(&self.sealed).into()), bytes: self.bytes }
    }
}

/// What a claimant has written, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// In which claim.
    pub claim: ClaimId,
    /// Under whose key they are sealed.
    pub person: PersonId,
    /// The ciphertext; the row of the claim has its hash.
    pub sealed: Box<[u8]>,
}

/// Facts on which something was decided, found by what they say: equal facts are one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenFacts {
    /// The first half of their hash.
    pub id: FactsId,
    /// The facts.
    pub facts: Facts,
}

impl FrozenFacts {
    /// The row of these facts.
    pub fn of(facts: Facts) -> FrozenFacts {
        FrozenFacts { id: facts_id(Digest(facts.digest())), facts }
    }
}

/// The row of the facts of this hash.
pub fn facts_id(digest: Digest) -> FactsId {
    FactsId::from_bytes(std::array::from_fn(|place| digest.0[place]))
}

/// What was decided, as far as it cannot be told again from rows and tables: with the facts, and
/// the tables of that version, it makes the [`Statement`](crate::Statement).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStatement {
    /// Its id.
    pub id: StatementId,
    /// About what.
    pub about: Subject,
    /// The how manyth decision on it, from 1.
    pub number: u32,
    /// The facts it rests on.
    pub facts: Option<Digest>,
    /// What the rules have said; `None` when a person has decided, or nobody had to. What would
    /// have changed it follows from facts and tables, and is not kept.
    pub decision: Option<Decision>,
    /// When.
    pub at: Instant,
}
