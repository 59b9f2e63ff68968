//! From rows to commands.

use std::collections::HashSet;
use std::sync::Arc;

use base::{Amount, CardId, Instant, KeyId, ProgramId};
use engine::{Answer, CardRef, Command, GiftCardCommand, OperationKey, Query, Row};
use giftcards::{
    Card, Code, CodeHash, Details, Funding, Issue, Metadata, NewCode, Sandbox, Sealed,
};
use outside::codes::ParsedCode;
use writer::{Handle, Operation, Request};

use super::codes::CodeOfCard;
use super::row::OldCard;
use crate::failure::{Done, Failure};
use crate::wiring::{Installation, OpenBook};

/// Makes cards of one book out of rows.
pub(super) struct CardMaker<'a> {
    pub(super) installation: &'a Installation,
    book: &'a OpenBook,
    program: Option<ProgramId>,
    /// Codes that were replaced, under whichever key. They find no card, and are never given to a
    /// card again.
    replaced: HashSet<CodeHash>,
}

impl<'a> CardMaker<'a> {
    /// Reads all of the book's tables, which must be complete: flush first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub(super) fn new(
        installation: &'a Installation,
        book: &'a OpenBook,
        program: Option<ProgramId>,
    ) -> Done<CardMaker<'a>> {
        let mut replaced = HashSet::new();
        installation.reader(&book.record)?.all_rows(&mut |row| {
            if let Row::Code(code) = row.row
                && !code.live
            {
                replaced.insert(code.hash);
            }
        })?;
        Ok(CardMaker { installation, book, program, replaced })
    }

    /// The way to the writer.
    pub(super) fn handle(&self) -> &Handle {
        self.book.handle()
    }

    /// Name of the book.
    pub(super) fn book(&self) -> &str {
        self.book.record.name.as_str()
    }

    /// The id of the card that a row becomes. It follows from the book and the row's own id alone,
    /// so a row becomes one card however often it is imported, and whatever else changes in it.
    /// That leaves no date for the part of the id that sorts by time: it is zero, and imported
    /// cards sort before all others.
    pub(super) fn card_id(&self, old: &OldCard) -> CardId {
        let hash = self.hash("import card", old.reference.as_str());
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        CardId::from_parts(Instant::MIN, random)
    }

    /// The card of this id, if an earlier run made it.
    ///
    /// # Errors
    ///
    /// The writer does not answer.
    pub(super) fn present_card(&self, id: CardId) -> Done<Option<Arc<Card>>> {
        match self.handle().ask(Query::Card(id))? {
            Some(Answer::Card { card, .. }) => Ok(Some(card)),
            _ => Ok(None),
        }
    }

    /// What somebody without address is recognized by.
    pub(super) fn person_hash(&self, old: &OldCard) -> [u8; 16] {
        self.hash("import person", old.reference.as_str())
    }

    /// The hashes under which the code of a row may be known already.
    pub(super) fn code_candidates(&self, code: &ParsedCode) -> Box<[CodeHash]> {
        let candidates = self.installation.ring.hash_candidates(self.book(), code);
        candidates.map(|(_, hash)| CodeHash(hash)).collect()
    }

    /// Whether the code of a row is, or was before it was replaced, that of another card, under
    /// the current key or an older one. False for rows whose card an earlier run made.
    ///
    /// # Errors
    ///
    /// The writer does not answer.
    pub(super) fn is_code_taken(&self, old: &OldCard) -> Done<bool> {
        let CodeOfCard::Kept(code) = &old.code else { return Ok(false) };
        let hashes = self.code_candidates(code);
        let is_known = hashes.iter().any(|hash| self.replaced.contains(hash))
            || self.handle().ask(Query::Lookup(CardRef::Code(hashes)))?.is_some();
        Ok(is_known && self.present_card(self.card_id(old))?.is_none())
    }

    /// The commands of a row: the issue, and for a card that was disabled its cancellation. Both
    /// are written together or not at all. A card that an earlier run made is not canceled when
    /// its row says so only now, so then the issue stands alone and is answered as it was.
    ///
    /// # Errors
    ///
    /// The key ring cannot make or hash a code; the writer does not answer.
    pub(super) fn requests(&self, old: &OldCard, owner: Option<Sealed>) -> Done<Vec<Request>> {
        let issue = self.issue(old, owner)?;
        let card = issue.id;
        let mut commands = vec![("import", GiftCardCommand::Issue(Box::new(issue)))];
        if old.is_disabled && self.present_card(card)?.is_none() {
            commands.push(("import cancel", GiftCardCommand::Cancel { card }));
        }
        let content = self.content(old);
        let request = |(label, command)| Request {
            command: Command::GiftCards(command),
            actor: KeyId::from_bits(0),
            operation: Some(Operation {
                key: OperationKey(self.hash(label, &content)),
                fingerprint: self.hash("import fingerprint", &content),
            }),
        };
        Ok(commands.into_iter().map(request).collect())
    }

    fn issue(&self, old: &OldCard, owner: Option<Sealed>) -> Done<Issue> {
        let id = self.card_id(old);
        Ok(Issue {
            id,
            value: old.amounts.initial,
            opening_balance: Some(old.amounts.balance.amount),
            code: NewCode(self.code(old, id)?),
            funding: Funding::Import,
            expires_at: old.expires_at,
            sandbox: Sandbox::None,
            program: self.program,
            created_at: old.created_at,
            details: Some(Box::new(Details {
                reference: Some(old.reference.clone()),
                recipient: owner,
                metadata: metadata(old)?,
                ..Details::default()
            })),
            activates_at: None,
            delivery: None,
        })
    }

    fn code(&self, old: &OldCard, card: CardId) -> Done<Code> {
        match &old.code {
            CodeOfCard::Kept(parsed) => self.installation.custom_code(self.book(), parsed),
            CodeOfCard::New => {
                let nonce = self.hash("import code", &card.to_string());
                let (nonce, _) = nonce.split_first_chunk().expect("a hash has sixteen bytes");
                let nonce = u64::from_le_bytes(*nonce).max(1);
                self.installation.own_code(self.book(), card, nonce)
            }
        }
    }

    /// All that a row asks for: the same row under the same flags is the same request.
    fn content(&self, old: &OldCard) -> String {
        let code = match &old.code {
            CodeOfCard::Kept(parsed) => format!("{:?}", self.code_candidates(parsed).last()),
            CodeOfCard::New => "new".to_owned(),
        };
        let program = self.program.map(|id| id.to_string()).unwrap_or_default();
        format!("{}\u{1e}{code}\u{1e}{program}", old.content)
    }

    fn hash(&self, label: &str, text: &str) -> [u8; 16] {
        // A book's name has no line break, so the boundary cannot be moved.
        let text = format!("{}\n{text}", self.book());
        self.installation.ring.short_hash(label, text.as_bytes())
    }
}

/// What is left of a card that is taken over; a card that was disabled owes nobody.
pub(super) fn owed(old: &OldCard) -> Amount {
    if old.is_disabled { Amount::ZERO } else { old.amounts.balance.amount }
}

/// What the shop may look for later. None of it is personal.
fn metadata(old: &OldCard) -> Done<Metadata> {
    let mut pairs = Vec::new();
    if let Some(order) = &old.order {
        pairs.push(("import_order".to_owned(), order.clone()));
    }
    if let Some(last) = &old.last_characters {
        pairs.push(("import_last_characters".to_owned(), last.clone()));
    }
    Metadata::new(pairs).map_err(Failure::new)
}
