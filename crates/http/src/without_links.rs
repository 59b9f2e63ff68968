//! Text that one stranger sends to another, without anything to click on.

/// What stands in place of a link.
const REMOVED: &str = "…";

/// The text with every word that mail programs would make a link of replaced: addresses with a
/// scheme, words that begin with `www.`, and words that look like a domain, which e-mail addresses
/// do too. A plain rule on purpose: it takes `end.Next` for a domain, and lets pass what a person
/// has to put together by hand.
pub fn without_links(text: &str) -> String {
    let is_space = |character: char| character.is_whitespace() || is_invisible(character);
    let mut clean = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_space) {
        let word = piece.trim_end_matches(is_space);
        clean.push_str(if is_link(word) { REMOVED } else { word });
        clean.push_str(&piece[word.len()..]);
    }
    clean
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

fn is_link(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.contains("://") || lower.contains("www.") || has_domain(&lower)
}

/// A dot with something before it, and a word of two letters or more behind it. What stands before
/// need not be a letter: phones make links of emoji with a dot behind them, and a letter may be
/// followed by an accent of its own.
fn has_domain(word: &str) -> bool {
    let mut before = None;
    word.char_indices().any(|(place, character)| {
        let label = before.replace(character);
        let ends_label = label.is_some_and(|label| !is_dot(label) && !opens(label));
        let rest = &word[place + character.len_utf8()..];
        is_dot(character) && ends_label && begins_with_top_level(rest)
    })
}

fn begins_with_top_level(rest: &str) -> bool {
    let end = rest.find(|character: char| !character.is_alphabetic()).unwrap_or(rest.len());
    let is_ended = !rest[end..].starts_with(|next: char| next.is_numeric() || next == '-');
    rest[..end].chars().count() >= 2 && is_ended
}

/// The full stop, and what browsers take for one in a host name (UTS 46).
fn is_dot(character: char) -> bool {
    matches!(character, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}')
}

/// What no label ends with.
fn opens(character: char) -> bool {
    matches!(character, '(' | '[' | '{' | '<' | '"' | '\'' | '/' | '@' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_out_and_words_are_left() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(without_links(text), expected);
        }
        check("Many happy\nreturns, Ada!", "Many happy\nreturns, Ada!");
        check("see https://evil.example/x now", "see … now");
        check("HTTP://EVIL", "…");
        check("www.evil", "…");
        check("(www.evil)", "…");
        check("go to evil.com, please", "go to … please");
        check("evil.com/path?x=1", "…");
        check("write to a@b.example.org!", "write to …");
        check("<a href=evil.co.uk>here</a>", "<a …");
        check("münchen.de", "…");
        check("a\u{200B}evil.com", "a\u{200B}…");
        check("e.g. this, 3.50 off, 12.30.", "e.g. this, 3.50 off, 12.30.");
        check("well... done", "well... done");
        check("Dr. Who, v1.2", "Dr. Who, v1.2");
        check("look: 💩.la!", "look: …");
        check("i❤.ws", "…");
        check("cafe\u{301}.com", "…");
        check("evil。example", "…");
        check("“evil.com”", "…");
        check(".com and (.net", ".com and (.net");
        check("song.mp3", "song.mp3");
        check("  two  blanks ", "  two  blanks ");
        check("", "");
    }
}
