//! `/gifts/{purchase}`: one gift, how far it is, and what its giver can do about it.

use base::Money;
use maud::{Markup, html};

use super::acts::{by_card, of_purchase};
use super::pay::{can_pay, what_pays};
use super::received::{Received, received};
use crate::components::{
    Button, Icon, Step, StepState, Tone, Weight, acts, form, link_button, notice, rows, status,
    steps,
};
use crate::customer::methods::MethodsView;
use crate::customer::refused::trouble;
use crate::customer::step_up::{StepUpView, pay_acts};
use crate::{Moment, Visit, Width, Words, moment, money};

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiftStatus {
    /// The payment is under way.
    Pending,
    /// The payer has to confirm it.
    RequiresAction,
    /// Paid.
    Paid,
    /// The last try to pay has failed.
    Failed,
    /// It was not paid in time.
    Expired,
    /// All of it has gone back.
    Undone,
}

/// Where a card that was bought stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiftCardState {
    /// It waits for its date, or to be sent.
    Scheduled,
    /// It was sent.
    Sent,
    /// The recipient's mail server has taken it.
    Arrived,
    /// It came back.
    Bounced,
    /// The recipient has opened it.
    Opened,
    /// It is the recipient's.
    Claimed,
    /// Its giver hands it over.
    ByHand,
    /// It is over: its value was spent by somebody, has expired, or went back.
    Over,
}

impl GiftStatus {
    /// A sign and a word, with the state of the card where there is one.
    pub(super) fn word(self, card: Option<GiftCardState>) -> (Tone, &'static str) {
        match (self, card) {
            (GiftStatus::Paid, Some(card)) => card.word(),
            (GiftStatus::Paid, None) => (Tone::Good, "gifts.is_paid"),
            (GiftStatus::Pending, _) => (Tone::Wait, "gifts.is_pending"),
            (GiftStatus::RequiresAction, _) => (Tone::Wait, "gifts.is_asked"),
            (GiftStatus::Failed, _) => (Tone::Bad, "gifts.is_failed"),
            (GiftStatus::Expired, _) => (Tone::Plain, "gifts.is_expired"),
            (GiftStatus::Undone, _) => (Tone::Plain, "gifts.is_undone"),
        }
    }
}

impl GiftCardState {
    fn word(self) -> (Tone, &'static str) {
        match self {
            GiftCardState::Scheduled => (Tone::Wait, "gifts.is_scheduled"),
            GiftCardState::Sent => (Tone::Good, "gifts.is_sent"),
            GiftCardState::Arrived => (Tone::Good, "gifts.is_arrived"),
            GiftCardState::Bounced => (Tone::Bad, "gifts.is_bounced"),
            GiftCardState::Opened => (Tone::Good, "gifts.is_opened"),
            GiftCardState::Claimed => (Tone::Good, "gifts.is_claimed"),
            GiftCardState::ByHand => (Tone::Plain, "gifts.is_by_hand"),
            GiftCardState::Over => (Tone::Plain, "gifts.is_over"),
        }
    }

    /// How many of the steps of a mail are behind it.
    fn steps_done(self) -> usize {
        match self {
            GiftCardState::Scheduled | GiftCardState::ByHand | GiftCardState::Over => 1,
            GiftCardState::Sent | GiftCardState::Bounced => 2,
            GiftCardState::Arrived => 3,
            GiftCardState::Opened => 4,
            GiftCardState::Claimed => 5,
        }
    }
}

/// A card that was bought, with all that its giver may know.
#[derive(Clone, Debug)]
pub struct BoughtGift<'a> {
    /// Its id.
    pub id: &'a str,
    /// What its recipient sees.
    pub gift: Received<'a>,
    /// The address it is sent to; empty when it is not mailed.
    pub email: &'a str,
    /// `email`, `link`, `in_app`, `print`, or nothing.
    pub channel: &'a str,
    /// Where it stands.
    pub state: GiftCardState,
    /// Since when.
    pub at: Option<Moment<'a>>,
    /// When it is to be sent, where that is to come.
    pub deliver_at: Option<Moment<'a>>,
    /// When what nobody has accepted goes back.
    pub returns_at: Option<Moment<'a>>,
    /// Last characters of its code.
    pub last4: &'a str,
    /// Whether it is frozen.
    pub is_frozen: bool,
    /// Whether the shop alone lifts the freeze.
    pub is_of_shop: bool,
}

