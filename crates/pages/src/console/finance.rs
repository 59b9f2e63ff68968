//! The money at one instant: what is owed on cards and that the ledger agrees, what promotions have
//! left, and all accounts.

use base::Currency;
use maud::{Markup, html};

use crate::components::{Column, Table, Tone, escaped, status};
use crate::plots::{Bar, BarPlot};
use crate::{Moment, Visit, Width, Words, count, figure, moment, signed};

/// What cards and ledger say of one currency, each counted by itself.
#[derive(Clone, Copy, Debug)]
pub struct EqualLine {
    /// The currency.
    pub currency: Currency,
    /// What all cards are worth, card by card, in minor units.
    pub cards: i64,
    /// What the accounts of cards have, in minor units.
    pub ledger: i64,
}

/// What is owed on cards of a program, or in a currency.
#[derive(Clone, Debug)]
pub struct CardSum<'a> {
    /// The program, where it has one.
    pub program: Option<&'a str>,
    /// The currency.
    pub currency: Currency,
    /// What is owed, in minor units.
    pub owed: i64,
    /// How much of it is held for checkouts, in minor units.
    pub held: i64,
    /// On how many cards.
    pub cards: u64,
}

/// What is owed on cards that are that old.
#[derive(Clone, Debug)]
pub struct AgePart<'a> {
    /// Days: `0-30`.
    pub age: &'a str,
    /// The currency.
    pub currency: Currency,
    /// What is owed, in minor units.
    pub owed: u64,
}

/// Money of promotions.
#[derive(Clone, Copy, Debug)]
pub struct PromotionSum {
    /// The currency.
    pub currency: Currency,
    /// Paid and not delivered yet, in minor units.
    pub deferred: i64,
    /// Delivered, in minor units.
    pub earned: i64,
    /// Due to people, and not sent yet, in minor units.
    pub payable: i64,
}

/// An account, or all accounts of a kind.
#[derive(Clone, Debug)]
pub struct BalanceRow<'a> {
    /// Its name: `giftcard/*`.
    pub name: &'a str,
    /// What it is: `liability`.
    pub kind: &'a str,
    /// The currency.
    pub currency: Currency,
    /// All debits, credits, and the balance in the direction of its kind, in minor units.
    pub sums: [i64; 3],
}

/// The overview.
#[derive(Clone, Debug)]
pub struct FinanceView<'a> {
    /// The instant that all numbers are of.
    pub as_of: Moment<'a>,
    /// The same as addresses write it.
    pub at: &'a str,
    /// The last record that they count.
    pub as_of_seq: u64,
    /// That cards and ledger agree, by currency.
    pub equal: Vec<EqualLine>,
    /// What is owed, by program.
    pub programs: Vec<CardSum<'a>>,
    /// What is owed, by age.
    pub ages: Vec<AgePart<'a>>,
    /// Money of promotions.
    pub promotions: Vec<PromotionSum>,
    /// Every account.
    pub balances: Vec<BalanceRow<'a>>,
}

/// `GET /console/finance`.
pub fn finance_page(visit: &Visit<'_>, view: &FinanceView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("money.title"), Width::Wide).page(&html! {
        h1 { (text("money.title")) }
        p class="lead" {
            (text("money.as_of")) " " (moment(words, view.as_of)) ", "
            (text("money.record")) " " (figure(&count(words, view.as_of_seq)))
        }
        section class="panel" {
            h2 { (text("money.equal")) }
            p { (text("money.equal_text")) }
            @for line in &view.equal { (equal(words, *line, view.at)) }
        }
        h2 { (text("money.owed")) }
        (programs(words, view))
        (ages(words, view))
        h2 { (text("money.promotions")) }
        (promotions(words, view))
        h2 { (text("money.balances")) }
        (balances(words, view))
        p { a href="/console/ledger.csv" { (text("money.csv")) } }
    })
}

/// `cards 4,345.91 − ledger 4,345.91 = 0.00 USD`.
fn equal(words: Words, line: EqualLine, at: &str) -> Markup {
    let EqualLine { currency, cards, ledger } = line;
    let difference = cards - ledger;
    let said = if difference == 0 {
        status(Tone::Good, words.text("money.agrees"))
    } else {
        status(Tone::Bad, words.text("money.differs"))
    };
    html! {
        p class="equal" {
            a href=(cards_of("all", "", currency, at)) {
                (words.text("money.cards")) " " (signed(words, cards, currency))
            }
            " \u{2212} "
            a href=(accounts_of("giftcard/*", at)) {
                (words.text("money.ledger")) " " (signed(words, ledger, currency))
            }
            " = " strong { (signed(words, difference, currency)) } " " (said)
        }
    }
}

/// The cards of which a number is told: of a `program`, of an `age`, or `all`.
fn cards_of(by: &str, which: &str, currency: Currency, at: &str) -> String {
    let (which, code, at) = (escaped(which), currency.code(), escaped(at));
    format!("/console/finance/cards?by={by}&which={which}&currency={code}&at={at}")
}

/// The accounts of which a number is told.
fn accounts_of(name: &str, at: &str) -> String {
    format!("/console/ledger?of={}&at={}", escaped(name), escaped(at))
}

