//! Posting rows in batches, and pretending to.

use engine::{Answer, Refusal};
use giftcards::{Card, Refusal as CardRefusal, Sealed};
use std::sync::Arc;
use writer::{Decided, Outcome, Trouble};

use super::cards::CardMaker;
use super::codes::CodeOfCard;
use super::row::{OldCard, Row};
use crate::failure::{Done, Failure};
use crate::progress::Progress;
use crate::wiring::Seal;

/// Rows sealed, submitted and synced together.
const ROWS_PER_BATCH: usize = 500;

/// A row and what became of it.
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) status: Status,
    /// Why, for rows that were refused; a remark for others.
    pub(super) reason: Option<String>,
    /// The card, when there is one.
    pub(super) card: Option<Arc<Card>>,
    /// When it was decided by this row; `None` for what an older import decided.
    pub(super) decided_at: Option<base::Instant>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// A card with the code it had.
    Imported,
    /// A card with a new code.
    Reissued,
    /// A card for the record only: it was disabled.
    Canceled,
    /// An earlier run made the card.
    AlreadyThere,
    /// No card.
    Refused,
}

impl Status {
    /// Stable lower-case name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::Imported => "imported",
            Status::Reissued => "reissued",
            Status::Canceled => "canceled",
            Status::AlreadyThere => "already_there",
            Status::Refused => "refused",
        }
    }

    /// What a fresh card of this row is.
    fn of_new(old: &OldCard) -> Status {
        match &old.code {
            _ if old.is_disabled => Status::Canceled,
            CodeOfCard::Kept(_) => Status::Imported,
            CodeOfCard::New => Status::Reissued,
        }
    }
}

/// Posts every row that can be posted.
///
/// # Errors
///
/// The writer cannot write any more. What was posted stays; running the import again goes on.
pub(super) fn post_all(maker: &CardMaker<'_>, rows: Vec<Row>) -> Done<Vec<Entry>> {
    let total = rows.len() as u64;
    let mut progress = Progress::new("cards", total);
    let mut entries = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch: Vec<Row> = rows.by_ref().take(ROWS_PER_BATCH).collect();
        let posted = post(maker, batch);
        entries.extend(posted.map_err(|failure| {
            failure.next("see to the cause and run the same command again: it goes on from here")
        })?);
        progress.step("cards", entries.len() as u64, total);
    }
    progress.finish();
    Ok(entries)
}

fn post(maker: &CardMaker<'_>, mut rows: Vec<Row>) -> Done<Vec<Entry>> {
    for row in &mut rows {
        // The writer knows a code under the current hash only; it also sees a code that two rows
        // of this batch share.
        if let Ok(old) = &row.card
            && maker.is_code_taken(old)?
        {
            row.card = Err(CardRefusal::CodeTaken.to_string());
        }
    }
    let mut owners = sealed_owners(maker, &rows)?.into_iter();
    let mut requests = Vec::with_capacity(rows.len());
    let mut counts = Vec::with_capacity(rows.len());
    for row in &rows {
        let before = requests.len();
        if let Ok(old) = &row.card {
            let owner = if old.owner.is_empty() { None } else { owners.next() };
            requests.extend(maker.requests(old, owner)?);
        }
        counts.push(requests.len() - before);
    }
    let outcomes = if requests.is_empty() { Vec::new() } else { decide(maker, requests)? };
    let mut outcomes = outcomes.into_iter();
    let rows = rows.into_iter().zip(counts);
    rows.map(|(row, count)| entry(maker, row, outcomes.by_ref().take(count))).collect()
}

/// Seals what is known about the owners of the rows, in order, with one disk sync.
fn sealed_owners(maker: &CardMaker<'_>, rows: &[Row]) -> Done<Vec<Sealed>> {
    let cards = rows.iter().filter_map(|row| row.card.as_ref().ok());
    let seals: Vec<Seal<'_>> = cards
        .filter(|old| !old.owner.is_empty())
        .map(|old| Seal { text: &old.owner, operation: maker.person_hash(old) })
        .collect();
    maker.installation.seal_owners(maker.book(), &seals)
}

fn decide(maker: &CardMaker<'_>, requests: Vec<writer::Request>) -> Done<Vec<Outcome>> {
    Ok(maker.handle().decide(requests, false)?)
}

fn entry(
    maker: &CardMaker<'_>,
    row: Row,
    mut outcomes: impl Iterator<Item = Outcome>,
) -> Done<Entry> {
    let old = match &row.card {
        Ok(old) => old.clone(),
        Err(reason) => {
            let reason = Some(reason.clone());
            return Ok(Entry {
                row,
                status: Status::Refused,
                reason,
                card: None,
                decided_at: None,
            });
        }
    };
    let missing = || Failure::from(Trouble::Ended("an outcome is missing".to_owned()));
    let issued: Decided = outcomes.next().ok_or_else(missing)??;
    let canceled = outcomes.next();
    let mut entry =
        Entry { row, status: Status::Refused, reason: None, card: None, decided_at: None };
    match issued.result {
        Ok(Answer::Card { card, .. }) => {
            let is_new = !issued.replayed;
            entry.status = if is_new { Status::of_new(&old) } else { Status::AlreadyThere };
            entry.card = Some(card);
            entry.decided_at = Some(issued.at);
        }
        Err(Refusal::GiftCards(CardRefusal::IdTaken)) => {
            entry.status = Status::AlreadyThere;
            entry.reason = Some("an earlier import made this card; it was not changed".to_owned());
            entry.card = maker.present_card(maker.card_id(&old))?;
        }
        Err(refusal) => entry.reason = Some(refusal.to_string()),
        Ok(_) => return Err(Failure::new("the writer answered something else than a card")),
    }
    if let (Some(canceled), true) = (canceled, entry.status == Status::Canceled)
        && let Err(refusal) = canceled?.result
    {
        return Err(Failure::new(format!("a disabled card could not be canceled: {refusal}")));
    }
    Ok(entry)
}

/// What [`post_all`] would answer, as far as that can be known without doing it.
///
/// # Errors
///
/// The writer does not answer.
pub(super) fn pretend(maker: &CardMaker<'_>, rows: Vec<Row>) -> Done<Vec<Entry>> {
    let total = rows.len() as u64;
    let mut progress = Progress::new("cards", total);
    let mut codes = std::collections::HashSet::new();
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let mut entry =
            Entry { row, status: Status::Refused, reason: None, card: None, decided_at: None };
        match entry.row.card.clone() {
            Err(reason) => entry.reason = Some(reason),
            Ok(old) => pretend_one(maker, &old, &mut codes, &mut entry)?,
        }
        entries.push(entry);
        progress.step("cards", entries.len() as u64, total);
    }
    progress.finish();
    Ok(entries)
}

fn pretend_one(
    maker: &CardMaker<'_>,
    old: &OldCard,
    codes: &mut std::collections::HashSet<giftcards::CodeHash>,
    entry: &mut Entry,
) -> Done {
    entry.card = maker.present_card(maker.card_id(old))?;
    if entry.card.is_some() {
        entry.status = Status::AlreadyThere;
        return Ok(());
    }
    entry.status = Status::of_new(old);
    if let CodeOfCard::Kept(code) = &old.code {
        let is_repeated = !codes.insert(maker.code_candidates(code)[0]);
        if is_repeated || maker.is_code_taken(old)? {
            entry.status = Status::Refused;
            entry.reason = Some(CardRefusal::CodeTaken.to_string());
        }
    }
    Ok(())
}
