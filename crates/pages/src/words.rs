//! Texts of a language, from a file of messages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use maud::{Markup, html};

/// A language that pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which is complete.
    English,
    /// Arabic, written from right to left: the customers' journeys.
    Arabic,
}

impl Language {
    /// Every one.
    pub const ALL: [Language; 2] = [Language::English, Language::Arabic];

    /// Its tag, as in `lang` (RFC 5646).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Arabic => "ar",
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Arabic => "العربية",
        }
    }

    /// In which direction it is written, as in `dir`.
    pub fn direction(self) -> &'static str {
        match self {
            Language::English => "ltr",
            Language::Arabic => "rtl",
        }
    }

    /// The language of a tag; its region does not matter.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let primary = tag.split('-').next()?.trim();
        Language::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The first language of an `Accept-Language` header that pages speak, by the order of its
    /// weights (RFC 9110, 12.5.4); English when there is none.
    pub fn accepted(header: &str) -> Language {
        let mut best = (0, Language::English);
        for range in header.split(',').take(16) {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(thousandths).unwrap_or(0);
            if let Some(language) = Language::of_tag(tag).filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The texts.
    pub fn words(self) -> Words {
        Words { language: self }
    }
}

/// `0.85` → 850.
fn thousandths(weight: &str) -> Option<u32> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let decimals: String = decimals.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.trim().parse().ok().filter(|whole| *whole <= 1)?;
    Some((whole * 1_000 + decimals.parse::<u32>().ok()?).min(1_000))
}

type Messages = BTreeMap<String, String>;

/// Rooms of a language, each with its file.
macro_rules! rooms {
    ($language:literal: $($room:literal)+) => {
        &[$(($room, include_str!(concat!("../messages/", $language, "/", $room, ".toml"))),)+]
    };
}

static ENGLISH: LazyLock<Messages> = LazyLock::new(|| {
    parsed(rooms!("en":
        "boost" "buys" "cause" "checkout" "claim" "console_card" "design" "desk_claim" "finding"
        "frame" "gift" "gifts" "help" "home" "ledger" "lines" "me" "methods" "money" "order"
        "plot" "promotion" "queue" "queue_of_claims" "rails" "refused" "requests" "reveal" "shop"
        "sign_in" "step_up" "steps" "talk" "test" "wallet"
    ))
});
static ARABIC: LazyLock<Messages> = LazyLock::new(|| {
    parsed(rooms!("ar":
        "boost" "buys" "cause" "checkout" "claim" "finding" "frame" "gift" "gifts" "help" "home"
        "lines" "me" "methods" "order" "plot" "promotion" "refused" "requests" "reveal" "shop"
        "sign_in" "step_up" "steps" "talk" "wallet"
    ))
});

/// `title = "…"` in the file of the room `wallet` is the message `wallet.title`.
fn parsed(rooms: &[(&str, &str)]) -> Messages {
    let in_room = |(room, file): &(&str, &str)| {
        let texts: Messages =
            toml::from_str(file).expect("files of messages are part of the program, and tested");
        let named = |(name, text)| (format!("{room}.{name}"), text);
        texts.into_iter().map(named).collect::<Vec<_>>()
    };
    rooms.iter().flat_map(in_room).collect()
}

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Of which language.
    pub language: Language,
}

