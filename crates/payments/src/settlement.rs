//! Settlement files: what a rail tells, file by file and line by line, of the money it has moved
//! for us and paid out to our bank.

use base::{Currency, Instant, SettlementId, SettlementLineId, Text};
use ledger::RailName;
use sha2::{Digest, Sha256};

use crate::{Moved, Refusal, Standing, StandingState, Sum, limits};

/// What a line is about. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SettledKind {
    /// A payment was taken; below zero for what was let go of it.
    Capture = 1,
    /// A refund was sent, below zero; above zero when it came back.
    Refund = 2,
    /// A payer's bank took money back, below zero; above zero when it was given back to us.
    Dispute = 3,
    /// What the rail keeps for anything else, below zero.
    Fee = 4,
    /// Money left for the shop's bank, below zero; above zero when it came back.
    Payout = 5,
    /// Anything else. It moves nothing here.
    Adjustment = 6,
}

impl SettledKind {
    /// Every kind.
    pub const ALL: [SettledKind; 6] = [
        SettledKind::Capture,
        SettledKind::Refund,
        SettledKind::Dispute,
        SettledKind::Fee,
        SettledKind::Payout,
        SettledKind::Adjustment,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            SettledKind::Capture => "capture",
            SettledKind::Refund => "refund",
            SettledKind::Dispute => "dispute",
            SettledKind::Fee => "fee",
            SettledKind::Payout => "payout",
            SettledKind::Adjustment => "adjustment",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<SettledKind> {
        SettledKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// True when the line itself says what to post, and nothing of ours is held against it.
    pub fn is_booked(self) -> bool {
        matches!(self, SettledKind::Fee | SettledKind::Payout)
    }

    /// True when lines of this kind are about such a thing.
    pub fn is_about(self, of: Moved) -> bool {
        matches!(
            (self, of),
            (SettledKind::Capture, Moved::Payment(_))
                | (SettledKind::Refund, Moved::RailRefund(_))
                // One that was made at the rail itself is kept as a dispute.
                | (SettledKind::Refund | SettledKind::Dispute, Moved::Dispute(_))
        )
    }
}

/// A part of a file, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSettlement {
    /// Whose file.
    pub rail: RailName,
    /// What the rail calls the file.
    pub reference: Text<255>,
    /// The currency of all its lines.
    pub currency: Currency,
    /// Lines, [`limits::LINES_PER_COMMAND_MAX`] at most.
    pub lines: Vec<NewLine>,
}

/// A line, as it is told. Amounts are signed: above zero is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// What the rail calls the line. It is the same line in whatever file it stands.
    pub reference: Text<255>,
    /// What it is about.
    pub kind: SettledKind,
    /// What was moved, and what the rail keeps of it, in minor units.
    pub sum: Sum,
    /// When, by the rail.
    pub at: Instant,
    /// What of ours it is about, when the line says so.
    pub of: Option<Moved>,
    /// What the rail calls that.
    pub source: Option<Text<255>>,
}

/// A file, as far as it was told. A line counts in the first file that told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its id, which follows from rail and reference: [`settlement_id`].
    pub id: SettlementId,
    /// Whose file.
    pub rail: RailName,
    /// What the rail calls it.
    pub reference: Text<255>,
    /// The currency of all its lines.
    pub currency: Currency,
    /// How many lines.
    pub lines: u32,
    /// Their sum, in minor units: what the rail owes us more because of them.
    pub sum: Sum,
    /// How many of them are about nothing that is known here.
    pub unknown_lines: u32,
    /// The sum of these.
    pub unknown: Sum,
    /// What left for the bank, in minor units; below zero when more came back.
    pub paid_out: i64,
    /// When the first part was told.
    pub created_at: Instant,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementLine {
    /// Its id, which follows from rail and reference: [`settlement_line_id`].
    pub id: SettlementLineId,
    /// What the rail calls it.
    pub reference: Text<255>,
    /// The first file that told it.
    pub settlement: SettlementId,
    /// What it is about.
    pub kind: SettledKind,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What was moved, and what the rail keeps of it, in minor units.
    pub sum: Sum,
    /// When, by the rail.
    pub at: Instant,
    /// What of ours it is about. None for what is not known here.
    pub of: Option<Moved>,
    /// What the rail calls that.
    pub source: Option<Text<255>>,
    /// The first file that told the same line with other words. The first words count.
    pub told_otherwise_by: Option<SettlementId>,
    /// When it was first told.
    pub created_at: Instant,
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// All that files tell of the same thing is what our books have moved.
    Matched,
    /// It is not.
    Differs,
    /// Nothing here is known that it could be about.
    Unknown,
    /// It was posted as it stands: payouts and fees.
    Booked,
}

