//! Finding articles by words.
//!
//! Few articles and short queries need no index: each word of the query is held against each word
//! of each article. Words count more where they stand in the title, and where few articles have
//! them (inverse document frequency; K. Spärck Jones, *Journal of Documentation* 28, 1972).

use crate::{Article, articles};

/// Characters and words of a query that are looked at; the rest is passed over.
const QUERY_MAX: usize = 200;
const WORDS_MAX: usize = 12;
/// Articles that are told at most.
const FOUND_MAX: usize = 8;

/// Words that say nothing about what is asked for.
const EMPTY: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "can", "did", "do", "does", "for", "from", "has",
    "have", "how", "i", "if", "in", "is", "it", "me", "my", "not", "of", "on", "or", "that", "the",
    "there", "this", "to", "was", "what", "when", "where", "which", "who", "why", "will", "with",
    "you", "your",
];

/// Articles that answer what was typed, best first; none when nothing fits.
pub fn search(query: &str) -> Vec<&'static Article> {
    let query: String = query.chars().take(QUERY_MAX).collect();
    let asked: Vec<String> = words(&query).take(WORDS_MAX).collect();
    let matches: Vec<Vec<u64>> = articles().iter().map(|one| score(&asked, one)).collect();
    let total = articles().len() as u64;
    let rarity = |word: usize| {
        let having = matches.iter().filter(|scores| scores[word] > 0).count() as u64;
        // About the logarithm of one in how many has it, in halves.
        1 + u64::from((total * total / (having * having).max(1)).max(1).ilog2())
    };
    let rarities: Vec<u64> = (0..asked.len()).map(rarity).collect();
    let mut found: Vec<(u64, &'static Article)> = matches
        .iter()
        .zip(articles())
        .map(|(scores, one)| (scores.iter().zip(&rarities).map(|(s, r)| s * r).sum(), one))
        .filter(|(score, _)| *score > 0)
        .collect();
    // A stable sort: equals stay in the order of the library.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let best = found.first().map_or(0, |(score, _)| *score);
    let good = found.into_iter().filter(|(score, _)| score * 4 >= best);
    good.take(FOUND_MAX).map(|(_, one)| one).collect()
}

/// How well each word fits an article.
fn score(asked: &[String], article: &Article) -> Vec<u64> {
    let of = |word: &String, text: &str| words(text).map(|have| fit(word, &have)).max();
    let each = |word: &String| {
        let title = of(word, article.title).unwrap_or(0) * 5;
        let keywords = of(word, article.keywords).unwrap_or(0) * 4;
        let body = article.pieces().filter_map(|piece| of(word, piece.text())).max();
        title.max(keywords).max(body.unwrap_or(0))
    };
    asked.iter().map(each).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty()).map(str::to_lowercase);
    parts.filter(|part| !EMPTY.contains(&part.as_str()))
}

/// How well a word fits another: the same, the same but for its ending, or with one typo.
fn fit(asked: &str, have: &str) -> u64 {
    if asked == have {
        return 4;
    }
    let (short, long) = if asked.len() < have.len() { (asked, have) } else { (have, asked) };
    if short.chars().count() >= 4 && long.starts_with(short) {
        return 3;
    }
    if stem(asked) == stem(have) && stem(asked).chars().count() >= 4 {
        return 3;
    }
    let is_long = asked.chars().count() >= 5 && have.chars().count() >= 5;
    u64::from(is_long && is_one_typo(asked, have)) * 2
}

/// Without the commonest English endings: refunded, refunds and refund are one word.
fn stem(word: &str) -> &str {
    let ending = ["ing", "ed", "es", "s", "e"].into_iter().find(|ending| word.ends_with(ending));
    ending.map_or(word, |ending| &word[..word.len() - ending.len()])
}

/// Whether one letter was added, left out or changed, or two neighbours changed places.
fn is_one_typo(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Less => *one == other[1..],
        std::cmp::Ordering::Greater => one[1..] == *other,
        std::cmp::Ordering::Equal => {
            one.is_empty()
                || one[1..] == other[1..]
                || one.len() >= 2
                    && one[0] == other[1]
                    && one[1] == other[0]
                    && one[2..] == other[2..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_seen_through() {
        for (one, other, is_so) in [
            ("refund", "refund", true),
            ("refnud", "refund", true),
            ("refun", "refund", true),
            ("reffund", "refund", true),
            ("refuns", "refund", true),
            ("fund", "refund", false),
            ("rfeudn", "refund", false),
            ("", "a", true),
        ] {
            assert_eq!(is_one_typo(one, other), is_so, "{one} {other}");
            assert_eq!(is_one_typo(other, one), is_so, "{other} {one}");
        }
    }
}
