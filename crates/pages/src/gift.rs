//! How a gift card looks: a drawing of ours, with who gives what to whom.
//!
//! One picture serves the screen, the mail, the preview of a link and paper, so they cannot differ.
//! What a sender writes stands beside it as text, which can be read out, copied and made larger.
//! The picture never shows a code.

use base::Money;
use maud::{Markup, PreEscaped, html};

use crate::Words;
use crate::show::money_text;

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

/// Characters of a name that find room; of longer ones the beginning is shown.
const NAME_MAX: usize = 26;

/// The picture as an SVG document of its own, or a part of a page.
pub fn picture(words: Words, design: Design, written: Written<'_>) -> Markup {
    let value = written.value.map(|value| money_text(words, value));
    let to = words.with("gift.to", &[("to", &short(written.to))]);
    let from = words.with("gift.from", &[("from", &short(written.from))]);
    let label = words.with(
        "gift.picture",
        &[
            ("design", design.title(words)),
            ("amount", value.as_deref().unwrap_or("")),
            ("to", written.to),
            ("from", written.from),
        ],
    );
    // Text begins at the same place in either direction: the drawings keep it free.
    let direction = words.language.direction();
    let anchor = if direction == "rtl" { "end" } else { "start" };
    let line = |y: u32, size: u32, weight: u32, text: &str| {
        html! {
            text x="40" y=(y) font-size=(size) font-weight=(weight) text-anchor=(anchor)
                direction=(direction) { (text) }
        }
    };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" role="img" aria-label=(label) {
            (PreEscaped(design.drawing()))
            g fill=(design.ink()) font-family="system-ui, sans-serif" {
                (line(86, 16, 600, written.shop))
                @if let Some(value) = &value { (line(140, 46, 700, value)) }
                @if !written.to.is_empty() { (line(176, 18, 500, &to)) }
                @if !written.from.is_empty() { (line(200, 15, 400, &from)) }
            }
        }
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME_MAX - 1).collect();
    format!("{}…", kept.trim_end())
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
            assert!(picture.contains("For &lt;script&gt;"));
            assert!(!design.drawing().contains("<svg"), "{}", design.name());
        }
    }

    #[test]
    fn long_names_are_cut_and_said_in_full() {
        let name = "Wolfeschlegelsteinhausenbergerdorff the Younger";
        let words = Language::English.words();
        let picture = picture(words, Design::Waves, written(name, "")).into_string();
        assert!(picture.contains("For Wolfeschlegelsteinhausenb…"), "{picture}");
        assert!(picture.contains(&format!("for {name}")), "{picture}");
    }

    #[test]
    fn names_of_designs_stay() {
        for design in Design::ALL {
            assert_eq!(Design::parse(design.name()), Some(design));
        }
        assert_eq!(Design::parse("Night"), None);
    }
}
