//! An order: its receipt, who paid what, and what has gone back.

use base::Money;
use maud::{Markup, html};

use super::lines::{BoughtLineView, PayerView, SumsView, line_name, lines, payer_name};
use crate::components::{Column, Table, Tone, status};
use crate::{Frame, Moment, Visit, Width, Words, moment, money};

/// An order that was paid.
#[derive(Clone, Debug)]
pub struct OrderView<'a> {
    /// The number of its receipt.
    pub receipt: u64,
    /// When it was paid.
    pub at: Moment<'a>,
    /// `paid`, `partly_refunded` or `refunded`.
    pub status: &'a str,
    /// What was bought.
    pub lines: Vec<BoughtLineView<'a>>,
    /// What it cost.
    pub sums: SumsView,
    /// Who paid which line.
    pub paid: Vec<PartOfOrderView<'a>>,
    /// What has gone back, or is on its way.
    pub refunded: Money,
    /// Each refund, newest first.
    pub refunds: Vec<OrderRefundView<'a>>,
    /// Whether the refunds do not tell all that has gone back yet: lists follow a moment later.
    pub is_behind: bool,
}

/// A part of an order: of one line, by one payer.
#[derive(Clone, Copy, Debug)]
pub struct PartOfOrderView<'a> {
    /// Who paid it, or gets it back.
    pub payer: PayerView<'a>,
    /// The line; empty for shipping.
    pub line: &'a str,
    /// How much.
    pub amount: Money,
    /// How far it is on its way back: `pending`, `succeeded`, `failed` or `needs_consent`; nothing
    /// for what was paid.
    pub status: Option<&'a str>,
}

/// Money that goes back.
#[derive(Clone, Debug)]
pub struct OrderRefundView<'a> {
    /// The number of its credit note.
    pub credit_note: u64,
    /// When it was asked for.
    pub at: Moment<'a>,
    /// How much.
    pub amount: Money,
    /// Where each part goes.
    pub parts: Vec<PartOfOrderView<'a>>,
}

/// After how many seconds a page that is behind looks again.
const LOOK_AGAIN_S: u32 = 3;

/// `GET /orders/{ord}`.
pub fn order_page(visit: &Visit<'_>, view: &OrderView<'_>) -> Markup {
    let words = visit.words;
    let number = view.receipt.to_string();
    let title = words.with("order.title", &[("number", &number)]);
    let paid = parts(words, words.text("order.paid_by"), &view.paid);
    let fresh = view.is_behind.then_some(LOOK_AGAIN_S);
    Frame { fresh, ..visit.frame(&title, Width::Narrow) }.page(&html! {
        h1 { (title) }
        p { (state(words, view.status)) " " (moment(words, view.at)) }
        (lines(words, &view.lines, &view.sums))
        (paid)
        h2 { (words.text("order.refunds")) }
        @if view.refunds.is_empty() && !view.is_behind {
            p { (words.text("order.no_refunds")) }
        } @else {
            p { (words.text("order.refunded")) " " (money(words, view.refunded)) }
            @if view.is_behind { p { (words.text("order.in_a_moment")) } }
            @for refund in &view.refunds { (refunded(words, refund)) }
        }
    })
}

fn state(words: Words, name: &str) -> Markup {
    match name {
        "refunded" => status(Tone::Plain, words.text("order.is_refunded")),
        "partly_refunded" => status(Tone::Plain, words.text("order.is_partly_refunded")),
        _ => status(Tone::Good, words.text("order.is_paid")),
    }
}

fn refunded(words: Words, refund: &OrderRefundView<'_>) -> Markup {
    let number = refund.credit_note.to_string();
    let caption = words.with("order.credit_note", &[("number", &number)]);
    html! {
        (parts(words, &caption, &refund.parts))
        p { small { (money(words, refund.amount)) " · " (moment(words, refund.at)) } }
    }
}

fn parts(words: Words, caption: &str, parts: &[PartOfOrderView<'_>]) -> Markup {
    let columns = [
        Column::words(words.text("order.who")),
        Column::words(words.text("lines.what")),
        Column::numbers(words.text("lines.amount")),
    ];
    let row = |part: &PartOfOrderView<'_>| {
        vec![
            html! {
                bdi { (payer_name(words, &part.payer)) }
                @if let Some(state) = part.status { br; (way_back(words, state)) }
            },
            html! { bdi { (line_name(words, part.line)) } },
            money(words, part.amount),
        ]
    };
    let table = Table {
        caption,
        columns: &columns,
        rows: parts.iter().map(row).collect(),
        foot: None,
        nothing: words.text("order.free"),
    };
    table.show_list()
}

fn way_back(words: Words, state: &str) -> Markup {
    match state {
        "succeeded" => status(Tone::Good, words.text("order.arrived")),
        "failed" => status(Tone::Bad, words.text("order.failed")),
        "needs_consent" => status(Tone::Wait, words.text("order.needs_consent")),
        _ => status(Tone::Wait, words.text("order.on_its_way")),
    }
}
