//! Replaying records into plain maps: rows from after-images, money from transfers, apart from
//! each other so that each can be held against the other.

use std::collections::{BTreeMap, HashMap};

use base::{AccountId, Amount, CardId, Currency, HoldId, Instant, Money, ProgramId};
use base::{RefundId, TransferId};
use engine::{Key, Row};
use journal::{ChangeRef, ReadError, Record, TransferLine, ValueSource};
use ledger::{Account, Entry, EntryPlace, Limit, Reason, Subject, TransferKind};
use store::rows::{TABLES, read_row};
use store::{EntryRow, SweptRow};

use super::finding::{Check, Findings};
use super::foundation::Foundation;

/// A book as its journal tells it.
pub(super) struct Replay {
    watermark: u64,
    /// What came before the journal's first block; empty when that is record 1.
    pub(super) foundation: Foundation,
    /// Every row with its versions.
    pub(super) images: BTreeMap<Key, Image>,
    /// Accounts as their transfers make them, opened empty or as the foundation has them.
    accounts: HashMap<AccountId, Account>,
    /// Entries in order of their places, computed from transfers.
    pub(super) entries: Vec<EntryRow>,
    /// Transfers seen.
    pub(super) transfers: u64,
    /// By currency code; since the foundation, which adds up to zero by itself.
    sums: BTreeMap<&'static str, Sums>,
}

/// The versions of one row that its table may show: the last one at or below the watermark, and
/// every one above it, for the sweep may have written any of those by now.
#[derive(Default)]
pub(super) struct Image {
    settled: Option<Version>,
    recent: Vec<Version>,
    /// True once the row was found in its table.
    pub(super) is_in_table: bool,
}

/// A row after one record.
pub(super) struct Version {
    pub(super) seq: u64,
    pub(super) row: Row,
}

/// Debits minus credits over all rows of a currency.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    posted: i128,
    pending: i128,
    /// What was reported already, so that one fault is not found again in every later block.
    reported: (i128, i128),
}

impl Image {
    /// The row as the last record left it.
    pub(super) fn latest(&self) -> Option<&Version> {
        self.recent.last().or(self.settled.as_ref())
    }

    /// The last version at or below the watermark.
    pub(super) fn settled(&self) -> Option<&Version> {
        self.settled.as_ref()
    }

    /// The row as record `seq` left it, if that record changed it and the table may show it.
    pub(super) fn version(&self, seq: u64) -> Option<&Version> {
        self.recent.iter().chain(&self.settled).find(|version| version.seq == seq)
    }

    fn put(&mut self, version: Version, watermark: u64) {
        if version.seq <= watermark {
            self.settled = Some(version);
            return;
        }
        match self.recent.last_mut() {
            Some(last) if last.seq == version.seq => *last = version,
            _ => self.recent.push(version),
        }
    }
}

