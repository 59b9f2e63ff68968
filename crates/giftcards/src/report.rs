//! What recipients and the shop do about senders: report them, block them, unblock them.

use base::{PersonId, Token};
use ledger::Subject;

use crate::sender::{Contact, Report, Sender, SendingRows};
use crate::{Block, Card, Context, EventKind, LinkHash, Outcome, Refusal, Why};

/// What is wrong with a gift. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReportReason {
    /// The recipient wants nothing from this sender.
    Unwanted = 1,
    /// The words insult or threaten.
    Harassment = 2,
    /// It is meant to get money or secrets out of the recipient.
    Scam = 3,
    /// Something else.
    Other = 4,
}

/// A recipient's word about who gave them a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// What is wrong.
    pub reason: ReportReason,
    /// Whether the sender is blocked as well.
    pub blocks: bool,
}

/// The persons of a card whose link somebody has shown: who gave it and who has it. Whoever has a
/// link that was not mailed is known by the card alone: the giver may have it too.
///
/// # Errors
///
/// In this order: `NotUsable(Unknown)` for a link that is not the card's, or no longer;
/// `SenderNotFound` for a card that nobody but the shop gave.
pub fn persons_of(card: &Card, hashes: &[LinkHash]) -> Result<(PersonId, PersonId), Refusal> {
    if !card.has_link(hashes) {
        return Err(Refusal::NotUsable(Why::Unknown));
    }
    let sender = card.sender().ok_or(Refusal::SenderNotFound)?;
    Ok((sender, card.speaks_for().unwrap_or(PersonId::from_bits(card.id.bits()))))
}

/// Keeps what the recipient of a card says of its sender. Each recipient to whom we mailed one
/// counts once; others are kept and do not count.
///
/// # Errors
///
/// In this order: as [`persons_of`]; `NotMailed` for a block by a link that was not mailed;
/// `NothingToChange` when the same was said of this card.
pub fn report(
    card: &Card,
    hashes: &[LinkHash],
    new: NewReport,
    rows: SendingRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let (sender, recipient) = persons_of(card, hashes)?;
    let counts = card.speaks_for().is_some();
    if new.blocks && !counts {
        return Err(Refusal::NotMailed);
    }
    let now = context.now;
    let mut contact = rows.contact.cloned().unwrap_or_else(|| Contact::new(sender, recipient, now));
    let said = |known: Report| known.card == card.id && known.reason == new.reason;
    let is_blocked = contact.blocked_since.is_some();
    if contact.report.is_some_and(said) && (is_blocked || !new.blocks) {
        return Err(Refusal::NothingToChange);
    }
    let mut outcome = Outcome::default();
    if counts && contact.report.is_none() {
        let mut sender = rows.sender.cloned().unwrap_or_else(|| Sender::new(sender, now));
        sender.reporters = sender.reporters.saturating_add(1);
        outcome.senders.push(sender);
    }
    contact.report = Some(Report { card: card.id, reason: new.reason, at: now });
    outcome.events.push((EventKind::ContactReported, Subject::of(contact.id)));
    if new.blocks && !is_blocked {
        contact.blocked_since = Some(now);
        outcome.events.push((EventKind::ContactBlocked, Subject::of(contact.id)));
    }
    outcome.contacts.push(contact);
    Ok(outcome)
}

/// Keeps the sender of a card from mailing gifts to its recipient, or lets them again.
///
/// # Errors
///
/// In this order: as [`persons_of`]; `NotMailed` for a link that was not mailed; `NothingToChange`
/// when it is so already.
pub fn block_contact(
    card: &Card,
    hashes: &[LinkHash],
    blocks: bool,
    contact: Option<&Contact>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let (sender, recipient) = persons_of(card, hashes)?;
    if card.speaks_for().is_none() {
        return Err(Refusal::NotMailed);
    }
    let now = context.now;
    let mut contact = contact.cloned().unwrap_or_else(|| Contact::new(sender, recipient, now));
    if contact.blocked_since.is_some() == blocks {
        return Err(Refusal::NothingToChange);
    }
    contact.blocked_since = blocks.then_some(now);
    let kind = if blocks { EventKind::ContactBlocked } else { EventKind::ContactUnblocked };
    let events = vec![(kind, Subject::of(contact.id))];
    Ok(Outcome { contacts: vec![contact], events, ..Outcome::default() })
}

/// Keeps a sender from sending gifts to anybody. Nothing need be known of them yet.
///
/// # Errors
///
/// `NothingToChange` when they are blocked for that reason.
pub fn block_sender(
    id: PersonId,
    reason: Token<40>,
    existing: Option<&Sender>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let sender = existing.cloned().unwrap_or_else(|| Sender::new(id, context.now));
    if sender.blocked.as_ref().is_some_and(|block| block.reason == reason) {
        return Err(Refusal::NothingToChange);
    }
    let blocked = Some(Block { since: context.now, reason });
    Ok(changed(Sender { blocked, ..sender }, EventKind::SenderBlocked))
}

/// Lets a sender send again.
///
/// # Errors
///
/// In this order: `SenderNotFound`; `NothingToChange` when they may already.
pub fn unblock_sender(existing: Option<&Sender>) -> Result<Outcome, Refusal> {
    let sender = existing.ok_or(Refusal::SenderNotFound)?;
    if sender.blocked.is_none() {
        return Err(Refusal::NothingToChange);
    }
    Ok(changed(Sender { blocked: None, ..sender.clone() }, EventKind::SenderUnblocked))
}

fn changed(sender: Sender, kind: EventKind) -> Outcome {
    let events = vec![(kind, Subject::of(sender.id))];
    Outcome { senders: vec![sender], events, ..Outcome::default() }
}

impl ReportReason {
    /// Every reason.
    pub const ALL: [ReportReason; 4] =
        [ReportReason::Unwanted, ReportReason::Harassment, ReportReason::Scam, ReportReason::Other];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            ReportReason::Unwanted => "unwanted",
            ReportReason::Harassment => "harassment",
            ReportReason::Scam => "scam",
            ReportReason::Other => "other",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<ReportReason> {
        ReportReason::ALL.into_iter().find(|reason| *reason as u8 == number)
    }
}
