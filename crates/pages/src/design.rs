//! The page `/design`: each component in every state.

use base::{Currency, Instant, Money, Span};
use maud::{Markup, html};

use crate::components::{
    Button, Choice, Column, Field, Icon, Input, Message, Step, StepState, Table, Tone, Weight,
    Writer, acts, choices, english, icon, link_button, notice, status, steps, talk,
};
use crate::gift::{Design, Written, picture};
use crate::plots::{BandPlot, BandPoint, Bar, BarPlot};
use crate::{Moment, Visit, Width, Words, moment, money};

/// The page, with samples that mean nothing.
pub fn design(visit: &Visit<'_>) -> Markup {
    let Visit { words, shop, .. } = *visit;
    visit.frame(words.text("design.title"), Width::Wide).page(&html! {
        h1 { (words.text("design.title")) }
        p class="lead" { (words.text("design.lead")) }
        (section(words, "design.buttons", &buttons()))
        (section(words, "design.fields", &fields()))
        (section(words, "design.notices", &notices()))
        (section(words, "design.statuses", &statuses()))
        (section(words, "design.sums", &sums(words)))
        (section(words, "design.tables", &tables(words)))
        (section(words, "design.steps", &all_steps(words)))
        (section(words, "design.talk", &messages(words)))
        (section(words, "design.plots", &plots(words)))
        (section(words, "design.icons", &icons()))
        (section(words, "design.gifts", &gifts(words, shop)))
    })
}

fn section(words: Words, title: &str, content: &Markup) -> Markup {
    html! { section { h2 { (words.text(title)) } (content) } }
}

fn buttons() -> Markup {
    let button = |text, weight, icon, is_off| Button { text, weight, icon, sends: None, is_off };
    html! {
        form method="get" {
            (acts(&[
                button("Pay 48.00 USD", Weight::Main, None, false).show(),
                button("Freeze the card", Weight::Plain, Some(Icon::Freeze), false).show(),
                button("Stop for good", Weight::Grave, None, false).show(),
                button("Pay", Weight::Main, None, true).show(),
                link_button("#content", "See what you bought", Weight::Plain),
            ]))
        }
    }
}

fn fields() -> Markup {
    let name = Field { hint: Some("As they call themselves."), ..line("name", "Their name") };
    let mail = Field {
        wrong: Some("The address has no @. Check it for a typo."),
        value: "ann.example.com",
        input: Input::Mail,
        ..line("mail", "Their e-mail address")
    };
    let amount = Field {
        hint: Some("Between 5.00 and 500.00 USD."),
        value: "50.00",
        input: Input::Amount,
        ..line("amount", "Amount in USD")
    };
    let message = Field {
        is_optional: true,
        characters_max: Some(500),
        ..Field::new("message", "Your message", Input::Lines)
    };
    let among = [
        Choice { value: "anyone", text: "Anything in the shop", is_chosen: true },
        Choice { value: "creator", text: "This creator only", is_chosen: false },
    ];
    html! {
        form method="get" {
            (name.show()) (mail.show()) (amount.show()) (message.show())
            (choices("scope", "What it buys", None, &among))
        }
    }
}

fn line<'a>(name: &'a str, label: &'a str) -> Field<'a> {
    Field::new(name, label, Input::Line)
}

fn notices() -> Markup {
    let next = html! { a href="#content" { "Choose another card" } };
    html! {
        (notice(Tone::Plain, "We are holding 12.00 USD for your order", "Nothing is spent before \
            you pay. At 14:05 it is yours again.", None))
        (notice(Tone::Good, "It is paid", "48.00 USD were taken from your card, 20.00 USD from \
            your gift card.", None))
        (notice(Tone::Wait, "Your bank is still thinking", "Nothing is taken yet. Do not pay \
            again: this page knows when it is done.", None))
        (notice(Tone::Bad, "Your card was declined", "Nothing was taken, and your gift card is \
            free again.", Some(&next)))
    }
}

fn statuses() -> Markup {
    let words = ["Scheduled", "Claimed", "On its way", "Bounced"];
    let all = Tone::ALL.into_iter().zip(words);
    html! { p { @for (tone, word) in all { (status(tone, word)) " " } } }
}

fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("samples are not negative")
}

