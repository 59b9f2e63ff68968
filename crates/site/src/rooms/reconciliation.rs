//! `/console/reconciliation`: rails, and what is open at each.

use std::sync::Arc;

use base::Currency;
use pages::console::{
    AgeSum, OpenRow, RailSum, ReconciliationView, UnsettledView, reconciliation_page,
    unsettled_page,
};
use serde::Deserialize;

use crate::address::with;
use crate::inside::Refused;
use crate::page::{Page, ReadMoney};
use crate::shown::Shown;
use crate::values::{List, Time, currency};

type Asked = Arc<Page<ReadMoney>>;

#[derive(Deserialize)]
struct Reconciliation {
    rail: String,
    as_of: Time,
    data: Vec<Rail>,
}

#[derive(Deserialize)]
struct Rail {
    #[serde(deserialize_with = "currency")]
    currency: Currency,
    balance: i64,
    at_rail: i64,
    missing: Sum,
    missing_by_age: Vec<Age>,
    differing: Sum,
    unknown: Sum,
    other: i64,
}

#[derive(Deserialize)]
struct Sum {
    count: u64,
    amount: i64,
}

#[derive(Deserialize)]
struct Age {
    age: String,
    count: u64,
    amount: i64,
}

#[derive(Deserialize)]
struct Account {
    account: String,
}

/// The rails over which something was moved: those that have a clearing account.
async fn rails(page: &Page<ReadMoney>) -> Result<Vec<String>, Refused> {
    let list: List<Account> = page.get("/v1/ledger/accounts?prefix=rail/&limit=100").await?;
    let name = |one: &Account| {
        let mut parts = one.account.split('/');
        (parts.next() == Some("rail")).then(|| parts.next().map(str::to_owned))?
    };
    let mut names: Vec<String> = list.data.iter().filter_map(name).collect();
    names.dedup();
    Ok(names)
}

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let mut all: Vec<Reconciliation> = Vec::new();
    for rail in rails(&page).await? {
        all.push(page.get(&format!("/v1/rails/{rail}/reconciliation")).await?);
    }
    // Without a rail nothing is compared, so there is no time at which it was.
    let as_of = all.iter().map(|one| one.as_of).max_by_key(|one| one.0);
    let sums = all.iter().flat_map(|one| one.data.iter().map(|rail| rail_sum(&one.rail, rail)));
    let view = ReconciliationView { as_of: as_of.map(Time::moment), rails: sums.collect() };
    Ok(Shown::page(reconciliation_page(&page.visit(), &view)))
}

fn rail_sum<'a>(name: &'a str, rail: &'a Rail) -> RailSum<'a> {
    let pair = |sum: &Sum| (sum.count, sum.amount);
    let age = |one: &'a Age| AgeSum { age: &one.age, count: one.count, amount: one.amount };
    RailSum {
        rail: name,
        currency: rail.currency,
        balance: rail.balance,
        at_rail: rail.at_rail,
        missing: pair(&rail.missing),
        ages: rail.missing_by_age.iter().map(age).collect(),
        differing: pair(&rail.differing),
        unknown: pair(&rail.unknown),
        other: rail.other,
    }
}

#[derive(Deserialize)]
struct Unsettled {
    status: String,
    payment: Option<String>,
    rail_refund: Option<String>,
    dispute: Option<String>,
    #[serde(deserialize_with = "currency")]
    currency: Currency,
    ours: Side,
    told: Side,
    difference: i64,
    moved_at: Option<Time>,
}

#[derive(Deserialize)]
struct Side {
    net: i64,
}

pub(super) async fn rail(page: Asked) -> Result<Shown, Refused> {
    let rail = page.part(3);
    let mut query = vec![("limit", "50")];
    query.extend(page.query("cursor").map(|cursor| ("cursor", cursor)));
    let path = with(&format!("/v1/rails/{rail}/unsettled"), &query);
    let list: List<Unsettled> = page.get(&path).await?;
    let row = |one: &'_ Unsettled| {
        let about = [&one.payment, &one.rail_refund, &one.dispute];
        about.into_iter().flatten().next().cloned().unwrap_or_default()
    };
    let abouts: Vec<String> = list.data.iter().map(row).collect();
    let rows = list.data.iter().zip(&abouts).map(|(one, about)| OpenRow {
        status: &one.status,
        about,
        moved_at: one.moved_at.map(Time::moment),
        currency: one.currency,
        sums: [one.ours.net, one.told.net, one.difference],
    });
    let view = UnsettledView { rail, rows: rows.collect(), next: list.next_cursor.as_deref() };
    Ok(Shown::page(unsettled_page(&page.visit(), &view)))
}
