//! `/console/finance`: the money at one instant.

mod cards;

use std::sync::Arc;

use base::Currency;
use pages::console::finance_page;
use pages::console::{AgePart, BalanceRow, CardSum, EqualLine, FinanceView, PromotionSum};
use serde::Deserialize;

use crate::address::with;
use crate::inside::Refused;
use crate::page::{Page, ReadMoney};
use crate::shown::Shown;
use crate::values::{Time, currency};

pub(super) use cards::show as cards;

#[derive(Deserialize)]
struct Liability {
    as_of: String,
    data: Vec<Owed>,
}

#[derive(Deserialize)]
struct Owed {
    #[serde(deserialize_with = "currency")]
    currency: Currency,
    #[serde(default)]
    program: Option<String>,
    #[serde(default)]
    age: Option<String>,
    owed: i64,
    held: i64,
    cards: u64,
}

#[derive(Deserialize)]
pub(super) struct TrialBalance {
    pub(super) as_of: Time,
    as_of_seq: u64,
    pub(super) data: Vec<Balance>,
}

#[derive(Deserialize)]
pub(super) struct Balance {
    #[serde(alias = "group")]
    pub(super) account: String,
    kind: String,
    #[serde(deserialize_with = "currency")]
    pub(super) currency: Currency,
    pub(super) debits: i64,
    pub(super) credits: i64,
    pub(super) balance: i64,
}

pub(super) async fn show(page: Arc<Page<ReadMoney>>) -> Result<Shown, Refused> {
    // Everything else is asked for as of the instant of the first answer.
    let cards: Liability = page.get("/v1/reports/liability?by=currency").await?;
    let at = |path: &str| with(path, &[("at", &cards.as_of)]);
    let programs: Liability = page.get(&at("/v1/reports/liability?by=program")).await?;
    let ages: Liability = page.get(&at("/v1/reports/liability?by=age")).await?;
    let all: TrialBalance = page.get(&at("/v1/ledger/trial-balance")).await?;
    let view = FinanceView {
        as_of: all.as_of.moment(),
        at: &cards.as_of,
        as_of_seq: all.as_of_seq,
        equal: equal(&cards.data, &all.data),
        programs: programs.data.iter().map(card_sum).collect(),
        ages: ages.data.iter().filter_map(age_part).collect(),
        promotions: promotions(&all.data),
        balances: all.data.iter().map(balance_row).collect(),
    };
    Ok(Shown::page(finance_page(&page.visit(), &view)))
}

/// The accounts of cards, as the trial balance groups them.
const CARDS: &str = "giftcard/*";

fn equal(cards: &[Owed], all: &[Balance]) -> Vec<EqualLine> {
    let accounts = || all.iter().filter(|one| one.account == CARDS);
    let mut currencies: Vec<Currency> = cards.iter().map(|one| one.currency).collect();
    currencies.extend(accounts().map(|one| one.currency));
    currencies.sort_by_key(|one| one.code());
    currencies.dedup();
    let line = |currency: Currency| EqualLine {
        currency,
        cards: cards.iter().filter(|one| one.currency == currency).map(|one| one.owed).sum(),
        ledger: accounts().filter(|one| one.currency == currency).map(|one| one.balance).sum(),
    };
    currencies.into_iter().map(line).collect()
}

fn card_sum(one: &Owed) -> CardSum<'_> {
    let Owed { currency, owed, held, cards, .. } = *one;
    CardSum { program: one.program.as_deref(), currency, owed, held, cards }
}

fn age_part(one: &Owed) -> Option<AgePart<'_>> {
    let owed = u64::try_from(one.owed).unwrap_or(0);
    Some(AgePart { age: one.age.as_deref()?, currency: one.currency, owed })
}

fn promotions(all: &[Balance]) -> Vec<PromotionSum> {
    let sum = |name: &str, currency: Currency| -> i64 {
        let those = all.iter().filter(|one| one.account == name && one.currency == currency);
        those.map(|one| one.balance).sum()
    };
    let mut currencies: Vec<Currency> = all.iter().map(|one| one.currency).collect();
    currencies.sort_by_key(|one| one.code());
    currencies.dedup();
    let of = |currency| PromotionSum {
        currency,
        deferred: sum("promotion/*/escrow", currency),
        earned: sum("promotion/revenue", currency),
        payable: sum("refund/payable", currency),
    };
    let all = currencies.into_iter().map(of);
    all.filter(|one| (one.deferred, one.earned, one.payable) != (0, 0, 0)).collect()
}

fn balance_row(one: &Balance) -> BalanceRow<'_> {
    BalanceRow {
        name: &one.account,
        kind: &one.kind,
        currency: one.currency,
        sums: [one.debits, one.credits, one.balance],
    }
}