fn programs(words: Words, view: &FinanceView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("money.program")),
        Column::numbers(words.text("money.owed_sum")),
        Column::numbers(words.text("money.held")),
        Column::numbers(words.text("money.count")),
    ];
    let row = |sum: &CardSum<'_>| {
        let name = match sum.program {
            Some(program) => html! { span class="code" { (program) } },
            None => html! { (words.text("money.no_program")) },
        };
        let to = cards_of("program", sum.program.unwrap_or(""), sum.currency, view.at);
        let linked = |figure: Markup| html! { a href=(to) { (figure) } };
        vec![
            name,
            linked(signed(words, sum.owed, sum.currency)),
            linked(signed(words, sum.held, sum.currency)),
            linked(figure(&count(words, sum.cards))),
        ]
    };
    Table {
        caption: words.text("money.by_program"),
        columns: &columns,
        rows: view.programs.iter().map(row).collect(),
        foot: None,
        nothing: words.text("money.nothing_owed"),
    }
    .show()
}

fn ages(words: Words, view: &FinanceView<'_>) -> Markup {
    let mut currencies: Vec<Currency> = Vec::new();
    for part in &view.ages {
        if !currencies.contains(&part.currency) {
            currencies.push(part.currency);
        }
    }
    let plot = |currency: Currency| {
        let parts: Vec<_> = view.ages.iter().filter(|part| part.currency == currency).collect();
        let shown = |minor: u64| {
            let money = base::Money::new(i64::try_from(minor).unwrap_or(i64::MAX), currency);
            money.map(|money| crate::show::money_text(words, money)).unwrap_or_default()
        };
        let bar = |(ink, part): (u8, &&AgePart<'_>)| Bar {
            label: words.with("money.days", &[("days", part.age)]),
            value: part.owed,
            shown: shown(part.owed),
            ink,
        };
        let title = words.with("money.by_age", &[("currency", currency.code())]);
        let total = shown(parts.iter().map(|part| part.owed).sum());
        BarPlot {
            title: &title,
            what: words.text("money.age"),
            measure: words.text("money.owed_sum"),
            bars: (1..).zip(&parts).map(bar).collect(),
            total: Some(total),
        }
        .show(words)
    };
    html! {
        @for currency in currencies { (plot(currency)) }
        @if !view.ages.is_empty() {
            ul class="filters" {
                @for part in &view.ages {
                    li { a href=(cards_of("age", part.age, part.currency, view.at)) {
                        (words.with("money.days", &[("days", part.age)])) ", "
                        (part.currency.code())
                    } }
                }
            }
        }
    }
}

fn promotions(words: Words, view: &FinanceView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("money.currency")),
        Column::numbers(words.text("money.deferred")),
        Column::numbers(words.text("money.earned")),
        Column::numbers(words.text("money.payable")),
    ];
    let row = |sum: &PromotionSum| {
        let linked = |name: &str, minor: i64| {
            html! { a href=(accounts_of(name, view.at)) { (signed(words, minor, sum.currency)) } }
        };
        vec![
            html! { (sum.currency.code()) },
            linked("promotion/*/escrow", sum.deferred),
            linked("promotion/revenue", sum.earned),
            linked("refund/payable", sum.payable),
        ]
    };
    Table {
        caption: words.text("money.promotions"),
        columns: &columns,
        rows: view.promotions.iter().map(row).collect(),
        foot: None,
        nothing: words.text("money.nothing_promoted"),
    }
    .show_titled()
}

fn balances(words: Words, view: &FinanceView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("money.account")),
        Column::words(words.text("money.kind")),
        Column::numbers(words.text("money.debits")),
        Column::numbers(words.text("money.credits")),
        Column::numbers(words.text("money.balance")),
    ];
    let row = |one: &BalanceRow<'_>| {
        let path = accounts_of(one.name, view.at);
        let [debits, credits, balance] = one.sums.map(|minor| signed(words, minor, one.currency));
        vec![html! { a href=(path) { (one.name) } }, html! { (one.kind) }, debits, credits, balance]
    };
    html! {
        (Table {
            caption: words.text("money.balances"),
            columns: &columns,
            rows: view.balances.iter().map(row).collect(),
            foot: None,
            nothing: words.text("money.nothing"),
        }.show_titled())
        @for (currency, debits, credits) in sums(view) {
            p {
                (words.text("money.debits")) " " (signed(words, debits, currency)) " \u{2212} "
                (words.text("money.credits")) " " (signed(words, credits, currency)) " = "
                strong { (signed(words, debits - credits, currency)) }
            }
        }
    }
}

/// Debits and credits of a currency over all accounts: they are equal, always.
fn sums(view: &FinanceView<'_>) -> Vec<(Currency, i64, i64)> {
    let mut sums: Vec<(Currency, i64, i64)> = Vec::new();
    for row in &view.balances {
        let [debits, credits, _] = row.sums;
        match sums.iter_mut().find(|(currency, _, _)| *currency == row.currency) {
            Some((_, all_debits, all_credits)) => {
                *all_debits += debits;
                *all_credits += credits;
            }
            None => sums.push((row.currency, debits, credits)),
        }
    }
    sums
}
