//! Paying for what a shop has put together: gift cards first, the rest by something else. What is
//! left to pay is told before anything is taken.

use base::Money;
use maud::{Markup, html};

use super::lines::{BoughtLineView, PayerView, SumsView, lines, payer_name};
use super::methods::{MethodsView, methods};
use super::refused::trouble;
use super::step_up::{StepUpView, pay_acts};
use super::wallet::code_field;
use crate::components::{
    Button, Column, Icon, Table, Tone, Weight, acts, form, link_button, notice, rows,
};
use crate::show::money_text;
use crate::{Frame, Moment, Visit, Width, Words, moment, money};

/// A checkout.
#[derive(Clone, Debug)]
pub struct CheckoutView<'a> {
    /// Names it in addresses.
    pub id: &'a str,
    /// How far it is.
    pub stage: CheckoutStage<'a>,
    /// What is bought.
    pub lines: Vec<BoughtLineView<'a>>,
    /// What it costs.
    pub sums: SumsView,
    /// Who pays, in the order in which they do.
    pub tenders: Vec<TenderView<'a>>,
    /// What nobody pays yet.
    pub remaining: Money,
    /// Gift cards of whoever looks that do not pay yet.
    pub cards: Vec<OfferedCardView<'a>>,
    /// Ways to pay the rest.
    pub methods: MethodsView<'a>,
    /// What a passkey may confirm, for those who have one.
    pub step_up: Option<StepUpView>,
    /// From then on it is given up, unless it is paid.
    pub expires_at: Moment<'a>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// How far a checkout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutStage<'a> {
    /// It can be paid.
    Open,
    /// The last attempt has failed, for this reason; another one may begin.
    Failed(&'a str),
    /// A rail is asked, or its answer is waited for.
    Paying,
    /// The payer has to do something at this address.
    NeedsPayer {
        /// Where.
        url: &'a str,
        /// Whether it is played, so that the page itself asks what the payer does.
        is_played: bool,
    },
    /// It is paid.
    Paid {
        /// The page of the order, where it can be shown.
        order: Option<&'a str>,
    },
    /// Nobody has paid in time.
    Expired,
}

/// Somebody who pays.
#[derive(Clone, Copy, Debug)]
pub struct TenderView<'a> {
    /// Names it in the checkout.
    pub id: &'a str,
    /// Who it is.
    pub payer: PayerView<'a>,
    /// How much they pay.
    pub amount: Money,
}

/// A gift card that could pay.
#[derive(Clone, Copy, Debug)]
pub struct OfferedCardView<'a> {
    /// Names it.
    pub id: &'a str,
    /// Last characters of its code.
    pub last4: &'a str,
    /// What can be spent of it.
    pub available: Money,
}

/// How many seconds a page waits before it looks again.
const LOOK_AGAIN_S: u32 = 3;

