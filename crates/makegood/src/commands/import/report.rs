//! Telling what became of every row, and whether the sums agree.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base::{Currency, Span};
use giftcards::Card;
use outside::keyring::KeyNumber;
use serde::Serialize;

use super::cards::{CardMaker, owed};
use super::post::{Entry, Status};
use super::totals::Owed;
use crate::failure::{Done, Failure};

/// For how long a code that was made by the import may be written out: as long as the API would
/// show it again.
const CODE_SHOWN_FOR: Span = Span::days(1);

/// Refused rows that are printed as text; the report file has all.
const REFUSED_SHOWN_MAX: usize = 20;

/// The whole result. It has no codes and no personal text.
#[derive(Serialize)]
pub(super) struct View {
    dry_run: bool,
    rows: Vec<RowView>,
    counts: BTreeMap<&'static str, u64>,
    currencies: Vec<CurrencyView>,
    /// Refused rows whose amounts cannot be read, so that no total has them.
    unreadable_rows: u64,
    /// True when every cent of the file is accounted for and the book owes what it should.
    agrees: bool,
}

#[derive(Serialize)]
struct RowView {
    row: u64,
    id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift_card: Option<String>,
}

/// Totals of one currency, in minor units.
#[derive(Serialize)]
struct CurrencyView {
    currency: &'static str,
    /// Balances in the file, of all rows that can be read.
    file: i128,
    /// Of cards that this run took over.
    imported: i128,
    /// Of cards that were there.
    already_there: i128,
    /// Of cards that were disabled, so that nothing is owed on them.
    canceled: i128,
    /// Of rows that were refused.
    refused: i128,
    /// Owed by the book before and after.
    owed_before: i128,
    owed_after: i128,
    agrees: bool,
}

impl View {
    pub(super) fn new(entries: &[Entry], dry_run: bool, before: &Owed, after: &Owed) -> View {
        let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut currencies: BTreeMap<Currency, CurrencyView> = BTreeMap::new();
        let mut unreadable_rows = 0;
        for entry in entries {
            *counts.entry(entry.status.as_str()).or_default() += 1;
            let Some(amounts) = entry.row.amounts else {
                unreadable_rows += 1;
                continue;
            };
            let currency = amounts.balance.currency;
            let totals = currencies
                .entry(currency)
                .or_insert_with(|| CurrencyView::new(currency, before, after));
            totals.add(entry, i128::from(amounts.balance.amount.minor()));
        }
        let mut currencies: Vec<CurrencyView> = currencies.into_values().collect();
        currencies.iter_mut().for_each(|totals| totals.compare(dry_run));
        let agrees = currencies.iter().all(|totals| totals.agrees);
        let rows = entries.iter().map(RowView::new).collect();
        View { dry_run, rows, counts, currencies, unreadable_rows, agrees }
    }

    pub(super) fn agrees(&self) -> bool {
        self.agrees
    }

    pub(super) fn text(&self, has_report: bool) -> String {
        let mut text = String::new();
        let refused = self.rows.iter().filter(|row| row.status == Status::Refused.as_str());
        for row in refused.clone().take(REFUSED_SHOWN_MAX) {
            let reason = row.reason.as_deref().unwrap_or_default();
            text += &format!("row {}: refused: {reason}\n", row.row);
        }
        let more = refused.count().saturating_sub(REFUSED_SHOWN_MAX);
        if more > 0 {
            text +=
                &format!("and {more} more refused rows: --report FILE or --json has them all\n");
        }
        for totals in &self.currencies {
            text += &totals.text();
        }
        let counts: Vec<String> =
            self.counts.iter().map(|(status, count)| format!("{count} {status}")).collect();
        let begin = if self.dry_run { "dry run, nothing was changed: " } else { "" };
        text += &format!("{begin}{}\n", counts.join(", "));
        let reissued = self.counts.get(Status::Reissued.as_str()).copied().unwrap_or(0);
        if reissued > 0 && !has_report && !self.dry_run {
            text += "cards with new codes: run the same command again with --report FILE within \
                     24 hours to get them\n";
        }
        text + if self.agrees { "the totals agree" } else { "THE TOTALS DO NOT AGREE" }
    }
}

impl RowView {
    fn new(entry: &Entry) -> RowView {
        RowView {
            row: entry.row.line,
            id: entry.row.id.clone(),
            status: entry.status.as_str(),
            reason: entry.reason.clone(),
            gift_card: entry.card.as_ref().map(|card| card.id.to_string()),
        }
    }
}

