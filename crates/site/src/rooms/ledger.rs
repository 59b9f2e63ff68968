//! `/console/ledger`: accounts, their entries, and both as sheets.

use std::sync::Arc;

use base::Currency;
use pages::console::{
    AccountRow, AccountView, EntryRow, LedgerView, TogetherRow, account_page, ledger_page,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::finance::TrialBalance;
use super::whole::{rest_of, whole};
use crate::address::with;
use crate::inside::Refused;
use crate::page::{Page, ReadMoney};
use crate::sheet::sheet;
use crate::shown::Shown;
use crate::values::{List, Signed, Time};

type Asked = Arc<Page<ReadMoney>>;

/// Rows of a page.
const ROWS: &str = "50";

/// Hundreds of rows that a sheet has at most.
const SHEET_PAGES_MAX: usize = 100;

#[derive(Deserialize)]
struct Account {
    id: String,
    account: String,
    kind: String,
    debits: Signed,
    credits: Signed,
    balance: Signed,
    held: Signed,
}

impl Account {
    fn currency(&self) -> Currency {
        self.balance.currency
    }

    fn row(&self) -> AccountRow<'_> {
        let sums = [&self.debits, &self.credits, &self.balance, &self.held];
        AccountRow {
            id: &self.id,
            name: &self.account,
            kind: &self.kind,
            currency: self.currency(),
            sums: sums.map(|sum| sum.minor),
        }
    }
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    created_at: Time,
    reason: String,
    detail: Option<String>,
    amount: Signed,
    held_change: Signed,
    balance: Signed,
    sequence: u64,
}

impl Entry {
    fn row(&self) -> EntryRow<'_> {
        EntryRow {
            id: &self.id,
            at: self.created_at.moment(),
            reason: &self.reason,
            detail: self.detail.as_deref(),
            changes: [self.amount.minor, self.held_change.minor],
            balance: self.balance.minor,
            sequence: self.sequence,
        }
    }
}

/// Hundreds of accounts that are summed.
const SUMMED_PAGES_MAX: usize = 50;

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let wanted = Wanted::of(&page);
    let filter = Vec::from_iter(wanted.filter());
    let list: List<Account> = listed(&page, "/v1/ledger/accounts", &filter).await?;
    let (mut all, has_more): (Vec<Account>, bool) =
        whole(&page, "/v1/ledger/accounts", &filter, SUMMED_PAGES_MAX).await?;
    all.retain(|one| wanted.has(&one.account));
    let then = wanted.then(&page).await?;
    let path = wanted.path(&page);
    let sums = |one: &Account| [one.debits.minor, one.credits.minor, one.balance.minor];
    let view = LedgerView {
        prefix: &wanted.prefix,
        path: &path,
        now: together(all.iter().map(|one| (one.currency(), sums(one)))),
        count: (all.len() as u64, has_more),
        then: then.map(|(at, rows)| (at.moment(), rows)),
        accounts: list
            .data
            .iter()
            .filter(|one| wanted.has(&one.account))
            .map(Account::row)
            .collect(),
        next: list.next_cursor.as_deref(),
    };
    Ok(Shown::page(ledger_page(&page.visit(), &view)))
}

/// Which accounts are looked at: those whose names begin like that, or an account or group of the
/// trial balance.
struct Wanted<'a> {
    prefix: String,
    of: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(page: &'a Page<ReadMoney>) -> Wanted<'a> {
        let prefix = page.query("prefix").unwrap_or("").trim();
        match page.query("of").filter(|of| prefix.is_empty() && !of.is_empty()) {
            Some(of) => Wanted { prefix: beginning(of), of: Some(of) },
            None => Wanted { prefix: prefix.to_owned(), of: None },
        }
    }

    fn filter(&self) -> Option<(&'static str, &str)> {
        (!self.prefix.is_empty()).then_some(("prefix", &*self.prefix))
    }

    /// Whether an account is one of them.
    fn has(&self, account: &str) -> bool {
        let Some(of) = self.of else { return true };
        match of.split_once('*') {
            Some((_, end)) => account.starts_with(&self.prefix) && account.ends_with(end),
            None => account == of,
        }
    }

    /// What the trial balance says of them at the time that the address names.
    async fn then(
        &self,
        page: &Page<ReadMoney>,
    ) -> Result<Option<(Time, Vec<TogetherRow>)>, Refused> {
        let (Some(of), Some(at)) = (self.of, page.query("at")) else { return Ok(None) };
        let all: TrialBalance = page.get(&with("/v1/ledger/trial-balance", &[("at", at)])).await?;
        let those = all.data.iter().filter(|one| one.account == of);
        let rows = those.map(|one| (one.currency, [one.debits, one.credits, one.balance]));
        Ok(Some((all.as_of, together(rows))))
    }

    fn path(&self, page: &Page<ReadMoney>) -> String {
        let mut query = Vec::new();
        match self.of {
            Some(of) => query.push(("of", of)),
            None => query.push(("prefix", &*self.prefix)),
        }
        query.extend(page.query("at").map(|at| ("at", at)));
        with("/console/ledger", &query)
    }
}