impl Replay {
    pub(super) fn new(watermark: u64) -> Replay {
        Replay {
            watermark,
            foundation: Foundation::default(),
            images: BTreeMap::new(),
            accounts: HashMap::new(),
            entries: Vec::new(),
            transfers: 0,
            sums: BTreeMap::new(),
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.images.len() as u64
    }

    /// The row as the journal leaves it.
    pub(super) fn row(&self, key: Key) -> Option<&Row> {
        self.images.get(&key).and_then(Image::latest).map(|version| &version.row)
    }

    /// Replays one record; an error comes with the name of what cannot be read.
    pub(super) fn record(
        &mut self,
        record: &Record<'_>,
        findings: &mut Findings,
    ) -> Result<(), (String, ReadError)> {
        let seq = record.header().seq;
        let mut changed = Vec::new();
        for change in record.changes() {
            let change = change.map_err(|error| (format!("record {seq}"), error))?;
            let row = read_row(change.table, change.version, &mut change.source())
                .map_err(|error| (name_of(&change), error))?;
            if let Row::Account(account) = &row {
                self.open_account(account, record, findings);
                self.image_of_account(account, seq, findings);
                changed.push(account.id);
            }
            let image = self.images.entry(row.key()).or_default();
            image.put(Version { seq, row }, self.watermark);
        }
        let at = Instant::from_micros(record.header().at_micros);
        for (line, transfer) in (0u32..).zip(record.transfers()) {
            self.transfers += 1;
            if let Err(detail) = self.transfer(&transfer, seq, line, at) {
                let id = TransferId::from_bytes(transfer.id);
                findings.note(Check::Transfer, id, detail.to_owned());
            }
        }
        for id in changed {
            self.compare_totals(id, seq, findings);
        }
        Ok(())
    }

    /// Notes every currency whose balances do not add up to zero.
    pub(super) fn check_zero_sum(&mut self, block: &str, findings: &mut Findings) {
        for (currency, sums) in &mut self.sums {
            let Sums { posted, pending, .. } = *sums;
            if (posted, pending) != (0, 0) && (posted, pending) != sums.reported {
                let detail = format!(
                    "after {block}, debits exceed credits by {posted} posted and {pending} \
                     pending (minor units)"
                );
                findings.note(Check::ZeroSum, currency, detail);
            }
            sums.reported = (posted, pending);
        }
    }

    /// Takes a row that no record of the journal has changed as its table has it.
    pub(super) fn put_found(&mut self, swept: SweptRow) {
        if let Row::Account(account) = &swept.row {
            self.accounts.insert(account.id, account.clone());
        }
        let SweptRow { row, applied_seq: seq } = swept;
        let image = self.images.entry(row.key()).or_default();
        image.put(Version { seq, row }, self.watermark);
    }

    /// The account as it was before the first record that changed it.
    fn open_account(&mut self, image: &Account, record: &Record<'_>, findings: &mut Findings) {
        if !self.accounts.contains_key(&image.id) {
            let before = self.foundation.account_before(image, record, findings);
            self.add_up(&before, -1);
            self.accounts.insert(image.id, before);
        }
    }

    /// Counts an after-image of an account, in place of the one before.
    fn image_of_account(&mut self, account: &Account, seq: u64, findings: &mut Findings) {
        if let Some(Row::Account(before)) = self.row(Key::Account(account.id)) {
            let before = before.clone();
            self.add_up(&before, -1);
        }
        self.add_up(account, 1);
        let is_below = account.balance() < account.held().minor();
        if account.name.limit() == Limit::NeverBelowZero && is_below {
            let (balance, held) = (account.balance(), account.held().minor());
            let detail = format!("record {seq} leaves a balance of {balance} and {held} held");
            findings.note(Check::Limit, &account.name, detail);
        }
    }

    fn add_up(&mut self, account: &Account, sign: i128) {
        let difference = |debits: Amount, credits: Amount| {
            sign * (i128::from(debits.minor()) - i128::from(credits.minor()))
        };
        let sums = self.sums.entry(account.currency.code()).or_default();
        sums.posted += difference(account.debits_posted, account.credits_posted);
        sums.pending += difference(account.debits_pending, account.credits_pending);
    }

    /// Applies a transfer to the accounts it names and computes its two entries.
    fn transfer(
        &mut self,
        line: &TransferLine,
        seq: u64,
        position: u32,
        at: Instant,
    ) -> Result<(), &'static str> {
        let moved = Moved::read(line, seq, position)?;
        let change = |account: &Account, is_debit: bool| {
            if account.currency != moved.money.currency {
                return Err("the account has another currency");
            }
            moved.applied_to(account, is_debit).ok_or("a total leaves its range")
        };
        let no_row = "an account it names has no row";
        let debited = self.accounts.get(&moved.debit).ok_or(no_row)?;
        let credited = self.accounts.get(&moved.credit).ok_or(no_row)?;
        let after = [change(debited, true)?, change(credited, false)?];
        for (side, mut after) in after.into_iter().enumerate() {
            let is_current =
                self.images.get(&Key::Account(after.id)).and_then(Image::latest).map(|v| v.seq);
            if is_current != Some(seq) {
                return Err("an account it moves is not among the record's rows");
            }
            let before = &self.accounts[&after.id];
            let place = EntryPlace::new(seq, position as usize * 2 + side);
            after.last_entry = Some(place);
            self.entries.push(EntryRow { at, entry: moved.entry(before, &after, place) });
            self.accounts.insert(after.id, after);
        }
        Ok(())
    }

