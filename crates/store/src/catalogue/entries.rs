//! Ledger entries: append-only, by account and place.

/// Writes an entry, unless it is there: entries never change, so the same place has the same
/// entry.
pub(crate) const INSERT: &str = "
    insert into entry (account, seq, line, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (account, seq, line) do nothing";

/// Entries of an account before a place, newest first.
pub(crate) const BEFORE: &str = "
    select account, seq, line, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry where account = $1 and (seq, line) < ($2, $3)
    order by seq desc, line desc limit $4";

/// The last entry of an account at or below a sequence.
pub(crate) const LAST: &str = "
    select account, seq, line, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry where account = $1 and seq <= $2
    order by seq desc, line desc limit 1";

/// Every entry.
pub(crate) const ALL: &str = "
    select account, seq, line, at_micros, reason, subject, amount, held_change,
        debits_posted, credits_posted, held
    from entry order by account, seq, line";
