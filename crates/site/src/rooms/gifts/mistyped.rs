//! Addresses that look mistyped. A mail that goes to nobody, or to a stranger, is a gift that does
//! not arrive; a question before it is sent costs nothing.

use pages::customer::GiftMistake;

/// Domains that most addresses have.
const COMMON: [&str; 23] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "web.de",
    "t-online.de",
    "orange.fr",
    "mail.ru",
    "qq.com",
];

/// Ends that no domain has, and what was meant.
const ENDS: [(&str, &str); 9] = [
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".vom", ".com"),
    (".xom", ".com"),
    (".cpm", ".com"),
    (".nte", ".net"),
    (".ogr", ".org"),
];

/// Letters that may differ before a domain is taken for another one.
const FAR: usize = 2;

/// What is certainly wrong with an address: no mail could be sent to it.
pub(super) fn mistake(email: &str) -> Option<GiftMistake> {
    if email.is_empty() {
        return Some(GiftMistake::Missing);
    }
    let Some((name, domain)) = email.rsplit_once('@') else { return Some(GiftMistake::NoAt) };
    if name.is_empty() || email.contains(char::is_whitespace) {
        return Some(GiftMistake::NoAt);
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let is_whole = labels.len() >= 2 && labels.iter().all(|label| !label.is_empty());
    (!is_whole).then_some(GiftMistake::NoDot)
}

/// The address that was probably meant, where another one looks likelier than what was typed.
pub(super) fn meant(email: &str) -> Option<String> {
    let (name, typed) = email.rsplit_once('@')?;
    let domain = typed.to_ascii_lowercase();
    if COMMON.contains(&&*domain) {
        return None;
    }
    let ended = ENDS.iter().find_map(|(end, right)| {
        let front = domain.strip_suffix(end)?;
        Some(format!("{front}{right}"))
    });
    let likely = ended.as_deref().unwrap_or(&domain);
    let near = COMMON.iter().map(|known| (distance(likely, known), *known)).min();
    // Of short domains a single letter makes another one that exists: `mac.com`, `me.com`.
    let may_differ = |known: &str| if known.len() < 8 { 1 } else { FAR };
    let near = near.filter(|(far, known)| *far <= may_differ(known) && is_alike(likely, known));
    match (near, ended) {
        (Some((_, known)), _) => Some(format!("{name}@{known}")),
        (None, Some(ended)) => Some(format!("{name}@{ended}")),
        (None, None) => None,
    }
}

/// Whether two domains begin alike or have the same letters, so that `ymail.com`, which exists, is
/// not taken for `gmail.com`.
fn is_alike(typed: &str, known: &str) -> bool {
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let begins_alike = typed.chars().next() == known.chars().next();
    let is_short = known.split('.').next().is_some_and(|label| label.len() <= 3);
    (begins_alike && !is_short) || letters(typed) == letters(known)
}

/// How many letters are to be put in, taken out, changed, or swapped with their neighbor (optimal
/// string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, letter) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, wanted) in other.iter().enumerate() {
            let is_other = usize::from(letter != wanted);
            let mut least = (rows[i][j + 1] + 1).min(row[j] + 1).min(rows[i][j] + is_other);
            let is_swap = i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *wanted;
            if is_swap {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_look_mistyped_are_asked_about() {
        for (typed, expected) in [
            ("ann@gmial.com", Some("ann@gmail.com")),
            ("ann@gmail.con", Some("ann@gmail.com")),
            ("ann@gmal.com", Some("ann@gmail.com")),
            ("ann@gamil.com", Some("ann@gmail.com")),
            ("ann@GMIAL.com", Some("ann@gmail.com")),
            ("ann@hotmial.com", Some("ann@hotmail.com")),
            ("ann@hotmil.com", Some("ann@hotmail.com")),
            ("ann@yaho.com", Some("ann@yahoo.com")),
            ("ann@outlok.com", Some("ann@outlook.com")),
            ("ann@iclod.com", Some("ann@icloud.com")),
            ("ann@firm.example.con", Some("ann@firm.example.com")),
        ] {
            assert_eq!(meant(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn addresses_that_are_right_are_not() {
        for typed in [
            "ann@gmail.com",
            "ann@ymail.com",
            "ann@mail.com",
            "ann@email.com",
            "ann@mac.com",
            "ann@gmx.at",
            "ann@web.dev",
            "ann@shop.example",
            "ann@university.edu",
            "ann",
        ] {
            assert_eq!(meant(typed), None, "{typed}");
        }
    }

    #[test]
    fn addresses_to_which_nothing_can_be_sent_are_named() {
        for (typed, expected) in [
            ("", Some(GiftMistake::Missing)),
            ("ann", Some(GiftMistake::NoAt)),
            ("ann.example.com", Some(GiftMistake::NoAt)),
            ("@example.com", Some(GiftMistake::NoAt)),
            ("ann b@example.com", Some(GiftMistake::NoAt)),
            ("ann@example", Some(GiftMistake::NoDot)),
            ("ann@example.", Some(GiftMistake::NoDot)),
            ("ann@.com", Some(GiftMistake::NoDot)),
            ("ann@example.com", None),
            ("\"a@b\"@example.com", None),
        ] {
            assert_eq!(mistake(typed), expected, "{typed}");
        }
    }
}