/// `GET /checkout/{chk}`.
pub fn checkout_page(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let frame = visit.frame(words.text("checkout.title"), Width::Narrow);
    // What is decided elsewhere is looked for. Whoever has to answer here is not disturbed.
    let is_decided_elsewhere = matches!(
        view.stage,
        CheckoutStage::Paying | CheckoutStage::NeedsPayer { is_played: false, .. }
    );
    let fresh = is_decided_elsewhere.then_some(LOOK_AGAIN_S);
    Frame { fresh, ..frame }.page(&html! {
        h1 { (words.text("checkout.title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        (stage(visit, view))
        (lines(words, &view.lines, &view.sums))
        @match view.stage {
            CheckoutStage::Open => { (open(visit, view)) }
            CheckoutStage::Failed(_) => { (failed(visit, view)) }
            CheckoutStage::Paying | CheckoutStage::NeedsPayer { .. }
            | CheckoutStage::Paid { .. } => { (payers(words, view)) }
            CheckoutStage::Expired => {}
        }
    })
}

/// What happened to the money so far, and what to do.
fn stage(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let say = |tone, name: &str, text: &str, next: Option<&Markup>| {
        notice(tone, words.text(name), words.text(text), next)
    };
    match view.stage {
        CheckoutStage::Open => html! {},
        CheckoutStage::Failed(reason) => {
            say(Tone::Bad, failure(reason), "checkout.failed_text", None)
        }
        CheckoutStage::Paying => {
            let next = html! { a href=(path(view, "")) { (words.text("checkout.look")) } };
            say(Tone::Wait, "checkout.paying", "checkout.paying_text", Some(&next))
        }
        CheckoutStage::NeedsPayer { url, is_played } => html! {
            (say(Tone::Wait, "checkout.needs_payer", "checkout.needs_payer_text", None))
            @if is_played { (played_bank(visit, view)) } @else {
                p { (link_button(url, words.text("checkout.to_bank"), Weight::Main)) }
            }
            (form(visit, &path(view, "/give-up"), &plain(words.text("checkout.give_up"))))
        },
        CheckoutStage::Paid { order } => {
            let next =
                order.map(|order| html! { a href=(order) { (words.text("checkout.to_order")) } });
            say(Tone::Good, "checkout.paid", "checkout.paid_text", next.as_ref())
        }
        CheckoutStage::Expired => say(Tone::Bad, "checkout.expired", "checkout.expired_text", None),
    }
}

/// In a test book nobody has a bank, so the page asks what the payer says to it.
fn played_bank(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let answer = |text: &str, value, weight| {
        let (text, sends) = (words.text(text), Some(("passed", value)));
        Button { text, weight, icon: None, sends, is_off: false }.show()
    };
    form(
        visit,
        &path(view, "/bank"),
        &html! {
            p { (words.text("checkout.played_bank")) }
            (acts(&[
                answer("checkout.bank_yes", "yes", Weight::Main),
                answer("checkout.bank_no", "no", Weight::Plain),
            ]))
        },
    )
}

fn open(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let is_covered = view.remaining.amount.is_zero();
    let rest = money_text(words, view.remaining);
    html! {
        (tenders(visit, view))
        @if !is_covered { (gift_cards(visit, view)) }
        p {
            (words.text("checkout.until")) " " (moment(words, view.expires_at))
        }
        (form(visit, &path(view, "/pay"), &html! {
            @if is_covered {
                p { (words.text("checkout.covered")) }
            } @else {
                input type="hidden" name="rest" value=(view.remaining.amount.minor());
                (methods(words, &view.methods))
            }
            @let text = if is_covered {
                words.text("checkout.pay_by_cards").to_owned()
            } else {
                words.with("checkout.pay_rest", &[("amount", &rest)])
            };
            @let button = Button { text: &text, weight: Weight::Main, icon: Some(Icon::Lock),
                sends: None, is_off: false };
            (pay_acts(visit, view.step_up.as_ref(), button, &[]))
        }))
    }
}

/// Who pays so far, each of which can be taken away, and what is left.
fn tenders(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let columns = [
        Column::words(words.text("checkout.who")),
        Column::numbers(words.text("lines.amount")),
        Column::words(words.text("checkout.change")),
    ];
    let row = |tender: &TenderView<'_>| {
        let remove = form(
            visit,
            &path(view, "/remove"),
            &html! {
                input type="hidden" name="tender" value=(tender.id);
                (plain(words.text("checkout.remove")))
            },
        );
        vec![
            html! { bdi { (payer_name(words, &tender.payer)) } },
            money(words, tender.amount),
            remove,
        ]
    };
    let table = Table {
        caption: words.text("checkout.payers"),
        columns: &columns,
        rows: view.tenders.iter().map(row).collect(),
        foot: Some(vec![
            html! { (words.text("checkout.remaining")) },
            money(words, view.remaining),
            html! {},
        ]),
        nothing: words.text("checkout.no_payers"),
    };
    table.show_list()
}

fn payers(words: Words, view: &CheckoutView<'_>) -> Markup {
    let names: Vec<(String, Money)> =
        view.tenders.iter().map(|one| (payer_name(words, &one.payer), one.amount)).collect();
    let all: Vec<(&str, Markup)> =
        names.iter().map(|(name, amount)| (&**name, money(words, *amount))).collect();
    html! { h2 { (words.text("checkout.payers")) } (rows(&all, None)) }
}

/// Cards of the wallet, and a card in somebody's hand.
fn gift_cards(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let field = code_field(words);
    html! {
        h2 { (words.text("checkout.cards")) }
        p { (words.text("checkout.cards_text")) }
        @for card in &view.cards { (offered(visit, view, card)) }
        details {
            summary { (words.text("checkout.by_code")) }
            (form(visit, &path(view, "/cards"), &html! {
                (field.show())
                (plain(words.text("checkout.use_code")))
            }))
        }
    }
}

fn offered(visit: &Visit<'_>, view: &CheckoutView<'_>, card: &OfferedCardView<'_>) -> Markup {
    let words = visit.words;
    let amount = money_text(words, card.available);
    let text = words.with("checkout.use_card", &[("last", card.last4), ("amount", &amount)]);
    form(
        visit,
        &path(view, "/cards"),
        &html! {
            input type="hidden" name="card" value=(card.id);
            p { (plain(&text)) }
        },
    )
}

/// After an attempt that failed: nothing is held any more, and the same cards are one button away.
fn failed(visit: &Visit<'_>, view: &CheckoutView<'_>) -> Markup {
    let words = visit.words;
    let has_cards =
        view.tenders.iter().any(|tender| matches!(tender.payer, PayerView::Card { .. }));
    html! {
        @if has_cards {
            (form(visit, &path(view, "/again"), &html! {
                p { (Button { text: words.text("checkout.again"), weight: Weight::Main,
                    icon: Some(Icon::Card), sends: None, is_off: false }.show()) }
            }))
        }
        @let fresh = CheckoutView { tenders: Vec::new(), ..view.clone() };
        (open(visit, &fresh))
    }
}

fn failure(reason: &str) -> &'static str {
    match reason {
        "declined" => "checkout.was_declined",
        "insufficient_funds" => "checkout.was_insufficient",
        "expired_method" | "method_gone" => "checkout.was_expired",
        "challenge_failed" => "checkout.was_not_confirmed",
        "attempt_canceled" => "checkout.was_given_up",
        _ => "checkout.was_refused",
    }
}

fn path(view: &CheckoutView<'_>, what: &str) -> String {
    format!("/checkout/{}{what}", view.id)
}

fn plain(text: &str) -> Markup {
    Button { text, weight: Weight::Plain, icon: None, sends: None, is_off: false }.show()
}
