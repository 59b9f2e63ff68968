//! Senders of gifts: what they send is counted where it is decided, and recipients and the shop may
//! keep them from sending more.

use std::sync::Arc;

use base::{CardId, PersonId, Token};
use giftcards::{Card, NewReport, Sending, SendingRows, Voice};
use giftcards::{block_contact, block_sender, contact_heard, unblock_sender};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Change, Context, Rows};

/// Names what sending a gift looks at.
pub(crate) fn name_to_send<R: Rows>(sending: &Sending, walk: &mut Walk<'_, R>) {
    walk.sender(sending.sender);
    if let Some(contact) = sending.contact() {
        walk.contact(contact);
    }
}

/// Counts a gift among those of its sender, or refuses it.
pub(crate) fn send<R: Rows>(
    sending: Sending,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let sender = composed.sender(sending.sender)?;
    let contact = match sending.contact() {
        Some(id) => composed.contact(id)?,
        None => None,
    };
    let rows = SendingRows { sender: sender.as_deref(), contact: contact.as_deref() };
    let sent = giftcards::send(sending, rows, composed.limits(), composed.context())?;
    composed.add(sent);
    Ok(())
}

/// A change of a card that sends it.
pub(crate) fn sent<R: Rows>(
    outcome: giftcards::Outcome,
    sending: Option<Sending>,
    (walk, at): (&mut Walk<'_, R>, Context),
    answer: AnswerRef,
) -> Decided {
    let Some(sending) = sending else { return Ok(Change::from_outcome(outcome, answer)) };
    let mut composed = Composition::new(walk, at);
    composed.add(outcome);
    send(sending, &mut composed)?;
    Ok(composed.finish(answer))
}

/// What somebody who has link or letter of a card says about its sender.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    /// They report them.
    Report(NewReport),
    /// They want nothing more, or do again.
    Block(bool),
}

/// A card that is not found is unknown, like one whose link is another: as for a claim.
pub(crate) fn hear<R: Rows>(
    (card, voice): (CardId, &Voice),
    word: Word,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let unknown = giftcards::Refusal::NotUsable(giftcards::Why::Unknown);
    let card: &Card = walk.card(card).ok_or(unknown)?;
    let id = contact_heard(card, voice)?;
    let contact = walk.contact(id).map(Arc::as_ref);
    let sender = contact.map(|contact| contact.sender).or_else(|| card.sender());
    let sender = sender.and_then(|sender| walk.sender(sender)).map(Arc::as_ref);
    walk.ready()?;
    let rows = SendingRows { sender, contact };
    let outcome = match word {
        Word::Report(new) => giftcards::report(card, voice, new, rows, at.first())?,
        Word::Block(blocks) => block_contact(card, voice, blocks, contact, at.first())?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Contact(id)))
}

/// Keeps a sender from sending, for a reason, or lets them again.
pub(crate) fn judge<R: Rows>(
    sender: PersonId,
    blocked_for: Option<&Token<40>>,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let existing = walk.sender(sender).map(Arc::as_ref);
    walk.ready()?;
    let outcome = match blocked_for {
        Some(reason) => block_sender(sender, reason.clone(), existing, at.first())?,
        None => unblock_sender(existing)?,
    };
    Ok(Change::from_outcome(outcome, AnswerRef::Sender(sender)))
}
