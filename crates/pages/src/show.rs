//! Values as people read them.

use base::{Currency, Day, Instant, Money};
use maud::{Markup, html};

use crate::{Language, Words};

/// A moment as the people of a place tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment<'a> {
    /// When it is.
    pub at: Instant,
    /// By how many minutes clocks there are ahead of UTC then.
    pub offset_minutes: i16,
    /// What people call that time: `UTC`, `CET`, `GMT+2`.
    pub zone: &'a str,
}

impl Moment<'_> {
    /// A moment told in UTC.
    pub const fn utc(at: Instant) -> Moment<'static> {
        Moment { at, offset_minutes: 0, zone: "UTC" }
    }
}

/// A figure: digits of one width, in their own order whatever is around them.
pub fn figure(text: &str) -> Markup {
    html! { bdi class="figure" { (text) } }
}

/// An amount of money with its currency.
pub fn money(words: Words, money: Money) -> Markup {
    figure(&money_text(words, money))
}

/// The same as plain text, for titles and labels.
pub(crate) fn money_text(_words: Words, money: Money) -> String {
    // `1234.50 USD` → `1,234.50 USD`. Arabic pages write Latin digits too: people compare these
    // with statements of their banks.
    let text = money.to_string();
    let (number, currency) = text.split_once(' ').unwrap_or((&text, ""));
    let (whole, decimals) = number.split_once('.').map_or((number, None), |(a, b)| (a, Some(b)));
    let whole = grouped(whole);
    match decimals {
        Some(decimals) => format!("{whole}.{decimals}\u{a0}{currency}"),
        None => format!("{whole}\u{a0}{currency}"),
    }
}

/// An amount of a ledger, which may be below zero, with its currency.
pub fn signed(words: Words, minor: i64, currency: Currency) -> Markup {
    let magnitude = i64::try_from(minor.unsigned_abs()).unwrap_or(i64::MAX);
    let amount = Money::new(magnitude, currency);
    let text = amount.map_or_else(String::new, |amount| money_text(words, amount));
    // The sign of mathematics, which is as wide as a plus.
    figure(&if minor < 0 { format!("\u{2212}{text}") } else { text })
}

/// Decimals that a price of a unit has beyond those of its currency, at most.
const FINE_DECIMALS: usize = 3;

/// A price finer than money, in millionths of a minor unit, rounded up: `0.0125 USD`.
pub fn price(_words: Words, micros: u64, currency: Currency) -> Markup {
    let decimals = usize::from(currency.exponent());
    let fine = decimals + FINE_DECIMALS;
    // A minor unit has 10^6 of these; the last three of them are not shown.
    let digits = micros.div_ceil(1_000).to_string();
    let digits = format!("{digits:0>width$}", width = fine + 1);
    let (whole, part) = digits.split_at(digits.len() - fine);
    let least = part.trim_end_matches('0').len().max(decimals);
    let whole = grouped(whole);
    let text = match least {
        0 => format!("{whole}\u{a0}{}", currency.code()),
        _ => format!("{whole}.{}\u{a0}{}", &part[..least], currency.code()),
    };
    figure(&text)
}

/// A number of things.
pub fn count(_words: Words, count: u64) -> String {
    grouped(&count.to_string())
}

/// Thousandths of things, as exact as they are: 26,812 → `26.812`.
pub(crate) fn thousandths(words: Words, thousandths: u64) -> String {
    let whole = count(words, thousandths / 1_000);
    let part = format!("{:03}", thousandths % 1_000);
    match part.trim_end_matches('0') {
        "" => whole,
        part => format!("{whole}.{part}"),
    }
}

/// Parts of a thousand as percent with one decimal: 125 → `12.5 %`.
pub fn part(thousandths: u64) -> String {
    format!("{}.{}\u{a0}%", thousandths / 10, thousandths % 10)
}

/// Groups of three digits.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A moment with its zone, and for machines with its offset.
pub fn moment(words: Words, moment: Moment<'_>) -> Markup {
    let local = Local::of(moment);
    let text = local.date_text(words.language);
    let time = format!("{:02}:{:02}", local.minute_of_day / 60, local.minute_of_day % 60);
    html! {
        time datetime=(local.machine(moment.offset_minutes)) {
            (text) ", " bdi class="figure" { (time) "\u{a0}" (moment.zone) }
        }
    }
}

/// The same as plain text, for plots.
pub(crate) fn moment_text(words: Words, moment: Moment<'_>) -> String {
    let local = Local::of(moment);
    let (hour, minute) = (local.minute_of_day / 60, local.minute_of_day % 60);
    format!("{}, {hour:02}:{minute:02} {}", local.date_text(words.language), moment.zone)
}

/// A month such as `2035-12` as people say it; what is none stays as it is.
pub(crate) fn month_text(words: Words, month: &str) -> String {
    match Day::parse(&format!("{month}-01")) {
        Ok(day) => format!("{} {}", month_name(words.language, day), &month[..4]),
        Err(_) => month.to_owned(),
    }
}