/// What the names of all accounts of a group begin with; the name itself of an account.
fn beginning(of: &str) -> String {
    match of {
        "giftcard/*" => "giftcard/gc_".to_owned(),
        "promotion/*/escrow" => "promotion/promo_".to_owned(),
        of => of.split('*').next().unwrap_or("").to_owned(),
    }
}

fn together(all: impl Iterator<Item = (Currency, [i64; 3])>) -> Vec<TogetherRow> {
    let mut rows: Vec<TogetherRow> = Vec::new();
    for (currency, sums) in all {
        match rows.iter_mut().find(|row| row.currency == currency) {
            Some(row) => row.sums.iter_mut().zip(sums).for_each(|(sum, more)| *sum += more),
            None => rows.push(TogetherRow { currency, sums }),
        }
    }
    rows
}

pub(super) async fn account(page: Asked) -> Result<Shown, Refused> {
    let account: Account = page.get(&format!("/v1/ledger/accounts/{}", page.part(3))).await?;
    let list: List<Entry> = listed(&page, &entries_of(&page), &[]).await?;
    let view = AccountView {
        account: account.row(),
        about: about(&account.account),
        entries: list.data.iter().map(Entry::row).collect(),
        next: list.next_cursor.as_deref(),
    };
    Ok(Shown::page(account_page(&page.visit(), &view)))
}

fn entries_of(page: &Page<ReadMoney>) -> String {
    format!("/v1/ledger/accounts/{}/entries", page.part(3))
}

/// The page of a list that the address asks for.
async fn listed<T: DeserializeOwned>(
    page: &Page<ReadMoney>,
    path: &str,
    filter: &[(&str, &str)],
) -> Result<List<T>, Refused> {
    let mut query = filter.to_vec();
    query.push(("limit", ROWS));
    query.extend(page.query("cursor").map(|cursor| ("cursor", cursor)));
    page.get(&with(path, &query)).await
}

/// What an account is of, where a page shows that.
fn about(account: &str) -> Option<(&str, String)> {
    let id = account.split('/').nth(1)?;
    let path = match id.split('_').next()? {
        "gc" => format!("/console/cards/{id}"),
        _ => return None,
    };
    Some((id, path))
}

/// The rows of a sheet. One that is not whole says so in its last row, with the cursor by which the
/// next sheet goes on: else somebody would add up a part.
fn rows_of<T>(
    all: &[T],
    row: impl Fn(&T) -> Vec<String>,
    next: Option<String>,
) -> impl Iterator<Item = Vec<String>> {
    let more = next.map(|cursor| vec!["MORE ROWS FOLLOW: ?cursor=".to_owned() + &cursor]);
    all.iter().map(row).chain(more)
}

pub(super) async fn accounts_sheet(page: Asked) -> Result<Shown, Refused> {
    let wanted = Wanted::of(&page);
    let (path, filter) = ("/v1/ledger/accounts", Vec::from_iter(wanted.filter()));
    let (mut all, next): (Vec<Account>, _) =
        rest_of(&page, path, &filter, page.query("cursor"), SHEET_PAGES_MAX).await?;
    all.retain(|one| wanted.has(&one.account));
    let row = |one: &Account| {
        let amounts = [&one.debits, &one.credits, &one.balance, &one.held];
        let mut cells = vec![one.id.clone(), one.account.clone(), one.kind.clone()];
        cells.push(one.currency().code().to_owned());
        cells.extend(amounts.map(Signed::decimal));
        cells
    };
    let head = ["id", "account", "kind", "currency", "debits", "credits", "balance", "held"];
    Ok(sheet(&head, rows_of(&all, row, next)))
}

pub(super) async fn entries_sheet(page: Asked) -> Result<Shown, Refused> {
    let path = entries_of(&page);
    let (all, next): (Vec<Entry>, _) =
        rest_of(&page, &path, &[], page.query("cursor"), SHEET_PAGES_MAX).await?;
    let row = |one: &Entry| {
        vec![
            one.id.clone(),
            one.created_at.0.to_string(),
            one.reason.clone(),
            one.detail.clone().unwrap_or_default(),
            one.balance.currency.code().to_owned(),
            one.amount.decimal(),
            one.held_change.decimal(),
            one.balance.decimal(),
            one.sequence.to_string(),
        ]
    };
    let head = [
        "transfer",
        "at",
        "reason",
        "detail",
        "currency",
        "change",
        "held_change",
        "balance",
        "record",
    ];
    Ok(sheet(&head, rows_of(&all, row, next)))
}