/// One gift.
#[derive(Clone, Debug)]
pub struct GiftView<'a> {
    /// The id of its purchase.
    pub id: &'a str,
    /// Where it stands.
    pub status: GiftStatus,
    /// Why the last try to pay has failed: the word of whoever has refused it.
    pub failure: &'a str,
    /// What all of it costs.
    pub total: Money,
    /// When it was bought.
    pub at: Moment<'a>,
    /// Where the payer confirms the payment.
    pub confirm_at: Option<&'a str>,
    /// Whether the bank is played here, so that its answer is chosen on this page.
    pub is_bank_played: bool,
    /// What another try can be paid with.
    pub ways: MethodsView<'a>,
    /// What a passkey may confirm of it, for those who have one.
    pub step_up: Option<StepUpView>,
    /// Until when it can be undone, and how many minutes that is.
    pub undo: Option<(Moment<'a>, u64)>,
    /// What goes back, and whether it has arrived.
    pub back: Option<(Money, bool)>,
    /// Whether the money can go back after the time for undoing it.
    pub can_cancel: bool,
    /// The card that is shown, of several the one that was chosen.
    pub card: Option<BoughtGift<'a>>,
    /// All cards when there are several: id and last characters.
    pub others: Vec<(&'a str, &'a str)>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done: the end of a name, `gifts.done_…`.
    pub done: Option<&'a str>,
}

/// After how many seconds a page that waits asks again.
const FRESH_SECONDS: u32 = 4;

/// `GET /gifts/{purchase}`.
pub fn gift_page(visit: &Visit<'_>, view: &GiftView<'_>) -> Markup {
    let words = visit.words;
    let title = match &view.card {
        Some(card) if !card.gift.to.is_empty() => {
            words.with("gifts.gift_for", &[("name", card.gift.to)])
        }
        _ => words.text("gifts.a_gift").to_owned(),
    };
    // A page on which the payer answers, or reads what was refused, does not go away by itself.
    let is_elsewhere = match view.status {
        GiftStatus::Pending => true,
        GiftStatus::RequiresAction => !view.is_bank_played,
        _ => false,
    };
    let waits = is_elsewhere && view.refused.is_none();
    let mut frame = visit.frame(&title, Width::Narrow);
    frame.fresh = waits.then_some(FRESH_SECONDS);
    frame.page(&html! {
        h1 { (title) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), "", None))
        }
        @match view.status {
            GiftStatus::Pending => { (pending(words)) }
            GiftStatus::RequiresAction => { (to_confirm(visit, view)) }
            GiftStatus::Failed => { (to_pay_again(visit, view)) }
            GiftStatus::Expired => { (expired(words)) }
            GiftStatus::Undone => { (undone(words, view)) }
            GiftStatus::Paid => { (paid(visit, view)) }
        }
        (receipt(words, view))
        p { a href="/gifts" { (words.text("gifts.all")) } }
    })
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "bought" => Some("gifts.done_bought"),
        "sent" => Some("gifts.done_sent"),
        "changed" => Some("gifts.done_changed"),
        "frozen" => Some("gifts.done_frozen"),
        "unfrozen" => Some("gifts.done_unfrozen"),
        "replaced" => Some("gifts.done_replaced"),
        "undone" => Some("gifts.done_undone"),
        _ => None,
    }
}

fn pending(words: Words) -> Markup {
    notice(Tone::Wait, words.text("gifts.pending"), words.text("gifts.pending_next"), None)
}

/// The bank wants to hear from the payer; the page finds out by itself whether it has.
fn to_confirm(visit: &Visit<'_>, view: &GiftView<'_>) -> Markup {
    let words = visit.words;
    let way = view.confirm_at.filter(|_| !view.is_bank_played).map(|url| {
        html! {
            a class="button main-act" href=(url) rel="noreferrer" {
                (words.text("gifts.confirm"))
            }
        }
    });
    let told =
        notice(Tone::Wait, words.text("gifts.asked"), words.text("gifts.asked_next"), way.as_ref());
    let answer = |text, weight, value| Button {
        text: words.text(text),
        weight,
        icon: None,
        sends: Some(("passed", value)),
        is_off: false,
    };
    html! {
        (told)
        @if view.is_bank_played {
            section class="panel" {
                h2 { (words.text("gifts.played_bank")) }
                p { (words.text("gifts.played_bank_text")) }
                (form(visit, &format!("/gifts/{}/bank", view.id), &acts(&[
                    answer("gifts.played_yes", Weight::Main, "yes").show(),
                    answer("gifts.played_no", Weight::Plain, "no").show(),
                ])))
            }
        }
    }
}