/// The day of a moment as plain text, for choices.
pub(crate) fn date_text(words: Words, moment: Moment<'_>) -> String {
    Local::of(moment).date_text(words.language)
}

/// The day of a moment at its place.
pub fn date(words: Words, moment: Moment<'_>) -> Markup {
    let local = Local::of(moment);
    html! { time datetime=(local.day) { (local.date_text(words.language)) } }
}

struct Local {
    day: Day,
    minute_of_day: i64,
}

impl Local {
    fn of(moment: Moment<'_>) -> Local {
        let minutes = moment.at.micros().div_euclid(60_000_000) + i64::from(moment.offset_minutes);
        // A book has no times before 1970; the first hours of its first day may be elsewhere.
        let day = Day::from_number(minutes.div_euclid(24 * 60)).unwrap_or(Day::MIN);
        Local { day, minute_of_day: minutes.rem_euclid(24 * 60) }
    }

    fn date_text(&self, language: Language) -> String {
        // `2026-02-08`, as days are written.
        let text = self.day.to_string();
        let day = text[8..].trim_start_matches('0');
        format!("{day} {} {}", month_name(language, self.day), &text[..4])
    }

    fn machine(&self, offset: i16) -> String {
        let (hour, minute) = (self.minute_of_day / 60, self.minute_of_day % 60);
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.unsigned_abs();
        let (day, hours, minutes) = (self.day, offset / 60, offset % 60);
        format!("{day}T{hour:02}:{minute:02}{sign}{hours:02}:{minutes:02}")
    }
}

/// What the month of a day is called.
fn month_name(language: Language, day: Day) -> &'static str {
    let months = match language {
        Language::English => &ENGLISH_MONTHS,
        Language::Arabic => &ARABIC_MONTHS,
    };
    let number: usize = day.to_string()[5..7].parse().unwrap_or(1);
    months[number - 1]
}

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ARABIC_MONTHS: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_at_a_glance() {
        let words = Language::English.words();
        for (minor, currency, text) in [
            (0, Currency::USD, "0.00\u{a0}USD"),
            (123_456_789, Currency::USD, "1,234,567.89\u{a0}USD"),
            (1_250, Currency::KWD, "1.250\u{a0}KWD"),
            (100_000, Currency::JPY, "100,000\u{a0}JPY"),
        ] {
            let money = Money::new(minor, currency).unwrap();
            assert_eq!(money_text(words, money), text);
        }
    }

    #[test]
    fn thousandths_are_exact_and_have_no_zeros_at_their_end() {
        let words = Language::English.words();
        for (number, text) in
            [(0, "0"), (5, "0.005"), (500, "0.5"), (26_812, "26.812"), (1_000_000, "1,000")]
        {
            assert_eq!(thousandths(words, number), text);
        }
    }

    #[test]
    fn prices_are_finer_than_money() {
        let words = Language::English.words();
        for (micros, currency, text) in [
            (2_500_000, Currency::USD, "0.025\u{a0}USD"),
            (1_250_000_000, Currency::USD, "12.50\u{a0}USD"),
            (1, Currency::USD, "0.00001\u{a0}USD"),
            (900_000, Currency::JPY, "0.9\u{a0}JPY"),
            (3_000_000, Currency::JPY, "3\u{a0}JPY"),
            (0, Currency::USD, "0.00\u{a0}USD"),
        ] {
            let shown = price(words, micros, currency).into_string();
            assert_eq!(shown, format!("<bdi class=\"figure\">{text}</bdi>"), "{micros}");
        }
    }

    #[test]
    fn moments_say_their_zone() {
        let words = Language::English.words();
        let at = Instant::parse("2026-02-28T23:30:00Z").unwrap();
        let shown =
            |offset_minutes, zone| moment(words, Moment { at, offset_minutes, zone }).into_string();
        assert_eq!(
            shown(0, "UTC"),
            "<time datetime=\"2026-02-28T23:30+00:00\">28 February 2026, \
             <bdi class=\"figure\">23:30\u{a0}UTC</bdi></time>"
        );
        assert!(shown(60, "CET").contains("2026-03-01T00:30+01:00\">1 March 2026"));
        assert!(shown(-210, "NST").contains("2026-02-28T20:00-03:30"));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let words = Language::English.words();
        for (number, shown) in [
            (0, "<time datetime=\"1970-01-01\">1 January 1970</time>"),
            (11_016, "<time datetime=\"2000-02-29\">29 February 2000</time>"),
            (47_541, "<time datetime=\"2100-03-01\">1 March 2100</time>"),
        ] {
            let at = Day::from_number(number).unwrap().start();
            assert_eq!(date(words, Moment::utc(at)).into_string(), shown);
        }
    }
}
