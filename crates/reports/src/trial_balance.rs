//! The trial balance of a book at a cut.

use std::collections::BTreeMap;

use base::Currency;
use ledger::{Kind, Side};
use store::Reader;

use crate::ReportError;
use crate::error::check_cut;

/// How fine a trial balance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// One line a group: all cards together are `giftcard/*`.
    Groups,
    /// One line an account.
    Accounts,
}

/// Debits, credits and balance of every account at a cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalance {
    /// Sequence of the last record that is counted.
    pub as_of_seq: u64,
    /// The lines, in order of name and currency.
    pub lines: Vec<TrialLine>,
    /// Sums of each currency, in order of its code; debits equal credits.
    pub totals: Vec<Total>,
}

/// One account or group, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialLine {
    /// Name of the account or of the group.
    pub name: String,
    /// What it is in the statements.
    pub kind: Kind,
    /// The currency.
    pub currency: Currency,
    /// Posted debits, in minor units.
    pub debits: i128,
    /// Posted credits, in minor units.
    pub credits: i128,
    /// Balance on the normal side of `kind`, in minor units.
    pub balance: i128,
}

/// All debits and credits of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The currency.
    pub currency: Currency,
    /// Posted debits, in minor units.
    pub debits: i128,
    /// Posted credits, in minor units.
    pub credits: i128,
}

/// The trial balance of everything up to and including record `as_of_seq`.
///
/// # Errors
///
/// [`ReportError::AboveWatermark`], [`ReportError::OutOfBalance`], [`ReportError::Store`].
pub fn trial_balance(
    reader: &mut dyn Reader,
    as_of_seq: u64,
    detail: Detail,
) -> Result<TrialBalance, ReportError> {
    check_cut(reader, as_of_seq)?;
    let mut lines: BTreeMap<(String, &'static str), TrialLine> = BTreeMap::new();
    reader.accounts_at(as_of_seq, &mut |at| {
        let account = &at.account;
        let name = match detail {
            Detail::Groups => account.name.group(),
            Detail::Accounts => account.name.to_string(),
        };
        let currency = account.currency;
        let line = lines.entry((name.clone(), currency.code())).or_insert_with(|| TrialLine {
            name,
            kind: account.name.kind(),
            currency,
            debits: 0,
            credits: 0,
            balance: 0,
        });
        line.debits += i128::from(at.debits_posted.minor());
        line.credits += i128::from(at.credits_posted.minor());
    })?;
    let mut lines: Vec<TrialLine> = lines.into_values().collect();
    for line in &mut lines {
        line.balance = match line.kind.normal_side() {
            Side::Debit => line.debits - line.credits,
            Side::Credit => line.credits - line.debits,
        };
    }
    let totals = balanced_totals(&lines)?;
    Ok(TrialBalance { as_of_seq, lines, totals })
}

fn balanced_totals(lines: &[TrialLine]) -> Result<Vec<Total>, ReportError> {
    let mut totals: BTreeMap<&'static str, Total> = BTreeMap::new();
    for line in lines {
        let currency = line.currency;
        let empty = Total { currency, debits: 0, credits: 0 };
        let total = totals.entry(currency.code()).or_insert(empty);
        total.debits += line.debits;
        total.credits += line.credits;
    }
    for Total { currency, debits, credits } in totals.values().cloned() {
        if debits != credits {
            return Err(ReportError::OutOfBalance { currency, debits, credits });
        }
    }
    Ok(totals.into_values().collect())
}
