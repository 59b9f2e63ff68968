//! The tables that claims are decided by in this process: previews, replays, statements and texts
//! follow them, as the writers do.

use std::sync::OnceLock;

use base::Instant;
use claims::{Ground, RuleBook};

static IN_FORCE: OnceLock<&'static RuleBook> = OnceLock::new();

/// Has previews, replays and statements follow these tables from the start, in place of those that
/// come with the product. The writers are to decide by the same (`writer::Options::rules`). Told a
/// second time, it changes nothing.
pub fn decide_claims_by(book: &'static RuleBook) {
    // A process has one set of tables: whoever comes first has set it.
    let _ = IN_FORCE.set(book);
}

/// The reasons that a person who decides a claim on this ground, made then, is offered: each code
/// of its tables in their order, then those that only people give, each with its text. None for a
/// ground that does not exist.
pub fn reasons_of_claim(ground: &str, made_at: Instant) -> Vec<(String, String)> {
    let Some(ground) = Ground::parse(ground) else { return Vec::new() };
    let rules = &in_force().rules;
    let tables = rules.tables(ground, made_at);
    let mut codes = Vec::new();
    for row in [tables.ground, tables.gate].iter().flat_map(|table| table.describe()) {
        let more = row.also.into_iter().map(|(code, _)| code);
        for code in [row.code].into_iter().chain(more) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    let codes = codes.iter().map(claims::Code::as_str).chain(rules.messages().of_people());
    codes.map(|code| (code.to_owned(), rules.messages().code(code).to_owned())).collect()
}

/// The tables of this process.
pub(crate) fn in_force() -> &'static RuleBook {
    IN_FORCE.get().copied().unwrap_or_else(RuleBook::standard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_those_of_the_tables_each_once_and_in_words() {
        let reasons = reasons_of_claim("unauthorized_charge", Instant::MAX);
        assert!(reasons.iter().any(|(code, text)| code == "weak_auth" && text.contains("proves")));
        for (place, (code, text)) in reasons.iter().enumerate() {
            assert!(!text.is_empty() && code != text, "{code}");
            assert!(reasons[place + 1..].iter().all(|(other, _)| other != code), "{code} twice");
        }
        assert!(reasons.iter().any(|(code, text)| code == "goodwill" && text.contains("courtesy")));
        assert!(reasons_of_claim("moon", Instant::MAX).is_empty());
    }
}
