//! What is written on a picture stays on it. A picture is drawn where nobody measures text, so
//! widths are guessed: a little too wide, for a font that stands in may be wider than ours.

/// How wide a text is at most, in hundredths of its size.
pub(super) fn width(text: &str) -> u32 {
    text.chars().map(advance).sum()
}

/// A text that is no wider than this, in hundredths of its size: where it is, the beginning of it,
/// whole signs, and that there is more.
pub(super) fn cut(text: &str, room: u32) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let room = room.saturating_sub(advance('…'));
    let mut kept = String::new();
    for sign in signs(text) {
        if width(&kept) + width(sign) > room {
            break;
        }
        kept.push_str(sign);
    }
    format!("{}…", kept.trim_end())
}

/// How far a character moves on, in hundredths of the size: measured on Arial, Roboto and DejaVu
/// Sans, and rounded up.
fn advance(character: char) -> u32 {
    match character {
        character if is_joined(character) => 0,
        ' ' | '\u{a0}' | 'i' | 'I' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 36,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 44,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 100,
        '0'..='9' | 'a'..='z' => 64,
        'A'..='Z' | '\u{c0}'..='\u{24f}' => 78,
        '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => 70,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7a3}' | '\u{f900}'..='\u{ffdc}' => 100,
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'.. => 130,
        _ => 85,
    }
}

/// Whether a character belongs to the one before: accents, tones of skin, what joins two to one.
fn is_joined(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2066}'..='\u{2069}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0020}'..='\u{e007f}'
    )
}

/// What people take for one sign, as far as names and pictures go (UAX 29 has all of it).
fn signs(text: &str) -> Vec<&str> {
    const JOINER: char = '\u{200d}';
    let is_flag = |character: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&character);
    let mut starts = Vec::new();
    let mut before = None;
    for (at, character) in text.char_indices() {
        let is_second_of_flag = is_flag(character) && before.is_some_and(is_flag);
        if !(is_joined(character) || before == Some(JOINER) || is_second_of_flag) {
            starts.push(at);
        }
        // A third letter of flags begins the next flag.
        before = if is_second_of_flag { None } else { Some(character) };
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, room: u32, expected: &str) {
        let cut = cut(text, room);
        assert_eq!(cut, expected);
        assert!(width(&cut) <= room, "{cut} is {} wide", width(&cut));
    }

    #[test]
    fn what_fits_stays_and_what_does_not_is_cut_by_its_width() {
        check("Ann", 300, "Ann");
        check(&"W".repeat(40), 500, "WWWW…");
        check(&"i".repeat(40), 500, "iiiiiiiiiii…");
        check("Ann Lee", 360, "Ann…");
        check("", 0, "");
    }

    #[test]
    fn signs_of_several_characters_stay_whole() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        check(&family.repeat(3), 1_000, &format!("{}…", family.repeat(2)));
        let waves = "\u{1f44b}\u{1f3fd}";
        check(&waves.repeat(9), 400, &format!("{}…", waves.repeat(2)));
        let flag = "\u{1f1eb}\u{1f1f7}";
        check(&flag.repeat(9), 700, &format!("{}…", flag.repeat(2)));
        let accents = "e\u{301}\u{323}";
        check(&accents.repeat(9), 300, &format!("{}…", accents.repeat(3)));
    }
}
