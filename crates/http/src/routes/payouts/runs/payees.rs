//! Sellers and creators, and what each was credited with up to a cut.

use base::{Amount, Currency, Instant};
use ledger::{Account, AccountName};
use reports::ReportError;
use shop::Payee;
use store::{Reader, StoreError};

use crate::call::Caller;
use crate::problem::Problem;
use crate::sight::Sight;

/// Accounts read at a time.
const ACCOUNTS_AT_ONCE: u32 = 500;

/// Entries of one account read at a time, on the way back to the cut.
const ENTRIES_AT_ONCE: u32 = 64;

/// Somebody who may be owed something.
pub(super) struct Payable {
    pub(super) payee: Payee,
    /// What was credited up to the cut.
    pub(super) credited: Amount,
    /// True for the first of all: it is the same one whenever the same cut is asked for.
    pub(super) is_first: bool,
}

/// Everybody who was credited with something in this currency by `until`, in order of the names
/// of their accounts. For a time in the past the answer never changes.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(super) async fn payees(
    caller: &Caller,
    currency: Currency,
    until: Instant,
) -> Result<Vec<Payable>, Problem> {
    let book = caller.book();
    let sight = Sight::of_book(book, 0).await?;
    let seq = book.reads().read(sight, move |reader| reader.seq_at(until)).await?;
    let sight = Sight::of_book(book, seq).await?;
    let found = book.reads().report(sight, move |reader| {
        credited(reader, currency, seq).map_err(|error| ReportError::from(error).into())
    });
    found.await
}

fn credited(
    reader: &mut dyn Reader,
    currency: Currency,
    seq: u64,
) -> Result<Vec<Payable>, StoreError> {
    let mut found = Vec::new();
    for prefix in ["creator/", "seller/"] {
        let mut after = None;
        loop {
            let accounts = reader.accounts(prefix, after, ACCOUNTS_AT_ONCE)?;
            for account in &accounts {
                let Some(payee) = payee_of(account, currency) else { continue };
                let credited = credited_by(reader, account, seq)?;
                if !credited.is_zero() {
                    let is_first = found.is_empty();
                    found.push(Payable { payee, credited, is_first });
                }
            }
            match accounts.last() {
                Some(last) if accounts.len() == ACCOUNTS_AT_ONCE as usize => after = Some(last.id),
                _ => break,
            }
        }
    }
    Ok(found)
}

fn payee_of(account: &Account, currency: Currency) -> Option<Payee> {
    match account.name {
        _ if account.currency != currency => None,
        AccountName::SellerPayable(seller) => Some(Payee::Seller(seller)),
        AccountName::CreatorPayable(creator) => Some(Payee::Creator(creator)),
        _ => None,
    }
}

/// All credits up to the cut: as the last entry before it tells.
fn credited_by(reader: &mut dyn Reader, account: &Account, seq: u64) -> Result<Amount, StoreError> {
    let mut before = None;
    loop {
        let entries = reader.entries(account.id, before, ENTRIES_AT_ONCE)?;
        if let Some(row) = entries.iter().find(|row| row.entry.place.sequence() <= seq) {
            return Ok(row.entry.credits_posted);
        }
        match entries.last() {
            Some(last) => before = Some(last.entry.place),
            None => return Ok(Amount::ZERO),
        }
    }
}