fn sums(words: Words) -> Markup {
    html! {
        p { (english(words, "What the rules themselves say is English on every page.")) }
        ul class="panels" {
            li class="panel" {
                dl class="sum" {
                    dt { "Yours to spend" } dd { (money(words, dollars(7_350))) }
                    dt { "Held for an order" } dd { (money(words, dollars(1_200))) }
                }
            }
            li class="panel" {
                dl class="rows" {
                    dt { "Goods" } dd { (money(words, dollars(4_800))) }
                    dt { "Tax" } dd { (money(words, dollars(348))) }
                    dt class="total" { "All" } dd class="total" { (money(words, dollars(5_148))) }
                }
            }
        }
    }
}

fn tables(words: Words) -> Markup {
    let columns = [Column::words("What"), Column::words("When"), Column::numbers("Amount")];
    let row = |what: &str, at: Instant, minor: i64| {
        vec![html! { (what) }, moment(words, Moment::utc(at)), money(words, dollars(minor))]
    };
    let full = Table {
        caption: "What happened",
        columns: &columns,
        rows: vec![
            row("Bought", sample_at(0), 5_000),
            row("Spent on order 1001", sample_at(50), 126_499),
        ],
        foot: Some(vec![html! { "All" }, html! {}, money(words, dollars(131_499))]),
        nothing: "",
    };
    let empty = Table {
        caption: "Gifts that you have sent",
        columns: &columns,
        rows: Vec::new(),
        foot: None,
        nothing: "You have not sent a gift yet. The first takes three steps.",
    };
    html! { (full.show()) (empty.show()) }
}

fn sample_at(hours: u64) -> Instant {
    Instant::from_micros(1_780_000_000_000_000).saturating_add(Span::hours(hours))
}

fn all_steps(words: Words) -> Markup {
    let step = |what: &str, hours, state| Step {
        what: what.to_owned(),
        when: moment(words, Moment::utc(sample_at(hours))),
        state,
    };
    steps(
        words,
        &[
            step("You asked for your money back", 0, StepState::Done),
            step("Somebody looks at it", 24, StepState::Late),
            step("A second person confirms it", 48, StepState::Now),
            step("The money is with your bank", 120, StepState::ToCome),
        ],
    )
}

fn messages(words: Words) -> Markup {
    let at = Moment::utc(sample_at(0));
    let said = |by, text| Message { by, at, text };
    talk(
        words,
        &[
            said(Writer::Customer, Some("My card does not work.\nIt ends with 7K2M.")),
            said(Writer::Note, Some("Frozen since Monday, by its owner.")),
            said(Writer::Staff, Some("You froze it on Monday. Shall we unfreeze it?")),
            said(Writer::Me, Some("Yes, please.")),
            said(Writer::Customer, None),
        ],
    )
}

fn plots(words: Words) -> Markup {
    let point = |day: u64| BandPoint {
        label: format!("Day {day}"),
        low: day * 900,
        high: day * 1_500,
        came: (day <= 5).then_some(day * 1_100 - day * day * 40),
    };
    let band = BandPlot { title: "Views, against the plan", points: (0..=7).map(point).collect() };
    let bar = |label: &str, value: u64, ink| Bar {
        label: label.to_owned(),
        value,
        shown: value.to_string(),
        ink,
    };
    let bars = BarPlot {
        title: "Why views are missing",
        what: "Cause",
        measure: "Views",
        bars: vec![
            bar("Others bid more", 620, 4),
            bar("An outage of ours", 240, 2),
            bar("You paused it", 90, 3),
            bar("The post was private", 0, 1),
        ],
        total: Some("950".to_owned()),
    };
    html! { (band.show(words)) (bars.show(words)) }
}

fn icons() -> Markup {
    html! { p { @for picture in Icon::ALL { (icon(picture)) " " (picture.name()) "  " } } }
}

fn gifts(words: Words, shop: &str) -> Markup {
    let written = Written { shop, value: Some(dollars(5_000)), to: "Ann", from: "Ben" };
    html! {
        ul class="panels" {
            @for design in Design::ALL {
                li {
                    div class="gift" { (picture(words, design, written)) }
                    (design.title(words))
                }
            }
        }
    }
}
