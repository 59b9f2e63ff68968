//! Accounts of the ledger, and what moved them.

use base::Currency;
use maud::{Markup, html};

use crate::components::{
    Button, Column, Field, Icon, Input, Table, Weight, acts, escaped, link_button,
};
use crate::{Moment, Visit, Width, Words, count, figure, moment, signed};

/// An account.
#[derive(Clone, Debug)]
pub struct AccountRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub kind: &'a str,
    /// The currency.
    pub currency: Currency,
    /// Debits, credits, balance and what is held of it, in minor units.
    pub sums: [i64; 4],
}

/// All accounts of a kind together, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TogetherRow {
    /// The currency.
    pub currency: Currency,
    /// Debits, credits and balance, in minor units.
    pub sums: [i64; 3],
}

/// Accounts whose names begin alike.
#[derive(Clone, Debug)]
pub struct LedgerView<'a> {
    /// How their names begin.
    pub prefix: &'a str,
    /// Leads to this page without its place in the list.
    pub path: &'a str,
    /// All of them together, now.
    pub now: Vec<TogetherRow>,
    /// How many there are, and whether there are more than were summed.
    pub count: (u64, bool),
    /// What the overview said of them, and of when that was.
    pub then: Option<(Moment<'a>, Vec<TogetherRow>)>,
    /// The accounts of this page.
    pub accounts: Vec<AccountRow<'a>>,
    /// Where the next page begins.
    pub next: Option<&'a str>,
}

/// An entry: what one transfer did to the account.
#[derive(Clone, Debug)]
pub struct EntryRow<'a> {
    /// The transfer.
    pub id: &'a str,
    /// When.
    pub at: Moment<'a>,
    /// Why: the ledger's own word.
    pub reason: &'a str,
    /// What it was for, where it is told.
    pub detail: Option<&'a str>,
    /// What was added to the balance, and to what is held, in minor units.
    pub changes: [i64; 2],
    /// The balance after it, in minor units.
    pub balance: i64,
    /// The record that has it.
    pub sequence: u64,
}

/// An account with its entries, newest first.
#[derive(Clone, Debug)]
pub struct AccountView<'a> {
    /// The account.
    pub account: AccountRow<'a>,
    /// Where its object is looked at: its name and path.
    pub about: Option<(&'a str, String)>,
    /// The entries of this page.
    pub entries: Vec<EntryRow<'a>>,
    /// Where the next page begins.
    pub next: Option<&'a str>,
}

/// `GET /console/ledger`.
pub fn ledger_page(visit: &Visit<'_>, view: &LedgerView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("money.account")),
        Column::words(text("money.kind")),
        Column::numbers(text("money.debits")),
        Column::numbers(text("money.credits")),
        Column::numbers(text("money.balance")),
        Column::numbers(text("money.held")),
    ];
    let row = |one: &AccountRow<'_>| {
        let [debits, credits, balance, held] =
            one.sums.map(|minor| signed(words, minor, one.currency));
        vec![
            html! { a href=(format!("/console/ledger/{}", one.id)) { (one.name) } },
            html! { (one.kind) },
            debits,
            credits,
            balance,
            held,
        ]
    };
    let table = Table {
        caption: text("ledger.accounts"),
        columns: &columns,
        rows: view.accounts.iter().map(row).collect(),
        foot: None,
        nothing: text("ledger.none"),
    };
    let sheet = view.path.replacen("/console/ledger", "/console/ledger.csv", 1);
    visit.frame(text("ledger.title"), Width::Wide).page(&html! {
        h1 { (text("ledger.title")) }
        (search(words, view.prefix))
        (together(words, view))
        (table.show())
        (acts(&[
            further(words, view.path, view.next),
            link_button(&sheet, text("money.csv"), Weight::Plain),
            link_button("/console/finance", text("money.title"), Weight::Plain),
        ]))
    })
}

