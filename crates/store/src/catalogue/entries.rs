//! Ledger entries: append-only, in order of their place.

/// Appends an entry.
pub(crate) const INSERT: &str = "
    insert into entry (place, previous, account, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// The entry of a place.
pub(crate) const AT: &str = "
    select place, previous, account, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry where place = $1";

/// Where the chain of an account ends, as far as its table knows.
pub(crate) const LAST: &str = "select last_entry from account where id = $1";

/// Entries after a place, in order.
pub(crate) const AFTER: &str = "
    select place, previous, account, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry where place > $1 order by place";
