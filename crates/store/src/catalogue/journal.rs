//! The journal: a row for each block.

/// Appends a block.
pub(crate) const INSERT: &str = "
    insert into journal (first_seq, last_seq, epoch, at_micros, previous, hash, body)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Deletes the blocks that end at or before `$1`. One that begins there and ends later stays.
pub(crate) const REMOVE: &str = "delete from journal where first_seq <= $1 and last_seq <= $1";

/// Blocks with a record after `$1`, at most `$2` of them. Only the last block that begins at or
/// before it can reach beyond it, so the search starts there.
pub(crate) const AFTER: &str = "
    select first_seq, last_seq, epoch, at_micros, previous, hash, body from journal
    where last_seq > $1
        and first_seq >= coalesce((select max(first_seq) from journal where first_seq <= $1), 0)
    order by first_seq limit $2";

/// The last block that begins at or before `$1`.
pub(crate) const AT_OR_BEFORE: &str = "
    select first_seq, last_seq, epoch, at_micros, previous, hash, body from journal
    where first_seq <= $1 order by first_seq desc limit 1";

/// Place and instant of the last block that begins at or before `$1`.
pub(crate) const PLACE: &str = "
    select first_seq, last_seq, at_micros from journal
    where first_seq <= $1 order by first_seq desc limit 1";