fn search(words: Words, prefix: &str) -> Markup {
    let field = Field {
        hint: Some(words.text("ledger.prefix_hint")),
        value: prefix,
        is_optional: true,
        characters_max: Some(100),
        ..Field::new("prefix", words.text("ledger.prefix"), Input::Line)
    };
    let go = Button {
        text: words.text("ledger.show"),
        weight: Weight::Plain,
        icon: Some(Icon::Search),
        sends: None,
        is_off: false,
    };
    html! {
        form method="get" action="/console/ledger" role="search" { (field.show()) (go.show()) }
    }
}

/// All of them together, now and on the overview that led here: of both the same number, unless
/// something was moved in between.
fn together(words: Words, view: &LedgerView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("ledger.when")),
        Column::numbers(words.text("money.debits")),
        Column::numbers(words.text("money.credits")),
        Column::numbers(words.text("money.balance")),
    ];
    let row = |when: Markup, one: &TogetherRow| {
        let [debits, credits, balance] = one.sums.map(|minor| signed(words, minor, one.currency));
        vec![when, debits, credits, balance]
    };
    let mut rows: Vec<Vec<Markup>> = Vec::new();
    if let Some((at, then)) = &view.then {
        rows.extend(then.iter().map(|one| row(moment(words, *at), one)));
    }
    rows.extend(view.now.iter().map(|one| row(html! { (words.text("ledger.now")) }, one)));
    let (counted, has_more) = view.count;
    let table = Table {
        caption: &words.counted("ledger.together", counted),
        columns: &columns,
        rows,
        foot: None,
        nothing: words.text("ledger.none"),
    };
    html! {
        @if has_more { p { (words.text("ledger.in_part")) } }
        (table.show())
    }
}

/// The way to the next page of a list.
fn further(words: Words, path: &str, next: Option<&str>) -> Markup {
    let Some(next) = next else { return Markup::default() };
    let sign = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{sign}cursor={}", escaped(next));
    link_button(&path, words.text("ledger.further"), Weight::Plain)
}

/// `GET /console/ledger/{account}`.
pub fn account_page(visit: &Visit<'_>, view: &AccountView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let account = &view.account;
    let [debits, credits, balance, held] = account.sums;
    let columns = [
        Column::words(text("ledger.when")),
        Column::words(text("ledger.why")),
        Column::numbers(text("ledger.change")),
        Column::numbers(text("ledger.held_change")),
        Column::numbers(text("money.balance")),
        Column::numbers(text("money.record")),
    ];
    let row = |one: &EntryRow<'_>| {
        let [change, held] = one.changes.map(|minor| signed(words, minor, account.currency));
        vec![
            moment(words, one.at),
            html! {
                (reason_text(one.reason))
                @if let Some(detail) = one.detail { " " span class="code" { (detail) } }
            },
            change,
            held,
            signed(words, one.balance, account.currency),
            html! { span title=(one.id) { (figure(&count(words, one.sequence))) } },
        ]
    };
    let table = Table {
        caption: text("ledger.entries"),
        columns: &columns,
        rows: view.entries.iter().map(row).collect(),
        foot: None,
        nothing: text("ledger.no_entries"),
    };
    let shown = |minor| signed(words, minor, account.currency);
    let path = format!("/console/ledger/{}", account.id);
    visit.frame(account.name, Width::Wide).page(&html! {
        h1 { (account.name) }
        p class="lead" { (account.kind) ", " span class="code" { (account.id) } }
        (crate::components::rows(
            &[
                (text("money.debits"), shown(debits)),
                (text("money.credits"), shown(credits)),
                (text("money.held"), shown(held)),
            ],
            Some((text("money.balance"), shown(balance))),
        ))
        @if let Some((name, path)) = &view.about {
            p { (text("ledger.about")) " " a href=(path) { (name) } }
        }
        (table.show())
        (acts(&[
            further(words, &path, view.next),
            link_button(&format!("{path}/entries.csv"), text("money.csv"), Weight::Plain),
            link_button("/console/finance", text("money.title"), Weight::Plain),
        ]))
    })
}

/// A reason of the ledger as people read it: `hold_captured` → `hold captured`.
fn reason_text(reason: &str) -> String {
    reason.replace('_', " ")
}
