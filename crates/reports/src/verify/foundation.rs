//! What verification stands on when the beginning of the journal is archived: entries, held against
//! one another, and the rows that have not changed since.

use std::collections::HashMap;

use base::{AccountId, Amount};
use engine::Row;
use journal::Record;
use ledger::{Account, Entry, EntryPlace};
use store::{EntryRow, Reader, StoreError};

use super::finding::{Check, Findings};
use super::replay::{Moved, Replay, totals};
use super::tables::{place_text, was_read};

/// The last entry of each account up to the record through which the journal was removed.
#[derive(Default)]
pub(super) struct Foundation {
    last: HashMap<AccountId, Entry>,
}

/// Reads what records up to `removed` left: their entries, and the rows nobody changed later.
pub(super) fn lay(
    reader: &mut dyn Reader,
    removed: u64,
    replay: &mut Replay,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut chains = Chains::default();
    let end = EntryPlace::last_of(removed);
    let read = reader.all_entries(&mut |row| {
        if row.entry.place <= end {
            chains.entry(&row, findings);
        }
    });
    was_read(read, "entries", findings)?;
    chains.end_record(findings);
    replay.foundation = Foundation { last: chains.last };
    let read = reader.all_rows(&mut |swept| {
        if swept.applied_seq <= removed {
            if let Row::Account(account) = &swept.row {
                replay.foundation.check(account, findings);
            }
            replay.put_found(swept);
        }
    });
    was_read(read, "rows", findings)?;
    Ok(())
}

impl Foundation {
    /// The account as it was before `record`, of which `image` is the after-image: posted totals
    /// are those of its last entry, and what was pending is what the record found there.
    pub(super) fn account_before(
        &self,
        image: &Account,
        record: &Record<'_>,
        findings: &mut Findings,
    ) -> Account {
        let mut before = Account::open(image.name.clone(), image.currency);
        let Some(last) = self.last.get(&image.id) else { return before };
        before.debits_posted = last.debits_posted;
        before.credits_posted = last.credits_posted;
        before.last_entry = Some(last.place);
        let seq = record.header().seq;
        let mut pending =
            (i128::from(image.debits_pending.minor()), i128::from(image.credits_pending.minor()));
        for (line, transfer) in (0u32..).zip(record.transfers()) {
            // One that cannot be read is found when it is applied.
            let Ok(moved) = Moved::read(&transfer, seq, line) else { continue };
            let change = moved.pending_change();
            if moved.debit == image.id {
                pending.0 -= change;
            } else if moved.credit == image.id {
                pending.1 -= change;
            }
        }
        let amount = |sum: i128| i64::try_from(sum).ok().and_then(Amount::new);
        if let (Some(debits), Some(credits)) = (amount(pending.0), amount(pending.1)) {
            before.debits_pending = debits;
            before.credits_pending = credits;
        }
        if before.held() != last.held {
            let (held, by_entries) = (before.held().minor(), last.held.minor());
            let detail =
                format!("before record {seq} it held {held}, its entries say {by_entries}");
            findings.note(Check::AccountTotals, &image.name, detail);
        }
        before
    }

    /// Compares an account that nothing has moved since with its last entry.
    pub(super) fn check(&self, account: &Account, findings: &mut Findings) {
        let opened = Account::open(account.name.clone(), account.currency);
        let (debits, credits, held, place) = match self.last.get(&account.id) {
            Some(last) => (last.debits_posted, last.credits_posted, last.held, Some(last.place)),
            None => (Amount::ZERO, Amount::ZERO, Amount::ZERO, None),
        };
        let by_entries = Account { debits_posted: debits, credits_posted: credits, ..opened };
        let is_same = (account.debits_posted, account.credits_posted, account.held())
            == (debits, credits, held)
            && account.last_entry == place;
        if !is_same {
            let detail =
                format!("it is {}, its entries say {}", totals(account), totals(&by_entries));
            findings.note(Check::AccountTotals, &account.name, detail);
        }
    }
}

/// Entries in order of their places, each held against the one before of its account.
#[derive(Default)]
struct Chains {
    last: HashMap<AccountId, Entry>,
    /// The record whose entries go by, and its debits less its credits.
    record: (u64, i128),
}

impl Chains {
    fn entry(&mut self, row: &EntryRow, findings: &mut Findings) {
        let entry = &row.entry;
        if entry.place.sequence() != self.record.0 {
            self.end_record(findings);
            self.record = (entry.place.sequence(), 0);
        }
        let before = self.last.insert(entry.account, entry.clone());
        let totals = |entry: &Entry| {
            let minor = |amount: Amount| i128::from(amount.minor());
            (minor(entry.debits_posted), minor(entry.credits_posted), minor(entry.held))
        };
        let (debits, credits, held) = before.as_ref().map_or((0, 0, 0), totals);
        let after = totals(entry);
        let (debited, credited) = (after.0 - debits, after.1 - credits);
        self.record.1 += debited - credited;
        let amount = i128::from(entry.amount);
        let follows = entry.previous == before.map(|before| before.place)
            // Which side is the account's own, its row says.
            && [credited - debited, debited - credited].contains(&amount)
            && after.2 - held == i128::from(entry.held_change);
        if !follows {
            let place = place_text(row);
            let detail = format!("the entry at {place} does not follow the one before");
            findings.note(Check::Entry, entry.account, detail);
        }
    }

    fn end_record(&mut self, findings: &mut Findings) {
        let (seq, difference) = self.record;
        if difference != 0 {
            let detail = format!("its entries debit {difference} more than they credit");
            findings.note(Check::ZeroSum, format!("record {seq}"), detail);
        }
    }
}
