//! Text that one stranger sends to another, without anything to click on.

/// What stands in place of a link.
const REMOVED: &str = "…";

/// The text with every word that mail programs would make a link of replaced: addresses with a
/// scheme, words that begin with `www.`, and words that look like a domain, which e-mail addresses
/// do too. A plain rule on purpose: it takes `end.Next` for a domain, and lets pass what a person
/// has to put together by hand.
pub(crate) fn without_links(text: &str) -> String {
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
    lower.contains("://") || lower.contains("www.") || lower.split(separates).any(is_domain)
}

/// What cannot be a part of a domain ends it: brackets, slashes, the sign of an e-mail address.
fn separates(character: char) -> bool {
    !(character.is_alphanumeric() || character == '.' || character == '-')
}

/// Two labels or more, the last of at least two letters and nothing else.
fn is_domain(part: &str) -> bool {
    let part = part.trim_matches(['.', '-']);
    let Some((name, last)) = part.rsplit_once('.') else { return false };
    let is_top_level = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    is_top_level && !name.is_empty() && !name.ends_with('.')
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
        check("  two  blanks ", "  two  blanks ");
        check("", "");
    }
}
