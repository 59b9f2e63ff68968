//! How a gift card looks: a drawing of ours, with who gives what to whom.
//!
//! One picture serves the screen, the mail, the preview of a link and paper, so they cannot differ.
//! What a sender writes stands beside it as text, which can be read out, copied and made larger.
//! The picture never shows a code.

mod png;
mod room;

use base::Money;
use maud::{Markup, PreEscaped, html};

use crate::Words;
use crate::show::money_text;
pub use png::PNG_SIZE;

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Design {
    /// Confetti: a birthday.
    Confetti,
    /// Blossom: thanks.
    Blossom,
    /// Waves: a rest.
    Waves,
    /// Lanterns: a feast.
    Lanterns,
    /// Hearts: love.
    Hearts,
    /// Peaks: something was achieved.
    Peaks,
    /// Ribbons: a present for any day.
    Ribbons,
    /// A night sky: good wishes.
    Night,
}

impl Design {
    /// Every design.
    pub const ALL: [Design; 8] = [
        Design::Confetti,
        Design::Blossom,
        Design::Waves,
        Design::Lanterns,
        Design::Hearts,
        Design::Peaks,
        Design::Ribbons,
        Design::Night,
    ];

    /// Its name, which is stored and never changes.
    pub fn name(self) -> &'static str {
        match self {
            Design::Confetti => "confetti",
            Design::Blossom => "blossom",
            Design::Waves => "waves",
            Design::Lanterns => "lanterns",
            Design::Hearts => "hearts",
            Design::Peaks => "peaks",
            Design::Ribbons => "ribbons",
            Design::Night => "night",
        }
    }

    /// The design of that name.
    pub fn parse(name: &str) -> Option<Design> {
        Design::ALL.into_iter().find(|design| design.name() == name)
    }

    /// What people call it.
    pub fn title(self, words: Words) -> &'static str {
        words.text(match self {
            Design::Confetti => "gift.confetti",
            Design::Blossom => "gift.blossom",
            Design::Waves => "gift.waves",
            Design::Lanterns => "gift.lanterns",
            Design::Hearts => "gift.hearts",
            Design::Peaks => "gift.peaks",
            Design::Ribbons => "gift.ribbons",
            Design::Night => "gift.night",
        })
    }

    fn file(self) -> &'static str {
        match self {
            Design::Confetti => include_str!("../assets/gifts/confetti.svg"),
            Design::Blossom => include_str!("../assets/gifts/blossom.svg"),
            Design::Waves => include_str!("../assets/gifts/waves.svg"),
            Design::Lanterns => include_str!("../assets/gifts/lanterns.svg"),
            Design::Hearts => include_str!("../assets/gifts/hearts.svg"),
            Design::Peaks => include_str!("../assets/gifts/peaks.svg"),
            Design::Ribbons => include_str!("../assets/gifts/ribbons.svg"),
            Design::Night => include_str!("../assets/gifts/night.svg"),
        }
    }

    /// What is drawn, without the element around it.
    fn drawing(self) -> &'static str {
        let inside = self.file().split_once('>').map_or("", |(_, inside)| inside);
        inside.rsplit_once("</svg>").map_or("", |(inside, _)| inside)
    }

    /// How far what is written may reach, in units of the drawing.
    fn reach(self) -> u32 {
        match self {
            // A ribbon goes from top to bottom there.
            Design::Ribbons => 322,
            _ => 400,
        }
    }

    /// The colour of what is written: dark on light, light on dark.
    fn ink(self) -> &'static str {
        match self {
            Design::Lanterns | Design::Ribbons | Design::Night => "#ffffff",
            _ => "#1f1d1a",
        }
    }
}

/// What is written on a picture.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The name of the shop.
    pub shop: &'a str,
    /// What the card is worth; the preview of a link does not say.
    pub value: Option<Money>,
    /// Who gets it.
    pub to: &'a str,
    /// Who gives it.
    pub from: &'a str,
}

/// A line of a picture, in units of its drawing.
#[derive(Clone, Copy)]
struct Line {
    y: u32,
    size: u32,
    weight: u32,
    /// How far it reaches at most: drawings have a sun or a flower beside the highest.
    reach: u32,
}

const SHOP: Line = Line { y: 86, size: 16, weight: 600, reach: 310 };
const VALUE: Line = Line { y: 140, size: 46, weight: 700, reach: 400 };
const TO: Line = Line { y: 176, size: 18, weight: 500, reach: 400 };
const FROM: Line = Line { y: 200, size: 15, weight: 400, reach: 400 };

/// Where lines begin, from the side on which people begin to read.
const BEGIN: u32 = 40;

/// Units across.
const ACROSS: u32 = 480;

impl Line {
    /// What finds room on it, in hundredths of its size. What is bold is wider.
    fn room(self, design: Design) -> u32 {
        let reach = self.reach.min(design.reach());
        reach * 100 / self.size * 100 / if self.weight < 600 { 100 } else { 112 }
    }
}

/// A text with a name, which is cut where it would leave the picture, and set apart from the words
/// around it: it may run the other way.
fn named(room: u32, name: &str, say: impl Fn(&str) -> String) -> String {
    let said = |name: &str| say(&format!("\u{2068}{name}\u{2069}"));
    said(&room::cut(name, room.saturating_sub(room::width(&said("")))))
}