impl LineState {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            LineState::Matched => "matched",
            LineState::Differs => "differs",
            LineState::Unknown => "unknown",
            LineState::Booked => "booked",
        }
    }
}

impl Settlement {
    /// The file of this name: the row there is, or a new one.
    ///
    /// # Errors
    ///
    /// `CurrencyMismatch` when it is known with another currency; `LimitExceeded` for no lines, or
    /// more than [`limits::LINES_PER_COMMAND_MAX`].
    pub fn of(
        new: &NewSettlement,
        known: Option<&Settlement>,
        now: Instant,
    ) -> Result<Settlement, Refusal> {
        if known.is_some_and(|known| known.currency != new.currency) {
            return Err(Refusal::CurrencyMismatch);
        }
        if new.lines.is_empty() || new.lines.len() > limits::LINES_PER_COMMAND_MAX {
            return Err(Refusal::LimitExceeded);
        }
        Ok(known.cloned().unwrap_or_else(|| Settlement {
            id: settlement_id(&new.rail, &new.reference),
            rail: new.rail.clone(),
            reference: new.reference.clone(),
            currency: new.currency,
            lines: 0,
            sum: Sum::default(),
            unknown_lines: 0,
            unknown: Sum::default(),
            paid_out: 0,
            created_at: now,
        }))
    }

    /// With one line more.
    pub(crate) fn with(&self, line: &SettlementLine) -> Result<Settlement, Refusal> {
        let paid_out = if line.kind == SettledKind::Payout { line.sum.gross } else { 0 };
        let mut after = Settlement {
            lines: self.lines.checked_add(1).ok_or(Refusal::LimitExceeded)?,
            sum: self.sum.plus(line.sum)?,
            paid_out: self.paid_out.checked_sub(paid_out).ok_or(Refusal::LimitExceeded)?,
            ..self.clone()
        };
        if line.is_unknown() {
            after.unknown_lines += 1;
            after.unknown = self.unknown.plus(line.sum)?;
        }
        Ok(after)
    }

    /// With one of its lines known now.
    pub(crate) fn knowing(&self, line: &SettlementLine) -> Result<Settlement, Refusal> {
        let unknown_lines = self.unknown_lines.saturating_sub(1);
        Ok(Settlement { unknown_lines, unknown: self.unknown.minus(line.sum)?, ..self.clone() })
    }
}

impl SettlementLine {
    /// True while nothing here is known that it could be about.
    pub fn is_unknown(&self) -> bool {
        self.of.is_none() && !self.kind.is_booked()
    }

    /// How it stands; `standing` is that of what it is about.
    pub fn state(&self, standing: Option<&Standing>) -> LineState {
        match standing {
            _ if self.kind.is_booked() => LineState::Booked,
            Some(standing) if self.of.is_some() => match standing.state() {
                StandingState::Settled => LineState::Matched,
                StandingState::Missing | StandingState::Differs => LineState::Differs,
            },
            _ => LineState::Unknown,
        }
    }

    /// True when a repetition says the same.
    pub(crate) fn says(&self, new: &NewLine, currency: Currency) -> bool {
        let is_same = self.of.is_none() || new.of.is_none() || self.of == new.of;
        is_same
            && self.kind == new.kind
            && self.currency == currency
            && self.sum == new.sum
            && self.at == new.at
            && self.source == new.source
    }
}

/// The id of the file that a rail calls so.
pub fn settlement_id(rail: &RailName, reference: &Text<255>) -> SettlementId {
    SettlementId::from_bytes(hash(b"settlement:", rail, reference))
}

/// The id of the line that a rail calls so.
pub fn settlement_line_id(rail: &RailName, reference: &Text<255>) -> SettlementLineId {
    SettlementLineId::from_bytes(hash(b"settlement-line:", rail, reference))
}

/// A name of a rail has no zero in it, so no two pairs are hashed alike.
fn hash(what: &[u8], rail: &RailName, reference: &Text<255>) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update(rail.as_str().as_bytes());
    hash.update([0]);
    hash.update(reference.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}
