//! Values as people read them.

use base::{Day, Instant, Money};
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

/// A number of things.
pub fn count(_words: Words, count: u64) -> String {
    grouped(&count.to_string())
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
            (text) ", " bdi class="figure" { (time) " " (moment.zone) }
        }
    }
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
        let months = match language {
            Language::English => &ENGLISH_MONTHS,
            Language::Arabic => &ARABIC_MONTHS,
        };
        // `2026-02-08`, as days are written.
        let text = self.day.to_string();
        let number = |range: std::ops::Range<usize>| text[range].parse().unwrap_or(1_usize);
        format!("{} {} {}", number(8..10), months[number(5..7) - 1], &text[..4])
    }

    fn machine(&self, offset: i16) -> String {
        let (hour, minute) = (self.minute_of_day / 60, self.minute_of_day % 60);
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.unsigned_abs();
        let (day, hours, minutes) = (self.day, offset / 60, offset % 60);
        format!("{day}T{hour:02}:{minute:02}{sign}{hours:02}:{minutes:02}")
    }
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
    use base::Currency;

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
    fn moments_say_their_zone() {
        let words = Language::English.words();
        let at = Instant::parse("2026-02-28T23:30:00Z").unwrap();
        let shown =
            |offset_minutes, zone| moment(words, Moment { at, offset_minutes, zone }).into_string();
        assert_eq!(
            shown(0, "UTC"),
            "<time datetime=\"2026-02-28T23:30+00:00\">28 February 2026, \
             <bdi class=\"figure\">23:30 UTC</bdi></time>"
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