/// The picture as an SVG document of its own, or a part of a page. Where people read from right to
/// left, it is drawn the other way round.
pub fn picture(words: Words, design: Design, written: Written<'_>) -> Markup {
    let value = written.value.map(|value| money_text(words, value));
    let told = [
        ("design", design.title(words)),
        ("amount", value.as_deref().unwrap_or("")),
        ("to", written.to),
        ("from", written.from),
    ];
    let label = match (&value, written.from) {
        (Some(_), _) => words.with("gift.picture", &told),
        (None, "") => design.title(words).to_owned(),
        (None, _) => words.with("gift.picture_from", &told),
    };
    let is_mirrored = words.language.direction() == "rtl";
    let mirror = is_mirrored.then(|| format!("translate({ACROSS}) scale(-1 1)"));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" role="img" aria-label=(label) {
            g transform=[mirror] { (PreEscaped(design.drawing())) }
            g fill=(design.ink()) font-family="Figtree, Stand-in, system-ui, sans-serif" {
                (lines(words, design, written, value.as_deref()))
            }
        }
    }
}

fn lines(words: Words, design: Design, written: Written<'_>, value: Option<&str>) -> Markup {
    let shop = room::cut(written.shop, SHOP.room(design));
    let to = named(TO.room(design), written.to, |to| words.with("gift.to", &[("to", to)]));
    let from =
        named(FROM.room(design), written.from, |from| words.with("gift.from", &[("from", from)]));
    html! {
        (line(words, SHOP, &shop))
        @if let Some(value) = value { (amount(words, design, value)) }
        @if !written.to.is_empty() { (line(words, TO, &to)) }
        @if !written.from.is_empty() { (line(words, FROM, &from)) }
    }
}

fn line(words: Words, Line { y, size, weight, .. }: Line, text: &str) -> Markup {
    let direction = words.language.direction();
    let x = if direction == "rtl" { ACROSS - BEGIN } else { BEGIN };
    html! {
        text x=(x) y=(y) font-size=(size) font-weight=(weight) direction=(direction) { (text) }
    }
}

/// The amount, smaller where it has many digits. Figures run from left to right in any language,
/// and stand where lines begin.
fn amount(words: Words, design: Design, value: &str) -> Markup {
    let Line { y, size, weight, .. } = VALUE;
    let size = size.min(size * VALUE.room(design) / room::width(value).max(1));
    let (x, anchor) = match words.language.direction() {
        "rtl" => (ACROSS - BEGIN, "end"),
        _ => (BEGIN, "start"),
    };
    html! {
        text x=(x) y=(y) font-size=(size) font-weight=(weight) text-anchor=(anchor)
            direction="ltr" { (value) }
    }
}

#[cfg(test)]
mod tests {
    use base::Currency;

    use super::*;
    use crate::Language;

    fn written<'a>(to: &'a str, from: &'a str) -> Written<'a> {
        Written { shop: "Luna", value: Money::new(5_000, Currency::EUR), to, from }
    }

    #[test]
    fn what_people_write_is_never_a_tag() {
        let words = Language::English.words();
        for design in Design::ALL {
            let picture = picture(words, design, written("<script>", "\"><b>")).into_string();
            assert!(!picture.contains("<script") && !picture.contains("<b>"), "{picture}");
            assert!(picture.contains("For \u{2068}&lt;script&gt;\u{2069}"));
            assert!(!design.drawing().contains("<svg"), "{}", design.name());
        }
    }

    #[test]
    fn long_names_are_cut_and_said_in_full() {
        let name = "Wolfeschlegelsteinhausenbergerdorff the Younger";
        let words = Language::English.words();
        let picture = picture(words, Design::Waves, written(name, name)).into_string();
        assert!(
            picture.contains("For \u{2068}Wolfeschlegelsteinhausenbergerdo…\u{2069}"),
            "{picture}"
        );
        assert!(picture.contains(&format!("for {name}")), "{picture}");
    }

    #[test]
    fn amounts_with_many_digits_are_smaller() {
        let words = Language::English.words();
        for (minor, size) in [(5_000, 46), (500_000_000, 37)] {
            let value = Money::new(minor, Currency::EUR);
            let written = Written { value, ..written("", "") };
            let picture = picture(words, Design::Waves, written).into_string();
            assert!(picture.contains(&format!("y=\"140\" font-size=\"{size}\"")), "{picture}");
        }
    }

    #[test]
    fn it_is_drawn_and_written_from_the_side_where_people_begin_to_read() {
        for (language, begin, is_mirrored) in
            [(Language::English, "x=\"40\"", false), (Language::Arabic, "x=\"440\"", true)]
        {
            let written = written("Ann", "Ben");
            let picture = picture(language.words(), Design::Night, written).into_string();
            assert_eq!(picture.matches(begin).count(), 4, "{picture}");
            assert_eq!(picture.contains("scale(-1 1)"), is_mirrored);
            assert!(picture.contains("direction=\"ltr\">50.00"), "{picture}");
        }
    }

    #[test]
    fn names_of_designs_stay() {
        for design in Design::ALL {
            assert_eq!(Design::parse(design.name()), Some(design));
        }
        assert_eq!(Design::parse("Night"), None);
    }
}