    fn compare_totals(&self, id: AccountId, seq: u64, findings: &mut Findings) {
        let (Some(Row::Account(image)), Some(computed)) =
            (self.row(Key::Account(id)), self.accounts.get(&id))
        else {
            return;
        };
        if image != computed {
            let detail = format!(
                "record {seq} says {}, its transfers add up to {}",
                totals(image),
                totals(computed)
            );
            findings.note(Check::AccountTotals, &image.name, detail);
        }
    }
}

/// A transfer as read from its line.
pub(super) struct Moved {
    id: TransferId,
    pub(super) debit: AccountId,
    pub(super) credit: AccountId,
    money: Money,
    kind: TransferKind,
    reason: Reason,
    subject: Subject,
}

impl Moved {
    pub(super) fn read(
        line: &TransferLine,
        seq: u64,
        position: u32,
    ) -> Result<Moved, &'static str> {
        let code = str::from_utf8(&line.currency).ok();
        let currency = code.and_then(|code| Currency::parse(code).ok());
        let currency = currency.ok_or("there is no such currency")?;
        let amount = Amount::new(line.amount).filter(|amount| !amount.is_zero());
        let moved = Moved {
            id: TransferId::from_bytes(line.id),
            debit: AccountId::from_bytes(line.debit),
            credit: AccountId::from_bytes(line.credit),
            money: Money { amount: amount.ok_or("the amount is not above zero")?, currency },
            kind: TransferKind::from_number(line.kind).ok_or("there is no such kind")?,
            reason: Reason::from_number(line.reason).ok_or("there is no such reason")?,
            subject: Subject(line.subject),
        };
        if moved.id.bits() != (u128::from(seq) << 64 | u128::from(position)) {
            return Err("its id does not name its place");
        }
        if moved.debit == moved.credit {
            return Err("debit and credit are the same account");
        }
        Ok(moved)
    }

    /// The account after the transfer; `None` when a total would leave its range.
    fn applied_to(&self, account: &Account, is_debit: bool) -> Option<Account> {
        let mut after = account.clone();
        let (posted, pending) = if is_debit {
            (&mut after.debits_posted, &mut after.debits_pending)
        } else {
            (&mut after.credits_posted, &mut after.credits_pending)
        };
        let amount = self.money.amount;
        match self.kind {
            TransferKind::Posted => *posted = posted.checked_add(amount)?,
            TransferKind::Pending => *pending = pending.checked_add(amount)?,
            TransferKind::Post => {
                *pending = pending.checked_sub(amount)?;
                *posted = posted.checked_add(amount)?;
            }
            TransferKind::Void | TransferKind::Expire => *pending = pending.checked_sub(amount)?,
        }
        Some(after)
    }

    /// What it adds to what is pending, in minor units.
    pub(super) fn pending_change(&self) -> i128 {
        let amount = i128::from(self.money.amount.minor());
        match self.kind {
            TransferKind::Posted => 0,
            TransferKind::Pending => amount,
            TransferKind::Post | TransferKind::Void | TransferKind::Expire => -amount,
        }
    }

    fn entry(&self, before: &Account, after: &Account, place: EntryPlace) -> Entry {
        Entry {
            place,
            previous: before.last_entry,
            account: after.id,
            reason: self.reason,
            subject: self.subject,
            amount: after.balance() - before.balance(),
            held_change: after.held().minor() - before.held().minor(),
            debits_posted: after.debits_posted,
            credits_posted: after.credits_posted,
            held: after.held(),
        }
    }
}

/// How people call the row of a change that cannot be read: its id, as far as it has one.
fn name_of(change: &ChangeRef<'_>) -> String {
    let table = TABLES.iter().find(|table| table.number == change.table);
    let name = table.map_or("row of an unknown table", |table| table.name);
    let Ok(id) = change.source().fixed16() else { return name.to_owned() };
    match name {
        "account" => AccountId::from_bytes(id).to_string(),
        "program" => ProgramId::from_bytes(id).to_string(),
        "card" => CardId::from_bytes(id).to_string(),
        "hold" => HoldId::from_bytes(id).to_string(),
        "refund" => RefundId::from_bytes(id).to_string(),
        _ => name.to_owned(),
    }
}

pub(super) fn totals(account: &Account) -> String {
    format!(
        "{} {} debits {} credits {} pending debits {} pending credits {}",
        account.name,
        account.currency.code(),
        account.debits_posted.minor(),
        account.credits_posted.minor(),
        account.debits_pending.minor(),
        account.credits_pending.minor()
    )
}