/// A refused payment is tried again with everything kept: the gift waits in its checkout.
fn to_pay_again(visit: &Visit<'_>, view: &GiftView<'_>) -> Markup {
    let words = visit.words;
    let what = match view.failure {
        "insufficient_funds" => "gifts.failed_insufficient",
        "expired_method" | "method_gone" => "gifts.failed_expired",
        "challenge_failed" | "authorization_lapsed" => "gifts.failed_challenge",
        _ => "gifts.failed",
    };
    let pay = words.with("gifts.pay", &[("amount", &crate::show::money_text(words, view.total))]);
    html! {
        (notice(Tone::Bad, words.text(what), words.text("gifts.failed_next"), None))
        (form(visit, &format!("/gifts/{}/pay", view.id), &html! {
            (what_pays(words, &view.ways))
            @let button = Button {
                text: &pay,
                weight: Weight::Main,
                icon: Some(Icon::Lock),
                sends: None,
                is_off: !can_pay(&view.ways),
            };
            (pay_acts(visit, view.step_up.as_ref(), button, &[]))
        }))
    }
}

fn expired(words: Words) -> Markup {
    let again = link_button("/gifts/new", words.text("gifts.give"), Weight::Main);
    html! {
        (notice(Tone::Plain, words.text("gifts.expired"), words.text("gifts.expired_next"), None))
        (acts(&[again]))
    }
}

fn undone(words: Words, view: &GiftView<'_>) -> Markup {
    let money = match view.back {
        Some((_, true)) => "gifts.back_arrived",
        _ => "gifts.back_on_its_way",
    };
    notice(Tone::Good, words.text("gifts.undone"), words.text(money), None)
}

fn paid(visit: &Visit<'_>, view: &GiftView<'_>) -> Markup {
    let words = visit.words;
    html! {
        @if !view.others.is_empty() { (others(words, view)) }
        @if let Some(card) = &view.card {
            @let (tone, word) = GiftStatus::Paid.word(Some(card.state));
            p {
                (status(tone, words.text(word))) " "
                @if card.is_frozen { (status(Tone::Wait, words.text("gifts.is_frozen"))) }
            }
            @if card.state == GiftCardState::Bounced { (bounced(words, view.id, card)) }
            (received(words, &card.gift))
            @if matches!(card.channel, "email") { (way(words, view.at, card)) }
            (by_card(visit, view, card))
        }
        (of_purchase(visit, view))
    }
}

fn others(words: Words, view: &GiftView<'_>) -> Markup {
    html! {
        h2 { (words.text("gifts.several")) }
        ul {
            @for (id, last4) in &view.others {
                li {
                    a href=(format!("/gifts/{}?card={id}", view.id)) {
                        (words.text("gifts.card_ending")) " " span class="code" { (last4) }
                    }
                }
            }
        }
    }
}

/// The one thing a wrong address needs is another address.
fn bounced(words: Words, id: &str, card: &BoughtGift<'_>) -> Markup {
    let change = html! {
        a class="button main-act" href=(format!("/gifts/{id}/change?card={}", card.id)) {
            (words.text("gifts.correct"))
        }
    };
    let what = words.with("gifts.bounced", &[("email", card.email)]);
    notice(Tone::Bad, &what, words.text("gifts.bounced_next"), Some(&change))
}

/// The way of a mailed gift, step by step.
fn way(words: Words, bought: Moment<'_>, card: &BoughtGift<'_>) -> Markup {
    let done = card.state.steps_done();
    let names = [
        "gifts.way_paid",
        "gifts.way_sent",
        "gifts.way_arrived",
        "gifts.way_opened",
        "gifts.way_claimed",
    ];
    let step = |(position, name): (usize, &&str)| {
        let is_last_done = position + 1 == done;
        let is_back = card.state == GiftCardState::Bounced && position == 2;
        let when = match position {
            0 => moment(words, bought),
            1 if done == 1 => match card.deliver_at {
                Some(at) => moment(words, at),
                None => html! { (words.text("gifts.very_soon")) },
            },
            _ if is_back => html! { (words.text("gifts.way_bounced")) },
            _ if is_last_done => match card.at {
                Some(at) => moment(words, at),
                None => html! {},
            },
            4 => match card.returns_at {
                Some(at) => html! { (words.text("gifts.else_back")) " " (moment(words, at)) },
                None => html! {},
            },
            _ => html! {},
        };
        let state = match position {
            _ if is_back => StepState::Late,
            position if position < done => StepState::Done,
            position if position == done => StepState::Now,
            _ => StepState::ToCome,
        };
        Step { what: words.text(name).to_owned(), when, state }
    };
    let all: Vec<Step> = names.iter().enumerate().map(step).collect();
    steps(words, &all)
}

fn receipt(words: Words, view: &GiftView<'_>) -> Markup {
    let mut about = vec![(words.text("gifts.bought"), moment(words, view.at))];
    if let Some((back, _)) = view.back {
        about.push((words.text("gifts.goes_back"), money(words, back)));
    }
    let total = (words.text("gifts.total"), money(words, view.total));
    html! {
        section class="panel" {
            h2 { (words.text("gifts.receipt_title")) }
            (rows(&about, Some(total)))
            p { small { (words.text("gifts.number")) " " span class="code" { (view.id) } } }
        }
    }
}
