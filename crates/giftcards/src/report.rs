//! What recipients and the shop do about senders: report them, block them, unblock them.

use base::{ContactId, Instant, PersonId, Token};
use ledger::Subject;

use crate::sender::{Contact, Report, Sender, SendingRows, contact_of};
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

/// What shows that somebody may say something about the sender of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The claim link of the card: hashes of its secret under the current ring key, then under
    /// older ones. Whoever gave the card may have it too, so it speaks for the card alone.
    Link(Box<[LinkHash]>),
    /// The letter in which the card was mailed, by the recipient token in it, whose seal is ours.
    /// Nobody but the recipient to whom it was mailed has that, whomever the card is for by now.
    Letter(ContactId),
}

/// Between whom somebody's word about the sender of a card is kept. A claim link speaks for the
/// card, which then stands where the recipient would.
///
/// # Errors
///
/// In this order: `NotUsable(Unknown)` for a link that is not the card's, or no longer;
/// `SenderNotFound` for one of a card that nobody but the shop gave.
pub fn contact_heard(card: &Card, voice: &Voice) -> Result<ContactId, Refusal> {
    match voice {
        Voice::Letter(contact) => Ok(*contact),
        Voice::Link(hashes) => {
            let (sender, card) = persons_of_link(card, hashes)?;
            Ok(contact_of(sender, card))
        }
    }
}

/// Who gave a card whose link somebody has shown, and the card in place of a recipient.
fn persons_of_link(card: &Card, hashes: &[LinkHash]) -> Result<(PersonId, PersonId), Refusal> {
    if !card.has_link(hashes) {
        return Err(Refusal::NotUsable(Why::Unknown));
    }
    let sender = card.sender().ok_or(Refusal::SenderNotFound)?;
    Ok((sender, PersonId::from_bits(card.id.bits())))
}

/// The row between them. What was mailed has one, for it was counted there.
fn known_contact(
    card: &Card,
    voice: &Voice,
    known: Option<&Contact>,
    now: Instant,
) -> Result<Contact, Refusal> {
    match voice {
        Voice::Letter(_) => known.cloned().ok_or(Refusal::NotUsable(Why::Unknown)),
        Voice::Link(hashes) => {
            let (sender, card) = persons_of_link(card, hashes)?;
            Ok(known.cloned().unwrap_or_else(|| Contact::new(sender, card, now)))
        }
    }
}

/// Keeps what somebody says of the sender of a card. Each recipient to whom we mailed one counts
/// once; what is said by a claim link is kept and does not count.
///
/// # Errors
///
/// In this order: as [`contact_heard`]; `NotUsable(Unknown)` for a letter of which nothing is
/// known; `NotMailed` for a block by a claim link; `NothingToChange` when the same was said of this
/// card.
pub fn report(
    card: &Card,
    voice: &Voice,
    new: NewReport,
    rows: SendingRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let now = context.now;
    let mut contact = known_contact(card, voice, rows.contact, now)?;
    let counts = voice.is_of_recipient();
    if new.blocks && !counts {
        return Err(Refusal::NotMailed);
    }
    let said = |known: Report| known.card == card.id && known.reason == new.reason;
    let is_blocked = contact.blocked_since.is_some();
    if contact.report.is_some_and(said) && (is_blocked || !new.blocks) {
        return Err(Refusal::NothingToChange);
    }
    let mut outcome = Outcome::default();
    if counts && contact.report.is_none() {
        let mut sender = rows.sender.cloned().unwrap_or_else(|| Sender::new(contact.sender, now));
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
/// In this order: as [`contact_heard`]; `NotUsable(Unknown)` for a letter of which nothing is
/// known; `NotMailed` for a claim link; `NothingToChange` when it is so already.
pub fn block_contact(
    card: &Card,
    voice: &Voice,
    blocks: bool,
    contact: Option<&Contact>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let now = context.now;
    let mut contact = known_contact(card, voice, contact, now)?;
    if !voice.is_of_recipient() {
        return Err(Refusal::NotMailed);
    }
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

impl Voice {
    /// Whether it is of the card as it is now: its link, or the letter to whom it is for.
    pub fn is_of(&self, card: &Card) -> bool {
        match self {
            Voice::Link(hashes) => card.has_link(hashes),
            Voice::Letter(contact) => {
                let persons = card.sender().zip(card.recipient());
                persons.is_some_and(|(sender, to)| contact_of(sender, to) == *contact)
            }
        }
    }

    /// Whether it is that of a recipient.
    fn is_of_recipient(&self) -> bool {
        matches!(self, Voice::Letter(_))
    }
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
