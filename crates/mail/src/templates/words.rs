//! Words of people, made harmless.
//!
//! What may look like a link is broken up, because mail programs turn it into one by themselves;
//! signs that turn the direction of what follows are dropped; a name in a right-to-left script is
//! set apart from the words around it.

use std::fmt;

use crate::Name;

/// Most characters of a first name that are shown.
const FIRST_NAME_CHARACTERS_MAX: usize = 30;

/// Shown in place of a name that is none.
const SOMEBODY: &str = "Somebody";

const LINK_REMOVED: &str = "[link removed]";

/// First strong isolate, and pop directional isolate.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// A short text of a person that can stand within our words.
pub struct Clean(String);

impl Clean {
    pub(super) fn name(name: &Name) -> Self {
        Self(isolated(&clean_line(name.as_str())))
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first word of a person's name, as the mails show it: "Somebody" when it is longer than 30
/// characters or looks like a link, as the names of swindlers do.
pub fn first_name(name: &Name) -> String {
    let clean = without_turns(name.as_str());
    let first = clean.split_whitespace().next().unwrap_or_default();
    let is_name = first.chars().any(char::is_alphanumeric)
        && first.chars().count() <= FIRST_NAME_CHARACTERS_MAX
        && !first.contains(['/', '@', ':', '\\'])
        && clean_word(first) == first;
    isolated(if is_name || is_picture(first) { first } else { SOMEBODY })
}

/// Several lines of a person, each made harmless.
pub(super) fn clean_lines(text: &str) -> Vec<String> {
    text.split('\n').map(clean_line).collect()
}

fn clean_line(line: &str) -> String {
    let line = without_turns(line);
    let words: Vec<String> = line.split(' ').map(clean_word).collect();
    words.join(" ")
}

/// A name of emoji alone is one too.
fn is_picture(word: &str) -> bool {
    (1..=FIRST_NAME_CHARACTERS_MAX).contains(&word.chars().count())
        && word.chars().all(|character| character >= '\u{2000}')
        && !word.chars().any(is_dot)
}

/// A link with its scheme is removed. Other words with a dot inside get a space after it: `a.bc`
/// is no link then, and a sentence that lacks its space gets it.
fn clean_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains("mailto:") {
        return LINK_REMOVED.to_owned();
    }
    let mut clean = String::with_capacity(word.len());
    let mut before = [' '; 2];
    for character in word.chars() {
        let [label, dot] = before;
        // Whatever stands before the dot: phones make links of emoji with a dot behind them, and a
        // letter may be followed by an accent of its own.
        let ends_label = !label.is_whitespace() && !is_dot(label);
        if ends_label && is_dot(dot) && character.is_alphabetic() {
            clean.push(' ');
        }
        clean.push(character);
        before = [dot, character];
    }
    clean
}

/// The full stop, and what browsers take for one in a host name (UTS 46).
fn is_dot(character: char) -> bool {
    matches!(character, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}')
}

/// Drops what changes the direction of the text that follows, and what cannot be seen.
fn without_turns(text: &str) -> String {
    let is_turn = |character: char| {
        matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
    };
    text.chars().filter(|character| !is_turn(*character)).collect()
}

fn isolated(text: &str) -> String {
    if text.chars().any(is_right_to_left) {
        format!("{}{text}{}", ISOLATE.0, ISOLATE.1)
    } else {
        text.to_owned()
    }
}

/// The blocks of Unicode that hold scripts written from right to left.
fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{0590}'..='\u{08FF}'
            | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}'
            | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_name(name: &str, expected: &str) {
        assert_eq!(first_name(&Name::new(name).unwrap()), expected, "{name:?}");
    }

    fn check_line(line: &str, expected: &str) {
        assert_eq!(clean_line(line), expected, "{line:?}");
    }

    #[test]
    fn a_first_name_is_one_word_that_is_no_link() {
        check_name("Anna Lee", "Anna");
        check_name("  Anna", "Anna");
        check_name("O'Neil-Müller Jr.", "O'Neil-Müller");
        check_name("J. Doe", "J.");
        check_name("Łucja 🎉", "Łucja");
        check_name("🎉🎂", "🎉🎂");
        check_name("👩🏽‍🚀 Zoë", "👩🏽‍🚀");
        check_name("דנה כהן", "\u{2068}דנה\u{2069}");
        check_name("evil.example", "Somebody");
        check_name("https://evil.example", "Somebody");
        check_name("a@b", "Somebody");
        check_name("evil。example", "Somebody");
        check_name("💩.la", "Somebody");
        check_name("i❤.ws", "Somebody");
        check_name("cafe\u{301}.com", "Somebody");
        check_name("---", "Somebody");
        check_name("\u{202E}anna", "anna");
        check_name("\u{200B}", "Somebody");
        check_name(&"a".repeat(31), "Somebody");
    }

    #[test]
    fn links_are_broken_up() {
        check_line("Happy birthday, dear Anna!", "Happy birthday, dear Anna!");
        check_line("See https://evil.example/x now", "See [link removed] now");
        check_line("see (HTTPS://EVIL.example)", "see [link removed]");
        check_line("WWW.evil.example", "[link removed]");
        check_line("evil.example/claim", "evil. example/claim");
        check_line("evil\u{200B}.example", "evil. example");
        check_line("evil。example", "evil。 example");
        check_line("see 💩.la and i❤.ws", "see 💩. la and i❤. ws");
        check_line("cafe\u{301}.com", "cafe\u{301}. com");
        check_line("me@evil.example", "me@evil. example");
        check_line("Happy birthday.Love", "Happy birthday. Love");
        check_line("3.50, 10.12.2026 and e.g. this", "3.50, 10.12.2026 and e. g. this");
        check_line("...and so on", "...and so on");
        check_line("a-.evil-1.example", "a-. evil-1. example");
        check_line("شكرا 🎁", "شكرا 🎁");
    }
}