impl Words {
    fn messages(self) -> &'static Messages {
        match self.language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        }
    }

    /// A text by its name. What a language does not say is said in English, which says everything:
    /// a test reads the sources for names that no file has.
    pub fn text(self, name: &str) -> &'static str {
        let own = self.messages().get(name);
        own.or_else(|| ENGLISH.get(name)).map_or("…", String::as_str)
    }

    /// Whether this language says it itself.
    pub fn says(self, name: &str) -> bool {
        self.messages().contains_key(name)
    }

    /// A text with values in the place of their names: `{amount}`.
    pub fn with(self, name: &str, values: &[(&str, &str)]) -> String {
        // Values are taken as they are: what looks like a name inside of one stays.
        let value_of = |wanted: &str| values.iter().find(|(name, _)| *name == wanted);
        let said = pieces(self.text(name)).into_iter().map(|piece| match piece {
            Piece::Words(words) => Cow::Borrowed(words),
            Piece::Value(name) => self.apart(value_of(name).map_or("…", |(_, value)| value)),
        });
        said.collect()
    }

    /// The same with markup in the place of names: what runs its own way is set apart by a tag.
    pub fn with_markup(self, name: &str, values: &[(&str, Markup)]) -> Markup {
        let value_of = |wanted: &str| values.iter().find(|(name, _)| *name == wanted);
        html! {
            @for piece in pieces(self.text(name)) {
                @match piece {
                    Piece::Words(words) => { (words) }
                    Piece::Value(name) => {
                        @if let Some((_, value)) = value_of(name) { (value) } @else { "…" }
                    }
                }
            }
        }
    }

    /// A value that keeps its own order within a text from right to left (Unicode's *first strong
    /// isolate*): an amount, a name, an address.
    fn apart(self, value: &str) -> Cow<'_, str> {
        match self.language {
            Language::English => Cow::Borrowed(value),
            Language::Arabic => Cow::Owned(format!("\u{2068}{value}\u{2069}")),
        }
    }

    /// A text about a number of things: `name.one`, or `name.other` with `{count}`. Languages
    /// with more forms say them as `name.zero`, `name.two`, `name.few` and `name.many` (the
    /// categories of Unicode's plural rules, UTS 35 part 3).
    pub fn counted(self, name: &str, count: u64) -> String {
        let own = format!("{name}.{}", self.language.plural(count));
        let usual = format!("{name}.other");
        let chosen = if self.says(&own) { own } else { usual };
        self.with(&chosen, &[("count", &crate::count(self, count))])
    }

    /// Every name in the file of this language.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.messages().keys().map(String::as_str)
    }
}

/// A part of a message.
enum Piece {
    /// Words of ours.
    Words(&'static str),
    /// The name of a value.
    Value(&'static str),
}

fn pieces(mut rest: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some((before, from)) = rest.split_once('{') {
        pieces.push(Piece::Words(before));
        let Some((name, after)) = from.split_once('}') else {
            rest = from;
            break;
        };
        pieces.push(Piece::Value(name));
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

impl Language {
    /// The plural category of a whole number.
    fn plural(self, count: u64) -> &'static str {
        match (self, count) {
            (_, 1) => "one",
            (Language::English, _) => "other",
            (Language::Arabic, 0) => "zero",
            (Language::Arabic, 2) => "two",
            (Language::Arabic, count) => match count % 100 {
                3..=10 => "few",
                11..=99 => "many",
                _ => "other",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_spoken() {
        for (header, language) in [
            ("", Language::English),
            ("de", Language::English),
            ("ar", Language::Arabic),
            ("ar-EG, en;q=0.8", Language::Arabic),
            ("de, en;q=0.8, ar;q=0.9", Language::Arabic),
            ("en, ar", Language::English),
            ("ar;q=0, en;q=0.1", Language::English),
            ("ar;q=7", Language::English),
            (";;;,,,;q=,", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn values_take_the_place_of_their_names() {
        let words = Language::English.words();
        let said = words.with("test.pair", &[("first", "{second}"), ("second", "b")]);
        assert_eq!(said, "{second} and b");
        assert_eq!(words.with("test.pair", &[]), "… and …");
        let first = html! { b { "<" } };
        let marked = words.with_markup("test.pair", &[("first", first)]);
        assert_eq!(marked.into_string(), "<b>&lt;</b> and …");
    }

    #[test]
    fn numbers_of_things_have_their_forms() {
        let english = Language::English.words();
        assert_eq!(english.counted("test.cards", 1), "1 card");
        assert_eq!(english.counted("test.cards", 1_200), "1,200 cards");
        let forms = [0, 1, 2, 3, 11, 100].map(|count| Language::Arabic.plural(count));
        assert_eq!(forms, ["zero", "one", "two", "few", "many", "other"]);
    }
}