impl CurrencyView {
    fn new(currency: Currency, before: &Owed, after: &Owed) -> CurrencyView {
        CurrencyView {
            currency: currency.code(),
            file: 0,
            imported: 0,
            already_there: 0,
            canceled: 0,
            refused: 0,
            owed_before: before.of(currency),
            owed_after: after.of(currency),
            agrees: false,
        }
    }

    fn add(&mut self, entry: &Entry, balance: i128) {
        self.file += balance;
        match entry.status {
            Status::Imported | Status::Reissued => {
                // What the card owes, taken from what was posted rather than from the sum above.
                let owed = entry.row.card.as_ref().map_or(0, |old| owed(old).minor());
                self.imported += i128::from(owed);
            }
            Status::AlreadyThere => self.already_there += balance,
            Status::Canceled => self.canceled += balance,
            Status::Refused => self.refused += balance,
        }
    }

    fn compare(&mut self, dry_run: bool) {
        let accounted = self.imported + self.already_there + self.canceled + self.refused;
        let new = if dry_run { 0 } else { self.imported };
        self.agrees = accounted == self.file && self.owed_after - self.owed_before == new;
    }

    fn text(&self) -> String {
        let CurrencyView { currency, file, imported, already_there, canceled, refused, .. } = self;
        let (before, after) = (self.owed_before, self.owed_after);
        format!(
            "{currency} (minor units): file {file} = imported {imported} + already there \
             {already_there} + canceled {canceled} + refused {refused}; owed before {before}, \
             after {after}\n"
        )
    }
}

/// The file with every row's result.
pub(super) struct ReportFile {
    path: PathBuf,
    file: File,
}

impl ReportFile {
    /// Makes the file before anything is done, readable by its owner only.
    ///
    /// # Errors
    ///
    /// There is one already: it may have codes in it.
    pub(super) fn create(path: &Path) -> Done<ReportFile> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| {
            Failure::file(path, &error).next("name a file that does not exist with --report")
        })?;
        Ok(ReportFile { path: path.to_owned(), file })
    }

    /// Writes one line a row. Codes that the import made are in it, nowhere else.
    ///
    /// # Errors
    ///
    /// The disk is full, or the key ring cannot make a code again.
    pub(super) fn write(mut self, maker: &CardMaker<'_>, entries: &[Entry]) -> Done {
        let bytes = lines(maker, entries)?;
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_all());
        written.map_err(|error| Failure::file(&self.path, &error))
    }
}

fn lines(maker: &CardMaker<'_>, entries: &[Entry]) -> Done<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "row",
        "id",
        "status",
        "reason",
        "gift_card",
        "last4",
        "code",
        "currency",
        "value",
        "balance",
    ];
    writer.write_record(header).map_err(Failure::new)?;
    for entry in entries {
        let card = entry.card.as_deref();
        let amounts = entry.row.amounts;
        let minor = |money: Option<base::Money>| {
            money.map(|money| money.amount.to_string()).unwrap_or_default()
        };
        let record = [
            entry.row.line.to_string(),
            entry.row.id.clone(),
            entry.status.as_str().to_owned(),
            entry.reason.clone().unwrap_or_default(),
            card.map(|card| card.id.to_string()).unwrap_or_default(),
            card.map(last4).unwrap_or_default(),
            code_to_show(maker, entry)?.unwrap_or_default(),
            amounts.map(|all| all.initial.currency.code().to_owned()).unwrap_or_default(),
            minor(amounts.map(|all| all.initial)),
            minor(amounts.map(|all| all.balance)),
        ];
        writer.write_record(&record).map_err(Failure::new)?;
    }
    writer.into_inner().map_err(Failure::new)
}

fn last4(card: &Card) -> String {
    String::from_utf8_lossy(&card.code.last4).into_owned()
}

/// The code that the import made for a card, while it may be shown.
fn code_to_show(maker: &CardMaker<'_>, entry: &Entry) -> Done<Option<String>> {
    let (Some(card), Some(decided_at)) = (&entry.card, entry.decided_at) else { return Ok(None) };
    let age = maker.installation.now().since(decided_at).unwrap_or_default();
    let is_disabled = entry.row.card.as_ref().is_ok_and(|old| old.is_disabled);
    if is_disabled || card.code.nonce == 0 || age > CODE_SHOWN_FOR {
        return Ok(None);
    }
    let Some(key) = KeyNumber::new(u32::from(card.code.key)) else { return Ok(None) };
    let code = maker.installation.ring.code_for(card.id, card.code.nonce, key)?;
    Ok(Some(code.reveal()))
}
