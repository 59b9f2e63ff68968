//! The tables that claims are decided by in this process: previews, replays, statements and texts
//! follow them, as the writers do.

use std::sync::OnceLock;

use claims::RuleBook;

static IN_FORCE: OnceLock<&'static RuleBook> = OnceLock::new();

/// Has previews, replays and statements follow these tables from the start, in place of those that
/// come with the product. The writers are to decide by the same (`writer::Options::rules`). Told a
/// second time, it changes nothing.
pub fn decide_claims_by(book: &'static RuleBook) {
    // A process has one set of tables: whoever comes first has set it.
    let _ = IN_FORCE.set(book);
}

/// The tables of this process.
pub(crate) fn in_force() -> &'static RuleBook {
    IN_FORCE.get().copied().unwrap_or_else(RuleBook::standard)
}
