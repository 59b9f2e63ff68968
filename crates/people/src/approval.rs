//! Acts that wait for a second person.

use base::{ApprovalId, Instant, PersonId, Span, Token};

use crate::{Permission, Permissions, Refusal};

/// Bytes of the name of a kind of act.
pub const ACT_KIND_BYTES_MAX: usize = 40;

/// What became of a request for a second person. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// Waiting.
    Open,
    /// Somebody else agrees; it can be done once.
    Approved {
        /// Who.
        by: PersonId,
        /// When.
        at: Instant,
    },
    /// Somebody else does not.
    Declined {
        /// Who.
        by: PersonId,
        /// When.
        at: Instant,
    },
    /// Whoever asked has taken it back.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// It was approved and done.
    Done {
        /// Who approved.
        by: PersonId,
        /// When it was done.
        at: Instant,
    },
}

/// A request that a second person agrees to an act (ASVS 5.0, 2.3.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Which request.
    pub id: ApprovalId,
    /// What kind of act, such as `payout` or `role.grant`.
    pub kind: Token<ACT_KIND_BYTES_MAX>,
    /// SHA-256 over all that the act says: what is done must be what was approved.
    pub act: [u8; 32],
    /// What whoever approves must be permitted.
    pub needs: Permission,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Instant,
    /// What became of it.
    pub state: ApprovalState,
}

impl Approval {
    /// How long it waits, and how long it can be used after it was asked for.
    pub const LIFETIME: Span = Span::days(3);

    /// The request with the agreement of a second person.
    ///
    /// # Errors
    ///
    /// In this order: `NotPermitted`, `SamePerson`, `ApprovalNotOpen`, `ActChanged` when what
    /// they were shown is not what was asked for.
    pub fn approve(
        &self,
        by: PersonId,
        permissions: Permissions,
        shown: &[u8; 32],
        now: Instant,
    ) -> Result<Approval, Refusal> {
        self.check_answer(by, permissions, now)?;
        if *shown != self.act {
            return Err(Refusal::ActChanged);
        }
        Ok(Approval { state: ApprovalState::Approved { by, at: now }, ..self.clone() })
    }

    /// The request declined by a second person.
    ///
    /// # Errors
    ///
    /// In this order: `NotPermitted`, `SamePerson`, `ApprovalNotOpen`.
    pub fn decline(
        &self,
        by: PersonId,
        permissions: Permissions,
        now: Instant,
    ) -> Result<Approval, Refusal> {
        self.check_answer(by, permissions, now)?;
        Ok(Approval { state: ApprovalState::Declined { by, at: now }, ..self.clone() })
    }

    /// The request taken back by whoever asked; also after it was approved.
    ///
    /// # Errors
    ///
    /// In this order: `NotPermitted` for anybody else, `ApprovalNotOpen`.
    pub fn withdraw(&self, by: PersonId, now: Instant) -> Result<Approval, Refusal> {
        if by != self.asked_by {
            return Err(Refusal::NotPermitted);
        }
        match self.state {
            ApprovalState::Open | ApprovalState::Approved { .. } => {
                Ok(Approval { state: ApprovalState::Withdrawn { at: now }, ..self.clone() })
            }
            _ => Err(Refusal::ApprovalNotOpen),
        }
    }

    /// The request used up by doing this act, by whoever asked.
    ///
    /// # Errors
    ///
    /// In this order: `NotPermitted` for anybody else, `ApprovalNotOpen` when it was not approved,
    /// is too old or was used, `ActChanged`.
    pub fn spend(&self, by: PersonId, act: &[u8; 32], now: Instant) -> Result<Approval, Refusal> {
        if by != self.asked_by {
            return Err(Refusal::NotPermitted);
        }
        let ApprovalState::Approved { by: second, .. } = self.state else {
            return Err(Refusal::ApprovalNotOpen);
        };
        if self.is_old(now) {
            return Err(Refusal::ApprovalNotOpen);
        }
        if *act != self.act {
            return Err(Refusal::ActChanged);
        }
        Ok(Approval { state: ApprovalState::Done { by: second, at: now }, ..self.clone() })
    }

    fn check_answer(
        &self,
        by: PersonId,
        permissions: Permissions,
        now: Instant,
    ) -> Result<(), Refusal> {
        if !permissions.allows(self.needs) {
            return Err(Refusal::NotPermitted);
        }
        if by == self.asked_by {
            return Err(Refusal::SamePerson);
        }
        match self.state == ApprovalState::Open && !self.is_old(now) {
            true => Ok(()),
            false => Err(Refusal::ApprovalNotOpen),
        }
    }

    fn is_old(&self, now: Instant) -> bool {
        now >= self.asked_at.saturating_add(Self::LIFETIME)
    }
}
